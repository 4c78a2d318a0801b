package window_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/protocol/window"
)

// Whatever a campaign's windows say, in JSON or in CBOR, and whatever the
// clock: an answer, the same for every order of the windows, by the calendar
// too, and never against the two promises.
func FuzzWindows(f *testing.F) {
	for _, s := range []string{
		`[]`,
		`[{"id":"a","step":"confirm","from":"2019-09-02T00:00:00+08:00","to":"2019-09-06T00:00:00+08:00","scope":{"divisions":["430100"],"households":["430100"]},"hours":[{"from":480,"to":720}]}]`,
		`[{"id":"a","step":"confirm","from":"0000-01-01T00:00:00Z","to":"9999-12-31T23:59:59.999999999Z","hours":[{"from":65535,"to":65535},{"from":0,"to":65535}]}]`,
		`[{"id":"a","step":"confirm","from":"9999-12-31T00:00:00Z","to":"0000-01-01T00:00:00Z"},{"id":"a","step":"pay","revision":4294967295}]`,
		`[{"id":"a","step":"confirm","from":"2019-09-02T00:00:00Z","to":"2019-09-06T00:00:00Z","pauses":[{"from":"0000-01-01T00:00:00Z"},{"from":"2019-09-03T00:00:00Z","to":"2019-09-01T00:00:00Z"}]}]`,
		`[{"id":"a","step":"confirm","to":"2019-09-06T00:00:00Z","scope":{"divisions":["000000","=10000","1","43","430000","43010\u0000"],"points":[""],"digits":["",""]}},{"id":"a","step":"confirm","to":"2019-09-06T00:00:00Z"}]`,
	} {
		f.Add([]byte(s), int64(1567386000), int64(1567389600), byte(7))
		f.Add([]byte(s), int64(-62135596800), int64(253402300800), byte(1))
		var windows []window.Window
		if err := json.Unmarshal([]byte(s), &windows); err != nil {
			f.Fatal(err)
		}
		b, err := cbor.Marshal(windows)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, int64(1567386000), int64(0), byte(12))
	}
	f.Fuzz(func(t *testing.T, data []byte, a, b int64, kind byte) {
		var windows []window.Window
		if json.Unmarshal(data, &windows) != nil {
			if windows = nil; cbor.Unmarshal(data, &windows) != nil {
				return
			}
		}
		now := window.Interval{Earliest: time.Unix(a, 0), Latest: time.Unix(b, 0), Bounded: kind&1 > 0}
		if kind&2 > 0 {
			now.Earliest = time.Time{}
		}
		token := window.Interval{Earliest: time.Unix(b, 0), Latest: time.Unix(a, 0), Bounded: kind&4 > 0}
		who := window.Subject{Division: "430102", Household: "430102", Digit: "X"}
		if kind&8 > 0 && len(windows) > 0 && len(windows[0].Scope.Divisions) > 0 {
			who.Division = windows[0].Scope.Divisions[0]
		}
		check(t, windows, who, now, token)
	})
}

func check(t *testing.T, windows []window.Window, who window.Subject, now, token window.Interval) {
	t.Helper()
	steps := map[window.Step]bool{window.Confirm: true}
	for i := range windows {
		if len(steps) < 4 {
			steps[windows[i].Step] = true
		}
		if i < 100 {
			windows[i].Faults()
		}
	}
	calendar := window.New(windows)
	turned := slices.Clone(windows)
	slices.Reverse(turned)
	for step := range steps {
		v := calendar.Judge(step, who, now)
		queued := calendar.JudgeQueued(step, who, now, token)
		if w := window.Judge(turned, step, who, now); !same(v, w) {
			t.Fatalf("%s: %+v, and in another order %+v", step, v, w)
		}
		if v.Accepts() && !queued.Accepts() {
			t.Fatalf("%s: a token turned away: %+v, %+v", step, v, queued)
		}
		if v.Reason == "" || v.State == "" {
			t.Fatalf("%s: no answer: %+v", step, v)
		}
		v.Words()
		sane := now.Sane()
		after := !sane.Earliest.IsZero()
		for _, w := range force(first(windows, 200), step) {
			after = after && !sane.Earliest.Before(w.To)
		}
		if len(windows) <= 200 && after && v.Accepts() {
			t.Fatalf("%s: accepted after the close: %+v", step, v)
		}
		for _, end := range []time.Time{sane.Earliest, sane.Latest} {
			if end.IsZero() || end.Equal(sane.Latest) && !sane.Bounded {
				continue
			}
			if at := calendar.Judge(step, who, window.At(end)); at.State == window.Open && v.State == window.Closed {
				t.Fatalf("%s: refused, and open at its end %v", step, end)
			}
		}
	}
	if len(windows) < 50 {
		for _, c := range window.Changes(turned, windows, window.Names{}) {
			if c.Zh == "" || c.En == "" {
				t.Fatalf("a change without words: %+v", c)
			}
		}
	}
}

func first(windows []window.Window, n int) []window.Window { return windows[:min(n, len(windows))] }

// A hundred thousand windows, each with pauses and hours, are judged in a time
// that nobody waits for.
func TestHostileNumberOfWindows(t *testing.T) {
	const count = 100_000
	windows := make([]window.Window, count)
	for i := range windows {
		from := base.Add(time.Duration(i*7919%count) * time.Minute)
		windows[i] = window.Window{ID: fmt.Sprint(i % (count / 2)), Revision: uint32(i), Step: window.Confirm, From: from, To: from.Add(30 * time.Second),
			Hours: []window.Hours{{From: 0, To: 65535}, {From: 60, To: 1}}, Pauses: []window.Pause{{From: from.Add(time.Second), To: from.Add(2 * time.Second)}}}
	}
	windows[0].Scope.Divisions = make([]string, count)
	for i := range windows[0].Scope.Divisions {
		windows[0].Scope.Divisions[i] = fmt.Sprintf("%06d", i)
	}
	start := time.Now()
	check(t, windows, window.Subject{Division: "430102"}, window.At(base.AddDate(1, 0, 0)), window.Since(base))
	if took := time.Since(start); took > time.Minute { // a second on an idle machine
		t.Errorf("took %v", took)
	}
}
