package attempt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hub/db"
)

// Keys is what this package needs of package keys; *keys.Ring is one.
type Keys interface {
	SignInKey(subject string) []byte
}

// Try is one attempt. Whoever counts it has brought the name into its normal
// form.
type Try struct {
	Name   string // "" is nobody's
	Source string // network address of the caller, without a port
	Desk   string // what the browser kept from an earlier success; "" is nothing
}

// Pace is how long is waited after failures: First after Free of them, then
// twice as long each time, at most Most.
type Pace struct {
	Free        int
	First, Most time.Duration
}

// Paces are those of one entrance.
type Paces struct {
	Own     Pace // one name from one source or desk
	Source  Pace // one source, whatever the names
	Account Pace // one name, from sources unknown to it
}

// Counter counts the attempts at one entrance. It holds no state of its own.
type Counter struct {
	Keys  Keys
	Real  func() time.Time
	Realm string // keeps the entrances apart; the offices' is ""
	Paces Paces
}

const (
	lapse    = 2 * time.Hour       // a count without a new failure for so long is forgotten
	knownFor = 90 * 24 * time.Hour // a source stays known to an account for so long
	tellOnce = time.Minute         // a refusal for waiting is told so often at most
)

// Wait is how much is left to wait after n failures, the last one ago.
func (p Pace) Wait(n int, ago time.Duration) time.Duration {
	if n < p.Free || ago >= lapse {
		return 0
	}
	w := p.First
	for i := p.Free; i < n && w < p.Most; i++ {
		w *= 2
	}
	// A real clock that was set back must not make anyone wait for hours.
	return min(max(0, min(w, p.Most)-ago), p.Most)
}

func (c Counter) key(subject string) []byte { return c.Keys.SignInKey(c.Realm + subject) }

// counters are the keys under which an attempt is counted.
type counters struct{ own, source, account []byte }

func (c Counter) counters(t Try, desk bool) counters {
	own := "own/" + t.Name + "\x00" + t.Source
	if desk {
		own = "desk/" + t.Name + "\x00" + t.Desk
	}
	return counters{c.key(own), c.key("source/" + t.Source), c.key("account/" + t.Name)}
}

func (c Counter) knownKey(name, source string) []byte {
	return c.key("known/" + name + "\x00" + source)
}

func (c Counter) deskKey(name, desk string) []byte {
	return c.key("known-desk/" + name + "\x00" + desk)
}

// marked reports whether a mark stands and is not too old.
func (c Counter) marked(ctx context.Context, tx *db.Tx, key []byte) (bool, error) {
	_, last, err := read(ctx, tx, key)
	return !last.IsZero() && c.Real().Sub(last) < knownFor, err
}

// standing says from where an attempt comes: her desk, a known address, or neither.
func (c Counter) standing(ctx context.Context, tx *db.Tx, t Try) (desk, known bool, err error) {
	if t.Desk != "" && t.Name != "" {
		if desk, err = c.marked(ctx, tx, c.deskKey(t.Name, t.Desk)); err != nil {
			return false, false, err
		}
	}
	known, err = c.marked(ctx, tx, c.knownKey(t.Name, t.Source))
	return desk, known, err
}

