package window_test

import (
	"testing"
	"time"

	"zhunkao/protocol/window"
)

// at reads a local time of September 2019, "02 08:00".
func at(t testing.TB, s string) time.Time {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", "2019-09-"+s, window.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// fiveCities is the rule of the plan for one of the five cities and one other.
func fiveCities(t testing.TB) []window.Window {
	hours := []window.Hours{{From: 8 * 60, To: 12 * 60}, {From: 15 * 60, To: 18 * 60}}
	w := func(id, from, to string, s window.Scope) window.Window {
		return window.Window{ID: id, Step: window.Confirm, From: at(t, from), To: at(t, to), Scope: s, Hours: hours}
	}
	return []window.Window{
		w("all", "06 00:00", "12 00:00", window.Scope{Divisions: []string{"430100"}}),
		w("local", "02 00:00", "06 00:00", window.Scope{Divisions: []string{"430100"}, Households: []string{"430100"}}),
		w("others", "02 00:00", "12 00:00", window.Scope{Divisions: []string{"430300"}}),
		{ID: "pay", Step: window.Pay, From: at(t, "02 00:00"), To: at(t, "12 00:00")},
	}
}

func TestJudgeFiveCityRule(t *testing.T) {
	local := window.Subject{Division: "430102", Point: "1", Level: "3", Category: "34", Household: "430181"}
	guest := local
	guest.Household = "433122"
	unknown := local
	unknown.Household = ""
	xiangtan := window.Subject{Division: "430302", Household: "433122"}
	yueyang := window.Subject{Division: "430602", Household: "430602"}
	const (
		open, closed, unsure = window.Open, window.Closed, window.Undecidable
	)
	minute := time.Minute
	for _, tc := range []struct {
		name   string
		who    window.Subject
		now    window.Interval
		state  window.State
		reason window.Reason
		until  string
		next   string
		window string
		late   bool
	}{
		{"local, first day", local, window.At(at(t, "02 08:00")), open, window.InWindow, "12 00:00", "", "local", false},
		{"local, before", local, window.At(at(t, "01 23:59")), closed, window.NotYet, "", "02 08:00", "local", false},
		{"local, over the boundary, unsure by a minute", local, window.At(at(t, "06 00:00")).Widen(minute), open, window.InWindow, "12 00:00", "", "local", true},
		{"guest, 5 September, last minute", guest, window.At(at(t, "05 23:59")), closed, window.WrongHousehold, "", "06 08:00", "local", false},
		{"guest, 6 September, first instant", guest, window.At(at(t, "06 00:00")), open, window.InWindow, "12 00:00", "", "all", true},
		{"guest, at the boundary, unsure by a minute", guest, window.At(at(t, "06 00:00")).Widen(minute), unsure, window.ClockUnsure, "12 00:00", "", "all", true},
		{"guest, 11 September, last instant", guest, window.At(at(t, "12 00:00").Add(-1)), open, window.InWindow, "12 00:00", "", "all", true},
		{"guest, the close itself", guest, window.At(at(t, "12 00:00")), closed, window.Over, "", "", "all", false},
		{"household not given, 3 September", unknown, window.At(at(t, "03 09:00")), closed, window.HouseholdUnknown, "", "06 08:00", "local", false},
		{"household not given, 6 September", unknown, window.At(at(t, "06 09:00")), open, window.InWindow, "12 00:00", "", "all", false},
		{"other city, guest, 3 September", xiangtan, window.At(at(t, "03 09:00")), open, window.InWindow, "12 00:00", "", "others", false},
		{"a city without windows", yueyang, window.At(at(t, "03 09:00")), closed, window.WrongDivision, "", "", "others", false},
		{"lunch warns", local, window.At(at(t, "03 13:00")), open, window.InWindow, "12 00:00", "", "local", true},
		{"noon sharp warns", local, window.At(at(t, "03 12:00")), open, window.InWindow, "12 00:00", "", "local", true},
		{"noon, unsure by a minute, does not warn", local, window.At(at(t, "03 12:00")).Widen(minute), open, window.InWindow, "12 00:00", "", "local", false},
		{"unsure over midnight warns", local, window.Interval{Earliest: at(t, "03 19:00"), Latest: at(t, "04 07:00"), Bounded: true}, open, window.InWindow, "12 00:00", "", "local", true},
		{"unsure over a day does not warn", local, window.Interval{Earliest: at(t, "03 19:00"), Latest: at(t, "04 19:00"), Bounded: true}, open, window.InWindow, "12 00:00", "", "local", false},
		{"unknown upper end, in the window", local, window.Since(at(t, "03 09:00")), unsure, window.ClockUnsure, "12 00:00", "", "local", false},
		{"unknown upper end, before the window", local, window.Since(at(t, "01 09:00")), unsure, window.ClockUnsure, "12 00:00", "", "local", false},
		{"unknown upper end, after the close", local, window.Since(at(t, "12 00:00")), closed, window.Over, "", "", "all", false},
		{"nothing known at all", local, window.Interval{}, unsure, window.ClockUnsure, "12 00:00", "", "local", false},
		{"known only to be before the opening", local, window.Interval{Latest: at(t, "01 09:00"), Bounded: true}, closed, window.NotYet, "", "02 08:00", "local", false},
		{"latest touches the opening instant", local, window.Interval{Earliest: at(t, "01 09:00"), Latest: at(t, "02 00:00"), Bounded: true}, unsure, window.ClockUnsure, "12 00:00", "", "local", true},
		{"ends in the wrong order", local, window.Interval{Earliest: at(t, "04 09:00"), Latest: at(t, "03 09:00"), Bounded: true}, open, window.InWindow, "12 00:00", "", "local", false},
		{"same instants in another zone", guest, window.At(at(t, "05 23:59").In(time.FixedZone("", -7*3600))), closed, window.WrongHousehold, "", "06 08:00", "local", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := window.Judge(fiveCities(t), window.Confirm, tc.who, tc.now)
			want := window.Verdict{State: tc.state, Reason: tc.reason, Window: tc.window, OutsideHours: tc.late}
			if tc.until != "" {
				want.Until = at(t, tc.until)
			}
			if tc.next != "" {
				want.NextOpening = at(t, tc.next)
			}
			if tc.reason == window.Over {
				want.Ended = at(t, "12 00:00")
			}
			if !same(v, want) {
				t.Errorf("\n got %+v\nwant %+v", v, want)
			}
		})
	}
}

