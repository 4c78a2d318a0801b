package attempt

import (
	"context"
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

// Count notes an attempt as failed, unless it must wait; then it says how long.
func (c Counter) Count(ctx context.Context, tx *db.Tx, t Try) (time.Duration, error) {
	now := c.Real()
	her := c.counters(t, false)
	at, there := t.Desk != "" && t.Name != "", c.counters(t, true)
	knownKey, deskKey := c.knownKey(t.Name, t.Source), c.deskKey(t.Name, t.Desk)
	keys := [][]byte{her.own, her.source, her.account, knownKey}
	if at {
		keys = append(keys, there.own, deskKey)
	}
	counts, err := read(ctx, tx, keys...)
	if err != nil {
		return 0, err
	}
	stands := func(key []byte) bool { // whether a mark does, and is not too old
		last := counts[string(key)].last
		return !last.IsZero() && now.Sub(last) < knownFor
	}
	// From where it comes: her desk, a known address, or neither.
	desk, known := at && stands(deskKey), stands(knownKey)
	cs := her
	if desk {
		cs = there
	}
	own, source, all := counts[string(cs.own)], counts[string(cs.source)], counts[string(cs.account)]
	wait := c.Paces.Own.Wait(own.n, now.Sub(own.last))
	if !desk {
		wait = max(wait, c.Paces.Source.Wait(source.n, now.Sub(source.last)))
	}
	if !desk && !known && own.n > 0 {
		wait = max(wait, c.Paces.Account.Wait(all.n, now.Sub(own.last)))
	}
	if wait > 0 {
		return wait, nil
	}
	return 0, more(ctx, tx, now, cs.own, cs.source, cs.account)
}

// Charge is what one act is counted under beside others, and how fast such acts
// may follow each other.
type Charge struct {
	Subject string
	Pace
}

// Spend counts an act under each subject, all different, unless one of them must wait;
// then it says how long, and counts nothing.
func (c Counter) Spend(ctx context.Context, tx *db.Tx, charges ...Charge) (wait time.Duration, err error) {
	now, keys := c.Real(), make([][]byte, len(charges))
	for i, ch := range charges {
		keys[i] = c.key(ch.Subject)
	}
	counts, err := read(ctx, tx, keys...)
	if err != nil {
		return 0, err
	}
	for i, ch := range charges {
		of := counts[string(keys[i])]
		wait = max(wait, ch.Wait(of.n, now.Sub(of.last)))
	}
	if wait > 0 {
		return wait, nil
	}
	return 0, more(ctx, tx, now, keys...)
}

// more counts one more under each of some keys, all different.
func more(ctx context.Context, tx *db.Tx, now time.Time, keys ...[]byte) error {
	return put(ctx, tx, 1, now, keys, `CASE WHEN sign_in_failure.last <= $1 THEN 1 ELSE sign_in_failure.failed + 1 END`, now.Add(-lapse).UnixMilli())
}

// note sets marks without a count under some keys, all different.
func note(ctx context.Context, tx *db.Tx, at time.Time, keys ...[]byte) error {
	return put(ctx, tx, 0, at, keys, `0`)
}

// put writes a count under some keys; again, with its arguments, is what it becomes
// where there is one.
func put(ctx context.Context, tx *db.Tx, failed int, last time.Time, keys [][]byte, again string, args ...any) error {
	rows := db.Values(len(keys), 3, len(args))
	for _, key := range keys {
		args = append(args, key, failed, last.UnixMilli())
	}
	_, err := tx.Exec(ctx, `INSERT INTO sign_in_failure (subject, failed, last) VALUES `+rows+`
		ON CONFLICT (subject) DO UPDATE SET last = excluded.last, failed = `+again, args...)
	if err != nil {
		return fmt.Errorf("attempt: count: %w", err)
	}
	return nil
}

// count is what stands under a key: how many, and when last. Nothing is zero.
type count struct {
	n    int
	last time.Time
}

// read gives what is counted under some keys.
func read(ctx context.Context, tx *db.Tx, keys ...[]byte) (map[string]count, error) {
	args := make([]any, len(keys))
	for i, key := range keys {
		args[i] = key
	}
	out := map[string]count{}
	err := tx.Each(ctx, `SELECT subject, failed, last FROM sign_in_failure WHERE subject IN `+db.Values(1, len(keys), 0), args, func(scan func(...any) error) error {
		var key []byte
		var of count
		var ms int64
		err := scan(&key, &of.n, &ms)
		of.last = time.UnixMilli(ms)
		out[string(key)] = of
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("attempt: count: %w", err)
	}
	return out, nil
}

// Tell reports whether a refusal for waiting is to be told now: not each of a
// flood.
func (c Counter) Tell(ctx context.Context, tx *db.Tx, source string) (bool, error) {
	key, now := c.key("told/"+source), c.Real()
	counts, err := read(ctx, tx, key)
	if err != nil || now.Sub(counts[string(key)].last) < tellOnce {
		return false, err
	}
	return true, note(ctx, tx, now, key)
}

// Succeeded forgets the failures of the account, takes this attempt off the
// count of the source (an attacker with an account of his own must not clear
// it), and remembers the source and the desk.
func (c Counter) Succeeded(ctx context.Context, tx *db.Tx, t Try) error {
	cs, desk := c.counters(t, false), c.counters(t, true)
	if _, err := tx.Exec(ctx, `DELETE FROM sign_in_failure WHERE subject IN ($1, $2, $3)`, cs.own, desk.own, cs.account); err != nil {
		return fmt.Errorf("attempt: count: %w", err)
	}
	_, err := tx.Exec(ctx, `UPDATE sign_in_failure SET failed = failed - 1 WHERE subject = $1 AND failed > 0`, cs.source)
	if err != nil {
		return fmt.Errorf("attempt: count: %w", err)
	}
	marks := [][]byte{c.knownKey(t.Name, t.Source)}
	if t.Desk != "" {
		marks = append(marks, c.deskKey(t.Name, t.Desk))
	}
	return note(ctx, tx, c.Real(), marks...)
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
