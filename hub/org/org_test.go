package org_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/org"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
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
		// 湘西州, whose counties begin with 4331.
		{"433100", "433130", true},
		{"433100", "433101", true},
		{"433100", "431130", false},
		{"433101", "433100", false},
		// Counties that are no more lie in the remit of their heirs, and of none else.
		{"430112", "430122", true}, // 望城
		{"430182", "430124", true}, // 宁乡
		{"430212", "430221", true}, // 渌口
		{"430582", "430521", true}, // 邵东
		{"431181", "431121", true}, // 祁阳
		{"430181", "430124", false},
		{"430124", "430182", false}, // never to the one of before
		{"430100", "430124", true},
	} {
		if got := org.Covers(c.remit, c.division); got != c.want {
			t.Errorf("Covers(%q, %q) = %v", c.remit, c.division, got)
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

// TestWithin: both databases choose what Covers covers.
func TestWithin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seeded(t, d)
		var remits []string
		for _, c := range campaign.DivisionTerms() {
			remits = append(remits, c.Code)
		}
		write := func(f func(context.Context, *db.Tx) error) {
			t.Helper()
			if err := d.Write(t.Context(), func(tx *db.Tx) error { return f(t.Context(), tx) }); err != nil {
				t.Fatal(err)
			}
		}
		write(func(ctx context.Context, tx *db.Tx) error {
			for _, remit := range append(remits, "", "43", "440000") {
				var args []any
				where := org.Within("code", remit, func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) })
				got := map[string]bool{}
				if err := tx.Each(ctx, `SELECT code FROM division WHERE `+where, args, func(scan func(...any) error) error {
					var code string
					err := scan(&code)
					got[code] = true
					return err
				}); err != nil {
					return err
				}
				for _, code := range remits {
					if want := org.Covers(remit, code); got[code] != want {
						t.Errorf("Within(%q) holds %s: %v, want %v", remit, code, got[code], want)
					}
				}
			}
			return nil
		})
	})
}

func seeded(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Write(t.Context(), func(tx *db.Tx) error { return org.Seed(t.Context(), tx, day) }); err != nil {
		t.Fatal(err)
	}
}

// TestDivisionsByDate: a store knows every day, whichever day it was made on.
func TestDivisionsByDate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seeded(t, d)
		seeded(t, d) // changes nothing
		for _, c := range []struct {
			day     string
			stands  map[string]string // code to name
			parents map[string]string
			not     []string
		}{
			{"2011-05-19", map[string]string{"430122": "望城县", "430124": "宁乡县"}, nil, []string{"430112"}},
			{"2014-09-01", map[string]string{"430112": "望城区", "430124": "宁乡县", "430221": "株洲县", "430521": "邵东县", "431121": "祁阳县"},
				map[string]string{"430124": "430100", "431121": "431100"}, []string{"430122", "430182", "430212", "430582", "431181"}},
			{"2019-09-01", map[string]string{"430112": "望城区", "430182": "宁乡市", "430212": "渌口区", "430582": "邵东市", "431121": "祁阳县"},
				map[string]string{"430182": "430100", "430212": "430200", "430582": "430500"}, []string{"430124", "430221", "430521", "431181"}},
			{"2026-09-01", map[string]string{"430182": "宁乡市", "430582": "邵东市", "431181": "祁阳市", "433100": "湘西土家族苗族自治州", "433130": "龙山县"},
				map[string]string{"431181": "431100", "433130": "433100"}, []string{"431121", "430521"}},
		} {
			on, err := time.ParseInLocation(time.DateOnly, c.day, window.Zone())
			if err != nil {
				t.Fatal(err)
			}
			var got []org.Division
			if err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
				got, err = org.Divisions(t.Context(), tx, on)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, campaign.Divisions(on)) {
				t.Errorf("%s: the table differs from the list of that day", c.day)
			}
			tiers, by := map[campaign.Tier]int{}, map[string]org.Division{}
			for _, x := range got {
				tiers[x.Tier]++
				by[x.Code] = x
			}
			if tiers[campaign.Province] != 1 || tiers[campaign.City] != 14 || tiers[campaign.County] != 122 {
				t.Errorf("%s: %v; want 1, 14, 122", c.day, tiers)
			}
			for code, name := range c.stands {
				if by[code].Name != name {
					t.Errorf("%s: %s is %q, want %s", c.day, code, by[code].Name, name)
				}
			}
			for code, parent := range c.parents {
				if by[code].Parent != parent {
					t.Errorf("%s: %s lies in %q, want %s", c.day, code, by[code].Parent, parent)
				}
			}
			for _, code := range c.not {
				if _, there := by[code]; there {
					t.Errorf("%s: %s is there", c.day, code)
				}
			}
		}
	})
}

