package org

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhunkao/hub/db"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// The two departments of the province's examination authority that share the
// work: 成招处 decides on policy, 信息处 receives data and incidents.
var departments = []struct{ suffix, name string }{
	{"-1", "省教育考试院成招处"},
	{"-2", "省教育考试院信息处"},
}

// SeedDivisions makes the table hold every division of the province that is or
// was, with the days it is one. The list is the program's; offices and points
// are not touched. It is asked for at every start, since a newer program may
// know of a later change.
func SeedDivisions(ctx context.Context, tx *db.Tx) error {
	type key struct{ code, since string }
	known := map[key]bool{}
	for _, d := range campaign.DivisionTerms() {
		known[key{d.Code, d.Since}] = true
		_, err := tx.Exec(ctx, `INSERT INTO division (code, since, until, name, parent, tier, heir)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (code, since) DO UPDATE
			SET until = excluded.until, name = excluded.name, parent = excluded.parent, tier = excluded.tier, heir = excluded.heir`,
			d.Code, d.Since, d.Until, d.Name, d.Parent, string(d.Tier), d.Heir)
		if err != nil {
			return fmt.Errorf("org: seed division %s: %w", d.Code, err)
		}
	}
	// A store of before held the list of one day, from that day on.
	var old []key
	err := tx.Each(ctx, `SELECT code, since FROM division`, nil, func(scan func(...any) error) error {
		var k key
		err := scan(&k.code, &k.since)
		if !known[k] {
			old = append(old, k)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("org: divisions: %w", err)
	}
	for _, k := range old {
		if _, err := tx.Exec(ctx, `DELETE FROM division WHERE code = $1 AND since = $2`, k.code, k.since); err != nil {
			return fmt.Errorf("org: division %s: %w", k.code, err)
		}
	}
	return nil
}

// Seed writes all divisions, and the offices of a day.
func Seed(ctx context.Context, tx *db.Tx, on time.Time) error {
	if err := SeedDivisions(ctx, tx); err != nil {
		return err
	}
	_, err := OpenOffices(ctx, tx, on)
	return err
}

// Name gives an office another name: the department of the province that decides on
// policy is 成招处 for the adult examination and 普招处 for the gaokao.
func Name(ctx context.Context, tx *db.Tx, office, name string) error {
	if _, err := tx.Exec(ctx, `UPDATE office SET name = $2 WHERE id = $1`, office, name); err != nil {
		return fmt.Errorf("org: name office %s: %w", office, err)
	}
	return nil
}

// OpenOffices writes an office for each division that stands on a day and has
// none, and gives those it wrote: two departments of the province, every city,
// every county. Offices that are there already stay as they are, those of
// counties that are no more too.
func OpenOffices(ctx context.Context, tx *db.Tx, on time.Time) (opened []Office, err error) {
	for _, d := range campaign.Divisions(on) {
		offices := []Office{{ID: d.Code, Name: d.Name + "招生考试机构", Tier: d.Tier, Division: d.Code}}
		if d.Tier == campaign.Province {
			offices = nil
			for _, p := range departments {
				offices = append(offices, Office{ID: d.Code + p.suffix, Name: p.name, Tier: d.Tier, Division: d.Code})
			}
		}
		for _, o := range offices {
			n, err := tx.Exec(ctx, `INSERT INTO office (id, name, tier, division, head, head_phone, admin, admin_phone, address, version)
				VALUES ($1, $2, $3, $4, '', '', '', '', '', 1) ON CONFLICT (id) DO NOTHING`, o.ID, o.Name, string(o.Tier), o.Division)
			if err != nil {
				return nil, fmt.Errorf("org: open office %s: %w", o.ID, err)
			}
			if n > 0 {
				opened = append(opened, o)
			}
		}
	}
	return opened, nil
}

// Officeless reports whether a division that stands on a day has no office.
func Officeless(ctx context.Context, tx *db.Tx, on time.Time) (lacking bool, err error) {
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM division d WHERE d.since <= $1 AND (d.until = '' OR d.until > $1)
		AND NOT EXISTS (SELECT 1 FROM office o WHERE o.division = d.code))`, dayOf(on)).Scan(&lacking)
	if err != nil {
		return false, fmt.Errorf("org: offices of a day: %w", err)
	}
	return lacking, nil
}

// dayOf is a day at UTC+8, YYYY-MM-DD: divisions change at midnight there.
func dayOf(t time.Time) string { return t.In(window.Zone()).Format(time.DateOnly) }

// Divisions returns the divisions in force on a day, by code.
func Divisions(ctx context.Context, tx *db.Tx, on time.Time) ([]Division, error) {
	var out []Division
	err := tx.Each(ctx, `SELECT code, name, parent, tier FROM division
		WHERE since <= $1 AND (until = '' OR until > $1) ORDER BY code`, []any{dayOf(on)},
		func(scan func(...any) error) error {
			var d Division
			err := scan(&d.Code, &d.Name, &d.Parent, &d.Tier)
			out = append(out, d)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("org: divisions: %w", err)
	}
	return out, nil
}

// DivisionName returns the newest name of a division, or its code.
func DivisionName(ctx context.Context, tx *db.Tx, code string) (string, error) {
	var name string
	err := tx.QueryRow(ctx, `SELECT name FROM division WHERE code = $1 ORDER BY since DESC LIMIT 1`, code).Scan(&name)
	if errors.Is(err, db.ErrNoRows) {
		return code, nil
	}
	if err != nil {
		return "", fmt.Errorf("org: division %s: %w", code, err)
	}
	return name, nil
}

const officeColumns = `id, name, tier, division, head, head_phone, admin, admin_phone, address, version`

func scanOffice(scan func(...any) error) (o Office, err error) {
	err = scan(&o.ID, &o.Name, &o.Tier, &o.Division, &o.Head, &o.HeadPhone, &o.Admin, &o.AdminPhone, &o.Address, &o.Version)
	return o, err
}

// bound gathers the values of a query as Within writes them into it.
type bound []any

func (b *bound) arg(v any) string {
	*b = append(*b, v)
	return "$" + strconv.Itoa(len(*b))
}

// Offices returns the offices of a division and below, by division and id.
func Offices(ctx context.Context, tx *db.Tx, division string) ([]Office, error) {
	var b bound
	within := Within("division", division, b.arg)
	var out []Office
	err := tx.Each(ctx, `SELECT `+officeColumns+` FROM office WHERE `+within+`
		ORDER BY division, id`, b, func(scan func(...any) error) error {
		o, err := scanOffice(scan)
		out = append(out, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("org: offices: %w", err)
	}
	return out, nil
}

// UpdateOffice changes who answers for an office. version is the one that was
// looked at; 0 asks for none. The caller journals. ErrNotFound, ErrChanged.
func UpdateOffice(ctx context.Context, tx *db.Tx, id string, o Officers, version int) error {
	n, err := tx.Exec(ctx, `UPDATE office SET head = $1, head_phone = $2, admin = $3, admin_phone = $4, address = $5, version = version + 1
		WHERE id = $6 AND ($7 = 0 OR version = $7)`, o.Head, o.HeadPhone, o.Admin, o.AdminPhone, o.Address, id, version)
	if err != nil {
		return fmt.Errorf("org: change office: %w", err)
	}
	if n > 0 {
		return nil
	}
	if _, err := GetOffice(ctx, tx, id); err != nil {
		return err
	}
	return fmt.Errorf("%w: office %s", ErrChanged, id)
}

// GetOffice returns an office by id.
func GetOffice(ctx context.Context, tx *db.Tx, id string) (Office, error) {
	o, err := scanOffice(tx.QueryRow(ctx, `SELECT `+officeColumns+` FROM office WHERE id = $1`, id).Scan)
	return o, found("office", id, err)
}

const pointColumns = `code, name, division, contact, phone, address, hours, levels, medical, minors, open, boxes, way, version`

func scanPoint(scan func(...any) error) (p Point, err error) {
	err = scan(&p.Code, &p.Name, &p.Division, &p.Contact, &p.Phone, &p.Address, &p.Hours, &p.Levels,
		&p.Medical, &p.Minors, &p.Open, &p.Boxes, &p.Way, &p.Version)
	return p, err
}

// CreatePoint adds a point; its county must exist. The caller journals.
// ErrPoint, ErrTaken, ErrNotFound.
func CreatePoint(ctx context.Context, tx *db.Tx, p Point) error {
	if p.Name == "" || p.Boxes < 0 || !valid(p.Division) || len(stem(p.Division)) != 6 ||
		len(p.Code) != 8 || !strings.HasPrefix(p.Code, p.Division) || strings.Trim(p.Code, "0123456789") != "" {
		return fmt.Errorf("%w: %s", ErrPoint, p.Code)
	}
	var n int
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM division WHERE code = $1`, p.Division).Scan(&n); err != nil {
		return fmt.Errorf("org: create point: %w", err)
	}
	if n == 0 {
		return fmt.Errorf("%w: division %s", ErrNotFound, p.Division)
	}
	added, err := tx.Exec(ctx, `INSERT INTO point (`+pointColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1) ON CONFLICT (code) DO NOTHING`,
		p.Code, p.Name, p.Division, p.Contact, p.Phone, p.Address, p.Hours, p.Levels, p.Medical, p.Minors, p.Open, p.Boxes, p.Way)
	if err != nil {
		return fmt.Errorf("org: create point: %w", err)
	}
	if added == 0 {
		return fmt.Errorf("%w: point %s", ErrTaken, p.Code)
	}
	return nil
}

// UpdatePoint changes all but code and division of a point. p.Version is the
// one that was looked at; 0 asks for none. The caller journals. ErrPoint,
// ErrNotFound, ErrChanged.
func UpdatePoint(ctx context.Context, tx *db.Tx, p Point) error {
	if p.Name == "" || p.Boxes < 0 {
		return fmt.Errorf("%w: %s", ErrPoint, p.Code)
	}
	n, err := tx.Exec(ctx, `UPDATE point SET name = $1, contact = $2, phone = $3, address = $4, hours = $5,
		levels = $6, medical = $7, minors = $8, open = $9, boxes = $10, way = $11, version = version + 1
		WHERE code = $12 AND ($13 = 0 OR version = $13)`,
		p.Name, p.Contact, p.Phone, p.Address, p.Hours, p.Levels, p.Medical, p.Minors, p.Open, p.Boxes, p.Way, p.Code, p.Version)
	if err != nil {
		return fmt.Errorf("org: change point: %w", err)
	}
	if n > 0 {
		return nil
	}
	if _, err := GetPoint(ctx, tx, p.Code); err != nil {
		return err
	}
	return fmt.Errorf("%w: point %s", ErrChanged, p.Code)
}

// GetPoint returns a point by code.
func GetPoint(ctx context.Context, tx *db.Tx, code string) (Point, error) {
	p, err := scanPoint(tx.QueryRow(ctx, `SELECT `+pointColumns+` FROM point WHERE code = $1`, code).Scan)
	return p, found("point", code, err)
}

// Points returns the points of a division and below, by code.
func Points(ctx context.Context, tx *db.Tx, division string) ([]Point, error) {
	var b bound
	within := Within("division", division, b.arg)
	var out []Point
	err := tx.Each(ctx, `SELECT `+pointColumns+` FROM point WHERE `+within+` ORDER BY code`,
		b, func(scan func(...any) error) error {
			p, err := scanPoint(scan)
			out = append(out, p)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("org: points: %w", err)
	}
	return out, nil
}

func found(what, id string, err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return fmt.Errorf("%w: %s %s", ErrNotFound, what, id)
	}
	if err != nil {
		return fmt.Errorf("org: %s %s: %w", what, id, err)
	}
	return nil
}
