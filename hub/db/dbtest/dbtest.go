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

// SQLite opens a fresh SQLite database.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"))
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
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := s.create(ctx, name); err != nil {
		t.Fatal(err)
	}
	return s.url(name)
}

func open(t testing.TB, url string) *db.DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
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
