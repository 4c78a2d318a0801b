package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/access"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/staff"
	"zhunkao/hub/web/console"
	"zhunkao/hub/web/door"
)

// visit is one request of one person: who she is, and the thing named in the
// path, already judged to lie in her remit.
type visit struct {
	lang    console.Lang
	token   string // of the session cookie, "" before sign-in
	session *staff.Session
	guess   *staff.Guess // session is only remembered: see guessed.go
	wrong   bool         // and does not stand
	csrf    string
	source  string // network address of the caller, without port
	notice  *console.Notice
	glance  glance        // of the snapshot that the page is read on
	caller  *access.Token // another system, on routes with a scope
	files   *door.Files   // on routes that stream: the form, its fields read

	record  confirmation.Record // on routes of remitRecord
	box     fleet.Box           // on routes of remitBox
	place   org.Point           // point of record or box
	subject any                 // on routes of any other rule with :id: what its finder put here
}

// remit is the part of the province somebody answers for.
type remit struct{ division, point string }

func (v *visit) remit() remit {
	if v.caller != nil {
		return remit{division: v.caller.Division}
	}
	return remit{v.session.Account.Division, v.session.Account.Point}
}

// covers reports whether a point in a division lies in the remit.
func (r remit) covers(division, point string) bool {
	return org.Covers(r.division, division) && (r.point == "" || r.point == point)
}

// by says who takes a step, for flow.
func (v *visit) by() flow.By {
	if v.session == nil {
		return flow.By{Author: journal.Author{Kind: journal.ByUnknown, ID: v.source}, Source: v.source}
	}
	return flow.By{Author: journal.Author{Kind: journal.ByStaff, ID: v.session.Account.ID}, Source: v.source}
}

// maxBody bounds what a form may send, in bytes; maxUpload one with a file. A
// file is held in memory, never in a file of its own: maxUploads at a time.
// maxStream bounds one whose files are held nowhere: the largest file of a
// stick, and the form around it.
const (
	maxBody    = 64 << 10
	maxUpload  = 24 << 20
	maxUploads = 4
	maxStream  = intake.MaxStick + 1<<20
)

// enter is the way into every route: form, origin, session, token, role, remit,
// in this order, and only then the handler.
func (s *server) enter(r route) gin.HandlerFunc {
	return func(c *gin.Context) {
		door.Routed(c, r.path)
		v := &visit{lang: console.ParseLang(s.cookies.Read(c, cookieLang)), source: c.RemoteIP()}
		if r.demo && !s.DB.Demo() {
			s.refuse(c, v, refusalNotFound)
			return
		}
		if r.scope != "" {
			s.enterCaller(c, v, r)
			return
		}
		if r.plain {
			r.do(c, v)
			return
		}
		if r.method == http.MethodPost {
			if r.upload && !r.stream {
				select {
				case s.uploads <- struct{}{}:
					defer func() { <-s.uploads }()
				case <-c.Request.Context().Done():
					return
				}
			}
			if !s.form(c, v, r) {
				return
			}
			if v.files != nil {
				defer v.files.Answer()
			}
		}
		if r.ahead && s.guessed(c, v, r) {
			return
		}
		if err := s.findSession(c, v, r.idle); err != nil {
			s.fault(c, v, err)
			return
		}
		if r.method == http.MethodPost && !s.tokened(c, v) {
			return
		}
		if r.open {
			r.do(c, v)
			return
		}
		if v.session == nil {
			s.toSignIn(c, r)
			return
		}
		if v.session.Account.Unready() && !r.first {
			s.toFirst(c, r)
			return
		}
		if !slices.Contains(r.who, v.session.Account.Role) {
			s.deny(c, v, r, refusalRole)
			return
		}
		switch err := s.subject(c, v, r); {
		case errors.Is(err, errForeign):
			s.deny(c, v, r, refusalNotFound)
		case errors.Is(err, errNoSubject):
			s.refuse(c, v, refusalNotFound)
		case err != nil:
			s.fault(c, v, err)
		default:
			r.do(c, v)
		}
	}
}

// form reads a POST: small, a plain form, and from a page of ours.
func (s *server) form(c *gin.Context, v *visit, r route) bool {
	var why *refusal
	switch {
	case r.stream:
		v.files, why = door.OpenFiles(c, s.origin, maxStream)
	case r.upload:
		why = door.ReadForm(c, s.origin, maxUpload, true)
	default:
		why = door.ReadForm(c, s.origin, maxBody, false)
	}
	if why != nil {
		s.refuse(c, v, *why)
	}
	return why == nil
}

// tokened tells whether a form bears the token of whoever sent it. Of one that
// streams nothing is read before it is known who sends it.
func (s *server) tokened(c *gin.Context, v *visit) bool {
	token := ""
	switch {
	case v.files == nil:
		token = c.PostForm("token")
	case v.session == nil:
		return true // to the door
	default:
		if why := v.files.Fields(); why != nil {
			s.refuse(c, v, *why)
			return false
		}
		token = v.files.Field("token")
	}
	if !s.cookies.SameToken(v.csrf, token) {
		s.refuse(c, v, refusalForbidden)
		return false
	}
	return true
}

// findSession fills in who is signed in, if anybody is. idle looks without
// making the session live longer.
func (s *server) findSession(c *gin.Context, v *visit, idle bool) error {
	token := s.cookies.Read(c, cookieSession)
	if token != "" {
		find := s.Staff.Session
		if idle {
			find = s.Staff.Peek
		}
		session, err := find(c.Request.Context(), token)
		switch {
		case err == nil:
			v.token, v.session, v.csrf = token, &session, session.CSRF
			return nil
		case !errors.Is(err, staff.ErrNoSession):
			return err
		}
	}
	v.csrf = s.cookies.GuestToken(c)
	return nil
}

// toSignIn sends somebody who is not signed in to the door; a script is told so
// instead.
func (s *server) toSignIn(c *gin.Context, r route) {
	if r.idle {
		c.Status(http.StatusUnauthorized)
		return
	}
	to := "/gl/sign-in"
	if r.method == http.MethodGet && r.path != "/gl" {
		to += "?next=" + url.QueryEscape(c.Request.URL.RequestURI())
	}
	c.Redirect(http.StatusSeeOther, to)
}

// toFirst sends somebody whose password is not her own, or who has no second
// factor yet, to where she settles that: until then there is nothing else for
// her here.
func (s *server) toFirst(c *gin.Context, r route) {
	if r.idle {
		c.Status(http.StatusForbidden)
		return
	}
	c.Redirect(http.StatusSeeOther, firstPath)
}

var (
	errForeign   = errors.New("web: outside the remit")
	errNoSubject = errors.New("web: no such thing")
)

// where is where a thing lies: the division it belongs to, and its point, ""
// if it is of no point.
type where struct{ division, point string }

// finder finds the thing that :id names, puts it into the visit and says where
// it lies. errNoSubject when there is none.
type finder func(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error)

// subject finds what the path names and judges whether it lies in the remit.
func (s *server) subject(c *gin.Context, v *visit, r route) error {
	if r.remit == remitNone || r.remit == remitList {
		return nil
	}
	id := c.Param("id")
	if !plainID(id) {
		return errNoSubject // not even asked for: one database faults on bytes that are no text
	}
	return s.DB.Read(c.Request.Context(), func(tx *db.Tx) error {
		at, err := s.finders[r.remit](c.Request.Context(), tx, v, id)
		if err != nil {
			return err
		}
		if !v.remit().covers(at.division, at.point) {
			return errForeign
		}
		return nil
	})
}
