package appliance

import (
	"context"
	"fmt"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
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
	if !l.deskStatus().Blocked.Acts() { // a void is small, and the reserve is for what is under way
		return desk.ErrVoidStopped
	}
	now := l.clock.Now()
	line, err := desk.Voidable(l.store, v.Sequence, now)
	if err != nil {
		return err
	}
	body := v.Body(line)
	point, err := l.store.Point()
	if err != nil {
		return err
	}
	body.Point = point.Code
	rec, err := l.store.SealAct(l.act(store.Act{Kind: protocol.RecordVoid, Body: body, Application: line.Application, Blobs: body.Blobs,
		Campaign: line.Campaign, Version: line.Version}, now))
	if err != nil {
		return fmt.Errorf("appliance: void: %w", err)
	}
	l.log.Info("a confirmation is taken back", "record", rec.Manifest.ID.String(), "sequence", rec.Manifest.Sequence)
	l.sealed()
	l.desk.Changed()
	return nil
}

// act completes an act with what the box knows: its key, its time. Whether a time
// that is not certain was the right day is for the hub to find out.
func (l *loop) act(a store.Act, now time.Time) store.Act {
	a.At, a.Suite, a.Device, a.Time = protocol.TimeOf(now), preferredSuite(), l.signer, l.clock.Evidence(protocol.VerdictOpen)
	if !l.clock.Certain() {
		a.Time.Verdict = protocol.VerdictUndecidable
	}
	return a
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
