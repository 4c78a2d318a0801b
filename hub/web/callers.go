package web

import (
	"math"
	"sync"
	"time"
)

// How often other systems may call: a token callBurst times at once and
// callsPerMinute in the long run; a source of refused tokens refusedPerMinute,
// so that nobody tries many. Each hub counts for itself.
const (
	callsPerMinute   = 120
	callBurst        = 60
	refusedPerMinute = 20
	maxCallers       = 4096
)

// callers counts calls by token id, and refusals by source. The zero value is
// ready.
type callers struct {
	mu   sync.Mutex // guards the rest
	left map[string]bucket
}

// bucket holds what may still be called; it fills by itself.
type bucket struct {
	left float64
	at   time.Time
}

// peek reports how long who must wait before one more, without counting it.
func (k *callers) peek(who string, perMinute, burst float64, now time.Time) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return untilOne(k.at(who, perMinute, burst, now).left, perMinute)
}

// take counts one call, or says how long to wait.
func (k *callers) take(who string, perMinute, burst float64, now time.Time) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	b := k.at(who, perMinute, burst, now)
	if b.left < 1 {
		return untilOne(b.left, perMinute)
	}
	b.left--
	if k.left == nil {
		k.left = map[string]bucket{}
	}
	if _, known := k.left[who]; !known && len(k.left) >= maxCallers {
		k.forget(now)
	}
	k.left[who] = b
	return 0
}

func untilOne(left, perMinute float64) time.Duration {
	if left >= 1 {
		return 0
	}
	return time.Duration(math.Ceil((1-left)*60/perMinute)) * time.Second
}

// at gives the bucket of who as it is now. The lock is held.
func (k *callers) at(who string, perMinute, burst float64, now time.Time) bucket {
	b, known := k.left[who]
	if !known {
		return bucket{left: burst, at: now}
	}
	return bucket{left: min(burst, b.left+max(0, now.Sub(b.at).Seconds())*perMinute/60), at: now}
}

// forget drops those who have not called for a minute; when all have, anybody:
// the bound of memory goes before. The lock is held.
func (k *callers) forget(now time.Time) {
	for who, b := range k.left {
		if now.Sub(b.at) > time.Minute {
			delete(k.left, who)
		}
	}
	for who := range k.left {
		if len(k.left) < maxCallers {
			return
		}
		delete(k.left, who)
	}
}
