package dbtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/db"
)

// Each runs f as two subtests, "sqlite" and "postgres", each with a fresh and
// migrated database that is closed when the subtest ends.
func Each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": SQLite, "postgres": Postgres} {
		t.Run(name, func(t *testing.T) { f(t, open(t)) })
	}
}

// SQLite opens a fresh SQLite database: a copy of one that was migrated once for
// the whole process, without its id.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	file, err := blank()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, "sqlite:"+path)
}

// blank is the file of a migrated database in which nothing stands yet.
var blank = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "zksq")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "hub.db")
	if err := empty(context.Background(), "sqlite:"+path); err != nil {
		return nil, err
	}
	if fi, err := os.Stat(path + "-wal"); err == nil && fi.Size() > 0 {
		return nil, errors.New("dbtest: closing left something in the write-ahead log")
	}
	return os.ReadFile(path)
})

// empty migrates a database and takes its id away: every copy draws its own.
func empty(ctx context.Context, url string) error {
	d, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM meta")
		return err
	})
	return errors.Join(err, d.Close())
}

// Postgres opens a fresh PostgreSQL database, or skips.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, PostgresURL(t))
}

var databases atomic.Int64

// PostgresURL makes a fresh, migrated PostgreSQL database and returns its URL,
// or skips.
func PostgresURL(t testing.TB) string {
	t.Helper()
	s, err := start()
	if errors.Is(err, errNoBinaries) {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := s.create(ctx, name); err != nil {
		t.Fatal(err)
	}
	return s.url(name)
}

func open(t testing.TB, url string) *db.DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	d, err := db.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return d
}

// start starts the server once per process.
var start = sync.OnceValues(startServer)
