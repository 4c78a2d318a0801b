package candidate

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// Editions returns all versions of an application without their contents, oldest
// first: nothing is opened. Of an application that there is not, none.
func (s *Store) Editions(ctx context.Context, tx *db.Tx, id string) ([]Version, error) {
	var out []Version
	err := tx.Each(ctx, `SELECT version, author_kind, author_id, origin, started_from, superseded, at
		FROM application_version WHERE application = $1 ORDER BY version`, []any{id}, func(scan func(...any) error) error {
		var v Version
		err := scan(&v.Number, &v.Author.Kind, &v.Author.ID, &v.Origin, &v.StartedFrom, &v.Superseded, &v.At)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("candidate: editions of %s: %w", id, err)
	}
	return out, nil
}
