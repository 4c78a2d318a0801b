package ending

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

const listColumns = `id, campaign, division, state, drawn_at, drawn_by, object_until, hash, people, signed_at, signed_by, second, signed_hash, voided, ended_at, ended_by, ended_second, ended_why`

func scanList(row func(...any) error) (l List, err error) {
	err = row(&l.ID, &l.Campaign, &l.Division, &l.State, &l.DrawnAt, &l.DrawnBy, &l.ObjectUntil, &l.Hash, &l.People, &l.SignedAt, &l.SignedBy, &l.Second, &l.SignedHash, &l.Voided, &l.EndedAt, &l.EndedBy, &l.EndedSecond, &l.EndedWhy)
	return l, err
}

const personColumns = `ending, application, division, point, why, order_number, state, cause, note, said, said_at, said_by, settled_at, settled_by, second`

func scanPerson(row func(...any) error) (p Person, err error) {
	err = row(&p.List, &p.Application, &p.Division, &p.Point, &p.Why, &p.Order, &p.Standing, &p.Cause, &p.Note, &p.Said, &p.SaidAt, &p.SaidBy, &p.SettledAt, &p.SettledBy, &p.Second)
	return p, err
}

// Get gives a list. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (List, error) {
	l, err := scanList(tx.QueryRow(ctx, `SELECT `+listColumns+` FROM ending WHERE id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return List{}, ErrNotFound
	}
	if err != nil {
		return List{}, fmt.Errorf("ending: %w", err)
	}
	return l, nil
}

// Lists gives the lists of a campaign, the newest first.
func Lists(ctx context.Context, tx *db.Tx, campaign string, limit int) (out []List, err error) {
	err = tx.Each(ctx, `SELECT `+listColumns+` FROM ending WHERE campaign = $1 ORDER BY drawn_at DESC, id LIMIT $2`, []any{campaign, limit}, func(row func(...any) error) error {
		l, err := scanList(row)
		out = append(out, l)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ending: lists: %w", err)
	}
	return out, nil
}

// Some reports whether a campaign has a list that is told or signed.
func Some(ctx context.Context, tx *db.Tx, campaign string) (bool, error) {
	var n int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM ending WHERE campaign = $1 AND state IN ('told', 'signed')`, campaign).Scan(&n); err != nil {
		return false, fmt.Errorf("ending: some: %w", err)
	}
	return n > 0, nil
}

// Filter chooses people of a list. List and Division must be given.
type Filter struct {
	List     string
	Division string
	Point    string
	Standing Standing
	Why      Why
	After    string // application
	Limit    int    // 0 is 50
}

func (f Filter) where(arg func(any) string) string {
	w := ` WHERE ending = ` + arg(f.List) + ` AND ` + org.Within("division", f.Division, arg)
	if f.Point != "" {
		w += ` AND point = ` + arg(f.Point)
	}
	if f.Standing != "" {
		w += ` AND state = ` + arg(string(f.Standing))
	}
	if f.Why != "" {
		w += ` AND why = ` + arg(string(f.Why))
	}
	return w
}

// People gives people of a list, by application.
func People(ctx context.Context, tx *db.Tx, f Filter) (out []Person, err error) {
	var args []any
	arg := numbered(&args)
	limit := f.Limit
	if limit == 0 {
		limit = 50
	}
	where := f.where(arg)
	if f.After != "" {
		where += ` AND application > ` + arg(f.After)
	}
	err = tx.Each(ctx, `SELECT `+personColumns+` FROM ending_person`+where+` ORDER BY application LIMIT `+arg(limit), args, func(row func(...any) error) error {
		p, err := scanPerson(row)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ending: people: %w", err)
	}
	return out, nil
}

// Count says how many a filter chooses.
func Count(ctx context.Context, tx *db.Tx, f Filter) (n int, err error) {
	var args []any
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM ending_person`+f.where(numbered(&args)), args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("ending: count: %w", err)
	}
	return n, nil
}

// Tally is the part of a list that lies in one county, in numbers.
type Tally struct {
	Division    string
	Unconfirmed int
	Unpaid      int
	Objected    int
	Off         int
	Out         int
	Void        int
	Restored    int
}

// Tallies counts a list by county, within a remit.
func Tallies(ctx context.Context, tx *db.Tx, f Filter) (out []Tally, err error) {
	var args []any
	where := f.where(numbered(&args))
	err = tx.Each(ctx, `SELECT division, SUM(CASE WHEN why = 'unconfirmed' THEN 1 ELSE 0 END), SUM(CASE WHEN why = 'unpaid' THEN 1 ELSE 0 END),
		SUM(CASE WHEN state = 'objected' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'off' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'out' THEN 1 ELSE 0 END),
		SUM(CASE WHEN state = 'void' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'restored' THEN 1 ELSE 0 END) FROM ending_person`+where+` GROUP BY division ORDER BY division`, args, func(row func(...any) error) error {
		var t Tally
		err := row(&t.Division, &t.Unconfirmed, &t.Unpaid, &t.Objected, &t.Off, &t.Out, &t.Void, &t.Restored)
		out = append(out, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ending: tallies: %w", err)
	}
	return out, nil
}

// On gives somebody's place on a list. ErrNotFound.
func On(ctx context.Context, tx *db.Tx, list, application string) (Person, error) {
	p, err := scanPerson(tx.QueryRow(ctx, `SELECT `+personColumns+` FROM ending_person WHERE ending = $1 AND application = $2`, list, application).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Person{}, ErrNotFound
	}
	if err != nil {
		return Person{}, fmt.Errorf("ending: %w", err)
	}
	return p, nil
}

// Of gives how somebody stands now: void, or on a list that is told, with that list.
// ErrNotFound when she is on none, or has come off.
func Of(ctx context.Context, tx *db.Tx, application string) (Person, List, error) {
	var id string
	err := tx.QueryRow(ctx, `SELECT p.ending FROM ending_person p JOIN ending l ON l.id = p.ending WHERE p.application = $1
		AND (p.state = 'void' OR p.state IN ('listed', 'objected') AND l.state = 'told') ORDER BY l.drawn_at DESC LIMIT 1`, application).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return Person{}, List{}, ErrNotFound
	}
	if err != nil {
		return Person{}, List{}, fmt.Errorf("ending: %w", err)
	}
	l, err := Get(ctx, tx, id)
	if err != nil {
		return Person{}, List{}, err
	}
	p, err := On(ctx, tx, id, application)
	return p, l, err
}

// All gives every list that somebody is on, or was, the newest first.
func All(ctx context.Context, tx *db.Tx, application string) (out []Person, err error) {
	err = tx.Each(ctx, `SELECT `+personColumns+` FROM ending_person WHERE application = $1 ORDER BY ending`, []any{application}, func(row func(...any) error) error {
		p, err := scanPerson(row)
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ending: all: %w", err)
	}
	return out, nil
}

// Erase empties what was written down about an application that is erased.
func Erase(ctx context.Context, tx *db.Tx, application string) error {
	if _, err := tx.Exec(ctx, `UPDATE ending_person SET said = '', note = '' WHERE application = $1`, application); err != nil {
		return fmt.Errorf("ending: erase: %w", err)
	}
	return nil
}

func changed(n int64, err error) error {
	if err != nil {
		return fmt.Errorf("ending: %w", err)
	}
	if n == 0 {
		return ErrState
	}
	return nil
}

func tidy(s string) string { return strings.TrimSpace(s) }
