package dispatch

import (
	"time"

	"zhunkao/hub/staff"
	"zhunkao/hub/ticket"
)

// Rest is how long a box that has so many records to say is told nothing, at a
// time after its last page.
func Rest(waiting uint64, after time.Duration) time.Duration {
	page := time.Unix(1, 0)
	return (&told{waiting: waiting, roster: attempt{at: page}}).rest(page.Add(after))
}

// Travel lets a test say who knows the staff after New.
func (d *Dispatch) Travel(s *staff.Desk) { d.opts.Staff = s }

// ForgetStaff lets a test look again before the list is stale.
func (d *Dispatch) ForgetStaff() {
	d.staffMu.Lock()
	defer d.staffMu.Unlock()
	clear(d.staffLists)
}

// TravelTickets has admission tickets travel, as Options.Tickets does.
func (d *Dispatch) TravelTickets(t *ticket.Desk) { d.opts.Tickets = t }

// LookAgain has the tickets of every point looked up anew.
func (d *Dispatch) LookAgain() {
	d.ticketMu.Lock()
	defer d.ticketMu.Unlock()
	for point, l := range d.ticketLists {
		l.looked = time.Time{}
		d.ticketLists[point] = l
	}
}
