package reconcile

import (
	"cmp"
	"hash/maphash"
	"slices"
	"time"
)

// Kind is in which direction money went.
type Kind uint8

// The kinds.
const (
	Payment Kind = iota + 1
	Refund
)

// Movement is one movement of money, as one side has it.
type Movement struct {
	Ref    uint32 // by which the caller finds it again; once in a side
	Kind   Kind
	Number []byte // the channel's own number: of a payment its transaction, of a refund the refund
	Order  []byte // our number of the order, as this side has it
	Fen    int64  // never negative
	At     time.Time
}

// Order is what somebody shall pay.
type Order struct {
	Ref    uint32 // by which the caller finds it again; once among the orders
	Number []byte
	Fee    int64     // fen
	State  State     //
	Since  time.Time // when it was closed or withdrawn
}

// State is how an order stands, apart from what was paid for it.
type State uint8

// The states.
const (
	Open      State = iota + 1 // may be paid, or has been
	Closed                     // its time is over
	Withdrawn                  // she withdrew, or her registration is void
)

// record is a movement of fixed size.
type record struct {
	number key
	order  key
	fen    int64
	at     int64 // seconds since 1970
	ref    uint32
	kind   Kind
	mark   mark
}

// bill is an order of fixed size.
type bill struct {
	number key
	fee    int64
	since  int64
	ref    uint32
	state  State
}

// key stands for a number.
type key struct{ hi, lo uint64 }

func (k key) compare(o key) int { return cmp.Or(cmp.Compare(k.hi, o.hi), cmp.Compare(k.lo, o.lo)) }

// mark is what is known of a record while the two sides are merged.
type mark uint8

const (
	alone  mark = iota // the other side has no such movement
	paired             // it has
	odd                // it was given a class that ends the questions
)

// Book collects the facts of a day. It is not for several goroutines.
type Book struct {
	one, two maphash.Seed
	booked   pile[record]
	stated   pile[record]
	orders   pile[bill]
}

// NewBook gives an empty book.
func NewBook() *Book { return &Book{one: maphash.MakeSeed(), two: maphash.MakeSeed()} }

// Booked adds what a verified notice or an answered query said.
func (b *Book) Booked(m Movement) { b.booked.add(b.record(m)) }

// Stated adds a line of the channel's file.
func (b *Book) Stated(m Movement) { b.stated.add(b.record(m)) }

// Order adds an order: of every one that a movement may be of, whatever its state.
func (b *Book) Order(o Order) {
	b.orders.add(bill{number: b.key(0, o.Number), fee: o.Fee, since: seconds(o.Since), ref: o.Ref, state: o.State})
}

func (b *Book) record(m Movement) record {
	return record{number: b.key(m.Kind, m.Number), order: b.key(0, m.Order), fen: m.Fen, at: seconds(m.At), ref: m.Ref, kind: m.Kind}
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// key hashes a number; those of payments and of refunds never meet.
func (b *Book) key(kind Kind, number []byte) key {
	var buf [96]byte
	text := append(append(buf[:0], byte(kind)), number...)
	return key{maphash.Bytes(b.one, text), maphash.Bytes(b.two, text)}
}

// pile grows without copying, so that a day of millions leaves no garbage behind.
type pile[T any] struct {
	blocks [][]T
	n      int
}

const block = 1 << 14 // records

func (p *pile[T]) add(v T) {
	if p.n%block == 0 {
		p.blocks = append(p.blocks, make([]T, 0, block))
	}
	last := &p.blocks[len(p.blocks)-1]
	*last = append(*last, v)
	p.n++
}

// sorted gives the records by key and empties the pile: scattered by the first
// bits, then each part sorted by itself.
func sorted[T any](p *pile[T], by func(*T) key, then func(a, b *T) int) []T {
	out := make([]T, p.n)
	starts := counted(p.blocks, by)
	at := starts
	for i, blk := range p.blocks {
		for j := range blk {
			part := by(&blk[j]).hi >> (64 - radix)
			out[at[part]] = blk[j]
			at[part]++
		}
		p.blocks[i] = nil
	}
	*p = pile[T]{}
	for part := range starts {
		slices.SortFunc(out[starts[part]:at[part]], func(a, b T) int {
			if c := by(&a).compare(by(&b)); c != 0 {
				return c
			}
			return then(&a, &b)
		})
	}
	return out
}

const radix = 12 // bits of the first scattering

// counted gives where each part begins.
func counted[T any](blocks [][]T, by func(*T) key) (starts [1 << radix]int) {
	for _, blk := range blocks {
		for j := range blk {
			starts[by(&blk[j]).hi>>(64-radix)]++
		}
	}
	sum := 0
	for i, n := range starts {
		starts[i], sum = sum, sum+n
	}
	return starts
}
