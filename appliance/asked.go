package appliance

import (
	"context"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// openAsked gives a clerk what the visit asks of the staff, with her data, and
// has the record name who saw it. desk.ErrAskedGone.
func (l *loop) openAsked(ctx context.Context, number uint64, clerk protocol.Assent) (o desk.Opened, err error) {
	failed := l.within(ctx, func() {
		s := l.state
		if s.Visit != number || s.Ask() == visit.AskNone {
			err = desk.ErrAskedGone
			return
		}
		o.Name, o.Number = s.Found.Application.Name().Reveal(), s.Found.Application.Number().String()
		switch asked := s.Asked(); {
		case s.Ask() == visit.AskCopies:
			d, _ := s.ReviewedCard()
			field, _ := s.Found.Campaign.Form.Field(form.DocumentType)
			o.Document, o.Wanted = visit.Value(s.Found.Campaign, field, d.Code), d.Copies
		case s.Ask() == visit.AskGuardian:
			o.Birth = visit.Date(s.Found.Application.Get(form.BirthDate))
		case s.Ask() == visit.AskExpired:
			o.ValidTo = visit.Date(s.Card.Chip.ValidTo)
		case s.Ask() == visit.AskDifference && s.Asking >= 1 && s.Asking <= len(asked):
			d := asked[s.Asking-1]
			field, _ := s.Found.Campaign.Form.Field(d.Field)
			o.Field = visit.Text{Zh: field.Zh, En: visit.Sentence(field.En)}
			o.Typed, o.Chip = visit.Value(s.Found.Campaign, field, d.Typed), visit.Value(s.Found.Campaign, field, d.Chip)
		}
		l.step(visit.Opened{Visit: number, Clerk: clerk})
	})
	if failed != nil {
		return desk.Opened{}, failed
	}
	return o, err
}

// decideAsked brings the staff's word to the visit. desk.ErrAskedGone when the
// visit does not ask it any more, or did not take it.
func (l *loop) decideAsked(ctx context.Context, e visit.Event) (err error) {
	failed := l.within(ctx, func() {
		number, ask := uint64(0), visit.AskNone
		switch e := e.(type) {
		case visit.Allowed:
			number, ask = e.Visit, e.Ask
		case visit.Denied:
			number, ask = e.Visit, e.Ask
		}
		if ask == visit.AskNone || l.state.Visit != number || l.state.Ask() != ask {
			err = desk.ErrAskedGone
			return
		}
		l.step(e)
		a, allow := e.(visit.Allowed)
		switch {
		case allow && l.state.Visit == number && l.state.Ask() == ask:
			err = desk.ErrAskedGone // it did not count
		case allow:
			l.private = append(l.private, a.Copies...)
		}
	})
	if failed != nil {
		return failed
	}
	return err
}
