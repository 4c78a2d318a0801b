package stick_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/stick"
	hw "zhunkao/hw/stick"
)

// poor is a model of a bad stick: four megabytes a second, 50 ms for each sync,
// and of a hundred writes one that stands for two seconds, as flash does that
// cleans up behind itself. It passes real time.
func poor() func(int) error {
	r := rand.New(rand.NewPCG(2019, 9))
	return func(bytes int) error {
		pause := 50*time.Millisecond + time.Duration(bytes)*time.Second/(4<<20)
		if r.IntN(100) == 0 {
			pause += 2 * time.Second
		}
		time.Sleep(pause)
		return nil
	}
}

// BenchmarkBehind measures how far a poor stick lies behind the box's disk
// (s-behind), asked every 20 ms for as long as records are sealed and until the
// stick has all of them, with records of 41 KB:
//
//   - office: one every half second for half a minute, many times what one box
//     seals, with one burst of forty, as when a line is drained at a day's end;
//   - catch-up: 2,000 records lie here when the stick comes. s-behind is of those
//     that are sealed meanwhile, one every half second; s-caught-up is until the
//     old ones are there too.
//
// The stick is a model in front of real files; everything else is what a box
// runs.
func BenchmarkBehind(b *testing.B) {
	b.Run("office", func(b *testing.B) {
		for b.Loop() {
			r := newSlowRig(b)
			r.sticks <- hw.Event{Dir: b.TempDir()}
			worst := r.watch(func(s stick.State) time.Duration { return s.Behind })
			for i := range 60 {
				n := 1
				if i == 30 {
					n = 40
				}
				for range n {
					r.seal()
				}
				time.Sleep(500 * time.Millisecond)
			}
			r.caughtUp()
			b.ReportMetric(worst().Seconds(), "s-behind")
			b.ReportMetric(float64(r.n), "records")
		}
	})
	b.Run("catch-up", func(b *testing.B) {
		for b.Loop() {
			r := newSlowRig(b)
			for range 2000 {
				r.seal()
			}
			began := time.Now()
			r.sticks <- hw.Event{Dir: b.TempDir()}
			worst := time.Duration(0)
			for r.keeper.State() != (stick.State{}) {
				before := r.keeper.Fresh()
				r.seal()
				for sealed := time.Now(); r.keeper.Fresh() > before; {
					worst = max(worst, time.Since(sealed))
					time.Sleep(5 * time.Millisecond)
				}
				time.Sleep(500 * time.Millisecond)
			}
			b.ReportMetric(worst.Seconds(), "s-behind")
			b.ReportMetric(time.Since(began).Seconds(), "s-caught-up")
			b.ReportMetric(float64(r.n), "records")
		}
	})
}

// slowRig is a box whose stick is poor.
type slowRig struct {
	*box
	keeper *stick.Keeper
	sticks chan hw.Event
	blob   []byte
}

func newSlowRig(b *testing.B) *slowRig {
	r := &slowRig{box: newBox(b), sticks: make(chan hw.Event), blob: make([]byte, 37<<10)}
	r.keeper = stick.New(stick.Options{Store: r.Store, Box: r.id.Box, Sticks: r.sticks, Log: slog.New(slog.DiscardHandler)})
	r.keeper.Slow(poor())
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- r.keeper.Run(ctx) }()
	b.Cleanup(func() { cancel(); <-done })
	return r
}

func (r *slowRig) seal() {
	r.n++
	app := fmt.Sprintf("app-%d", r.n)
	rec := r.hub.Seal(r.tb, r.Store, r.keys, hubtest.Draft{Application: app, Blob: r.blob})
	if err := r.Store.Commit(rec, app, 1567731600000); err != nil {
		r.tb.Fatal(err)
	}
	r.keeper.Sealed()
}

func (r *slowRig) caughtUp() {
	for r.keeper.State() != (stick.State{}) {
		time.Sleep(5 * time.Millisecond)
	}
}

// watch gives the worst of what of says, from now until it is asked.
func (r *slowRig) watch(of func(stick.State) time.Duration) func() time.Duration {
	var worst atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		t := time.NewTicker(20 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-stop:
				return
			case <-t.C:
				worst.Store(max(worst.Load(), int64(of(r.keeper.State()))))
			}
		}
	}()
	return func() time.Duration {
		close(stop)
		<-stopped
		return time.Duration(worst.Load())
	}
}
