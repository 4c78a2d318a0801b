package flow

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
)

// detailStanding says what a movement is to its order.
const detailStanding = "standing"

// BookMovement books what a channel says moved, once, journals what came of it and
// tells whom it concerns. Money is never refused: what pays no order lies in suspense
// (暂收待查). A word that came before changes nothing. Errors: payment.ErrAmount;
// payment.ErrConflict when the same movement was booked with another content: package
// teller keeps that word.
func (f *Flow) BookMovement(ctx context.Context, tx *db.Tx, m payment.Movement, by By) (payment.Booked, error) {
	b, err := payment.Book(ctx, tx, m, f.Now().UnixMilli())
	if err != nil || b.Known {
		return b, err
	}
	back := "" // the payment that it gives back, which says whose it is
	if m.Kind == payment.Refund {
		if b.Order, back, err = f.refundOf(ctx, tx, b); err != nil {
			return b, err
		}
	}
	act := journal.MovementSuspended
	switch b.Standing {
	case payment.Pays:
		act = journal.OrderPaid
	case payment.Returns:
		act = journal.RefundMade
	}
	if err := f.writeMovement(ctx, tx, act, b.Movement, b.Order, "", standingDetail(b), by); err != nil {
		return b, err
	}
	if b.Standing == payment.Returns && b.Order.State == payment.Left && b.Order.Movement == back { // her registration was valid until now (domain §4.5)
		return b, f.writeMovement(ctx, tx, journal.OrderRefunded, b.Movement, b.Order, "", nil, by)
	}
	return b, nil
}

// standingDetail is what an entry says of a movement that was booked.
func standingDetail(b payment.Booked) map[string]string {
	return map[string]string{detailStanding: string(b.Standing), "source": string(b.Movement.Source)}
}

// refundOf is the payment that a refund gives back, and its order as it stands now.
func (f *Flow) refundOf(ctx context.Context, tx *db.Tx, b payment.Booked) (o payment.Order, paid string, err error) {
	all, err := payment.ByNumber(ctx, tx, b.Movement.Of)
	if err != nil {
		return b.Order, "", err
	}
	for _, p := range all {
		if p.Kind == payment.Payment && p.Channel == b.Movement.Channel {
			o, err = f.orderOf(ctx, tx, p.Movement)
			return o, p.ID, err
		}
	}
	return b.Order, "", nil // of a payment that was never booked
}

// StepMovement takes a step on a payment that is booked; see payment.Decide, and for a
// refund that nobody here asked for payment.TakeIn. second is the other of two persons, where the campaign's table asks for two; that is judged
// before. Steps of people need a reason. ErrReason, ErrCashClosed where cash is reverted
// on a day that is signed, payment.ErrNotFound, payment.ErrState.
func (f *Flow) StepMovement(ctx context.Context, tx *db.Tx, movement string, step payment.Step, reason string, by By, second string) error {
	if reason = strings.TrimSpace(reason); reason == "" && step != payment.Fail {
		return ErrReason
	}
	m, err := payment.GetMovement(ctx, tx, movement)
	if err != nil {
		return err
	}
	if step == payment.TakesIn {
		return f.takeIn(ctx, tx, m, reason, by, second)
	}
	before, err := f.orderOf(ctx, tx, m)
	if err != nil {
		return err
	}
	if step == payment.Credit {
		if err := standsVoid(ctx, tx, before.Application); err != nil {
			return err
		}
	}
	if step == payment.Revert {
		if err := f.cashOpen(ctx, tx, m); err != nil {
			return err
		}
	}
	if err := payment.Decide(ctx, tx, movement, step, f.Now().UnixMilli(), by.Author.ID, second, reason); err != nil {
		return err
	}
	if step == payment.Credit {
		if err := f.shut(ctx, tx, before.Number); err != nil {
			return err
		}
	}
	paid := before.State == payment.Paid && before.Movement == m.ID
	var acts []journal.Act
	switch step {
	case payment.Credit:
		acts = []journal.Act{journal.MovementCredited, journal.OrderPaid}
	case payment.GiveBack:
		acts = []journal.Act{journal.RefundAsked}
	case payment.Fail:
		acts = []journal.Act{journal.RefundFailed}
	case payment.Revert:
		if acts = []journal.Act{journal.MovementReverted}; paid {
			acts = []journal.Act{journal.PaymentReverted}
		}
	}
	for _, act := range acts {
		if err := f.writeMovement(ctx, tx, act, m, before, reason, map[string]string{detailSecond: second}, by); err != nil {
			return err
		}
	}
	return nil
}

// takeIn takes a refund into the books that was made at the channel's own console. What
// it gave back was hers: she is told, and where that paid her order she has to pay anew.
func (f *Flow) takeIn(ctx context.Context, tx *db.Tx, m payment.Movement, reason string, by By, second string) error {
	in, err := payment.TakeIn(ctx, tx, m.ID, f.Now().UnixMilli(), by.Author.ID, second, reason)
	if err != nil {
		return err
	}
	o, err := f.orderOf(ctx, tx, in.Paid)
	if err != nil {
		return err
	}
	if err := f.writeMovement(ctx, tx, journal.RefundTaken, m, o, reason, map[string]string{detailSecond: second, "of": in.Paid.ID}, by); err != nil {
		return err
	}
	if in.Whole && o.State == payment.Left && o.Movement == in.Paid.ID { // her registration was valid until now (domain §4.5)
		return f.writeMovement(ctx, tx, journal.OrderRefunded, m, o, "", nil, by)
	}
	return nil
}

// orderOf is the order that a movement names, or that was found out to be its; zero
// for a stranger's.
func (f *Flow) orderOf(ctx context.Context, tx *db.Tx, m payment.Movement) (payment.Order, error) {
	owner, err := payment.OwnerOf(ctx, tx, m)
	if err != nil {
		return payment.Order{}, err
	}
	o, err := payment.GetOrder(ctx, tx, owner)
	if err != nil && !errors.Is(err, payment.ErrNotFound) {
		return payment.Order{}, fmt.Errorf("flow: movement: %w", err)
	}
	return o, nil
}

// writeMovement journals a step on a movement. Whose order it names is told, where
// there is one; a stranger's names a place nowhere.
func (f *Flow) writeMovement(ctx context.Context, tx *db.Tx, act journal.Act, m payment.Movement, o payment.Order, reason string, detail map[string]string, by By) error {
	return f.write(ctx, tx, by, movementEntry(act, m, o, reason, detail))
}

func movementEntry(act journal.Act, m payment.Movement, o payment.Order, reason string, detail map[string]string) journal.Entry {
	all := map[string]string{detailOrder: o.Number, detailApplication: o.Application, journal.DetailLevel: o.Level, detailChannel: m.Channel,
		detailFen: strconv.FormatInt(m.Fen, 10), "movement": m.ID}
	for k, v := range detail {
		all[k] = v
	}
	for k, v := range all {
		if v == "" {
			delete(all, k)
		}
	}
	return journal.Entry{Act: act, Subject: journal.Subject{Kind: journal.OfMovement, ID: m.ID},
		Campaign: o.Campaign, Point: o.Point, Division: o.Division, Reason: reason, Detail: all}
}
