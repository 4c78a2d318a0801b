package flow

import (
	"context"
	"fmt"
	"strings"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/notice"
	"zhunkao/hub/payment"
)

// Whoever a step concerns is told of it in its transaction, and what she is told
// is made from the entry that the step writes into the journal: so no step can
// forget her, and no message tells what was not done. Each act stands in
// tellings, or in the test's list of acts that tell nobody, with the reason.

// Details by which an entry names whom it concerns, when its subject is
// something of hers.
const (
	detailApplication = "application"
	detailCarrier     = "carrier" // "mqtt", "stick"
	detailAccount     = "account" // of a person, not of staff
)

// tellings says which messages an act makes.
var tellings = map[journal.Act]func(journal.Entry) []notice.Kind{
	journal.ApplicationRegistered: always(notice.Registered),
	journal.ApplicationEdited:     always(notice.Edited),
	journal.ApplicationMoved:      always(notice.Moved),
	journal.ApplicationWithdrawn:  always(notice.Withdrawn),
	journal.ConfirmationReceived:  received,
	journal.ConfirmationDisputed:  disputing,
	journal.ConfirmationVoided:    voided,
	journal.ConfirmationDecided:   decided,
	journal.RecordQuarantined:     always(notice.Quarantined),
	journal.RecordRefused:         always(notice.HeldRefused),
	journal.PapersAccepted:        always(notice.PapersAccepted),
	journal.PapersReturned:        always(notice.PapersReturned),
	journal.PapersRefused:         notProven,
	journal.CardVerified:          always(notice.CardVerified),
	journal.ApplicationReviewed:   reviewed,
	journal.CardDiffers:           always(notice.CardDiffers),
	journal.OrderOpened:           always(notice.OrderOpened),
	journal.EndingKept:            always(notice.EndKept),
	journal.EndingTakenOff:        always(notice.EndOff),
	journal.EndingRestored:        always(notice.EndRestored),
	journal.EndingLifted:          always(notice.EndRestored),
	journal.SeatAdded:             always(notice.SeatGiven),
	journal.OrderExtended:         always(notice.OrderExtended),
	journal.OrderClosed:           always(notice.OrderClosed),
	journal.OrderWaived:           always(notice.OrderWaived),
	journal.OrderDiffers:          always(notice.OrderDiffers),
	journal.OrderSettled:          always(notice.OrderSettled),
	journal.OrderPaid:             always(notice.Paid),
	journal.MovementSuspended:     suspended,
	journal.MovementReverted:      always(notice.PaymentNone),
	journal.PaymentReverted:       always(notice.PaymentNone),
	journal.RefundAsked:           always(notice.RefundAsked),
	journal.RefundFailed:          always(notice.RefundFailed),
	journal.RefundMade:            always(notice.Refunded),
	journal.RefundTaken:           always(notice.Refunded),
	journal.ApplicantSignedUp:     always(notice.AccountMade),
	journal.ApplicantChanged:      changed,
	journal.ApplicantRecovered:    always(notice.Recovered),
	journal.ApplicantSlip:         always(notice.SlipMade),
	journal.ApplicantCard:         always(notice.CardMade),
	journal.DataCopied:            always(notice.CopyTaken),
	journal.CorrectionAsked:       always(notice.CorrectionSent),
	journal.CorrectionAnswered:    always(notice.CorrectionDone),
	journal.ErasureAsked:          always(notice.ErasureSent),
	journal.ErasureAnswered:       always(notice.ErasureDone),
	journal.DataErased:            erased,
	journal.AreaMoved:             always(notice.AreaMoved),
}

// Told writes an entry that another package made whole into the journal, and
// tells whom it concerns.
func (f *Flow) Told(ctx context.Context, tx *db.Tx, e journal.Entry) error {
	if err := journal.Write(ctx, tx, e); err != nil {
		return fmt.Errorf("flow: %s: %w", e.Act, err)
	}
	return f.tell(ctx, tx, e)
}

func always(k notice.Kind) func(journal.Entry) []notice.Kind {
	return func(journal.Entry) []notice.Kind { return []notice.Kind{k} }
}

// received: what came of it stands in its state; a dispute tells of itself.
func received(e journal.Entry) (out []notice.Kind) {
	switch confirmation.State(e.Detail[journal.DetailState]) {
	case confirmation.InForce:
		switch {
		case e.Detail[journal.DetailCard] != "":
			out = append(out, notice.CardReview)
		case e.Detail[journal.DetailProof] != "":
			out = append(out, notice.Provisional)
		default:
			out = append(out, notice.Confirmed)
		}
	case confirmation.TimePending:
		out = append(out, notice.TimePending)
	}
	if e.Detail["superseded"] != "" {
		out = append(out, notice.Superseded)
	}
	return out
}

// notProven: whether another confirmation of hers still counts, or may.
func notProven(e journal.Entry) []notice.Kind {
	if e.Detail["left"] != "" {
		return []notice.Kind{notice.VoidedOther}
	}
	return []notice.Kind{notice.PapersRefused}
}

// disputing: of two that stand beside each other the newer one tells of both.
func disputing(e journal.Entry) []notice.Kind {
	if e.Detail["beside"] != "" {
		return nil
	}
	return []notice.Kind{doubting(e)}
}

