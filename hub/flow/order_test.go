package flow_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/payment"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// till is a portal where fees are paid, with a clock that can be set.
type till struct {
	*portal
	now time.Time
}

func openTill(t *testing.T, d *db.DB) *till {
	x := &till{portal: openPortal(t, d), now: opened}
	x.f.Now = func() time.Time { return x.now }
	return x
}

// confirmed is somebody who registered and confirmed; the order is not opened yet.
func (x *till) confirmed(name string, n int) (application string) {
	x.t.Helper()
	_, id := x.registered(name, n)
	x.confirm(id, n)
	return id
}

func (x *till) confirm(id string, n int) {
	x.t.Helper()
	x.must(func(tx *db.Tx) error {
		a := x.arrival(n+1, id, 1, x.versions(id)[0].Application)
		a.Record.Committed = x.now.UnixMilli()
		return x.f.Confirm(ctx, tx, []flow.Arrival{a})
	})
}

// keep does what is due to her order, and that doing it again does nothing.
func (x *till) keep(id string, since time.Time, want ...flow.OrderStep) *payment.Order {
	x.t.Helper()
	for _, want := range [][]flow.OrderStep{want, nil} {
		x.must(func(tx *db.Tx) error {
			got, err := x.f.KeepOrder(ctx, tx, x.rules, id, since.UnixMilli(), flow.Hub())
			if !slices.Equal(got, want) {
				x.t.Errorf("kept by %v, want %v", got, want)
			}
			return err
		})
	}
	return x.order(id)
}

func (x *till) order(id string) *payment.Order {
	x.t.Helper()
	var all []payment.Order
	x.must(func(tx *db.Tx) (err error) { all, err = payment.OrdersOf(ctx, tx, id); return err })
	i := slices.IndexFunc(all, func(o payment.Order) bool { return o.State.Stands() })
	if i < 0 && len(all) == 0 {
		return nil
	}
	return &all[max(i, 0)]
}

func (x *till) refused(what string, want error, f func(tx *db.Tx) error) {
	x.t.Helper()
	if err := x.d.Write(ctx, f); !errors.Is(err, want) {
		x.t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

// pays books a payment of an order.
func (x *till) pays(o *payment.Order, number string, fen int64, at time.Time) (b payment.Booked) {
	x.t.Helper()
	x.must(func(tx *db.Tx) (err error) {
		b, err = x.f.BookMovement(ctx, tx, payment.Movement{Channel: "wechat", Kind: payment.Payment, Number: number, Order: o.Number, Fen: fen, At: at.UnixMilli(), Source: payment.ByNotice}, flow.Hub())
		return err
	})
	return b
}

func (x *till) toldOf(id string) (out []notice.Kind) {
	x.t.Helper()
	x.must(func(tx *db.Tx) error {
		all, err := notice.List(ctx, tx, notice.Reader{Applications: []string{id}}, "", 100)
		for _, n := range all {
			if n.Args["order"] != "" {
				out = append(out, n.Kind)
			}
		}
		slices.Reverse(out)
		return err
	})
	return out
}

func civil(month time.Month, day int) int64 {
	return time.Date(2019, month, day, 0, 0, 0, 0, window.Zone()).UnixMilli()
}

// TestOrderOpens: after the confirmation, once, with her fee, until her times for paying
// end; who arrives late has days of her own, counted from her arrival; and every step is
// told and journalled.
func TestOrderOpens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		id := x.confirmed("u1", 0)
		o := x.keep(id, x.now, flow.OpensOrder)
		fee, _ := x.c.Fee(x.people[0].Application.First().Level)
		if o.Fen != fee || o.State != payment.Open || o.Point != here || o.Division != county || !payment.IsNumber(o.Number) || o.Cause != string(flow.CauseConfirmed) {
			t.Errorf("opened %+v", o)
		}
		if o.DueAt != civil(time.September, 12) {
			t.Errorf("to be paid until %s", time.UnixMilli(o.DueAt).In(window.Zone()))
		}
		x.must(func(tx *db.Tx) error {
			again, err := x.f.OpenOrder(ctx, tx, id, flow.CauseConfirmed, office)
			if again.Number != o.Number {
				t.Errorf("a second order: %+v", again)
			}
			return err
		})

		_, late := x.registered("u2", 1)
		_, unconfirmed := x.registered("u3", 2)
		x.now = time.Date(2019, time.September, 20, 9, 0, 0, 0, window.Zone())
		x.confirm(late, 1)
		o = x.keep(late, x.now, flow.OpensOrder)
		if o.DueAt != civil(time.September, 24) {
			t.Errorf("arrived on the 20th, to be paid until %s", time.UnixMilli(o.DueAt).In(window.Zone()))
		}
		if acts := x.acts(); acts[journal.OrderOpened] != 2 {
			t.Errorf("journal: %v", acts)
		}
		for _, who := range []string{id, late} {
			if got := x.toldOf(who); !slices.Equal(got, []notice.Kind{notice.OrderOpened}) {
				t.Errorf("told %v", got)
			}
		}

		x.refused("an order of who is not confirmed", flow.ErrUnstanding, func(tx *db.Tx) error {
			_, err := x.f.OpenOrder(ctx, tx, unconfirmed, flow.CauseConfirmed, office)
			return err
		})
		x.refused("an order by papers, which open none here", flow.ErrNoPayment, func(tx *db.Tx) error {
			_, err := x.f.OpenOrder(ctx, tx, unconfirmed, flow.CausePapers, office)
			return err
		})
	})
}

