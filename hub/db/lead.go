package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/fnv"
)

// Lead is held by the one worker, among all hubs on this database, that does a
// job. It saves work only: whatever the leader writes must also be guarded by a
// constraint, because a leader that lost its connection learns of it late.
type Lead struct {
	db   *DB
	name string
	conn *sql.Conn // PostgreSQL: the session that holds the advisory lock
}

// TryLead makes the caller leader for name, or returns nil when another is.
func (d *DB) TryLead(ctx context.Context, name string) (*Lead, error) {
	if d.kind == SQLite {
		// One process per SQLite database: see package datadir.
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.leading[name] {
			return nil, nil
		}
		d.leading[name] = true
		return &Lead{db: d, name: name}, nil
	}
	var lead *Lead
	err := d.onLiving(ctx, func() error {
		conn, err := d.write.Conn(ctx)
		if err != nil {
			return err
		}
		var got bool
		err = conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, lockKey(name)).Scan(&got)
		if err != nil {
			// Broken off as the answer came, the session may hold the lock, and in the
			// pool it would hold it for as long as it lives: nobody could lead.
			end(conn)
			return err
		}
		if !got {
			_ = conn.Close() // back to the pool; it holds nothing
			return nil
		}
		lead = &Lead{db: d, name: name, conn: conn}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("db: lead %s: %w", name, err)
	}
	return lead, nil
}

// Held asks the database whether the lead still stands.
func (l *Lead) Held(ctx context.Context) error {
	if l.conn == nil {
		return nil
	}
	if err := l.conn.PingContext(ctx); err != nil {
		return fmt.Errorf("db: lead %s lost: %w", l.name, err)
	}
	return nil
}

// Release ends the lead.
func (l *Lead) Release(ctx context.Context) error {
	if l.conn == nil {
		l.db.mu.Lock()
		defer l.db.mu.Unlock()
		delete(l.db.leading, l.name)
		return nil
	}
	_, err := l.conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, lockKey(l.name))
	if err != nil {
		// The session may still hold the lock: it must not go back to the pool.
		end(l.conn)
	}
	if cl := l.conn.Close(); err == nil {
		err = cl
	}
	if err != nil && !errors.Is(err, sql.ErrConnDone) && !errors.Is(err, driver.ErrBadConn) {
		return fmt.Errorf("db: release %s: %w", l.name, err)
	}
	return nil
}

// end ends a session: then it holds nothing.
func end(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

func lockKey(name string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte("zhunkao/" + name)) // a hash never fails
	return int64(h.Sum64())
}
