package link

import (
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// NewWindow gives the window of one session: each call says how long a receipt
// took, and gives how many records and bytes may then be under way.
func NewWindow() func(took time.Duration) (records int, bytes uint64) {
	d := newDrain(mostWindow, time.Minute)
	seq, now := uint64(0), time.Unix(0, 0)
	return func(took time.Duration) (int, uint64) {
		seq++
		d.add(store.Entry{Sequence: seq})
		d.handed()
		d.out(seq, now)
		d.receipted(protocol.Receipt{Sequence: seq, Outcome: protocol.Accepted}, now.Add(took))
		return d.window, d.bytesMost()
	}
}

// NewRoom gives what may be on the way to the broker: each call says how long a
// PUBACK of so many bytes took, and gives how many may then be.
func NewRoom() func(bytes int, took time.Duration) int {
	var s sender
	return func(bytes int, took time.Duration) int {
		s.acknowledged(bytes, took)
		return s.most()
	}
}

// NewPauses gives the pauses of one box: each call says how long the session
// before it stood, and gives the next.
func NewPauses(most time.Duration, spread func(time.Duration) time.Duration) func(stood time.Duration) time.Duration {
	p := &pauses{most: most, spread: spread}
	return p.after
}
