package journal

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// Unsealed lists up to limit entries of an act on a subject that the sealer has
// not numbered yet, newest first: Number is 0 and Chain empty. It is for a page
// that tells of itself, an instant after its own entry was written; whatever
// follows the journal reads sealed entries only.
func Unsealed(ctx context.Context, tx *db.Tx, act Act, of Subject, limit int) ([]Sealed, error) {
	var out []Sealed
	err := tx.Each(ctx, `SELECT body FROM journal_entry WHERE number IS NULL AND act = $1 AND subject_kind = $2 AND subject_id = $3 ORDER BY id DESC LIMIT $4`,
		[]any{string(act), of.Kind, of.ID, limit}, func(scan func(...any) error) error {
			var raw []byte
			if err := scan(&raw); err != nil {
				return err
			}
			b, err := decode(raw)
			if err == nil {
				out = append(out, Sealed{ID: b.ID, Entry: b.entry()})
			}
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("journal: unsealed: %w", err)
	}
	return out, nil
}
