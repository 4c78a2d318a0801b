package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// applyPage is the form by which a point asks for its user (demand A28). County
// first, so that without a script the points of a county can be chosen from.
func (s *server) applyPage(c *gin.Context, v *visit) {
	s.showApply(c, v, http.StatusOK, console.Apply{County: c.Query("county"), Sent: c.Query("done") != ""})
}

func (s *server) showApply(c *gin.Context, v *visit, status int, view console.Apply) {
	ctx := c.Request.Context()
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if view.Counties, view.CountyName, err = s.counties(ctx, tx, view.County); err != nil {
			return err
		}
		if view.CountyName == "" {
			view.County = ""
			return nil
		}
		points, err := org.Points(ctx, tx, view.County)
		for _, p := range points {
			if p.Open && p.Division == view.County {
				view.Points = append(view.Points, console.Option{Value: p.Code, Text: p.Name})
			}
		}
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, status, "apply", "", view)
}

// counties lists the counties of today by city, and the name of one of them.
func (s *server) counties(ctx context.Context, tx *db.Tx, chosen string) (out []console.OptionGroup, name string, err error) {
	all, err := org.Divisions(ctx, tx, s.Flow.Now())
	at := map[string]int{}
	for _, d := range all {
		switch d.Tier {
		case rules.City:
			at[d.Code] = len(out)
			out = append(out, console.OptionGroup{Text: d.Name})
		case rules.County:
			if i, ok := at[d.Parent]; ok {
				out[i].Options = append(out[i].Options, console.Option{Value: d.Code, Text: d.Name})
			}
			if d.Code == chosen {
				name = d.Name
			}
		}
	}
	return out, name, err
}

func (s *server) apply(c *gin.Context, v *visit) {
	view := console.Apply{County: c.PostForm("county"), Point: c.PostForm("point"), Login: strings.TrimSpace(c.PostForm("login")),
		Display: strings.TrimSpace(c.PostForm("display")), Phone: strings.TrimSpace(c.PostForm("phone")), Reason: strings.TrimSpace(c.PostForm("purpose"))}
	if view.County == "" {
		view.Errors.County = "apply.needcounty"
	}
	if view.Point == "" {
		view.Errors.Point = "apply.needpoint"
	}
	if !staff.ValidName(view.Login) {
		view.Errors.Login = "staff.badlogin"
	}
	if !oneLine(view.Display, 50) {
		view.Errors.Display = "apply.needdisplay"
	}
	if !phone(view.Phone) {
		view.Errors.Phone = "apply.needphone"
	}
	if !oneLine(view.Reason, 200) {
		view.Errors.Reason = "apply.needreason"
	}
	if view.Errors.Any() {
		s.showApply(c, v, http.StatusUnprocessableEntity, view)
		return
	}
	r := staff.Request{Division: view.County, Point: view.Point, Name: view.Login, Display: view.Display, Purpose: view.Reason}
	err := s.Staff.Apply(c.Request.Context(), r, view.Phone, v.source)
	var slow staff.SlowError
	switch {
	case errors.As(err, &slow):
		c.Header("Retry-After", strconv.Itoa(1+int(slow.Wait.Seconds())))
		view.Slow = true
		s.showApply(c, v, http.StatusTooManyRequests, view)
	case errors.Is(err, staff.ErrRequest):
		view.Errors.Point = "apply.needpoint"
		s.showApply(c, v, http.StatusUnprocessableEntity, view)
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/gl/apply?done=sent")
	}
}

// phone accepts what can be rung up: digits, and what people set between them.
func phone(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-() ，转", r):
			return false
		}
	}
	return digits >= 7 && digits <= 20 && oneLine(s, 30)
}
