package site

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Move is a candidate's area by hand, whatever the catchments say (考区调整).
type Move struct {
	Application string
	From, To    string // areas; To is "" in the history when she was put back
	Reason      string
	By          string // account
	At          int64  // ms
}

// Moves gives who sits elsewhere than the catchments say, by application: the last
// word on each, those that were put back left out.
func Moves(ctx context.Context, tx *db.Tx, campaign string) ([]Move, error) {
	return moves(ctx, tx, `SELECT m.application, m.from_area, m.to_area, m.reason, m.by_staff, m.at FROM area_move m WHERE m.campaign = $1 AND m.to_area <> ''
		AND NOT EXISTS (SELECT 1 FROM area_move l WHERE l.application = m.application AND l.number > m.number) ORDER BY m.application`, campaign)
}

// MovesOf is the history of one application, the last first.
func MovesOf(ctx context.Context, tx *db.Tx, application string) ([]Move, error) {
	return moves(ctx, tx, `SELECT application, from_area, to_area, reason, by_staff, at FROM area_move WHERE application = $1 ORDER BY number DESC`, application)
}

func moves(ctx context.Context, tx *db.Tx, text string, args ...any) (out []Move, err error) {
	err = tx.Each(ctx, text, args, func(row func(...any) error) error {
		var m Move
		err := row(&m.Application, &m.From, &m.To, &m.Reason, &m.By, &m.At)
		out = append(out, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("site: moves: %w", err)
	}
	return out, nil
}

// AddMove stores a move of an application that lies in a division. The caller
// journals. ErrStale when somebody moved her at the same moment.
func AddMove(ctx context.Context, tx *db.Tx, campaign, division string, m Move) error {
	_, err := tx.Exec(ctx, `INSERT INTO area_move (application, number, campaign, division, from_area, to_area, reason, by_staff, at)
		SELECT $1, COALESCE(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM area_move WHERE application = $1`,
		m.Application, campaign, division, m.From, m.To, m.Reason, m.By, m.At)
	if db.Unique(err) {
		return ErrStale
	}
	if err != nil {
		return fmt.Errorf("site: move: %w", err)
	}
	return nil
}

// Erase removes the moves of an application that is erased, and why she was moved, and
// takes her off the lists that propose one (S38).
func Erase(ctx context.Context, tx *db.Tx, application string) error {
	for _, text := range []string{`DELETE FROM area_move WHERE application = $1`, `DELETE FROM moving_person WHERE application = $1`} {
		if _, err := tx.Exec(ctx, text, application); err != nil {
			return fmt.Errorf("site: erase: %w", err)
		}
	}
	return nil
}

// Her is what decides where a candidate sits.
type Her struct {
	Application, Division, Level, Category, Language string
}

// Place is where a candidate sits; "" is no area.
type Place struct {
	Now     string
	Drawn   string // where the catchments lead her
	Dropped string // she was moved to it by hand, and a later drawing of her city lacks it: the catchments count
}

// Where gives a candidate's area.
func Where(ctx context.Context, tx *db.Tx, campaign string, h Her) (p Place, err error) {
	division := Today(h.Division)
	plan, _, err := InForceOf(ctx, tx, campaign, org.Above(division))
	if err != nil {
		return p, err
	}
	history, err := MovesOf(ctx, tx, h.Application)
	if err != nil {
		return p, err
	}
	moved := ""
	if len(history) > 0 {
		moved = history[0].To
	}
	return plan.Seats(h, moved), nil
}

// Seats says where the plan puts a candidate who was moved by hand to an area, "" if she
// was not.
func (p Plan) Seats(h Her, moved string) Place {
	drawn := p.Leads(h.Division, h.Level, h.Category, h.Language)
	switch {
	case moved == "":
		return Place{Now: drawn, Drawn: drawn}
	case p.has(moved):
		return Place{Now: moved, Drawn: drawn}
	}
	return Place{Now: drawn, Drawn: drawn, Dropped: moved}
}
