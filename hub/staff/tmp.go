package staff

import (
	"context"
	"errors"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

var errUnfinished = errors.New("staff: being written")

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
	// the role does not fit the office.
	ErrAccount = errors.New("staff: account is not complete")
)

// Role is what an account is for.
type Role string

// The roles.
const (
	ProvinceAdmin    Role = "province-admin"
	ProvinceOperator Role = "province-operator"
	CityOperator     Role = "city-operator"
	CountyOperator   Role = "county-operator"
	Clerk            Role = "clerk"      // at one point
	Technician       Role = "technician" // enrols boxes; sees no record
)

// Account is one account. It holds no verifier.
type Account struct {
	ID       string
	Name     string // sign-in name
	Display  string // as shown
	Role     Role
	Office   string // id
	Division string // of the office: the remit
	Point    string // code, for clerks; "" = all points of the remit
	Disabled bool
	Created  int64 // ms since 1970
}

// Session is an open session.
type Session struct {
	Account Account
	CSRF    string // token that every changing request repeats
	Source  string
	Began   time.Time // real time
	Seen    time.Time
}

// Limits of a session (S6).
const (
	IdleLimit     = 30 * time.Minute
	AbsoluteLimit = 12 * time.Hour
)

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
type Desk struct{}

// New makes a desk.
func New(o Options) *Desk { return &Desk{} }

// SignIn checks name and password and opens a session; source is the network
// address of the caller. It returns the token for the cookie. ErrRefused,
// ErrSlow. Every outcome is in the journal.
func (d *Desk) SignIn(ctx context.Context, name, password, source string) (token string, s Session, err error) {
	return "", Session{}, errUnfinished
}

// Session finds the session of a token and notes that it was used. ErrNoSession.
func (d *Desk) Session(ctx context.Context, token string) (Session, error) {
	return Session{}, errUnfinished
}

// SignOut ends a session.
func (d *Desk) SignOut(ctx context.Context, token string) error { return errUnfinished }

// NewAccount is what Create needs.
type NewAccount struct {
	Name, Display string
	Role          Role
	Office        string // id
	Point         string // for clerks
	Password      string
}

// Create adds an account and journals it. ErrTaken, ErrAccount, PasswordError.
func (d *Desk) Create(ctx context.Context, n NewAccount, by journal.Author) (Account, error) {
	return Account{}, errUnfinished
}

// SetPassword gives an account a new password and ends its sessions.
func (d *Desk) SetPassword(ctx context.Context, id, password string, by journal.Author) error {
	return errUnfinished
}

// Disable shuts an account and ends its sessions at once.
func (d *Desk) Disable(ctx context.Context, id, reason string, by journal.Author) error {
	return errUnfinished
}

// Enable opens a disabled account again.
func (d *Desk) Enable(ctx context.Context, id, reason string, by journal.Author) error {
	return errUnfinished
}

// Accounts lists the accounts of a division and below, by name.
func Accounts(ctx context.Context, tx *db.Tx, division string) ([]Account, error) {
	return nil, errUnfinished
}

// Get returns an account by id.
func Get(ctx context.Context, tx *db.Tx, id string) (Account, error) {
	return Account{}, errUnfinished
}

// SlowError is ErrSlow with how long to wait.
type SlowError struct{ Wait time.Duration }

// Error tells how long to wait.
func (e SlowError) Error() string { return ErrSlow.Error() + "; wait " + e.Wait.String() }

// Is makes errors.Is(err, ErrSlow) true.
func (e SlowError) Is(target error) bool { return target == ErrSlow }
