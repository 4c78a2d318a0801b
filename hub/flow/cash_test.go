package flow_test

import (
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/protocol/window"
)

// TestSignedCash: once a point's cash of a day is signed, none is paid out or reverted on
// that day; the next day it is.
func TestSignedCash(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		id := x.confirmed("u1", 0)
		o := x.keep(id, x.now, flow.OpensOrder)
		var b payment.Booked
		x.must(func(tx *db.Tx) (err error) {
			b, err = x.f.TakeCash(ctx, tx, o.Number, o.Fen, office)
			return err
		})
		x.now = x.now.Add(24 * time.Hour)
		sign := func() {
			t.Helper()
			x.must(func(tx *db.Tx) error {
				c, err := payment.CountCash(ctx, tx, payment.CashCount{Point: o.Point, Day: x.now.In(window.Zone()).Format(time.DateOnly), By: "first", At: x.now.UnixMilli()})
				if err != nil {
					return err
				}
				return payment.SignCash(ctx, tx, c.ID, "second", x.now.UnixMilli())
			})
		}
		revert := func(tx *db.Tx) error {
			return x.f.StepMovement(ctx, tx, b.Movement.ID, payment.Revert, "没有收过", office, "s2")
		}
		sign()
		x.refused("reverted on a signed day", flow.ErrCashClosed, revert)
		x.must(func(tx *db.Tx) error {
			return x.f.StepMovement(ctx, tx, b.Movement.ID, payment.GiveBack, "01 退款", office, "s2")
		})
		x.refused("paid out on a signed day", flow.ErrCashClosed, func(tx *db.Tx) error {
			_, err := x.f.PayOut(ctx, tx, b.Movement.ID, "", office)
			return err
		})
		x.now = x.now.Add(24 * time.Hour)
		x.must(func(tx *db.Tx) error {
			_, err := x.f.PayOut(ctx, tx, b.Movement.ID, "", office)
			return err
		})
	})
}
