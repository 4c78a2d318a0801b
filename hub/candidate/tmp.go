package candidate

import (
	"context"
	"errors"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

var errUnfinished = errors.New("candidate: being written")

var (
	// ErrNotFound says that there is no such application.
	ErrNotFound = errors.New("candidate: no such application")
	// ErrConflict says that the application has moved on since it was read:
	// show both and ask again.
	ErrConflict = errors.New("candidate: the application was changed meanwhile")
	// ErrTaken says that this person has an application in this campaign already.
	ErrTaken = errors.New("candidate: this number is registered already")
)

// State is how an application stands.
type State string

// The states.
const (
	Registered State = "registered"
	Confirmed  State = "confirmed"
)

// Origins of versions.
const (
	FromPortal = "portal"
	FromBox    = "box" // read and signed at a box
	FromOffice = "office"
	FromImport = "import"
)

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	Seal(label, id string, plain []byte) ([]byte, error)
	Unseal(label, id string, sealed []byte) ([]byte, error)
	NumberKey(number string) []byte
}

// Store reads and writes applications.
type Store struct{}

// New makes a store. now is the hub's civil clock.
func New(k Keys, now func() time.Time) *Store { return &Store{} }

// Row is an application without what names the person: it may be listed and logged.
type Row struct {
	ID             string
	Campaign       string
	Version        uint32
	Point          string // code
	Division       string // of the point
	State          State
	ConfirmedAt    int64  // ms since 1970, 0 = not confirmed
	ConfirmedPoint string // code, "" = not confirmed
	ChangedAt      int64  // ms since 1970
}

// Found is an application with its current content.
type Found struct {
	Row
	Application form.Application
}

// Version is one version of an application.
type Version struct {
	Number      uint32
	Author      journal.Author
	Origin      string
	StartedFrom uint32 // version it was made from
	Superseded  bool   // something she signed stands in its place
	At          int64  // ms since 1970
	Application form.Application
}

// Saving says who saves a version, where it comes from, and which division the
// point lies in.
type Saving struct {
	Author   journal.Author
	Origin   string
	Division string // of app.Point, from package org
}

// Save stores app as the next version of its application: app.Version must be
// one above the stored version, or 1 for a new one. ErrConflict, ErrTaken.
func (s *Store) Save(ctx context.Context, tx *db.Tx, app form.Application, by Saving) error {
	return errUnfinished
}

// Get returns an application with its current content.
func (s *Store) Get(ctx context.Context, tx *db.Tx, id string) (Found, error) {
	return Found{}, errUnfinished
}

// Row returns an application without its content.
func (s *Store) Row(ctx context.Context, tx *db.Tx, id string) (Row, error) {
	return Row{}, errUnfinished
}

// ByNumber finds the application of a person in a campaign.
func (s *Store) ByNumber(ctx context.Context, tx *db.Tx, campaign string, n identity.Number) (Found, error) {
	return Found{}, errUnfinished
}

// Versions returns all versions, oldest first.
func (s *Store) Versions(ctx context.Context, tx *db.Tx, id string) ([]Version, error) {
	return nil, errUnfinished
}

// ListByPoint returns up to limit applications of a point, by id, after the
// given id ("" = from the start).
func (s *Store) ListByPoint(ctx context.Context, tx *db.Tx, campaign, point, after string, limit int) ([]Row, error) {
	return nil, errUnfinished
}

// Signing is what came of Sign.
type Signing struct {
	Version    uint32   // the version that now stands
	New        bool     // it was not there before
	Superseded []uint32 // versions that were set aside
}

// Sign makes what she read and signed at a box the current version (design §2,
// "What she signed wins"): app is as sealed, startedFrom the version it was made
// from. If the stored content is the same nothing is added; else it becomes a
// new version, and every version above startedFrom is superseded.
func (s *Store) Sign(ctx context.Context, tx *db.Tx, app form.Application, startedFrom uint32, by Saving) (Signing, error) {
	return Signing{}, errUnfinished
}

// Confirm marks an application as confirmed at a point; at is in ms since 1970.
// Confirmed before, it stays as it is and false comes back.
func (s *Store) Confirm(ctx context.Context, tx *db.Tx, id, point string, at int64) (bool, error) {
	return false, errUnfinished
}

// Unconfirm takes the confirmation back; false if there was none.
func (s *Store) Unconfirm(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	return false, errUnfinished
}

// Tally counts the applications of a point, or of all points of a division.
type Tally struct {
	Code       string
	Registered int64
	Confirmed  int64
}

// PointTallies returns the counts of every point of a division (code of a
// province, city or county) that has any, by code.
func PointTallies(ctx context.Context, tx *db.Tx, campaign, division string) ([]Tally, error) {
	return nil, errUnfinished
}

// DivisionTally returns the counts of a division and all below it.
func DivisionTally(ctx context.Context, tx *db.Tx, campaign, division string) (Tally, error) {
	return Tally{}, errUnfinished
}
