package candidate

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/protocol/form"
)

// Sealed is an application whose content has not been opened: what opens it may
// be another goroutine, after the transaction has ended.
type Sealed struct {
	Row
	content []byte
}

// afterQuery joins an empty text to the campaign: that keeps SQLite from finding
// its rows by their unique index and sorting all of them for each call. Of a
// province of 400,000 not all had been read after twenty minutes.
const afterQuery = `SELECT a.id, a.campaign, a.version, a.point, a.division, a.state, a.confirmed_at, a.confirmed_point, a.changed_at, a.apart, v.content
	FROM application a JOIN application_version v ON v.application = a.id AND v.version = a.version
	WHERE a.id > $1 AND a.campaign || '' = $2 ORDER BY a.id LIMIT $3`

// After returns up to limit applications of a campaign with their current
// content still sealed, by id, after the given id ("" = from the start). Who
// walks through all of them does so in short transactions, one for each call,
// so that nobody who writes waits.
func (s *Store) After(ctx context.Context, tx *db.Tx, campaign, after string, limit int) ([]Sealed, error) {
	out := make([]Sealed, 0, limit)
	err := tx.Each(ctx, afterQuery, []any{after, campaign, limit},
		func(scan func(...any) error) error {
			var x Sealed
			err := scan(append(x.into(), &x.content)...)
			out = append(out, x)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("candidate: after %s: %w", after, err)
	}
	return out, nil
}

// Open opens what After gave. It fails when the content is not what was sealed.
func (s *Store) Open(x Sealed) (form.Application, error) { return s.open(x.ID, x.Version, x.content) }

// Extent is how much of a campaign there is.
type Extent struct {
	Applications int64
	Saved        int64 // versions ever saved: each new or changed application adds one, and no clock takes part
}

// Measure counts what there is of a campaign. It reads a short row of each
// application.
func Measure(ctx context.Context, tx *db.Tx, campaign string) (Extent, error) {
	var e Extent
	err := tx.QueryRow(ctx, `SELECT count(*), CAST(coalesce(sum(version), 0) AS BIGINT) FROM application WHERE campaign = $1`, campaign).
		Scan(&e.Applications, &e.Saved)
	if err != nil {
		return Extent{}, fmt.Errorf("candidate: measure: %w", err)
	}
	return e, nil
}
