package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// OrderCause is the step that opened an order (缴费单).
type OrderCause string

// The causes.
const (
	CauseConfirmed OrderCause = "confirmation" // a confirmation stands
	CauseAgain     OrderCause = "again"        // it stands again, or her fee is another: an order before this one was ended
	CauseSlip      OrderCause = "slip"         // the sheet's signed slip, before the record arrived
	CausePapers    OrderCause = "papers"       // her papers were handed in
)

var (
	// ErrNoPayment says that the campaign takes no payments, or not by this step.
	ErrNoPayment = errors.New("flow: this step opens no order in this campaign")
	// ErrNoFee says that the campaign asks no fee of her level.
	ErrNoFee = errors.New("flow: no fee is asked of this level")
	// ErrUnstanding says that no confirmation of hers stands, or she withdrew.
	ErrUnstanding = errors.New("flow: nothing stands that is to be paid for")
)

// Details by which entries speak of an order.
const (
	detailOrder   = "order"
	detailFen     = "fen"
	detailDue     = "due" // ms
	detailCause   = "cause"
	detailRecord  = "record"
	detailChannel = "channel"
	detailSecond  = "second"
)

// OpenOrder opens the order of an application, or gives the one there is: open,
// paid, waived, or closed; only one that was left is followed by another. Its step
// must be the one that the campaign names. It may be paid until her times for paying
// end, or so many days after the record came, whichever is later (A41). Errors:
// candidate.ErrNotFound, ErrNoPayment, ErrNoFee, ErrUnstanding.
func (f *Flow) OpenOrder(ctx context.Context, tx *db.Tx, application string, cause OrderCause, by By) (payment.Order, error) {
	s, err := f.orderStanding(ctx, tx, nil, application)
	if err != nil {
		return payment.Order{}, err
	}
	return f.openOrder(ctx, tx, s, cause, f.Now().UnixMilli(), by)
}

// orderStanding is all that is asked about one application's order.
type orderStanding struct {
	found  candidate.Found
	camp   *rules.Campaign
	record confirmation.Stand // the one that speaks for her, zero if none stands
	orders []payment.Order    // newest first
}

// orderStanding reads it; given may hold the rules of its campaign.
func (f *Flow) orderStanding(ctx context.Context, tx *db.Tx, given *Rules, application string) (*orderStanding, error) {
	var s orderStanding
	var err error
	if s.found, err = f.Candidates.Get(ctx, tx, application); err != nil {
		return nil, fmt.Errorf("flow: order: %w", err)
	}
	r, err := f.inForce(ctx, tx, s.found.Campaign, given)
	if err != nil {
		return nil, fmt.Errorf("flow: order: %w", err)
	}
	s.camp = &r.Campaign
	all, err := confirmation.Standing(ctx, tx, []string{application})
	if err != nil {
		return nil, fmt.Errorf("flow: order: %w", err)
	}
	for _, c := range all {
		if better(c.State, s.record.State) {
			s.record = c
		}
	}
	if s.orders, err = payment.OrdersOf(ctx, tx, application); err != nil {
		return nil, fmt.Errorf("flow: order: %w", err)
	}
	return &s, nil
}

// better orders confirmations by how surely they stand.
func better(a, b confirmation.State) bool {
	rank := map[confirmation.State]int{confirmation.InForce: 3, confirmation.TimePending: 2, confirmation.Disputed: 1}
	return rank[a] > rank[b]
}

// order is the one that counts: that which stands, else the newest; nil for none.
func (s *orderStanding) order() *payment.Order {
	for i := range s.orders {
		if s.orders[i].State.Stands() {
			return &s.orders[i]
		}
	}
	if len(s.orders) == 0 {
		return nil
	}
	return &s.orders[0]
}

