package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/progress"
	"zhunkao/hub/web/console"
)

// newest is how many arrivals, and how many boxes, the dashboard shows.
const newest = 12

func (s *server) dashboard(c *gin.Context, v *visit) {
	view, err := s.dashboardView(c.Request.Context(), v)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "dashboard", "dashboard", view)
}

// dashboardPart is the dashboard without its frame, for the script module.
func (s *server) dashboardPart(c *gin.Context, v *visit) {
	view, err := s.dashboardView(c.Request.Context(), v)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	f, err := s.frame(c.Request.Context(), c, v, "dashboard")
	if err != nil {
		s.fault(c, v, err)
		return
	}
	html, err := s.pages.RenderPart("dashboard", "live", f, view)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", html)
}

func (s *server) dashboardView(ctx context.Context, v *visit) (console.Dashboard, error) {
	out := console.Dashboard{Alarms: s.alarms(v)}
	r := v.remit()
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if missing(err) {
			return nil
		} else if err != nil {
			return err
		}
		f := confirmation.Filter{Campaign: camp.ID, Division: r.division, Point: r.point, Limit: newest}
		sum, err := progress.Sum(ctx, tx, camp.ID, r.division, r.point)
		if err != nil {
			return err
		}
		out.Figures.Registered, out.Figures.Confirmed = int(sum.Registered), int(sum.Confirmed)
		today, err := confirmation.CountBetween(ctx, tx, f, day(s.Flow.Now()).UnixMilli(), 0)
		if err != nil {
			return err
		}
		out.Figures.Today = int(today)
		records, err := confirmation.List(ctx, tx, f)
		if err != nil {
			return err
		}
		if out.Arrivals, err = s.arrivals(ctx, tx, records); err != nil {
			return err
		}
		boxes, err := s.boxRows(ctx, tx, v)
		if err != nil {
			return err
		}
		out.Figures.Boxes, out.Figures.Unwell, out.Boxes = len(boxes), unwell(boxes), worstFirst(boxes)
		out.Boxes = out.Boxes[:min(newest, len(out.Boxes))]
		return nil
	})
	return out, err
}

// alarms tells those who run the hub what is filling up.
func (s *server) alarms(v *visit) []console.Alarm {
	if s.Storage == nil || !slices.Contains(province(), v.session.Account.Role) {
		return nil
	}
	var out []console.Alarm
	for _, a := range s.Storage() {
		out = append(out, console.Alarm{Place: string(a.Place), Percent: a.Percent, Used: a.Used, Limit: a.Limit})
	}
	return out
}
