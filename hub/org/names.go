package org

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// PointNames gives the names of points by their codes, with one question; codes
// that no point has are left out.
func PointNames(ctx context.Context, tx *db.Tx, codes []string) (map[string]string, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	rows := make([][]any, len(codes))
	for i, c := range codes {
		rows[i] = []any{c}
	}
	values, args, err := db.Asked(rows)
	if err != nil {
		return nil, fmt.Errorf("org: names of points: %w", err)
	}
	out := make(map[string]string, len(codes))
	err = tx.Each(ctx, `SELECT code, name FROM point WHERE code IN (`+values+`)`, args, func(scan func(...any) error) error {
		var code, name string
		err := scan(&code, &name)
		out[code] = name
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("org: names of points: %w", err)
	}
	return out, nil
}
