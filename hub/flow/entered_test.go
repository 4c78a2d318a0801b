package flow

import "zhunkao/protocol/window"

// stranger makes the number one that was typed from papers and is somebody else's.
func stranger(f *Facts) { f.Stranger = true }

// unheard is a record of somebody whom her point entered.
func unheard(more ...func(*Facts)) func(*Facts) {
	return func(f *Facts) {
		f.Known, f.Entered, f.HubVersion, f.HubPoint, f.StartedFrom, f.SameContent, f.SignedNumberIsHub, f.Register = false, true, 0, "", 0, false, false, window.Open
		for _, m := range more {
			m(f)
		}
	}
}
