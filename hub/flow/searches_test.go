package flow_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
)

// looked counts the searches in the journal.
func looked(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(context.Background(), func(tx *db.Tx) error {
		return tx.QueryRow(context.Background(), `SELECT count(*) FROM journal_entry WHERE act = $1`, string(journal.CandidateSearched)).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestSearches: every search is written down: without a worker before it is
// answered; with one, by many at once and beyond the queue, at the latest when
// the worker has ended; and after that before it is answered again.
func TestSearches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f := &flow.Flow{Now: func() time.Time { return time.UnixMilli(1_567_737_080_000) }}
		s := flow.NewSearches(d, nil)
		search := func() {
			x := flow.Search{Campaign: "adult-2019", Division: "430104", Kinds: "name", Typed: "00112233aabbccdd", Found: 1}
			if err := f.Searched(context.Background(), s, x, flow.Operator()); err != nil {
				t.Error(err)
			}
		}
		search()
		if n := looked(t, d); n != 1 {
			t.Fatalf("%d entries without a worker, want 1", n)
		}
		ctx, end := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.Run(ctx) }()
		const many, each = 16, 20
		var all sync.WaitGroup
		for range many {
			all.Go(func() {
				for range each {
					search()
				}
			})
		}
		all.Wait()
		end()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if n := looked(t, d); n != 1+many*each {
			t.Errorf("%d entries when the worker has ended, want %d", n, 1+many*each)
		}
		search()
		if n := looked(t, d); n != 2+many*each {
			t.Errorf("%d entries after the end, want %d", n, 2+many*each)
		}
	})
}

// TestSearchesAgain: what the journal would not take comes in by itself, with
// nobody searching, when it takes entries again.
func TestSearchesAgain(t *testing.T) {
	d := dbtest.SQLite(t)
	ctx := t.Context()
	do := func(statement string) {
		t.Helper()
		if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, statement); return err }); err != nil {
			t.Fatal(err)
		}
	}
	f := &flow.Flow{Now: time.Now}
	s := flow.NewSearches(d, nil)
	run, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(run) }()
	defer func() { end(); <-ended }()
	do(`CREATE TRIGGER deaf BEFORE INSERT ON journal_entry BEGIN SELECT RAISE(ABORT, 'disk is full'); END`)
	search := func() error { return f.Searched(ctx, s, flow.Search{Kinds: "name"}, flow.Operator()) }
	deadline := time.Now().Add(2 * time.Minute)
	for search() != nil { // until the worker has begun
		if time.Now().After(deadline) {
			t.Fatal("no search is queued")
		}
		<-time.After(time.Millisecond)
	}
	if s.Settle(ctx) == nil || search() == nil {
		t.Fatal("searches go on although the journal takes nothing")
	}
	do(`DROP TRIGGER deaf`)
	for s.Settle(ctx) != nil {
		if time.Now().After(deadline) {
			t.Fatal("what failed is not written by itself")
		}
		<-time.After(5 * time.Millisecond)
	}
	if n := looked(t, d); n != 1 {
		t.Errorf("%d entries, want that of the one search that was answered", n)
	}
}