// Count notes an attempt as failed, unless it must wait; then it says how long.
func (c Counter) Count(ctx context.Context, tx *db.Tx, t Try) (time.Duration, error) {
	now := c.Real()
	desk, known, err := c.standing(ctx, tx, t)
	if err != nil {
		return 0, err
	}
	cs := c.counters(t, desk)
	n, lastOwn, err := read(ctx, tx, cs.own)
	if err != nil {
		return 0, err
	}
	wait := c.Paces.Own.Wait(n, now.Sub(lastOwn))
	if !desk {
		of, last, err := read(ctx, tx, cs.source)
		if err != nil {
			return 0, err
		}
		wait = max(wait, c.Paces.Source.Wait(of, now.Sub(last)))
	}
	if !desk && !known && n > 0 {
		all, _, err := read(ctx, tx, cs.account)
		if err != nil {
			return 0, err
		}
		wait = max(wait, c.Paces.Account.Wait(all, now.Sub(lastOwn)))
	}
	if wait > 0 {
		return wait, nil
	}
	for _, key := range [][]byte{cs.own, cs.source, cs.account} {
		if err := c.more(ctx, tx, key, now); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// Charge is what one act is counted under beside others, and how fast such acts
// may follow each other.
type Charge struct {
	Subject string
	Pace
}

// Spend counts an act under each subject, unless one of them must wait; then it
// says how long, and counts nothing.
func (c Counter) Spend(ctx context.Context, tx *db.Tx, charges ...Charge) (wait time.Duration, err error) {
	now := c.Real()
	for _, ch := range charges {
		n, last, err := read(ctx, tx, c.key(ch.Subject))
		if err != nil {
			return 0, err
		}
		wait = max(wait, ch.Wait(n, now.Sub(last)))
	}
	if wait > 0 {
		return wait, nil
	}
	for _, ch := range charges {
		if err := c.more(ctx, tx, c.key(ch.Subject), now); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

// more counts one more under a key.
func (c Counter) more(ctx context.Context, tx *db.Tx, key []byte, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO sign_in_failure (subject, failed, last) VALUES ($1, 1, $2)
		ON CONFLICT (subject) DO UPDATE SET last = excluded.last,
		failed = CASE WHEN sign_in_failure.last <= $3 THEN 1 ELSE sign_in_failure.failed + 1 END`,
		key, now.UnixMilli(), now.Add(-lapse).UnixMilli())
	if err != nil {
		return fmt.Errorf("attempt: count: %w", err)
	}
	return nil
}

// read gives what is counted under a key, and when last.
func read(ctx context.Context, tx *db.Tx, key []byte) (n int, last time.Time, err error) {
	var ms int64
	err = tx.QueryRow(ctx, `SELECT failed, last FROM sign_in_failure WHERE subject = $1`, key).Scan(&n, &ms)
	if errors.Is(err, db.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, fmt.Errorf("attempt: count: %w", err)
	}
	return n, time.UnixMilli(ms), nil
}

// Tell reports whether a refusal for waiting is to be told now: not each of a
// flood.
func (c Counter) Tell(ctx context.Context, tx *db.Tx, source string) (bool, error) {
	key, now := c.key("told/"+source), c.Real()
	_, last, err := read(ctx, tx, key)
	if err != nil || now.Sub(last) < tellOnce {
		return false, err
	}
	return true, c.note(ctx, tx, key, now)
}

// note sets a mark without a count.
func (c Counter) note(ctx context.Context, tx *db.Tx, key []byte, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO sign_in_failure (subject, failed, last) VALUES ($1, 0, $2)
		ON CONFLICT (subject) DO UPDATE SET failed = 0, last = excluded.last`, key, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("attempt: count: %w", err)
	}
	return nil
}

// Succeeded forgets the failures of the account, takes this attempt off the
// count of the source (an attacker with an account of his own must not clear
// it), and remembers the source and the desk.
func (c Counter) Succeeded(ctx context.Context, tx *db.Tx, t Try) error {
	cs, desk := c.counters(t, false), c.counters(t, true)
	for _, key := range [][]byte{cs.own, desk.own, cs.account} {
		if _, err := tx.Exec(ctx, `DELETE FROM sign_in_failure WHERE subject = $1`, key); err != nil {
			return fmt.Errorf("attempt: count: %w", err)
		}
	}
	_, err := tx.Exec(ctx, `UPDATE sign_in_failure SET failed = failed - 1 WHERE subject = $1 AND failed > 0`, cs.source)
	if err != nil {
		return fmt.Errorf("attempt: count: %w", err)
	}
	if t.Desk != "" {
		if err := c.note(ctx, tx, c.deskKey(t.Name, t.Desk), c.Real()); err != nil {
			return err
		}
	}
	return c.note(ctx, tx, c.knownKey(t.Name, t.Source), c.Real())
}

// Sweep removes counts that have lapsed, of every entrance.
func Sweep(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM sign_in_failure WHERE failed > 0 AND last <= $1 OR last <= $2`,
		now.Add(-lapse).UnixMilli(), now.Add(-knownFor).UnixMilli())
	if err != nil {
		return fmt.Errorf("attempt: sweep: %w", err)
	}
	return nil
}
