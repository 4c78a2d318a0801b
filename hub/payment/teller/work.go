package teller

import (
	"context"
	"errors"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
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
	t.stranded(ctx)
	wg.Go(func() { t.every(ctx, tellEvery, t.pulse) })
	wg.Go(func() { t.every(ctx, time.Hour, t.forgetPulse) })
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
	// What fails is asked about again later, and keeps nothing else waiting.
	do := func(f func() error, later func() error) {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			err := f()
			if err == nil || ctx.Err() != nil {
				return
			}
			if !db.Away(err) {
				t.o.Log.Error("a channel's word could not be booked; it is asked again", "worker", "teller", "channel", name, "error", err.Error())
				err = later()
			}
			mu.Lock()
			defer mu.Unlock()
			fault = errors.Join(fault, err)
		})
	}
	for _, a := range due {
		do(func() error { return t.askAbout(ctx, a) }, func() error { return t.later(ctx, a, true, nextAsk(a.Tries+1)) })
	}
	for _, r := range back {
		do(func() error { return t.follow(ctx, r) }, func() error { return t.goOn(ctx, r, r.State, r.Code) })
	}
	wg.Wait()
	return fault
}

// mostClosed bounds the orders that one transaction closes.
const mostClosed = 100

// Sweep begins refunds that were decided, and closes orders whose time is over and of
// which no attempt lives: an order waits for its channels' last word, however long.
func (t *Teller) Sweep(ctx context.Context) error {
	for _, name := range t.names {
		var found []given
		if err := t.o.DB.Read(ctx, func(tx *db.Tx) (err error) { found, err = toAdopt(ctx, tx, name, ""); return err }); err != nil {
			return err
		}
		if len(found) == 0 {
			continue
		}
		if err := t.o.DB.Write(ctx, func(tx *db.Tx) error { return t.adopt(ctx, tx, name, "") }); err != nil {
			return err
		}
	}
	for {
		n := 0
		if err := t.o.DB.Read(ctx, func(tx *db.Tx) error {
			due, err := payment.Due(ctx, tx, t.o.Now().UnixMilli(), 1)
			n = len(due)
			return err
		}); err != nil || n == 0 {
			return err
		}
		if err := t.o.DB.Write(ctx, func(tx *db.Tx) (err error) { n, err = t.o.CloseDue(ctx, tx, mostClosed); return err }); err != nil || n == 0 {
			return err
		}
		t.o.Log.Info("closed orders whose time is over", "worker", "teller", "count", n)
	}
}

// stranded says at start when something waits for a channel that this hub is not
// configured for: nobody asks, and its orders are not closed.
func (t *Teller) stranded(ctx context.Context) {
	waits := map[string]int{}
	err := t.o.DB.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT channel, count(*) FROM payment_attempt WHERE state = 'live' GROUP BY channel`, nil, func(row func(...any) error) error {
			var name string
			var n int
			err := row(&name, &n)
			waits[name] = n
			return err
		})
	})
	if err != nil {
		return // the database is away, and says so elsewhere
	}
	for name, n := range waits {
		if t.channels[name] == nil {
			t.o.Log.Error("attempts wait for a channel that is not configured: name it in the file of --payments", "worker", "teller", "channel", name, "count", n)
		}
	}
}
