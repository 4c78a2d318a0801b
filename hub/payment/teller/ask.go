package teller

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

// Found is what asking the channels now has shown (已扣款未显示).
type Found struct {
	Order  payment.Order    // as it stands now
	Booked []payment.Booked // what moved and was not known before
	Asked  int              // attempts that were asked about
	Away   []string         // channels that gave no answer, or none that can be booked
	Held   bool             // a channel contradicts the books or its own amount: two persons look (see Conflicts)
	Next   time.Time        // when the hub asks again by itself; zero: no attempt lives
	Until  time.Time        // when the last attempt ends; its last word comes within minutes of it
}

// mostAsked bounds how many attempts of an order one call asks about, the newest.
const mostAsked = 6

// AskNow asks about every attempt of an order now, the ended ones too, and books what
// it hears. It is for who has paid and does not see it, and for the last question
// before somebody is listed as unpaid. It takes as long as one question, at most
// asksWithin. A channel that is away makes no error, nor does one that says no or what
// cannot be booked: see Found. An error is that the database is away, or ctx's end.
func (t *Teller) AskNow(ctx context.Context, order payment.Order) (Found, error) {
	var all []Attempt
	if err := t.o.DB.Read(ctx, func(tx *db.Tx) (err error) { all, err = AttemptsOf(ctx, tx, order.Number); return err }); err != nil {
		return Found{}, err
	}
	var f Found
	var mu sync.Mutex // guards f and fault
	var fault error
	var wg sync.WaitGroup
	for _, a := range all {
		if a.State == Paid || t.channels[a.Channel] == nil || f.Asked == mostAsked {
			continue
		}
		f.Asked++
		wg.Go(func() {
			b, err := t.askNow(ctx, a)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, channel.ErrAway), errors.Is(err, channel.ErrForged):
				f.Away = append(f.Away, a.Channel)
			case errors.Is(err, errConflict):
				f.Held = true
			case err != nil && (ctx.Err() != nil || db.Away(err)):
				fault = errors.Join(fault, err)
			case err != nil:
				t.o.Log.Warn("a channel's answer about an order is none", "worker", "teller", "channel", a.Channel, "error", err.Error())
				f.Away = append(f.Away, a.Channel)
			case b.Movement.ID != "" && !b.Known:
				f.Booked = append(f.Booked, b)
			}
		})
	}
	wg.Wait()
	if fault != nil {
		return Found{}, fault
	}
	return f, t.o.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if f.Order, err = payment.GetOrder(ctx, tx, order.Number); err != nil {
			return err
		}
		if all, err = AttemptsOf(ctx, tx, order.Number); err != nil {
			return err
		}
		for _, a := range all {
			if a.State != Live {
				continue
			}
			if next := time.UnixMilli(a.NextAsk); f.Next.IsZero() || next.Before(f.Next) {
				f.Next = next
			}
			if until := time.UnixMilli(a.Until); until.After(f.Until) {
				f.Until = until
			}
		}
		return nil
	})
}

// justAsked is how old a channel's answer may be for somebody who asks again and again.
const justAsked = 5 * time.Second

// askNow asks about one attempt, and leaves its schedule as it is.
func (t *Teller) askNow(ctx context.Context, a Attempt) (payment.Booked, error) {
	if age := t.o.Now().Sub(time.UnixMilli(a.SaidAt)); age >= 0 && age < justAsked {
		return payment.Booked{}, nil
	}
	w, err := t.query(ctx, a)
	switch {
	case errors.Is(err, channel.ErrUnknown), err == nil && w.State != channel.Moved:
		return payment.Booked{}, t.answered(ctx, a)
	case err != nil:
		return payment.Booked{}, err
	}
	return t.take(ctx, a.Channel, w)
}

func (t *Teller) query(ctx context.Context, a Attempt) (w channel.Word, err error) {
	err = t.call(ctx, a.Channel, func(ctx context.Context) error { w, err = t.channels[a.Channel].Query(ctx, a.ask()); return err })
	if err == nil && w.State == channel.Moved && (w.Kind != payment.Payment || w.Order != a.Number) {
		return channel.Word{}, fmt.Errorf("teller: %w: about something else", channel.ErrAway)
	}
	return w, err
}

// errConflict is that a word contradicts what was booked. It has been written down.
var errConflict = errors.New("teller: contradicts what was booked")

// take books a word by which something moved: movement, order, attempt or refund,
// and journal in one transaction. errConflict.
func (t *Teller) take(ctx context.Context, name string, w channel.Word) (b payment.Booked, err error) {
	conflict := false
	err = t.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		b, conflict, err = t.book(ctx, tx, name, w)
		return err
	})
	return b, t.judged(name, conflict, err)
}

// judged counts a contradiction that was written down.
func (t *Teller) judged(name string, conflict bool, err error) error {
	if err == nil && conflict {
		t.counts.of[name].conflict.Add(1)
		return errConflict
	}
	return err
}

// book is what take does in its transaction; conflict says that the word was written
// down as one.
func (t *Teller) book(ctx context.Context, tx *db.Tx, name string, w channel.Word) (b payment.Booked, conflict bool, err error) {
	now, m := t.o.Now().UnixMilli(), w.Movement
	m.Order = payment.OrderOf(w.Order)
	var r Refund
	if w.Kind == payment.Refund {
		if r, err = refundBy(ctx, tx, name, w.Refund); err == nil {
			m.Order = r.Order // a notice may leave it out
		} else if !errors.Is(err, ErrNotFound) {
			return b, false, err
		}
	}
	b, err = t.o.Book(ctx, tx, m)
	switch {
	case errors.Is(err, payment.ErrConflict), errors.Is(err, payment.ErrAmount):
		return b, true, keepConflict(ctx, tx, m, now)
	case err != nil:
		return b, false, err
	case w.Kind == payment.Refund && r.Number == "":
		return b, false, nil
	case w.Kind == payment.Refund:
		return b, false, refundMade(ctx, tx, r, b, now)
	}
	if err := settle(ctx, tx, name, w.Order, Paid, now); err != nil || b.Order.State != payment.Paid {
		return b, false, err
	}
	return b, false, Shut(ctx, tx, b.Order.Number, now)
}
