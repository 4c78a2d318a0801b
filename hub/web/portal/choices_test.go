package portal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/draft"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// drafted gives her draft as it is stored.
func (h *her) drafted() (d draft.Draft) {
	h.t.Helper()
	h.w.read(func(tx *db.Tx) (err error) {
		d, err = h.w.drafts.Get(h.t.Context(), tx, h.account, h.w.camp.ID)
		return err
	})
	return d
}

// programme finds the nth of a category in the catalogue.
func (w *world) programme(category string, nth int) campaign.Programme {
	w.t.Helper()
	for _, p := range w.camp.Catalogue {
		if p.Category == category {
			if nth == 0 {
				return p
			}
			nth--
		}
	}
	w.t.Fatalf("no programme of %s", category)
	return campaign.Programme{}
}

func value(p campaign.Programme) string {
	return strings.Join([]string{p.School, p.Major, p.Level, p.Category, p.Form, p.Years}, "|")
}

// barred reports whether a page shows a programme, and whether it cannot be
// chosen there.
func (a answer) barred(p campaign.Programme) (shown, barred bool) {
	m := regexp.MustCompile(`<input[^>]*value="` + regexp.QuoteMeta(value(p)) + `"[^>]*>`).FindString(a.Page)
	return m != "", strings.Contains(m, "disabled")
}

// bachelor is somebody who may enter from a college diploma.
func bachelor(app *form.Application) {
	app.Choices, app.Claims, app.Point = nil, nil, ""
	app.Fields[form.Education], app.Fields[form.BirthDate] = "31", "19900101"
}

