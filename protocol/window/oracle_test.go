package window_test

import (
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/window"
)

// The oracle decides by the definition alone: it walks every instant at which
// anything can change, with the one before and the one after, and asks of each.

// force are the windows in force: highest revision, not withdrawn.
func force(windows []window.Window, step window.Step) []window.Window {
	var out []window.Window
	for _, w := range windows {
		if w.Step != step || w.Withdrawn || !w.From.Before(w.To) {
			continue
		}
		if !slices.ContainsFunc(windows, func(o window.Window) bool { return o.ID == w.ID && o.Revision > w.Revision }) {
			out = append(out, w)
		}
	}
	return out
}

// within tells by arithmetic on the number whether a code lies in a division.
func within(divisions []string, code string) bool {
	return len(divisions) == 0 || slices.ContainsFunc(divisions, func(d string) bool {
		return d == code || len(code) == 6 && (len(d) == 6 && strings.TrimSuffix(d, "00") == code[:4] || d == code[:2]+"0000")
	})
}

func isNamed(list []string, code string) bool {
	return len(list) == 0 || code != "" && slices.Contains(list, code)
}

// missed lists the dimensions that a subject misses, as reasons.
func missed(s window.Scope, who window.Subject) []window.Reason {
	var out []window.Reason
	for _, d := range []struct {
		ok      bool
		code    string
		no, not window.Reason
	}{
		{within(s.Divisions, who.Division), who.Division, window.WrongDivision, window.DivisionUnknown},
		{isNamed(s.Points, who.Point), who.Point, window.WrongPoint, window.PointUnknown},
		{isNamed(s.Levels, who.Level), who.Level, window.WrongLevel, window.LevelUnknown},
		{isNamed(s.Categories, who.Category), who.Category, window.WrongCategory, window.CategoryUnknown},
		{within(s.Households, who.Household), who.Household, window.WrongHousehold, window.HouseholdUnknown},
		{isNamed(s.Digits, who.Digit), who.Digit, window.WrongDigit, window.DigitUnknown},
	} {
		switch {
		case d.ok:
		case d.code == "":
			out = append(out, d.not)
		default:
			out = append(out, d.no)
		}
	}
	return out
}

func inTime(w window.Window, t time.Time) bool { return !t.Before(w.From) && t.Before(w.To) }

func isPaused(w window.Window, t time.Time) bool {
	return slices.ContainsFunc(w.Pauses, func(p window.Pause) bool {
		return !t.Before(p.From) && (p.To.IsZero() || t.Before(p.To))
	})
}

func isOpen(w window.Window, t time.Time) bool { return inTime(w, t) && !isPaused(w, t) }

func inHours(w window.Window, t time.Time) bool {
	local := t.In(time.FixedZone("", 8*3600))
	minute := local.Hour()*60 + local.Minute()
	return len(w.Hours) == 0 || slices.ContainsFunc(w.Hours, func(h window.Hours) bool { return int(h.From) <= minute && minute < int(h.To) })
}

// instants are all moments at which something can change, and their
// neighbours; with one before and one after them all.
func instants(windows []window.Window, now ...window.Interval) []time.Time {
	var marks []time.Time
	for _, w := range windows {
		marks = append(marks, w.From, w.To)
		for _, p := range w.Pauses {
			marks = append(marks, p.From, p.To)
		}
		if !w.From.Before(w.To) {
			continue
		}
		for day := w.From.Add(-48 * time.Hour).UTC().Truncate(24 * time.Hour); day.Before(w.To.Add(48 * time.Hour)); day = day.Add(24 * time.Hour) {
			for _, h := range append(w.Hours, window.Hours{}) {
				for _, m := range []uint16{h.From, h.To, 24 * 60} {
					marks = append(marks, day.Add(time.Duration(m)*time.Minute-8*time.Hour))
				}
			}
		}
	}
	for _, i := range now {
		marks = append(marks, i.Earliest, i.Latest)
	}
	marks = slices.DeleteFunc(marks, time.Time.IsZero)
	if len(marks) == 0 {
		return nil
	}
	slices.SortFunc(marks, time.Time.Compare)
	marks = slices.CompactFunc(marks, time.Time.Equal)
	out := []time.Time{marks[0].Add(-time.Hour)}
	for _, m := range marks {
		out = append(out, m.Add(-1), m, m.Add(1))
	}
	return append(out, marks[len(marks)-1].Add(time.Hour))
}

