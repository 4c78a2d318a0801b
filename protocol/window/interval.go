package window

import "time"

// zone is made once; time.FixedZone allocates.
var zone = time.FixedZone("UTC+8", 8*60*60)

// Zone is UTC+8, the one local time of the examinations.
func Zone() *time.Location { return zone }

// Interval is what is known of now: it is not before Earliest and, when
// Bounded, not after Latest. Both ends belong to it. A zero Earliest means
// nothing is known of the lower end either; Latest means nothing unless Bounded.
type Interval struct {
	Earliest time.Time `cbor:"earliest" json:"earliest"`
	Latest   time.Time `cbor:"latest,omitzero" json:"latest,omitzero"`
	Bounded  bool      `cbor:"bounded" json:"bounded"`
}

// At is a now that is known exactly, as the hub's own clock is taken to be.
func At(t time.Time) Interval { return Interval{Earliest: t, Latest: t, Bounded: true} }

// Since is a now of which only a lower end is known.
func Since(t time.Time) Interval { return Interval{Earliest: t} }

// Widen lets both ends out by d, for a clock that may have drifted. A negative
// d changes nothing: evidence never gets better by itself.
func (i Interval) Widen(d time.Duration) Interval {
	i = i.Sane() // ends in the wrong order would be drawn together
	if d <= 0 {
		return i
	}
	if !i.Earliest.IsZero() {
		i.Earliest = i.Earliest.Add(-d)
	}
	if i.Bounded {
		i.Latest = i.Latest.Add(d)
	}
	return i
}

// Later moves both ends by the monotonic time that has gone by. A monotonic
// clock that seems to have gone back has told nothing but that it is no
// evidence: the lower end still holds, the upper one is lost.
func (i Interval) Later(d time.Duration) Interval {
	i = i.Sane()
	if d < 0 {
		return Since(i.Earliest)
	}
	if !i.Earliest.IsZero() {
		i.Earliest = i.Earliest.Add(d)
	}
	if i.Bounded {
		i.Latest = i.Latest.Add(d)
	}
	return i
}

// Sane puts a bounded interval with its ends in the wrong order right by
// trusting neither: it runs from the smaller to the greater. One that claims an
// upper end and has none contradicts itself, and nothing is known of it.
func (i Interval) Sane() Interval {
	switch {
	case !i.Bounded:
		i.Latest = time.Time{}
	case i.Latest.IsZero():
		return Interval{}
	case !i.Earliest.IsZero() && i.Latest.Before(i.Earliest):
		i.Earliest, i.Latest = i.Latest, i.Earliest
	}
	return i
}

// unknown tells whether neither end is known.
func (i Interval) unknown() bool { return i.Earliest.IsZero() && !i.Bounded }

// from tells whether the whole interval lies at t or after it.
func (i Interval) from(t time.Time) bool { return !i.Earliest.IsZero() && !i.Earliest.Before(t) }

// before tells whether the whole interval lies before t.
func (i Interval) before(t time.Time) bool { return i.Bounded && i.Latest.Before(t) }

// within tells whether the whole interval lies in [from, to).
func (i Interval) within(from, to time.Time) bool { return i.from(from) && i.before(to) }

// touches tells whether any instant of the interval lies in [from, to).
func (i Interval) touches(from, to time.Time) bool {
	return from.Before(to) && !i.from(to) && !i.before(from)
}

// queueDayBegins is when the day of a queue begins: who stands in it at midnight,
// when windows close, stands in the same queue still.
const queueDayBegins = 4 * time.Hour

// QueueDay is the day, 2006-01-02, to whose queue a moment belongs: it runs from
// four in the morning to four, in Zone.
func QueueDay(t time.Time) string { return t.In(zone).Add(-queueDayBegins).Format(time.DateOnly) }

// OnQueueDay tells whether any instant of the interval belongs to the queue of a
// day. A text that is no day is no day of anybody's.
func (i Interval) OnQueueDay(date string) bool {
	from, err := time.ParseInLocation(time.DateOnly, date, zone)
	from = from.Add(queueDayBegins)
	return err == nil && i.Sane().touches(from, from.Add(24*time.Hour))
}

// notAfter cuts off what lies after the latest end of other: this moment is
// known to be no later than that one. It reports false when nothing is left.
func (i Interval) notAfter(other Interval) (Interval, bool) {
	if !other.Bounded {
		return i, true
	}
	if !i.Earliest.IsZero() && other.Latest.Before(i.Earliest) {
		return Interval{}, false
	}
	if !i.Bounded || other.Latest.Before(i.Latest) {
		i.Latest, i.Bounded = other.Latest, true
	}
	return i, true
}
