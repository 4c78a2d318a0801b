package applicant

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/password"
	"zhunkao/protocol/identity"
)

// SignUp is what somebody gives who wants an account with a user name.
type SignUp struct {
	Name     string // what she chooses of it; the hub adds digits
	Password string
	Shared   bool // others use the computer too
}

// SignUp makes an account with a user name, and signs her in; Account.Login is
// the name with its digits. ErrName, password.Error.
func (d *Desk) SignUp(ctx context.Context, u SignUp, source string) (token string, s Session, err error) {
	name, err := stem(u.Name)
	if err != nil {
		return "", Session{}, err
	}
	verifier, err := d.verifier(ctx, u.Password, name)
	if err != nil {
		return "", Session{}, err
	}
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		a := Account{ID: newID()}
		if a.Login, err = d.name(ctx, tx, name); err != nil {
			return err
		}
		if a, err = d.add(ctx, tx, a, verifier); err != nil {
			return err
		}
		token, s, err = d.welcome(ctx, tx, a, source, u.Shared)
		return err
	})
	return token, s, err
}

// welcome journals a new account and opens its first session.
func (d *Desk) welcome(ctx context.Context, tx *db.Tx, a Account, source string, shared bool) (string, Session, error) {
	if err := d.journal(ctx, tx, journal.ApplicantSignedUp, self(a.ID), a.ID, source, nil); err != nil {
		return "", Session{}, err
	}
	return d.begin(ctx, tx, a, beginning{source: source, shared: shared})
}

// verifier looks at a password by the rules and makes its verifier. about are
// words that may not be all of it.
func (d *Desk) verifier(ctx context.Context, pw, about string) (string, error) {
	if err := password.Check(pw, about); err != nil {
		return "", err
	}
	return d.o.Hasher.Hash(ctx, pw)
}

// add writes a new account and what it is found by. ErrKnown when somebody has
// that already.
func (d *Desk) add(ctx context.Context, tx *db.Tx, a Account, verifier string) (Account, error) {
	a.Created, a.PasswordAt = d.o.Now().UnixMilli(), d.o.Real().UnixMilli()
	sealed, err := d.seal(a.ID, profile{Login: a.Login, Phone: a.Phone.Reveal()})
	if err != nil {
		return Account{}, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO applicant (id, profile, verifier, second, must_change, password_at, password_until, slip, created_at)
		VALUES ($1, $2, $3, '', $4, $5, 0, 0, $6)`, a.ID, sealed, verifier, a.MustChange, a.PasswordAt, a.Created)
	if err != nil {
		return Account{}, fmt.Errorf("applicant: add: %w", err)
	}
	for _, l := range []struct{ kind, value string }{{byName, a.Login}, {byPhone, a.Phone.Reveal()}} {
		if l.value == "" {
			continue
		}
		free, err := d.take(ctx, tx, a.ID, l.kind, l.value)
		if err != nil {
			return Account{}, err
		}
		if !free {
			return Account{}, ErrKnown
		}
	}
	return a, nil
}

// PhoneSignUp is what somebody gives who wants to sign in with her telephone
// number.
type PhoneSignUp struct {
	Phone    string
	Password string
	Shared   bool
}

// BeginSignUp sends a code to the number, whether or not it has an account, and
// gives what FinishSignUp asks for. ErrPhone, password.Error, ErrSlow.
func (d *Desk) BeginSignUp(ctx context.Context, u PhoneSignUp, source string) (handle string, err error) {
	phone, err := mobile(u.Phone)
	if err != nil {
		return "", err
	}
	verifier, err := d.verifier(ctx, u.Password, phone.Reveal())
	if err != nil {
		return "", err
	}
	r := request{kind: forSignUp, phone: phone, verifier: verifier, shared: u.Shared}
	return d.ask(ctx, r, source, func(*db.Tx, *request) (bool, error) { return true, nil })
}

// FinishSignUp makes the account and signs her in, by the code. ErrCode, ErrOver;
// ErrKnown: the number, which is hers, has an account.
func (d *Desk) FinishSignUp(ctx context.Context, handle, code, source string) (token string, s Session, err error) {
	err = d.typed(ctx, forSignUp, handle, code, func(tx *db.Tx, r request) error {
		if known, err := d.find(ctx, tx, byPhone, r.phone.Reveal()); err != nil {
			return err
		} else if known.ID != "" {
			return ErrKnown
		}
		a, err := d.add(ctx, tx, Account{ID: newID(), Phone: r.phone}, r.verifier)
		if err != nil {
			return err
		}
		token, s, err = d.welcome(ctx, tx, a, source, r.shared)
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	return token, s, nil
}

// NewAccount is one that somebody makes for others: the demonstration, a test,
// a benchmark. Verifier is of package password.
type NewAccount struct {
	Login       string // taken as it is
	Phone       identity.Phone
	Verifier    string
	Campaign    string // of Application
	Application string // "" for none
	Second      string // verifier of the second password; "" for none
}

// Add makes such an account, without a word in the journal. ErrKnown, ErrBound.
func (d *Desk) Add(ctx context.Context, tx *db.Tx, n NewAccount) (Account, error) {
	kind, value := typedLogin("", n.Login)
	if n.Login != "" && (kind != byName || value != n.Login) {
		return Account{}, ErrName
	}
	if n.Login == "" && n.Phone == "" {
		return Account{}, errors.New("applicant: an account without a login")
	}
	a, err := d.add(ctx, tx, Account{ID: newID(), Login: n.Login, Phone: n.Phone}, n.Verifier)
	if err != nil {
		return Account{}, err
	}
	if n.Second != "" {
		if _, err := tx.Exec(ctx, `UPDATE applicant SET second = $1 WHERE id = $2`, n.Second, a.ID); err != nil {
			return Account{}, fmt.Errorf("applicant: add: %w", err)
		}
		a.SecondSet = true
	}
	if n.Application == "" {
		return a, nil
	}
	a.Application = n.Application
	return a, Bind(ctx, tx, a.ID, n.Campaign, n.Application)
}
