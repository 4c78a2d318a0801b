package results

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"zhunkao/hub/db"
)

// What counts for a candidate is her row in the import of its kind that was applied last
// and not undone; of two of one millisecond, that of the greater id. until cuts off what
// candidates may not see yet: 0 is nothing of it.
func currentOf(ctx context.Context, tx *db.Tx, kind Kind, applications []string, until int64) (map[string][]byte, error) {
	out := map[string][]byte{}
	if len(applications) == 0 {
		return out, nil
	}
	rows := make([][]any, len(applications))
	for i, a := range applications {
		rows[i] = []any{a}
	}
	values, args, err := db.AskedAfter(2, rows)
	if err != nil {
		return nil, err
	}
	if until == 0 {
		until = math.MaxInt64
	}
	args = append([]any{string(kind), until}, args...)
	err = tx.Each(ctx, `SELECT r.application, r.body FROM result_row r JOIN result_import i ON i.id = r.import
		WHERE r.application IN (VALUES `+values+`) AND i.kind = $1 AND i.state = 'applied' AND i.open_at <= $2 ORDER BY i.applied_at, i.id`, args, func(row func(...any) error) error {
		var a string
		var body []byte
		err := row(&a, &body)
		out[a] = body // the last one stays
		return err
	})
	return out, fault("current", err)
}

// Of is what somebody has.
type Of struct {
	Scores    *Scores
	Admission *Admission
}

// For gives what a candidate has; until is the moment at which she asks, in ms, or 0 for
// an office, which sees also what is not open yet.
func For(ctx context.Context, tx *db.Tx, application string, until int64) (out Of, err error) {
	all, err := ForAll(ctx, tx, []string{application}, until)
	return all[application], err
}

// ForAll is For many. Who has nothing is left out.
func ForAll(ctx context.Context, tx *db.Tx, applications []string, until int64) (map[string]Of, error) {
	out := map[string]Of{}
	for _, kind := range Kinds() {
		bodies, err := currentOf(ctx, tx, kind, applications, until)
		if err != nil {
			return nil, err
		}
		for a, body := range bodies {
			one := out[a]
			var err error
			if kind == OfScores {
				one.Scores = &Scores{}
				err = json.Unmarshal(body, one.Scores)
			} else {
				one.Admission = &Admission{}
				err = json.Unmarshal(body, one.Admission)
			}
			if err != nil {
				return nil, fmt.Errorf("results: a row of %s cannot be read", kind)
			}
			out[a] = one
		}
	}
	return out, nil
}

// applied are the admissions that count: rows of imports that stand, each candidate's
// last one.
const applied = ` FROM result_row r JOIN result_import i ON i.id = r.import
	WHERE i.campaign = $1 AND i.kind = 'admission' AND i.state = 'applied' AND NOT EXISTS (SELECT 1 FROM result_row s JOIN result_import j ON j.id = s.import
		WHERE s.application = r.application AND j.kind = 'admission' AND j.state = 'applied' AND (j.applied_at > i.applied_at OR j.applied_at = i.applied_at AND j.id > i.id))`

// School is one that candidates were admitted to.
type School struct {
	Code   string
	People int
	Marked int // who has marks too
}

// Schools gives the schools that have anybody, by code.
func Schools(ctx context.Context, tx *db.Tx, campaign string) (out []School, err error) {
	err = tx.Each(ctx, `SELECT r.school, COUNT(*), COUNT(CASE WHEN EXISTS (SELECT 1 FROM result_row t JOIN result_import k ON k.id = t.import WHERE t.application = r.application AND k.kind = 'scores' AND k.state = 'applied') THEN 1 END)`+applied+` GROUP BY r.school ORDER BY r.school`, []any{campaign}, func(row func(...any) error) error {
		var s School
		err := row(&s.Code, &s.People, &s.Marked)
		out = append(out, s)
		return err
	})
	return out, fault("schools", err)
}

// Admitted gives whom a school has, by application.
func Admitted(ctx context.Context, tx *db.Tx, campaign, school string) (out []string, err error) {
	err = tx.Each(ctx, `SELECT r.application`+applied+` AND r.school = $2 ORDER BY r.application`, []any{campaign, school}, func(row func(...any) error) error {
		var a string
		err := row(&a)
		out = append(out, a)
		return err
	})
	return out, fault("admitted", err)
}

// People gives some candidates of an import, by application, from after on: whom to tell
// that it is open.
func People(ctx context.Context, tx *db.Tx, id, after string, limit int) (out []string, err error) {
	err = tx.Each(ctx, `SELECT application FROM result_row WHERE import = $1 AND state <> 'same' AND application > $2 ORDER BY application LIMIT $3`, []any{id, after, limit}, func(row func(...any) error) error {
		var a string
		err := row(&a)
		out = append(out, a)
		return err
	})
	return out, fault("people", err)
}

// Some reports whether anything counts in a campaign, open or not.
func Some(ctx context.Context, tx *db.Tx, campaign string) (some bool, err error) {
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM result_import WHERE campaign = $1 AND state = 'applied')`, campaign).Scan(&some)
	return some, fault("some", err)
}
