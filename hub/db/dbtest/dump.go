package dbtest

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
)

// Dump calls f with every row of every table, as one run of bytes: what a thief
// of the database holds, for tests that look for what must not be there. Left out is
// when each migration ran: its microseconds may show any six digits.
func Dump(ctx context.Context, d *db.DB, f func(table string, row []byte) error) error {
	names := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if d.Kind() == db.PostgreSQL {
		names = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`
	}
	return d.Read(ctx, func(tx *db.Tx) error {
		var tables []string
		if err := tx.Each(ctx, names, nil, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			tables = append(tables, name)
			return err
		}); err != nil {
			return err
		}
		for _, table := range tables {
			if table == "goose_db_version" {
				continue
			}
			if err := dumpTable(ctx, tx, table, f); err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		}
		return nil
	})
}

func dumpTable(ctx context.Context, tx *db.Tx, table string, f func(string, []byte) error) (err error) {
	rows, err := tx.Query(ctx, `SELECT * FROM "`+table+`"`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err below says what went wrong
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		var row []byte
		for _, c := range cells {
			switch v := c.(type) {
			case []byte:
				row = append(row, v...)
			default:
				row = fmt.Append(row, v)
			}
			row = append(row, 0)
		}
		if err := f(table, row); err != nil {
			return err
		}
	}
	return rows.Err()
}
