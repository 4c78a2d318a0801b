package window_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/protocol/window"
)

// property checks ten times as often as rapid would alone.
func property(t *testing.T, check func(*rapid.T)) {
	t.Helper()
	for range 10 {
		rapid.Check(t, check)
	}
}

var base = time.Date(2019, 9, 1, 0, 0, 0, 0, window.Zone())

func moments() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return base.Add(time.Duration(rapid.IntRange(0, 4*48).Draw(t, "half-hours")) * 30 * time.Minute)
	})
}

// some draws a list with any or none of the codes.
func some(t *rapid.T, label string, codes ...string) []string {
	if rapid.IntRange(0, 2).Draw(t, label+"?") > 0 {
		return nil
	}
	return rapid.SliceOfNDistinct(rapid.SampledFrom(codes), 1, 2, rapid.ID[string]).Draw(t, label)
}

func windowSets() *rapid.Generator[[]window.Window] {
	one := rapid.Custom(func(t *rapid.T) window.Window {
		w := window.Window{
			ID:       rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "id"),
			Step:     window.Confirm,
			Revision: uint32(rapid.IntRange(0, 2).Draw(t, "revision")),
			From:     moments().Draw(t, "from"), To: moments().Draw(t, "to"),
			Withdrawn: rapid.IntRange(0, 7).Draw(t, "withdrawn") == 0,
			Scope: window.Scope{
				Divisions:  some(t, "divisions", "430000", "430100", "430102", "430200", "110000", "4301"),
				Points:     some(t, "points", "1", "2", "3"),
				Levels:     some(t, "levels", "1", "2"),
				Categories: some(t, "categories", "11", "24"),
				Households: some(t, "households", "430000", "430100", "430102", "433100"),
				Digits:     some(t, "digits", "0", "5", "X"),
			},
		}
		if rapid.IntRange(0, 9).Draw(t, "step") == 0 {
			w.Step = window.Pay
		}
		for range rapid.IntRange(0, 2).Draw(t, "hours") {
			w.Hours = append(w.Hours, window.Hours{From: uint16(rapid.IntRange(0, 50).Draw(t, "hour") * 30), To: uint16(rapid.IntRange(0, 60).Draw(t, "hour") * 30)})
		}
		for range rapid.IntRange(0, 2).Draw(t, "pauses") {
			p := window.Pause{From: moments().Draw(t, "pause")}
			if rapid.Bool().Draw(t, "bounded") {
				p.To = moments().Draw(t, "pause end")
			}
			w.Pauses = append(w.Pauses, p)
		}
		return w
	})
	return rapid.SliceOfN(one, 0, 5)
}

func subjects() *rapid.Generator[window.Subject] {
	return rapid.Custom(func(t *rapid.T) window.Subject {
		of := func(label string, codes ...string) string {
			return rapid.SampledFrom(append(codes, "")).Draw(t, label)
		}
		return window.Subject{
			Division: of("at", "430102", "430103", "430202", "4301"), Point: of("point", "1", "2"), Level: of("level", "1", "2"),
			Category: of("category", "11", "24"), Household: of("of", "430102", "433122", "110101"), Digit: of("digit", "0", "5", "9"),
		}
	})
}

// clocks draws a true time and what a clock knows of it: exact, skewed and
// honestly wide, without an upper end, rolled back (only known not to be later),
// carried on by a monotonic distance, its ends swapped, or nothing known.
func clocks(t *rapid.T) (truth time.Time, now window.Interval) {
	truth = moments().Draw(t, "truth").Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "beside")))
	part := func(label string) time.Duration {
		return rapid.SampledFrom([]time.Duration{0, 1, time.Minute, 29 * time.Minute, 30 * time.Minute, 5 * time.Hour, 30 * time.Hour}).Draw(t, label)
	}
	switch rapid.IntRange(0, 6).Draw(t, "clock") {
	case 0:
		now = window.At(truth)
	case 1:
		wide := part("wide")
		now = window.At(truth.Add(wide)).Widen(wide)
		if rapid.Bool().Draw(t, "slow") {
			now = window.At(truth.Add(-wide)).Widen(wide)
		}
	case 2:
		now = window.Since(truth.Add(-part("back")))
	case 3:
		now = window.Interval{Latest: truth.Add(part("on")), Bounded: true}
	case 4:
		gone := part("gone")
		now = window.At(truth.Add(-gone)).Widen(part("wide")).Later(gone)
	case 5:
		now = window.Interval{Earliest: truth.Add(part("on")), Latest: truth.Add(-part("back")), Bounded: true}
	}
	return truth, now
}

// The verdict is what the definition says, whatever the clock, the windows and
// their order.
func TestJudgeIsTheDefinition(t *testing.T) {
	property(t, func(t *rapid.T) {
		windows, who := windowSets().Draw(t, "windows"), subjects().Draw(t, "who")
		_, now := clocks(t)
		got := window.Judge(windows, window.Confirm, who, now)
		want := oracle(windows, window.Confirm, who, now)
		if got.State != want.state || !slices.Contains(want.reasons, got.Reason) {
			t.Fatalf("now %+v: got %s %s, want %s %v", now, got.State, got.Reason, want.state, want.reasons)
		}
		if !got.NextOpening.Equal(want.next) || !got.Ended.Equal(want.ended) {
			t.Fatalf("now %+v: got next %v, ended %v; want next %v, ended %v", now, got.NextOpening, got.Ended, want.next, want.ended)
		}
		if got.OutsideHours != want.outside {
			t.Fatalf("now %+v: got outside hours %t, want %t", now, got.OutsideHours, want.outside)
		}
		if got.Accepts() && !got.NextOpening.IsZero() {
			t.Fatalf("served and put off: %+v", got)
		}
		rand.Shuffle(len(windows), func(i, j int) { windows[i], windows[j] = windows[j], windows[i] })
		if again := window.Judge(windows, window.Confirm, who, now); again != got {
			t.Fatalf("another order of the windows: %+v, then %+v", got, again)
		}
		if made := window.New(windows).Judge(window.Confirm, who, now); made != got {
			t.Fatalf("the calendar: %+v, then %+v", got, made)
		}
	})
}

