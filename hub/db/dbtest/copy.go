package dbtest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"zhunkao/hub/db"
)

// PostgresOf opens a fresh PostgreSQL database that holds all that a SQLite
// database holds, its id too, or skips. It is for measurements that need a full
// database of each kind: to fill the second one step by step takes longer than
// what is measured.
func PostgresOf(t testing.TB, from *db.DB) *db.DB {
	t.Helper()
	url := PostgresURL(t)
	ctx := t.Context()
	to, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	err = copyAll(ctx, from, to)
	if err := to.Close(ctx); err != nil {
		t.Error(err)
	}
	if err == nil { // as the server does by itself in time
		err = db.ExecAlone(ctx, url, "VACUUM ANALYZE")
	}
	if err != nil {
		t.Fatal(err)
	}
	return open(t, url)
}

// column is a column of a table of PostgreSQL.
type column struct {
	name  string
	truth bool // SQLite holds a number there
}

func copyAll(ctx context.Context, from *db.DB, to *pgx.Conn) error {
	// Tables come in no order: who names whom is right when all are there.
	if _, err := to.Exec(ctx, `SET session_replication_role = replica`); err != nil {
		return fmt.Errorf("dbtest: %w", err)
	}
	rows, err := to.Query(ctx, `SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
		JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
		WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.table_name <> 'goose_db_version'
		ORDER BY c.table_name, c.ordinal_position`)
	if err != nil {
		return fmt.Errorf("dbtest: tables: %w", err)
	}
	tables := map[string][]column{}
	var table, name, kind string
	_, err = pgx.ForEachRow(rows, []any{&table, &name, &kind}, func() error {
		tables[table] = append(tables[table], column{name, kind == "boolean"})
		return nil
	})
	if err != nil {
		return fmt.Errorf("dbtest: tables: %w", err)
	}
	for table, columns := range tables {
		if err := copyTable(ctx, from, to, table, columns); err != nil {
			return fmt.Errorf("dbtest: copy %s: %w", table, err)
		}
	}
	return nil
}

func copyTable(ctx context.Context, from *db.DB, to *pgx.Conn, table string, columns []column) error {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	if _, err := to.Exec(ctx, `DELETE FROM "`+table+`"`); err != nil { // what a migration wrote
		return err
	}
	return from.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT "`+strings.Join(names, `", "`)+`" FROM "`+table+`"`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err below says what went wrong
		_, err = to.CopyFrom(ctx, pgx.Identifier{table}, names, pgx.CopyFromFunc(func() ([]any, error) {
			if !rows.Next() {
				return nil, rows.Err()
			}
			row, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				return nil, err
			}
			for i, c := range columns {
				if n, ok := row[i].(int64); ok && c.truth {
					row[i] = n != 0
				}
			}
			return row, nil
		}))
		return err
	})
}
