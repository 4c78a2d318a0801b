package main

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
)

// TestEnrolAtTheMachine: who is added with --enrol signs in with the code of the
// secret that was printed, and is ready; who is added without must settle that
// first; a reset takes password and authenticator off.
func TestEnrolAtTheMachine(t *testing.T) {
	for name, start := range map[string]func(*testing.T, string){"stopped": func(*testing.T, string) {}, "running": running} {
		t.Run(name, func(t *testing.T) {
			data := made(t)
			start(t, data)
			ctl := func(in string, args ...string) result {
				return call(t, in, append([]string{"--data", data}, args...)...)
			}
			add := []string{"staff", "add", "--display", "二", "--role", "province-operator", "--office", "430000-1", "--name"}
			r := ctl(password+"\n", append(add, "second", "--enrol")...)
			want(t, r, 0, "otpauth://totp/Zhunkao:second?")
			secret := regexp.MustCompile(`secret=([A-Z2-7]{32})\b`).FindStringSubmatch(r.out)
			if secret == nil || strings.Contains(r.out, password) {
				t.Fatal("no secret, or a password, is printed")
			}
			want(t, ctl(password+"\n", append(add, "third")...), 0, "At the first sign-in")
			want(t, ctl(password+"\n", append(add, "fourth", "--point", "43010201")...), 1, "do not fit")

			ring, err := keys.Open(datadir.Dir(data).Keys(), keys.Options{})
			if err != nil {
				t.Fatal(err)
			}
			d, err := db.Open(t.Context(), datadir.Dir(data).Database())
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			desk := staff.New(staff.Options{DB: d, Keys: ring})
			enter := func(name, secret string) (staff.Session, error) {
				_, s, err := desk.SignIn(t.Context(), name, password, staff.Code(secret, time.Now()), "192.0.2.1")
				return s, err
			}
			if s, err := enter("second", secret[1]); err != nil || s.Account.Unready() {
				t.Errorf("enrolled: %+v, %v", s.Account, err)
			}
			if s, err := enter("third", ""); err != nil || !s.Account.MustChange || s.Account.Enrolled {
				t.Errorf("not enrolled: %+v, %v", s.Account, err)
			}
			want(t, ctl(password+"\n", "campaign", "sign", "ffffffffffff", "--account", "second", "--reason", "试"), 1, "missing") // the code

			const first = "four slow herons"
			want(t, ctl(first+"\n", "staff", "reset", "second", "--reason", " "), 1, "--reason")
			want(t, ctl(first+"\n", "staff", "reset", "nobody", "--reason", "手机丢失"), 1, "no such account")
			want(t, ctl("password1\n", "staff", "reset", "second", "--reason", "手机丢失"), 1, "common")
			want(t, ctl(first+"\n", "staff", "reset", "second", "--reason", "手机丢失"), 0, "second")
			if _, err := enter("second", secret[1]); !errors.Is(err, staff.ErrRefused) {
				t.Errorf("the password of before: %v", err)
			}
			if _, s, err := desk.SignIn(t.Context(), "second", first, "", "192.0.2.1"); err != nil || !s.Account.MustChange || s.Account.Enrolled {
				t.Errorf("after the reset: %+v, %v", s.Account, err)
			}

			want(t, ctl("", "staff", "vouch", "third", "--reason", ""), 1, "--reason")
			want(t, ctl("", "staff", "vouch", "nobody", "--reason", "当面核对"), 1, "no such account")
			want(t, ctl("", "staff", "vouch", "third", "--reason", "当面核对"), 0, "two persons")
			err = d.Read(t.Context(), func(tx *db.Tx) error {
				as, err := staff.Accounts(t.Context(), tx, province)
				for _, a := range as {
					if g, err := staff.GivingOf(t.Context(), tx, a.ID); err != nil || (g.VouchedBy == staff.VouchedAtMachine) != (a.Name == "third") {
						t.Errorf("%s: vouched for by %q, %v", a.Name, g.VouchedBy, err)
					}
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}