// same compares verdicts, times as instants.
func same(a, b window.Verdict) bool {
	equal := a.Until.Equal(b.Until) && a.Ended.Equal(b.Ended) && a.NextOpening.Equal(b.NextOpening)
	for _, v := range []*window.Verdict{&a, &b} {
		v.Until, v.Ended, v.NextOpening = time.Time{}, time.Time{}, time.Time{}
	}
	return equal && a == b
}

func TestJudgeScopes(t *testing.T) {
	now := window.At(at(t, "05 10:00"))
	who := window.Subject{Division: "430102", Point: "7", Level: "2", Category: "24", Household: "430102"}
	base := window.Window{ID: "w", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "12 00:00")}
	for _, tc := range []struct {
		name  string
		scope window.Scope
		want  window.Reason
	}{
		{"anyone", window.Scope{}, window.InWindow},
		{"province covers", window.Scope{Divisions: []string{"430000"}}, window.InWindow},
		{"county itself", window.Scope{Divisions: []string{"430102"}}, window.InWindow},
		{"other county", window.Scope{Divisions: []string{"430103"}}, window.WrongDivision},
		{"point", window.Scope{Points: []string{"7"}}, window.InWindow},
		{"other point", window.Scope{Points: []string{"8"}}, window.WrongPoint},
		{"level", window.Scope{Levels: []string{"1", "2"}}, window.InWindow},
		{"other level", window.Scope{Levels: []string{"3"}}, window.WrongLevel},
		{"category", window.Scope{Categories: []string{"24"}}, window.InWindow},
		{"other category", window.Scope{Categories: []string{"34"}}, window.WrongCategory},
		{"other household", window.Scope{Households: []string{"430200"}}, window.WrongHousehold},
		{"two things", window.Scope{Points: []string{"8"}, Households: []string{"430200"}}, window.WrongPoint},
	} {
		w := base
		w.Scope = tc.scope
		if v := window.Judge([]window.Window{w}, window.Confirm, who, now); v.Reason != tc.want || v.Accepts() != (tc.want == window.InWindow) {
			t.Errorf("%s: got %s %s, want %s", tc.name, v.State, v.Reason, tc.want)
		}
	}
	if v := window.Judge([]window.Window{base}, window.Bonus, who, now); v.Reason != window.NoWindow {
		t.Errorf("a step without window: %s", v.Reason)
	}
}

