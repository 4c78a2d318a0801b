package teller

import (
	"context"
	"errors"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

// How often the worker looks, in real time: attempts and refunds that are due, orders
// that are over, refunds that were decided; and what is told to the pulse.
const (
	lookEvery  = time.Second
	sweepEvery = 10 * time.Second
	leadEvery  = 3 * time.Second
	tellEvery  = 10 * time.Second
)

// Run asks by itself until ctx ends: at one hub of those on the database. Each hub
// tells the pulse of its own.
func (t *Teller) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { t.every(ctx, tellEvery, t.tell) })
	wg.Go(func() { t.every(ctx, leadEvery, t.lead) })
	wg.Wait()
	return nil
}

// every does a thing again and again; what fails is said and done again.
func (t *Teller) every(ctx context.Context, pause time.Duration, do func(context.Context) error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			t.o.Log.Warn("the teller will go on", "worker", "teller", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (t *Teller) tell(ctx context.Context) error {
	if err := t.pulse(ctx); err != nil {
		return err
	}
	return t.forgetPulse(ctx)
}

// lead works for as long as this hub leads.
func (t *Teller) lead(ctx context.Context) (err error) {
	lead, err := t.o.DB.TryLead(ctx, "teller")
	if err != nil || lead == nil {
		return err
	}
	defer func() { err = errors.Join(err, lead.Release(context.WithoutCancel(ctx))) }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var swept time.Time
	for {
		if err := lead.Held(ctx); err != nil {
			return err
		}
		if err := t.Look(ctx); err != nil {
			return err
		}
		if time.Since(swept) >= sweepEvery {
			swept = time.Now()
			if err := t.Sweep(ctx); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// How many questions of one channel are open at a time, and how many attempts one look
// takes of it.
const (
	hands = 8
	batch = 64
)

// Look asks about every attempt and every refund that is due now, once.
func (t *Teller) Look(ctx context.Context) error {
	errs := make([]error, len(t.names))
	var wg sync.WaitGroup
	for i, name := range t.names {
		wg.Go(func() { errs[i] = t.lookAt(ctx, name) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (t *Teller) lookAt(ctx context.Context, name string) error {
	limit := batch
	if !t.lines[name].down().IsZero() {
		limit = 1 // finds out whether it is back
		if !t.lines[name].rested(time.Now()) {
			return nil
		}
	}
	now := t.o.Now().UnixMilli()
	var due []Attempt
	var back []Refund
	err := t.o.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if due, err = attempts(ctx, tx, `channel = $1 AND state = 'live' AND next_ask <= $2 ORDER BY next_ask, number LIMIT $3`, name, now, limit); err != nil {
			return err
		}
		back, err = refunds(ctx, tx, `channel = $1 AND state IN ('asked', 'sent') AND next_ask <= $2 ORDER BY next_ask, number LIMIT $3`, name, now, limit)
		return err
	})
	if err != nil {
		return err
	}
	var mu sync.Mutex // guards fault
	var fault error
	var wg sync.WaitGroup
	free := make(chan struct{}, hands)
	do := func(f func() error) {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			if err := f(); err != nil {
				mu.Lock()
				defer mu.Unlock()
				fault = errors.Join(fault, err)
			}
		})
	}
	for _, a := range due {
		do(func() error { return t.askAbout(ctx, a) })
	}
	for _, r := range back {
		do(func() error { return t.follow(ctx, r) })
	}
	wg.Wait()
	return fault
}

// askAbout asks about one attempt that is due, closes it at its channel when it is
// over, and notes what the channel says.
func (t *Teller) askAbout(ctx context.Context, a Attempt) error {
	w, err := t.query(ctx, a)
	if err == nil && w.State == channel.Moved {
		_, err := t.take(ctx, a.Channel, w)
		if errors.Is(err, errConflict) { // two persons look; the channel has nothing more to say
			return t.end(ctx, a)
		}
		return err
	}
	if err == nil && w.State == channel.Ended {
		return t.end(ctx, a)
	}
	if err != nil && !errors.Is(err, channel.ErrUnknown) {
		return t.later(ctx, a, true, nextAsk(a.Tries+1))
	}
	wanted, err := t.wanted(ctx, a)
	if err != nil {
		return err
	}
	if wanted {
		return t.later(ctx, a, false, nextAsk(a.Tries+1))
	}
	return t.closeAt(ctx, a)
}

// wanted reports whether an attempt may still be paid: its time is not over and its
// order is open.
func (t *Teller) wanted(ctx context.Context, a Attempt) (bool, error) {
	if a.Dead || t.o.Now().UnixMilli() >= a.Until {
		return false, nil
	}
	var o payment.Order
	err := t.o.DB.Read(ctx, func(tx *db.Tx) (err error) { o, err = payment.GetOrder(ctx, tx, a.Order); return err })
	return err == nil && o.State == payment.Open, err
}

// closeAt ends an attempt at its channel, and asks once more: what was paid in the
// last moment counts. Where the channel cannot close it, or does not know it yet, it
// ends by its own time, and a while later it is taken for ended.
func (t *Teller) closeAt(ctx context.Context, a Attempt) error {
	err := t.call(ctx, a.Channel, func(ctx context.Context) error { return t.channels[a.Channel].Close(ctx, a.ask()) })
	_, no := refused(err)
	switch {
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, channel.ErrUnknown):
		left := time.UnixMilli(a.Until).Add(settled).Sub(t.o.Now())
		if left <= 0 {
			return t.end(ctx, a)
		}
		return t.later(ctx, a, false, min(left, nextAsk(a.Tries+1)))
	case err != nil && !no:
		return t.later(ctx, a, true, nextAsk(a.Tries+1))
	}
	w, err := t.query(ctx, a)
	switch {
	case err == nil && w.State == channel.Moved:
		_, err := t.take(ctx, a.Channel, w)
		return err
	case err == nil && w.State == channel.Ended:
		return t.end(ctx, a)
	}
	return t.later(ctx, a, err != nil, firstAsk)
}

// end notes that an attempt will not be paid any more.
func (t *Teller) end(ctx context.Context, a Attempt) error {
	return t.o.DB.Write(ctx, func(tx *db.Tx) error { return settle(ctx, tx, a.Channel, a.Number, Ended, t.o.Now().UnixMilli()) })
}

// later sets when an attempt is asked about next.
func (t *Teller) later(ctx context.Context, a Attempt, away bool, pause time.Duration) error {
	now := t.o.Now()
	next := now.Add(pause)
	if until := time.UnixMilli(a.Until); now.Before(until) && next.After(until) {
		next = until // the moment it is over there
	}
	return t.o.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Quietly()
		_, err := tx.Exec(ctx, `UPDATE payment_attempt SET next_ask = $1, tries = tries + 1, away = CASE WHEN $2 THEN away + 1 ELSE 0 END, said_at = CASE WHEN $2 THEN said_at ELSE $3 END
			WHERE channel = $4 AND number = $5 AND state = 'live'`, next.UnixMilli(), away, now.UnixMilli(), a.Channel, a.Number)
		return err
	})
}

// mostClosed bounds the orders that one transaction closes.
const mostClosed = 100

// Sweep begins refunds that were decided, and closes orders whose time is over and of
// which no attempt lives: an order waits for its channels' last word, however long.
func (t *Teller) Sweep(ctx context.Context) error {
	for _, name := range t.names {
		if err := t.o.DB.Write(ctx, func(tx *db.Tx) error {
			n, err := t.adopt(ctx, tx, name, "")
			if n == 0 {
				tx.Quietly()
			}
			return err
		}); err != nil {
			return err
		}
	}
	for {
		n := 0
		if err := t.o.DB.Write(ctx, func(tx *db.Tx) (err error) { n, err = t.o.CloseDue(ctx, tx, mostClosed); return err }); err != nil || n == 0 {
			return err
		}
		t.o.Log.Info("closed orders whose time is over", "worker", "teller", "count", n)
	}
}
