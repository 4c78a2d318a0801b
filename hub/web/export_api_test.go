package web

import (
	"time"

	"zhunkao/hub/progress"
)

// The paces of the API, and the least count that leaves the hub.
const (
	CallBurst        = callBurst
	RefusedPerMinute = refusedPerMinute
	MaxCallers       = maxCallers
	Smallest         = smallest
)

// Pace takes calls of whoever at whatever time, and tells how many callers are
// remembered.
func Pace() (take func(string, time.Time) time.Duration, size func() int) {
	var k callers
	return func(who string, at time.Time) time.Duration { return k.take(who, callsPerMinute, callBurst, at) },
		func() int { return len(k.left) }
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
