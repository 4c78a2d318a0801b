package console

import "time"

// Arrangement is /gl/arrangement, and /gl/arrangement/{id} for an earlier version.
type Arrangement struct {
	ID       string // "" while there is none
	Number   int
	State    State
	Venue    string
	Why      string
	Open     bool // the time for numbering is now
	From, To time.Time
	Now      bool // the version in the making, or the newest
	Working  bool // the hub computes

	People, Exempt, Areas, Least, Unmapped int
	Held                                   int // areas in which somebody sits, 0 while there are no rooms
	Size                                   int
	Shares                                 []ArrangementShare
	Sealed                                 bool // every office has
	Mine                                   *ArrangementShare
	Fresh                                  string // a number that may be sealed
	Seed, Digest, Root                     []string
	FrozenAt                               time.Time
	Rules                                  []ArrangementRule
	Figures                                *ArrangementFigures // of the run
	Published                              time.Time
	Ended                                  time.Time
	EndedKey, EndedWhy, EndedBy            string
	By, Second, NumberedBy, NumberedSecond string

	Trial     *ArrangementTrial
	Additions []ArrangementAddition
	Rows      []ArrangementRow // all versions

	Base, Drawn int    // of a revision: numbers of the version that it corrects, and of the draw; else 0
	BaseID      string // … and its id
	Compared    *ArrangementCompared
	ReviseStep  string // "ask", "waiting", "agreed"
	PublishStep string

	MayTry, MayBegin    bool
	Offices             []ArrangementOffice // who draws, for the form
	BeginStep           string              // "" one person, else "ask", "waiting", "agreed"
	Renews              bool                // one was published: its tickets will be void
	NumberStep          string
	VoidStep            string
	Refuse, Error, Said string
	Left                int // tries that are left after a wrong number
	Pick                map[string]string
}

// ArrangementShare is an office that draws.
type ArrangementShare struct {
	Office, Name, By, Account string
	State                     State
	Seal                      string
	Secret                    string
	Sealed, Revealed          bool
	Mine                      bool
	MayRename                 bool
}

// ArrangementRule is a rule of the campaign in words.
type ArrangementRule struct {
	Text  string
	Badge string
}

// ArrangementFigures are what a run or a trial came to.
type ArrangementFigures struct {
	Seconds    string
	Rooms      int
	Full       int
	Mixed      int
	Seats      int
	Neighbours int
	Problems   int
	Reasons    []ArrangementReason
	List       []ArrangementProblem
	More       bool // there are more than are listed
}

// ArrangementReason counts problems.
type ArrangementReason struct {
	Key string
	N   int

	Value string // of a filter
}

// ArrangementCompared is what a revision keeps of the version that it corrects, and what
// it changes.
type ArrangementCompared struct {
	Kept, Moved, Fresh, Gone int
	Closed                   int // rooms that nobody is left in
	Reasons                  []ArrangementReason
	Path                     string // of the list
	Stale                    bool   // exception seats were given since
}

// SeatChanges is /gl/arrangement/{id}/changes: who does not keep her seat.
type SeatChanges struct {
	ID           string
	Number, Base int
	Why          string // the filter
	Reasons      []ArrangementReason
	Rows         []SeatChange
	Next         string // page
}

// SeatChange is one of them.
type SeatChange struct {
	Application, Name, Document, Level, Category string
	Key                                          string // phrase: why
	Was, Now                                     SeatPlace
}

// SeatPlace is a seat as people read it; empty for none.
type SeatPlace struct{ Area, Room, Seat, Number string }

// ArrangementProblem is a rule that could not be met.
type ArrangementProblem struct {
	Key         string
	Area        string
	AreaName    string
	Room        int
	Application string
	Name        string
	Count       int
}

// ArrangementTrial is the last trial with a false seed.
type ArrangementTrial struct {
	Asked, Done time.Time
	Working     bool
	Failed      bool
	Same        bool
	People      int
	Exempt      int
	Figures     ArrangementFigures
	By          string
}

// ArrangementAddition is a share of exception seats.
type ArrangementAddition struct {
	Number, People  int
	At              time.Time
	By, Second, Why string
}

// ArrangementRow is a version in the list.
type ArrangementRow struct {
	Revision bool

	ID     string
	Number int
	State  State
	At     time.Time
	People int
	Note   string // phrase, of one that ended
}

// ArrangementOffice is an office in the form that begins a version.
type ArrangementOffice struct {
	Key, Name string
	People    []Option
}

// Unseated is /gl/arrangement/{id}/unseated: who is valid and has no seat.
type Unseated struct {
	ID     string
	Number int
	Rows   []UnseatedRow
	More   bool
	Next   string // page
	Step   string // of the act of two
	Asked  bool   // these are whom a second person is asked about
	Mine   string // how the act that she asked for herself stands: "waiting" or "agreed", else ""
	Refuse string
	Error  string
	Said   string
}

// UnseatedRow is somebody without a seat.
type UnseatedRow struct {
	ID, Name, Number, Point, Level, Category string
	Ticked                                   bool
}
