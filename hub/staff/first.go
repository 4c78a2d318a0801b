package staff

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/password"
)

// firstLength is of a first password, which stands on a slip of paper (paper
// 16): about 50 bits, for some days, behind pauses.
const firstLength = 10

func (d *Desk) putSecret(ctx context.Context, tx *db.Tx, account, secret string, confirmed bool) error {
	sealed, err := d.o.Keys.Seal(sealedSecret, account, []byte(secret))
	if err != nil {
		return fmt.Errorf("staff: authenticator: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO authenticator (account, secret, last_step, confirmed, enrolled_at) VALUES ($1, $2, 0, $3, $4)
		ON CONFLICT (account) DO UPDATE SET secret = excluded.secret, last_step = 0, confirmed = excluded.confirmed, enrolled_at = excluded.enrolled_at`,
		account, sealed, confirmed, d.o.Real().UnixMilli())
	if err != nil {
		return fmt.Errorf("staff: authenticator: %w", err)
	}
	return nil
}

// Propose gives the secret that an account without authenticator is to enrol.
// It is the same until she has, so that a page loaded again shows what her
// telephone holds already. ErrEnrolled.
func (d *Desk) Propose(ctx context.Context, account string) (secret string, err error) {
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		var sealed []byte
		var confirmed bool
		err := tx.QueryRow(ctx, `SELECT secret, confirmed FROM authenticator WHERE account = $1`, account).Scan(&sealed, &confirmed)
		switch {
		case errors.Is(err, db.ErrNoRows):
			secret = NewSecret()
			return d.putSecret(ctx, tx, account, secret, false)
		case err != nil:
			return fmt.Errorf("staff: authenticator: %w", err)
		case confirmed:
			return ErrEnrolled
		}
		plain, err := d.o.Keys.Unseal(sealedSecret, account, sealed)
		if err != nil {
			return fmt.Errorf("staff: authenticator: %w", err)
		}
		secret = string(plain)
		return nil
	})
	return secret, err
}

// Own is what an Unready account settles: a password of her own if she must
// change it, a code that confirms the proposed secret if she has no
// authenticator.
type Own struct{ Password, Code string }

// Settle takes it, ends all sessions of the account and opens a new one in
// place of s. PasswordError, ErrCode, ErrNoSession.
func (d *Desk) Settle(ctx context.Context, s Session, o Own) (token string, fresh Session, err error) {
	a := s.Account
	var verifier string
	if a.MustChange {
		if verifier, err = d.own(ctx, a, o.Password); err != nil {
			return "", Session{}, err
		}
	}
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := find(ctx, tx, a.Name)
		if err != nil {
			return err
		}
		if c.ID != a.ID || c.Disabled || c.Enrolled != a.Enrolled {
			return ErrNoSession // changed meanwhile
		}
		if !a.Enrolled {
			if err := d.enrol(ctx, tx, c, o.Code); err != nil {
				return err
			}
		}
		if a.MustChange {
			if err := d.storePassword(ctx, tx, a, verifier); err != nil {
				return err
			}
		}
		a.MustChange, a.Enrolled = false, true
		token, fresh, err = d.renew(ctx, tx, a.ID, s.Source)
		return err
	})
	return token, fresh, err
}

// own makes the verifier of a password she chose: by the rules, and not the one
// she has.
func (d *Desk) own(ctx context.Context, a Account, pw string) (string, error) {
	if err := d.policy.Check(pw, a.Name); err != nil {
		return "", err
	}
	var c claimed
	if err := d.o.DB.Read(ctx, func(tx *db.Tx) (err error) { c, err = find(ctx, tx, a.Name); return err }); err != nil {
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

func (d *Desk) storePassword(ctx context.Context, tx *db.Tx, a Account, verifier string) error {
	_, err := tx.Exec(ctx, `UPDATE account SET verifier = $1, must_change = $2, password_at = $3, password_until = 0 WHERE id = $4`,
		verifier, false, d.o.Real().UnixMilli(), a.ID)
	if err != nil {
		return fmt.Errorf("staff: password: %w", err)
	}
	return d.journal(ctx, tx, journal.StaffChanged, bySelf(a), a, "", map[string]string{"what": "password"})
}

func (d *Desk) enrol(ctx context.Context, tx *db.Tx, c claimed, code string) error {
	secret, err := d.o.Keys.Unseal(sealedSecret, c.ID, c.secret)
	if err != nil {
		return ErrCode // nothing was proposed
	}
	key, ok := parseSecret(string(secret))
	if !ok {
		return ErrCode
	}
	step, ok := acceptedStep(key, code, d.o.Real(), c.lastStep)
	if !ok {
		return ErrCode
	}
	_, err = tx.Exec(ctx, `UPDATE authenticator SET confirmed = $1, last_step = $2, enrolled_at = $3 WHERE account = $4`,
		true, step, d.o.Real().UnixMilli(), c.ID)
	if err != nil {
		return fmt.Errorf("staff: authenticator: %w", err)
	}
	return d.journal(ctx, tx, journal.StaffEnrolled, bySelf(c.Account), c.Account, "", nil)
}

// renew ends every session of an account and begins a new one.
func (d *Desk) renew(ctx context.Context, tx *db.Tx, id, source string) (string, Session, error) {
	if err := endSessions(ctx, tx, id); err != nil {
		return "", Session{}, err
	}
	a, err := Get(ctx, tx, id)
	if err != nil {
		return "", Session{}, err
	}
	return d.begin(ctx, tx, a, source)
}

func bySelf(a Account) journal.Author { return journal.Author{Kind: journal.ByStaff, ID: a.ID} }

// ChangePassword gives her another password, by the one she has. It ends her
// other sessions. ErrRefused, ErrSlow, PasswordError.
func (d *Desk) ChangePassword(ctx context.Context, s Session, old, password string) (token string, fresh Session, err error) {
	if err := d.again(ctx, s, old); err != nil {
		return "", Session{}, err
	}
	verifier, err := d.own(ctx, s.Account, password)
	if err != nil {
		return "", Session{}, err
	}
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := d.storePassword(ctx, tx, s.Account, verifier); err != nil {
			return err
		}
		token, fresh, err = d.renew(ctx, tx, s.Account.ID, s.Source)
		return err
	})
	return token, fresh, err
}

// DropAuthenticator takes her authenticator off, by password and a code of it,
// so that she enrols another: she is Unready then. ErrRefused, ErrSlow.
func (d *Desk) DropAuthenticator(ctx context.Context, s Session, password, code string) (token string, fresh Session, err error) {
	if err := d.again(ctx, s, password); err != nil {
		return "", Session{}, err
	}
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := find(ctx, tx, s.Account.Name)
		if err != nil {
			return err
		}
		if step, ok := d.codeOf(c, code); !ok {
			return ErrRefused
		} else if err := useStep(ctx, tx, c, step); err != nil {
			return err
		}
		if err := dropSecret(ctx, tx, c.ID, d.o.Now().UnixMilli()); err != nil {
			return err
		}
		if err := d.journal(ctx, tx, journal.StaffChanged, bySelf(s.Account), s.Account, "", map[string]string{"what": "authenticator"}); err != nil {
			return err
		}
		token, fresh, err = d.renew(ctx, tx, c.ID, s.Source)
		return err
	})
	return token, fresh, err
}

// dropSecret takes an authenticator off, and the card that stands in its stead
// at a desk. at is ms by the hub's clock.
func dropSecret(ctx context.Context, tx *db.Tx, id string, at int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM authenticator WHERE account = $1`, id); err != nil {
		return fmt.Errorf("staff: authenticator: %w", err)
	}
	return dropCard(ctx, tx, id, at)
}

// again asks whoever sits at an open session for her password: somebody may
// have left it open. Guessing there is slowed as at the door.
func (d *Desk) again(ctx context.Context, s Session, password string) error {
	t := Attempt{Name: s.Account.Name, Source: "again " + s.Account.ID}
	var c claimed
	var wait time.Duration
	err := d.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if wait, err = d.count(ctx, tx, t); err != nil || wait > 0 {
			return err
		}
		c, err = find(ctx, tx, t.Name)
		return err
	})
	if err != nil {
		return err
	}
	if wait > 0 {
		return SlowError{wait}
	}
	good, err := d.o.Hasher.Verify(ctx, c.typed(password), c.verifier)
	if err != nil {
		return err
	}
	if !good || c.ID != s.Account.ID {
		return d.refuse(ctx, s.Account, t.Name, s.Source)
	}
	return d.o.DB.Write(ctx, func(tx *db.Tx) error { return d.succeeded(ctx, tx, t) })
}

// ShownCode is the code that an account of the demonstration may use next: of
// now, or of the step after when that was used. ErrNotFound in a database that
// the demonstration did not make.
func (d *Desk) ShownCode(ctx context.Context, name string) (string, error) {
	if !d.o.DB.Demo() {
		return "", ErrNotFound
	}
	var c claimed
	if err := d.o.DB.Read(ctx, func(tx *db.Tx) (err error) { c, err = find(ctx, tx, name); return err }); err != nil {
		return "", err
	}
	if !c.Enrolled {
		return "", nil
	}
	secret, err := d.o.Keys.Unseal(sealedSecret, c.ID, c.secret)
	if err != nil {
		return "", fmt.Errorf("staff: authenticator: %w", err)
	}
	key, _ := parseSecret(string(secret))
	step := stepOf(d.o.Real())
	if c.lastStep == step {
		step++
	}
	return codeAt(key, step), nil
}
