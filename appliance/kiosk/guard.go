package kiosk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// policy is the content policy of every page: own files only, no inline
// script or style, no frame, nothing from elsewhere. data: is for the decoded
// portrait, which has no address of its own and so is in no cache and no URL.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// headers go on every response. There is no HSTS: this is loopback http.
func headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // with no-referrer a form that the browser posts tells no origin to check
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()")
	h.Set("Cache-Control", "no-store")
}

// guard puts the headers on, and lets through only requests that name this
// host, and posts that come from its own pages.
func (k *Kiosk) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		headers(w.Header())
		switch {
		case !hostAllowed(k.o.Listen, r.Host):
			http.Error(w, "misdirected request", http.StatusMisdirectedRequest)
		case len(r.TransferEncoding) > 0:
			// Our pages always name a length; chunks are what requests are
			// smuggled with.
			w.Header().Set("Connection", "close")
			http.Error(w, "a length is required", http.StatusLengthRequired)
		case r.Method == http.MethodPost && !sameOrigin(r):
			http.Error(w, "not from this screen", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost:
			w.Header().Set("Allow", "GET, HEAD, POST")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Guard protects a handler that is served beside the screen, on the same
// address, as the screen itself is.
func (k *Kiosk) Guard(next http.Handler) http.Handler { return k.guard(next) }

// hostAllowed keeps a page of another name, rebound to this address, from
// speaking to us.
func hostAllowed(listen, host string) bool {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = host, ""
	}
	name = strings.Trim(name, "[]")
	wantName, wantPort, err := net.SplitHostPort(listen)
	if err != nil {
		wantName, wantPort = "", ""
	}
	if wantPort != "" && wantPort != "0" && port != wantPort {
		return false
	}
	if name == "localhost" || name == wantName && name != "" {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}

// sameOrigin: a browser says where a post comes from. One that says nothing at
// all (no script, an old engine) is left to the token.
func sameOrigin(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	origin := r.Header.Get("Origin")
	return origin == "" || origin == "http://"+r.Host || origin == "https://"+r.Host
}

// token binds a form to the visit and the turn it was drawn for. Nobody who
// has not been shown that page can make it.
func (k *Kiosk) token(number, turn uint64) string { return k.mac("form", number, turn) }

func (k *Kiosk) mac(what string, number, turn uint64) string {
	m := hmac.New(sha256.New, k.secret[:])
	_, _ = fmt.Fprintf(m, "%s %d.%d", what, number, turn) // a hash.Hash never fails
	return hex.EncodeToString(m.Sum(nil)[:16])
}

func (k *Kiosk) tokenGood(token string, number, turn uint64) bool {
	return hmac.Equal([]byte(token), []byte(k.token(number, turn)))
}
