package draft

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhunkao/protocol/form"
)

// ErrNotFound says that the account has no draft in this campaign.
var ErrNotFound = errors.New("draft: no draft")

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	Seal(label, id string, plain []byte) ([]byte, error)
	Unseal(label, id string, sealed []byte) ([]byte, error)
}

// Draft is what an account has filled in for a campaign. Its application may
// lack anything; ID and Version in it mean nothing before it is submitted.
type Draft struct {
	Account     string
	Campaign    string
	Revision    uint32 // rises with every change, from 1; 0 is not stored yet
	StartedFrom uint32 // version of the application it was begun from, 0 = none
	Application form.Application
	BegunAt     int64 // ms since 1970
	ChangedAt   int64 // ms since 1970
	PledgedAt   int64 // ms since 1970, 0 = the pledge is not signed

	Submitted    uint32 // version that this very revision became, 0 = it is not submitted
	LastRevision uint32 // newest revision that was submitted, 0 = none
	LastVersion  uint32 // what that became
}

// Working is what she goes on filling in, and the version it starts from: the
// draft, or once that is submitted the application as it stands, which an
// office may have changed since.
func (d Draft) Working(current form.Application, exists bool) (form.Application, uint32) {
	if exists && (d.Submitted != 0 || d.Revision == 0) {
		return current.Clone(), current.Version
	}
	return d.Application.Clone(), d.StartedFrom
}

// String names account, campaign and revision.
func (d Draft) String() string {
	return fmt.Sprintf("draft of %s in %s, revision %d", d.Account, d.Campaign, d.Revision)
}

// GoString is String.
func (d Draft) GoString() string { return d.String() }

// Format keeps values out under every verb.
func (d Draft) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(d.String())) }

// LogValue names account, campaign and revision.
func (d Draft) LogValue() slog.Value { return slog.StringValue(d.String()) }

// Conflict says that the draft has moved on since the revision a save was made
// from: show both and ask. Now is what is stored.
type Conflict struct{ Now Draft }

// Error says so.
func (c *Conflict) Error() string { return "draft: changed meanwhile: " + c.Now.String() }

// Store reads and writes drafts. It is safe for concurrent use.
type Store struct {
	keys Keys
	now  func() time.Time
}

// New makes a store. now is the hub's civil clock; nil is time.Now.
func New(k Keys, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{keys: k, now: now}
}
