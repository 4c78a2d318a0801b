package window

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Slot is a part of a window's time for a part of its people: those at points
// in Divisions whose number ends in Digits; an empty list leaves the window's
// own.
type Slot struct {
	From, To  time.Time
	Divisions []string
	Digits    []string
}

// AllDigits are the last digits a number can have.
func AllDigits() []string {
	return []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "X"}
}

const maxSlots = 500

// Slots cuts a window into slots (demand A55: the time cut by hand when the
// system is overloaded). The window itself keeps what lies before the first
// slot, or is withdrawn if nothing does. Slots get new IDs and the window's
// hours and pauses. After the last slot the window is not open.
//
// Everyone whom the window is for must have a slot. To see that, divisions
// names all divisions in which points may lie; it is needed only when slots
// name any.
//
// Errors beside those of every revision: ErrNoSlots, ErrReversed, ErrPast (the
// first slot begins before now), ErrOutside, ErrDigits, ErrEmptyScope,
// ErrLeftOut.
func Slots(windows []Window, d Decision, slots []Slot, divisions []string) ([]Window, error) {
	w, err := current(windows, d)
	if err != nil {
		return nil, err
	}
	if len(slots) == 0 || len(slots) > maxSlots {
		return nil, ErrNoSlots
	}
	first := slots[0].From
	for _, s := range slots {
		switch {
		case !s.From.Before(s.To):
			return nil, ErrReversed
		case s.From.Before(d.Now):
			return nil, ErrPast
		case s.From.Before(w.From) || s.To.After(w.To):
			return nil, ErrOutside
		case !soundDigits(s.Digits):
			return nil, ErrDigits
		}
		if s.From.Before(first) {
			first = s.From
		}
	}
	cut, err := cutSlots(windows, d, w, slots)
	if err != nil {
		return nil, err
	}
	if err := leftOut(w, slots, divisions); err != nil {
		return nil, err
	}
	if first.Equal(w.From) {
		w.Withdrawn = true
	} else {
		w.To = first
	}
	return revised(windows, d, w, cut...)
}

// cutSlots makes the windows of the slots, with IDs that nothing has borne.
func cutSlots(windows []Window, d Decision, w Window, slots []Slot) ([]Window, error) {
	used := map[string]bool{}
	for _, o := range windows {
		used[o.ID] = true
	}
	var out []Window
	number := 0
	for _, s := range slots {
		n := w
		n.Revision, n.Why = 0, strings.TrimSpace(d.Why)
		n.From, n.To = s.From, s.To
		n.Hours = slices.Clone(w.Hours)
		if len(s.Divisions) > 0 {
			for _, code := range s.Divisions {
				if code == "" || len(w.Scope.Divisions) > 0 && !slices.ContainsFunc(w.Scope.Divisions, func(c string) bool { return Covers(c, code) }) {
					return nil, fmt.Errorf("division %q: %w", code, ErrEmptyScope)
				}
			}
			n.Scope.Divisions = slices.Clone(s.Divisions)
		}
		if len(s.Digits) > 0 {
			for _, digit := range s.Digits {
				if !named(w.Scope.Digits, digit) {
					return nil, fmt.Errorf("digit %q: %w", digit, ErrEmptyScope)
				}
			}
			n.Scope.Digits = slices.Clone(s.Digits)
		}
		for {
			number++
			if n.ID = fmt.Sprintf("%s.%d", w.ID, number); !used[n.ID] {
				break
			}
		}
		out = append(out, n)
	}
	return out, nil
}

// leftOut finds a division and digit that the window is for and no slot is.
func leftOut(w Window, slots []Slot, divisions []string) error {
	byDivision := slices.ContainsFunc(slots, func(s Slot) bool { return len(s.Divisions) > 0 })
	byDigit := slices.ContainsFunc(slots, func(s Slot) bool { return len(s.Digits) > 0 })
	places, digits := []string{""}, []string{""}
	if byDivision {
		places = nil
		for _, code := range divisions {
			if len(w.Scope.Divisions) == 0 || slices.ContainsFunc(w.Scope.Divisions, func(c string) bool { return Covers(c, code) }) {
				places = append(places, code)
			}
		}
		if len(places) == 0 {
			return fmt.Errorf("no division given that the window is for: %w", ErrLeftOut)
		}
	}
	if byDigit {
		if digits = w.Scope.Digits; len(digits) == 0 {
			digits = AllDigits()
		}
	}
	for _, place := range places {
		for _, digit := range digits {
			if !slices.ContainsFunc(slots, func(s Slot) bool {
				return (len(s.Divisions) == 0 || slices.ContainsFunc(s.Divisions, func(c string) bool { return Covers(c, place) })) && named(s.Digits, digit)
			}) {
				return fmt.Errorf("division %q, digit %q: %w", place, digit, ErrLeftOut)
			}
		}
	}
	return nil
}

// HalfDays cuts [from, to) at each local midnight and noon.
func HalfDays(from, to time.Time) []Slot { return cutEach(from, to, day/2) }

// Days cuts [from, to) at each local midnight.
func Days(from, to time.Time) []Slot { return cutEach(from, to, day) }

func cutEach(from, to time.Time, each time.Duration) []Slot {
	var out []Slot
	for at := from; at.Before(to) && len(out) <= maxSlots; {
		next := midnight(at).Add(each)
		if !at.Before(next) {
			next = midnight(at).Add(day)
		}
		if next.After(to) {
			next = to
		}
		out = append(out, Slot{From: at, To: next})
		at = next
	}
	return out
}

// Deal gives the parts of a time to groups of people in turn, and lets another
// group begin each round, so that of two groups neither always has the morning.
// Of a group only Divisions and Digits count. With fewer parts than groups, some
// get none, and Slots refuses that.
func Deal(parts, groups []Slot) []Slot {
	if len(groups) == 0 {
		return slices.Clone(parts)
	}
	out := make([]Slot, len(parts))
	for i, p := range parts {
		g := groups[(i+i/len(groups))%len(groups)]
		out[i] = Slot{From: p.From, To: p.To, Divisions: g.Divisions, Digits: g.Digits}
	}
	return out
}
