package seating

import (
	"context"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/db"
)

// What problems are of.
const (
	runProblems   = "run"
	trialProblems = "trial"
)

// Problem is a rule that could not be met (A51: listed with its reason, never hidden).
type Problem struct {
	Reason      arrangement.Reason
	Area        string
	Room        int
	Application string // "" if it is nobody's own
	Count       int
}

func putProblems(ctx context.Context, tx *db.Tx, version, run string, all []arrangement.Problem, whose map[arrangement.Token]string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM seating_problem WHERE version = $1 AND run = $2`, version, run); err != nil {
		return wrap("problems", err)
	}
	rows := make([][]any, len(all))
	for i, p := range all {
		rows[i] = []any{version, run, i, string(p.Reason), p.Area, p.Room, whose[p.Token], p.Count}
	}
	_, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO seating_problem (version, run, position, reason, area, room, application, count) VALUES ` + values
	})
	return wrap("problems", err)
}

// Asked chooses problems: of the trial or of the run of a version.
type Asked struct {
	Version string
	Trial   bool
	Reason  arrangement.Reason // "" is all
	From    int                // so many are passed over
	Limit   int                // 50 if it is 0
}

func (a Asked) run() string {
	if a.Trial {
		return trialProblems
	}
	return runProblems
}

// Problems gives some, by area and room.
func Problems(ctx context.Context, tx *db.Tx, a Asked) (out []Problem, err error) {
	if a.Limit == 0 {
		a.Limit = 50
	}
	err = tx.Each(ctx, `SELECT reason, area, room, application, count FROM seating_problem WHERE version = $1 AND run = $2 AND ($3 = '' OR reason = $3) ORDER BY position LIMIT $4 OFFSET $5`,
		[]any{a.Version, a.run(), string(a.Reason), a.Limit, a.From}, func(row func(...any) error) error {
			var p Problem
			err := row(&p.Reason, &p.Area, &p.Room, &p.Application, &p.Count)
			out = append(out, p)
			return err
		})
	return out, wrap("problems", err)
}

// Reasons counts problems by reason.
func Reasons(ctx context.Context, tx *db.Tx, a Asked) (map[arrangement.Reason]int, error) {
	out := map[arrangement.Reason]int{}
	err := tx.Each(ctx, `SELECT reason, COUNT(*) FROM seating_problem WHERE version = $1 AND run = $2 GROUP BY reason`, []any{a.Version, a.run()}, func(row func(...any) error) error {
		var reason arrangement.Reason
		var n int
		err := row(&reason, &n)
		out[reason] = n
		return err
	})
	return out, wrap("problems", err)
}
