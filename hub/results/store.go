package results

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/exchange"
)

var (
	// ErrNotFound says that there is no such import, or that somebody has no result.
	ErrNotFound = errors.New("results: not found")
	// ErrState says that an import is not in the state that a step needs.
	ErrState = errors.New("results: the import is in another state")
	// ErrStale says that another import was applied or undone since this one was judged:
	// it must be read anew, to see what it changes.
	ErrStale = errors.New("results: another import was applied meanwhile")
)

// State is how far an import is.
type State string

// The states.
const (
	Reading State = "reading"
	Shown   State = "shown"
	Applied State = "applied"
	Undone  State = "undone"
	Dropped State = "dropped"
)

// Import is a table that was brought. Times are ms since 1970.
type Import struct {
	ID, Campaign string
	Kind         Kind
	State        State
	SHA256       string
	base         string

	Rows, Fresh, Changed, Same, Refused int
	Undecided                           int // whose claims of a bonus nobody has decided

	ShownAt              int64
	ShownBy              string
	AppliedAt            int64
	AppliedBy, Second    string
	OpenAt               int64 // from when candidates see it
	EndedAt              int64
	EndedBy, EndedSecond string
	EndedWhy             string
}

const importColumns = `id, campaign, kind, state, sha256, base, rows, fresh, changed, same, refused, undecided, shown_at, shown_by, applied_at, applied_by, applied_second, open_at, ended_at, ended_by, ended_second, ended_why`

func scanImport(scan func(...any) error) (i Import, err error) {
	err = scan(&i.ID, &i.Campaign, &i.Kind, &i.State, &i.SHA256, &i.base, &i.Rows, &i.Fresh, &i.Changed, &i.Same, &i.Refused, &i.Undecided, &i.ShownAt, &i.ShownBy, &i.AppliedAt, &i.AppliedBy, &i.Second, &i.OpenAt, &i.EndedAt, &i.EndedBy, &i.EndedSecond, &i.EndedWhy)
	if errors.Is(err, db.ErrNoRows) {
		err = ErrNotFound
	}
	return i, err
}

func fault(what string, err error) error {
	if err == nil || errors.Is(err, ErrNotFound) {
		return err
	}
	return fmt.Errorf("results: %s: %w", what, err)
}

