package staff_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
)

const (
	good   = "three slow herons"
	county = "430102"
	point  = "43010201"
	here   = "192.0.2.1"
	there  = "198.51.100.7"
)

var ring = sync.OnceValue(func() *keys.Ring {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	r, err := keys.Open(filepath.Join(dir, "k"), keys.Options{Create: true})
	if err != nil {
		panic(err)
	}
	return r
})

var by = journal.Author{Kind: journal.ByOperator, ID: "operator"}

// rig is a desk with a clock of its own.
type rig struct {
	*testing.T
	*staff.Desk
	d   *db.DB
	now time.Time // real time
}

func newRig(t *testing.T, d *db.DB) *rig {
	t.Helper()
	r := &rig{T: t, d: d, now: time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)}
	r.Desk = staff.NewCheap(staff.Options{DB: d, Keys: ring(), Real: func() time.Time { return r.now },
		Now: func() time.Time { return time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC) }})
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if err := org.Seed(t.Context(), tx, r.now); err != nil {
			return err
		}
		return org.CreatePoint(t.Context(), tx, org.Point{Code: point, Name: "芙蓉区确认点", Division: county, Open: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) create(name string) staff.Account {
	r.Helper()
	a, err := r.Create(r.Context(), staff.NewAccount{Name: name, Display: "值班", Role: staff.CountyOperator, Office: county, Password: good, Secret: stafftest.Secret}, by)
	if err != nil {
		r.Fatal(err)
	}
	return a
}

func (r *rig) try(name, password, source string) (string, error) {
	r.Helper()
	token, _, err := r.SignIn(r.Context(), name, password, r.code(name), source)
	return token, err
}

// code is one that the account may use now.
func (r *rig) code(name string) string {
	r.Helper()
	if strings.Contains(name, "\x00") || len(name) > 64 {
		return "123456" // no name that a database would look for
	}
	return stafftest.CodeAt(r.T, r.d, name, r.now)
}

// acts lists what the journal says, unsealed entries included, by act.
func (r *rig) acts() []string {
	r.Helper()
	var out []string
	if err := r.d.Read(r.Context(), func(tx *db.Tx) error {
		return tx.Each(r.Context(), `SELECT act FROM journal_entry ORDER BY id`, nil, func(scan func(...any) error) error {
			var s string
			err := scan(&s)
			out = append(out, s)
			return err
		})
	}); err != nil {
		r.Fatal(err)
	}
	return out
}

func TestAFreshDatabaseHasNoAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		if err := d.Read(t.Context(), func(tx *db.Tx) error {
			as, err := staff.Accounts(t.Context(), tx, "430000")
			if len(as) != 0 {
				t.Errorf("accounts: %v", as)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"admin", "root", "administrator", "zhunkao"} {
			if _, err := r.try(name, "admin", "192.0.2."+string(rune('1'+i))); !errors.Is(err, staff.ErrRefused) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestSignInSessionSignOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		a := r.create("furong")
		token, s, err := r.SignIn(t.Context(), " Furong ", good, r.code("furong"), here)
		if err != nil {
			t.Fatal(err)
		}
		if len(token) < 43 || len(s.CSRF) < 22 || s.Account != a || a.Division != county {
			t.Errorf("SignIn = %d characters, %+v", len(token), s.Account)
		}
		got, err := r.Session(t.Context(), token)
		if err != nil || got.Account != a || got.CSRF != s.CSRF || got.Source != here {
			t.Errorf("Session = %+v, %v", got, err)
		}
		other, _, err := r.SignIn(t.Context(), "furong", good, r.code("furong"), here)
		if err != nil || other == token {
			t.Errorf("a second sign-in: same token %v, %v", other == token, err)
		}
		if err := r.SignOut(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Session(t.Context(), token); !errors.Is(err, staff.ErrNoSession) {
			t.Errorf("after sign-out: %v", err)
		}
		if _, err := r.Session(t.Context(), other); err != nil {
			t.Errorf("the other session: %v", err)
		}
		if err := r.SignOut(t.Context(), token); err != nil {
			t.Errorf("signing out twice: %v", err)
		}
		want := []string{"staff.created", "staff.signed-in", "staff.signed-in", "staff.signed-out"}
		if got := r.acts(); !slices.Equal(got, want) {
			t.Errorf("journal: %v, want %v", got, want)
		}
	})
}

func TestRefusalsLookAlike(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d)
		r.create("furong")
		shut := r.create("gone")
		if err := r.Disable(t.Context(), shut.ID, "调离", by); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, c := range []struct{ name, password string }{
			{"furong", "wrong password"}, {"nobody", good}, {"gone", good}, {"gone", "wrong password"}, {"", ""},
			{"furong", strings.Repeat("x", 1<<20)}, {strings.Repeat("n", 1<<20), good}, {"a\x00b\n{\"level\"", good},
		} {
			_, err := r.try(c.name, c.password, here)
			if !errors.Is(err, staff.ErrRefused) && !errors.Is(err, staff.ErrSlow) {
				t.Errorf("%.20q: %v", c.name, err)
			}
			texts = append(texts, err.Error())
			r.now = r.now.Add(20 * time.Minute)
		}
		for _, s := range texts {
			if s != texts[0] {
				t.Errorf("refusals differ: %q and %q", s, texts[0])
			}
		}
	})
}

