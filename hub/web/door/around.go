package door

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// Options is what the door needs to know. Refuse and Log must be given.
type Options struct {
	// TLS says that the handler is served over TLS. Without it the address must
	// be a loopback one: there is no HSTS, and every Host but a loopback name is
	// refused.
	TLS bool

	// Hosts are the host names, without port, under which the hub is reached;
	// any other is answered 421. Empty means: loopback names when TLS is off,
	// and every name when it is on, because the certificate has judged.
	Hosts []string

	// Refuse draws a refusal for whoever asked; ref is "" or the number of the
	// line in the log.
	Refuse func(w http.ResponseWriter, r *http.Request, why Refusal, ref string)

	// Streams tells whether a path answers without end: HEAD is refused there.
	Streams func(path string) bool

	// Observe is told of every answer: the pattern of its route, "" for none,
	// its status and how long it took; nil is nobody.
	Observe func(method, route string, status int, took time.Duration)

	Log *slog.Logger
}

// methods are what this surface understands; anything else, TRACE among it, is
// 405 whatever the path.
var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost}

// Around is what stands around every answer, the engine's own included: the
// headers, the host, the methods, and a panic's end.
func (o Options) Around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.headers(w.Header())
		track, began := &tracked{ResponseWriter: w}, time.Now()
		defer func() { o.observe(r, track, began) }()
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler {
				panic(p)
			}
			o.panicked(track, r, p)
		}()
		switch {
		case !slices.Contains(methods, r.Method):
			w.Header().Set("Allow", strings.Join(methods, ", "))
			o.Refuse(track, r, Method, "")
			return
		case len(r.TransferEncoding) > 0:
			// Pages and their scripts always name a length. A request of chunks
			// may carry a length beside them, gone before it is seen here, by
			// which a proxy in front would have cut it elsewhere.
			w.Header().Set("Connection", "close")
			o.Refuse(track, r, Length, "")
			return
		case !o.host(r.Host):
			o.Refuse(track, r, Host, "")
			return
		case r.Method == http.MethodHead:
			// net/http drops the body; the routes are those of GET.
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
			if o.Streams != nil && o.Streams(r.URL.Path) {
				o.Refuse(track, r, Method, "")
				return
			}
		}
		next.ServeHTTP(track, r)
	})
}

// ContentPolicy is what a page may load: what is ours, and pictures that stand
// in the page itself where it bears one.
func ContentPolicy(pictured bool) string {
	images := "'self'"
	if pictured {
		images += " data:"
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src " + images + "; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// PostingPolicy is that of a page whose form goes to another site's page, to it and
// nowhere else: browsers hold the redirects that follow to form-action too, and who
// takes payments sends on to a page of his own beside it.
func PostingPolicy(page string) string {
	u, err := url.Parse(page)
	if err != nil || u.Host == "" {
		return ContentPolicy(false)
	}
	to := u.Scheme + "://" + u.Host
	if _, beside, ok := strings.Cut(u.Hostname(), "."); ok && strings.Contains(beside, ".") && net.ParseIP(u.Hostname()) == nil {
		to += " " + u.Scheme + "://*." + beside
	}
	return strings.Replace(ContentPolicy(false), "form-action 'self'", "form-action "+to, 1)
}

// headers are on every response (S8).
func (o Options) headers(h http.Header) {
	h.Set("Content-Security-Policy", ContentPolicy(false))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Cache-Control", "no-store")
	if o.TLS {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// host judges the Host header, so that a foreign name that resolves to this
// machine gets nothing.
func (o Options) host(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if len(o.Hosts) > 0 {
		return slices.ContainsFunc(o.Hosts, func(h string) bool { return strings.EqualFold(h, name) })
	}
	if o.TLS {
		return name != ""
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// panicked ends one request that panicked. The value may hold anything, so only
// the program's own errors are quoted.
func (o Options) panicked(w *tracked, r *http.Request, p any) {
	ref, what := Reference(), fmt.Sprintf("%T", p)
	if e, ok := p.(interface {
		error
		RuntimeError()
	}); ok {
		what = e.Error()
	}
	o.Log.Error("web: handler panicked", "reference", ref, "method", r.Method, "panic", what, "stack", string(debug.Stack()))
	if !w.begun {
		o.Refuse(w, r, Fault, ref)
	}
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

// observe tells of one answer. What no route is gets "", and a method that
// nobody uses here "other": who asks may not make up names for our counts.
func (o Options) observe(r *http.Request, t *tracked, began time.Time) {
	if o.Observe == nil {
		return
	}
	method := r.Method
	if !slices.Contains(methods, method) {
		method = "other"
	}
	if t.status == 0 {
		t.status = http.StatusOK // nothing was written, and that is an answer
	}
	o.Observe(method, t.route, t.status, time.Since(began))
}

// Routed notes which route answers, for the counts: a path may hold an id, its
// pattern never does.
func Routed(c *gin.Context, pattern string) {
	var w http.ResponseWriter = c.Writer
	for w != nil {
		if t, ok := w.(*tracked); ok {
			t.route = pattern
			return
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return
		}
		w = u.Unwrap()
	}
}
