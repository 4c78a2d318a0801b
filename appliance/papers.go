package appliance

import (
	"context"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/visit"
)

// papers begins a visit on papers for the desk. It returns when the screen shows
// it. Errors: desk.ErrPapersBusy, desk.ErrPapersCamera, desk.ErrPapersStopped,
// ctx's.
func (l *loop) papers(ctx context.Context, e visit.Presented) (err error) {
	if failed := l.within(ctx, func() { err = l.present(e) }); failed != nil {
		return failed
	}
	return err
}

// present is papers, in the loop.
func (l *loop) present(e visit.Presented) error {
	switch {
	case l.state.Machine.Blocked != visit.BlockNone:
		return desk.ErrPapersStopped
	case l.state.Machine.Camera == visit.CameraNone:
		return desk.ErrPapersCamera
	case !l.state.MayPresent():
		return desk.ErrPapersBusy
	}
	l.step(e)
	l.private = append(l.private, e.Copies...)
	return nil
}

// within runs f in the loop and waits for its end. The loop is the visit's owner:
// what f does, no event comes between.
func (l *loop) within(ctx context.Context, f func()) error {
	done := make(chan struct{})
	select {
	case l.errands <- func() { f(); close(done) }:
	case <-l.over:
		return context.Canceled
	case <-ctx.Done():
		return ctx.Err()
	}
	<-done // f waits for nobody
	return nil
}