// The work done for a wrong password and for an unknown name is the same, so
// the time is. The bound is wide and the best of many is judged, because the machine of
// a test is busy.
func TestRefusalsTakeAlikeLong(t *testing.T) {
	r := newRig(t, dbtest.SQLite(t))
	r.Desk = staff.New(staff.Options{DB: r.d, Keys: ring(), Real: func() time.Time { return r.now }})
	r.create("furong")
	took := func(name string) time.Duration {
		r.now = r.now.Add(20 * time.Minute)
		began := time.Now()
		if _, err := r.try(name, "wrong password", here); !errors.Is(err, staff.ErrRefused) {
			t.Fatal(err)
		}
		return time.Since(began)
	}
	known, unknown := time.Hour, time.Hour // at best
	for round := range 60 {
		known, unknown = min(known, took("furong")), min(unknown, took("nobody"))
		if ratio := float64(known) / float64(unknown); round >= 4 && ratio > 0.25 && ratio < 4 {
			return
		}
	}
	t.Errorf("known %v, unknown %v", known, unknown)
}

func TestSessionsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, c := range map[string]struct {
			do   func(r *rig, a staff.Account)
			want error
		}{
			"in use":       {func(r *rig, _ staff.Account) { r.now = r.now.Add(29 * time.Minute) }, nil},
			"idle":         {func(r *rig, _ staff.Account) { r.now = r.now.Add(30 * time.Minute) }, staff.ErrNoSession},
			"new password": {func(r *rig, a staff.Account) { r.must(r.SetPassword(r.Context(), a.ID, "four slow herons", by)) }, staff.ErrNoSession},
			"disabled":     {func(r *rig, a staff.Account) { r.must(r.Disable(r.Context(), a.ID, "调离", by)) }, staff.ErrNoSession},
			"disabled and opened again": {func(r *rig, a staff.Account) {
				r.must(r.Disable(r.Context(), a.ID, "调离", by))
				r.must(r.Enable(r.Context(), a.ID, "回来", by))
			}, staff.ErrNoSession},
			"swept while idle": {func(r *rig, _ staff.Account) {
				r.now = r.now.Add(31 * time.Minute)
				r.must(r.Sweep(r.Context()))
				r.now = r.now.Add(-31 * time.Minute)
			}, staff.ErrNoSession},
			"swept while in use": {func(r *rig, _ staff.Account) { r.must(r.Sweep(r.Context())) }, nil},
		} {
			t.Run(name, func(t *testing.T) {
				r := &rig{T: t, d: d}
				r = newRigOnce(r)
				a := r.create("u" + strings.ReplaceAll(name, " ", ""))
				token, err := r.try(a.Name, good, here)
				if err != nil {
					t.Fatal(err)
				}
				c.do(r, a)
				if _, err := r.Session(t.Context(), token); !errors.Is(err, c.want) {
					t.Errorf("Session = %v, want %v", err, c.want)
				}
			})
		}
	})
}

func TestASessionDoesNotLastForEver(t *testing.T) { dbtest.Each(t, aSessionDoesNotLastForEver) }

func aSessionDoesNotLastForEver(t *testing.T, d *db.DB) {
	r := newRig(t, d)
	r.create("furong")
	token, err := r.try("furong", good, here)
	if err != nil {
		t.Fatal(err)
	}
	began := r.now
	for r.now.Sub(began) < staff.AbsoluteLimit {
		if _, err := r.Session(t.Context(), token); err != nil {
			t.Fatalf("after %v in use: %v", r.now.Sub(began), err)
		}
		r.now = r.now.Add(25 * time.Minute)
	}
	if _, err := r.Session(t.Context(), token); !errors.Is(err, staff.ErrNoSession) {
		t.Errorf("after %v: %v", r.now.Sub(began), err)
	}
}

// A copy of the database opens no session and tells no password.
func TestTokensAndPasswordsAreNotStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	d, err := db.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r := newRig(t, d)
	r.create("furong")
	token, err := r.try("furong", good, here)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.try("my-password-in-the-wrong-field", "x", here); !errors.Is(err, staff.ErrRefused) {
		t.Fatal(err)
	}
	var disk []byte
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		disk = append(disk, b...)
	}
	if !bytes.Contains(disk, []byte("furong")) {
		t.Fatal("the file holds nothing of the account: this test would see nothing")
	}
	for _, secret := range []string{token, good, "my-password-in-the-wrong-field"} {
		if bytes.Contains(disk, []byte(secret)) {
			t.Errorf("a secret of %d characters lies in the file", len(secret))
		}
	}
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// newRigOnce seeds a database that may have been seeded before.
func newRigOnce(r *rig) *rig {
	r.Helper()
	var n int
	r.must(r.d.Read(r.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(r.Context(), `SELECT count(*) FROM office`).Scan(&n)
	}))
	if n == 0 {
		return newRig(r.T, r.d)
	}
	r.now = time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)
	r.Desk = staff.NewCheap(staff.Options{DB: r.d, Keys: ring(), Real: func() time.Time { return r.now }})
	return r
}
