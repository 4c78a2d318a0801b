package journey

import (
	"time"

	"zhunkao/protocol/window"
)

// The steps of campaigns that a person has something to do with, or waits for.
const (
	stepArrange window.Step = "number-tickets"
	stepSit     window.Step = "sit"
)

var steps = []window.Step{window.Register, window.Confirm, window.Pay, stepArrange, window.PrintTicket, stepSit}

// span is what all windows of a step say together, whoever they are for.
type span struct {
	first, last time.Time // the earliest opening, the latest end
	divisions   []string  // the places that windows name; empty: none names any
}

func spanOf(windows []window.Window, step window.Step) (span, bool) {
	var s span
	found := false
	seen := map[string]bool{}
	for _, w := range window.Latest(windows, step) {
		if !w.From.Before(w.To) {
			continue // never opens
		}
		if !found || w.From.Before(s.first) {
			s.first = w.From
		}
		if w.To.After(s.last) {
			s.last = w.To
		}
		found = true
		for _, d := range w.Scope.Divisions {
			if !seen[d] {
				seen[d] = true
				s.divisions = append(s.divisions, d)
			}
		}
	}
	return s, found
}

// times are when a step is open for one person, seen from now.
type times struct {
	open     bool
	from     time.Time // not open: when it will be, zero if nothing tells
	until    time.Time // open: end of what is open now
	by       time.Time // end of the last that is hers, zero when that cannot be told
	over     bool      // it never opens again
	paused   bool
	unchosen bool // what the time hangs on is not known
	never    bool // there is no time for her, before or after
}

// runs bounds how many times one person may have for one step: slots of days
// and hours, with pauses between.
const runs = 512

// when judges a step. Its end is that of the last time that is hers, however
// many come before: what is void after the first of two times is not void.
func (j *Judge) when(step window.Step, who window.Subject, now time.Time) times {
	all, ok := j.steps[step]
	if !ok {
		return times{}
	}
	v := j.calendar.Judge(step, who, window.At(now))
	out := times{open: v.Accepts(), until: v.Until, paused: v.Reason == window.Paused}
	switch {
	case out.open:
		out.by = j.end(step, who, v.Until)
	case !v.NextOpening.IsZero():
		out.from, out.by = v.NextOpening, j.end(step, who, now)
	default:
		out.by, out.over = v.Ended, v.Reason == window.Over || !out.paused && !now.Before(all.last)
		out.unchosen = unknown(v.Reason)
		out.never = !out.over && !out.paused && !out.unchosen && v.Ended.IsZero()
		if out.unchosen && !out.over {
			out.from, out.by = j.anywhere(step, who, now, all)
		}
	}
	return out
}

// end is when the last time of hers ends that begins at or after at, or that at
// ends; at itself when none follows.
func (j *Judge) end(step window.Step, who window.Subject, at time.Time) time.Time {
	for range runs {
		v := j.calendar.Judge(step, who, window.At(at))
		switch {
		case v.Accepts() && v.Until.After(at):
			at = v.Until
		case v.NextOpening.After(at):
			at = v.NextOpening
		default:
			return at
		}
	}
	return at
}

// anywhere is for who has not chosen a point: what holds wherever she chooses
// one. The opening is the first there is; the end only if all places have the
// same.
func (j *Judge) anywhere(step window.Step, who window.Subject, now time.Time, all span) (from, by time.Time) {
	if who.Division != "" {
		return time.Time{}, time.Time{}
	}
	for i, d := range all.divisions {
		who.Division = d
		v := j.calendar.Judge(step, who, window.At(now))
		if unknown(v.Reason) && v.NextOpening.IsZero() {
			return time.Time{}, time.Time{} // it hangs on more than the place
		}
		if f := v.NextOpening; !f.IsZero() && (from.IsZero() || f.Before(from)) {
			from = f
		}
		if v.Accepts() {
			from = now // open somewhere
		}
		end := j.end(step, who, now)
		if i > 0 && !end.Equal(by) {
			return open(from, now), time.Time{}
		}
		by = end
	}
	return open(from, now), by
}

// open is zero for what is open now.
func open(from, now time.Time) time.Time {
	if from.Equal(now) {
		return time.Time{}
	}
	return from
}

func unknown(r window.Reason) bool {
	switch r {
	case window.DivisionUnknown, window.PointUnknown, window.LevelUnknown, window.CategoryUnknown,
		window.HouseholdUnknown, window.DigitUnknown:
		return true
	}
	return false
}
