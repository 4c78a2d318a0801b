// Package stafftest lets a test sign in with two factors.
//
// It is for tests only: no program imports it. It reads and writes the tables
// of package staff beside whatever runs on them, and fails the test when it
// cannot.
package stafftest

import (
	"context"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/password"
	"zhunkao/hub/staff"
)

// Secret is what a test enrols its accounts with: staff.NewAccount.Secret.
const Secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// Hasher makes verifiers that cost next to nothing, for worlds in which many
// people sign in and none of them is guessed at.
func Hasher() *password.Hasher {
	return password.NewHasher(password.Cost{Memory: 8, Passes: 1, Lanes: 1})
}

// Code is the code of Secret that the account may use now. A code works once,
// and a test signs somebody in more often than every 30 s, so what was used is
// forgotten first.
func Code(t testing.TB, d *db.DB, name string) string {
	t.Helper()
	return CodeAt(t, d, name, time.Now())
}

// CodeAt is Code for a desk whose real time is not the machine's.
func CodeAt(t testing.TB, d *db.DB, name string, now time.Time) string {
	t.Helper()
	Forget(t, d, name)
	return staff.Code(Secret, now)
}

// Forget makes the codes of an account good again that it has used.
func Forget(t testing.TB, d *db.DB, name string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE authenticator SET last_step = 0 WHERE account = (SELECT id FROM account WHERE name = $1)`, name)
		return err
	})
	if err != nil {
		t.Fatalf("stafftest: %v", err)
	}
}

// Enrol gives accounts the authenticator of Secret, and takes their passwords
// for their own, as if each had signed in for the first time.
func Enrol(t testing.TB, d *db.DB, ring staff.Keys, names ...string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, name := range names {
			var id string
			if err := tx.QueryRow(ctx, `SELECT id FROM account WHERE name = $1`, name).Scan(&id); err != nil {
				return err
			}
			sealed, err := ring.Seal("staff-authenticator", id, []byte(Secret))
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `DELETE FROM authenticator WHERE account = $1`, id); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO authenticator (account, secret, last_step, confirmed, enrolled_at) VALUES ($1, $2, 0, $3, 0)`, id, sealed, true); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE account SET must_change = $1, password_until = 0 WHERE id = $2`, false, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("stafftest: %v", err)
	}
}
