package applicant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/password"
)

// Lengths of what stands on paper: about 40 bits for a card, 50 for a slip,
// behind pauses.
const (
	cardLength = 8
	slipLength = 10
)

// Drawn is a password that stands on a card or a slip. It is given once, to be
// printed, and is kept nowhere.
type Drawn struct {
	Password string
	verifier string
}

// DrawCard draws the password of a sign-in card, DrawSlip that of a slip. Each
// costs a verifier.
func (d *Desk) DrawCard(ctx context.Context) (Drawn, error) { return d.draw(ctx, cardLength) }

// DrawSlip draws the password of a one-time slip.
func (d *Desk) DrawSlip(ctx context.Context) (Drawn, error) { return d.draw(ctx, slipLength) }

func (d *Desk) draw(ctx context.Context, n int) (out Drawn, err error) {
	out.Password = password.Draw(n)
	out.verifier, err = d.o.Hasher.Hash(ctx, password.Bare(out.Password))
	return out, err
}

// Whose says for whom something is made: the account that bears an application,
// which is made if there is none yet.
type Whose struct {
	Campaign    string
	Application string
}

// Card gives whom an application is of the sequence number to sign in with, and
// the password of her card until it ends. What she signed in with before opens
// nothing any more, her second password is gone, her sessions end: a lost card
// is made anew. ErrBound when another account has the sequence number.
func (d *Desk) Card(ctx context.Context, tx *db.Tx, w Whose, sequence string, p Drawn, until time.Time) (Account, error) {
	if plain(sequence) == "" || p.verifier == "" {
		return Account{}, errors.New("applicant: a card without number or password")
	}
	c, err := d.bearer(ctx, tx, w)
	if err != nil {
		return Account{}, err
	}
	value := cardValue(w.Campaign, sequence)
	free, err := d.take(ctx, tx, c.ID, byCard, value)
	if err != nil {
		return Account{}, err
	}
	if !free {
		if has, err := d.find(ctx, tx, byCard, value); err != nil {
			return Account{}, err
		} else if has.ID != c.ID {
			return Account{}, ErrBound
		}
	}
	return c.Account, d.putDrawn(ctx, tx, c.ID, p, until, 0)
}

// Slip gives whom an application is of a password that is good once, until it
// ends: she can come in with it and then sets her own. What she signed in with
// before opens nothing any more. Number is that of the slip; Account.Login is
// what she signs in with, drawn if she had no user name.
func (d *Desk) Slip(ctx context.Context, tx *db.Tx, w Whose, p Drawn, until time.Time) (a Account, number int64, err error) {
	if p.verifier == "" {
		return Account{}, 0, errors.New("applicant: a slip without password")
	}
	c, err := d.bearer(ctx, tx, w)
	if err != nil {
		return Account{}, 0, err
	}
	if c.Login == "" {
		if err := d.nameIt(ctx, tx, &c); err != nil {
			return Account{}, 0, err
		}
	}
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(slip), 0) + 1 FROM applicant`).Scan(&number); err != nil {
		return Account{}, 0, fmt.Errorf("applicant: slip: %w", err)
	}
	return c.Account, number, d.putDrawn(ctx, tx, c.ID, p, until, number)
}

// givenStem begins the user names that the hub gives whole.
const givenStem = "ks"

// nameIt gives an account without a user name one: a number of a telephone is
// not printed on paper, and a card's number may not be at hand.
func (d *Desk) nameIt(ctx context.Context, tx *db.Tx, c *claimed) (err error) {
	if c.Login, err = d.name(ctx, tx, givenStem+digits(2)); err != nil {
		return err
	}
	if _, err := d.take(ctx, tx, c.ID, byName, c.Login); err != nil {
		return err
	}
	sealed, err := d.seal(c.ID, profile{Login: c.Login, Phone: c.Phone.Reveal()})
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE applicant SET profile = $1 WHERE id = $2`, sealed, c.ID); err != nil {
		return fmt.Errorf("applicant: name: %w", err)
	}
	return nil
}

// bearer is the account that bears an application, made if there is none.
func (d *Desk) bearer(ctx context.Context, tx *db.Tx, w Whose) (claimed, error) {
	id, err := AccountOf(ctx, tx, w.Application)
	if err != nil {
		return claimed{}, err
	}
	if id == "" {
		a, err := d.add(ctx, tx, Account{ID: newID(), MustChange: true}, "")
		if err != nil {
			return claimed{}, err
		}
		if err := Bind(ctx, tx, a.ID, w.Campaign, w.Application); err != nil {
			return claimed{}, err
		}
		id = a.ID
	}
	return d.byID(ctx, tx, id)
}

// putDrawn puts a drawn password in force.
func (d *Desk) putDrawn(ctx context.Context, tx *db.Tx, id string, p Drawn, until time.Time, slip int64) error {
	_, err := tx.Exec(ctx, `UPDATE applicant SET verifier = $1, second = '', must_change = $2, password_at = $3, password_until = $4, slip = $5 WHERE id = $6`,
		p.verifier, true, d.o.Real().UnixMilli(), until.UnixMilli(), slip, id)
	if err != nil {
		return fmt.Errorf("applicant: password: %w", err)
	}
	return endSessions(ctx, tx, id, "")
}

// Carded reports whether the person of an application has been given a sign-in
// card.
func Carded(ctx context.Context, tx *db.Tx, application string) (bool, error) {
	var is bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM applicant_application b JOIN applicant_login l ON l.account = b.account
		WHERE b.application = $1 AND l.kind = $2)`, application, byCard).Scan(&is)
	if err != nil {
		return false, fmt.Errorf("applicant: card: %w", err)
	}
	return is, nil
}
