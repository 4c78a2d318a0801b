package measure

import (
	"math"
	"slices"
	"sync/atomic"
	"time"
)

// Histogram counts values by range. It is safe for concurrent use; make it with
// New.
type Histogram struct {
	bounds []float64 // ascending; a value belongs to the first that is not below it
	counts []atomic.Uint64
	sum    atomic.Uint64 // bits of a float64
}

// New makes a histogram with upper bounds, ascending and inclusive; values above
// the last are counted too. Bounds out of order are our own mistake.
func New(bounds ...float64) *Histogram {
	if !slices.IsSorted(bounds) {
		panic("measure: bounds are not ascending")
	}
	return &Histogram{bounds: bounds, counts: make([]atomic.Uint64, len(bounds)+1)}
}

// Seconds makes a histogram for what takes from a tenth of a millisecond to ten
// seconds.
func Seconds() *Histogram {
	return New(.0001, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10)
}

// Observe counts one value; the zero pointer forgets it.
func (h *Histogram) Observe(v float64) {
	if h == nil {
		return
	}
	i, _ := slices.BinarySearch(h.bounds, v)
	h.counts[i].Add(1)
	for {
		old := h.sum.Load()
		if h.sum.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+v)) {
			return
		}
	}
}

// Since counts the seconds that went by since began.
func (h *Histogram) Since(began time.Time) { h.Observe(time.Since(began).Seconds()) }

// Reading is a histogram at one moment.
type Reading struct {
	Count uint64
	Sum   float64
	Up    map[float64]uint64 // how many were not above each bound
}

// Read takes a reading. The zero pointer reads as nothing observed.
func (h *Histogram) Read() Reading {
	r := Reading{Up: map[float64]uint64{}}
	if h == nil {
		return r
	}
	for i, b := range h.bounds {
		r.Count += h.counts[i].Load()
		r.Up[b] = r.Count
	}
	r.Count += h.counts[len(h.bounds)].Load()
	r.Sum = math.Float64frombits(h.sum.Load())
	return r
}
