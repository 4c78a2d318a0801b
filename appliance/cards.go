package appliance

import (
	"zhunkao/appliance/health"
	"zhunkao/appliance/visit"
	"zhunkao/hw/fault"
	"zhunkao/hw/idcard"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// card translates what the reader says.
func (l *loop) card(e idcard.Event) {
	switch e := e.(type) {
	case idcard.ReaderReady:
		l.device(health.Ready, "")
		l.step(visit.ReaderUp{})
	case idcard.ReaderLost:
		l.device(health.Absent, word(e.Err))
		l.step(visit.ReaderDown{})
	case idcard.ReaderFault:
		l.device(health.Fault, word(e.Err))
		l.step(visit.ReaderDown{Permanent: e.Permanent})
	case idcard.LineNoise:
		l.log.Warn("noise on the reader's line", "bad_frames_in_a_minute", e.Count)
		l.device(health.Ready, health.FaultNoise)
	case idcard.CardPlaced:
		l.step(visit.CardPlaced{})
	case idcard.CardRead:
		if l.Training() && l.state.Phase != visit.PhaseOwnCard {
			l.practised(e)
			return
		}
		c := translate(e.Card)
		l.step(visit.CardRead{Card: c})
		l.keepOrClear(c)
	case idcard.CardUnreadable:
		l.step(visit.CardUnreadable{Advice: advice(e.Advice)})
	case idcard.CardRemoved:
		l.step(visit.CardRemoved{})
	}
}

// keepOrClear notes the buffers of a card that the visit took, for its end. A
// card that it did not take, a stranger's or another's or one on a blocked box,
// has no visit whose end would clear them. This comes after the step: the card
// may have ended one visit and begun the next.
func (l *loop) keepOrClear(c visit.Card) {
	if taken := l.state.Card.Text; len(taken) > 0 && &taken[0] == &c.Text[0] {
		l.private = append(l.private, c.Text, c.WLT)
		return
	}
	clear(c.Text)
	clear(c.WLT)
}

func (l *loop) device(state, fault string) { l.deviceNow(health.DeviceIDCard, state, fault) }

// deviceNow takes down how a device is, and tells the hub of a change.
func (l *loop) deviceNow(name, state, fault string) {
	if l.board.Set(name, state, fault) {
		l.link.Beat()
	}
}

// translate makes a visit's card of what the reader read.
func translate(c *idcard.Card) visit.Card {
	out := visit.Card{
		Chip: form.Chip{
			Type: c.Kind.String(), Name: identity.Name(c.Name), NameEn: c.NameEn, Sex: c.Sex, Ethnic: c.Ethnic,
			Birth: c.Birth, Address: c.Address, Number: identity.Number(c.Number), Issuer: c.Issuer,
			ValidFrom: c.ValidFrom, ValidTo: c.ValidTo, PassNumber: c.PassNumber, IssueCount: c.IssueCount,
			Nationality: c.Nationality,
		},
		Text: append([]byte(nil), c.Text[:]...),
	}
	if len(c.WLT) > 0 {
		out.WLT = append([]byte(nil), c.WLT...)
	}
	clear(c.Text[:])
	clear(c.WLT)
	return out
}

func advice(a idcard.Advice) visit.Advice {
	switch a {
	case idcard.AdviceOtherCard:
		return visit.AdviceOtherCard
	case idcard.AdviceHoldStill:
		return visit.AdviceHoldStill
	case idcard.AdviceAskClerk:
		return visit.AdviceAskClerk
	}
	return visit.AdvicePlaceAgain
}

// word is the fault word of a device's error: never more, so that nothing a
// device said gets to the hub unread.
func word(err error) string {
	if w := fault.WordOf(err); w != nil {
		return w.Error()
	}
	return ""
}
