package portal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/protocol/form"
)

// openPoint adds a point.
func (w *world) openPoint(p org.Point) {
	w.t.Helper()
	p.Division, p.Open = p.Code[:6], true
	shut := p.Contact == "shut"
	w.write(func(tx *db.Tx) error {
		if err := w.flow.CreatePoint(w.t.Context(), tx, p, flow.Operator()); err != nil || !shut {
			return err
		}
		p.Open = false
		return org.UpdatePoint(w.t.Context(), tx, p)
	})
}

// counted writes counters of a point, as the follower of the journal does.
func (w *world) counted(code string, hour int64, registered, confirmed int) {
	w.t.Helper()
	w.write(func(tx *db.Tx) error {
		_, err := tx.Exec(w.t.Context(), `INSERT INTO progress (campaign, above, place, hour, level, registered, confirmed, paid)
			VALUES ($1, $2, $3, $4, '3', $5, $6, 0)`, w.camp.ID, code[:6], code, hour, registered, confirmed)
		return err
	})
}

// entry is what a page says of one point.
func (a answer) entry(code string) string {
	m := regexp.MustCompile(`(?s)<li id="point-` + code + `".*?</li>`).FindString(a.Page)
	return strings.Join(strings.Fields(answer{Page: m}.text()), " ")
}

func (a answer) may(code string) bool {
	return strings.Contains(a.Page, `name="point" value="`+code+`"`)
}

