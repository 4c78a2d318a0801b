package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/attempt"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/password"
	"zhunkao/hub/remembered"
)

var (
	// ErrRefused says that name, password and code do not go together, and nothing more.
	ErrRefused = errors.New("staff: sign-in refused")
	// ErrSlow says that there were too many attempts; SlowError holds how long to wait.
	ErrSlow = errors.New("staff: too many attempts")
	// ErrNoSession says that there is no such session: it ended, or never was.
	ErrNoSession = errors.New("staff: no session")
	// ErrNotFound says that there is no such account.
	ErrNotFound = errors.New("staff: no such account")
	// ErrCode says that a code does not confirm the authenticator being enrolled.
	ErrCode = errors.New("staff: code does not match")
	// ErrEnrolled says that the account has its authenticator already.
	ErrEnrolled = errors.New("staff: an authenticator is enrolled")
	// ErrNotYours says that the account, or the role, is not hers to give or change.
	ErrNotYours = errors.New("staff: not hers to change")
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
	Seal(label, id string, plain []byte) ([]byte, error)
	Unseal(label, id string, sealed []byte) ([]byte, error)
}

// Options of New.
type Options struct {
	DB   *db.DB
	Keys Keys
	Now  func() time.Time // the hub's civil clock, for the journal; nil is time.Now
	Real func() time.Time // real time, for sessions, codes, pauses and passwords' age; nil is time.Now
	// Policy is what is asked of passwords; nil is password.DefaultPolicy.
	Policy *password.Policy
	// Hasher is shared by all who look at passwords; nil is one of its own, at
	// full cost.
	Hasher *password.Hasher
}

// Desk takes sign-ins and knows the sessions. It is safe for concurrent use.
type Desk struct {
	o      Options
	counts counts
	policy password.Policy

	remembered remembered.Sessions[Session] // see Guess
}

// New makes a desk.
func New(o Options) *Desk {
	if o.Hasher == nil {
		o.Hasher = password.NewHasher(password.Full())
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Real == nil {
		o.Real = time.Now
	}
	d := &Desk{o: o, policy: password.DefaultPolicy()}
	if o.Policy != nil {
		d.policy = *o.Policy
	}
	return d
}

// Policy is what this desk asks of passwords.
func (d *Desk) Policy() password.Policy { return d.policy }

// claimed is whom a name belongs to: the zero value is nobody.
type claimed struct {
	Account
	verifier string
	until    int64  // end of a first password, ms; 0 is her own
	secret   []byte // sealed; of a confirmed authenticator
	lastStep int64
}

// Attempt is one try to sign in.
type Attempt struct {
	Name, Password string
	Code           string // of her authenticator; not looked at before she has one
	Source         string // network address of the caller, without a port
	Desk           string // what the browser kept from an earlier sign-in; "" is nothing
}

// SignIn is Enter for a caller that keeps nothing between sign-ins.
func (d *Desk) SignIn(ctx context.Context, name, password, code, source string) (token string, s Session, err error) {
	return d.Enter(ctx, Attempt{Name: name, Password: password, Code: code, Source: source})
}

// Enter checks name, password and one-time code and opens a session. It returns
// the token for the cookie. A session of an account that is Unready may do
// nothing but settle that: see Settle. ErrRefused, ErrSlow. Every outcome is in
// the journal.
func (d *Desk) Enter(ctx context.Context, t Attempt) (token string, s Session, err error) {
	defer func() { d.counts.note(err) }()
	if t.Name = normalName(t.Name); !validName(t.Name) {
		t.Name = "" // nobody's, whatever bytes it has
	}
	var c claimed
	var wait time.Duration
	err = d.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		// The attempt counts as failed until it has succeeded: else many at once
		// would all be looked at before the first is counted.
		if wait, err = d.count(ctx, tx, t); err != nil {
			return err
		}
		if wait > 0 {
			return d.journalSlow(ctx, tx, t.Name, t.Source)
		}
		c, err = find(ctx, tx, t.Name)
		return err
	})
	if err != nil {
		return "", Session{}, err
	}
	if wait > 0 {
		return "", Session{}, SlowError{wait}
	}
	// Also for nobody and for the disabled: it must take as long, whichever of
	// the three was wrong.
	good, err := d.o.Hasher.Verify(ctx, c.typed(t.Password), c.verifier)
	if err != nil {
		return "", Session{}, err
	}
	step, known := d.codeOf(c, t.Code)
	if !good || !known || c.Disabled || len(t.Password) > password.MaxLength || c.until != 0 && d.o.Real().UnixMilli() >= c.until {
		return "", Session{}, d.refuse(ctx, c.Account, t.Name, t.Source)
	}
	return d.open(ctx, c, t, step)
}

