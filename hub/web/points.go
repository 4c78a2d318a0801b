package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/incident"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// pagePoints is how many points a page of the list shows.
const pagePoints = 50

func findPoint(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	p, err := org.GetPoint(ctx, tx, id)
	if errors.Is(err, org.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.place = p
	return where{p.Division, p.Code}, err
}

// dayText is a civil day at UTC+8.
func dayText(t time.Time) string { return t.In(window.Zone()).Format(time.DateOnly) }

// showAt is show on a page that is not the one that was asked for: after a form
// was refused, links lead to the page it stands on.
func (s *server) showAt(c *gin.Context, v *visit, status int, page, menu, self string, body any) {
	f, err := s.frame(c.Request.Context(), c, v, menu)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if c.Request.Method != http.MethodGet {
		f.Self = self
	}
	s.draw(c, v, status, page, f, body)
}

// pointRows turns points into rows: with names, counters and boxes.
type pointRows struct {
	camp     rules.Campaign
	counted  map[string]progress.Figures
	standing map[string]org.Division
	boxes    map[string]int
	unwell   map[string]int
}

func (s *server) pointRows(ctx context.Context, tx *db.Tx, division string) (pointRows, error) {
	r := pointRows{counted: map[string]progress.Figures{}, boxes: map[string]int{}, unwell: map[string]int{}}
	var err error
	if r.standing, err = s.standing(ctx, tx); err != nil {
		return r, err
	}
	if r.camp, err = s.campaigns.current(ctx, tx, s.Campaign); err == nil {
		all, err := progress.Points(ctx, tx, progress.Where{Campaign: r.camp.ID, Division: division})
		if err != nil {
			return r, err
		}
		for _, t := range all {
			r.counted[t.Code] = t.Figures
		}
	} else if !missing(err) {
		return r, err
	}
	for _, b := range s.Flow.Fleet.Snapshot() {
		if b.Gone() {
			continue
		}
		r.boxes[b.Point]++
		if boxState(b).Class != "done" {
			r.unwell[b.Point]++
		}
	}
	return r, nil
}

func (r pointRows) row(p org.Point) console.Point {
	out := console.Point{Code: p.Code, Name: p.Name, Division: r.division(p.Division), Address: p.Address, Phone: p.Phone, Hours: p.Hours, Contact: p.Contact,
		Medical: p.Medical, Minors: p.Minors, Open: p.Open, Asked: p.Boxes, Boxes: r.boxes[p.Code], Unwell: r.unwell[p.Code],
		Registered: int(r.counted[p.Code].Registered), Confirmed: int(r.counted[p.Code].Confirmed), Begun: int(r.counted[p.Code].Begun), Paid: int(r.counted[p.Code].Paid)}
	for _, l := range strings.Split(p.Levels, ",") {
		if l != "" {
			out.Levels = append(out.Levels, r.camp.TableName("level", l))
		}
	}
	return out
}

// division names a county with its city; one of former days by the name of its
// heir.
func (r pointRows) division(code string) string {
	for r.standing[code].Name == "" && rules.DivisionHeir(code) != "" {
		code = rules.DivisionHeir(code)
	}
	d := r.standing[code]
	if d.Tier == rules.County {
		return r.standing[d.Parent].Name + d.Name
	}
	return d.Name
}

func (s *server) points(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	view := console.Points{Filter: console.PointFilter{Place: c.Query("place"), Takes: c.Query("takes"), State: c.Query("state")}}
	f := view.Filter
	if f.Place != "" && org.TierOf(f.Place) == "" || !slices.Contains([]string{"", "medical", "minors"}, f.Takes) || !slices.Contains([]string{"", "open", "shut", "short"}, f.State) {
		s.refuse(c, v, refusalBad)
		return
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		points, err := org.Points(ctx, tx, r.division)
		if err != nil {
			return err
		}
		rows, err := s.pointRows(ctx, tx, r.division)
		if err != nil {
			return err
		}
		view.Declare = s.caseLink(v, rows.camp, rules.EffectPointOpen, "")
		for _, p := range points {
			if !r.covers(p.Division, p.Code) {
				continue
			}
			view.Total++
			view.Places = addPlace(view.Places, rows.standing, r.division, p.Division)
			if row := rows.row(p); shownPoint(f, p, row) {
				view.Rows = append(view.Rows, row)
			}
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if s.exportAs(c) != "" {
		s.exportPoints(c, v, view.Rows)
		return
	}
	view.Found = len(view.Rows)
	view.Rows, view.Pages = pageOf(c, view.Rows, pagePoints, "place", "takes", "state")
	s.show(c, v, http.StatusOK, "points", "points", view)
}

// addPlace keeps the counties, and above a city the cities, that have points.
func addPlace(places []console.Option, standing map[string]org.Division, remit, county string) []console.Option {
	for standing[county].Name == "" && rules.DivisionHeir(county) != "" {
		county = rules.DivisionHeir(county)
	}
	for _, code := range []string{org.Above(county), county} {
		if d := standing[code]; d.Name != "" && code != remit && org.Covers(remit, code) && !slices.ContainsFunc(places, func(o console.Option) bool { return o.Value == code }) {
			text := d.Name
			if d.Tier == rules.County && org.TierOf(remit) == rules.Province {
				text = "　" + text
			}
			places = append(places, console.Option{Value: code, Text: text})
		}
	}
	return places
}

func shownPoint(f console.PointFilter, p org.Point, row console.Point) bool {
	switch {
	case f.Place != "" && !org.Covers(f.Place, p.Division),
		f.Takes == "medical" && !p.Medical, f.Takes == "minors" && !p.Minors,
		f.State == "open" && !p.Open, f.State == "shut" && p.Open, f.State == "short" && !row.Short():
		return false
	}
	return true
}

func (s *server) exportPoints(c *gin.Context, v *visit, rows []console.Point) {
	heads := s.heads(v, "export.code", "points.name", "office.division", "points.who", "points.phone", "office.address", "points.hours", "points.levels", "points.medical", "points.minors", "list.state", "export.asked", "points.boxes", "dash.begun", "dash.registered", "dash.confirmed")
	yes := func(is bool, yes, no string) string {
		if is {
			return s.pages.Text(v.lang, yes)
		}
		return s.pages.Text(v.lang, no)
	}
	s.export(c, v, "points", heads, func(row func(...any) error) error {
		for _, p := range rows {
			levels := strings.Join(p.Levels, "、")
			if levels == "" {
				levels = s.pages.Text(v.lang, "points.levels.all")
			}
			if err := row(p.Code, p.Name, p.Division, p.Contact, p.Phone, p.Address, p.Hours, levels, yes(p.Medical, "points.yes", "points.no"), yes(p.Minors, "points.yes", "points.no"),
				yes(p.Open, "points.state.open", "points.state.shut"), p.Asked, p.Boxes, p.Begun, p.Registered, p.Confirmed); err != nil {
				return err
			}
		}
		return nil
	})
}

// caseLink is where a case is begun whose effect is asked for, "" for whoever
// may not begin one. Which kind that is, and who may, the campaign says.
func (s *server) caseLink(v *visit, camp rules.Campaign, effect, point string) string {
	role := v.session.Account.Role
	if !s.may(role)["approvals-new"] {
		return ""
	}
	for _, k := range camp.Approvals {
		if k.Effect != effect || !slices.Contains(k.By, flow.TierOf(role)) {
			continue
		}
		q := url.Values{"kind": {k.Key}}
		if point != "" {
			q.Set("point", point)
		}
		return "/gl/approvals/new?" + q.Encode()
	}
	return ""
}

func (s *server) point(c *gin.Context, v *visit) {
	ctx, p := c.Request.Context(), v.place
	may := s.may(v.session.Account.Role)
	var view console.Point
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := s.pointRows(ctx, tx, p.Division)
		if err != nil {
			return err
		}
		view = rows.row(p)
		view.Change, view.Close = s.caseLink(v, rows.camp, rules.EffectPointChange, p.Code), s.caseLink(v, rows.camp, rules.EffectPointClose, p.Code)
		if rows.standing[p.Division].Name == "" {
			if view.Former, err = org.DivisionName(ctx, tx, p.Division); err != nil {
				return err
			}
		}
		boxes, err := s.boxRows(ctx, tx, v)
		if err != nil {
			return err
		}
		for _, b := range worstFirst(boxes) {
			if b.Point == p.Code {
				view.Terminals = append(view.Terminals, b)
			}
		}
		if view.Incidents, err = s.incidentsAt(ctx, tx, v, p); err != nil {
			return err
		}
		if view.Staff, err = clerksOf(ctx, tx, p); err != nil || !may["journal"] {
			return err
		}
		entries, err := journal.List(ctx, tx, journal.Filter{Subject: journal.Subject{Kind: journal.OfPoint, ID: p.Code}, Limit: 10})
		if err != nil {
			return err
		}
		view.Events, err = s.entries(ctx, tx, v, entries)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "point", "points", view)
}

// clerksOf are the accounts that belong to a point.
func clerksOf(ctx context.Context, tx *db.Tx, p org.Point) ([]console.Clerk, error) {
	all, err := staff.Accounts(ctx, tx, p.Division)
	var out []console.Clerk
	for _, a := range all {
		if a.Point == p.Code {
			out = append(out, console.Clerk{Name: a.Display, Role: "role." + string(a.Role), Disabled: a.Disabled})
		}
	}
	return out, err
}

// incidentsAt are the open incidents of a point, and those of its county as a
// whole.
func (s *server) incidentsAt(ctx context.Context, tx *db.Tx, v *visit, p org.Point) ([]console.Incident, error) {
	if !s.may(v.session.Account.Role)["incidents"] {
		return nil, nil
	}
	open, err := incident.Open(ctx, tx, p.Division)
	if err != nil {
		return nil, err
	}
	names := placeNames{}
	var out []console.Incident
	for _, i := range open {
		if i.Point != "" && i.Point != p.Code || !v.remit().covers(i.Division, i.Point) {
			continue
		}
		row, err := s.incidentRow(ctx, tx, v, i, names)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}
