package teller

import (
	"context"
	"time"

	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

// Rested has the next request to a channel find out whether it is back.
func (t *Teller) Rested(name string) {
	l := t.lines[name]
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = time.Time{}
}

// Lead works for as long as this hub leads, or until ctx ends.
func (t *Teller) Lead(ctx context.Context) error { return t.lead(ctx) }

// Pulse writes down what happened.
func (t *Teller) Pulse(ctx context.Context) error { return t.pulse(ctx) }

// TakeTogether books words that came at one moment, and gives what became of each.
func (t *Teller) TakeTogether(ctx context.Context, name string, said ...channel.Word) ([]payment.Booked, []error) {
	all, booked, errs := make([]*word, len(said)), make([]payment.Booked, len(said)), make([]error, len(said))
	for i, s := range said {
		all[i] = &word{name: name, said: s}
	}
	t.bookAll(ctx, all)
	for i, w := range all {
		booked[i], errs[i] = w.booked, t.judged(name, w.conflict, w.err)
	}
	return booked, errs
}

// ErrConflict is errConflict.
var ErrConflict = errConflict
