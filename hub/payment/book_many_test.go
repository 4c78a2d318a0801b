package payment_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
)

// rows gives everything that the books hold, without the ids that are drawn.
func (k till) rows(t *testing.T) (out []string) {
	t.Helper()
	err := k.do(func(tx *db.Tx) error {
		out = nil
		return tx.Each(t.Context(), `SELECT m.channel, m.kind, m.number, m.order_number, m.fen, m.moved_at, m.source, m.booked_at, e.position, e.step, e.at, e.debit, e.debit_fen, e.credit, e.credit_fen,
			coalesce(o.state, ''), coalesce(o.ended_at, 0), CASE WHEN o.movement = m.id THEN 1 ELSE 0 END FROM payment_movement m JOIN payment_entry e ON e.movement = m.id
			LEFT JOIN payment_order o ON o.number = m.order_number`, nil, func(row func(...any) error) error {
			v := make([]any, 18)
			to := make([]any, len(v))
			for i := range v {
				to[i] = &v[i]
			}
			err := row(to...)
			out = append(out, fmt.Sprint(v...))
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// What is booked together stands in the books as if each had been booked by itself.
func TestTogetherAsOneByOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		one, n := newTill(t, dbtest.SQLite(t)), 0
		many := newTill(t, d)
		rapid.Check(t, func(r *rapid.T) {
			if n++; n > map[db.Kind]int{db.SQLite: 40, db.PostgreSQL: 10}[d.Kind()] {
				return // every transaction waits for the disk
			}
			var numbers []string
			for i := range rapid.IntRange(1, 6).Draw(r, "orders") {
				number := fmt.Sprintf("2019%d%04d%02d", 43, n, i)
				numbers = append(numbers, number)
				for _, k := range []till{one, many} {
					if err := k.open(t, number, "app-"+number, 100); err != nil {
						r.Fatal(err)
					}
				}
			}
			if rapid.Bool().Draw(r, "one is closed") {
				for _, k := range []till{one, many} {
					if err := k.do(func(tx *db.Tx) error { return payment.EndOrder(t.Context(), tx, numbers[0], payment.Closed, 50) }); err != nil {
						r.Fatal(err)
					}
				}
			}
			var all []payment.Movement
			for i := range rapid.IntRange(1, 10).Draw(r, "movements") {
				m := paid(payment.Asked(rapid.SampledFrom(append(numbers, "2019999")).Draw(r, "order"), rapid.IntRange(1, 3).Draw(r, "time")), n*100+i, int64(rapid.IntRange(20, 90).Draw(r, "at")))
				m.Fen -= int64(rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(r, "less"))
				all = append(all, m)
				if rapid.IntRange(0, 4).Draw(r, "again") == 0 {
					all = append(all, m)
				}
			}
			var places []int
			err := many.do(func(tx *db.Tx) error {
				first, err := payment.Paying(t.Context(), tx, all)
				if err != nil {
					return err
				}
				places = nil
				for _, p := range first {
					places = append(places, p.Place)
				}
				booked, err := payment.BookPaid(t.Context(), tx, first, 95)
				for i, b := range booked {
					if want := payment.OrderOf(all[places[i]].Order); b.Order.Number != want || b.Order.State != payment.Paid || b.Order.Movement != b.Movement.ID || b.Standing != payment.Pays {
						r.Errorf("%+v", b)
					}
				}
				return err
			})
			if err != nil {
				r.Fatal(err)
			}
			order := slices.Clone(places)
			for i := range all {
				if !slices.Contains(places, i) {
					order = append(order, i)
				}
			}
			for i, p := range order {
				for _, k := range []till{one, many} {
					if i < len(places) && k.d == many.d {
						continue
					}
					if err := k.do(func(tx *db.Tx) error { _, err := payment.Book(t.Context(), tx, all[p], 95); return err }); err != nil {
						r.Fatal(err)
					}
				}
			}
		})
		if a, b := one.rows(t), many.rows(t); !slices.Equal(a, b) || len(a) == 0 {
			t.Errorf("one by one %d rows, together %d; first difference %s", len(a), len(b), difference(a, b))
		}
		many.balance(t)
	})
}

func difference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if cmp.Compare(a[i], b[i]) != 0 {
			return a[i] + " | " + b[i]
		}
	}
	return "at the end"
}

// What has changed since it was picked is not booked together.
func TestTogetherIsGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		if err := k.open(t, "1", "app", 100); err != nil {
			t.Fatal(err)
		}
		o := k.order(t, "1")
		both := []payment.Payable{{Movement: paid("1", 1, 20), Order: o}, {Movement: paid("1", 2, 21), Order: o}}
		together := func(all []payment.Payable) error {
			return k.do(func(tx *db.Tx) error { _, err := payment.BookPaid(t.Context(), tx, all, 95); return err })
		}
		if err := together(both); !errors.Is(err, payment.ErrSingly) {
			t.Errorf("two for one order: %v", err)
		}
		b, err := k.book(t, both[0].Movement)
		if err != nil {
			t.Fatal(err)
		}
		if err := together(both[1:]); !errors.Is(err, payment.ErrSingly) {
			t.Errorf("an order that is paid: %v", err)
		}
		if err := k.decide(t, b.Movement.ID, payment.Revert, 30); err != nil {
			t.Fatal(err)
		}
		if err := together(both[:1]); !errors.Is(err, payment.ErrSingly) {
			t.Errorf("what is booked, of an order that is open again: %v", err)
		}
		if got := k.balance(t); got[payment.Fees] != 0 {
			t.Errorf("%v", got)
		}
	})
}
