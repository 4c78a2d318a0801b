package hub

import (
	"zhunkao/hub/exampapers"
	"zhunkao/hub/ticket"
)

// paperMaker makes the papers of sites that counties ask for.
func (h *Hub) paperMaker() *exampapers.Maker {
	tickets := &ticket.Desk{Candidates: h.flow.Candidates, Keys: h.keys, Blob: h.blobs, Log: h.log}
	return &exampapers.Maker{DB: h.db, Keys: h.keys, Desk: &exampapers.Desk{Tickets: tickets, Demo: h.db.Demo()}, Fonts: h.fonts, Now: h.Now, Log: h.log}
}
