package hub

import (
	"context"
	"errors"
	"time"
)

// lookAfter is how often somebody looks whether an incident has waited too
// long. The shortest wait there is takes minutes.
const lookAfter = 15 * time.Second

// watchIncidents gives what nobody has taken in hand in time to the office
// above. Of several hubs one does so; that two would is kept away by the rule
// itself. A database that does not answer is asked again: what waits has lost
// its deadline already, and minutes more change nothing.
func (h *Hub) watchIncidents(ctx context.Context) error {
	tick := time.NewTicker(lookAfter)
	defer tick.Stop()
	for {
		if err := h.escalate(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("incidents: not looked after", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (h *Hub) escalate(ctx context.Context) (err error) {
	lead, err := h.db.TryLead(ctx, "incidents")
	if err != nil || lead == nil {
		return err
	}
	defer func() { err = errors.Join(err, lead.Release(context.WithoutCancel(ctx))) }()
	n, err := h.flow.EscalateIncidents(ctx, h.db)
	if n > 0 {
		h.log.Warn("incidents nobody has taken went up", "count", n)
	}
	return err
}
