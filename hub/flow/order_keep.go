package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
)

// orderSteps bounds how many steps one look at an order takes: end or join, label,
// extend. More are a mistake of ours.
const orderSteps = 6

// KeepOrder does what is due about the order of an application, as NextOrder says:
// whoever follows the journal calls it for each entry that may change something, and
// doing it again does nothing. since is when she came to be able to pay, ms: the entry
// by which a confirmation stands; 0 for an entry that gives nobody time. rules may be
// those of the campaign, made ready; nil reads them. It gives the steps that were taken.
// An application that was erased has nothing to keep.
func (f *Flow) KeepOrder(ctx context.Context, tx *db.Tx, given *Rules, application string, since int64, by By) ([]OrderStep, error) {
	s, err := f.orderStanding(ctx, tx, given, application)
	if errors.Is(err, candidate.ErrNotFound) {
		return nil, f.leaveErased(ctx, tx, application, by)
	}
	if err != nil {
		return nil, err
	}
	var done []OrderStep
	for range orderSteps {
		facts, err := f.orderFacts(ctx, tx, s, since)
		if err != nil {
			return nil, err
		}
		step := NextOrder(facts)
		if step == KeepsOrder {
			return done, nil
		}
		if err := f.stepOrder(ctx, tx, s, facts, step, by); err != nil {
			return nil, fmt.Errorf("flow: order %s: %w", step, err)
		}
		done = append(done, step)
		if s.orders, err = payment.OrdersOf(ctx, tx, application); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("flow: an order does not come to rest: %v", done)
}

// OrderStepDue says what KeepOrder would do first, and changes nothing: who looks
// through all applications writes only where something is to be done.
func (f *Flow) OrderStepDue(ctx context.Context, tx *db.Tx, given *Rules, application string) (OrderStep, error) {
	s, err := f.orderStanding(ctx, tx, given, application)
	if err != nil {
		return KeepsOrder, err
	}
	facts, err := f.orderFacts(ctx, tx, s, 0)
	if err != nil {
		return KeepsOrder, err
	}
	return NextOrder(facts), nil
}

// facts are those that need no further question.
func (s *orderStanding) facts() OrderFacts {
	out := OrderFacts{Opens: s.camp.Payment.Opens, Withdrawn: s.found.State == candidate.Withdrawn, Stands: s.record.State, Record: s.record.ID,
		Level: s.found.Application.First().Level, Point: s.found.Point, Order: s.order()}
	out.Fee, _ = s.camp.Fee(out.Level)
	return out
}

// orderFacts asks what NextOrder looks at.
func (f *Flow) orderFacts(ctx context.Context, tx *db.Tx, s *orderStanding, since int64) (OrderFacts, error) {
	out := s.facts()
	out.Now = f.Now().UnixMilli()
	out.Due, _ = s.due(since)
	o := out.Order
	if o == nil {
		return out, nil
	}
	if o.Cause == string(CauseSlip) && o.ArrivedAt == 0 {
		_, err := confirmation.Get(ctx, tx, o.Record)
		if err != nil && !errors.Is(err, confirmation.ErrNotFound) {
			return out, fmt.Errorf("flow: order: %w", err)
		}
		out.Came = err == nil
	}
	if o.State == payment.Closed {
		err := standsVoid(ctx, tx, o.Application)
		if out.Void = errors.Is(err, ErrVoid); err != nil && !out.Void {
			return out, err
		}
	}
	if o.State == payment.Paid {
		d, err := payment.DifferenceOf(ctx, tx, o.Number)
		if err != nil && !errors.Is(err, payment.ErrNotFound) {
			return out, err
		}
		out.Noted, out.Settled = d.Fen, d.SettledAt != 0
	}
	return out, nil
}

// stepOrder takes one step.
func (f *Flow) stepOrder(ctx context.Context, tx *db.Tx, s *orderStanding, facts OrderFacts, step OrderStep, by By) error {
	switch step {
	case OpensOrder:
		cause := CauseConfirmed
		if facts.Order != nil {
			cause = CauseAgain
		}
		_, err := f.openOrder(ctx, tx, s, cause, facts.Now, by)
		return err
	case EndsOrder:
		why := "unconfirmed"
		switch {
		case facts.Withdrawn:
			why = "withdrawn"
		case facts.belongs(false):
			why = "fee"
		}
		return f.leaveOrder(ctx, tx, *facts.Order, why, by)
	case RenewsOrder:
		return f.renewOrder(ctx, tx, s, facts, by)
	case JoinsOrder:
		o := *facts.Order
		o.ArrivedAt, o.Record, o.Division, o.Point, o.Level = s.record.Committed, s.record.ID, s.found.Division, s.found.Point, facts.Level
		if err := errors.Join(payment.Arrive(ctx, tx, o), f.liftEnded(ctx, tx, o.Application)); err != nil {
			return err
		}
		return f.writeOrder(ctx, tx, journal.OrderJoined, o, "", map[string]string{detailRecord: o.Record}, by)
	case RelabelsOrder:
		o, from := *facts.Order, *facts.Order
		o.Division, o.Point, o.Level = s.found.Division, s.found.Point, facts.Level
		if err := payment.Relabel(ctx, tx, o); err != nil {
			return err
		}
		return f.writeOrder(ctx, tx, journal.OrderMoved, o, "", map[string]string{journal.DetailFrom: from.Point, journal.DetailFromLevel: from.Level}, by)
	case ExtendsOrder:
		return f.extendOrder(ctx, tx, *facts.Order, facts.Due, "", map[string]string{}, by)
	case NotesDifference:
		return f.noteDifference(ctx, tx, facts, by)
	case DropsDifference:
		if err := payment.DropDifference(ctx, tx, facts.Order.Number, facts.Now); err != nil {
			return err
		}
		return f.writeOrder(ctx, tx, journal.OrderSettled, *facts.Order, "", nil, by)
	}
	return fmt.Errorf("flow: no such step: %s", step)
}

// leaveOrder takes it to Left; why is for the journal.
func (f *Flow) leaveOrder(ctx context.Context, tx *db.Tx, o payment.Order, why string, by By) error {
	return f.endOrder(ctx, tx, o, payment.Left, journal.OrderLeft, "", map[string]string{"why": why}, by)
}

// renewOrder ends an order whose fee is another by now and opens one anew, with no
// less time.
func (f *Flow) renewOrder(ctx context.Context, tx *db.Tx, s *orderStanding, facts OrderFacts, by By) error {
	old := *facts.Order
	if err := f.leaveOrder(ctx, tx, old, "fee", by); err != nil {
		return err
	}
	o := payment.Order{Application: s.found.ID, Campaign: s.found.Campaign, Division: s.found.Division, Point: s.found.Point, Level: facts.Level, Fen: facts.Fee,
		DueAt: old.DueAt, Record: s.record.ID, Cause: string(CauseAgain), ArrivedAt: s.record.Committed}
	_, err := f.putOrder(ctx, tx, s, o, facts.Now, by)
	return err
}

// leaveErased ends what was open for somebody who was erased. Money facts stay: they
// name nobody.
func (f *Flow) leaveErased(ctx context.Context, tx *db.Tx, application string, by By) error {
	all, err := payment.OrdersOf(ctx, tx, application)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.State == payment.Open || o.State == payment.Closed {
			if err := f.leaveOrder(ctx, tx, o, "erased", by); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Flow) noteDifference(ctx context.Context, tx *db.Tx, facts OrderFacts, by By) error {
	o := *facts.Order
	err := payment.NoteDifference(ctx, tx, payment.Difference{Order: o.Number, Level: facts.Level, Fen: facts.Fee, NoticedAt: facts.Now})
	if err != nil {
		return err
	}
	return f.writeOrder(ctx, tx, journal.OrderDiffers, o, "", map[string]string{"old": strconv.FormatInt(o.Fen, 10), "new": strconv.FormatInt(facts.Fee, 10), "now": facts.Level}, by)
}

// SettleDifference says what becomes of a difference between what she paid and her
// fee by now: it is let be. (Where it is not, what she paid is given back by a step on
// its movement, and an order opens anew.) second is the other of two persons; that the
// campaign's table lets them is judged before. ErrReason, payment.ErrNotFound,
// payment.ErrState.
func (f *Flow) SettleDifference(ctx context.Context, tx *db.Tx, number, reason string, by By, second string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	o, err := payment.GetOrder(ctx, tx, number)
	if err != nil {
		return err
	}
	d := payment.Difference{Order: number, SettledAt: f.Now().UnixMilli(), By: by.Author.ID, Second: second, Why: reason}
	if err := payment.SettleDifference(ctx, tx, d); err != nil {
		return err
	}
	return f.writeOrder(ctx, tx, journal.OrderSettled, o, reason, map[string]string{detailSecond: second}, by)
}
