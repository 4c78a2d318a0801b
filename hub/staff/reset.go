package staff

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// Reset is what an operator at the machine gives an account that nobody else
// can help: its superior is not there, or it has none.
type Reset struct {
	Name     string // of the account
	Password string // a first one
	Reason   string
}

// Reset gives an account a first password, takes its authenticator off and ends
// its sessions. ErrNotFound, PasswordError.
func (d *Desk) Reset(ctx context.Context, r Reset, by journal.Author) (Account, error) {
	r.Name = normalName(r.Name)
	if err := d.policy.Check(r.Password, r.Name); err != nil {
		return Account{}, err
	}
	v, err := d.o.Hasher.Hash(ctx, r.Password)
	if err != nil {
		return Account{}, err
	}
	var a Account
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := find(ctx, tx, r.Name)
		if err != nil {
			return err
		}
		if c.ID == "" {
			return ErrNotFound
		}
		_, err = tx.Exec(ctx, `UPDATE account SET verifier = $1, must_change = $2, password_at = $3, password_until = 0 WHERE id = $4`,
			v, true, d.o.Real().UnixMilli(), c.ID)
		if err != nil {
			return fmt.Errorf("staff: reset: %w", err)
		}
		if err := dropSecret(ctx, tx, c.ID, d.o.Now().UnixMilli()); err != nil {
			return err
		}
		if err := d.given(ctx, tx, c.ID, by, true); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, c.ID); err != nil {
			return err
		}
		if a, err = Get(ctx, tx, c.ID); err != nil {
			return err
		}
		return d.journal(ctx, tx, journal.StaffChanged, by, a, r.Reason, map[string]string{"what": "password, authenticator"})
	})
	return a, err
}
