package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

func (s *server) member(c *gin.Context, v *visit) {
	if done := c.Query("done"); done != "" && s.pages.Has("staff.done."+done) {
		v.notice = &console.Notice{Class: "done", Key: "staff.done." + done}
	}
	s.showMember(c, v, http.StatusOK, console.MemberErrors{})
}

// showMember draws the page of an account. Telephone, sessions and acts are for
// those who answer for it.
func (s *server) showMember(c *gin.Context, v *visit, status int, wrong console.MemberErrors) {
	ctx, a := c.Request.Context(), v.subject.(staff.Account)
	view := console.StaffMember{Created: ms(a.Created), Password: s.civil(ms(a.PasswordAt)), Enrolled: a.Enrolled, Disabled: a.Disabled, Days: slipDays,
		RoleNow: string(a.Role), PointNow: a.Point, Errors: wrong}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if view.StaffRow, err = staffRow(ctx, tx, v, a, pointNames{}, officeNames{}); err != nil {
			return err
		}
		if view.Remit, err = org.DivisionName(ctx, tx, a.Division); err != nil {
			return err
		}
		if view.OwnCard, err = s.ownCard(ctx, tx, a); err != nil {
			return err
		}
		if view.Giving, err = s.giving(ctx, tx, v, a, wrong.Vouch); err != nil || !view.Hers {
			return err
		}
		if view.Phone, err = s.Staff.Phone(ctx, tx, a.ID); err != nil {
			return err
		}
		if view.Sessions, err = s.sessions(ctx, tx, a.ID, v.token); err != nil {
			return err
		}
		may, err := s.resets(ctx, tx, v)
		if err != nil {
			return err
		}
		view.Resets, view.ResetTwo = may.notReset(), may.persons == 2
		if err = s.moves(ctx, tx, v, a, &view); err != nil {
			return err
		}
		entries, err := journal.List(ctx, tx, journal.Filter{Subject: journal.Subject{Kind: journal.OfStaff, ID: a.ID}, Limit: 15})
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
	s.show(c, v, status, "member", "staff", view)
}

// giving says how an account came to its owner, and whether she who looks may
// vouch for it.
func (s *server) giving(ctx context.Context, tx *db.Tx, v *visit, a staff.Account, wrong string) (out console.Giving, err error) {
	g, err := staff.GivingOf(ctx, tx, a.ID)
	if err != nil {
		return out, err
	}
	out = console.Giving{Unknown: g.By == staff.UnknownGiver, At: ms(g.At), VouchedAt: ms(g.VouchedAt), Alone: g.Alone, Error: wrong,
		May: !g.Alone && v.session.Account.MayVouch(a)}
	names := map[string]string{}
	if g.By != "" && !out.Unknown {
		if out.By, err = s.author(ctx, tx, v, staffAuthor(g.By), names); err != nil {
			return out, err
		}
	}
	switch g.VouchedBy {
	case "":
	case staff.VouchedAtMachine:
		out.VouchedBy = s.pages.Text(v.lang, "author.operator")
	default:
		out.VouchedBy, err = s.author(ctx, tx, v, staffAuthor(g.VouchedBy), names)
	}
	return out, err
}

// vouchStaff takes somebody's word that an account is its owner's alone.
func (s *server) vouchStaff(c *gin.Context, v *visit) {
	a := v.subject.(staff.Account)
	why, ok := reason(c)
	status, wrong := http.StatusUnprocessableEntity, "act.needreason"
	if ok {
		err := s.Staff.Vouch(c.Request.Context(), v.session.Account, staff.Vouching{Account: a.ID, Code: strings.TrimSpace(c.PostForm("code")), Reason: why, Source: v.source})
		var slow staff.SlowError
		switch {
		case err == nil:
			c.Redirect(http.StatusSeeOther, "/gl/staff/"+a.ID+"?done=vouched")
			return
		case errors.As(err, &slow):
			c.Header("Retry-After", strconv.Itoa(1+int(slow.Wait.Seconds())))
			status, wrong = http.StatusTooManyRequests, "staff.vouch.slow"
		case errors.Is(err, staff.ErrDependent):
			status, wrong = http.StatusConflict, "staff.vouch.dependent"
		case errors.Is(err, staff.ErrRenew):
			wrong = "staff.vouch.renew"
		case errors.Is(err, staff.ErrCode):
			wrong = "staff.vouch.code"
		case errors.Is(err, staff.ErrNotYours), errors.Is(err, staff.ErrNotFound):
			status, wrong = http.StatusForbidden, "staff.notyours"
		default:
			s.fault(c, v, err)
			return
		}
	}
	s.showMember(c, v, status, console.MemberErrors{Vouch: wrong})
}

