package hub

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"zhunkao/hub/db"
)

// Servers gives the servers that strangers can reach.
func (h *Hub) Servers() map[string]*http.Server {
	return map[string]*http.Server{"pages": h.pages.server, "door": h.boxes.server}
}

// Chase does what the worker of the unpaid does, with other work.
func Chase(ctx context.Context, d *db.DB, pause time.Duration, lists, alarm func(context.Context) error) {
	(&Hub{db: d, log: slog.New(slog.DiscardHandler)}).chaseBoth(ctx, pause, lists, alarm)
}
