package visit

// A member of staff puts her own card on the reader, because she signs in or
// gives a second person's word at the desk. It is no visit: nothing is looked
// up, nothing of the card is kept in the State.

// OwnCardWanted: the desk asks for the card of a member of staff. It counts only
// while nobody is served.
type OwnCardWanted struct{}

// OwnCardDropped: the desk does not wait for it any more.
type OwnCardDropped struct{}

// OwnCard is the card that was read in PhaseOwnCard: the loop tells the desk
// which card it is, and clears it.
type OwnCard struct {
	Visit uint64
	Card  Card
}

func (OwnCardWanted) event()  {}
func (OwnCardDropped) event() {}
func (OwnCard) effect()       {}

// String names nothing of the card.
func (OwnCard) String() string { return "own card" }

// ownCard waits for the card that the desk asked for. A card that lay there
// before is not read again by the reader: she lifts it and puts it back.
func (t *turn) ownCard(e Event) {
	switch e := e.(type) {
	case CardRead:
		t.do(OwnCard{Visit: t.Visit, Card: e.Card})
		t.end()
	case CardUnreadable:
		t.Advice = e.Advice
	case CardRemoved, CardPlaced:
		t.Advice = ""
	case OwnCardDropped, ReaderDown:
		t.end()
	case Pressed:
		if e.Button == ButtonDone {
			t.end()
		}
	}
}