// moves fills in which other role or point she may give.
func (s *server) moves(ctx context.Context, tx *db.Tx, v *visit, a staff.Account, view *console.StaffMember) error {
	o, err := org.GetOffice(ctx, tx, a.Office)
	if err != nil {
		return err
	}
	for _, r := range v.session.Account.Gives(o) {
		view.Roles = append(view.Roles, console.Option{Value: string(r), Text: "role." + string(r)})
	}
	if view.Move = slices.ContainsFunc(view.Roles, func(r console.Option) bool { return r.Value != string(a.Role) }); !view.Move {
		return nil
	}
	points, err := org.Points(ctx, tx, o.Division)
	for _, p := range points {
		view.Points = append(view.Points, console.Option{Value: p.Code, Text: p.Name})
	}
	return err
}

func (s *server) disableStaff(c *gin.Context, v *visit) {
	s.withReason(c, v, "disabled", func(e *console.MemberErrors) *string { return &e.Disable }, s.superior(v).Disable)
}

func (s *server) enableStaff(c *gin.Context, v *visit) {
	s.withReason(c, v, "enabled", func(e *console.MemberErrors) *string { return &e.Disable }, s.superior(v).Enable)
}

// offStaffCard takes somebody's own card off.
func (s *server) offStaffCard(c *gin.Context, v *visit) {
	s.withReason(c, v, "card-off", func(e *console.MemberErrors) *string { return &e.Card }, s.superior(v).DropCard)
}

// withReason takes an act on an account that asks for nothing but a reason.
func (s *server) withReason(c *gin.Context, v *visit, done string, at func(*console.MemberErrors) *string, act func(ctx context.Context, id, reason string) error) {
	a := v.subject.(staff.Account)
	var wrong console.MemberErrors
	why, ok := reason(c)
	if !ok {
		*at(&wrong) = "act.needreason"
		s.showMember(c, v, http.StatusUnprocessableEntity, wrong)
		return
	}
	s.acted(c, v, act(c.Request.Context(), a.ID, why), done, at)
}

// acted comes back to the page of an account after an act on it.
func (s *server) acted(c *gin.Context, v *visit, err error, done string, at func(*console.MemberErrors) *string) {
	a := v.subject.(staff.Account)
	var wrong console.MemberErrors
	switch {
	case errors.Is(err, staff.ErrNotYours):
		*at(&wrong) = "staff.notyours"
		s.showMember(c, v, http.StatusForbidden, wrong)
	case errors.Is(err, staff.ErrAccount):
		*at(&wrong) = "staff.badplace"
		s.showMember(c, v, http.StatusUnprocessableEntity, wrong)
	case errors.Is(err, staff.ErrNoCard): // a colleague was quicker, or she herself
		*at(&wrong) = "owncard.gone"
		s.showMember(c, v, http.StatusConflict, wrong)
	case errors.Is(err, staff.ErrNotFound):
		s.refuse(c, v, refusalNotFound)
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/gl/staff/"+a.ID+"?done="+done)
	}
}

func (s *server) moveStaff(c *gin.Context, v *visit) {
	role, point := c.PostForm("role"), c.PostForm("point")
	s.withReason(c, v, "moved", func(e *console.MemberErrors) *string { return &e.Move }, func(ctx context.Context, id, why string) error {
		if !staff.Role(role).OfPoint() {
			point = "" // the form has the field for every role
		}
		if !slices.Contains(staff.Roles(), staff.Role(role)) || point != "" && !plainID(point) {
			return staff.ErrAccount
		}
		return s.superior(v).Move(ctx, id, staff.Role(role), point, why)
	})
}

func (s *server) endStaffSession(c *gin.Context, v *visit) {
	a := v.subject.(staff.Account)
	err := s.superior(v).EndSession(c.Request.Context(), a.ID, c.PostForm("session"))
	if errors.Is(err, staff.ErrNoSession) {
		err = nil // it ended by itself: that was wanted
	}
	s.acted(c, v, err, "session", func(e *console.MemberErrors) *string { return &e.Disable })
}
