package db

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"

	lite "modernc.org/sqlite"
)

// keptStatements is how many prepared statements a connection keeps. Lists of
// varying length make new texts for ever; when the number is reached all are
// let go and the common ones are soon back.
const keptStatements = 256

// prepared opens SQLite connections that keep their statements prepared.
// Parsing cost more than running: with it the intake of a record took 0.14 ms
// of CPU more (a third of its SQL). The driver for PostgreSQL does the same by
// itself.
type prepared struct {
	dsn string
	// brief says that statements are short and need no one to interrupt them:
	// those of the writer. To be able to, the driver starts a goroutine for each
	// (measured: 4 % of the CPU of an intake). A context that has ended still
	// stops the next statement.
	brief bool
}

// Connect implements driver.Connector.
func (p prepared) Connect(context.Context) (driver.Conn, error) {
	c, err := (&lite.Driver{}).Open(p.dsn)
	if err != nil {
		return nil, err
	}
	inner, ok := c.(liteConn)
	if !ok {
		_ = c.Close() // our own mistake comes first
		return nil, fmt.Errorf("db: the SQLite driver has changed: its connection is a %T", c)
	}
	return &keeping{liteConn: inner, brief: p.brief, kept: map[string]*keptStmt{}}, nil
}

// Driver implements driver.Connector.
func (p prepared) Driver() driver.Driver { return &lite.Driver{} }

// liteConn is what the driver's connection can do and database/sql asks for.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keeping is a connection that keeps statements. database/sql never uses a
// connection from two goroutines at once, so it needs no lock.
type keeping struct {
	liteConn
	brief bool
	kept  map[string]*keptStmt
}

type keptStmt struct {
	driver.Stmt
	busy bool // its rows are being read
}

// stmt gives a free prepared statement, nil when its rows are being read: a
// query inside the rows of the same query needs one of its own.
func (k *keeping) stmt(ctx context.Context, query string) (*keptStmt, error) {
	if s, ok := k.kept[query]; ok {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	if len(k.kept) >= keptStatements {
		for text, s := range k.kept {
			if !s.busy {
				delete(k.kept, text)
				if err := s.Close(); err != nil {
					return nil, err
				}
			}
		}
	}
	inner, err := k.PrepareContext(ctx, unnamed(anyLimit(query)))
	if err != nil {
		return nil, err
	}
	s := &keptStmt{Stmt: inner}
	k.kept[query] = s
	return s, nil
}

// anyLimit writes LIMIT +$1 for LIMIT $1, outside of literals. SQLite reads the
// number that is bound into the plan, and so makes the plan anew at every run,
// prepared or not; behind a sign it is a number like any other.
func anyLimit(query string) string {
	parts := strings.Split(query, "'")
	for i := 0; i < len(parts); i += 2 { // every other one is a literal
		parts[i] = strings.ReplaceAll(parts[i], "LIMIT $", "LIMIT +$")
	}
	return strings.Join(parts, "'")
}

// unnamed writes ? for $1, $2, … where these stand once each and in their order:
// for what has a name the driver makes a string and compares it with each
// argument in turn. Any other text, and one with a comment or a quoted name,
// stays as it is.
func unnamed(query string) string {
	if strings.ContainsAny(query, "\"`[?:@") || strings.Contains(query, "--") || strings.Contains(query, "/*") {
		return query
	}
	var b strings.Builder
	n := 0
	for i, part := range strings.Split(query, "'") {
		if i > 0 {
			b.WriteByte('\'')
		}
		if i%2 == 1 { // a literal
			b.WriteString(part)
			continue
		}
		for j, rest := range strings.Split(part, "$") {
			if j == 0 {
				b.WriteString(rest)
				continue
			}
			n++
			after, ok := strings.CutPrefix(rest, strconv.Itoa(n))
			if !ok || after != "" && '0' <= after[0] && after[0] <= '9' {
				return query
			}
			b.WriteByte('?')
			b.WriteString(after)
		}
	}
	return b.String()
}

// frames reports whether a statement is one of those without arguments that stand
// around nearly everything that is asked or written.
func frames(query string) bool {
	switch query {
	case textBegin, textRollback, textSavepoint, textRelease:
		return true
	}
	return false
}

// ExecContext implements driver.ExecerContext. Without arguments it may be a
// script of several statements, or one that is run once: that is not kept.
func (k *keeping) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 && !frames(query) {
		return k.liteConn.ExecContext(ctx, query, args)
	}
	ctx, err := k.under(ctx)
	if err != nil {
		return nil, err
	}
	s, err := k.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	if e, ok := stmtOf(s).(driver.StmtExecContext); ok {
		return e.ExecContext(ctx, args)
	}
	return k.liteConn.ExecContext(ctx, query, args)
}

// QueryContext implements driver.QueryerContext.
func (k *keeping) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	ctx, err := k.under(ctx)
	if err != nil {
		return nil, err
	}
	s, err := k.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	q, ok := stmtOf(s).(driver.StmtQueryContext)
	if !ok {
		return k.liteConn.QueryContext(ctx, query, args)
	}
	rows, err := q.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &keptRows{Rows: rows, of: s}, nil
}

// under gives the context that a statement runs under.
func (k *keeping) under(ctx context.Context) (context.Context, error) {
	if !k.brief {
		return ctx, nil
	}
	return context.WithoutCancel(ctx), ctx.Err()
}

func stmtOf(s *keptStmt) driver.Stmt {
	if s == nil {
		return nil
	}
	return s.Stmt
}

// keptRows gives its statement free when it is closed.
type keptRows struct {
	driver.Rows
	of *keptStmt
}

// Close implements driver.Rows.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	r.of.busy = false
	return err
}

// Close lets the statements go, then the connection.
func (k *keeping) Close() error {
	for _, s := range k.kept {
		_ = s.Close() // closing the connection says what there is to say
	}
	return k.liteConn.Close()
}