func TestChoices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		h := w.arrive(0)
		if a := h.get("/ks/choices"); a.Status != http.StatusSeeOther || a.To != "/ks/pledge" {
			t.Fatalf("before the pledge: %d → %s", a.Status, a.To)
		}
		h.begin(bachelor)
		if a := h.see("/ks/choices"); !a.says("还没有填") {
			t.Error("nothing chosen is not said")
		}
		first, second, across := w.programme("34", 0), w.programme("34", 1), w.programme("35", 0)

		// Level, then search.
		a := h.see("/ks/choices/1")
		if !a.says("专升本") || !a.says("考 3 门") || a.says(first.SchoolName) {
			t.Errorf("the first look at the first choice: %s", a.text())
		}
		a = h.see("/ks/choices/1?" + url.Values{"level": {"3"}, "category": {"34"}, "q": {first.MajorName}}.Encode())
		if shown, barred := a.barred(first); !shown || barred {
			t.Fatalf("%s is shown %v, barred %v", first.MajorName, shown, barred)
		}
		if shown, _ := a.barred(across); shown {
			t.Error("another category is found")
		}
		before := h.drafted().Revision
		got := h.send(a, "/ks/choices/1", url.Values{"programme": {value(first)}})
		if got.Status != http.StatusSeeOther || got.To != "/ks/choices?done=saved" {
			t.Fatalf("%d → %s: %s", got.Status, got.To, got.text())
		}
		after := h.drafted()
		if len(after.Application.Choices) != 1 || after.Application.Choices[0] != first.Choice(1) || after.Revision != before+1 {
			t.Fatalf("saved %v at revision %d", after.Application.Choices, after.Revision)
		}
		// The same click twice has one effect.
		if again := h.send(a, "/ks/choices/1", url.Values{"programme": {value(first)}}); again.Status != http.StatusSeeOther || h.drafted().Revision != after.Revision {
			t.Errorf("a second click: %d, revision %d", again.Status, h.drafted().Revision)
		}
		if a := h.see(got.To); !a.says(first.SchoolName) || !a.says("第二志愿") || !a.says("不能跨类") || !a.says("政治") || !a.says("170") {
			t.Errorf("after the first choice: %s", a.text())
		}

		// The second is held to the class of the first.
		a = h.see("/ks/choices/2?level=3")
		if shown, barred := a.barred(second); !shown || barred {
			t.Errorf("the same class is shown %v, barred %v", shown, barred)
		}
		a = h.see("/ks/choices/2?level=3&category=35")
		if shown, barred := a.barred(across); !shown || !barred || !a.says("不能跨招生专业类") {
			t.Errorf("another class is shown %v, barred %v: %s", shown, barred, a.text())
		}
		// Chosen all the same, it is refused, with the reason and what was looked for.
		got = h.post("/ks/choices/2", url.Values{"token": {tokenOf(a)}, "revision": {fmt.Sprint(after.Revision)}, "level": {"3"}, "q": {across.MajorName}, "programme": {value(across)}})
		if got.Status != http.StatusUnprocessableEntity || !got.says("不能跨招生专业类") || !strings.Contains(got.Page, `value="`+across.MajorName+`"`) {
			t.Errorf("%d: %s", got.Status, got.text())
		}
		if len(h.drafted().Application.Choices) != 1 {
			t.Error("what the rules refuse was saved")
		}
		for _, bad := range []string{"", "x", "99999|1|3|34|1|2.5"} {
			if got := h.post("/ks/choices/2", url.Values{"token": {tokenOf(a)}, "revision": {"1"}, "level": {"3"}, "programme": {bad}}); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", bad, got.Status)
			}
		}
		if got := h.send(h.see("/ks/choices/2?level=3&category=34"), "/ks/choices/2", url.Values{"programme": {value(second)}}); got.Status != http.StatusSeeOther {
			t.Fatalf("the second choice: %d: %s", got.Status, got.text())
		}
		if a := h.get("/ks/choices/3"); a.To != "/ks/choices" {
			t.Errorf("a third choice: %d → %s", a.Status, a.To)
		}

		// Order, and removing.
		page := h.see("/ks/choices")
		if got := h.post("/ks/choices", url.Values{"token": {tokenOf(page)}, "revision": {fmt.Sprint(h.drafted().Revision)}, "order": {"2"}, "act": {"up"}}); got.To != "/ks/choices?done=moved" {
			t.Fatalf("moving: %d → %s", got.Status, got.To)
		}
		if c := h.drafted().Application.Choices; len(c) != 2 || c[0] != second.Choice(1) || c[1] != first.Choice(2) {
			t.Fatalf("moved: %v", c)
		}
		// From the page of before, it is refused and both are there to see.
		if got := h.send(page, "/ks/choices", url.Values{"act": {"remove"}}); got.Status != http.StatusConflict || !got.says("刚才在别的窗口里改过") || len(h.drafted().Application.Choices) != 2 {
			t.Errorf("from an old page: %d", got.Status)
		}
		if got := h.post("/ks/choices/1", url.Values{"token": {tokenOf(page)}, "revision": {"1"}, "level": {"3"}, "programme": {value(w.programme("34", 2))}}); got.Status != http.StatusConflict ||
			!got.says("现在保存的是") || !got.says(second.SchoolName) || h.drafted().Application.Choices[0] != second.Choice(1) {
			t.Errorf("a choice from an old page: %d: %s", got.Status, got.text())
		}
		if got := h.send(h.see("/ks/choices"), "/ks/choices", url.Values{"act": {"remove"}}); got.To != "/ks/choices?done=removed" { // the first form: of choice 1
			t.Fatalf("removing: %d → %s", got.Status, got.To)
		}
		if c := h.drafted().Application.Choices; len(c) != 1 || c[0] != first.Choice(1) {
			t.Errorf("the one behind did not move up: %v", c)
		}
	})
}

// tokenOf is the form token of a page.
func tokenOf(a answer) string {
	m := regexp.MustCompile(`name="token" value="([^"]*)"`).FindStringSubmatch(a.Page)
	if m == nil {
		return ""
	}
	return m[1]
}

