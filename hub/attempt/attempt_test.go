package attempt_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"zhunkao/hub/attempt"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

type hashes struct{}

func (hashes) SignInKey(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }

// TestSpend: each charge has its own pace, the slowest of them decides, and what
// must wait is counted under none.
func TestSpend(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)
		c := attempt.Counter{Keys: hashes{}, Real: func() time.Time { return now }, Realm: "ks/"}
		office := attempt.Counter{Keys: hashes{}, Real: c.Real}
		mine := attempt.Pace{Free: 2, First: time.Minute, Most: 10 * time.Minute}
		all := attempt.Pace{Free: 5, First: 10 * time.Second, Most: 20 * time.Second}
		spend := func(c attempt.Counter, who string) (wait time.Duration) {
			t.Helper()
			err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
				wait, err = c.Spend(t.Context(), tx, attempt.Charge{Subject: "one/" + who, Pace: mine}, attempt.Charge{Subject: "all", Pace: all})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return wait
		}
		for i, want := range []time.Duration{0, 0, time.Minute, time.Minute} {
			if got := spend(c, "a"); got != want {
				t.Errorf("act %d of one waits %v, want %v", i+1, got, want)
			}
		}
		for i, want := range []time.Duration{0, 0, 0, 10 * time.Second} {
			if got := spend(c, string(rune('b'+i))); got != want {
				t.Errorf("act %d of all waits %v, want %v", i+3, got, want)
			}
		}
		if got := spend(office, "a"); got != 0 {
			t.Errorf("the other entrance waits %v", got)
		}
		now = now.Add(time.Minute)
		if got := spend(c, "a"); got != 0 {
			t.Errorf("after the wait: %v", got)
		}
		if got := spend(c, "a"); got != 2*time.Minute {
			t.Errorf("and once more: %v", got)
		}
		now = now.Add(3 * time.Hour)
		if got := spend(c, "a"); got != 0 {
			t.Errorf("after it has lapsed: %v", got)
		}
		if err := d.Write(t.Context(), func(tx *db.Tx) error { return attempt.Sweep(t.Context(), tx, now.Add(100*24*time.Hour)) }); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM sign_in_failure`).Scan(&left)
		}); err != nil || left != 0 {
			t.Errorf("%d are left, %v", left, err)
		}
	})
}
