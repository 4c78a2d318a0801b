package stick_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/appliance/stick"
	hw "zhunkao/hw/stick"
	"zhunkao/protocol"
)

// slow is a model of a stick: so many bytes a second, and so long for each sync.
// It passes its time by the clock of the bubble.
type slow struct {
	rate int
	sync time.Duration
}

func (s slow) wait(bytes int) error {
	time.Sleep(s.sync + time.Duration(bytes)*time.Second/time.Duration(s.rate))
	return nil
}

// timed is a keeper in a bubble whose clock is made up: it stands but for what
// waits, so that every figure is exact.
type timed struct {
	*box
	keeper *stick.Keeper
	sticks chan hw.Event

	mu  sync.Mutex // guards was
	was []stick.State
}

// told is what the keeper said of itself; forget begins anew.
func (r *timed) told() []stick.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.was)
}

func (r *timed) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.was = nil
}

// inTime runs f beside a keeper whose stick is as wait says.
func inTime(t *testing.T, wait func(int) error, f func(*timed)) {
	b := newBox(t)
	synctest.Test(t, func(t *testing.T) {
		r := &timed{box: b, sticks: make(chan hw.Event)}
		r.keeper = stick.New(stick.Options{Store: b.Store, Box: b.id.Box, Sticks: r.sticks, Log: slog.New(slog.DiscardHandler),
			Changed: func(s stick.State) {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.was = append(r.was, s)
			}})
		r.keeper.Slow(wait)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.keeper.Run(ctx) }()
		synctest.Wait()
		f(r)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("keeper ended with %v", err)
		}
	})
}

func (r *timed) sealed() protocol.Record {
	rec := r.commit()
	r.keeper.Sealed()
	return rec
}

// after lets time pass and gives how it stands then.
func (r *timed) after(d time.Duration) stick.State {
	time.Sleep(d)
	synctest.Wait()
	return r.keeper.State()
}

// The figure is what it says: from the moment a record is durable here to the
// moment it is durable on the stick, in records, bytes and time.
func TestLagIsExact(t *testing.T) {
	inTime(t, slow{rate: 1 << 30, sync: 2 * time.Second}.wait, func(r *timed) {
		r.sticks <- hw.Event{Dir: t.TempDir()}
		r.after(0)
		first := r.sealed()
		if s := r.after(time.Second); s.Lacking != 1 || s.Behind != time.Second || s.Trouble != stick.None || s.Bytes != size(first) {
			t.Errorf("one second into a write: %+v, want %d bytes", s, size(first))
		}
		second := r.sealed() // half way through the first one's write
		if s := r.after(900 * time.Millisecond); s.Lacking != 2 || s.Behind != 1900*time.Millisecond {
			t.Errorf("both wait: %+v", s)
		}
		// The first is there; the second has waited since it was sealed.
		if s := r.after(600 * time.Millisecond); s.Lacking != 1 || s.Behind != 1500*time.Millisecond || s.Bytes != size(second) {
			t.Errorf("the second waits: %+v", s)
		}
		if s := r.after(3 * time.Second); s != (stick.State{}) {
			t.Errorf("all written: %+v", s)
		}
	})
}

func size(r protocol.Record) int64 {
	n := int64(len(r.Envelope))
	for _, p := range r.Manifest.Parts() {
		n += int64(p.Size)
	}
	return n
}

// What lay here before the stick came waits since it came, and not since it was
// sealed: nobody could have written it.
func TestLagCountsFromTheStick(t *testing.T) {
	inTime(t, slow{rate: 1 << 30, sync: 4 * time.Second}.wait, func(r *timed) {
		r.sealed()
		if s := r.after(time.Hour); s.Trouble != stick.NoStick || s.Lacking != 1 || s.Behind != time.Hour {
			t.Errorf("without a stick: %+v", s)
		}
		r.sticks <- hw.Event{Dir: t.TempDir()}
		if s := r.after(3 * time.Second); s.Trouble != stick.None || s.Lacking != 1 || s.Behind != 3*time.Second {
			t.Errorf("three seconds with it: %+v", s)
		}
		if s := r.after(2 * time.Second); s != (stick.State{}) {
			t.Errorf("written: %+v", s)
		}
	})
}

