package payment_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
)

const fee = int64(16000)

// till is a database and what happens at it.
type till struct {
	t interface {
		Helper()
		Fatalf(string, ...any)
		Errorf(string, ...any)
	}
	d  *db.DB
	do func(func(tx *db.Tx) error) error
}

func newTill(t *testing.T, d *db.DB) till {
	return till{t: t, d: d, do: func(f func(tx *db.Tx) error) error { return d.Write(t.Context(), f) }}
}

func (k till) open(t *testing.T, number, application string, due int64) error {
	return k.do(func(tx *db.Tx) error {
		return payment.OpenOrder(t.Context(), tx, payment.Order{Number: number, Application: application, Campaign: "adult-2019", Division: "430104", Point: "43010401", Level: "5", Fen: fee, OpenedAt: 10, DueAt: due, Record: "r" + number})
	})
}

func (k till) book(t *testing.T, m payment.Movement) (b payment.Booked, err error) {
	err = k.do(func(tx *db.Tx) (err error) {
		b, err = payment.Book(t.Context(), tx, m, m.At+5)
		return err
	})
	return b, err
}

func (k till) order(t *testing.T, number string) (o payment.Order) {
	t.Helper()
	if err := k.do(func(tx *db.Tx) (err error) { o, err = payment.GetOrder(t.Context(), tx, number); return err }); err != nil {
		t.Fatal(err)
	}
	return o
}

func (k till) decide(t *testing.T, movement string, s payment.Step, at int64) error {
	return k.do(func(tx *db.Tx) error {
		return payment.Decide(t.Context(), tx, movement, s, at, "first", "second", "核对过")
	})
}

// balance gives the funds, and fails unless they add up to nothing.
func (k till) balance(t *testing.T) (all map[payment.Fund]int64) {
	t.Helper()
	if err := k.do(func(tx *db.Tx) (err error) { all, err = payment.Balance(t.Context(), tx, 1<<60); return err }); err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, fen := range all {
		sum += fen
	}
	if sum != 0 {
		t.Errorf("the ledger is out by %d fen: %v", sum, all)
	}
	return all
}

func paid(order string, n int, at int64) payment.Movement {
	return payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: fmt.Sprint("420000", n), Order: order, Fen: fee, At: at, Source: payment.ByNotice}
}

// Every way in which money can come stands where it belongs, once.
func TestWhereMoneyStands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		for _, n := range []string{"paid", "closed", "left", "waived", "fee"} {
			if err := k.open(t, n, "app-"+n, 100); err != nil {
				t.Fatal(err)
			}
		}
		end := func(number string, to payment.State, at int64) {
			t.Helper()
			if err := k.do(func(tx *db.Tx) error { return payment.EndOrder(t.Context(), tx, number, to, at) }); err != nil {
				t.Fatal(err)
			}
		}
		end("closed", payment.Closed, 100)
		end("left", payment.Left, 50)
		end("waived", payment.Waived, 50)
		fewer := paid("fee", 9, 20)
		fewer.Fen--
		for i, tc := range []struct {
			m    payment.Movement
			want payment.Standing
		}{
			{paid("paid", 1, 20), payment.Pays},
			{paid("paid", 2, 21), payment.Again},
			{paid("closed", 3, 101), payment.Late},
			{paid("closed", 4, 100), payment.Pays}, // in time; its notice came late
			{paid("left", 5, 51), payment.AfterLeaving},
			{paid("waived", 6, 51), payment.Again},
			{paid("nobody's", 7, 51), payment.Stranger},
			{fewer, payment.OtherFee},
			{payment.Movement{Channel: "wechat", Kind: payment.Refund, Number: "5000001", Of: "4200001", Order: "paid", Fen: fee, At: 60, Source: payment.ByNotice}, payment.Unasked},
		} {
			for again := range 2 { // said twice it is booked once
				b, err := k.book(t, tc.m)
				if err != nil || b.Standing != tc.want || b.Known != (again == 1) {
					t.Errorf("%d, time %d: %+v %v, want %s", i, again+1, b, err, tc.want)
				}
			}
		}
		all := k.balance(t)
		if all["channel:wechat"] != 7*fee-1 || all[payment.Fees] != -2*fee || all[payment.Suspense] != -(5*fee-1) {
			t.Errorf("the funds are %v", all)
		}
		if o := k.order(t, "paid"); o.State != payment.Paid || o.EndedAt != 20 || o.Movement == "" {
			t.Errorf("the order is %+v", o)
		}
	})
}

// A word that contradicts an earlier one about the same movement changes nothing.
func TestAnotherWord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		if err := errors.Join(k.open(t, "o", "app", 100), k.open(t, "p", "other", 100)); err != nil {
			t.Fatal(err)
		}
		if _, err := k.book(t, paid("o", 1, 20)); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(*payment.Movement){
			"amount": func(m *payment.Movement) { m.Fen++ }, "order": func(m *payment.Movement) { m.Order = "p" }, "time": func(m *payment.Movement) { m.At++ },
		} {
			m := paid("o", 1, 20)
			change(&m)
			if _, err := k.book(t, m); !errors.Is(err, payment.ErrConflict) {
				t.Errorf("another %s: %v", name, err)
			}
		}
		for name, fen := range map[string]int64{"nothing": 0, "less": -1, "absurd": payment.MaxFen + 1} {
			m := paid("o", 2, 20)
			m.Fen = fen
			if _, err := k.book(t, m); !errors.Is(err, payment.ErrAmount) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if all := k.balance(t); all["channel:wechat"] != fee || k.order(t, "p").State != payment.Open {
			t.Errorf("the funds are %v", all)
		}
	})
}

