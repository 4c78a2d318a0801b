package portal

import (
	"context"
	"errors"
	"slices"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// paying is all that a page of paying is made of.
type paying struct {
	mine  *mine // for the frame; who is signed in, if anybody is
	camp  rules.Campaign
	slip  *slipped // nil: it is hers who is signed in
	now   time.Time
	order payment.Order     // zero: there is none
	moved []payment.Booking // of the order, the oldest first

	choices  []teller.Choice
	attempts []teller.Attempt // of an open order, the newest first
	extended bool             // the order was given a later end than everybody's (A59)
	opens    time.Time        // when her times for paying begin; zero when they have, or are not known

	confirmed bool // a confirmation of hers stands
	who       string
	level     string // code
	point     string // name
	fen       int64
	asks      int64     // fee of her level as it is now; 0: not known
	due       time.Time // zero: none is set
}

// payFacts reads them on the snapshot of the page.
func (s *server) payFacts(ctx context.Context, tx *db.Tx, v *visit, p payer) (*paying, error) {
	x := &paying{mine: p.m, slip: p.slip, now: s.now()}
	var err error
	if x.mine == nil {
		if x.mine, err = s.mine(ctx, tx, v); err != nil {
			return nil, err
		}
	}
	x.camp = x.mine.camp
	id, division := "", ""
	switch {
	case p.slip != nil:
		id, division, x.confirmed, x.fen = p.slip.application, p.slip.Division, true, p.slip.Fee
		x.point, err = s.pointName(ctx, tx, v, p.slip.Point)
	case x.mine.current != nil:
		app := x.mine.current.Application
		id, division, x.confirmed = x.mine.current.ID, x.mine.point.Division, x.mine.confirmed()
		x.who, x.level, x.point = string(app.Name()), app.First().Level, x.mine.point.Name
		x.fen, _ = x.camp.Fee(x.level)
		x.asks = x.fen
	}
	if err != nil {
		return nil, err
	}
	if err := s.payTimes(x, division); err != nil || id == "" {
		return x, err
	}
	all, err := payment.OrdersOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if x.order = counts(all); x.order.Number == "" {
		return x, s.payChoices(ctx, tx, x)
	}
	x.fen, x.level, x.due = x.order.Fen, x.order.Level, moment(x.order.DueAt)
	if x.moved, err = payment.HersOf(ctx, tx, x.order.Number); err != nil {
		return nil, err
	}
	if err := s.extendedOf(ctx, tx, x); err != nil {
		return nil, err
	}
	return x, s.payChoices(ctx, tx, x)
}

// payTimes fills in when she may pay, before there is an order that says so.
func (s *server) payTimes(x *paying, division string) error {
	who := window.Subject{Division: division}
	if m := x.mine.current; m != nil && x.slip == nil {
		who = x.camp.Subject(m.Application, division)
	}
	if v := s.campaigns.calendar(x.camp).Judge(window.Pay, who, window.At(x.now)); v.State == window.Closed && v.Reason == window.NotYet {
		x.opens = v.NextOpening
	}
	if x.due = x.camp.Deadline(window.Pay, who); !x.due.After(x.now) {
		x.due = time.Time{}
	}
	return nil
}

// payChoices fills in by what it can be paid.
func (s *server) payChoices(ctx context.Context, tx *db.Tx, x *paying) (err error) {
	if s.Teller == nil || x.order.Number != "" && x.order.State != payment.Open {
		return nil
	}
	x.choices = s.Teller.Choices(x.camp.Payment.Channels)
	if x.order.Number != "" {
		x.attempts, err = teller.AttemptsOf(ctx, tx, x.order.Number)
	}
	return err
}

// extendedOf finds out whether an open order's end was moved for her: only one that
// ends later than everybody's can have been.
func (s *server) extendedOf(ctx context.Context, tx *db.Tx, x *paying) error {
	if x.order.State != payment.Open || x.order.DueAt == 0 {
		return nil
	}
	all, err := journal.Of(ctx, tx, journal.Subject{Kind: journal.OfOrder, ID: x.order.Number})
	x.extended = slices.ContainsFunc(all, func(e journal.Entry) bool { return e.Act == journal.OrderExtended })
	return err
}

func (s *server) pointName(ctx context.Context, tx *db.Tx, v *visit, code string) (string, error) {
	p, err := s.pointOf(ctx, tx, v, code)
	if errors.Is(err, org.ErrNotFound) {
		return code, nil
	}
	return p.Name, err
}

// payState is what the page says: of an order, of the way to it, or of the channels.
type payState string

// The states. Each has its own words pay.head.…, pay.lead.… and its scene.
const (
	payOff       payState = "off"       // the campaign takes no payments, or this hub has no channel
	payCash      payState = "cash"      // paid at the point
	payBefore    payState = "before"    // nothing is confirmed yet
	paySoon      payState = "soon"      // the hub is about to open the order
	payOpens     payState = "opens"     // it is open, and may be paid from a day on
	payOpen      payState = "open"      // it may be paid now
	payWaiting   payState = "waiting"   // she went to pay a moment ago, and no channel has said anything
	payDown      payState = "down"      // no channel answers
	payPaid      payState = "paid"      //
	payWaived    payState = "waived"    //
	payClosed    payState = "closed"    // its time is over
	payChecking  payState = "checking"  // its time is over, and the channels are asked for the last time
	payLate      payState = "late"      // and something came afterwards
	payLeft      payState = "left"      // she withdrew, or the registration is void
	payReturning payState = "returning" // what paid it is being given back
	payReturned  payState = "returned"  // and has been
)

// justNow is how long after she went to pay the page still expects the channel's word.
const justNow = 5 * time.Minute

// state judges; it is pure.
func (x *paying) state() payState {
	o := x.order
	switch {
	case !x.camp.Payment.Takes():
		return payOff
	case o.Number == "":
		return x.stateBefore()
	case o.State == payment.Waived:
		return payWaived
	case o.State == payment.Paid && x.lies(payment.InReturning):
		return payReturning
	case o.State == payment.Paid:
		return payPaid
	case o.State == payment.Left:
		switch {
		case x.lies(payment.InReturning):
			return payReturning
		case x.lies(payment.Returned):
			return payReturned
		}
		return payLeft
	case (o.State == payment.Closed || x.over()) && x.lies(payment.InSuspense):
		return payLate
	case o.State == payment.Closed:
		return payClosed
	case x.over():
		return payChecking
	}
	return x.stateOpen()
}

// over reports whether an open order's end has passed.
func (x *paying) over() bool {
	return x.order.State == payment.Open && x.order.DueAt != 0 && x.order.DueAt <= x.now.UnixMilli()
}

// stateBefore is of who has no order yet. A slip opens its own.
func (x *paying) stateBefore() payState {
	switch {
	case x.camp.Payment.Opens == rules.OpensPapers:
		return payCash
	case x.slip != nil:
		return x.stateOpen()
	case !x.confirmed:
		return payBefore
	}
	return paySoon
}

func (x *paying) stateOpen() payState {
	switch {
	case x.camp.Payment.Opens == rules.OpensPapers && len(x.choices) == 0:
		return payCash
	case len(x.choices) == 0:
		return payOff
	case !x.opens.IsZero():
		return payOpens
	case x.wentToPay():
		return payWaiting
	case !slices.ContainsFunc(x.choices, func(c teller.Choice) bool { return c.Down.IsZero() }):
		return payDown
	}
	return payOpen
}

// lies reports whether money of the order lies there.
func (x *paying) lies(where payment.Lies) bool {
	return slices.ContainsFunc(x.moved, func(b payment.Booking) bool { return b.Kind == payment.Payment && b.Lies == where })
}

// wentToPay reports whether she was given a way to pay a moment ago, of which nothing
// has been heard.
func (x *paying) wentToPay() bool {
	return slices.ContainsFunc(x.attempts, func(a teller.Attempt) bool {
		return a.State == teller.Live && x.now.Sub(time.UnixMilli(a.AskedAt)) < justNow
	})
}

// code is the code of a channel that can still be scanned.
func (x *paying) code(channel string) (teller.Attempt, bool) {
	for _, a := range x.attempts {
		if a.Channel == channel && a.State == teller.Live && a.Code != "" && a.Until > x.now.UnixMilli() {
			return a, true
		}
	}
	return teller.Attempt{}, false
}
