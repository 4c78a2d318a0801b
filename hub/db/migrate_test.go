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
	for name, url := range fresh {
		t.Run(name, func(t *testing.T) {
			at := url(t)
			older(t, at, 19,
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
			)
			for range 2 { // and once more changes nothing
				d, err := db.Open(t.Context(), at)
				if err != nil {
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

// fresh gives addresses of databases that hold nothing yet.
var fresh = map[string]func(t *testing.T) string{
	"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "hub.db") },
	"postgres": func(t *testing.T) string { return dbtest.PostgresURL(t) },
}

// older leaves a database as it was at a migration, with rows in it.
func older(t *testing.T, at string, version int64, rows ...string) {
	t.Helper()
	d, err := db.Connect(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	if d.Kind() == db.PostgreSQL { // it came up to date
		exec(t, d, `DROP SCHEMA public CASCADE`)
		exec(t, d, `CREATE SCHEMA public`)
	}
	if err := db.MigrateTo(t.Context(), d, version); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		exec(t, d, row)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMigratesPostings: the postings of entries, which had rows of their own before
// migration 100, stand in the entries: two, or none.
func TestMigratesPostings(t *testing.T) {
	for name, url := range fresh {
		t.Run(name, func(t *testing.T) {
			at := url(t)
			older(t, at, 99,
				`INSERT INTO payment_movement (id, channel, kind, number, of_number, order_number, fen, moved_at, source, booked_by, booked_at)
					VALUES ('m', 'wechat', 'payment', 'w1', '', 'o', 160, 1, 'notice', '', 2)`,
				`INSERT INTO payment_entry (id, movement, position, step, at, by_staff, second, why)
					VALUES ('a', 'm', 0, 'pays', 2, '', '', ''), ('b', 'm', 1, 'give-back', 3, 'one', 'two', 'why'), ('c', 'm', 2, 'returned', 4, '', '', '')`,
				`INSERT INTO payment_posting (entry, fund, fen, at) VALUES ('a', 'fees', -160, 2), ('a', 'channel:wechat', 160, 2), ('b', 'fees', 160, 3), ('b', 'returning', -160, 3)`,
			)
			d, err := db.Open(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = d.Close() })
			for _, want := range []string{
				`position = 0 AND step = 'pays' AND at = 2 AND debit = 'channel:wechat' AND debit_fen = 160 AND credit = 'fees' AND credit_fen = -160`,
				`position = 1 AND by_staff = 'one' AND second = 'two' AND why = 'why' AND debit = 'fees' AND debit_fen = 160 AND credit = 'returning' AND credit_fen = -160`,
				`position = 2 AND step = 'returned' AND debit = '' AND debit_fen = 0 AND credit = '' AND credit_fen = 0`,
			} {
				if n := count(t, d, `SELECT count(*) FROM payment_entry WHERE movement = 'm' AND `+want); n != 1 {
					t.Errorf("%d entries with %s, want one", n, want)
				}
			}
		})
	}
}
