package kiosk

import (
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// View is all that a page is made of.
type View struct {
	State  visit.State
	Status Status
}

// Status is what every page says about the box.
type Status struct {
	Point      protocol.PointInfo // where the box stands; Name is shown as it is
	Campaign   string             // name of the campaign in force, Chinese; empty = none yet
	CampaignEn string             // its translation; may be empty
	Hours      []Hours            // today's opening hours of the point
	Days       string             // when the window is, e.g. "9 月 2 日至 11 日"; may be empty
	DaysEn     string
	Portal     string // address of the portal, as typed by hand; may be empty

	Clock     time.Time // civil, by the box's best estimate; zero = not known
	Unsure    bool      // the clock is not confirmed: 时间待核
	Linked    bool      // a session with the hub stands
	Waiting   uint64    // sealed records not yet receipted
	Reader    string    // "ready", "absent" or "fault"
	Simulated bool      // keys in a plain file: said on screen
	Release   string    // version of kioskd
}

// Hours are opening hours in minutes after local midnight.
type Hours struct{ From, To uint16 }
