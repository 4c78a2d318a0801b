package web

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/web/console"
)

func (s *server) quarantine(c *gin.Context, v *visit) {
	ctx, r := c.Request.Context(), v.remit()
	before, ok := parseCursor(c.Query("before"))
	if !ok {
		s.refuse(c, v, refusalBad)
		return
	}
	if s.exportAs(c) != "" {
		s.exportQuarantine(c, v)
		return
	}
	var view console.Quarantine
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		rows, err := confirmation.Quarantine(ctx, tx, confirmation.Filter{Division: r.division, Point: r.point, Before: before, Limit: pageRows + 1})
		if err != nil {
			return err
		}
		by, err := confirmation.QuarantineCounts(ctx, tx, r.division)
		if err != nil {
			return err
		}
		for _, n := range by {
			view.Total += int(n)
		}
		n := pageNumber(c)
		view.Pages = console.Pages{Number: n, Of: max(n, (view.Total+pageRows-1)/pageRows)}
		if n > 1 {
			view.Pages.First = link(c, "", 0)
		}
		if len(rows) > pageRows {
			rows = rows[:pageRows]
			last := rows[pageRows-1]
			view.Pages.Next = link(c, fmt.Sprintf("%d.%s", last.At, last.ID), n+1)
		}
		points := pointNames{}
		for _, q := range rows {
			k := console.Kept{ID: q.ID, At: ms(q.At), Box: q.Box, Sequence: q.Sequence, Reason: q.Reason, Hash: short(q.Hash), Size: q.Size}
			if !s.pages.Has("quarantine." + k.Reason + ".do") {
				k.Reason = "other"
			}
			if b, ok := s.Flow.Fleet.Box(q.Box); ok {
				k.Unit = int(b.Unit)
			}
			if k.Point, err = points.name(ctx, tx, q.Point); err != nil {
				return err
			}
			view.Rows = append(view.Rows, k)
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "quarantine", "quarantine", view)
}