func TestPoint(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		const busy, shut, diploma, county = "43010402", "43010403", "43010404", "43010501"
		w.openPoint(org.Point{Code: busy, Name: "岳麓区第 2 报名确认点", Address: "麓谷大道 8 号", Boxes: 1, Way: "地铁 2 号线，往西 200 米"})
		w.openPoint(org.Point{Code: shut, Name: "岳麓区第 3 报名确认点", Contact: "shut"})
		w.openPoint(org.Point{Code: diploma, Name: "岳麓区第 4 报名确认点", Levels: "1,2"})
		w.openPoint(org.Point{Code: county, Name: "开福区第 1 报名确认点", Hours: "09:00-11:00"})
		w.counted(busy, -1, 2000, 400)
		w.counted(busy, w.now().Unix()/3600-24, 0, 400) // a day ago, 10 o'clock
		w.set(local("09-03 10:00"))

		h := w.arrive(0) // of Changsha
		guest := w.arrive(1)
		home := func(code string) func(*form.Application) {
			return func(app *form.Application) {
				bachelor(app)
				app.Fields[form.Household] = code
				app.Choices = []form.Choice{w.programme("34", 0).Choice(1)}
			}
		}
		h.begin(home("430104"))
		guest.begin(home("431028"))

		// Where she lives, before she has chosen.
		a := h.see("/ks/point")
		for code, open := range map[string]bool{pointHere: true, busy: true, shut: false, diploma: false, county: true, pointThere: false} {
			if a.may(code) != open {
				t.Errorf("%s may be chosen: %v", code, !open)
			}
		}
		for code, says := range map[string]string{shut: "已停用", diploma: "这里不办专升本", busy: "约满", county: "9:00—11:00", pointHere: "0731-55500123"} {
			if !strings.Contains(a.entry(code), says) {
				t.Errorf("%s does not say %q: %s", code, says, a.entry(code))
			}
		}
		for _, says := range []string{"2000 人选了这里，1600 人还没来办", "地铁 2 号线", "9月3—11日", "1 台机器", "9 月 11 日 24:00"} {
			if !strings.Contains(a.entry(busy), says) {
				t.Errorf("%q is not said: %s", says, a.entry(busy))
			}
		}
		// The map says the same, county by county.
		if !strings.Contains(a.Page, "岳麓区：有能选的") || !strings.Contains(a.text(), "示意图") {
			t.Error("the map does not say what is open")
		}
		if a := h.see("/ks/point?city=430100&county=430104"); a.may(county) || !a.may(busy) || !strings.Contains(a.entry(busy), "10 点 前后人最多") {
			t.Errorf("one county: %s", a.entry(busy))
		}
		if a := h.see("/ks/point?city="); !a.says("郴州市") || !a.says("长沙市") || strings.Contains(a.Page, `name="point"`) {
			t.Errorf("the province: %s", a.text())
		}
		for _, odd := range []string{"?city=440100", "?city=430104", "?city=430100&county=430203", "?city=430100&page=99", "?city=x&county=<", "?city=430900"} {
			h.see("/ks/point" + odd)
		}

		// A guest from elsewhere is told the day.
		g := guest.see("/ks/point?city=430100")
		if g.may(pointHere) || !strings.Contains(g.entry(pointHere), "只面向户籍在当地") || !strings.Contains(g.entry(pointHere), "9 月 6 日起可以选") {
			t.Errorf("a guest: %s", g.entry(pointHere))
		}
		if got := guest.post("/ks/point", url.Values{"token": {tokenOf(g)}, "revision": {"1"}, "city": {"430100"}, "point": {pointHere}}); got.Status != http.StatusUnprocessableEntity || !got.says("只面向户籍在当地") {
			t.Errorf("a guest before her day: %d", got.Status)
		}
		if guest.drafted().Application.Point != "" {
			t.Error("a point that is not open was saved")
		}
		w.set(local("09-06 00:10"))
		if got := guest.send(guest.see("/ks/point?city=430100&county=430104"), "/ks/point", url.Values{"point": {pointHere}}); got.Status != http.StatusSeeOther || guest.drafted().Application.Point != pointHere {
			t.Errorf("on her day: %d", got.Status)
		}

		for _, code := range []string{shut, diploma, "43010499", "", "x"} {
			if got := h.post("/ks/point", url.Values{"token": {tokenOf(a)}, "revision": {"1"}, "city": {"430100"}, "point": {code}}); got.Status != http.StatusUnprocessableEntity {
				t.Errorf("%q: %d", code, got.Status)
			}
		}
		got := h.send(a, "/ks/point", url.Values{"point": {busy}})
		if got.Status != http.StatusSeeOther || h.drafted().Application.Point != busy {
			t.Fatalf("%d → %s: %s", got.Status, got.To, got.text())
		}
		if a := h.see(got.To); !strings.Contains(a.entry(busy), "已选") || a.may(busy) || !a.says("确认点选好了") {
			t.Errorf("after choosing: %s", a.entry(busy))
		}
		// From the page of before it is refused; what stands is shown.
		if got := h.post("/ks/point", url.Values{"token": {tokenOf(a)}, "revision": {"1"}, "city": {"430100"}, "point": {county}}); got.Status != http.StatusConflict ||
			!got.says("刚才在别的窗口里改过") || !strings.Contains(got.entry(busy), "已选") || h.drafted().Application.Point != busy {
			t.Errorf("from an old page: %d", got.Status)
		}
		// The point closes down: she is told, and chooses another.
		w.write(func(tx *db.Tx) error {
			p, err := org.GetPoint(t.Context(), tx, busy)
			if err != nil {
				return err
			}
			p.Open = false
			return org.UpdatePoint(t.Context(), tx, p)
		})
		if a := h.see("/ks/point"); !a.says("现在不能用，请另选一个") {
			t.Errorf("a point that closed down: %s", a.text())
		}
		w.set(local("09-11 08:00"))
		if a := h.see("/ks/point"); !strings.Contains(a.entry(pointHere), "9 月 11 日 24:00截止，要去就赶快") {
			t.Errorf("on the last day: %s", a.entry(pointHere))
		}
		// After the close nothing is open.
		w.set(local("09-12 08:00"))
		if a := h.see("/ks/point"); strings.Contains(a.Page, `name="point"`) || !strings.Contains(a.entry(pointHere), "已截止") {
			t.Errorf("after the close: %s", a.entry(pointHere))
		}
	})
}

// Candidates of medicine and those under age are sent to the points for them.
func TestPointDesignated(t *testing.T) {
	w := newWorld(t)
	const medical, young = "43010402", "43010403"
	w.openPoint(org.Point{Code: medical, Name: "岳麓区医卫类审核点", Medical: true})
	w.openPoint(org.Point{Code: young, Name: "岳麓区低龄审核点", Minors: true})
	h, y := w.arrive(0), w.arrive(1)
	h.begin(func(app *form.Application) {
		bachelor(app)
		app.Fields[form.Household], app.Fields[form.Licence] = "430104", "123"
		app.Choices = []form.Choice{w.programme("26", 0).Choice(1)}
	})
	y.begin(func(app *form.Application) {
		bachelor(app)
		app.Fields[form.Household], app.Fields[form.BirthDate] = "430104", "20030101"
		app.Choices = []form.Choice{w.programme("12", 0).Choice(1)}
	})
	a, b := h.see("/ks/point?city=430100"), y.see("/ks/point?city=430100")
	if !a.may(medical) || a.may(young) || a.may(pointHere) || !strings.Contains(a.entry(pointHere), "只能选医卫类审核点") {
		t.Errorf("medicine: %s", a.entry(pointHere))
	}
	if b.may(medical) || !b.may(young) || b.may(pointHere) || !strings.Contains(b.entry(pointHere), "只能选低龄审核点") {
		t.Errorf("under age: %s", b.entry(pointHere))
	}
}

