package staff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
)

// UnknownGiver stands for whoever gave an account before that was noted. It is
// one holder for all of them: nobody can say that they are different.
const UnknownGiver = "unknown"

// Giving is how an account came to its owner.
type Giving struct {
	By        string // account id; "" is whoever sat at the machine, or UnknownGiver
	At        int64  // ms, the hub's civil clock; 0 is unknown
	VouchedBy string // account id, or VouchedAtMachine; "" is nobody since
	VouchedAt int64
	Alone     bool // nobody else counts as a holder now
}

// VouchedAtMachine is VouchedBy when the operator at the machine did.
const VouchedAtMachine = "operator"

// GivingOf tells how an account came to its owner. ErrNotFound.
func GivingOf(ctx context.Context, tx *db.Tx, id string) (g Giving, err error) {
	err = tx.QueryRow(ctx, `SELECT given_by, given_at, vouched_by, vouched_at,
		NOT EXISTS (SELECT 1 FROM account_holder h WHERE h.account = a.id AND h.until = 0) FROM account a WHERE id = $1`, id).
		Scan(&g.By, &g.At, &g.VouchedBy, &g.VouchedAt, &g.Alone)
	if errors.Is(err, db.ErrNoRows) {
		return g, ErrNotFound
	}
	if err != nil {
		return g, fmt.Errorf("staff: giving: %w", err)
	}
	return g, nil
}

// given notes that by made what opens an account. whole says that nothing of
// what opened it before opens it any more: a new password while the old
// authenticator stays leaves something in the former holders' hands.
func (d *Desk) given(ctx context.Context, tx *db.Tx, id string, by journal.Author, whole bool) error {
	now, giver := d.o.Now().UnixMilli(), ""
	if by.Kind == journal.ByStaff {
		giver = by.ID
	}
	_, err := tx.Exec(ctx, `UPDATE account SET given_by = $1, given_at = $2, vouched_by = '', vouched_at = 0 WHERE id = $3`, giver, now, id)
	if err != nil {
		return fmt.Errorf("staff: giving: %w", err)
	}
	if whole || giver == "" {
		if err := letGo(ctx, tx, id, now); err != nil {
			return err
		}
	}
	if giver == "" {
		return nil
	}
	had, err := holders(ctx, tx, id, now)
	if err != nil {
		return err
	}
	theirs, err := holders(ctx, tx, giver, now)
	if err != nil {
		return err
	}
	for _, h := range append(theirs, giver) {
		if h == id || slices.Contains(had, h) {
			continue
		}
		_, err := tx.Exec(ctx, `INSERT INTO account_holder (account, holder, since, until) VALUES ($1, $2, $3, 0)
			ON CONFLICT (account, holder, since) DO UPDATE SET until = 0`, id, h, now)
		if err != nil {
			return fmt.Errorf("staff: giving: %w", err)
		}
	}
	return nil
}

// letGo ends what others held.
func letGo(ctx context.Context, tx *db.Tx, id string, now int64) error {
	if _, err := tx.Exec(ctx, `UPDATE account_holder SET until = $1 WHERE account = $2 AND until = 0`, max(now, 1), id); err != nil {
		return fmt.Errorf("staff: giving: %w", err)
	}
	return nil
}

