package payment

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

var (
	// ErrNoPayment says that a refund gives back a payment that was never booked.
	ErrNoPayment = errors.New("payment: what it gives back was never booked")
	// ErrPart says that a refund gave back a part of a payment: of one that lies in
	// suspense it cannot be taken in, and of one that was given back in part the whole
	// cannot be given back.
	ErrPart = errors.New("payment: a part of a payment is given back")
)

// TakenIn is what became of a refund that nobody here asked for.
type TakenIn struct {
	Paid  Movement // the payment that it gave back
	Whole bool     // nothing is left of that payment; its order is left, where it paid one
}

// TakeIn takes a refund that nobody here asked for into the books (domain §4.5): it was
// made at the channel's own console, and two persons found out by whom and why. The
// payment that it gave back is given back by it as if that had been asked for. A part
// of a payment that paid its order leaves the order paid: the fees are less by it.
// ErrNotFound; ErrState when it lies in suspense no more, or its payment is on its way
// back, given back or reverted, or has not so much left; ErrNoPayment; ErrPart.
func TakeIn(ctx context.Context, tx *db.Tx, refund string, at int64, by, second, why string) (out TakenIn, err error) {
	m, err := GetMovement(ctx, tx, refund)
	if err != nil {
		return out, err
	}
	lies, err := whereLies(ctx, tx, m)
	if err != nil {
		return out, err
	}
	if m.Kind != Refund || lies.now != inSuspense {
		return out, ErrState
	}
	out.Paid, err = scanMovement(tx.QueryRow(ctx, `SELECT `+movementColumns+` FROM payment_movement WHERE channel = $1 AND kind = 'payment' AND number = $2`, m.Channel, m.Of).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return out, ErrNoPayment
	}
	if err != nil {
		return out, fmt.Errorf("payment: take in: %w", err)
	}
	from, err := whereLies(ctx, tx, out.Paid)
	if err != nil {
		return out, err
	}
	taken, err := takenOf(ctx, tx, out.Paid)
	if err != nil {
		return out, err
	}
	out.Whole = taken+m.Fen == out.Paid.Fen
	switch {
	case from.now != inFees && from.now != inSuspense, taken+m.Fen > out.Paid.Fen:
		return out, ErrState
	case !out.Whole && from.now == inSuspense:
		return out, ErrPart
	case !out.Whole:
		return out, post(ctx, tx, m.ID, []Posting{{Fees, m.Fen}, {Suspense, -m.Fen}}, at, string(TakesIn), by, second, why)
	}
	return out, giveBackBy(ctx, tx, m, out.Paid, from, at, by, second, why)
}

// takenOf is how much of a payment was given back in parts by refunds that were taken
// in.
func takenOf(ctx context.Context, tx *db.Tx, paid Movement) (fen int64, err error) {
	err = tx.QueryRow(ctx, `SELECT CAST(coalesce(sum(r.fen), 0) AS BIGINT) FROM payment_movement r JOIN payment_entry e ON e.movement = r.id AND e.step = $1
		WHERE r.channel = $2 AND r.kind = 'refund' AND r.of_number = $3`, string(TakesIn), paid.Channel, paid.Number).Scan(&fen)
	if err != nil {
		return 0, fmt.Errorf("payment: taken in: %w", err)
	}
	return fen, nil
}

// giveBackBy has a payment given back by a refund, with the entries that an asked one
// leaves.
func giveBackBy(ctx context.Context, tx *db.Tx, m, paid Movement, from place, at int64, by, second, why string) error {
	asked, _ := from.postings(GiveBack, m.Channel, m.Fen)
	if err := post(ctx, tx, paid.ID, asked, at, string(GiveBack), by, second, why); err != nil {
		return err
	}
	// Her registration was valid until now (domain §4.5).
	if _, err := tx.Exec(ctx, `UPDATE payment_order SET state = 'left', ended_at = $1 WHERE state = 'paid' AND movement = $2`, m.At, paid.ID); err != nil {
		return fmt.Errorf("payment: take in: %w", err)
	}
	if err := post(ctx, tx, paid.ID, nil, at, string(returned), "", "", ""); err != nil {
		return err
	}
	return post(ctx, tx, m.ID, []Posting{{Returning, m.Fen}, {Suspense, -m.Fen}}, at, string(TakesIn), by, second, why)
}
