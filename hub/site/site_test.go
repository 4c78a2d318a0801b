package site_test

import (
	"errors"
	"slices"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/site"
)

const (
	camp     = "adult2019"
	changsha = "430100"
	furong   = "430102"
	tianxin  = "430103"
)

// desk is a database, and what is done at it.
type desk struct {
	t *testing.T
	d *db.DB
}

func (k desk) must(f func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.d.Write(k.t.Context(), f); err != nil {
		k.t.Fatal(err)
	}
}

func (k desk) refused(want error, f func(tx *db.Tx) error) {
	k.t.Helper()
	if err := k.d.Write(k.t.Context(), f); !errors.Is(err, want) {
		k.t.Errorf("got %v, want %v", err, want)
	}
}

func (k desk) site(division, name string, rooms int) (s site.Site) {
	k.t.Helper()
	k.must(func(tx *db.Tx) (err error) {
		s, err = site.Create(k.t.Context(), tx, site.Site{Campaign: camp, Division: division, Name: name, Rooms: rooms, Seats: rooms * 30}, 1)
		return err
	})
	return s
}

func TestSites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, k := t.Context(), desk{t, d}
		one, two, other := k.site(furong, "一中", 40), k.site(furong, "二中", 20), k.site(tianxin, "三中", 10)
		if one.Code != "430102001" || two.Code != "430102002" || other.Code != "430103001" {
			t.Errorf("codes are %s %s %s", one.Code, two.Code, other.Code)
		}
		two.State, two.Rooms = site.Closed, 21
		k.must(func(tx *db.Tx) error { return site.Update(ctx, tx, two, 2) })
		if next := k.site(furong, "四中", 5); next.Code != "430102003" {
			t.Errorf("the code after a closed site's is %s: no code is used again", next.Code)
		}
		k.must(func(tx *db.Tx) error {
			all, err := site.Sites(ctx, tx, camp)
			if err != nil {
				return err
			}
			if len(all) != 4 || all[1].State != site.Closed || all[1].Rooms != 21 || all[0].Area != "0102" || all[3].Area != "0103" {
				t.Errorf("the sites are %+v", all)
			}
			got, err := site.Get(ctx, tx, one.ID)
			if got.Name != "一中" || got.Area != "0102" || got.Rooms != 40 {
				t.Errorf("one site is %+v", got)
			}
			return err
		})
		k.refused(site.ErrNotFound, func(tx *db.Tx) error { return site.Update(ctx, tx, site.Site{ID: "none"}, 2) })
		k.refused(site.ErrNotFound, func(tx *db.Tx) error { _, err := site.Get(ctx, tx, "none"); return err })
	})
}