// TestOrderByPapers: where the campaign has it so, papers open the order and a
// confirmation opens none.
func TestOrderByPapers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		x.rules.Campaign.Payment.Opens = rules.OpensPapers
		id := x.confirmed("u1", 0)
		if o := x.keep(id, x.now); o != nil {
			t.Errorf("a confirmation opened %+v", o)
		}
	})
}

// TestOrderLeaves: what is withdrawn or taken back leaves nothing to pay; what stands
// again is paid again; what was paid stays paid, and another payment of hers waits for
// the office.
func TestOrderLeaves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		id := x.confirmed("u1", 0)
		first := x.keep(id, x.now, flow.OpensOrder)
		state := func(n int, from, to confirmation.State) {
			t.Helper()
			x.must(func(tx *db.Tx) error { return confirmation.SetState(ctx, tx, fmt.Sprintf("%032x", n), from, to, "") })
		}
		state(1, confirmation.InForce, confirmation.Disputed)
		x.keep(id, x.now)
		state(1, confirmation.Disputed, confirmation.Voided)
		if o := x.keep(id, x.now, flow.EndsOrder); o.State != payment.Left {
			t.Errorf("taken back: %+v", o)
		}
		x.now = x.now.Add(time.Hour)
		if b := x.pays(first, "w1", first.Fen, x.now); b.Standing != payment.AfterLeaving {
			t.Errorf("paid afterwards: %s", b.Standing)
		}
		state(1, confirmation.Voided, confirmation.InForce)
		second := x.keep(id, x.now, flow.OpensOrder)
		if second.Number == first.Number || second.Cause != string(flow.CauseAgain) {
			t.Errorf("stands again: %+v", second)
		}
		if b := x.pays(second, "w2", second.Fen, x.now); b.Standing != payment.Pays {
			t.Errorf("paid: %s", b.Standing)
		}
		if b := x.pays(second, "w3", second.Fen, x.now); b.Standing != payment.Again {
			t.Errorf("paid twice: %s", b.Standing)
		}
		state(1, confirmation.InForce, confirmation.Voided)
		if o := x.keep(id, x.now); o.State != payment.Paid {
			t.Errorf("what was paid became %s", o.State)
		}
		want := []notice.Kind{notice.OrderOpened, notice.PaymentLeft, notice.OrderOpened, notice.Paid, notice.PaymentTwice}
		if got := x.toldOf(id); !sameKinds(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
	})
}

