package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"runtime"
	"strings"
)

// Seconds a statement waits for another process before "database is locked"
// (fault 16).
const busySeconds = 5

func connectSQLite(ctx context.Context, path string) (*DB, error) {
	// No parameters: there would be no end to what they could switch off.
	if path == "" || strings.Contains(path, "?") || path == ":memory:" {
		return nil, ErrURL
	}
	if err := makePrivate(path); err != nil {
		return nil, err
	}
	write := sql.OpenDB(prepared{dsn: sqliteDSN(path, "_txlock=immediate"+writerPragmas), brief: true})
	write.SetMaxOpenConns(1)
	write.SetMaxIdleConns(1)
	read := sql.OpenDB(prepared{dsn: sqliteDSN(path, "_pragma=query_only(1)")})
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	d := &DB{kind: SQLite, write: write, read: read, leading: map[string]bool{}}
	for _, pool := range []*sql.DB{write, read} {
		if err := assertSQLite(ctx, pool); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	var err error
	if d.ended, err = read.BeginTx(ctx, nil); err == nil {
		err = d.ended.Rollback()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("db: %w", err), d.Close())
	}
	return d, nil
}

// writerPragmas give the writer room: the keys of records are random, so with
// the 2 MiB that are the default every insert reads pages again, and with a
// checkpoint each 1,000 pages the same pages are written, and synced, over and
// over. Neither bears on what a commit promises. In KiB (negative) and in pages
// of 4 KiB. What a statement of several rows keeps to undo itself stays in
// memory: as a file it was written, and read by nobody. What is deleted is
// overwritten: some of it somebody has asked to have erased (S38).
const writerPragmas = "&_pragma=cache_size(-65536)&_pragma=wal_autocheckpoint(8000)&_pragma=temp_store(2)&_pragma=secure_delete(1)"

func sqliteDSN(path, extra string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	pragmas := []string{"busy_timeout(" + fmt.Sprint(busySeconds*1000) + ")", "journal_mode(WAL)",
		"synchronous(FULL)", "foreign_keys(1)"}
	u.RawQuery = "_pragma=" + strings.Join(pragmas, "&_pragma=") + "&" + extra
	return u.String()
}

// makePrivate makes an empty file of mode 0600, so that SQLite does not make
// one that others may read.
func makePrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("db: %w", err)
	}
	return f.Close()
}

func mustExist(path string) error {
	fi, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("db: %w", err)
	}
	if fi.Size() == 0 {
		return fmt.Errorf("db: %s is empty: %w", path, fs.ErrNotExist)
	}
	return nil
}

// querier is a pool or a connection.
type querier interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

// assertSQLite refuses a connection whose commits a power cut could undo, or
// that would not check foreign keys.
func assertSQLite(ctx context.Context, q querier) error {
	const full = 2
	var mode string
	var synchronous, foreign int
	for _, p := range []struct {
		name string
		into any
	}{{"journal_mode", &mode}, {"synchronous", &synchronous}, {"foreign_keys", &foreign}} {
		if err := q.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(p.into); err != nil {
			return fmt.Errorf("db: pragma %s: %w", p.name, err)
		}
	}
	if mode != "wal" || synchronous < full || foreign != 1 {
		return fmt.Errorf("%w: journal_mode=%s synchronous=%d foreign_keys=%d", ErrNotDurable, mode, synchronous, foreign)
	}
	return nil
}
