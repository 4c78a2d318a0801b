package appliance

import (
	"errors"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// enteredHere says of a confirmation that its application was first entered at
// this point (demand A56): there is no version before it, and who entered it, and
// why, stands as the campaign's table of acts asks.
func enteredHere(c *protocol.Confirmation, d *store.Draft) {
	if d == nil || d.Entered == nil {
		return
	}
	c.Entered, c.StartedFrom, c.Application.Version = true, 0, 1
	c.Overrides = append(c.Overrides[:len(c.Overrides):len(c.Overrides)], protocol.Override{Act: desk.ActDraft, Reason: d.Why(), Assents: []protocol.Assent{d.Entered.Assent(protocol.AssentClerk)}})
}

// find looks a number up. A draft that it finds is held until the visit ends, so
// that the desk does not discard what she is signing.
func (l *loop) find(n identity.Number, chip form.Chip) (store.Found, error) {
	for {
		found, err := l.store.Find(n)
		if err == nil && l.typedForAnother(found, chip) {
			found, err = l.store.FindRegistered(n)
		}
		if found.Entered && l.campaign != nil && found.Application.Campaign != l.campaign.ID {
			found = store.Found{} // entered for an examination that is over
		}
		l.enter(nil)
		if err != nil || found.Draft == nil {
			return found, err
		}
		there, err := l.store.HoldDraft(found.Draft.ID)
		if there {
			l.enter(found.Draft)
		}
		if there || err != nil {
			return found, err
		}
	}
}

// typedForAnother reports whether a chip is looked up by a number that a clerk typed
// here from somebody else's papers, who has signed: the chip proves it hers, and she is
// served as if nothing had been typed. The hub finds the same when the record comes.
// A name that is only written otherwise is the same person's.
func (l *loop) typedForAnother(found store.Found, chip form.Chip) bool {
	c := found.Confirmed
	if chip.Type == form.ChipPapers || c == nil || !found.Here || c.Provisional == nil || found.Application != nil {
		return false
	}
	d, err := l.store.Draft(c.Application)
	if err != nil { // the hub has it, or it cannot be read: the roster says more, or the look-up
		return false
	}
	name := d.Application.Name()
	return name != "" && !identity.SameName(name, chip.Name) && !identity.SameName(name, identity.Name(chip.NameEn))
}

// enter notes which draft the visit is about, nil for none, and lets go of the one
// before. A draft comes held.
func (l *loop) enter(d *store.Draft) {
	if l.entered != nil {
		l.store.LetDraft(l.entered.ID)
	}
	l.entered = d
}

// holdSealing holds a draft once more: a sealing may outlast its visit.
func (l *loop) holdSealing(d *store.Draft) (let func(), err error) {
	if d == nil {
		return func() {}, nil
	}
	there, err := l.store.HoldDraft(d.ID) // it is held, and so it is there
	if !there {
		return nil, errors.Join(err, store.ErrNotFound)
	}
	return func() { l.store.LetDraft(d.ID) }, nil
}

// unknown is what the chip says of somebody whom nobody registered. The visit
// forgets it with the refusal; it is kept here until the visit ends.
func (l *loop) unknown(f store.Found, err error) *form.Chip {
	if err != nil || f.Application != nil || f.Confirmed != nil || f.Elsewhere != nil || l.state.Card.Chip.Type == form.ChipPapers {
		return nil
	}
	chip := l.state.Card.Chip
	return &chip
}

// lendable is that chip while its card lies there and the screen says that she is
// not registered; nil at every other moment.
func (l *loop) lendable() *form.Chip {
	if s := &l.state; s.Machine.CardOn && s.Phase == visit.PhaseRefused && s.Refusal == visit.RefuseNotRegistered {
		return l.stranger
	}
	return nil
}

// lend gives it to the desk, where a clerk registers her.
func (l *loop) lend() (form.Chip, bool) {
	if c := l.lent.Load(); c != nil {
		return *c, true
	}
	return form.Chip{}, false
}
