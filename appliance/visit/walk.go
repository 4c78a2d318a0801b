package visit

import "zhunkao/protocol"

// found, read-through, pledge: she reads, agrees and signs.

func (t *turn) found(e Event) {
	p, ok := e.(Pressed)
	if !ok {
		return
	}
	switch p.Button {
	case ButtonGoOn:
		t.Waived = false
		t.toSettle()
	case ButtonNotMe:
		t.explain(ExplainNotMe)
	case ButtonWrong:
		t.explain(ExplainWrong)
	}
}

// toRead lays the pages out, with what she decided and her photo, and shows
// the first.
func (t *turn) toRead() {
	t.Pages = Paginate(t.Found.Campaign, t.Signing(), t.Kept)
	t.Page, t.ReadTo = 1, 0
	t.enter(PhaseRead)
}

func (t *turn) read(e Event) {
	p, ok := e.(Pressed)
	if !ok {
		return
	}
	switch p.Button {
	case ButtonGoOn:
		if t.ReadTo == t.Page-1 {
			t.ReadTo = t.Page
		}
		if t.Page < len(t.Pages) {
			t.Page++
			t.enter(PhaseRead)
			return
		}
		if t.ReadTo == len(t.Pages) {
			t.mark(protocol.StepRead)
			t.enter(PhasePledge)
		}
	case ButtonBack:
		if t.Page > 1 {
			t.Page--
			t.enter(PhaseRead)
			return
		}
		t.Page = 0
		t.enter(PhaseFound)
	case ButtonWrong:
		t.explain(ExplainWrong)
	}
}

func (t *turn) pledge(e Event) {
	switch e := e.(type) {
	case Pressed:
		switch e.Button {
		case ButtonBack:
			t.enter(PhaseRead)
		case ButtonWrong:
			t.explain(ExplainWrong)
		}
	case Signed:
		t.signed(e)
	}
}

func (t *turn) signed(e Signed) {
	if e.Visit != t.Visit || e.Turn != t.Turn || t.Over != OverNone && t.Over != OverStill {
		return
	}
	t.touch()
	if !e.Signature.Valid() || !t.mayseal() {
		return
	}
	t.Signature = e.Signature
	t.mark(protocol.StepSigned)
	t.seal()
}

// mayseal: all pages read, a verdict that accepts, this visit's application.
func (t *turn) mayseal() bool {
	return t.Read && t.Found.Finding == FoundHere && t.Found.Visit == t.Visit &&
		t.Judged && t.Verdict.Accepts() && len(t.Missing) == 0 &&
		len(t.Pages) > 0 && t.ReadTo == len(t.Pages) && t.settled() && t.photoDone()
}
