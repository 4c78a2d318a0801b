package printroom

import (
	"errors"

	"zhunkao/hw/fault"
	"zhunkao/hw/printer"
)

// Why a print is held, does not get on, or ended, beside the needs of a printer
// (printer.Need). The catalogue has a word for each, with what a person must do.
const (
	WhyLook        = "look"        // the cover is out: somebody looks at it
	WhyUnsure      = "unsure"      // nobody knows whether a part is out
	WhyGone        = "gone"        // the printer does not answer
	WhyBusy        = "busy"        // it prints something else
	WhyAdrift      = "adrift"      // it does not speak of our job just now
	WhyUnsupported = "unsupported" // it does not take what we send
	WhyStranger    = "stranger"    // it shows another key than it did, or asks for a password
	WhyFault       = "fault"       // ours: the log says
	WhyRemoved     = "removed"     // whoever runs the server took the printer away
	WhyStopped     = "stopped"     // somebody wanted no more of it
	WhyVoid        = "void"        // the arrangement or the rooms have changed
	WhyPast        = "past"        // the batch's file has had its time
)

// Whys lists every word that Why can be, so that a catalogue is checked against it.
func Whys() []string {
	out := []string{WhyLook, WhyUnsure, WhyGone, WhyBusy, WhyAdrift, WhyUnsupported, WhyStranger, WhyFault, WhyRemoved, WhyStopped, WhyVoid, WhyPast}
	for _, n := range printer.Needs() {
		out = append(out, n.String())
	}
	return out
}

// whyOf says why nothing came out; "" when we wanted it so.
func whyOf(err error) string {
	switch {
	case errors.Is(err, fault.Unsupported):
		return WhyUnsupported
	case errors.Is(err, fault.Unauthorised), errors.Is(err, fault.Denied):
		return WhyStranger
	case errors.Is(err, fault.Transient), errors.Is(err, fault.Busy):
		return WhyBusy
	case fault.ClassOf(err) == fault.ClassLine:
		return WhyGone
	case errors.Is(err, fault.Closed):
		return ""
	case fault.ClassOf(err) == fault.ClassNone: // the document: the driver refused it
		return WhyFault
	}
	return printer.NeedService.String()
}

// hopeless says that a printer will not do better by itself.
func hopeless(why string) bool { return why == WhyUnsupported || why == WhyStranger || why == WhyFault }