// This year's pupils go to the point of their school.
func TestPointGaokao(t *testing.T) {
	w := newWorld(t, gaokao)
	w.openPoint(org.Point{Code: "43010402", Name: "岳麓区第 2 报名点"})
	h := w.arrive(0)
	h.begin(func(app *form.Application) {
		app.Point = ""
		app.Fields["KSLBDM"], app.Fields["KSLXDM"], app.Fields["BYXXDM"], app.Fields[form.Household] = "1", "1", "43010402", "430104"
	})
	h.secondSet()
	a := h.see("/ks/point")
	if a.may(pointHere) || !a.may("43010402") || !strings.Contains(a.entry(pointHere), "所在学校的报名点") {
		t.Errorf("a pupil: %s", a.entry(pointHere))
	}
	if got := h.send(a, "/ks/point", url.Values{"point": {"43010402"}, "second": {secondPassword}}); got.Status != http.StatusSeeOther || h.drafted().Application.Point != "43010402" {
		t.Errorf("%d: %s", got.Status, got.text())
	}
}

// A city of many points is shown a page at a time, hers first.
func TestPointPages(t *testing.T) {
	w := newWorld(t)
	for n := 2; n <= 45; n++ {
		w.openPoint(org.Point{Code: fmt.Sprintf("430104%02d", n), Name: fmt.Sprintf("岳麓区第 %d 报名确认点", n), Boxes: 2})
	}
	h := w.arrive(0)
	h.begin(func(app *form.Application) {
		bachelor(app)
		app.Fields[form.Household], app.Point = "430104", "43010440"
	})
	a := h.see("/ks/point")
	if n := strings.Count(a.Page, `<li id="point-`); n != 20 || !strings.Contains(a.entry("43010440"), "已选") || !a.says("第 1—20 个，共 45 个") {
		t.Errorf("%d on the first page", n)
	}
	if a := h.see("/ks/point?city=430100&page=3"); strings.Count(a.Page, `<li id="point-`) != 5 || !strings.Contains(a.Page, `start="41"`) {
		t.Errorf("the last page: %s", a.text())
	}
}

// The map of a county has a pin for each point that the list shows, under its
// number there, and leads to it; that of a city counts what is open to her.
func TestPointsArePinned(t *testing.T) {
	w := newWorld(t)
	w.openPoint(org.Point{Code: "43010402", Name: "岳麓区第 2 报名确认点", Levels: "1,2"})
	w.openPoint(org.Point{Code: "43010501", Name: "开福区第 1 报名确认点"})
	w.set(local("09-03 10:00"))
	h := w.arrive(0)
	h.begin(func(app *form.Application) {
		bachelor(app)
		app.Fields[form.Household] = "430104"
		app.Choices = []form.Choice{w.programme("34", 0).Choice(1)}
	})
	pin := regexp.MustCompile(`<a class="pin ([a-z ]*)" href="#point-(\d+)"[^>]*aria-label="(\d+) `)
	city := h.see("/ks/point?city=430100").Page
	if pin.MatchString(city) || !strings.Contains(city, `岳麓区 <tspan class="open-here">1 个`) {
		t.Errorf("a city's map: pins %v", pin.FindAllString(city, -1))
	}
	a := h.see("/ks/point?city=430100&county=430104")
	var got []string
	for _, m := range pin.FindAllStringSubmatch(a.Page, -1) {
		got = append(got, m[3]+" "+m[2]+" "+m[1])
		if !strings.Contains(a.Page, `<li id="point-`+m[2]+`"`) {
			t.Errorf("the pin of %s leads nowhere", m[2])
		}
	}
	if want := fmt.Sprintf("[1 %s  2 43010402 shut]", pointHere); fmt.Sprint(got) != want {
		t.Errorf("pins %v, want %s", got, want)
	}
}
