package clock_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/appliance/clock"
	"zhunkao/protocol"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// world is the truth, which the clock must never contradict: real time, a
// board clock that is off by some amount, a monotonic clock whose quartz is off.
type world struct {
	now  time.Time     // true time
	mono time.Duration // as the board counts it
	off  time.Duration // of the board's clock
	ppm  float64       // error of the quartz
}

func (w *world) pass(d time.Duration) {
	w.now = w.now.Add(d)
	w.mono += d + time.Duration(float64(d)*w.ppm/1e6)
}

func (w *world) wall() time.Time {
	return w.now.Add(w.off)
}

func (w *world) clock(m clock.Memory) *clock.Clock {
	return clock.New(clock.Options{Wall: w.wall, Mono: func() time.Duration { return w.mono }, Boot: 1, Memory: m})
}

var noon = time.Date(2019, 9, 7, 4, 0, 0, 0, time.UTC)

// ask is a question and its answer, each on its way for a while.
func (w *world) ask(c *clock.Clock, there, back time.Duration) bool {
	n := c.Ask()
	w.pass(there)
	hub := protocol.TimeOf(w.now)
	w.pass(back)
	return c.Answered(n, hub)
}

func TestIntervalOfAnAnswer(t *testing.T) {
	w := &world{now: noon, off: -40 * 365 * 24 * time.Hour}
	c := w.clock(clock.Memory{})
	if i := c.Interval(); i.Bounded || !i.Earliest.IsZero() || c.Certain() {
		t.Fatalf("a new box knows %+v", i)
	}
	if !w.ask(c, 100*time.Millisecond, 200*time.Millisecond) {
		t.Fatal("answer refused")
	}
	i := c.Interval()
	if i.Earliest.After(w.now) || i.Latest.Before(w.now) || i.Latest.Sub(i.Earliest) > time.Second {
		t.Errorf("interval %v … %v at %v", i.Earliest, i.Latest, w.now)
	}
	e := c.Evidence(protocol.VerdictOpen)
	if e.Source != protocol.SourceHub || e.HubTime == 0 || e.Boot != 1 || e.Latest < e.Earliest {
		t.Errorf("evidence %+v", e)
	}
	w.pass(24 * time.Hour)
	if e = c.Evidence(protocol.VerdictOpen); e.SinceHub < 86_000_000 {
		t.Errorf("since the hub: %d ms", e.SinceHub)
	}
	if i = c.Interval(); i.Latest.Sub(i.Earliest) > 20*time.Second {
		t.Errorf("a day later the interval is %v wide", i.Latest.Sub(i.Earliest))
	}
}

func TestOnlyOurOwnNonceOnce(t *testing.T) {
	w := &world{now: noon}
	c := w.clock(clock.Memory{})
	n := c.Ask()
	if c.Answered(make([]byte, protocol.NonceSize), protocol.TimeOf(noon)) || c.Answered(nil, protocol.TimeOf(noon)) || c.Answered(n[:8], protocol.TimeOf(noon)) {
		t.Error("took an answer to no question")
	}
	if c.Answered(n, 0) {
		t.Error("took an unknown time")
	}
	n = c.Ask()
	if !c.Answered(n, protocol.TimeOf(noon)) || c.Answered(n, protocol.TimeOf(noon.AddDate(1, 0, 0))) {
		t.Error("an answer counts once")
	}
	n = c.Ask()
	w.pass(time.Hour)
	if c.Answered(n, protocol.TimeOf(noon)) {
		t.Error("took an answer that came an hour late")
	}
	first := c.Ask()
	for range 8 {
		c.Ask()
	}
	if c.Answered(first, protocol.TimeOf(w.now)) {
		t.Error("questions are kept without end")
	}
}

