package db

import (
	"context"
	"fmt"
)

// Size gives the bytes that the database takes: of SQLite those of its pages
// that are in use, of PostgreSQL what it says of this database.
func (d *DB) Size(ctx context.Context) (bytes uint64, err error) {
	question := `SELECT (pages.page_count - free.freelist_count) * size.page_size
		FROM pragma_page_count pages, pragma_freelist_count free, pragma_page_size size`
	if d.kind == PostgreSQL {
		question = `SELECT pg_database_size(current_database())`
	}
	err = d.Read(ctx, func(tx *Tx) error { return tx.QueryRow(ctx, question).Scan(&bytes) })
	if err != nil {
		return 0, fmt.Errorf("db: size: %w", err)
	}
	return bytes, nil
}
