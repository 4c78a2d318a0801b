package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"golang.org/x/sys/unix"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate applies what the database lacks. Only one process does so at a time:
// on PostgreSQL by a session lock, on SQLite by a lock on the file's neighbour.
func (d *DB) migrate(ctx context.Context, url string) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("db: migrations: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption(nil)
	if d.kind == PostgreSQL {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("db: migrations: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	} else {
		unlock, err := lockFile(strings.TrimPrefix(url, "sqlite:") + ".migrating")
		if err != nil {
			return err
		}
		defer unlock()
	}
	p, err := goose.NewProvider(dialect, d.write, files, options...)
	if err != nil {
		return fmt.Errorf("db: migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("db: migrations: %w", err)
	}
	return nil
}

// lockFile waits for an exclusive lock on path. The file stays: removing it
// would let two processes hold locks on two files of one name.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		return nil, fmt.Errorf("db: lock %s: %w", path, err)
	}
	return func() { _ = f.Close() }, nil // closing gives the lock up
}
