package flow

import (
	"zhunkao/hub/confirmation"
	"zhunkao/hub/payment"
	rules "zhunkao/protocol/campaign"
)

// OrderFacts is all that NextOrder looks at.
type OrderFacts struct {
	Opens     string             // which step of the campaign opens an order: rules.Opens…, "" for none
	Withdrawn bool               // her application is
	Stands    confirmation.State // of the record that speaks for her, "" for none
	Record    string             // its id
	Came      bool               // the record is here by which a slip opened the order
	Level     string
	Fee       int64 // of her level, 0 for none
	Point     string
	Order     *payment.Order // that counts: which stands, else the newest; nil for none
	Noted     int64          // the fee that was noted as another than what is paid; 0 for none
	Settled   bool           // … and settled
	Void      bool           // the end made her registration void (A41): no time is given by a window
	Due       int64          // until when she may pay by what is known now
	Now       int64
}

// OrderStep is what becomes of an order.
type OrderStep string

// The steps. Where nothing is to be done it is KeepsOrder: doing a step makes the facts
// such that it is not done again, so that an entry of the journal may be followed twice.
const (
	KeepsOrder      OrderStep = ""
	OpensOrder      OrderStep = "opens"
	EndsOrder       OrderStep = "ends"    // nothing stands that it is for
	RenewsOrder     OrderStep = "renews"  // her fee is another: it is ended, and one opened anew
	JoinsOrder      OrderStep = "joins"   // the record of one that a slip opened has come
	RelabelsOrder   OrderStep = "labels"  // she has another point, or a level of the same fee
	ExtendsOrder    OrderStep = "extends" // her time for paying ends later by now
	NotesDifference OrderStep = "differs" // it is paid, and her fee is another
	DropsDifference OrderStep = "agrees"  // … and is what was paid again
)

// NextOrder says what becomes of an order. It is pure, and asked again until it gives
// KeepsOrder. The rules, from A41–A43 and issue 8:
//
//   - An order opens when a confirmation stands, in force or with its time pending
//     (时间待核); a dispute (待裁) opens none and ends none. Where papers open it, only
//     they do.
//   - It is left when she withdrew, or when nothing of hers stands any more. One that
//     is paid is not left: what becomes of the money is a step of people.
//   - Nobody's time is ever made shorter than she was told.
func NextOrder(f OrderFacts) OrderStep {
	o := f.Order
	if o == nil || o.State == payment.Left {
		if f.Opens == rules.OpensConfirmed && !f.Withdrawn && f.Fee > 0 && better(f.Stands, confirmation.Disputed) {
			return OpensOrder
		}
		return KeepsOrder
	}
	unpaid := o.State == payment.Open || o.State == payment.Closed
	waits := o.Cause == string(CauseSlip) && o.ArrivedAt == 0
	switch {
	case unpaid && !f.belongs(waits):
		return EndsOrder
	case f.Withdrawn || waits && f.Stands == "":
		return KeepsOrder
	case waits:
		return JoinsOrder
	case o.State == payment.Open && f.Fee != o.Fen:
		return f.anew()
	case unpaid && (o.Level != f.Level || o.Point != f.Point):
		return RelabelsOrder
	case unpaid && !f.Void && o.DueAt != 0 && f.Due > o.DueAt && f.Due > f.Now:
		return ExtendsOrder
	case o.State == payment.Paid:
		return f.difference()
	}
	return KeepsOrder
}

// belongs reports whether an order that is not paid is for something that stands.
func (f OrderFacts) belongs(waits bool) bool {
	return !f.Withdrawn && (f.Opens == rules.OpensPapers || f.Stands != "" || waits && !f.Came)
}

// anew is for an open order of another fee. While the county decides which of two
// records counts, her level is not known.
func (f OrderFacts) anew() OrderStep {
	switch {
	case f.Stands == confirmation.Disputed:
		return KeepsOrder
	case f.Fee > 0:
		return RenewsOrder
	}
	return EndsOrder
}

// difference: what was paid is judged by the level it was paid for, not by what a
// later version of the campaign asks of that level.
func (f OrderFacts) difference() OrderStep {
	if known := better(f.Stands, confirmation.Disputed) || f.Opens == rules.OpensPapers && f.Stands == ""; !known {
		return KeepsOrder // what she will sign, or which record counts, is open
	}
	another := f.Level != f.Order.Level && f.Fee != f.Order.Fen
	switch {
	case another && f.Noted != f.Fee:
		return NotesDifference
	case !another && f.Noted != 0 && !f.Settled:
		return DropsDifference
	}
	return KeepsOrder
}
