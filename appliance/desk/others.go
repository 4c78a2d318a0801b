package desk

import (
	"net/http"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
)

// Others are the other boxes of the point.
func (p *page) Others() []neighbour.Neighbour { return p.d.neighbours() }

// OtherKind is the colour class of another box's card, beside its words.
func (p *page) OtherKind(n neighbour.Neighbour) string {
	switch {
	case !n.Answers || n.State.Help || n.State.Blocked != visit.BlockNone:
		return "must"
	case n.State.Visiting:
		return "act"
	case troubled(n.State.Devices):
		return "wait"
	}
	return "done"
}

func troubled(all []protocol.DeviceState) bool {
	for _, s := range all {
		if _, shown := deviceWords[s.Name]; shown && s.State == health.Fault {
			return true
		}
	}
	return false
}

// OtherAway says since when a box does not answer. What it counts from is this
// box's own time, which is not the demonstration's.
func (p *page) OtherAway(n neighbour.Neighbour) (string, error) {
	if n.State.Box == "" {
		return p.T("others-never")
	}
	since, err := p.span(time.Since(n.Since))
	if err != nil {
		return "", err
	}
	return p.T("others-away", since)
}

// OtherScreen says what another box shows, never whose.
func (p *page) OtherScreen(n neighbour.Neighbour) (string, error) {
	key := "screen-" + string(n.State.Screen)
	if _, known := catalogue()[key]; !known { // a box of another version
		key = "others-screen"
	}
	return p.T(key)
}

// OtherDevices says whether somebody must look at its devices.
func (p *page) OtherDevices(n neighbour.Neighbour) (string, error) {
	if troubled(n.State.Devices) {
		return p.T("others-trouble")
	}
	return p.T("others-fine")
}

// comingTo tells whoever called at another box that somebody comes.
func (d *Desk) comingTo(w http.ResponseWriter, r *http.Request, s *session) {
	box := protocol.BoxID(r.PostFormValue("box"))
	if d.o.ComingTo == nil || !box.Valid() {
		http.NotFound(w, r)
		return
	}
	if err := d.o.ComingTo(r.Context(), box); err != nil {
		d.o.Log.Warn("desk: a neighbour was not told that somebody comes", "peer", string(box), "err", err)
		d.show(w, r, s, "overview", "page", func(p *page) { p.Error = "others-help-not" })
		return
	}
	d.o.Log.Info("desk: help is coming", "account", s.ID, "peer", string(box))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
