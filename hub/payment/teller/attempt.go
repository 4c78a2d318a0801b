package teller

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

// State is how an attempt or a refund stands.
type State string

// The states of an attempt. A power cut leaves it where its last committed step put
// it; one that was written and never asked for is asked about like any other.
const (
	Live  State = "live"  // may be paid, or the channel has not said its last word: asked about
	Paid  State = "paid"  // the money moved, and is booked
	Ended State = "ended" // the channel says that it will not move, or its time there is long over
)

// Attempt is one way to pay an order at one channel. Times are ms of the civil clock.
type Attempt struct {
	Channel string
	Number  string // by which the channel knows it
	Order   string
	Way     channel.Way
	Fen     int64
	AskedAt int64
	Until   int64 // when it ends at the channel
	Dead    bool  // the channel takes this number no more; what was paid under it still counts
	Code    string
	State   State
	NextAsk int64 // when the channel is asked about it next
	Tries   int   // so often it has been asked about
	Away    int   // so many questions in a row had no answer
	SaidAt  int64 // when the channel last answered about it, 0 for never
}

// ask is the attempt in the channel's words.
func (a Attempt) ask() channel.Ask {
	return channel.Ask{Order: a.Number, Opened: time.UnixMilli(a.AskedAt).Truncate(time.Second), Fen: a.Fen, Until: time.UnixMilli(a.Until), Way: a.Way}
}

const attemptColumns = `channel, number, order_number, way, fen, asked_at, until, dead, code, state, next_ask, tries, away, said_at`

func scanAttempt(row func(...any) error) (a Attempt, err error) {
	err = row(&a.Channel, &a.Number, &a.Order, &a.Way, &a.Fen, &a.AskedAt, &a.Until, &a.Dead, &a.Code, &a.State, &a.NextAsk, &a.Tries, &a.Away, &a.SaidAt)
	return a, err
}

func attempts(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Attempt, err error) {
	err = tx.Each(ctx, `SELECT `+attemptColumns+` FROM payment_attempt WHERE `+where, args, func(row func(...any) error) error {
		a, err := scanAttempt(row)
		out = append(out, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("teller: attempts: %w", err)
	}
	return out, nil
}

// AttemptsOf are all attempts of an order, the newest first.
func AttemptsOf(ctx context.Context, tx *db.Tx, order string) ([]Attempt, error) {
	return attempts(ctx, tx, `order_number = $1 ORDER BY asked_at DESC, channel, number DESC`, order)
}

// begin writes the attempt that a way to pay is asked under: the one that lives, or
// a new one. ErrShut.
func (t *Teller) begin(ctx context.Context, tx *db.Tx, order, name string, way channel.Way, holds time.Duration) (Attempt, error) {
	o, err := payment.GetOrder(ctx, tx, order)
	if err != nil {
		return Attempt{}, err
	}
	now := t.o.Now().UnixMilli()
	until := now + holds.Milliseconds()
	if o.DueAt > 0 {
		until = min(until, o.DueAt)
	}
	if o.State != payment.Open || until-now < leastHolds.Milliseconds() {
		return Attempt{}, ErrShut
	}
	all, err := attempts(ctx, tx, `channel = $1 AND order_number = $2 ORDER BY asked_at DESC, number DESC`, name, o.Number)
	if err != nil {
		return Attempt{}, err
	}
	for _, a := range all {
		if a.State == Live && !a.Dead && a.Way == way && a.Fen == o.Fen && a.Until-now >= leastHolds.Milliseconds() {
			return a, nil
		}
	}
	a := Attempt{Channel: name, Number: payment.Asked(o.Number, len(all)+1), Order: o.Number, Way: way, Fen: o.Fen, AskedAt: now / 1000 * 1000, Until: until,
		State: Live, NextAsk: now + firstAsk.Milliseconds()}
	_, err = tx.Exec(ctx, `INSERT INTO payment_attempt (`+attemptColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 'live', $9, 0, 0, 0)`,
		a.Channel, a.Number, a.Order, string(a.Way), a.Fen, a.AskedAt, a.Until, false, a.NextAsk)
	if err != nil {
		return Attempt{}, fmt.Errorf("teller: attempt: %w", err)
	}
	return a, nil
}

// keepCode notes the code of an attempt, so that it is not asked for with every page.
func keepCode(ctx context.Context, tx *db.Tx, a Attempt) error {
	if _, err := tx.Exec(ctx, `UPDATE payment_attempt SET code = $1 WHERE channel = $2 AND number = $3`, a.Code, a.Channel, a.Number); err != nil {
		return fmt.Errorf("teller: code: %w", err)
	}
	return nil
}

// over marks an attempt whose number the channel takes no more.
func over(ctx context.Context, tx *db.Tx, a Attempt) error {
	if _, err := tx.Exec(ctx, `UPDATE payment_attempt SET dead = $1 WHERE channel = $2 AND number = $3`, true, a.Channel, a.Number); err != nil {
		return fmt.Errorf("teller: %w", err)
	}
	return nil
}

// Shut has the ways to pay an order closed at their channels at once: it is paid, by one
// of them or otherwise, or it is waived or left. Who books or decides that calls it in
// the same transaction; nobody shall pay twice by a code that lies open (domain §4.5).
func Shut(ctx context.Context, tx *db.Tx, order string, now int64) error {
	if _, err := tx.Exec(ctx, `UPDATE payment_attempt SET next_ask = $1 WHERE order_number = $2 AND state = 'live'`, now, order); err != nil {
		return fmt.Errorf("teller: %w", err)
	}
	return nil
}

// settle notes what the channel said last of an attempt.
func settle(ctx context.Context, tx *db.Tx, channel, number string, s State, at int64) error {
	_, err := tx.Exec(ctx, `UPDATE payment_attempt SET state = $1, said_at = $2, away = 0 WHERE channel = $3 AND number = $4 AND state <> 'paid'`, string(s), at, channel, number)
	if err != nil {
		return fmt.Errorf("teller: %w", err)
	}
	return nil
}

func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}

// refused tells a channel's own no.
func refused(err error) (code string, ok bool) {
	var no *channel.RefusedError
	if errors.As(err, &no) {
		return no.Code, true
	}
	return "", false
}
