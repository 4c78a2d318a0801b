package flow_test

import (
	"context"
	"errors"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/unpaid"
)

// TestARoundGoesOn: somebody of whom nothing can be asked has no answer, and neither the
// others of her list nor the lists after it wait for her; a round whose database is away,
// or that is to end, goes on later with the same person (A43).
func TestARoundGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		for i, name := range []string{"u1", "u2", "u3"} {
			x.keep(x.confirmed(name, i), x.now, flow.OpensOrder)
		}
		var r unpaid.Round
		var list []unpaid.Person
		x.must(func(tx *db.Tx) (err error) {
			if r, err = x.f.AskList(ctx, tx, adult, county, "", office); err != nil {
				return err
			}
			list, err = r.Next(ctx, tx, 9)
			return err
		})
		if len(list) != 3 || r.Total != 3 {
			t.Fatalf("%+v of %+v", list, r)
		}
		over, cancel := context.WithCancel(ctx)
		if n, err := x.f.AskRounds(over, d, func(context.Context, payment.Order) (unpaid.Outcome, error) {
			cancel()
			return "", over.Err()
		}); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("ended after %d: %v", n, err)
		}
		n, err := x.f.AskRounds(ctx, d, func(_ context.Context, o payment.Order) (unpaid.Outcome, error) {
			if o.Number == list[0].Number {
				return "", errors.New("no sense")
			}
			return unpaid.NotPaid, nil
		})
		if n != 3 || err != nil {
			t.Errorf("asked about %d: %v", n, err)
		}
		x.must(func(tx *db.Tx) (err error) {
			if r, err = unpaid.LastRound(ctx, tx, adult, county, ""); err != nil {
				return err
			}
			list, err = unpaid.List(ctx, tx, unpaid.Filter{Campaign: adult, Division: county})
			return err
		})
		if r.Ended == 0 || r.Done != 3 || r.Failed != 1 {
			t.Errorf("the round: %+v", r)
		}
		for i, want := range []unpaid.Outcome{unpaid.NoAnswer, unpaid.NotPaid, unpaid.NotPaid} {
			if list[i].Asked.Outcome != want {
				t.Errorf("person %d: %q, want %q", i, list[i].Asked.Outcome, want)
			}
		}
	})
}
