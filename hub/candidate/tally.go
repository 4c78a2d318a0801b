package candidate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Tally counts the applications of a point, or of all points of a division.
type Tally struct {
	Code       string
	Registered int64 // confirmed ones included
	Confirmed  int64
}

// count adds to the counts of a point in the transaction that changes what is
// counted.
func count(ctx context.Context, tx *db.Tx, campaign, point, division string, registered, confirmed int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO tally (campaign, point, division, registered, confirmed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (campaign, point) DO UPDATE
		SET registered = tally.registered + excluded.registered, confirmed = tally.confirmed + excluded.confirmed`,
		campaign, point, division, registered, confirmed)
	if err != nil {
		return fmt.Errorf("candidate: count %s: %w", point, err)
	}
	return nil
}

// move takes one application from one point's counts to another's, in the order
// of the codes, so that two moves across do not wait for each other.
func move(ctx context.Context, tx *db.Tx, campaign, from, fromDivision, to, toDivision string, confirmed int64) error {
	less := func() error { return count(ctx, tx, campaign, from, fromDivision, -1, -confirmed) }
	more := func() error { return count(ctx, tx, campaign, to, toDivision, +1, +confirmed) }
	if from < to {
		return errors.Join(less(), more())
	}
	return errors.Join(more(), less())
}

// Confirm marks an application as confirmed at a point; at is in ms since 1970.
// Confirmed before, it stays as it is and false comes back. ErrNotFound.
func (s *Store) Confirm(ctx context.Context, tx *db.Tx, id, point string, at int64) (bool, error) {
	return s.setState(ctx, tx, id, Registered, Confirmed, at, point, +1)
}

// Confirming is an application that is confirmed at a point.
type Confirming struct {
	ID    string
	Point string // code
	At    int64  // ms since 1970
}

// ConfirmAll is Confirm for many: those that were confirmed before stay as they
// are, and of two for one application the first counts. ErrNotFound.
func (s *Store) ConfirmAll(ctx context.Context, tx *db.Tx, all []Confirming) error {
	type where struct {
		point string
		at    int64
	}
	first := make(map[string]bool, len(all))
	groups := map[where][][]any{}
	for _, c := range all {
		if !first[c.ID] {
			first[c.ID] = true
			groups[where{c.Point, c.At}] = append(groups[where{c.Point, c.At}], []any{c.ID})
		}
	}
	// One order of rows and counts, so that two hubs do not wait for each other
	// in a circle.
	tally, done := map[tallyKey]int64{}, 0
	for _, w := range slices.SortedFunc(maps.Keys(groups), func(a, b where) int {
		return cmp.Or(strings.Compare(a.point, b.point), cmp.Compare(a.at, b.at))
	}) {
		n, err := s.confirmSome(ctx, tx, groups[w], w.point, w.at, tally)
		if err != nil {
			return err
		}
		done += n
	}
	if done < len(first) { // some were confirmed before, or are not here
		for id := range first {
			if _, err := s.Row(ctx, tx, id); err != nil {
				return err
			}
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(tally), tallyKey.compare) {
		if err := count(ctx, tx, k.campaign, k.point, k.division, 0, tally[k]); err != nil {
			return err
		}
	}
	return nil
}

// tallyKey names a row of the table tally.
type tallyKey struct{ campaign, point, division string }

func (a tallyKey) compare(b tallyKey) int {
	return cmp.Or(strings.Compare(a.campaign, b.campaign), strings.Compare(a.point, b.point), strings.Compare(a.division, b.division))
}

// confirmSome confirms applications at one point and adds them up. It gives how
// many were not confirmed before.
func (s *Store) confirmSome(ctx context.Context, tx *db.Tx, ids [][]any, point string, at int64, tally map[tallyKey]int64) (int, error) {
	values, args, err := db.Asked(ids)
	if err != nil {
		return 0, err
	}
	n, done := len(args), 0
	args = append(args, string(Confirmed), at, point, s.now().UnixMilli(), string(Registered))
	err = tx.Each(ctx, fmt.Sprintf(`UPDATE application SET state = $%d, confirmed_at = $%d, confirmed_point = $%d, changed_at = $%d
		WHERE id IN (VALUES %s) AND state = $%d RETURNING campaign, point, division`, n+1, n+2, n+3, n+4, values, n+5), args,
		func(scan func(...any) error) error {
			var k tallyKey
			err := scan(&k.campaign, &k.point, &k.division)
			tally[k]++
			done++
			return err
		})
	if err != nil {
		return 0, fmt.Errorf("candidate: confirm: %w", err)
	}
	return done, nil
}

// Unconfirm takes the confirmation back; false if there was none. ErrNotFound.
func (s *Store) Unconfirm(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	return s.setState(ctx, tx, id, Confirmed, Registered, 0, "", -1)
}

func (s *Store) setState(ctx context.Context, tx *db.Tx, id string, from, to State, at int64, point string, by int64) (bool, error) {
	var r Row
	err := tx.QueryRow(ctx, `UPDATE application SET state = $1, confirmed_at = $2, confirmed_point = $3, changed_at = $4
		WHERE id = $5 AND state = $6 RETURNING campaign, point, division`,
		string(to), at, point, s.now().UnixMilli(), id, string(from)).Scan(&r.Campaign, &r.Point, &r.Division)
	if errors.Is(err, db.ErrNoRows) {
		_, err := s.Row(ctx, tx, id)
		return false, err
	}
	if err != nil {
		return false, fmt.Errorf("candidate: %s %s: %w", to, id, err)
	}
	return true, count(ctx, tx, r.Campaign, r.Point, r.Division, 0, by)
}

// PointTallies returns the counts of every point of a division (code of a
// province, city or county) that has any, by code.
func PointTallies(ctx context.Context, tx *db.Tx, campaign, division string) ([]Tally, error) {
	from, to := org.Range(division)
	var out []Tally
	err := tx.Each(ctx, `SELECT point, registered, confirmed FROM tally
		WHERE campaign = $1 AND division >= $2 AND division < $3 ORDER BY point`, []any{campaign, from, to},
		func(scan func(...any) error) error {
			var t Tally
			err := scan(&t.Code, &t.Registered, &t.Confirmed)
			out = append(out, t)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("candidate: tallies: %w", err)
	}
	return out, nil
}

// DivisionTally returns the counts of a division and all below it: a sum over
// its points' rows, of which a province has some four hundred.
func DivisionTally(ctx context.Context, tx *db.Tx, campaign, division string) (Tally, error) {
	from, to := org.Range(division)
	t := Tally{Code: division}
	err := tx.QueryRow(ctx, `SELECT CAST(coalesce(sum(registered), 0) AS BIGINT), CAST(coalesce(sum(confirmed), 0) AS BIGINT)
		FROM tally WHERE campaign = $1 AND division >= $2 AND division < $3`,
		campaign, from, to).Scan(&t.Registered, &t.Confirmed)
	if err != nil {
		return Tally{}, fmt.Errorf("candidate: tally of %s: %w", division, err)
	}
	return t, nil
}