// due is until when she pays who had the chance since a moment: her times for
// paying, or so many whole days from then, whichever ends later. 0 is no end. own says
// that it is a time of her own: her record came late.
func (s *orderStanding) due(since int64) (due int64, own bool) {
	var end time.Time
	if d := s.camp.Payment.ArrivalDays; d > 0 {
		at := time.UnixMilli(since).In(window.Zone())
		end = time.Date(at.Year(), at.Month(), at.Day()+d+1, 0, 0, 0, 0, window.Zone())
	}
	hers := s.camp.Deadline(window.Pay, s.camp.Subject(s.found.Application, s.found.Division))
	switch {
	case hers.IsZero() && end.IsZero():
		return 0, false
	case end.After(hers):
		return end.UnixMilli(), true
	}
	return hers.UnixMilli(), false
}

// openOrder opens it for what stands; since is when she first could.
func (f *Flow) openOrder(ctx context.Context, tx *db.Tx, s *orderStanding, cause OrderCause, since int64, by By) (payment.Order, error) {
	if o := s.order(); o != nil && o.State != payment.Left {
		return *o, nil
	}
	fen, ok := s.camp.Fee(s.found.Application.First().Level)
	switch {
	case !s.camp.Payment.Takes(), (cause == CausePapers) != (s.camp.Payment.Opens == rules.OpensPapers):
		return payment.Order{}, ErrNoPayment
	case s.found.State == candidate.Withdrawn, cause != CausePapers && !better(s.record.State, confirmation.Disputed):
		return payment.Order{}, ErrUnstanding
	case !ok || fen <= 0:
		return payment.Order{}, ErrNoFee
	}
	return f.putOrder(ctx, tx, s, s.newOrder(cause), since, by)
}

// newOrder is an order for what stands, without its number and its end.
func (s *orderStanding) newOrder(cause OrderCause) payment.Order {
	level := s.found.Application.First().Level
	fen, _ := s.camp.Fee(level)
	return payment.Order{Application: s.found.ID, Campaign: s.found.Campaign, Division: s.found.Division, Point: s.found.Point, Level: level, Fen: fen,
		Record: s.record.ID, Cause: string(cause), ArrivedAt: s.record.Committed}
}

// openAt says from when and until when it is open, and gives what the journal says.
func (s *orderStanding) openAt(o *payment.Order, since, now int64) map[string]string {
	due, own := s.due(since)
	if own = own && due > o.DueAt; due > o.DueAt {
		o.DueAt = due
	}
	o.OpenedAt, o.State = now, payment.Open
	detail := map[string]string{detailFen: strconv.FormatInt(o.Fen, 10), detailDue: ms(o.DueAt), detailCause: o.Cause, detailRecord: o.Record}
	if own {
		detail["result"] = "arrival"
	}
	return detail
}

// putOrder gives an order its number and its end, and opens it.
func (f *Flow) putOrder(ctx context.Context, tx *db.Tx, s *orderStanding, o payment.Order, since int64, by By) (payment.Order, error) {
	var err error
	if o.Number, err = f.orderNumber(ctx, tx, s.camp); err != nil {
		return payment.Order{}, err
	}
	detail := s.openAt(&o, since, f.Now().UnixMilli())
	if err := payment.OpenOrder(ctx, tx, o); err != nil {
		return payment.Order{}, fmt.Errorf("flow: order: %w", err)
	}
	if err := f.liftEnded(ctx, tx, o.Application); err != nil {
		return payment.Order{}, err
	}
	return o, f.writeOrder(ctx, tx, journal.OrderOpened, o, "", detail, by)
}

// writeOrder journals a step on an order.
func (f *Flow) writeOrder(ctx context.Context, tx *db.Tx, act journal.Act, o payment.Order, reason string, detail map[string]string, by By) error {
	return f.write(ctx, tx, by, orderEntry(act, o, reason, detail))
}

func orderEntry(act journal.Act, o payment.Order, reason string, detail map[string]string) journal.Entry {
	all := map[string]string{detailOrder: o.Number, detailApplication: o.Application, journal.DetailLevel: o.Level}
	for k, v := range detail {
		if v != "" {
			all[k] = v
		}
	}
	return journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfOrder, ID: o.Number},
		Campaign: o.Campaign, Point: o.Point, Division: o.Division, Reason: reason, Detail: all}
}

// ms is a moment in an entry's details; "" for none.
func ms(at int64) string {
	if at == 0 {
		return ""
	}
	return strconv.FormatInt(at, 10)
}
