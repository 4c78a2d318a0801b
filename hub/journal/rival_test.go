package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
)

// waiting returns when a statement of the database waits in a way, or in a
// state, for which condition is the SQL.
func waiting(t *testing.T, d *db.DB, condition string) {
	t.Helper()
	tick, deadline := time.NewTicker(5*time.Millisecond), time.After(2*time.Minute)
	defer tick.Stop()
	for n := 0; n == 0; {
		if err := d.Ask(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND `+condition).Scan(&n)
		}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-deadline:
			t.Fatalf("nothing is in the state %s", condition)
		case <-tick.C:
		}
	}
}

// TestWhoLedBeforeNumbersOthers: a hub that has not noticed that it lost the lead
// gives a number to one entry while the new leader gives it to another, which
// was begun earlier and committed later. Both are sealed, and nobody ends.
func TestWhoLedBeforeNumbersOthers(t *testing.T) {
	d := dbtest.Postgres(t)
	r, ctx := newRig(t, d), t.Context()
	former, err := journal.NewSealer(journal.Options{DB: d, Keys: ring(), Checkpoints: r.file})
	if err != nil {
		t.Fatal(err)
	}
	begun, goOn := make(chan struct{}), make(chan struct{})
	committed := make(chan error, 1)
	go func() {
		committed <- d.Write(ctx, func(tx *db.Tx) error {
			if err := journal.Write(ctx, tx, r.entry(1)); err != nil { // its id comes first
				return err
			}
			close(begun)
			<-goOn
			return nil
		})
	}()
	<-begun
	r.write(2, 2)
	var stop func()
	var s *journal.Sealer
	err = d.Write(ctx, func(tx *db.Tx) error {
		if n, err := journal.SealBatch(ctx, tx, former); err != nil || n != 1 {
			return fmt.Errorf("sealed %d: %w", n, err)
		}
		close(goOn)
		if err := <-committed; err != nil {
			return err
		}
		s, stop = r.run(time.Millisecond)
		waiting(t, d, `wait_event_type = 'Lock' AND query LIKE 'UPDATE journal_entry SET number%'`)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r.await(s, 2)
	stop()
	if got := r.after(0, 10); len(got) != 2 || got[0].Subject.ID != "a2" || got[1].Subject.ID != "a1" {
		t.Errorf("sealed %+v", got)
	}
	if rep := r.verify(); !rep.OK() {
		t.Errorf("Verify = %+v", rep)
	}
}

// TestACheckpointWaitsForTheDatabase: that the database takes longer to answer
// than a hub that ends would wait does not end the sealer, and the checkpoint
// stands in file and table.
func TestACheckpointWaitsForTheDatabase(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t)
	r, ctx := newRig(t, d), t.Context()
	r.seal(1, 2)
	const longer = 5500 * time.Millisecond // what it must outlast is 5 s
	var s *journal.Sealer
	var stop func()
	err := d.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `LOCK TABLE journal_checkpoint IN SHARE MODE`); err != nil {
			return err
		}
		s, stop = r.run(time.Millisecond)
		r.write(3, 4)
		waiting(t, d, `wait_event_type = 'Lock' AND query LIKE 'INSERT INTO journal_checkpoint%'`)
		held := time.NewTimer(longer)
		defer held.Stop()
		select {
		case <-held.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	r.write(5, 6)
	r.await(s, 6)
	stop()
	if rep := r.verify(); !rep.OK() || rep.Signed.Number != 6 {
		t.Errorf("Verify = %+v", rep)
	}
}

// TestALineThatIsCopiedLate: a line that lacks in the file of a hub that does
// not seal is waited for, also when the newest is there: two sign in the moment
// in which the lead goes from one to the other.
func TestALineThatIsCopiedLate(t *testing.T) {
	d := dbtest.Postgres(t)
	r := newRig(t, d)
	for i := range 3 {
		r.seal(i+1, i+1)
	}
	text, err := os.ReadFile(r.file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	other := filepath.Join(t.TempDir(), "checkpoints.log")
	if err := os.WriteFile(other, []byte(lines[0]+lines[2]), 0o600); err != nil {
		t.Fatal(err)
	}
	whole := make(chan error, 1)
	go func() {
		rep, err := journal.Verify(t.Context(), d, other, ring())
		if err == nil && !rep.OK() {
			err = fmt.Errorf("Verify = %+v", rep)
		}
		whole <- err
	}()
	waiting(t, d, `state = 'idle in transaction' AND query LIKE '%FROM journal_checkpoint%'`)
	f, err := os.OpenFile(other, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(lines[1]); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), <-whole); err != nil {
		t.Error(err)
	}
}

// TestTwoHubsWhileConnectionsEnd: the sealers of two hubs lose their connections
// again and again, and then the server crashes, while entries are written. What
// ends a sealer is only ever that the database was away; every entry is sealed
// once, and the file of each hub is whole.
func TestTwoHubsWhileConnectionsEnd(t *testing.T) {
	t.Parallel()
	own := dbtest.NewServer(t)
	url := own.URL(t)
	handle := func() *db.DB {
		d, err := db.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() }) // its connections have been ended
		return d
	}
	writer := handle()
	r := newRig(t, writer)
	ctx, cancel := context.WithCancel(t.Context())
	var hubs sync.WaitGroup
	files := []string{r.file, filepath.Join(t.TempDir(), "checkpoints.log")}
	for _, file := range files {
		s, err := journal.NewSealer(journal.Options{DB: handle(), Keys: ring(), Checkpoints: file,
			Tick: time.Millisecond, Every: 20 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		hubs.Go(func() {
			for ctx.Err() == nil {
				if err := s.Run(ctx); err != nil && ctx.Err() == nil && !db.Away(err) {
					t.Errorf("a sealer ended: %v", err)
					return
				}
			}
		})
	}
	const writers, rounds, each = 4, 12, 5
	for round := range rounds {
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				for i := range each {
					err := writer.Write(ctx, func(tx *db.Tx) error {
						return journal.Write(ctx, tx, r.entry((round*writers+w)*each+i))
					})
					if err != nil && !db.Away(err) {
						t.Error(err)
					}
				}
			})
		}
		var err error
		if round%6 == 5 {
			err = own.Restart(ctx)
		} else {
			err = db.ExecAlone(ctx, url, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		}
		if err != nil {
			t.Error(err)
		}
		all.Wait()
	}
	waiting(t, writer, `NOT EXISTS (SELECT 1 FROM journal_entry WHERE number IS NULL)`)
	for i, file := range files {
		rep, err := journal.Verify(ctx, writer, file, ring())
		if err != nil || !rep.OK() || rep.Entries == 0 {
			t.Errorf("Verify at hub %d = %+v, %v", i+1, rep, err)
		}
	}
	cancel()
	hubs.Wait()
}
