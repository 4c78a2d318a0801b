package candidate

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// An application stands apart (号码待核) when the number in it was typed from papers
// and is that of somebody else who is registered (issue 7, "every kind of person"):
// two people then say one number, and only one of them may be found by it. The one
// that stands apart is whole in all else. It is no other state beside registered and
// confirmed, because those go on to say what they say.

// apartKey is what stands for the number of an application that has none of its own.
func (s *Store) apartKey(id string) []byte { return s.keys.NumberKey("apart " + id) }

// SetApart takes its number from an application; false if it stood apart before.
func (s *Store) SetApart(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(ctx, `UPDATE application SET apart = $1, number_hmac = $2, changed_at = $3 WHERE id = $4 AND NOT apart`,
		true, s.apartKey(id), s.now().UnixMilli(), id)
	if err != nil {
		return false, fmt.Errorf("candidate: apart %s: %w", id, err)
	}
	return n > 0, nil
}

// Holder gives the application that is found by the number of one that stands apart.
// ErrNotFound: nobody's is any more.
func (s *Store) Holder(ctx context.Context, tx *db.Tx, id string) (Row, error) {
	apart, err := s.Get(ctx, tx, id)
	if err != nil {
		return Row{}, err
	}
	r, err := scanRow(tx.QueryRow(ctx, `SELECT `+rowColumns+` FROM application WHERE campaign = $1 AND number_hmac = $2`,
		apart.Campaign, s.keys.NumberKey(apart.Application.Number().Reveal())).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Row{}, ErrNotFound
	}
	if err != nil {
		return Row{}, fmt.Errorf("candidate: who holds the number of %s: %w", id, err)
	}
	return r, nil
}

// Reclaim gives an application that stands apart its number: nobody else holds it.
// ErrTaken, ErrNotFound.
func (s *Store) Reclaim(ctx context.Context, tx *db.Tx, id string) error {
	found, err := s.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE application SET apart = $1, number_hmac = $2, changed_at = $3 WHERE id = $4`,
		false, s.keys.NumberKey(found.Application.Number().Reveal()), s.now().UnixMilli(), id)
	if db.Unique(err) {
		return ErrTaken
	}
	if err != nil {
		return fmt.Errorf("candidate: reclaim %s: %w", id, err)
	}
	return nil
}

// OnlyFromBoxes reports whether every version of an application came with a record:
// she herself never registered, and no office did it for her.
func OnlyFromBoxes(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	var others int64
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM application_version WHERE application = $1 AND origin <> $2`, id, FromBox).Scan(&others); err != nil {
		return false, fmt.Errorf("candidate: versions of %s: %w", id, err)
	}
	return others == 0, nil
}
