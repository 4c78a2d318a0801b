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
	keys     []repeat
}

type repeat struct {
	hi, lo uint64
	line   int
}

func newRepeats() *repeats { return &repeats{one: maphash.MakeSeed(), two: maphash.MakeSeed()} }

func (r *repeats) add(kind Kind, number []byte, line int) {
	var buf [96]byte
	key := append(append(append(buf[:0], kind...), 0), number...)
	r.keys = append(r.keys, repeat{hi: maphash.Bytes(r.one, key), lo: maphash.Bytes(r.two, key), line: line})
}

// each calls f for every line whose movement stands in an earlier one.
func (r *repeats) each(f func(again, first int)) {
	slices.SortFunc(r.keys, func(a, b repeat) int {
		return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo), cmp.Compare(a.line, b.line))
	})
	first := 0
	for i := 1; i < len(r.keys); i++ {
		if a, b := r.keys[first], r.keys[i]; a.hi != b.hi || a.lo != b.lo {
			first = i
			continue
		}
		f(r.keys[i].line, r.keys[first].line)
	}
}
