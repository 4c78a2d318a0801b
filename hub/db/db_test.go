package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

func exec(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func count(t *testing.T, d *db.DB, query string, args ...any) (n int64) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), query, args...).Scan(&n)
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestWriteIsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		boom := errors.New("boom")
		err := d.Write(ctx, func(tx *db.Tx) error {
			tx.OnCommit(func() { t.Error("OnCommit called for a transaction that was rolled back") })
			if err := tx.SetMeta(ctx, "a", "1"); err != nil {
				return err
			}
			return boom
		})
		if err != boom { //nolint:errorlint // the very error must come back
			t.Errorf("Write = %v, want the function's own error", err)
		}
		if v, err := d.Meta(ctx, "a"); v != "" || err != nil {
			t.Errorf("after roll-back Meta = %q, %v", v, err)
		}
		called := 0
		if err := d.Write(ctx, func(tx *db.Tx) error {
			tx.OnCommit(func() { called++ })
			return tx.SetMeta(ctx, "a", "2")
		}); err != nil {
			t.Fatal(err)
		}
		if v, _ := d.Meta(ctx, "a"); v != "2" || called != 1 {
			t.Errorf("Meta = %q, OnCommit called %d times; want 2, once", v, called)
		}
	})
}

func TestReadRefusesWrites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.SetMeta(t.Context(), "x", "1") })
		if err == nil {
			t.Error("a write inside Read went through")
		}
	})
}

// Lost updates: what two writers read and then write must add up.
func TestConcurrentWritersDoNotLoseUpdates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		exec(t, d, `INSERT INTO progress_position (id, number) VALUES (2, 0)`)
		const writers, each = 6, 10
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range each {
					err := d.Write(ctx, func(tx *db.Tx) error {
						var n int64
						if err := tx.QueryRow(ctx, `SELECT number FROM progress_position WHERE id = $1`, 2).Scan(&n); err != nil {
							return err
						}
						_, err := tx.Exec(ctx, `UPDATE progress_position SET number = $1 WHERE id = $2`, n+1, 2)
						return err
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		if n := count(t, d, `SELECT number FROM progress_position WHERE id = $1`, 2); n != writers*each {
			t.Errorf("number = %d, want %d", n, writers*each)
		}
	})
}

func TestUnique(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO meta (key, value) VALUES ('k', '1')`)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO meta (key, value) VALUES ('k', '2')`)
			return err
		})
		if !db.Unique(err) {
			t.Errorf("Unique(%v) = false", err)
		}
		if db.Unique(errors.New("other")) || db.Unique(nil) {
			t.Error("Unique of another error")
		}
	})
}

func TestIDStaysAndDemoMark(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "h ub.db") },
		"postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, u := t.Context(), url(t)
			d, err := db.Open(ctx, u)
			if err != nil {
				t.Fatal(err)
			}
			id := d.ID()
			if len(id) != 32 || d.Demo() {
				t.Errorf("fresh database: id %q, demo %v", id, d.Demo())
			}
			if err := d.MarkDemo(ctx); err != nil || !d.Demo() {
				t.Errorf("MarkDemo = %v, Demo = %v", err, d.Demo())
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			if d, err = db.OpenExisting(ctx, u); err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if d.ID() != id || !d.Demo() {
				t.Errorf("opened again: id %q, demo %v; want %q, true", d.ID(), d.Demo(), id)
			}
			if err := d.SetMeta(ctx, "a", "b"); err == nil {
				t.Error("a database opened for looking was written")
			}
		})
	}
}

