package staff

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
)

// Account is one account. It holds no verifier.
type Account struct {
	ID       string
	Name     string // sign-in name
	Display  string // as shown
	Role     Role
	Office   string // id
	Division string // of the office: the remit
	Point    string // code, for those of one point; "" = all points of the remit
	Disabled bool
	Created  int64 // ms since 1970

	MustChange bool  // the password is a first one, or too old: she must set her own
	Enrolled   bool  // has an authenticator
	PasswordAt int64 // when the password was set, ms since 1970, real time
}

// Unready reports whether she can do nothing until she has set a password of
// her own and enrolled her authenticator.
func (a Account) Unready() bool { return a.MustChange || !a.Enrolled }

// Covers reports whether a place lies in the account's remit: division is the
// county of the thing asked for, point its point ("" if it has none).
func (a Account) Covers(division, point string) bool {
	return org.Covers(a.Division, division) && (a.Point == "" || a.Point == point)
}

// NewAccount is what Create needs.
type NewAccount struct {
	Name, Display string
	Role          Role
	Office        string // id
	Point         string // code, for those of one point
	Phone         string // "" is none
	Password      string
	// First says that somebody else chose the password, so that it opens nothing
	// but the page where she sets her own.
	First bool
	// Secret enrols an authenticator at once; "" leaves that to her first sign-in.
	Secret string
}

// Names are typed in a hurry: lower-case letters, digits, dot, hyphen and
// underscore, 2 to 32 of them.
func validName(s string) bool {
	return len(s) >= 2 && len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}

// ValidName reports whether a sign-in name can be given, as it is looked up.
func ValidName(s string) bool { return validName(normalName(s)) }

// normalName is how a name is looked up: a capital or a blank around is no
// reason to refuse.
func normalName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Create adds an account and journals it. ErrTaken, ErrAccount, PasswordError.
func (d *Desk) Create(ctx context.Context, n NewAccount, by journal.Author) (Account, error) {
	n.Name = normalName(n.Name)
	if !validName(n.Name) || n.Display == "" {
		return Account{}, ErrAccount
	}
	if _, ok := parseSecret(n.Secret); n.Secret != "" && !ok {
		return Account{}, ErrAccount
	}
	if err := d.policy.Check(n.Password, n.Name); err != nil {
		return Account{}, err
	}
	v, err := d.o.Hasher.Hash(ctx, n.Password)
	if err != nil {
		return Account{}, err
	}
	var a Account
	err = d.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		a, err = d.add(ctx, tx, n, v, by)
		return err
	})
	if err != nil {
		return Account{}, err
	}
	return a, nil
}

// add writes a new account whose name is normal and whose password is looked at.
func (d *Desk) add(ctx context.Context, tx *db.Tx, n NewAccount, verifier string, by journal.Author) (Account, error) {
	a := Account{ID: newID("s"), Name: n.Name, Display: n.Display, Role: n.Role, Office: n.Office, Point: n.Point,
		Created: d.o.Now().UnixMilli(), MustChange: n.First, Enrolled: n.Secret != "", PasswordAt: d.o.Real().UnixMilli()}
	o, err := place(ctx, tx, n.Role, n.Office, n.Point)
	if err != nil {
		return Account{}, err
	}
	a.Division = o.Division
	phone, err := d.sealPhone(a.ID, n.Phone)
	if err != nil {
		return Account{}, fmt.Errorf("staff: phone: %w", err)
	}
	added, err := tx.Exec(ctx, `INSERT INTO account (id, name, display, role, office, point, phone, verifier, disabled, created_at, must_change, password_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (name) DO NOTHING`,
		a.ID, a.Name, a.Display, string(a.Role), a.Office, a.Point, phone, verifier, false, a.Created, a.MustChange, a.PasswordAt)
	if err != nil {
		return Account{}, fmt.Errorf("staff: create: %w", err)
	}
	if added == 0 {
		return Account{}, ErrTaken
	}
	if n.Secret != "" {
		if err := d.putSecret(ctx, tx, a.ID, n.Secret, true); err != nil {
			return Account{}, err
		}
	}
	if err := d.given(ctx, tx, a.ID, by, true); err != nil {
		return Account{}, err
	}
	if err := d.posted(ctx, tx, a.ID); err != nil {
		return Account{}, err
	}
	return a, d.journal(ctx, tx, journal.StaffCreated, by, a, "", map[string]string{"role": string(a.Role)})
}

// place looks whether a role fits the office and the point. ErrAccount.
func place(ctx context.Context, tx *db.Tx, r Role, office, point string) (org.Office, error) {
	o, err := org.GetOffice(ctx, tx, office)
	if errors.Is(err, org.ErrNotFound) || err == nil && !r.fits(o.Tier, point) {
		return org.Office{}, ErrAccount
	}
	if err != nil || point == "" {
		return o, err
	}
	p, err := org.GetPoint(ctx, tx, point)
	if errors.Is(err, org.ErrNotFound) || err == nil && !org.Covers(o.Division, p.Division) {
		return org.Office{}, ErrAccount
	}
	return o, err
}

func newID(head string) string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails (Go 1.24)
	return head + hex.EncodeToString(id[:])
}