func TestRevisionReplaces(t *testing.T) {
	who := window.Subject{}
	w := window.Window{ID: "pay", Step: window.Pay, From: at(t, "02 00:00"), To: at(t, "12 00:00")}
	longer := w
	longer.To, longer.Revision = at(t, "15 00:00"), 1
	earlier := w
	earlier.From, earlier.To, earlier.Revision = at(t, "20 00:00"), at(t, "21 00:00"), 2
	after := window.At(at(t, "13 09:00"))
	if v := window.Judge([]window.Window{w}, window.Pay, who, after); v.Reason != window.Over {
		t.Errorf("without revision: %s", v.Reason)
	}
	if v := window.Judge([]window.Window{longer, w}, window.Pay, who, after); v.State != window.Open || v.Revision != 1 {
		t.Errorf("extended: %+v", v)
	}
	if v := window.Judge([]window.Window{w, earlier, longer}, window.Pay, who, after); v.Reason != window.NotYet || !v.NextOpening.Equal(earlier.From) {
		t.Errorf("postponed: %+v", v)
	}
}

func TestBetweenTwoWindows(t *testing.T) {
	two := []window.Window{
		{ID: "a", Step: window.Pay, From: at(t, "02 00:00"), To: at(t, "04 00:00")},
		{ID: "b", Step: window.Pay, From: at(t, "06 00:00"), To: at(t, "08 00:00")},
		{ID: "never", Step: window.Pay, From: at(t, "09 00:00"), To: at(t, "09 00:00")},
	}
	v := window.Judge(two, window.Pay, window.Subject{}, window.At(at(t, "05 00:00")))
	if v.State != window.Closed || v.Reason != window.Between || !v.NextOpening.Equal(two[1].From) {
		t.Errorf("got %+v", v)
	}
	v = window.Judge(two, window.Pay, window.Subject{}, window.At(at(t, "09 00:00")))
	if v.Reason != window.Over || !v.NextOpening.IsZero() {
		t.Errorf("an empty window opens: %+v", v)
	}
}

func TestOverlaps(t *testing.T) {
	w := func(from, to string, s window.Scope) window.Window {
		return window.Window{Step: window.Confirm, From: at(t, from), To: at(t, to), Scope: s}
	}
	changsha := window.Scope{Divisions: []string{"430100"}}
	for _, tc := range []struct {
		name string
		a, b window.Window
		want bool
	}{
		{"one after the other", w("02 00:00", "06 00:00", changsha), w("06 00:00", "12 00:00", changsha), false},
		{"a minute too long", w("02 00:00", "06 00:01", changsha), w("06 00:00", "12 00:00", changsha), true},
		{"county inside city", w("02 00:00", "06 00:00", changsha), w("03 00:00", "04 00:00", window.Scope{Divisions: []string{"430102"}}), true},
		{"other city", w("02 00:00", "06 00:00", changsha), w("02 00:00", "06 00:00", window.Scope{Divisions: []string{"430200"}}), false},
		{"anyone", w("02 00:00", "06 00:00", window.Scope{}), w("02 00:00", "06 00:00", changsha), true},
		{"levels apart", w("02 00:00", "06 00:00", window.Scope{Levels: []string{"1"}}), w("02 00:00", "06 00:00", window.Scope{Levels: []string{"2"}}), false},
	} {
		if got := window.Overlaps(tc.a, tc.b); got != tc.want || window.Overlaps(tc.b, tc.a) != got {
			t.Errorf("%s: got %t, want %t", tc.name, got, tc.want)
		}
	}
}

func TestCovers(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want bool
	}{
		{"430000", "430102", true}, {"430100", "430102", true}, {"430100", "430100", true}, {"430102", "430102", true},
		{"430102", "430100", false}, {"430100", "430202", false}, {"430100", "", false}, {"", "", false}, {"000000", "430100", false},
	} {
		if got := window.Covers(tc.a, tc.b); got != tc.want {
			t.Errorf("Covers(%s, %s) = %t", tc.a, tc.b, got)
		}
	}
}
