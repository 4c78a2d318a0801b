package seating

import (
	"context"
	"strconv"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

// mostProblems is how many problems of a run are kept one by one. How many there were of
// each reason stands in its figures: a province without catchments has one for each
// candidate.
const mostProblems = 5000

// Problem is a rule that could not be met (A51: listed with its reason, never hidden).
type Problem struct {
	Reason      arrangement.Reason
	Area        string
	Room        int
	Application string // "" if it is nobody's own
	Count       int
}

// TrialOf is the owner of the problems of a campaign's last trial; of a run it is the
// version, of an addition AdditionOf.
func TrialOf(campaign string) string { return "trial " + campaign }

// AdditionOf is the owner of the problems of an addition.
func AdditionOf(version string, number int) string { return version + " " + strconv.Itoa(number) }

func putProblems(ctx context.Context, tx *db.Tx, owner string, all []arrangement.Problem, whose map[arrangement.Token]string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM seating_problem WHERE owner = $1`, owner); err != nil {
		return wrap("problems", err)
	}
	rows := make([][]any, 0, min(len(all), mostProblems))
	for i, p := range all[:cap(rows)] {
		rows = append(rows, []any{owner, i, string(p.Reason), p.Area, p.Room, whose[p.Token], p.Count})
	}
	_, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO seating_problem (owner, position, reason, area, room, application, count) VALUES ` + values
	})
	return wrap("problems", err)
}

// Problems gives some problems, by area and room: those of one reason, or of all if it
// is "".
func Problems(ctx context.Context, tx *db.Tx, owner string, reason arrangement.Reason, limit int) (out []Problem, err error) {
	err = tx.Each(ctx, `SELECT reason, area, room, application, count FROM seating_problem WHERE owner = $1 AND ($2 = '' OR reason = $2) ORDER BY position LIMIT $3`,
		[]any{owner, string(reason), limit}, func(row func(...any) error) error {
			var p Problem
			err := row(&p.Reason, &p.Area, &p.Room, &p.Application, &p.Count)
			out = append(out, p)
			return err
		})
	return out, wrap("problems", err)
}
