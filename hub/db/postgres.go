package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Connections a hub holds to PostgreSQL. Several hubs share one server, whose
// default limit is 100.
const pgConnections = 16

func connectPostgres(ctx context.Context, raw string) (*DB, error) {
	if _, err := url.Parse(raw); err != nil {
		return nil, ErrURL // without the text: it may hold a password
	}
	pool, err := sql.Open("pgx", raw)
	if err != nil {
		return nil, ErrURL
	}
	pool.SetMaxOpenConns(pgConnections)
	pool.SetMaxIdleConns(pgConnections)
	d := &DB{kind: PostgreSQL, write: pool, read: pool}
	if err := assertPostgres(ctx, pool); err != nil {
		_ = pool.Close() // the reason is on its way already
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
