package site_test

import (
	"slices"
	"testing"

	"zhunkao/hub/org"
	"zhunkao/hub/site"
	rules "zhunkao/protocol/campaign"
)

func two() []org.Division {
	return []org.Division{{Code: furong, Name: "芙蓉区", Parent: changsha, Tier: rules.County}, {Code: tianxin, Name: "天心区", Parent: changsha, Tier: rules.County}}
}

// What a county, a level and one category lack is said in as few lines as it can be.
func TestUnmapped(t *testing.T) {
	c := rules.Adult2019()
	level := c.Form.Levels[0].Code
	var category string
	for _, k := range c.Form.Categories {
		if k.Level == level {
			category = k.Code
			break
		}
	}
	counted := []site.Group{{furong, level, category, "1", 7}, {tianxin, level, category, "2", 5}}
	whole := site.Default(camp, two())
	for name, x := range map[string]struct {
		rows []site.Catchment
		want []site.Unmapped
	}{
		"nothing":       {whole.Rows, nil},
		"a county":      {whole.Rows[:1], []site.Unmapped{{tianxin, "", "", 5}}},
		"all but one":   {[]site.Catchment{whole.Rows[1], {Division: furong, Level: level, Category: category, Area: "0102"}}, nil},
		"of a language": {[]site.Catchment{whole.Rows[0], {Division: tianxin, Level: level, Category: category, Language: "1", Area: "0103"}}, nil},
	} {
		plan := whole
		plan.Rows = x.rows
		got := site.Look(c, plan, two(), counted, nil, nil).Unmapped
		if x.want != nil || name == "nothing" {
			if !slices.Equal(got, x.want) {
				t.Errorf("%s: unmapped are %+v, want %+v", name, got, x.want)
			}
			continue
		}
		if len(got) == 0 {
			t.Errorf("%s: nothing is unmapped", name)
		}
		for _, u := range got { // every line is one that no row names, and who is registered there is counted
			if name == "of a language" && u.Level == "" && u.Count != 5 || u.Division == furong && u.Level == level && u.Category == category {
				t.Errorf("%s: %+v", name, u)
			}
		}
	}
}

// Who sits no paper needs no area: a plan without them lacks nothing (domain §2).
func TestNoPapersNoArea(t *testing.T) {
	c := rules.Gaokao2014()
	plan := site.Default(c.ID, two())
	plan.Rows = nil
	for _, d := range two() {
		for _, level := range []string{"1", "9"} {
			plan.Rows = append(plan.Rows, site.Catchment{Campaign: c.ID, Division: d.Code, Level: level, Area: site.County(d.Code)})
		}
	}
	if seen := site.Look(c, plan, two(), nil, nil, nil); len(seen.Unmapped) > 0 {
		t.Errorf("it lacks %+v", seen.Unmapped)
	}
	plan.Rows = plan.Rows[:1]
	if seen := site.Look(c, plan, two(), nil, nil, nil); len(seen.Unmapped) != 2 {
		t.Errorf("the vocational of one county and another whole: it lacks %+v", seen.Unmapped)
	}
}

// Rooms and seats beside who sits there, who was moved counted where she was moved to.
func TestLoads(t *testing.T) {
	c := rules.Adult2019()
	c.Arrangement.Size, c.Arrangement.Tail, c.Arrangement.MinTail, c.Arrangement.Languages = 30, rules.TailKeep, 0, false
	level := c.Form.Levels[0].Code
	plan := site.Default(camp, two())
	sites := []site.Site{{ID: "a", Division: furong, Rooms: 2, Seats: 60, State: site.Set}, {ID: "b", Division: furong, Rooms: 9, Seats: 270, State: site.Closed},
		{ID: "c", Division: tianxin, Rooms: 3, Seats: 40, State: site.Set}}
	groups := []site.Group{{furong, level, "11", "1", 59}, {furong, level, "11", "2", 1}, {tianxin, level, "11", "1", 41}}
	moved := map[string][]site.Group{"0102": {{tianxin, level, "12", "1", 1}}}
	seen := site.Look(c, plan, two(), groups, moved, sites)
	if a := seen.Areas[0]; a.Candidates != 61 || a.Needed != 3 || a.Rooms != 2 || a.Sites != 1 || !a.Over() {
		t.Errorf("the first area: %+v: 60 in two rooms and the one who was moved in a third", a)
	}
	if a := seen.Areas[1]; a.Needed != 2 || a.Rooms != 3 || !a.Over() {
		t.Errorf("the second area: %+v: it has rooms, and 40 seats for 41", a)
	}
	if n := len(seen.Over()); n != 2 {
		t.Errorf("%d areas are over-full, want 2", n)
	}
	moved = map[string][]site.Group{"0198": {{tianxin, level, "12", "1", 2}}, "0201": {{"430202", level, "12", "1", 1}}} // an area that the plan dropped, and one of another city
	seen = site.Look(c, plan, two(), groups, moved, sites)
	if want := []site.Dropped{{"0198", 2}}; !slices.Equal(seen.Dropped, want) || seen.Areas[1].Candidates != 43 {
		t.Errorf("moved to a dropped area: %+v, and %d in the second area, want %+v and 43", seen.Dropped, seen.Areas[1].Candidates, want)
	}
	plan.Sites = map[string]string{"a": "0103"}
	if a := site.Look(c, plan, two(), groups, moved, sites).Areas; a[0].Rooms != 0 || a[1].Rooms != 5 {
		t.Errorf("a site that the plan puts elsewhere: %+v", a)
	}
}

