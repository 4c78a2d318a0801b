package teller

import (
	"context"
	"time"
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
