package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Connections is the most that a hub holds to PostgreSQL, unless its URL says another
// number by ?connections=N. Several hubs share one server, whose default limit
// (max_connections) is 100, three of them kept for its operator: see hub/README.
const Connections = 28

// The least that a URL may say: somebody must write while somebody reads, and the
// locks of what is done one at a time each hold a connection.
const leastConnections = 12

// pools divides what a hub may hold into what writes and what reads. They are apart
// because a commit holds its connection while it waits for the disk: of sixty-four
// who save at once each looked for a free one three times, twice only to read, and
// waited 16 ms behind those who commit for an answer that takes 0.1 ms.
func pools(connections int) (write, read int) {
	read = connections * 3 / 7
	return connections - read, read
}

// connectionsOf takes the number of connections out of a URL: the server must not see
// it. ErrURL.
func connectionsOf(raw string) (rest string, connections int, err error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", 0, ErrURL // without the text: it may hold a password
	}
	q := u.Query()
	if !q.Has("connections") {
		return raw, Connections, nil
	}
	n, err := strconv.Atoi(q.Get("connections"))
	if err != nil || n < leastConnections || n > 1000 {
		return "", 0, fmt.Errorf("%w: connections is a number from %d to 1000", ErrURL, leastConnections)
	}
	q.Del("connections")
	u.RawQuery = q.Encode()
	return u.String(), n, nil
}

func connectPostgres(ctx context.Context, raw string) (*DB, error) {
	raw, connections, err := connectionsOf(raw)
	if err != nil {
		return nil, err
	}
	d := &DB{kind: PostgreSQL, most: connections}
	write, read := pools(connections)
	for _, p := range []struct {
		into **sql.DB
		most int
	}{{&d.write, write}, {&d.read, read}} {
		pool, err := openPool(raw)
		if err != nil {
			return nil, ErrURL
		}
		pool.SetMaxOpenConns(p.most)
		pool.SetMaxIdleConns(p.most)
		*p.into = pool
	}
	if err := assertPostgres(ctx, d.write); err != nil {
		_ = d.Close() // the reason is on its way already
		return nil, err
	}
	return d, nil
}

// assertPostgres refuses a server whose commits a power cut could undo.
func assertPostgres(ctx context.Context, q querier) error {
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var v string
		if err := q.QueryRowContext(ctx, "SELECT current_setting($1)", name).Scan(&v); err != nil {
			return fmt.Errorf("db: setting %s: %w", name, err)
		}
		if v == "off" {
			return fmt.Errorf("%w: %s=off", ErrNotDurable, name)
		}
	}
	return nil
}

// ExecAlone runs one statement on a PostgreSQL server outside any transaction,
// on a connection of its own. It is for making databases.
func ExecAlone(ctx context.Context, raw, statement string) error {
	conn, err := sql.Open("pgx", raw)
	if err != nil {
		return ErrURL
	}
	_, err = conn.ExecContext(ctx, statement)
	return errors.Join(err, conn.Close())
}
