package window_test

import (
	"fmt"
	"testing"
	"time"

	"zhunkao/protocol/window"
)

func day(y int, m time.Month, d, h int) time.Time {
	return time.Date(y, m, d, h, 0, 0, 0, window.Zone())
}

// The gaokao of 2014: data and photos of art candidates are handed in by 20
// November, of all by 20 December (S2014, demand B2).
func TestDeadlineByCategory(t *testing.T) {
	art := []string{"art-history", "art-science"}
	others := []string{"history", "science", "sport"}
	start := day(2013, time.November, 1, 0)
	calendar := window.New([]window.Window{
		{ID: "register", Step: window.Register, From: start, To: day(2013, time.November, 11, 0)},
		{ID: "report-art", Step: window.Report, From: start, To: day(2013, time.November, 21, 0), Scope: window.Scope{Categories: art}},
		{ID: "report-others", Step: window.Report, From: start, To: day(2013, time.December, 21, 0), Scope: window.Scope{Categories: others}},
	})
	for _, tc := range []struct {
		category string
		at       time.Time
		want     window.Reason
		id       string
	}{
		{"art-science", day(2013, time.November, 20, 23), window.InWindow, "report-art"},
		{"art-science", day(2013, time.November, 21, 0).Add(-1), window.InWindow, "report-art"},
		{"art-science", day(2013, time.November, 21, 0), window.WrongCategory, "report-others"},
		{"science", day(2013, time.November, 21, 0), window.InWindow, "report-others"},
		{"science", day(2013, time.December, 21, 0).Add(-1), window.InWindow, "report-others"},
		{"science", day(2013, time.December, 21, 0), window.Over, "report-others"},
		{"art-science", day(2013, time.December, 21, 0), window.Over, "report-art"},
		{"", day(2013, time.November, 5, 0), window.CategoryUnknown, "report-art"},
		{"art-science", day(2013, time.October, 31, 0), window.NotYet, "report-art"},
	} {
		v := calendar.Judge(window.Report, window.Subject{Category: tc.category}, window.At(tc.at))
		if v.Reason != tc.want || v.Window != tc.id {
			t.Errorf("%q at %v: got %s by %s, want %s by %s", tc.category, tc.at, v.Reason, v.Window, tc.want, tc.id)
		}
		if tc.category == "art-science" && v.Reason == window.WrongCategory && !v.Ended.Equal(day(2013, time.November, 21, 0)) {
			t.Errorf("her own deadline was %v", v.Ended)
		}
	}
	if v := calendar.Judge(window.Register, window.Subject{}, window.At(day(2013, time.November, 10, 23))); v.State != window.Open {
		t.Errorf("registration asks no category: %+v", v)
	}
}

// An edge of the interval on an edge of the window, and one nanosecond beside.
func TestEdges(t *testing.T) {
	from, to := at(t, "02 00:00"), at(t, "12 00:00")
	w := []window.Window{{ID: "a", Step: window.Pay, From: from, To: to}}
	between := func(a, b time.Time) window.Interval { return window.Interval{Earliest: a, Latest: b, Bounded: true} }
	for _, tc := range []struct {
		name string
		now  window.Interval
		want window.State
	}{
		{"earliest is the close", window.Since(to), window.Closed},
		{"earliest is the last instant", window.Since(to.Add(-1)), window.Undecidable},
		{"latest is the opening", between(from.Add(-time.Hour), from), window.Undecidable},
		{"latest is one before the opening", between(from.Add(-time.Hour), from.Add(-1)), window.Closed},
		{"exactly the window", between(from, to.Add(-1)), window.Open},
		{"to the close itself", between(from, to), window.Undecidable},
		{"one before the opening", between(from.Add(-1), to.Add(-1)), window.Undecidable},
		{"all of time before the opening", window.Interval{Latest: from.Add(-1), Bounded: true}, window.Closed},
		{"all of time to within", window.Interval{Latest: from, Bounded: true}, window.Undecidable},
		{"an upper end that is none", window.Interval{Earliest: at(t, "01 00:00"), Bounded: true}, window.Undecidable},
	} {
		if v := window.Judge(w, window.Pay, window.Subject{}, tc.now); v.State != tc.want {
			t.Errorf("%s: got %s, want %s", tc.name, v.State, tc.want)
		}
	}
}

