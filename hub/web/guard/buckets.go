package guard

import (
	"math"
	"sync"
	"time"
)

// Rate is how often something may be done: Burst times at once, and PerMinute
// times a minute in the long run.
type Rate struct{ PerMinute, Burst float64 }

// maxBuckets bounds how many buckets are held, twice over: see Buckets.
const maxBuckets = 1 << 15

// Buckets are token buckets by key. The zero value is ready and safe for
// concurrent use. At most two generations of maxBuckets are held; when the
// younger is full the elder is forgotten, and with it only who has not been
// counted while maxBuckets others were. The keys are hashed by no one here:
// what names a person must not be one.
type Buckets struct {
	mu         sync.Mutex // guards the rest
	young, old map[string]bucket
	most       int // of a generation; 0 is maxBuckets
}

// bucket holds what may still be done; it fills by itself.
type bucket struct {
	left float64
	at   time.Time
}

// Peek reports how long who must wait before one more, without counting it.
func (k *Buckets) Peek(who string, r Rate, now time.Time) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return r.untilOne(k.at(who, r, now).left)
}

// Take counts one, or says how long to wait and counts nothing.
func (k *Buckets) Take(who string, r Rate, now time.Time) time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	b := k.at(who, r, now)
	if b.left < 1 {
		k.keep(who, b)
		return r.untilOne(b.left)
	}
	b.left--
	k.keep(who, b)
	return 0
}

// untilOne is how long until a bucket with so much left holds one.
func (r Rate) untilOne(left float64) time.Duration {
	if left >= 1 {
		return 0
	}
	return time.Duration(math.Ceil((1-left)*60/r.PerMinute)) * time.Second
}

// at gives the bucket of who as it is now. The lock is held.
func (k *Buckets) at(who string, r Rate, now time.Time) bucket {
	b, known := k.young[who]
	if !known {
		b, known = k.old[who]
	}
	if !known {
		return bucket{left: r.Burst, at: now}
	}
	return bucket{left: min(r.Burst, b.left+max(0, now.Sub(b.at).Seconds())*r.PerMinute/60), at: now}
}

// keep puts a bucket into the younger generation. The lock is held.
func (k *Buckets) keep(who string, b bucket) {
	most := k.most
	if most == 0 {
		most = maxBuckets
	}
	if _, known := k.young[who]; !known && len(k.young) >= most {
		k.old, k.young = k.young, nil
	}
	if k.young == nil {
		k.young = map[string]bucket{}
	}
	k.young[who] = b
}

// size is how many buckets are held.
func (k *Buckets) size() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.young) + len(k.old)
}
