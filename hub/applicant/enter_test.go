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

func TestSignUpWithAName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		token, s, err := r.SignUp(t.Context(), applicant.SignUp{Name: " Ｌihua", Password: good}, here)
		r.must(err)
		if !regexp.MustCompile(`^lihua\d{4}$`).MatchString(s.Account.Login) {
			t.Errorf("the name is %q", s.Account.Login)
		}
		if again, err := r.Session(t.Context(), token); err != nil || again.Account.ID != s.Account.ID || again.CSRF != s.CSRF {
			t.Errorf("her session: %+v, %v", again, err)
		}
		r.must(r.try(strings.ToUpper(s.Account.Login), good, here))
		second := r.signUp("lihua")
		if second.ID == s.Account.ID || second.Login == s.Account.Login {
			t.Error("the same name twice")
		}
		for name, want := range map[string]error{"": applicant.ErrName, "x": applicant.ErrName, "1lihua": applicant.ErrName, "李华": applicant.ErrName,
			"li.hua": applicant.ErrName, strings.Repeat("a", 21): applicant.ErrName, "430104199001011234": applicant.ErrName, "13807315512": applicant.ErrName} {
			if _, _, err := r.SignUp(t.Context(), applicant.SignUp{Name: name, Password: good}, here); !errors.Is(err, want) {
				t.Errorf("%q: %v", name, err)
			}
		}
		for pw, code := range map[string]string{"short": password.Short, "password1": password.Common, "changsha2019": password.Local, "lihua2019": password.Local, "19900101": password.Simple} {
			if _, _, err := r.SignUp(t.Context(), applicant.SignUp{Name: "lihua", Password: pw}, here); !errors.Is(err, password.Error{Code: code}) {
				t.Errorf("%q: %v", pw, err)
			}
		}
		if _, _, err := r.SignUp(t.Context(), applicant.SignUp{Name: "lihua", Password: "all small letters"}, here); err != nil {
			t.Errorf("no composition is forced: %v", err)
		}
	})
}

// TestNobodyLearnsWhoHasAnAccount (S2): whatever is wrong, the answer is the
// same, and so is the work: passwords are looked at equally often, and the
// journal and the tables get equally many rows.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		a := r.signUp("lihua")
		r.phoneSignUp(mobile)
		slip := r.slip("a1", r.now.Add(time.Hour))
		r.now = r.now.Add(2 * time.Hour)

		var want uint64
		n := 0
		for name, try := range map[string]func() error{
			"a name that is not":       func() error { return r.try("nobody1234", good, "192.0.2.10") },
			"a name, wrong password":   func() error { return r.try(a.Login, better, "192.0.2.11") },
			"a number that is not":     func() error { return r.try("13900000000", good, "192.0.2.12") },
			"a number, wrong password": func() error { return r.try(mobile, better, "192.0.2.13") },
			"nothing that is a login":  func() error { return r.try("'; --\x01", good, "192.0.2.14") },
			"a password for ever":      func() error { return r.try(a.Login, strings.Repeat("x", 100_000), "192.0.2.15") },
			"a slip that has ended":    func() error { return r.try(slip.Login, slip.Password, "192.0.2.16") },
			"a card that is not": func() error {
				_, _, err := r.Enter(t.Context(), applicant.Attempt{Campaign: "gk", Login: "010200901", Password: good, Source: "192.0.2.17"})
				return err
			},
			"no password for a name":    func() error { return r.try(a.Login, "", "192.0.2.18") },
			"no password for no name":   func() error { return r.try("", "", "192.0.2.19") },
			"the name is the password":  func() error { return r.try(good, a.Login, "192.0.2.20") },
			"a card's number as a name": func() error { return r.try("010200901", good, "192.0.2.21") },
		} {
			before, rows := r.hasher.Runs(), r.counted(journal.ApplicantRefused)
			err := try()
			runs := r.hasher.Runs() - before
			if n++; n == 1 {
				want = runs
			}
			if !errors.Is(err, applicant.ErrRefused) || err.Error() != applicant.ErrRefused.Error() {
				t.Errorf("%s: %v", name, err)
			}
			if runs != want || runs != 1 {
				t.Errorf("%s: %d computations, another took %d", name, runs, want)
			}
			if got := r.counted(journal.ApplicantRefused) - rows; got != 1 {
				t.Errorf("%s: %d refusals in the journal", name, got)
			}
		}

		for name, begin := range map[string]func(phone, source string) (string, error){
			"recovery": func(phone, source string) (string, error) { return r.BeginRecovery(t.Context(), phone, source) },
			"sign-up": func(phone, source string) (string, error) {
				return r.BeginSignUp(t.Context(), applicant.PhoneSignUp{Phone: phone, Password: good}, source)
			},
		} {
			before := r.hasher.Runs()
			h1, err1 := begin(mobile, "192.0.2.31")
			known := r.hasher.Runs() - before
			h2, err2 := begin("13900000001", "192.0.2.32")
			if unknown := r.hasher.Runs() - before - known; err1 != nil || err2 != nil || len(h1) != len(h2) || known != unknown {
				t.Errorf("%s: known %v %d, unknown %v %d", name, err1, known, err2, unknown)
			}
			for _, h := range []string{h1, h2} {
				if to, err := r.Waits(t.Context(), h); err != nil || strings.Contains(to, "0731") {
					t.Errorf("%s: waits %q, %v", name, to, err)
				}
			}
		}
		before := r.hasher.Runs()
		h1, err1 := r.BeginRecovery(t.Context(), mobile, there)
		h2, err2 := r.BeginRecovery(t.Context(), "13900000002", there)
		r.must(errors.Join(err1, err2))
		for _, h := range []string{h1, h2} {
			if err := r.FinishRecovery(t.Context(), h, "00000x", better, there); !errors.Is(err, applicant.ErrCode) {
				t.Errorf("a wrong code: %v", err)
			}
		}
		if got := r.hasher.Runs() - before; got != 2 {
			t.Errorf("two wrong codes took %d computations", got)
		}
	})
}

func TestNobodyIsLockedOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		a := r.signUp("lihua")
		enter := func(source, desk, pw string) error {
			_, _, err := r.Enter(t.Context(), applicant.Attempt{Login: a.Login, Password: pw, Source: source, Desk: desk})
			return err
		}
		r.must(enter(here, "her browser", good))
		var slow applicant.SlowError
		for i := range 7 {
			err := enter(there, "", better)
			if i >= 5 != errors.As(err, &slow) {
				t.Errorf("try %d: %v", i+1, err)
			}
		}
		if err := enter(there, "", good); !errors.Is(err, applicant.ErrSlow) || slow.Wait <= 0 {
			t.Errorf("the right password while waiting: %v", err)
		}
		for i := range 5 { // beside her, behind the same address
			if err := enter(here, "", better); !errors.Is(err, applicant.ErrRefused) {
				t.Errorf("beside her, try %d: %v", i+1, err)
			}
		}
		if err := enter(here, "", good); !errors.Is(err, applicant.ErrSlow) {
			t.Errorf("from her address without her browser: %v", err)
		}
		r.must(enter(here, "her browser", good))
		r.must(enter("203.0.113.9", "", good)) // a first try from elsewhere is always looked at
		r.now = r.now.Add(time.Hour)
		r.must(enter(there, "", good))
		if n := r.counted(journal.ApplicantRefused); n < 10 || n > 14 {
			t.Errorf("%d refusals in the journal", n)
		}
		for i := range 150 { // a class behind one address
			if err := r.try("nobody"+strings.Repeat("x", i%10), good, "192.0.2.200"); errors.Is(err, applicant.ErrSlow) && i < 5 {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		r.must(enter("192.0.2.200", "", good))
	})
}

func TestSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		a := r.signUp("lihua")
		open := func(shared bool) (string, applicant.Session) {
			token, s, err := r.Enter(t.Context(), applicant.Attempt{Login: a.Login, Password: good, Source: here, Shared: shared})
			r.must(err)
			return token, s
		}
		own, s := open(false)
		public, p := open(true)
		if s.Ends.Sub(r.now) != applicant.IdleLimit || p.Ends.Sub(r.now) != applicant.SharedLimit || !p.Shared {
			t.Errorf("they end in %v and %v", s.Ends.Sub(r.now), p.Ends.Sub(r.now))
		}
		r.now = r.now.Add(applicant.SharedLimit)
		if _, err := r.Session(t.Context(), public); !errors.Is(err, applicant.ErrNoSession) {
			t.Errorf("a public computer after five minutes: %v", err)
		}
		if _, err := r.Peek(t.Context(), own); err != nil {
			t.Errorf("her own: %v", err)
		}
		r.now = r.now.Add(applicant.IdleLimit - applicant.SharedLimit - time.Second)
		if s, err := r.Session(t.Context(), own); err != nil || s.Ends.Sub(r.now) != applicant.IdleLimit {
			t.Errorf("used again: %v", err)
		}
		for range 60 { // used all the time
			r.now = r.now.Add(12 * time.Minute)
			if _, err := r.Session(t.Context(), own); err != nil {
				break
			}
		}
		if left := r.now.Sub(s.Began); left < applicant.AbsoluteLimit-12*time.Minute || left > applicant.AbsoluteLimit+12*time.Minute {
			t.Errorf("it ended after %v", left)
		}

		first, _ := open(false)
		second, s2 := open(false)
		r.read(func(tx *db.Tx) error {
			n, err := r.Others(t.Context(), tx, a.ID, second)
			if n != 1 {
				t.Errorf("%d others", n)
			}
			return err
		})
		r.must(r.EndOthers(t.Context(), s2, second))
		if _, err := r.Peek(t.Context(), first); !errors.Is(err, applicant.ErrNoSession) {
			t.Errorf("another: %v", err)
		}
		if _, err := r.Peek(t.Context(), second); err != nil {
			t.Errorf("hers: %v", err)
		}
		r.must(r.SignOut(t.Context(), second))
		r.must(r.SignOut(t.Context(), second))
		if _, err := r.Session(t.Context(), second); !errors.Is(err, applicant.ErrNoSession) {
			t.Errorf("signed out: %v", err)
		}
		for _, token := range []string{"", "x", strings.Repeat("x", 300)} {
			if _, err := r.Session(t.Context(), token); !errors.Is(err, applicant.ErrNoSession) {
				t.Errorf("%q: %v", token, err)
			}
		}
		third, _ := open(false)
		r.must(r.Sweep(t.Context()))
		if _, err := r.Peek(t.Context(), third); err != nil {
			t.Errorf("swept while open: %v", err)
		}
		if rest := r.atRest(); strings.Contains(rest, third) || strings.Contains(rest, first) {
			t.Error("a token stands in the database")
		}
	})
}

func TestNothingPersonalLiesOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		a := r.signUp("lihua")
		_, s := r.phoneSignUp(mobile)
		r.must(r.try(mobile, good, here))
		_ = r.try(mobile, "a wrong secret", there)
		handle, err := r.BeginPhone(t.Context(), s, good, "13907310000", here)
		r.must(err)
		_, err = r.BeginRecovery(t.Context(), mobile, here)
		r.must(err)
		rest := r.atRest()
		for _, secret := range []string{"lihua", a.Login, mobile, "13907310000", good, "a wrong secret", handle} {
			if strings.Contains(rest, secret) {
				t.Errorf("%.5q… stands in the database", secret)
			}
		}
		// Six digits stand by chance in an identifier or a time now and then; alone they do not.
		for _, code := range []string{r.code("13907310000"), r.code(mobile)} {
			if regexp.MustCompile(`(?:^|[^0-9A-Za-z])` + code + `(?:[^0-9A-Za-z]|$)`).MatchString(rest) {
				t.Errorf("%.2q… stands in the database", code)
			}
		}
		if got := s.Account.Name(); strings.Contains(got, "0731") {
			t.Errorf("the page's head says %q", got)
		}
	})
}

func TestAPasswordChangedMeanwhileOpensNothing(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRig(t, d)
	_, s := r.phoneSignUp(mobile)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { _, _, _ = r.SignIn(t.Context(), mobile, good, here) })
	}
	token, _, err := r.ChangePassword(t.Context(), s, good, better)
	wg.Wait()
	r.must(err)
	r.must(r.EndOthers(t.Context(), s, token))
	if err := r.try(mobile, good, "203.0.113.1"); !errors.Is(err, applicant.ErrRefused) {
		t.Errorf("the old one: %v", err)
	}
	r.must(r.try(mobile, better, "203.0.113.2"))
}
