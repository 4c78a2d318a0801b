package journal

import (
	"context"

	"zhunkao/hub/db"
)

// Within is the query that looks at no more than so many rows.
func (q Query) Within(reach int) Query { q.reach = reach; return q }

// Explain gives the plans of what Search asks.
func Explain(ctx context.Context, tx *db.Tx, kind db.Kind, q Query, low, high uint64) ([]string, error) {
	q.Limit, q.reach = min(max(q.Limit, 1), 1000), reach
	type asked struct {
		text string
		args []any
	}
	statements := []asked{{spanSQL, []any{int64(1), int64(2)}}}
	for _, w := range q.ways() {
		inner, outer, args := w.scanSQL(q, low, high)
		statements = append(statements,
			asked{`SELECT number FROM (SELECT number, act, subject_kind, division, point, staff, at` + inner + `) x` + outer, args},
			asked{`SELECT count(*), coalesce(min(number), 0) FROM (SELECT number` + inner + `) x`, args[:innerArgs(w, low, high)]})
	}
	var out []string
	for _, s := range statements {
		explain := "EXPLAIN QUERY PLAN "
		if kind == db.PostgreSQL {
			explain = "EXPLAIN "
		}
		rows, err := tx.Query(ctx, explain+s.text, s.args...)
		if err != nil {
			return nil, err
		}
		columns, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		plan := ""
		for rows.Next() {
			cells, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				return nil, err
			}
			switch c := cells[len(cells)-1].(type) {
			case string:
				plan += c + "\n"
			case []byte:
				plan += string(c) + "\n"
			}
		}
		if err := rows.Close(); err != nil {
			return nil, err
		}
		out = append(out, plan)
	}
	return out, nil
}
