package staff_test

import (
	"fmt"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/staff"
)

// A session that is remembered stands only as it is now, whoever changed it:
// this desk, or that of another hub on the same database (S6).
func TestGuess(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		ctx := t.Context()
		stands := func(g *staff.Guess) bool {
			t.Helper()
			if err := d.Ask(ctx, func(*db.Tx) error { return nil }, g.Question()); err != nil {
				t.Fatal(err)
			}
			return g.Stands()
		}
		change := func(text string, args ...any) func(staff.Account, string) {
			return func(a staff.Account, _ string) {
				t.Helper()
				if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, text, append([]any{a.ID}, args...)...); return err }); err != nil {
					t.Fatal(err)
				}
			}
		}
		n := 0
		for name, c := range map[string]struct {
			do   func(a staff.Account, token string)
			want bool
		}{
			"nothing":             {func(staff.Account, string) {}, true},
			"used elsewhere":      {change(`UPDATE session SET seen = seen + 30000 WHERE account = $1`), true},
			"ended elsewhere":     {change(`DELETE FROM session WHERE account = $1`), false},
			"disabled":            {change(`UPDATE account SET disabled = $2 WHERE id = $1`, true), false},
			"another role":        {change(`UPDATE account SET role = $2 WHERE id = $1`, string(staff.PointHead)), false},
			"another point":       {change(`UPDATE account SET point = $2 WHERE id = $1`, point), false},
			"another office":      {change(`UPDATE account SET office = $2 WHERE id = $1`, "430103"), false},
			"another form token":  {change(`UPDATE session SET csrf = $2 WHERE account = $1`, "other"), false},
			"no second factor":    {change(`DELETE FROM authenticator WHERE account = $1`), false},
			"a first password":    {change(`UPDATE account SET must_change = $2 WHERE id = $1`, true), false},
			"open for too long":   {change(`UPDATE session SET began = began - $2 WHERE account = $1`, staff.AbsoluteLimit.Milliseconds()), false},
			"signed out, by hand": {func(_ staff.Account, token string) { _ = r.SignOut(ctx, token) }, false},
		} {
			n++
			a := r.create(fmt.Sprintf("guessed%d", n))
			token, err := r.try(a.Name, good, here)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if _, ok := r.Guess(token); ok {
				t.Errorf("%s: a session that nobody has read is remembered", name)
			}
			if _, err := r.Session(ctx, token); err != nil {
				t.Fatal(err)
			}
			g, ok := r.Guess(token)
			if !ok || g.Account.ID != a.ID || g.Stands() {
				t.Fatalf("%s: remembered: %v, stands before it is asked: %v", name, ok, g.Stands())
			}
			c.do(a, token)
			if got := stands(g); got != c.want {
				t.Errorf("%s: stands: %v, want %v", name, got, c.want)
			}
		}
		a := r.create("late")
		token, err := r.try(a.Name, good, here)
		if err == nil {
			_, err = r.Session(ctx, token)
		}
		if err != nil {
			t.Fatal(err)
		}
		r.now = r.now.Add(time.Minute)
		if _, ok := r.Guess(token); ok {
			t.Error("nobody notes that the session is used")
		}
		if _, err := r.Session(ctx, token); err != nil {
			t.Fatal(err)
		}
		g, ok := r.Guess(token)
		if !ok || !stands(g) {
			t.Error("noted, it does not stand")
		}
		if err := r.SignOut(ctx, token); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Peek(ctx, token); err == nil {
			t.Error("signed out, it lets in")
		}
		if _, ok := r.Guess(token); ok {
			t.Error("looked for in vain, it is remembered")
		}
	})
}

// That a session was used is written down each minute, and lets pages keep what they
// read of anything else.
func TestAUseChangesNothingForOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		a := r.create("uses")
		token, err := r.try(a.Name, good, here)
		if err != nil {
			t.Fatal(err)
		}
		r.now = r.now.Add(2 * time.Minute)
		at := d.Changes()
		s, err := r.Session(t.Context(), token)
		if err != nil || !s.Seen.Equal(r.now) || d.Changes() != at {
			t.Errorf("seen %v at %v, %v; %d changes", s.Seen, r.now, err, d.Changes()-at)
		}
	})
}