func (d *Desk) sealPhone(id, phone string) ([]byte, error) {
	if phone == "" {
		return nil, nil
	}
	return d.o.Keys.Seal(sealedPhone, id, []byte(phone))
}

// What is sealed at rest, and its label.
const (
	sealedPhone  = "staff-phone"
	sealedSecret = "staff-authenticator"
)

// Phone opens the telephone number of an account, or of a request; "" if there
// is none. It goes to a page and nowhere else.
func (d *Desk) Phone(ctx context.Context, tx *db.Tx, id string) (string, error) {
	var sealed []byte
	err := tx.QueryRow(ctx, `SELECT phone FROM account WHERE id = $1 UNION ALL SELECT phone FROM staff_request WHERE id = $1`, id).Scan(&sealed)
	if errors.Is(err, db.ErrNoRows) {
		return "", ErrNotFound
	}
	if err != nil || len(sealed) == 0 {
		return "", err
	}
	plain, err := d.o.Keys.Unseal(sealedPhone, id, sealed)
	if err != nil {
		return "", fmt.Errorf("staff: phone: %w", err)
	}
	return string(plain), nil
}

// SetPassword gives an account a new password and ends its sessions.
// ErrNotFound, PasswordError.
func (d *Desk) SetPassword(ctx context.Context, id, password string, by journal.Author) error {
	var a Account
	if err := d.o.DB.Read(ctx, func(tx *db.Tx) (err error) {
		a, err = Get(ctx, tx, id)
		return err
	}); err != nil {
		return err
	}
	if err := d.policy.Check(password, a.Name); err != nil {
		return err
	}
	v, err := d.o.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return d.o.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE account SET verifier = $1, must_change = $2, password_at = $3, password_until = 0 WHERE id = $4`,
			v, false, d.o.Real().UnixMilli(), id); err != nil {
			return fmt.Errorf("staff: password: %w", err)
		}
		if err := d.given(ctx, tx, id, by, false); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		return d.journal(ctx, tx, journal.StaffChanged, by, a, "", map[string]string{"what": "password"})
	})
}

// Disable shuts an account and ends its sessions at once. ErrNotFound.
func (d *Desk) Disable(ctx context.Context, id, reason string, by journal.Author) error {
	return d.setDisabled(ctx, id, reason, by, true)
}

// Enable opens a disabled account again. ErrNotFound.
func (d *Desk) Enable(ctx context.Context, id, reason string, by journal.Author) error {
	return d.setDisabled(ctx, id, reason, by, false)
}

func (d *Desk) setDisabled(ctx context.Context, id, reason string, by journal.Author, disabled bool) error {
	return d.o.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := Get(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE account SET disabled = $1 WHERE id = $2`, disabled, id); err != nil {
			return fmt.Errorf("staff: disable: %w", err)
		}
		if err := d.posted(ctx, tx, id); err != nil {
			return err
		}
		act, detail := journal.StaffChanged, map[string]string{"what": "enabled"}
		if disabled {
			act, detail = journal.StaffDisabled, nil
		}
		if err := endSessions(ctx, tx, id); err != nil {
			return err
		}
		return d.journal(ctx, tx, act, by, a, reason, detail)
	})
}

func endSessions(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM session WHERE account = $1`, id); err != nil {
		return fmt.Errorf("staff: end sessions: %w", err)
	}
	return nil
}

func (d *Desk) journal(ctx context.Context, tx *db.Tx, act journal.Act, by journal.Author, a Account, reason string, detail map[string]string) error {
	return journal.Write(ctx, tx, journal.Entry{At: d.o.Now(), Author: by, Act: act,
		Subject: journal.Subject{Kind: journal.OfStaff, ID: a.ID}, Point: a.Point, Division: a.Division,
		Reason: reason, Detail: detail})
}

const accountColumns = `a.id, a.name, a.display, a.role, a.office, o.division, a.point, a.disabled, a.created_at, a.must_change, a.password_at,
	EXISTS (SELECT 1 FROM authenticator f WHERE f.account = a.id AND f.confirmed)`

func scanAccount(scan func(...any) error, more ...any) (a Account, err error) {
	err = scan(append([]any{&a.ID, &a.Name, &a.Display, &a.Role, &a.Office, &a.Division, &a.Point, &a.Disabled, &a.Created,
		&a.MustChange, &a.PasswordAt, &a.Enrolled}, more...)...)
	return a, err
}

// Accounts lists the accounts of a division and below, by name.
func Accounts(ctx context.Context, tx *db.Tx, division string) ([]Account, error) {
	from, to := org.Range(division)
	var out []Account
	err := tx.Each(ctx, `SELECT `+accountColumns+` FROM account a JOIN office o ON o.id = a.office
		WHERE o.division >= $1 AND o.division < $2 ORDER BY a.name`, []any{from, to}, func(scan func(...any) error) error {
		a, err := scanAccount(scan)
		out = append(out, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("staff: accounts: %w", err)
	}
	return out, nil
}

// Get returns an account by id. ErrNotFound.
func Get(ctx context.Context, tx *db.Tx, id string) (Account, error) {
	a, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM account a JOIN office o ON o.id = a.office
		WHERE a.id = $1`, id).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Account{}, ErrNotFound
	}
	if err != nil {
		return Account{}, fmt.Errorf("staff: account: %w", err)
	}
	return a, nil
}
