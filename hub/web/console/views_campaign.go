package console

import (
	"time"

	"zhunkao/hub/web/page"
)

// Campaigns is /gl/campaigns.
type Campaigns struct {
	Versions []Version // in force and before
	Drafts   []Version
	Running  *Rehearsing
	Refused  *Refused // of what was sent
}

// Version is one line of the list: a version, or a draft.
type Version struct {
	ID       string // digest
	Campaign string
	Number   uint32
	State    State
	By       string
	At       time.Time
	Signed   []Signer
	Persons  int // must sign
	Draft    bool
	Changes  int // sentences of difference, to what was before
}

// Signer is who signed, and why.
type Signer struct {
	Name, Reason string
	At           time.Time
	Counts       bool // still may sign: her word counts
}

// Refused says why something that was sent in was not taken.
type Refused struct {
	Key   string // phrase
	Note  string
	Lines []RefusedLine
	More  int
}

// RefusedLine is one thing to mend, and where.
type RefusedLine struct{ Place, Text string }

// Rehearsing is a rehearsal under way.
type Rehearsing struct {
	Draft    string // digest
	Number   uint32
	Done, Of int64
	Share    int
	Stopping bool
	CutOff   bool
	Began    time.Time
	By       string
}

// CampaignPage is one version or draft with all that is to know of it.
type CampaignPage struct {
	Version
	Name        string
	Digest      string
	Against     uint32 // the version Changes compares with, 0 = none
	Lines       []Changed
	Hidden      int // changes that are not shown
	Rehearsal   *Rehearsal
	Running     *Rehearsing // of this draft
	Elsewhere   *Rehearsing // of another
	Why         string      // phrase: why it cannot go on; "" if it can
	MayRehearse bool
	MaySign     bool
	Steps       []Step
	Calendar    Calendar
	Acts        []ActRow
	Assumptions []Assumption
	Refused     *Refused
}

// Changed is one sentence of a difference.
type Changed struct{ Place, Kind, Text string }

// Rehearsal is what came of one, for the remit of whoever looks.
type Rehearsal struct {
	Against   uint32
	Day       string
	By        string
	Ended     time.Time
	Totals    Totals
	Whole     bool // Totals are of the province, not only of a remit
	Divisions []DivisionTotals
	Changed   int64
	Moved     bool
}

// Totals counts applications by what happens to them.
type Totals struct {
	Applications, Invalid, Valid, Choice, Fee, Unreadable int64
}

// Concerned reports whether anything happens to anybody.
func (t Totals) Concerned() bool { return t.Invalid+t.Valid+t.Choice+t.Fee+t.Unreadable > 0 }

// DivisionTotals is a county's line.
type DivisionTotals struct {
	Code, Name string
	Totals
}

// Calendar is the windows of a version.
type Calendar struct {
	Today      []WindowRow // open at the moment
	Rows       []WindowRow
	From, To   time.Time
	Now        int // where now stands on the line, 0 to 1000; -1 when it is off it
	Withdrawn  int
	OfVersion  uint32
	Historical bool // not in force: nothing is open by it
}

// WindowRow is one window.
type WindowRow struct {
	ID, Step, Whom string
	From, To       time.Time
	Hours          string
	Pauses         []string
	State          State
	Left, Width    int // on the line, 0 to 1000
	Revision       uint32
	Why            string
}

// ActRow is one line of the table of acts.
type ActRow struct {
	Name, Tier string // Tier is a phrase
	Persons    int
	Reason     bool
}

// Assumption is something nobody official has confirmed.
type Assumption struct {
	Status, Text string
	Places       []string
}

// Effects is the list of whom a rehearsal concerns.
type Effects struct {
	Draft     string
	Number    uint32
	Rehearsal Rehearsal
	Kind      string
	Division  string
	Kinds     []Option
	Divisions []Option
	Rows      []Effect
	Pages     Pages
}

// Any reports whether the list is cut at all.
func (e Effects) Any() bool { return e.Kind != "" || e.Division != "" }

// Effect is one application.
type Effect struct {
	ID, Point, Division string
	Kinds               []string // phrases
	OldFee, NewFee      string   // yuan, "—" where nobody knows
	FeeChanges          bool
	Why                 []string
}

// Signing is the page on which one person signs.
type Signing struct {
	Page   CampaignPage
	Reason string
	Error  string // phrase, tied to the password and code
	NoWhy  bool   // the reason is missing
	Mine   bool   // she has signed already
	Code   bool   // her code is asked too
}

// Windows is the page on which windows are moved.
type Windows struct {
	Calendar Calendar
	Acts     []Option
	Form     WindowForm
	Refused  *Refused
	Version  uint32
	ID       string // digest of the version in force
}

// WindowForm is what was typed.
type WindowForm struct {
	Act            string
	Chosen         map[string]bool
	FromDay, From  string // YYYY-MM-DD, HH:MM
	ToDay, To      string
	Length, Groups string
	Reason         string
}

// Catalogue is the page on which a catalogue is read in.
type Catalogue struct {
	Version    uint32
	Programmes int
	Reason     string
	Refused    *Refused
}

// Short is a moment of a calendar: day and time of day to the minute.
func Short(t time.Time) string { return page.Local(t, "1-02 15:04") }
