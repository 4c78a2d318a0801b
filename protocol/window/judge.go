package window

import "time"

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
	return judge(compile(Latest(windows, step)), who, now)
}

// JudgeQueued is Judge for the holder of a queue token given out at the
// interval token; see Calendar.JudgeQueued.
func JudgeQueued(windows []Window, step Step, who Subject, now, token Interval) Verdict {
	return judgeQueued(compile(Latest(windows, step)), who, now, token)
}

func judge(rows []row, who Subject, now Interval) Verdict {
	if len(rows) == 0 {
		return Verdict{State: Closed, Reason: NoWindow}
	}
	now = now.Sane()
	var space [8]stretch
	hers := stretches(rows, &who, space[:0])
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
	return closed(rows, hers, &who, now)
}

func judgeQueued(rows []row, who Subject, now, token Interval) Verdict {
	v := judge(rows, who, now)
	if v.Accepts() || v.Reason == Paused || token.unknown() {
		return v
	}
	token, ok := token.Sane().notAfter(now.Sane())
	if !ok {
		return v
	}
	queued := judge(rows, who, token)
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
func closed(rows []row, hers []stretch, who *Subject, now Interval) Verdict {
	v := Verdict{State: Closed}
	var past, next, served *row
	var opening time.Time // the first opening, hours or no hours
	for _, s := range hers {
		if now.from(s.to) {
			if past == nil || s.to.After(v.Ended) {
				v.Ended, past = s.to, s.row
			}
			continue
		}
		if next == nil {
			opening, next = s.from, s.row
		}
		if first, ok := s.inHours(s.from); ok && (served == nil || first.Before(v.NextOpening)) {
			v.NextOpening, served = first, s.row
		}
	}
	if served == nil {
		v.NextOpening = opening // its hours never come, and hours do not refuse
	} else {
		next = served
	}
	near, m, any := look(rows, who, now)
	switch {
	case any.pausedNow != nil || any.pausedLater != nil && next == nil:
		by := any.pausedNow
		if by == nil {
			by = any.pausedLater
		}
		v.Reason, v.Window, v.Revision = Paused, by.window.ID, by.window.Revision
	case !any.hers || near.open && m.count == 1 && !m.elsewhere:
		v.Reason, v.Window, v.Revision = m.first, near.row.window.ID, near.row.window.Revision
	case next != nil && past != nil:
		v.Reason, v.Window, v.Revision = Between, next.window.ID, next.window.Revision
	case next != nil:
		v.Reason, v.Window, v.Revision = NotYet, next.window.ID, next.window.Revision
	default:
		v.Reason = Over
		if past != nil {
			v.Window, v.Revision = past.window.ID, past.window.Revision
		}
	}
	return v
}

// nearMiss is a window that is not hers, and whether it is open now.
type nearMiss struct {
	row  *row
	open bool
}

// found is what there is of windows that are hers.
type found struct {
	hers                   bool
	pausedNow, pausedLater *row
}

// look finds the window that is not hers but says most about why not: the one
// that misses her in the fewest things; of those alike, one at her own place
// before one elsewhere, and one that is open before one that is not.
func look(rows []row, who *Subject, now Interval) (nearMiss, misses, found) {
	var best nearMiss
	var least misses
	var f found
	for i := range rows {
		r := &rows[i]
		m := r.scope.misses(who)
		if m.count == 0 {
			f.hers = true
			for _, p := range r.pauses {
				switch {
				case now.touches(p.From, p.To):
					if f.pausedNow == nil {
						f.pausedNow = r
					}
				case !now.from(p.To) && f.pausedLater == nil:
					f.pausedLater = r
				}
			}
			continue
		}
		n := nearMiss{r, r.touchedBy(now)}
		if best.row == nil || nearer(n, m, best, least) {
			best, least = n, m
		}
	}
	return best, least, f
}

// nearer is the order that look describes. A reason that is open now and at her
// own place comes before all that are not, of those that miss one thing.
func nearer(a nearMiss, am misses, b nearMiss, bm misses) bool {
	switch {
	case am.count != bm.count:
		return am.count < bm.count
	case am.elsewhere != bm.elsewhere:
		return !am.elsewhere
	case a.open != b.open:
		return a.open
	}
	return a.row.window.ID == b.row.window.ID && a.row.window.From.Equal(b.row.window.From) && am.first < bm.first
}
