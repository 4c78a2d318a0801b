package db_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// What becomes of a transaction on PostgreSQL is known but where its connection breaks.
func TestCommit(t *testing.T) {
	t.Parallel()
	d := dbtest.Postgres(t)
	commitOfWhatFailed(t, d)
	goesWhileItIsCommitted(t, d)
}

// Who goes away while the server commits what she asked for has done it: it stands,
// and what comes behind it is done.
func goesWhileItIsCommitted(t *testing.T, d *db.DB) {
	// The commit waits for a lock that another holds.
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END';
			CREATE CONSTRAINT TRIGGER held AFTER INSERT ON meta DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held()`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	wrote, behind := make(chan error, 1), false
	if err := d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), `SELECT pg_advisory_xact_lock(1)`); err != nil {
			return err
		}
		go func() {
			wrote <- d.Write(ctx, func(tx *db.Tx) error {
				tx.OnCommit(func() { behind = true })
				return tx.SetMeta(ctx, "gone", "1")
			})
		}()
		waitFor(t, func() bool {
			n := 0
			if err := d.Ask(t.Context(), func(tx *db.Tx) error {
				return tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
					AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`).Scan(&n)
			}); err != nil {
				t.Fatal(err)
			}
			return n > 0
		})
		leave()
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	err := <-wrote
	if v, read := d.Meta(t.Context(), "gone"); err != nil || read != nil || v != "1" || !behind {
		t.Errorf("Write = %v; %q stands, %v; what comes behind it was done: %v", err, v, read, behind)
	}
}

// A commit of which the server says that it undid it all is not one of which nobody
// knows what became.
func commitOfWhatFailed(t *testing.T, d *db.DB) {
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if err := tx.SetMeta(t.Context(), "failed", "1"); err != nil {
			return err
		}
		_, _ = tx.Exec(t.Context(), `SELECT x FROM no_such_table`) // heeded by nobody
		return nil
	})
	if !errors.Is(err, pgx.ErrTxCommitRollback) || errors.Is(err, db.ErrUnknownOutcome) {
		t.Errorf("Write = %v", err)
	}
	if v, err := d.Meta(t.Context(), "failed"); v != "" || err != nil {
		t.Errorf("%q stands, %v", v, err)
	}
}
