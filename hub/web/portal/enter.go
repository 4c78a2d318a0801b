package portal

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/applicant"
	"zhunkao/hub/flow"
	"zhunkao/hub/journal"
	"zhunkao/hub/picture"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/guard"
	"zhunkao/hub/web/page"
	"zhunkao/hub/web/portal/pages"
)

// visit is one request of one person.
type visit struct {
	lang    page.Lang
	look    pages.Look // large type, strong contrast
	token   string     // of the session cookie, "" before sign-in
	session *applicant.Session
	guess   *applicant.Guess // session is only remembered: see guessed.go
	wrong   bool             // and does not stand
	csrf    string
	source  string // network address of the caller, without port
	notice  *pages.Notice

	changes uint64    // of the database before anything was read
	began   time.Time // real time
}

// The cookies of this entrance.
const (
	cookieSession = "zk_ks"       // session token
	cookieGuest   = "zk_ks_guest" // before sign-in: what the form's token is bound to
	cookieLook    = "zk_ks_look"  // language and look: "zh", "en", then "l" large, "c" contrast
)

// maxBody bounds what a form may send, in bytes; maxUpload one with a file. A
// file is held in memory, never in a file of its own: maxUploads at a time.
const (
	maxBody    = 64 << 10
	maxUpload  = picture.MaxFile + 64<<10
	maxUploads = 8
)

// by says who takes a step, for flow.
func (v *visit) by() flow.By {
	if v.session == nil {
		return flow.By{Author: journal.Author{Kind: journal.ByUnknown, ID: v.source}, Source: v.source}
	}
	return flow.By{Author: journal.Author{Kind: journal.ByCandidate, ID: v.session.Account.ID}, Source: v.source}
}

// enter is the way into every route: form, origin, session, token, and only
// then the handler.
func (s *server) enter(r route) gin.HandlerFunc {
	return func(c *gin.Context) {
		door.Routed(c, r.path)
		v := &visit{source: c.RemoteIP(), changes: s.DB.Changes(), began: time.Now()}
		v.lang, v.look = parseLook(s.cookies.Read(c, cookieLook))
		switch {
		case r.demo && !s.DB.Demo():
			s.refuse(c, v, door.NotFound)
			return
		case r.plain:
			r.do(c, v)
			return
		}
		if r.upload { // held in memory until it is answered, so only so many at once
			select {
			case s.uploads <- struct{}{}:
				defer func() { <-s.uploads }()
			case <-c.Request.Context().Done():
				return
			}
		}
		if r.method == http.MethodPost && !s.form(c, v, r) {
			return
		}
		if r.ahead && s.guessed(c, v, r) {
			return
		}
		if err := s.findSession(c, v, r.idle || r.quiet); err != nil {
			s.fault(c, v, err)
			return
		}
		switch {
		case r.method == http.MethodPost && !s.cookies.SameToken(v.csrf, c.PostForm("token")):
			s.stale(c, v, r)
		case r.open:
			r.do(c, v)
		case v.session == nil:
			s.toSignIn(c, v, r)
		case v.session.Account.MustChange && !r.first:
			c.Redirect(http.StatusSeeOther, "/ks/account/first")
		case r.second && !s.secondGiven(c, v): // it has been asked for
		default:
			r.do(c, v)
		}
	}
}

// form reads a POST: small, a plain form, and from a page of ours.
func (s *server) form(c *gin.Context, v *visit, r route) bool {
	most := int64(maxBody)
	if r.upload {
		most = maxUpload
	}
	if why := door.ReadForm(c, s.origin, most, r.upload); why != nil {
		s.refuse(c, v, *why)
		return false
	}
	return true
}

// stale answers a form whose token is not this session's. Mostly the session
// has ended while she was typing: she is told so, and what she typed is kept by
// her browser's way back.
func (s *server) stale(c *gin.Context, v *visit, r route) {
	if v.session == nil && !r.open {
		s.refuse(c, v, refusalEnded)
		return
	}
	s.refuse(c, v, door.Forbidden)
}

// findSession fills in who is signed in, if anybody is. idle looks without
// making the session live longer.
func (s *server) findSession(c *gin.Context, v *visit, idle bool) error {
	if token := s.cookies.Read(c, cookieSession); token != "" {
		find := s.Accounts.Session
		if idle {
			find = s.Accounts.Peek
		}
		session, err := find(c.Request.Context(), token)
		switch {
		case err == nil:
			v.token, v.session, v.csrf = token, &session, session.CSRF
			guard.Vouch(c.Request.Context(), token, session.Account.ID)
			return nil
		case !errors.Is(err, applicant.ErrNoSession):
			return err
		}
	}
	v.csrf = s.cookies.GuestToken(c)
	return nil
}

// toSignIn sends somebody who is not signed in to the door; a script is told so
// instead.
func (s *server) toSignIn(c *gin.Context, v *visit, r route) {
	switch {
	case r.idle:
		c.Status(http.StatusUnauthorized)
	case r.method == http.MethodPost:
		s.refuse(c, v, refusalEnded)
	default:
		c.Redirect(http.StatusSeeOther, "/ks/sign-in?next="+url.QueryEscape(c.Request.URL.RequestURI()))
	}
}

// local gives a path of this entrance as it was asked for, "" for anything else:
// nobody is sent elsewhere by a link to us.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" || len(to) > 512 ||
		strings.ContainsAny(to, "\\\r\n\t") || u.Path != "/ks" && !strings.HasPrefix(u.Path, "/ks/") {
		return ""
	}
	return u.RequestURI()
}
