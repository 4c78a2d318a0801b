package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/form"
)

// areaOf is the page where one candidate is moved to another area of her city, or put
// back (考区调整, A48).
func (s *server) areaOf(c *gin.Context, v *visit) {
	if done := "areamove.done." + c.Query("done"); s.pages.Has(done) {
		v.notice = &console.Notice{Class: "done", Key: done}
	}
	s.showAreaMove(c, v, http.StatusOK, console.AreaMove{})
}

func (s *server) showAreaMove(c *gin.Context, v *visit, status int, view console.AreaMove) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.Flow.ViewCandidate(ctx, tx, row, "area", "", v.by()); err != nil {
			return err
		}
		return s.fillArea(ctx, tx, v, row, &view)
	})
	switch {
	case missing(err):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		s.show(c, v, status, "areamove", "catchments", view)
	}
}

// fillArea fills in where she sits now, where the catchments lead her, and which areas
// her city has.
func (s *server) fillArea(ctx context.Context, tx *db.Tx, v *visit, row candidate.Row, view *console.AreaMove) error {
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil {
		return err
	}
	her, err := s.Flow.Candidates.Get(ctx, tx, row.ID)
	if err != nil {
		return err
	}
	plans, err := site.InForce(ctx, tx, camp.ID)
	if err != nil {
		return err
	}
	first := her.Application.First()
	place, err := site.Where(ctx, tx, camp.ID, site.Her{Application: row.ID, Division: row.Division, Level: first.Level, Category: first.Category, Language: her.Application.Get(form.Language)})
	if err != nil {
		return err
	}
	city := org.Above(site.Today(row.Division))
	plan, ok := plans[city]
	if !ok {
		plan = site.Default(camp.ID, site.CountiesOf()[city])
	}
	name := areaNames(plans)
	view.ID, view.Name, view.Number = row.ID, string(her.Application.Name()), her.Application.Number().String()
	view.Dropped, view.Back = place.Dropped, place.Now != place.Drawn || place.Dropped != ""
	if view.Now, view.Drawn = name(place.Now), name(place.Drawn); place.Now == "" {
		view.Now = s.pages.Text(v.lang, "catchment.noarea")
	}
	if place.Drawn == "" {
		view.Drawn = s.pages.Text(v.lang, "catchment.noarea")
	}
	for _, a := range plan.Areas {
		if a.Code != place.Now {
			view.Areas = append(view.Areas, console.Option{Value: a.Code, Text: a.Name + "　" + a.Code})
		}
	}
	w := words{s.pages, v.lang, camp}
	if view.Place, err = org.DivisionName(ctx, tx, row.Division); err != nil {
		return err
	}
	view.Place += "　" + whatText(w, first.Level, first.Category)
	switch may := permitted(camp, flow.ActMoveArea, v.session.Account.Role); {
	case row.State == candidate.Withdrawn:
		view.Refused = "areamove.withdrawn"
	case !may.alone():
		view.Refused = may.refusal()
	case !s.Flow.StepOpen(camp, "catchment", row.Division).Accepts():
		view.Refused = "areamove.shut"
	default:
		_, making, err := seating.InMaking(ctx, tx, camp.ID)
		if err != nil {
			return err
		}
		if making {
			view.Refused = "areamove.seating"
		}
	}
	history, err := site.MovesOf(ctx, tx, row.ID)
	if err != nil {
		return err
	}
	if view.Moves, err = s.moveRows(ctx, tx, history, plan); err != nil {
		return err
	}
	for i, m := range history {
		if m.To == "" {
			view.Moves[i].To = s.pages.Text(v.lang, "areamove.putback")
		}
	}
	return nil
}

// moveArea takes the step. "back" puts her where the catchments lead her.
func (s *server) moveArea(c *gin.Context, v *visit) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	to, back := c.PostForm("area"), c.PostForm("back") != ""
	again := func(status int, field, key string) {
		s.showAreaMove(c, v, status, console.AreaMove{Chosen: to, Reason: c.PostForm("reason"), Field: field, Error: key})
	}
	why, ok := reason(c)
	switch {
	case !back && (len(to) != 4 || strings.Trim(to, "0123456789") != ""):
		again(http.StatusUnprocessableEntity, "area", "areamove.needarea")
		return
	case !ok:
		again(http.StatusUnprocessableEntity, "reason", "act.needreason")
		return
	case back:
		to = ""
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, s.Campaign)
		if err != nil {
			return err
		}
		if !permitted(camp, flow.ActMoveArea, v.session.Account.Role).alone() {
			return errNotPermitted
		}
		return s.Flow.MoveArea(ctx, tx, camp, row.ID, to, why, v.by())
	})
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil:
		done := "moved"
		if back {
			done = "back"
		}
		c.Redirect(http.StatusSeeOther, "/gl/candidates/"+row.ID+"/area?done="+done)
	case errors.Is(err, flow.ErrShut):
		again(http.StatusConflict, "", "areamove.shut")
	case errors.Is(err, flow.ErrSeating):
		again(http.StatusConflict, "", "areamove.seating")
	case errors.Is(err, flow.ErrNoArea):
		again(http.StatusUnprocessableEntity, "area", "areamove.noarea")
	case errors.Is(err, flow.ErrSame):
		again(http.StatusConflict, "area", "areamove.same")
	case errors.Is(err, site.ErrStale):
		again(http.StatusConflict, "", "catchment.stale")
	case errors.Is(err, errNotPermitted):
		again(http.StatusForbidden, "", "permit.tier")
	case missing(err):
		s.refuse(c, v, refusalNotFound)
	default:
		s.fault(c, v, err)
	}
}
