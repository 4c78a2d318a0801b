package flow

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
)

// BookPaid is BookMovement for payments that payment.Paying picked in this transaction:
// the same rows, entries and messages, together. payment.ErrSingly.
func (f *Flow) BookPaid(ctx context.Context, tx *db.Tx, all []payment.Payable, by By) ([]payment.Booked, error) {
	if len(all) == 0 {
		return nil, nil
	}
	out, err := payment.BookPaid(ctx, tx, all, f.Now().UnixMilli())
	if err != nil {
		return nil, err
	}
	entries := make([]journal.Entry, len(out))
	for i, b := range out {
		entries[i] = f.entry(by, movementEntry(journal.OrderPaid, b.Movement, b.Order, "", standingDetail(b)))
	}
	if err := journal.Write(ctx, tx, entries...); err != nil {
		return nil, fmt.Errorf("flow: %s: %w", journal.OrderPaid, err)
	}
	return out, f.tell(ctx, tx, entries...)
}