// TestOldStore: a store of before, with the list of one day, is brought to know
// every day, and keeps what was entered.
func TestOldStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := org.Seed(ctx, tx, day); err != nil {
				return err
			}
			// As migration 00042 leaves one that was seeded in 2014.
			if _, err := tx.Exec(ctx, `DELETE FROM division`); err != nil {
				return err
			}
			for _, x := range campaign.Divisions(time.Date(2014, 9, 1, 0, 0, 0, 0, time.UTC)) {
				if _, err := tx.Exec(ctx, `INSERT INTO division (code, since, until, name, parent, tier) VALUES ($1, '', '', $2, $3, $4)`, x.Code, x.Name, x.Parent, string(x.Tier)); err != nil {
					return err
				}
			}
			if _, err := tx.Exec(ctx, `INSERT INTO office (id, name, tier, division, head, head_phone) VALUES ('430124', '宁乡县招生考试机构', 'county', '430124', '刘立军', '0731-87880000')`); err != nil {
				return err
			}
			if err := org.CreatePoint(ctx, tx, org.Point{Code: "43012401", Name: "宁乡县确认点", Division: "430124", Boxes: 3, Open: true}); err != nil {
				return err
			}
			return org.Seed(ctx, tx, day)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			got, err := org.Divisions(ctx, tx, day)
			if err != nil || !slices.Equal(got, campaign.Divisions(day)) {
				t.Errorf("%d divisions, %v", len(got), err)
			}
			// The office and the point of the county that is no more are its heir's to see.
			offices, err := org.Offices(ctx, tx, "430182")
			if err != nil || len(offices) != 2 || offices[0].ID != "430124" || offices[0].Head != "刘立军" || offices[1].ID != "430182" {
				t.Errorf("offices of 宁乡市: %+v, %v", offices, err)
			}
			points, err := org.Points(ctx, tx, "430182")
			if err != nil || len(points) != 1 || points[0].Boxes != 3 {
				t.Errorf("points of 宁乡市: %+v, %v", points, err)
			}
			if points, err := org.Points(ctx, tx, "430181"); err != nil || len(points) != 0 {
				t.Errorf("points of 浏阳市: %+v, %v", points, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSeed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seeded(t, d)
		seeded(t, d) // changes nothing
		ctx := t.Context()
		if err := d.Read(ctx, func(tx *db.Tx) error {
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
			if os, err := org.Offices(ctx, tx, "433100"); err != nil || len(os) != 9 {
				t.Errorf("offices of Xiangxi: %d, %v; want 9", len(os), err)
			}
			if o, err := org.GetOffice(ctx, tx, "430102"); err != nil || o.Tier != campaign.County || o.Complete() || len(o.Lacking()) != 4 {
				t.Errorf("GetOffice = %+v, %v", o, err)
			}
			if _, err := org.GetOffice(ctx, tx, "x"); !errors.Is(err, org.ErrNotFound) {
				t.Errorf("GetOffice of nothing = %v", err)
			}
			for code, want := range map[string]string{"430102": "芙蓉区", "430124": "宁乡县", "430182": "宁乡市", "999999": "999999"} {
				if name, err := org.DivisionName(ctx, tx, code); err != nil || name != want {
					t.Errorf("DivisionName(%s) = %q, %v", code, name, err)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestOfficers: what is typed is made tidy or refused by field, and who writes
// over what he has not seen is told so.
func TestOfficers(t *testing.T) {
	good := org.Officers{Head: " 彭秀英 ", HeadPhone: "0743 6220001", Admin: "田宏", AdminPhone: "+86 138 0013 8000", Address: "民安街道"}
	tidy, err := good.Tidy()
	if err != nil || tidy.Head != "彭秀英" || tidy.HeadPhone != "07436220001" || tidy.AdminPhone != "13800138000" || !tidy.Complete() {
		t.Errorf("Tidy = %+v, %v", tidy, err)
	}
	for field, o := range map[string]org.Officers{
		org.FieldHead:       {Head: strings.Repeat("名", 51)},
		org.FieldHeadPhone:  {HeadPhone: "12"},
		org.FieldAdmin:      {Admin: "田\u202e宏"},
		org.FieldAdminPhone: {AdminPhone: "明天再填"},
		org.FieldAddress:    {Address: "a\nb"},
	} {
		_, err := o.Tidy()
		var e org.FieldError
		if !errors.As(err, &e) || e.Field != field || !errors.Is(err, org.ErrOfficer) {
			t.Errorf("%s: %v", field, err)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		seeded(t, d)
		ctx := t.Context()
		if err := d.Write(ctx, func(tx *db.Tx) error {
			if err := org.UpdateOffice(ctx, tx, "433130", tidy, 1); err != nil {
				return err
			}
			if err := org.UpdateOffice(ctx, tx, "433130", org.Officers{}, 1); !errors.Is(err, org.ErrChanged) {
				t.Errorf("writing over what was not seen: %v", err)
			}
			if err := org.UpdateOffice(ctx, tx, "433199", tidy, 1); !errors.Is(err, org.ErrNotFound) {
				t.Errorf("writing to no office: %v", err)
			}
			o, err := org.GetOffice(ctx, tx, "433130")
			if err != nil || o.Officers != tidy || o.Version != 2 {
				t.Errorf("GetOffice = %+v, %v", o, err)
			}
			over := tidy.Over(org.Officers{Admin: "向前"})
			if got := tidy.Differing(over); !slices.Equal(got, []string{org.FieldAdmin}) {
				t.Errorf("Differing = %v", got)
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
