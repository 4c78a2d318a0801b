package window_test

import (
	"slices"
	"testing"
	"time"

	"zhunkao/protocol/window"
)

// TestOpenings: what is listed is what Judge says is open and within its hours,
// at every quarter of an hour.
func TestOpenings(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2019, 9, day, hour, 0, 0, 0, window.Zone()) }
	daily := []window.Hours{{From: 15 * 60, To: 18 * 60}, {From: 8 * 60, To: 12 * 60}}
	windows := []window.Window{
		{ID: "local", Step: window.Confirm, From: at(2, 0), To: at(6, 0), Hours: daily,
			Scope: window.Scope{Divisions: []string{"430100"}, Households: []string{"430100"}}},
		{ID: "all", Step: window.Confirm, From: at(6, 0), To: at(12, 0), Hours: daily, Scope: window.Scope{Divisions: []string{"430100"}},
			Pauses: []window.Pause{{From: at(7, 10), To: at(8, 16)}}},
		{ID: "night", Step: window.Confirm, From: at(4, 20), To: at(5, 9), Scope: window.Scope{Divisions: []string{"430100"}, Households: []string{"430100"}}},
		{ID: "else", Step: window.Pay, From: at(1, 0), To: at(30, 0)},
	}
	c := window.New(windows)
	here := window.Subject{Division: "430104", Household: "430102"}
	guest := window.Subject{Division: "430104", Household: "430302"}
	for _, tc := range []struct {
		name string
		who  window.Subject
		from time.Time
		days int
		want int
	}{{"of the city", here, at(1, 7), 14, 18}, {"of elsewhere", guest, at(1, 7), 14, 10}, {"from within", here, at(3, 16), 2, 4}} {
		got := c.Openings(window.Confirm, tc.who, tc.from, tc.days)
		end := time.Date(tc.from.Year(), tc.from.Month(), tc.from.Day()+tc.days, 0, 0, 0, 0, window.Zone())
		for q := tc.from; q.Before(at(16, 0)); q = q.Add(15 * time.Minute) {
			v := c.Judge(window.Confirm, tc.who, window.At(q))
			want := v.Accepts() && !v.OutsideHours && q.Before(end)
			if listed := slices.ContainsFunc(got, func(o window.Opening) bool { return !q.Before(o.From) && q.Before(o.To) }); listed != want {
				t.Fatalf("%s: %v listed %v, judged %v", tc.name, q, listed, want)
			}
		}
		if len(got) != tc.want {
			t.Errorf("%s: %d openings: %v, want %d", tc.name, len(got), got, tc.want)
		}
	}
	if got := c.Openings(window.Report, here, at(1, 0), 9); got != nil {
		t.Errorf("a step without windows: %v", got)
	}
}
