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

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite"
)

// Tx is an open transaction. It must not outlive the function it was given to,
// and is for one goroutine.
type Tx struct {
	tx    session // SQLite
	pg    *spoken // PostgreSQL
	kind  Kind
	after []func()
	wrote bool // something that is no plain question was asked
	quiet bool
}

// Rows are the rows of an answer, to be gone through as those of database/sql.
type Rows interface {
	Next() bool
	Scan(into ...any) error
	Columns() ([]string, error)
	Err() error
	Close() error
}

// Row is an answer of at most one row; its Scan gives ErrNoRows if there is none.
type Row interface{ Scan(into ...any) error }

// session is what statements run in on SQLite: a transaction, or a connection.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// in is a Tx whose statements run in a session of SQLite.
func (d *DB) in(s session) *Tx { return &Tx{tx: s, kind: SQLite} }

// to is a Tx whose statements go to PostgreSQL.
func (d *DB) to(s *spoken) *Tx { return &Tx{pg: s, kind: PostgreSQL} }

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
	if t.pg != nil {
		return t.pg.exec(ctx, query, args)
	}
	r, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Query runs a query. The caller closes the rows and asks for their Err; Each
// does both.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (Rows, error) {
	t.asks(query)
	asked(ctx, 1, 1)
	if t.pg == nil {
		return t.tx.QueryContext(ctx, query, args...)
	}
	rows, err := t.pg.query(ctx, query, args)
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// QueryRow runs a query for at most one row.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) Row {
	t.asks(query)
	asked(ctx, 1, 1)
	if t.pg == nil {
		return t.tx.QueryRowContext(ctx, query, args...)
	}
	rows, err := t.pg.query(ctx, query, args)
	return pgRow{rows, err}
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
// statements; once f has returned, what becomes of it is waited for, on PostgreSQL
// within endWithin.
func (d *DB) Write(ctx context.Context, f func(*Tx) error) (err error) {
	defer d.meters.wrote(time.Now(), &err)
	asked(ctx, 0, 1)
	if d.write == nil {
		return errors.New("db: opened for looking only")
	}
	return d.patiently(ctx, func(alone bool) error { return d.once(ctx, f, alone) })
}

// patiently tries to write, and again as Write says.
func (d *DB) patiently(ctx context.Context, once func(alone bool) error) error {
	pause := firstPause
	began := time.Now()
	alone := false
	for met := 0; ; {
		err := ended(ctx, once(alone))
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
	s := &spoken{d: d, pool: d.write, begin: beginWriting}
	defer s.undo(ctx) // what is not committed, also when f panics
	t := d.to(s)
	if err := f(t); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("db: commit: %w", err)
	}
	err := s.commit(ctx)
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
	for _, g := range t.after {
		g()
	}
	return nil
}

// Read runs f, once, on one snapshot; whatever f tries to change fails. The
// questions ahead are asked before it, on PostgreSQL in the turn of its first
// statement: f may have run when they are refused, and may then have seen what
// it gets of an error. After nil all of them were asked.
func (d *DB) Read(ctx context.Context, f func(*Tx) error, ahead ...Question) error {
	defer d.meters.did(time.Now())
	if d.kind == PostgreSQL {
		return d.speak(ctx, beginReading, f, ahead)
	}
	tx, err := d.read.BeginTx(ctx, nil)
	if err != nil {
		return ended(ctx, fmt.Errorf("db: begin: %w", err))
	}
	defer func() { _ = tx.Rollback() }() // nothing to keep
	return ended(ctx, d.in(tx).behind(ctx, f, ahead))
}

// Ask runs f, which asks one short question (see Brief), without a transaction
// around it. A statement is its own snapshot; two of them in one f see two. The
// questions ahead are as those of Read.
func (d *DB) Ask(ctx context.Context, f func(*Tx) error, ahead ...Question) error {
	defer d.meters.did(time.Now())
	if d.kind == PostgreSQL {
		return d.speak(ctx, "", f, ahead)
	}
	return d.onReader(ctx, func(c *sql.Conn) error { return d.in(brief{c}).behind(ctx, f, ahead) })
}

// behind runs f behind some questions. On SQLite each is a statement like any
// other; they are counted as PostgreSQL is asked.
func (t *Tx) behind(ctx context.Context, f func(*Tx) error, ahead []Question) error {
	for _, q := range ahead {
		if err := q.Ask(ctx, t); err != nil {
			return err
		}
	}
	asked(ctx, 0, -int64(len(ahead)))
	return f(t)
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
		!errors.Is(err, sql.ErrTxDone) && !errors.Is(err, pgx.ErrTxCommitRollback)
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