// sameKinds compares in any order: what is told in one moment has none.
func sameKinds(a, b []notice.Kind) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// TestOrderOfAnotherFee: her level changes. An open order is ended and opened anew with
// no less time; of one that is paid the difference is noted, told, and settled by people.
func TestOrderOfAnotherFee(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		relevel := func(id, level string) {
			t.Helper()
			x.must(func(tx *db.Tx) error {
				found, err := x.f.Candidates.Get(ctx, tx, id)
				if err != nil {
					return err
				}
				app := found.Application.Clone()
				app.Version++
				app.Choices = []form.Choice{{Order: 1, Level: level, Category: "x"}}
				return x.f.Register(ctx, tx, app, "office", office)
			})
		}
		fees := map[string]string{"1": "3", "2": "3", "3": "1"}
		open, paid := x.confirmed("u1", 0), x.confirmed("u2", 1)
		was := x.keep(open, x.now, flow.OpensOrder)
		relevel(open, fees[was.Level])
		o := x.keep(open, x.now, flow.RenewsOrder)
		if o.Number == was.Number || o.Fen == was.Fen || o.State != payment.Open || o.DueAt < was.DueAt {
			t.Errorf("of another fee: %+v after %+v", o, was)
		}

		o = x.keep(paid, x.now, flow.OpensOrder)
		level := o.Level
		b := x.pays(o, "w1", o.Fen, x.now)
		relevel(paid, fees[level])
		x.keep(paid, x.now, flow.NotesDifference)
		relevel(paid, level)
		x.keep(paid, x.now, flow.DropsDifference)
		relevel(paid, fees[level])
		o = x.keep(paid, x.now, flow.NotesDifference)
		x.refused("settled without a reason", flow.ErrReason, func(tx *db.Tx) error { return x.f.SettleDifference(ctx, tx, o.Number, " ", office, "s2") })
		x.must(func(tx *db.Tx) error { return x.f.SettleDifference(ctx, tx, o.Number, "差额免补", office, "s2") })
		x.refused("settled twice", payment.ErrState, func(tx *db.Tx) error { return x.f.SettleDifference(ctx, tx, o.Number, "again", office, "s2") })
		x.keep(paid, x.now)

		// Or it is given back whole, and she pays the other fee.
		x.must(func(tx *db.Tx) error {
			return x.f.StepMovement(ctx, tx, b.Movement.ID, payment.GiveBack, "层次变更", office, "s2")
		})
		x.must(func(tx *db.Tx) error {
			_, err := x.f.BookMovement(ctx, tx, payment.Movement{Channel: "wechat", Kind: payment.Refund, Number: "r1", Of: "w1", Order: o.Number, Fen: o.Fen, At: x.now.UnixMilli(), Source: payment.ByQuery}, flow.Hub())
			return err
		})
		anew := x.keep(paid, x.now, flow.OpensOrder)
		if anew.Fen == o.Fen || anew.State != payment.Open {
			t.Errorf("after the refund: %+v", anew)
		}
		want := []notice.Kind{notice.OrderOpened, notice.Paid, notice.OrderDiffers, notice.OrderSettled, notice.OrderDiffers, notice.OrderSettled, notice.RefundAsked, notice.Refunded, notice.OrderOpened}
		if got := x.toldOf(paid); !sameKinds(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		if a := x.acts(); a[journal.OrderRefunded] != 1 || a[journal.RefundMade] != 1 {
			t.Errorf("journal: %v", a)
		}
	})
}

