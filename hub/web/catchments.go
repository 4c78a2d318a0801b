package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/approval"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/payment"
	"zhunkao/hub/site"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// drawers see catchments: the city that draws and the province that approves. A county
// sees the area of its sites on their page.
func drawers() []staff.Role { return append(province(), staff.CityOperator) }

func cities() []staff.Role { return []staff.Role{staff.CityOperator} }

func findDrawing(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	d, err := site.GetDrawing(ctx, tx, id)
	if errors.Is(err, site.ErrNotFound) || err == nil && d.State == site.Draft { // a draft is shown by its city's own page
		return where{}, errNoSubject
	}
	v.subject = d
	return where{division: d.Division}, err
}

// sketch is a city's plan with all that it is held against.
type sketch struct {
	camp     rules.Campaign
	city     string
	counties []org.Division
	names    map[string]string // of counties as they are called on this day
	plan     site.Plan
	before   site.Plan // that is in force
	sites    []site.Site
	groups   []site.Group
	moved    map[string][]site.Group
	moves    []site.Move
	areas    map[string]string // names, also of areas that a later drawing dropped
	inForce  bool              // a drawing of this city is in force
	draft    site.Drawing      // Version 0: none was begun
	open     approval.Case     // that waits or was returned; "" id if none
	kind     rules.Approval    // of such cases
}

// registered gives the valid registrations of a remit that sit the examination, by kind, and who of them was
// moved by hand, by area: the latter are not among the former. They are counted once
// in a while, not with each look.
func (s *server) registered(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, remit string) ([]site.Group, map[string][]site.Group, []site.Move, error) {
	valid := flow.Sitters(camp)
	counted, err := keep(v.glance, keptKey{"valid groups", remit}, tx, func(tx *db.Tx) ([]payment.Group, error) { return valid.Groups(ctx, tx, remit) })
	if err != nil {
		return nil, nil, nil, err
	}
	moves, err := site.Moves(ctx, tx, camp.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	ids := make([]string, len(moves))
	for i, m := range moves {
		ids[i] = m.Application
	}
	of, err := valid.GroupsOf(ctx, tx, ids)
	if err != nil {
		return nil, nil, nil, err
	}
	moved, away := map[string][]site.Group{}, map[payment.Group]int{}
	var here []site.Move
	for _, m := range moves {
		g, ok := of[m.Application]
		if !ok || !org.Covers(remit, g.Division) {
			continue
		}
		here = append(here, m)
		moved[m.To] = append(moved[m.To], site.Group(g))
		g.Count = 0
		away[g]++
	}
	var groups []site.Group
	for _, g := range counted {
		n := g.Count
		g.Count = 0
		g.Count = max(0, n-away[g])
		groups = append(groups, site.Group(g))
	}
	return groups, moved, here, nil
}

// sketchOf gathers a city's draft, or what is in force when it has begun none.
func (s *server) sketchOf(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, city string) (k sketch, err error) {
	k = sketch{camp: camp, city: city, counties: site.CountiesOf()[city]}
	standing, err := s.standing(ctx, tx)
	if err != nil {
		return k, err
	}
	k.names = map[string]string{}
	for _, d := range k.counties {
		k.names[d.Code] = d.Name
	}
	for code, d := range standing {
		if d.Tier == rules.County && k.names[site.Today(code)] != "" {
			k.names[site.Today(code)] = d.Name
		}
	}
	if k.plan, k.inForce, err = site.InForceOf(ctx, tx, camp.ID, city); err != nil {
		return k, err
	}
	k.before = k.plan
	if k.draft, err = site.DraftOf(ctx, tx, camp.ID, city); err == nil {
		k.plan = k.draft.Plan
	} else if !errors.Is(err, site.ErrNotFound) {
		return k, err
	}
	if k.sites, err = site.Of(ctx, tx, camp.ID, city, nil); err != nil {
		return k, err
	}
	if k.groups, k.moved, k.moves, err = s.registered(ctx, tx, v, camp, city); err != nil {
		return k, err
	}
	if k.areas, err = site.AreaNames(ctx, tx, camp.ID); err != nil {
		return k, err
	}
	k.open, k.kind, err = openDrawing(ctx, tx, camp, city)
	return k, err
}

// openDrawing finds the case by which a city's drawing is on its way.
func openDrawing(ctx context.Context, tx *db.Tx, camp rules.Campaign, city string) (approval.Case, rules.Approval, error) {
	i := slices.IndexFunc(camp.Approvals, func(a rules.Approval) bool { return a.Effect == rules.EffectCatchment })
	if i < 0 {
		return approval.Case{}, rules.Approval{}, nil
	}
	for _, st := range []approval.State{approval.Waiting, approval.Returned} {
		list, err := approval.List(ctx, tx, approval.Filter{Remit: city, Campaign: camp.ID, Kind: camp.Approvals[i].Key, State: st, Limit: 1})
		if err != nil || len(list) > 0 {
			return append(list, approval.Case{})[0], camp.Approvals[i], err
		}
	}
	return approval.Case{}, camp.Approvals[i], nil
}

func (k sketch) look() site.Seen {
	return site.Look(k.camp, k.plan, k.counties, k.groups, k.moved, k.sites)
}

// catchments is the city's table, or, for the province, how far the cities are.
func (s *server) catchments(c *gin.Context, v *visit) {
	ctx, city := c.Request.Context(), c.Query("city")
	if city != "" && (org.TierOf(city) != rules.City || !v.remit().covers(city, "")) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if done := "catchment.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	if flow.TierOf(v.session.Account.Role) == rules.City {
		city = v.session.Account.Division
	}
	if city == "" {
		s.cityList(c, v)
		return
	}
	var view console.Drawing
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		k, err := s.sketchOf(ctx, tx, v, camp, city)
		if err != nil {
			return err
		}
		view, err = s.drawingView(ctx, tx, v, k)
		return err
	})
	s.showDrawing(c, v, http.StatusOK, view, err)
}

