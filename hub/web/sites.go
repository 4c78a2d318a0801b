package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/site"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// What :id is on the routes of drawings.
const remitDrawing rule = "drawing"

// sitePart is where the examination is sat: sites, areas and catchments, and who was
// moved to another area (A47, A48).
func (s *server) sitePart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/sites", who: officers(), remit: remitList, right: "sites", do: s.sites},
		{method: get, path: "/gl/catchments", who: drawers(), remit: remitList, right: "catchments", do: s.catchments},
		{method: post, path: "/gl/catchments", who: cities(), remit: remitList, right: "draw-catchments", do: s.drawCatchments},
		{method: get, path: "/gl/catchments/:id", who: drawers(), remit: remitDrawing, do: s.drawing},
		{method: get, path: "/gl/candidates/:id/area", who: drawers(), remit: remitCandidate, right: "move-area", do: s.areaOf},
		{method: get, path: "/gl/moves", who: cities(), remit: remitList, right: "propose-moves", do: s.newMoves},
		{method: post, path: "/gl/moves", who: cities(), remit: remitList, do: s.proposeMoves},
	}, finders: map[rule]finder{remitDrawing: findDrawing}}
}

// siteState is the badge of a site.
func siteState(st site.State) console.State {
	switch st {
	case site.Set:
		return console.State{Class: "done", Icon: "check", Key: "site.state.set"}
	case site.Lost:
		return console.State{Class: "must", Icon: "alert", Key: "site.state.lost"}
	}
	return console.State{Class: "open", Icon: "cross", Key: "site.state.closed"}
}

// stepWord says whether a step of offices is open at a place, and until when.
func (s *server) stepWord(v *visit, camp rules.Campaign, step, division string) console.Word {
	w := words{s.pages, v.lang, camp}
	switch j := s.Flow.StepOpen(camp, step, division); {
	case j.State != window.Closed:
		return console.Word{Class: "done", Icon: "check", Text: w.t("site.window.open", minute(j.Until))}
	case !j.NextOpening.IsZero():
		return console.Word{Class: "wait", Icon: "clock", Text: w.t("site.window.later", minute(j.NextOpening))}
	case !j.Ended.IsZero():
		return console.Word{Class: "open", Icon: "lock", Text: w.t("site.window.over", minute(j.Ended))}
	}
	return console.Word{Class: "open", Icon: "lock", Text: w.t("site.window.none")}
}

func (s *server) sites(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	f := console.SiteFilter{Place: c.Query("place"), State: c.Query("state")}
	if f.Place != "" && org.TierOf(f.Place) == "" || !slices.Contains([]string{"", "set", "closed", "lost"}, f.State) {
		s.refuse(c, v, refusalBad)
		return
	}
	view := console.Sites{Filter: f}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if missing(err) {
			return nil
		} else if err != nil {
			return err
		}
		view.Declare, view.Window = s.caseLink(v, camp, rules.EffectSiteOpen, ""), s.stepWord(v, camp, stepOf(camp, rules.EffectSiteOpen), r.division)
		if !s.Flow.StepOpen(camp, stepOf(camp, rules.EffectSiteOpen), r.division).Accepts() {
			view.Declare = "" // the notice says from when, or that it is over
		}
		return s.siteRows(ctx, tx, v, camp, &view)
	})
	switch {
	case err != nil:
		s.fault(c, v, err)
	case s.exportAs(c) != "":
		s.exportSites(c, v, view.Rows)
	default:
		view.Found = len(view.Rows)
		view.Rows, view.Pages = pageOf(c, view.Rows, pagePoints, "place", "state")
		s.show(c, v, http.StatusOK, "sites", "sites", view)
	}
}

// stepOf is the step of the kind of case that has an effect.
func stepOf(camp rules.Campaign, effect string) string {
	for _, k := range camp.Approvals {
		if k.Effect == effect {
			return k.Step
		}
	}
	return ""
}

// siteRows fills in the sites of a remit that the filter leaves.
func (s *server) siteRows(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, view *console.Sites) error {
	plans, err := site.InForce(ctx, tx, camp.ID)
	if err != nil {
		return err
	}
	all, err := site.Of(ctx, tx, camp.ID, v.remit().division, plans)
	if err != nil {
		return err
	}
	standing, err := s.standing(ctx, tx)
	if err != nil {
		return err
	}
	name, err := s.books(v).areas(ctx, tx, camp.ID)
	if err != nil {
		return err
	}
	rows := pointRows{standing: standing}
	change, shut := s.caseLink(v, camp, rules.EffectSiteChange, ""), s.caseLink(v, camp, rules.EffectSiteClose, "")
	for _, x := range all {
		view.Total++
		view.Places = addPlace(view.Places, standing, v.remit().division, x.Division)
		if f := view.Filter; f.Place != "" && !org.Covers(f.Place, x.Division) || f.State != "" && f.State != string(x.State) {
			continue
		}
		row := console.SiteRow{ID: x.ID, Code: x.Code, Name: x.Name, Place: rows.division(x.Division), Area: x.Area, AreaName: name(x.Area),
			Address: x.Address, Contact: x.Contact, Phone: x.Phone, Rooms: x.Rooms, Seats: x.Seats, State: siteState(x.State)}
		if x.State == site.Set {
			view.Rooms, view.Seats = view.Rooms+x.Rooms, view.Seats+x.Seats
			row.Change, row.Close = withThing(change, x.ID), withThing(shut, x.ID)
		}
		view.Rows = append(view.Rows, row)
	}
	return nil
}

// withThing is where a case about a site is begun.
func withThing(path, id string) string {
	if path == "" {
		return ""
	}
	return path + "&thing=" + id
}

func (s *server) exportSites(c *gin.Context, v *visit, rows []console.SiteRow) {
	heads := s.heads(v, "export.code", "site.name", "office.division", "site.area", "site.areaname", "office.address", "site.contact", "points.phone", "site.rooms", "site.seats", "list.state")
	s.export(c, v, "sites", heads, func(row func(...any) error) error {
		for _, x := range rows {
			if err := row(x.Code, x.Name, x.Place, x.Area, x.AreaName, x.Address, x.Contact, x.Phone, x.Rooms, x.Seats, strings.TrimSpace(s.pages.Text(v.lang, x.State.Key))); err != nil {
				return err
			}
		}
		return nil
	})
}
