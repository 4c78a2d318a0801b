package payment

// Kind is in which direction money went.
type Kind string

// The kinds.
const (
	Payment Kind = "payment"
	Refund  Kind = "refund"
)

// Source is how we know of a movement.
type Source string

// The sources.
const (
	ByNotice    Source = "notice"    // the channel called us
	ByQuery     Source = "query"     // we asked it
	ByStatement Source = "statement" // its daily file had it, and a query agreed
	ByCash      Source = "cash"      // a clerk took it
	ByTransfer  Source = "transfer"  // two persons entered a bank's transfer
)

// Movement is what a channel says moved. Channel, Kind and Number name it for ever.
type Movement struct {
	ID      string
	Channel string
	Kind    Kind
	Number  string // the channel's: of a payment its transaction, of a refund the refund
	Of      string // of a refund: the payment's number
	Order   string // our order's number as the channel says it; booked, it is OrderOf that
	Fen     int64  // positive
	At      int64  // ms: when the channel says it moved
	Source  Source
	By      string // account of the clerk, "" when no person booked it
}

// Same reports whether two words about one movement say the same. How we came to
// know, and when, makes no difference.
func (m Movement) Same(o Movement) bool {
	return m.Channel == o.Channel && m.Kind == o.Kind && m.Number == o.Number && m.Of == o.Of && m.Order == o.Order && m.Fen == o.Fen && m.At == o.At
}
