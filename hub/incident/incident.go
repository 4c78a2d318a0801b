package incident

import (
	"errors"
	"slices"
	"strings"

	"zhunkao/hub/org"
)

var (
	// ErrNotFound says that there is no such incident.
	ErrNotFound = errors.New("incident: not found")
	// ErrTaken says that the id of a report is another's.
	ErrTaken = errors.New("incident: id is taken")
	// ErrState says that a move does not fit how the incident stands.
	ErrState = errors.New("incident: not in this state")
	// ErrOffice says that a move is not this office's to make.
	ErrOffice = errors.New("incident: not this office's to do")
	// ErrText says that a move needs a text and has none, or too long a one.
	ErrText = errors.New("incident: needs a text")
	// ErrPersonal says that a text holds what looks like somebody's number.
	ErrPersonal = errors.New("incident: holds a personal number")
	// ErrTwice says that this person has given her word already.
	ErrTwice = errors.New("incident: said already")
	// ErrReport says that a report lacks its kind, place or time.
	ErrReport = errors.New("incident: report is not complete")
	// ErrChanged says that somebody else has moved it meanwhile.
	ErrChanged = errors.New("incident: changed meanwhile")
)

// State is how an incident stands.
type State string

// The states. In each somebody's office is said to have it: the one it waits
// for, the one that handles it, or the province, which closes it. A power cut
// changes none of them: a move is there whole or not at all.
const (
	Waiting  State = "waiting"  // reported or handed on; nobody has said that she has it
	Handling State = "handling" // somebody has
	Resolved State = "resolved" // it is over, says the reporter's office or one above; the province closes it
	Closed   State = "closed"   // for good, unless it is opened again with a reason
)

// Incident is one 异常情况 as it stands.
type Incident struct {
	ID       string // 32 hexadecimal digits, given by whoever reports
	Number   int64  // 1, 2, 3 … as people call it
	Kind     Kind
	Severity Severity
	State    State
	Division string // where it happened
	Point    string // code, "" = the division as a whole
	From     string // division of the office that reported
	Reporter string // account
	Started  int64  // since when, ms since 1970
	Reported int64  // ms
	People   int    // how many are held up, as far as known
	What     string // what happened
	Done     string // what has been done already
	Need     string // what is asked for; "" = nothing
	Holder   string // division that has it in hand, or for which it waits
	Deadline int64  // ms by which the holder must say so; 0 = none
	Passed   int    // how often a holder let the deadline pass
	Known    []string
	Words    []string // accounts that want it closed, while one word is not enough
	Changed  int64    // ms of the newest step
	Version  int
}

// Entry is one step in its line. Nothing takes one away.
type Entry struct {
	Seq      int
	At       int64 // ms
	Act      Act
	Account  string // "" = the hub
	Division string // of her office
	To       string // division it was handed to
	Measure  Measure
	Ref      string // what the measure is about: a box, a version of the campaign
	Text     string
}

// Actor is who makes a move.
type Actor struct {
	Account  string
	Division string // of her office
	Point    string // code, for whoever belongs to one; "" = the whole office
	Officer  bool   // speaks for her office: no clerk, no technician
}

// Covers reports whether an incident lies in her remit.
func (a Actor) Covers(i Incident) bool {
	return org.Covers(a.Division, i.Division) && (a.Point == "" || a.Point == i.Point)
}

// Open reports whether it is still to be dealt with.
func (i Incident) Open() bool { return i.State != Closed }

// Late reports whether nobody has taken it in hand by its deadline.
func (i Incident) Late(now int64) bool {
	return i.State == Waiting && (i.Passed > 0 || i.Deadline > 0 && i.Deadline <= now)
}

// knows reports whether a division has said that it has seen it.
func (i Incident) knows(division string) bool { return slices.Contains(i.Known, division) }

// Limits of a report.
const (
	maxText   = 2000 // characters
	maxPeople = 10_000_000
)

// CheckText holds a text to what may stand in an incident. ErrText, ErrPersonal.
func CheckText(s string, must bool) error {
	if must && strings.TrimSpace(s) == "" || len([]rune(s)) > maxText {
		return ErrText
	}
	if Personal(s) {
		return ErrPersonal
	}
	return nil
}
