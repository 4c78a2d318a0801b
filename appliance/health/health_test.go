package health_test

import (
	"testing"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/protocol"
)

func TestBoard(t *testing.T) {
	var b health.Board
	if h := b.Heartbeat(1, time.Now()); len(h.Devices) != 0 || h.Screen != "" || h.FreeDisk != 1 {
		t.Errorf("a new board says %+v", h)
	}
	if !b.Set("idcard", health.Ready, "") || !b.Set("clock", health.Fault, "jumped") || b.Set("clock", health.Fault, "jumped") {
		t.Error("Set tells what changed")
	}
	if !b.Screen("idle") || b.Screen("idle") {
		t.Error("Screen tells what changed")
	}
	h := b.Heartbeat(2, time.Now().Add(-time.Minute))
	if jump := (protocol.DeviceState{Name: "clock", State: health.Fault, Fault: "jumped"}); !b.Has(jump) || b.Has(protocol.DeviceState{Name: "clock", State: health.Ready}) {
		t.Error("the board does not know what it was told")
	}
	if len(h.Devices) != 2 || h.Devices[0].Name != "clock" || h.Devices[0].Fault != "jumped" || h.Screen != "idle" || h.Uptime < 59 {
		t.Errorf("board says %+v", h)
	}
	if h = b.Heartbeat(2, time.Now().Add(time.Hour)); h.Uptime != 0 {
		t.Errorf("uptime before the start: %d", h.Uptime)
	}
}

func TestGauge(t *testing.T) {
	var g health.Gauge
	for i, c := range []struct {
		full        int
		on, changed bool
	}{{0, false, false}, {79, false, false}, {80, true, true}, {100, true, false}, {79, true, false}, {75, true, false}, {80, true, false}, {74, false, true}, {79, false, false}, {80, true, true}} {
		if on, changed := g.Take(c.full); on != c.on || changed != c.changed {
			t.Errorf("%d: at %d: %v, %v", i, c.full, on, changed)
		}
	}
}
