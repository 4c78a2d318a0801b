package db_test

import (
	"path/filepath"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// TestMigratesWhatIsThere: a database as it was before migration 20, with an
// application and its confirmation in it, is brought up to date by Open, and
// what stood there stands.
func TestMigratesWhatIsThere(t *testing.T) {
	for name, url := range map[string]func() string{
		"sqlite":   func() string { return "sqlite:" + filepath.Join(t.TempDir(), "hub.db") },
		"postgres": func() string { return dbtest.PostgresURL(t) },
	} {
		t.Run(name, func(t *testing.T) {
			at := url()
			d, err := db.Connect(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			if d.Kind() == db.PostgreSQL { // it came up to date
				exec(t, d, `DROP SCHEMA public CASCADE`)
				exec(t, d, `CREATE SCHEMA public`)
			}
			if err := db.MigrateTo(t.Context(), d, 19); err != nil {
				t.Fatal(err)
			}
			for _, old := range []string{
				`INSERT INTO application (id, campaign, number_hmac, version, point, division, state, confirmed_at, confirmed_point, changed_at)
					VALUES ('a', 'c', '1', 1, 'p', 'd', 'registered', 0, '', 0)`,
				`INSERT INTO application_version (application, version, content, point, author_kind, author_id, origin, started_from, superseded, at)
					VALUES ('a', 1, 'sealed', 'p', 'candidate', 'a', 'portal', 0, false, 0)`,
				`INSERT INTO confirmation (id, box, epoch, seq, envelope_hash, previous, envelope, campaign, campaign_version, application, version,
					started_from, point, division, number_key, number_masked, state, state_reason, out_of_hours, received, committed, time_evidence,
					checks, timeline, blobs, body_hash, body_size, opened_with, content)
					VALUES ('r', 'b', 1, 1, 'h', 'z', 'e', 'c', 1, 'a', 1, 1, 'p', 'd', 'k', 'm', 'in-force', '', false, 0, 0, '{}', '[]', '[]', '[]', 'b', 1, 'o', 'x')`,
			} {
				exec(t, d, old)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			for range 2 { // and once more changes nothing
				if d, err = db.Open(t.Context(), at); err != nil {
					t.Fatal(err)
				}
				if n := count(t, d, `SELECT count(*) FROM application_version WHERE mark IS NULL`); n != 1 {
					t.Errorf("%d versions, want the one that was there", n)
				}
				if n := count(t, d, `SELECT count(*) FROM confirmation WHERE application = 'a' AND state = 'in-force'`); n != 1 {
					t.Errorf("%d confirmations, want the one that was there", n)
				}
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
