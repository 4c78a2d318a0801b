package hub

import "net/http"

// Servers gives the servers that strangers can reach.
func (h *Hub) Servers() map[string]*http.Server {
	return map[string]*http.Server{"pages": h.pages.server, "door": h.boxes.server}
}
