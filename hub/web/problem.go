package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/web/console"
	"zhunkao/hub/web/door"
)

// refusal is an answer that tells a person what to do instead.
type refusal = door.Refusal

// The refusals: those of every entrance, and the console's own.
var (
	refusalNotFound  = door.NotFound
	refusalForbidden = door.Forbidden
	refusalMethod    = door.Method
	refusalBad       = door.Bad

	refusalRole = refusal{Status: http.StatusForbidden, Phrase: "problem.role"}
	refusalBusy = refusal{Status: http.StatusServiceUnavailable, Phrase: "problem.busy"}
	refusalDemo = refusal{Status: http.StatusServiceUnavailable, Phrase: "problem.demo"}
)

// refuse shows a refusal. v is nil before anybody has been looked for.
func (s *server) refuse(c *gin.Context, v *visit, r refusal) {
	if v == nil {
		v = &visit{lang: console.ParseLang(s.cookies.Read(c, cookieLang))}
	}
	s.problem(c, v, r, "")
}

// deny is refuse with an entry in the journal: somebody signed in tried what is
// not hers (S31).
func (s *server) deny(c *gin.Context, v *visit, r route, why refusal) {
	if !v.settle(c.Request.Context(), s.DB) {
		return
	}
	if home := s.home(v.session.Account.Role); r.method == http.MethodGet && r.path == "/gl" && home != r.path {
		c.Redirect(http.StatusSeeOther, home) // the front door of a post without a dashboard is its first page
		return
	}
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		return s.Flow.Deny(ctx, tx, r.method+" "+r.path, v.session.Account.Division, v.by())
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.problem(c, v, why, "")
}

// fault shows the one page for everything that is not the person's doing, and
// logs what it was under the same number.
func (s *server) fault(c *gin.Context, v *visit, err error) {
	if v != nil && v.guess != nil {
		v.wrong = true // whatever it was, it is done again by her session as it stands
		return
	}
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.Abort() // nobody is there to read an answer
		return
	}
	ref := reference()
	s.Log.Error("web: request failed", "reference", ref, "route", c.FullPath(), "method", c.Request.Method, "error", err.Error())
	if v == nil {
		v = &visit{lang: console.ParseLang(s.cookies.Read(c, cookieLang))}
	}
	s.problem(c, v, door.Fault, ref)
}

func (s *server) problem(c *gin.Context, v *visit, r refusal, ref string) {
	c.Abort()
	f := s.bare(v.lang)
	f.Token = v.csrf
	if f.Demo != nil {
		f.Demo.Clock = s.MoveClock != nil && v.csrf != ""
	}
	page, err := s.pages.Render("problem", f, console.Problem{Status: r.Status, Title: r.Phrase, Text: r.Phrase + ".text", Reference: ref})
	if err != nil {
		s.Log.Error("web: problem page", "error", err.Error())
		c.Data(r.Status, "text/plain; charset=utf-8", []byte(http.StatusText(r.Status)+" "+ref+"\n"))
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Data(r.Status, "text/html; charset=utf-8", page)
}

// bare is the frame of a page that reads nothing: what failed may be the
// database.
func (s *server) bare(l console.Lang) console.Frame {
	f := console.Frame{Lang: l, Now: s.Flow.Now(), Self: "/gl", Home: "/gl"}
	if s.DB.Demo() {
		f.Demo = &console.Demo{}
	}
	return f
}

// around is what stands around every answer. What belongs to the applicants'
// entrance is refused in its own words.
func (s *server) around(next http.Handler) http.Handler {
	o := door.Options{TLS: s.TLS, Hosts: s.Hosts, Log: s.Log, Observe: s.Observe,
		Streams: func(path string) bool { return path == "/gl/live" },
		Refuse: func(w http.ResponseWriter, r *http.Request, why refusal, ref string) {
			if s.Applicants != nil && toApplicants(r.URL.Path) {
				s.Applicants.Refuse(w, r, why, ref)
				return
			}
			s.plainly(w, why, ref)
		}}
	return o.Around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case s.Applicants != nil && toApplicants(r.URL.Path):
			s.Applicants.ServeHTTP(w, r)
		case s.Notices != nil && strings.HasPrefix(r.URL.Path, "/pay/"):
			s.Notices.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	}))
}

// toApplicants tells whether a path belongs to the other entrance (demand A14): the
// address in a slip's code is of capitals.
func toApplicants(path string) bool {
	return path == "/ks" || strings.HasPrefix(path, "/ks/") || strings.HasPrefix(path, "/KS/")
}

// Entrance is another entrance of the hub behind the same door.
type Entrance interface {
	http.Handler
	Refuse(w http.ResponseWriter, r *http.Request, why door.Refusal, ref string)
}

// plainly answers without the engine: what the door refuses, and what panicked.
func (s *server) plainly(w http.ResponseWriter, r refusal, ref string) {
	page, err := s.pages.Render("problem", s.bare(console.Zh), console.Problem{Status: r.Status, Title: r.Phrase, Text: r.Phrase + ".text", Reference: ref})
	if err != nil {
		http.Error(w, http.StatusText(r.Status), r.Status)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(r.Status)
	_, _ = w.Write(page) // the connection is all that can fail
}

// reference is a number short enough to read out on the telephone.
func reference() string { return door.Reference() }
