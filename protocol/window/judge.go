package window

import (
	"slices"
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

// Reason says why. Every state has one.
type Reason string

// Reasons.
const (
	InWindow         Reason = "in-window"         // open
	ClockUnsure      Reason = "clock-unsure"      // undecidable
	QueueToken       Reason = "queue-token"       // after the close, but queued while it was open
	NotYet           Reason = "not-yet"           // closed; NextOpening says when
	Between          Reason = "between"           // closed between two windows; NextOpening says when
	Over             Reason = "over"              // closed for good
	NoWindow         Reason = "no-window"         // this campaign has no window for this step
	WrongDivision    Reason = "wrong-division"    // open now, but for points of another division
	WrongPoint       Reason = "wrong-point"       // open now, but at other points
	WrongLevel       Reason = "wrong-level"       // open now, but for other levels
	WrongCategory    Reason = "wrong-category"    // open now, but for other categories
	WrongHousehold   Reason = "wrong-household"   // open now, but only for households of another place
	HouseholdUnknown Reason = "household-unknown" // open now for some households; hers is not given
)

// Verdict is what Judge found.
type Verdict struct {
	State        State     `cbor:"state" json:"state"`
	Reason       Reason    `cbor:"reason" json:"reason"`
	Until        time.Time `cbor:"until,omitzero" json:"until,omitzero"`                   // close of the window that is or may be open
	NextOpening  time.Time `cbor:"next_opening,omitzero" json:"next_opening,omitzero"`     // first moment served without a warning; zero when there is none
	OutsideHours bool      `cbor:"outside_hours,omitempty" json:"outside_hours,omitempty"` // warn only
	Window       string    `cbor:"window,omitempty" json:"window,omitempty"`               // id of the window that decided
	Revision     uint32    `cbor:"revision,omitempty" json:"revision,omitempty"`
}

// Accepts holds for open and undecidable: the person is served.
func (v Verdict) Accepts() bool { return v.State == Open || v.State == Undecidable }

// Judge says whether a step is open for a subject, given what is known of now.
// Windows that follow one another without a gap count as one, so a clock that
// is unsure of the boundary between them is no obstacle.
func Judge(windows []Window, step Step, who Subject, now Interval) Verdict {
	now = now.Sane()
	valid := Latest(windows, step)
	if len(valid) == 0 {
		return Verdict{State: Closed, Reason: NoWindow}
	}
	var hers []Window
	for _, w := range valid {
		if len(w.Scope.misses(who)) == 0 {
			hers = append(hers, w)
		}
	}
	for _, s := range spans(hers) {
		if !now.touches(s.from, s.to) {
			continue
		}
		w := s.deciding(now)
		v := Verdict{State: Open, Reason: InWindow, Until: s.to, Window: w.ID, Revision: w.Revision, OutsideHours: outsideHours(w.Hours, now)}
		if !now.within(s.from, s.to) {
			v.State, v.Reason = Undecidable, ClockUnsure
		}
		return v
	}
	return closed(valid, hers, who, now)
}

// JudgeQueued is Judge for the holder of a queue token given out at the
// interval token: who queued while the window was or may have been open is
// served after its close (design, section 2 "Time"). The token is sealed with
// the record, so the hub can judge again.
func JudgeQueued(windows []Window, step Step, who Subject, now, token Interval) Verdict {
	v := Judge(windows, step, who, now)
	if v.Accepts() {
		return v
	}
	queued := Judge(windows, step, who, token)
	if !queued.Accepts() || now.Sane().Earliest.Before(token.Sane().Earliest) {
		return v
	}
	queued.Reason = QueueToken
	queued.OutsideHours = false
	return queued
}

// Latest gives the windows of a step, each ID in its highest revision, by From.
func Latest(windows []Window, step Step) []Window {
	best := make(map[string]int, len(windows)) // index in windows
	for i, w := range windows {
		if old, ok := best[w.ID]; !ok || w.Revision > windows[old].Revision {
			best[w.ID] = i
		}
	}
	n := 0
	for _, i := range best {
		if windows[i].Step == step {
			n++
		}
	}
	out := make([]Window, 0, n)
	for _, i := range best {
		if windows[i].Step == step {
			out = append(out, windows[i])
		}
	}
	slices.SortFunc(out, func(a, b Window) int {
		if c := a.From.Compare(b.From); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// closed finds the reason and the next opening.
func closed(valid, hers []Window, who Subject, now Interval) Verdict {
	v := Verdict{State: Closed, Reason: Over}
	before := false
	for _, s := range spans(hers) {
		// No span touches now, so each lies wholly before it or wholly after.
		if !s.to.After(now.Earliest) {
			before = true
			continue
		}
		if v.NextOpening.IsZero() {
			v.NextOpening = s.windows[0].firstServed()
		}
	}
	switch {
	case !v.NextOpening.IsZero() && before:
		v.Reason = Between
	case !v.NextOpening.IsZero():
		v.Reason = NotYet
	}
	// A window open now that misses her in one thing says more than a date. One
	// at her own place says more than one elsewhere.
	var open []Window
	for _, w := range valid {
		if now.touches(w.From, w.To) {
			open = append(open, w)
		}
	}
	if w, misses := nearest(open, who); len(misses) == 1 {
		v.Reason, v.Window, v.Revision = misses[0], w.ID, w.Revision
	} else if len(hers) == 0 {
		_, misses := nearest(valid, who)
		v.Reason = misses[0]
	}
	return v
}

// nearest finds the window whose scope misses her in the fewest things; of two
// alike, the one that is at her place. It gives nothing for no windows.
func nearest(windows []Window, who Subject) (Window, []Reason) {
	var best Window
	var least []Reason
	elsewhere := func(misses []Reason) bool {
		return slices.Contains(misses, WrongDivision) || slices.Contains(misses, WrongPoint)
	}
	for _, w := range windows {
		misses := w.Scope.misses(who)
		if least == nil || len(misses) < len(least) || len(misses) == len(least) && elsewhere(least) && !elsewhere(misses) {
			best, least = w, misses
		}
	}
	return best, least
}

// span is a run of windows without a gap between them.
type span struct {
	from, to time.Time
	windows  []Window
}

func spans(windows []Window) []span {
	var out []span
	for _, w := range windows {
		if !w.From.Before(w.To) {
			continue // refused when a campaign is loaded; here it just never opens
		}
		if n := len(out); n > 0 && !w.From.After(out[n-1].to) {
			last := &out[n-1]
			last.windows = append(last.windows, w)
			if w.To.After(last.to) {
				last.to = w.To
			}
			continue
		}
		out = append(out, span{w.From, w.To, []Window{w}})
	}
	return out
}

// deciding is the first window of the span that now touches.
func (s span) deciding(now Interval) Window {
	for _, w := range s.windows {
		if now.touches(w.From, w.To) {
			return w
		}
	}
	return s.windows[0]
}

// outsideHours warns only when no instant of now lies in any of the hours; an
// unbounded or day-long now proves nothing.
func outsideHours(hours []Hours, now Interval) bool {
	if len(hours) == 0 || !now.Bounded || now.Latest.Sub(now.Earliest) >= 24*time.Hour {
		return false
	}
	local := now.Earliest.In(Zone())
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, Zone())
	for day := range 2 {
		for _, h := range hours {
			from := midnight.Add(time.Duration(day)*24*time.Hour + time.Duration(h.From)*time.Minute)
			if now.touches(from, from.Add((time.Duration(h.To)-time.Duration(h.From))*time.Minute)) {
				return false
			}
		}
	}
	return true
}
