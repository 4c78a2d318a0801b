package applicant_test

import (
	"errors"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
	"zhunkao/hub/password"
)

type slip struct {
	Login, Password string
}

// slip makes a slip for the person of an application.
func (r *rig) slip(application string, until time.Time) slip {
	r.Helper()
	p, err := r.DrawSlip(r.Context())
	r.must(err)
	out := slip{Password: p.Password}
	r.write(func(tx *db.Tx) error {
		a, _, err := r.Slip(r.Context(), tx, applicant.Whose{Campaign: "adult", Application: application}, p, until)
		out.Login = a.Login
		return err
	})
	return out
}

func (r *rig) card(application, sequence string) string {
	r.Helper()
	p, err := r.DrawCard(r.Context())
	r.must(err)
	r.write(func(tx *db.Tx) error {
		_, err := r.Card(r.Context(), tx, applicant.Whose{Campaign: "gk", Application: application}, sequence, p, r.now.AddDate(0, 0, 60))
		return err
	})
	return p.Password
}

func TestSignUpWithATelephone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		for _, bad := range []string{"", "138073155", "0731-88881234", "lihua", "23807315512"} {
			if _, err := r.BeginSignUp(t.Context(), applicant.PhoneSignUp{Phone: bad, Password: good}, here); !errors.Is(err, applicant.ErrPhone) {
				t.Errorf("%q: %v", bad, err)
			}
		}
		handle, err := r.BeginSignUp(t.Context(), applicant.PhoneSignUp{Phone: "+86 138 0731 5512", Password: good, Shared: true}, here)
		r.must(err)
		if _, _, err := r.FinishSignUp(t.Context(), handle, wrong(r.code(mobile)), here); !errors.Is(err, applicant.ErrCode) {
			t.Errorf("a wrong code: %v", err)
		}
		if err := r.try(mobile, good, here); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("before the code: %v", err)
		}
		_, s, err := r.FinishSignUp(t.Context(), handle, " "+r.code(mobile)[:3]+" "+r.code(mobile)[3:], here)
		r.must(err)
		if !s.Shared || s.Account.Phone.Reveal() != mobile || s.Account.Login != "" {
			t.Errorf("signed in: %+v", s)
		}
		if _, _, err := r.FinishSignUp(t.Context(), handle, r.code(mobile), here); !errors.Is(err, applicant.ErrOver) {
			t.Errorf("the code again: %v", err)
		}
		r.must(r.try("138-0731-5512", good, there))

		// Whoever has the telephone is told that it has an account; nobody else is.
		handle, err = r.BeginSignUp(t.Context(), applicant.PhoneSignUp{Phone: mobile, Password: better}, there)
		r.must(err)
		if _, _, err := r.FinishSignUp(t.Context(), handle, wrong(r.code(mobile)), there); !errors.Is(err, applicant.ErrCode) {
			t.Errorf("a stranger: %v", err)
		}
		if _, _, err := r.FinishSignUp(t.Context(), handle, r.code(mobile), there); !errors.Is(err, applicant.ErrKnown) {
			t.Errorf("its owner: %v", err)
		}
		if err := r.try(mobile, better, "203.0.113.1"); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("the password of the second sign-up: %v", err)
		}
		if n := r.counted(journal.ApplicantSignedUp); n != 1 {
			t.Errorf("%d sign-ups in the journal", n)
		}
	})
}

func TestCodesEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.phoneSignUp(mobile)
		r.now = r.now.Add(time.Hour)
		handle, err := r.BeginRecovery(t.Context(), mobile, here)
		r.must(err)
		for range 5 {
			if err := r.FinishRecovery(t.Context(), handle, wrong(r.code(mobile)), better, here); !errors.Is(err, applicant.ErrCode) {
				t.Errorf("a wrong code: %v", err)
			}
		}
		if err := r.FinishRecovery(t.Context(), handle, r.code(mobile), better, here); !errors.Is(err, applicant.ErrOver) {
			t.Errorf("the right one after five wrong ones: %v", err)
		}
		handle, err = r.BeginRecovery(t.Context(), mobile, here)
		r.must(err)
		if _, _, err := r.FinishSignUp(t.Context(), handle, r.code(mobile), here); !errors.Is(err, applicant.ErrOver) {
			t.Errorf("a code for something else: %v", err)
		}
		r.now = r.now.Add(applicant.CodeLife)
		if err := r.FinishRecovery(t.Context(), handle, r.code(mobile), better, here); !errors.Is(err, applicant.ErrOver) {
			t.Errorf("after its life: %v", err)
		}
		if _, err := r.Waits(t.Context(), handle); !errors.Is(err, applicant.ErrOver) {
			t.Errorf("after its life it waits: %v", err)
		}
		r.must(r.Sweep(t.Context()))
		if _, err := r.Waits(t.Context(), "no such handle"); !errors.Is(err, applicant.ErrOver) {
			t.Errorf("no handle: %v", err)
		}
		// Nobody can have a telephone rung all day, and nobody learns by that whose it is.
		for _, phone := range []string{"13900000001", mobile} {
			r.now = r.now.Add(3 * time.Hour)
			asked := 0
			for range 20 {
				_, err := r.BeginRecovery(t.Context(), phone, there)
				if errors.Is(err, applicant.ErrSlow) {
					break
				}
				r.must(err)
				asked++
			}
			if asked != 3 {
				t.Errorf("%d codes could be asked for", asked)
			}
		}
	})
}

func TestACodeWorksOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		handle, err := r.BeginSignUp(t.Context(), applicant.PhoneSignUp{Phone: mobile, Password: good}, here)
		r.must(err)
		code := r.code(mobile)
		var mu sync.Mutex // guards done
		done := 0
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				_, _, err := r.FinishSignUp(t.Context(), handle, code, here)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					done++
				} else if !errors.Is(err, applicant.ErrOver) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if done != 1 {
			t.Errorf("it worked %d times", done)
		}
	})
}

func TestRecovery(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		token, _ := r.phoneSignUp(mobile)
		handle, err := r.BeginRecovery(t.Context(), mobile, there)
		r.must(err)
		if err := r.FinishRecovery(t.Context(), handle, r.code(mobile), "19900101", there); !errors.Is(err, password.Error{Code: password.Simple}) {
			t.Errorf("a simple password: %v", err)
		}
		r.must(r.FinishRecovery(t.Context(), handle, r.code(mobile), better, there))
		if _, err := r.Peek(t.Context(), token); !errors.Is(err, applicant.ErrNoSession) {
			t.Errorf("the session from before: %v", err)
		}
		if err := r.try(mobile, good, here); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("the old password: %v", err)
		}
		r.must(r.try(mobile, better, here))
		sent := len(r.sent)
		if _, err := r.BeginRecovery(t.Context(), "13900000001", there); err != nil || len(r.sent) != sent {
			t.Errorf("a number that nobody has: %v, %d texts", err, len(r.sent)-sent)
		}
		if n := r.counted(journal.ApplicantRecovered); n != 1 {
			t.Errorf("%d recoveries in the journal", n)
		}
	})
}

func TestChangePassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		before, s := r.phoneSignUp(mobile)
		for name, c := range map[string]struct {
			old, pw string
			want    error
		}{
			"by another":  {better, "five small larks", applicant.ErrRefused},
			"the same":    {good, good, password.Error{Code: password.Same}},
			"the number":  {good, mobile, password.Error{Code: password.Local}},
			"a short one": {good, "short", password.Error{Code: password.Short}},
		} {
			if _, _, err := r.ChangePassword(t.Context(), s, c.old, c.pw); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		token, _, err := r.ChangePassword(t.Context(), s, good, better)
		r.must(err)
		if _, err := r.Peek(t.Context(), before); !errors.Is(err, applicant.ErrNoSession) {
			t.Errorf("the token from before: %v", err)
		}
		if _, err := r.Peek(t.Context(), token); err != nil {
			t.Errorf("the fresh one: %v", err)
		}
		for range 6 {
			_, _, err = r.ChangePassword(t.Context(), s, good, "five small larks")
		}
		if !errors.Is(err, applicant.ErrSlow) {
			t.Errorf("guessing at an open page: %v", err)
		}
		r.must(r.try(mobile, better, here)) // and the door stays open
	})
}

