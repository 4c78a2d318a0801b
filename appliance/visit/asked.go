package visit

import (
	"slices"

	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// What a visit asks of the staff: something that would end it, or that is not
// hers to decide, is looked at by a clerk at the desk while she waits. The desk
// is told what is asked and not of whom; a clerk who opens it is named in the
// record's timeline.

// Ask is what a visit asks of the staff.
type Ask string

// What may be asked.
const (
	AskNone Ask = ""
	// AskExpired: her card is past its last day, and the campaign lets the staff
	// decide (Policy.ExpiredCard, act ActExpired).
	AskExpired Ask = "expired-card"
	// AskDifference: application and chip differ in what is not hers to settle.
	AskDifference Ask = "difference"
	// AskPhoto: MaxTries pictures, none kept: whether there is another round.
	AskPhoto Ask = "photo"
	// AskCopies: her card is of a kind that an office reviews (State.ReviewedCard):
	// pictures of it, and of what else the campaign wants copied. Her card may leave
	// the reader meanwhile.
	AskCopies Ask = "copies"
	// AskGuardian: a child was entered at this point (State.Child): her guardian's
	// consent, signed on a sheet. Without it she goes on, and the county decides.
	AskGuardian Ask = "guardian"
)

// ActExpired is the key in a campaign's table of acts by which an expired card
// may pass.
const ActExpired = "expired-card"

// Opened: a clerk at the desk looks at what the visit asks, and sees of whom.
type Opened struct {
	Visit uint64
	Clerk protocol.Assent
}

// Allowed: the staff decided what the visit asks. It counts only with as many
// persons, and with the reason, that the campaign's table of acts asks for.
type Allowed struct {
	Visit   uint64
	Ask     Ask
	Chip    bool              // AskDifference: what the chip says is taken over; else what she entered stands
	Reason  string            // of no person
	Assents []protocol.Assent // the clerk's first, then, where two are needed, the second person's
	Copies  [][]byte          // AskCopies: the pictures, 1 to protocol.MaxCopies, JPEG; AskGuardian: one, of the sheet; the loop owns the buffers

	Guardian protocol.Guardian // AskGuardian: who consents; zero else
}

// Denied: the staff do not let it pass.
type Denied struct {
	Visit uint64
	Ask   Ask
	Clerk protocol.Assent
}

func (Opened) event()  {}
func (Allowed) event() {}
func (Denied) event()  {}

// Ask is what the staff are asked now.
func (s State) Ask() Ask {
	switch {
	case s.Phase == PhaseStaff:
		return s.For
	case s.Phase == PhaseNoPhoto && s.Lack == LackTries:
		return AskPhoto
	}
	return AskNone
}

// ActOf is the act of the campaign's table that an ask needs; false if none is
// needed: then any clerk of the point decides alone.
func ActOf(c campaign.Campaign, a Ask) (campaign.Act, bool) {
	if a != AskExpired {
		return campaign.Act{}, false
	}
	i := slices.IndexFunc(c.Acts, func(x campaign.Act) bool { return x.Key == ActExpired && x.Tier == campaign.Point })
	if i < 0 {
		return campaign.Act{}, false
	}
	return c.Acts[i], true
}

// mayPassExpired: the campaign lets the staff of the point decide about a card
// past its last day. Papers themselves must be valid.
func (s State) mayPassExpired() bool {
	_, act := ActOf(s.Found.Campaign, AskExpired)
	return act && !s.OnPapers() && s.Found.Campaign.Policy.ExpiredCard == campaign.ExpiredClerk
}

// ask waits for the staff.
func (t *turn) ask(a Ask) {
	t.For = a
	t.enter(PhaseStaff)
}

// asked takes the staff's word.
func (t *turn) asked(e Event) {
	switch e := e.(type) {
	case Opened:
		if e.Visit == t.Visit && t.Ask() != AskNone && e.Clerk.Account != "" {
			t.Clerk = e.Clerk
			t.mark(protocol.StepOpened)
			if t.copying() || t.For == AskGuardian { // who is at it needs time for each picture
				t.IdleEnd = t.Now + t.limit()
			}
		}
	case Allowed:
		if e.Visit == t.Visit && e.Ask != AskNone && e.Ask == t.Ask() && t.lawful(e) {
			t.allowed(e)
		}
	case Denied:
		if e.Visit == t.Visit && e.Ask != AskNone && e.Ask == t.Ask() {
			t.Clerk = e.Clerk
			t.denied()
		}
	}
}

// lawful: so many persons, of different accounts, and a reason, as the act asks.
func (t *turn) lawful(e Allowed) bool {
	act, needed := ActOf(t.Found.Campaign, e.Ask)
	persons := max(1, act.Persons)
	if (e.Ask == AskCopies || e.Ask == AskGuardian) != (len(e.Copies) > 0) || len(e.Copies) > protocol.MaxCopies || !e.guards() {
		return false
	}
	for _, c := range e.Copies {
		if len(c) == 0 {
			return false
		}
	}
	if len(e.Assents) < persons || len(e.Assents) > 2 || needed && act.Reason && e.Reason == "" {
		return false
	}
	for i, a := range e.Assents {
		if a.Account == "" || i > 0 && a.Account == e.Assents[0].Account {
			return false
		}
	}
	return true
}

func (t *turn) allowed(e Allowed) {
	t.Clerk = e.Assents[0]
	t.mark(protocol.StepAllowed)
	switch e.Ask {
	case AskExpired:
		t.Overrides = append(slices.Clone(t.Overrides), protocol.Override{Act: ActExpired, Reason: e.Reason, Assents: e.Assents})
		t.For = AskNone
		t.mark(protocol.StepFound)
		t.enter(PhaseFound)
	case AskDifference:
		decision := protocol.SettledKept
		if e.Chip {
			decision = protocol.SettledChip
		}
		t.For = AskNone
		t.decide(t.Asked()[t.Asking-1].Field, decision)
		t.afterSettling()
	case AskPhoto:
		t.Tries = 0
		t.toLive()
	case AskCopies:
		t.copied(e)
	case AskGuardian:
		t.consented(e)
	}
}

// denied: what is asked is not granted, or nobody came.
func (t *turn) denied() {
	was := t.For
	t.For = AskNone
	switch {
	case t.Phase != PhaseStaff: // she stays where she is
	case was == AskDifference:
		t.enter(PhaseSettle)
	case was == AskCopies:
		d, _ := t.ReviewedCard()
		t.Wanted = d.Copies
		t.refuse(RefuseCopies)
	case was == AskGuardian: // nobody to consent: the hub says so, and the county decides
		t.Alone = true
		t.toPhoto()
	default:
		t.refuse(RefuseExpired)
	}
}

// staff: she waits, or does not want to.
func (t *turn) staff(e Event) {
	if p, ok := e.(Pressed); ok && p.Button == ButtonNoWait {
		t.denied()
	}
}

// afterSettling goes to the next difference, or past them.
func (t *turn) afterSettling() {
	if t.Asking < len(t.Asked()) {
		t.Asking++
		t.enter(PhaseSettle)
		return
	}
	t.mark(protocol.StepSettled)
	t.toCopies()
}

// tooOld: the card is past its last day, and nobody here may let it pass.
func (t *turn) tooOld(card form.Validity) bool {
	return card == form.ExpiredCard && !t.mayPassExpired()
}
