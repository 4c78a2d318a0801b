package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// Kind says which database a handle speaks to.
type Kind string

// The kinds.
const (
	SQLite     Kind = "sqlite"
	PostgreSQL Kind = "postgres"
)

var (
	// ErrNotDurable says that the database could lose a committed transaction.
	ErrNotDurable = errors.New("db: the database is not set to be durable")
	// ErrUnknownOutcome says that the connection broke while committing: the
	// transaction may or may not stand. Do the work again.
	ErrUnknownOutcome = errors.New("db: outcome of the commit is not known")
	// ErrURL says that the database URL is not one this program takes.
	ErrURL = errors.New(`db: database URL must be "sqlite:PATH" or "postgres://…"`)
	// ErrNoRows is sql.ErrNoRows, so that packages need not import database/sql.
	ErrNoRows = sql.ErrNoRows
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	kind  Kind
	write *sql.DB // SQLite: exactly one connection
	read  *sql.DB
	most  int // PostgreSQL: connections that both hold together
	id    string
	demo  bool

	line  line    // SQLite: who writes next
	ended *sql.Tx // SQLite: what a Tx leads to when its function has returned

	meters  *meters
	changes atomic.Uint64 // see Changes

	mu      sync.Mutex      // guards leading
	leading map[string]bool // names led in this process (SQLite only)
}

// Open connects to the database at url ("sqlite:PATH" or "postgres://…"),
// refuses one that is not durable, applies the migrations it lacks, and gives a
// fresh database its id.
func Open(ctx context.Context, url string) (*DB, error) {
	d, err := Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := d.migrate(ctx, url); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := d.loadMeta(ctx, true); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// OpenExisting is Open without any change: no migration, no id. It is for
// programs that only look, beside a running hub; Write on it fails.
func OpenExisting(ctx context.Context, url string) (*DB, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		if err := mustExist(path); err != nil {
			return nil, err
		}
	}
	d, err := Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := d.loadMeta(ctx, false); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	err = d.write.Close()
	d.write = nil
	return d, err
}

// Connect is Open without migrations and without reading the meta table: the
// handle has no id. It is for dbtest and for looking at foreign databases.
func Connect(ctx context.Context, url string) (*DB, error) {
	var d *DB
	var err error
	switch {
	case strings.HasPrefix(url, "sqlite:"):
		d, err = connectSQLite(ctx, strings.TrimPrefix(url, "sqlite:"))
	case strings.HasPrefix(url, "postgres://"), strings.HasPrefix(url, "postgresql://"):
		d, err = connectPostgres(ctx, url)
	default:
		err = ErrURL
	}
	if err != nil {
		return nil, err
	}
	d.meters = newMeters()
	return d, nil
}

// Close closes all connections.
func (d *DB) Close() error {
	if d.write == nil {
		return d.read.Close()
	}
	return errors.Join(d.write.Close(), d.read.Close())
}

// Kind says which database this is.
func (d *DB) Kind() Kind { return d.kind }

// ID names this database for ever: 32 hexadecimal digits drawn when it was made.
func (d *DB) ID() string { return d.id }

// Changes counts the transactions that were committed through this handle and
// wrote something, but those that did so Quietly. What was read on a snapshot that began after a number was taken
// holds for as long as the number stays, as far as this handle writes; what
// another program writes moves nothing here.
func (d *DB) Changes() uint64 { return d.changes.Load() }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.read.PingContext(ctx); err != nil {
		return fmt.Errorf("db: %w", err)
	}
	return nil
}
