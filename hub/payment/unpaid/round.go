package unpaid

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
)

// Round is asking the channels about everybody of a list. It goes on from After, so
// that a crash asks somebody twice at worst, and leaves nobody out.
type Round struct {
	ID       string
	Campaign string
	Division string
	Point    string // "" = the whole remit
	By       string
	At       int64
	Total    int
	Done     int
	Paid     int
	Failed   int // a channel did not answer: ask again
	After    string
	Ended    int64 // ms, 0 = under way
}

const roundColumns = `id, campaign, division, point, by_staff, at, total, done, paid, failed, after, ended_at`

func scanRound(row func(...any) error) (r Round, err error) {
	err = row(&r.ID, &r.Campaign, &r.Division, &r.Point, &r.By, &r.At, &r.Total, &r.Done, &r.Paid, &r.Failed, &r.After, &r.Ended)
	return r, err
}

// Begin begins a round, unless one of the same place is under way: that one is given
// then, and begun is false.
func Begin(ctx context.Context, tx *db.Tx, r Round) (_ Round, begun bool, err error) {
	old, err := LastRound(ctx, tx, r.Campaign, r.Division, r.Point)
	if err == nil && old.Ended == 0 {
		return old, false, nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Round{}, false, err
	}
	if r.Total, err = Count(ctx, tx, Filter{Campaign: r.Campaign, Division: r.Division, Point: r.Point}); err != nil {
		return Round{}, false, err
	}
	r.ID = newID()
	_, err = tx.Exec(ctx, `INSERT INTO unpaid_round (`+roundColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, '', 0)`, r.ID, r.Campaign, r.Division, r.Point, r.By, r.At, r.Total)
	if err != nil {
		return Round{}, false, fmt.Errorf("unpaid: round: %w", err)
	}
	return r, true, nil
}

// LastRound gives the newest round of a place. ErrNotFound.
func LastRound(ctx context.Context, tx *db.Tx, campaign, division, point string) (Round, error) {
	return one(scanRound(tx.QueryRow(ctx, `SELECT `+roundColumns+` FROM unpaid_round WHERE campaign = $1 AND division = $2 AND point = $3 ORDER BY at DESC, id DESC LIMIT 1`, campaign, division, point).Scan))
}

// Oldest gives the oldest round that is under way. ErrNotFound when none is.
func Oldest(ctx context.Context, tx *db.Tx) (Round, error) {
	return one(scanRound(tx.QueryRow(ctx, `SELECT `+roundColumns+` FROM unpaid_round WHERE ended_at = 0 ORDER BY at, id LIMIT 1`).Scan))
}

func one(r Round, err error) (Round, error) {
	if errors.Is(err, db.ErrNoRows) {
		return Round{}, ErrNotFound
	}
	if err != nil {
		return Round{}, fmt.Errorf("unpaid: round: %w", err)
	}
	return r, nil
}

// Next gives the next people of a round.
func (r Round) Next(ctx context.Context, tx *db.Tx, limit int) ([]Person, error) {
	f := Filter{Campaign: r.Campaign, Division: r.Division, Point: r.Point, Limit: limit}
	if len(r.After) > pointWidth {
		f.AfterAt, f.After = r.After[:pointWidth], r.After[pointWidth:]
	}
	return List(ctx, tx, f)
}

// pointWidth is the length of a point's code, with which After begins.
const pointWidth = 8

// Asked notes that one more was asked about, in the transaction that keeps the answer.
func (r Round) Asked(ctx context.Context, tx *db.Tx, p Person, o Outcome) error {
	paid, failed := 0, 0
	switch o {
	case Paid:
		paid = 1
	case NoAnswer:
		failed = 1
	}
	_, err := tx.Exec(ctx, `UPDATE unpaid_round SET done = done + 1, paid = paid + $1, failed = failed + $2, after = $3 WHERE id = $4`, paid, failed, p.Point+p.Number, r.ID)
	if err != nil {
		return fmt.Errorf("unpaid: round: %w", err)
	}
	return nil
}

// End ends a round.
func (r Round) End(ctx context.Context, tx *db.Tx, at int64) error {
	if _, err := tx.Exec(ctx, `UPDATE unpaid_round SET ended_at = $1 WHERE id = $2 AND ended_at = 0`, at, r.ID); err != nil {
		return fmt.Errorf("unpaid: round: %w", err)
	}
	return nil
}
