package spool_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"zhunkao/appliance/spool"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// line is a spool whose every change can be waited for.
func line() (*spool.Spool, func(func() bool)) {
	changed := make(chan struct{}, 1)
	s := &spool.Spool{Changed: func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}}
	return s, func(ok func() bool) {
		for !ok() {
			<-changed
		}
	}
}

// A visit's sheet goes before the papers of the desk that wait, never before one
// that is being printed; each kind among itself in its order; who leaves the line
// holds nobody up.
func TestOrder(t *testing.T) {
	s, until := line()
	give, err := s.Take(t.Context(), spool.Job{Print: 1})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var got []spool.Job
	var all sync.WaitGroup
	ask := func(ctx context.Context, j spool.Job) {
		n := len(s.Entries())
		all.Go(func() {
			give, err := s.Take(ctx, j)
			if err != nil {
				return
			}
			mu.Lock()
			got = append(got, j)
			mu.Unlock()
			give()
			give() // said twice it takes nobody's turn
		})
		until(func() bool { return len(s.Entries()) == n+1 })
	}
	gone, leave := context.WithCancel(t.Context())
	ask(t.Context(), spool.Job{Print: 2})
	ask(gone, spool.Job{Print: 3})
	ask(t.Context(), spool.Job{Print: 4})
	ask(t.Context(), spool.Job{Visit: true, Print: 91})
	ask(t.Context(), spool.Job{Visit: true, Print: 92})
	leave()
	until(func() bool { return len(s.Entries()) == 5 })
	if e := s.Entries(); !e[0].Holds || e[0].Print != 1 || e[1].Holds || !e[1].Visit || e[1].Print != 91 || e[4].Print != 4 {
		t.Errorf("the line is %+v", e)
	}
	give()
	all.Wait()
	want := []spool.Job{{Visit: true, Print: 91}, {Visit: true, Print: 92}, {Print: 2}, {Print: 4}}
	if !slices.Equal(got, want) {
		t.Errorf("printed %+v, want %+v", got, want)
	}
	if e := s.Entries(); len(e) != 0 {
		t.Errorf("left behind: %+v", e)
	}
}

// Whoever comes with a context that has ended gets nothing and is not listed.
func TestEnded(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var s spool.Spool
	if _, err := s.Take(ctx, spool.Job{}); !errors.Is(err, context.Canceled) || len(s.Entries()) != 0 {
		t.Errorf("%v, %+v", err, s.Entries())
	}
}

// However many ask, and however many of them give up, one has the printer at a
// time and nobody is forgotten.
func TestOneAtATime(t *testing.T) {
	s, _ := line()
	var at, served atomic.Int32
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			ctx := t.Context()
			if i%5 == 0 {
				var stop context.CancelFunc
				ctx, stop = context.WithCancel(ctx)
				go stop()
			}
			give, err := s.Take(ctx, spool.Job{Visit: i%3 == 0, Print: uint64(i)})
			if err != nil {
				return
			}
			if at.Add(1) != 1 {
				t.Error("two have the printer")
			}
			served.Add(1)
			at.Add(-1)
			give()
		})
	}
	all.Wait()
	if served.Load() < 160 || len(s.Entries()) != 0 {
		t.Errorf("%d served, left %+v", served.Load(), s.Entries())
	}
}
