package visit

import (
	"fmt"
	"io"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// verify, verifying, verified: somebody who was confirmed on papers puts down her
// card after all (核验). Nothing is read through and nothing signed: what she
// signed stands, and only who she is was open.

// Verify asks for one durable Verification; answered by Verified or VerifyFailed.
// It is given only after she pressed once, with her card on the reader.
type Verify struct {
	Visit       uint64
	Record      protocol.ID // the confirmation on papers
	Application string
	Card        Card
	Differences []form.Difference
	Timeline    []Moment
}

// Verified answers Verify: the record is durable with its outbox entry.
type Verified struct{ Visit uint64 }

// VerifyFailed answers Verify: nothing was committed.
type VerifyFailed struct{ Visit uint64 }

func (Verify) effect()      {}
func (Verified) event()     {}
func (VerifyFailed) event() {}

// String names the visit and nothing of its content.
func (e Verify) String() string { return fmt.Sprintf("verify visit %d", e.Visit) }

// Format keeps the content out under every verb.
func (e Verify) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.String()) }

// confirmedBefore: nothing more to do, unless it is open who she is and she has
// come with her card.
func (t *turn) confirmedBefore(e Looked) {
	if e.Provisional == (protocol.ID{}) || t.OnPapers() {
		t.refuse(RefuseConfirmed)
		return
	}
	if _, reviewed := t.ReviewedCard(); reviewed { // the card proves nothing that it has not proved: an office decides
		t.Waits = true
		t.refuse(RefuseConfirmed)
		return
	}
	switch e.Validity {
	case form.ExpiredCard:
		t.refuse(RefuseExpired)
		return
	case form.NotYetValid:
		t.refuse(RefuseNotYetValid)
		return
	}
	t.Differences = form.Compare(e.Application, t.Card.Chip)
	t.mark(protocol.StepFound)
	t.enter(PhaseVerify)
}

func (t *turn) verify(e Event) {
	switch e := e.(type) {
	case CardRemoved, ReaderDown: // what stands on the screen is hers
		t.end()
	case CardPlaced, CardRead, CardUnreadable:
		t.next(e)
	case Pressed:
		switch e.Button {
		case ButtonGoOn:
			t.enter(PhaseVerifying)
			t.do(Verify{Visit: t.Visit, Record: t.Found.Provisional, Application: t.Found.Application.ID, Card: t.Card,
				Differences: t.Differences, Timeline: t.Timeline})
		case ButtonDone:
			t.end()
		}
	}
}

func (t *turn) verifying(e Event) {
	switch e := e.(type) {
	case Verified:
		if e.Visit == t.Visit {
			t.ForDesk = t.unlike()
			t.tell(PhaseVerified)
		}
	case VerifyFailed:
		if e.Visit == t.Visit {
			t.refuse(RefuseFault)
		}
	}
}

// unlike counts what makes the card another's: the office looks at both.
func (s State) unlike() (n int) {
	for _, d := range s.Differences {
		if (d.Field == form.FullName || d.Field == form.DocumentNumber) && d.Grade != form.GradeNote {
			n++
		}
	}
	return n
}
