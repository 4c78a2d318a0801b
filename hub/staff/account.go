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
	"zhunkao/protocol/campaign"
)

// Role is what an account is for.
type Role string

// The roles.
const (
	ProvinceAdmin    Role = "province-admin"
	ProvinceOperator Role = "province-operator"
	CityOperator     Role = "city-operator"
	CountyOperator   Role = "county-operator"
	Clerk            Role = "clerk"      // at one point
	Technician       Role = "technician" // enrols boxes; sees no record
)

// Account is one account. It holds no verifier.
type Account struct {
	ID       string
	Name     string // sign-in name
	Display  string // as shown
	Role     Role
	Office   string // id
	Division string // of the office: the remit
	Point    string // code, for clerks; "" = all points of the remit
	Disabled bool
	Created  int64 // ms since 1970
}

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
	Point         string // for clerks
	Password      string
}

// fits reports whether a role belongs to an office of that tier, with or
// without a point.
func (n NewAccount) fits(o org.Office) bool {
	tier := map[Role]campaign.Tier{
		ProvinceAdmin: campaign.Province, ProvinceOperator: campaign.Province,
		CityOperator: campaign.City, CountyOperator: campaign.County, Clerk: campaign.County, Technician: o.Tier,
	}[n.Role]
	return tier == o.Tier && (n.Role == Clerk) == (n.Point != "")
}

// Names are typed in a hurry: lower-case letters, digits, dot, hyphen and
// underscore, 2 to 32 of them.
func validName(s string) bool {
	return len(s) >= 2 && len(s) <= 32 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}

// normalName is how a name is looked up: a capital or a blank around is no
// reason to refuse.
func normalName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// Create adds an account and journals it. ErrTaken, ErrAccount, PasswordError.
func (d *Desk) Create(ctx context.Context, n NewAccount, by journal.Author) (Account, error) {
	n.Name = normalName(n.Name)
	if !validName(n.Name) || n.Display == "" {
		return Account{}, ErrAccount
	}
	if err := CheckPassword(n.Password, n.Name); err != nil {
		return Account{}, err
	}
	v, err := d.hasher.hash(ctx, n.Password)
	if err != nil {
		return Account{}, err
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails (Go 1.24)
	a := Account{ID: "s" + hex.EncodeToString(id[:]), Name: n.Name, Display: n.Display, Role: n.Role,
		Office: n.Office, Point: n.Point, Created: d.o.Now().UnixMilli()}
	err = d.o.DB.Write(ctx, func(tx *db.Tx) error {
		o, err := org.GetOffice(ctx, tx, n.Office)
		if errors.Is(err, org.ErrNotFound) || err == nil && !n.fits(o) {
			return ErrAccount
		}
		if err != nil {
			return err
		}
		if n.Point != "" {
			p, err := org.GetPoint(ctx, tx, n.Point)
			if errors.Is(err, org.ErrNotFound) || err == nil && !org.Covers(o.Division, p.Division) {
				return ErrAccount
			}
			if err != nil {
				return err
			}
		}
		a.Division = o.Division
		added, err := tx.Exec(ctx, `INSERT INTO account (id, name, display, role, office, point, verifier, disabled, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO NOTHING`,
			a.ID, a.Name, a.Display, string(a.Role), a.Office, a.Point, v, false, a.Created)
		if err != nil {
			return fmt.Errorf("staff: create: %w", err)
		}
		if added == 0 {
			return ErrTaken
		}
		return d.journal(ctx, tx, journal.StaffCreated, by, a, "", map[string]string{"role": string(a.Role)})
	})
	if err != nil {
		return Account{}, err
	}
	return a, nil
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
	if err := CheckPassword(password, a.Name); err != nil {
		return err
	}
	v, err := d.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return d.o.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE account SET verifier = $1 WHERE id = $2`, v, id); err != nil {
			return fmt.Errorf("staff: password: %w", err)
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

const accountColumns = `a.id, a.name, a.display, a.role, a.office, o.division, a.point, a.disabled, a.created_at`

func scanAccount(scan func(...any) error, more ...any) (a Account, err error) {
	err = scan(append([]any{&a.ID, &a.Name, &a.Display, &a.Role, &a.Office, &a.Division, &a.Point, &a.Disabled, &a.Created}, more...)...)
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
