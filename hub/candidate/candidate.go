package candidate

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"zhunkao/hub/journal"
	"zhunkao/protocol/form"
)

var (
	// ErrNotFound says that there is no such application.
	ErrNotFound = errors.New("candidate: no such application")
	// ErrConflict says that the application has moved on since it was read:
	// show both and ask again.
	ErrConflict = errors.New("candidate: the application was changed meanwhile")
	// ErrTaken says that this person has an application in this campaign already.
	ErrTaken = errors.New("candidate: this number is registered already")
	// ErrApplication says that an application lacks id, campaign, point or
	// number: our own mistake.
	ErrApplication = errors.New("candidate: application is not complete")
)

// State is how an application stands.
type State string

// The states.
const (
	Registered State = "registered"
	Confirmed  State = "confirmed"
	Withdrawn  State = "withdrawn" // taken back by her before it was confirmed; the next version makes it Registered again
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
	LookupKey(campaign, kind, value string) []byte
	ContentMark(digest [32]byte) []byte
}

// Store reads and writes applications. It is safe for concurrent use.
type Store struct {
	keys Keys
	now  func() time.Time
}

// NewID gives the id of a new application: 6 bytes of the clock in milliseconds,
// so that rows that come together lie together, and 10 of the system's random
// source.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[6:]) // never fails (Go 1.24)
	ms := uint64(time.Now().UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	return hex.EncodeToString(b[:])
}

// New makes a store. now is the hub's civil clock; nil is time.Now.
func New(k Keys, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{keys: k, now: now}
}

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
	Apart          bool   // the number in it is somebody else's, as far as is known: see SetApart
}

// Found is an application with its current content.
type Found struct {
	Row
	Application form.Application
	Edition     Version // how the content was made, without it; only as Get and ByNumber give it
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
	Apart    bool   // of a first version: it comes into being apart
	Over     Row    // what stands, where it was read in this transaction; zero is read
}

// Signing is what came of Sign.
type Signing struct {
	Version    uint32   // the version that now stands
	New        bool     // it was not there before
	Superseded []uint32 // versions that were set aside
	Returned   bool     // it was withdrawn, and counts again
	Point      string   // of the version that stood before, if New
	Level      string   // of the first choice of that version, if New
}
