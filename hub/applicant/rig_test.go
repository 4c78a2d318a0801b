package applicant_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/password"
	"zhunkao/protocol/identity"
)

const (
	good   = "three slow herons"
	better = "four quick wrens"
	here   = "192.0.2.1"
	there  = "198.51.100.7"
	mobile = "13807315512"
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

func cheap() *password.Hasher {
	return password.NewHasher(password.Cost{Memory: 64, Passes: 1, Lanes: 1})
}

// rig is a desk with a clock and a telephone of its own.
type rig struct {
	*testing.T
	*applicant.Desk
	d      *db.DB
	hasher *password.Hasher
	now    time.Time // real time
	sent   []text
}

type text struct {
	to   identity.Phone
	code string
}

func newRig(t *testing.T, d *db.DB) *rig {
	t.Helper()
	r := &rig{T: t, d: d, hasher: cheap(), now: time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)}
	r.Desk = applicant.New(applicant.Options{DB: d, Keys: ring(), Hasher: r.hasher, Real: func() time.Time { return r.now },
		Now: func() time.Time { return time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC) },
		SendCode: func(_ context.Context, tx *db.Tx, to identity.Phone, code string, _ time.Duration) error {
			tx.OnCommit(func() { r.sent = append(r.sent, text{to, code}) })
			return nil
		}})
	return r
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// signUp makes an account with a user name and gives its login.
func (r *rig) signUp(name string) applicant.Account {
	r.Helper()
	_, s, err := r.SignUp(r.Context(), applicant.SignUp{Name: name, Password: good}, here)
	r.must(err)
	return s.Account
}

// phoneSignUp makes an account with a telephone number.
func (r *rig) phoneSignUp(phone string) (string, applicant.Session) {
	r.Helper()
	handle, err := r.BeginSignUp(r.Context(), applicant.PhoneSignUp{Phone: phone, Password: good}, here)
	r.must(err)
	token, s, err := r.FinishSignUp(r.Context(), handle, r.code(phone), here)
	r.must(err)
	return token, s
}

// code is the newest code that went to a number.
func (r *rig) code(phone string) string {
	r.Helper()
	for i := len(r.sent) - 1; i >= 0; i-- {
		if r.sent[i].to.Reveal() == phone {
			return r.sent[i].code
		}
	}
	r.Fatalf("no code went to that number, of %d", len(r.sent))
	return ""
}

// wrong is a code that is not the one given.
func wrong(code string) string {
	return strings.Map(func(c rune) rune { return '0' + (c-'0'+1)%10 }, code)
}

func (r *rig) try(login, pw, source string) error {
	r.Helper()
	_, _, err := r.SignIn(r.Context(), login, pw, source)
	return err
}

// acts lists what the journal says, unsealed entries included.
func (r *rig) acts() []string {
	r.Helper()
	var out []string
	r.read(func(tx *db.Tx) error {
		return tx.Each(r.Context(), `SELECT act FROM journal_entry ORDER BY id`, nil, func(scan func(...any) error) error {
			var s string
			err := scan(&s)
			out = append(out, s)
			return err
		})
	})
	return out
}

func (r *rig) counted(act journal.Act) (n int) {
	r.Helper()
	for _, a := range r.acts() {
		if a == string(act) {
			n++
		}
	}
	return n
}

func (r *rig) read(f func(*db.Tx) error) {
	r.Helper()
	r.must(r.d.Read(r.Context(), f))
}

func (r *rig) write(f func(*db.Tx) error) {
	r.Helper()
	r.must(r.d.Write(r.Context(), f))
}

// atRest is all that stands in the tables of this package and in the journal.
func (r *rig) atRest() string {
	r.Helper()
	var b strings.Builder
	r.read(func(tx *db.Tx) error {
		for _, table := range []string{"applicant", "applicant_login", "applicant_application", "applicant_session", "applicant_request", "sign_in_failure", "journal_entry"} {
			rows, err := tx.Query(r.Context(), `SELECT * FROM `+table)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				values := make([]any, len(columns))
				for i := range values {
					values[i] = new(any)
				}
				if err := rows.Scan(values...); err != nil {
					return err
				}
				for _, v := range values {
					if raw, ok := (*v.(*any)).([]byte); ok {
						b.Write(raw)
					} else {
						fmt.Fprint(&b, *v.(*any))
					}
					b.WriteByte(' ')
				}
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	return b.String()
}
