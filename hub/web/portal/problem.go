package portal

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
)

// The portal's own refusals.
var (
	refusalEnded = door.Refusal{Status: http.StatusForbidden, Phrase: "problem.ended"} // the session ended while she was typing
	refusalDemo  = door.Refusal{Status: http.StatusServiceUnavailable, Phrase: "problem.demo"}
)

// refuse shows a refusal. v is nil before anybody has been looked for.
func (s *server) refuse(c *gin.Context, v *visit, why door.Refusal) {
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
	ref := door.Reference()
	s.Log.Error("portal: request failed", "reference", ref, "route", c.FullPath(), "method", c.Request.Method, "error", err.Error())
	s.problem(c, v, door.Fault, ref)
}

func (s *server) problem(c *gin.Context, v *visit, why door.Refusal, ref string) {
	c.Abort()
	if v == nil {
		v = &visit{}
		v.lang, v.look = parseLook(s.cookies.Read(c, cookieLook))
	}
	c.Header("Cache-Control", "no-store")
	f := s.bare(v)
	f.SignedIn = v.session != nil
	page, err := s.pages.Render("problem", f, problemOf(why, ref))
	if err != nil {
		s.Log.Error("portal: problem page", "error", err.Error())
		c.Data(why.Status, "text/plain; charset=utf-8", []byte(http.StatusText(why.Status)+" "+ref+"\n"))
		return
	}
	c.Data(why.Status, "text/html; charset=utf-8", page)
}

func problemOf(why door.Refusal, ref string) pages.Problem {
	return pages.Problem{Status: why.Status, Title: why.Phrase, Text: why.Phrase + ".text", Reference: ref}
}

// plainly answers without the engine: what the door refuses, and what panicked.
func (s *server) plainly(w http.ResponseWriter, why door.Refusal, ref string) {
	page, err := s.pages.Render("problem", s.bare(&visit{}), problemOf(why, ref))
	if err != nil {
		http.Error(w, http.StatusText(why.Status), why.Status)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(why.Status)
	_, _ = w.Write(page) // the connection is all that can fail
}