// Whatever happens — delays, drift within bounds, days without the hub, late or
// missing answers, steps of the board's clock — the truth lies in the interval,
// and evidence is never contradictory.
func TestTruthLiesInTheInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &world{
			now: noon,
			off: time.Duration(rapid.Int64Range(-int64(50*365*24*time.Hour), int64(50*365*24*time.Hour)).Draw(t, "off")),
			ppm: rapid.Float64Range(-clock.Drift*0.98, clock.Drift*0.98).Draw(t, "ppm"),
		}
		c := w.clock(clock.Memory{})
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			span := func(name string, most time.Duration) time.Duration {
				return time.Duration(rapid.Int64Range(0, int64(most)).Draw(t, name))
			}
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				w.pass(span("pass", 10*24*time.Hour))
			case 1:
				w.ask(c, span("there", 100*time.Second), span("back", 100*time.Second))
			case 2:
				c.Ask()
			case 3:
				w.off += span("step", 48*time.Hour) - 24*time.Hour
				c.Watch()
			case 4:
				// A power cut: the monotonic clock begins anew.
				m := c.Memory()
				w.pass(span("dark", 24*time.Hour))
				w.mono = 0
				if !m.Agreed.IsZero() {
					// A battery clock that agreed keeps within its drift.
					w.off += 0
				}
				c = w.clock(m)
			}
			i := c.Interval()
			if i.Earliest.After(w.now) || i.Bounded && i.Latest.Before(w.now) {
				t.Fatalf("the truth %v lies outside %v … %v (%v)", w.now, i.Earliest, i.Latest, c.Evidence("").Source)
			}
			e := c.Evidence(protocol.VerdictUndecidable)
			if e.Latest != 0 && e.Latest < e.Earliest || (e.Source == protocol.SourceFloor) != (e.Latest == 0) {
				t.Fatalf("evidence %+v", e)
			}
		}
	})
}

func TestAnAgreeingBoardClockCountsAfterAPowerCut(t *testing.T) {
	w := &world{now: noon, off: 500 * time.Millisecond}
	c := w.clock(clock.Memory{})
	w.ask(c, time.Second, time.Second)
	m := c.Memory()
	w.pass(8 * time.Hour)
	w.mono = 0
	c = w.clock(m)
	e := c.Evidence(protocol.VerdictOpen)
	if e.Source != protocol.SourceRTC || e.Latest-e.Earliest > 20_000 || e.Latest.Time().Before(w.now) {
		t.Errorf("evidence %+v at %v", e, w.now)
	}
	// One that has jumped since does not, nor one that fell behind the floor,
	// nor one that agreed too long ago.
	w.off = time.Hour
	if j, jumped := c.Watch(); !jumped || j.By < 59*time.Minute {
		t.Errorf("jump %v, %v", j, jumped)
	}
	if e = c.Evidence(""); e.Source != protocol.SourceFloor || e.Latest != 0 {
		t.Errorf("after a jump: %+v", e)
	}
	for name, off := range map[string]time.Duration{"behind": -24 * time.Hour, "an empty battery": -20 * 365 * 24 * time.Hour, "far ahead": 365 * 24 * time.Hour} {
		w.off = off
		if e = w.clock(m).Evidence(""); e.Source != protocol.SourceFloor || e.Earliest != protocol.TimeOf(m.LastSeen) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestTheFloorIsTheLaterOfBuildAndLastSeen(t *testing.T) {
	build, seen := noon.AddDate(0, -1, 0), noon
	for _, m := range []clock.Memory{{}, {LastSeen: seen}} {
		c := clock.New(clock.Options{Wall: func() time.Time { return time.Unix(0, 0) }, Mono: func() time.Duration { return 0 }, Build: build, Memory: m})
		want := build
		if !m.LastSeen.IsZero() {
			want = seen
		}
		if i := c.Interval(); i.Bounded || !i.Earliest.Equal(want) {
			t.Errorf("floor %+v, want %v", i, want)
		}
		if !c.Now().Equal(want) || !c.Memory().LastSeen.Equal(want) {
			t.Errorf("now %v, memory %+v", c.Now(), c.Memory())
		}
	}
}

func TestWatchIsQuietWhenNothingHappens(t *testing.T) {
	w := &world{now: noon}
	c := w.clock(clock.Memory{})
	for range 1000 {
		w.pass(5 * time.Second)
		if j, jumped := c.Watch(); jumped {
			t.Fatalf("jump %+v", j)
		}
	}
	w.off = -3 * time.Second
	if j, jumped := c.Watch(); !jumped || j.By > -2*time.Second {
		t.Fatalf("a step back of 3 s: %+v, %v", j, jumped)
	}
	if j, jumped := c.Watch(); jumped {
		t.Fatalf("told twice: %+v", j)
	}
}

// The demonstration's clock moves wall and monotonic time together: no jump.
func TestADemoClockThatMovesIsNoJump(t *testing.T) {
	w := &world{now: noon}
	c := w.clock(clock.Memory{})
	w.ask(c, 0, 0)
	w.pass(24 * time.Hour)
	if j, jumped := c.Watch(); jumped {
		t.Errorf("jump %+v", j)
	}
	if i := c.Interval(); i.Earliest.After(w.now) || i.Latest.Before(w.now) {
		t.Errorf("%v outside %+v", w.now, i)
	}
}
