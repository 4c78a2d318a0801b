package ending

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"strings"

	"zhunkao/hub/incident"
	"zhunkao/hub/payment"
)

var (
	// ErrNotFound says that there is no such list, or that she is not on it.
	ErrNotFound = errors.New("ending: not found")
	// ErrState says that it is not where this can be done to it.
	ErrState = errors.New("ending: not in this state")
	// ErrStanding says that a list is told and not yet signed or dropped.
	ErrStanding = errors.New("ending: a list stands")
	// ErrEarly says that the days to object are not over.
	ErrEarly = errors.New("ending: the days to object are not over")
	// ErrObjections says that somebody's objection is not answered.
	ErrObjections = errors.New("ending: objections are open")
	// ErrNobody says that nobody would be void.
	ErrNobody = errors.New("ending: nobody is on it")
	// ErrChanged says that the list is not as it was read.
	ErrChanged = errors.New("ending: the list has changed")
	// ErrText says that a text is missing, too long, or holds a personal number.
	ErrText = errors.New("ending: no such text")
)

// Why says for what somebody is void.
type Why string

// The reasons of demand A41, and why somebody is kept off the list.
const (
	Unconfirmed Why = "unconfirmed"
	Unpaid      Why = "unpaid"
)

// Verdict is what Judge says of somebody.
type Verdict struct {
	Why  Why    // for what she is void, "" if she is not
	Hold string // what must be decided first, one of the Hold… values
}

// What must be decided first.
const (
	HoldDoubt    = "doubt"    // a confirmation of hers waits for the county, or could not be taken
	HoldPapers   = "papers"   // the city has not judged her papers
	HoldTime     = "time"     // her order is open: she may still pay
	HoldSuspense = "suspense" // money of hers lies in suspense, or is being returned
	HoldOrder    = "order"    // she is confirmed, and has no order yet
)

// Facts is what Judge asks about somebody.
type Facts struct {
	Withdrawn bool
	Confirmed bool            // a confirmation counts
	Waiting   bool            // one waits for the county, or lies aside
	Papers    bool            // one counts, and the city has not judged its papers
	Orders    []payment.State // all orders of hers
	Suspense  bool            // money that names an order of hers is not where it stays
}

// Judge says whether somebody is void when all windows are over. It never says so of
// her who is valid (A42): confirmed, and paid or waived.
func Judge(f Facts) Verdict {
	has := func(s payment.State) bool {
		for _, o := range f.Orders {
			if o == s {
				return true
			}
		}
		return false
	}
	switch {
	case f.Withdrawn:
		return Verdict{}
	case f.Confirmed && (has(payment.Paid) || has(payment.Waived)):
		return Verdict{}
	case f.Suspense || !f.Confirmed && (has(payment.Paid) || has(payment.Waived)):
		return Verdict{Hold: HoldSuspense}
	case f.Waiting:
		return Verdict{Hold: HoldDoubt}
	case !f.Confirmed && has(payment.Open): // a slip says that a record is on its way
		return Verdict{Hold: HoldTime}
	case !f.Confirmed:
		return Verdict{Why: Unconfirmed}
	case has(payment.Open):
		return Verdict{Hold: HoldTime}
	case f.Papers:
		return Verdict{Hold: HoldPapers}
	case !has(payment.Closed):
		return Verdict{Hold: HoldOrder}
	}
	return Verdict{Why: Unpaid}
}

// State is how a list stands.
type State string

// The states. A power cut leaves a list where its last committed step put it.
const (
	Told     State = "told"     // frozen; everybody on it is told and may object
	Dropped  State = "dropped"  // taken back before it was signed
	Signed   State = "signed"   // who stands on it is void
	Reversed State = "reversed" // taken back whole, after it was signed
)

// List is one end.
type List struct {
	ID          string
	Campaign    string
	Division    string
	State       State
	DrawnAt     int64
	DrawnBy     string
	ObjectUntil int64
	Hash        string // as it was drawn
	People      int
	SignedAt    int64
	SignedBy    string
	Second      string
	SignedHash  string
	Voided      int
	EndedAt     int64 // when it was dropped or reversed
	EndedBy     string
	EndedSecond string
	EndedWhy    string
}

// Standing is how somebody stands on a list.
type Standing string

// The standings.
const (
	Listed   Standing = "listed"
	Objected Standing = "objected" // listed, and her objection is not answered
	Off      Standing = "off"      // taken off by an office, for a reason
	Out      Standing = "out"      // dropped out by herself: Cause says how
	Void     Standing = "void"
	Restored Standing = "restored" // the void was taken back
)

// Standings lists them.
func Standings() []Standing { return []Standing{Listed, Objected, Off, Out, Void, Restored} }

// How somebody drops out by herself.
const (
	ByPaying     = "paid"      // or the fee was waived
	ByConfirming = "confirmed" // a confirmation of hers came, or counts after all
	ByTime       = "time"      // she was given more time to pay
	BySuspense   = "suspense"  // money of hers came, and what becomes of it is not decided
	ByLeaving    = "left"      // she withdrew, or was erased
	ByRecord     = "record"    // a record that was sealed in time came after it was signed
)

// Person is one on a list. What names her is in package candidate.
type Person struct {
	List        string
	Application string
	Division    string
	Point       string
	Why         Why
	Order       string // that was not paid
	Standing    Standing
	Cause       string // how she dropped out, or what the office decided about an objection: "kept"
	Note        string // the office's reason
	Said        string // her objection, as an office wrote it down
	SaidAt      int64
	SaidBy      string
	SettledAt   int64
	SettledBy   string
	Second      string
}

// MaxText is how many characters an objection or a reason may have.
const MaxText = 300

// CheckText holds a text to what may be kept here. ErrText.
func CheckText(s string) error {
	if strings.TrimSpace(s) == "" || len([]rune(s)) > MaxText || incident.Personal(s) {
		return ErrText
	}
	return nil
}

func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}
