package flow

import (
	"context"
	"errors"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
)

// SettleConflict notes what two persons found out about a channel's word that says
// something else than what was booked (domain §4.5: never mended by itself). No money
// moves by it: what is done about that is a step of its own. ErrReason,
// teller.ErrNotFound when it was settled before.
func (f *Flow) SettleConflict(ctx context.Context, tx *db.Tx, c teller.Conflict, reason string, by By, second string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrReason
	}
	if second == "" || second == by.Author.ID {
		return ErrSamePerson
	}
	if err := teller.SettleConflict(ctx, tx, c.ID, by.Author.ID, second, reason, f.Now().UnixMilli()); err != nil {
		return err
	}
	m, o := c.Said, payment.Order{}
	b, err := c.Booked(ctx, tx)
	switch {
	case err == nil:
		m.ID, m.Order = b.ID, b.Order
	case errors.Is(err, teller.ErrNotFound):
		m.ID = c.ID // the entry needs a subject, and this names it for good
	default:
		return err
	}
	if o, err = f.orderOf(ctx, tx, m); err != nil {
		return err
	}
	return f.writeMovement(ctx, tx, journal.MovementSettled, m, o, reason, map[string]string{"movement": b.ID, "number": m.Number, detailSecond: second}, by)
}

// AskRefundAgain has a channel asked again for a refund of which it gave no end for ten
// days. teller.ErrNotFound when it is not set aside, or any more.
func (f *Flow) AskRefundAgain(ctx context.Context, tx *db.Tx, r teller.Refund, by By) error {
	if err := teller.AskAgain(ctx, tx, r.Number, f.Now().UnixMilli()); err != nil {
		return err
	}
	m, err := payment.GetMovement(ctx, tx, r.Movement)
	if err != nil {
		return err
	}
	o, err := f.orderOf(ctx, tx, m)
	if err != nil {
		return err
	}
	return f.writeMovement(ctx, tx, journal.RefundAgain, m, o, "", map[string]string{"number": r.Number}, by)
}
