package console

import (
	"fmt"
	"time"
)

// SlipCheck is /gl/slip: what a slip from a sheet is worth. It names no person.
type SlipCheck struct {
	Asked   bool
	Error   string // phrase: what was scanned is no slip
	Forged  bool
	Genuine bool

	Point       string // of the box
	Elsewhere   bool   // outside the remit: nothing but the point is shown
	Box         string
	Unit        int
	Sequence    uint64
	At          time.Time // of the sealing, by the box
	Campaign    string
	Version     uint32
	Application string
	Fee         int64  // fen
	Record      string // id, when it has arrived
	Standing    State
	Payable     bool
	Bar         string // phrase: why not
}

// Yuan is the fee as people write it.
func (s SlipCheck) Yuan() string { return fmt.Sprintf("%d.%02d", s.Fee/100, s.Fee%100) }
