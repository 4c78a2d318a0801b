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
	return honest{path: "/gl/candidates/" + w.people[0].Application.ID + "/area", browser: w.as("ci"), form: url.Values{"area": {"0103"}, "reason": {"行动不便，就近安排"}}}
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

// TestAreaMove: one candidate is moved and put back, with a reason, within her city and
// in its time; she is told (A48).
func TestAreaMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t, demo, isOver)
	path := "/gl/candidates/" + w.people[0].Application.ID + "/area"
	b := w.as("ci")
	for _, c := range []struct {
		area, reason, back string
		want               int
	}{
		{"", "就近", "", http.StatusUnprocessableEntity}, {"0103", "", "", http.StatusUnprocessableEntity}, {"0202", "就近", "", http.StatusUnprocessableEntity},
		{"0104", "就近", "", http.StatusConflict}, {"", "就近", "1", http.StatusConflict},
		{"0103", "行动不便", "", http.StatusSeeOther}, {"0103", "行动不便", "", http.StatusConflict}, {"", "已经好转", "1", http.StatusSeeOther},
	} {
		res, _ := b.post(path, url.Values{"area": {c.area}, "reason": {c.reason}, "back": {c.back}}, path)
		if res.StatusCode != c.want {
			t.Errorf("%+v: %d", c, res.StatusCode)
		}
	}
	_, page := b.get(path)
	if !strings.Contains(page, "行动不便") || !strings.Contains(page, "恢复到参考范围") {
		t.Error("what was done is not on the page")
	}
	told := 0
	w.write(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM notice WHERE owner LIKE $1 AND kind = 'area-moved'`, "%"+w.people[0].Application.ID).Scan(&told)
	})
	if told != 2 {
		t.Errorf("she was told %d times, want twice", told)
	}
	w.write(t.Context(), func(tx *db.Tx) error { // a drawing dropped the area that she was moved to
		return site.AddMove(t.Context(), tx, w.camp.ID, countyHere, site.Move{Application: w.people[0].Application.ID, From: "0104", To: "0198", Reason: "就近", At: 1})
	})
	w.says("ci", path, "单独调去的考区（0198）已经不在了", "岳麓区考区")
	if res, _ := b.post(path, url.Values{"reason": {"考区撤销了"}, "back": {"1"}}, path); res.StatusCode != http.StatusSeeOther {
		t.Errorf("put back from an area that is not there: %d", res.StatusCode)
	}
	if _, page := b.get(path); strings.Contains(page, "已经不在了") {
		t.Error("she was put back, and is still said to be moved")
	}
	shut := newWorld(t, demo)
	path = "/gl/candidates/" + shut.people[0].Application.ID + "/area"
	if res, _ := shut.as("ci").post(path, url.Values{"area": {"0103"}, "reason": {"就近"}}, path); res.StatusCode != http.StatusConflict {
		t.Errorf("before its time: %d", res.StatusCode)
	}
}
