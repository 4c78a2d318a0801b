package window

import (
	"cmp"
	"slices"
	"strings"
)

// Calendar is a set of windows made ready for judging often: some hundred
// windows in a few microseconds, without allocation. It is not changed once
// made and may be used by many goroutines; nor may the windows be that it was
// made of.
type Calendar struct {
	steps map[Step][]row
}

// New makes a calendar of the windows of all steps and revisions.
func New(windows []Window) *Calendar {
	c := &Calendar{steps: map[Step][]row{}}
	for i := range windows {
		step := windows[i].Step
		if _, ok := c.steps[step]; !ok {
			c.steps[step] = compile(Latest(windows, step))
		}
	}
	return c
}

// Judge is the function Judge with this calendar's windows.
func (c *Calendar) Judge(step Step, who Subject, now Interval) Verdict {
	return judge(c.steps[step], who, now)
}

// JudgeQueued is Judge for the holder of a queue token that was given out at
// the interval token: who queued while the window was or may have been open is
// served after its close (design, section 2 "Time"). The token is sealed with
// the record, so the hub can judge again.
//
// The token was given out before now; what of its interval lies after now is
// cut off, and a token wholly after now is not believed. A token of whose time
// nothing at all is known (the zero Interval) is none. During a pause it does
// not serve: a pause is meant for everyone, and the token keeps.
func (c *Calendar) JudgeQueued(step Step, who Subject, now, token Interval) Verdict {
	return judgeQueued(c.steps[step], who, now, token)
}

// row is one window made ready.
type row struct {
	window Window
	scope  scope
	open   []stretch // [From, To) without the pauses, in order
	pauses []Pause   // within [From, To), in order, merged
}

// compile makes the windows ready that Latest gave. Windows without any time
// never open and say nothing to anyone.
func compile(windows []Window) []row {
	out := make([]row, 0, len(windows))
	for _, w := range windows {
		if w.From.Before(w.To) {
			out = append(out, row{window: w, pauses: w.paused()})
		}
	}
	for i := range out { // now that the rows stay where they are
		r := &out[i]
		r.scope = compileScope(&r.window.Scope)
		from := r.window.From
		r.open = make([]stretch, 0, 1+len(r.pauses))
		for _, p := range r.pauses {
			if from.Before(p.From) {
				r.open = append(r.open, stretch{from, p.From, r})
			}
			from = p.To
		}
		if from.Before(r.window.To) {
			r.open = append(r.open, stretch{from, r.window.To, r})
		}
	}
	return out
}

func (r *row) touchedBy(now Interval) bool {
	for _, s := range r.open {
		if now.touches(s.from, s.to) {
			return true
		}
	}
	return false
}

// stretches appends when the step is open for her, in order of from.
func stretches(rows []row, who *Subject, out []stretch) []stretch {
	for i := range rows {
		if r := &rows[i]; r.scope.fits(who) {
			out = append(out, r.open...)
		}
	}
	order := func(a, b stretch) int {
		return cmp.Or(a.from.Compare(b.from), strings.Compare(a.row.window.ID, b.row.window.ID))
	}
	if !slices.IsSortedFunc(out, order) { // pauses can mix the rows
		slices.SortStableFunc(out, order)
	}
	return out
}
