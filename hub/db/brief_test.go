package db_test

import (
	"context"
	"errors"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// Brief sees one snapshot, changes nothing, and leaves its connection as it was,
// also when its function panics.
func TestBrief(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		count := func(tx *db.Tx) (n int) {
			t.Helper()
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM applicant`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		add := func(id string) {
			t.Helper()
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO applicant (id, profile, verifier, second, must_change, password_at, password_until, slip, created_at) VALUES ($1, $2, '', '', $3, 0, 0, 0, 0)`, id, []byte{}, false)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, id := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} { // more than one connection is used again
			err := d.Brief(ctx, func(tx *db.Tx) error {
				was := count(tx)
				add(id)
				if now := count(tx); now != was {
					t.Errorf("%d and then %d on one snapshot", was, now)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Brief(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, `DELETE FROM applicant`); return err }); err == nil {
			t.Error("it changed something")
		}
		func() {
			defer func() { _ = recover() }()
			_ = d.Brief(ctx, func(*db.Tx) error { panic("ours") })
		}()
		refused := errors.New("refused")
		if err := d.Brief(ctx, func(*db.Tx) error { return refused }); !errors.Is(err, refused) {
			t.Errorf("its error came back as %v", err)
		}
		var n int
		if err := d.Brief(ctx, func(tx *db.Tx) error { n = count(tx); return nil }); err != nil || n != 8 {
			t.Errorf("%d stand, %v", n, err)
		}
		gone, end := context.WithCancel(ctx)
		end()
		for name, f := range map[string]func(context.Context, func(*db.Tx) error) error{"Brief": d.Brief, "Ask": func(ctx context.Context, f func(*db.Tx) error) error { return d.Ask(ctx, f) }} {
			if err := f(gone, func(tx *db.Tx) error { return tx.QueryRow(gone, `SELECT 1`).Scan(&n) }); !errors.Is(err, context.Canceled) {
				t.Errorf("%s with a context that has ended: %v", name, err)
			}
		}
	})
}
