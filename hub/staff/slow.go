package staff

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

// How guessing is slowed (S2). Attempts are counted for an account from one
// source, for a source, and for an account from everywhere. After so many the
// next must wait, twice as long each time, to a limit; an attempt made while
// waiting is not looked at and not counted.
//
// Nobody can be locked out of her own desk: what others do slows an account
// only for sources from which it never signed in, and for a minute at most.
type pace struct {
	free        int // failures without a wait
	first, most time.Duration
}

var (
	paceOwn     = pace{5, 30 * time.Second, 15 * time.Minute}  // one account from one source
	paceSource  = pace{20, 30 * time.Second, 15 * time.Minute} // one source, whatever the accounts
	paceAccount = pace{10, 5 * time.Second, time.Minute}       // one account, from sources unknown to it
)

const (
	lapse    = 2 * time.Hour       // a count without a new failure for so long is forgotten
	knownFor = 90 * 24 * time.Hour // a source stays known to an account for so long
	tellOnce = time.Minute         // a refusal for waiting is journalled so often at most
)

// wait is how much is left to wait after n failures, the last one ago.
func (p pace) wait(n int, ago time.Duration) time.Duration {
	if n < p.free || ago >= lapse {
		return 0
	}
	w := p.first
	for i := p.free; i < n && w < p.most; i++ {
		w *= 2
	}
	// A real clock that was set back must not make anyone wait for hours.
	return min(max(0, min(w, p.most)-ago), p.most)
}

type counter struct {
	key []byte
	pace
}

func (d *Desk) counters(name, source string) []counter {
	return []counter{
		{d.o.Keys.SignInKey("own/" + name + "\x00" + source), paceOwn},
		{d.o.Keys.SignInKey("source/" + source), paceSource},
		{d.o.Keys.SignInKey("account/" + name), paceAccount},
	}
}

func (d *Desk) knownKey(name, source string) []byte {
	return d.o.Keys.SignInKey("known/" + name + "\x00" + source)
}

// count notes an attempt as failed, unless it must wait; then it says how long.
func (d *Desk) count(ctx context.Context, tx *db.Tx, name, source string) (time.Duration, error) {
	now := d.o.Real()
	_, last, err := readCount(ctx, tx, d.knownKey(name, source))
	if err != nil {
		return 0, err
	}
	known := !last.IsZero() && now.Sub(last) < knownFor
	cs := d.counters(name, source)
	var wait time.Duration
	for i, c := range cs {
		n, last, err := readCount(ctx, tx, c.key)
		if err != nil {
			return 0, err
		}
		if i == 2 && known {
			continue
		}
		wait = max(wait, c.wait(n, now.Sub(last)))
	}
	if wait > 0 {
		return wait, nil
	}
	for _, c := range cs {
		_, err := tx.Exec(ctx, `INSERT INTO sign_in_failure (subject, failed, last) VALUES ($1, 1, $2)
			ON CONFLICT (subject) DO UPDATE SET last = excluded.last,
			failed = CASE WHEN sign_in_failure.last <= $3 THEN 1 ELSE sign_in_failure.failed + 1 END`,
			c.key, now.UnixMilli(), now.Add(-lapse).UnixMilli())
		if err != nil {
			return 0, fmt.Errorf("staff: count: %w", err)
		}
	}
	return 0, nil
}

func readCount(ctx context.Context, tx *db.Tx, key []byte) (n int, last time.Time, err error) {
	var ms int64
	err = tx.QueryRow(ctx, `SELECT failed, last FROM sign_in_failure WHERE subject = $1`, key).Scan(&n, &ms)
	if errors.Is(err, db.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("staff: count: %w", err)
	}
	return n, time.UnixMilli(ms), nil
}

// journalSlow journals that an attempt must wait, but not each of a flood.
func (d *Desk) journalSlow(ctx context.Context, tx *db.Tx, name, source string) error {
	key, now := d.o.Keys.SignInKey("told/"+source), d.o.Real()
	_, last, err := readCount(ctx, tx, key)
	if err != nil || now.Sub(last) < tellOnce {
		return err
	}
	if err := d.note(ctx, tx, key, now); err != nil {
		return err
	}
	return d.journalRefusal(ctx, tx, Account{}, name, source, "slow")
}

// note sets a mark without a count.
func (d *Desk) note(ctx context.Context, tx *db.Tx, key []byte, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO sign_in_failure (subject, failed, last) VALUES ($1, 0, $2)
		ON CONFLICT (subject) DO UPDATE SET failed = 0, last = excluded.last`, key, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("staff: count: %w", err)
	}
	return nil
}

// succeeded forgets the failures of the account, takes this attempt off the
// count of the source (an attacker with an account of his own must not clear
// it), and remembers the source.
func (d *Desk) succeeded(ctx context.Context, tx *db.Tx, name, source string) error {
	cs := d.counters(name, source)
	for _, c := range []counter{cs[0], cs[2]} {
		if _, err := tx.Exec(ctx, `DELETE FROM sign_in_failure WHERE subject = $1`, c.key); err != nil {
			return fmt.Errorf("staff: count: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `UPDATE sign_in_failure SET failed = failed - 1 WHERE subject = $1 AND failed > 0`, cs[1].key)
	if err != nil {
		return fmt.Errorf("staff: count: %w", err)
	}
	return d.note(ctx, tx, d.knownKey(name, source), d.o.Real())
}
