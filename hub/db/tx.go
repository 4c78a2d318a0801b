package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite"
)

// Tx is an open transaction. It must not outlive the function it was given to,
// and is for one goroutine.
type Tx struct {
	tx    session
	kind  Kind
	after []func()
	wrote bool // something that is no plain question was asked
	quiet bool
}

// session is what statements run in: a transaction, or for Ask the pool.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// in is a Tx whose statements run in a session.
func (d *DB) in(s session) *Tx { return &Tx{tx: s, kind: d.kind} }

// asks notes what a statement is.
func (t *Tx) asks(query string) {
	t.wrote = t.wrote || !strings.HasPrefix(strings.TrimLeft(query, " \t\r\n"), "SELECT")
}

// moves reports whether its commit moves the number of Changes.
func (t *Tx) moves() bool { return t.wrote && !t.quiet }

// Quietly leaves the number of Changes where it is when this transaction is
// committed: for what nobody keeps in memory, such as the entry in the journal
// that somebody has looked.
func (t *Tx) Quietly() { t.quiet = true }

// Exec runs a statement and returns the number of rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	t.wrote = true
	asked(ctx, 1, 1)
	r, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Query runs a query. The caller closes the rows and asks for their Err; Each
// does both.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	t.asks(query)
	asked(ctx, 1, 1)
	return t.tx.QueryContext(ctx, query, args...)
}

// QueryRow runs a query for at most one row; its Scan gives ErrNoRows if there
// is none.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	t.asks(query)
	asked(ctx, 1, 1)
	return t.tx.QueryRowContext(ctx, query, args...)
}

// Each runs a query and calls row for every row; an error from row ends it.
func (t *Tx) Each(ctx context.Context, query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := t.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// OnCommit has f called once, after the transaction stands. It is not called
// when the transaction is rolled back or is run again.
func (t *Tx) OnCommit(f func()) { t.after = append(t.after, f) }

// How often one Write may meet another and still go on after its patience, the
// first and the longest pause, and the patience: for a row that many want, and for
// a server that is being started anew.
const (
	attempts     = 12
	firstPause   = 2 * time.Millisecond
	maxPause     = 400 * time.Millisecond
	awayPatience = 5 * time.Second
)

// Write runs f in a writing transaction and commits it. On SQLite one writer
// runs at a time, and those who wait share one commit (see doc.go); on
// PostgreSQL f is run again, after a growing pause, when the database found it
// in conflict with another, or went away before the commit was asked for. f's
// own errors come back as they are and end it. When Write returns nil, what f
// did is on the disk. The end of ctx ends the wait for a turn and f's
// statements; once f has returned, what becomes of it is waited for.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) (err error) {
	defer d.meters.wrote(time.Now(), &err)
	asked(ctx, 0, 2)
	if d.write == nil {
		return errors.New("db: opened for looking only")
	}
	pause := firstPause
	began := time.Now()
	alone := false
	for met := 0; ; {
		err := ended(ctx, d.once(ctx, f, alone))
		if errors.Is(err, errTogether) {
			alone = true
			continue
		}
		switch away := d.kind == PostgreSQL && Away(err) && !errors.Is(err, ErrUnknownOutcome); {
		case err == nil, away && time.Since(began) > awayPatience, !away && !again(err):
			return err
		case !away:
			// What failed while the server was away is none of these: two hubs that
			// both come back meet at once.
			if met++; met >= attempts && time.Since(began) > awayPatience {
				return err
			}
			if met == 1 {
				pause = firstPause
			}
		}
		// Jitter, so that two that met do not meet again.
		t := time.NewTimer(pause/2 + rand.N(pause/2+1))
		select {
		case <-ctx.Done():
			t.Stop()
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-t.C:
		}
		pause = min(2*pause, maxPause)
	}
}

func (d *DB) once(ctx context.Context, f func(*Tx) error, alone bool) error {
	if d.kind == SQLite {
		return d.inLine(ctx, f, alone)
	}
	tx, err := d.write.BeginTx(ctx, d.options(false))
	if err != nil {
		return fmt.Errorf("db: begin: %w", err)
	}
	t := d.in(tx)
	committed := false
	defer func() {
		if !committed { // also when f panics
			_ = tx.Rollback() // the reason is on its way already
		}
	}()
	if err := f(t); err != nil {
		return err
	}
	err = tx.Commit()
	if t.moves() { // also when its outcome is not known
		d.changes.Add(1)
	}
	d.meters.committed(1)
	if err != nil {
		if brokenConnection(err) {
			return fmt.Errorf("%w: %w", ErrUnknownOutcome, err)
		}
		return fmt.Errorf("db: commit: %w", err)
	}
	committed = true
	for _, g := range t.after {
		g()
	}
	return nil
}

// Read runs f, once, on one snapshot; whatever f tries to change fails.
func (d *DB) Read(ctx context.Context, f func(*Tx) error) error {
	defer d.meters.did(time.Now())
	asked(ctx, 0, 2)
	var tx *sql.Tx
	err := d.onLiving(ctx, func() (err error) {
		tx, err = d.read.BeginTx(ctx, d.options(true))
		return err
	})
	if err != nil {
		return ended(ctx, fmt.Errorf("db: begin: %w", err))
	}
	defer func() { _ = tx.Rollback() }() // nothing to keep
	return ended(ctx, f(d.in(tx)))
}

// Ask runs f, which asks one short question (see Brief), without the turns that
// opening and closing a transaction take. A statement is its own snapshot; two of
// them in one f see two.
func (d *DB) Ask(ctx context.Context, f func(*Tx) error) error {
	defer d.meters.did(time.Now())
	if d.kind == SQLite {
		return d.onReader(ctx, func(c *sql.Conn) error { return f(d.in(brief{c})) })
	}
	return ended(ctx, f(d.in(asking{d.read})))
}

// asking refuses whatever is no question.
type asking struct{ *sql.DB }

func (asking) ExecContext(context.Context, string, ...any) (sql.Result, error) {
	return nil, errors.New("db: Ask only asks")
}

// ended makes sure that what failed because ctx ended says so: one driver only
// says that it was interrupted, the other that its connection is gone.
func ended(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	var lite *sqlite3.Error
	const interrupt = 9
	if errors.As(err, &lite) && lite.Code()&0xff == interrupt ||
		errors.Is(err, sql.ErrTxDone) || errors.Is(err, driver.ErrBadConn) {
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

// options: the SQLite driver knows no isolation levels; there a transaction is
// a snapshot anyway, and its read pool refuses writes by pragma.
func (d *DB) options(readOnly bool) *sql.TxOptions {
	if d.kind == SQLite {
		return nil
	}
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: readOnly}
}

// again reports whether a transaction that failed with err may simply be run
// again: nothing of it stands.
func again(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01" // serialization failure, deadlock
	}
	var lite *sqlite3.Error
	if errors.As(err, &lite) {
		const busy, locked = 5, 6
		return lite.Code()&0xff == busy || lite.Code()&0xff == locked
	}
	return false
}

func brokenConnection(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite3.Error
	return errors.Is(err, driver.ErrBadConn) || !errors.As(err, &pg) && !errors.As(err, &lite) &&
		!errors.Is(err, sql.ErrTxDone) && !errors.Is(err, context.Canceled)
}

// Unique reports whether err says that a row with the same unique value is
// already there.
func Unique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite3.Error
	if errors.As(err, &lite) {
		const primaryKey, unique = 1555, 2067
		return lite.Code() == primaryKey || lite.Code() == unique
	}
	return false
}
