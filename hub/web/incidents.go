package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/incident"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// remitIncident: :id is an incident.
const remitIncident rule = "incident"

// incidentPart is what went wrong: the board, one incident, and its moves.
func (s *server) incidentPart() part {
	get, post := http.MethodGet, http.MethodPost
	routes := []route{
		{method: get, path: "/gl/incidents", who: everyone(), remit: remitList, right: "incidents", do: s.incidents},
		{method: get, path: "/gl/part/incidents", who: everyone(), remit: remitList, idle: true, do: s.incidentsPart},
		{method: get, path: "/gl/incidents/new", who: everyone(), remit: remitList, do: s.newIncident},
		{method: post, path: "/gl/incidents", who: everyone(), remit: remitList, do: s.reportIncident},
		{method: get, path: "/gl/incidents/:id", who: everyone(), remit: remitIncident, do: s.incident},
	}
	for _, act := range incident.Acts() {
		who := officers()
		if act == incident.Note {
			who = everyone()
		}
		routes = append(routes, route{method: post, path: "/gl/incidents/:id/" + string(act), who: who, remit: remitIncident,
			do: func(c *gin.Context, v *visit) { s.moveIncident(c, v, act) }})
	}
	return part{routes: routes, finders: map[rule]finder{remitIncident: findIncident}}
}

func findIncident(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	i, err := incident.Get(ctx, tx, id)
	if errors.Is(err, incident.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = i
	return where{i.Division, i.Point}, err
}

// actor is who she is to an incident. A technician and whoever belongs to a
// point report and add; the others speak for their office.
func (v *visit) actor() incident.Actor {
	a := v.session.Account
	return incident.Actor{Account: a.ID, Division: a.Division, Point: a.Point, Officer: slices.Contains(officers(), a.Role)}
}

func countIncidents(ctx context.Context, tx *db.Tx, v *visit, _ string) (int, error) {
	if !v.actor().Officer {
		return 0, nil
	}
	return incident.Mine(ctx, tx, v.remit().division)
}

// placeNames remembers the names of divisions and points during one page.
type placeNames map[string]string

func (p placeNames) division(ctx context.Context, tx *db.Tx, code string) (string, error) {
	if n, ok := p[code]; ok || code == "" {
		return n, nil
	}
	n, err := org.DivisionName(ctx, tx, code)
	p[code] = n
	return n, err
}

func (p placeNames) point(ctx context.Context, tx *db.Tx, code string) (string, error) {
	if code == "" {
		return "", nil
	}
	return pointNames(p).name(ctx, tx, code)
}

// incidentRow is an incident as boards have it.
func (s *server) incidentRow(ctx context.Context, tx *db.Tx, v *visit, i incident.Incident, names placeNames) (console.Incident, error) {
	now := s.Flow.Now().UnixMilli()
	out := console.Incident{ID: i.ID, Number: i.Number, Kind: "incident.kind." + string(i.Kind), Severity: severityState(i.Severity), State: incidentState(i.State),
		Started: ms(i.Started), Reported: ms(i.Reported), Changed: ms(i.Changed), Deadline: ms(i.Deadline), People: i.People, What: i.What,
		Waits: i.State == incident.Waiting, Late: i.Late(now)}
	out.Mine = v.actor().Officer && i.Holder == v.remit().division && (i.State == incident.Waiting || i.State == incident.Resolved)
	var err error
	if out.Place, err = names.division(ctx, tx, i.Division); err != nil {
		return out, err
	}
	if org.TierOf(i.Division) == rules.County {
		if out.City, err = names.division(ctx, tx, org.Above(i.Division)); err != nil {
			return out, err
		}
	}
	if out.Point, err = names.point(ctx, tx, i.Point); err != nil {
		return out, err
	}
	out.Holder, err = names.division(ctx, tx, i.Holder)
	return out, err
}

func severityState(s incident.Severity) console.State {
	key := "incident.severity." + string(s)
	switch s {
	case incident.Grave:
		return console.State{Class: "must", Icon: "alert", Key: key}
	case incident.Serious:
		return console.State{Class: "wait", Icon: "alert", Key: key}
	}
	return console.State{Class: "open", Icon: "info", Key: key}
}

func incidentState(s incident.State) console.State {
	key := "incident.state." + string(s)
	switch s {
	case incident.Waiting:
		return console.State{Class: "must", Icon: "hand", Key: key}
	case incident.Handling:
		return console.State{Class: "act", Icon: "clock", Key: key}
	case incident.Resolved:
		return console.State{Class: "wait", Icon: "check", Key: key}
	}
	return console.State{Class: "done", Icon: "lock", Key: key}
}

// Closed incidents: how many the board shows, and a page of the list of all.
const (
	boardClosed = 8
	pageClosed  = 25
)

func (s *server) incidents(c *gin.Context, v *visit) {
	if s.exportAs(c) != "" {
		s.exportIncidents(c, v)
		return
	}
	if c.Query("state") == string(incident.Closed) {
		s.closedIncidents(c, v)
		return
	}
	view, err := s.board(c.Request.Context(), v)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "incidents", "incidents", view)
}

