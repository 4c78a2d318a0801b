package dbtest_test

import (
	"fmt"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// TestPostgresOf: rows, truths and the id are those of the database copied.
func TestPostgresOf(t *testing.T) {
	from := dbtest.SQLite(t)
	ctx := t.Context()
	const n = 500
	err := from.Write(ctx, func(tx *db.Tx) error {
		for i := range n {
			if err := tx.SetMeta(ctx, fmt.Sprintf("k%04d", i), fmt.Sprint(i)); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO application (id, campaign, number_hmac, version, point, division, state, confirmed_at, confirmed_point, changed_at)
			VALUES ('a', 'c', $1, 1, 'p', 'd', 'registered', 0, '', 5)`, []byte{0, 255}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO application_version (application, version, content, mark, point, author_kind, author_id, origin, started_from, superseded, at)
			VALUES ('a', 1, $1, $2, 'p', 'k', 'i', 'o', 0, true, 7)`, []byte{0, 255}, []byte{1})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d := dbtest.PostgresOf(t, from)
	if d.Kind() != db.PostgreSQL || d.ID() != from.ID() {
		t.Errorf("a %s with the id %s, want %s", d.Kind(), d.ID(), from.ID())
	}
	var meta, superseded int
	var content []byte
	err = d.Read(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM meta WHERE key LIKE 'k%'`).Scan(&meta); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT count(*) OVER (), content FROM application_version WHERE superseded`).Scan(&superseded, &content)
	})
	if err != nil || meta != n || superseded != 1 || string(content) != "\x00\xff" {
		t.Errorf("%d of %d rows, %d superseded with %x: %v", meta, n, superseded, content, err)
	}
}
