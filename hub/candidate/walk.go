package candidate

import (
	"context"
	"fmt"
	"strconv"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// place is the applications of a campaign in a division and, if point is not "",
// at that point; none that is withdrawn.
func place(campaign, division, point string) (where string, args []any) {
	args = []any{campaign, point}
	within := org.Within(`a.division`, division, func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) })
	return `a.campaign = $1 AND ($2 = '' OR a.point = $2) AND a.state <> '` + string(Withdrawn) + `' AND ` + within, args
}

// Count counts the applications of a place. It reads an index of all of them:
// for a list, package progress has the figure.
func Count(ctx context.Context, tx *db.Tx, campaign, division, point string) (n int64, err error) {
	where, args := place(campaign, division, point)
	err = tx.QueryRow(ctx, `SELECT count(*) FROM application a WHERE `+where, args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("candidate: count: %w", err)
	}
	return n, nil
}

// Walk calls each for every application of a place with its current content, by
// division, point and id, all on the snapshot of tx: as many as Count says in
// it. each may not use tx. The memory held does not grow.
func (s *Store) Walk(ctx context.Context, tx *db.Tx, campaign, division, point string, each func(Found) error) error {
	where, args := place(campaign, division, point)
	err := tx.Each(ctx, `SELECT a.id, a.campaign, a.version, a.point, a.division, a.state, a.confirmed_at, a.confirmed_point, a.changed_at, a.apart, v.content
		FROM application a JOIN application_version v ON v.application = a.id AND v.version = a.version
		WHERE `+where+` ORDER BY a.division, a.point, a.id`, args, func(scan func(...any) error) error {
		var f Found
		var sealed []byte
		err := scan(append(f.into(), &sealed)...)
		if err != nil {
			return err
		}
		if f.Application, err = s.open(f.ID, f.Version, sealed); err != nil {
			return err
		}
		return each(f)
	})
	if err != nil {
		return fmt.Errorf("candidate: walk: %w", err)
	}
	return nil
}
