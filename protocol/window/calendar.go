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
	steps map[Step]timetable
}

// New makes a calendar of the windows of all steps and revisions.
func New(windows []Window) *Calendar {
	c := &Calendar{steps: map[Step]timetable{}}
	for i := range windows {
		step := windows[i].Step
		if _, ok := c.steps[step]; !ok {
			t := compile(windows, step)
			t.index()
			c.steps[step] = t
		}
	}
	return c
}

// Judge is the function Judge with this calendar's windows.
func (c *Calendar) Judge(step Step, who Subject, now Interval) Verdict {
	t := c.steps[step]
	return t.judge(&who, now)
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
	t := c.steps[step]
	return t.judgeQueued(&who, now, token)
}

// timetable are the windows of one step that are in force and have any time.
type timetable struct {
	rows []row // by From, then ID

	// Where is the index by place: the rows whose scope names a division, by
	// its stem. For one place a row may be found twice, by county and city, which
	// changes nothing. Anywhere are the rows that name none.
	where    map[string][]*row
	anywhere []*row
}

// row is one window made ready.
type row struct {
	window *Window
	open   []stretch // [From, To) without the pauses, in order
	pauses []Pause   // within [From, To), in order, merged
}

// earlier is the order of rows.
func (r *row) earlier(o *row) int {
	return cmp.Or(r.window.From.Compare(o.window.From), strings.Compare(r.window.ID, o.window.ID))
}

func compile(windows []Window, step Step) timetable {
	valid := latest(windows, step)
	// A window without any time never opens, and says nothing to anyone.
	valid = slices.DeleteFunc(valid, func(w *Window) bool { return !w.From.Before(w.To) })
	t := timetable{rows: make([]row, len(valid))}
	room := len(valid)
	for _, w := range valid {
		room += len(w.Pauses)
	}
	open := make([]stretch, 0, room) // one piece of memory for all rows
	for i, w := range valid {
		r := &t.rows[i]
		r.window, r.pauses = w, w.paused()
		start, from := len(open), w.From
		for _, p := range r.pauses {
			if from.Before(p.From) {
				open = append(open, stretch{from, p.From, r})
			}
			from = p.To
		}
		if from.Before(w.To) {
			open = append(open, stretch{from, w.To, r})
		}
		r.open = open[start:len(open):len(open)]
	}
	return t
}

func (t *timetable) index() {
	t.where = map[string][]*row{}
	for i := range t.rows {
		r := &t.rows[i]
		if len(r.window.Scope.Divisions) == 0 {
			t.anywhere = append(t.anywhere, r)
			continue
		}
		var keys []string
		for _, code := range r.window.Scope.Divisions {
			if len(code) == 6 {
				keys = append(keys, stem(code))
			} else {
				keys = append(keys, "="+code)
			}
		}
		slices.Sort(keys)
		for _, k := range slices.Compact(keys) {
			t.where[k] = append(t.where[k], r)
		}
	}
}

// near appends the rows whose scope asks no division or one that holds hers;
// without an index, all rows.
func (t *timetable) near(who *Subject, out []*row) []*row {
	if t.where == nil {
		return t.all(out)
	}
	out = append(out, t.anywhere...)
	switch code := who.Division; {
	case len(code) == 6:
		out = append(out, t.where[code[:2]]...)
		out = append(out, t.where[code[:4]]...)
		out = append(out, t.where[code]...)
	case code != "":
		out = append(out, t.where["="+code]...)
	}
	return out
}

func (t *timetable) all(out []*row) []*row {
	out = slices.Grow(out, len(t.rows))
	for i := range t.rows {
		out = append(out, &t.rows[i])
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
func stretches(rows []*row, who *Subject, out []stretch) []stretch {
	for _, r := range rows {
		if r.window.Scope.fits(who) {
			out = append(out, r.open...)
		}
	}
	order := func(a, b stretch) int {
		return cmp.Or(a.from.Compare(b.from), strings.Compare(a.row.window.ID, b.row.window.ID))
	}
	if !slices.IsSortedFunc(out, order) { // by place and with pauses, rows do not come in order
		slices.SortStableFunc(out, order)
	}
	return out
}
