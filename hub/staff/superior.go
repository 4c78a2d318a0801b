package staff

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
)

// Superior is somebody acting on the accounts of those she answers for. Whether
// she does is judged in the transaction that acts: ErrNotYours if not, and
// ErrNotFound for an account outside her remit.
type Superior struct {
	d      *Desk
	a      Account
	source string
}

// For is what an account may do to others; source is where she sits.
func (d *Desk) For(a Account, source string) Superior { return Superior{d, a, source} }

// under reads an account that she answers for.
func (s Superior) under(ctx context.Context, tx *db.Tx, id string) (Account, error) {
	b, err := Get(ctx, tx, id)
	if err != nil {
		return Account{}, err
	}
	if !org.Covers(s.a.Division, b.Division) {
		return Account{}, ErrNotFound
	}
	if !s.a.Answers(b) {
		return Account{}, ErrNotYours
	}
	return b, nil
}

func (s Superior) journal(ctx context.Context, tx *db.Tx, act journal.Act, b Account, reason string, detail map[string]string) error {
	return journal.Write(ctx, tx, journal.Entry{At: s.d.o.Now(), Author: bySelf(s.a), Source: s.source, Act: act,
		Subject: journal.Subject{Kind: journal.OfStaff, ID: b.ID}, Point: b.Point, Division: b.Division, Reason: reason, Detail: detail})
}

// Hire adds an account without a password: what opens it is printed on a slip
// (FirstPasswords). ErrNotYours, ErrAccount, ErrTaken.
func (s Superior) Hire(ctx context.Context, n NewAccount) (a Account, err error) {
	v, err := s.d.closed(ctx)
	if err != nil {
		return Account{}, err
	}
	err = s.d.o.DB.Write(ctx, func(tx *db.Tx) error {
		a, err = s.hire(ctx, tx, n, v)
		return err
	})
	return a, err
}

func (s Superior) hire(ctx context.Context, tx *db.Tx, n NewAccount, verifier string) (Account, error) {
	n.Name = normalName(n.Name)
	n.Secret, n.First = "", true
	if !validName(n.Name) || n.Display == "" {
		return Account{}, ErrAccount
	}
	o, err := org.GetOffice(ctx, tx, n.Office)
	if errors.Is(err, org.ErrNotFound) {
		return Account{}, ErrAccount
	}
	if err != nil {
		return Account{}, err
	}
	if !s.a.MayGive(n.Role, o) {
		return Account{}, ErrNotYours
	}
	return s.d.add(ctx, tx, n, verifier, bySelf(s.a))
}

// closed is the verifier of a password that nobody knows.
func (d *Desk) closed(ctx context.Context) (string, error) {
	return d.o.Hasher.Hash(ctx, rand.Text())
}

// Disable shuts an account and ends its sessions at once; Enable opens it again.
func (s Superior) Disable(ctx context.Context, id, reason string) error {
	return s.setDisabled(ctx, id, reason, true)
}

// Enable opens an account that was disabled.
func (s Superior) Enable(ctx context.Context, id, reason string) error {
	return s.setDisabled(ctx, id, reason, false)
}

func (s Superior) setDisabled(ctx context.Context, id, reason string, disabled bool) error {
	return s.d.o.DB.Write(ctx, func(tx *db.Tx) error {
		b, err := s.under(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE account SET disabled = $1 WHERE id = $2`, disabled, id); err != nil {
			return fmt.Errorf("staff: disable: %w", err)
		}
		if err := s.d.posted(ctx, tx, id); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		act, detail := journal.StaffChanged, map[string]string{"what": "enabled"}
		if disabled {
			act, detail = journal.StaffDisabled, nil
		}
		return s.journal(ctx, tx, act, b, reason, detail)
	})
}

// Move gives an account another role of its office, or another point of its
// county, and ends its sessions. ErrAccount when role and point do not fit.
func (s Superior) Move(ctx context.Context, id string, role Role, point, reason string) error {
	return s.d.o.DB.Write(ctx, func(tx *db.Tx) error {
		b, err := s.under(ctx, tx, id)
		if err != nil {
			return err
		}
		o, err := org.GetOffice(ctx, tx, b.Office)
		if err != nil {
			return err
		}
		if !s.a.MayGive(role, o) {
			return ErrNotYours
		}
		if _, err := place(ctx, tx, role, b.Office, point); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE account SET role = $1, point = $2 WHERE id = $3`, string(role), point, id); err != nil {
			return fmt.Errorf("staff: move: %w", err)
		}
		if err := s.d.posted(ctx, tx, id); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		detail := map[string]string{"what": "role", "from": string(b.Role) + " " + b.Point, "to": string(role) + " " + point}
		b.Point = point
		return s.journal(ctx, tx, journal.StaffChanged, b, reason, detail)
	})
}
