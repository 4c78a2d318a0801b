package appliance

import (
	"context"
	"fmt"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// void seals what clerk and head asked for at the desk (撤销确认), as the next
// record of the chain. It waits for its turn behind a visit's sealing, and a
// visit's sealing waits behind it; once it has begun, nobody's leaving stops it.
// What may be taken back is judged here, in the turn: two presses make one void.
// It is durable when it returns nil.
//
// Errors: those of desk.Voidable, desk.ErrVoidStopped, store.ErrFull,
// store.ErrBroken, ctx's.
func (l *loop) void(ctx context.Context, v desk.Voiding) error {
	if err := l.takeTurn(ctx); err != nil {
		return err
	}
	defer l.giveTurn()
	switch l.deskStatus().Blocked {
	case visit.BlockNone, visit.BlockFull: // a void is small, and the reserve is for what is under way
	default:
		return desk.ErrVoidStopped
	}
	now := l.clock.Now()
	line, err := desk.Voidable(l.store, v.Sequence, now)
	if err != nil {
		return err
	}
	in := store.Voiding{At: protocol.TimeOf(now), Campaign: line.Campaign, Version: line.Version, Suite: preferredSuite(), Device: l.signer,
		Time: l.clock.Evidence(protocol.VerdictOpen), Void: v.Body(line)}
	if !l.clock.Certain() {
		in.Time.Verdict = protocol.VerdictUndecidable // whether it is the same day: the hub finds out
	}
	point, err := l.store.Point()
	if err != nil {
		return err
	}
	in.Void.Point = point.Code
	rec, err := l.store.SealVoid(in)
	if err != nil {
		return fmt.Errorf("appliance: void: %w", err)
	}
	l.log.Info("a confirmation is taken back", "record", rec.Manifest.ID.String(), "sequence", rec.Manifest.Sequence)
	l.sealed()
	l.desk.Changed()
	return nil
}

// takeTurn waits until nothing else continues the chain.
func (l *loop) takeTurn(ctx context.Context) error {
	select {
	case <-l.over: // first: after the end nothing begins
		return context.Canceled
	default:
	}
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-l.over:
		return context.Canceled
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *loop) giveTurn() { <-l.turn }