// finding is what the oracle says of one now.
type finding struct {
	state   window.State
	reasons []window.Reason // any of these will do
	next    time.Time
	ended   time.Time
	outside bool
}

func oracle(windows []window.Window, step window.Step, who window.Subject, now window.Interval) finding {
	if now.Bounded && !now.Earliest.IsZero() && now.Latest.Before(now.Earliest) {
		now.Earliest, now.Latest = now.Latest, now.Earliest
	}
	valid := force(windows, step)
	var hers, others []window.Window
	for _, w := range valid {
		if len(missed(w.Scope, who)) == 0 {
			hers = append(hers, w)
		} else {
			others = append(others, w)
		}
	}
	f := finding{outside: true}
	var someOpen, someClosed, pausedNow, pausedLater bool
	var nextOpen time.Time
	var near []window.Reason
	for _, t := range instants(windows, now) {
		before := !now.Earliest.IsZero() && t.Before(now.Earliest)
		after := now.Bounded && t.After(now.Latest)
		open, served, paused := false, false, false
		for _, w := range hers {
			open = open || isOpen(w, t)
			served = served || isOpen(w, t) && inHours(w, t)
			paused = paused || inTime(w, t) && isPaused(w, t)
		}
		switch {
		case before:
			if open {
				f.ended = t.Add(1) // the last open instant is one before a mark
			}
		case after:
			if open && nextOpen.IsZero() {
				nextOpen = t
			}
			if served && f.next.IsZero() {
				f.next = t
			}
			pausedLater = pausedLater || paused
		default:
			someOpen, someClosed = someOpen || open, someClosed || !open
			pausedNow = pausedNow || paused
			f.outside = f.outside && !served
			for _, w := range others {
				if m := missed(w.Scope, who); isOpen(w, t) && len(m) == 1 && !place(m[0]) {
					near = append(near, m[0])
				}
			}
		}
	}
	if f.next.IsZero() {
		f.next = nextOpen
	}
	switch {
	case someOpen && !someClosed:
		f.state, f.reasons = window.Open, []window.Reason{window.InWindow}
	case someOpen:
		f.state, f.reasons = window.Undecidable, []window.Reason{window.ClockUnsure}
	default:
		f.state = window.Closed
	}
	if someOpen {
		f.next, f.ended = time.Time{}, time.Time{}
		return f
	}
	f.outside = false
	switch {
	case len(valid) == 0:
		f.reasons = []window.Reason{window.NoWindow}
	case pausedNow, pausedLater && f.next.IsZero():
		f.reasons = []window.Reason{window.Paused}
	case len(hers) == 0:
		least := 99
		for _, w := range others {
			least = min(least, len(missed(w.Scope, who)))
		}
		for _, w := range others {
			if m := missed(w.Scope, who); len(m) == least {
				f.reasons = append(f.reasons, m[0])
			}
		}
		if least == 1 && slices.ContainsFunc(f.reasons, func(r window.Reason) bool { return !place(r) }) {
			f.reasons = slices.DeleteFunc(f.reasons, place) // her own place says more
		}
		if least == 1 && len(near) > 0 {
			f.reasons = near // and what is open there says most
		}
	case len(near) > 0:
		f.reasons = near
	case !f.next.IsZero() && !f.ended.IsZero():
		f.reasons = []window.Reason{window.Between}
	case !f.next.IsZero():
		f.reasons = []window.Reason{window.NotYet}
	default:
		f.reasons = []window.Reason{window.Over}
	}
	return f
}

func place(r window.Reason) bool {
	return r == window.WrongDivision || r == window.WrongPoint || r == window.DivisionUnknown || r == window.PointUnknown
}
