package db

import (
	"context"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// MigrateTo brings a fresh database up to an older version, as the hub of then
// left it.
func MigrateTo(ctx context.Context, d *DB, version int64) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if d.kind == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, d.write, files)
	if err != nil {
		return err
	}
	_, err = p.UpTo(ctx, version)
	return err
}

// Waiting is how many writers stand in line.
func Waiting(d *DB) int {
	d.line.mu.Lock()
	defer d.line.mu.Unlock()
	return len(d.line.waiting)
}

// Patient lets the next group go on for as long as any may.
func Patient(d *DB) {
	d.line.mu.Lock()
	defer d.line.mu.Unlock()
	d.line.took = groupAtMost
}
