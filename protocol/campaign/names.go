package campaign

import "zhunkao/protocol/window"

// WindowNames are the campaign's words for the codes of its windows.
func (c Campaign) WindowNames() window.Names {
	d := &differ{old: &side{c: &c}, new: &side{c: &c}}
	return d.names()
}
