package visit

import (
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// idle, reading, unreadable, looking: from nobody to somebody.

func (t *turn) idle(e Event) {
	switch e := e.(type) {
	case CardPlaced, CardRead, CardUnreadable:
		if t.Machine.Blocked != BlockNone {
			return
		}
		t.endHelp()
		t.enter(PhaseReading)
		t.reading(e)
	case OwnCardWanted:
		if !t.Machine.ReaderDown && t.Over == OverNone {
			t.enter(PhaseOwnCard)
		}
	case Pressed:
		switch e.Button {
		case ButtonNoCard:
			t.explain(ExplainNoCard)
		case ButtonUnregistered:
			t.explain(ExplainNotRegistered)
		case ButtonDraw:
			t.draw()
		}
	case Drawn:
		t.drawn(e)
	}
}

func (t *turn) reading(e Event) {
	switch e := e.(type) {
	case CardRead:
		t.gotCard(e.Card)
	case CardUnreadable:
		t.cannotRead(e.Advice)
	case CardRemoved:
		t.cannotRead(AdviceHoldStill)
	case ReaderDown:
		t.end()
	}
}

// misreads in a row after which the screen sends her to the staff (fault 24).
const misreads = 3

func (t *turn) cannotRead(a Advice) {
	if t.Machine.Misread >= misreads {
		a = AdviceAskClerk
	}
	t.Advice = a
	t.enter(PhaseUnreadable)
}

func (t *turn) unreadable(e Event) {
	switch e := e.(type) {
	case CardPlaced, CardRead:
		t.endHelp()
		t.Advice = ""
		t.enter(PhaseReading)
		t.reading(e)
	case CardUnreadable:
		t.cannotRead(e.Advice)
	case ReaderDown:
		t.end()
	case Pressed:
		if e.Button == ButtonDone {
			t.end()
		}
	}
}

func (t *turn) gotCard(c Card) {
	if c.Chip.Number == "" || c.Chip.Name == "" && c.Chip.NameEn == "" {
		t.cannotRead(AdviceAskClerk)
		return
	}
	t.Card, t.Read, t.Began = c, true, t.Now
	t.Token = t.Machine.Called
	t.mark(protocol.StepCardRead)
	t.enter(PhaseLooking)
	t.do(Lookup{Visit: t.Visit, Number: c.Chip.Number, Chip: c.Chip})
}

func (t *turn) looking(e Event) {
	switch e := e.(type) {
	case Looked:
		if e.Visit == t.Visit {
			t.looked(e)
		}
	case Judged:
		if e.Visit == t.Visit && t.Found.Finding == FoundHere {
			t.judged(e)
		}
	}
}

func (t *turn) looked(e Looked) {
	if t.Found.Finding != LookFault {
		return // answered already
	}
	t.Found = e
	switch e.Finding {
	case FoundHere:
		t.Differences = form.Compare(e.Application, t.Card.Chip)
		t.do(Judge{Visit: t.Visit, Application: e.Application, Chip: t.Card.Chip, Token: t.Token})
	case FoundNone:
		t.refuse(RefuseNotRegistered)
	case FoundElsewhere:
		t.refuse(RefuseElsewhere)
	case FoundConfirmed:
		t.confirmedBefore(e)
	case FoundTicket:
		t.toTicket()
	case FoundNoTicket:
		t.refuse(RefuseNoTicket)
	default:
		t.refuse(RefuseFault)
	}
}

func (t *turn) judged(e Judged) {
	t.Verdict, t.Missing, t.Judged = e.Verdict, e.Missing, true
	t.Unprintable, t.Child = e.Unprintable, e.Child
	switch {
	case e.Fault:
		t.refuse(RefuseFault)
	case stops(t.Differences):
		t.refuse(RefuseOtherPerson)
	case t.tooOld(e.Card):
		t.refuse(RefuseExpired)
	case e.Card == form.NotYetValid:
		t.refuse(RefuseNotYetValid)
	case e.Unsuited != "":
		t.Unsuited, t.Others = e.Unsuited, e.Others
		t.refuse(RefuseUnsuited)
	case !e.Verdict.Accepts():
		if e.Verdict.State != window.Closed {
			t.refuse(RefuseFault) // no verdict at all
			return
		}
		t.refuse(RefuseClosed)
	case len(e.Missing) > 0:
		t.refuse(RefuseIncomplete)
	case e.Card == form.ExpiredCard:
		t.ask(AskExpired)
	default:
		t.mark(protocol.StepFound)
		t.enter(PhaseFound)
	}
}

func stops(ds []form.Difference) bool {
	for _, d := range ds {
		if d.Grade == form.GradeStop {
			return true
		}
	}
	return false
}
