package staff

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

// A box that was alone for two weeks brings what clerks did in them. By then one
// of them may be at another point, or disabled. So it is kept who worked where and
// when, and what was done is judged by the staff of then (demands A39, X7).

// clocksDiffer is by how much the clock of a box may be behind that of the hub
// before it matters when somebody began to work at a point.
const clocksDiffer = 24 * time.Hour

// posted keeps where an account works from now on, after whatever changed it.
func (d *Desk) posted(ctx context.Context, tx *db.Tx, id string) error {
	a, err := Get(ctx, tx, id)
	if err != nil {
		return err
	}
	now := d.o.Now().UnixMilli()
	if _, err := tx.Exec(ctx, `UPDATE account_post SET until = $1 WHERE account = $2 AND until = 0`, now, id); err != nil {
		return fmt.Errorf("staff: post: %w", err)
	}
	if a.Disabled || a.Point == "" {
		return nil
	}
	if _, err := tx.Exec(ctx, `INSERT INTO account_post (account, point, role, since) VALUES ($1, $2, $3, $4)`, id, a.Point, string(a.Role), now); err != nil {
		return fmt.Errorf("staff: post: %w", err)
	}
	return nil
}

// WorkedAt finds the role in which an account worked at a point at a time, ms
// since 1970. A day before her first there counts as that: clocks of boxes differ,
// and a box lets in only whom the hub named to it. ErrNotFound: she did not work
// there then, or not any more.
func WorkedAt(ctx context.Context, tx *db.Tx, account, point string, at int64) (Role, error) {
	var role string
	err := tx.QueryRow(ctx, `SELECT role FROM account_post WHERE account = $1 AND point = $2 AND since < $4 AND (until = 0 OR until > $3) ORDER BY since LIMIT 1`,
		account, point, at, at+clocksDiffer.Milliseconds()).Scan(&role)
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("staff: worked at: %w", err)
	}
	return Role(role), nil
}
