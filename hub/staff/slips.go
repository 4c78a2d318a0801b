package staff

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/password"
)

// Slip is what stands on a slip of paper 16. It is given once, to be printed,
// and is kept nowhere.
type Slip struct {
	Account
	Number   int64 // 第 … 号
	Password string
	Until    time.Time // real time; from then on the password opens nothing
}

// MaxSlips is how many slips are made at a time: each costs a verifier.
const MaxSlips = 100

// Slips says for whom first passwords are made.
type Slips struct {
	Accounts []string // ids
	Valid    time.Duration
	Drop     bool // takes authenticators off too: the telephone is lost
	Reason   string
	// With is done in the same transaction, or nothing is; nil is nothing.
	With func(context.Context, *db.Tx) error
}

// FirstPasswords gives accounts first passwords that nobody has seen yet. The
// former ones, printed or her own, open nothing from then on, and sessions end:
// a slip that was printed twice is good once. In the journal stand the numbers
// of the slips. ErrNotYours, ErrNotFound; ErrAccount for too many, too few, or
// one that is disabled.
func (s Superior) FirstPasswords(ctx context.Context, ask Slips) ([]Slip, error) {
	if len(ask.Accounts) == 0 || len(ask.Accounts) > MaxSlips || ask.Valid <= 0 {
		return nil, ErrAccount
	}
	slips, verifiers := make([]Slip, len(ask.Accounts)), make([]string, len(ask.Accounts))
	until := s.d.o.Real().Add(ask.Valid)
	for i := range slips {
		slips[i].Password, slips[i].Until = password.Draw(firstLength), until
		var err error
		if verifiers[i], err = s.d.o.Hasher.Hash(ctx, password.Bare(slips[i].Password)); err != nil {
			return nil, err
		}
	}
	err := s.d.o.DB.Write(ctx, func(tx *db.Tx) error {
		var last int64
		if err := tx.QueryRow(ctx, `SELECT coalesce(max(slip), 0) FROM account`).Scan(&last); err != nil {
			return fmt.Errorf("staff: slips: %w", err)
		}
		if ask.With != nil {
			if err := ask.With(ctx, tx); err != nil {
				return err
			}
		}
		for i, id := range ask.Accounts {
			slips[i].Number = last + 1 + int64(i)
			if err := s.firstPassword(ctx, tx, &slips[i], id, verifiers[i], ask); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slips, nil
}

func (s Superior) firstPassword(ctx context.Context, tx *db.Tx, slip *Slip, id, verifier string, ask Slips) error {
	b, err := s.under(ctx, tx, id)
	if err != nil {
		return err
	}
	if b.Disabled {
		return ErrAccount
	}
	_, err = tx.Exec(ctx, `UPDATE account SET verifier = $1, must_change = $2, password_at = $3, password_until = $4, slip = $5 WHERE id = $6`,
		verifier, true, s.d.o.Real().UnixMilli(), slip.Until.UnixMilli(), slip.Number, id)
	if err != nil {
		return fmt.Errorf("staff: first password: %w", err)
	}
	detail := map[string]string{"slip": strconv.FormatInt(slip.Number, 10), "until": slip.Until.UTC().Format(time.DateOnly)}
	if ask.Drop {
		detail["authenticator"] = "off"
		if err := dropSecret(ctx, tx, id, s.d.o.Now().UnixMilli()); err != nil {
			return err
		}
	}
	// Before she first signed in nothing was hers, so whoever made the account
	// stays a holder; later a new password alone leaves the old authenticator.
	if err := s.d.given(ctx, tx, id, bySelf(s.a), ask.Drop && b.Enrolled); err != nil {
		return err
	}
	if err := endSessions(ctx, tx, id); err != nil {
		return err
	}
	slip.Account = b
	return s.journal(ctx, tx, journal.StaffFirstPassword, b, ask.Reason, detail)
}
