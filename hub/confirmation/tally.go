package confirmation

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// CountBetween counts the records of a filter that were receipted in [from,
// to), in ms since 1970; to = 0 is without an end. Before and Limit are not
// heeded.
func CountBetween(ctx context.Context, tx *db.Tx, f Filter, from, to int64) (int64, error) {
	f.Before = Cursor{}
	where, args := f.where()
	and := " WHERE "
	if where != "" {
		and = " AND "
	}
	args = append(args, from)
	where += fmt.Sprintf("%scommitted >= $%d", and, len(args))
	if to > 0 {
		args = append(args, to)
		where += fmt.Sprintf(" AND committed < $%d", len(args))
	}
	var n int64
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM confirmation`+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("confirmation: count: %w", err)
	}
	return n, nil
}