// TestOrderBySlip: the sheet's slip opens the order before the record arrives; the
// record joins it, whether it is paid by then or not, and no other is opened.
func TestOrderBySlip(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		for n, paid := range []bool{false, true} {
			_, id := x.registered(fmt.Sprint("u", n), n)
			fee, _ := x.c.Fee(x.people[n].Application.First().Level)
			slip := flow.SlipWord{Record: fmt.Sprintf("%032x", n+1), Application: id, Campaign: adult, Fee: fee, At: x.now.UnixMilli(), Point: here, Division: county}
			barred := slip
			barred.Bar = flow.SlipHeld
			x.refused("a slip that is barred", flow.ErrSlip, func(tx *db.Tx) error { _, err := x.f.SlipOrder(ctx, tx, barred, flow.Hub()); return err })
			var o payment.Order
			for range 2 {
				x.must(func(tx *db.Tx) (err error) { o, err = x.f.SlipOrder(ctx, tx, slip, flow.Hub()); return err })
			}
			if o.Fen != fee || o.State != payment.Open || o.ArrivedAt != 0 || o.Level == "" {
				t.Errorf("by the slip: %+v", o)
			}
			x.keep(id, x.now) // she edits meanwhile, or nothing: the order waits for its record
			if paid {
				x.pays(&o, "w1", fee, x.now)
			}
			arrives := x.now.Add(8 * 24 * time.Hour)
			x.must(func(tx *db.Tx) error {
				a := x.arrival(n+1, id, 1, x.versions(id)[0].Application)
				a.Record.Committed = arrives.UnixMilli()
				return x.f.Confirm(ctx, tx, []flow.Arrival{a})
			})
			want := []flow.OrderStep{flow.JoinsOrder, flow.ExtendsOrder}
			if paid {
				want = want[:1]
			}
			got := x.keep(id, arrives, want...)
			if got.Number != o.Number || got.ArrivedAt != arrives.UnixMilli() || got.Record != slip.Record || paid != (got.State == payment.Paid) {
				t.Errorf("when the record has come: %+v", got)
			}
			if due := civil(time.September, 18); !paid && got.DueAt != due {
				t.Errorf("arrived on the 14th, to be paid until %s", time.UnixMilli(got.DueAt).In(window.Zone()))
			}
		}
		if a := x.acts(); a[journal.OrderOpened] != 2 || a[journal.OrderJoined] != 2 {
			t.Errorf("journal: %v", a)
		}
	})
}

// TestOrderBySlipInDispute: a record that waits for the county is paid by its slip, like
// one that has not come; what is decided against her ends the order.
func TestOrderBySlipInDispute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		id := x.confirmed("u1", 0)
		set := func(from, to confirmation.State) {
			x.must(func(tx *db.Tx) error { return confirmation.SetState(ctx, tx, fmt.Sprintf("%032x", 1), from, to, "") })
		}
		set(confirmation.InForce, confirmation.Disputed)
		x.keep(id, x.now)
		fee, _ := x.c.Fee(x.people[0].Application.First().Level)
		slip := flow.SlipWord{Record: fmt.Sprintf("%032x", 1), Application: id, Campaign: adult, Fee: fee, At: x.now.UnixMilli(), Point: here, Division: county}
		x.must(func(tx *db.Tx) error { _, err := x.f.SlipOrder(ctx, tx, slip, flow.Hub()); return err })
		if o := x.keep(id, x.now); o == nil || o.State != payment.Open || o.Fen != fee || o.ArrivedAt == 0 {
			t.Errorf("by the slip: %+v", o)
		}
		set(confirmation.Disputed, confirmation.Overruled)
		if o := x.keep(id, x.now, flow.EndsOrder); o.State != payment.Left {
			t.Errorf("decided against her: %+v", o)
		}
	})
}

// TestOrderEnds: closed when its time is over and not before; what comes then is late
// and may be credited; extended for exactly her it is open again; waived only where the
// campaign lets the exempt go free.
func TestOrderEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		id := x.confirmed("u1", 0)
		o := x.keep(id, x.now, flow.OpensOrder)
		closes := func(want int) {
			t.Helper()
			x.must(func(tx *db.Tx) error {
				n, err := x.f.CloseDue(ctx, tx, 10)
				if n != want {
					t.Errorf("%d closed, want %d", n, want)
				}
				return err
			})
		}
		closes(0)
		x.refused("closed before its end", payment.ErrState, func(tx *db.Tx) error { return x.f.CloseOrder(ctx, tx, o.Number) })
		x.now = time.UnixMilli(o.DueAt).Add(time.Hour)
		closes(1)
		closes(0)
		late := x.pays(o, "w1", o.Fen, time.UnixMilli(o.DueAt).Add(time.Minute))
		if late.Standing != payment.Late {
			t.Errorf("after the close: %s", late.Standing)
		}
		x.refused("an end that is over", flow.ErrDue, func(tx *db.Tx) error { return x.f.ExtendOrder(ctx, tx, o.Number, x.now, "停电", office, "s2") })
		until := x.now.Add(24 * time.Hour)
		x.must(func(tx *db.Tx) error { return x.f.ExtendOrder(ctx, tx, o.Number, until, "停电", office, "s2") })
		if got := x.keep(id, time.UnixMilli(0)); got.State != payment.Open || got.DueAt != until.UnixMilli() {
			t.Errorf("extended: %+v", got)
		}
		x.refused("credited without a reason", flow.ErrReason, func(tx *db.Tx) error {
			return x.f.StepMovement(ctx, tx, late.Movement.ID, payment.Credit, "", office, "")
		})
		x.must(func(tx *db.Tx) error {
			return x.f.StepMovement(ctx, tx, late.Movement.ID, payment.Credit, "收受逾期缴费", office, "")
		})
		if got := x.order(id); got.State != payment.Paid || got.Movement != late.Movement.ID {
			t.Errorf("credited: %+v", got)
		}
		x.must(func(tx *db.Tx) error {
			return x.f.StepMovement(ctx, tx, late.Movement.ID, payment.Revert, "渠道没有", office, "s2")
		})
		if got := x.order(id); got.State != payment.Open {
			t.Errorf("reverted: %+v", got)
		}
		x.refused("waived where the exempt pay", flow.ErrExemptPays, func(tx *db.Tx) error { return x.f.WaiveOrder(ctx, tx, o.Number, "免试", office, "s2") })
		want := []notice.Kind{notice.OrderOpened, notice.OrderClosed, notice.PaymentLate, notice.OrderExtended, notice.Paid, notice.PaymentNone}
		if got := x.toldOf(id); !sameKinds(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
	})
}

