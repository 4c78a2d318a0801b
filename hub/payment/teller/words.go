package teller

import (
	"context"
	"fmt"
	"sync"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

// words are those of notices, on their way into the books: what comes while others
// are being booked goes together in the next transaction, and shares its statements.
// A notice that comes alone waits for nobody.
type words struct {
	mu      sync.Mutex // guards the rest
	waiting []*word
	busy    bool
}

// word is one of them. What became of it is there when done is closed.
type word struct {
	name     string
	said     channel.Word
	done     chan struct{}
	booked   payment.Booked
	conflict bool
	err      error
}

// mostTogether bounds the words of one transaction, and togetherWithin how long it may
// take: whoever waits for it comes again.
const (
	mostTogether   = 256
	togetherWithin = 10 * time.Second
)

// together is take for a word that may share a transaction with others.
func (t *Teller) together(ctx context.Context, name string, w channel.Word) (payment.Booked, error) {
	mine := &word{name: name, said: w, done: make(chan struct{})}
	t.words.mu.Lock()
	t.words.waiting = append(t.words.waiting, mine)
	if !t.words.busy {
		t.words.busy = true
		go t.bookWaiting(context.WithoutCancel(ctx))
	}
	t.words.mu.Unlock()
	select {
	case <-mine.done:
		return mine.booked, t.judged(name, mine.conflict, mine.err)
	case <-ctx.Done(): // it may be booked all the same, and is known when it comes again
		return payment.Booked{}, ctx.Err()
	}
}

// bookWaiting books until nobody waits.
func (t *Teller) bookWaiting(ctx context.Context) {
	for {
		t.words.mu.Lock()
		n := min(len(t.words.waiting), mostTogether)
		all := t.words.waiting[:n:n]
		t.words.waiting = t.words.waiting[n:]
		if n == 0 {
			t.words.busy, t.words.waiting = false, nil
			t.words.mu.Unlock()
			return
		}
		t.words.mu.Unlock()
		within, cancel := context.WithTimeout(ctx, togetherWithin)
		t.bookAll(within, all)
		cancel()
		for _, w := range all {
			close(w.done)
		}
	}
}

// bookAll books words in one transaction; when that comes to nothing, each in one of
// its own, so that none keeps another from the books.
func (t *Teller) bookAll(ctx context.Context, all []*word) {
	if len(all) > 1 {
		if err := t.o.DB.Write(ctx, func(tx *db.Tx) error { return t.bookTogether(ctx, tx, all) }); err == nil || ctx.Err() != nil {
			for _, w := range all {
				w.err = err
			}
			return
		}
	}
	for _, w := range all {
		w.err = t.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
			w.booked, w.conflict, err = t.book(ctx, tx, w.name, w.said)
			return err
		})
	}
}

// bookTogether books what pays its order in a handful of statements, and everything
// else one after the other.
func (t *Teller) bookTogether(ctx context.Context, tx *db.Tx, all []*word) error {
	movements := make([]payment.Movement, len(all))
	for i, w := range all {
		movements[i] = w.said.Movement
		movements[i].Order = payment.OrderOf(w.said.Order)
	}
	var places []int
	var err error
	if t.o.BookPaid != nil {
		if places, err = payment.Paying(ctx, tx, movements); err != nil {
			return err
		}
	}
	done := make([]bool, len(all))
	if len(places) > 0 {
		paying, asked, orders := make([]payment.Movement, len(places)), make([][]any, len(places)), make([][]any, len(places))
		for i, p := range places {
			paying[i], done[p] = movements[p], true
			asked[i], orders[i] = []any{all[p].name, all[p].said.Order}, []any{movements[p].Order}
		}
		booked, err := t.o.BookPaid(ctx, tx, paying)
		if err != nil {
			return err
		}
		for i, p := range places {
			all[p].booked, all[p].conflict = booked[i], false
		}
		if err := settleAll(ctx, tx, asked, orders, t.o.Now().UnixMilli()); err != nil {
			return err
		}
	}
	for i, w := range all {
		if done[i] {
			continue
		}
		if w.booked, w.conflict, err = t.book(ctx, tx, w.name, w.said); err != nil {
			return err
		}
	}
	return nil
}

// settleAll is settle and Shut for payments that paid their orders.
func settleAll(ctx context.Context, tx *db.Tx, asked, orders [][]any, now int64) error {
	values, args, err := db.AskedAfter(1, asked)
	if err != nil {
		return fmt.Errorf("teller: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE payment_attempt SET state = 'paid', said_at = $1, away = 0 WHERE (channel, number) IN (VALUES `+values+`)`, append([]any{now}, args...)...); err != nil {
		return fmt.Errorf("teller: %w", err)
	}
	if values, args, err = db.AskedAfter(1, orders); err != nil {
		return fmt.Errorf("teller: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE payment_attempt SET next_ask = $1 WHERE state = 'live' AND order_number IN (VALUES `+values+`)`, append([]any{now}, args...)...); err != nil {
		return fmt.Errorf("teller: %w", err)
	}
	return nil
}
