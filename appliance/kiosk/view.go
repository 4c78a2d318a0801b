package kiosk

import (
	"reflect"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
)

// View is all that a page is made of.
type View struct {
	State  visit.State
	Status Status
}

// Status is what every page says about the box.
type Status struct {
	Point    protocol.PointInfo // where the box stands
	Campaign *campaign.Campaign // in force; nil = none yet. Not changed after Show
	Clock    time.Time          // civil, by the box's best estimate; zero = not known
	Unsure   bool               // the clock rests on no confirmation: 时间待核
	Linked   bool               // a session with the hub stands
	Waiting  uint64             // sealed records not yet receipted
	FewFonts bool               // sheets are printed in the small font, which lacks rare characters: said on screen
	Training bool               // made-up people, nothing counts: every page says 演练
	FileKey  bool               // keys lie in a plain file: said on screen
	Release  string             // version of kioskd
	Queue    Queue              // on the idle screen
}

// Queue is what the idle screen says of who waits: numbers, nobody's name.
type Queue struct {
	Called  []Call // the last ones, newest first
	Waiting int
	Wait    visit.Wait // of a number drawn now
}

// Call is a number and the machine it is called to.
type Call struct {
	Label string
	Unit  int
}

// same tells whether two views make the same page, but for what the browser
// counts by itself.
func (v View) same(w View) bool {
	if !v.Status.Clock.Truncate(time.Minute).Equal(w.Status.Clock.Truncate(time.Minute)) {
		return false
	}
	v.Status.Clock, w.Status.Clock = time.Time{}, time.Time{}
	for _, s := range []*visit.State{&v.State, &w.State} {
		s.Now, s.CameraEnd, s.SaidAt = 0, 0, 0
	}
	return reflect.DeepEqual(v, w)
}
