package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// TestMeetingAfterTheServerWasAway: however often a Write found the server away,
// that it then meets another is a reason to run it again: two hubs that come back
// meet at once.
func TestMeetingAfterTheServerWasAway(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t)
	const away = 14 // more than a Write may meet others
	tries := 0
	err := d.Write(t.Context(), func(*db.Tx) error {
		switch tries++; {
		case tries <= away:
			return &pgconn.PgError{Severity: "FATAL", Code: "57P03", Message: "the database system is starting up"}
		case tries <= away+2:
			return &pgconn.PgError{Severity: "ERROR", Code: "40001", Message: "could not serialize access"}
		}
		return nil
	})
	if err != nil || tries != away+3 {
		t.Errorf("Write = %v after %d tries; want none after %d", err, tries, away+3)
	}
}

// TestWhoGivesUpSaysWhatFor: a context that ends while the server is waited for
// leaves the reason of the wait to be seen.
func TestWhoGivesUpSaysWhatFor(t *testing.T) {
	d := dbtest.Postgres(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := d.Write(ctx, func(*db.Tx) error {
		cancel()
		return &pgconn.PgError{Severity: "FATAL", Code: "57P03", Message: "the database system is starting up"}
	})
	if !errors.Is(err, context.Canceled) || !db.Away(err) {
		t.Errorf("Write = %v, away: %v", err, db.Away(err))
	}
}

// TestDeadConnectionsAreLeft: what the server has ended lies in the pool, and
// whoever reads, asks for a lead, or changes something in one statement is not told
// of it.
func TestDeadConnectionsAreLeft(t *testing.T) {
	url := dbtest.PostgresURL(t)
	d, err := db.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() }) // its connections have been ended
	for what, f := range map[string]func() error{
		"Read": func() error {
			return d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), `SELECT 1`).Scan(new(int)) })
		},
		"TryLead": func() error {
			lead, err := d.TryLead(t.Context(), "sealer")
			if err == nil && lead == nil {
				err = errors.New("another leads")
			}
			if err != nil {
				return err
			}
			return lead.Release(t.Context())
		},
		"Single": func() error {
			n, err := d.Single(t.Context(), `UPDATE meta SET value = value`)
			if err == nil && n == 0 {
				err = errors.New("nothing is changed")
			}
			return err
		},
	} {
		for round := range 3 {
			fill(t, d, 8)
			if err := db.ExecAlone(t.Context(), url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
				t.Fatal(err)
			}
			if err := f(); err != nil {
				t.Errorf("%s, round %d: %v", what, round+1, err)
			}
		}
	}
}

// TestWhoIsBrokenOffLeavesNoLead: who asks for a lead and is broken off before the
// answer is read may have got it. The session that has it does not lie in the pool:
// for as long as it lived nobody could lead.
func TestWhoIsBrokenOffLeavesNoLead(t *testing.T) {
	url := dbtest.PostgresURL(t)
	var hubs [2]*db.DB
	for i := range hubs {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() }) // a session of it has been ended
		hubs[i] = d
	}
	if err := db.Deafen(hubs[0], url, context.Canceled); err != nil {
		t.Fatal(err)
	}
	if lead, err := hubs[0].TryLead(t.Context(), "sealer"); lead != nil || !errors.Is(err, context.Canceled) {
		t.Fatalf("TryLead = %v, %v", lead, err)
	}
	var lead *db.Lead
	waitFor(t, func() bool { // the server takes a moment to end a session
		var err error
		if lead, err = hubs[1].TryLead(t.Context(), "sealer"); err != nil {
			t.Fatal(err)
		}
		return lead != nil
	})
	if err := lead.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

// fill leaves n connections in the pool.
func fill(t *testing.T, d *db.DB, n int) {
	t.Helper()
	var inside, all sync.WaitGroup
	inside.Add(n)
	errs := make(chan error, n)
	for range n {
		all.Go(func() {
			once := sync.OnceFunc(inside.Done)
			defer once()
			err := d.Read(t.Context(), func(tx *db.Tx) error {
				err := tx.QueryRow(t.Context(), `SELECT 1`).Scan(new(int))
				once()
				inside.Wait()
				return err
			})
			if err != nil {
				errs <- fmt.Errorf("fill: %w", err)
			}
		})
	}
	all.Wait()
	select {
	case err := <-errs:
		t.Fatal(err)
	default:
	}
}
