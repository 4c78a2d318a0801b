package measure

import (
	"math"
	"sync"
	"testing"
)

// TestRanges: a bound is inclusive, what is above all is counted, and nothing
// is lost when many observe at once.
func TestRanges(t *testing.T) {
	h := New(1, 2, 5)
	for _, v := range []float64{0, 1, 1.5, 2, 5, 5.001, 900} {
		h.Observe(v)
	}
	r := h.Read()
	if r.Count != 7 || r.Up[1] != 2 || r.Up[2] != 4 || r.Up[5] != 5 || math.Abs(r.Sum-914.501) > 1e-9 {
		t.Errorf("got %+v", r)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				h.Observe(.5)
			}
		})
	}
	wg.Wait()
	if r := h.Read(); r.Count != 8007 || math.Abs(r.Sum-4914.501) > 1e-6 {
		t.Errorf("after many at once: %+v", r)
	}
	var none *Histogram
	if r := none.Read(); r.Count != 0 {
		t.Errorf("nothing reads as %+v", r)
	}
}

// TestBoundsOutOfOrder: our own mistake shows at once.
func TestBoundsOutOfOrder(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("bounds out of order were taken")
		}
	}()
	New(2, 1)
}
