package incident

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

const columns = `id, number, kind, severity, rank, state, division, point, origin, reporter, started, reported, people,
	what, done, need, holder, deadline, passed, known, words, changed, version`

func (i Incident) values() []any {
	return []any{i.ID, i.Number, string(i.Kind), string(i.Severity), i.Severity.Rank(), string(i.State), i.Division, i.Point, i.From, i.Reporter, i.Started, i.Reported, i.People,
		i.What, i.Done, i.Need, i.Holder, i.Deadline, i.Passed, strings.Join(i.Known, ","), strings.Join(i.Words, ","), i.Changed, i.Version}
}

func scan(row func(...any) error) (i Incident, err error) {
	var known, words string
	var rank int
	err = row(&i.ID, &i.Number, &i.Kind, &i.Severity, &rank, &i.State, &i.Division, &i.Point, &i.From, &i.Reporter, &i.Started, &i.Reported, &i.People,
		&i.What, &i.Done, &i.Need, &i.Holder, &i.Deadline, &i.Passed, &known, &words, &i.Changed, &i.Version)
	i.Known, i.Words = list(known), list(words)
	return i, err
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// Add stores a report that Begin made, gives it its number, and begins its
// line. The same report again changes nothing and comes back as it stands now;
// added is false then. ErrTaken when the id is another's.
func Add(ctx context.Context, tx *db.Tx, i Incident) (stored Incident, added bool, err error) {
	switch was, err := Get(ctx, tx, i.ID); {
	case err == nil && was.Reporter != i.Reporter:
		return Incident{}, false, ErrTaken
	case err == nil:
		return was, false, nil
	case !errors.Is(err, ErrNotFound):
		return Incident{}, false, err
	}
	if err := tx.QueryRow(ctx, `UPDATE incident_number SET last = last + 1 RETURNING last`).Scan(&i.Number); err != nil {
		return Incident{}, false, fmt.Errorf("incident: number: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO incident (`+columns+`) VALUES `+db.Values(1, len(i.values()), 0), i.values()...); err != nil {
		return Incident{}, false, fmt.Errorf("incident: add: %w", err)
	}
	return i, true, enter(ctx, tx, i, Entry{Seq: 1, At: i.Reported, Act: Report, Account: i.Reporter, Division: i.From, To: i.Holder, Text: i.What}, "")
}

// Put stores an incident after a move that Next made, and the step itself. The
// same form sent twice changes nothing: moved is false then. ErrChanged when
// somebody else has moved it since it was read.
func Put(ctx context.Context, tx *db.Tx, i Incident, m Move) (moved bool, err error) {
	if made, err := Made(ctx, tx, i.ID, m.Once); err != nil || made {
		return false, err
	}
	n, err := tx.Exec(ctx, `UPDATE incident SET state = $1, holder = $2, deadline = $3, passed = $4, known = $5, words = $6, changed = $7, version = $8
		WHERE id = $9 AND version = $10`, string(i.State), i.Holder, i.Deadline, i.Passed, strings.Join(i.Known, ","), strings.Join(i.Words, ","), i.Changed, i.Version, i.ID, i.Version-1)
	if err != nil {
		return false, fmt.Errorf("incident: change: %w", err)
	}
	if n == 0 {
		return false, ErrChanged
	}
	// A version is a step, and the report is the first.
	e := Entry{Seq: i.Version, At: m.At, Act: m.Act, Account: m.By.Account, Division: m.By.Division, Measure: m.Measure, Ref: m.Ref, Text: m.Text}
	if m.Act == HandUp || m.Act == HandDown || m.Act == Escalate || m.Act == Reopen {
		e.To = i.Holder
	}
	if m.Act == Acknowledge && i.State == Handling && i.Holder == m.By.Division {
		e.To = i.Holder // she took it; whoever only knows of it has it not
	}
	return true, enter(ctx, tx, i, e, m.Once)
}

func enter(ctx context.Context, tx *db.Tx, i Incident, e Entry, once string) error {
	var given any
	if once != "" {
		given = once
	}
	_, err := tx.Exec(ctx, `INSERT INTO incident_entry (incident, seq, at, act, account, division, handed, measure, ref, words, once)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		i.ID, e.Seq, e.At, string(e.Act), e.Account, e.Division, e.To, string(e.Measure), e.Ref, e.Text, given)
	if err != nil {
		return fmt.Errorf("incident: step: %w", err)
	}
	return nil
}

// Made reports whether a form was taken already.
func Made(ctx context.Context, tx *db.Tx, id, once string) (bool, error) {
	if once == "" {
		return false, nil
	}
	var n int
	err := tx.QueryRow(ctx, `SELECT count(*) FROM incident_entry WHERE incident = $1 AND once = $2`, id, once).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("incident: step: %w", err)
	}
	return n > 0, nil
}

// Get returns an incident. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Incident, error) {
	i, err := scan(tx.QueryRow(ctx, `SELECT `+columns+` FROM incident WHERE id = $1`, id).Scan)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return i, fmt.Errorf("%w: %s", ErrNotFound, id)
	case err != nil:
		return i, fmt.Errorf("incident: %s: %w", id, err)
	}
	return i, nil
}

// Line returns the steps of an incident, oldest first.
func Line(ctx context.Context, tx *db.Tx, id string) ([]Entry, error) {
	var out []Entry
	err := tx.Each(ctx, `SELECT seq, at, act, account, division, handed, measure, ref, words FROM incident_entry
		WHERE incident = $1 ORDER BY seq`, []any{id}, func(row func(...any) error) error {
		var e Entry
		err := row(&e.Seq, &e.At, &e.Act, &e.Account, &e.Division, &e.To, &e.Measure, &e.Ref, &e.Text)
		out = append(out, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("incident: line of %s: %w", id, err)
	}
	return out, nil
}

// Filter chooses incidents.
type Filter struct {
	Division string // remit, "" = all
	Point    string // only of this point
	State    State  // "" = any
	Open     bool   // only those that are not closed
	Kind     Kind   // "" = any
	Limit    int    // 0 = all
	Skip     int
}

func (f Filter) where() (string, []any) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	where := "1 = 1"
	if f.Division != "" {
		where += " AND " + org.Within("division", f.Division, arg)
	}
	if f.Point != "" {
		where += " AND point = " + arg(f.Point)
	}
	if f.State != "" {
		where += " AND state = " + arg(string(f.State))
	}
	if f.Open {
		where += " AND state <> " + arg(string(Closed))
	}
	if f.Kind != "" {
		where += " AND kind = " + arg(string(f.Kind))
	}
	return where, args
}

// List returns incidents: the gravest first and of those the oldest; closed
// ones, when only those are asked for, the newest first.
func List(ctx context.Context, tx *db.Tx, f Filter) ([]Incident, error) {
	where, args := f.where()
	order := ` ORDER BY rank, reported, number`
	if f.State == Closed {
		order = ` ORDER BY changed DESC, number DESC`
	}
	if f.Limit > 0 {
		args = append(args, f.Limit, f.Skip)
		order += fmt.Sprintf(` LIMIT $%d OFFSET $%d`, len(args)-1, len(args))
	}
	var out []Incident
	err := tx.Each(ctx, `SELECT `+columns+` FROM incident WHERE `+where+order, args, func(row func(...any) error) error {
		i, err := scan(row)
		out = append(out, i)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("incident: list: %w", err)
	}
	return out, nil
}

// Count counts what a filter lets through.
func Count(ctx context.Context, tx *db.Tx, f Filter) (n int, err error) {
	where, args := f.where()
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM incident WHERE `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("incident: count: %w", err)
	}
	return n, nil
}

// Open returns the incidents of a division and below that are not closed, the
// gravest first: what a map marks.
func Open(ctx context.Context, tx *db.Tx, division string) ([]Incident, error) {
	return List(ctx, tx, Filter{Division: division, Open: true})
}

// Mine counts the open incidents in a remit that wait for the office of a
// division: to say that it has one, or, at the province, to close one.
func Mine(ctx context.Context, tx *db.Tx, division string) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM incident WHERE holder = $1 AND state IN ('waiting', 'resolved')`, division).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("incident: count: %w", err)
	}
	return n, nil
}

// Due returns the ids of those whose holder has let the deadline pass.
func Due(ctx context.Context, tx *db.Tx, now int64) ([]string, error) {
	var out []string
	err := tx.Each(ctx, `SELECT id FROM incident WHERE state = 'waiting' AND deadline > 0 AND deadline <= $1 ORDER BY deadline LIMIT 100`, []any{now},
		func(row func(...any) error) error {
			var id string
			err := row(&id)
			out = append(out, id)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("incident: due: %w", err)
	}
	return out, nil
}