// A level that her education does not open is dashed, with the reason; so is a
// move that would break the rules.
func TestChoicesBarred(t *testing.T) {
	w := newWorld(t)
	h := w.arrive(0)
	h.begin(func(app *form.Application) {
		bachelor(app)
		app.Fields[form.Education] = "61"
		app.Choices = []form.Choice{w.programme("12", 0).Choice(1), w.programme("22", 0).Choice(2)}
	})
	a := h.see("/ks/choices/1")
	if m := regexp.MustCompile(`<input[^>]*name="level" value="3"[^>]*>`).FindString(a.Page); !strings.Contains(m, "disabled") || !a.says("须已取得规定的毕业证书") {
		t.Errorf("专升本: %s", m)
	}
	a = h.see("/ks/choices")
	if !regexp.MustCompile(`<button class="button" disabled[^>]*>换到前面`).MatchString(a.Page) || !a.says("不能换到前面") {
		t.Errorf("高起专 before 高起本 may be pressed: %s", a.text())
	}
	if got := h.post("/ks/choices", url.Values{"token": {tokenOf(a)}, "revision": {"1"}, "order": {"2"}, "act": {"up"}}); got.Status != http.StatusConflict || h.drafted().Revision != 1 {
		t.Errorf("moved all the same: %d", got.Status)
	}
	// The first choice changed: the second stands, and is said to be wrong.
	if got := h.send(h.see("/ks/choices/1?level=2"), "/ks/choices/1", url.Values{"programme": {value(w.programme("22", 1))}}); got.Status != http.StatusSeeOther {
		t.Fatal(got.Status)
	}
	h.w.write(func(tx *db.Tx) error {
		d, err := w.drafts.Get(t.Context(), tx, h.account, w.camp.ID)
		if err != nil {
			return err
		}
		d.Application.Choices[1] = w.programme("12", 1).Choice(2)
		_, err = w.drafts.Save(t.Context(), tx, d, d.Revision)
		return err
	})
	if a := h.see("/ks/choices"); !a.says("不能兼报这个层次") {
		t.Errorf("a second choice that does not go with the first: %s", a.text())
	}
}

// After the confirmation nothing is changed.
func TestChoicesAfterConfirmation(t *testing.T) {
	w := newWorld(t)
	h := w.confirmedOne()
	a := h.see("/ks/choices")
	if !a.says("已经现场确认") || strings.Contains(a.Page, `name="act"`) {
		t.Errorf("still to be changed: %s", a.text())
	}
	for path, fields := range map[string]url.Values{
		"/ks/choices":         {"act": {"remove"}, "order": {"1"}},
		"/ks/choices/1":       {"level": {"3"}, "programme": {value(w.programme("34", 1))}},
		"/ks/point":           {"point": {pointThere}},
		"/ks/evidence":        {"claim": {"bonus-B05"}},
		"/ks/evidence/remove": {"claim": {"bonus-B05"}},
	} {
		fields.Set("token", tokenOf(a))
		fields.Set("revision", "1")
		if got := h.post(path, fields); got.Status != http.StatusSeeOther && got.Status != http.StatusConflict {
			t.Errorf("%s: %d", path, got.Status)
		}
	}
	if d := h.drafted(); d.Revision != 1 || len(d.Application.Choices) == 0 || d.Application.Point != pointHere {
		t.Errorf("changed after the confirmation: revision %d", d.Revision)
	}
	if a := h.see("/ks/point"); !a.says("不能再改") || strings.Contains(a.Page, `name="point"`) {
		t.Errorf("a point may still be chosen: %s", a.text())
	}
}

// confirmedOne is somebody who has signed at a box what she had submitted.
func (w *world) confirmedOne() *her {
	w.t.Helper()
	h := w.arrive(0)
	h.app.Point = pointHere
	h.submit()
	h.begin(func(app *form.Application) { app.Point = pointHere })
	w.write(func(tx *db.Tx) error {
		_, err := tx.Exec(w.t.Context(), `UPDATE application SET state = 'confirmed', confirmed_at = 1 WHERE id = $1`, h.app.ID)
		return err
	})
	return h
}

// In the gaokao a choice is a category alone.
func TestChoicesGaokao(t *testing.T) {
	w := newWorld(t, gaokao)
	h := w.arrive(0)
	h.begin(func(app *form.Application) { app.Choices = nil })
	h.secondSet()
	a := h.see("/ks/choices/1?level=1")
	for _, says := range []string{"考试类型和科类", "理工", "数学（理）"} {
		if !a.says(says) {
			t.Errorf("%q is not said: %s", says, a.text())
		}
	}
	if a.says("学校和专业") || strings.Contains(a.Page, `id="q"`) {
		t.Errorf("a college is asked for: %s", a.text())
	}
	if got := h.send(a, "/ks/choices/1", url.Values{"programme": {"||1|15||"}}); got.Status == http.StatusSeeOther || len(h.drafted().Application.Choices) > 0 {
		t.Error("saved without the second password")
	}
	if got := h.send(a, "/ks/choices/1", url.Values{"programme": {"||1|15||"}, "second": {secondPassword}}); got.Status != http.StatusSeeOther {
		t.Fatalf("%d: %s", got.Status, got.text())
	}
	if c := h.drafted().Application.Choices; len(c) != 1 || c[0] != (form.Choice{Order: 1, Level: "1", Category: "15"}) {
		t.Errorf("saved %v", c)
	}
	if a := h.see("/ks/choices"); !a.says("理工") || a.says("第二志愿") {
		t.Errorf("%s", a.text())
	}
	if a := h.get("/ks/choices/2"); a.To != "/ks/choices" {
		t.Errorf("a second: %d → %s", a.Status, a.To)
	}
	if a := h.see("/ks/review"); !a.says("报考科类") || !a.says("理工") || a.says("志愿") {
		t.Errorf("what she reads before she submits speaks of choices: %s", a.text())
	}
	// Its steps end on several days: no one day is named for all of them.
	if a := w.browser().see("/ks"); !a.says("考试类型和科类") || a.says("前做完") {
		t.Errorf("the first page: %s", a.text())
	}
}

