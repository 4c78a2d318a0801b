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
// Nobody can lock another out of her own desk:
//
//   - A browser from which she signed in before keeps a mark (Attempt.Desk). With
//     it only its own failures count, whoever fails elsewhere or beside her
//     behind the same address.
//   - Without the mark, but from an address from which she signed in before, what
//     others do to her account does not count.
//   - From anywhere else, what others do decides how long a pause is, a minute at
//     most, but never when it begins: that is her own last failure from there. A
//     first try is always looked at.
type pace struct {
	free        int // failures without a wait
	first, most time.Duration
}

var (
	paceOwn     = pace{5, 30 * time.Second, 15 * time.Minute}  // one account from one source or desk
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

// counters are the keys under which an attempt is counted.
type counters struct{ own, source, account []byte }

func (d *Desk) counters(t Attempt, desk bool) counters {
	own := "own/" + t.Name + "\x00" + t.Source
	if desk {
		own = "desk/" + t.Name + "\x00" + t.Desk
	}
	return counters{d.o.Keys.SignInKey(own), d.o.Keys.SignInKey("source/" + t.Source), d.o.Keys.SignInKey("account/" + t.Name)}
}

func (d *Desk) knownKey(name, source string) []byte {
	return d.o.Keys.SignInKey("known/" + name + "\x00" + source)
}

func (d *Desk) deskKey(name, desk string) []byte {
	return d.o.Keys.SignInKey("known-desk/" + name + "\x00" + desk)
}

// marked reports whether a mark stands and is not too old.
func (d *Desk) marked(ctx context.Context, tx *db.Tx, key []byte) (bool, error) {
	_, last, err := readCount(ctx, tx, key)
	return !last.IsZero() && d.o.Real().Sub(last) < knownFor, err
}

// standing says from where an attempt comes: her desk, a known address, or neither.
func (d *Desk) standing(ctx context.Context, tx *db.Tx, t Attempt) (desk, known bool, err error) {
	if t.Desk != "" && t.Name != "" {
		if desk, err = d.marked(ctx, tx, d.deskKey(t.Name, t.Desk)); err != nil {
			return false, false, err
		}
	}
	known, err = d.marked(ctx, tx, d.knownKey(t.Name, t.Source))
	return desk, known, err
}

// count notes an attempt as failed, unless it must wait; then it says how long.
func (d *Desk) count(ctx context.Context, tx *db.Tx, t Attempt) (time.Duration, error) {
	now := d.o.Real()
	desk, known, err := d.standing(ctx, tx, t)
	if err != nil {
		return 0, err
	}
	cs := d.counters(t, desk)
	n, lastOwn, err := readCount(ctx, tx, cs.own)
	if err != nil {
		return 0, err
	}
	wait := paceOwn.wait(n, now.Sub(lastOwn))
	if !desk {
		of, last, err := readCount(ctx, tx, cs.source)
		if err != nil {
			return 0, err
		}
		wait = max(wait, paceSource.wait(of, now.Sub(last)))
	}
	if !desk && !known && n > 0 {
		all, _, err := readCount(ctx, tx, cs.account)
		if err != nil {
			return 0, err
		}
		wait = max(wait, paceAccount.wait(all, now.Sub(lastOwn)))
	}
	if wait > 0 {
		return wait, nil
	}
	for _, key := range [][]byte{cs.own, cs.source, cs.account} {
		if err := d.more(ctx, tx, key, now); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// more counts one more under a key.
func (d *Desk) more(ctx context.Context, tx *db.Tx, key []byte, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO sign_in_failure (subject, failed, last) VALUES ($1, 1, $2)
		ON CONFLICT (subject) DO UPDATE SET last = excluded.last,
		failed = CASE WHEN sign_in_failure.last <= $3 THEN 1 ELSE sign_in_failure.failed + 1 END`,
		key, now.UnixMilli(), now.Add(-lapse).UnixMilli())
	if err != nil {
		return fmt.Errorf("staff: count: %w", err)
	}
	return nil
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
// it), and remembers the source and the desk.
func (d *Desk) succeeded(ctx context.Context, tx *db.Tx, t Attempt) error {
	cs, desk := d.counters(t, false), d.counters(t, true)
	for _, key := range [][]byte{cs.own, desk.own, cs.account} {
		if _, err := tx.Exec(ctx, `DELETE FROM sign_in_failure WHERE subject = $1`, key); err != nil {
			return fmt.Errorf("staff: count: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `UPDATE sign_in_failure SET failed = failed - 1 WHERE subject = $1 AND failed > 0`, cs.source)
	if err != nil {
		return fmt.Errorf("staff: count: %w", err)
	}
	if t.Desk != "" {
		if err := d.note(ctx, tx, d.deskKey(t.Name, t.Desk), d.o.Real()); err != nil {
			return err
		}
	}
	return d.note(ctx, tx, d.knownKey(t.Name, t.Source), d.o.Real())
}
