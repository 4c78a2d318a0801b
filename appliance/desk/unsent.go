package desk

import (
	"net/http"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// mostListed is how many records of one list are shown; all are counted.
const mostListed = 50

// kinds are records as the desk lists them: of no person.
type kinds struct {
	Confirmations, Voids, Others int
	Oldest                       protocol.Time // 0: none
	Lines                        []store.Line  // the oldest, at most mostListed
	More                         int           // not shown
}

func sortKinds(all []store.Line) (k kinds) {
	for _, l := range all {
		switch l.Kind {
		case protocol.RecordConfirmation:
			k.Confirmations++
		case protocol.RecordVoid:
			k.Voids++
		default:
			k.Others++
		}
		if k.Oldest == 0 || l.At < k.Oldest {
			k.Oldest = l.At
		}
	}
	k.Lines = all[:min(len(all), mostListed)]
	k.More = len(all) - len(k.Lines)
	return k
}

// unsent lists what waits for the hub and what it set aside.
func (d *Desk) unsent(w http.ResponseWriter, r *http.Request, s *session) {
	waiting, aside, err := d.o.Store.Unsettled()
	if err != nil {
		d.fault(w, r, err)
		return
	}
	d.show(w, r, s, "unsent", "page", func(p *page) { p.Waiting, p.SetAside = sortKinds(waiting), sortKinds(aside) })
}

// reasonWords are the keys of the hub's reasons, and of what to do about each.
var reasonWords = map[protocol.Reason]string{
	protocol.ReasonMalformed: "aside-damaged", protocol.ReasonSignature: "aside-damaged", protocol.ReasonOpen: "aside-damaged",
	protocol.ReasonBox: "aside-box", protocol.ReasonFork: "aside-fork", protocol.ReasonConflict: "aside-fork",
	protocol.ReasonVersion: "aside-version", protocol.ReasonKey: "aside-version", protocol.ReasonCampaign: "aside-version",
	protocol.ReasonUnknown: "aside-unknown", protocol.ReasonAssent: "aside-assent", protocol.ReasonContent: "aside-content",
	protocol.ReasonRefused: "aside-refused",
}

func reasonWord(r protocol.Reason) string {
	if key, ok := reasonWords[r]; ok {
		return key
	}
	return "aside-other"
}

// Why says in words why the hub set a record aside.
func (p *page) Why(l store.Line) (string, error) {
	key := reasonWord(l.Reason)
	if key == "aside-assent" && signedAlone(l.Kind) {
		key = "aside-person"
	}
	return p.T(key)
}

// WhatToDo says what the point does about it: she confirms anew when it was her
// confirmation, and not when it was anything else.
func (p *page) WhatToDo(l store.Line) (string, error) {
	key := reasonWord(l.Reason)
	switch {
	case l.Kind == protocol.RecordConfirmation, key == "aside-box", key == "aside-fork", key == "aside-version":
	case l.Kind == protocol.RecordVoid && key == "aside-assent":
	default:
		key = "aside-act"
	}
	return p.T(key + "-do")
}

// signedAlone reports whether records of a kind bear one clerk's word, and are
// made at the desk.
func signedAlone(k protocol.RecordKind) bool {
	return k != protocol.RecordConfirmation && k != protocol.RecordVoid
}

// KindWord names the kind of a record.
func (p *page) KindWord(l store.Line) (string, error) {
	return p.T("kind-" + string(l.Kind))
}
