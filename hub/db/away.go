package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Away reports whether err says that the server is not there, or has ended the
// connection: what was asked may be asked again when it is back. SQLite never
// is away.
func Away(err error) bool {
	if err == nil {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "57P01", "57P02", "57P03", "53300": // shut down, crashed, starting, too many connections
			return true
		}
		return strings.HasPrefix(pg.Code, "08")
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

// onLiving runs f, which begins something on a connection of the pool, and runs
// it again when that connection was dead: those that the server has ended lie in
// the pool until somebody takes them. It does not wait for a server that takes no
// new ones.
func (d *DB) onLiving(ctx context.Context, f func() error) error {
	for n := 0; ; n++ {
		err := f()
		var connect *pgconn.ConnectError
		if d.kind == SQLite || !Away(err) || errors.As(err, &connect) || n >= d.most || ctx.Err() != nil {
			return err
		}
	}
}
