package seating

import (
	"crypto/rand"
	"encoding/hex"
	"errors"

	"zhunkao/hub/arrangement"
)

var (
	// ErrNotFound says that there is no such version, room or seat.
	ErrNotFound = errors.New("seating: not found")
	// ErrState says that a version is not where this can be done to it.
	ErrState = errors.New("seating: not in this state")
	// ErrException says that a seat was given after publication: no published root
	// stands for it.
	ErrException = errors.New("seating: an exception seat has no proof")
)

// State is how a version stands: see the package's comment.
type State string

// The states.
const (
	Freezing  State = "freezing"
	Frozen    State = "frozen"
	Drawn     State = "drawn"
	Numbering State = "numbering"
	Computed  State = "computed" // of a revision: two persons compare it, and publish it
	Published State = "published"
	Replaced  State = "replaced"
	Void      State = "void"
)

// Making reports whether a version is on its way to be published.
func (s State) Making() bool {
	return s == Freezing || s == Frozen || s == Drawn || s == Numbering || s == Computed
}

// Seated reports whether a version's rooms and seats are for everybody to read: those
// of a replaced one too, so that an old ticket can be told from a false one.
func (s State) Seated() bool { return s == Published || s == Replaced }

// Version is one arrangement of a campaign (编排版本).
type Version struct {
	ID        string
	Campaign  string
	Number    int // from 1, void ones counted too
	State     State
	Digest    [32]byte // of the list; zero while it is frozen
	Root      [32]byte // zero before it is published
	At        int64    // frozen, ms since 1970
	Published int64    // 0: not yet

	// Base is the version that a revision corrects, and Draw the one whose draw its seed
	// is of; "" of a version that is drawn. Added is how many additions of exception seats
	// Base had when the revision was begun: before its list was read, so that nobody who
	// came later is taken for gone.
	Base, Draw string
	Added      int

	Venue  string // where it is drawn and who looks on, as it was entered
	Why    string // of a version after one that was published
	People int    // on the list
	Exempt int    // valid, and not arranged: they sit no examination
	// Figures of the run, without exception seats; zero before it is published.
	Figures Figures

	By, Second     string // staff
	Ready          int64  // the list was whole
	DrawnAt        int64
	NumberedBy     string
	NumberedSecond string
	NumberedAt     int64
	Ended          int64 // replaced or void
	EndedBy        string
	EndedCode      Ending
	EndedWhy       string
}

// Figures are what a run or a trial came to.
type Figures struct {
	Rooms      int                        `json:"rooms"`
	Full       int                        `json:"full"`
	Mixed      int                        `json:"mixed"`
	Seats      int                        `json:"seats"`
	Unmapped   int                        `json:"unmapped"`
	Neighbours int                        `json:"neighbours"` // pairs of one origin
	Problems   int                        `json:"problems"`
	Reasons    map[arrangement.Reason]int `json:"reasons,omitempty"` // how often each
	Took       int64                      `json:"took"`              // ms of the computation

	// Of a revision: rooms that are closed, who keeps seat and number, who has another
	// seat, who had none, and who has none any more.
	Closed int `json:"closed,omitempty"`
	Kept   int `json:"kept,omitempty"`
	Moved  int `json:"moved,omitempty"`
	Fresh  int `json:"fresh,omitempty"`
	Gone   int `json:"gone,omitempty"`
}

// Ending says why a version ended.
type Ending string

// The endings of a void version.
const (
	Refused   Ending = "refused"   // an office did not reveal what it had sealed
	Wrong     Ending = "wrong"     // … and revealed something else, too often
	Withdrawn Ending = "withdrawn" // two persons took it back before it was published
	Unusable  Ending = "unusable"  // the list contradicts itself
)

// Room is a room of an arrangement (考室).
type Room struct {
	arrangement.Room
	Site  string // id, "" before rooms are given to sites, and of a closed room
	Drawn int    // the highest seat in the published tree; 0 of a room that was added
}

// Seat is where somebody sits (座位).
type Seat struct {
	Application string
	Token       arrangement.Token
	Area        string
	Room        int
	Seat        int
	Number      string
	Level       string
	Category    string
	Language    string
	Need        string
	Exception   bool // given after publication
}

// Arranged is a seat as the published bundle has it.
func Arranged(s Seat) arrangement.Seat {
	return arrangement.Seat{Token: s.Token, Area: s.Area, Room: s.Room, Seat: s.Seat, Number: s.Number}
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
