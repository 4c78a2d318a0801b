package reconcile

import (
	"cmp"
	"errors"
	"hash/maphash"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
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
	Settled                    // paid by a movement of another day, or waived: whatever is stated now comes again
)

// record is a movement of fixed size: 48 bytes.
type record struct {
	number key
	order  key
	fen    uint32
	at     uint32 // seconds since 1970
	ref    uint32
	pair   uint32 // of a stated one that is paired: its booking
	kind   Kind
	paired bool
}

// bill is an order of fixed size: 32 bytes.
type bill struct {
	number key
	fee    uint32
	since  uint32
	ref    uint32
	state  State
}

// key stands for a number.
type key struct{ hi, lo uint64 }

func (k key) compare(o key) int {
	if c := cmp.Compare(k.hi, o.hi); c != 0 {
		return c
	}
	return cmp.Compare(k.lo, o.lo)
}

// Book collects the facts of a day. It is not for several goroutines.
type Book struct {
	one, two maphash.Seed
	booked   pile[record]
	stated   pile[record]
	orders   pile[bill]
}

// NewBook gives an empty book.
func NewBook() *Book { return &Book{one: maphash.MakeSeed(), two: maphash.MakeSeed()} }

// ErrAmount says that an amount is negative, or beyond 42,949,672.95 yuan, or that a
// time lies before 1970 or after 2106. Nothing was added.
var ErrAmount = errors.New("reconcile: no such amount or time")

// Booked adds what a verified notice or an answered query said.
func (b *Book) Booked(m Movement) error { return b.add(&b.booked, m) }

// Stated adds a line of the channel's file.
func (b *Book) Stated(m Movement) error { return b.add(&b.stated, m) }

// Order adds an order: every one that a movement may be of, whatever its state.
func (b *Book) Order(o Order) error {
	fee, ok1 := small(o.Fee)
	since, ok2 := seconds(o.Since)
	if !ok1 || !ok2 {
		return ErrAmount
	}
	b.orders.add(bill{number: b.key(0, o.Number), fee: fee, since: since, ref: o.Ref, state: o.State})
	return nil
}

func (b *Book) add(side *pile[record], m Movement) error {
	fen, ok1 := small(m.Fen)
	at, ok2 := seconds(m.At)
	if !ok1 || !ok2 {
		return ErrAmount
	}
	side.add(record{number: b.key(m.Kind, m.Number), order: b.key(0, m.Order), fen: fen, at: at, ref: m.Ref, kind: m.Kind})
	return nil
}

func small(n int64) (uint32, bool) { return uint32(n), n >= 0 && n <= math.MaxUint32 }

func seconds(t time.Time) (uint32, bool) {
	if t.IsZero() {
		return 0, true
	}
	return small(t.Unix())
}

// key hashes a number; those of payments and of refunds never meet.
func (b *Book) key(kind Kind, number []byte) key {
	var buf [96]byte
	text := append(append(buf[:0], byte(kind)), number...)
	return key{maphash.Bytes(b.one, text), maphash.Bytes(b.two, text)}
}

// pile holds records in blocks: it grows without copying, and is sorted where it lies,
// so that a day of millions leaves no garbage behind and needs no second array.
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

// taken gives the records and leaves the pile empty.
func (p *pile[T]) taken() pile[T] {
	all := *p
	*p = pile[T]{}
	return all
}

func (p *pile[T]) at(i int) *T { return &p.blocks[i/block][i%block] }

// cut keeps the first n.
func (p *pile[T]) cut(n int) {
	p.blocks = p.blocks[:(n+block-1)/block]
	if n%block > 0 {
		last := &p.blocks[len(p.blocks)-1]
		*last = (*last)[:n%block]
	}
	p.n = n
}

// each walks the records.
func (p *pile[T]) each(f func(*T)) {
	for _, b := range p.blocks {
		for i := range b {
			f(&b[i])
		}
	}
}

const radix = 12 // bits of the first exchange

// sort puts the records in order of their keys, where they lie: each is exchanged into
// the part that the first bits of its key name, then the parts are sorted, several at a
// time.
//
// less takes values: what is given by address to a function that is not known here
// is allocated, twice for every comparison.
func (p *pile[T]) sort(by func(*T) key, less func(a, b T) int) {
	part := func(v *T) int { return int(by(v).hi >> (64 - radix)) } // #nosec G115 -- radix bits
	var starts [1<<radix + 1]int
	p.each(func(v *T) { starts[part(v)+1]++ })
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	at := starts
	for here := range 1 << radix {
		for ; at[here] < starts[here+1]; at[here]++ {
			v := p.at(at[here])
			for to := part(v); to != here; to = part(v) {
				w := p.at(at[to])
				at[to]++
				*v, *w = *w, *v
			}
		}
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 8) {
		workers.Go(func() {
			var room []T
			for i := next.Add(1) - 1; i < 1<<radix; i = next.Add(1) - 1 {
				room = p.sortPart(starts[i], starts[i+1], room, less)
			}
		})
	}
	workers.Wait()
}

// sortPart sorts records that lie beside each other. Those on either side of the end
// of a block are brought together in room, which it gives back for the next.
func (p *pile[T]) sortPart(from, to int, room []T, less func(a, b T) int) []T {
	if from == to {
		return room
	}
	if from/block == (to-1)/block {
		slices.SortFunc(p.blocks[from/block][from%block:(to-1)%block+1], less)
		return room
	}
	room = room[:0]
	for i := from; i < to; i++ {
		room = append(room, *p.at(i))
	}
	slices.SortFunc(room, less)
	for i, v := range room {
		*p.at(from + i) = v
	}
	return room
}
