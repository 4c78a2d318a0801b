package visit

import (
	"fmt"
	"io"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// Effect is something the loop must do: one of the types below. Effects are
// done in order; those with a Visit are answered by the event they name.
type Effect interface{ effect() }

// Lookup asks the roster; answered by Looked.
type Lookup struct {
	Visit  uint64
	Number identity.Number // as on the chip
}

// Judge asks for the window, the card's dates and the form; answered by Judged.
type Judge struct {
	Visit       uint64
	Application form.Application
	Chip        form.Chip
}

// Seal asks for one durable record; answered by Sealed or SealFailed. It is
// given only after every page was read through, the signature was valid and
// the verdict accepted (open or undecidable). A second Seal of one visit
// (Attempt 2, …) follows only a certain failure of the one before.
type Seal struct {
	Visit       uint64
	Attempt     int
	Application form.Application // as read and signed
	StartedFrom uint32           // the version it started from
	Card        Card
	Differences []form.Difference
	Signature   protocol.Signature
	Pledge      string // the text she saw, in the language she saw it; its SHA-256 goes into the record
	Timeline    []Moment
	Verdict     window.Verdict
}

// Wipe says that the visit ended and the State holds nothing of it any more:
// whatever the loop still keeps for it must go, and the browser must begin a
// fresh profile.
type Wipe struct{ Visit uint64 }

// Help says that somebody called for help, or that the call is over.
type Help struct {
	Visit  uint64
	Called bool
}

// Log is one event for the log: a word and, at most, a word of detail. Neither
// is ever personal.
type Log struct {
	Visit  uint64
	What   string // the screen that is now shown, or what was refused
	Detail string
}

func (Lookup) effect() {}
func (Judge) effect()  {}
func (Seal) effect()   {}
func (Wipe) effect()   {}
func (Help) effect()   {}
func (Log) effect()    {}

// String names the visit and nothing of its content.
func (e Seal) String() string { return fmt.Sprintf("seal visit %d attempt %d", e.Visit, e.Attempt) }

// Format keeps the content out under every verb.
func (e Seal) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.String()) }
