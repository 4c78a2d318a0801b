package daybook_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/keys"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/daybook"
	"zhunkao/protocol/window"
)

const fee = int64(16000)

var sixth, _ = daybook.ParseDay("2019-09-06")

// desk is a province's money: its ledger, and its books.
type desk struct {
	t   *testing.T
	d   *db.DB
	b   *daybook.Books
	now int64
}

func newDesk(t *testing.T, d *db.DB) *desk {
	t.Helper()
	ring, err := keys.Open(filepath.Join(t.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	k := &desk{t: t, d: d, now: sixth.Start().Add(34 * time.Hour).UnixMilli()}
	k.b = &daybook.Books{DB: d, Keys: ring, Now: func() int64 { return k.now }}
	return k
}

func (k *desk) write(f func(ctx context.Context, tx *db.Tx) error) {
	k.t.Helper()
	ctx := k.t.Context()
	if err := k.d.Write(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
		k.t.Fatal(err)
	}
}

func (k *desk) open(numbers ...string) {
	k.t.Helper()
	k.write(func(ctx context.Context, tx *db.Tx) error {
		for _, n := range numbers {
			err := payment.OpenOrder(ctx, tx, payment.Order{Number: n, Application: "app-" + n, Campaign: "c", Division: "430104", Point: "43010401", Level: "5", Fen: fee, OpenedAt: 10, Record: "r" + n})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// move is one movement, as a channel and we have it.
type move struct {
	number, order string
	at            string // 2019-09-06 10:00:01
	fen           int64
	of            string // of a refund: the payment's number
}

func (m move) time() time.Time {
	t, err := time.ParseInLocation(time.DateTime, m.at, window.Zone())
	if err != nil {
		panic(err)
	}
	return t
}

func (k *desk) book(all ...move) {
	k.t.Helper()
	k.write(func(ctx context.Context, tx *db.Tx) error {
		for _, m := range all {
			p := payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: m.number, Of: m.of, Order: m.order, Fen: m.fen, At: m.time().UnixMilli(), Source: payment.ByNotice}
			if m.of != "" {
				p.Kind = payment.Refund
			}
			if _, err := payment.Book(ctx, tx, p, k.now); err != nil {
				return err
			}
		}
		return nil
	})
}

func yuan(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// file writes what WeChat would.
func file(all ...move) []byte {
	var b strings.Builder
	b.WriteString("\xEF\xBB\xBF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n")
	var paid, back int64
	for _, m := range all {
		state, number, refund, in, out := "SUCCESS", m.number, "0", m.fen, int64(0)
		if m.of != "" {
			state, number, refund, in, out = "REFUND", m.of, m.number, 0, m.fen
		}
		paid, back = paid+in, back+out
		fmt.Fprintf(&b, "`%s,`wx01,`1900000109,`0,`,`%s,`%s,`oSynthetic,`NATIVE,`%s,`OTHERS,`CNY,`%s,`0.00,`%s,`0,`%s,`0.00,`,`,`报名考试费,`,`0.00000,`0.00%%,`%s,`%s,`\r\n",
			m.at, number, m.order, state, yuan(in), refund, yuan(out), yuan(in), yuan(out))
	}
	b.WriteString("总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n")
	fmt.Fprintf(&b, "`%d,`%s,`%s,`0.00,`0.00000,`%s,`%s\r\n", len(all), yuan(paid), yuan(back), yuan(paid), yuan(back))
	return []byte(b.String())
}

func noNote(context.Context, *db.Tx, daybook.File) error { return nil }

func (k *desk) take(raw []byte, want error) daybook.Taken {
	k.t.Helper()
	out, err := k.b.Take(k.t.Context(), daybook.Delivery{Channel: "wechat", Bytes: raw, Source: daybook.Brought, By: "staff"}, noNote)
	if !errors.Is(err, want) {
		k.t.Fatalf("taking a file: %v, want %v", err, want)
	}
	return out
}

// run runs every open day, and once more: that changes nothing.
func (k *desk) run() {
	k.t.Helper()
	if _, err := k.b.RunAll(k.t.Context()); err != nil {
		k.t.Fatal(err)
	}
	if n, err := k.b.RunAll(k.t.Context()); err != nil || n != 0 {
		k.t.Fatalf("run again: %d books changed, %v", n, err)
	}
}

// left gives the residues of a day in few words, and holds the figures against them.
func (k *desk) left(day daybook.Day, want ...string) []daybook.Residue {
	k.t.Helper()
	var all []daybook.Residue
	got := []string{}
	k.write(func(ctx context.Context, tx *db.Tx) error {
		first, err := daybook.FirstOpen(ctx, tx)
		if err != nil {
			return err
		}
		if all, err = daybook.ResiduesOf(ctx, tx, day, first == day); err != nil {
			return err
		}
		books, err := daybook.BooksOf(ctx, tx, day)
		for c, b := range books {
			if b.Figures.Unexplained() != 0 {
				k.t.Errorf("%s %s: %d fen are out: %+v", day, c, b.Figures.Unexplained(), b.Figures)
			}
		}
		return err
	})
	for _, r := range all {
		got = append(got, fmt.Sprintf("%s %s %s", r.Number, r.Class, r.State))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) && len(got)+len(want) > 0 {
		k.t.Errorf("%s has %q, want %q", day, got, want)
	}
	return all
}

func (k *desk) close(day daybook.Day) error {
	k.t.Helper()
	ctx := k.t.Context()
	return k.d.Write(ctx, func(tx *db.Tx) error {
		seen, err := daybook.Seen(ctx, tx, day)
		if err != nil {
			return err
		}
		_, err = k.b.Close(ctx, tx, day, []string{"wechat"}, seen, "first", "second", "核对过")
		return err
	})
}

func (k *desk) why(err error, want string) {
	k.t.Helper()
	var no *daybook.NotYetError
	if !errors.As(err, &no) || no.Why != want {
		k.t.Errorf("closing: %v, want %s", err, want)
	}
}

func (k *desk) verify(day daybook.Day) daybook.Verified {
	k.t.Helper()
	var v daybook.Verified
	k.write(func(ctx context.Context, tx *db.Tx) (err error) { v, err = k.b.Verify(ctx, tx, day); return err })
	return v
}

func day(at string) string { return "2019-09-06 " + at }

// A file is taken once, is refused whole with its line, and what it says of a movement
// counts until two persons decide for another.
func TestFiles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		a, b := move{"42001", "o1", day("10:00:00"), fee, ""}, move{"42002", "o2", day("11:00:00"), fee, ""}
		bad := k.take([]byte(strings.Replace(string(file(a, b)), "`160.00", "`16O.00", 1)), daybook.ErrRefused)
		if len(bad.Summary.Faults) == 0 || bad.Summary.Faults[0].Line != 2 {
			t.Errorf("refused as %+v", bad.Summary.Faults)
		}
		first := k.take(file(a, b), nil)
		if first.Again || first.File.Fresh != 2 || first.File.Day != sixth {
			t.Errorf("taken as %+v", first.File)
		}
		if again := k.take(file(a, b), nil); !again.Again || again.File != first.File {
			t.Errorf("taken again as %+v", again.File)
		}
		changed := b
		changed.fen--
		c := move{"42003", "o3", day("12:00:00"), fee, ""}
		issued := k.take(file(changed, c), nil) // a is gone, b is changed, c is new
		if issued.File.Fresh != 1 || issued.File.Known != 0 || issued.File.Changed != 2 {
			t.Errorf("issued again: %+v", issued.File)
		}
		k.run()
		k.left(sixth, "42001 stranger open", "42002 stranger open", "42003 stranger open")
		var all []daybook.Conflict
		k.write(func(ctx context.Context, tx *db.Tx) (err error) {
			all, err = daybook.ConflictsOf(ctx, tx, sixth)
			return err
		})
		if len(all) != 2 {
			t.Fatalf("conflicts: %+v", all)
		}
		for _, c := range all {
			to := daybook.TakenNew
			if c.New == nil {
				to = daybook.Kept
			}
			k.write(func(ctx context.Context, tx *db.Tx) error {
				return c.Settle(ctx, tx, to, k.now, "first", "second", "渠道确认")
			})
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return c.Settle(t.Context(), tx, to, k.now, "a", "b", "c") }); !errors.Is(err, daybook.ErrState) {
				t.Errorf("decided twice: %v", err)
			}
		}
		k.run()
		sum := int64(0)
		for _, r := range k.left(sixth, "42001 stranger open", "42002 stranger open", "42003 stranger open") {
			sum += r.StatedFen
		}
		if sum != 3*fee-1 {
			t.Errorf("the words that count add up to %d", sum)
		}
	})
}

// A file whose reading ended half way counts for nothing, and is taken when it comes
// again.
func TestFileCutByDeath(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		raw := file(move{"42001", "o1", day("10:00:00"), fee, ""})
		died := errors.New("died")
		_, err := k.b.Take(t.Context(), daybook.Delivery{Channel: "wechat", Bytes: raw}, func(context.Context, *db.Tx, daybook.File) error { return died })
		if !errors.Is(err, died) {
			t.Fatal(err)
		}
		k.write(func(ctx context.Context, tx *db.Tx) error {
			var n int
			err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM statement_file) + (SELECT count(*) FROM statement_piece) + (SELECT count(*) FROM statement_entry)`).Scan(&n)
			if n != 0 {
				t.Errorf("%d rows stay of a file that was not taken", n)
			}
			return err
		})
		if err := k.b.Cut(t.Context(), "wechat", raw); err != nil {
			t.Fatal(err)
		}
		k.run()
		k.left(sixth)
		if again := k.take(raw, nil); again.Again || again.File.Fresh != 1 {
			t.Errorf("taken as %+v", again.File)
		}
		k.run()
		k.left(sixth, "42001 stranger open")
	})
}

// Days are closed in order, what is left over is carried, matched in a later file, and
// a closed day can be done again byte for byte.
func TestDays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.open("o1", "o2", "o3", "o4", "o5")
		paid := move{"42001", "o1", day("10:00:00"), fee, ""}
		twice := move{"42002", "o1", day("10:00:15"), fee, ""}
		lost := move{"42003", "o2", day("11:00:00"), fee, ""}    // no notice came
		missing := move{"42004", "o3", day("23:59:31"), fee, ""} // in the next day's file
		early := move{"42005", "o4", "2019-09-07 00:00:01", fee, ""}
		early2 := early
		early2.at = day("23:59:59") // the channel counts it to the sixth
		k.book(paid, twice, missing, early)
		k.run()
		k.why(k.close(sixth), daybook.WhyFile)
		k.take(file(paid, twice, lost, early2), nil)
		k.run()
		k.left(sixth, "42002 again open", "42003 surplus open", "42004 missing open")
		k.why(k.close(sixth+1), daybook.WhyRunning)
		if err := k.close(sixth); err != nil {
			t.Fatal(err)
		}
		if err := k.close(sixth); !errors.Is(err, daybook.ErrState) {
			t.Errorf("closed twice: %v", err)
		}
		was := k.verify(sixth)
		if len(was.Problems) > 0 || was.Bytes == 0 || was.Facts == 0 || was.Files != 1 {
			t.Errorf("verified: %+v", was)
		}
		// The day after: the missing one comes, the lost one is booked, the second
		// payment is given back.
		k.now += 24 * time.Hour.Milliseconds()
		k.book(lost)
		found := missing
		found.at = "2019-09-07 00:00:02"
		next := move{"42006", "o5", "2019-09-07 09:00:00", fee, ""}
		k.book(next)
		k.take(file(found, next), nil)
		k.run()
		k.left(sixth+1, "42002 again open", "42003 surplus done", "42004 missing done")
		var id string
		k.write(func(ctx context.Context, tx *db.Tx) error {
			if err := tx.QueryRow(ctx, `SELECT id FROM payment_movement WHERE number = '42002'`).Scan(&id); err != nil {
				return err
			}
			return payment.Decide(ctx, tx, id, payment.GiveBack, k.now, "a", "b", "付了两次")
		})
		back := move{"50001", "o1", "2019-09-07 12:00:00", fee, "42002"}
		k.book(back)
		k.run()
		k.left(sixth+1, "50001 refund-missing open", "42002 again done", "42003 surplus done", "42004 missing done")
		k.take(file(found, next, back), nil)
		k.run()
		k.left(sixth+1, "42002 again done", "42003 surplus done", "42004 missing done", "50001 refund-missing done")
		if err := k.close(sixth + 1); err != nil {
			t.Fatal(err)
		}
		for _, day := range []daybook.Day{sixth, sixth + 1} {
			if v := k.verify(day); len(v.Problems) > 0 {
				t.Errorf("%s verified: %+v", day, v.Problems)
			}
		}
		if k.verify(sixth).Closing.Seal != was.Closing.Seal {
			t.Error("the seal of a closed day changed")
		}
		// Nothing is in two books, nothing in none.
		k.write(func(ctx context.Context, tx *db.Tx) error {
			var n, booked int
			err := errors.Join(tx.QueryRow(ctx, `SELECT count(*) FROM day_taken`).Scan(&n), tx.QueryRow(ctx, `SELECT count(*) FROM payment_movement`).Scan(&booked))
			if n != booked {
				t.Errorf("%d movements are in books of %d", n, booked)
			}
			return err
		})
	})
}

// What is altered behind the program's back is found where it is.
func TestVerifyFinds(t *testing.T) {
	for what, text := range map[string]string{
		daybook.BadLedger: `UPDATE payment_movement SET fen = fen + 1`,
		daybook.BadLine:   `UPDATE statement_entry SET fen = fen + 1`,
		daybook.BadFile:   `UPDATE statement_entry SET order_number = 'o9'`,
		daybook.BadResult: `UPDATE day_sealed SET result = facts`,
		daybook.BadFacts:  `UPDATE day_sealed SET facts = result`,
		daybook.BadSeal:   `UPDATE day_closing SET seal = 'x'`,
	} {
		t.Run(what, func(t *testing.T) {
			k := newDesk(t, dbtest.SQLite(t))
			k.open("o1")
			m := move{"42001", "o1", day("10:00:00"), fee, ""}
			k.book(m)
			k.take(file(m), nil)
			k.run()
			if err := k.close(sixth); err != nil {
				t.Fatal(err)
			}
			k.write(func(ctx context.Context, tx *db.Tx) error { _, err := tx.Exec(ctx, text); return err })
			v := k.verify(sixth)
			found := false
			for _, p := range v.Problems {
				found = found || p.What == what
			}
			if !found {
				t.Errorf("found %+v", v.Problems)
			}
		})
	}
}

// What comes for a closed day stands in the book of the next; and what two persons
// ended stays ended.
func TestTooLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := newDesk(t, d)
		k.open("o1", "o2", "o3")
		a, gone := move{"42001", "o1", day("10:00:00"), fee, ""}, move{"42002", "o2", day("11:00:00"), fee, ""}
		k.book(a, gone)
		k.take(file(a), nil)
		k.run()
		r := k.left(sixth, "42002 missing open")[0]
		k.write(func(ctx context.Context, tx *db.Tx) error {
			return r.Settle(ctx, tx, k.now, "a", "b", "渠道确认没有这一笔")
		})
		if err := k.close(sixth); err != nil {
			t.Fatal(err)
		}
		late := move{"42003", "o3", day("12:00:00"), fee, ""}
		k.take(file(a, late), nil) // issued again
		k.run()
		k.left(sixth, "42002 missing settled")
		k.left(sixth+1, "42003 surplus open")
		k.book(late)
		k.run()
		k.left(sixth+1, "42003 surplus done")
		if v := k.verify(sixth); len(v.Problems) > 0 {
			t.Errorf("verified: %+v", v.Problems)
		}
	})
}