// holders lists who besides its owner may have held an account at a moment or
// since: what stands, and what ended later than that.
func holders(ctx context.Context, tx *db.Tx, id string, at int64) (out []string, err error) {
	err = tx.Each(ctx, `SELECT DISTINCT holder FROM account_holder WHERE account = $1 AND (until = 0 OR until > $2) ORDER BY holder`, []any{id, at},
		func(scan func(...any) error) error {
			var h string
			err := scan(&h)
			out = append(out, h)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("staff: holders: %w", err)
	}
	return out, nil
}

// Word is what one account said, and when, ms of the hub's civil clock.
type Word struct {
	Account string
	At      int64
}

// Apart reports whether two words are surely of two persons: no single person
// may have held both accounts when they were said. If not, through is one who
// may have: an account id, or UnknownGiver. See the package's comment.
func Apart(ctx context.Context, tx *db.Tx, a, b Word) (through string, apart bool, err error) {
	if a.Account == b.Account {
		return a.Account, false, nil
	}
	of := func(w Word) ([]string, error) {
		h, err := holders(ctx, tx, w.Account, w.At)
		return append(h, w.Account), err
	}
	one, err := of(a)
	if err != nil {
		return "", false, err
	}
	other, err := of(b)
	if err != nil {
		return "", false, err
	}
	for _, h := range one {
		if slices.Contains(other, h) {
			return h, false, nil
		}
	}
	return "", true, nil
}

var (
	// ErrDependent says that whoever vouches may be the one who holds the account.
	ErrDependent = errors.New("staff: not independent of whoever gave the account")
	// ErrRenew says that she has not set a password of her own just now.
	ErrRenew = errors.New("staff: a password must be set anew before it is vouched for")
)

// VouchWithin is how fresh a password must be to be vouched for.
const VouchWithin = 15 * time.Minute

// Vouching is somebody's word that an account is in its owner's hands alone: she
// has seen her change her password, and read the code off her authenticator.
type Vouching struct {
	Account string // id of whom it is about
	Code    string // that her authenticator shows now
	Reason  string
	Source  string
}

// MayVouch reports whether an account may vouch for another, by place: an
// officer in whose remit it lies. Whether they are independent is asked apart.
func (a Account) MayVouch(b Account) bool {
	return a.ID != b.ID && a.Point == "" && a.Role != Technician && !a.Disabled && org.Covers(a.Division, b.Division)
}

// Vouch takes it: from then on the account counts as a person of its own. Her
// former holders know neither the password that she set just now nor, without
// it, what to do with a copy of the authenticator. ErrNotFound, ErrNotYours,
// ErrDependent, ErrRenew, ErrCode, ErrSlow.
func (d *Desk) Vouch(ctx context.Context, by Account, v Vouching) error {
	var wait time.Duration
	var wrong error
	err := d.o.DB.Write(ctx, func(tx *db.Tx) error {
		wrong = nil
		b, err := Get(ctx, tx, v.Account)
		if err != nil {
			return err
		}
		if err := d.mayVouch(ctx, tx, by, b); err != nil {
			return err
		}
		t := Attempt{Name: b.Name, Source: "vouch " + by.ID} // guessing is slowed as at the door
		if wait, err = d.count(ctx, tx, t); err != nil || wait > 0 {
			return err
		}
		c, err := find(ctx, tx, b.Name)
		if err != nil {
			return err
		}
		// A wrong code counts, so the transaction stands.
		step, known := d.codeOf(c, v.Code)
		if !known || !c.Enrolled {
			wrong = ErrCode
			return nil
		}
		if err := useStep(ctx, tx, c, step); errors.Is(err, ErrRefused) {
			wrong = ErrCode
			return nil
		} else if err != nil {
			return err
		}
		if err := d.succeeded(ctx, tx, t); err != nil {
			return err
		}
		return d.vouched(ctx, tx, b, by.ID, bySelf(by), v.Source, v.Reason)
	})
	switch {
	case err != nil:
		return err
	case wait > 0:
		return SlowError{wait}
	}
	return wrong
}

func (d *Desk) mayVouch(ctx context.Context, tx *db.Tx, by, b Account) error {
	now := d.o.Now().UnixMilli()
	_, apart, err := Apart(ctx, tx, Word{by.ID, now}, Word{b.ID, now})
	switch {
	case err != nil:
		return err
	case !org.Covers(by.Division, b.Division):
		return ErrNotFound
	case !by.MayVouch(b):
		return ErrNotYours
	case !apart:
		return ErrDependent
	case b.Disabled || b.Unready() || d.o.Real().Sub(time.UnixMilli(b.PasswordAt)) > VouchWithin:
		return ErrRenew
	}
	return nil
}

// AtMachine is what the operator at the machine says of an account.
type AtMachine struct{ Name, Reason string }

// VouchAtMachine is the same by the operator, who asks for no code: whoever sits
// there could make any account. ErrNotFound.
func (d *Desk) VouchAtMachine(ctx context.Context, name, reason string, by journal.Author) (a Account, err error) {
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		c, err := find(ctx, tx, normalName(name))
		if err != nil {
			return err
		}
		if c.ID == "" {
			return ErrNotFound
		}
		a = c.Account
		return d.vouched(ctx, tx, a, VouchedAtMachine, by, "", reason)
	})
	return a, err
}

func (d *Desk) vouched(ctx context.Context, tx *db.Tx, b Account, who string, by journal.Author, source, reason string) error {
	now := d.o.Now().UnixMilli()
	if _, err := tx.Exec(ctx, `UPDATE account SET vouched_by = $1, vouched_at = $2 WHERE id = $3`, who, now, b.ID); err != nil {
		return fmt.Errorf("staff: vouch: %w", err)
	}
	if err := letGo(ctx, tx, b.ID, now); err != nil {
		return err
	}
	return journal.Write(ctx, tx, journal.Entry{At: d.o.Now(), Author: by, Source: source, Act: journal.StaffVouched,
		Subject: journal.Subject{Kind: journal.OfStaff, ID: b.ID}, Point: b.Point, Division: b.Division, Reason: reason})
}
