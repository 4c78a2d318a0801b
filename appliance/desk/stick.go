package desk

import (
	"time"

	"zhunkao/appliance/stick"
)

// What the desk says of the stick in the box's port (issue 7): how far it lies
// behind the box, and what to do when it is full, slow, cannot be written to, or
// is out while the hub is away too.

// onStick is how the stick stands, as a page asks.
type onStick struct {
	stick.State
	Out bool // none is in
}

// StickTrouble gives the key of what is wrong with it, "" if nothing is. That none
// is in is wrong only while what was sealed lies nowhere else.
func (p *page) StickTrouble() string {
	s := p.Stick
	switch {
	case s == nil, s.Trouble == stick.None:
		return ""
	case s.Out && (p.Status.Linked || p.Outbox.Waiting == 0):
		return ""
	}
	return stickTroubles[s.Trouble]
}

// stickTroubles are the keys of the words for each; with "-x" those for what to do.
var stickTroubles = map[stick.Trouble]string{
	stick.NoStick: "stick-out", stick.Full: "stick-full", stick.ReadOnly: "stick-readonly", stick.Unusable: "stick-unusable",
	stick.Failing: "stick-failing", stick.Behind: "stick-behind",
}

// Seconds of how far it lies behind, begun ones counted.
func (s *onStick) Seconds() int { return int((s.Behind + time.Second - 1) / time.Second) }

// Size of what is lacking, in megabytes, begun ones counted.
func (s *onStick) Size() int { return int((s.Bytes + 1<<20 - 1) >> 20) }