func TestRoomsFor(t *testing.T) {
	c := rules.Adult2019()
	a := &c.Arrangement
	a.Size, a.Grid, a.Languages = 30, "7-8-8-7S", true
	pools := c.Pools()
	var one, same, other string
	for _, l := range c.Form.Levels {
		switch {
		case one == "":
			one = l.Code
		case pools[l.Code] == pools[one] && same == "":
			same = l.Code
		case pools[l.Code] != pools[one]:
			other = l.Code
		}
	}
	if same == "" || other == "" {
		t.Fatalf("the campaign's pools are %v: the test needs two levels that share rooms and one that does not", pools)
	}
	groups := []site.Group{{"x", one, "11", "1", 31}, {"y", one, "11", "1", 1}, {"x", same, "21", "1", 10}, {"x", other, "31", "1", 10}, {"x", one, "11", "2", 3}}
	for _, w := range []struct {
		tail      string
		min, want int
	}{{rules.TailKeep, 0, 5}, {rules.TailPool, 0, 3}, {rules.TailMerge, 2, 5}} {
		a.Tail, a.MinTail = w.tail, w.min
		if got := site.RoomsFor(c, groups); got != w.want {
			t.Errorf("%s: %d rooms, want %d", w.tail, got, w.want)
		}
	}
	a.Size, a.Tail, a.MinTail, a.Languages = 28, rules.TailMerge, 2, false
	if got := site.RoomsFor(c, []site.Group{{"x", one, "11", "1", 30}, {"x", one, "11", "1", 28}}); got != 2 {
		t.Errorf("58 in rooms of 28 with two to spare: %d rooms, want 2", got)
	}
}

func TestPlanCheck(t *testing.T) {
	c := rules.Adult2019()
	sites := []site.Site{{ID: "a", Division: furong, State: site.Set}}
	fresh := func() site.Plan {
		p := site.Default(camp, two())
		p.Sites = map[string]string{"a": "0103"}
		return p
	}
	if f := fresh().Check(c, changsha, sites); f != nil {
		t.Fatalf("a plan in order: %+v", f)
	}
	for want, spoil := range map[string]func(p *site.Plan){
		site.FaultName: func(p *site.Plan) { p.Areas[1].Name = p.Areas[0].Name },
		site.FaultCode: func(p *site.Plan) {
			p.Areas = append(p.Areas, site.Area{Code: "0299", Name: "别处"})
			p.Rows[0].Area = "0299"
			p.Rows[1].Area = "0102"
			p.Rows = append(p.Rows, site.Catchment{Division: furong, Level: "1", Area: "0103"})
		},
		site.FaultArea: func(p *site.Plan) {
			p.Rows = append(p.Rows, site.Catchment{Division: furong, Level: "1", Area: "0199"})
		},
		site.FaultTwice: func(p *site.Plan) { p.Rows = append(p.Rows, p.Rows[0]) },
		site.FaultRow: func(p *site.Plan) {
			p.Rows = append(p.Rows, site.Catchment{Division: furong, Category: "11", Area: "0102"})
		},
		site.FaultSite:  func(p *site.Plan) { p.Sites["a"] = "0199" },
		site.FaultEmpty: func(p *site.Plan) { p.Rows[0].Area = "0103" },
	} {
		p := fresh()
		spoil(&p)
		if f := p.Check(c, changsha, sites); len(f) != 1 || f[0].Code != want {
			t.Errorf("%s: %+v", want, f)
		}
	}
	p := fresh()
	p.Rows[0].Division = "430202"
	if f := p.Check(c, changsha, sites); len(f) == 0 || f[0].Code != site.FaultRow {
		t.Errorf("a county of another city: %+v", f)
	}
	if code := fresh().FreeCode(changsha); code != "0199" {
		t.Errorf("the first free code of 长沙 is %q", code)
	}
}