// incidentsPart is the board without its frame, for the script module.
func (s *server) incidentsPart(c *gin.Context, v *visit) {
	view, err := s.board(c.Request.Context(), v)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	f, err := s.frame(c.Request.Context(), c, v, "incidents")
	if err != nil {
		s.fault(c, v, err)
		return
	}
	f.Self = "/gl/incidents"
	html, err := s.pages.RenderPart("incidents", "live", f, view)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", html)
}

// board gathers the open incidents of the remit by state, the gravest and of
// those the oldest first, and the last that were closed.
func (s *server) board(ctx context.Context, v *visit) (console.Incidents, error) {
	var out console.Incidents
	r, names := v.remit(), placeNames{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		for _, state := range []incident.State{incident.Waiting, incident.Handling, incident.Resolved} {
			list, err := incident.List(ctx, tx, incident.Filter{Division: r.division, Point: r.point, State: state})
			if err != nil {
				return err
			}
			rows, err := s.incidentRows(ctx, tx, v, list, names)
			if err != nil {
				return err
			}
			out.Columns = append(out.Columns, console.IncidentColumn{State: incidentState(state), Rows: rows})
			out.Open += len(rows)
			for _, i := range rows {
				if i.Mine {
					out.Mine++
				}
				if i.Late {
					out.Late++
				}
			}
		}
		return s.past(ctx, tx, v, &out, boardClosed, 0)
	})
	return out, err
}

func (s *server) past(ctx context.Context, tx *db.Tx, v *visit, out *console.Incidents, limit, skip int) (err error) {
	f := incident.Filter{Division: v.remit().division, Point: v.remit().point, State: incident.Closed}
	if out.All, err = incident.Count(ctx, tx, f); err != nil {
		return err
	}
	f.Limit, f.Skip = limit, skip
	list, err := incident.List(ctx, tx, f)
	if err != nil {
		return err
	}
	out.Closed, err = s.incidentRows(ctx, tx, v, list, placeNames{})
	return err
}

func (s *server) incidentRows(ctx context.Context, tx *db.Tx, v *visit, list []incident.Incident, names placeNames) ([]console.Incident, error) {
	out := make([]console.Incident, 0, len(list))
	for _, i := range list {
		row, err := s.incidentRow(ctx, tx, v, i, names)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (s *server) closedIncidents(c *gin.Context, v *visit) {
	ctx, n := c.Request.Context(), pageNumber(c)
	view := console.Incidents{Past: true}
	err := s.DB.Read(ctx, func(tx *db.Tx) error { return s.past(ctx, tx, v, &view, pageClosed, (n-1)*pageClosed) })
	if err != nil {
		s.fault(c, v, err)
		return
	}
	view.Pages = console.Pages{Number: n, Of: max(n, (view.All+pageClosed-1)/pageClosed)}
	if n > 1 {
		view.Pages.First = link(c, "", 0)
	}
	if n*pageClosed < view.All {
		view.Pages.Next = link(c, "", n+1)
	}
	s.show(c, v, http.StatusOK, "incidents", "incidents", view)
}

// exportIncidents writes every incident of the remit, the closed too.
func (s *server) exportIncidents(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	heads := s.heads(v, "incident.number", "incident.kind", "incident.severity", "list.state", "incident.place", "filter.point", "incident.since", "incident.reported", "incident.people", "incident.what", "incident.done", "incident.need", "incident.holder", "incident.closed")
	s.export(c, v, "incidents", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			list, err := incident.List(ctx, tx, incident.Filter{Division: r.division, Point: r.point})
			if err != nil {
				return err
			}
			names := placeNames{}
			for _, i := range list {
				x, err := s.incidentRow(ctx, tx, v, i, names)
				if err != nil {
					return err
				}
				var closed any
				if i.State == incident.Closed {
					closed = x.Changed
				}
				if err := row(i.Number, s.pages.Text(v.lang, x.Kind), s.pages.Text(v.lang, x.Severity.Key), s.pages.Text(v.lang, x.State.Key), x.City+x.Place, x.Point,
					x.Started, x.Reported, i.People, i.What, i.Done, i.Need, x.Holder, closed); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// who names whoever made a step: herself and her office.
func (s *server) who(ctx context.Context, tx *db.Tx, v *visit, account, division string, names placeNames) (string, error) {
	if account == "" {
		return s.pages.Text(v.lang, "incident.who.hub"), nil
	}
	office, err := names.division(ctx, tx, division)
	if err != nil {
		return "", err
	}
	a, err := staff.Get(ctx, tx, account)
	switch {
	case errors.Is(err, staff.ErrNotFound):
		return office, nil
	case err != nil:
		return "", err
	}
	return office + "　" + a.Display, nil
}

// since reads the beginning of an incident as the form has it, at UTC+8.
func since(date, clock string) (time.Time, bool) {
	t, err := time.ParseInLocation("2006-01-02 15:04", date+" "+clock, window.Zone())
	return t, err == nil && t.Year() >= 2000 && t.Year() < 2200
}
