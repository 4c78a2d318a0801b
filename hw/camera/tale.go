package camera

import (
	"context"
	"slices"
	"sync"

	"zhunkao/hw/fault"
)

// tale tells each trouble once, and each recovery.
type tale struct {
	c *Camera

	mu   sync.Mutex // guards the rest, and keeps events in the order of the states
	word *fault.Word
	last Ready // what was agreed, to be told again
}

// trouble tells what keeps the camera from giving pictures, and holds frames
// back.
func (t *tale) trouble(ctx context.Context, err error) {
	if closedWord(err) {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	word := fault.WordOf(err)
	line := word.Class() == fault.ClassLine
	t.c.newest.fail(err)
	if t.word != nil && (word == t.word || line && t.word.Class() == fault.ClassLine) {
		return
	}
	t.word = word
	if line {
		t.c.log.Warn("camera is lost", "err", err)
		t.c.emit(ctx, Lost{Err: err})
		return
	}
	t.c.log.Warn("camera is at fault", "err", err)
	t.c.emit(ctx, Fault{Err: err})
}

// ready tells that sound frames come.
func (t *tale) ready(ctx context.Context, r Ready) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tellReady(ctx, r)
}

func (t *tale) tellReady(ctx context.Context, r Ready) {
	t.word, t.last = nil, r
	t.c.newest.heal()
	t.c.log.Info("camera is ready", "format", r.Format.String(), "width", r.Width, "height", r.Height)
	t.c.emit(ctx, r)
}

// mended ends a trouble of one of these words.
func (t *tale) mended(ctx context.Context, words ...*fault.Word) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.word != nil && slices.Contains(words, t.word) {
		t.tellReady(ctx, t.last)
	}
}

// wrong says whether one of these is told now.
func (t *tale) wrong(words ...*fault.Word) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.word != nil && slices.Contains(words, t.word)
}

// emit delivers e, while there is room even when ctx has ended.
func (c *Camera) emit(ctx context.Context, e Event) {
	select {
	case c.events <- e:
		return
	default:
	}
	select {
	case c.events <- e:
	case <-ctx.Done():
	}
}
