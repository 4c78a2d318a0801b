package remembered

import (
	"encoding/binary"
	"testing"
)

// However many come, no more than so many are held, and who comes is.
func TestBounded(t *testing.T) {
	var r Sessions[int]
	hash := func(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
	for n := range 3 * most {
		r.Put(hash(n), n)
		if got, ok := r.Get(hash(n)); !ok || got != n {
			t.Fatalf("session %d is not held: %d, %v", n, got, ok)
		}
		if len(r.all) > most {
			t.Fatalf("%d are held, want at most %d", len(r.all), most)
		}
	}
	r.Drop(hash(3*most - 1))
	if _, ok := r.Get(hash(3*most - 1)); ok {
		t.Error("dropped, it is held")
	}
}
