package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/web/console"
)

// refusal is an answer that tells a person what to do instead.
type refusal struct {
	status int
	phrase string // key; key.text says more
}

var (
	refusalNotFound  = refusal{http.StatusNotFound, "problem.notfound"}
	refusalForbidden = refusal{http.StatusForbidden, "problem.forbidden"}
	refusalRole      = refusal{http.StatusForbidden, "problem.role"}
	refusalMethod    = refusal{http.StatusMethodNotAllowed, "problem.method"}
	refusalTooLarge  = refusal{http.StatusRequestEntityTooLarge, "problem.toolarge"}
	refusalBad       = refusal{http.StatusBadRequest, "problem.bad"}
	refusalLength    = refusal{http.StatusLengthRequired, "problem.bad"}
	refusalHost      = refusal{http.StatusMisdirectedRequest, "problem.host"}
	refusalBusy      = refusal{http.StatusServiceUnavailable, "problem.busy"}
	refusalDemo      = refusal{http.StatusServiceUnavailable, "problem.demo"}
)

// refuse shows a refusal. v is nil before anybody has been looked for.
func (s *server) refuse(c *gin.Context, v *visit, r refusal) {
	if v == nil {
		v = &visit{lang: console.ParseLang(s.cookies.read(c, cookieLang))}
	}
	s.problem(c, v, r, "")
}

// deny is refuse with an entry in the journal: somebody signed in tried what is
// not hers (S31).
func (s *server) deny(c *gin.Context, v *visit, r route, why refusal) {
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
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.Abort() // nobody is there to read an answer
		return
	}
	ref := reference()
	s.Log.Error("web: request failed", "reference", ref, "route", c.FullPath(), "method", c.Request.Method, "error", err.Error())
	if v == nil {
		v = &visit{lang: console.ParseLang(s.cookies.read(c, cookieLang))}
	}
	s.problem(c, v, refusal{http.StatusInternalServerError, "problem.fault"}, ref)
}

func (s *server) problem(c *gin.Context, v *visit, r refusal, ref string) {
	c.Abort()
	f := s.bare(v.lang)
	f.Token = v.csrf
	if f.Demo != nil {
		f.Demo.Clock = s.MoveClock != nil && v.csrf != ""
	}
	page, err := s.pages.Render("problem", f, console.Problem{Status: r.status, Title: r.phrase, Text: r.phrase + ".text", Reference: ref})
	if err != nil {
		s.Log.Error("web: problem page", "error", err.Error())
		c.Data(r.status, "text/plain; charset=utf-8", []byte(http.StatusText(r.status)+" "+ref+"\n"))
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Data(r.status, "text/html; charset=utf-8", page)
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

// reference is a number short enough to read out on the telephone.
func reference() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never returns an error (Go 1.24)
	t := base32.StdEncoding.EncodeToString(b[:])
	return t[:4] + "-" + t[4:]
}

// methods are what this surface understands; anything else, TRACE among it, is
// 405 whatever the path.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost}

// around is what stands around every answer, the engine's own included: the
// headers, the host, the methods, and a panic's end.
func (s *server) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.headers(w.Header())
		track, began := &tracked{ResponseWriter: w}, time.Now()
		defer func() { s.observe(r, track, began) }()
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.panicked(track, r, p)
		}()
		switch {
		case !slices.Contains(methods, r.Method):
			w.Header().Set("Allow", strings.Join(methods, ", "))
			s.plainly(track, refusalMethod, "")
			return
		case len(r.TransferEncoding) > 0:
			// Pages and their scripts always name a length. A request of chunks
			// may carry a length beside them, gone before it is seen here, by
			// which a proxy in front would have cut it elsewhere.
			w.Header().Set("Connection", "close")
			s.plainly(track, refusalLength, "")
			return
		case !s.host(r.Host):
			s.plainly(track, refusalHost, "")
			return
		case r.Method == http.MethodHead:
			// net/http drops the body; the routes are those of GET.
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
			if r.URL.Path == "/gl/live" {
				s.plainly(track, refusalMethod, "")
				return
			}
		}
		next.ServeHTTP(track, r)
	})
}

// contentPolicy is what a page may load: what is ours, and pictures that stand
// in the page itself where it bears one.
func contentPolicy(pictured bool) string {
	images := "'self'"
	if pictured {
		images += " data:"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src " + images + "; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// headers are on every response (S8).
func (s *server) headers(h http.Header) {
	h.Set("Content-Security-Policy", contentPolicy(false))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
	if s.TLS {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// host judges the Host header, so that a foreign name that resolves to this
// machine gets nothing.
func (s *server) host(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if len(s.Hosts) > 0 {
		return slices.ContainsFunc(s.Hosts, func(h string) bool { return strings.EqualFold(h, name) })
	}
	if s.TLS {
		return name != ""
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// panicked ends one request that panicked. The value may hold anything, so only
// the program's own errors are quoted.
func (s *server) panicked(w *tracked, r *http.Request, p any) {
	ref, what := reference(), fmt.Sprintf("%T", p)
	if e, ok := p.(interface {
		error
		RuntimeError()
	}); ok {
		what = e.Error()
	}
	s.Log.Error("web: handler panicked", "reference", ref, "method", r.Method, "panic", what, "stack", string(debug.Stack()))
	if !w.begun {
		s.plainly(w, refusal{http.StatusInternalServerError, "problem.fault"}, ref)
	}
}

// plainly answers without the engine.
func (s *server) plainly(w http.ResponseWriter, r refusal, ref string) {
	page, err := s.pages.Render("problem", s.bare(console.Zh), console.Problem{Status: r.status, Title: r.phrase, Text: r.phrase + ".text", Reference: ref})
	if err != nil {
		http.Error(w, http.StatusText(r.status), r.status)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(r.status)
	_, _ = w.Write(page) // the connection is all that can fail
}

// tracked remembers whether an answer has begun.
type tracked struct {
	http.ResponseWriter
	begun  bool
	status int    // of the answer, 0 before it has begun
	route  string // pattern of the route, "" for none
}

func (t *tracked) WriteHeader(status int) {
	t.begun = true
	if t.status == 0 {
		t.status = status
	}
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracked) Write(b []byte) (int, error) {
	t.begun = true
	if t.status == 0 {
		t.status = http.StatusOK
	}
	return t.ResponseWriter.Write(b)
}

// Flush and Unwrap let a live stream through.
func (t *tracked) Flush() {
	t.begun = true
	if f, ok := t.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Unwrap gives what http.ResponseController needs.
func (t *tracked) Unwrap() http.ResponseWriter { return t.ResponseWriter }
