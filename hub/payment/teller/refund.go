package teller

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

// The states of a refund.
const (
	Asked  State = "asked"  // decided here; the channel is asked, or said no and is asked again
	Sent   State = "sent"   // the channel has it: asked until it is made
	Made   State = "made"   // the money went back, and is booked
	Failed State = "failed" // the channel cannot make it: the money lies where it lay before
	Aside  State = "aside"  // no word for ten days, or one that does not fit: somebody looks
)

// Refund is one that is asked of a channel, whole. Times are ms of the civil clock.
type Refund struct {
	Number   string // ours
	Movement string // the payment
	Position int    // of the give-back entry among the movement's
	Channel  string
	Order    string
	Why      string // as the buyer sees it; the same each time it is asked for
	AskedAt  int64
	State    State
	Code     string // the channel's own, when it said no
	NextAsk  int64
	Tries    int
	EndedAt  int64
}

const refundColumns = `number, movement, position, channel, order_number, why, asked_at, state, code, next_ask, tries, ended_at`

func refunds(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Refund, err error) {
	err = tx.Each(ctx, `SELECT `+refundColumns+` FROM payment_refund WHERE `+where, args, func(row func(...any) error) error {
		var r Refund
		err := row(&r.Number, &r.Movement, &r.Position, &r.Channel, &r.Order, &r.Why, &r.AskedAt, &r.State, &r.Code, &r.NextAsk, &r.Tries, &r.EndedAt)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("teller: refunds: %w", err)
	}
	return out, nil
}

// RefundsOf are all refunds that were asked of a payment, the newest first.
func RefundsOf(ctx context.Context, tx *db.Tx, movement string) ([]Refund, error) {
	return refunds(ctx, tx, `movement = $1 ORDER BY position DESC`, movement)
}

// OpenRefunds are those that a channel still has to make and those set aside, the
// oldest first.
func OpenRefunds(ctx context.Context, tx *db.Tx, limit int) ([]Refund, error) {
	return refunds(ctx, tx, `state IN ('asked', 'sent', 'aside') ORDER BY asked_at, number LIMIT $1`, limit)
}

func refundBy(ctx context.Context, tx *db.Tx, name, number string) (Refund, error) {
	all, err := refunds(ctx, tx, `number = $1 AND channel = $2`, number, name)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Refund{}, err
	}
	return all[0], nil
}

// Refund has a payment asked back from its channel that was taken to the fund of what
// is returned (flow.StepMovement with payment.GiveBack) earlier in this transaction or
// at any time: the worker finds such payments by itself too. It gives the refund under
// which it is followed. ErrChannel: its channel is none that this hub can ask, such as
// cash; payment.ErrState: it is not on its way back.
func (t *Teller) Refund(ctx context.Context, tx *db.Tx, movement string) (Refund, error) {
	m, err := payment.GetMovement(ctx, tx, movement)
	if err != nil {
		return Refund{}, err
	}
	if t.channels[m.Channel] == nil {
		return Refund{}, ErrChannel
	}
	if err := t.adopt(ctx, tx, m.Channel, m.ID); err != nil {
		return Refund{}, err
	}
	all, err := RefundsOf(ctx, tx, movement)
	if err != nil {
		return Refund{}, err
	}
	if len(all) == 0 || all[0].State != Asked && all[0].State != Sent && all[0].State != Aside {
		return Refund{}, payment.ErrState
	}
	return all[0], nil
}