// typed is the password as it is compared. What stands on a slip is typed from
// paper: small letters and hyphens left out are no reason to refuse.
func (c claimed) typed(pw string) string {
	pw = pw[:min(len(pw), password.MaxLength+1)]
	if c.until != 0 {
		return password.Bare(pw)
	}
	return pw
}

// codeOf looks at a code; without an authenticator there is none to look at,
// and the work is done all the same.
func (d *Desk) codeOf(c claimed, code string) (step int64, ok bool) {
	key := make([]byte, secretSize)
	if c.Enrolled {
		secret, err := d.o.Keys.Unseal(sealedSecret, c.ID, c.secret)
		if err != nil {
			return 0, false // a key that is gone opens no door; the superior resets it
		}
		if key, ok = parseSecret(string(secret)); !ok {
			return 0, false
		}
	}
	step, ok = acceptedStep(key, code, d.o.Real(), c.lastStep)
	return step, ok || !c.Enrolled
}

func find(ctx context.Context, tx *db.Tx, name string) (claimed, error) {
	var c claimed
	a, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+`, a.verifier, a.password_until, f.secret, coalesce(f.last_step, 0) FROM account a
		JOIN office o ON o.id = a.office LEFT JOIN authenticator f ON f.account = a.id WHERE a.name = $1`, name).Scan,
		&c.verifier, &c.until, &c.secret, &c.lastStep)
	if errors.Is(err, db.ErrNoRows) {
		return claimed{}, nil
	}
	if err != nil {
		return claimed{}, fmt.Errorf("staff: sign in: %w", err)
	}
	c.Account = a
	return c, nil
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
func (d *Desk) open(ctx context.Context, c claimed, t Attempt, step int64) (string, Session, error) {
	var token string
	var s Session
	err := d.o.DB.Write(ctx, func(tx *db.Tx) error {
		again, err := find(ctx, tx, t.Name)
		if err != nil {
			return err
		}
		if again.verifier != c.verifier || again.Disabled || again.Enrolled != c.Enrolled {
			return ErrRefused // changed while the password was looked at
		}
		if err := useStep(ctx, tx, c, step); err != nil {
			return err
		}
		if err := d.succeeded(ctx, tx, t); err != nil {
			return err
		}
		if token, s, err = d.begin(ctx, tx, c.Account, t.Source); err != nil {
			return err
		}
		return journal.Write(ctx, tx, journal.Entry{At: d.o.Now(), Author: journal.Author{Kind: journal.ByStaff, ID: c.ID},
			Source: t.Source, Act: journal.StaffSignedIn, Subject: journal.Subject{Kind: journal.OfStaff, ID: c.ID},
			Point: c.Point, Division: c.Division})
	})
	if errors.Is(err, ErrRefused) {
		return "", Session{}, d.refuse(ctx, c.Account, t.Name, t.Source)
	}
	if err != nil {
		return "", Session{}, err
	}
	return token, s, nil
}

// useStep notes that the code of a step was used; of two who use it at once,
// through whichever hub, one is refused.
func useStep(ctx context.Context, tx *db.Tx, c claimed, step int64) error {
	if !c.Enrolled {
		return nil
	}
	n, err := tx.Exec(ctx, `UPDATE authenticator SET last_step = $1 WHERE account = $2 AND last_step < $1`, step, c.ID)
	if err != nil {
		return fmt.Errorf("staff: code: %w", err)
	}
	if n == 0 {
		return ErrRefused
	}
	return nil
}

// begin writes a new session.
func (d *Desk) begin(ctx context.Context, tx *db.Tx, a Account, source string) (string, Session, error) {
	token, csrf, now := rand.Text()+rand.Text(), rand.Text(), d.o.Real()
	_, err := tx.Exec(ctx, `INSERT INTO session (token, account, csrf, source, began, seen) VALUES ($1, $2, $3, $4, $5, $6)`,
		tokenHash(token), a.ID, csrf, source, now.UnixMilli(), now.UnixMilli())
	if err != nil {
		return "", Session{}, fmt.Errorf("staff: open session: %w", err)
	}
	return token, Session{Account: d.aged(a), CSRF: csrf, Source: source, Began: now, Seen: now}, nil
}

// aged is the account with a password that is too old taken for a first one.
func (d *Desk) aged(a Account) Account {
	a.MustChange = a.MustChange || d.policy.Expired(a.PasswordAt, d.o.Real())
	return a
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
		tx.Quietly() // what is remembered of a session is asked for before it counts
		_, err := tx.Exec(ctx, `UPDATE session SET seen = $1 WHERE token = $2 AND seen < $1`, now.UnixMilli(), hash)
		return err
	})
	if err != nil {
		return Session{}, fmt.Errorf("staff: session: %w", err)
	}
	d.remembered.Put(hash, s)
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
		if err != nil {
			return fmt.Errorf("staff: sweep: %w", err)
		}
		return attempt.Sweep(ctx, tx, now)
	})
}
