package web_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/progress"
)

// figure reads the number below a heading of the figures.
func figure(t *testing.T, page, heading string) string {
	t.Helper()
	m := regexp.MustCompile(`<dt>` + heading + `</dt><dd[^>]*>([^<]*)</dd>`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("no figure %q in %s", heading, textOf(page)[:min(600, len(textOf(page)))])
	}
	return m[1]
}

// TestDashboard: every tier sees its own part, can look into what lies below,
// and finds nothing beside it; the numbers are those of the counters.
func TestDashboard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		w.confirm(0) // in 岳麓区
		w.confirm(1) // in 安仁县
		w.confirm(2, func(s *flow.Step) { s.State, s.StateReason = confirmation.Disputed, "other-point" })
		w.sealedUp()
		here := 0
		for _, p := range w.people {
			if p.Application.Point == pointHere {
				here++
			}
		}
		for _, tc := range []struct {
			who, path, place      string
			registered, confirmed int
			holds, lacks          []string
		}{
			{"po", "/gl", "湖南省", len(w.people), 2, []string{"郴州市", "长沙市", "安仁县", `class="map"`, "各市州进度"}, nil},
			{"po", "/gl?division=430100", "长沙市", here, 1, []string{"岳麓区", `class="map near"`, `href="/gl">湖南省</a>`}, []string{"安仁县"}},
			{"po", "/gl?division=" + countyThere, "安仁县", len(w.people) - here, 1, []string{"安仁县第 1 报名确认点", `href="/gl?division=431000">郴州市</a>`}, []string{"<svg class=\"map"}},
			{"ci", "/gl", "长沙市", here, 1, []string{`class="map near"`}, []string{"安仁县", "湖南省今天"}},
			{"ci", "/gl?division=" + countyHere, "岳麓区", here, 1, []string{"岳麓区第 1 报名确认点", `href="/gl">长沙市</a>`}, []string{"湖南省今天"}},
			{"co", "/gl", "岳麓区", here, 1, []string{"岳麓区第 1 报名确认点"}, []string{"长沙市今天", `<nav class="crumbs`}},
			{"cl", "/gl", "岳麓区第 1 报名确认点", here, 1, nil, []string{`id="places"`, "<svg class=\"map"}},
		} {
			res, page := w.as(tc.who).get(tc.path)
			if res.StatusCode != http.StatusOK {
				t.Errorf("%s %s: %d", tc.who, tc.path, res.StatusCode)
				continue
			}
			if got := figure(t, page, "已报名"); got != fmt.Sprint(tc.registered) {
				t.Errorf("%s %s: registered %s, want %d", tc.who, tc.path, got, tc.registered)
			}
			if got := figure(t, page, "已确认"); got != fmt.Sprint(tc.confirmed) {
				t.Errorf("%s %s: confirmed %s, want %d", tc.who, tc.path, got, tc.confirmed)
			}
			if !strings.Contains(page, "<h1>"+tc.place+"今天收到 "+fmt.Sprint(tc.confirmed)+" 份确认") {
				t.Errorf("%s %s: the heading is not of %s", tc.who, tc.path, tc.place)
			}
			if !strings.Contains(page, "缴费尚未启用") {
				t.Errorf("%s %s: says something of payments that nobody counted", tc.who, tc.path)
			}
			for _, x := range tc.holds {
				if !strings.Contains(page, x) {
					t.Errorf("%s %s: lacks %q", tc.who, tc.path, x)
				}
			}
			for _, x := range tc.lacks {
				if strings.Contains(page, x) {
					t.Errorf("%s %s: holds %q", tc.who, tc.path, x)
				}
			}
		}
	})
}

// TestDashboardOfAnother: a division outside the remit does not exist, on the
// page, in its live part and as a file, and who asked is in the journal.
func TestDashboardOfAnother(t *testing.T) {
	w := newWorld(t)
	for _, tc := range []struct{ who, division string }{
		{"ci", "431000"}, {"ci", "430000"}, {"co", "430100"}, {"co", "430102"}, {"co", countyThere}, {"cl", "430100"}, {"cl", countyThere},
		{"po", "440100"}, {"po", "430199"}, {"po", "x"}, {"po", "4301001"},
	} {
		for _, path := range []string{"/gl?division=", "/gl/part/dashboard?division=", "/gl?as=csv&division="} {
			if res, page := w.as(tc.who).get(path + tc.division); res.StatusCode != http.StatusNotFound || strings.Contains(page, "已报名") {
				t.Errorf("%s %s%s: %d", tc.who, path, tc.division, res.StatusCode)
			}
		}
	}
	if res, _ := w.as("po").get("/gl?level=%00"); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a level of no letters: %d", res.StatusCode)
	}
	w.sealedUp()
	denied := 0
	w.write(t.Context(), func(tx *db.Tx) error {
		list, err := journal.List(t.Context(), tx, journal.Filter{Act: journal.AccessDenied, Limit: 500})
		denied = len(list)
		return err
	})
	if denied < 21 {
		t.Errorf("%d entries of what was denied", denied)
	}
}

// TestDashboardByLevel: the tabs part the figures and lose nobody.
func TestDashboardByLevel(t *testing.T) {
	w := newWorld(t)
	w.sealedUp()
	sum := 0
	for _, l := range w.camp.Form.Levels {
		_, page := w.as("po").get("/gl?level=" + l.Code)
		var n int
		if _, err := fmt.Sscan(figure(t, page, "已报名"), &n); err != nil {
			t.Fatal(err)
		}
		sum += n
		if !strings.Contains(page, `href="/gl?level=`+l.Code+`" aria-current="page">`+l.Zh) || !strings.Contains(page, `href="/gl?division=430100&amp;level=`+l.Code) {
			t.Errorf("level %s: its tab is not the current one, or is lost on the way down", l.Code)
		}
	}
	if sum != len(w.people) {
		t.Errorf("the levels add up to %d, want %d", sum, len(w.people))
	}
}

