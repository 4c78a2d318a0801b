package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// A single statement stands when it has returned, in one turn; of many that want one
// row each tells what it changed; what is refused changes nothing.
func TestSingle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var c db.Count
		ctx := db.Counted(t.Context(), &c)
		setMeta(t, d, "k", "0")
		changes := d.Changes()
		n, err := d.Single(ctx, `UPDATE meta SET value = $1 WHERE key = $2 AND value = $3`, "1", "k", "0")
		if err != nil || n != 1 {
			t.Fatalf("%d rows, %v", n, err)
		}
		want := map[db.Kind]int64{db.PostgreSQL: 1, db.SQLite: 2}[d.Kind()] // there the commit is one
		if q, turns := c.Questions.Load(), c.Turns.Load(); q != 1 || turns != want {
			t.Errorf("%d statements in %d turns, want 1 in %d", q, turns, want)
		}
		if d.Changes() != changes {
			t.Error("it moves the number of changes")
		}
		if n, err := d.Single(ctx, `UPDATE meta SET value = $1 WHERE key = $2 AND value = $3`, "1", "k", "0"); err != nil || n != 0 {
			t.Errorf("run again: %d rows, %v", n, err)
		}
		if _, err := d.Single(ctx, `INSERT INTO meta (key, value) VALUES ($1, $2)`, "k", "2"); !db.Unique(err) {
			t.Errorf("a key that is there: %v", err)
		}
		gone, end := context.WithCancel(ctx)
		end()
		if _, err := d.Single(gone, `UPDATE meta SET value = 'gone' WHERE key = $1`, "k"); !errors.Is(err, context.Canceled) {
			t.Errorf("for nobody: %v", err)
		}
		var all sync.WaitGroup
		won := make(chan int64, 16)
		for range cap(won) {
			all.Go(func() {
				n, err := d.Single(ctx, `UPDATE meta SET value = $1 WHERE key = $2 AND value = $3`, "3", "k", "1")
				if err != nil {
					t.Error(err)
				}
				won <- n
			})
		}
		all.Wait()
		close(won)
		total := int64(0)
		for n := range won {
			total += n
		}
		var v string
		if err := d.Together(ctx, valueOf("k", &v)); err != nil || v != "3" || total != 1 {
			t.Errorf("%d of those who came at once changed it; %q stands, %v", total, v, err)
		}
	})
}
