package desk

import (
	"context"
	"errors"
	"net/http"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// What the desk says when the box takes nobody new, what is still safe then, and
// what it says some days before (demand X7).

// ErrCaseOpen: the case stands open still, so nobody can have found it whole.
var ErrCaseOpen = errors.New("desk: the case stands open")

// Frozen gives the key of the words for what stops the box; "" if nothing does.
func (p *page) Frozen() string {
	if p.Status.Blocked == visit.BlockNone {
		return ""
	}
	return "stop-" + string(p.Status.Blocked)
}

// Safe lists the keys of what goes on although nobody new is taken.
func (p *page) Safe() []string {
	b := p.Status.Blocked
	out := []string{"safe-kept"}
	switch b {
	case visit.BlockNotEnrolled, visit.BlockNoCampaign:
		return nil // there is nothing yet
	case visit.BlockStore:
	case visit.BlockRevoked:
		out = append(out, "safe-stick")
	default:
		out = append(out, "safe-send", "safe-stick")
	}
	if b.Finishes() {
		out = append(out, "safe-visit")
	}
	out = append(out, "safe-print")
	if b.Acts() {
		out = append(out, "safe-void")
	}
	return out
}

// Opened reports whether the box waits for two persons to look at its case.
func (p *page) Opened() bool { return p.Status.Blocked == visit.BlockTamper }

// Alone says for how many whole days the hub has not been heard, and AloneLeft
// after how many more the box stops; only once that is to be said.
func (p *page) Alone() int { return int(p.Status.Alone / (24 * time.Hour)) }

// AloneLeft is never less than 1 while the box still serves.
func (p *page) AloneLeft() int {
	return max(1, int((protocol.OfflineLimit-p.Status.Alone)/(24*time.Hour))+1)
}

// StaleSoon reports whether the days are counted on the page.
func (p *page) StaleSoon() bool { return p.says(health.DeviceAhead, health.FaultStaleSoon) }

// UnsentSoon reports whether so much waits that it is said.
func (p *page) UnsentSoon() bool { return p.says(health.DeviceOutbox, health.FaultUnsentSoon) }

// UnsentLimit is how many records may wait.
func (p *page) UnsentLimit() int { return protocol.UnsentLimit }

func (p *page) says(device, word string) bool {
	for _, d := range p.Status.Devices {
		if d.Name == device {
			return d.Fault == word
		}
	}
	return false
}

// caseForm is where two persons say that they looked; a page of its own, for the
// overview is drawn anew while they type.
func (d *Desk) caseForm(w http.ResponseWriter, r *http.Request, s *session) {
	if d.o.Status().Blocked != visit.BlockTamper {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	d.show(w, r, s, "case", "page", nil)
}

// lookedAt takes the word of clerk and head that an opened case is whole.
func (d *Desk) lookedAt(w http.ResponseWriter, r *http.Request, s *session) {
	again := func(why string) { d.show(w, r, s, "case", "page", func(p *page) { p.Error = why }) }
	if d.o.Status().Blocked != visit.BlockTamper || d.o.CaseLooked == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if r.PostFormValue("sure") != "yes" {
		again("case-sure-none")
		return
	}
	head, why, err := d.second(r, s, func(m protocol.StaffMember) bool { return m.Role == protocol.StaffHead || s.Role == protocol.StaffHead })
	switch {
	case err != nil:
		d.fault(w, r, err)
		return
	case why == "day-second-other":
		again("case-second-other")
		return
	case why != "":
		again(why)
		return
	}
	at := protocol.TimeOf(d.o.Now())
	err = d.o.CaseLooked(context.WithoutCancel(r.Context()), store.DayAct{Account: s.ID, At: at}, store.DayAct{Account: head.ID, At: at})
	switch {
	case errors.Is(err, ErrCaseOpen):
		again("case-open")
	case err != nil:
		d.fault(w, r, err)
	default:
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}
