package statement

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// repeats finds movements that stand in a file twice. It keeps 24 bytes a
// movement: two keyed hashes of its number, so that nobody can make two numbers
// meet, and its line.
type repeats struct {
	one, two maphash.Seed
	blocks   [][]repeat // so that growing leaves no garbage
	n        int
}

const block = 1 << 14 // movements

type repeat struct {
	hi, lo uint64
	line   int
}

func newRepeats() *repeats { return &repeats{one: maphash.MakeSeed(), two: maphash.MakeSeed()} }

func (r *repeats) add(kind Kind, number []byte, line int) {
	var buf [96]byte
	key := append(append(append(buf[:0], kind...), 0), number...)
	if r.n%block == 0 {
		r.blocks = append(r.blocks, make([]repeat, 0, block))
	}
	r.n++
	last := &r.blocks[len(r.blocks)-1]
	*last = append(*last, repeat{hi: maphash.Bytes(r.one, key), lo: maphash.Bytes(r.two, key), line: line})
}

// each calls f for every line whose movement stands in an earlier one.
func (r *repeats) each(f func(again, first int)) {
	keys := make([]repeat, 0, r.n)
	for _, b := range r.blocks {
		keys = append(keys, b...)
	}
	r.blocks = nil
	slices.SortFunc(keys, func(a, b repeat) int {
		return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo), cmp.Compare(a.line, b.line))
	})
	first := 0
	for i := 1; i < len(keys); i++ {
		if a, b := keys[first], keys[i]; a.hi != b.hi || a.lo != b.lo {
			first = i
			continue
		}
		f(keys[i].line, keys[first].line)
	}
}
