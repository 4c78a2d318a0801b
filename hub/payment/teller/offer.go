package teller

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

// asksWithin bounds how long somebody who waits for a page waits for a channel.
const asksWithin = 8 * time.Second

// Offer gives a way to pay an order: a code to scan, or a page to go to. The attempt is
// durable before the channel is asked. address is the network address of who pays by
// Phone, back the https address that her browser comes back to. Who comes again while
// the attempt lives gets the same; a page is made anew each time.
//
// ErrShut, ErrChannel, payment.ErrNotFound; channel.ErrAway: the channel does not
// answer, another one or a moment later may; *channel.RefusedError: it will not.
func (t *Teller) Offer(ctx context.Context, order payment.Order, name string, way channel.Way, address, back string) (channel.Offer, Attempt, error) {
	c, terms := t.channels[name], Terms{}
	if c == nil || !slices.Contains(waysOf(name), way) {
		return channel.Offer{}, Attempt{}, ErrChannel
	}
	var a Attempt
	begin := func() error {
		return t.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
			if terms, err = t.o.Terms(ctx, tx, order.Campaign); err != nil {
				return err
			}
			if !slices.Contains(terms.Channels, name) {
				return ErrChannel
			}
			a, err = t.begin(ctx, tx, order.Number, name, way, terms.holds())
			return err
		})
	}
	for range offerTries {
		err := begin()
		if db.Unique(err) {
			continue // another request began the same one in this moment
		}
		if err != nil {
			return channel.Offer{}, Attempt{}, err
		}
		if a.Code != "" && way == channel.Scan {
			return channel.Offer{Code: a.Code}, a, nil
		}
		q := a.ask()
		q.What, q.Address, q.Back = terms.What, address, back
		made, err := t.offer(ctx, c, q)
		if code, no := refused(err); no && overThere[code] {
			if err := t.o.DB.Write(ctx, func(tx *db.Tx) error { return over(ctx, tx, a) }); err != nil {
				return channel.Offer{}, Attempt{}, err
			}
			continue
		}
		if err != nil {
			return channel.Offer{}, a, err
		}
		if made.Code != "" && way == channel.Scan {
			a.Code = made.Code
			err = t.o.DB.Write(ctx, func(tx *db.Tx) error { return keepCode(ctx, tx, a) })
		}
		return made, a, err
	}
	return channel.Offer{}, a, fmt.Errorf("teller: %w", channel.ErrAway)
}

// offerTries is how often a number that a channel will not take any more is changed
// for the next.
const offerTries = 3

// overThere are refusals that say: that number has had its time, or was used for
// another way to pay.
var overThere = map[string]bool{"ORDER_CLOSED": true, "ORDERCLOSED": true, "OUT_TRADE_NO_USED": true, "ACQ.TRADE_HAS_CLOSE": true, "ACQ.CONTEXT_INCONSISTENT": true, "12": true}

// offer asks a channel, if it answers at all. Who is turned away because it is known not
// to answer wanted to pay and could not: she counts like who waited in vain, or the alarm
// of a mass failure (A59) would fall silent just when a channel gives no answer at all.
func (t *Teller) offer(ctx context.Context, c channel.Channel, q channel.Ask) (made channel.Offer, err error) {
	err = t.call(ctx, c.Name(), func(ctx context.Context) error { made, err = c.Offer(ctx, q); return err })
	n := t.counts.of[c.Name()]
	if _, no := refused(err); no {
		n.refused.Add(1)
	}
	if errors.Is(err, errTurnedAway) {
		n.asked.Add(1)
		n.away.Add(1)
	}
	return made, err
}

// errTurnedAway says that a channel was not asked: it is known not to answer.
var errTurnedAway = fmt.Errorf("%w: not asked", channel.ErrAway)

// call makes one request of a channel, within asksWithin, and notes how it went.
// errTurnedAway, a channel.ErrAway, at once while the channel is known not to answer.
func (t *Teller) call(ctx context.Context, name string, f func(context.Context) error) error {
	l := t.lines[name]
	if !l.may(time.Now()) {
		return fmt.Errorf("teller: %s: %w", name, errTurnedAway)
	}
	within, cancel := context.WithTimeout(ctx, asksWithin)
	defer cancel()
	n := t.counts.of[name]
	n.asked.Add(1)
	err := f(within)
	if ctx.Err() != nil && err != nil { // whoever waited has gone: that says nothing of the channel
		l.gone()
		return err
	}
	if l.heard(err, time.Now(), t.o.Now()) {
		n.away.Add(1)
	}
	return err
}
