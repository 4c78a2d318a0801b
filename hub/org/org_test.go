package org_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
)

var day = time.Date(2019, 9, 6, 1, 0, 0, 0, time.UTC)

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		remit, division string
		want            bool
	}{
		{"430000", "430000", true},
		{"430000", "430100", true},
		{"430000", "433130", true},
		{"430100", "430102", true},
		{"430100", "430100", true},
		{"430102", "430102", true},
		{"430102", "430103", false},
		{"430102", "430100", false}, // never upward
		{"430100", "430200", false},
		{"430100", "430000", false},
		{"430000", "440100", false},
		{"430900", "430981", true},
		{"430900", "431002", false},
		{"", "430102", false},
		{"430102", "", false},
		{"43", "430102", false},
		{"000000", "430102", false},
		{"430000", "4301x2", false},
		{"430000", "43010201", false},
	} {
		if got := org.Covers(c.remit, c.division); got != c.want {
			t.Errorf("Covers(%q, %q) = %v", c.remit, c.division, got)
		}
		// Range says the same to SQL.
		from, to := org.Range(c.remit)
		if len(c.division) == 6 && c.division != "4301x2" {
			if in := from <= c.division && c.division < to; in != c.want {
				t.Errorf("Range(%q) = %q, %q: holds %q: %v", c.remit, from, to, c.division, in)
			}
		}
	}
}

func TestAbove(t *testing.T) {
	for code, want := range map[string]string{"430102": "430100", "430100": "430000", "430000": "", "": "", "00": "", "433101": "433100"} {
		if got := org.Above(code); got != want {
			t.Errorf("Above(%q) = %q, want %q", code, got, want)
		}
	}
}

func seeded(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return org.Seed(t.Context(), tx, day) }); err != nil {
		t.Fatal(err)
	}
}

func TestSeed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seeded(t, d)
		seeded(t, d) // changes nothing
		ctx := t.Context()
		if err := d.Read(ctx, func(tx *db.Tx) error {
			ds, err := org.Divisions(ctx, tx, day)
			if err != nil || len(ds) != 137 {
				t.Errorf("%d divisions, %v; want 1 + 14 + 122", len(ds), err)
			}
			os, err := org.Offices(ctx, tx, "430000")
			tiers := map[campaign.Tier]int{}
			for _, o := range os {
				tiers[o.Tier]++
			}
			if err != nil || tiers[campaign.Province] != 2 || tiers[campaign.City] != 14 || tiers[campaign.County] != 122 {
				t.Errorf("offices %v, %v; want 2, 14, 122", tiers, err)
			}
			if os, err := org.Offices(ctx, tx, "430100"); err != nil || len(os) != 10 || os[0].Division != "430100" {
				t.Errorf("offices of Changsha: %d, %v; want 10", len(os), err)
			}
			if o, err := org.GetOffice(ctx, tx, "430102"); err != nil || o.Tier != campaign.County {
				t.Errorf("GetOffice = %+v, %v", o, err)
			}
			if _, err := org.GetOffice(ctx, tx, "x"); !errors.Is(err, org.ErrNotFound) {
				t.Errorf("GetOffice of nothing = %v", err)
			}
			if name, err := org.DivisionName(ctx, tx, "430102"); err != nil || name != "芙蓉区" {
				t.Errorf("DivisionName = %q, %v", name, err)
			}
			if name, err := org.DivisionName(ctx, tx, "999999"); err != nil || name != "999999" {
				t.Errorf("DivisionName of nothing = %q, %v", name, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPoints(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seeded(t, d)
		write := func(f func(context.Context, *db.Tx) error) error {
			return d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) })
		}
		create := func(p org.Point) error {
			return write(func(ctx context.Context, tx *db.Tx) error { return org.CreatePoint(ctx, tx, p) })
		}
		p := org.Point{Code: "43010201", Name: "芙蓉区第一确认点", Division: "430102", Phone: "0731-00000000", Minors: true, Open: true}
		if err := create(p); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			p    org.Point
			want error
		}{
			"the same code":        {p, org.ErrTaken},
			"no name":              {org.Point{Code: "43010202", Division: "430102"}, org.ErrPoint},
			"a city":               {org.Point{Code: "43010001", Name: "x", Division: "430100"}, org.ErrPoint},
			"a foreign code":       {org.Point{Code: "43010301", Name: "x", Division: "430102"}, org.ErrPoint},
			"letters":              {org.Point{Code: "430102ab", Name: "x", Division: "430102"}, org.ErrPoint},
			"a county that is not": {org.Point{Code: "43019901", Name: "x", Division: "430199"}, org.ErrNotFound},
		} {
			if err := create(c.p); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		p.Name, p.Medical, p.Minors = "芙蓉区确认点", true, false
		if err := write(func(ctx context.Context, tx *db.Tx) error { return org.UpdatePoint(ctx, tx, p) }); err != nil {
			t.Fatal(err)
		}
		if err := write(func(ctx context.Context, tx *db.Tx) error {
			got, err := org.GetPoint(ctx, tx, p.Code)
			p.Version = 2
			if err != nil || got != p {
				t.Errorf("GetPoint = %+v, %v; want %+v", got, err, p)
			}
			for division, want := range map[string]int{"430000": 1, "430100": 1, "430102": 1, "430103": 0} {
				if ps, err := org.Points(ctx, tx, division); err != nil || len(ps) != want {
					t.Errorf("Points(%s) = %d, %v; want %d", division, len(ps), err, want)
				}
			}
			if err := org.UpdatePoint(ctx, tx, org.Point{Code: "1", Name: "x"}); !errors.Is(err, org.ErrNotFound) {
				t.Errorf("UpdatePoint of nothing = %v", err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
