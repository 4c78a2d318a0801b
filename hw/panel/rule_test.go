package panel

import (
	"reflect"
	"testing"
	"time"
)

// The rules, in made time: what counts as a press, an opening, a blink.

func TestBouncing(t *testing.T) {
	type step struct {
		ms    int
		level bool
		want  bool // it counts now
	}
	cases := map[string][]step{
		"a clean press":            {{0, true, false}, {10, false, false}, {35, false, true}, {60, false, false}},
		"bounces for 20 ms":        {{0, true, false}, {1, false, false}, {3, true, false}, {5, false, false}, {9, true, false}, {20, false, false}, {44, false, false}, {45, false, true}},
		"a spike":                  {{0, true, false}, {1, false, false}, {2, true, false}, {50, true, false}},
		"a spike at each reading":  {{0, false, false}, {24, true, false}, {30, false, false}, {54, true, false}},
		"down and up, both bounce": {{0, false, false}, {25, false, true}, {30, true, false}, {31, false, false}, {33, true, false}, {58, true, true}},
		"seen only each 100 ms":    {{0, true, false}, {100, false, false}, {200, false, true}, {300, true, false}, {400, true, true}},
	}
	for name, steps := range cases {
		t.Run(name, func(t *testing.T) {
			in := &input{line: line{name: "help"}, low: true}
			t0 := time.Now()
			for _, s := range steps {
				if got := in.sample(s.level, t0.Add(time.Duration(s.ms)*time.Millisecond)); got != s.want {
					t.Errorf("at %d ms: counts %v, want %v", s.ms, got, s.want)
				}
			}
		})
	}
}

func TestPressHoldRelease(t *testing.T) {
	in := &input{line: line{name: "help"}}
	t0 := time.Now()
	at := func(ms int) time.Time { return t0.Add(time.Duration(ms) * time.Millisecond) }
	in.active = true
	if got, want := in.press(at(0), t0), (Pressed{Button: ButtonHelp, At: t0}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, ms := range []int{1, 1000, 2999} {
		if got := in.due(at(ms), t0); got != nil {
			t.Errorf("after %d ms: got %v", ms, got)
		}
	}
	if got := in.due(at(3000), t0); got != (Held{Button: ButtonHelp, At: t0}) {
		t.Errorf("after 3 s: got %v, want Held", got)
	}
	if got := in.due(at(9000), t0); got != nil {
		t.Errorf("told a second time: %v", got)
	}
	in.active = false
	if got := in.press(at(9500), t0); got != (Released{Button: ButtonHelp, After: 9500 * time.Millisecond}) {
		t.Errorf("got %v", got)
	}
	// One that is down already when the board is opened tells nothing.
	in.begin(true)
	if got := in.due(at(20000), t0); got != nil {
		t.Errorf("a jammed button: got %v", got)
	}
	in.active = false
	if got := in.press(at(21000), t0); got != nil {
		t.Errorf("a jammed button comes up: got %v", got)
	}
}

func TestLatch(t *testing.T) {
	l := &latched{saved: Latch{Contact: ContactDoor, Count: 7}}
	wall := time.Date(2019, 10, 9, 8, 0, 0, 0, time.UTC)
	l.note(false, true, wall) // as known
	if len(l.unsaved) != 0 {
		t.Fatalf("a state that was known is noted: %v", l.unsaved)
	}
	l.note(true, true, wall)
	l.note(true, false, wall)
	l.note(false, false, wall.Add(time.Second))
	want := []Latch{{Contact: ContactDoor, Open: true, Count: 8, At: wall, AtStart: true}, {Contact: ContactDoor, Count: 8, At: wall.Add(time.Second)}}
	if !reflect.DeepEqual(l.unsaved, want) {
		t.Errorf("got %v, want %v", l.unsaved, want)
	}
	for i := range 1000 { // it flaps and nothing can be saved
		l.note(i%2 == 0, false, wall)
	}
	if len(l.unsaved) > maxUnsaved || l.newest().Count != 8+500 {
		t.Errorf("got %d waiting, newest count %d; want at most %d and the true count 508", len(l.unsaved), l.newest().Count, maxUnsaved)
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		p    Pattern
		ms   int
		lit  bool
		left int
	}{
		{Off, 0, false, 0}, {On, 12345, true, 0},
		{Blink, 0, true, 500}, {Blink, 499, true, 1}, {Blink, 500, false, 500}, {Blink, 1250, true, 250},
		{Hurry, 0, true, 200}, {Hurry, 399, false, 1}, {Hurry, 400, true, 200},
	} {
		lit, left := c.p.lit(time.Duration(c.ms) * time.Millisecond)
		if lit != c.lit || left != time.Duration(c.left)*time.Millisecond {
			t.Errorf("%v at %d ms: got %v for %v, want %v for %d ms", c.p, c.ms, lit, left, c.lit, c.left)
		}
	}
	// No more than three flashes a second, however the second is laid (WCAG 2.3.1).
	for _, p := range []Pattern{Blink, Hurry} {
		for from := range 1000 {
			flashes, was := 0, false
			for ms := from; ms < from+1000; ms++ {
				lit, _ := p.lit(time.Duration(ms) * time.Millisecond)
				if lit && !was {
					flashes++
				}
				was = lit
			}
			if flashes > 3 {
				t.Fatalf("%v flashes %d times a second", p, flashes)
			}
		}
	}
}
