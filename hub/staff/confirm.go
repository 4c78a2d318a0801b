package staff

import (
	"context"
	"errors"
	"time"

	"zhunkao/hub/db"
)

// Confirm asks somebody who is signed in for her own password and one-time code
// once more, before an act that is hers alone. It opens no session. Attempts
// count as those to sign in do, and a code that was used is none. ErrRefused,
// ErrSlow.
func (d *Desk) Confirm(ctx context.Context, s Session, password, code, source string) error {
	if s.Account.Unready() {
		return ErrRefused
	}
	if err := d.again(ctx, s, password); err != nil {
		return err
	}
	// The password was right; guessing codes is slowed by a count of its own.
	t := Attempt{Name: s.Account.Name, Source: "code " + s.Account.ID}
	var c claimed
	var wait time.Duration
	good := false
	err := d.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		good = false
		if wait, err = d.count(ctx, tx, t); err != nil || wait > 0 {
			return err
		}
		if c, err = find(ctx, tx, t.Name); err != nil {
			return err
		}
		step, known := d.codeOf(c, code)
		if !known || c.Disabled {
			return nil
		}
		if err := useStep(ctx, tx, c, step); errors.Is(err, ErrRefused) {
			return nil
		} else if err != nil {
			return err
		}
		good = true
		return d.succeeded(ctx, tx, t)
	})
	switch {
	case err != nil:
		return err
	case wait > 0:
		return SlowError{wait}
	case !good:
		return d.refuse(ctx, s.Account, t.Name, source)
	}
	return nil
}
