package health

import (
	"sort"
	"sync"
	"time"

	"zhunkao/protocol"
)

// The states of a device, as the wire names them.
const (
	Ready  = "ready"
	Absent = "absent"
	Fault  = "fault"
)

// Board is the present health of one box. The zero value is ready; it is safe
// for concurrent use.
type Board struct {
	mu      sync.Mutex // guards what follows
	devices map[string]protocol.DeviceState
	screen  string
	blocked string
	since   protocol.Time
}

// Set takes down the state of a device; fault is a word for the technician, or
// empty. It says whether anything changed.
func (b *Board) Set(name, state, fault string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := protocol.DeviceState{Name: name, State: state, Fault: fault}
	if b.devices[name] == d {
		return false
	}
	if b.devices == nil {
		b.devices = map[string]protocol.DeviceState{}
	}
	b.devices[name] = d
	return true
}

// Has reports whether a device is in exactly this state.
func (b *Board) Has(d protocol.DeviceState) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.devices[d.Name] == d
}

// Screen takes down the name of what is shown, and says whether it changed.
func (b *Board) Screen(name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	changed := b.screen != name
	b.screen = name
	return changed
}

// Block takes down why the box takes nobody new, "" when it does, and since when.
func (b *Board) Block(reason string, since protocol.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.blocked, b.since = reason, since
}

// Blocked gives them.
func (b *Board) Blocked() (reason string, since protocol.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.blocked, b.since
}

// Heartbeat gives the fields of a heartbeat that this package knows: screen,
// why nobody is taken, devices by name, free bytes of the disk and seconds since
// started.
func (b *Board) Heartbeat(free uint64, started time.Time) protocol.Heartbeat {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := protocol.Heartbeat{Screen: b.screen, Blocked: b.blocked, BlockedSince: b.since, FreeDisk: free, Uptime: uint64(max(0, time.Since(started)) / time.Second)}
	for _, d := range b.devices {
		h.Devices = append(h.Devices, d)
	}
	sort.Slice(h.Devices, func(i, j int) bool { return h.Devices[i].Name < h.Devices[j].Name })
	return h
}
