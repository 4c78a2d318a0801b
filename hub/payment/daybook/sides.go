package daybook

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
)

// Sides are the two facts of a movement, as they stand now.
type Sides struct {
	Booked *payment.Movement // nil: we know nothing of it
	Stated *Entry            // nil: the channel states nothing
}

// SidesOf reads both sides of a residue.
func SidesOf(ctx context.Context, tx *db.Tx, r Residue) (s Sides, err error) {
	var m payment.Movement
	err = tx.QueryRow(ctx, `SELECT id, order_number, fen, moved_at FROM payment_movement WHERE channel = $1 AND kind = $2 AND number = $3`, r.Channel, r.Kind, r.Number).
		Scan(&m.ID, &m.Order, &m.Fen, &m.At)
	switch {
	case err == nil:
		m.Channel, m.Kind, m.Number, m.Order = r.Channel, payment.Kind(r.Kind), r.Number, payment.OrderOf(m.Order)
		s.Booked = &m
	case !errors.Is(err, db.ErrNoRows):
		return s, fmt.Errorf("daybook: sides: %w", err)
	}
	e, err := scanEntry(tx.QueryRow(ctx, `SELECT `+entryColumns+` FROM statement_entry WHERE channel = $1 AND kind = $2 AND number = $3 AND state = 'counts'`, r.Channel, r.Kind, r.Number).Scan)
	switch {
	case err == nil:
		s.Stated = &e
	case !errors.Is(err, db.ErrNoRows):
		return s, fmt.Errorf("daybook: sides: %w", err)
	}
	return s, nil
}

// ExceptionsOf gives what stands on the sheet of a day, in a fixed order: of an open day
// the residues of its book, of a closed one those that it was closed with, wherever
// they stand by now.
func ExceptionsOf(ctx context.Context, tx *db.Tx, day Day) (out []Residue, err error) {
	closed, err := isClosed(ctx, tx, day)
	if err != nil {
		return nil, err
	}
	if !closed {
		first, err := FirstOpen(ctx, tx)
		if err != nil {
			return nil, err
		}
		return ResiduesOf(ctx, tx, day, first == day)
	}
	for _, channel := range Channels() {
		f, err := sealedFacts(ctx, tx, channel, day)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		res, err := f.reconcile()
		if err != nil {
			return nil, err
		}
		for _, x := range f.found(res) {
			r, err := scanResidue(tx.QueryRow(ctx, `SELECT `+residueColumns+` FROM residue WHERE channel = $1 AND kind = $2 AND number = $3`, channel, x.Kind, x.Number).Scan)
			if err != nil && !errors.Is(err, db.ErrNoRows) {
				return nil, fmt.Errorf("daybook: exceptions: %w", err)
			}
			x.ID, x.State, x.Why, x.By, x.Second, x.EndedAt, x.FoundDay, x.Asks = r.ID, r.State, r.Why, r.By, r.Second, r.EndedAt, r.FoundDay, r.Asks
			out = append(out, x)
		}
	}
	return out, nil
}
