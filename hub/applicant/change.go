package applicant

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/hub/attempt"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/password"
)

// Own gives her passwords of her own in place of that of a card or a slip:
// second is "" where the campaign asks for none. It ends her other sessions and
// gives this one a fresh token. password.Error.
func (d *Desk) Own(ctx context.Context, s Session, pw, second string) (token string, fresh Session, err error) {
	verifier, err := d.fresh(ctx, s, pw)
	if err != nil {
		return "", Session{}, err
	}
	var secondVerifier string
	if second != "" {
		if secondVerifier, err = d.secondVerifier(ctx, s, second, pw); err != nil {
			return "", Session{}, err
		}
	}
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := d.setPassword(ctx, tx, s.Account.ID, verifier); err != nil {
			return err
		}
		if err := d.changed(ctx, tx, s, "password"); err != nil {
			return err
		}
		if second != "" {
			if err := d.setSecond(ctx, tx, s, secondVerifier); err != nil {
				return err
			}
		}
		token, fresh, err = d.renew(ctx, tx, s)
		return err
	})
	return token, fresh, err
}

// ChangePassword gives her another password, by the one she has. It ends her
// other sessions. ErrRefused, ErrSlow, password.Error.
func (d *Desk) ChangePassword(ctx context.Context, s Session, old, pw string) (token string, fresh Session, err error) {
	if err := d.again(ctx, s, old); err != nil {
		return "", Session{}, err
	}
	return d.Own(ctx, s, pw, "")
}

// fresh makes the verifier of a password she chose: by the rules, and not the
// one she has.
func (d *Desk) fresh(ctx context.Context, s Session, pw string) (string, error) {
	about := s.Account.Login
	if about == "" {
		about = s.Account.Phone.Reveal()
	}
	if err := password.Check(pw, about); err != nil {
		return "", err
	}
	var c claimed
	if err := d.o.DB.Ask(ctx, func(tx *db.Tx) (err error) { c, err = d.byID(ctx, tx, s.Account.ID); return err }); err != nil {
		return "", err
	}
	same, err := d.o.Hasher.Verify(ctx, c.typed(pw), c.verifier)
	if err != nil {
		return "", err
	}
	if same {
		return "", password.Error{Code: password.Same}
	}
	return d.o.Hasher.Hash(ctx, pw)
}

// secondVerifier looks at a second password: by the rules, and not the first,
// which is what is given here or what is in force.
func (d *Desk) secondVerifier(ctx context.Context, s Session, second, first string) (string, error) {
	if err := password.Check(second, s.Account.Login); err != nil {
		return "", err
	}
	same := second == first
	if first == "" {
		var c claimed
		if err := d.o.DB.Ask(ctx, func(tx *db.Tx) (err error) { c, err = d.byID(ctx, tx, s.Account.ID); return err }); err != nil {
			return "", err
		}
		var err error
		if same, err = d.o.Hasher.Verify(ctx, c.typed(second), c.verifier); err != nil {
			return "", err
		}
	}
	if same {
		return "", password.Error{Code: password.Same}
	}
	return d.o.Hasher.Hash(ctx, second)
}

func (d *Desk) setSecond(ctx context.Context, tx *db.Tx, s Session, verifier string) error {
	if _, err := tx.Exec(ctx, `UPDATE applicant SET second = $1 WHERE id = $2`, verifier, s.Account.ID); err != nil {
		return fmt.Errorf("applicant: second password: %w", err)
	}
	return d.changed(ctx, tx, s, "second")
}

func (d *Desk) changed(ctx context.Context, tx *db.Tx, s Session, what string) error {
	return d.journal(ctx, tx, journal.ApplicantChanged, self(s.Account.ID), s.Account.ID, s.Source, map[string]string{"what": what})
}

// renew ends all sessions of an account and opens one like s.
func (d *Desk) renew(ctx context.Context, tx *db.Tx, s Session) (string, Session, error) {
	if err := endSessions(ctx, tx, s.Account.ID, ""); err != nil {
		return "", Session{}, err
	}
	c, err := d.byID(ctx, tx, s.Account.ID)
	if err != nil {
		return "", Session{}, err
	}
	return d.begin(ctx, tx, c.Account, beginning{source: s.Source, shared: s.Shared, card: s.Card})
}

// Again asks whoever sits at an open session for the password, before something
// that cannot be undone. ErrRefused, ErrSlow.
func (d *Desk) Again(ctx context.Context, s Session, pw string) error { return d.again(ctx, s, pw) }

