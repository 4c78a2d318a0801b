package hub

import (
	"context"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
)

// seedDivisions brings the table of divisions up to what this program knows: a
// store of an older one held the list of one day.
func (h *Hub) seedDivisions(ctx context.Context) error {
	return h.db.Write(ctx, func(tx *db.Tx) error { return org.SeedDivisions(ctx, tx) })
}

// watchDivisions opens the office of a county that comes into being while the
// hub runs, or did while it was away: at midnight by the civil clock, which a
// demonstration moves at a touch. Several hubs may do so at once: an office is
// opened by one of them.
func (h *Hub) watchDivisions(ctx context.Context) error {
	tick := time.NewTicker(lookAfter)
	defer tick.Stop()
	for {
		if err := h.openOffices(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("offices will be looked after again", "worker", "divisions", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (h *Hub) openOffices(ctx context.Context) error {
	var lacking bool
	if err := h.db.Read(ctx, func(tx *db.Tx) (err error) {
		lacking, err = org.Officeless(ctx, tx, h.flow.Now())
		return err
	}); err != nil || !lacking {
		return err
	}
	opened := 0
	err := h.db.Write(ctx, func(tx *db.Tx) (err error) {
		opened, err = h.flow.OpenOffices(ctx, tx)
		return err
	})
	if err == nil {
		h.log.Info("offices opened for new divisions", "worker", "divisions", "offices", opened)
	}
	return err
}
