package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/incident"
	"zhunkao/hub/org"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

func (s *server) newIncident(c *gin.Context, v *visit) {
	now := s.Flow.Now().In(window.Zone())
	form := console.IncidentForm{ID: drawn(), Date: now.Format(time.DateOnly), Time: now.Format("15:04"), Place: v.remit().division}
	if p := v.remit().point; p != "" {
		form.Place = p
	}
	if p := c.Query("point"); plainID(p) {
		form.Place = p // if it is none of hers, the list does not hold it
	}
	s.showReport(c, v, http.StatusOK, form)
}

func (s *server) showReport(c *gin.Context, v *visit, status int, form console.IncidentForm) {
	ctx := c.Request.Context()
	for _, k := range incident.Kinds() {
		key := "incident.kind." + string(k)
		form.Kinds = append(form.Kinds, console.KindOption{Value: string(k), Text: key, Note: key + ".note"})
	}
	for _, x := range incident.Severities() {
		key := "incident.severity." + string(x)
		form.Severities = append(form.Severities, console.KindOption{Value: string(x), Text: key, Note: key + ".note", Minutes: int(x.Patience().Minutes())})
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		form.Places, err = s.places(ctx, tx, v)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, status, "incident-new", "incidents", "/gl/incidents/new", form)
}

// places are the divisions and points of the remit, under their cities.
func (s *server) places(ctx context.Context, tx *db.Tx, v *visit) ([]console.PlaceGroup, error) {
	r := v.remit()
	points, err := org.Points(ctx, tx, r.division)
	if err != nil {
		return nil, err
	}
	if r.point != "" {
		for _, p := range points {
			if p.Code == r.point {
				return []console.PlaceGroup{{Places: []console.Option{{Value: p.Code, Text: p.Name}}}}, nil
			}
		}
		return nil, nil
	}
	all, err := org.Divisions(ctx, tx, s.Flow.Now())
	if err != nil {
		return nil, err
	}
	var out []console.PlaceGroup
	for _, d := range all {
		if !org.Covers(r.division, d.Code) {
			continue
		}
		if d.Tier != rules.County || len(out) == 0 {
			out = append(out, console.PlaceGroup{Name: d.Name})
		}
		g := &out[len(out)-1]
		g.Places = append(g.Places, console.Option{Value: d.Code, Text: s.pages.Text(v.lang, "report.place.division", d.Name)})
		for _, p := range points {
			if p.Division == d.Code || rules.DivisionHeir(p.Division) == d.Code {
				g.Places = append(g.Places, console.Option{Value: p.Code, Text: "　" + p.Name})
			}
		}
	}
	return out, nil
}

// reportIncident takes the one form every office reports with. What is wrong is
// said at its field, all of it, and nothing typed is lost.
func (s *server) reportIncident(c *gin.Context, v *visit) {
	form := console.IncidentForm{ID: c.PostForm("id"), Kind: c.PostForm("kind"), Severity: c.PostForm("severity"), Place: c.PostForm("place"), Date: c.PostForm("date"), Time: c.PostForm("time"),
		People: strings.TrimSpace(c.PostForm("people")), What: strings.TrimSpace(c.PostForm("what")), Done: strings.TrimSpace(c.PostForm("done")), Need: strings.TrimSpace(c.PostForm("need")), Errors: map[string]string{}}
	if !tellable(form.What) || !tellable(form.Done) || !tellable(form.Need) {
		s.refuse(c, v, refusalBad)
		return
	}
	i := s.reportOf(v, &form)
	if len(form.Errors) == 0 {
		err := s.DB.Write(c.Request.Context(), func(tx *db.Tx) (err error) {
			stored, err := s.Flow.ReportIncident(c.Request.Context(), tx, i, v.actor(), v.by())
			i.ID = stored.ID
			return err
		})
		switch {
		case err == nil:
			c.Redirect(http.StatusSeeOther, "/gl/incidents/"+i.ID+"?done=report")
			return
		case errors.Is(err, incident.ErrOffice), errors.Is(err, org.ErrNotFound):
			form.Errors["place"] = "report.error.place"
		case errors.Is(err, incident.ErrReport), errors.Is(err, incident.ErrTaken):
			s.refuse(c, v, refusalBad) // no form of ours sends that
			return
		default:
			s.fault(c, v, err)
			return
		}
	}
	s.showReport(c, v, http.StatusUnprocessableEntity, form)
}

// reportOf reads the form; what is wrong goes into its Errors.
func (s *server) reportOf(v *visit, form *console.IncidentForm) incident.Incident {
	i := incident.Incident{ID: form.ID, Kind: incident.Kind(form.Kind), Severity: incident.Severity(form.Severity), What: form.What, Done: form.Done, Need: form.Need}
	if i.ID == "" {
		i.ID = drawn()
		form.ID = i.ID
	}
	if !slices.Contains(incident.Kinds(), i.Kind) {
		form.Errors["kind"] = "report.error.kind"
	}
	if i.Severity.Rank() < 0 {
		form.Errors["severity"] = "report.error.severity"
	}
	switch len(form.Place) {
	case 8:
		i.Point = form.Place
	case 6:
		i.Division = form.Place
	}
	if i.Point == "" && !org.Covers(v.remit().division, i.Division) || strings.Trim(form.Place, "0123456789") != "" {
		form.Errors["place"] = "report.error.place"
	}
	began, ok := since(form.Date, form.Time)
	if !ok || began.After(s.Flow.Now()) {
		form.Errors["since"] = "report.error.since"
	}
	i.Started = began.UnixMilli()
	if form.People != "" {
		n, err := strconv.Atoi(form.People)
		if err != nil || n < 0 || n > 10_000_000 {
			form.Errors["people"] = "report.error.people"
		}
		i.People = n
	}
	for field, text := range map[string]string{"what": form.What, "done": form.Done, "need": form.Need} {
		switch err := incident.CheckText(text, field == "what"); {
		case errors.Is(err, incident.ErrPersonal):
			form.Errors[field] = "incident.refused.personal"
		case err != nil:
			form.Errors[field] = "incident.refused.text"
		}
	}
	return i
}