func (s *server) showDrawing(c *gin.Context, v *visit, status int, view console.Drawing, err error) {
	switch {
	case missing(err):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "catchment", "catchments", view)
	}
}

// cityList is how far each city of the province is.
func (s *server) cityList(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	var view console.Cities
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if missing(err) {
			return nil
		} else if err != nil {
			return err
		}
		groups, moved, _, err := s.registered(ctx, tx, v, camp, v.remit().division)
		if err != nil {
			return err
		}
		plans, err := site.InForce(ctx, tx, camp.ID)
		if err != nil {
			return err
		}
		sites, err := site.Of(ctx, tx, camp.ID, v.remit().division, plans)
		if err != nil {
			return err
		}
		standing, err := s.standing(ctx, tx)
		if err != nil {
			return err
		}
		waiting, err := s.drawingsUnderWay(ctx, tx, v, camp)
		if err != nil {
			return err
		}
		for city, counties := range site.CountiesOf() {
			plan, drawn := plans[city]
			if !drawn {
				plan = site.Default(camp.ID, counties)
			}
			row := console.CityDrawing{Code: city, Name: standing[city].Name, Path: "/gl/catchments?city=" + city, State: s.drawnWord(v, drawn, waiting[city])}
			tally(&row, site.Look(camp, plan, counties, ofCity(groups, city), moved, sites))
			view.Rows = append(view.Rows, row)
		}
		slices.SortFunc(view.Rows, func(a, b console.CityDrawing) int { return strings.Compare(a.Code, b.Code) })
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	for _, r := range view.Rows {
		if r.State.Class == "act" || r.State.Class == "wait" {
			view.Waiting++
		}
		view.Sum.Areas, view.Sum.Candidates, view.Sum.Needed = view.Sum.Areas+r.Areas, view.Sum.Candidates+r.Candidates, view.Sum.Needed+r.Needed
		view.Sum.Rooms, view.Sum.Groups, view.Sum.Over = view.Sum.Rooms+r.Rooms, view.Sum.Groups+r.Groups, view.Sum.Over+r.Over
	}
	s.show(c, v, http.StatusOK, "catchments", "catchments", view)
}

// ofCity are the groups of one city's counties.
func ofCity(groups []site.Group, city string) (out []site.Group) {
	for _, g := range groups {
		if org.Covers(city, g.Division) {
			out = append(out, g)
		}
	}
	return out
}

// tally adds up what a city's areas hold.
func tally(row *console.CityDrawing, seen site.Seen) {
	row.Areas, row.Groups, row.Over = len(seen.Areas), len(seen.Unmapped), len(seen.Over())
	for _, a := range seen.Areas {
		row.Candidates, row.Needed, row.Rooms = row.Candidates+a.Candidates, row.Needed+a.Needed, row.Rooms+a.Rooms
	}
}

// drawingsUnderWay are the cities whose drawing waits or was returned.
func (s *server) drawingsUnderWay(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign) (map[string]approval.Case, error) {
	out := map[string]approval.Case{}
	for _, a := range camp.Approvals {
		if a.Effect != rules.EffectCatchment {
			continue
		}
		for _, st := range []approval.State{approval.Returned, approval.Waiting} {
			list, err := approval.List(ctx, tx, approval.Filter{Remit: v.remit().division, Campaign: camp.ID, Kind: a.Key, State: st})
			if err != nil {
				return nil, err
			}
			for _, x := range list {
				out[x.Division] = x
			}
		}
	}
	return out, nil
}

// drawnWord says how far a city is.
func (s *server) drawnWord(v *visit, inForce bool, open approval.Case) console.Word {
	t := func(key string) string { return s.pages.Text(v.lang, key) }
	switch {
	case open.State == approval.Waiting:
		return console.Word{Class: "act", Icon: "clock", Text: t("catchment.state.waiting")}
	case open.State == approval.Returned:
		return console.Word{Class: "wait", Icon: "back", Text: t("catchment.state.returned")}
	case inForce:
		return console.Word{Class: "done", Icon: "check", Text: t("catchment.state.in-force")}
	}
	return console.Word{Class: "open", Icon: "pin", Text: t("catchment.state.default")}
}
