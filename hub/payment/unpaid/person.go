package unpaid

import (
	"errors"
	"slices"
	"strings"

	"zhunkao/hub/incident"
	"zhunkao/hub/payment"
)

var (
	// ErrNotFound says that nobody of this order is on the list.
	ErrNotFound = errors.New("unpaid: not on the list")
	// ErrSigned says that the point has signed for her: what was found stands.
	ErrSigned = errors.New("unpaid: signed for")
	// ErrText says that a text is missing, too long, or holds a personal number.
	ErrText = errors.New("unpaid: no such text")
	// ErrChoice says that a way, an outcome or a reason is none.
	ErrChoice = errors.New("unpaid: no such choice")
	// ErrOpen says that somebody on the list has no reason yet, or was not asked for at
	// the channels: the list cannot be signed.
	ErrOpen = errors.New("unpaid: not everybody is checked")
	// ErrChanged says that the list is not as it was read.
	ErrChanged = errors.New("unpaid: the list has changed")
)

// Person is one who confirmed and has not paid. Whoever shows her asks package
// candidate for the name: nothing here names anybody.
type Person struct {
	payment.Order
	ConfirmedAt int64 // ms
	Asked       Answer
	Contacts    int
	LastContact int64 // ms, 0 = nobody tried
	Finding     Finding
}

// Checked reports whether all is done that the point has to do about her: the channels
// were asked after her time was over or today, and a reason stands.
func (p Person) Checked() bool { return p.Asked.At != 0 && p.Finding.Code != "" }

// Answer is what the channels said when they were asked the last time.
type Answer struct {
	At      int64 // ms, 0 = not asked
	Outcome Outcome
	By      string
}

// Outcome is what came of asking.
type Outcome string

// The outcomes. Paid takes her off the list.
const (
	NotPaid  Outcome = "not-paid" // every channel that was used says: no money moved
	NoTry    Outcome = "no-try"   // she never began to pay: there is nothing to ask about
	Paid     Outcome = "paid"
	Held     Outcome = "held"      // money came and lies in suspense
	NoAnswer Outcome = "no-answer" // a channel did not answer: ask again
)

// Settled reports whether asking has ended with an answer.
func (o Outcome) Settled() bool { return o != "" && o != NoAnswer }

// Finding is the reason that was put down for her.
type Finding struct {
	Code    string // of the campaign's list, "" = none
	Remark  string
	At      int64
	By      string
	Signoff string // id of the point's word that covers it
}

// Contact is one try to reach her.
type Contact struct {
	ID      string
	Order   string
	At      int64
	Way     Way
	Outcome Reached
	Said    string
	By      string
	NotedAt int64
}

// Way is how somebody tried to reach her.
type Way string

// The ways.
const (
	Call  Way = "call"
	Text  Way = "text"
	Visit Way = "visit"
	Came  Way = "came" // she came to the point by herself
	Other Way = "other"
)

// Ways lists them.
func Ways() []Way { return []Way{Call, Text, Visit, Came, Other} }

// Reached is what came of a try.
type Reached string

// What may come of it.
const (
	Spoke     Reached = "spoke"    // with her
	Relative  Reached = "relative" // with somebody of her house
	NoOne     Reached = "no-one"   // nobody answered
	WrongLine Reached = "wrong"    // the number is not hers
	Left      Reached = "left"     // a message was left
)

// Outcomes lists them.
func Outcomes() []Reached { return []Reached{Spoke, Relative, Left, NoOne, WrongLine} }

// MaxText is how many characters a clerk may write.
const MaxText = 300

// CheckText holds a text to what may be kept here. ErrText.
func CheckText(s string, must bool) error {
	if must && strings.TrimSpace(s) == "" || len([]rune(s)) > MaxText || incident.Personal(s) {
		return ErrText
	}
	return nil
}

func (c Contact) check() error {
	if !slices.Contains(Ways(), c.Way) || !slices.Contains(Outcomes(), c.Outcome) {
		return ErrChoice
	}
	return CheckText(c.Said, false)
}
