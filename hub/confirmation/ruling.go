package confirmation

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// Ruling is one decision of a case. Its reason stands in the journal.
type Ruling struct {
	ID          string
	Application string
	Campaign    string
	Division    string   // the decider's
	Kept        string   // record, "" when none was
	Sides       []string // every record that it was about, oldest first
	Version     uint32   // newest at the hub when it was decided
	Account     string   // who decided
	Office      string   // division of her office
	At          int64    // ms, the hub's civil clock
}

const rulingColumns = `id, application, campaign, division, kept, sides, version, account, office, at`

// AddRuling stores a decision. Only package flow calls it.
func AddRuling(ctx context.Context, tx *db.Tx, r Ruling) error {
	_, err := tx.Exec(ctx, `INSERT INTO ruling (`+rulingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.ID, r.Application, r.Campaign, r.Division, r.Kept, strings.Join(r.Sides, " "), int64(r.Version), r.Account, r.Office, r.At)
	if err != nil {
		return fmt.Errorf("confirmation: ruling: %w", err)
	}
	return nil
}

// Rulings gives the decisions of an application, the newest first; all of a
// remit when application is "", at most limit.
func Rulings(ctx context.Context, tx *db.Tx, application, division string, limit int) ([]Ruling, error) {
	var args []any
	arg := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	where := ""
	if application != "" {
		where = " WHERE application = " + arg(application)
	} else if division != "" {
		where = " WHERE " + org.Within("division", division, arg)
	}
	var out []Ruling
	err := tx.Each(ctx, `SELECT `+rulingColumns+` FROM ruling`+where+` ORDER BY at DESC, id DESC LIMIT `+arg(limit), args, func(row func(...any) error) error {
		var r Ruling
		var sides string
		err := row(&r.ID, &r.Application, &r.Campaign, &r.Division, &r.Kept, &sides, &r.Version, &r.Account, &r.Office, &r.At)
		r.Sides = strings.Fields(sides)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("confirmation: rulings: %w", err)
	}
	return out, nil
}

// About reports whether a ruling was about a record.
func (r Ruling) About(record string) bool { return slices.Contains(r.Sides, record) }
