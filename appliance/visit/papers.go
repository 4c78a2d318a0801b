package visit

import (
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// A visit on papers: a clerk at the desk has typed what stands on them and taken
// their pictures; then she walks as with a card, without one. Her photo is
// always taken (demand A40), and the last screen says that the city will look.
// Whose card is of a kind that the city reviews walks with the card, and waits
// once for a clerk who takes its pictures (AskCopies).

// Presented: a clerk at the desk begins a visit on papers instead of a card. It
// counts only where MayPresent says so, and only whole: a number, a name, as
// many pictures as Papers tells of, and who the clerk is.
type Presented struct {
	Chip   form.Chip // of type form.ChipPapers: what stands on them, as the clerk typed it
	Papers protocol.Papers
	Copies [][]byte // pictures of them, JPEG; the loop owns the buffers
	Clerk  protocol.Assent
}

func (Presented) event() {}

// String names nothing of them.
func (Presented) String() string { return "papers presented" }

func (e Presented) whole() bool {
	return e.Chip.Type == form.ChipPapers && e.Chip.Number != "" && (e.Chip.Name != "" || e.Chip.NameEn != "") &&
		e.Papers.Why != "" && len(e.Copies) > 0 && len(e.Copies) == int(e.Papers.Copies) && e.Clerk.Account != ""
}

// MayPresent holds when a visit on papers may begin: nobody is being served,
// and the box has a camera. Whether a card lies on the reader, or the reader
// works at all, makes no difference.
func (s State) MayPresent() bool {
	if s.Machine.Blocked != BlockNone || s.Machine.Camera == CameraNone {
		return false
	}
	switch s.Phase {
	case PhaseIdle, PhaseUnreadable, PhaseRefused, PhaseExplained, PhaseAccepted:
		return true
	}
	return false
}

// OnPapers: she is served on papers, and there is no card.
func (s State) OnPapers() bool { return s.Papers.Why != "" && s.Papers.Why != protocol.WhyReview }

// ReviewedCard gives what the campaign's table says of her card where an office
// reviews cards of its kind (demand A40): a clerk copies it and what else the
// table names before she goes on.
func (s State) ReviewedCard() (campaign.DocumentType, bool) {
	if s.OnPapers() || !s.Read {
		return campaign.DocumentType{}, false
	}
	return s.Found.Campaign.ReviewedCard(s.Found.Application, s.Card.Chip)
}

// Provisional: what she signs is not the end of it: an office looks at the copies
// of her papers, or of her card.
func (s State) Provisional() bool {
	if s.Papers.Why != "" {
		return true
	}
	_, reviewed := s.ReviewedCard()
	return reviewed
}

// toCopies goes on to the copies of a card that is reviewed, or past them.
func (t *turn) toCopies() {
	if _, reviewed := t.ReviewedCard(); reviewed && len(t.Copies) == 0 {
		t.ask(AskCopies)
		return
	}
	t.toGuardian()
}

// copied takes the pictures that a clerk took of her card.
func (t *turn) copied(e Allowed) {
	d, _ := t.ReviewedCard()
	t.Papers = protocol.Papers{Why: protocol.WhyReview, Document: d.Code, Copies: uint8(len(e.Copies)), Note: e.Reason}
	t.Copies = e.Copies
	t.For = AskNone
	t.toGuardian()
}

// presented begins the visit; what an earlier one still shows ends.
func (t *turn) presented(e Presented) {
	if !t.MayPresent() || !e.whole() {
		return
	}
	if t.Phase != PhaseIdle {
		t.end()
	}
	t.endHelp()
	t.Card, t.Read, t.Began = Card{Chip: e.Chip}, true, t.Now
	t.Papers, t.Copies, t.Clerk = e.Papers, e.Copies, e.Clerk
	t.Token = t.Machine.Called
	t.mark(protocol.StepPapers)
	t.enter(PhaseLooking)
	t.do(Lookup{Visit: t.Visit, Number: e.Chip.Number, Chip: e.Chip})
}

// photoAsked is what is asked for her photo: the camera's of whoever has no chip
// and for the types of documents of which the campaign says so (demand A40), of
// others what the campaign asks of everybody.
func (s State) photoAsked() string {
	if s.Provisional() {
		return campaign.PhotoCamera
	}
	c := s.Found.Campaign
	for _, d := range c.Documents {
		if d.Code == s.Found.Application.Get(form.DocumentType) && d.Photo == campaign.PhotoCamera {
			return campaign.PhotoCamera
		}
	}
	return c.Policy.Photo
}
