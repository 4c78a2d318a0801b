package appliance

import (
	"context"
	"errors"
	"fmt"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// cardWait is somebody at the desk who was asked to put her own card down. It is
// answered once.
type cardWait struct{ answer chan cardAnswer }

type cardAnswer struct {
	card desk.OwnCard
	err  error
}

// ownCard asks for the card of a member of staff and waits until one was read.
// It ends no visit: while somebody is served it is refused. Nothing of the card
// stays in the loop.
//
// Errors: desk.ErrCardBusy, desk.ErrCardNone, ctx's.
func (l *loop) ownCard(ctx context.Context) (desk.OwnCard, error) {
	w := &cardWait{make(chan cardAnswer, 1)}
	select {
	case l.wants <- w:
	case <-l.over:
		return desk.OwnCard{}, context.Canceled
	case <-ctx.Done():
		return desk.OwnCard{}, ctx.Err()
	}
	select {
	case a := <-w.answer:
		return a.card, a.err
	case <-l.over:
		return desk.OwnCard{}, context.Canceled
	case <-ctx.Done():
		gone := context.WithoutCancel(ctx) // the loop answers, or ends
		return desk.OwnCard{}, errors.Join(ctx.Err(), l.within(gone, func() { l.unwanted(w) }))
	}
}

// unwanted ends the waiting of somebody who left the desk, if it is still she who
// is waited for: her word may come late, and the next one is asked for her card by
// then.
func (l *loop) unwanted(w *cardWait) {
	if l.awaited == w {
		l.step(visit.OwnCardDropped{})
	}
}

// wanted begins the waiting for a card, if nobody is served and nobody waits.
func (l *loop) wanted(w *cardWait) {
	if l.awaited != nil {
		w.answer <- cardAnswer{err: desk.ErrCardBusy}
		return
	}
	l.step(visit.OwnCardWanted{})
	if l.state.Phase != visit.PhaseOwnCard {
		w.answer <- cardAnswer{err: desk.ErrCardBusy}
		return
	}
	l.awaited = w
}

// tookCard tells the desk which card it is. The buffers are cleared by whoever
// read them (keepOrClear).
func (l *loop) tookCard(f visit.OwnCard) {
	if l.awaited == nil {
		return
	}
	c := f.Card
	l.awaited.answer <- cardAnswer{card: desk.OwnCard{Digest: protocol.CardDigest(c.Chip.Type, c.Text, c.WLT), Number: c.Chip.Number}}
	l.awaited = nil
}

// cardOver answers whoever waits when the screen no longer asks for a card.
func (l *loop) cardOver() {
	if l.awaited != nil && l.state.Phase != visit.PhaseOwnCard {
		l.awaited.answer <- cardAnswer{err: desk.ErrCardNone}
		l.awaited = nil
	}
}

// bindCard seals that somebody bound her card to her account, or took it off, as
// the next record, and lets it work at this box at once.
//
// Errors: desk.ErrVoidStopped when the box seals nothing now, those of the store.
func (l *loop) bindCard(ctx context.Context, body protocol.OwnCard) error {
	if err := l.takeTurn(ctx); err != nil {
		return err
	}
	defer l.giveTurn()
	switch l.deskStatus().Blocked {
	case visit.BlockNone, visit.BlockFull: // it is small
	default:
		return desk.ErrVoidStopped
	}
	c, err := l.store.Campaign()
	if err != nil {
		return err
	}
	body.Point = c.Point.Code
	a := l.act(store.Act{Kind: protocol.RecordOwnCard, Body: body, Blobs: body.Blobs, Campaign: c.ID, Version: c.Version}, l.clock.Now())
	rec, err := l.store.SealAct(a)
	if err != nil {
		return fmt.Errorf("appliance: own card: %w", err)
	}
	l.log.Info("a card of the staff is bound or taken off", "record", rec.Manifest.ID.String(), "sequence", rec.Manifest.Sequence, "account", body.Clerk.Account)
	l.sealed()
	if err := l.store.SaveOwnCard(body.Clerk.Account, body.Card); err != nil {
		return err
	}
	l.desk.StaffChanged()
	return nil
}
