package browser

import (
	"os"
	"slices"
	"time"
)

// stage is what Run holds: the screen that is seen, and the one that will be.
// It belongs to Run's goroutine.
type stage struct {
	*Browser
	now   *screen       // seen; nil between two
	next  *screen       // behind it, for the next visit; nil if none is wanted
	ended chan struct{} // one slot: a process ended

	wanted bool      // a fresh screen is, and none is on its way
	again  time.Time // no try of a next one before

	left []string // profiles of screens that ended, until they are removed

	up     bool // EventUp was told last
	down   bool // EventDown was told last
	many   bool // so many are left that it was logged
	pause  time.Duration
	resume time.Time // no start before
	looked time.Time // when look was called last
}

// look lets time pass: ends what died or hangs, puts the next screen in front,
// and starts what is missing.
func (s *stage) look(now time.Time) {
	s.excuse(now)
	if s.next != nil && s.bad(s.next, now) {
		s.o.Log.Warn("the next screen does not come up and is tried again", "exited", s.next.exited())
		s.drop(&s.next)
		s.wanted, s.again = true, now.Add(s.o.MaxPause)
	}
	if s.now != nil && s.bad(s.now, now) {
		s.o.Log.Warn("the browser died or hangs and is replaced", "beats", s.now.beats, "exited", s.now.exited())
		s.failed(now)
		s.drop(&s.now)
	}
	if s.next != nil && (s.now == nil || s.next.beats > 0 && !s.busy()) {
		s.drop(&s.now)
		s.now, s.next = s.next, nil
		s.told()
	}
	s.remove()
	if s.now == nil && !now.Before(s.resume) {
		s.wanted = false // this one is fresh itself
		if s.now = s.start(); s.now == nil {
			s.failed(now)
		}
	}
	if s.wanted && s.next == nil && s.now != nil && !now.Before(s.again) {
		s.next = s.start()
		s.wanted, s.again = s.next == nil, now.Add(s.o.MaxPause)
	}
}

// excuse: when this process itself stood still, the beats it did not take are
// not the screen's fault.
func (s *stage) excuse(now time.Time) {
	gap := now.Sub(s.looked)
	for _, c := range []*screen{s.now, s.next} {
		if c != nil && gap > s.o.BeatLimit/2 {
			c.last, c.began = c.last.Add(gap), c.began.Add(gap)
		}
	}
	s.looked = now
}

func (s *stage) busy() bool { return s.o.Busy != nil && s.o.Busy() }

// bad: it ended, never came up, or beats no more.
func (s *stage) bad(c *screen, now time.Time) bool {
	if c.exited() {
		return true
	}
	if c.beats == 0 {
		return now.Sub(c.began) > s.o.StartLimit
	}
	return now.Sub(c.last) > s.o.BeatLimit
}

// steady is how long a screen must have stood before its end counts as the
// first failure again.
const steady = time.Minute

// failed notes a failure and how long to wait before the next start: not at
// all after a screen that stood for a while.
func (s *stage) failed(now time.Time) {
	if s.now != nil && s.now.beats > 0 && now.Sub(s.now.began) > steady {
		s.pause = 0
	}
	s.resume = now.Add(s.pause)
	s.pause = min(max(2*s.pause, 500*time.Millisecond), s.o.MaxPause)
	if !s.down {
		s.down, s.up = true, false
		s.tell(EventDown)
	}
}

// prepare asks for a next screen, unless one that drew nothing yet is on its way
// or seen. One that is behind the present screen and draws has drawn the visit
// that ended: it comes to the front, and another one after it.
func (s *stage) prepare() {
	newest := s.now
	if s.next != nil {
		newest = s.next
	}
	if newest != nil && !newest.fresh() {
		s.wanted, s.again = true, time.Time{}
	}
}

// beat takes a sign of life.
func (s *stage) beat(token string) {
	for _, c := range []*screen{s.now, s.next} {
		if c == nil || c.token != token {
			continue
		}
		c.beats++
		c.last = time.Now()
	}
	s.told()
}

// told tells that the screen is up, once.
func (s *stage) told() {
	if s.now == nil || s.now.beats == 0 || s.up {
		return
	}
	s.up, s.down = true, false
	s.o.Log.Info("the browser is up", "after_ms", time.Since(s.now.began).Milliseconds())
	s.tell(EventUp)
}

func (s *stage) tell(e Event) {
	if s.o.Tell != nil {
		s.o.Tell(e)
	}
}

// drop ends a screen; its profile goes with the next remove.
func (s *stage) drop(c **screen) {
	if *c == nil {
		return
	}
	s.forget((*c).token)
	(*c).end()
	s.left = append(s.left, (*c).dir)
	*c = nil
}

// remove removes the profiles that are left. A process that is just dying may
// still write into its own: then it goes at the next look.
func (s *stage) remove() {
	s.left = slices.DeleteFunc(s.left, func(dir string) bool { return os.RemoveAll(dir) == nil })
	many := len(s.left) > 4
	if many && !s.many {
		s.o.Log.Error("profiles of the browser cannot be removed", "count", len(s.left))
	}
	s.many = many
}

// clear ends all.
func (s *stage) clear() {
	s.drop(&s.next)
	s.drop(&s.now)
	s.remove()
}
