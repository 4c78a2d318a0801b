package keeper

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

// Position is the chain number up to which the journal has been followed.
func Position(ctx context.Context, tx *db.Tx) (uint64, error) {
	var n int64
	if err := tx.QueryRow(ctx, `SELECT number FROM order_position WHERE id = 1`).Scan(&n); err != nil {
		return 0, fmt.Errorf("keeper: position: %w", err)
	}
	return uint64(n), nil
}

var errOvertaken = errors.New("keeper: another hub keeps orders")

// move moves the position only from where it was read: of two who both think that they
// lead one is turned back.
func move(ctx context.Context, tx *db.Tx, from, to uint64) error {
	n, err := tx.Exec(ctx, `UPDATE order_position SET number = $1 WHERE id = 1 AND number = $2`, int64(to), int64(from))
	if err != nil {
		return fmt.Errorf("keeper: position: %w", err)
	}
	if n != 1 {
		return errOvertaken
	}
	return nil
}

// Aside is an application whose order could not be kept.
type Aside struct {
	Application string
	Since       int64
	Tries       int64
	NextAt      int64 // ms
	Reason      string
}

// Asides lists them, those that are tried first before.
func Asides(ctx context.Context, tx *db.Tx, limit int) ([]Aside, error) {
	return asides(ctx, tx, `ORDER BY next_at, application LIMIT $1`, limit)
}

// Waiting counts them.
func Waiting(ctx context.Context, tx *db.Tx) (n int64, err error) {
	if err = tx.QueryRow(ctx, `SELECT count(*) FROM order_aside`).Scan(&n); err != nil {
		return 0, fmt.Errorf("keeper: aside: %w", err)
	}
	return n, nil
}

func asides(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Aside, err error) {
	err = tx.Each(ctx, `SELECT application, since, tries, next_at, reason FROM order_aside `+where, args, func(row func(...any) error) error {
		var a Aside
		err := row(&a.Application, &a.Since, &a.Tries, &a.NextAt, &a.Reason)
		out = append(out, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keeper: aside: %w", err)
	}
	return out, nil
}

// Pauses between two tries of one application: doubled each time, up to the longest.
const (
	firstPause   = time.Minute
	longestPause = 6 * time.Hour
)

func pauseAfter(tries int64) time.Duration {
	p := firstPause
	for ; tries > 0 && p < longestPause; tries-- {
		p *= 2
	}
	return min(p, longestPause)
}

// putAside sets an application aside, or says that it failed once more.
func putAside(ctx context.Context, tx *db.Tx, t touch, now int64, reason string) error {
	if len(reason) > 300 {
		reason = reason[:300]
	}
	var tries int64
	err := tx.QueryRow(ctx, `SELECT tries FROM order_aside WHERE application = $1`, t.application).Scan(&tries)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return fmt.Errorf("keeper: aside: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO order_aside (application, since, tries, next_at, reason) VALUES ($1, $2, 1, $3, $4)
		ON CONFLICT (application) DO UPDATE SET since = CASE WHEN excluded.since > order_aside.since THEN excluded.since ELSE order_aside.since END,
		tries = order_aside.tries + 1, next_at = excluded.next_at, reason = excluded.reason`,
		t.application, t.since, now+pauseAfter(tries).Milliseconds(), reason)
	if err != nil {
		return fmt.Errorf("keeper: aside: %w", err)
	}
	return nil
}

// Again tries what is aside and due, each in a transaction of its own.
func (k *Keeper) Again(ctx context.Context) error {
	var due []Aside
	now := k.o.Flow.Now().UnixMilli()
	err := k.o.DB.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = asides(ctx, tx, `WHERE next_at <= $1 ORDER BY next_at, application LIMIT $2`, now, some)
		return err
	})
	if err != nil {
		return err
	}
	for _, a := range due {
		t := touch{application: a.Application, since: a.Since}
		err := k.o.DB.Write(ctx, func(tx *db.Tx) error {
			if err := k.one(ctx, tx, t); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `DELETE FROM order_aside WHERE application = $1`, a.Application)
			return err
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			continue
		}
		if err := k.o.DB.Write(ctx, func(tx *db.Tx) error { return putAside(ctx, tx, t, now, err.Error()) }); err != nil {
			return err
		}
	}
	return nil
}
