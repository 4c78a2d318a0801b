package dispatch

import "zhunkao/hub/staff"

// Travel lets a test say who knows the staff after New.
func (d *Dispatch) Travel(s *staff.Desk) { d.opts.Staff = s }

// ForgetStaff lets a test look again before the list is stale.
func (d *Dispatch) ForgetStaff() {
	d.staffMu.Lock()
	defer d.staffMu.Unlock()
	clear(d.staffLists)
}
