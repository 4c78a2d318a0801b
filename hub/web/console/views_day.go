package console

import "time"

// Days is /gl/days: the books of days (对账), and the form for a channel's file.
type Days struct {
	Rows     []DayRow
	Pages    Pages
	Channels []Option
	Channel  string // chosen when the form comes back
	Day      string
	Error    string      // phrase
	Faults   []FileFault // of a file that was refused
	More     int         // faults that are not listed
	CashOnly bool        // the campaign has no channel that states anything, and there is no day
}

// FileFault is what is wrong with a file, and where.
type FileFault struct {
	Line int // 0: the file as a whole
	Text string
}

// DayRow is one day in the list.
type DayRow struct {
	Day, Path         string
	Own, Stated       int
	OwnFen, StatedFen int64
	Difference        int64
	Open, Carried     int
	Waits             int
	Lacking           bool // a file has not come: there is no difference yet
	State             State
}

// Day is /gl/days/{day}.
type Day struct {
	Day, Before, After string // paths, "" for none
	Own, Stated        int
	OwnFen, StatedFen  int64
	Matched            int
	MatchedFen         int64
	Difference, Out    int64 // by which the statement exceeds our books; what of it no exception accounts for
	Lacking            bool  // a file has not come: there is no difference yet
	Cut                int
	CameIn, Cleared    int // carried over from closed days; of these matched here
	State              State
	Open               int
	Channels           []DayChannel
	Total              DayChannel
	Hours              []int
	Rows               []DayResidue
	Picked             *DayPicked
	Conflicts          []DayConflict
	Files              []DayFile
	Options            []Option // channels, for the form
	Error              string   // phrase: why what was asked for was not done
	Said               string

	Closed *DayClosed
	Close  string // "ask", "waiting" or "agreed"; "" when it cannot be closed now
	Seen   string
	NotYet string // phrase: why it cannot be closed, "" if it can
	NotArg string
}

// DayChannel is a channel's line.
type DayChannel struct {
	Key                                string
	Matched, Extra, Missing, Different int
	File                               State
	Next                               time.Time // when the hub asks for the file again; zero: it does not
	Line                               int       // of the file that was refused last
}

// DayClosed says who closed a day.
type DayClosed struct {
	At         time.Time
	By, Second string
	Why        string
	Seal       string
}

// DayResidue is a line of what is left over.
type DayResidue struct {
	ID      string
	Pick    string // path of the page with it picked
	At      time.Time
	Channel string // phrase
	Signed  int64  // by which the statement exceeds our books
	Fen     int64
	Refund  bool
	Class   string // phrase
	Next    string // phrase
	State   State
	Carried bool
	Found   string // day in whose book it was found
	Chosen  bool
}

// DayFact is one side of a movement.
type DayFact struct {
	Has    bool
	Order  string
	Number string
	Fen    int64
	At     time.Time
}

// DayPicked is one of them with both sides.
type DayPicked struct {
	DayResidue
	Ours, Theirs DayFact
	Differ       string // the line of the table in which they differ: order, number, fen or at
	Say          string // phrase
	Movement     string // path
	Order        string // path
	Age          int
	Settle       string // "ask", "waiting" or "agreed"; "" when she may not
	Refuse       string // phrase
	EndedAt      time.Time
	By, Second   string
	Why          string
}

// DayConflict is a movement of which two files say two things.
type DayConflict struct {
	ID         string
	Channel    string // phrase
	Old        DayFact
	New        *DayFact
	State      State
	Waits      bool
	Keep, Take string // how far either is
	Refuse     string
	By, Second string
	Why        string
	EndedAt    time.Time
}

// DayFile is a file that was taken.
type DayFile struct {
	Channel                     string // phrase
	At                          time.Time
	By                          string
	Source                      string // phrase
	Lines, Fresh, Known, Change int
	Net                         int64
}