func TestChangePhone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const other, third = "13907310000", "13907310001"
		r := newRig(t, d)
		_, s := r.phoneSignUp(mobile)
		_, s2 := r.phoneSignUp(third)
		if _, err := r.BeginPhone(t.Context(), s, better, other, here); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("without her password: %v", err)
		}
		handle, err := r.BeginPhone(t.Context(), s, good, other, here)
		r.must(err)
		if err := r.FinishPhone(t.Context(), s2, handle, r.code(other)); !errors.Is(err, applicant.ErrOver) {
			t.Errorf("somebody else's handle: %v", err)
		}
		handle, err = r.BeginPhone(t.Context(), s, good, other, here)
		r.must(err)
		r.must(r.FinishPhone(t.Context(), s, handle, r.code(other)))
		r.must(r.try(other, good, here))
		if err := r.try(mobile, good, "203.0.113.1"); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("the old number: %v", err)
		}
		handle, err = r.BeginPhone(t.Context(), s, good, third, here)
		r.must(err)
		if err := r.FinishPhone(t.Context(), s, handle, r.code(third)); !errors.Is(err, applicant.ErrKnown) {
			t.Errorf("a number of another account: %v", err)
		}
		r.phoneSignUp(mobile) // somebody else may have it now
		r.read(func(tx *db.Tx) error {
			p, err := r.Phone(t.Context(), tx, s.Account.ID)
			if p.Reveal() != other {
				t.Errorf("her number is another")
			}
			return err
		})
	})
}

func TestCards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		pw := r.card("a1", "010200901")
		if !regexp.MustCompile(`^[A-HJ-KM-NP-Z2-9]{4}-[A-HJ-KM-NP-Z2-9]{4}$`).MatchString(pw) {
			t.Errorf("the password is of another form")
		}
		in := func(campaign, sequence, pw string) (string, applicant.Session, error) {
			return r.Enter(t.Context(), applicant.Attempt{Campaign: campaign, Login: sequence, Password: pw, Source: here})
		}
		if _, _, err := in("adult", "010200901", pw); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("another campaign: %v", err)
		}
		if err := r.try("010200901", pw, here); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("at the door of accounts: %v", err)
		}
		_, s, err := in("gk", "0102 00901", strings.ToLower(strings.ReplaceAll(pw, "-", " ")))
		r.must(err)
		if !s.Account.MustChange || !s.Card || s.Account.Application != "a1" || s.Account.SecondSet {
			t.Errorf("first time: %+v", s)
		}
		if _, _, err := r.Own(t.Context(), s, good, good); !errors.Is(err, password.Error{Code: password.Same}) {
			t.Errorf("both alike: %v", err)
		}
		if _, _, err := r.Own(t.Context(), s, strings.ReplaceAll(pw, "-", ""), better); !errors.Is(err, password.Error{Code: password.Same}) {
			t.Errorf("that of the card: %v", err)
		}
		_, s, err = r.Own(t.Context(), s, good, better)
		r.must(err)
		if s.Account.MustChange || !s.Account.SecondSet || !s.Card {
			t.Errorf("with passwords of her own: %+v", s)
		}
		if _, _, err := in("gk", "010200901", pw); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("the card's password: %v", err)
		}
		_, _, err = in("gk", "010200901", good)
		r.must(err)

		r.must(r.SecondPassword(t.Context(), s.Account.ID, better))
		if err := r.SecondPassword(t.Context(), s.Account.ID, good); !errors.Is(err, applicant.ErrSecond) {
			t.Errorf("the first as the second: %v", err)
		}
		if err := r.ChangeSecond(t.Context(), s, good, "five small larks"); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("the second by the first: %v", err)
		}
		if err := r.ChangeSecond(t.Context(), s, better, good); !errors.Is(err, password.Error{Code: password.Same}) {
			t.Errorf("the first as the new second: %v", err)
		}
		r.must(r.ChangeSecond(t.Context(), s, better, "five small larks"))
		r.must(r.SecondPassword(t.Context(), s.Account.ID, "five small larks"))
		for range 6 {
			err = r.SecondPassword(t.Context(), s.Account.ID, better)
		}
		if !errors.Is(err, applicant.ErrSlow) {
			t.Errorf("guessing the second: %v", err)
		}

		again := r.card("a1", "010200901") // lost, made anew
		if _, err := r.Peek(t.Context(), "x"); !errors.Is(err, applicant.ErrNoSession) {
			t.Error(err)
		}
		if _, _, err := in("gk", "010200901", good); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("her password after a new card: %v", err)
		}
		_, s, err = in("gk", "010200901", again)
		r.must(err)
		if s.Account.SecondSet || !s.Account.MustChange {
			t.Errorf("after a new card: %+v", s.Account)
		}
		p, err := r.DrawCard(t.Context())
		r.must(err)
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := r.Card(t.Context(), tx, applicant.Whose{Campaign: "gk", Application: "a2"}, "010200901", p, r.now.Add(time.Hour))
			return err
		})
		if !errors.Is(err, applicant.ErrBound) {
			t.Errorf("one number for two: %v", err)
		}
		third := r.card("a3", "010200903")
		r.now = r.now.AddDate(0, 0, 61)
		if _, _, err := in("gk", "010200903", third); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("after its end: %v", err)
		}
	})
}

