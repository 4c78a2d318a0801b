package flow_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/seating"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/site"
)

// taken puts the rooms of the area at its sites by proposal, the site of blocks[0] first.
func (x *desk) taken() (a flow.AreaRooms) {
	x.t.Helper()
	a = x.area()
	blocks, err := a.Propose()
	if err != nil {
		x.t.Fatal(err)
	}
	x.must(func(tx *db.Tx) error {
		_, err := seating.SetBlocks(ctx, tx, seating.BlockSet{Version: a.Version.ID, Area: a.Area.Code, How: seating.Taken, Blocks: blocks, At: 1, By: "s1"})
		return err
	})
	return x.area()
}

// about submits a case about a site or a drawing.
func (x *desk) about(kind, thing, who string, content approval.Content) approval.Case {
	x.t.Helper()
	for i := range x.camp.Windows {
		if w := &x.camp.Windows[i]; w.Step == "sites" || w.Step == "catchment" {
			w.From, w.To = x.f.Now().AddDate(0, -1, 0), x.f.Now().AddDate(0, 1, 0)
		}
	}
	var c approval.Case
	x.must(func(tx *db.Tx) (err error) {
		c, err = x.f.Submit(ctx, tx, x.camp, flow.Submission{Kind: kind, Thing: thing, Content: content}, x.who[who], "test")
		return err
	})
	return c
}

