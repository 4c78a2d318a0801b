package window

import (
	"cmp"
	"strings"
	"time"
)

// State is the answer of Judge.
type State string

// The three answers.
const (
	Open        State = "open"        // now certainly lies in an open window
	Closed      State = "closed"      // now certainly lies in none
	Undecidable State = "undecidable" // the evidence allows both: serve, mark, let the hub decide
)

// Verdict is what Judge found.
type Verdict struct {
	State        State     `cbor:"state" json:"state"`
	Reason       Reason    `cbor:"reason" json:"reason"`
	Until        time.Time `cbor:"until,omitzero" json:"until,omitzero"`                   // close of the window that is or may be open
	Ended        time.Time `cbor:"ended,omitzero" json:"ended,omitzero"`                   // closed: when it last was open for her; zero when it never was
	NextOpening  time.Time `cbor:"next_opening,omitzero" json:"next_opening,omitzero"`     // closed: when she will first be served, daily hours considered; zero when no window tells
	OutsideHours bool      `cbor:"outside_hours,omitempty" json:"outside_hours,omitempty"` // certainly outside the daily hours: warn only
	Window       string    `cbor:"window,omitempty" json:"window,omitempty"`               // id of the window that decided
	Revision     uint32    `cbor:"revision,omitempty" json:"revision,omitempty"`
}

// Accepts holds for open and undecidable: the person is served.
func (v Verdict) Accepts() bool { return v.State == Open || v.State == Undecidable }

// Judge says whether a step is open for a subject, given what is known of now.
// Windows that follow one another without a gap count as one, so a clock that
// is unsure of the boundary between them is no obstacle. The order of the
// windows means nothing.
//
// It makes the windows ready each time; who judges often with the same ones
// keeps a Calendar.
func Judge(windows []Window, step Step, who Subject, now Interval) Verdict {
	t := compile(windows, step)
	return t.judge(&who, now)
}

// JudgeQueued is Judge for the holder of a queue token given out at the
// interval token; see Calendar.JudgeQueued.
func JudgeQueued(windows []Window, step Step, who Subject, now, token Interval) Verdict {
	t := compile(windows, step)
	return t.judgeQueued(&who, now, token)
}

func (t *timetable) judge(who *Subject, now Interval) Verdict {
	if len(t.rows) == 0 {
		return Verdict{State: Closed, Reason: NoWindow}
	}
	now = now.Sane()
	var nearSpace [16]*row
	var hersSpace [8]stretch
	near := t.near(who, nearSpace[:0])
	hers := stretches(near, who, hersSpace[:0])
	for i := 0; i < len(hers); {
		from, to, next := run(hers, i)
		if !now.touches(from, to) {
			i = next
			continue
		}
		w := touched(hers[i:next], now).row.window
		v := Verdict{State: Open, Reason: InWindow, Until: to, Window: w.ID, Revision: w.Revision, OutsideHours: true}
		if !now.within(from, to) {
			v.State, v.Reason = Undecidable, ClockUnsure
		}
		for _, s := range hers[i:] { // an unsure now may touch later runs too
			if s.mayServe(now) {
				v.OutsideHours = false
				break
			}
		}
		return v
	}
	return t.closed(near, hers, who, now)
}

func (t *timetable) judgeQueued(who *Subject, now, token Interval) Verdict {
	v := t.judge(who, now)
	if v.Accepts() || v.Reason == Paused || token.unknown() {
		return v
	}
	token, ok := token.Sane().notAfter(now.Sane())
	if !ok {
		return v
	}
	queued := t.judge(who, token)
	if !queued.Accepts() {
		return v
	}
	queued.Reason, queued.OutsideHours = QueueToken, false
	return queued
}

// run is the stretch at i with those that follow it without a gap: from when to
// when, and where the next run begins. The stretches are in order of from.
func run(s []stretch, i int) (from, to time.Time, next int) {
	from, to = s[i].from, s[i].to
	for next = i + 1; next < len(s) && !s[next].from.After(to); next++ {
		if s[next].to.After(to) {
			to = s[next].to
		}
	}
	return from, to, next
}

