package idcard

import (
	"log/slog"
	"time"
)

// Hurry shortens the one wait that does nothing but wait: an emulated module
// resets at once.
func (r *Reader) Hurry() { r.resetWait = 20 * time.Millisecond }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
