package teller

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	busy    int // transactions under way
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

// wordsAtOnce is how many transactions of words are under way at a time. SQLite has one
// writer. PostgreSQL works on one while the next is made, and while one is being
// committed; words that touch each other meet there at a row or a constraint, as those
// of two hubs do.
func (t *Teller) wordsAtOnce() int {
	if t.o.DB.Kind() == db.PostgreSQL {
		return 2
	}
	return 1
}

// together is take for a word that may share a transaction with others.
func (t *Teller) together(ctx context.Context, name string, w channel.Word) (payment.Booked, error) {
	mine := &word{name: name, said: w, done: make(chan struct{})}
	t.words.mu.Lock()
	t.words.waiting = append(t.words.waiting, mine)
	if t.words.busy < t.wordsAtOnce() {
		t.words.busy++
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
			t.words.busy--
			t.words.waiting = nil
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

// bookAll books words in one transaction. When that comes to nothing, each half in one
// of its own, and so on down to single words: none keeps another from the books, and a
// bad one among many costs a few transactions and not one for each.
func (t *Teller) bookAll(ctx context.Context, all []*word) {
	if len(all) == 1 {
		w := all[0]
		w.err = t.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
			w.booked, w.conflict, err = t.book(ctx, tx, w.name, w.said)
			return err
		})
		return
	}
	err := t.o.DB.Write(ctx, func(tx *db.Tx) error { return t.bookTogether(ctx, tx, all) })
	if err == nil || ctx.Err() != nil || db.Away(err) { // what is away was waited for
		for _, w := range all {
			w.err = err
		}
		return
	}
	t.bookAll(ctx, all[:len(all)/2])
	t.bookAll(ctx, all[len(all)/2:])
}

// bookTogether books what pays its order in a handful of statements, and everything
// else one after the other.
func (t *Teller) bookTogether(ctx context.Context, tx *db.Tx, all []*word) error {
	// In one order at all hubs, so that none waits for another that waits for it.
	all = slices.SortedStableFunc(slices.Values(all), func(a, b *word) int { return strings.Compare(a.said.Order, b.said.Order) })
	movements := make([]payment.Movement, len(all))
	for i, w := range all {
		movements[i] = w.said.Movement
		movements[i].Order = payment.OrderOf(w.said.Order)
	}
	done := make([]bool, len(all))
	if t.o.BookPaid != nil {
		paying, err := payment.Paying(ctx, tx, movements)
		if err != nil {
			return err
		}
		booked, err := t.o.BookPaid(ctx, tx, paying)
		if err != nil {
			return err
		}
		for i, p := range paying {
			all[p.Place].booked, all[p.Place].conflict, done[p.Place] = booked[i], false, true
		}
		if err := settleAll(ctx, tx, all, done, t.o.Now().UnixMilli()); err != nil {
			return err
		}
	}
	for i, w := range all {
		if done[i] {
			continue
		}
		var err error
		if w.booked, w.conflict, err = t.book(ctx, tx, w.name, w.said); err != nil {
			return err
		}
	}
	return nil
}

// settleAll is settle and Shut for those words that paid their orders.
func settleAll(ctx context.Context, tx *db.Tx, all []*word, paid []bool, now int64) error {
	asked, orders := map[string][]string{}, make([]string, 0, len(all))
	for i, w := range all {
		if paid[i] {
			asked[w.name], orders = append(asked[w.name], w.said.Order), append(orders, w.booked.Order.Number)
		}
	}
	if len(orders) == 0 {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(asked)) {
		among, args := tx.Among(2, asked[name])
		if _, err := tx.Exec(ctx, `UPDATE payment_attempt SET state = 'paid', said_at = $1, away = 0 WHERE channel = $2 AND number `+among, append([]any{now, name}, args...)...); err != nil {
			return fmt.Errorf("teller: %w", err)
		}
	}
	among, args := tx.Among(1, orders)
	if _, err := tx.Exec(ctx, `UPDATE payment_attempt SET next_ask = $1 WHERE state = 'live' AND order_number `+among, append([]any{now}, args...)...); err != nil {
		return fmt.Errorf("teller: %w", err)
	}
	return nil
}
