package visit

// card keeps what lies over the walk in step with the card and the reader. It
// runs at the end of every Step, after follow took down what the event said.
func (t *turn) card() {
	if !t.needsCard() || t.Over == OverHelp {
		return
	}
	want := OverNone
	switch {
	case t.Machine.ReaderDown:
		want = OverReaderLost
	case !t.Machine.CardOn || t.Unread:
		want = OverLifted
	case t.Other:
		want = OverWrongCard
	}
	had := t.Over
	if !had.card() && want == OverNone || had == want {
		return
	}
	t.Over = want
	switch {
	case want == OverNone:
		t.Advice = ""
		t.touch()
	case want == OverReaderLost:
		t.OverEnd = t.Now + ReaderLimit
	case had == OverReaderLost || !had.card():
		t.OverEnd = t.Now + CardLimit
	}
}

// needsCard: the card was read and must stay.
func (s State) needsCard() bool { return s.hasCard() && !s.copying() }

// hasCard: it is known who she is by her card, and nothing is sealed.
func (s State) hasCard() bool { return s.begun() && !s.OnPapers() }

// copying: a clerk takes pictures of her card, which may leave the reader for it.
func (s State) copying() bool { return s.Phase == PhaseStaff && s.For == AskCopies }

// CardType is the type of the chip that this visit began with, "" before it is read.
func (s State) CardType() string {
	if s.Read {
		return s.Card.Chip.Type
	}
	return s.Kind
}

// begun: it is known who she is, and nothing is sealed.
func (s State) begun() bool { return s.Phase == PhaseLooking || s.Walking() }

// card tells the overlays that the card or the reader caused.
func (o Over) card() bool { return o == OverLifted || o == OverWrongCard || o == OverReaderLost }

// follow takes down, during the walk, what happens to the card.
func (t *turn) follow(e Event) {
	if !t.hasCard() {
		return
	}
	switch e := e.(type) {
	case CardPlaced:
		t.Unread, t.Other, t.Advice = true, false, ""
	case CardRead:
		t.Unread, t.Other = false, !t.same(e.Card)
	case CardUnreadable:
		t.Unread, t.Advice = true, e.Advice
	case CardRemoved:
		t.Unread, t.Other = false, false
	}
}

// same: the card is the one the visit began with.
func (s State) same(c Card) bool {
	return c.Chip.Type == s.Card.Chip.Type && c.Chip.Number == s.Card.Chip.Number
}