// doubting is what is told of a record that waits: two of hers, or a number that is
// somebody else's.
func doubting(e journal.Entry) notice.Kind {
	if e.Reason == confirmation.NoteOtherPerson {
		return notice.NumberDoubt
	}
	return notice.Disputed
}

// voided: whether another confirmation of hers still counts, or may.
func voided(e journal.Entry) []notice.Kind {
	if e.Detail["left"] != "" {
		return []notice.Kind{notice.VoidedOther}
	}
	return []notice.Kind{notice.Voided}
}

// decided: one entry of a decision tells of all; what was superseded by it is
// told beside it. A record that comes into force because the one beside it was
// taken back says so itself.
func decided(e journal.Entry) (out []notice.Kind) {
	switch {
	case e.Detail["outcome"] == outcomeKept:
		out = append(out, notice.Decided)
	case e.Detail["outcome"] == outcomeNone:
		out = append(out, notice.DecidedNone)
	case e.Detail["beside"] == "":
		return nil
	case e.Detail[journal.DetailState] == string(confirmation.InForce):
		out = append(out, counting[confirmation.Proof(e.Detail[journal.DetailProof])])
	case e.Detail[journal.DetailState] == string(confirmation.TimePending):
		out = append(out, notice.TimePending)
	default:
		out = append(out, doubting(e))
	}
	if e.Detail["superseded"] != "" {
		out = append(out, notice.Superseded)
	}
	return out
}

// counting is what is told of a confirmation that counts by itself again, by how far it
// is sure who made it.
var counting = map[confirmation.Proof]notice.Kind{confirmation.ByChip: notice.Confirmed, confirmation.Provisional: notice.Provisional, confirmation.Returned: notice.PapersReturned}

// suspended: why her money pays no order of hers. A refund that nobody asked for, and
// a stranger's money, are the office's to look into.
func suspended(e journal.Entry) []notice.Kind {
	switch payment.Standing(e.Detail[detailStanding]) {
	case payment.Late:
		return []notice.Kind{notice.PaymentLate}
	case payment.Again:
		return []notice.Kind{notice.PaymentTwice}
	case payment.AfterLeaving:
		return []notice.Kind{notice.PaymentLeft}
	case payment.OtherFee:
		return []notice.Kind{notice.PaymentOther}
	}
	return nil
}

// changed: what of her account.
func changed(e journal.Entry) []notice.Kind {
	switch e.Detail["what"] {
	case "password":
		return []notice.Kind{notice.PasswordChanged}
	case "second":
		return []notice.Kind{notice.SecondChanged}
	case "phone":
		return []notice.Kind{notice.PhoneChanged}
	}
	return nil // she ended sessions of hers
}

// erased: nobody is left to read what is told to the application; her account is.
func erased(e journal.Entry) []notice.Kind {
	if e.Detail[detailAccount] == "" {
		return nil
	}
	return []notice.Kind{notice.Erased}
}

// tell writes the messages that entries make.
func (f *Flow) tell(ctx context.Context, tx *db.Tx, entries ...journal.Entry) error {
	var all []notice.Notice
	for _, e := range entries {
		all = append(all, noticesOf(e)...)
	}
	if err := notice.Put(ctx, tx, all...); err != nil {
		return fmt.Errorf("flow: tell: %w", err)
	}
	return nil
}

// noticesOf gives the messages of an entry, addressed.
func noticesOf(e journal.Entry) (out []notice.Notice) {
	kinds, ok := tellings[e.Act]
	if !ok || e.Result != "" { // what was refused has changed nothing
		return nil
	}
	to := notice.Notice{Application: e.Detail[detailApplication], Account: e.Detail[detailAccount], At: e.At.UnixMilli()}
	if e.Subject.Kind == journal.OfApplication && e.Act != journal.DataErased {
		to.Application = e.Subject.ID
	}
	if to.Application == "" && to.Account == "" {
		return nil // a record that names nobody
	}
	for _, k := range kinds(e) {
		n := to
		n.Kind, n.Args = k, argumentsOf(k, e)
		out = append(out, n)
	}
	return out
}

// argumentsOf gives a message what its kind asks for, of what the entry holds.
func argumentsOf(k notice.Kind, e journal.Entry) map[string]string {
	args := map[string]string{}
	for _, name := range k.Arguments() {
		v := e.Detail[name]
		switch name {
		case "by":
			v = byWhom(e)
		case "point":
			if v = e.Point; k == notice.DecidedNone { // where she is to go
				v = e.Detail["to"]
			}
		case "why":
			if v = e.Reason; e.Act == journal.ConfirmationDecided {
				v = "" // an office's own words
			}
		case "lacks", "fails":
			v = fitting(v)
		case "versions":
			v = strings.Trim(e.Detail["superseded"], "[]")
		}
		if v != "" {
			args[name] = v
		}
	}
	return args
}

// byWhom says who did it, as far as she is told.
func byWhom(e journal.Entry) string {
	switch e.Author.Kind {
	case journal.ByCandidate:
		return notice.BySelf
	case journal.ByBox:
		return notice.ByBox
	case journal.ByHub:
		return notice.ByHub
	}
	return notice.ByOffice
}
