package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// put writes one row.
func put(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `INSERT INTO meta (key, value) VALUES ($1, 'x')`, key)
	return err
}

// there counts rows by their key.
func there(t *testing.T, d *db.DB, like string) int64 {
	t.Helper()
	return count(t, d, `SELECT count(*) FROM meta WHERE key LIKE $1`, like)
}

var errEnded = errors.New("its goroutine ended")

// together runs works so that they come into one group, in their order: the line
// is held until all of them stand in it.
func together(t *testing.T, d *db.DB, works ...func(tx *db.Tx) error) []error {
	t.Helper()
	errs := make([]error, len(works))
	var all sync.WaitGroup
	held, release := make(chan struct{}), make(chan struct{})
	all.Go(func() {
		// It fails, so that the group begins behind it.
		_ = d.Write(t.Context(), func(*db.Tx) error { close(held); <-release; return errors.New("held") })
	})
	<-held
	db.Patient(d)
	for i, f := range works {
		errs[i] = errEnded
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = fmt.Errorf("panicked: %v", p)
				}
			}()
			errs[i] = d.Write(t.Context(), f)
		})
		waitFor(t, func() bool { return db.Waiting(d) == i+1 })
	}
	close(release)
	all.Wait()
	return errs
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatal("waited for too long")
		}
		<-time.After(time.Millisecond)
	}
}

func TestWritersShareACommit(t *testing.T) {
	d := dbtest.SQLite(t)
	before, changes := d.Meters(), d.Changes()
	const n = 20
	var works []func(*db.Tx) error
	var called atomic.Int64
	for i := range n {
		works = append(works, func(tx *db.Tx) error {
			tx.OnCommit(func() { called.Add(1) })
			return put(t.Context(), tx, fmt.Sprintf("shared-%d", i))
		})
	}
	for i, err := range together(t, d, works...) {
		if err != nil {
			t.Errorf("writer %d: %v", i, err)
		}
	}
	after := d.Meters()
	// Where the machine is slow a group ends earlier; that none is shared would be
	// n commits.
	if got := after.Commits - before.Commits; got > n/2 {
		t.Errorf("%d commits for %d writers", got, n)
	}
	if after.Shared == before.Shared || d.Changes() != changes+n || called.Load() != n || there(t, d, "shared-%") != n {
		t.Errorf("shared %d, changes %d, called %d, rows %d", after.Shared, d.Changes()-changes, called.Load(), there(t, d, "shared-%"))
	}
}

// What fails in a group, in whatever way, takes back its own work only.
func TestFailuresInAGroupAreTheirOwn(t *testing.T) {
	d := dbtest.SQLite(t)
	ctx := t.Context()
	gone, cancel := context.WithCancel(ctx)
	boom := errors.New("boom")
	var called atomic.Int64
	good := func(key string) func(*db.Tx) error {
		return func(tx *db.Tx) error {
			tx.OnCommit(func() { called.Add(1) })
			return put(ctx, tx, key)
		}
	}
	bad := func(key string, end func(tx *db.Tx) error) func(*db.Tx) error {
		return func(tx *db.Tx) error {
			tx.OnCommit(func() { t.Errorf("OnCommit of %s", key) })
			if err := put(ctx, tx, key); err != nil {
				return err
			}
			return end(tx)
		}
	}
	errs := together(t, d,
		good("good-1"),
		bad("bad-1", func(*db.Tx) error { return boom }),
		bad("bad-2", func(tx *db.Tx) error { return put(ctx, tx, "good-1") }),
		bad("bad-3", func(*db.Tx) error { panic("ouch") }),
		bad("bad-4", func(*db.Tx) error { runtime.Goexit(); return nil }),
		bad("bad-5", func(tx *db.Tx) error { _, err := tx.Exec(ctx, `INSERT INTO nowhere VALUES (1)`); return err }),
		bad("bad-6", func(tx *db.Tx) error { cancel(); return put(gone, tx, "bad-6b") }),
		good("good-2"))
	if errs[0] != nil || errs[7] != nil || there(t, d, "good-%") != 2 || called.Load() != 2 {
		t.Errorf("the good ones: %v, %v, %d rows, %d called", errs[0], errs[7], there(t, d, "good-%"), called.Load())
	}
	if n := there(t, d, "bad-%"); n != 0 {
		t.Errorf("%d rows of those that failed", n)
	}
	if errs[1] != boom { //nolint:errorlint // the very error must come back
		t.Errorf("its own error: %v", errs[1])
	}
	if !db.Unique(errs[2]) || errs[3] == nil || errs[3].Error() != "panicked: ouch" || !errors.Is(errs[4], errEnded) ||
		errs[5] == nil || !errors.Is(errs[6], context.Canceled) {
		t.Errorf("unique %v, panic %v, end %v, fault %v, context %v", errs[2], errs[3], errs[4], errs[5], errs[6])
	}
}

