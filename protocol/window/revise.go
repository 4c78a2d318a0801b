package window

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Decision is what each revision needs beside the change itself. Who asked and
// who signed stand in the journal, not here.
type Decision struct {
	Window   string    // id
	Revision uint32    // the revision the office had before it when it decided
	Now      time.Time // the hub's time
	Why      string    // the office's reason; it becomes the revision's Why
}

// The functions below take all windows of a campaign, change none of them, and
// give the windows to add to it: the same ID with the next Revision, and for
// Slots new IDs as well. Each refuses what hurts: see the Refusals named. The
// errors of all: ErrUnknown, ErrStale, ErrNoReason, ErrManyRevisions, ErrOverlap.

// Extend moves the end of a window: later, or earlier as long as it is still to
// come. A window that is over opens again, and counts as having been open
// meanwhile. Errors: ErrReversed, ErrEndPast, ErrUnchanged.
func Extend(windows []Window, d Decision, to time.Time) ([]Window, error) {
	w, err := current(windows, d)
	if err != nil {
		return nil, err
	}
	return move(windows, d, w, w.From, to)
}

// Postpone moves a window: its start, to later only while it has not opened,
// and its end. Errors: ErrReversed, ErrEndPast, ErrOpened, ErrUnchanged.
func Postpone(windows []Window, d Decision, from, to time.Time) ([]Window, error) {
	w, err := current(windows, d)
	if err != nil {
		return nil, err
	}
	return move(windows, d, w, from, to)
}

// Withdraw takes a window back that has not opened. Errors: ErrOpened.
func Withdraw(windows []Window, d Decision) ([]Window, error) {
	w, err := current(windows, d)
	if err != nil {
		return nil, err
	}
	if !w.From.After(d.Now) {
		return nil, ErrOpened
	}
	w.Withdrawn = true
	return revised(windows, d, w)
}

// Suspend stops a window from a moment on, until to or, when that is zero, until
// Resume. What of the pause lies before the window's start is left out. Errors:
// ErrPast, ErrReversed, ErrOutside (to reaches the window's end: move that
// instead, or leave to open), ErrPauses.
func Suspend(windows []Window, d Decision, from, to time.Time) ([]Window, error) {
	w, err := current(windows, d)
	if err != nil {
		return nil, err
	}
	switch {
	case from.Before(d.Now):
		return nil, ErrPast
	case !to.IsZero() && !from.Before(to):
		return nil, ErrReversed
	case !from.Before(w.To) || !to.IsZero() && (!to.Before(w.To) || !w.From.Before(to)):
		return nil, ErrOutside
	}
	if from.Before(w.From) {
		from = w.From
	}
	w.Pauses = append(slices.Clone(w.Pauses), Pause{From: from, To: to, Why: strings.TrimSpace(d.Why)})
	slices.SortFunc(w.Pauses, func(a, b Pause) int { return a.From.Compare(b.From) })
	if !soundPauses(w.Pauses) {
		return nil, ErrPauses
	}
	return revised(windows, d, w)
}

// Resume ends the pause that is on, or the next to come, at the given moment.
// One that has not begun by then is left out altogether. The moment may also be
// later than was planned. Errors: ErrPast, ErrNotPaused, ErrOutside, ErrPauses,
// ErrUnchanged.
func Resume(windows []Window, d Decision, at time.Time) ([]Window, error) {
	w, err := current(windows, d)
	if err != nil {
		return nil, err
	}
	w.Pauses = slices.Clone(w.Pauses)
	slices.SortFunc(w.Pauses, func(a, b Pause) int { return a.From.Compare(b.From) })
	i := slices.IndexFunc(w.Pauses, func(p Pause) bool { return p.To.IsZero() || p.To.After(d.Now) })
	switch {
	case at.Before(d.Now):
		return nil, ErrPast
	case i < 0:
		return nil, ErrNotPaused
	case !at.Before(w.To):
		return nil, ErrOutside
	case at.Equal(w.Pauses[i].To):
		return nil, ErrUnchanged
	}
	if w.Pauses[i].From.Before(at) {
		w.Pauses[i].To = at
	} else {
		w.Pauses = slices.Delete(w.Pauses, i, i+1)
	}
	if !soundPauses(w.Pauses) {
		return nil, ErrPauses
	}
	return revised(windows, d, w)
}

// current is the window decided on, in its highest revision.
func current(windows []Window, d Decision) (Window, error) {
	var w Window
	count := 0
	for _, c := range windows {
		switch {
		case c.ID != d.Window:
		case count == 0 || c.Revision > w.Revision:
			w, count = c, 1
		case c.Revision == w.Revision:
			count++
		}
	}
	switch {
	case count == 0 || w.Withdrawn:
		return Window{}, ErrUnknown
	case count > 1 || w.Revision != d.Revision:
		return Window{}, ErrStale
	case strings.TrimSpace(d.Why) == "":
		return Window{}, ErrNoReason
	case w.Revision == math.MaxUint32:
		return Window{}, ErrManyRevisions
	}
	return w, nil
}

func move(windows []Window, d Decision, w Window, from, to time.Time) ([]Window, error) {
	switch {
	case !from.Before(to):
		return nil, ErrReversed
	case !to.After(d.Now):
		return nil, ErrEndPast
	case from.After(w.From) && !w.From.After(d.Now):
		return nil, ErrOpened
	case from.Equal(w.From) && to.Equal(w.To):
		return nil, ErrUnchanged
	}
	w.From, w.To = from, to
	return revised(windows, d, w)
}

// revised gives w its next revision, with others if there are any, and refuses
// them if any two windows then overlap of which one is theirs.
func revised(windows []Window, d Decision, w Window, others ...Window) ([]Window, error) {
	w.Revision++
	w.Why = strings.TrimSpace(d.Why)
	out := append([]Window{w}, others...)
	for i := range out {
		a := &out[i] // a pause that has come to lie outside is no longer one
		a.Pauses = slices.DeleteFunc(slices.Clone(a.Pauses), func(p Pause) bool {
			return !p.From.Before(a.To) || !p.To.IsZero() && !a.From.Before(p.To)
		})
	}
	for i, a := range out {
		for _, b := range out[i+1:] {
			if Overlaps(a, b) {
				return nil, fmt.Errorf("windows %q and %q: %w", a.ID, b.ID, ErrOverlap)
			}
		}
		for _, b := range Latest(windows, w.Step) {
			if b.ID != w.ID && Overlaps(a, b) {
				return nil, fmt.Errorf("windows %q and %q: %w", a.ID, b.ID, ErrOverlap)
			}
		}
	}
	return out, nil
}
