package web

import (
	"github.com/gin-gonic/gin"

	"zhunkao/hub/web/console"
)

// exportProgress answers with the table of a dashboard as a file: of a province
// every county, of a city its counties, of a county its points, of a point
// itself.
func (s *server) exportProgress(c *gin.Context, v *visit, x sight) {
	_, view, err := s.dashboardPage(c, v, x)
	if missing(err) {
		s.refuse(c, v, refusalNotFound)
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	rows := view.Places
	switch {
	case len(view.Counties) > 0:
		rows = view.Counties
	case x.point != "":
		f := view.Figures
		rows = []console.PlaceRow{{Code: x.point, Name: view.Place, Registered: f.Registered, Confirmed: f.Confirmed, Paid: f.Paid, Incidents: f.Incidents}}
	}
	w := words{pages: s.pages, lang: v.lang}
	heads := []string{w.t("dash.code"), w.t("dash.place"), w.t("dash.registered"), w.t("dash.confirmed"), w.t("dash.share"), w.t("dash.incidents")}
	if view.Figures.Paying {
		heads = append(heads, w.t("dash.paid"))
	}
	s.export(c, v, "progress", heads, func(row func(...any) error) error {
		for _, p := range rows {
			cells := []any{p.Code, p.Name, p.Registered, p.Confirmed, float64(p.Permille()) / 10, p.Incidents}
			if view.Figures.Paying {
				cells = append(cells, p.Paid)
			}
			if err := row(cells...); err != nil {
				return err
			}
		}
		return nil
	})
}