// Nothing known of the lower end means nothing, before the year 1 as well.
func TestBeforeTheYearOne(t *testing.T) {
	zero := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	w := []window.Window{{ID: "a", Step: window.Pay, From: zero, To: zero.AddDate(0, 6, 0)}}
	for _, now := range []window.Interval{{}, {Latest: zero, Bounded: true}} {
		if v := window.Judge(w, window.Pay, window.Subject{}, now); v.State != window.Undecidable {
			t.Errorf("%+v: %+v", now, v)
		}
		if now.Sane() != now {
			t.Errorf("%+v became %+v", now, now.Sane())
		}
	}
}

// Hours end with the day, whatever is written.
func TestHoursEndAtMidnight(t *testing.T) {
	w := []window.Window{{ID: "a", Step: window.Pay, From: at(t, "02 00:00"), To: at(t, "12 00:00"), Hours: []window.Hours{{From: 1380, To: 1500}}}}
	for now, outside := range map[string]bool{"02 23:59": false, "03 00:30": true} {
		if v := window.Judge(w, window.Pay, window.Subject{}, window.At(at(t, now))); v.OutsideHours != outside {
			t.Errorf("%s: outside hours %t", now, v.OutsideHours)
		}
	}
}

func TestIntervalNeverGetsBetter(t *testing.T) {
	a, b := at(t, "02 00:00"), at(t, "03 00:00")
	swapped := window.Interval{Earliest: b, Latest: a, Bounded: true}
	if got, want := swapped.Widen(time.Hour), (window.Interval{Earliest: a.Add(-time.Hour), Latest: b.Add(time.Hour), Bounded: true}); got != want {
		t.Errorf("swapped ends drawn together: %+v", got)
	}
	if got := window.At(a).Widen(-time.Hour); got != window.At(a) {
		t.Errorf("a negative width narrowed: %+v", got)
	}
	if got := window.At(b).Later(-time.Hour); got != window.Since(b) {
		t.Errorf("a monotonic clock that went back: %+v", got)
	}
	if got := window.At(a).Later(24 * time.Hour); got != window.At(b) {
		t.Errorf("a day later: %+v", got)
	}
}

// A window within another of hers (the loader refuses it) takes nothing away.
func TestWindowWithinAnother(t *testing.T) {
	windows := []window.Window{
		{ID: "a", Step: window.Pay, From: at(t, "02 00:00"), To: at(t, "12 00:00")},
		{ID: "b", Step: window.Pay, From: at(t, "03 00:00"), To: at(t, "04 00:00")},
	}
	for _, now := range []string{"03 09:00", "04 00:00", "11 09:00"} {
		if v := window.Judge(windows, window.Pay, window.Subject{}, window.At(at(t, now))); v.State != window.Open || !v.Until.Equal(at(t, "12 00:00")) {
			t.Errorf("%s: %+v", now, v)
		}
	}
}

// What is outside the hours is a warning, and what may be inside is none.
func TestHoursOverSeveralWindows(t *testing.T) {
	morning, evening := []window.Hours{{From: 480, To: 720}}, []window.Hours{{From: 1080, To: 1260}}
	windows := []window.Window{
		{ID: "a", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "03 00:00"), Hours: morning},
		{ID: "b", Step: window.Confirm, From: at(t, "03 00:00"), To: at(t, "04 00:00"), Hours: evening},
		{ID: "never", Step: window.Confirm, From: at(t, "05 00:00"), To: at(t, "06 00:00"), Hours: []window.Hours{{From: 900, To: 900}}},
		{ID: "c", Step: window.Confirm, From: at(t, "07 00:00"), To: at(t, "07 13:00"), Hours: morning},
	}
	between := func(a, b string) window.Interval {
		return window.Interval{Earliest: at(t, a), Latest: at(t, b), Bounded: true}
	}
	for _, tc := range []struct {
		name    string
		now     window.Interval
		outside bool
	}{
		{"from after the morning hours of the first to before the evening hours of the second", between("02 12:00", "03 17:59"), true},
		{"to the evening hours of the second", between("02 12:00", "03 18:00"), false},
		{"in the morning hours of the second, which has none", window.At(at(t, "03 09:00")), true},
		{"over the gap into a window whose hours never come", between("03 21:00", "05 09:00"), true},
		{"over the gap into the hours of a later window", between("03 21:00", "07 08:00"), false},
		{"in the last hours, without upper end", window.Since(at(t, "07 11:59")), false},
		{"after hours, without upper end, hours still to come", window.Since(at(t, "03 21:00")), false},
		{"nothing known", window.Interval{}, false},
		{"after the last hours of all, without upper end", window.Since(at(t, "07 12:00")), true},
		{"hours that never come", window.At(at(t, "05 09:00")), true},
	} {
		v := window.Judge(windows, window.Confirm, window.Subject{}, tc.now)
		if !v.Accepts() || v.OutsideHours != tc.outside {
			t.Errorf("%s: %s, outside hours %t, want %t", tc.name, v.State, v.OutsideHours, tc.outside)
		}
	}
}

