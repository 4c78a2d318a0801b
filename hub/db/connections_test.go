package db_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// A hub holds the connections that its URL says, and no more; the server never sees
// that word.
func TestConnectionsOfAURL(t *testing.T) {
	raw := dbtest.PostgresURL(t)
	with := func(n string) string {
		if strings.Contains(raw, "?") {
			return raw + "&connections=" + n
		}
		return raw + "?connections=" + n
	}
	for _, bad := range []string{"", "0", "11", "1001", "many"} {
		if _, err := db.Connect(t.Context(), with(bad)); !errors.Is(err, db.ErrURL) {
			t.Errorf("connections=%s: %v", bad, err)
		}
	}
	d, err := db.Open(t.Context(), with("14")+"&application_name=counted")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	ctx, release := context.WithCancel(t.Context())
	defer release()
	read := func(ctx context.Context, f func(*db.Tx) error) error { return d.Read(ctx, f) }
	var begun, all sync.WaitGroup
	hold := func(how func(context.Context, func(*db.Tx) error) error) {
		begun.Add(1)
		all.Go(func() {
			_ = how(ctx, func(tx *db.Tx) error {
				var one int
				if err := tx.QueryRow(ctx, "SELECT 1").Scan(&one); err != nil {
					t.Error(err)
				}
				begun.Done()
				<-ctx.Done()
				return ctx.Err()
			})
		})
	}
	for range 8 {
		hold(d.Write)
	}
	for range 6 {
		hold(read)
	}
	begun.Wait()   // eight write and six read at once
	for range 30 { // these wait
		for _, how := range []func(context.Context, func(*db.Tx) error) error{d.Write, read} {
			all.Go(func() {
				if err := how(t.Context(), func(tx *db.Tx) error {
					var one int
					return tx.QueryRow(t.Context(), "SELECT 1").Scan(&one)
				}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	other, err := db.Connect(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	var n int
	if err := other.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'counted'`).Scan(&n)
	}); err != nil || n != 14 {
		t.Errorf("%d connections, %v", n, err)
	}
	release()
	all.Wait()
}
