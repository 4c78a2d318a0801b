package confirmation

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// Erase removes the records of an application with their contents (S38), what
// took them back and what was decided about them. Their blobs are named by nobody then and are swept; the keys that open them were in
// the contents. What package intake knows of the envelopes, hashes and
// sequences, stays: the chain of their box goes on, and none of them is taken
// again. It gives what it removed.
func Erase(ctx context.Context, tx *db.Tx, application string) ([]Record, error) {
	all, err := List(ctx, tx, Filter{Application: application, Limit: 500})
	if err != nil {
		return nil, err
	}
	for _, table := range []string{"verification", "void", "ruling", "confirmation"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE application = $1`, application); err != nil {
			return nil, fmt.Errorf("confirmation: erase: %w", err)
		}
	}
	return all, nil
}