// What counts before and after a city's drawing is in force, and that a draft and a
// submitted copy count for nothing.
func TestDrawing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, k := t.Context(), desk{t, d}
		s := k.site(tianxin, "三中", 10)
		count := func(areas, rows int, of, want string) {
			t.Helper()
			k.must(func(tx *db.Tx) error {
				a, err := site.Areas(ctx, tx, camp)
				if err != nil {
					return err
				}
				c, err := site.Catchments(ctx, tx, camp)
				if err != nil {
					return err
				}
				if len(a) != areas || len(c) != rows {
					t.Errorf("%d areas and %d rows, want %d and %d", len(a), len(c), areas, rows)
				}
				if got := (site.Plan{Rows: c}).Leads(of, "1", "15", "1"); got != want {
					t.Errorf("%s leads to %q, want %q", of, got, want)
				}
				return nil
			})
		}
		former := 0
		k.must(func(tx *db.Tx) error { c, err := site.Catchments(ctx, tx, camp); former = len(c) - 122; return err })
		if former < 1 {
			t.Fatal("no county of former days is named: 祁阳县 would be seated nowhere")
		}
		count(122, 122+former, "431121", "1181")

		plan := site.Default(camp, site.CountiesOf()[changsha])
		for i, c := range plan.Rows {
			if c.Division == tianxin {
				plan.Rows[i].Area = "0102"
			}
		}
		plan.Rows = append([]site.Catchment{{Division: tianxin, Level: "2", Area: "0104"}}, plan.Rows...)
		plan.Sites = map[string]string{s.ID: "0102"}
		unknown := k.site(tianxin, "四中", 10)
		draft := site.Drawing{Campaign: camp, Division: changsha, Plan: plan, By: "a", At: 5}
		k.must(func(tx *db.Tx) error { return site.WriteDraft(ctx, tx, draft, 0) })
		k.refused(site.ErrStale, func(tx *db.Tx) error { return site.WriteDraft(ctx, tx, draft, 0) })
		k.must(func(tx *db.Tx) error { return site.WriteDraft(ctx, tx, draft, 1) })
		k.refused(site.ErrStale, func(tx *db.Tx) error { return site.WriteDraft(ctx, tx, draft, 1) })
		count(122, 122+former, tianxin, "0103")

		for i := range 2 { // the second replaces the first, and lacks one of its areas
			next := draft
			if i == 0 {
				next.Plan.Areas = append(slices.Clone(plan.Areas), site.Area{Code: "0199", Division: tianxin, Name: "河西考区"})
			}
			var id string
			k.must(func(tx *db.Tx) (err error) { id, err = site.Keep(ctx, tx, next); return err })
			k.must(func(tx *db.Tx) error {
				kept, err := site.GetDrawing(ctx, tx, id)
				if err != nil {
					return err
				}
				return site.PutInForce(ctx, tx, kept, 7)
			})
			k.refused(site.ErrNotFound, func(tx *db.Tx) error { return site.PutInForce(ctx, tx, site.Drawing{ID: id}, 8) })
		}
		count(122, 123+former, tianxin, "0102")
		k.must(func(tx *db.Tx) error {
			names, err := site.AreaNames(ctx, tx, camp)
			if names["0199"] != "河西考区" || names["1181"] == "" {
				t.Errorf("names %q and %q", names["0199"], names["1181"])
			}
			return err
		})
		k.must(func(tx *db.Tx) error {
			got, err := site.Get(ctx, tx, s.ID)
			if got.Area != "0102" {
				t.Errorf("the site lies in %s, want where the drawing puts it", got.Area)
			}
			other, err2 := site.Get(ctx, tx, unknown.ID)
			if other.Area != "0102" {
				t.Errorf("a site that the drawing does not know lies in %s, want where its county is led but for one level", other.Area)
			}
			return errors.Join(err, err2)
		})
	})
}

func TestMoves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, k := t.Context(), desk{t, d}
		for _, m := range []site.Move{{Application: "a", From: "0102", To: "0103", At: 1}, {Application: "b", From: "0102", To: "0104", At: 2}, {Application: "a", From: "0103", At: 3}, {Application: "b", From: "0104", To: "0105", At: 4}} {
			k.must(func(tx *db.Tx) error { return site.AddMove(ctx, tx, camp, furong, m) })
		}
		k.must(func(tx *db.Tx) error {
			now, err := site.Moves(ctx, tx, camp)
			if err != nil {
				return err
			}
			if len(now) != 1 || now[0].Application != "b" || now[0].To != "0105" {
				t.Errorf("moved are %+v, want b alone: a was put back", now)
			}
			history, err := site.MovesOf(ctx, tx, "a")
			if len(history) != 2 || history[0].At != 3 {
				t.Errorf("the history of a is %+v, the last first", history)
			}
			return err
		})
	})
}

// Rule 1 of the arrangement: the most telling row counts.
func TestLeads(t *testing.T) {
	p := site.Plan{Rows: []site.Catchment{{Division: furong, Area: "1"}, {Division: furong, Level: "2", Area: "2"},
		{Division: furong, Level: "2", Category: "21", Area: "3"}, {Division: furong, Level: "2", Category: "21", Language: "2", Area: "4"}}}
	for _, c := range []struct{ division, level, category, language, want string }{
		{furong, "1", "11", "1", "1"}, {furong, "2", "22", "2", "2"}, {furong, "2", "21", "1", "3"}, {furong, "2", "21", "2", "4"}, {tianxin, "2", "21", "2", ""},
	} {
		if got := p.Leads(c.division, c.level, c.category, c.language); got != c.want {
			t.Errorf("%+v leads to %q", c, got)
		}
	}
}
