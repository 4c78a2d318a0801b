package window

import "time"

// Zone is UTC+8, the one local time of the examinations.
func Zone() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

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

// Later moves both ends by the monotonic time that has gone by.
func (i Interval) Later(d time.Duration) Interval {
	if !i.Earliest.IsZero() {
		i.Earliest = i.Earliest.Add(d)
	}
	if i.Bounded {
		i.Latest = i.Latest.Add(d)
	}
	return i
}

// Sane puts a bounded interval with its ends in the wrong order right by
// trusting neither: it runs from the smaller to the greater.
func (i Interval) Sane() Interval {
	if i.Bounded && i.Latest.Before(i.Earliest) {
		i.Earliest, i.Latest = i.Latest, i.Earliest
	}
	return i
}

// within tells whether the whole interval lies in [from, to).
func (i Interval) within(from, to time.Time) bool {
	return i.Bounded && !i.Earliest.Before(from) && i.Latest.Before(to)
}

// touches tells whether any instant of the interval lies in [from, to).
func (i Interval) touches(from, to time.Time) bool {
	return i.Earliest.Before(to) && (!i.Bounded || !i.Latest.Before(from))
}
