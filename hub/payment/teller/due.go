package teller

import (
	"context"
	"errors"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

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
	waiting := err == nil
	wanted, err := t.wanted(ctx, a)
	if err != nil {
		return err
	}
	if wanted {
		return t.later(ctx, a, false, nextAsk(a.Tries+1))
	}
	return t.closeAt(ctx, a, waiting)
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
// ends by its own time, and a while later it is taken for ended. waiting is that the
// channel has just said that it is under way: its last word may still be that the money
// moved (domain §4.5 掉单), and is waited for much longer.
func (t *Teller) closeAt(ctx context.Context, a Attempt, waiting bool) error {
	err := t.call(ctx, a.Channel, func(ctx context.Context) error { return t.channels[a.Channel].Close(ctx, a.ask()) })
	_, no := refused(err)
	switch {
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, channel.ErrUnknown):
		after := settled
		if waiting && !errors.Is(err, channel.ErrUnknown) {
			after = undecided
		}
		left := time.UnixMilli(a.Until).Add(after).Sub(t.o.Now())
		if left <= 0 {
			if after == undecided {
				t.o.Log.Error("a channel has not said for a day how an attempt ended; it is taken for ended, and what its statement says counts", "worker", "teller", "channel", a.Channel)
			}
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

// answered notes that the channel has just said that nothing moved.
func (t *Teller) answered(ctx context.Context, a Attempt) error {
	return t.o.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Quietly()
		_, err := tx.Exec(ctx, `UPDATE payment_attempt SET said_at = $1 WHERE channel = $2 AND number = $3 AND said_at < $1`, t.o.Now().UnixMilli(), a.Channel, a.Number)
		return err
	})
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