// TestValids: the list gives exactly those whom Valid finds valid, page by page.
func TestValids(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openTill(t, d)
		set := func(n int, from, to confirmation.State) {
			x.must(func(tx *db.Tx) error { return confirmation.SetState(ctx, tx, fmt.Sprintf("%032x", n+1), from, to, "") })
		}
		var all []string
		want := map[string]bool{}
		for n, c := range []struct {
			order payment.State
			state confirmation.State
			valid bool
		}{
			{payment.Open, confirmation.InForce, false}, {payment.Paid, confirmation.InForce, true}, {payment.Waived, confirmation.InForce, true},
			{payment.Closed, confirmation.InForce, false}, {payment.Left, confirmation.InForce, false}, {payment.Paid, confirmation.Disputed, false},
			{payment.Paid, confirmation.TimePending, false}, {payment.Paid, confirmation.Voided, false}, {"", "", false},
		} {
			if c.state == "" {
				_, id := x.registered(fmt.Sprint("u", n), n)
				all = append(all, id)
				continue
			}
			id := x.confirmed(fmt.Sprint("u", n), n)
			all = append(all, id)
			o := x.keep(id, x.now, flow.OpensOrder)
			switch c.order {
			case payment.Open:
			case payment.Paid:
				x.pays(o, fmt.Sprint("w", n), o.Fen, x.now)
			default:
				x.must(func(tx *db.Tx) error { return payment.EndOrder(ctx, tx, o.Number, c.order, 1) })
			}
			if c.state != confirmation.InForce {
				set(n, confirmation.InForce, c.state)
			}
			want[id] = c.valid
			if got := flow.Valid(x.c, o.Level, c.state == confirmation.InForce, x.order(id)); got != c.valid {
				t.Errorf("order %s, confirmation %s: Valid says %v", c.order, c.state, got)
			}
		}
		list := func(v payment.Valids) (out []string) {
			v.Limit = 1
			for {
				var some []string
				x.must(func(tx *db.Tx) (err error) { some, err = v.List(ctx, tx); return err })
				if len(some) == 0 {
					return out
				}
				out, v.After = append(out, some...), some[len(some)-1]
			}
		}
		got := list(flow.Valids(x.c))
		for _, id := range all {
			if slices.Contains(got, id) != want[id] {
				t.Errorf("%s: listed %v, want %v", id, !want[id], want[id])
			}
		}
		free := x.c
		free.Fees = slices.Clone(x.c.Fees)
		for i := range free.Fees {
			free.Fees[i].Fen = 0
		}
		none := x.c
		none.Payment = rules.Payment{}
		if a, b := list(flow.Valids(free)), list(flow.Valids(none)); len(a) != 5 || !slices.Equal(a, b) {
			t.Errorf("without a fee %d are valid, without payment %d, want the 5 whose confirmation is in force", len(a), len(b))
		}
	})
}
