package window

import "time"

// Hours are daily hours [From, To) in minutes after local midnight, up to
// 24*60. Outside them one is warned, never refused (domain §0: 8–12 and 15–18).
type Hours struct {
	From uint16 `cbor:"from" json:"from"`
	To   uint16 `cbor:"to" json:"to"`
}

const day = 24 * time.Hour

// midnight is the last local midnight not after t.
func midnight(t time.Time) time.Time {
	s := t.Unix() + 8*60*60 // seconds of the local calendar
	s -= ((s % 86400) + 86400) % 86400
	return time.Unix(s-8*60*60, 0).In(zone)
}

// firstIn is the first instant not before t that lies in the hours. Without
// hours every instant does. It reports false when they never come: all of them
// are empty. What reaches beyond midnight ends there.
func firstIn(hours []Hours, t time.Time) (time.Time, bool) {
	if len(hours) == 0 {
		return t, true
	}
	var first time.Time
	today := midnight(t)
	for _, h := range hours {
		if h.To = min(h.To, 24*60); h.From >= h.To {
			continue
		}
		from, to := today.Add(time.Duration(h.From)*time.Minute), today.Add(time.Duration(h.To)*time.Minute)
		switch {
		case !t.Before(to):
			from = from.Add(day) // over for today; UTC+8 has no day of another length
		case from.Before(t):
			from = t
		}
		if first.IsZero() || from.Before(first) {
			first = from
		}
	}
	return first, !first.IsZero()
}

// inHours is the first instant of the stretch, not before t, that lies in the
// daily hours of its window; false when there is none.
func (s stretch) inHours(t time.Time) (time.Time, bool) {
	if t.IsZero() || t.Before(s.from) {
		t = s.from
	}
	first, ok := firstIn(s.row.window.Hours, t)
	return first, ok && first.Before(s.to)
}

// mayServe tells whether any instant of now lies in the stretch and in its
// hours.
func (s stretch) mayServe(now Interval) bool {
	first, ok := s.inHours(now.Earliest)
	return ok && !now.before(first)
}
