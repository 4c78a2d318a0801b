package teller

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"zhunkao/hub/db"
)

// count is what happened with a channel at this hub since it started.
type count struct {
	asked, away, refused        atomic.Uint64
	booked, known, forged       atomic.Uint64
	foreign, conflict, unmeant  atomic.Uint64
	busy                        atomic.Uint64
	saidAsked, saidAway         uint64 // what the pulse has been told; of the worker's goroutine
	saidRefused, saidN, saidBad uint64
}

type counts struct{ of map[string]*count }

func newCounts(names []string) map[string]*count {
	out := map[string]*count{}
	for _, n := range names {
		out[n] = &count{}
	}
	return out
}

// Counts are what a channel and this hub said to each other since it started, for the
// metrics.
type Counts struct {
	Channel string
	Asked   uint64 // requests, and who wanted to pay and was turned away while it gives no answer
	Away    uint64 // of them without an answer, or without a good one
	Refused uint64 // of them ways to pay that were refused
	Down    bool

	// Notices by what became of them.
	Booked   uint64 // something moved that was not known
	Known    uint64 // nothing new
	Forged   uint64 // no good signature, or stale
	Foreign  uint64 // about another merchant or currency
	Unmeant  uint64 // believed and of no meaning
	Conflict uint64 // contradicts what was booked
	Busy     uint64 // not taken: the database or the queue; they come again
}

// Counts gives all channels.
func (t *Teller) Counts() (out []Counts) {
	for _, name := range t.names {
		n := t.counts.of[name]
		out = append(out, Counts{Channel: name, Asked: n.asked.Load(), Away: n.away.Load(), Refused: n.refused.Load(), Down: !t.lines[name].down().IsZero(),
			Booked: n.booked.Load(), Known: n.known.Load(), Forged: n.forged.Load(), Foreign: n.foreign.Load(), Unmeant: n.unmeant.Load(), Conflict: n.conflict.Load(), Busy: n.busy.Load()})
	}
	return out
}

// Rate is how a channel answered all hubs in some minutes (A59).
type Rate struct {
	Channel string
	Asked   int // requests, and who was turned away unasked
	Away    int // of them without an answer
	Refused int // ways to pay that were refused
	Notices int // believed
	Forged  int
}

// Failing is the share of requests that came to nothing, in percent; 0 when nothing
// was asked.
func (r Rate) Failing() int {
	if r.Asked == 0 {
		return 0
	}
	return (r.Away + r.Refused) * 100 / r.Asked
}

const minute = int64(60_000)

// Rates are those of all channels that anything happened with since a moment, ms of
// the civil clock, by whole minutes.
func Rates(ctx context.Context, tx *db.Tx, since int64) (out []Rate, err error) {
	err = tx.Each(ctx, `SELECT channel, CAST(sum(asked) AS BIGINT), CAST(sum(away) AS BIGINT), CAST(sum(refused) AS BIGINT), CAST(sum(notices) AS BIGINT), CAST(sum(forged) AS BIGINT)
		FROM payment_pulse WHERE minute >= $1 GROUP BY channel ORDER BY channel`, []any{since / minute}, func(row func(...any) error) error {
		var r Rate
		err := row(&r.Channel, &r.Asked, &r.Away, &r.Refused, &r.Notices, &r.Forged)
		out = append(out, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("teller: rates: %w", err)
	}
	return out, nil
}

// pulse writes down what happened since it was last called.
func (t *Teller) pulse(ctx context.Context) error {
	at := t.o.Now().UnixMilli() / minute
	for _, name := range t.names {
		n := t.counts.of[name]
		asked, away, refused := n.asked.Load(), n.away.Load(), n.refused.Load()
		good, bad := n.booked.Load()+n.known.Load()+n.conflict.Load(), n.forged.Load()+n.foreign.Load()
		if asked == n.saidAsked && away == n.saidAway && refused == n.saidRefused && good == n.saidN && bad == n.saidBad {
			continue
		}
		err := t.o.DB.Write(ctx, func(tx *db.Tx) error {
			tx.Quietly()
			_, err := tx.Exec(ctx, `INSERT INTO payment_pulse (channel, minute, hub, asked, away, refused, notices, forged) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (channel, minute, hub) DO UPDATE SET asked = payment_pulse.asked + excluded.asked, away = payment_pulse.away + excluded.away,
				refused = payment_pulse.refused + excluded.refused, notices = payment_pulse.notices + excluded.notices, forged = payment_pulse.forged + excluded.forged`,
				name, at, t.o.Hub, int64(asked-n.saidAsked), int64(away-n.saidAway), int64(refused-n.saidRefused), int64(good-n.saidN), int64(bad-n.saidBad))
			return err
		})
		if err != nil {
			return fmt.Errorf("teller: pulse: %w", err)
		}
		n.saidAsked, n.saidAway, n.saidRefused, n.saidN, n.saidBad = asked, away, refused, good, bad
	}
	return nil
}

// pulseKept is how long the minutes are kept.
const pulseKept = 48 * time.Hour

func (t *Teller) forgetPulse(ctx context.Context) error {
	return t.o.DB.Write(ctx, func(tx *db.Tx) error {
		tx.Quietly()
		_, err := tx.Exec(ctx, `DELETE FROM payment_pulse WHERE minute < $1`, t.o.Now().Add(-pulseKept).UnixMilli()/minute)
		return err
	})
}
