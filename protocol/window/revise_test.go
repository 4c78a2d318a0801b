package window_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"zhunkao/protocol/window"
)

// decided is a decision on a window of revision 0.
func decided(t testing.TB, id, now string) window.Decision {
	return window.Decision{Window: id, Now: at(t, now), Why: "长沙市停电"}
}

type revision func(windows []window.Window, d window.Decision) ([]window.Window, error)

func TestRevisionsRefuse(t *testing.T) {
	extend := func(to string) revision {
		return func(w []window.Window, d window.Decision) ([]window.Window, error) {
			return window.Extend(w, d, at(t, to))
		}
	}
	postpone := func(from, to string) revision {
		return func(w []window.Window, d window.Decision) ([]window.Window, error) {
			return window.Postpone(w, d, at(t, from), at(t, to))
		}
	}
	suspend := func(from, to string) revision {
		return func(w []window.Window, d window.Decision) ([]window.Window, error) {
			end := time.Time{}
			if to != "" {
				end = at(t, to)
			}
			return window.Suspend(w, d, at(t, from), end)
		}
	}
	resume := func(when string) revision {
		return func(w []window.Window, d window.Decision) ([]window.Window, error) {
			return window.Resume(w, d, at(t, when))
		}
	}
	for _, tc := range []struct {
		name string
		id   string
		now  string
		do   revision
		want *window.Refusal
	}{
		{"an end before the start", "pay", "01 09:00", extend("01 12:00"), window.ErrReversed},
		{"an end at the start", "pay", "01 09:00", extend("02 00:00"), window.ErrReversed},
		{"an end before now", "pay", "05 09:00", extend("05 08:59"), window.ErrEndPast},
		{"an end that is now", "pay", "05 09:00", extend("05 09:00"), window.ErrEndPast},
		{"the same end", "pay", "05 09:00", extend("12 00:00"), window.ErrUnchanged},
		{"locals into everybody's time", "local", "05 09:00", extend("07 00:00"), window.ErrOverlap},
		{"no such window", "nowhere", "05 09:00", extend("13 00:00"), window.ErrUnknown},
		{"put off after the opening", "pay", "02 00:00", postpone("03 00:00", "13 00:00"), window.ErrOpened},
		{"put off to the past", "pay", "01 00:00", postpone("01 00:00", "01 00:00"), window.ErrReversed},
		{"put off, and over already", "others", "20 00:00", postpone("02 00:00", "19 00:00"), window.ErrEndPast},
		{"put off into another", "local", "01 00:00", postpone("03 00:00", "07 00:00"), window.ErrOverlap},
		{"withdrawn when open", "pay", "02 00:00", window.Withdraw, window.ErrOpened},
		{"a pause in the past", "pay", "05 09:00", suspend("05 08:00", ""), window.ErrPast},
		{"a pause that ends before it begins", "pay", "05 09:00", suspend("05 12:00", "05 11:00"), window.ErrReversed},
		{"a pause to the end", "pay", "05 09:00", suspend("05 12:00", "12 00:00"), window.ErrOutside},
		{"a pause after the end", "pay", "05 09:00", suspend("12 00:00", ""), window.ErrOutside},
		{"a pause before the start", "pay", "01 09:00", suspend("01 12:00", "02 00:00"), window.ErrOutside},
		{"resumed when not paused", "pay", "05 09:00", resume("05 10:00"), window.ErrNotPaused},
		{"resumed in the past", "pay", "05 09:00", resume("05 08:00"), window.ErrPast},
	} {
		windows := fiveCities(t)
		got, err := tc.do(windows, decided(t, tc.id, tc.now))
		if !errors.Is(err, tc.want) || got != nil {
			t.Errorf("%s: got %v, %v; want %s", tc.name, got, err, tc.want.Code)
		}
		if tc.id == "nowhere" {
			continue
		}
		for name, spoil := range map[string]func(*window.Decision){
			"no reason":      func(d *window.Decision) { d.Why = " \n" },
			"stale revision": func(d *window.Decision) { d.Revision++ },
		} {
			d := decided(t, tc.id, tc.now)
			spoil(&d)
			if _, err := tc.do(windows, d); !errors.Is(err, map[string]error{"no reason": window.ErrNoReason, "stale revision": window.ErrStale}[name]) {
				t.Errorf("%s, %s: %v", tc.name, name, err)
			}
		}
	}
}

