package payment

// State is how an order stands.
type State string

// The states of an order. A power cut leaves it where its last committed step put it.
const (
	Open   State = "open"   // may be paid: she sees it, with the time that is left
	Paid   State = "paid"   // a movement paid it: she sees when and how much
	Waived State = "waived" // an approved exemption paid it, where the campaign says so
	Closed State = "closed" // its time is over: she sees that, and whom to ask
	Left   State = "left"   // she withdrew, or her registration is void
)

// Order is what somebody shall pay: one candidate, one fee. Times are ms since 1970
// by the hub's civil clock.
type Order struct {
	Number      string // 缴费单号, ours, given once
	Application string
	Campaign    string
	Division    string // where she registered: whose money it is to look after
	Point       string
	Level       string // whose fee it is
	Fen         int64
	State       State
	OpenedAt    int64
	DueAt       int64  // until when it may be paid; 0: no end is set yet
	EndedAt     int64  // when it was paid, waived, closed or left
	Movement    string // that paid it, "" else
	Record      string // what opened it: a record of a box, or a step; for the journal and for doubling
	Cause       string // which step opened it: package flow's
	ArrivedAt   int64  // when the record that it belongs to came; 0: only a slip tells of it, or there is none
}

// Standing is what a movement is to its order, at the moment when it was booked.
type Standing string

// The standings. All but Pays and Returns lie in suspense, and have a screen for
// her and for the office, with a remedy.
const (
	Pays         Standing = "pays"          // its order is paid by it
	Returns      Standing = "returns"       // a refund that was asked for has been made
	Stranger     Standing = "stranger"      // of no order of ours
	Again        Standing = "again"         // its order is paid by an earlier one, or waived
	AfterLeaving Standing = "after-leaving" // paid after she left
	Late         Standing = "late"          // paid after its time was over, or the word of it came when she was void
	OtherFee     Standing = "other-fee"     // not the amount that the order asks
	Unasked      Standing = "unasked"       // a refund that nobody here asked for
)

// Judge says what a payment is to its order; o is nil where there is none. It is
// pure, and asks the questions in the order of reconcile's classes, so that both
// always say the same.
func Judge(o *Order, m Movement) Standing {
	switch {
	case o == nil:
		return Stranger
	case o.State == Paid || o.State == Waived:
		return Again
	case o.State == Left && m.At > o.EndedAt:
		return AfterLeaving
	case o.State == Closed && m.At > o.EndedAt:
		return Late
	case m.Fen != o.Fen:
		return OtherFee
	}
	return Pays
}

// Stands reports whether the order is paid for or may still be: of one candidate
// there is at most one such.
func (s State) Stands() bool { return s == Open || s == Paid || s == Waived }