func TestNextOpening(t *testing.T) {
	hours := []window.Hours{{From: 480, To: 720}, {From: 900, To: 1080}}
	who := window.Subject{Division: "430102", Household: "433122", Level: "1"}
	w := func(id, from, to string, s window.Scope, h ...window.Hours) window.Window {
		return window.Window{ID: id, Step: window.Confirm, From: at(t, from), To: at(t, to), Scope: s, Hours: h}
	}
	for _, tc := range []struct {
		name    string
		windows []window.Window
		next    string
		why     window.Reason
	}{
		{"opens within the hours", []window.Window{w("a", "02 09:30", "05 00:00", window.Scope{}, hours...)}, "02 09:30", window.NotYet},
		{"opens at noon", []window.Window{w("a", "02 12:00", "05 00:00", window.Scope{}, hours...)}, "02 15:00", window.NotYet},
		{"opens in the evening", []window.Window{w("a", "02 18:00", "05 00:00", window.Scope{}, hours...)}, "03 08:00", window.NotYet},
		{"closes before its hours come: the next window's", []window.Window{w("a", "02 18:00", "03 00:00", window.Scope{}, hours...), w("b", "03 00:00", "05 00:00", window.Scope{}, hours...)}, "03 08:00", window.NotYet},
		{"its hours never come", []window.Window{w("a", "02 18:00", "03 00:00", window.Scope{}, hours...)}, "02 18:00", window.NotYet},
		{"closes as its hours come", []window.Window{w("a", "02 18:00", "03 08:00", window.Scope{}, hours...)}, "02 18:00", window.NotYet},
		{"a later one that has no hours", []window.Window{w("a", "02 18:00", "05 00:00", window.Scope{}, hours...), w("b", "02 19:00", "05 00:00", window.Scope{})}, "02 19:00", window.NotYet},
		{"paused at first", []window.Window{{ID: "a", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "05 00:00"), Hours: hours,
			Pauses: []window.Pause{{From: at(t, "01 00:00"), To: at(t, "02 11:00")}}}}, "02 11:00", window.NotYet},
		{"a pause within a pause", []window.Window{{ID: "a", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "05 00:00"),
			Pauses: []window.Pause{{From: at(t, "01 00:00"), To: at(t, "03 11:00")}, {From: at(t, "02 01:00"), To: at(t, "02 02:00")}}}}, "03 11:00", window.NotYet},
		{"paused throughout", []window.Window{{ID: "a", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "05 00:00"),
			Pauses: []window.Pause{{From: at(t, "01 00:00")}}}}, "", window.Paused},
		{"household never matches", []window.Window{w("a", "02 00:00", "05 00:00", window.Scope{Households: []string{"430100"}})}, "", window.WrongHousehold},
		{"level never matches", []window.Window{w("a", "02 00:00", "05 00:00", window.Scope{Levels: []string{"3"}})}, "", window.WrongLevel},
		{"her own place says more than another", []window.Window{w("a", "01 00:00", "05 00:00", window.Scope{Divisions: []string{"430200"}}),
			w("b", "02 00:00", "05 00:00", window.Scope{Divisions: []string{"430100"}, Households: []string{"430100"}})}, "", window.WrongHousehold},
		{"open elsewhere, later here: when counts, not where", []window.Window{w("a", "01 00:00", "05 00:00", window.Scope{Divisions: []string{"430200"}}),
			w("b", "02 00:00", "05 00:00", window.Scope{Divisions: []string{"430100"}})}, "02 00:00", window.NotYet},
		{"an empty window is none", []window.Window{w("a", "05 00:00", "05 00:00", window.Scope{})}, "", window.NoWindow},
		{"a withdrawn window is none", []window.Window{{ID: "a", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "05 00:00"), Revision: 1, Withdrawn: true},
			w("a", "02 00:00", "05 00:00", window.Scope{})}, "", window.NoWindow},
	} {
		v := window.Judge(tc.windows, window.Confirm, who, window.At(at(t, "01 13:00")))
		want := time.Time{}
		if tc.next != "" {
			want = at(t, tc.next)
		}
		if v.State != window.Closed || v.Reason != tc.why || !v.NextOpening.Equal(want) {
			t.Errorf("%s: got %s %s, next %v; want %s, next %v", tc.name, v.State, v.Reason, v.NextOpening, tc.why, want)
		}
	}
}