// Where the transaction itself is lost, nobody pays but who lost it.
func TestALostGroupIsRunAgainAlone(t *testing.T) {
	d := dbtest.SQLite(t)
	ctx := t.Context()
	var ran, called atomic.Int64
	good := func(key string) func(*db.Tx) error {
		return func(tx *db.Tx) error {
			ran.Add(1)
			tx.OnCommit(func() { called.Add(1) })
			return put(ctx, tx, key)
		}
	}
	boom := errors.New("boom")
	errs := together(t, d,
		good("good-1"),
		func(tx *db.Tx) error { ran.Add(1); return boom },
		func(tx *db.Tx) error { // as SQLite does by itself when the disk is full
			_, err := tx.Exec(ctx, `ROLLBACK`)
			return err
		},
		good("good-2"))
	if errs[0] != nil || !errors.Is(errs[1], boom) || errs[2] == nil || errs[3] != nil {
		t.Errorf("%v", errs)
	}
	if there(t, d, "good-%") != 2 || called.Load() != 2 || ran.Load() != 5 {
		t.Errorf("%d rows, %d called, %d runs; want 2, 2 and 5", there(t, d, "good-%"), called.Load(), ran.Load())
	}
}

// Who is refused for what another of the group did is told so only when that
// stands.
func TestARefusalWaitsForWhatItSaw(t *testing.T) {
	d := dbtest.SQLite(t)
	ctx := t.Context()
	saw := make(chan int64, 1)
	goOn := make(chan struct{})
	var all sync.WaitGroup
	errs := together(t, d,
		func(tx *db.Tx) error { return put(ctx, tx, "once") },
		func(tx *db.Tx) error {
			all.Go(func() { saw <- there(t, d, "once"); close(goOn) })
			<-goOn
			return put(ctx, tx, "once")
		})
	all.Wait()
	if n := <-saw; n != 0 {
		t.Errorf("a reader saw %d rows before the commit", n)
	}
	if errs[0] != nil || !db.Unique(errs[1]) || there(t, d, "once") != 1 {
		t.Errorf("%v, %d rows", errs, there(t, d, "once"))
	}
}

func TestATransactionEndsWithItsFunction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var kept *db.Tx
		if err := d.Write(t.Context(), func(tx *db.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := put(t.Context(), kept, "late"); !errors.Is(err, sql.ErrTxDone) {
			t.Errorf("a write after the end: %v", err)
		}
		if err := kept.QueryRow(t.Context(), `SELECT 1`).Scan(new(int)); !errors.Is(err, sql.ErrTxDone) {
			t.Errorf("a question after the end: %v", err)
		}
	})
}

// Whatever meets, in whatever order: what was answered well stands, what was
// refused does not, and no update is lost.
func TestManyWritersInDisorder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO progress_position (id, number) VALUES (7, 0)`)
		boom := errors.New("boom")
		var good, called atomic.Int64
		var all sync.WaitGroup
		for w := range 8 {
			all.Go(func() {
				r := rand.New(rand.NewPCG(1, uint64(w)))
				for i := range 40 {
					ctx, cancel := context.WithCancel(t.Context())
					how := r.IntN(5)
					err := d.Write(ctx, func(tx *db.Tx) error {
						tx.OnCommit(func() { called.Add(1) })
						if err := put(ctx, tx, fmt.Sprintf("w-%d-%d", w, i)); err != nil {
							return err
						}
						if how == 1 {
							return boom
						}
						if how == 2 {
							cancel()
						}
						_, err := tx.Exec(ctx, `UPDATE progress_position SET number = number + 1 WHERE id = $1`, 7)
						return err
					})
					cancel()
					switch {
					case how == 1 && !errors.Is(err, boom), how == 2 && !errors.Is(err, context.Canceled), how != 1 && how != 2 && err != nil:
						t.Errorf("way %d: %v", how, err)
					case err == nil:
						good.Add(1)
					}
				}
			})
		}
		all.Wait()
		n := count(t, d, `SELECT number FROM progress_position WHERE id = $1`, 7)
		if rows := there(t, d, "w-%"); n != good.Load() || rows != n || called.Load() != n {
			t.Errorf("%d were answered well, %d called; %d counted, %d rows", good.Load(), called.Load(), n, rows)
		}
	})
}
