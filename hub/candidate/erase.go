package candidate

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// Erased is what is left of an application that was erased: its id, which the
// journal holds for ever, and until ForgetErased the keyed mark by which boxes
// know its number, so that they can be told to forget it.
type Erased struct {
	ID, Campaign, Point string
	Mark                []byte // as boxes hold it; nil if they hold none
	At                  int64  // ms since 1970, civil clock
}

// Erase removes an application with all its versions and all it is found by
// (S38); the number can register again. mark is what boxes know the number by. It
// says how many versions there were. ErrNotFound.
func (s *Store) Erase(ctx context.Context, tx *db.Tx, id string, mark []byte) (versions int64, err error) {
	row, err := s.Row(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if versions, err = tx.Exec(ctx, `DELETE FROM application_version WHERE application = $1`, id); err != nil {
		return 0, fmt.Errorf("candidate: erase %s: %w", id, err)
	}
	for _, q := range []string{`DELETE FROM application_entered WHERE application = $1`, `DELETE FROM lookup WHERE application = $1`, `DELETE FROM application WHERE id = $1`} {
		if _, err := tx.Exec(ctx, q, id); err != nil {
			return 0, fmt.Errorf("candidate: erase %s: %w", id, err)
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO application_erased (application, campaign, point, mark, at) VALUES ($1, $2, $3, $4, $5)`,
		id, row.Campaign, row.Point, mark, s.now().UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("candidate: erase %s: %w", id, err)
	}
	return versions, nil
}

// GetErased gives what is left of an application that was erased. ErrNotFound.
func GetErased(ctx context.Context, tx *db.Tx, id string) (e Erased, err error) {
	err = tx.QueryRow(ctx, `SELECT application, campaign, point, mark, at FROM application_erased WHERE application = $1`, id).
		Scan(&e.ID, &e.Campaign, &e.Point, &e.Mark, &e.At)
	if errors.Is(err, db.ErrNoRows) {
		return Erased{}, ErrNotFound
	}
	if err != nil {
		return Erased{}, fmt.Errorf("candidate: erased %s: %w", id, err)
	}
	return e, nil
}

// ForgetErased drops the marks of what was erased before a time: no box is away
// for longer. It says how many.
func ForgetErased(ctx context.Context, tx *db.Tx, before int64) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE application_erased SET mark = NULL WHERE at < $1 AND mark IS NOT NULL`, before)
	if err != nil {
		return 0, fmt.Errorf("candidate: erased: %w", err)
	}
	return n, nil
}
