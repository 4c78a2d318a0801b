package visit

import (
	"fmt"
	"io"
	"time"

	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
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
	Chip   form.Chip
}

// Judge asks for the window, the card's dates and the form; answered by Judged.
type Judge struct {
	Visit       uint64
	Application form.Application
	Chip        form.Chip
	Token       Token // she was called by it; see window.JudgeQueued
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
	Token       Token // for Confirmation.Token; used up with the record

	Settled  []protocol.Settlement // for Confirmation.Settled
	Photo    Photo                 // JPEG as RolePhoto and Original as RolePhotoOriginal; both empty if there is none
	Portrait protocol.Portrait     // for Confirmation.Portrait

	Papers    protocol.Papers     // for Confirmation.Papers; zero: there was a card
	Copies    [][]byte            // as RoleCopy(1), RoleCopy(2) …
	Clerk     protocol.Assent     // for Confirmation.Clerk; zero: nobody attended
	Overrides []protocol.Override // for Confirmation.Overrides

	Child    bool              // a guardian is to consent
	Guardian protocol.Guardian // for Confirmation.Guardian; zero: nobody did
	Consent  []byte            // as RoleGuardian
}

// CameraOn asks for live pictures to the measures of Profile (empty: the
// camera's own), for the screen and for advice: PhotoLive. Given only after she
// agreed (requirement S36). The camera runs until CameraOff.
type CameraOn struct {
	Visit   uint64
	Profile string
}

// CameraOff ends what CameraOn began; no picture that was not sealed may be
// kept. It comes before Wipe when the visit ends.
type CameraOff struct{ Visit uint64 }

// TakePhoto asks for one picture; answered by PhotoTaken, PhotoRefused, or
// CameraDown. Try must be given back.
type TakePhoto struct {
	Visit   uint64
	Try     int
	Profile string
}

// PrintSheet asks for one copy of the sheet; answered by SheetSent and then by
// SheetPrinted, SheetUnknown or SheetFailed, each with Copy. Reprint: the copy
// is marked 补打; it is the same version of the document. Of a sheet of an
// earlier visit Paper is empty: the loop knows it by Record; of a ticket by Ticket.
type PrintSheet struct {
	Visit    uint64
	Record   protocol.ID
	Sequence uint64
	At       time.Time // of the acceptance, civil; zero = not known
	Copy     int       // 1, 2, …: number of the copy of this record
	Reprint  bool
	Paper    Paper
	Campaign campaign.Campaign
	Ticket   string // of an admission ticket: id of the application; Record is then what its copies are logged under
}

// CancelPrint asks that the copy does not come out any more, if it has not.
type CancelPrint struct {
	Visit  uint64
	Record protocol.ID
	Copy   int
}

// SheetWord is what she said of a copy: for the box's log of copies.
type SheetWord struct {
	Visit  uint64
	Record protocol.ID
	Copy   int
	InHand bool
}

// Speak asks for one sentence of the screen's catalogue to be spoken. It
// interrupts what is being spoken. The sentence is never personal.
type Speak struct {
	Visit   uint64
	Key     string
	English bool
}

// Hush ends what is being spoken.
type Hush struct{ Visit uint64 }

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

func (CameraOn) effect()    {}
func (CameraOff) effect()   {}
func (TakePhoto) effect()   {}
func (PrintSheet) effect()  {}
func (CancelPrint) effect() {}
func (SheetWord) effect()   {}
func (Speak) effect()       {}
func (Hush) effect()        {}
func (Lookup) effect()      {}
func (Judge) effect()       {}
func (Seal) effect()        {}
func (Wipe) effect()        {}
func (Help) effect()        {}
func (Log) effect()         {}

// String names the visit and nothing of its content.
func (e Seal) String() string { return fmt.Sprintf("seal visit %d attempt %d", e.Visit, e.Attempt) }

// String names the visit and the copy, and nothing of its content.
func (e PrintSheet) String() string {
	return fmt.Sprintf("print sheet of visit %d, copy %d", e.Visit, e.Copy)
}

// Format keeps the content out under every verb.
func (e PrintSheet) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.String()) }

// Format keeps the content out under every verb.
func (e Seal) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.String()) }
