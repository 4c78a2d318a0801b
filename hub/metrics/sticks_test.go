package metrics

import (
	"testing"
	"time"

	"zhunkao/hub/fleet"
)

// How the sticks of boxes stand is counted by their last word; a box without a
// port for one, or one that is not heard, counts for nothing.
func TestSticksAreCounted(t *testing.T) {
	box := func(state, fault string, is *fleet.Stick) fleet.Box {
		return fleet.Box{Live: fleet.Live{Stick: is, Devices: []fleet.Device{{Name: "idcard", State: "ready"}, {Name: fleet.DeviceStick, State: state, Fault: fault}}}}
	}
	var n sticks
	for _, b := range []fleet.Box{
		{}, // no port
		box("absent", "", &fleet.Stick{Records: 900, Bytes: 1 << 20, Behind: time.Hour}),
		box("ready", "", &fleet.Stick{}),
		box("ready", "", &fleet.Stick{Records: 1, Behind: 900 * time.Millisecond}),
		box("ready", "", &fleet.Stick{Records: 2, Behind: 11 * time.Second}),
		box("fault", "stick full", &fleet.Stick{Records: 3, Behind: 40 * time.Second}),
	} {
		n.add(b)
	}
	if want := (sticks{even: 2, behind: 2, out: 1, records: 6, worst: 40 * time.Second}); n != want {
		t.Errorf("%+v, want %+v", n, want)
	}
}
