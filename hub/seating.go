package hub

import (
	"context"
	"errors"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/seating"
)

// seatEvery is how often the hub looks whether a list is to be frozen, tried or run: two
// persons who asked for it wait at the page.
const seatEvery = time.Second

// seatPause is how long it waits at most when what it does fails again and again: a
// province's list is not read each second for nothing.
const seatPause = 2 * time.Minute

// seat freezes lists, tries and runs arrangements (A48, A49). One hub of several does
// it; what was cut off is begun anew and shows nothing of itself (fault 39).
func (h *Hub) seat(ctx context.Context) error {
	pause := seatEvery
	t := time.NewTimer(pause)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		err := h.seatOnce(ctx)
		pause = nextSeatPause(pause, err)
		t.Reset(pause)
		if err != nil && ctx.Err() == nil {
			h.log.Warn("the arrangement will be tried again", "worker", "seating", "error", err.Error())
		}
	}
}

// nextSeatPause grows while it fails.
func nextSeatPause(pause time.Duration, err error) time.Duration {
	if err == nil {
		return seatEvery
	}
	return min(2*pause, seatPause)
}

// seatOnce asks first whether there is anything to do: that is one question.
func (h *Hub) seatOnce(ctx context.Context) (err error) {
	var waits []string
	err = h.db.Ask(ctx, func(tx *db.Tx) (err error) { waits, err = seating.Waiting(ctx, tx); return err })
	if err != nil || len(waits) == 0 {
		return err
	}
	lead, err := h.db.TryLead(ctx, "seating")
	if err != nil || lead == nil {
		return err
	}
	defer func() { err = errors.Join(err, lead.Release(context.WithoutCancel(ctx))) }()
	for _, campaign := range waits {
		err = errors.Join(err, h.flow.WorkSeating(ctx, h.db, campaign))
	}
	return err
}
