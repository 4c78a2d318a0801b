package ticket

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/seating"
)

// Copy is how often a ticket was given out, by one version of the arrangement.
type Copy struct {
	N     int   // of the newest; 0: none was
	First int64 // ms since 1970
	Last  int64
	Own   bool // the newest was given to herself, not by an office
}

// CopyOf gives how often an application's ticket of a version was given out, and
// whether one of another version was: that is no ticket any more.
func CopyOf(ctx context.Context, tx *db.Tx, application, version string) (c Copy, other bool, err error) {
	err = tx.Each(ctx, `SELECT version, copies, first_at, last_at, own FROM ticket_copy WHERE application = $1`, []any{application}, func(row func(...any) error) error {
		var of string
		var one Copy
		if err := row(&of, &one.N, &one.First, &one.Last, &one.Own); err != nil {
			return err
		}
		if of == version {
			c = one
		} else {
			other = true
		}
		return nil
	})
	if err != nil {
		return c, false, fmt.Errorf("ticket: copies: %w", err)
	}
	return c, other, nil
}

// Moved reports whether a copy was given out, of another version than hers now, on which
// another seat or number stands: who goes by it goes astray.
func Moved(ctx context.Context, tx *db.Tx, f Found) (bool, error) {
	s, n := f.Seat, 0
	err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM ticket_copy k JOIN seating_seat o ON o.version = k.version AND o.application = k.application
		WHERE k.application = $1 AND k.version <> $2 AND (o.area <> $3 OR o.room <> $4 OR o.seat <> $5 OR o.number <> $6)`, f.Row.ID, f.Version.ID, s.Area, s.Room, s.Seat, s.Number).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("ticket: copies: %w", err)
	}
	return n > 0, nil
}

// Resited reports whether her room came to the site where it is only after her newest copy
// was given out: another site stands on what she holds (fault 39).
func Resited(ctx context.Context, tx *db.Tx, f Found, c Copy) (bool, error) {
	if c.N == 0 || f.Site.ID == "" {
		return false, nil
	}
	sets, err := seating.BlockSets(ctx, tx, f.Version.ID, f.Seat.Area)
	if err != nil {
		return false, err
	}
	for _, s := range sets { // the newest first
		if s.At > c.Last {
			continue
		}
		for _, b := range s.Blocks {
			if b.First <= f.Seat.Room && f.Seat.Room <= b.Last {
				return b.Site != f.Site.ID, nil
			}
		}
		return false, nil
	}
	return false, nil
}

// Give counts one more copy and gives it, to herself if own. Only package flow calls it, which journals.
func Give(ctx context.Context, tx *db.Tx, application, version string, own bool, at int64) (c Copy, err error) {
	row := tx.QueryRow(ctx, `INSERT INTO ticket_copy (application, version, copies, first_at, last_at, own) VALUES ($1, $2, 1, $3, $3, $4)
		ON CONFLICT (application, version) DO UPDATE SET copies = ticket_copy.copies + 1, last_at = excluded.last_at, own = excluded.own
		RETURNING copies, first_at, last_at, own`, application, version, at, own)
	if err := row.Scan(&c.N, &c.First, &c.Last, &c.Own); err != nil {
		return c, fmt.Errorf("ticket: copy: %w", err)
	}
	return c, nil
}
