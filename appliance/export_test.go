package appliance

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/health"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/hw/panel"
	"zhunkao/protocol"
)

// HoldSealing does as if a sealing were under way, until release.
func (a *Appliance) HoldSealing() (release func()) {
	a.loop.sealing <- struct{}{}
	return func() { <-a.loop.sealing }
}

// HoldTurn does as if the chain were being continued, until release.
func (a *Appliance) HoldTurn() (release func()) {
	a.loop.turn <- struct{}{}
	return a.loop.giveTurn
}

// Void is what the desk does when clerk and head have signed.
func (a *Appliance) Void(ctx context.Context, v desk.Voiding) error { return a.loop.void(ctx, v) }

// CaseLooked is what the desk does when two persons have looked at the case.
func (a *Appliance) CaseLooked(ctx context.Context, clerk, head store.DayAct) error {
	return a.loop.caseLooked(ctx, clerk, head)
}

// OwnCard is what the desk does when a clerk signs in by her card.
func (a *Appliance) OwnCard(ctx context.Context) (desk.OwnCard, error) { return a.loop.ownCard(ctx) }

// WhileBusy does f while the loop does nothing else; ended ends what the screen
// shows, as its time does.
func (a *Appliance) WhileBusy(t *testing.T, f func(ended func())) {
	t.Helper()
	err := a.loop.within(t.Context(), func() {
		f(func() { a.loop.step(visit.ReaderDown{}); a.loop.step(visit.ReaderUp{}) })
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Present begins a visit on papers, as the desk does.
func (a *Appliance) Present(ctx context.Context, e visit.Presented) error {
	return a.loop.papers(ctx, e)
}

// OpenAsked and DecideAsked put what a visit asks of the staff to them, as the
// desk does; AskedVisit is the number of the present visit.
func (a *Appliance) OpenAsked(ctx context.Context, number uint64, by protocol.Assent) (desk.Opened, error) {
	return a.loop.openAsked(ctx, number, by)
}

// DecideAsked: see OpenAsked.
func (a *Appliance) DecideAsked(ctx context.Context, e visit.Event) error {
	return a.loop.decideAsked(ctx, e)
}

// AskedVisit: see OpenAsked.
func (a *Appliance) AskedVisit(t *testing.T) (number uint64, ask visit.Ask) {
	t.Helper()
	if err := a.loop.within(t.Context(), func() { number, ask = a.loop.state.Visit, a.loop.state.Ask() }); err != nil {
		t.Fatal(err)
	}
	return number, ask
}

// Picture takes a picture of a paper, as the desk does.
func (a *Appliance) Picture(ctx context.Context) ([]byte, error) { return a.loop.picture(ctx) }

// Train, EndTraining and Rehearse are what the desk does in and about training.
func (a *Appliance) Train(ctx context.Context) error { return a.loop.train(ctx) }

// EndTraining goes back.
func (a *Appliance) EndTraining(ctx context.Context) error { return a.loop.endTraining(ctx) }

// UseCode uses the one-time code of a step, as signing in does.
func (a *Appliance) UseCode(account string, step int64) error { return a.store.UseCode(account, step) }

// Unsealed is how many exercises the desk says are not recorded.
func (a *Appliance) Unsealed() int { return int(a.loop.unsealed.Load()) }

// LookAround has the loop look around now, and waits for what that began.
func (a *Appliance) LookAround(t *testing.T) {
	t.Helper()
	if err := a.loop.within(t.Context(), a.loop.lookAround); err != nil {
		t.Fatal(err)
	}
}

// Rehearse does one thing of a training.
func (a *Appliance) Rehearse(ctx context.Context, p desk.Practice) error {
	return a.loop.rehearse(ctx, p)
}

// Drills is what was done in it.
func (a *Appliance) Drills() desk.Drills { return a.drills() }

// OpenCase has the contact of the case tell that it was opened.
func (a *Appliance) OpenCase(t *testing.T) {
	t.Helper()
	one := panel.Latch{Contact: panel.ContactTamper, Open: true, Count: 1, At: a.clock.Now()}
	err := a.saveLatch(one) // the panel does so before it tells
	if err := errors.Join(err, a.loop.within(t.Context(), func() { a.loop.panelTold(panel.Opened{Latch: one}) })); err != nil {
		t.Fatal(err)
	}
}

// Kept counts the buffers of cards that the loop keeps.
func (a *Appliance) Kept(t *testing.T) int {
	t.Helper()
	// After this the loop has done with every event before.
	if err := a.loop.post(t.Context(), visit.Ticked{}); err != nil {
		t.Fatal(err)
	}
	return len(a.loop.private)
}

// Jumped reports whether the board's clock has jumped and not been set right.
func (a *Appliance) Jumped() bool {
	return a.board.Has(protocol.DeviceState{Name: protocol.DeviceClock, State: health.Fault, Fault: protocol.FaultJumped})
}

// Server is the screen's server as serve makes it.
func (a *Appliance) Server() *http.Server { return a.server(context.Background()) }

// Kinds are the kinds of the records of the box's chain.
func (a *Appliance) Kinds(t *testing.T) (head uint64, out []protocol.RecordKind) {
	t.Helper()
	head, _, err := a.store.Head()
	if err != nil {
		t.Fatal(err)
	}
	for seq := range head {
		rec, err := a.store.Record(seq + 1)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rec.Manifest.Kind)
	}
	return head, out
}

// Heartbeat is what the box would say of itself now.
func (a *Appliance) Heartbeat() protocol.Heartbeat { return a.health() }
