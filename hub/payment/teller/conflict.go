package teller

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
)

// Conflict is a channel's word that says something else of a movement than what was
// booked of it, or an amount that no fee has. Nothing was booked; two persons look at
// it (domain §4.5: never auto-fix).
type Conflict struct {
	ID        string
	Said      payment.Movement // without ID
	HeardAt   int64
	SettledAt int64 // 0: nobody has yet
	By        string
	Second    string
	Why       string
}

const conflictColumns = `id, channel, kind, number, of_number, order_number, fen, moved_at, source, heard_at, settled_at, by_staff, second, why`

// keepConflict writes a contradiction down, once.
func keepConflict(ctx context.Context, tx *db.Tx, m payment.Movement, now int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO payment_conflict (`+conflictColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', '', '')
		ON CONFLICT (channel, kind, number, of_number, order_number, fen, moved_at) DO NOTHING`,
		newID(), m.Channel, string(m.Kind), m.Number, m.Of, m.Order, m.Fen, m.At, string(m.Source), now)
	if err != nil {
		return fmt.Errorf("teller: conflict: %w", err)
	}
	return nil
}

// Conflicts gives those that nobody has settled, the oldest first; order "" is of all.
func Conflicts(ctx context.Context, tx *db.Tx, order string, limit int) ([]Conflict, error) {
	return conflicts(ctx, tx, `settled_at = 0 AND ($1 = '' OR order_number = $1) ORDER BY heard_at, id LIMIT $2`, order, limit)
}

// CountConflicts counts those that nobody has settled.
func CountConflicts(ctx context.Context, tx *db.Tx) (n int, err error) {
	if err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM payment_conflict WHERE settled_at = 0`).Scan(&n); err != nil {
		return 0, fmt.Errorf("teller: conflicts: %w", err)
	}
	return n, nil
}

// GetConflict gives one, settled or not. ErrNotFound.
func GetConflict(ctx context.Context, tx *db.Tx, id string) (Conflict, error) {
	all, err := conflicts(ctx, tx, `id = $1`, id)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Conflict{}, err
	}
	return all[0], nil
}

func conflicts(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Conflict, err error) {
	err = tx.Each(ctx, `SELECT `+conflictColumns+` FROM payment_conflict WHERE `+where, args, func(row func(...any) error) error {
		var c Conflict
		m := &c.Said
		err := row(&c.ID, &m.Channel, &m.Kind, &m.Number, &m.Of, &m.Order, &m.Fen, &m.At, &m.Source, &c.HeardAt, &c.SettledAt, &c.By, &c.Second, &c.Why)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("teller: conflicts: %w", err)
	}
	return out, nil
}

// Booked gives the movement that it is about as it was booked; ErrNotFound where
// nothing of it ever was, because its amount is none.
func (c Conflict) Booked(ctx context.Context, tx *db.Tx) (payment.Booking, error) {
	all, err := payment.ByNumber(ctx, tx, c.Said.Number)
	if err != nil {
		return payment.Booking{}, fmt.Errorf("teller: conflict: %w", err)
	}
	for _, b := range all {
		if b.Channel == c.Said.Channel && b.Kind == c.Said.Kind {
			return b, nil
		}
	}
	return payment.Booking{}, ErrNotFound
}

// SettleConflict notes what two persons found out about a contradiction. What is done
// about the money is a step of its own. ErrNotFound when it was settled before.
func SettleConflict(ctx context.Context, tx *db.Tx, id, by, second, why string, now int64) error {
	n, err := tx.Exec(ctx, `UPDATE payment_conflict SET settled_at = $1, by_staff = $2, second = $3, why = $4 WHERE id = $5 AND settled_at = 0`, now, by, second, why, id)
	if err != nil {
		return fmt.Errorf("teller: conflict: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}
