package candidate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"zhunkao/hub/db"
)

// Confirm marks an application as confirmed at a point; at is in ms since 1970.
// Confirmed before, it stays as it is and false comes back. ErrNotFound.
func (s *Store) Confirm(ctx context.Context, tx *db.Tx, id, point string, at int64) (bool, error) {
	return s.setState(ctx, tx, id, Registered, Confirmed, at, point)
}

// Confirming is an application that is confirmed at a point.
type Confirming struct {
	ID    string
	Point string // code
	At    int64  // ms since 1970
}

// ConfirmAll is Confirm for many: those that were confirmed before stay as they
// are, and of two for one application the first counts. What she withdrew and
// signed nevertheless, at a box that had not heard of it, is confirmed too, and
// given back: it counts again. ErrNotFound.
func (s *Store) ConfirmAll(ctx context.Context, tx *db.Tx, all []Confirming) (returned []string, err error) {
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
	// One order of rows, so that two hubs do not wait for each other in a circle.
	done := int64(0)
	for _, w := range slices.SortedFunc(maps.Keys(groups), func(a, b where) int {
		return cmp.Or(strings.Compare(a.point, b.point), cmp.Compare(a.at, b.at))
	}) {
		n, err := s.confirmSome(ctx, tx, groups[w], w.point, w.at)
		if err != nil {
			return nil, err
		}
		done += n
	}
	if done < int64(len(first)) { // some were confirmed before, were withdrawn, or are not here
		for _, c := range all {
			if !first[c.ID] {
				continue
			}
			first[c.ID] = false
			back, err := s.confirmWithdrawn(ctx, tx, c)
			if err != nil {
				return nil, err
			}
			if back {
				returned = append(returned, c.ID)
			}
		}
	}
	return returned, nil
}

// confirmWithdrawn confirms an application that was withdrawn, under its number
// again, unless another account has registered that meanwhile: then the county
// finds both by what was signed. false if it was not withdrawn. ErrNotFound.
func (s *Store) confirmWithdrawn(ctx context.Context, tx *db.Tx, c Confirming) (bool, error) {
	row, err := s.Row(ctx, tx, c.ID)
	if err != nil || row.State != Withdrawn {
		return false, err
	}
	found, err := s.Get(ctx, tx, c.ID)
	if err != nil {
		return false, err
	}
	number := s.keys.NumberKey(found.Application.Number().Reveal())
	if _, err := tx.Exec(ctx, `UPDATE application SET number_hmac = $1 WHERE id = $2 AND NOT apart
		AND NOT EXISTS (SELECT 1 FROM application o WHERE o.campaign = $3 AND o.number_hmac = $1)`, number, c.ID, row.Campaign); err != nil {
		return false, fmt.Errorf("candidate: confirm %s: %w", c.ID, err)
	}
	return s.setState(ctx, tx, c.ID, Withdrawn, Confirmed, c.At, c.Point)
}

// confirmSome confirms applications at one point. It gives how many were not
// confirmed before.
func (s *Store) confirmSome(ctx context.Context, tx *db.Tx, ids [][]any, point string, at int64) (int64, error) {
	if tx.Kind() == db.SQLite {
		return s.confirmEach(ctx, tx, ids, point, at)
	}
	args := []any{string(Confirmed), at, point, s.now().UnixMilli(), string(Registered)}
	values, more, err := db.AskedAfter(len(args), ids)
	if err != nil {
		return 0, err
	}
	done, err := tx.Exec(ctx, `UPDATE application SET state = $1, confirmed_at = $2, confirmed_point = $3, changed_at = $4
		WHERE state = $5 AND id IN (VALUES `+values+`)`, append(args, more...)...)
	if err != nil {
		return 0, fmt.Errorf("candidate: confirm: %w", err)
	}
	return done, nil
}

// confirmEach is confirmSome with a statement for each: one that changes several
// rows keeps a copy of every page that it changes, to undo itself, and a table of
// what it was asked.
func (s *Store) confirmEach(ctx context.Context, tx *db.Tx, ids [][]any, point string, at int64) (done int64, err error) {
	for _, id := range ids {
		n, err := tx.Exec(ctx, textSetState, string(Confirmed), at, point, s.now().UnixMilli(), id[0], string(Registered))
		if err != nil {
			return 0, fmt.Errorf("candidate: confirm: %w", err)
		}
		done += n
	}
	return done, nil
}

// Withdraw marks an application as taken back, and sets its number free; false if
// it is confirmed, or was withdrawn before. ErrNotFound.
func (s *Store) Withdraw(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	done, err := s.setState(ctx, tx, id, Registered, Withdrawn, 0, "")
	if err != nil || !done {
		return false, err
	}
	if _, err := tx.Exec(ctx, `UPDATE application SET number_hmac = $1 WHERE id = $2`, s.keys.NumberKey("withdrawn "+id), id); err != nil {
		return false, fmt.Errorf("candidate: withdraw %s: %w", id, err)
	}
	return true, nil
}

// Meets writes an application as it is. What waits for a confirmation and the
// confirmation itself may come to two hubs at one time, and neither sees the other:
// both write here, and so PostgreSQL has one of them run again.
func (s *Store) Meets(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := tx.Exec(ctx, `UPDATE application SET changed_at = changed_at WHERE id = $1`, id); err != nil {
		return fmt.Errorf("candidate: meets %s: %w", id, err)
	}
	return nil
}

// Unconfirm takes the confirmation back; false if there was none. ErrNotFound.
func (s *Store) Unconfirm(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	return s.setState(ctx, tx, id, Confirmed, Registered, 0, "")
}

const textSetState = `UPDATE application SET state = $1, confirmed_at = $2, confirmed_point = $3, changed_at = $4
		WHERE id = $5 AND state = $6`

func (s *Store) setState(ctx context.Context, tx *db.Tx, id string, from, to State, at int64, point string) (bool, error) {
	n, err := tx.Exec(ctx, textSetState, string(to), at, point, s.now().UnixMilli(), id, string(from))
	if err != nil {
		return false, fmt.Errorf("candidate: %s %s: %w", to, id, err)
	}
	if n == 0 {
		_, err := s.Row(ctx, tx, id)
		return false, err
	}
	return true, nil
}

// Reconfirm marks an application as confirmed at a point, whatever it was before:
// another of its confirmations counts now. ErrNotFound.
func (s *Store) Reconfirm(ctx context.Context, tx *db.Tx, id, point string, at int64) error {
	n, err := tx.Exec(ctx, `UPDATE application SET state = $1, confirmed_at = $2, confirmed_point = $3, changed_at = $4 WHERE id = $5`,
		string(Confirmed), at, point, s.now().UnixMilli(), id)
	if err != nil {
		return fmt.Errorf("candidate: reconfirm %s: %w", id, err)
	}
	if n == 0 {
		return ErrNotFound
	}
	return nil
}
