package payment

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// OpenOrders is OpenOrder for many who have none, together. One of them who has makes
// it fail as a whole: ErrOpen. ErrAmount.
func OpenOrders(ctx context.Context, tx *db.Tx, all []Order) error {
	rows := make([][]any, len(all))
	for i, o := range all {
		if o.Fen <= 0 || o.Fen > MaxFen {
			return ErrAmount
		}
		rows[i] = []any{o.Number, o.Application, o.Campaign, o.Division, o.Point, o.Level, o.Fen, string(Open), o.OpenedAt, o.DueAt, int64(0), "", o.Record, o.Cause, o.ArrivedAt}
	}
	_, err := tx.Many(ctx, rows, func(values string) string {
		return `INSERT INTO payment_order (` + orderColumns + `) VALUES ` + values
	})
	switch {
	case db.Unique(err):
		return ErrOpen
	case err != nil:
		return fmt.Errorf("payment: open: %w", err)
	}
	return nil
}

// Touched gives those of some applications that have or had an order, or were on a list
// of the end.
func Touched(ctx context.Context, tx *db.Tx, applications []string) (map[string]bool, error) {
	return known(ctx, tx, applications, func(in string) string {
		return `SELECT application FROM payment_order WHERE application IN (` + in + `) UNION SELECT application FROM ending_person WHERE application IN (` + in + `)`
	})
}

// Taken gives those of some numbers that are an order's.
func Taken(ctx context.Context, tx *db.Tx, numbers []string) (map[string]bool, error) {
	return known(ctx, tx, numbers, func(in string) string { return `SELECT number FROM payment_order WHERE number IN (` + in + `)` })
}

func known(ctx context.Context, tx *db.Tx, keys []string, query func(in string) string) (map[string]bool, error) {
	out := map[string]bool{}
	if len(keys) == 0 {
		return out, nil
	}
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = []any{k}
	}
	values, args, err := db.Asked(rows)
	if err != nil {
		return nil, err
	}
	err = tx.Each(ctx, query("VALUES "+values), args, func(row func(...any) error) error {
		var k string
		err := row(&k)
		out[k] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: orders of many: %w", err)
	}
	return out, nil
}