// base is a hash of what is applied of a kind.
func base(ctx context.Context, tx *db.Tx, campaign string, kind Kind) (string, error) {
	h := sha256.New()
	err := tx.Each(ctx, `SELECT id FROM result_import WHERE campaign = $1 AND kind = $2 AND state = 'applied' ORDER BY id`, []any{campaign, string(kind)}, func(row func(...any) error) error {
		var id string
		err := row(&id)
		h.Write([]byte(id))
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), fault("base", err)
}

func insert(ctx context.Context, tx *db.Tx, i Import) error {
	_, err := tx.Exec(ctx, `INSERT INTO result_import (`+importColumns+`) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, 0, 0, $7, $8, 0, '', '', 0, 0, '', '', '')`,
		i.ID, i.Campaign, string(i.Kind), string(i.State), i.SHA256, i.base, i.ShownAt, i.ShownBy)
	return fault("import", err)
}

// remove takes away what was not read to its end.
func remove(ctx context.Context, tx *db.Tx, id string) error {
	for _, q := range []string{`DELETE FROM result_refusal WHERE import = $1`, `DELETE FROM result_row WHERE import = $1`, `DELETE FROM result_import WHERE id = $1`} {
		if _, err := tx.Exec(ctx, q, id); err != nil {
			return fault("remove", err)
		}
	}
	return nil
}

// sweep takes away what hubs that died had read of tables before a moment: marks that
// nobody sees, and nobody could drop.
func sweep(ctx context.Context, tx *db.Tx, before int64) error {
	var left []string
	err := tx.Each(ctx, `SELECT id FROM result_import WHERE state = 'reading' AND shown_at < $1`, []any{before}, func(row func(...any) error) error {
		var id string
		err := row(&id)
		left = append(left, id)
		return err
	})
	for _, id := range left {
		if err == nil {
			err = remove(ctx, tx, id)
		}
	}
	return fault("sweep", err)
}

// keep writes rows beside what counts for their candidates so far.
func (s *showing) keep(ctx context.Context, tx *db.Tx, good []kept) error {
	if len(good) == 0 {
		return nil
	}
	ids := make([]string, len(good))
	for i, k := range good {
		ids[i] = k.application
	}
	now, err := currentOf(ctx, tx, s.out.Kind, ids, 0)
	if err != nil {
		return err
	}
	rows := make([][]any, len(good))
	for i, k := range good {
		state := "fresh"
		switch old, there := now[k.application]; {
		case !there:
			s.out.Fresh++
		case bytes.Equal(old, k.body):
			state = "same"
			s.out.Same++
		default:
			state = "changed"
			s.out.Changed++
		}
		if k.undecided {
			s.out.Undecided++
		}
		rows[i] = []any{s.out.ID, k.position, k.sheet, k.row, k.application, state, k.school, k.body}
	}
	_, err = tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO result_row (import, position, sheet, number, application, state, school, body) VALUES ` + values
	})
	return fault("rows", err)
}

// finish shows the import.
func (s *showing) finish(ctx context.Context, tx *db.Tx) error {
	if len(s.refusals) > 0 {
		rows := make([][]any, len(s.refusals))
		for i, r := range s.refusals {
			rows[i] = []any{s.out.ID, i, r.Sheet, r.Row, r.Column, r.Code, r.Zh, r.En}
		}
		if _, err := tx.Many(ctx, rows, func(values string) string {
			return `INSERT INTO result_refusal (import, position, sheet, number, heading, code, zh, en) VALUES ` + values
		}); err != nil {
			return fault("refusals", err)
		}
	}
	s.out.State = Shown
	n, err := tx.Exec(ctx, `UPDATE result_import SET state = 'shown', rows = $1, fresh = $2, changed = $3, same = $4, refused = $5, undecided = $6 WHERE id = $7 AND state = 'reading'`,
		s.out.Rows, s.out.Fresh, s.out.Changed, s.out.Same, s.out.Refused, s.out.Undecided, s.out.ID)
	if err == nil && n == 0 {
		err = ErrState // it took so long that it was taken for a dead hub's
	}
	return fault("show", err)
}

// Get finds an import that was read to its end. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Import, error) {
	i, err := scanImport(tx.QueryRow(ctx, `SELECT `+importColumns+` FROM result_import WHERE id = $1 AND state <> 'reading'`, id).Scan)
	return i, fault("get", err)
}

// List gives the imports of a campaign, the last first.
func List(ctx context.Context, tx *db.Tx, campaign string, limit int) (out []Import, err error) {
	err = tx.Each(ctx, `SELECT `+importColumns+` FROM result_import WHERE campaign = $1 AND state <> 'reading' ORDER BY shown_at DESC, id LIMIT $2`, []any{campaign, limit}, func(row func(...any) error) error {
		i, err := scanImport(row)
		out = append(out, i)
		return err
	})
	return out, fault("list", err)
}

// Refusals gives why rows were refused, at most MaxRefusals of them.
func Refusals(ctx context.Context, tx *db.Tx, id string) (out []exchange.Refusal, err error) {
	err = tx.Each(ctx, `SELECT sheet, number, heading, code, zh, en FROM result_refusal WHERE import = $1 ORDER BY position`, []any{id}, func(row func(...any) error) error {
		var r exchange.Refusal
		err := row(&r.Sheet, &r.Row, &r.Column, &r.Code, &r.Zh, &r.En)
		out = append(out, r)
		return err
	})
	return out, fault("refusals", err)
}

// Row is one of an import, with what counted before it.
type Row struct {
	Position    int    // over all sheets
	Sheet       string // "" where the table has none
	Number      int    // as a person counts
	Application string
	State       string // fresh, changed, same
	Body        []byte
}

// Scores reads the marks of a row.
func (r Row) Scores() (s Scores, err error) {
	err = json.Unmarshal(r.Body, &s)
	return s, err
}

// Admission reads the admission of a row.
func (r Row) Admission() (a Admission, err error) {
	err = json.Unmarshal(r.Body, &a)
	return a, err
}

// Rows gives rows of an import in one state, in the order of the table.
func Rows(ctx context.Context, tx *db.Tx, id, state string, after, limit int) (out []Row, err error) {
	err = tx.Each(ctx, `SELECT position, sheet, number, application, state, body FROM result_row WHERE import = $1 AND state = $2 AND position > $3 ORDER BY position LIMIT $4`, []any{id, state, after, limit}, func(row func(...any) error) error {
		var r Row
		err := row(&r.Position, &r.Sheet, &r.Number, &r.Application, &r.State, &r.Body)
		out = append(out, r)
		return err
	})
	return out, fault("rows", err)
}

// alone lets one import of a kind come to count or be undone at a time: of two that are
// at it together the database runs one again, which then finds the other done.
func alone(ctx context.Context, tx *db.Tx, i Import) error {
	_, err := tx.Exec(ctx, `UPDATE result_import SET kind = kind WHERE campaign = $1 AND kind = $2 AND state IN ('shown', 'applied')`, i.Campaign, string(i.Kind))
	return fault("alone", err)
}

// CanApply reports whether an import could be applied now: ErrState when it is not shown
// or gives nobody anything, ErrStale when another was applied or undone since.
func CanApply(ctx context.Context, tx *db.Tx, i Import) error {
	if i.State != Shown || i.Fresh+i.Changed == 0 {
		return ErrState
	}
	now, err := base(ctx, tx, i.Campaign, i.Kind)
	if err == nil && now != i.base {
		err = ErrStale
	}
	return err
}

// Apply makes an import count, from openAt on for candidates. The rows that were refused
// are not in it. ErrState, ErrStale.
func Apply(ctx context.Context, tx *db.Tx, id, by, second string, at, openAt int64) (Import, error) {
	i, err := Get(ctx, tx, id)
	if err == nil {
		err = alone(ctx, tx, i)
	}
	if err == nil {
		err = CanApply(ctx, tx, i)
	}
	if err != nil {
		return i, err
	}
	i.State, i.AppliedAt, i.AppliedBy, i.Second, i.OpenAt = Applied, at, by, second, openAt
	return i, move(ctx, tx, id, Shown, `state = 'applied', applied_at = $1, applied_by = $2, applied_second = $3, open_at = $4`, at, by, second, openAt)
}

// Undo takes an import out of what counts, as one act: what counted before it counts
// again. ErrState.
func Undo(ctx context.Context, tx *db.Tx, id, by, second, why string, at int64) (Import, error) {
	i, err := Get(ctx, tx, id)
	switch {
	case err != nil:
		return i, err
	case i.State != Applied:
		return i, ErrState
	}
	if err := alone(ctx, tx, i); err != nil {
		return i, err
	}
	i.State, i.EndedAt, i.EndedBy, i.EndedSecond, i.EndedWhy = Undone, at, by, second, why
	return i, move(ctx, tx, id, Applied, `state = 'undone', ended_at = $1, ended_by = $2, ended_second = $3, ended_why = $4`, at, by, second, why)
}

// Drop puts away an import that is not to be applied. ErrState.
func Drop(ctx context.Context, tx *db.Tx, id, by string, at int64) (Import, error) {
	i, err := Get(ctx, tx, id)
	switch {
	case err != nil:
		return i, err
	case i.State != Shown:
		return i, ErrState
	}
	i.State, i.EndedAt, i.EndedBy = Dropped, at, by
	return i, move(ctx, tx, id, Shown, `state = 'dropped', ended_at = $1, ended_by = $2`, at, by)
}

func move(ctx context.Context, tx *db.Tx, id string, from State, set string, args ...any) error {
	n := len(args)
	res, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE result_import SET %s WHERE id = $%d AND state = $%d`, set, n+1, n+2), append(args, id, string(from))...)
	if err != nil {
		return fault("move", err)
	}
	if res == 0 {
		return ErrState
	}
	return nil
}
