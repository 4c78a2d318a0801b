package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/site"
)

// drawnBy is a drawing that a city has submitted.
func (w *world) drawnBy(city string) (id string) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) (err error) {
		id, err = site.Keep(w.t.Context(), tx, site.Drawing{Campaign: w.camp.ID, Division: city, Plan: site.Default(w.camp.ID, site.CountiesOf()[city]), By: "x", At: now().UnixMilli()})
		return err
	})
	return id
}

// sited sets a site of a county.
func (w *world) sited(county, name string, rooms int) {
	w.t.Helper()
	w.write(w.t.Context(), func(tx *db.Tx) error {
		return w.flow.SetSites(w.t.Context(), tx, []site.Site{{Campaign: w.camp.ID, Division: county, Name: name, Address: "某路 1 号", Rooms: rooms, Seats: rooms * 30}}, flow.Operator())
	})
}

var versionOf = regexp.MustCompile(`name="version" value="(\d+)"`)

// table is a city's table as its page offers it.
func (w *world) table(name string) (b *browser, form url.Values, page string) {
	w.t.Helper()
	b = w.as(name)
	_, page = b.get("/gl/catchments")
	form = url.Values{"version": {versionOf.FindStringSubmatch(page)[1]}}
	for _, m := range regexp.MustCompile(`name="(name-\d+|county-\d+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		form.Set(m[1], m[2])
	}
	for _, m := range regexp.MustCompile(`(?s)name="((?:what|language|area)-\d+|site-[0-9a-f]+)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(page, -1) {
		form.Set(m[1], "")
		if at := regexp.MustCompile(`value="([^"]*)" selected`).FindStringSubmatch(m[2]); at != nil {
			form.Set(m[1], at[1])
		}
	}
	return b, form, page
}

// honestSites is the honest use of the routes of catchments.
func (w *world) honestSites(path string) honest {
	if path == "/gl/catchments" {
		b, form, _ := w.table("ci")
		form.Set("do", "save")
		return honest{path: path, browser: b, form: form}
	}
	return honest{path: "/gl/moves", browser: w.as("ci"), form: url.Values{"do": {"submit"}, "who": {w.people[0].Application.ID}, "to": {"0103"}, "reason": {"行动不便，就近安排"}}}
}

// TestCatchments: a city joins one county's area to another, sees what that leaves
// out, sends it when nothing is left out, cannot change it while it is judged, and
// what the province approved is in force (A48).
func TestCatchments(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo, isOver)
	w.sited(countyHere, "长沙市第一中学", 12)
	row := func(form url.Values, county string) string {
		for key := range form {
			if n, ok := strings.CutPrefix(key, "county-"); ok && form.Get(key) == county {
				return n
			}
		}
		t.Fatalf("no row of %s", county)
		return ""
	}
	post := func(b *browser, form url.Values, do string, want int) string {
		t.Helper()
		form.Set("do", do)
		res, page := b.post("/gl/catchments", form, "/gl/catchments")
		if res.StatusCode != want {
			t.Fatalf("%s: %d, want %d", do, res.StatusCode, want)
		}
		return page
	}
	b, form, page := w.table("ci")
	if !strings.Contains(page, "长沙市第一中学") || strings.Contains(page, "安仁") {
		t.Error("the page of a city shows its own sites and counties")
	}
	n := row(form, "430103")
	form.Set("out-"+n, "1")
	if page = post(b, form, "look", http.StatusOK); !strings.Contains(page, "天心区：全部考生") {
		t.Error("a county without a row is not said to be unmapped")
	}
	form.Set("note", "天心区考生少，并入芙蓉考区")
	post(b, form, "submit", http.StatusUnprocessableEntity)
	if _, after, _ := w.table("ci"); after.Get("version") != "0" {
		t.Error("what could not be sent was kept")
	}
	form.Del("out-" + n)
	form.Set("area-"+n, "0102")
	form.Set("drop-0103", "1")
	if page = post(b, form, "save", http.StatusSeeOther); page != "" {
		t.Log(len(page))
	}
	post(b, form, "save", http.StatusConflict) // of a version that was written over
	b, form, _ = w.table("ci")
	form.Set("newname", "河西考区")
	form.Set("host", countyHere)
	post(b, form, "area", http.StatusSeeOther)
	b, form, page = w.table("ci")
	if !strings.Contains(page, `value="河西考区"`) || !strings.Contains(page, "没有考生划到这个考区") {
		t.Error("the new area is not there, or nobody says that it is empty")
	}
	form.Set("drop-0199", "1")
	form.Set("note", "天心区考生少，并入芙蓉考区")
	post(b, form, "submit", http.StatusSeeOther)
	_, page = b.get("/gl/catchments")
	if strings.Contains(page, `name="do"`) {
		t.Error("the table can be changed while the province judges it")
	}
	post(b, form, "save", http.StatusConflict)
	w.approve("/gl/approvals?kind=catchment")
	w.write(t.Context(), func(tx *db.Tx) error {
		plan, ok, err := site.InForceOf(t.Context(), tx, w.camp.ID, "430100")
		if !ok || plan.Leads("430103", "", "", "") != "0102" || len(plan.Areas) != 8 {
			t.Errorf("in force: %v, %+v", ok, plan)
		}
		return err
	})
	if res, _ := w.as("co").get("/gl/catchments"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a county draws: %d", res.StatusCode)
	}
}

