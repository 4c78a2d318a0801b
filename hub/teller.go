package hub

import (
	"context"
	"fmt"
	"sync"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
)

// openTeller opens the channels of --payments. Without it there are none, and fees are
// paid in cash at the point or by transfer.
func (h *Hub) openTeller(context.Context) (err error) {
	var channels []channel.Channel
	if h.config.Payments != "" {
		if channels, err = teller.Open(h.config.Payments, h.Now); err != nil {
			return fmt.Errorf("hub: %w", err)
		}
	}
	terms := &payTerms{flow: h.flow, kept: map[string]keptTerms{}}
	h.teller, err = teller.New(teller.Options{DB: h.db, Channels: channels, Terms: terms.of, Now: h.Now, Log: h.log,
		Book: func(ctx context.Context, tx *db.Tx, m payment.Movement) (payment.Booked, error) {
			return h.flow.BookMovement(ctx, tx, m, flow.Hub())
		},
		BookPaid: func(ctx context.Context, tx *db.Tx, all []payment.Payable) ([]payment.Booked, error) {
			return h.flow.BookPaid(ctx, tx, all, flow.Hub())
		},
		Fail: func(ctx context.Context, tx *db.Tx, movement, reason string) error {
			return h.flow.StepMovement(ctx, tx, movement, payment.Fail, reason, flow.Hub(), "")
		},
		CloseDue: h.flow.CloseDue})
	if err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	if len(channels) > 0 {
		h.log.Info("payments are taken", "worker", "teller", "channels", h.teller.Configured())
	}
	return nil
}

// Teller is for whoever runs a hub in his own process.
func (h *Hub) Teller() *teller.Teller { return h.teller }

// payTerms keeps what campaigns say of paying, by their version.
type payTerms struct {
	flow *flow.Flow
	mu   sync.Mutex // guards kept
	kept map[string]keptTerms
}

type keptTerms struct {
	version uint32
	terms   teller.Terms
}

func (p *payTerms) of(ctx context.Context, tx *db.Tx, id string) (teller.Terms, error) {
	newest, err := campaign.Newest(ctx, tx, id)
	if err != nil {
		return teller.Terms{}, fmt.Errorf("hub: terms: %w", err)
	}
	p.mu.Lock()
	k, ok := p.kept[id]
	p.mu.Unlock()
	if ok && k.version == newest {
		return k.terms, nil
	}
	r, err := p.flow.Rules(ctx, tx, id)
	if err != nil {
		return teller.Terms{}, fmt.Errorf("hub: terms: %w", err)
	}
	c := r.Campaign
	k = keptTerms{version: c.Version, terms: teller.Terms{Channels: c.Payment.Channels, Holds: time.Duration(c.Payment.OfferMinutes) * time.Minute, What: c.Short + "报名考试费"}}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept[id] = k
	return k.terms, nil
}
