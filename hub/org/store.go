package org

import (
	"context"
	"errors"
	"fmt"
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

// Seed writes the divisions of the province as they stood on a day, and an
// office for each: two departments of the province, every city, every county.
// What is there already stays as it is.
func Seed(ctx context.Context, tx *db.Tx, on time.Time) error {
	day := dayOf(on)
	for _, d := range campaign.Divisions(on) {
		_, err := tx.Exec(ctx, `INSERT INTO division (code, since, until, name, parent, tier)
			VALUES ($1, $2, '', $3, $4, $5) ON CONFLICT DO NOTHING`, d.Code, day, d.Name, d.Parent, string(d.Tier))
		if err != nil {
			return fmt.Errorf("org: seed division %s: %w", d.Code, err)
		}
		offices := []Office{{ID: d.Code, Name: d.Name + "招生考试机构", Tier: d.Tier, Division: d.Code}}
		if d.Tier == campaign.Province {
			offices = nil
			for _, p := range departments {
				offices = append(offices, Office{ID: d.Code + p.suffix, Name: p.name, Tier: d.Tier, Division: d.Code})
			}
		}
		for _, o := range offices {
			_, err := tx.Exec(ctx, `INSERT INTO office (id, name, tier, division, contact, phone)
				VALUES ($1, $2, $3, $4, '', '') ON CONFLICT (id) DO NOTHING`, o.ID, o.Name, string(o.Tier), o.Division)
			if err != nil {
				return fmt.Errorf("org: seed office %s: %w", o.ID, err)
			}
		}
	}
	return nil
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

const officeColumns = `id, name, tier, division, contact, phone`

func scanOffice(scan func(...any) error) (o Office, err error) {
	err = scan(&o.ID, &o.Name, &o.Tier, &o.Division, &o.Contact, &o.Phone)
	return o, err
}

// Offices returns the offices of a division and below, by division and id.
func Offices(ctx context.Context, tx *db.Tx, division string) ([]Office, error) {
	from, to := Range(division)
	var out []Office
	err := tx.Each(ctx, `SELECT `+officeColumns+` FROM office WHERE division >= $1 AND division < $2
		ORDER BY division, id`, []any{from, to}, func(scan func(...any) error) error {
		o, err := scanOffice(scan)
		out = append(out, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("org: offices: %w", err)
	}
	return out, nil
}

// GetOffice returns an office by id.
func GetOffice(ctx context.Context, tx *db.Tx, id string) (Office, error) {
	o, err := scanOffice(tx.QueryRow(ctx, `SELECT `+officeColumns+` FROM office WHERE id = $1`, id).Scan)
	return o, found("office", id, err)
}

const pointColumns = `code, name, division, contact, phone, address, hours, levels, medical, minors, open`

func scanPoint(scan func(...any) error) (p Point, err error) {
	err = scan(&p.Code, &p.Name, &p.Division, &p.Contact, &p.Phone, &p.Address, &p.Hours, &p.Levels,
		&p.Medical, &p.Minors, &p.Open)
	return p, err
}

// CreatePoint adds a point; its county must exist. The caller journals.
// ErrPoint, ErrTaken, ErrNotFound.
func CreatePoint(ctx context.Context, tx *db.Tx, p Point) error {
	if p.Name == "" || !valid(p.Division) || len(stem(p.Division)) != 6 ||
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
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (code) DO NOTHING`,
		p.Code, p.Name, p.Division, p.Contact, p.Phone, p.Address, p.Hours, p.Levels, p.Medical, p.Minors, p.Open)
	if err != nil {
		return fmt.Errorf("org: create point: %w", err)
	}
	if added == 0 {
		return fmt.Errorf("%w: point %s", ErrTaken, p.Code)
	}
	return nil
}

// UpdatePoint changes all but code and division of a point. The caller journals.
// ErrPoint, ErrNotFound.
func UpdatePoint(ctx context.Context, tx *db.Tx, p Point) error {
	if p.Name == "" {
		return fmt.Errorf("%w: %s", ErrPoint, p.Code)
	}
	n, err := tx.Exec(ctx, `UPDATE point SET name = $1, contact = $2, phone = $3, address = $4, hours = $5,
		levels = $6, medical = $7, minors = $8, open = $9 WHERE code = $10`,
		p.Name, p.Contact, p.Phone, p.Address, p.Hours, p.Levels, p.Medical, p.Minors, p.Open, p.Code)
	if err != nil {
		return fmt.Errorf("org: change point: %w", err)
	}
	if n == 0 {
		return fmt.Errorf("%w: point %s", ErrNotFound, p.Code)
	}
	return nil
}

// GetPoint returns a point by code.
func GetPoint(ctx context.Context, tx *db.Tx, code string) (Point, error) {
	p, err := scanPoint(tx.QueryRow(ctx, `SELECT `+pointColumns+` FROM point WHERE code = $1`, code).Scan)
	return p, found("point", code, err)
}

// Points returns the points of a division and below, by code.
func Points(ctx context.Context, tx *db.Tx, division string) ([]Point, error) {
	from, to := Range(division)
	var out []Point
	err := tx.Each(ctx, `SELECT `+pointColumns+` FROM point WHERE division >= $1 AND division < $2 ORDER BY code`,
		[]any{from, to}, func(scan func(...any) error) error {
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
