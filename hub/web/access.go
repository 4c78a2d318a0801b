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

	"zhunkao/hub/access"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
)

// remitToken: :id is a token of another system.
const remitToken rule = "token"

// accessPart is the tokens by which other systems call.
func (s *server) accessPart() part {
	get, post := http.MethodGet, http.MethodPost
	admin := []staff.Role{staff.ProvinceAdmin}
	return part{routes: []route{
		{method: get, path: "/gl/access", who: province(), remit: remitList, right: "access", do: s.access},
		{method: post, path: "/gl/access", who: admin, remit: remitList, right: "access-ask", do: s.askToken},
		{method: post, path: "/gl/access/:id/agree", who: province(), remit: remitToken, right: "access-agree", do: s.agreeToken},
		{method: post, path: "/gl/access/:id/revoke", who: admin, remit: remitToken, right: "access-revoke", do: s.revokeToken},
	}, finders: map[rule]finder{remitToken: findToken}}
}

func findToken(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	t, err := access.Get(ctx, tx, id)
	if errors.Is(err, access.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = t
	return where{division: t.Division}, err
}

// defaultDays is how long a token lasts when nobody says otherwise: half a year.
const defaultDays = 180

func (s *server) access(c *gin.Context, v *visit) {
	if done := c.Query("done"); done != "" && s.pages.Has("access.done."+done) {
		v.notice = &console.Notice{Class: "done", Key: "access.done." + done}
	}
	s.showAccess(c, v, http.StatusOK, console.Access{Asked: console.AccessAsked{Days: strconv.Itoa(defaultDays)}})
}

// showAccess draws the page around what an act left in view: what was typed, or
// the token that is shown this once.
func (s *server) showAccess(c *gin.Context, v *visit, status int, view console.Access) {
	ctx := c.Request.Context()
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		tokens, err := access.List(ctx, tx, v.remit().division)
		if err != nil {
			return err
		}
		for _, t := range tokens {
			row, err := s.tokenRow(ctx, tx, v, t)
			if err != nil {
				return err
			}
			view.Rows = append(view.Rows, row)
		}
		all, err := org.Divisions(ctx, tx, s.Flow.Now())
		for _, d := range all {
			if v.remit().covers(d.Code, "") && len(view.Divisions) < 500 {
				view.Divisions = append(view.Divisions, console.AccessOption{Value: d.Code, Text: d.Name, On: d.Code == view.Asked.Division})
			}
		}
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	for _, scope := range access.Scopes() {
		view.Scopes = append(view.Scopes, console.AccessOption{Value: string(scope), Text: "scope." + string(scope), On: slices.Contains(view.Asked.Scopes, string(scope))})
	}
	s.show(c, v, status, "access", "access", view)
}

func (s *server) tokenRow(ctx context.Context, tx *db.Tx, v *visit, t access.Token) (console.AccessToken, error) {
	out := console.AccessToken{ID: t.ID, Name: t.Name, Reason: t.Reason, Asked: ms(t.AskedAt), Used: ms(t.Used), Expires: ms(t.Expires), Ended: ms(t.EndedAt),
		Open: t.State != access.Revoked, Mine: t.AskedBy == v.session.Account.ID, Waits: t.State == access.Asked}
	for _, scope := range t.Scopes {
		out.Scopes = append(out.Scopes, "scope."+string(scope))
	}
	switch {
	case t.State == access.Asked:
		out.State = console.State{Class: "wait", Icon: "clock", Key: "access.asked"}
	case t.State == access.Revoked:
		out.State = console.State{Class: "open", Icon: "cross", Key: "access.revoked"}
	case t.Ended(time.Now()):
		out.State = console.State{Class: "open", Icon: "clock", Key: "access.ended"}
	default:
		out.State = console.State{Class: "done", Icon: "check", Key: "access.issued"}
	}
	var err error
	if out.Division, err = org.DivisionName(ctx, tx, t.Division); err != nil {
		return out, err
	}
	for _, who := range []struct {
		id string
		to *string
	}{{t.AskedBy, &out.AskedBy}, {t.IssuedBy, &out.IssuedBy}} {
		if who.id == "" {
			continue
		}
		a, err := staff.Get(ctx, tx, who.id)
		switch {
		case errors.Is(err, staff.ErrNotFound):
			*who.to = who.id
		case err != nil:
			return out, err
		default:
			*who.to = a.Display
		}
	}
	return out, nil
}

func (s *server) askToken(c *gin.Context, v *visit) {
	typed := console.AccessAsked{Name: strings.TrimSpace(c.PostForm("name")), Division: c.PostForm("division"), Days: strings.TrimSpace(c.PostForm("days")),
		Reason: strings.TrimSpace(c.PostForm("reason")), Scopes: c.PostFormArray("scope")}
	days, err := strconv.Atoi(typed.Days)
	if err != nil || days < 1 || days > access.MaxDays {
		typed.Errors.Days = "access.needdays"
	}
	if typed.Name == "" || !oneLine(typed.Name, 60) {
		typed.Errors.Name = "access.needname"
	}
	if _, ok := reason(c); !ok {
		typed.Errors.Reason = "act.needreason"
	}
	t := access.Token{Name: typed.Name, Division: typed.Division, Days: days, Reason: typed.Reason}
	for _, scope := range access.Scopes() {
		if slices.Contains(typed.Scopes, string(scope)) {
			t.Scopes = append(t.Scopes, scope)
		}
	}
	if len(t.Scopes) == 0 {
		typed.Errors.Scopes = "access.needscope"
	}
	if !v.remit().covers(t.Division, "") {
		typed.Errors.Division = "access.needdivision"
	}
	if typed.Errors != (console.AccessErrors{}) {
		v.notice = &console.Notice{Class: "must", Key: "access.incomplete"}
		s.showAccess(c, v, http.StatusUnprocessableEntity, console.Access{Asked: typed})
		return
	}
	var secret string
	err = s.DB.Write(c.Request.Context(), func(tx *db.Tx) (err error) {
		secret, _, err = s.Flow.AskToken(c.Request.Context(), tx, t, v.by())
		return err
	})
	switch {
	case err != nil:
		s.fault(c, v, err)
	case secret != "":
		s.showAccess(c, v, http.StatusOK, console.Access{Secret: secret, Of: t.Name})
	default:
		c.Redirect(http.StatusSeeOther, "/gl/access?done=asked")
	}
}

// agreeToken answers with the token itself, this once: it goes into no address,
// and the page is kept by nobody.
func (s *server) agreeToken(c *gin.Context, v *visit) {
	t := v.subject.(access.Token)
	var secret string
	err := s.DB.Write(c.Request.Context(), func(tx *db.Tx) (err error) {
		secret, t, err = s.Flow.AgreeToken(c.Request.Context(), tx, t.ID, v.by())
		return err
	})
	err = s.Flow.Refused(c.Request.Context(), s.DB, err)
	switch {
	case errors.Is(err, flow.ErrDependent):
		v.notice = &console.Notice{Class: "must", Key: "permit.dependent"}
		s.showAccess(c, v, http.StatusConflict, console.Access{})
	case errors.Is(err, flow.ErrSamePerson):
		v.notice = &console.Notice{Class: "must", Key: "access.same"}
		s.showAccess(c, v, http.StatusConflict, console.Access{})
	case errors.Is(err, access.ErrState):
		v.notice = &console.Notice{Class: "must", Key: "access.changed"}
		s.showAccess(c, v, http.StatusConflict, console.Access{})
	case err != nil:
		s.fault(c, v, err)
	default:
		s.showAccess(c, v, http.StatusOK, console.Access{Secret: secret, Of: t.Name})
	}
}

func (s *server) revokeToken(c *gin.Context, v *visit) {
	why, ok := reason(c)
	if !ok {
		v.notice = &console.Notice{Class: "must", Key: "act.needreason"}
		s.showAccess(c, v, http.StatusUnprocessableEntity, console.Access{})
		return
	}
	err := s.DB.Write(c.Request.Context(), func(tx *db.Tx) error {
		return s.Flow.RevokeToken(c.Request.Context(), tx, v.subject.(access.Token).ID, why, v.by())
	})
	switch {
	case errors.Is(err, access.ErrState):
		v.notice = &console.Notice{Class: "must", Key: "access.changed"}
		s.showAccess(c, v, http.StatusConflict, console.Access{})
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/gl/access?done=revoked")
	}
}
