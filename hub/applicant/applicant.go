package applicant

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhunkao/hub/attempt"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/password"
	"zhunkao/hub/remembered"
	"zhunkao/protocol/identity"
)

var (
	// ErrRefused says that login and password do not go together, and nothing more.
	ErrRefused = errors.New("applicant: sign-in refused")
	// ErrSlow says that there were too many attempts; SlowError holds how long to wait.
	ErrSlow = errors.New("applicant: too many attempts")
	// ErrNoSession says that there is no such session: it ended, or never was.
	ErrNoSession = errors.New("applicant: no session")
	// ErrNotFound says that there is no such account.
	ErrNotFound = errors.New("applicant: no such account")
	// ErrName says that what should become a user name cannot.
	ErrName = errors.New("applicant: not a user name")
	// ErrPhone says that no text message can be sent there.
	ErrPhone = errors.New("applicant: not a mobile telephone number")
	// ErrCode says that it is not the code that was sent.
	ErrCode = errors.New("applicant: code does not match")
	// ErrOver says that nothing waits for this code any more: ask for another.
	ErrOver = errors.New("applicant: no code is waited for")
	// ErrKnown says that the telephone number is of another account. Only who has
	// its code is told.
	ErrKnown = errors.New("applicant: the number has an account")
	// ErrBound says that the account has another application in this campaign, or
	// the application another account.
	ErrBound = errors.New("applicant: bound to another")
	// ErrSecond says that it is not the second password.
	ErrSecond = errors.New("applicant: not the second password")
)

// SlowError is ErrSlow with how long to wait.
type SlowError struct{ Wait time.Duration }

// Error tells how long to wait.
func (e SlowError) Error() string { return ErrSlow.Error() + "; wait " + e.Wait.String() }

// Is makes errors.Is(err, ErrSlow) true.
func (e SlowError) Is(target error) bool { return target == ErrSlow }

// Account is one account. It holds no verifier.
type Account struct {
	ID          string
	Login       string         // her user name; "" if she signs in by telephone or card only
	Phone       identity.Phone // "" if none; sealed at rest
	MustChange  bool           // the password is of a card or a slip: she must set her own
	SecondSet   bool           // has a second password, asked at each saving where the campaign says so
	Application string         // the one bound last; "" if none
	Campaign    string         // of Application
	PasswordAt  int64          // when the password was set, ms since 1970, real time
	Created     int64          // ms since 1970, civil time
}

// Name is what she is called in the portal's head: user name or masked number.
func (a Account) Name() string {
	if a.Login != "" {
		return a.Login
	}
	return a.Phone.String()
}

// In gives her application of a campaign as far as the account tells it: known
// is false where her last one is of another campaign, and package applicant must
// be asked (Application).
func (a Account) In(campaign string) (application string, known bool) {
	return a.Application, a.Application == "" || a.Campaign == campaign
}

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	SignInKey(subject string) []byte
	Seal(label, id string, plain []byte) ([]byte, error)
	Unseal(label, id string, sealed []byte) ([]byte, error)
}

// Options of New.
type Options struct {
	DB     *db.DB
	Keys   Keys
	Hasher *password.Hasher // shared by all who look at passwords; nil is one of its own, at full cost
	Now    func() time.Time // the hub's civil clock, for the journal; nil is time.Now
	Real   func() time.Time // real time, for sessions, codes and pauses; nil is time.Now

	// SendCode puts a text message with a code into the outbox, in the transaction
	// that waits for it. nil sends none: codes cannot be had then.
	SendCode func(ctx context.Context, tx *db.Tx, phone identity.Phone, code string, life time.Duration) error
	// Write puts an entry into the journal, and tells her where she is to be told;
	// nil is journal.Write.
	Write func(ctx context.Context, tx *db.Tx, e journal.Entry) error
	// Paces slow guessing; nil is DefaultPaces.
	Paces *attempt.Paces
}

// DefaultPaces are those of the applicants' entrance. Behind one address there
// may be a school: its count lets a class begin at once, and its pause is short.
func DefaultPaces() attempt.Paces {
	return attempt.Paces{
		Own:     attempt.Pace{Free: 5, First: 30 * time.Second, Most: 15 * time.Minute},
		Source:  attempt.Pace{Free: 200, First: 5 * time.Second, Most: time.Minute},
		Account: attempt.Pace{Free: 10, First: 5 * time.Second, Most: time.Minute},
	}
}

