package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/web/console"
)

func (s *server) points(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	var view console.Points
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		points, err := org.Points(ctx, tx, r.division)
		if err != nil {
			return err
		}
		counted := map[string]progress.Figures{}
		if camp, err := s.campaigns.current(ctx, tx, s.Campaign); err == nil {
			all, err := progress.Points(ctx, tx, progress.Where{Campaign: camp.ID, Division: r.division})
			if err != nil {
				return err
			}
			for _, t := range all {
				counted[t.Code] = t.Figures
			}
		} else if !missing(err) {
			return err
		}
		boxes := map[string]int{}
		for _, b := range s.Flow.Fleet.Snapshot() {
			boxes[b.Point]++
		}
		for _, p := range points {
			if !r.covers(p.Division, p.Code) {
				continue
			}
			name, err := org.DivisionName(ctx, tx, p.Division)
			if err != nil {
				return err
			}
			view.Rows = append(view.Rows, console.Point{Code: p.Code, Name: p.Name, Division: name, Address: p.Address, Phone: p.Phone, Hours: p.Hours,
				Registered: int(counted[p.Code].Registered), Confirmed: int(counted[p.Code].Confirmed), Boxes: boxes[p.Code]})
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "points", "points", view)
}