// At most one order of a candidate is open or paid.
func TestOneOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		if err := k.open(t, "a", "app", 100); err != nil {
			t.Fatal(err)
		}
		if err := k.open(t, "b", "app", 100); !errors.Is(err, payment.ErrOpen) {
			t.Errorf("a second: %v", err)
		}
		if err := k.open(t, "a", "other", 100); !errors.Is(err, payment.ErrOpen) {
			t.Errorf("the same number: %v", err)
		}
		err := k.do(func(tx *db.Tx) error { return payment.EndOrder(t.Context(), tx, "a", payment.Closed, 100) })
		if err := errors.Join(err, k.open(t, "b", "app", 300)); err != nil {
			t.Fatal(err)
		}
		// Paid in time for the first, known when the second was open.
		if b, err := k.book(t, paid("a", 1, 90)); err != nil || b.Standing != payment.Again {
			t.Errorf("%+v %v", b, err)
		}
		if err := k.do(func(tx *db.Tx) error { return payment.Extend(t.Context(), tx, "a", 500) }); !errors.Is(err, payment.ErrOpen) {
			t.Errorf("opened again beside another: %v", err)
		}
		k.balance(t)
	})
}

// What two persons decide goes through the books, once, and only from where the
// money lies.
func TestDecisions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		for _, n := range []string{"late", "back", "short"} {
			if err := k.open(t, n, "app-"+n, 100); err != nil {
				t.Fatal(err)
			}
		}
		if err := k.do(func(tx *db.Tx) error { return payment.EndOrder(t.Context(), tx, "late", payment.Closed, 100) }); err != nil {
			t.Fatal(err)
		}
		book := func(m payment.Movement) string {
			t.Helper()
			b, err := k.book(t, m)
			if err != nil {
				t.Fatal(err)
			}
			return b.Movement.ID
		}
		step := func(id string, s payment.Step, at int64, want error) {
			t.Helper()
			if err := k.decide(t, id, s, at); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", s, err, want)
			}
		}
		late := book(paid("late", 1, 150))
		step(late, payment.Fail, 160, payment.ErrState)
		step(late, payment.Credit, 160, nil)
		step(late, payment.Credit, 161, payment.ErrState)
		if o := k.order(t, "late"); o.State != payment.Paid || o.EndedAt != 150 {
			t.Errorf("credited: %+v", o)
		}

		back := book(paid("back", 2, 50))
		step(back, payment.GiveBack, 60, nil)
		step(back, payment.GiveBack, 61, payment.ErrState)
		if o := k.order(t, "back"); o.State != payment.Paid {
			t.Errorf("a refund was asked for: %+v", o)
		}
		step(back, payment.Fail, 62, nil)
		if all := k.balance(t); all[payment.Returning] != 0 || all[payment.Fees] != -2*fee {
			t.Errorf("a refund that failed: %v", all)
		}
		step(back, payment.GiveBack, 63, nil)
		b, err := k.book(t, payment.Movement{Channel: "wechat", Kind: payment.Refund, Number: "5000001", Of: "4200002", Order: "back", Fen: fee, At: 70, Source: payment.ByQuery})
		if o := k.order(t, "back"); err != nil || b.Standing != payment.Returns || o.State != payment.Left || o.EndedAt != 70 {
			t.Errorf("given back: %+v %+v %v", b, o, err)
		}
		step(back, payment.GiveBack, 71, payment.ErrState)
		b, err = k.book(t, payment.Movement{Channel: "wechat", Kind: payment.Refund, Number: "5000002", Of: "4200002", Order: "back", Fen: fee, At: 71, Source: payment.ByQuery})
		if err != nil || b.Standing != payment.Unasked {
			t.Errorf("given back twice: %+v %v", b, err)
		}

		short := book(paid("short", 3, 50))
		step(short, payment.Revert, 60, nil)
		if o := k.order(t, "short"); o.State != payment.Open || o.Movement != "" || o.EndedAt != 0 {
			t.Errorf("reverted: %+v", o)
		}
		step(short, payment.Credit, 61, payment.ErrState)
		if b, err := k.book(t, paid("short", 4, 90)); err != nil || b.Standing != payment.Pays {
			t.Errorf("paid after it: %+v %v", b, err)
		}
		if all := k.balance(t); all["channel:wechat"] != 2*fee-fee || all[payment.Fees] != -2*fee || all[payment.Returning] != 0 || all[payment.Suspense] != fee {
			t.Errorf("the funds are %v", all)
		}
		if err := k.decide(t, "nothing", payment.Credit, 1); !errors.Is(err, payment.ErrNotFound) {
			t.Errorf("of nothing: %v", err)
		}
	})
}

