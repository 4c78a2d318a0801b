package clock

import (
	"bytes"
	"crypto/rand"
	"sync"
	"time"

	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

const (
	// Drift is how wrong a board's quartz may go, in parts per million. Cheap
	// ones are good to 50 over their temperature range; twice that is taken.
	Drift = 100
	// Step is the least disagreement between the board's clock and monotonic
	// time that counts as a jump.
	Step = 2 * time.Second
	// nonceLife is how long a question may wait for its answer. A later answer
	// would be of no use: its interval were wider than the floor's.
	nonceLife = 2 * time.Minute
	// maxAsked bounds the questions under way.
	maxAsked = 8
	// trust is for how long an agreeing board clock counts without the hub. A
	// battery clock that drifts as Drift allows is then 2 minutes off.
	trust = 14 * 24 * time.Hour
)

// Options make a Clock.
type Options struct {
	// Wall is the board's civil clock; it may be wrong by years. nil is time.Now.
	Wall func() time.Time
	// Mono is monotonic time since any fixed point of this run. nil counts
	// from New.
	Mono func() time.Duration
	// Build is when the program was built; zero if unknown.
	Build time.Time
	// Boot counts starts, for the evidence.
	Boot uint32
	// Memory is what Memory gave before the last stop.
	Memory Memory
}

// Memory is what must survive a power cut. Times are zero if unknown.
type Memory struct {
	LastSeen  time.Time     // now was at least this
	Agreed    time.Time     // when the board's clock last agreed with the hub
	Tolerance time.Duration // how well it agreed
}

// Jump is a step of the board's clock against monotonic time: an event for the
// journal (demand S32).
type Jump struct {
	By time.Duration // positive: forward
	At time.Time     // best estimate of now
}

// Clock is safe for concurrent use.
type Clock struct {
	opt Options

	mu     sync.Mutex // guards what follows
	start  time.Duration
	floor  time.Time // at start
	asked  []question
	answer *answer

	agreed    time.Time // board clock's last agreement; zero = does not count
	tolerance time.Duration
	wall      time.Time     // board clock at the last Watch, without monotonic reading
	wallAt    time.Duration // monotonic then
}

type question struct {
	nonce []byte
	at    time.Duration
}

// answer is one hub time: taken between sent and came.
type answer struct {
	hub        time.Time
	sent, came time.Duration
}

// New makes a Clock from what is known at start.
func New(opt Options) *Clock {
	if opt.Wall == nil {
		opt.Wall = time.Now
	}
	if opt.Mono == nil {
		begin := time.Now()
		opt.Mono = func() time.Duration { return time.Since(begin) }
	}
	c := &Clock{opt: opt, floor: later(opt.Build, opt.Memory.LastSeen)}
	c.start = opt.Mono()
	c.wall, c.wallAt = opt.Wall().Round(0), c.start
	// The board's clock counts from the start only if it kept agreeing: not
	// behind what was believed before the power cut, and not so far ahead of
	// it that the battery's word would be all there is.
	m := opt.Memory
	if !m.Agreed.IsZero() && !c.wall.Before(c.floor.Add(-Step)) && c.wall.Sub(m.Agreed) <= trust {
		c.agreed, c.tolerance = m.Agreed, m.Tolerance
	}
	return c
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func drift(d time.Duration) time.Duration {
	if d < 0 {
		d = 0
	}
	return d / (1_000_000 / Drift)
}

// Ask makes a nonce to put into a Hello or Heartbeat that is sent now.
func (c *Clock) Ask() []byte {
	nonce := make([]byte, protocol.NonceSize)
	_, _ = rand.Read(nonce) // never fails (Go 1.24)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.asked) == maxAsked {
		c.asked = c.asked[1:]
	}
	c.asked = append(c.asked, question{nonce, c.opt.Mono()})
	return nonce
}

// Answered takes the hub's signed time, whose signature the caller has
// verified. False: the nonce is none of ours, or was answered before, or too
// long ago: a replay changes nothing.
func (c *Clock) Answered(nonce []byte, hub protocol.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.opt.Mono()
	for i, q := range c.asked {
		if !bytes.Equal(q.nonce, nonce) {
			continue
		}
		c.asked = append(c.asked[:i:i], c.asked[i+1:]...)
		if hub == 0 || now-q.at > nonceLife {
			return false
		}
		a := &answer{hub: hub.Time(), sent: q.at, came: now}
		// The tighter of two answers wins, both widened to now.
		if c.answer == nil || a.width(now) <= c.answer.width(now) || !overlap(a.at(now), c.answer.at(now)) {
			c.answer = a
		}
		c.agree(now)
		return true
	}
	return false
}

// agree compares the board's clock with a fresh answer.
func (c *Clock) agree(now time.Duration) {
	in := c.answer.at(now)
	wall := c.opt.Wall().Round(0)
	c.wall, c.wallAt = wall, now
	off := time.Duration(0)
	switch {
	case wall.Before(in.Earliest):
		off = in.Earliest.Sub(wall)
	case wall.After(in.Latest):
		off = wall.Sub(in.Latest)
	}
	if off > Step {
		c.agreed = time.Time{}
		return
	}
	c.agreed, c.tolerance = wall, off+in.Latest.Sub(in.Earliest)
}

// at is the interval of now that an answer gives.
func (a *answer) at(now time.Duration) window.Interval {
	since, ago := now-a.came, now-a.sent
	return window.Interval{
		Earliest: a.hub.Add(since - drift(since)),
		Latest:   a.hub.Add(ago + drift(ago) + time.Millisecond), // the wire has whole milliseconds
		Bounded:  true,
	}
}

func (a *answer) width(now time.Duration) time.Duration {
	i := a.at(now)
	return i.Latest.Sub(i.Earliest)
}

func overlap(a, b window.Interval) bool {
	return !a.Latest.Before(b.Earliest) && !b.Latest.Before(a.Earliest)
}

// Interval says what is known of now.
func (c *Clock) Interval() window.Interval {
	i, _ := c.look()
	return i
}

func (c *Clock) look() (window.Interval, string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known(c.opt.Mono())
}

func (c *Clock) known(now time.Duration) (window.Interval, string) {
	if c.answer != nil {
		return c.answer.at(now), protocol.SourceHub
	}
	gone := now - c.start
	floor := c.floor
	if !floor.IsZero() {
		floor = floor.Add(gone - drift(gone))
	}
	if !c.agreed.IsZero() {
		wall := c.wall.Add(now - c.wallAt)
		// One Step may pass unseen before the power cut, and one after.
		slack := c.tolerance + 2*Step + drift(wall.Sub(c.agreed))
		i := window.Interval{Earliest: wall.Add(-slack), Latest: wall.Add(slack), Bounded: true}
		i.Earliest = later(i.Earliest, floor)
		return i.Sane(), protocol.SourceRTC
	}
	return window.Since(floor), protocol.SourceFloor
}

// Now is the best estimate of the civil time, for screens and timelines; never
// for a decision.
func (c *Clock) Now() time.Time {
	i, source := c.look()
	if source == protocol.SourceFloor {
		// The board's clock may be ahead of the floor and right; it is not
		// evidence, but the better guess.
		if wall := c.opt.Wall(); wall.After(i.Earliest) {
			return wall.UTC()
		}
		return i.Earliest.UTC()
	}
	return i.Earliest.Add(i.Latest.Sub(i.Earliest) / 2).UTC()
}

// Certain reports whether now is known from both sides.
func (c *Clock) Certain() bool { return c.Interval().Bounded }

// Evidence is what a record or heartbeat says of the time; verdict is how the
// window was judged (protocol.Verdict…).
func (c *Clock) Evidence(verdict string) protocol.TimeEvidence {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.opt.Mono()
	i, source := c.known(now)
	e := protocol.TimeEvidence{Earliest: protocol.TimeOf(i.Earliest), Source: source, Boot: c.opt.Boot, Verdict: verdict}
	if i.Bounded {
		// Rounded outward: the wire has whole milliseconds.
		e.Latest = protocol.TimeOf(i.Latest) + 1
	}
	if c.answer != nil {
		e.HubTime = protocol.TimeOf(c.answer.hub)
		e.SinceHub = uint64(max(0, now-c.answer.came) / time.Millisecond)
	}
	return e
}

// Watch compares the board's clock with monotonic time since the last look and
// tells a jump. Call it every few seconds. After a jump the board's clock is no
// evidence until it agrees with the hub again.
func (c *Clock) Watch() (Jump, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, wall := c.opt.Mono(), c.opt.Wall().Round(0)
	by := wall.Sub(c.wall) - (now - c.wallAt)
	if by < Step && by > -Step {
		// Small differences are not taken over, or slow slewing would add up
		// unseen; only the reference moves on when hub answers set it.
		return Jump{}, false
	}
	i, _ := c.known(now)
	c.wall, c.wallAt = wall, now
	c.agreed = time.Time{}
	return Jump{By: by, At: i.Earliest}, true
}

// Memory is what to keep: often enough that little is lost by a power cut,
// seldom enough not to wear the card out.
func (c *Clock) Memory() Memory {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.opt.Mono()
	i, source := c.known(now)
	unseen := (c.opt.Wall().Round(0).Sub(c.wall) - (now - c.wallAt)).Abs()
	seen := later(c.floor, i.Earliest)
	if source == protocol.SourceHub {
		seen = i.Earliest // the hub may also take back what it once said
	}
	return Memory{LastSeen: seen, Agreed: c.agreed, Tolerance: c.tolerance + unseen}
}