// Each revision is added to the windows, and Judge follows it.
func TestRevisionsAreFollowed(t *testing.T) {
	windows := fiveCities(t)
	local := window.Subject{Division: "430102", Household: "430102"}
	guest := window.Subject{Division: "430102", Household: "433122"}
	add := func(more []window.Window, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range more {
			if w.Why != "长沙市停电" || len(w.Faults()) > 0 {
				t.Fatalf("%+v: %v", w, w.Faults())
			}
		}
		windows = append(windows, more...)
	}
	expect := func(step window.Step, who window.Subject, when string, want window.Reason, next string) {
		t.Helper()
		v := window.Judge(windows, step, who, window.At(at(t, when)))
		if v.Reason != want || next != "" && !v.NextOpening.Equal(at(t, next)) || next == "" && !v.NextOpening.IsZero() {
			t.Errorf("%s: got %s, next %v; want %s, %s", when, v.Reason, v.NextOpening, want, next)
		}
	}
	// Everybody's time two days later, and then the locals' two days longer.
	add(window.Postpone(windows, decided(t, "all", "05 16:00"), at(t, "08 00:00"), at(t, "14 00:00")))
	expect(window.Confirm, guest, "06 09:00", window.NotYet, "08 08:00")
	add(window.Extend(windows, decided(t, "local", "05 16:00"), at(t, "08 00:00")))
	expect(window.Confirm, local, "07 09:00", window.InWindow, "")
	expect(window.Confirm, guest, "07 09:00", window.WrongHousehold, "08 08:00")
	expect(window.Confirm, guest, "13 09:00", window.InWindow, "")
	// Payment is cut off, and comes back before it was said.
	d := decided(t, "pay", "09 10:00")
	add(window.Suspend(windows, d, at(t, "09 10:00"), time.Time{}))
	expect(window.Pay, guest, "09 11:00", window.Paused, "")
	expect(window.Pay, guest, "09 09:59", window.InWindow, "")
	d.Now, d.Revision = at(t, "09 12:00"), 1
	if _, err := window.Suspend(windows, d, at(t, "10 00:00"), time.Time{}); !errors.Is(err, window.ErrPauses) {
		t.Errorf("a pause in a pause: %v", err)
	}
	if _, err := window.Resume(windows, d, at(t, "12 00:00")); !errors.Is(err, window.ErrOutside) {
		t.Errorf("resumed after the close: %v", err)
	}
	add(window.Resume(windows, d, at(t, "09 20:00")))
	expect(window.Pay, guest, "09 19:00", window.Paused, "09 20:00")
	d.Now, d.Revision = at(t, "09 13:00"), 2
	if _, err := window.Resume(windows, d, at(t, "09 20:00")); !errors.Is(err, window.ErrUnchanged) {
		t.Errorf("resumed when it is planned: %v", err)
	}
	add(window.Resume(windows, d, at(t, "09 13:00")))
	expect(window.Pay, guest, "09 12:59", window.Paused, "09 13:00")
	expect(window.Pay, guest, "09 13:00", window.InWindow, "")
	// A close that had been, is opened again; and brought forward, not below now.
	d.Now, d.Revision = at(t, "13 09:00"), 3
	expect(window.Pay, guest, "13 09:00", window.Over, "")
	add(window.Extend(windows, d, at(t, "16 00:00")))
	expect(window.Pay, guest, "13 09:00", window.InWindow, "")
	d.Revision = 4
	add(window.Extend(windows, d, at(t, "14 00:00")))
	expect(window.Pay, guest, "14 00:00", window.Over, "")
	// A window not yet open is brought forward into the past, and withdrawn.
	early := window.Window{ID: "tickets", Step: window.PrintTicket, From: at(t, "20 00:00"), To: at(t, "25 00:00")}
	windows = append(windows, early)
	add(window.Postpone(windows, decided(t, "tickets", "15 00:00"), at(t, "14 00:00"), at(t, "25 00:00")))
	expect(window.PrintTicket, guest, "15 00:00", window.InWindow, "")
	late := early
	late.ID, late.From, late.To = "tickets-2", at(t, "26 00:00"), at(t, "28 00:00")
	windows = append(windows, late)
	add(window.Withdraw(windows, decided(t, "tickets-2", "15 00:00")))
	expect(window.PrintTicket, guest, "26 09:00", window.Over, "")
	if _, err := window.Withdraw(windows, window.Decision{Window: "tickets-2", Revision: 1, Now: at(t, "15 00:00"), Why: "x"}); !errors.Is(err, window.ErrUnknown) {
		t.Errorf("withdrawn twice: %v", err)
	}
}

