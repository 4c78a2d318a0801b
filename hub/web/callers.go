package web

import "zhunkao/hub/web/guard"

// How often other systems may call: a token callBurst times at once and
// callsPerMinute in the long run; a source of refused tokens refusedPerMinute,
// so that nobody tries many. Each hub counts for itself.
const (
	callsPerMinute   = 120
	callBurst        = 60
	refusedPerMinute = 20
)

func callPace() guard.Rate { return guard.Rate{PerMinute: callsPerMinute, Burst: callBurst} }

func refusedPace() guard.Rate {
	return guard.Rate{PerMinute: refusedPerMinute, Burst: refusedPerMinute}
}
