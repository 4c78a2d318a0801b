package campaign

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

var (
	// ErrNoWindow says that no window has this id, or fits this pattern.
	ErrNoWindow = errors.New("campaign: no such window")
	// ErrGroups says that the people are dealt into none or more than ten groups.
	ErrGroups = errors.New("campaign: there are 1 to 10 groups")
	// ErrMoment says that a text is no time.
	ErrMoment = errors.New("campaign: no time")
	// ErrAct says that there is no such act upon windows, or that it lacks a time.
	ErrAct = errors.New("campaign: no such act upon windows")
)

// The acts upon windows at short notice (demand A26).
const (
	ExtendWindow   = "extend"
	PostponeWindow = "postpone"
	WithdrawWindow = "withdraw"
	SuspendWindow  = "suspend"
	ResumeWindow   = "resume"
	SlotsOfWindow  = "slots"
)

// WindowActs gives the acts in the order of a page.
func WindowActs() []string {
	return []string{ExtendWindow, PostponeWindow, SuspendWindow, ResumeWindow, WithdrawWindow, SlotsOfWindow}
}

// Revision is one act upon some windows.
type Revision struct {
	Act     string
	Windows []string  // ids, or patterns as path.Match has them
	From    time.Time // postpone: new start; suspend: when it stops; slots: start of the first
	To      time.Time // extend, postpone: new end; suspend: when it goes on, zero = until resumed; resume: when it goes on; slots: end of the last
	Days    bool      // slots: of a day, not of half a day
	Groups  int       // slots: into how many the people are dealt by last digit, 1 to 10
	Why     string    // the office's reason; it stands in the version
	Now     time.Time // of the decision
}

// WindowRefusedError is a window's refusal with which window it is.
type WindowRefusedError struct {
	Window string
	*window.Refusal
}

// Unwrap gives the refusal, for errors.Is.
func (e WindowRefusedError) Unwrap() error { return e.Refusal }

// Revise makes the next version of a campaign with the windows revised. It is
// all or nothing. Errors: ErrNoWindow, ErrGroups, ErrAct, WindowRefusedError.
func Revise(old rules.Campaign, r Revision) (rules.Campaign, error) {
	act, err := r.act()
	if err != nil {
		return rules.Campaign{}, err
	}
	chosen, err := choose(old, r.Windows)
	if err != nil {
		return rules.Campaign{}, err
	}
	next := old
	next.Version++
	next.Windows = slices.Clone(old.Windows)
	for _, w := range chosen {
		made, err := act(next.Windows, window.Decision{Window: w.ID, Revision: w.Revision, Now: r.Now, Why: strings.TrimSpace(r.Why)})
		var refused *window.Refusal
		if errors.As(err, &refused) {
			return rules.Campaign{}, WindowRefusedError{w.ID, refused}
		}
		if err != nil {
			return rules.Campaign{}, err
		}
		next.Windows = append(next.Windows, made...)
	}
	return next, nil
}

// act is what is done to each window.
func (r Revision) act() (func([]window.Window, window.Decision) ([]window.Window, error), error) {
	lacks := map[string]bool{ExtendWindow: r.To.IsZero(), PostponeWindow: r.From.IsZero() || r.To.IsZero(), SuspendWindow: r.From.IsZero(),
		ResumeWindow: r.To.IsZero(), SlotsOfWindow: r.From.IsZero() || r.To.IsZero()}
	if lacks[r.Act] {
		return nil, fmt.Errorf("%w: %s lacks a time", ErrAct, r.Act)
	}
	type windows = []window.Window
	switch r.Act {
	case ExtendWindow:
		return func(all windows, d window.Decision) (windows, error) { return window.Extend(all, d, r.To) }, nil
	case PostponeWindow:
		return func(all windows, d window.Decision) (windows, error) { return window.Postpone(all, d, r.From, r.To) }, nil
	case WithdrawWindow:
		return window.Withdraw, nil
	case SuspendWindow:
		return func(all windows, d window.Decision) (windows, error) { return window.Suspend(all, d, r.From, r.To) }, nil
	case ResumeWindow:
		return func(all windows, d window.Decision) (windows, error) { return window.Resume(all, d, r.To) }, nil
	case SlotsOfWindow:
		slots, err := r.slots()
		return func(all windows, d window.Decision) (windows, error) { return window.Slots(all, d, slots, nil) }, err
	}
	return nil, fmt.Errorf("%w: %.20q", ErrAct, r.Act)
}

// slots cuts the time and deals its parts to the groups.
func (r Revision) slots() ([]window.Slot, error) {
	if r.Groups < 1 || r.Groups > 10 {
		return nil, ErrGroups
	}
	groups := make([]window.Slot, r.Groups)
	for i, digit := range window.AllDigits() {
		g := &groups[i%r.Groups]
		g.Digits = append(g.Digits, digit)
	}
	if r.Groups == 1 {
		groups = []window.Slot{{}}
	}
	parts := window.HalfDays(r.From, r.To)
	if r.Days {
		parts = window.Days(r.From, r.To)
	}
	return window.Deal(parts, groups), nil
}

// choose finds the windows, each in its highest revision, the latest first: of
// two that adjoin neither then runs into the other.
func choose(c rules.Campaign, patterns []string) ([]window.Window, error) {
	var out []window.Window
	for _, pattern := range patterns {
		found := false
		for _, w := range Calendar(c) {
			ok, err := path.Match(pattern, w.ID)
			if err != nil {
				return nil, fmt.Errorf("%w: %.60q", ErrNoWindow, pattern)
			}
			if ok && !slices.ContainsFunc(out, func(o window.Window) bool { return o.ID == w.ID }) {
				out = append(out, w)
			}
			found = found || ok
		}
		if !found {
			return nil, fmt.Errorf("%w: %.60q", ErrNoWindow, pattern)
		}
	}
	if len(out) == 0 {
		return nil, ErrNoWindow
	}
	slices.SortStableFunc(out, func(a, b window.Window) int { return b.From.Compare(a.From) })
	return out, nil
}

// Calendar gives every window of a campaign in its highest revision, by step and
// start.
func Calendar(c rules.Campaign) []window.Window {
	var out []window.Window
	steps := map[window.Step]bool{}
	for _, w := range c.Windows {
		if !steps[w.Step] {
			steps[w.Step] = true
			out = append(out, window.Latest(c.Windows, w.Step)...)
		}
	}
	return out
}

// ParseMoment reads a time of a campaign at UTC+8: 2019-09-11, 2019-09-11T18:00,
// or 2019-09-11T24:00, which is the next day's midnight. ErrMoment.
func ParseMoment(text string) (time.Time, error) {
	day, late := strings.CutSuffix(text, "T24:00")
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		t, err := time.ParseInLocation(layout, day, window.Zone())
		if err != nil || late && layout != time.DateOnly {
			continue
		}
		if late {
			t = t.AddDate(0, 0, 1)
		}
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%w: %.30q", ErrMoment, text)
}
