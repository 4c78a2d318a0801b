package appliance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// setNeighbours takes the other boxes of the point from what the hub last said. A
// list of another point, from before the box was moved, names no neighbour.
func (a *Appliance) setNeighbours() error {
	if a.neighbours == nil {
		return nil
	}
	l, err := a.store.Staff()
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	at, err := a.store.Point()
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if l.Point != at.Code {
		l.Boxes = nil
	}
	a.neighbours.Set(neighbour.Peers(l.Boxes, a.Box()))
	return nil
}

// openNeighbours makes this box one of its point. A training has no neighbours:
// they would take its numbers for real ones, and send people here.
func (a *Appliance) openNeighbours(id store.Identity, opt *desk.Options) (err error) {
	if a.cfg.deskLocal() || a.Training() {
		return nil
	}
	a.neighbours, err = neighbour.New(neighbour.Options{
		CA: id.Grant.CA, Certificate: id.Grant.Certificate, Key: a.signer,
		State: a.loop.neighbourState, Call: a.loop.callOwn, End: a.loop.endOwn, Tell: a.loop.toldOf, Served: a.loop.servedElsewhere,
		Coming: func(ctx context.Context) error { return a.loop.post(ctx, visit.HelpComing{}) },
		Now:    time.Now, Log: a.log,
		Changed: func() { a.desk.Changed() },
	})
	if err != nil {
		return err
	}
	opt.Neighbours = a.neighbours.All
	opt.ComingTo = a.neighbours.Coming
	return nil
}

// neighbourState is what this box tells the others.
func (l *loop) neighbourState() (neighbour.State, error) {
	st := l.deskStatus()
	out := neighbour.State{Box: st.Box, Unit: int(st.Point.Unit), Screen: st.Screen, Visiting: st.Visiting, Blocked: st.Blocked, Linked: st.Linked,
		Devices: append([]protocol.DeviceState{}, st.Devices...), Help: st.Help, HelpAt: protocol.TimeOf(st.HelpAt), Coming: st.Coming}
	o, err := l.store.Outbox()
	if err != nil {
		return out, err
	}
	out.Waiting = o.Waiting
	if out.Queue, err = l.store.Queue(l.today()); err != nil {
		return out, err
	}
	out.Paces, err = l.store.Paces()
	out.Queue, out.Paces = append([]store.Queued{}, out.Queue...), append([]store.Pace{}, out.Paces...)
	return out, err
}

// call calls the holder of a token to a box of the point: the box that drew it
// does so. May be called beside the loop. Errors: store.ErrNotQueued,
// desk.ErrQueueAway, ctx's.
func (l *loop) call(ctx context.Context, k store.QueueKey, to protocol.BoxID) error {
	if k.Box == l.Box() {
		return l.callOwn(ctx, k, to)
	}
	if l.neighbours == nil {
		return desk.ErrQueueAway
	}
	return away(l.neighbours.Call(ctx, k, to))
}

// callOwn calls the holder of a token of this box to a box of the point. If that
// box cannot be told, she waits as before. May be called beside the loop.
func (l *loop) callOwn(ctx context.Context, k store.QueueKey, to protocol.BoxID) error {
	unit, ok := l.unitOf(to)
	if k.Box != l.Box() {
		return store.ErrNotQueued
	}
	if !ok {
		return desk.ErrQueueAway
	}
	if l.takesNobody(to) {
		return desk.ErrQueueShut
	}
	q, err := l.store.CallToken(k, to, unit, protocol.TimeOf(l.clock.Now()))
	if err != nil {
		return err
	}
	if to != l.Box() {
		if err := l.neighbours.Tell(ctx, to, q); err != nil {
			_, back := l.store.EndToken(k, store.QueueWaiting, protocol.TimeOf(l.clock.Now()))
			return errors.Join(away(err), back)
		}
	}
	return l.turnOf(ctx)
}

// takesNobody reports whether a box of the point says that it takes nobody new.
func (l *loop) takesNobody(box protocol.BoxID) bool {
	if box == l.Box() {
		return l.deskStatus().Blocked != visit.BlockNone
	}
	if l.neighbours == nil {
		return false
	}
	return slices.ContainsFunc(l.neighbours.All(), func(n neighbour.Neighbour) bool { return n.Box == box && n.State.Blocked != visit.BlockNone })
}

// unitOf is the number of a box of the point; false if there is none such, or it
// does not answer.
func (l *loop) unitOf(box protocol.BoxID) (int, bool) {
	if box == l.Box() {
		return int(l.deskStatus().Point.Unit), true
	}
	if l.neighbours == nil {
		return 0, false
	}
	for _, n := range l.neighbours.All() {
		if n.Box == box && n.Answers {
			return n.Unit, true
		}
	}
	return 0, false
}

// endCall says how a token stands: the box that drew it does so. May be called
// beside the loop. Errors: those of call.
func (l *loop) endCall(ctx context.Context, k store.QueueKey, s store.QueueState) error {
	if k.Box == l.Box() {
		return l.endOwn(ctx, k, s)
	}
	if l.neighbours == nil {
		return desk.ErrQueueAway
	}
	return away(l.neighbours.End(ctx, k, s))
}

// endOwn says how a token of this box stands, and tells the box that it was
// called to. May be called beside the loop.
func (l *loop) endOwn(ctx context.Context, k store.QueueKey, s store.QueueState) error {
	if k.Box != l.Box() {
		return store.ErrNotQueued
	}
	q, err := l.store.EndToken(k, s, protocol.TimeOf(l.clock.Now()))
	if err != nil {
		return err
	}
	if l.neighbours != nil && q.To != "" && q.To != l.Box() {
		if err := l.neighbours.Tell(ctx, q.To, q); err != nil {
			// It would still take the next card for hers, and say so in the record;
			// a number used twice is for the hub to see.
			l.log.Warn("a neighbour was not told how a number stands", "peer", string(q.To), "err", err)
		}
	}
	return l.turnOf(ctx)
}

// toldOf takes a neighbour's word on a number of its own: called to this box, or
// not any more. Whether that box signed it has been seen to.
func (l *loop) toldOf(ctx context.Context, q store.Queued) error {
	if q.State == store.QueueCalled && q.To != l.Box() {
		return fmt.Errorf("%w: called elsewhere", store.ErrNotQueued)
	}
	q.Record = protocol.ID{} // only this box knows what it sealed
	if err := l.store.TakeCalled(q); err != nil {
		return err
	}
	return l.turnOf(ctx)
}

// servedElsewhere notes that a number of this box was used up at another.
func (l *loop) servedElsewhere(k store.QueueKey, record protocol.ID) error {
	if k.Box != l.Box() {
		return nil
	}
	q, err := l.store.Token(k)
	if errors.Is(err, store.ErrNotFound) || err == nil && q.Record == record {
		return nil
	}
	if err != nil {
		return err
	}
	return l.store.ServedToken(k, record, protocol.TimeOf(l.clock.Now()))
}

// away says in the desk's words that a box does not answer.
func away(err error) error {
	if errors.Is(err, neighbour.ErrAway) {
		return errors.Join(desk.ErrQueueAway, err)
	}
	return err
}
