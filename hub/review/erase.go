package review

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// Erase removes the reviews of an application with what was noted (S38). Their
// pictures are named by nobody then and are swept; the keys that open them were
// in the contents.
func Erase(ctx context.Context, tx *db.Tx, application string) error {
	for _, table := range []string{"review_claim", "review"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE application = $1`, application); err != nil {
			return fmt.Errorf("review: erase: %w", err)
		}
	}
	return nil
}
