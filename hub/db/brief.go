package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// Short questions, such as a row by its key, are answered sooner than they could
// be interrupted. To be able to, database/sql and SQLite's driver start a
// goroutine each for every statement whose context can end, and one for the
// transaction; for a page of five such questions that took a quarter of their
// processor time, and beside other work half of the rate. So on SQLite these are
// asked on a connection that is waited for as long as the context lasts, and
// then without it.

// What opens and closes the snapshot of a Brief.
const (
	textBegin    = "BEGIN"
	textRollback = "ROLLBACK"
)

// Brief is Read for short questions. One that reads many rows belongs in Read,
// where the end of ctx ends it.
func (d *DB) Brief(ctx context.Context, f func(*Tx) error) error {
	if d.kind != SQLite {
		return d.Read(ctx, f)
	}
	defer d.meters.did(time.Now())
	return d.onReader(ctx, func(c *sql.Conn) (err error) {
		long := context.WithoutCancel(ctx)
		if _, err := c.ExecContext(long, textBegin); err != nil {
			return fmt.Errorf("db: begin: %w", err)
		}
		defer func() { // also when f panics
			if _, end := c.ExecContext(long, textRollback); end != nil { // nothing to keep, but the snapshot must go
				_ = c.Raw(func(any) error { return driver.ErrBadConn })
			}
		}()
		return f(d.in(brief{c}))
	})
}

// onReader runs f on a connection of SQLite's readers.
func (d *DB) onReader(ctx context.Context, f func(*sql.Conn) error) error {
	c, err := d.read.Conn(ctx)
	if err != nil {
		return ended(ctx, fmt.Errorf("db: %w", err))
	}
	defer func() { _ = c.Close() }() // gives it back to the pool, or has closed it
	return f(c)
}

// brief asks without the end of the context: a transaction, or one question.
type brief struct{ conn *sql.Conn }

func (b brief) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return b.conn.QueryContext(context.WithoutCancel(ctx), query, args...)
}

func (b brief) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if ctx.Err() == nil {
		ctx = context.WithoutCancel(ctx)
	}
	return b.conn.QueryRowContext(ctx, query, args...)
}

func (brief) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, errors.New("db: a brief question only asks")
}
