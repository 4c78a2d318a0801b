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
				`INSERT INTO envelope (box, hash, epoch, seq, record, previous, outcome, reason, at, chained)
					VALUES ('b', 'h', 1, 1, 'r', 'z', 'accepted', '', 0, true), ('b', 'g', 1, 1, 'r', 'z', 'quarantined', 'fork', 0, false)`,
				`INSERT INTO journal_entry (id, body, at, act, subject_kind, subject_id, point, division) VALUES ('e', 'x', 0, 'a', 'k', 'i', '', '')`,
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
				for what, ask := range map[string]string{
					"the envelope that holds its place": `hash = 'h' AND box = 'b' AND epoch = 1 AND seq = 1 AND record = 'r' AND outcome = 'accepted' AND chained`,
					"the envelope beside it":            `hash = 'g' AND box = 'b' AND reason = 'fork' AND NOT chained`,
				} {
					if n := count(t, d, `SELECT count(*) FROM envelope WHERE `+ask); n != 1 {
						t.Errorf("%s: %d rows", what, n)
					}
				}
				if n := count(t, d, `SELECT count(*) FROM journal_entry WHERE number IS NULL`); n != 1 {
					t.Errorf("%d entries wait to be sealed, want the one that was there", n)
				}
				// Neither a place nor an envelope beside it may be taken twice.
				for _, again := range []string{`('b', 'other', 1, 1, 's', 'z', 'accepted', '', 0, true)`, `('b', 'g', 2, 2, 't', 'z', 'quarantined', '', 0, false)`} {
					err := d.Write(t.Context(), func(tx *db.Tx) error {
						_, err := tx.Exec(t.Context(), `INSERT INTO envelope (box, hash, epoch, seq, record, previous, outcome, reason, at, chained) VALUES `+again)
						return err
					})
					if !db.Unique(err) {
						t.Errorf("%s was taken: %v", again, err)
					}
				}
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