// Anything in any order: the ledger adds up to nothing, a channel's fund is what
// it moved and what was not taken back, fees are what paid orders asked, and nobody
// has two orders that count.
func TestBooksAlwaysBalance(t *testing.T) {
	d := dbtest.SQLite(t)
	round, parts := 0, int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		round++
		k := newTill(t, d)
		before := k.balance(t)
		name := func(n int) string { return fmt.Sprintf("r%d-%d", round, n) }
		few := rapid.IntRange(0, 4)
		var booked, back []payment.Booked
		moved := int64(0)
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			at := int64(rapid.IntRange(20, 200).Draw(rt, "at"))
			switch rapid.IntRange(0, 6).Draw(rt, "what") {
			case 0:
				_ = k.open(t, name(few.Draw(rt, "order")), "app-"+name(few.Draw(rt, "candidate")), 100)
			case 1, 2:
				m := paid(name(few.Draw(rt, "order")), round*1000+rapid.IntRange(0, 12).Draw(rt, "number"), at)
				b, err := k.book(t, m)
				if err == nil && !b.Known {
					moved += m.Fen
					booked = append(booked, b)
				}
				if err != nil && !errors.Is(err, payment.ErrConflict) {
					rt.Fatal(err)
				}
			case 3:
				to := rapid.SampledFrom([]payment.State{payment.Closed, payment.Left, payment.Waived}).Draw(rt, "end")
				_ = k.do(func(tx *db.Tx) error { return payment.EndOrder(t.Context(), tx, name(few.Draw(rt, "order")), to, at) })
			case 4:
				if len(booked) > 0 {
					b := rapid.SampledFrom(booked).Draw(rt, "of")
					s := rapid.SampledFrom([]payment.Step{payment.Credit, payment.GiveBack, payment.Fail, payment.Revert}).Draw(rt, "step")
					if err := k.decide(t, b.Movement.ID, s, at); err == nil && s == payment.Revert {
						moved -= b.Movement.Fen
					} else if err != nil && !errors.Is(err, payment.ErrState) && !errors.Is(err, payment.ErrPart) {
						rt.Fatal(err)
					}
				}
			case 6:
				if len(back) > 0 {
					in, m, err := payment.TakenIn{}, rapid.SampledFrom(back).Draw(rt, "taken").Movement, error(nil)
					err = k.do(func(tx *db.Tx) (err error) {
						in, err = payment.TakeIn(t.Context(), tx, m.ID, at, "first", "second", "问过")
						return err
					})
					if err == nil && !in.Whole {
						parts += m.Fen
					} else if err == nil {
						parts -= in.Paid.Fen - m.Fen // the whole is gone, with the parts of it
					} else if !errors.Is(err, payment.ErrState) && !errors.Is(err, payment.ErrPart) {
						rt.Fatal(err)
					}
				}
			case 5:
				if len(booked) > 0 {
					p := rapid.SampledFrom(booked).Draw(rt, "of").Movement
					m := payment.Movement{Channel: p.Channel, Kind: payment.Refund, Number: fmt.Sprint("5", round, "-", few.Draw(rt, "refund")), Of: p.Number, Order: p.Order, Fen: p.Fen / int64(rapid.IntRange(1, 2).Draw(rt, "part")), At: at, Source: payment.ByNotice}
					b, err := k.book(t, m)
					if err == nil && !b.Known {
						moved -= m.Fen
						back = append(back, b)
					}
					if err != nil && !errors.Is(err, payment.ErrConflict) {
						rt.Fatal(err)
					}
				}
			}
		}
		after := k.balance(t)
		if got := after["channel:wechat"] - before["channel:wechat"]; got != moved {
			rt.Fatalf("the channel's fund moved by %d, the channel by %d", got, moved)
		}
		var orders, twice int64
		if err := k.do(func(tx *db.Tx) error {
			if err := tx.QueryRow(t.Context(), `SELECT coalesce(sum(fen), 0) FROM payment_order WHERE state = 'paid'`).Scan(&orders); err != nil {
				return err
			}
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM (SELECT 1 FROM payment_order WHERE state IN ('open', 'paid', 'waived') GROUP BY application HAVING count(*) > 1)`).Scan(&twice)
		}); err != nil {
			rt.Fatal(err)
		}
		var returning int64 // paid orders whose refund is on its way count as paid still
		if err := k.do(func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT coalesce(sum(o.fen), 0) FROM payment_order o JOIN payment_entry e ON e.movement = o.movement
				WHERE o.state = 'paid' AND e.step = 'give-back' AND e.position = (SELECT max(position) FROM payment_entry WHERE movement = o.movement)`).Scan(&returning)
		}); err != nil {
			rt.Fatal(err)
		}
		if -after[payment.Fees] != orders-returning-parts || twice != 0 {
			rt.Fatalf("fees are %d fen, paid orders ask %d, of which %d are given back, and %d in parts; %d candidates have two orders", -after[payment.Fees], orders, returning, parts, twice)
		}
	})
}
