package appliance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/store"
)

// worker is something that runs beside the loop. It returns when ctx ends, and
// can be started again whenever it returned.
type worker struct {
	name string
	run  func(ctx context.Context) error
}

// fatal errors end the box; every other end of a worker is mended by starting
// it again.
func fatal(err error) bool {
	return errors.Is(err, store.ErrBroken) || errors.Is(err, errLoop) || errors.Is(err, errSwitch)
}

// errLoop marks the loop itself: without it nothing else makes sense.
var errLoop = errors.New("appliance: the loop ended")

const (
	firstRestart = 200 * time.Millisecond
	lastRestart  = 30 * time.Second
)

// supervise runs workers until ctx ends or one fails fatally, and returns when
// all of them have returned.
func supervise(ctx context.Context, log *slog.Logger, board *health.Board, workers []worker) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	for _, w := range workers {
		all.Go(func() {
			if err := keep(ctx, log, board, w); err != nil {
				stop(fmt.Errorf("%s: %w", w.name, err))
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// keep starts w again and again; it returns only a fatal error, or nil when
// ctx ended.
func keep(ctx context.Context, log *slog.Logger, board *health.Board, w worker) error {
	pause := firstRestart
	for {
		begin := time.Now()
		err := w.run(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if fatal(err) {
			return err
		}
		log.Error("worker ended and is started again", "worker", w.name, "err", err)
		board.Set(w.name, health.Fault, health.FaultRestarted)
		if time.Since(begin) > lastRestart {
			pause = firstRestart
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		pause = min(2*pause, lastRestart)
	}
}
