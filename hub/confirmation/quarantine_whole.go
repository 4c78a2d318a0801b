package confirmation

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
)

// What was set aside before its parts came, or without its bytes, may be made whole
// later (issue 7, "Two weeks offline"): its box says it again, or a stick brings it.

// GetHeld reads what is held of a box by the hash of its envelope, with its bytes.
// Error: ErrNotFound, also when two persons have decided about it.
func GetHeld(ctx context.Context, tx *db.Tx, box, hash string) (Quarantined, error) {
	var raw []byte
	q, err := scanQuarantined(tx.QueryRow(ctx, `SELECT `+quarantineColumns+`, raw FROM quarantine WHERE box = $1 AND hash = $2 AND fate = 'held'`, box, hash).Scan, &raw)
	if errors.Is(err, db.ErrNoRows) {
		return Quarantined{}, ErrNotFound
	}
	if err != nil {
		return Quarantined{}, fmt.Errorf("confirmation: held of %s: %w", box, err)
	}
	q.Raw = raw
	return q, nil
}

// HeldOf gives what is held of a box's epoch, the oldest first, with the bytes.
func HeldOf(ctx context.Context, tx *db.Tx, box string, epoch uint32, limit int) (out []Quarantined, err error) {
	err = tx.Each(ctx, `SELECT `+quarantineColumns+`, raw FROM quarantine WHERE box = $1 AND epoch = $2 AND fate = 'held' ORDER BY at, id LIMIT `+strconv.Itoa(limit),
		[]any{box, int64(epoch)}, func(row func(...any) error) error {
			var raw []byte
			q, err := scanQuarantined(row, &raw)
			q.Raw = raw
			out = append(out, q)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("confirmation: held of %s: %w", box, err)
	}
	return out, nil
}

// Complete puts to what is held the bytes of its envelope and its parts, which lie
// with package blob: of q Raw, Parts, Kept, Completed and By. What its box left
// before counts against its share. Errors: ErrSettled, ErrFull.
func Complete(ctx context.Context, tx *db.Tx, q Quarantined) error {
	used, err := ShareOf(ctx, tx, q.Box, q.ID)
	if err != nil {
		return err
	}
	if !used.Room(true, q.Kept) {
		return ErrFull
	}
	n, err := tx.Exec(ctx, `UPDATE quarantine SET raw = $1, parts = $2, kept = $3, completed = $4, carrier = $5 WHERE id = $6 AND fate = 'held'`,
		q.Raw, strings.Join(q.Parts, " "), q.Kept, q.Completed, q.By, q.ID)
	if err != nil {
		return fmt.Errorf("confirmation: complete %s: %w", q.ID, err)
	}
	if n == 0 {
		return ErrSettled
	}
	return nil
}

// AskAgain notes that somebody had a box asked for what is held. Error: ErrSettled.
func AskAgain(ctx context.Context, tx *db.Tx, id string, at int64) error {
	n, err := tx.Exec(ctx, `UPDATE quarantine SET asked = $1 WHERE id = $2 AND fate = 'held'`, at, id)
	if err != nil {
		return fmt.Errorf("confirmation: ask for %s: %w", id, err)
	}
	if n == 0 {
		return ErrSettled
	}
	return nil
}
