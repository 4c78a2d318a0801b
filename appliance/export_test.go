package appliance

import (
	"context"
	"net/http"
	"testing"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/health"
	"zhunkao/appliance/visit"
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
