package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// concrete gives a path that a pattern stands for.
func concrete(pattern string) string {
	for from, to := range map[string]string{":print": "x", ":name": "x", ":page": "x", ":state": "x", ":step": "1", ":order": "1", ":id": "x", ":slip": "x", ":channel": "wechat", ":code": "x", ":number": "1"} {
		pattern = strings.ReplaceAll(pattern, from, to)
	}
	return pattern
}

// open tells whether a route answers somebody who is not signed in.
func (w *world) open(method, pattern string) bool {
	for _, p := range w.portal.Open() {
		if p == method+" "+pattern {
			return true
		}
	}
	return false
}

// Every route wears the headers, lets nobody in who has not signed in unless it
// says so, and takes a form only from a page of ours (S7–S9).
func TestEveryRoute(t *testing.T) {
	w := newWorld(t, demo)
	for _, p := range w.portal.Paths() {
		method, pattern, _ := strings.Cut(p, " ")
		path := concrete(pattern)
		t.Run(p, func(t *testing.T) {
			b := w.browser()
			b.t = t
			var a answer
			if method == http.MethodGet {
				a = b.get(path)
				if !w.open(method, pattern) && (a.Status != http.StatusSeeOther || !strings.HasPrefix(a.To, "/ks/sign-in")) && a.Status != http.StatusUnauthorized {
					t.Errorf("somebody who is not signed in gets %d → %q", a.Status, a.To)
				}
			} else if p == "POST /ks/pay/back" { // UnionPay posts her browser there: nothing of it is read
				a = b.post(path, url.Values{"respCode": {"00"}, "orderId": {"20194300000000000000"}})
				if got := b.get(path); a.Status != got.Status || a.text() != got.text() {
					t.Errorf("what a channel posts makes another page (%d)", a.Status)
				}
			} else {
				b.get("/ks") // a guest's cookie
				a = b.post(path, url.Values{"token": {"made up"}})
				if a.Status != http.StatusForbidden && a.Status != http.StatusBadRequest {
					t.Errorf("a form with a made-up token gets %d", a.Status)
				}
				req, err := http.NewRequest(method, w.server.URL+path, strings.NewReader("token=x"))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set("Origin", "https://elsewhere.example")
				req.Header.Set("Sec-Fetch-Site", "cross-site")
				if got := b.do(req); got.Status != http.StatusForbidden {
					t.Errorf("a form from elsewhere gets %d", got.Status)
				}
			}
			if a.Status >= 500 {
				t.Errorf("%d: %s", a.Status, a.text())
			}
			for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store"} {
				if got := a.Head.Get(k); got != want {
					t.Errorf("%s is %q, want %q", k, got, want)
				}
			}
			if csp := a.Head.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
				t.Errorf("content policy %q", csp)
			}
			for _, c := range (&http.Response{Header: a.Head}).Cookies() {
				if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
					t.Errorf("cookie %s: %+v", c.Name, c)
				}
			}
		})
	}
	if log := w.log.String(); strings.Contains(log, "made up") || strings.Contains(log, "ERROR") {
		t.Errorf("the log says: %s", log)
	}
}

// What no route is, and methods nobody uses, are refused in the portal's words.
func TestNowhere(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	if a := b.get("/ks/nowhere"); a.Status != http.StatusNotFound || !a.says("没有这个页面") {
		t.Errorf("%d %s", a.Status, a.text())
	}
	for _, m := range []string{http.MethodTrace, http.MethodPut, http.MethodDelete, "BREW"} {
		req, err := http.NewRequest(m, w.server.URL+"/ks", nil)
		if err != nil {
			t.Fatal(err)
		}
		if a := b.do(req); a.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", m, a.Status)
		}
	}
	huge := url.Values{"show": {strings.Repeat("x", 100<<10)}}
	if a := b.post("/ks/display", huge); a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 100 KiB gets %d", a.Status)
	}
}

// Over TLS the cookies say so.
func TestCookiesOverTLS(t *testing.T) {
	w := newWorld(t, func(_ *testing.T, w *world) { w.options.TLS = true })
	a := w.browser().see("/ks")
	for _, c := range (&http.Response{Header: a.Head}).Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure {
			t.Errorf("cookie %s is not bound to its host", c.Name)
		}
	}
	if a.Head.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS")
	}
}
