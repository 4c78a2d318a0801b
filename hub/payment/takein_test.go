package payment_test

import (
	"errors"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
)

// TestTakeIn: a refund that was made at a channel's own console is taken into the books
// once, by two persons, and leaves what an asked one leaves: nothing in suspense, the
// payment given back, the order that it paid left. A part of what paid an order leaves
// that paid. What gives back nothing that is known, or more than there was, waits.
func TestTakeIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		refund := func(number, of, order string, fen int64) payment.Booked {
			t.Helper()
			b, err := k.book(t, payment.Movement{Channel: "wechat", Kind: payment.Refund, Number: number, Of: of, Order: order, Fen: fen, At: 70, Source: payment.ByStatement})
			if err != nil || b.Standing != payment.Unasked {
				t.Fatalf("%s: %+v %v", number, b, err)
			}
			return b
		}
		takes := func(name string, b payment.Booked, want error) (in payment.TakenIn) {
			t.Helper()
			err := k.do(func(tx *db.Tx) (err error) {
				in, err = payment.TakeIn(t.Context(), tx, b.Movement.ID, 80, "first", "second", "渠道后台误退，已核实")
				return err
			})
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
			return in
		}
		lies := func(id string) (b payment.Booking) {
			t.Helper()
			if err := k.do(func(tx *db.Tx) (err error) { b, err = payment.Look(t.Context(), tx, id); return err }); err != nil {
				t.Fatal(err)
			}
			return b
		}
		for _, n := range []string{"whole", "part", "twice"} {
			if err := k.open(t, n, "app-"+n, 100); err != nil {
				t.Fatal(err)
			}
		}
		var of [4]payment.Booked
		for i, order := range []string{"whole", "part", "twice", "twice"} { // the last lies in suspense
			var err error
			if of[i], err = k.book(t, paid(order, i, 50)); err != nil {
				t.Fatal(err)
			}
		}

		b := refund("R1", "4200000", "whole", fee)
		if in := takes("of the whole", b, nil); !in.Whole || in.Paid.ID != of[0].Movement.ID {
			t.Errorf("taken in: %+v", in)
		}
		if o := k.order(t, "whole"); o.State != payment.Left || o.EndedAt != 70 {
			t.Errorf("the order that it had paid: %+v", o)
		}
		if paid, back := lies(of[0].Movement.ID), lies(b.Movement.ID); paid.Lies != payment.Returned || back.Lies != payment.Gone || back.Entries[1].Second != "second" || back.Steps(nil) != nil {
			t.Errorf("the payment lies in %s, the refund in %s: %+v", paid.Lies, back.Lies, back.Entries)
		}
		takes("once more", b, payment.ErrState)
		takes("another of the same", refund("R2", "4200000", "whole", fee), payment.ErrState)

		part := refund("R3", "4200001", "part", 1000)
		if in := takes("of a part", part, nil); in.Whole {
			t.Errorf("a part is the whole: %+v", in)
		}
		if o := k.order(t, "part"); o.State != payment.Paid {
			t.Errorf("a part was given back: %+v", o)
		}
		if err := k.decide(t, of[1].Movement.ID, payment.GiveBack, 81); !errors.Is(err, payment.ErrPart) {
			t.Errorf("the whole is given back beside a part: %v", err)
		}
		takes("more than is left", refund("R4", "4200001", "part", fee), payment.ErrState)
		if in := takes("the rest", refund("R5", "4200001", "part", fee-1000), nil); !in.Whole || k.order(t, "part").State != payment.Left {
			t.Errorf("the rest was given back: %+v", in)
		}

		takes("a part of what lies in suspense", refund("R6", "4200003", "twice", 1000), payment.ErrPart)
		takes("of what was paid twice", refund("R7", "4200003", "twice", fee), nil)
		if o := k.order(t, "twice"); o.State != payment.Paid {
			t.Errorf("the second payment went back: %+v", o)
		}
		takes("of nothing that is known", refund("R8", "4299999", "twice", fee), payment.ErrNoPayment)
		takes("a payment", of[2], payment.ErrState)
		all := k.balance(t) // R2, R4, R6 and R8 wait
		if all[payment.Fees] != -fee || all[payment.Returning] != 0 || all[payment.Suspense] != 3*fee+1000 {
			t.Errorf("the funds are %v", all)
		}
		var list []payment.Booking
		if err := k.do(func(tx *db.Tx) (err error) {
			list, err = payment.Lying{Fund: payment.Suspense}.List(t.Context(), tx)
			return err
		}); err != nil || len(list) != 4 {
			t.Errorf("%d lie in suspense, want 4: %v", len(list), err)
		}
	})
}
