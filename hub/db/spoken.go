package db

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// PostgreSQL's transactions pass database/sql by, but for its pool: it opens and
// closes a transaction in turns of their own, and starts a goroutine for the
// transaction and one for every answer whose context can end. A turn is little
// work and much waking up of others: a page that asked one question on a snapshot
// waited three times.

// What opens a transaction.
const (
	beginWriting = "begin isolation level repeatable read"
	beginReading = beginWriting + " read only"
)

// endWithin bounds how long the end of a transaction is waited for by somebody whose
// context has ended; the connection is then given up.
const endWithin = 5 * time.Second

// spoken is what the statements of a Tx run in on PostgreSQL: a connection, taken
// with the first of them, and the transaction, which is opened in the same turn.
type spoken struct {
	d     *DB
	pool  *sql.DB
	begin string     // what opens the transaction; "" for statements that stand alone
	ahead []Question // asked in the turn of the first statement, before it
	held  *sql.Conn
	conn  *pgConn
	rows  *pgRows // the last answer
	lost  error   // why nothing was opened
	over  bool
}

// speak runs f, which only asks, behind some questions.
func (d *DB) speak(ctx context.Context, begin string, f func(*Tx) error, ahead []Question) error {
	s := &spoken{d: d, pool: d.read, begin: begin, ahead: ahead}
	defer s.leave()
	t := d.to(s)
	err := f(t)
	if len(ahead) == 0 || err != nil {
		return ended(ctx, err)
	}
	if s.conn == nil && s.lost == nil { // f asked nothing
		s.ahead = nil
		for _, q := range ahead {
			if err := q.Ask(ctx, t); err != nil {
				return ended(ctx, err)
			}
		}
	}
	return ended(ctx, s.lost)
}

// take takes a connection.
func (s *spoken) take(ctx context.Context) error {
	held, err := s.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("db: %w", err)
	}
	if s.conn, err = pgConnOf(held); err != nil {
		return errors.Join(err, held.Close())
	}
	s.held = held
	return nil
}

// give gives the connection back.
func (s *spoken) give() {
	if s.held != nil {
		_ = s.held.Close() // into the pool, where it is looked at before it is taken again
		s.held, s.conn = nil, nil
	}
}

// open reports whether statements may follow: without what opens it, each would
// stand by itself.
func (s *spoken) open() bool {
	return s.conn != nil && (s.begin == "" || s.conn.pgx().PgConn().TxStatus() != 'I')
}

// first runs what opens everything, and runs it again on another connection when
// the server had ended the one that lay in the pool.
func (s *spoken) first(ctx context.Context, f func(*pgx.Conn) error) error {
	asked(ctx, int64(len(s.ahead)), 0)
	s.lost = s.d.onLiving(ctx, func() error {
		s.give()
		if err := s.take(ctx); err != nil {
			return err
		}
		return f(s.conn.pgx())
	})
	return s.lost
}

func (s *spoken) exec(ctx context.Context, text string, args []any) (changed int64, err error) {
	switch {
	case s.over:
		return 0, sql.ErrTxDone
	case s.begin == "":
		return 0, errors.New("db: Ask only asks")
	}
	var tag pgconn.CommandTag
	switch {
	case s.open():
		tag, err = s.conn.pgx().Exec(ctx, text, args...)
	case len(args) == 0: // it may be a script
		err = s.first(ctx, func(c *pgx.Conn) (err error) {
			tag, err = c.Exec(ctx, s.begin+"; "+text)
			return err
		})
	default:
		err = s.first(ctx, func(c *pgx.Conn) error {
			all, err := s.send(ctx, c, text, args)
			if err == nil {
				tag, err = all.Exec()
			}
			if end := all.Close(); err == nil {
				err = end
			}
			return err
		})
	}
	return tag.RowsAffected(), err
}

func (s *spoken) query(ctx context.Context, text string, args []any) (rows *pgRows, err error) {
	defer func() {
		if rows != nil {
			s.rows = rows
		}
	}()
	switch {
	case s.over:
		return nil, sql.ErrTxDone
	case s.open():
		return ask(ctx, s.conn.pgx(), text, args)
	}
	err = s.first(ctx, func(c *pgx.Conn) (err error) {
		if s.begin == "" && len(s.ahead) == 0 {
			rows, err = ask(ctx, c, text, args)
			return err
		}
		all, err := s.send(ctx, c, text, args)
		if err != nil {
			return errors.Join(err, leaving(all, err))
		}
		answer, err := all.Query()
		if err != nil {
			return errors.Join(err, leaving(all, err))
		}
		rows, err = answered(answer, all)
		return err
	})
	return rows, err
}

// send sends the first statement with all that goes before it, and reads the
// answers up to its own.
func (s *spoken) send(ctx context.Context, c *pgx.Conn, text string, args []any) (pgx.BatchResults, error) {
	var all pgx.Batch
	if s.begin != "" {
		all.Queue(s.begin)
	}
	for _, q := range s.ahead {
		all.Queue(q.Text, q.Args...)
	}
	all.Queue(text, args...)
	out := c.SendBatch(ctx, &all)
	if s.begin != "" {
		if _, err := out.Exec(); err != nil {
			return out, err
		}
	}
	for _, q := range s.ahead {
		if err := q.from(out); err != nil {
			return out, err
		}
	}
	return out, nil
}

