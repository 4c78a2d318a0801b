package applicant

import (
	"context"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// BeginRecovery sends a code to the number if it has an account, and answers
// alike if it has none. ErrPhone, ErrSlow.
func (d *Desk) BeginRecovery(ctx context.Context, phone, source string) (handle string, err error) {
	number, err := mobile(phone)
	if err != nil {
		return "", err
	}
	return d.ask(ctx, request{kind: forRecover, phone: number}, source, func(tx *db.Tx, r *request) (bool, error) {
		c, err := d.find(ctx, tx, byPhone, r.phone.Reveal())
		r.account = c.ID
		return c.ID != "", err
	})
}

// FinishRecovery sets a new password by the code, and ends all sessions. The
// password is looked at first, whether or not anybody is behind the handle.
// password.Error, ErrCode, ErrOver.
func (d *Desk) FinishRecovery(ctx context.Context, handle, code, pw, source string) error {
	verifier, err := d.verifier(ctx, pw, "")
	if err != nil {
		return err
	}
	return d.typed(ctx, forRecover, handle, code, func(tx *db.Tx, r request) error {
		c, err := d.find(ctx, tx, byPhone, r.phone.Reveal())
		if err != nil {
			return err
		}
		if c.ID == "" || c.ID != r.account {
			return ErrOver // the number has gone to another account meanwhile, or to none
		}
		if err := d.setPassword(ctx, tx, c.ID, verifier); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, c.ID, ""); err != nil {
			return err
		}
		return d.journal(ctx, tx, journal.ApplicantRecovered, self(c.ID), c.ID, source, nil)
	})
}

// setPassword puts a password of her own in force.
func (d *Desk) setPassword(ctx context.Context, tx *db.Tx, id, verifier string) error {
	_, err := tx.Exec(ctx, `UPDATE applicant SET verifier = $1, must_change = $2, password_at = $3, password_until = 0 WHERE id = $4`,
		verifier, false, d.o.Real().UnixMilli(), id)
	if err != nil {
		return fmt.Errorf("applicant: password: %w", err)
	}
	return nil
}
