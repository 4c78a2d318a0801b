package seating

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// ApplicationsOf gives whose ticket numbers these are in a version, by number. A number
// that nobody has is left out.
func ApplicationsOf(ctx context.Context, tx *db.Tx, version string, numbers []string) (map[string]string, error) {
	out := map[string]string{}
	if len(numbers) == 0 {
		return out, nil
	}
	rows := make([][]any, len(numbers))
	for i, n := range numbers {
		rows[i] = []any{n}
	}
	values, args, err := db.AskedAfter(1, rows)
	if err != nil {
		return nil, err
	}
	err = tx.Each(ctx, `SELECT number, application FROM seating_seat WHERE version = $1 AND number IN (VALUES `+values+`)`, append([]any{version}, args...), func(row func(...any) error) error {
		var number, application string
		err := row(&number, &application)
		out[number] = application
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("seating: numbers: %w", err)
	}
	return out, nil
}
