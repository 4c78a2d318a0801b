package confirmation

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/protocol/form"
)

// Join gives every record of one application, and what is about them, to another: an
// office says that both are of one person. as makes what she signed that of the other
// application. The envelopes stay as they were sealed. Only package flow calls it.
func Join(ctx context.Context, tx *db.Tx, ring *keys.Ring, from, to string, as func(form.Application) form.Application) error {
	all, err := List(ctx, tx, Filter{Application: from, Limit: 500})
	if err != nil {
		return err
	}
	for _, r := range all {
		c, err := Open(ctx, tx, ring, r.ID)
		if err != nil {
			return err
		}
		c.Application = as(c.Application)
		sealed, err := SealContent(ring, r.ID, c)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE confirmation SET application = $1, content = $2 WHERE id = $3`, to, sealed, r.ID); err != nil {
			return fmt.Errorf("confirmation %s: join: %w", r.ID, err)
		}
	}
	for _, table := range []string{"void", "verification", "ruling"} {
		if _, err := tx.Exec(ctx, `UPDATE `+table+` SET application = $1 WHERE application = $2`, to, from); err != nil {
			return fmt.Errorf("confirmation: join %s: %w", table, err)
		}
	}
	return nil
}
