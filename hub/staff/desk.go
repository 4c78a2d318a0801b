package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

var (
	// ErrRefused says that name and password do not go together, and nothing more.
	ErrRefused = errors.New("staff: sign-in refused")
	// ErrSlow says that there were too many attempts; SlowError holds how long to wait.
	ErrSlow = errors.New("staff: too many attempts")
	// ErrNoSession says that there is no such session: it ended, or never was.
	ErrNoSession = errors.New("staff: no session")
	// ErrNotFound says that there is no such account.
	ErrNotFound = errors.New("staff: no such account")
	// ErrTaken says that the sign-in name is in use.
	ErrTaken = errors.New("staff: name is taken")
	// ErrAccount says that an account lacks its name, role or office, or that
	// the role does not fit the office or the point.
	ErrAccount = errors.New("staff: account is not complete")
)

// SlowError is ErrSlow with how long to wait.
type SlowError struct{ Wait time.Duration }

// Error tells how long to wait.
func (e SlowError) Error() string { return ErrSlow.Error() + "; wait " + e.Wait.String() }

// Is makes errors.Is(err, ErrSlow) true.
func (e SlowError) Is(target error) bool { return target == ErrSlow }

// Session is an open session.
type Session struct {
	Account Account
	CSRF    string // token that every changing request repeats
	Source  string
	Began   time.Time // real time
	Seen    time.Time // real time, to the minute
}

// Limits of a session (S6).
const (
	IdleLimit     = 30 * time.Minute
	AbsoluteLimit = 12 * time.Hour
)

// seenEvery bounds how often the use of a session is written down.
const seenEvery = time.Minute

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	SignInKey(subject string) []byte
}

// Options of New.
type Options struct {
	DB   *db.DB
	Keys Keys
	Now  func() time.Time // the hub's civil clock, for the journal; nil is time.Now
	Real func() time.Time // real time, for sessions and pauses; nil is time.Now
}

// Desk takes sign-ins and knows the sessions. It is safe for concurrent use.
type Desk struct {
	o      Options
	hasher hasher
}

// New makes a desk.
func New(o Options) *Desk { return newDesk(o, fullCost) }

func newDesk(o Options, c cost) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Real == nil {
		o.Real = time.Now
	}
	return &Desk{o: o, hasher: newHasher(c)}
}

// claimed is whom a name belongs to: the zero value is nobody.
type claimed struct {
	Account
	verifier string
}

// SignIn checks name and password and opens a session; source is the network
// address of the caller, without a port. It returns the token for the cookie.
// ErrRefused, ErrSlow. Every outcome is in the journal.
func (d *Desk) SignIn(ctx context.Context, name, password, source string) (token string, s Session, err error) {
	if name = normalName(name); !validName(name) {
		name = "" // nobody's, whatever bytes it has
	}
	var c claimed
	var wait time.Duration
	err = d.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		// The attempt counts as failed until it has succeeded: else many at once
		// would all be looked at before the first is counted.
		if wait, err = d.count(ctx, tx, name, source); err != nil {
			return err
		}
		if wait > 0 {
			return d.journalSlow(ctx, tx, name, source)
		}
		c, err = find(ctx, tx, name)
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	if wait > 0 {
		return "", Session{}, SlowError{wait}
	}
	// Also for nobody and for the disabled: it must take as long.
	good, err := d.hasher.verify(ctx, password[:min(len(password), maxPassword+1)], c.verifier)
	if err != nil {
		return "", Session{}, err
	}
	if !good || c.Disabled || len(password) > maxPassword {
		return "", Session{}, d.refuse(ctx, c.Account, name, source)
	}
	return d.open(ctx, c, name, source)
}

func find(ctx context.Context, tx *db.Tx, name string) (claimed, error) {
	var verifier string
	a, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+`, a.verifier FROM account a
		JOIN office o ON o.id = a.office WHERE a.name = $1`, name).Scan, &verifier)
	if errors.Is(err, db.ErrNoRows) {
		return claimed{}, nil
	}
	if err != nil {
		return claimed{}, fmt.Errorf("staff: sign in: %w", err)
	}
	return claimed{a, verifier}, nil
}

// refuse journals a refusal. What was typed as a name stands there as a keyed
// hash: it may be a password typed into the wrong field.
func (d *Desk) refuse(ctx context.Context, a Account, name, source string) error {
	err := d.o.DB.Write(ctx, func(tx *db.Tx) error { return d.journalRefusal(ctx, tx, a, name, source, "refused") })
	if err != nil {
		return err
	}
	return ErrRefused
}