// The two promises, against the true time that the clock does not know.
func TestPromises(t *testing.T) {
	property(t, func(t *rapid.T) {
		windows, who := windowSets().Draw(t, "windows"), subjects().Draw(t, "who")
		truth, now := clocks(t)
		v := window.Judge(windows, window.Confirm, who, now)
		exact := window.Judge(windows, window.Confirm, who, window.At(truth))
		if exact.State == window.Undecidable {
			t.Fatalf("an exact now is undecidable: %+v", exact)
		}
		if v.State != exact.State && v.State != window.Undecidable {
			t.Fatalf("truth %v is %s, judged at %+v: %+v", truth, exact.State, now, v)
		}
		if v.Accepts() && (now.Sane().Earliest.After(v.Until) || v.Until.IsZero()) {
			t.Fatalf("until %v, which is not after now", v.Until)
		}
		if !v.NextOpening.IsZero() {
			if at := window.Judge(windows, window.Confirm, who, window.At(v.NextOpening)); at.State != window.Open {
				t.Fatalf("at the next opening %v: %+v", v.NextOpening, at)
			}
		}
	})
}

// Less evidence makes a verdict undecidable or leaves it, and nothing else.
func TestWideningOnlyUndecides(t *testing.T) {
	property(t, func(t *rapid.T) {
		windows, who := windowSets().Draw(t, "windows"), subjects().Draw(t, "who")
		_, now := clocks(t)
		v := window.Judge(windows, window.Confirm, who, now)
		unbounded := now.Sane()
		unbounded.Bounded = false
		for name, wider := range map[string]window.Interval{
			"widened":        now.Widen(time.Duration(rapid.IntRange(0, 60).Draw(t, "by")) * time.Hour),
			"upper end lost": unbounded,
			"went back":      now.Later(-time.Hour),
			"nothing known":  {},
			"upper end zero": {Earliest: now.Earliest, Bounded: true},
		} {
			w := window.Judge(windows, window.Confirm, who, wider)
			if w.State != v.State && w.State != window.Undecidable {
				t.Fatalf("%s: %+v at %+v, then %+v at %+v", name, v, now, w, wider)
			}
		}
	})
}

// An extension takes no open verdict away, of anybody.
func TestExtensionOnlyOpens(t *testing.T) {
	made := 0
	property(t, func(t *rapid.T) {
		windows, who := windowSets().Draw(t, "windows"), subjects().Draw(t, "who")
		at := moments().Draw(t, "decided")
		for _, w := range windows {
			d := window.Decision{Window: w.ID, Revision: w.Revision, Now: at, Why: "延时"}
			to := w.To.Add(time.Duration(rapid.IntRange(1, 100).Draw(t, "hours")) * time.Hour)
			more, err := window.Extend(windows, d, to)
			if err != nil {
				continue
			}
			made++
			_, now := clocks(t)
			before := window.Judge(windows, window.Confirm, who, now)
			after := window.Judge(append(slices.Clone(windows), more...), window.Confirm, who, now)
			if before.Accepts() && !after.Accepts() || before.State == window.Open && after.State != window.Open {
				t.Fatalf("extended %s to %v: %+v, then %+v", w.ID, to, before, after)
			}
		}
	})
	if made == 0 {
		t.Error("no window was extended at all")
	}
}

// A queue token serves exactly her whose token may have been given out, not
// after now, while the window was open; and never in a pause.
func TestQueueTokenIsTheDefinition(t *testing.T) {
	property(t, func(t *rapid.T) {
		windows, who := windowSets().Draw(t, "windows"), subjects().Draw(t, "who")
		_, now := clocks(t)
		_, token := clocks(t)
		plain := window.Judge(windows, window.Confirm, who, now)
		got := window.JudgeQueued(windows, window.Confirm, who, now, token)
		if made := window.New(windows).JudgeQueued(window.Confirm, who, now, token); made != got {
			t.Fatalf("the calendar: %+v, then %+v", got, made)
		}
		if plain.Accepts() || plain.Reason == window.Paused || token == (window.Interval{}) {
			if got != plain {
				t.Fatalf("the token changed %+v into %+v", plain, got)
			}
			return
		}
		now, token = now.Sane(), token.Sane()
		hers := slices.DeleteFunc(force(windows, window.Confirm), func(w window.Window) bool { return len(missed(w.Scope, who)) > 0 })
		open, shut := false, false
		for _, t := range instants(windows, now, token) {
			switch {
			case !token.Earliest.IsZero() && t.Before(token.Earliest), token.Bounded && t.After(token.Latest):
			case now.Bounded && t.After(now.Latest): // not yet
			case slices.ContainsFunc(hers, func(w window.Window) bool { return isOpen(w, t) }):
				open = true
			default:
				shut = true
			}
		}
		want := window.Closed
		if open && shut {
			want = window.Undecidable
		} else if open {
			want = window.Open
		}
		if got.State != want || got.Accepts() && got.Reason != window.QueueToken {
			t.Fatalf("now %+v, token %+v: got %+v, want %s", now, token, got, want)
		}
	})
}
