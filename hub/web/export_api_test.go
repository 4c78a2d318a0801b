package web

import (
	"time"

	"zhunkao/hub/progress"
	"zhunkao/hub/web/guard"
)

// The paces of the API, and the least count that leaves the hub.
const (
	CallBurst        = callBurst
	RefusedPerMinute = refusedPerMinute
	Smallest         = smallest
)

// Pace takes calls of whoever at whatever time.
func Pace() (take func(string, time.Time) time.Duration) {
	var k guard.Buckets
	return func(who string, at time.Time) time.Duration { return k.Take(who, callPace(), at) }
}

// HideSmall is hideSmall of one column.
func HideSmall(total progress.Figures, keys []string, rows []progress.Figures) (*int64, []*int64) {
	sum, items := hideSmall(total, keys, rows)
	var out []*int64
	for _, i := range items {
		out = append(out, i.Registered)
	}
	return sum.Registered, out
}
