package window_test

import (
	"testing"
	"time"

	"zhunkao/protocol/window"
)

func TestQueueToken(t *testing.T) {
	windows, who := fiveCities(t), window.Subject{Division: "430102", Household: "430102"}
	guest := window.Subject{Division: "430102", Household: "433122"}
	exactly := func(s string) window.Interval { return window.At(at(t, s)) }
	from := func(a, b string) window.Interval {
		return window.Interval{Earliest: at(t, a), Latest: at(t, b), Bounded: true}
	}
	after := exactly("12 00:30")
	for _, tc := range []struct {
		name       string
		who        window.Subject
		now, token window.Interval
		want       window.State
		why        window.Reason
	}{
		{"queued before the close", who, after, exactly("11 17:59"), window.Open, window.QueueToken},
		{"queued in the last instant", who, after, window.At(at(t, "12 00:00").Add(-1)), window.Open, window.QueueToken},
		{"queued at the close itself", who, after, exactly("12 00:00"), window.Closed, window.Over},
		{"queued at an unsure time that touched", who, after, exactly("12 00:00").Widen(time.Minute), window.Undecidable, window.QueueToken},
		{"queued after the close", who, after, exactly("12 00:01"), window.Closed, window.Over},
		{"a token from the future", who, after, exactly("12 01:00"), window.Closed, window.Over},
		{"a token without upper end", who, after, window.Since(at(t, "11 17:00")), window.Undecidable, window.QueueToken},
		{"a token without upper end, after the close", who, after, window.Since(at(t, "12 00:00")), window.Closed, window.Over},
		{"a token without lower end", who, after, window.Interval{Latest: at(t, "11 17:00"), Bounded: true}, window.Undecidable, window.QueueToken},
		{"a token of which nothing is known is none", who, after, window.Interval{}, window.Closed, window.Over},
		{"a token with its ends swapped", who, after, from("11 17:00", "11 16:00"), window.Open, window.QueueToken},
		{"now without upper end, token before the close", who, window.Since(at(t, "12 00:30")), exactly("11 17:00"), window.Open, window.QueueToken},
		{"now open: the token says nothing", who, exactly("11 09:00"), exactly("10 09:00"), window.Open, window.InWindow},
		{"now undecidable: the token says nothing", who, window.Since(at(t, "11 09:00")), exactly("10 09:00"), window.Undecidable, window.ClockUnsure},
		{"now before the opening, token in the window", who, exactly("01 09:00"), exactly("02 09:00"), window.Closed, window.NotYet},
		{"now before the opening, token wide over it", who, exactly("01 09:00"), from("01 08:00", "02 09:00"), window.Closed, window.NotYet},
		{"now unsure and before the opening, token before the opening", who, from("01 08:00", "01 23:00"), exactly("01 12:00"), window.Closed, window.NotYet},
		{"now wider than the token, both after the close", who, from("12 00:00", "12 09:00"), exactly("12 01:00"), window.Closed, window.Over},
		{"guest queued among the locals", guest, exactly("05 17:00"), exactly("05 16:00"), window.Closed, window.WrongHousehold},
		{"guest with a token of the sixth, on the fifth", guest, exactly("05 17:00"), from("05 16:00", "06 09:00"), window.Closed, window.WrongHousehold},
	} {
		v := window.JudgeQueued(windows, window.Confirm, tc.who, tc.now, tc.token)
		if v.State != tc.want || v.Reason != tc.why {
			t.Errorf("%s: got %s %s, want %s %s", tc.name, v.State, v.Reason, tc.want, tc.why)
		}
		if v.Reason == window.QueueToken && (!v.Until.Equal(at(t, "12 00:00")) || v.OutsideHours) {
			t.Errorf("%s: %+v", tc.name, v)
		}
	}
}

// A token of the first of two windows serves in the gap; one that can only be
// of the second does not, for the second has not been yet.
func TestQueueTokenBetweenWindows(t *testing.T) {
	two := []window.Window{
		{ID: "a", Step: window.Pay, From: at(t, "02 00:00"), To: at(t, "04 00:00")},
		{ID: "b", Step: window.Pay, From: at(t, "06 00:00"), To: at(t, "08 00:00")},
	}
	now := window.At(at(t, "05 00:00"))
	if v := window.JudgeQueued(two, window.Pay, window.Subject{}, now, window.At(at(t, "03 00:00"))); v.State != window.Open || v.Window != "a" {
		t.Errorf("queued in the first: %+v", v)
	}
	wide := window.Interval{Earliest: at(t, "04 12:00"), Latest: at(t, "07 00:00"), Bounded: true}
	if v := window.JudgeQueued(two, window.Pay, window.Subject{}, now, wide); v.Accepts() || v.Reason != window.Between {
		t.Errorf("queued in the gap: %+v", v)
	}
}

func TestQueueTokenInAPause(t *testing.T) {
	w := window.Window{ID: "a", Step: window.Confirm, From: at(t, "02 00:00"), To: at(t, "12 00:00"),
		Pauses: []window.Pause{{From: at(t, "11 15:00")}}}
	token := window.At(at(t, "11 14:00"))
	for now, want := range map[string]window.Reason{"11 16:00": window.Paused, "12 00:30": window.QueueToken} {
		v := window.JudgeQueued([]window.Window{w}, window.Confirm, window.Subject{}, window.At(at(t, now)), token)
		if v.Reason != want {
			t.Errorf("%s: got %+v, want %s", now, v, want)
		}
	}
}

// A token serves on the day of its queue, which ends in the small hours: what may
// be that day counts, by the one local time.
func TestIntervalOnTheDayOfAQueue(t *testing.T) {
	d := func(s string) time.Time { return at(t, s) }
	for _, tc := range []struct {
		name string
		now  window.Interval
		want bool
	}{
		{"noon", window.At(d("06 12:00")), true},
		{"its first instant", window.At(d("06 04:00")), true},
		{"after midnight", window.At(d("07 00:20")), true},
		{"its last", window.At(d("07 04:00").Add(-1)), true},
		{"the next day's first", window.At(d("07 04:00")), false},
		{"the day before", window.At(d("06 04:00").Add(-1)), false},
		{"over its end", window.Interval{Earliest: d("07 03:59"), Latest: d("07 05:00"), Bounded: true}, true},
		{"no upper end, begun before", window.Since(d("01 00:00")), true},
		{"no upper end, begun after", window.Since(d("07 04:00")), false},
		{"nothing known", window.Interval{}, true},
	} {
		if got := tc.now.OnQueueDay("2019-09-06"); got != tc.want {
			t.Errorf("%s: %t", tc.name, got)
		}
		if at := tc.now.Earliest; tc.now.Bounded && tc.now.Latest.Equal(at) && (window.QueueDay(at) == "2019-09-06") != tc.want {
			t.Errorf("%s: the day of its queue is %s", tc.name, window.QueueDay(at))
		}
	}
	for _, none := range []string{"", "2019-9-6", "2019-09-31"} {
		if window.At(d("06 12:00")).OnQueueDay(none) {
			t.Errorf("%q is a day", none)
		}
	}
}