// again asks whoever sits at an open session for the password: somebody may have
// left it open. Guessing there is slowed as at the door.
func (d *Desk) again(ctx context.Context, s Session, pw string) error {
	good, err := d.guess(ctx, s, "again", func(c claimed) (string, string) { return c.typed(pw), c.verifier })
	if err == nil && !good {
		return ErrRefused
	}
	return err
}

// SecondPassword asks for the second password before something is saved.
// ErrSecond, ErrSlow; ErrSecond too when she has set none.
func (d *Desk) SecondPassword(ctx context.Context, account, second string) error {
	good, err := d.guess(ctx, Session{Account: Account{ID: account}}, "second", func(c claimed) (string, string) {
		return second[:min(len(second), password.MaxLength+1)], c.second
	})
	if err == nil && !good {
		return ErrSecond
	}
	return err
}

// guess looks at a password of an account that is signed in, counted by itself.
func (d *Desk) guess(ctx context.Context, s Session, what string, of func(claimed) (typed, verifier string)) (bool, error) {
	try := attempt.Try{Name: what + "/" + s.Account.ID, Source: what + " " + s.Account.ID}
	var c claimed
	wait, err := d.counted(ctx, try, func(tx *db.Tx) (err error) {
		c, err = d.byID(ctx, tx, s.Account.ID)
		return err
	})
	if err != nil {
		return false, err
	}
	if wait > 0 {
		return false, SlowError{wait}
	}
	typed, verifier := of(c)
	good, err := d.o.Hasher.Verify(ctx, typed, verifier)
	if err != nil {
		return false, err
	}
	if !good {
		return false, d.o.DB.Write(ctx, func(tx *db.Tx) error { return d.journalRefusal(ctx, tx, c.ID, try, "refused") })
	}
	return true, d.o.DB.Write(ctx, func(tx *db.Tx) error { return d.c.Succeeded(ctx, tx, try) })
}

// ChangeSecond sets the second password: the first time by the password, from
// then on by the second that she has, because whoever has learnt the first must
// not get at it. Who has forgotten it is given a slip. It must differ from the
// first. ErrRefused, ErrSlow, password.Error.
func (d *Desk) ChangeSecond(ctx context.Context, s Session, old, second string) error {
	var err error
	first := ""
	if s.Account.SecondSet {
		if err = d.SecondPassword(ctx, s.Account.ID, old); errors.Is(err, ErrSecond) {
			err = ErrRefused
		}
	} else {
		first = old
		err = d.again(ctx, s, old)
	}
	if err != nil {
		return err
	}
	verifier, err := d.secondVerifier(ctx, s, second, first)
	if err != nil {
		return err
	}
	return d.o.DB.Write(ctx, func(tx *db.Tx) error { return d.setSecond(ctx, tx, s, verifier) })
}

// BeginPhone sends a code to a number that is to become hers, by her password.
// ErrRefused, ErrSlow, ErrPhone.
func (d *Desk) BeginPhone(ctx context.Context, s Session, pw, phone, source string) (handle string, err error) {
	number, err := mobile(phone)
	if err != nil {
		return "", err
	}
	if err := d.again(ctx, s, pw); err != nil {
		return "", err
	}
	r := request{kind: forPhone, account: s.Account.ID, phone: number}
	return d.ask(ctx, r, source, func(*db.Tx, *request) (bool, error) { return true, nil })
}

// FinishPhone gives her the number, by the code; the one she had before opens
// nothing any more. ErrCode, ErrOver; ErrKnown: the number, which is hers, is of
// another account.
func (d *Desk) FinishPhone(ctx context.Context, s Session, handle, code string) error {
	return d.typed(ctx, forPhone, handle, code, func(tx *db.Tx, r request) error {
		if r.account != s.Account.ID {
			return ErrOver
		}
		c, err := d.byID(ctx, tx, r.account)
		if err != nil {
			return err
		}
		if known, err := d.find(ctx, tx, byPhone, r.phone.Reveal()); err != nil {
			return err
		} else if known.ID != "" && known.ID != c.ID {
			return ErrKnown
		}
		// Told while the number she had is still hers: it may not be she who asked.
		if err := d.changed(ctx, tx, s, "phone"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM applicant_login WHERE account = $1 AND kind = $2`, c.ID, byPhone); err != nil {
			return fmt.Errorf("applicant: phone: %w", err)
		}
		if _, err := d.take(ctx, tx, c.ID, byPhone, r.phone.Reveal()); err != nil {
			return err
		}
		sealed, err := d.seal(c.ID, profile{Login: c.Login, Phone: r.phone.Reveal()})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE applicant SET profile = $1 WHERE id = $2`, sealed, c.ID); err != nil {
			return fmt.Errorf("applicant: phone: %w", err)
		}
		return nil
	})
}
