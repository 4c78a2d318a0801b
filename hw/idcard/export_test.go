package idcard

import (
	"log/slog"
	"time"
)

// Hurry shortens the one wait that does nothing but wait: an emulated module
// resets at once.
func (r *Reader) Hurry() { r.resetWait = 20 * time.Millisecond }

// HurryPower shortens the pause between two switchings.
func (r *Reader) HurryPower(d time.Duration) { r.ladder.first = d }

// Ladder lets a test ask the ladder by a clock of its own.
type Ladder struct{ l ladder }

// NewLadder makes one with the usual pauses.
func NewLadder() *Ladder { return &Ladder{ladder{first: firstPower}} }

// Died and Lives are those of the ladder.
func (l *Ladder) Died(now time.Time) bool { return l.l.died(now) }

// Lives notes that the module answers.
func (l *Ladder) Lives(now time.Time) { l.l.lives(now) }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
