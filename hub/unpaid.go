package hub

import (
	"context"
	"errors"
	"time"

	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/payment/unpaid"
)

// chaseAfter is how often somebody looks for lists that channels are to be asked
// about, and at how the channels answer.
const chaseAfter = 5 * time.Second

// chase asks the channels about lists of the unpaid (A43), and reports a channel that
// fails for many as an incident (A59). Of several hubs one does so.
func (h *Hub) chase(ctx context.Context) error {
	tick := time.NewTicker(chaseAfter)
	defer tick.Stop()
	for {
		if err := h.chaseOnce(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("unpaid: not looked after", "worker", "unpaid", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (h *Hub) chaseOnce(ctx context.Context) (err error) {
	lead, err := h.db.TryLead(ctx, "unpaid")
	if err != nil || lead == nil {
		return err
	}
	defer func() { err = errors.Join(err, lead.Release(context.WithoutCancel(ctx))) }()
	if _, err := h.flow.AlarmPayments(ctx, h.db); err != nil {
		return err
	}
	_, err = h.flow.AskRounds(ctx, h.db, h.askPaid)
	return err
}

// askPaid asks every channel by which an order was to be paid, now.
func (h *Hub) askPaid(ctx context.Context, o payment.Order) (unpaid.Outcome, error) {
	found, err := h.teller.AskNow(ctx, o)
	if err != nil {
		return "", err
	}
	return outcomeOf(found), nil
}

func outcomeOf(f teller.Found) unpaid.Outcome {
	switch {
	case f.Order.State == payment.Paid || f.Order.State == payment.Waived:
		return unpaid.Paid
	case len(f.Booked) > 0:
		return unpaid.Held
	case len(f.Away) > 0:
		return unpaid.NoAnswer
	case f.Asked == 0:
		return unpaid.NoTry
	}
	return unpaid.NotPaid
}
