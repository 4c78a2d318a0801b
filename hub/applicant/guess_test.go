package applicant_test

import (
	"errors"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// A session that is remembered stands only as it is now, whoever changed it:
// this desk, or that of another hub on the same database (S6).
func TestGuess(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		ctx := t.Context()
		stands := func(g *applicant.Guess) bool {
			t.Helper()
			r.must(d.Ask(ctx, func(*db.Tx) error { return nil }, g.Question()))
			return g.Stands()
		}
		change := func(text string, args ...any) func(applicant.Session, string) {
			return func(s applicant.Session, _ string) {
				t.Helper()
				r.must(d.Write(ctx, func(tx *db.Tx) error {
					_, err := tx.Exec(ctx, text, append([]any{s.Account.ID}, args...)...)
					return err
				}))
			}
		}
		for _, c := range []struct {
			name string
			do   func(s applicant.Session, token string)
			want bool
		}{
			{"nothing", func(applicant.Session, string) {}, true},
			{"used elsewhere", change(`UPDATE applicant_session SET seen = seen + 30000 WHERE account = $1`), true},
			{"ended elsewhere", change(`DELETE FROM applicant_session WHERE account = $1`), false},
			{"another form token", change(`UPDATE applicant_session SET csrf = $2 WHERE account = $1`, "other"), false},
			{"a password to change", change(`UPDATE applicant SET must_change = $2 WHERE id = $1`, true), false},
			{"a second password", change(`UPDATE applicant SET second = $2 WHERE id = $1`, "hash"), false},
			{"an application bound", change(`INSERT INTO applicant_application (account, campaign, application, bound_at) VALUES ($1, 'adult-2019', $2, 1)`, "0123456789abcdef"), false},
			{"open for too long", change(`UPDATE applicant_session SET began = began - $2 WHERE account = $1`, applicant.AbsoluteLimit.Milliseconds()), false},
			{"signed out", func(_ applicant.Session, token string) { r.must(r.SignOut(ctx, token)) }, false},
		} {
			token, s, err := r.SignUp(ctx, applicant.SignUp{Name: "guessed" + string(rune('a'+len(c.name))), Password: good}, here)
			r.must(err)
			if _, ok := r.Guess(token); ok {
				t.Errorf("%s: a session that nobody has read is remembered", c.name)
			}
			read, err := r.Session(ctx, token)
			r.must(err)
			g, ok := r.Guess(token)
			if !ok || g.Session != read || g.Stands() {
				t.Fatalf("%s: remembered as it was read: %v; it stands before it is asked", c.name, ok)
			}
			c.do(s, token)
			if got := stands(g); got != c.want {
				t.Errorf("%s: stands: %v, want %v", c.name, got, c.want)
			}
		}
		token, _, err := r.SignUp(ctx, applicant.SignUp{Name: "spaeter", Password: good}, here)
		r.must(err)
		_, err = r.Session(ctx, token)
		r.must(err)
		r.now = r.now.Add(time.Minute)
		if _, ok := r.Guess(token); ok {
			t.Error("nobody notes that the session is used")
		}
		_, err = r.Session(ctx, token)
		r.must(err)
		g, ok := r.Guess(token)
		if !ok || !stands(g) {
			t.Error("noted, it does not stand")
		}
		r.now = r.now.Add(applicant.IdleLimit)
		if stands(g) {
			t.Error("nobody has used it for too long, and it stands")
		}
		if _, err := r.Peek(ctx, token); !errors.Is(err, applicant.ErrNoSession) {
			t.Errorf("idle: %v", err)
		}
		if _, ok := r.Guess(token); ok {
			t.Error("looked for in vain, it is remembered")
		}
	})
}
