package window

import (
	"slices"
	"time"
)

// Opening is a time [From, To) in which a step is served without a break.
type Opening struct{ From, To time.Time }

// Openings lists when a step is served for a subject, from a moment on and for
// at most so many days: its windows without their pauses, within their daily
// hours. Parts that touch are one. A window without hours is served day and
// night.
func (c *Calendar) Openings(step Step, who Subject, from time.Time, days int) []Opening {
	t, ok := c.steps[step]
	if !ok {
		return nil
	}
	last := midnight(from).Add(time.Duration(days) * day)
	var out []Opening
	add := func(a, b time.Time) {
		if a.Before(from) {
			a = from
		}
		if b.After(last) {
			b = last
		}
		if a.Before(b) {
			out = append(out, Opening{a, b})
		}
	}
	for _, s := range stretches(t.near(&who, nil), &who, nil) {
		hours := s.row.window.Hours
		if len(hours) == 0 {
			add(s.from, s.to)
			continue
		}
		for d := midnight(later(s.from, from)); d.Before(s.to) && d.Before(last); d = d.Add(day) {
			for _, h := range hours {
				a, b := d.Add(time.Duration(h.From)*time.Minute), d.Add(time.Duration(min(h.To, 24*60))*time.Minute)
				add(later(a, s.from), earlier(b, s.to))
			}
		}
	}
	slices.SortFunc(out, func(a, b Opening) int { return a.From.Compare(b.From) })
	merged := out[:0]
	for _, o := range out {
		if n := len(merged); n > 0 && !o.From.After(merged[n-1].To) {
			merged[n-1].To = later(merged[n-1].To, o.To)
			continue
		}
		merged = append(merged, o)
	}
	return merged
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