// AskAgain has a refund that was set aside asked again at once, and for another ten
// days. ErrNotFound when it is none.
func AskAgain(ctx context.Context, tx *db.Tx, number string, now int64) error {
	n, err := tx.Exec(ctx, `UPDATE payment_refund SET state = 'asked', next_ask = $1, tries = 0, asked_again = $1, ended_at = 0 WHERE number = $2 AND state = 'aside'`, now, number)
	if err != nil {
		return fmt.Errorf("teller: refund: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}

// mostAdopted bounds how many refunds one transaction begins.
const mostAdopted = 100

// given is a payment that was given back, in the ledger.
type given struct {
	movement, order string
	position        int
}

// toAdopt finds payments of a channel that are on their way back and have no refund
// yet; movement "" is any.
func toAdopt(ctx context.Context, tx *db.Tx, name, movement string) (all []given, err error) {
	err = tx.Each(ctx, `SELECT e.movement, e.position, m.order_number FROM payment_entry e JOIN payment_movement m ON m.id = e.movement
		WHERE e.step = 'give-back' AND m.channel = $1 AND ($2 = '' OR e.movement = $2)
		AND NOT EXISTS (SELECT 1 FROM payment_refund r WHERE r.movement = e.movement AND r.position = e.position)
		AND NOT EXISTS (SELECT 1 FROM payment_entry l WHERE l.movement = e.movement AND l.position > e.position) ORDER BY e.movement LIMIT $3`,
		[]any{name, movement, mostAdopted}, func(row func(...any) error) error {
			var f given
			err := row(&f.movement, &f.position, &f.order)
			all = append(all, f)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("teller: refunds: %w", err)
	}
	return all, nil
}

// adopt writes the rows of what toAdopt finds.
func (t *Teller) adopt(ctx context.Context, tx *db.Tx, name, movement string) error {
	all, err := toAdopt(ctx, tx, name, movement)
	if err != nil {
		return err
	}
	now := t.o.Now().UnixMilli()
	for _, f := range all {
		what := ""
		if o, err := payment.GetOrder(ctx, tx, f.order); err == nil {
			terms, err := t.o.Terms(ctx, tx, o.Campaign)
			if err != nil {
				return err
			}
			what = terms.What
		} else if !errors.Is(err, payment.ErrNotFound) {
			return err
		}
		// The number follows from what it is of: written twice it is still one refund.
		number := fmt.Sprintf("R%s%02d", f.movement, f.position)
		_, err = tx.Exec(ctx, `INSERT INTO payment_refund (`+refundColumns+`, asked_again) VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', '', $7, 0, 0, $7)`,
			number, f.movement, f.position, name, f.order, what+"退款", now/1000*1000)
		if err != nil {
			return fmt.Errorf("teller: refund: %w", err)
		}
	}
	return nil
}

// refundMade notes that a refund was booked. One that was booked as something else
// than the refund that was asked for lies in suspense, and somebody looks.
func refundMade(ctx context.Context, tx *db.Tx, r Refund, b payment.Booked, now int64) error {
	s := Made
	if b.Standing != payment.Returns {
		s = Aside
	}
	return refundEnds(ctx, tx, r.Number, s, "", now)
}

func refundEnds(ctx context.Context, tx *db.Tx, number string, s State, code string, now int64) error {
	_, err := tx.Exec(ctx, `UPDATE payment_refund SET state = $1, code = CASE WHEN $2 = '' THEN code ELSE $2 END, ended_at = $3 WHERE number = $4 AND state IN ('asked', 'sent', 'aside')`, string(s), code, now, number)
	if err != nil {
		return fmt.Errorf("teller: refund: %w", err)
	}
	return nil
}

// follow asks a channel about one refund, or for it.
func (t *Teller) follow(ctx context.Context, r Refund) error {
	var m payment.Movement
	if err := t.o.DB.Read(ctx, func(tx *db.Tx) (err error) { m, err = payment.GetMovement(ctx, tx, r.Movement); return err }); err != nil {
		return err
	}
	back := channel.Return{Refund: r.Number, Asked: time.UnixMilli(r.AskedAt), Order: r.Order, Payment: m.Number, Fen: m.Fen, Why: r.Why}
	c := t.channels[r.Channel]
	var w channel.Word
	do := func(f func(context.Context, channel.Return) (channel.Word, error)) error {
		return t.call(ctx, r.Channel, func(ctx context.Context) (err error) { w, err = f(ctx, back); return err })
	}
	ask := c.QueryRefund
	if r.State == Asked {
		ask = c.Refund
	}
	err := do(ask)
	code, no := refused(err)
	if no && r.State == Asked && !heardBefore[code] {
		err := do(c.QueryRefund)
		return t.said(ctx, r, code, w, err)
	}
	switch {
	case no && r.State == Asked:
		return t.goOn(ctx, r, Sent, "")
	case errors.Is(err, channel.ErrUnknown): // it never got there
		return t.goOn(ctx, r, Asked, r.Code)
	case err != nil:
		return t.goOn(ctx, r, r.State, r.Code)
	}
	return t.told(ctx, r, w)
}

// heardBefore are refusals that say: that number was heard before.
var heardBefore = map[string]bool{"12": true}

// told acts on a channel's word about a refund.
func (t *Teller) told(ctx context.Context, r Refund, w channel.Word) error {
	switch w.State {
	case channel.Moved:
		_, err := t.take(ctx, r.Channel, w)
		if errors.Is(err, errConflict) {
			return t.o.DB.Write(ctx, func(tx *db.Tx) error { return refundEnds(ctx, tx, r.Number, Aside, "conflict", t.o.Now().UnixMilli()) })
		}
		return err
	case channel.Ended:
		return t.fail(ctx, r, "ended")
	}
	return t.goOn(ctx, r, Sent, "")
}

// said acts on a refusal. It is only as good as TLS, and so the channel is asked what
// it knows: a refund that it does not know, and has refused several times, fails.
func (t *Teller) said(ctx context.Context, r Refund, code string, w channel.Word, err error) error {
	unknown := errors.Is(err, channel.ErrUnknown) || err == nil && w.State == channel.Waiting && r.Channel == "alipay" // which says so of what it does not know
	switch {
	case err == nil && !unknown:
		return t.told(ctx, r, w)
	case unknown && !later[code] && r.Tries+1 >= refusals:
		return t.fail(ctx, r, code)
	}
	return t.goOn(ctx, r, Asked, code)
}

// fail takes the payment back to where it lay. What was booked meanwhile stays.
func (t *Teller) fail(ctx context.Context, r Refund, code string) error {
	return t.o.DB.Write(ctx, func(tx *db.Tx) error {
		now, err := refundBy(ctx, tx, r.Channel, r.Number)
		if err != nil || now.State != Asked && now.State != Sent {
			return err
		}
		if err := refundEnds(ctx, tx, r.Number, Failed, code, t.o.Now().UnixMilli()); err != nil {
			return err
		}
		return t.o.Fail(ctx, tx, r.Movement, code)
	})
}

// goOn sets when a refund is asked about next, or sets it aside.
func (t *Teller) goOn(ctx context.Context, r Refund, s State, code string) error {
	now := t.o.Now()
	return t.o.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Quietly()
		_, err := tx.Exec(ctx, `UPDATE payment_refund SET state = CASE WHEN asked_again < $1 THEN 'aside' ELSE $2 END, code = $3, tries = tries + 1, next_ask = $4 WHERE number = $5 AND state IN ('asked', 'sent')`,
			now.Add(-aside).UnixMilli(), string(s), code, now.Add(nextRefundAsk(r.Tries+1)).UnixMilli(), r.Number)
		if err != nil {
			return fmt.Errorf("teller: refund: %w", err)
		}
		return nil
	})
}
