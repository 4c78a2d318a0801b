package hub

import (
	"fmt"

	"golang.org/x/sys/unix"

	"zhunkao/hub/ticket"
)

// mostTickets is how much of the disk tickets may take that are made before their hour, in
// bytes: some 80,000 of them. With less than four times as much free, it is a quarter of
// what is.
const mostTickets = 8 << 30

// openTickets makes the worker of tickets and public files ready.
func (h *Hub) openTickets() error {
	most := int64(mostTickets)
	var disk unix.Statfs_t
	if err := unix.Statfs(string(h.dir), &disk); err != nil {
		return fmt.Errorf("tickets: %w", err)
	}
	most = min(most, int64(disk.Bavail)*disk.Bsize/4)
	made, err := ticket.OpenMade(h.dir.Tickets(), h.keys, most)
	if err != nil {
		return err
	}
	bundles, err := ticket.OpenBundles(h.dir.Bundles())
	if err != nil {
		return err
	}
	h.flow.Tickets = made
	h.tickets = &ticket.Maker{DB: h.db, Desk: &ticket.Desk{Candidates: h.flow.Candidates, Keys: h.keys, Blob: h.blobs, Log: h.log}, Fonts: h.fonts, Made: made, Bundles: bundles, Now: h.flow.Now, Log: h.log}
	return nil
}