// approve has the province agree to the case that waits for it first.
func (w *world) approve(list string) {
	w.t.Helper()
	b := w.as("po")
	_, page := b.get(list)
	id := regexp.MustCompile(`/gl/approvals/([0-9a-f]{24})/agree`).FindStringSubmatch(page)
	if id == nil {
		w.t.Fatal("no case waits")
	}
	_, page = b.get("/gl/approvals/" + id[1])
	if res, _ := b.post("/gl/approvals/"+id[1]+"/agree", url.Values{"version": {versionOf.FindStringSubmatch(page)[1]}}, "/gl/approvals/"+id[1]); res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("agree: %d", res.StatusCode)
	}
}

// TestMoves: a city puts candidates on a list by what it knows of them, sees what would
// come of it, and sends it with a reason; the province sees who would go where and returns
// it; mended and agreed to, they sit there and are told (A48).
func TestMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo, isOver)
	one, far := w.people[0].Application, w.people[1].Application
	page := "/gl/candidates/" + one.ID + "/area"
	b := w.as("ci")
	shows := func(who, path string, parts ...string) {
		t.Helper()
		_, html := w.as(who).get(path)
		for _, s := range parts {
			if !strings.Contains(html, s) {
				t.Errorf("%s at %s is not offered %s", who, path, s)
			}
		}
	}
	listed := `name="who" value="` + one.ID + `"`
	shows("ci", page, "/gl/moves?candidate="+one.ID)
	shows("ci", "/gl/moves?candidate="+one.ID, listed, string(one.Name()))
	if res, _ := b.get("/gl/moves?candidate=" + far.ID); res.StatusCode != http.StatusNotFound {
		t.Errorf("a candidate of another city: %d", res.StatusCode)
	}
	post := func(form url.Values, want int, says ...string) (res *http.Response) {
		t.Helper()
		res, html := b.post("/gl/moves", form, "/gl/moves")
		if res.StatusCode != want {
			t.Fatalf("%v: %d, want %d", form["do"], res.StatusCode, want)
		}
		for _, s := range says {
			if !strings.Contains(html, s) {
				t.Errorf("%v: the page does not say %s", form["do"], s)
			}
		}
		return res
	}
	post(url.Values{"do": {"add"}, "typed": {one.Number().Reveal()}}, http.StatusOK, listed)
	post(url.Values{"do": {"add"}, "typed": {far.Number().Reveal()}}, http.StatusUnprocessableEntity, "没有找到", "名单上还没有人")
	hers := url.Values{"who": {one.ID}, "to": {"0103"}, "reason": {"行动不便"}}
	with := func(do string, change ...string) url.Values {
		form := url.Values{"do": {do}}
		for key, v := range hers {
			form[key] = v
		}
		for i := 0; i < len(change); i += 2 {
			form.Set(change[i], change[i+1])
		}
		return form
	}
	post(with("look"), http.StatusOK, "调整以后", "天心区考区")
	post(with("look", "to", "0104"), http.StatusOK, "已经在这个考区")
	post(with("out-"+one.ID), http.StatusOK, "名单上还没有人")
	post(with("submit", "typed", "周磊"), http.StatusUnprocessableEntity, "框里还有没加入名单的")
	post(with("submit", "to", ""), http.StatusUnprocessableEntity, "请选要调整到的考区")
	post(with("submit", "reason", ""), http.StatusUnprocessableEntity, "请写明原因")
	post(with("submit", "to", "0202"), http.StatusUnprocessableEntity, "没有这个考区")
	post(with("submit", "to", "0104"), http.StatusConflict, "已经在这个考区")
	post(with("submit", "who", far.ID), http.StatusUnprocessableEntity, "不在本市")
	post(with("submit", "to", "1"), http.StatusBadRequest)
	at, _, _ := strings.Cut(post(with("submit"), http.StatusSeeOther).Header.Get("Location"), "?")
	post(with("submit"), http.StatusConflict, "另一件没办完的申报", at)
	shows("ci", page, "已申报调整考区", at)
	shows("po", at, "1 人调到天心区考区", string(one.Name()), "岳麓区考区", "天心区考区", "行动不便", "调整以后", at+"/agree")
	if res, _ := w.as("co").get(at); res.StatusCode != http.StatusNotFound {
		t.Errorf("a county sees the list of its city: %d", res.StatusCode)
	}
	version := func(who string) url.Values {
		_, html := w.as(who).get(at)
		return url.Values{"version": {versionOf.FindStringSubmatch(html)[1]}, "opinion": {"请再核"}}
	}
	if res, _ := w.as("po").post(at+"/return", version("po"), at); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("returned: %d", res.StatusCode)
	}
	mend, _ := b.get(at + "/mend")
	id := strings.TrimPrefix(at, "/gl/approvals/")
	if to := mend.Header.Get("Location"); to != "/gl/moves?case="+id {
		t.Fatalf("mended at %q", to)
	}
	shows("ci", "/gl/moves?case="+id, "请再核", "行动不便", listed)
	post(with("submit", "case", id, "version", version("ci").Get("version"), "to", "0105"), http.StatusSeeOther)
	w.approve("/gl/approvals?kind=moves")
	told := 0
	w.write(t.Context(), func(tx *db.Tx) error {
		moves, err := site.MovesOf(t.Context(), tx, one.ID)
		if err != nil || len(moves) != 1 || moves[0].To != "0105" || moves[0].Reason != "行动不便" {
			t.Errorf("moved %+v, %v", moves, err)
		}
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM notice WHERE owner LIKE $1 AND kind = 'area-moved'`, "%"+one.ID).Scan(&told)
	})
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	w.says("ci", page, "行动不便", "单独调整过")
	w.write(t.Context(), func(tx *db.Tx) error { // a drawing dropped the area that she was moved to
		return site.AddMove(t.Context(), tx, w.camp.ID, countyHere, site.Move{Application: one.ID, From: "0104", To: "0198", Reason: "就近", At: 1})
	})
	w.says("ci", page, "单独调去的考区（0198）已经不在了", "岳麓区考区")
	post(with("submit", "to", "back"), http.StatusSeeOther)
	w.approve("/gl/approvals?kind=moves")
	if _, html := b.get(page); strings.Contains(html, "已经不在了") {
		t.Error("put back, and still said to be moved")
	}
	shut := newWorld(t, demo)
	b = shut.as("ci")
	post(url.Values{"do": {"submit"}, "who": {shut.people[0].Application.ID}, "to": {"0103"}, "reason": {"就近"}}, http.StatusConflict, "不能申报调整")
}