// Thousands of programmes are searched on the server, and shown a page at a time.
func TestChooseAmongThousands(t *testing.T) {
	const schools, majors = 60, 100
	w := newWorld(t, func(_ *testing.T, w *world) {
		w.change = func(c *campaign.Campaign) {
			for s := range schools {
				for m := range majors {
					c.Catalogue = append(c.Catalogue, campaign.Programme{School: fmt.Sprintf("2%04d", s), SchoolName: fmt.Sprintf("第%d演示学院", s), Major: fmt.Sprintf("7%05d", m),
						MajorName: fmt.Sprintf("第%d演示专业", m), Level: "3", Category: []string{"34", "35"}[m%2], Class: []string{"经济管理类", "法学类"}[m%2], Form: []string{"1", "2"}[s%2], Years: "2.5"})
				}
			}
		}
	})
	h := w.arrive(0)
	h.begin(bachelor)
	find := func(q url.Values) (a answer, found int) {
		t.Helper()
		q.Set("level", "3")
		a = h.see("/ks/choices/1?" + q.Encode())
		if _, err := fmt.Sscanf(a.Page[max(0, strings.Index(a.Page, "找到")):], "找到 %d 个", &found); err != nil {
			found = 0
		}
		if n := strings.Count(a.Page, `name="programme"`); n > 20 {
			t.Errorf("%v: %d on one page", q, n)
		}
		return a, found
	}
	began := time.Now()
	for _, c := range []struct {
		q    url.Values
		want int
	}{
		{url.Values{"q": {"第7演示学院"}}, majors},
		{url.Values{"q": {"第7演示学院 第9演示专业"}}, 1},
		{url.Values{"q": {"20007"}}, majors},
		{url.Values{"q": {"20007 700009"}}, 1},
		{url.Values{"q": {"演示"}, "form": {"1"}}, schools / 2 * majors},
		{url.Values{"q": {"演示"}, "category": {"35"}}, schools * majors / 2},
		{url.Values{"q": {"法学类 第7演示学院"}}, majors / 2},
		{url.Values{"q": {"没有这样的"}}, 0},
		{url.Values{"q": {`"><script>`}}, 0},
		{url.Values{"q": {strings.Repeat("长", 4000)}}, 0},
		{url.Values{"q": {"演示"}, "category": {"11"}}, schools * majors}, // of another level: left over
	} {
		if a, got := find(c.q); got != c.want {
			t.Errorf("%v: %d found, want %d: %.300s", c.q, got, c.want, a.text())
		}
	}
	if took := time.Since(began); took > 2*time.Minute {
		t.Errorf("eleven searches took %s", took)
	}
	a, _ := find(url.Values{"q": {"第7演示学院"}, "page": {"5"}})
	if !a.says("第 81—100 个，共 100 个") || !a.says("前面的") || a.says("后面的") {
		t.Errorf("the last page: %s", a.text())
	}
	if a, _ := find(url.Values{"q": {"第7演示学院"}, "page": {"999"}}); a.Status != http.StatusOK {
		t.Errorf("beyond the last page: %d", a.Status)
	}
}

const secondPassword = "第二个密码 湘江 2013"

// secondSet gives her a second password.
func (h *her) secondSet() {
	h.t.Helper()
	at, err := url.Parse(h.w.server.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range h.client.Jar.Cookies(at) {
		s, err := h.w.desk.Session(h.t.Context(), c.Value)
		if err != nil {
			continue
		}
		if err := h.w.desk.ChangeSecond(h.t.Context(), s, passphrase, secondPassword); err != nil {
			h.t.Fatal(err)
		}
		return
	}
	h.t.Fatal("not signed in")
}