// from reads the answer to a question.
func (q Question) from(all pgx.BatchResults) error {
	rows, err := all.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := q.Row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// leaving passes over what is left of some answers. An error that is known it
// does not say again.
func leaving(all pgx.BatchResults, known error) error {
	if err := all.Close(); known == nil {
		return err
	}
	return nil
}

// hush passes over what nobody read of the last answer: the connection does
// nothing else before.
func (s *spoken) hush() {
	if s.rows != nil {
		_ = s.rows.Close() // whoever wanted to know has asked
		s.rows = nil
	}
}

// commit ends the transaction so that it stands. The end of ctx does not break it off
// at once: nobody would know what became of it, and what comes behind a commit would
// not be done.
func (s *spoken) commit(ctx context.Context) error {
	if s.conn == nil {
		return nil // nothing was asked
	}
	s.hush()
	long, free := context.WithCancel(context.WithoutCancel(ctx))
	defer free()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(endWithin, free) })()
	tag, err := s.conn.pgx().Exec(long, "commit")
	if err == nil && tag.String() == "ROLLBACK" { // a statement had failed, and nobody heeded it
		err = pgx.ErrTxCommitRollback
	}
	if err == nil {
		s.over = true
		s.give()
	}
	return err
}

// undo ends a transaction that is not to stand.
func (s *spoken) undo(ctx context.Context) {
	if s.over {
		return
	}
	s.over = true
	s.hush()
	if s.conn != nil && s.conn.pgx().PgConn().TxStatus() != 'I' {
		ctx, free := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
		defer free()
		_, _ = s.conn.pgx().Exec(ctx, "rollback") // what fails leaves an open transaction, and nobody takes such a connection
	}
	s.give()
}

// leave ends a transaction that only read: the server is told, and its answer is
// read by who takes the connection next.
func (s *spoken) leave() {
	s.over = true
	s.hush()
	if s.conn != nil && s.conn.pgx().PgConn().TxStatus() != 'I' {
		s.conn.left = s.conn.pgx().PgConn().Exec(context.Background(), "rollback")
	}
	s.give()
}

// pgConn is a connection to PostgreSQL as it lies in the pool. Like any
// connection of database/sql it is used by one goroutine at a time.
type pgConn struct {
	*stdlib.Conn
	left *pgconn.MultiResultReader // an answer that nobody waited for
}

// pgx is the connection itself.
func (c *pgConn) pgx() *pgx.Conn { return c.Conn.Conn() }

// ResetSession implements driver.SessionResetter: it is called before the
// connection is taken again.
func (c *pgConn) ResetSession(ctx context.Context) error {
	if left := c.left; left != nil {
		c.left = nil
		stop := context.AfterFunc(ctx, func() { _ = c.pgx().PgConn().Conn().SetDeadline(time.Now()) })
		err := left.Close()
		if !stop() || err != nil {
			return driver.ErrBadConn
		}
	}
	return c.Conn.ResetSession(ctx)
}

// pgConnector makes them.
type pgConnector struct{ driver.Connector }

// Connect implements driver.Connector.
func (p pgConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	inner, ok := c.(*stdlib.Conn)
	if !ok {
		_ = c.Close() // our own mistake comes first
		return nil, fmt.Errorf("db: the PostgreSQL driver has changed: its connection is a %T", c)
	}
	return &pgConn{Conn: inner}, nil
}

// openPool makes a pool of connections to a server.
func openPool(url string) (*sql.DB, error) {
	c, err := stdlib.GetDefaultDriver().(driver.DriverContext).OpenConnector(url)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(pgConnector{c}), nil
}

// pgConnOf is the connection under one that was taken from a pool. It is for
// whoever holds that one, for as long.
func pgConnOf(held *sql.Conn) (c *pgConn, err error) {
	err = held.Raw(func(under any) error {
		c = under.(*pgConn)
		return nil
	})
	return c, err
}

// pgRows are the rows of an answer.
type pgRows struct {
	rows pgx.Rows
	all  pgx.BatchResults // the turn that the answer came in, nil for one of its own
	more bool             // what the first Next says: it was asked already
	told bool
}

func ask(ctx context.Context, c *pgx.Conn, text string, args []any) (*pgRows, error) {
	rows, err := c.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return answered(rows, nil)
}

// answered waits for the first row, or for the reason why there is none.
func answered(rows pgx.Rows, all pgx.BatchResults) (*pgRows, error) {
	r := &pgRows{rows: rows, all: all, more: rows.Next()}
	if err := rows.Err(); err != nil {
		_ = r.Close() // says the same
		return nil, err
	}
	return r, nil
}

// Next goes on to the next row.
func (r *pgRows) Next() bool {
	if !r.told {
		r.told = true
		return r.more
	}
	return r.rows.Next()
}

// Scan reads a row.
func (r *pgRows) Scan(into ...any) error { return r.rows.Scan(into...) }

// Err says what ended the rows before their end.
func (r *pgRows) Err() error { return r.rows.Err() }

// Close passes over the rows that are left.
func (r *pgRows) Close() error {
	r.rows.Close()
	if r.all == nil {
		return nil
	}
	all := r.all
	r.all = nil
	return leaving(all, r.rows.Err())
}

// Columns names the columns.
func (r *pgRows) Columns() ([]string, error) {
	var out []string
	for _, f := range r.rows.FieldDescriptions() {
		out = append(out, f.Name)
	}
	return out, nil
}

// pgRow is an answer of which one row is read.
type pgRow struct {
	rows *pgRows
	err  error
}

// Scan reads it.
func (r pgRow) Scan(into ...any) error {
	if r.err != nil {
		return r.err
	}
	if !r.rows.Next() {
		end := r.rows.Close()
		return cmp.Or(r.rows.Err(), end, ErrNoRows)
	}
	err := r.rows.Scan(into...)
	end := r.rows.Close()
	return cmp.Or(err, r.rows.Err(), end) // what fails behind its row has failed
}
