package payment

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// Own notes whose a movement is, when its channel named no order of ours, or
// another than that it was meant for. Only what lies in suspense has to be found an
// owner; nothing moves by it. ErrNotFound when there is no such movement or order,
// ErrState.
func Own(ctx context.Context, tx *db.Tx, movement, order string, at int64, by, why string) error {
	b, err := Look(ctx, tx, movement)
	if err != nil {
		return err
	}
	if _, err := GetOrder(ctx, tx, order); err != nil {
		return err
	}
	if b.Lies != InSuspense || b.Kind != Payment || b.Owner == order {
		return ErrState
	}
	_, err = tx.Exec(ctx, `INSERT INTO payment_owner (movement, position, order_number, at, by_staff, why)
		SELECT $1, count(*), $2, $3, $4, $5 FROM payment_owner WHERE movement = $1`, movement, order, at, by, why)
	if db.Unique(err) {
		return ErrState
	}
	if err != nil {
		return fmt.Errorf("payment: owner: %w", err)
	}
	return nil
}

// OwnerOf is the order that a movement belongs to: as was found out last, else as
// its channel says it.
func OwnerOf(ctx context.Context, tx *db.Tx, m Movement) (order string, err error) {
	err = tx.QueryRow(ctx, `SELECT order_number FROM payment_owner WHERE movement = $1 ORDER BY position DESC LIMIT 1`, m.ID).Scan(&order)
	if errors.Is(err, db.ErrNoRows) {
		return m.Order, nil
	}
	if err != nil {
		return "", fmt.Errorf("payment: owner: %w", err)
	}
	return order, nil
}

// Steps gives what may be decided about a movement, what is proposed first (domain
// §4.5). o is the order that it belongs to, nil if it is nobody's. It is pure. The
// amount is never mended: what is not the fee cannot be credited, and goes back.
func (b Booking) Steps(o *Order) []Step {
	if b.Kind != Payment {
		if b.Lies == InSuspense {
			return []Step{TakesIn}
		}
		return nil
	}
	switch b.Lies {
	case InFees:
		return []Step{GiveBack, Revert}
	case InSuspense:
		if o != nil && o.Fen == b.Fen && (o.State == Open || o.State == Closed) {
			return []Step{Credit, GiveBack, Revert}
		}
		return []Step{GiveBack, Revert}
	}
	return nil
}

// Seeks reports whether its owner has to be found: it names no order, or one that
// asks for another amount.
func (b Booking) Seeks(o *Order) bool {
	return b.Kind == Payment && b.Lies == InSuspense && (o == nil || o.Fen != b.Fen)
}