func (d *Desk) journalRefusal(ctx context.Context, tx *db.Tx, a Account, name, source, result string) error {
	return journal.Write(ctx, tx, journal.Entry{At: d.o.Now(), Author: journal.Author{Kind: journal.ByUnknown},
		Source: source, Act: journal.StaffRefused, Subject: journal.Subject{Kind: journal.OfStaff, ID: a.ID},
		Point: a.Point, Division: a.Division, Result: result,
		Detail: map[string]string{"name": fmt.Sprintf("%x", d.o.Keys.SignInKey("name/" + name)[:8])}})
}

// open begins a session with a token of its own: none is taken over from before.
func (d *Desk) open(ctx context.Context, c claimed, name, source string) (string, Session, error) {
	token, csrf := randomText(32), randomText(16)
	now := d.o.Real()
	s := Session{Account: c.Account, CSRF: csrf, Source: source, Began: now, Seen: now}
	err := d.o.DB.Write(ctx, func(tx *db.Tx) error {
		again, err := find(ctx, tx, name)
		if err != nil {
			return err
		}
		if again.verifier != c.verifier || again.Disabled {
			return ErrRefused // changed while the password was looked at
		}
		if err := d.succeeded(ctx, tx, name, source); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO session (token, account, csrf, source, began, seen) VALUES ($1, $2, $3, $4, $5, $6)`,
			tokenHash(token), c.ID, csrf, source, now.UnixMilli(), now.UnixMilli())
		if err != nil {
			return fmt.Errorf("staff: open session: %w", err)
		}
		return journal.Write(ctx, tx, journal.Entry{At: d.o.Now(), Author: journal.Author{Kind: journal.ByStaff, ID: c.ID},
			Source: source, Act: journal.StaffSignedIn, Subject: journal.Subject{Kind: journal.OfStaff, ID: c.ID},
			Point: c.Point, Division: c.Division})
	})
	if errors.Is(err, ErrRefused) {
		return "", Session{}, d.refuse(ctx, c.Account, name, source)
	}
	if err != nil {
		return "", Session{}, err
	}
	return token, s, nil
}

func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (Go 1.24)
	return base64.RawURLEncoding.EncodeToString(b)
}

// tokenHash is what is stored: a copy of the database opens no session.
func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte("zhunkao/session/1\x00" + token))
	return sum[:]
}

// Session finds the session of a token and notes that it was used. ErrNoSession
// when it ended, was idle or open too long, or its account is disabled.
func (d *Desk) Session(ctx context.Context, token string) (Session, error) {
	s, err := d.Peek(ctx, token)
	if err != nil {
		return Session{}, err
	}
	now, hash := d.o.Real(), tokenHash(token)
	if now.Sub(s.Seen) < seenEvery {
		return s, nil
	}
	s.Seen = now
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE session SET seen = $1 WHERE token = $2 AND seen < $1`, now.UnixMilli(), hash)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("staff: session: %w", err)
	}
	return s, nil
}

// SignOut ends a session; a token without one is no error.
func (d *Desk) SignOut(ctx context.Context, token string) error {
	s, err := d.Session(ctx, token)
	if errors.Is(err, ErrNoSession) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.o.DB.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM session WHERE token = $1`, tokenHash(token))
		if err != nil {
			return fmt.Errorf("staff: sign out: %w", err)
		}
		if n == 0 {
			return nil
		}
		return journal.Write(ctx, tx, journal.Entry{At: d.o.Now(), Author: journal.Author{Kind: journal.ByStaff, ID: s.Account.ID},
			Source: s.Source, Act: journal.StaffSignedOut, Subject: journal.Subject{Kind: journal.OfStaff, ID: s.Account.ID},
			Point: s.Account.Point, Division: s.Account.Division})
	})
}

// Sweep removes sessions that ended by themselves and counts that have lapsed.
// Run it once in a while.
func (d *Desk) Sweep(ctx context.Context) error {
	now := d.o.Real()
	return d.o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM session WHERE began <= $1 OR seen <= $2`,
			now.Add(-AbsoluteLimit).UnixMilli(), now.Add(-IdleLimit).UnixMilli())
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM sign_in_failure WHERE failed > 0 AND last <= $1 OR last <= $2`,
				now.Add(-lapse).UnixMilli(), now.Add(-knownFor).UnixMilli())
		}
		if err != nil {
			return fmt.Errorf("staff: sweep: %w", err)
		}
		return nil
	})
}