// TestMapIsNotSentAgain: a live page that has the map gets it only when it looks
// otherwise.
func TestMapIsNotSentAgain(t *testing.T) {
	w := newWorld(t)
	w.confirm(0)
	w.sealedUp()
	b := w.as("po")
	_, page := b.get("/gl")
	print := regexp.MustCompile(`data-print="([0-9a-f]+)"`).FindStringSubmatch(page)
	if print == nil || !strings.Contains(page, "<svg class=\"map") || !strings.Contains(page, `data-part="/gl/part/dashboard"`) {
		t.Fatal("the page has no map that could be kept")
	}
	_, first := b.get("/gl/part/dashboard")
	_, again := b.get("/gl/part/dashboard?have=" + print[1])
	if !strings.Contains(first, "<svg class=\"map") || strings.Contains(again, "<svg class=\"map") || !strings.Contains(again, `data-print="`+print[1]+`" data-same`) {
		t.Error("the map is left out when it should be sent, or sent when it need not be")
	}
	if len(again)*2 > len(first) {
		t.Errorf("%d bytes without the map, %d with it", len(again), len(first))
	}
	if len(first) > 180_000 {
		t.Errorf("the live part is %d bytes", len(first))
	}
	for i, p := range w.people { // until the county of the first one is another step of the ramp
		if i > 0 && p.Application.Point == pointHere {
			w.confirm(i)
		}
	}
	w.sealedUp()
	if _, moved := b.get("/gl/part/dashboard?have=" + print[1]); !strings.Contains(moved, "<svg class=\"map") {
		t.Error("a map that looks otherwise is not sent")
	}
}

// TestDashboardAsAFile: the whole table, within the remit.
func TestDashboardAsAFile(t *testing.T) {
	w := newWorld(t)
	w.confirm(0)
	w.sealedUp()
	for who, want := range map[string]struct {
		rows  int
		holds string
	}{"po": {122, "安仁县"}, "ci": {9, "岳麓区"}, "co": {1, "岳麓区第 1 报名确认点"}, "cl": {1, "岳麓区第 1 报名确认点"}} {
		res, body := w.as(who).get("/gl?as=csv")
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", who, res.StatusCode)
			continue
		}
		r := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff")))
		r.FieldsPerRecord = -1
		lines, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for _, l := range lines[1:] {
			if len(l) > 4 && regexp.MustCompile(`^\d{6,8}$`).MatchString(strings.Trim(l[0], `="'`)) {
				rows++
			}
		}
		if rows != want.rows || !strings.Contains(body, want.holds) {
			t.Errorf("%s: %d rows, want %d with %s; %.200s", who, rows, want.rows, want.holds, body)
		}
		if who != "po" && strings.Contains(body, "安仁县") {
			t.Errorf("%s: the file holds another county", who)
		}
	}
}

// TestLastYearOnTheDashboard: with an earlier year stored the page draws it and
// says how it estimates; a line of a table is there for every day.
func TestLastYearOnTheDashboard(t *testing.T) {
	w := newWorld(t)
	w.sealedUp()
	if _, page := w.as("po").get("/gl"); !strings.Contains(page, "没有往年的数据") || strings.Contains(page, `class="was"`) {
		t.Error("a last year is drawn that nobody knows")
	}
	table := "day,division,registered,confirmed\n"
	for i := range 10 {
		table += fmt.Sprintf("2018-09-%02d,430104,%d,%d\n", 3+i, 100+i, i)
	}
	past, err := progress.ReadPast(strings.NewReader(table), w.camp.Kind)
	if err != nil {
		t.Fatal(err)
	}
	w.write(t.Context(), func(tx *db.Tx) error { return w.flow.KeepPast(t.Context(), tx, past, false, flow.Operator()) })
	_, page := w.as("po").get("/gl")
	for _, want := range []string{`class="was"`, "2018 年报名", "满两天、去年同日已过半成", "2018 年 1,045"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, `class="plan" d=`) {
		t.Error("an estimate is drawn from 24 people")
	}
	if _, there := w.as("po").get("/gl?division=" + countyThere); strings.Contains(there, "2018 年报名") {
		t.Error("a county has another county's last year")
	}
}

// TestMenuCountsAtOnce: a page asked right after a change tells of it, although
// the one asked right before may have been kept.
func TestMenuCountsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := worldOn(t, d)
		co := w.as("co")
		disputes := func() string {
			_, page := co.get("/gl")
			_, rest, _ := strings.Cut(page, `href="/gl/disputes"`)
			line, _, _ := strings.Cut(rest, "</a>")
			return textOf(line)
		}
		for n := range 3 {
			before := disputes()
			if again := disputes(); again != before {
				t.Errorf("the same page twice: %q and %q", before, again)
			}
			w.confirm(2*n, func(s *flow.Step) { s.State, s.StateReason = confirmation.Disputed, "other-point" })
			if after := disputes(); !strings.Contains(after, fmt.Sprint(n+1)) {
				t.Errorf("after dispute %d the menu says %q, before %q", n+1, after, before)
			}
		}
	})
}