func TestARealHubNeverBecomesADemo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO office (id, name, tier, division, head, head_phone) VALUES ('o','o','city','430100','','')`)
		exec(t, d, `INSERT INTO account (id, name, display, role, office, point, verifier, disabled, created_at)
			VALUES ('a','a','a','clerk','o','','v',$1,0)`, false)
		if err := d.MarkDemo(t.Context()); err == nil || d.Demo() {
			t.Errorf("MarkDemo = %v, Demo = %v with an account inside", err, d.Demo())
		}
	})
}

func TestOpenRefusesOtherURLs(t *testing.T) {
	for _, u := range []string{"", "hub.db", "sqlite:", "sqlite::memory:", "mysql://x",
		"sqlite:" + t.TempDir() + "/a.db?_pragma=synchronous(1)"} {
		if d, err := db.Open(t.Context(), u); !errors.Is(err, db.ErrURL) {
			t.Errorf("Open(%q) = %v, %v; want ErrURL", u, d, err)
		}
	}
	if _, err := db.OpenExisting(t.Context(), "sqlite:"+t.TempDir()+"/none.db"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("OpenExisting of nothing = %v", err)
	}
}

func TestSQLiteFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	d, err := db.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		fi, err := os.Stat(path + suffix)
		if err != nil || fi.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 0600", suffix, fi, err)
		}
	}
}

func TestTryLead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		first, err := d.TryLead(ctx, "sealer")
		if err != nil || first == nil {
			t.Fatalf("TryLead = %v, %v", first, err)
		}
		if second, err := d.TryLead(ctx, "sealer"); second != nil || err != nil {
			t.Errorf("a second leader: %v, %v", second, err)
		}
		if other, err := d.TryLead(ctx, "sweeper"); other == nil || err != nil {
			t.Errorf("another job: %v, %v", other, err)
		} else if err := other.Release(ctx); err != nil {
			t.Error(err)
		}
		if err := first.Held(ctx); err != nil {
			t.Error(err)
		}
		if err := first.Release(ctx); err != nil {
			t.Fatal(err)
		}
		again, err := d.TryLead(ctx, "sealer")
		if err != nil || again == nil {
			t.Fatalf("after release: %v, %v", again, err)
		}
		if err := again.Release(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestWriteEndsWithItsContext(t *testing.T) {
	d := dbtest.SQLite(t)
	held, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		_ = d.Write(context.Background(), func(*db.Tx) error { // holds the one writer
			close(held)
			<-t.Context().Done()
			return nil
		})
	}()
	<-held
	t.Cleanup(func() { <-done })
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := d.Write(ctx, func(*db.Tx) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Write while another writes = %v, want deadline exceeded", err)
	}
}

// TestChangesAndAsk: every commit moves the number, what is rolled back or only
// read does not; a question sees what stands, and can not write.
func TestChangesAndAsk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		at := d.Changes()
		exec(t, d, `INSERT INTO meta (key, value) VALUES ($1, $2)`, "asked", "yes")
		if d.Changes() != at+1 {
			t.Errorf("a commit moved the number by %d", d.Changes()-at)
		}
		at = d.Changes()
		boom := errors.New("boom")
		if err := d.Write(ctx, func(*db.Tx) error { return boom }); !errors.Is(err, boom) {
			t.Error(err)
		}
		for how, f := range map[string]func(*db.Tx) error{
			"asked only": func(tx *db.Tx) error { return tx.QueryRow(ctx, `SELECT count(*) FROM meta`).Scan(new(int)) },
			"quiet":      func(tx *db.Tx) error { tx.Quietly(); return tx.SetMeta(ctx, "quiet", "yes") },
		} {
			if err := d.Write(ctx, f); err != nil || d.Changes() != at {
				t.Errorf("%s: %v; the number moved by %d", how, err, d.Changes()-at)
			}
		}
		if err := d.Write(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, `UPDATE meta SET value = 'loud' WHERE key = 'quiet' RETURNING value`).Scan(new(string))
		}); err != nil || d.Changes() != at+1 {
			t.Errorf("a question that changes: %v; the number moved by %d", err, d.Changes()-at)
		}
		at = d.Changes()
		var v string
		err := d.Ask(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT value FROM meta WHERE key = $1`, "asked").Scan(&v)
		})
		if err != nil || v != "yes" || d.Changes() != at {
			t.Errorf("Ask = %q, %v; the number moved by %d", v, err, d.Changes()-at)
		}
		if err := d.Ask(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `DELETE FROM meta WHERE key = $1`, "asked")
			return err
		}); err == nil {
			t.Error("a question wrote")
		}
	})
}