// Desk takes sign-ins and knows the sessions. It is safe for concurrent use.
type Desk struct {
	o Options
	c attempt.Counter

	remembered remembered.Sessions[row] // see Guess
	lanes      *lanes
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
	if o.Write == nil {
		o.Write = func(ctx context.Context, tx *db.Tx, e journal.Entry) error { return journal.Write(ctx, tx, e) }
	}
	d := &Desk{o: o, lanes: newLanes(), c: attempt.Counter{Keys: o.Keys, Real: o.Real, Realm: "ks/", Paces: DefaultPaces()}}
	if o.Paces != nil {
		d.c.Paces = *o.Paces
	}
	return d
}

// profile is what is sealed of an account.
type profile struct {
	Login string `json:"login,omitempty"`
	Phone string `json:"phone,omitempty"`
}

const sealedProfile = "applicant-profile"

func (d *Desk) seal(id string, p profile) ([]byte, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("applicant: profile: %w", err)
	}
	sealed, err := d.o.Keys.Seal(sealedProfile, id, plain)
	if err != nil {
		return nil, fmt.Errorf("applicant: profile: %w", err)
	}
	return sealed, nil
}

func (d *Desk) unseal(id string, sealed []byte) (profile, error) {
	var p profile
	plain, err := d.o.Keys.Unseal(sealedProfile, id, sealed)
	if err != nil {
		return p, fmt.Errorf("applicant: profile: %w", err)
	}
	if json.Unmarshal(plain, &p) != nil {
		return p, errors.New("applicant: profile cannot be read")
	}
	return p, nil
}

// accountColumns are of table applicant as a.
const accountColumns = `a.id, a.profile, a.verifier, a.second, a.must_change, a.password_until, a.password_at, a.created_at, ` + boundLast

// boundLast is the application bound last to account a, written without an order to
// be sorted by: mostly there is one.
const boundLast = `coalesce((SELECT b.campaign || ' ' || b.application FROM applicant_application b WHERE b.account = a.id AND NOT EXISTS (
		SELECT 1 FROM applicant_application n WHERE n.account = b.account AND (n.bound_at, n.campaign) > (b.bound_at, b.campaign))), '')`

// claimed is whom a login belongs to: the zero value is nobody.
type claimed struct {
	Account
	verifier string
	second   string
	until    int64 // end of a card's or slip's password, ms; 0 is her own
}

func (d *Desk) scan(scan func(...any) error) (c claimed, err error) {
	var sealed []byte
	var bound string
	err = scan(&c.ID, &sealed, &c.verifier, &c.second, &c.MustChange, &c.until, &c.PasswordAt, &c.Created, &bound)
	if errors.Is(err, db.ErrNoRows) {
		return claimed{}, err
	}
	if err != nil {
		return claimed{}, fmt.Errorf("applicant: %w", err)
	}
	c.Campaign, c.Application, _ = strings.Cut(bound, " ") // a campaign's id has no space
	p, err := d.unseal(c.ID, sealed)
	c.Login, c.Phone, c.SecondSet = p.Login, identity.Phone(p.Phone), c.second != ""
	return c, err
}

func (d *Desk) byID(ctx context.Context, tx *db.Tx, id string) (claimed, error) {
	c, err := d.scan(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM applicant a WHERE a.id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return claimed{}, ErrNotFound
	}
	return c, err
}

// Get returns an account by id. ErrNotFound.
func (d *Desk) Get(ctx context.Context, tx *db.Tx, id string) (Account, error) {
	c, err := d.byID(ctx, tx, id)
	return c.Account, err
}

// Phone opens the telephone number of an account, for a text message; "" if she
// has given none. ErrNotFound.
func (d *Desk) Phone(ctx context.Context, tx *db.Tx, account string) (identity.Phone, error) {
	c, err := d.byID(ctx, tx, account)
	return c.Phone, err
}

func newID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails (Go 1.24)
	return "u" + hex.EncodeToString(id[:])
}

func self(id string) journal.Author { return journal.Author{Kind: journal.ByCandidate, ID: id} }

// detailAccount is the detail by which an entry names the account to be told.
const detailAccount = "account"

func (d *Desk) journal(ctx context.Context, tx *db.Tx, act journal.Act, by journal.Author, id, source string, detail map[string]string) error {
	if detail == nil {
		detail = map[string]string{}
	}
	detail[detailAccount] = id
	return d.o.Write(ctx, tx, journal.Entry{At: d.o.Now(), Author: by, Source: source, Act: act,
		Subject: journal.Subject{Kind: journal.OfAccount, ID: id}, Detail: detail})
}