// A stick that hangs in a write is said to be behind while it hangs, once, though
// the writer cannot say so itself; and to be well again when it is.
func TestStallIsShown(t *testing.T) {
	stall := time.Minute
	inTime(t, func(int) error { time.Sleep(stall); return nil }, func(r *timed) {
		r.sticks <- hw.Event{Dir: t.TempDir()}
		r.after(0)
		r.forget()
		r.sealed()
		if s := r.after(stick.MaxBehind); s.Trouble != stick.None || len(r.told()) != 0 {
			t.Errorf("at the bound: %+v, told %d times", s, len(r.told()))
		}
		if s := r.after(2 * time.Second); s.Trouble != stick.Behind || len(r.told()) != 1 || r.told()[0].Trouble != stick.Behind || r.told()[0].Lacking != 1 {
			t.Errorf("past it: %+v, told %+v", s, r.told())
		}
		if s := r.after(stall); s != (stick.State{}) || len(r.told()) != 2 || r.told()[1].Trouble != stick.None {
			t.Errorf("when it goes on: %+v, told %+v", s, r.told())
		}
	})
}

// The writer keeps the bound on a slow stick: a megabyte a second, seven
// tenths of a second for every sync, a record every other second for ten minutes, bursts of
// several at once among them.
func TestBoundOnASlowStick(t *testing.T) {
	inTime(t, slow{rate: 1 << 20, sync: 700 * time.Millisecond}.wait, func(r *timed) {
		r.sticks <- hw.Event{Dir: t.TempDir()}
		r.after(0)
		worst, sealed := time.Duration(0), 0
		for i := range 300 {
			n := 1
			if i%50 == 49 {
				n = 20
			}
			for range n {
				r.sealed()
				sealed++
			}
			for range 4 {
				worst = max(worst, r.after(500*time.Millisecond).Behind)
			}
		}
		if worst == 0 || worst > stick.MaxBehind {
			t.Errorf("behind by %v at worst, want more than nothing and at most %v", worst, stick.MaxBehind)
		}
		if s := r.after(5 * time.Second); s != (stick.State{}) || sealed != 414 {
			t.Errorf("%d records, in the end %+v", sealed, s)
		}
	})
}

// A stick that comes late has a long list to catch up with. What is sealed
// meanwhile goes before it and is on the stick within the bound; the list is
// called behind, which it is, until it is done.
func TestNewRecordsGoBeforeOldOnes(t *testing.T) {
	dir := t.TempDir()
	inTime(t, slow{rate: 32 << 10, sync: 200 * time.Millisecond}.wait, func(r *timed) {
		for range 300 {
			r.sealed()
		}
		r.after(0)
		r.sticks <- hw.Event{Dir: dir}
		if s := r.after(5 * time.Second); s.Lacking == 0 || s.Behind != 5*time.Second {
			t.Errorf("five seconds in: %+v", s)
		}
		fresh := r.sealed().Hash()
		before := r.keeper.State().Lacking
		if s := r.after(11 * time.Second); s.Trouble != stick.Behind || s.Lacking == 0 || s.Lacking >= before {
			t.Errorf("catching up: %+v, before %d", s, before)
		}
		found := false
		for _, h := range on(t, dir) {
			found = found || h == fresh
		}
		if !found {
			t.Error("a record sealed meanwhile waits for the old ones")
		}
		if s := r.after(20 * time.Minute); s != (stick.State{}) || len(on(t, dir)) != 301 {
			t.Errorf("in the end: %+v, %d records", s, len(on(t, dir)))
		}
	})
}

// A stick that fails now and then loses nothing and keeps the bound: what failed
// is tried again within 5 s, into another file.
func TestFailedWriteIsTriedAgainInTime(t *testing.T) {
	dir, n := t.TempDir(), 0
	wait := func(int) error {
		if n++; n%2 == 0 {
			return unix.EIO
		}
		return nil
	}
	inTime(t, wait, func(r *timed) {
		r.sticks <- hw.Event{Dir: dir}
		r.after(0)
		var all []protocol.Hash
		worst := time.Duration(0)
		for range 20 {
			all = append(all, r.sealed().Hash())
			for range 8 {
				worst = max(worst, r.after(time.Second).Behind)
			}
		}
		if worst == 0 || worst > stick.MaxBehind {
			t.Errorf("behind by %v at worst", worst)
		}
		holds(t, dir, all...)
	})
}
