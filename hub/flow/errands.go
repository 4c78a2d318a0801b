package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
)

// ErrEnding says that the hub is about to end and begins nothing new.
var ErrEnding = errors.New("flow: the hub is ending")

// Errands is work that outlives the request that asked for it: a rehearsal
// begun on a page goes on when the page is closed. How far it is stands in the
// database, not here. It ends with Run.
type Errands struct {
	log   *slog.Logger
	asked chan func(context.Context)
	ended chan struct{}
	once  sync.Once // closes ended
}

// NewErrands makes one; log may be nil.
func NewErrands(log *slog.Logger) *Errands {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Errands{log: log, asked: make(chan func(context.Context)), ended: make(chan struct{})}
}

// NoErrands takes nothing: what would outlive its request is refused.
func NoErrands() *Errands {
	e := NewErrands(nil)
	e.once.Do(func() { close(e.ended) })
	return e
}

// Go hands f over; it is called with a context that ends with Run. ErrEnding, or
// ctx's error when Run has not begun by then.
func (e *Errands) Go(ctx context.Context, f func(context.Context)) error {
	select {
	case e.asked <- f:
		return nil
	case <-e.ended:
		return ErrEnding
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run takes errands until ctx ends, and returns when all have ended.
func (e *Errands) Run(ctx context.Context) error {
	defer e.once.Do(func() { close(e.ended) })
	var all sync.WaitGroup
	defer all.Wait()
	for {
		select {
		case f := <-e.asked:
			all.Go(func() { e.one(ctx, f) })
		case <-ctx.Done():
			return nil
		}
	}
}

// one runs an errand; a panic ends it alone, as it would end one request.
func (e *Errands) one(ctx context.Context, f func(context.Context)) {
	defer func() {
		if p := recover(); p != nil {
			e.log.Error("errand panicked", "worker", "errands", "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
		}
	}()
	f(ctx)
}
