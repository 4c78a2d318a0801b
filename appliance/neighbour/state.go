package neighbour

import (
	"time"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// State is what a box tells its neighbours: nothing of any person.
type State struct {
	Box      protocol.BoxID         `cbor:"box"`
	Unit     int                    `cbor:"unit"`
	Screen   visit.Screen           `cbor:"screen"` // what is shown, never whose
	Visiting bool                   `cbor:"visiting"`
	Blocked  visit.Block            `cbor:"blocked"`
	Linked   bool                   `cbor:"linked"`
	Devices  []protocol.DeviceState `cbor:"devices"`
	Help     bool                   `cbor:"help"`
	HelpAt   protocol.Time          `cbor:"helpat"`
	Coming   bool                   `cbor:"coming"`
	Waiting  uint64                 `cbor:"waiting"` // records that are not at the hub yet
	Queue    []store.Queued         `cbor:"queue"`   // today's that it drew or was called for
	Paces    []store.Pace           `cbor:"paces"`
}

// Neighbour is one box of the point as this box knows it.
type Neighbour struct {
	Box     protocol.BoxID
	Unit    int
	State   State     // as it last said
	Answers bool      // to the last question
	Since   time.Time // real time: since when it does, or does not
}
