package hub

import (
	"context"
	"errors"
	"time"

	"zhunkao/hub/db"
)

// remindEvery is how often deadlines of approvals are looked at, in real time:
// the civil clock of a demonstration moves by days at a touch.
const remindEvery = 20 * time.Second

// remind journals what offices are late with, or will be soon. One hub of
// several does it; were it two, a case is still said once, because saying so is
// guarded in its row.
func (h *Hub) remind(ctx context.Context) error {
	t := time.NewTicker(remindEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		if err := h.remindOnce(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("reminders will be tried again", "worker", "reminders", "error", err.Error())
		}
	}
}

// remindOnce says everything that is to be said now.
func (h *Hub) remindOnce(ctx context.Context) (err error) {
	lead, err := h.db.TryLead(ctx, "reminders")
	if err != nil || lead == nil {
		return err
	}
	defer func() { err = errors.Join(err, lead.Release(context.WithoutCancel(ctx))) }()
	for {
		said := 0
		err := h.db.Write(ctx, func(tx *db.Tx) (err error) {
			said, err = h.flow.RemindApprovals(ctx, tx)
			return err
		})
		if err != nil || said == 0 {
			return err
		}
		h.log.Info("reminded of deadlines", "worker", "reminders", "cases", said)
	}
}