func TestSlips(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		token, s := r.phoneSignUp(mobile)
		r.write(func(tx *db.Tx) error { return applicant.Bind(t.Context(), tx, s.Account.ID, "adult", "a1") })
		first := r.slip("a1", r.now.AddDate(0, 0, 3))
		if _, err := r.Peek(t.Context(), token); !errors.Is(err, applicant.ErrNoSession) {
			t.Errorf("her session: %v", err)
		}
		if err := r.try(mobile, good, here); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("her old password: %v", err)
		}
		second := r.slip("a1", r.now.AddDate(0, 0, 3))
		if err := r.try(first.Login, first.Password, there); !errors.Is(err, applicant.ErrRefused) || first.Login != second.Login {
			t.Errorf("the first slip after the second: %v", err)
		}
		_, in, err := r.SignIn(t.Context(), second.Login, strings.ToLower(second.Password), here)
		r.must(err)
		if !in.Account.MustChange || in.Account.ID != s.Account.ID {
			t.Errorf("with the slip: %+v", in.Account)
		}
		_, _, err = r.Own(t.Context(), in, better, "")
		r.must(err)
		r.must(r.try(mobile, better, here))
		r.must(r.try(second.Login, better, here))
		if err := r.try(second.Login, second.Password, "203.0.113.8"); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("a slip twice: %v", err)
		}
		// Somebody who never had an account, registered on paper.
		paper := r.slip("a2", r.now.Add(time.Hour))
		_, in, err = r.SignIn(t.Context(), paper.Login, paper.Password, here)
		r.must(err)
		if in.Account.Application != "a2" || in.Account.Login != paper.Login {
			t.Errorf("from paper: %+v", in.Account)
		}
	})
}

func TestBind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		a, b := r.signUp("lihua"), r.signUp("zhangmin")
		bind := func(account, campaign, application string) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return applicant.Bind(t.Context(), tx, account, campaign, application) })
		}
		r.must(bind(a.ID, "adult", "a1"))
		r.must(bind(a.ID, "adult", "a1"))
		r.must(bind(a.ID, "gk", "a9"))
		for name, err := range map[string]error{"another in one campaign": bind(a.ID, "adult", "a2"), "somebody else's": bind(b.ID, "adult", "a1")} {
			if !errors.Is(err, applicant.ErrBound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := bind("nobody", "adult", "a5"); !errors.Is(err, applicant.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
		r.read(func(tx *db.Tx) error {
			of, err := applicant.AccountOf(t.Context(), tx, "a9")
			in, err2 := applicant.Application(t.Context(), tx, a.ID, "adult")
			none, err3 := applicant.Application(t.Context(), tx, b.ID, "adult")
			nobody, err4 := applicant.AccountOf(t.Context(), tx, "a7")
			if of != a.ID || in != "a1" || none != "" || nobody != "" {
				t.Errorf("%q %q %q %q", of, in, none, nobody)
			}
			return errors.Join(err, err2, err3, err4)
		})
		r.write(func(tx *db.Tx) error { return applicant.Unbind(t.Context(), tx, "a1") })
		r.must(bind(a.ID, "adult", "a2"))
		r.write(func(tx *db.Tx) error { return applicant.Remove(t.Context(), tx, a.ID) })
		if err := r.try(a.Login, good, here); !errors.Is(err, applicant.ErrRefused) {
			t.Errorf("removed: %v", err)
		}
		r.read(func(tx *db.Tx) error {
			if _, err := r.Get(t.Context(), tx, a.ID); !errors.Is(err, applicant.ErrNotFound) {
				t.Errorf("removed: %v", err)
			}
			return nil
		})
	})
}
