package teller_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
)

// heap is a teller whose books fail where a test wants it, and words that come to it at
// one moment.
type heap struct {
	*shop
	spoil  string // number of a movement that cannot be booked
	before func() // runs in the transaction of several, when all of it is written
	writes int    // transactions that were begun
}

var errSpoilt = errors.New("cannot be booked")

func newHeap(t *testing.T, d *db.DB) *heap {
	t.Helper()
	h := &heap{shop: &shop{t: t, d: d, name: "wechat", clock: &clock{}}}
	h.clock.ms.Store(1_568_000_000_000)
	at := h.clock.ms.Load()
	var err error
	h.teach, err = teller.New(teller.Options{DB: d, Channels: []channel.Channel{named{}}, Now: h.clock.now,
		Terms: func(context.Context, *db.Tx, string) (teller.Terms, error) { return teller.Terms{}, nil },
		Book: func(ctx context.Context, tx *db.Tx, m payment.Movement) (payment.Booked, error) {
			h.writes++
			b, err := payment.Book(ctx, tx, m, at)
			if m.Number == h.spoil {
				err = errSpoilt
			}
			return b, err
		},
		BookPaid: func(ctx context.Context, tx *db.Tx, all []payment.Payable) ([]payment.Booked, error) {
			h.writes++
			b, err := payment.BookPaid(ctx, tx, all, at)
			if slices.ContainsFunc(all, func(p payment.Payable) bool { return p.Movement.Number == h.spoil }) {
				err = errSpoilt
			}
			if h.before != nil {
				h.before()
			}
			return b, err
		},
		Fail:     func(context.Context, *db.Tx, string, string) error { return nil },
		CloseDue: func(context.Context, *db.Tx, int) (int, error) { return 0, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// named is a channel that nobody asks.
type named struct{ channel.Channel }

func (named) Name() string { return "wechat" }

// word says that an order was paid by a movement.
func (h *heap) word(o payment.Order, number string, fen int64) channel.Word {
	return channel.Word{State: channel.Moved, Kind: payment.Payment, Order: o.Number, Movement: payment.Movement{Channel: h.name, Kind: payment.Payment, Number: number,
		Order: o.Number, Fen: fen, At: h.clock.ms.Load(), Source: payment.ByNotice}}
}

// orders opens so many, with a word that pays each.
func (h *heap) orders(n int) (all []payment.Order, said []channel.Word) {
	for i := range n {
		all = append(all, h.order(time.Hour))
		said = append(said, h.word(all[i], fmt.Sprint("42", h.n), fee))
	}
	return all, said
}

// One that cannot be booked keeps none beside it from the books, and costs a few
// transactions more and not one for each; it is booked when it comes again.
func TestABadWordAmongGood(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHeap(t, d)
		orders, said := h.orders(64)
		h.spoil = said[37].Movement.Number
		booked, errs := h.teach.TakeTogether(t.Context(), h.name, said...)
		for i, o := range orders {
			if i == 37 {
				if !errors.Is(errs[i], errSpoilt) || len(h.standings(o)) != 0 {
					t.Errorf("the bad one: %v", errs[i])
				}
				h.stands(o, payment.Open)
				continue
			}
			if errs[i] != nil || booked[i].Known || booked[i].Order.Number != o.Number || booked[i].Order.State != payment.Paid {
				t.Errorf("beside it: %+v %v", booked[i], errs[i])
			}
			h.stands(o, payment.Paid)
		}
		if h.writes > 20 {
			t.Errorf("%d transactions", h.writes)
		}
		h.spoil = ""
		if _, errs := h.teach.TakeTogether(t.Context(), h.name, said...); slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
			t.Error(errs)
		}
		if h.stands(orders[37], payment.Paid); h.balance(payment.Fees) != -64*fee {
			t.Error("not all are paid once")
		}
	})
}

// What becomes of words that touch each other is what would become of them one after
// the other.
func TestWordsThatTouchEachOther(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHeap(t, d)
		orders, said := h.orders(4)
		again := orders[3] // paid, and taken back: open once more
		b, errs := h.teach.TakeTogether(t.Context(), h.name, said[3])
		if errs[0] != nil {
			t.Fatal(errs)
		}
		h.write(func(tx *db.Tx) error {
			return payment.Decide(t.Context(), tx, b[0].Movement.ID, payment.Revert, h.clock.ms.Load(), "first", "second", "核对过")
		})
		h.stands(again, payment.Open)
		contradicts := said[3]
		contradicts.Movement.At++
		booked, errs := h.teach.TakeTogether(t.Context(), h.name,
			said[0], said[0], // the same twice
			said[1], h.word(orders[1], "43", fee), // two for one order
			h.word(orders[2], "44", fee-1),                               // another fee
			h.word(payment.Order{Number: "2019430000999999"}, "45", fee), // a stranger's
			said[3], contradicts, // booked before, of an order that is open again
			said[2])
		for i, want := range []struct {
			standing payment.Standing
			known    bool
			err      error
		}{{payment.Pays, false, nil}, {payment.Pays, true, nil}, {payment.Pays, false, nil}, {payment.Again, false, nil}, {payment.OtherFee, false, nil}, {payment.Stranger, false, nil},
			{payment.Pays, true, nil}, {"", false, teller.ErrConflict}, {payment.Pays, false, nil}} {
			if !errors.Is(errs[i], want.err) || want.err == nil && (booked[i].Standing != want.standing || booked[i].Known != want.known) {
				t.Errorf("%d: %s, known: %v, %v, want %+v", i, booked[i].Standing, booked[i].Known, errs[i], want)
			}
		}
		for _, o := range orders[:3] {
			h.stands(o, payment.Paid)
		}
		if h.stands(again, payment.Open); h.balance(payment.Fees) != -3*fee || h.balance(payment.Suspense) != -(3*fee-1) {
			t.Errorf("fees %d, suspense %d", h.balance(payment.Fees), h.balance(payment.Suspense))
		}
	})
}

// When it ends after everything is written and before the commit, nothing of it stands and
// nobody was thanked; all come again, and are booked once.
func TestWordsEndBeforeTheCommit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHeap(t, d)
		orders, said := h.orders(8)
		ctx, end := context.WithCancel(t.Context())
		h.before = end
		_, errs := h.teach.TakeTogether(ctx, h.name, said...)
		for i, o := range orders {
			if errs[i] == nil || len(h.standings(o)) != 0 {
				t.Errorf("%v, %v", errs[i], h.standings(o))
			}
			h.stands(o, payment.Open)
		}
		h.before = nil
		booked, errs := h.teach.TakeTogether(t.Context(), h.name, said...)
		for i, o := range orders {
			if errs[i] != nil || booked[i].Known || len(h.standings(o)) != 1 {
				t.Errorf("%+v %v", booked[i], errs[i])
			}
			h.stands(o, payment.Paid)
		}
	})
}