// TestSiteWithRoomsStays: a site at which the published arrangement has rooms is neither
// closed nor made smaller than they are: the approval is refused and the case waits.
func TestSiteWithRoomsStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, sites := seated(t, d)
		s := sites[0]
		a := x.taken()
		rooms := 0
		for _, b := range a.Blocks {
			if b.Site == s.ID {
				rooms += b.Rooms()
			}
		}
		if rooms == 0 {
			t.Fatal("no rooms at the first site")
		}
		get := func() (got site.Site) {
			x.must(func(tx *db.Tx) (err error) { got, err = site.Get(ctx, tx, s.ID); return err })
			return got
		}
		change := func(to int) approval.Content {
			form := flow.SiteContent(get())
			form["rooms"], form["reason"] = strconv.Itoa(to), "维修"
			return form
		}
		c := x.about("site-change", s.ID, "co", change(rooms-1))
		x.mustDo(approval.Agree, c.ID, "ci", "同意")
		if _, err := x.does(approval.Agree, c.ID, "po", "同意", 0); !errors.Is(err, flow.ErrSiteRooms) || flow.ApprovalRefusal(err) == "" {
			t.Errorf("made smaller than its rooms: %v", err)
		}
		if x.see(c.ID).State != approval.Waiting || get().Rooms != 10 {
			t.Error("the case does not wait, or the site is changed")
		}
		x.mustDo(approval.Refuse, c.ID, "po", "考室已排")
		c = x.about("site-change", s.ID, "co", change(rooms))
		x.mustDo(approval.Agree, c.ID, "ci", "同意")
		x.mustDo(approval.Agree, c.ID, "po", "同意")
		if get().Rooms != rooms {
			t.Error("as small as its rooms was not taken")
		}

		c = x.about("site-close", s.ID, "co", approval.Content{"reason": "场地收回"})
		x.mustDo(approval.Agree, c.ID, "ci", "同意")
		if _, err := x.twice(c.ID); !errors.Is(err, flow.ErrSiteUsed) || flow.ApprovalRefusal(err) == "" {
			t.Errorf("closed with rooms at it: %v", err)
		}
		if get().State != site.Set {
			t.Error("it is closed")
		}
		x.must(func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE seating_room SET site = '' WHERE site = $1`, s.ID)
			return err
		})
		if _, err := x.twice(c.ID); err != nil || get().State != site.Closed {
			t.Errorf("without rooms it is not closed: %v", err)
		}
	})
}

// twice has two persons of the province agree, as many as the case needs.
func (x *desk) twice(id string) (c approval.Case, err error) {
	for _, who := range []string{"po", "pa"} {
		if c, err = x.does(approval.Agree, id, who, "同意", 0); c.State == approval.Approved || err != nil && !errors.Is(err, approval.ErrVoted) {
			break
		}
	}
	return c, err
}

// TestDrawingBesideArrangement: nothing is drawn anew while an arrangement is in the
// making; beside a published one the areas that have rooms stay, and their sites in them.
func TestDrawingBesideArrangement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x, _ := seated(t, d)
		city, counties := "430100", site.CountiesOf()["430100"]
		draw := func(change func(*site.Plan)) error {
			p := site.Default(x.camp.ID, counties)
			change(&p)
			var id string
			x.must(func(tx *db.Tx) (err error) {
				id, err = site.Keep(ctx, tx, site.Drawing{Campaign: x.camp.ID, Division: city, Plan: p, By: "s1", At: 1})
				return err
			})
			c := x.about("catchment", id, "ci", approval.Content{"note": "并区"})
			_, err := x.twice(c.ID)
			if err != nil {
				if flow.ApprovalRefusal(err) == "" {
					t.Errorf("not a refusal: %v", err)
				}
				x.mustDo(approval.Refuse, c.ID, "po", "再改")
			}
			return err
		}
		here := site.County(county)
		into := func(area string) func(*site.Plan) { // that county's people and sites go there
			return func(p *site.Plan) {
				for i := range p.Rows {
					if p.Rows[i].Division == county {
						p.Rows[i].Area = area
					}
				}
			}
		}
		if err := draw(into("0104")); !errors.Is(err, flow.ErrDrawnRooms) {
			t.Errorf("sites taken from an area with rooms: %v", err)
		}
		if err := draw(func(p *site.Plan) {
			p.Areas = slices.DeleteFunc(p.Areas, func(a site.Area) bool { return a.Code == here })
			into("0104")(p)
		}); !errors.Is(err, flow.ErrDrawnRooms) {
			t.Errorf("an area with rooms taken away: %v", err)
		}
		if err := draw(func(p *site.Plan) { p.Areas[len(p.Areas)-1].Name = "河西考区" }); err != nil {
			t.Errorf("what takes no room away: %v", err)
		}
		if _, err := seatingtest.Frozen(ctx, d, x.camp, seatingtest.People(3, county), 1); err != nil {
			t.Fatal(err)
		}
		if err := draw(func(*site.Plan) {}); !errors.Is(err, flow.ErrSeating) {
			t.Errorf("while an arrangement is in the making: %v", err)
		}
	})
}

// TestSiteFromProposedToSet: the county proposes a site, its city agrees, the province
// does, and only then is there a site, with what the county wrote (A47).
func TestSiteFromProposedToSet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		x := openDesk(t, d)
		sites := func() (all []site.Site) {
			x.must(func(tx *db.Tx) (err error) { all, err = site.Sites(ctx, tx, x.camp.ID); return err })
			return all
		}
		content := approval.Content{"name": "芙蓉区第一中学", "contact": "谭丽华", "phone": "0731-55500123", "address": "解放路 1 号", "rooms": "12", "seats": "360"}
		c := x.about("site", "", "co", content)
		if c.State != approval.Waiting || len(sites()) != 0 {
			t.Fatalf("proposed: %s, %d sites", c.State, len(sites()))
		}
		if _, err := x.does(approval.Agree, c.ID, "po", "同意", 0); err == nil {
			t.Fatal("the province agreed before the city")
		}
		if _, err := x.does(approval.Agree, c.ID, "cifar", "同意", 0); err == nil {
			t.Fatal("another city agreed")
		}
		if c = x.mustDo(approval.Agree, c.ID, "ci", "现场看过"); c.State != approval.Waiting || len(sites()) != 0 {
			t.Fatalf("the city agreed: %s, %d sites", c.State, len(sites()))
		}
		c, err := x.twice(c.ID)
		if err != nil || c.State != approval.Approved {
			t.Fatalf("the province agreed: %s, %v", c.State, err)
		}
		all := sites()
		if len(all) != 1 {
			t.Fatalf("%d sites", len(all))
		}
		s := all[0]
		if s.State != site.Set || s.Division != county || s.Code != county+"001" || s.Area != site.County(county) || c.Thing != s.ID {
			t.Errorf("set is %+v by a case about %q", s, c.Thing)
		}
		for key, want := range content {
			if got := flow.SiteContent(s)[key]; got != want {
				t.Errorf("%s is %q, the county wrote %q", key, got, want)
			}
		}
		if x.acts()[journal.SiteSet] != 1 {
			t.Errorf("journalled %v", x.acts())
		}
	})
}