// touched is the first stretch of a run that now touches.
func touched(s []stretch, now Interval) stretch {
	for _, one := range s {
		if now.touches(one.from, one.to) {
			return one
		}
	}
	return s[0] // cannot be: now touches the run, and the run has no gap
}

// closed finds the reason and the next opening. Each of hers lies wholly before
// now or wholly after it.
func (t *timetable) closed(near []*row, hers []stretch, who *Subject, now Interval) Verdict {
	v := Verdict{State: Closed}
	var past, next *row
	v.Ended, past = ended(hers, now)
	v.NextOpening, next = opens(hers, now)
	seen := look(near, who, now)
	if !seen.hers && (seen.least.count != 1 || seen.least.elsewhere) {
		seen = look(t.all(nil), who, now) // no window at her place says why
	}
	decide := func(why Reason, by *row) Verdict {
		v.Reason = why
		if by != nil {
			v.Window, v.Revision = by.window.ID, by.window.Revision
		}
		return v
	}
	switch {
	case seen.pausedNow != nil:
		return decide(Paused, seen.pausedNow)
	case seen.pausedLater != nil && next == nil:
		return decide(Paused, seen.pausedLater)
	case !seen.hers || seen.open && seen.least.count == 1 && !seen.least.elsewhere:
		return decide(seen.least.first, seen.closest)
	case next != nil && past != nil:
		return decide(Between, next)
	case next != nil:
		return decide(NotYet, next)
	}
	return decide(Over, past)
}

// ended finds when the last of the stretches before now ended.
func ended(hers []stretch, now Interval) (at time.Time, by *row) {
	for _, s := range hers {
		if now.from(s.to) && (by == nil || s.to.After(at)) {
			at, by = s.to, s.row
		}
	}
	return at, by
}

// opens finds the first moment after now that lies in a stretch and in its
// hours; when those never come, the first moment of a stretch, for hours do not
// refuse.
func opens(hers []stretch, now Interval) (at time.Time, by *row) {
	var first stretch // without regard to hours
	for _, s := range hers {
		if now.from(s.to) {
			continue
		}
		if first.row == nil {
			first = s
		}
		if t, ok := s.inHours(s.from); ok && (by == nil || t.Before(at)) {
			at, by = t, s.row
		}
	}
	if by == nil {
		return first.from, first.row
	}
	return at, by
}

// sight is what windows have to say about a refusal.
type sight struct {
	hers                   bool // some are for her
	pausedNow, pausedLater *row // of hers
	closest                *row // not hers: the one that says most about why not
	least                  misses
	open                   bool // closest is open now
}

// look finds, of the windows that are not hers, the one that misses her in the
// fewest things; of those alike, one at her own place before one elsewhere, one
// that is open before one that is not, and then the earlier.
func look(rows []*row, who *Subject, now Interval) sight {
	var f sight
	first := func(kept **row, r *row) {
		if *kept == nil || r.earlier(*kept) < 0 {
			*kept = r
		}
	}
	for _, r := range rows {
		m := r.window.Scope.misses(who)
		if m.count > 0 {
			open := r.touchedBy(now)
			if f.closest == nil || closer(m, open, r, &f) {
				f.closest, f.least, f.open = r, m, open
			}
			continue
		}
		f.hers = true
		for _, p := range r.pauses {
			if now.touches(p.From, p.To) {
				first(&f.pausedNow, r)
			} else if !now.from(p.To) {
				first(&f.pausedLater, r)
			}
		}
	}
	return f
}

// closer is the order that look describes; that of the reasons comes last, so
// that the order of the windows never tells.
func closer(m misses, open bool, r *row, than *sight) bool {
	switch {
	case m.count != than.least.count:
		return m.count < than.least.count
	case m.elsewhere != than.least.elsewhere:
		return !m.elsewhere
	case open != than.open:
		return open
	}
	return cmp.Or(r.earlier(than.closest), strings.Compare(string(m.first), string(than.least.first))) < 0
}
