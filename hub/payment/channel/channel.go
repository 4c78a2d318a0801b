package channel

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"zhunkao/hub/payment"
)

var (
	// ErrAway says that the channel did not answer, or not sensibly. Ask again.
	ErrAway = errors.New("channel: no answer")
	// ErrForged says that a word has no good signature, does not decrypt, or is stale.
	ErrForged = errors.New("channel: not the channel's word")
	// ErrForeign says that a word is about another merchant, app or currency.
	ErrForeign = errors.New("channel: about another merchant or currency")
	// ErrUnknown says that the channel knows no such order or refund.
	ErrUnknown = errors.New("channel: unknown there")
	// ErrNoFile says that nothing moved on a day, so that there is no file.
	ErrNoFile = errors.New("channel: no file of that day")
)

// RefusedError is a channel's no.
type RefusedError struct {
	Code string // its own: ORDERPAID, NOTENOUGH, …
}

func (e *RefusedError) Error() string { return fmt.Sprintf("channel: refused: %.40s", e.Code) }

// Channel is one who moves money.
type Channel interface {
	// Name is the channel's word in the ledger and in campaign data.
	Name() string
	// Offer asks for a way to pay. The same order again gives a way to pay it once.
	Offer(ctx context.Context, a Ask) (Offer, error)
	// Query asks what became of what was asked for.
	Query(ctx context.Context, a Ask) (Word, error)
	// Close ends it at the channel: nobody can begin to pay it any more.
	// RefusedError when it is paid; errors.ErrUnsupported where it ends at its own
	// time only.
	Close(ctx context.Context, a Ask) error
	// Refund gives back; the same refund again gives back once.
	Refund(ctx context.Context, r Return) (Word, error)
	// QueryRefund asks what became of a refund.
	QueryRefund(ctx context.Context, r Return) (Word, error)
	// Notice reads what the channel called to say. It is thanked for when what it says
	// is durable, and not before; else it comes again.
	Notice(ctx context.Context, header http.Header, body []byte) (Word, error)
	// Thanks is what the channel wants to hear for a notice, with status 200.
	Thanks() (contentType, body string)
	// Statement fetches the file of a day into to. ErrNoFile.
	Statement(ctx context.Context, day time.Time, to io.Writer) error
}

// Way is how somebody pays.
type Way string

// The ways.
const (
	Scan    Way = "scan"    // a code on our screen, read by her telephone
	Phone   Way = "phone"   // in the browser of the telephone that she reads our page with
	Browser Way = "browser" // in the browser of a computer; a channel without that gives a code
)

// Ask is for what somebody is to pay.
type Ask struct {
	Order   string    // our number: 8 to 32 digits and letters, which all channels take
	Opened  time.Time // when the order was opened: with the number it names the order at UnionPay
	Fen     int64     //
	What    string    // the fee's name, as the buyer sees it; names nobody
	Until   time.Time // when the way to pay ends
	Way     Way
	Address string // network address of who pays by Phone
	Back    string // https address that her browser comes back to, by Phone or Browser
}

// Offer is a way to pay.
type Offer struct {
	Code string     // text of the code to scan; "" with Page
	Page string     // address that her browser goes to
	Form url.Values // what her browser posts there; nil when it just goes
}

// Return is for what is to be given back, whole.
type Return struct {
	Refund  string    // our number
	Asked   time.Time // when it was first asked for
	Order   string    // our number of the order
	Payment string    // the channel's number of the payment
	Fen     int64
	Why     string // as the buyer sees it
}

// State is what a channel says of an order or a refund.
type State string

// The states.
const (
	Moved   State = "moved"   // the money moved: see Movement
	Waiting State = "waiting" // not yet; ask again
	Ended   State = "ended"   // closed, revoked or failed: it will not move
)

// Word is what a channel says, believed.
type Word struct {
	State    State
	Kind     payment.Kind
	Order    string           // our number
	Refund   string           // our number, of a refund
	Movement payment.Movement // when it moved; without ID
}
