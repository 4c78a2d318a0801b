package payment_test

import (
	"errors"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
)

func (k till) at(t *testing.T, number, application, division, point string, opened int64) {
	t.Helper()
	err := k.do(func(tx *db.Tx) error {
		return payment.OpenOrder(t.Context(), tx, payment.Order{Number: number, Application: application, Campaign: "adult-2019", Division: division, Point: point, Level: "5", Fen: fee, OpenedAt: opened, Record: "r" + number})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func received(channel, number, order string, fen, at int64) payment.Movement {
	return payment.Movement{Channel: channel, Kind: payment.Payment, Number: number, Order: order, Fen: fen, At: at, Source: payment.ByNotice}
}

// TestLists: what the office sees is cut to its remit and to what it asks for, page by
// page; the sums are of the same cut.
func TestLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		k.at(t, "1", "a", "430104", "43010401", 10)
		k.at(t, "2", "b", "430104", "43010402", 20)
		k.at(t, "3", "c", "431028", "43102801", 20)
		k.at(t, "4", "d", "430104", "43010401", 30)
		for _, m := range []payment.Movement{received("wechat", "w1", "1", fee, 40), received("alipay", "a1", "1", fee, 41), received("wechat", "w3", "3", fee, 42), received("wechat", "w9", "nobody", fee, 43)} {
			if _, err := k.book(t, m); err != nil {
				t.Fatal(err)
			}
		}
		list := func(f payment.Filter) (out string) {
			t.Helper()
			if err := k.do(func(tx *db.Tx) error {
				all, err := payment.Orders(t.Context(), tx, f)
				for _, o := range all {
					out += o.Number
				}
				sums, err2 := payment.Sums(t.Context(), tx, f)
				n := int64(0)
				for _, s := range sums {
					n += s.N
				}
				if f.Limit == 0 && f.Before.Number == "" && n != int64(len(all)) {
					t.Errorf("%+v: %d are counted, %d listed", f, n, len(all))
				}
				return errors.Join(err, err2)
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		for _, c := range []struct {
			f    payment.Filter
			want string
		}{
			{payment.Filter{}, "4321"},
			{payment.Filter{Division: "430000"}, "4321"},
			{payment.Filter{Division: "430100"}, "421"},
			{payment.Filter{Division: "431028"}, "3"},
			{payment.Filter{Division: "430104", Point: "43010401"}, "41"},
			{payment.Filter{State: payment.Paid}, "31"},
			{payment.Filter{Channel: "alipay"}, "1"},
			{payment.Filter{Standing: payment.Again}, "1"},
			{payment.Filter{Standing: payment.Again, Channel: "wechat"}, ""},
			{payment.Filter{From: 20, To: 30}, "32"},
			{payment.Filter{Limit: 2}, "43"},
			{payment.Filter{Before: payment.Cursor{At: 20, Number: "3"}}, "21"},
			{payment.Filter{Campaign: "gaokao-2014"}, ""},
		} {
			if got := list(c.f); got != c.want {
				t.Errorf("%+v: got %s, want %s", c.f, got, c.want)
			}
		}
		if err := k.do(func(tx *db.Tx) error {
			for division, want := range map[string]int64{"430000": 2, "430104": 1, "431028": 0} {
				l := payment.Lying{Fund: payment.Suspense, Division: division}
				got, err := l.List(t.Context(), tx)
				n, err2 := l.Total(t.Context(), tx)
				if err != nil || err2 != nil || int64(len(got)) != want || n.N != want {
					t.Errorf("%s: %d in suspense, want %d: %v %v", division, len(got), want, err, err2)
				}
			}
			one, err := payment.ByNumber(t.Context(), tx, "a1")
			if err != nil || len(one) != 1 || one[0].Standing != payment.Again || one[0].Lies != payment.InSuspense || len(one[0].Entries) != 1 || len(one[0].Entries[0].Postings) != 2 {
				t.Errorf("by its number: %+v %v", one, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestOwner: what a channel named nobody's is found its owner, and pays that order
// when it is credited, and no other; money of another amount is never credited.
func TestOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		k.at(t, "1", "a", "430104", "43010401", 10)
		k.at(t, "2", "b", "430104", "43010401", 11)
		b, err := k.book(t, received("wechat", "w1", "typo", fee, 40))
		if err != nil {
			t.Fatal(err)
		}
		look := func() (b2 payment.Booking, o *payment.Order) {
			t.Helper()
			if err := k.do(func(tx *db.Tx) (err error) {
				if b2, err = payment.Look(t.Context(), tx, b.Movement.ID); err != nil {
					return err
				}
				if found, err := payment.GetOrder(t.Context(), tx, b2.Owner); err == nil {
					o = &found
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return b2, o
		}
		if was, o := look(); !was.Seeks(o) || was.Steps(o)[0] != payment.GiveBack || was.Found {
			t.Errorf("a stranger's: %+v", was)
		}
		own := func(order string) error {
			return k.do(func(tx *db.Tx) error {
				return payment.Own(t.Context(), tx, b.Movement.ID, order, 50, "first", "汇款附言写的是他")
			})
		}
		for order, want := range map[string]error{"none": payment.ErrNotFound, "typo": payment.ErrNotFound} {
			if err := own(order); !errors.Is(err, want) {
				t.Errorf("owned by %s: %v", order, err)
			}
		}
		if err := errors.Join(own("1"), own("2")); err != nil {
			t.Fatal(err)
		}
		if err := own("2"); !errors.Is(err, payment.ErrState) {
			t.Errorf("owned twice by the same: %v", err)
		}
		was, o := look()
		if was.Seeks(o) || was.Owner != "2" || !was.Found || was.Steps(o)[0] != payment.Credit || was.Order != "typo" {
			t.Errorf("found: %+v of %+v", was, o)
		}
		if err := k.decide(t, b.Movement.ID, payment.Credit, 60); err != nil {
			t.Fatal(err)
		}
		if one, two := k.order(t, "1"), k.order(t, "2"); one.State != payment.Open || two.State != payment.Paid || two.Movement != b.Movement.ID {
			t.Errorf("credited: %+v %+v", one, two)
		}
		if err := own("1"); !errors.Is(err, payment.ErrState) {
			t.Errorf("owned once it is credited: %v", err)
		}
		if err := k.decide(t, b.Movement.ID, payment.Revert, 70); err != nil {
			t.Fatal(err)
		}
		if two := k.order(t, "2"); two.State != payment.Open {
			t.Errorf("reverted: %+v", two)
		}
		other, err := k.book(t, received("wechat", "w2", "1", fee-100, 80))
		if err != nil {
			t.Fatal(err)
		}
		b = other
		if was, o := look(); was.Standing != payment.OtherFee || !was.Seeks(o) || was.Steps(o)[0] != payment.GiveBack {
			t.Errorf("another amount: %+v", was)
		}
		if err := k.decide(t, b.Movement.ID, payment.Credit, 90); !errors.Is(err, payment.ErrState) {
			t.Errorf("another amount pays the order: %v", err)
		}
	})
}

// TestHersOf: what names somebody's order and was found to be another's is not shown to
// her, nor is its refund; whom it was found for sees both.
func TestHersOf(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		k.at(t, "1", "a", "430104", "43010401", 10)
		k.at(t, "2", "b", "430104", "43010401", 11)
		for i, number := range []string{"w1", "w2"} {
			if _, err := k.book(t, received("wechat", number, "1", fee, 40+int64(i))); err != nil {
				t.Fatal(err)
			}
		}
		hers := func(order string) (out string) {
			t.Helper()
			if err := k.do(func(tx *db.Tx) error {
				all, err := payment.HersOf(t.Context(), tx, order)
				for _, b := range all {
					out += b.Number + " "
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if one, two := hers("1"), hers("2"); one != "w1 w2 " || two != "" {
			t.Errorf("before: %q %q", one, two)
		}
		var found string
		if err := k.do(func(tx *db.Tx) error {
			all, err := payment.ByNumber(t.Context(), tx, "w2")
			if err != nil {
				return err
			}
			found = all[0].ID
			return payment.Own(t.Context(), tx, found, "2", 50, "first", "截图上是他")
		}); err != nil {
			t.Fatal(err)
		}
		if one, two := hers("1"), hers("2"); one != "w1 " || two != "w2 " {
			t.Errorf("found: %q %q", one, two)
		}
		if err := k.decide(t, found, payment.GiveBack, 60); err != nil {
			t.Fatal(err)
		}
		if _, err := k.book(t, payment.Movement{Channel: "wechat", Kind: payment.Refund, Number: "r2", Of: "w2", Order: "1", Fen: fee, At: 70, Source: payment.ByQuery}); err != nil {
			t.Fatal(err)
		}
		if one, two := hers("1"), hers("2"); one != "w1 " || two != "w2 r2 " {
			t.Errorf("given back: %q %q", one, two)
		}
	})
}

// TestDayLedger: the ledger of a channel opens with what the day before closed with,
// and says by how much it is off when a posting is changed behind its back.
func TestDayLedger(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		k.at(t, "1", "a", "430104", "43010401", 10)
		k.at(t, "2", "b", "430104", "43010401", 11)
		var ids []string
		for _, m := range []payment.Movement{received("wechat", "w1", "1", fee, 40), received("wechat", "w2", "2", fee, 140), received("wechat", "w3", "2", fee, 141), received("alipay", "x", "2", fee, 142)} {
			b, err := k.book(t, m)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, b.Movement.ID)
		}
		if err := errors.Join(k.decide(t, ids[2], payment.GiveBack, 150), k.decide(t, ids[0], payment.Revert, 160)); err != nil {
			t.Fatal(err)
		}
		read := func() (l payment.DayLedger, entries []payment.DayEntry) {
			t.Helper()
			if err := k.do(func(tx *db.Tx) (err error) {
				if l, err = payment.LedgerOf(t.Context(), tx, "wechat", 100, 200); err != nil {
					return err
				}
				first, err := payment.EntriesOfDay(t.Context(), tx, "wechat", 100, 200, payment.Cursor{}, 2)
				if err != nil || len(first) != 2 {
					t.Fatalf("%d entries: %v", len(first), err)
				}
				rest, err := payment.EntriesOfDay(t.Context(), tx, "wechat", 100, 200, payment.Cursor{At: first[1].At, Number: first[1].ID}, 50)
				entries = append(first, rest...)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return l, entries
		}
		l, entries := read()
		mine := payment.FundOf("wechat")
		if !l.Balanced() || l.Opening[mine] != fee || l.Closing[mine] != 2*fee || l.Booked != 2*fee || l.Reverted != fee || l.Closing[payment.Returning] != -fee || l.Closing[payment.Fees] != -fee {
			t.Errorf("%+v", l)
		}
		if len(entries) != 4 || len(entries[0].Postings) != 2 || entries[2].Step != string(payment.GiveBack) || entries[2].By != "first" {
			t.Errorf("%+v", entries)
		}
		if err := k.do(func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `UPDATE payment_entry SET debit_fen = debit_fen + CASE WHEN debit = $1 THEN 7 ELSE 0 END, credit_fen = credit_fen + CASE WHEN credit = $1 THEN 7 ELSE 0 END WHERE at > 100`, string(mine))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		l, _ = read()
		if funds, moved := l.Off(); l.Balanced() || funds != 21 || moved != 14 || l.Uneven != 3 {
			t.Errorf("changed: off by %d and %d, %d uneven", funds, moved, l.Uneven)
		}
	})
}

// TestCashCounts: a day is counted by one and signed by another; a later count takes
// the place of one not signed; what is off goes on to the next day.
func TestCashCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		k.at(t, "1", "a", "430104", "43010401", 10)
		k.at(t, "2", "b", "430104", "43010402", 11)
		for _, m := range []payment.Movement{received(payment.Cash, "c1", "1", fee, 40), received(payment.Cash, "c2", "2", fee, 41), received("wechat", "w", "1", fee, 42)} {
			if _, err := k.book(t, m); err != nil {
				t.Fatal(err)
			}
		}
		if err := k.do(func(tx *db.Tx) error {
			booked, err := payment.CashBooked(t.Context(), tx, "43010401", 0, 100)
			if err != nil || booked != (payment.Sum{N: 1, Fen: fee}) {
				t.Errorf("booked %+v: %v", booked, err)
			}
			count := func(day string, counted, at int64) payment.CashCount {
				t.Helper()
				carried, err := payment.CashCarried(t.Context(), tx, "43010401", day)
				if err != nil {
					t.Fatal(err)
				}
				c, err := payment.CountCash(t.Context(), tx, payment.CashCount{Point: "43010401", Day: day, Counted: counted, Booked: booked.Fen, Carried: carried, By: "first", At: at})
				if err != nil {
					t.Fatal(err)
				}
				return c
			}
			wrong, right := count("2019-09-05", fee-1000, 50), count("2019-09-05", fee-500, 51)
			if err := payment.SignCash(t.Context(), tx, wrong.ID, "second", 52); !errors.Is(err, payment.ErrState) {
				t.Errorf("signed a count that was counted again: %v", err)
			}
			if err := payment.SignCash(t.Context(), tx, right.ID, "second", 52); err != nil {
				t.Error(err)
			}
			if err := payment.SignCash(t.Context(), tx, right.ID, "third", 53); !errors.Is(err, payment.ErrState) {
				t.Errorf("signed twice: %v", err)
			}
			if _, err := payment.CountCash(t.Context(), tx, payment.CashCount{Point: "43010401", Day: "2019-09-05", Counted: 1}); !errors.Is(err, payment.ErrState) {
				t.Errorf("counted once it is signed: %v", err)
			}
			if next := count("2019-09-06", fee, 150); next.Carried != -500 || next.Diff() != 0 || next.Carries() != -500 {
				t.Errorf("the next day: %+v", next)
			}
			all, err := payment.CashCounts(t.Context(), tx, "43010401", 10)
			if len(all) != 3 || all[1].Second != "second" {
				t.Errorf("%+v", all)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestTransfers: a bank's serial is entered once while it waits or is booked.
func TestTransfers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		k.at(t, "1", "a", "430104", "43010401", 10)
		enter := func() (b payment.BankTransfer, err error) {
			err = k.do(func(tx *db.Tx) (err error) {
				b, err = payment.EnterTransfer(t.Context(), tx, payment.BankTransfer{Serial: "B1", Order: "1", Fen: fee, At: 5, Division: "430104", AskedBy: "first", AskedAt: 20})
				return err
			})
			return b, err
		}
		first, err := enter()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := enter(); !errors.Is(err, payment.ErrState) {
			t.Errorf("entered twice: %v", err)
		}
		settle := func(id string, to payment.TransferState) error {
			return k.do(func(tx *db.Tx) error { return payment.SettleTransfer(t.Context(), tx, id, to, "second", 30, "") })
		}
		if err := settle(first.ID, payment.TransferRefused); err != nil {
			t.Fatal(err)
		}
		if err := settle(first.ID, payment.TransferBooked); !errors.Is(err, payment.ErrState) {
			t.Errorf("booked once it was refused: %v", err)
		}
		if _, err := enter(); err != nil {
			t.Errorf("entered again: %v", err)
		}
		if err := k.do(func(tx *db.Tx) error {
			all, err := payment.Transfers(t.Context(), tx, "430100", 10)
			if len(all) != 2 || all[0].State != payment.TransferWaiting {
				t.Errorf("%+v", all)
			}
			none, err2 := payment.Transfers(t.Context(), tx, "431028", 10)
			if len(none) != 0 {
				t.Errorf("a foreign office sees %d", len(none))
			}
			return errors.Join(err, err2)
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestDeposits: only a signed day is carried to the bank, and once; a slip stands once;
// what is dropped frees both.
func TestDeposits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newTill(t, d)
		const point = "43010401"
		k.at(t, "1", "a", "430104", point, 10)
		enter := func(serial string, days ...string) (out payment.Deposit, err error) {
			err = k.do(func(tx *db.Tx) (err error) {
				out, err = payment.EnterDeposit(t.Context(), tx, payment.Deposit{Point: point, Division: "430104", Serial: serial, Day: "2019-09-07", Fen: 900, Days: days, AskedBy: "first", AskedAt: 70})
				return err
			})
			return out, err
		}
		if err := k.do(func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), `INSERT INTO point (code, division, name, contact, phone, address, hours, levels, medical, minors, open) VALUES ($1, '430104', '岳麓区第一报名确认点', '', '', '', '', '', FALSE, FALSE, TRUE)`, point); err != nil {
				return err
			}
			for i, day := range []string{"2019-09-05", "2019-09-06", "2019-09-07"} {
				c, err := payment.CountCash(t.Context(), tx, payment.CashCount{Point: point, Day: day, Counted: int64(500 - 100*i), By: "first", At: int64(50 + i)})
				if err != nil {
					return err
				}
				if i < 2 {
					if err := payment.SignCash(t.Context(), tx, c.ID, "second", 60); err != nil {
						return err
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		due := func(want int) {
			t.Helper()
			if err := k.do(func(tx *db.Tx) error {
				for _, at := range []string{"", point} {
					if all, err := payment.ToDeposit(t.Context(), tx, "430100", at, 10); err != nil || len(all) != want {
						t.Errorf("waits (%q): %+v, want %d: %v", at, all, want, err)
					}
				}
				all, err := payment.ToDeposit(t.Context(), tx, "430200", "", 10)
				if len(all) != 0 {
					t.Errorf("another city's: %+v", all)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		due(2)
		if _, err := enter("J1", "2019-09-05", "2019-09-07"); !errors.Is(err, payment.ErrNotFound) {
			t.Errorf("a day that is not signed: %v", err)
		}
		one, err := enter("J1", "2019-09-05", "2019-09-06")
		if err != nil || one.Counted != 900 || one.Diff() != 0 {
			t.Fatalf("%+v: %v", one, err)
		}
		due(0)
		if _, err := enter("J2", "2019-09-06"); !errors.Is(err, payment.ErrState) {
			t.Errorf("a day twice: %v", err)
		}
		settle := func(to payment.DepositState) error {
			return k.do(func(tx *db.Tx) error {
				return payment.SettleDeposit(t.Context(), tx, one.ID, to, "second", 80, "")
			})
		}
		if err := settle(payment.DepositDropped); err != nil {
			t.Fatal(err)
		}
		due(2)
		if one, err = enter("J1", "2019-09-06"); err != nil || one.Diff() != 500 {
			t.Fatalf("the slip again: %+v: %v", one, err)
		}
		if _, err := enter("J1", "2019-09-05"); !errors.Is(err, payment.ErrState) {
			t.Errorf("a slip twice: %v", err)
		}
		if err := settle(payment.DepositSigned); err != nil {
			t.Fatal(err)
		}
		if err := settle(payment.DepositDropped); !errors.Is(err, payment.ErrState) {
			t.Errorf("a signed one is dropped: %v", err)
		}
		due(1)
		if err := k.do(func(tx *db.Tx) error {
			all, err := payment.Deposits(t.Context(), tx, "430104", "", 10)
			if err != nil || len(all) != 2 || len(all[0].Days)+len(all[1].Days) != 1 {
				t.Errorf("%+v", all)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
