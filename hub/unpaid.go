package hub

import (
	"context"
	"errors"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/payment/unpaid"
)

// chaseAfter is how often somebody looks for lists that channels are to be asked
// about, and at how the channels answer.
const chaseAfter = 5 * time.Second

// chase asks the channels about lists of the unpaid (A43), and reports a channel that
// fails for many as an incident (A59). Of several hubs one does each. A list takes
// minutes, and longest while a channel fails: the alarm does not wait for it.
func (h *Hub) chase(ctx context.Context) error {
	h.chaseBoth(ctx, chaseAfter, func(ctx context.Context) error {
		_, err := h.flow.AskRounds(ctx, h.db, h.askPaid)
		return err
	}, func(ctx context.Context) error {
		_, err := h.flow.AlarmPayments(ctx, h.db)
		return err
	})
	return nil
}

func (h *Hub) chaseBoth(ctx context.Context, pause time.Duration, lists, alarm func(context.Context) error) {
	var wg sync.WaitGroup
	wg.Go(func() { h.chaseEvery(ctx, "unpaid", pause, lists) })
	wg.Go(func() { h.chaseEvery(ctx, "payment-alarm", pause, alarm) })
	wg.Wait()
}

// chaseEvery does a thing again and again while this hub leads in it.
func (h *Hub) chaseEvery(ctx context.Context, name string, pause time.Duration, do func(context.Context) error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if err := h.chaseOnce(ctx, name, do); err != nil && ctx.Err() == nil {
			h.log.Warn("unpaid: not looked after", "worker", name, "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (h *Hub) chaseOnce(ctx context.Context, name string, do func(context.Context) error) (err error) {
	lead, err := h.db.TryLead(ctx, name)
	if err != nil || lead == nil {
		return err
	}
	defer func() { err = errors.Join(err, lead.Release(context.WithoutCancel(ctx))) }()
	return do(ctx)
}

// askPaid asks every channel by which an order was to be paid, now.
func (h *Hub) askPaid(ctx context.Context, o payment.Order) (unpaid.Outcome, error) {
	found, err := h.teller.AskNow(ctx, o)
	if err != nil {
		if ctx.Err() == nil && !db.Away(err) {
			h.log.Error("unpaid: an order could not be asked about", "worker", "unpaid", "error", err.Error())
		}
		return "", err
	}
	return outcomeOf(found), nil
}

func outcomeOf(f teller.Found) unpaid.Outcome {
	switch {
	case f.Order.State == payment.Paid || f.Order.State == payment.Waived:
		return unpaid.Paid
	case len(f.Booked) > 0 || f.Held:
		return unpaid.Held
	case len(f.Away) > 0:
		return unpaid.NoAnswer
	case f.Asked == 0:
		return unpaid.NoTry
	}
	return unpaid.NotPaid
}
