package notice

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// Round is an act that concerns so many people that they are told one after the
// other, some in each transaction. It stands with the act; whoever tells them
// moves After on in the transaction of each share, so that after a crash nobody
// is left out and nobody told twice.
type Round struct {
	ID    string
	Kind  string // a word of whoever walks it
	Ref   string // what it walks over
	At    int64  // ms, of the act; people are told from then on
	After string // the last one who was told; "" = nobody yet
}

// Begin puts a round in, in the transaction of the act.
func Begin(ctx context.Context, tx *db.Tx, kind, ref string, at int64) error {
	if _, err := tx.Exec(ctx, `INSERT INTO notice_round (id, kind, ref, at, after) VALUES ($1, $2, $3, $4, '')`, newID(), kind, ref, at); err != nil {
		return fmt.Errorf("notice: round: %w", err)
	}
	return nil
}

// Oldest gives the oldest round that has begun by now, ms, and is not through; ok is
// false when none is.
func Oldest(ctx context.Context, tx *db.Tx, now int64) (r Round, ok bool, err error) {
	err = tx.QueryRow(ctx, `SELECT id, kind, ref, at, after FROM notice_round WHERE at <= $1 ORDER BY at, id LIMIT 1`, now).Scan(&r.ID, &r.Kind, &r.Ref, &r.At, &r.After)
	if errors.Is(err, db.ErrNoRows) {
		return Round{}, false, nil
	}
	if err != nil {
		return Round{}, false, fmt.Errorf("notice: round: %w", err)
	}
	return r, true, nil
}

// Drop takes out the rounds of a kind and reference of which nobody has been told yet,
// and says whether there was one.
func Drop(ctx context.Context, tx *db.Tx, kind, ref string) (bool, error) {
	n, err := tx.Exec(ctx, `DELETE FROM notice_round WHERE kind = $1 AND ref = $2 AND after = ''`, kind, ref)
	if err != nil {
		return false, fmt.Errorf("notice: round: %w", err)
	}
	return n > 0, nil
}

// Move says that everybody up to after has been told; last ends the round. It
// reports whether the round still stood as r says: if not, another hub has told
// them, and the transaction must end.
func (r Round) Move(ctx context.Context, tx *db.Tx, after string, last bool) (bool, error) {
	q, args := `UPDATE notice_round SET after = $3 WHERE id = $1 AND after = $2`, []any{r.ID, r.After, after}
	if last {
		q, args = `DELETE FROM notice_round WHERE id = $1 AND after = $2`, args[:2]
	}
	n, err := tx.Exec(ctx, q, args...)
	if err != nil {
		return false, fmt.Errorf("notice: round: %w", err)
	}
	return n == 1, nil
}
