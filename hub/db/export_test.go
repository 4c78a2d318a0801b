package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"

	"github.com/jackc/pgx/v5/stdlib"
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

// Deafen lets whoever asks on d's writing connections to PostgreSQL be broken off
// when the answer has come and nothing of it is read yet: the session is well, and
// all that is learned is why.
func Deafen(d *DB, url string, why error) error {
	c, err := stdlib.GetDefaultDriver().(driver.DriverContext).OpenConnector(url)
	if err != nil {
		return err
	}
	hears := d.write
	d.write = sql.OpenDB(deafConnector{pgConnector{c}, why})
	return hears.Close()
}

type deafConnector struct {
	pgConnector
	why error
}

func (d deafConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := d.pgConnector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &deafConn{c.(*pgConn), d.why}, nil
}

type deafConn struct {
	*pgConn
	why error
}

func (d *deafConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := d.pgConn.QueryContext(ctx, query, args)
	if err != nil {
		return nil, errors.Join(errors.New("db: nothing to be deaf to"), err)
	}
	return deafRows{rows, d.why}, nil
}

type deafRows struct {
	driver.Rows
	why error
}

func (d deafRows) Next([]driver.Value) error { return d.why }
