package applicant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/attempt"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/password"
)

// Attempt is one try to sign in.
type Attempt struct {
	Campaign string // of a sign-in card; "" for an account
	Login    string // user name or telephone number, or the card's sequence number
	Password string
	Source   string // network address of the caller, without a port
	Desk     string // what the browser kept from an earlier sign-in; "" is nothing
	Shared   bool   // she says that others use this computer too
}

// SignIn is Enter for a caller that keeps nothing between sign-ins.
func (d *Desk) SignIn(ctx context.Context, login, pw, source string) (token string, s Session, err error) {
	return d.Enter(ctx, Attempt{Login: login, Password: pw, Source: source})
}

// try is an attempt as it is counted: by what it is looked up by.
func (t Attempt) try(kind, value string) attempt.Try {
	name := ""
	if kind != "" {
		name = kind + "/" + value
	}
	return attempt.Try{Name: name, Source: t.Source, Desk: t.Desk}
}

// Enter opens a session, and returns the token for the cookie. A session of an
// account that MustChange may do nothing but Own. ErrRefused, ErrSlow. Every
// outcome is in the journal.
func (d *Desk) Enter(ctx context.Context, t Attempt) (token string, s Session, err error) {
	kind, value := typedLogin(t.Campaign, t.Login)
	try := t.try(kind, value)
	var c claimed
	wait, err := d.counted(ctx, try, func(tx *db.Tx) (err error) {
		c, err = d.find(ctx, tx, kind, value)
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	if wait > 0 {
		return "", Session{}, SlowError{wait}
	}
	// Also for nobody and for a password that has ended: it must take as long,
	// whatever was wrong.
	good, err := d.o.Hasher.Verify(ctx, c.typed(t.Password), c.verifier)
	if err != nil {
		return "", Session{}, err
	}
	if !good || c.ID == "" || len(t.Password) > password.MaxLength || c.over(d.o.Real().UnixMilli()) {
		return "", Session{}, d.refuse(ctx, c.ID, try)
	}
	return d.open(ctx, c, t, try)
}

// counted notes an attempt as failed until it has succeeded, else many at once
// would all be looked at before the first is counted, and reads what it needs
// in the same transaction. A wait is journalled, but not each of a flood.
func (d *Desk) counted(ctx context.Context, try attempt.Try, read func(*db.Tx) error) (wait time.Duration, err error) {
	err = d.write(ctx, try.Source, func(tx *db.Tx) (err error) {
		if wait, err = d.c.Count(ctx, tx, try); err != nil {
			return err
		}
		if wait == 0 {
			return read(tx)
		}
		told, err := d.c.Tell(ctx, tx, try.Source)
		if err != nil || !told {
			return err
		}
		return d.journalRefusal(ctx, tx, "", try, "slow")
	})
	return wait, err
}

// write is a transaction that counts an attempt from an address.
func (d *Desk) write(ctx context.Context, source string, f func(*db.Tx) error) error {
	if d.o.DB.Kind() == db.SQLite { // it has one writer anyway, and those who wait share a commit
		return d.o.DB.Write(ctx, f)
	}
	return d.lanes.in(ctx, source, func() error { return d.o.DB.Write(ctx, f) })
}

// typed is the password as it is compared. What stands on a card or a slip is
// typed from paper: small letters and hyphens left out are no reason to refuse.
func (c claimed) typed(pw string) string {
	pw = pw[:min(len(pw), password.MaxLength+1)]
	if c.until != 0 {
		return password.Bare(pw)
	}
	return pw
}

// over reports whether a card's or slip's password has ended.
func (c claimed) over(now int64) bool { return c.until != 0 && now >= c.until }

// find gives whom a login belongs to, the zero value for nobody.
func (d *Desk) find(ctx context.Context, tx *db.Tx, kind, value string) (claimed, error) {
	c, err := d.scan(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM applicant_login l JOIN applicant a ON a.id = l.account WHERE l.subject = $1`,
		d.subject(kind, value)).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return claimed{}, nil
	}
	return c, err
}

// refuse journals a refusal. What was typed stands there as a keyed hash: it may
// be a password typed into the wrong field.
func (d *Desk) refuse(ctx context.Context, id string, try attempt.Try) error {
	if err := d.o.DB.Write(ctx, func(tx *db.Tx) error { return d.journalRefusal(ctx, tx, id, try, "refused") }); err != nil {
		return err
	}
	return ErrRefused
}

func (d *Desk) journalRefusal(ctx context.Context, tx *db.Tx, id string, try attempt.Try, result string) error {
	return d.o.Write(ctx, tx, journal.Entry{At: d.o.Now(), Author: journal.Author{Kind: journal.ByUnknown}, Source: try.Source,
		Act: journal.ApplicantRefused, Subject: journal.Subject{Kind: journal.OfAccount, ID: id}, Result: result,
		Detail: map[string]string{"login": fmt.Sprintf("%x", d.o.Keys.SignInKey("ks/typed/" + try.Name)[:8])}})
}

// open begins a session with a token of its own: none is taken over from before.
func (d *Desk) open(ctx context.Context, c claimed, t Attempt, try attempt.Try) (token string, s Session, err error) {
	err = d.write(ctx, try.Source, func(tx *db.Tx) error {
		again, err := d.byID(ctx, tx, c.ID)
		if errors.Is(err, ErrNotFound) || err == nil && again.verifier != c.verifier {
			return ErrRefused // changed while the password was looked at
		}
		if err != nil {
			return err
		}
		if err := d.c.Succeeded(ctx, tx, try); err != nil {
			return err
		}
		token, s, err = d.begin(ctx, tx, again.Account, beginning{source: t.Source, shared: t.Shared, card: t.Campaign != ""})
		if err != nil {
			return err
		}
		detail := map[string]string{}
		if t.Campaign != "" {
			detail["card"] = "yes"
		}
		return d.journal(ctx, tx, journal.ApplicantSignedIn, self(c.ID), c.ID, t.Source, detail)
	})
	if errors.Is(err, ErrRefused) {
		return "", Session{}, d.refuse(ctx, c.ID, try)
	}
	if err != nil {
		return "", Session{}, err
	}
	return token, s, nil
}