// A city in the scope holds its counties, and a point whose place is unknown is
// in no scope that asks for a place.
func TestPlaces(t *testing.T) {
	now := window.At(at(t, "03 09:00"))
	city := []window.Window{{ID: "a", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "05 00:00"), Scope: window.Scope{Divisions: []string{"430100"}}}}
	nobody := []window.Window{{ID: "a", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "05 00:00"), Scope: window.Scope{Points: []string{""}}}}
	points := []window.Window{{ID: "a", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "05 00:00"), Scope: window.Scope{Points: []string{"43010201", "43010202"}}}}
	for _, tc := range []struct {
		windows []window.Window
		who     window.Subject
		want    window.Reason
	}{
		{city, window.Subject{Division: "430181"}, window.InWindow},
		{city, window.Subject{Division: "430100"}, window.InWindow},
		{city, window.Subject{Division: "430000"}, window.WrongDivision},
		{city, window.Subject{Division: ""}, window.DivisionUnknown},
		{city, window.Subject{Division: "4301"}, window.WrongDivision},
		{points, window.Subject{Point: "43010202"}, window.InWindow},
		{points, window.Subject{Point: "43010203"}, window.WrongPoint},
		{points, window.Subject{Point: ""}, window.PointUnknown},
		{nobody, window.Subject{Point: ""}, window.PointUnknown},
	} {
		if v := window.Judge(tc.windows, window.Confirm, tc.who, now); v.Reason != tc.want {
			t.Errorf("%+v: got %s, want %s", tc.who, v.Reason, tc.want)
		}
	}
}

// province makes some hundred windows: two for each of 122 counties and some
// more, for confirmation, as a province in trouble might cut them.
func province(tb testing.TB, count int) []window.Window {
	var out []window.Window
	for i := range count {
		county := fmt.Sprintf("43%02d%02d", 1+i/2/20, 1+i/2%20)
		w := window.Window{ID: fmt.Sprintf("confirm-%d", i), Step: window.Confirm, Revision: uint32(i % 3),
			From: at(tb, "02 00:00"), To: at(tb, "06 00:00"),
			Scope: window.Scope{Divisions: []string{county}, Households: []string{county[:4] + "00"}},
			Hours: []window.Hours{{From: 480, To: 720}, {From: 900, To: 1080}}}
		if i%2 == 1 {
			w.From, w.To, w.Scope.Households = at(tb, "06 00:00"), at(tb, "12 00:00"), nil
		}
		out = append(out, w)
	}
	return out
}

func BenchmarkJudge(b *testing.B) {
	windows := province(b, 300)
	calendar := window.New(windows)
	who := window.Subject{Division: "430720", Household: "430720"}
	guest := window.Subject{Division: "430720", Household: "433122"}
	open, over := window.At(at(b, "03 09:00")), window.At(at(b, "20 09:00"))
	for _, bc := range []struct {
		name string
		who  window.Subject
		now  window.Interval
		want window.Reason
	}{{"open", who, open, window.InWindow}, {"guest", guest, open, window.WrongHousehold}, {"over", who, over, window.Over}} {
		b.Run("calendar/"+bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if v := calendar.Judge(window.Confirm, bc.who, bc.now); v.Reason != bc.want {
					b.Fatalf("%+v", v)
				}
			}
		})
	}
	b.Run("windows/open", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if v := window.Judge(windows, window.Confirm, who, open); v.State != window.Open {
				b.Fatalf("%+v", v)
			}
		}
	})
}