// A pause called off before it begins is left out; one that comes to lie
// outside the window goes with the revision.
func TestPausesGo(t *testing.T) {
	windows := []window.Window{{ID: "pay", Step: window.Pay, From: at(t, "02 00:00"), To: at(t, "12 00:00"),
		Pauses: []window.Pause{{From: at(t, "03 00:00"), To: at(t, "03 06:00")}, {From: at(t, "08 00:00"), To: at(t, "08 06:00")}}}}
	off, err := window.Resume(windows, decided(t, "pay", "05 09:00"), at(t, "06 00:00"))
	if err != nil || len(off[0].Pauses) != 1 || !off[0].Pauses[0].From.Equal(at(t, "03 00:00")) {
		t.Errorf("called off: %+v, %v", off, err)
	}
	shorter, err := window.Extend(windows, decided(t, "pay", "05 09:00"), at(t, "07 00:00"))
	if err != nil || len(shorter[0].Pauses) != 1 || len(windows[0].Pauses) != 2 {
		t.Errorf("shortened: %+v, %v", shorter, err)
	}
	windows[0].Pauses[0] = window.Pause{From: at(t, "02 00:00"), To: at(t, "03 00:00")}
	later, err := window.Postpone(windows, decided(t, "pay", "01 09:00"), at(t, "03 00:00"), at(t, "12 00:00"))
	if err != nil || len(later[0].Pauses) != 1 || !later[0].Pauses[0].From.Equal(at(t, "08 00:00")) {
		t.Errorf("put off until after a pause: %+v, %v", later, err)
	}
	bare := fiveCities(t)
	early, err := window.Suspend(bare, decided(t, "pay", "01 09:00"), at(t, "01 12:00"), at(t, "03 00:00"))
	if err != nil || !early[0].Pauses[0].From.Equal(at(t, "02 00:00")) {
		t.Errorf("paused from before the start: %+v, %v", early, err)
	}
	if _, err := window.Resume(windows, decided(t, "pay", "02 01:00"), at(t, "08 03:00")); !errors.Is(err, window.ErrPauses) {
		t.Errorf("a pause made longer into the next: %v", err)
	}
}

func TestRevisionNumbers(t *testing.T) {
	windows := fiveCities(t)
	last := windows[3]
	last.Revision = math.MaxUint32
	d := window.Decision{Window: "pay", Revision: math.MaxUint32, Now: at(t, "05 00:00"), Why: "x"}
	if _, err := window.Extend(append(windows, last), d, at(t, "13 00:00")); !errors.Is(err, window.ErrManyRevisions) {
		t.Errorf("after the last revision: %v", err)
	}
	d.Revision = 0
	if _, err := window.Extend(append(windows, windows[3]), d, at(t, "13 00:00")); !errors.Is(err, window.ErrStale) {
		t.Errorf("a revision there twice: %v", err)
	}
}

func TestFaultsOfAWindow(t *testing.T) {
	sound := window.Window{ID: "a", Step: window.Pay, From: at(t, "02 00:00"), To: at(t, "12 00:00"),
		Hours: []window.Hours{{From: 480, To: 720}, {From: 720, To: 1440}}, Scope: window.Scope{Digits: []string{"1", "X"}},
		Pauses: []window.Pause{{From: at(t, "03 00:00"), To: at(t, "04 00:00")}, {From: at(t, "04 00:00")}}}
	if f := sound.Faults(); len(f) > 0 {
		t.Errorf("a sound window: %v", f)
	}
	for _, tc := range []struct {
		name  string
		spoil func(*window.Window)
		want  *window.Refusal
	}{
		{"no id", func(w *window.Window) { w.ID = "" }, window.ErrIncomplete},
		{"no step", func(w *window.Window) { w.Step = "" }, window.ErrIncomplete},
		{"no time", func(w *window.Window) { w.To = w.From }, window.ErrReversed},
		{"hours reversed", func(w *window.Window) { w.Hours = []window.Hours{{From: 720, To: 480}} }, window.ErrHours},
		{"hours of another day", func(w *window.Window) { w.Hours = []window.Hours{{From: 480, To: 1441}} }, window.ErrHours},
		{"hours twice", func(w *window.Window) { w.Hours = []window.Hours{{From: 480, To: 720}, {From: 660, To: 780}} }, window.ErrHours},
		{"pause reversed", func(w *window.Window) { w.Pauses = []window.Pause{{From: w.To, To: w.From}} }, window.ErrPauses},
		{"pause after one without end", func(w *window.Window) { slices.Reverse(w.Pauses) }, window.ErrPauses},
		{"digit", func(w *window.Window) { w.Scope.Digits = []string{"10"} }, window.ErrDigits},
		{"small x", func(w *window.Window) { w.Scope.Digits = []string{"x"} }, window.ErrDigits},
		{"digit twice", func(w *window.Window) { w.Scope.Digits = []string{"1", "1"} }, window.ErrDigits},
	} {
		w := sound
		w.Pauses = slices.Clone(sound.Pauses)
		tc.spoil(&w)
		if f := w.Faults(); !slices.Equal(f, []*window.Refusal{tc.want}) {
			t.Errorf("%s: %v", tc.name, f)
		}
	}
}
