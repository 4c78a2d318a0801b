package review

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// Join gives the reviews of one application to another: an office says that both are
// of one person. The newest of all stands.
func Join(ctx context.Context, tx *db.Tx, from, to string) error {
	all, err := Of(ctx, tx, from)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Application = to; r.State == Stands {
			if r.State, err = takesPlace(ctx, tx, r); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE review SET application = $1, state = $2 WHERE id = $3`, to, string(r.State), r.ID); err != nil {
			return fmt.Errorf("review %s: join: %w", r.ID, err)
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE review_claim SET application = $1 WHERE application = $2`, to, from); err != nil {
		return fmt.Errorf("review: join: %w", err)
	}
	return nil
}
