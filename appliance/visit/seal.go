package visit

import "zhunkao/protocol/window"

// sealing, seal-failed, accepted: from the signature to the end.

func (t *turn) seal() {
	t.Attempt++
	t.Unsure = false
	t.Over = OverNone
	t.enter(PhaseSealing)
	t.do(Seal{
		Visit: t.Visit, Attempt: t.Attempt,
		Application: t.Signing(), StartedFrom: t.Found.Application.Version,
		Card: t.Card, Differences: t.Differences, Signature: t.Signature,
		Pledge: t.PledgeText(), Timeline: t.Timeline, Verdict: t.Verdict,
		Settled: t.Settled, Photo: t.kept(), Portrait: t.Portrait(),
		Papers: t.Papers, Copies: t.Copies, Clerk: t.Clerk, Overrides: t.Overrides, Token: t.Token,
		Child: t.Child, Guardian: t.Guardian, Consent: t.Consent,
	})
}

func (t *turn) sealing(e Event) {
	switch e := e.(type) {
	case Sealed:
		t.sealed(e)
	case SealFailed:
		t.failed(e)
	}
}

func (t *turn) sealed(e Sealed) {
	if e.Visit != t.Visit {
		return
	}
	t.Sealed, t.ForDesk = e, t.ForClerk()
	t.useToken()
	if !t.Machine.Printer.Fitted {
		t.tell(PhaseAccepted)
		return
	}
	paper := Paper{Application: t.Signing(), StartedFrom: t.Found.Application.Version, Chip: t.Card.Chip, Photo: t.kept(),
		Signature: t.Signature, Settled: t.Settled, Undecidable: t.Verdict.State == window.Undecidable}
	if t.Over != OverHelp {
		t.Over = OverNone
	}
	t.forget()
	t.Paper, t.Sheet = paper, Sheet{First: 1}
	t.print()
}

// kept is her photo, without the pictures that she did not keep.
func (s State) kept() Photo {
	if s.Kept {
		return s.Photo
	}
	return Photo{}
}

func (t *turn) failed(e SealFailed) {
	if e.Visit != t.Visit {
		return
	}
	if e.Confirmed {
		t.Found = Looked{Visit: t.Visit, Finding: FoundConfirmed}
		t.refuse(RefuseConfirmed)
		return
	}
	if e.Closed.State == window.Closed {
		t.Verdict = e.Closed
		t.refuse(RefuseClosed)
		return
	}
	t.Unsure = false
	t.enter(PhaseSealFailed)
}

func (t *turn) sealFailed(e Event) {
	switch e := e.(type) {
	case Sealed:
		t.sealed(e)
	case SealFailed:
		t.failed(e)
	case CardPlaced, CardRead, CardUnreadable:
		t.next(e)
	case Pressed:
		switch e.Button {
		case ButtonRetry:
			if t.MayRetry() {
				t.seal()
			}
		case ButtonDone:
			t.end()
		}
	}
}

// MayRetry holds when sealing certainly failed and the box may still serve.
// After an unsure failure a second record might double the first.
func (s State) MayRetry() bool {
	return s.Phase == PhaseSealFailed && !s.Unsure && s.Machine.Blocked.Finishes()
}

// arrived takes down what becomes of the record, from the sealing on.
func (t *turn) arrived(e Event) {
	if r, ok := e.(Receipted); ok && t.Found.Reprint && t.Found.Record == r.Record {
		// The box can no longer print the sheet of that earlier visit.
		t.Found.Reprint, t.Found.Delivered = false, true
	}
	if t.Phase != PhaseAccepted && !t.Phase.sheet() || t.Reprinting() {
		return
	}
	switch e := e.(type) {
	case Receipted:
		if e.Record == t.Sealed.Record {
			t.Delivered = true
			t.IdleEnd = max(t.IdleEnd, t.Now+DeliveredLimit)
		}
	case SetAside:
		if e.Record == t.Sealed.Record {
			t.SetAside = e.Reason
			t.IdleEnd = max(t.IdleEnd, t.Now+NoteLimit)
		}
	}
}

func (t *turn) accepted(e Event) {
	switch e := e.(type) {
	case CardPlaced, CardRead, CardUnreadable:
		t.next(e)
	case Pressed:
		if e.Button == ButtonDone {
			t.end()
		}
	}
}

// PledgeText is the pledge as this screen shows it, one sentence a line.
func (s State) PledgeText() string {
	return s.Found.Campaign.Text("pledge_screen", s.Prefs.English)
}
