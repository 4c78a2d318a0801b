package desk

import (
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"net"
	"net/http"
	"slices"
	"strings"
)

//go:embed static
var staticFiles embed.FS

//go:embed pages
var pageFiles embed.FS

// policy is the content policy of every page: own files only, nothing inline,
// no frame, nothing from elsewhere.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// guard puts the headers on, and lets through only requests for this desk, and
// posts that come from its own pages.
func (d *Desk) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // with no-referrer a form tells no origin to check
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()")
		h.Set("Cache-Control", "no-store")
		if !d.o.Loopback {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		switch {
		case !d.hostAllowed(r.Host):
			http.Error(w, "misdirected request", http.StatusMisdirectedRequest)
		case len(r.TransferEncoding) > 0:
			h.Set("Connection", "close")
			http.Error(w, "a length is required", http.StatusLengthRequired)
		case r.Method == http.MethodPost && !sameOrigin(r):
			http.Error(w, "not from this desk", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost:
			h.Set("Allow", "GET, HEAD, POST")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// hostAllowed keeps a page of another name, rebound to this address, from
// speaking to us.
func (d *Desk) hostAllowed(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	name = strings.Trim(name, "[]")
	if slices.Contains(d.o.Hosts, name) {
		return true
	}
	ip := net.ParseIP(name)
	return d.o.Loopback && (name == "localhost" || ip != nil && ip.IsLoopback())
}

// sameOrigin: a browser says where a post comes from. One that says nothing at
// all is left to the token.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	return origin == "" || origin == "http://"+r.Host || origin == "https://"+r.Host
}

// formCookie binds the sign-in form to the browser it was drawn for, before
// there is a session.
func (d *Desk) formCookie() string { return d.cookieName() + "-form" }

func (d *Desk) formToken(w http.ResponseWriter, r *http.Request) string {
	if c, err := r.Cookie(d.formCookie()); err == nil && len(c.Value) == 26 {
		return c.Value
	}
	token := rand.Text()
	d.setCookie(w, d.formCookie(), token, 0)
	return token
}

func (d *Desk) formGood(r *http.Request) bool {
	c, err := r.Cookie(d.formCookie())
	return err == nil && len(c.Value) == 26 && subtle.ConstantTimeCompare([]byte(c.Value), []byte(r.PostFormValue("form"))) == 1
}

// authority gives the hub's certificate, so that a tablet can be told to trust
// it; its fingerprint is on the printed sheet.
func (d *Desk) authority(w http.ResponseWriter, r *http.Request) {
	if len(d.o.CA) == 0 {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/x-x509-ca-cert")
	w.Header().Set("Content-Disposition", `attachment; filename="zhunkao-ca.crt"`)
	_, _ = w.Write(d.o.CA) // the browser went away
}
