package ending_test

import (
	"errors"
	"fmt"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/ending"
)

const (
	camp    = "adult-2019"
	county  = "430104"
	point   = "43010401"
	fee     = int64(16000)
	drawn   = int64(1_568_300_000_000)
	objects = drawn + 3*24*3600_000
)

// register is a database and the people in it.
type register struct {
	t *testing.T
	d *db.DB
	n int
}

func (r *register) do(f func(tx *db.Tx) error) error {
	r.t.Helper()
	return r.d.Write(r.t.Context(), f)
}

func (r *register) must(f func(tx *db.Tx) error) {
	r.t.Helper()
	if err := r.do(f); err != nil {
		r.t.Fatal(err)
	}
}

// facts is one person before she is put into a database.
type facts struct {
	state  string // of the application
	record string // of her confirmation, "" = none
	proof  string
	orders []payment.State
	stray  bool // money of hers that pays nothing
}

func (f facts) judged() ending.Facts {
	return ending.Facts{Withdrawn: f.state == "withdrawn", Confirmed: f.state == "confirmed", Waiting: f.record == "disputed" || f.record == "time-pending",
		Papers: f.record == "in-force" && f.proof != "", Orders: f.orders, Suspense: f.stray && len(f.orders) > 0}
}

// add puts a person in, and gives her application.
func (r *register) add(f facts) string {
	r.t.Helper()
	r.n++
	id := fmt.Sprintf("app%05d", r.n)
	ctx := r.t.Context()
	r.must(func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO application (id, campaign, number_hmac, version, point, division, state, confirmed_at, confirmed_point, changed_at, level, indexed, apart)
			VALUES ($1, $2, $3, 1, $4, $5, $6, 0, '', 0, '5', 1, $7)`, id, camp, []byte(id), point, county, f.state, false)
		if err != nil {
			return err
		}
		if f.record != "" {
			r.confirm(tx, id, f.record, f.proof)
		}
		for i, state := range f.orders {
			if err := r.order(tx, fmt.Sprintf("43%05d%d", r.n, i), id, state, f.stray); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

func (r *register) confirm(tx *db.Tx, application, state, proof string) {
	r.t.Helper()
	r.n++
	id := fmt.Sprintf("record%05d", r.n)
	_, err := tx.Exec(r.t.Context(), `INSERT INTO confirmation (id, box, epoch, seq, envelope_hash, previous, envelope, campaign, campaign_version, application, version, started_from, point, division,
		number_key, number_masked, state, state_reason, out_of_hours, received, committed, time_evidence, checks, timeline, blobs, body_hash, body_size, opened_with, content, proof)
		VALUES ($1, 'box', 1, $2, '', '', $3, $4, 1, $5, 1, 1, $6, $7, $3, '', $8, '', $9, 0, 0, '{}', '[]', '[]', '[]', '', 0, '', $3, $10)`,
		id, r.n, []byte{}, camp, application, point, county, state, false, proof)
	if err != nil {
		r.t.Fatal(err)
	}
}

// order opens an order and takes it where it is to be.
func (r *register) order(tx *db.Tx, number, application string, to payment.State, stray bool) error {
	ctx := r.t.Context()
	if err := payment.OpenOrder(ctx, tx, payment.Order{Number: number, Application: application, Campaign: camp, Division: county, Point: point, Level: "5", Fen: fee, OpenedAt: int64(r.n), DueAt: drawn - 1, Record: number}); err != nil {
		return err
	}
	pay := func(fen int64) error {
		_, err := payment.Book(ctx, tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: fmt.Sprint("42", number, fen), Order: number, Fen: fen, At: 5, Source: payment.ByNotice}, 6)
		return err
	}
	if stray {
		if err := pay(fee + 1); err != nil {
			return err
		}
	}
	switch to {
	case payment.Open:
		return nil
	case payment.Paid:
		return pay(fee)
	}
	return payment.EndOrder(ctx, tx, number, to, 7)
}

// everybody is one of each kind that there can be.
func everybody() (out []facts) {
	all := [][]payment.State{nil, {payment.Open}, {payment.Closed}, {payment.Left}, {payment.Paid}, {payment.Waived}, {payment.Closed, payment.Open}, {payment.Closed, payment.Paid}, {payment.Left, payment.Closed}}
	for _, state := range []string{"registered", "confirmed", "withdrawn"} {
		for _, record := range [][2]string{{"", ""}, {"in-force", ""}, {"in-force", "provisional"}, {"in-force", "accepted"}, {"disputed", ""}, {"time-pending", ""}, {"voided", ""}} {
			if record[1] == "accepted" {
				record[1] = "" // as far as Judge asks
			}
			for _, orders := range all {
				for _, stray := range []bool{false, true} {
					out = append(out, facts{state, record[0], record[1], orders, stray})
				}
			}
		}
	}
	return out
}

func (r *register) draw() ending.List {
	r.t.Helper()
	var l ending.List
	r.must(func(tx *db.Tx) error { l = r.drawIn(tx); return nil })
	return l
}

func (r *register) drawIn(tx *db.Tx) ending.List {
	r.t.Helper()
	l, err := ending.Draw(r.t.Context(), tx, ending.List{Campaign: camp, Division: "430000", DrawnAt: drawn, DrawnBy: "first", ObjectUntil: objects})
	if err != nil {
		r.t.Fatal(err)
	}
	return l
}

func (r *register) on(l ending.List, application string) ending.Person {
	r.t.Helper()
	var p ending.Person
	r.must(func(tx *db.Tx) (err error) {
		p, err = ending.On(r.t.Context(), tx, l.ID, application)
		if errors.Is(err, ending.ErrNotFound) {
			err = nil
		}
		return err
	})
	return p
}

func (r *register) sign(l ending.List, at int64) (ending.List, error) {
	var seen string
	r.must(func(tx *db.Tx) (err error) { seen, err = ending.Now(r.t.Context(), tx, l.ID); return err })
	err := r.do(func(tx *db.Tx) (err error) {
		l, err = ending.Sign(r.t.Context(), tx, l, seen, ending.Who{By: "first", Second: "second", At: at})
		return err
	})
	return l, err
}

func each(t *testing.T, f func(t *testing.T, r *register)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { f(t, &register{t: t, d: d}) })
}

// The list that is drawn is the one that Judge says, person by person, and never holds
// anybody who is valid (A41, A42).
func TestDrawIsJudge(t *testing.T) {
	each(t, func(t *testing.T, r *register) {
		of := map[string]facts{}
		held := map[string]int{}
		for _, f := range everybody() {
			of[r.add(f)] = f
			if v := ending.Judge(f.judged()); v.Hold != "" {
				held[v.Hold]++
			}
		}
		var look ending.Outlook
		r.must(func(tx *db.Tx) (err error) { look, err = ending.Look(t.Context(), tx, camp, "430000"); return err })
		l := r.draw()
		drawn := 0
		for id, f := range of {
			want := ending.Judge(f.judged())
			got := r.on(l, id)
			if got.Why != want.Why {
				t.Errorf("%+v: got %q, want %+v", f, got.Why, want)
			}
			if got.Why != "" {
				drawn++
			}
			valid := f.state == "confirmed" && len(f.orders) > 0 && (f.orders[len(f.orders)-1] == payment.Paid || f.orders[len(f.orders)-1] == payment.Waived)
			if valid && (got.Why != "" || want.Hold != "") {
				t.Errorf("%+v is valid and stands on the list", f)
			}
		}
		if drawn != l.People || look.People() != l.People || l.Hash == "" {
			t.Errorf("%d are on the list, it says %d, and the look before it %d", drawn, l.People, look.People())
		}
		for hold, n := range held {
			if look.Held[hold] != n {
				t.Errorf("held for %s: got %d, want %d", hold, look.Held[hold], n)
			}
		}
	})
}

// Money is hers whose order was found for it, not hers whose order it names; she is held
// until it is given back.
func TestFoundMoney(t *testing.T) {
	each(t, func(t *testing.T, r *register) {
		ctx := t.Context()
		names := r.add(facts{state: "confirmed", record: "in-force", orders: []payment.State{payment.Closed}, stray: true})
		owns := r.add(facts{state: "confirmed", record: "in-force", orders: []payment.State{payment.Closed}})
		r.must(func(tx *db.Tx) error {
			named, err := payment.OrdersOf(ctx, tx, names)
			if err != nil {
				return err
			}
			own, err := payment.OrdersOf(ctx, tx, owns)
			if err != nil {
				return err
			}
			all, err := payment.BookingsOf(ctx, tx, named[0].Number)
			if err != nil {
				return err
			}
			if err := payment.Own(ctx, tx, all[0].ID, own[0].Number, 8, "officer", "查到是本人"); err != nil {
				return err
			}
			l := r.drawIn(tx)
			if p, err := ending.On(ctx, tx, l.ID, owns); !errors.Is(err, ending.ErrNotFound) {
				t.Errorf("she whose money was found is on the list: %+v, %v", p, err)
			}
			if p, err := ending.On(ctx, tx, l.ID, names); err != nil || p.Why != ending.Unpaid {
				t.Errorf("she whose order it only names is not on the list: %+v, %v", p, err)
			}
			if err := payment.Decide(ctx, tx, all[0].ID, payment.GiveBack, 9, "first", "second", "退回"); err != nil {
				return err
			}
			if look, err := ending.Look(ctx, tx, camp, "430000"); err != nil || look.Held[ending.HoldSuspense] != 1 {
				t.Errorf("while it is on its way back: %+v, %v", look, err)
			}
			_, err = payment.Book(ctx, tx, payment.Movement{Channel: "wechat", Kind: payment.Refund, Number: "50" + all[0].Number, Of: all[0].Number, Order: named[0].Number, Fen: all[0].Fen, At: 10, Source: payment.ByNotice}, 11)
			if err != nil {
				return err
			}
			if look, err := ending.Look(ctx, tx, camp, "430000"); err != nil || look.Unpaid != 2 {
				t.Errorf("when it was given back: %+v, %v", look, err)
			}
			return nil
		})
	})
}

// Who becomes valid, or of whom something is open again, drops out by herself and is
// never void.
func TestDropsOut(t *testing.T) {
	each(t, func(t *testing.T, r *register) {
		ctx := t.Context()
		closed := facts{state: "confirmed", record: "in-force", orders: []payment.State{payment.Closed}}
		paid, more, stays, late := r.add(closed), r.add(closed), r.add(closed), r.add(facts{state: "registered"})
		gone := r.add(facts{state: "registered"})
		l := r.draw()
		orders := map[string]string{paid: r.on(l, paid).Order, more: r.on(l, more).Order}
		r.must(func(tx *db.Tx) error {
			if err := payment.Extend(ctx, tx, orders[paid], objects+10); err != nil {
				return err
			}
			if _, err := payment.Book(ctx, tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: "x1", Order: orders[paid], Fen: fee, At: drawn, Source: payment.ByNotice}, drawn); err != nil {
				return err
			}
			if err := payment.Extend(ctx, tx, orders[more], objects+10); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE application SET state = 'confirmed' WHERE id = $1`, late); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE application SET state = 'withdrawn' WHERE id = $1`, gone)
			return err
		})
		if _, err := r.sign(l, objects-1); !errors.Is(err, ending.ErrEarly) {
			t.Errorf("signed before the days to object were over: %v", err)
		}
		if _, err := r.sign(l, objects); !errors.Is(err, ending.ErrChanged) {
			t.Errorf("signed although people dropped out since it was read: %v", err)
		}
		for range 2 { // the second time changes nothing
			r.must(func(tx *db.Tx) error { _, err := ending.Settle(ctx, tx, l.ID, objects); return err })
		}
		l, err := r.sign(l, objects)
		if err != nil || l.Voided != 1 {
			t.Fatalf("signed: %d void, %v", l.Voided, err)
		}
		for id, want := range map[string][2]string{paid: {"out", ending.ByPaying}, more: {"out", ending.ByTime}, late: {"out", ending.ByConfirming}, gone: {"out", ending.ByLeaving}, stays: {"void", ""}} {
			if got := r.on(l, id); string(got.Standing) != want[0] || got.Cause != want[1] {
				t.Errorf("%s: got %s %s, want %v", id, got.Standing, got.Cause, want)
			}
		}
		if _, err := r.sign(l, objects+1); !errors.Is(err, ending.ErrState) {
			t.Errorf("signed twice: %v", err)
		}
	})
}

// A payment whose word comes when she is void makes nobody paid who stays void: it lies
// in suspense, and pays once the void is taken back (A41, A42).
func TestPaidWhenVoid(t *testing.T) {
	each(t, func(t *testing.T, r *register) {
		ctx := t.Context()
		closed := facts{state: "confirmed", record: "in-force", orders: []payment.State{payment.Closed}}
		her, more := r.add(closed), r.add(closed)
		l, err := r.sign(r.draw(), objects)
		if err != nil || l.Voided != 2 {
			t.Fatalf("%d void, %v", l.Voided, err)
		}
		hers, another := r.on(l, her).Order, r.on(l, more).Order
		r.must(func(tx *db.Tx) error {
			word := payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: "x1", Order: hers, Fen: fee, At: 5, Source: payment.ByQuery}
			b, err := payment.Book(ctx, tx, word, objects+1)
			if err != nil || b.Standing != payment.Late || b.Order.State != payment.Closed {
				t.Errorf("booked: %s, the order is %s, %v", b.Standing, b.Order.State, err)
			}
			open := word
			open.Number, open.Order = "x2", another
			if err := payment.Extend(ctx, tx, open.Order, objects+10); err != nil {
				return err
			}
			if places, err := payment.Paying(ctx, tx, []payment.Movement{open}); err != nil || len(places) != 0 {
				t.Errorf("booked together with others: %v, %v", places, err)
			}
			if err := ending.Restore(ctx, tx, l, her, "按时缴费", ending.Who{By: "first", Second: "second", At: objects + 2}); err != nil {
				return err
			}
			if err := payment.Decide(ctx, tx, b.Movement.ID, payment.Credit, objects+3, "first", "second", "按时缴费"); err != nil {
				return err
			}
			o, err := payment.GetOrder(ctx, tx, word.Order)
			if o.State != payment.Paid {
				t.Errorf("after it was restored and credited the order is %s", o.State)
			}
			return err
		})
	})
}

// Who pays while two persons sign is not void: the signing is done again, and sees it.
// SQLite has one writer at a time.
func TestPaidWhileSigned(t *testing.T) {
	ctx := t.Context()
	r := &register{t: t, d: dbtest.Postgres(t)}
	her := r.add(facts{state: "confirmed", record: "in-force", orders: []payment.State{payment.Closed}})
	l := r.draw()
	order, tries := r.on(l, her).Order, 0
	err := r.do(func(tx *db.Tx) error {
		seen, err := ending.Now(ctx, tx, l.ID) // what this transaction sees is fixed here
		if err != nil {
			return err
		}
		if tries++; tries == 1 {
			r.must(func(tx *db.Tx) error {
				_, err := payment.Book(ctx, tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: "x1", Order: order, Fen: fee, At: 5, Source: payment.ByQuery}, objects)
				return err
			})
		}
		_, err = ending.Sign(ctx, tx, l, seen, ending.Who{By: "first", Second: "second", At: objects})
		return err
	})
	if !errors.Is(err, ending.ErrChanged) || tries < 2 || r.on(l, her).Standing == ending.Void {
		t.Errorf("after %d tries: %v; she is %s", tries, err, r.on(l, her).Standing)
	}
}

// An objection keeps a list from being signed until it is answered; who is taken off is
// not void; a void can be taken back, one or all, and once.
func TestObjectionsAndBack(t *testing.T) {
	each(t, func(t *testing.T, r *register) {
		ctx := t.Context()
		one := facts{state: "registered"}
		a, b, c, d := r.add(one), r.add(one), r.add(one), r.add(one)
		l := r.draw()
		who := ending.Who{By: "county", At: drawn + 1}
		object := func(id, said string) error {
			return r.do(func(tx *db.Tx) error { return ending.Object(ctx, tx, l, id, said, who) })
		}
		decide := func(id string, off bool) error {
			return r.do(func(tx *db.Tx) error { return ending.Decide(ctx, tx, l, id, off, "查过记录", who) })
		}
		if err := object(a, " "); !errors.Is(err, ending.ErrText) {
			t.Errorf("an empty objection: %v", err)
		}
		if err := object(a, "我的号码是430104199001011234"); !errors.Is(err, ending.ErrText) {
			t.Errorf("an objection with a number: %v", err)
		}
		for _, id := range []string{a, b} {
			if err := object(id, "已经在现场确认过"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.sign(l, objects); !errors.Is(err, ending.ErrObjections) {
			t.Errorf("signed over objections: %v", err)
		}
		if err := errors.Join(decide(a, true), decide(b, false)); err != nil {
			t.Fatal(err)
		}
		if err := decide(b, false); !errors.Is(err, ending.ErrState) {
			t.Errorf("an objection that was answered is answered again: %v", err)
		}
		l, err := r.sign(l, objects)
		if err != nil || l.Voided != 3 || r.on(l, a).Standing != ending.Off {
			t.Fatalf("signed: %d void, %v; taken off: %s", l.Voided, err, r.on(l, a).Standing)
		}
		if err := object(c, "太晚"); !errors.Is(err, ending.ErrState) {
			t.Errorf("objected after it was signed: %v", err)
		}
		two := ending.Who{By: "first", Second: "second", At: objects + 5}
		restore := func() error {
			return r.do(func(tx *db.Tx) error { return ending.Restore(ctx, tx, l, b, "确认点补报", two) })
		}
		if err := restore(); err != nil {
			t.Fatal(err)
		}
		if err := restore(); !errors.Is(err, ending.ErrState) {
			t.Errorf("restored twice: %v", err)
		}
		var lifted, again bool
		r.must(func(tx *db.Tx) (err error) {
			if lifted, err = ending.Lift(ctx, tx, c, two.At); err == nil {
				again, err = ending.Lift(ctx, tx, c, two.At)
			}
			return err
		})
		if !lifted || again || r.on(l, c).Cause != ending.ByRecord {
			t.Errorf("lifted by a late record: %t, again %t, %+v", lifted, again, r.on(l, c))
		}
		var n int
		r.must(func(tx *db.Tx) (err error) { n, err = ending.Reverse(ctx, tx, l, "法规变化", two); return err })
		if n != 1 || r.on(l, d).Standing != ending.Restored {
			t.Errorf("reversed: %d, %s", n, r.on(l, d).Standing)
		}
		next := r.draw() // nothing keeps them from a later list
		if next.People != 4 {
			t.Errorf("the next list has %d people, want 4", next.People)
		}
		if err := r.do(func(tx *db.Tx) error {
			_, err := ending.Draw(ctx, tx, ending.List{Campaign: camp, Division: "430000", DrawnAt: drawn, ObjectUntil: objects})
			return err
		}); !errors.Is(err, ending.ErrStanding) {
			t.Errorf("two lists stand: %v", err)
		}
	})
}
