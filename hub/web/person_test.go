package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// browser is one person's browser: it keeps cookies and follows nothing.
type browser struct {
	w *world
	c *http.Client
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c := w.server.Client()
	return &browser{w: w, c: &http.Client{Transport: c.Transport, Jar: jar, Timeout: 2 * time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs somebody in; browsers are kept for the world.
func (w *world) as(name string) *browser {
	w.t.Helper()
	if b, ok := w.clients.Load(name); ok {
		return b.(*browser)
	}
	w.hire(name)
	b := w.browser()
	res, body := b.post("/gl/sign-in", w.signs(name), "/gl/sign-in")
	if res.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("sign-in of %s: %d %s", name, res.StatusCode, textOf(body))
	}
	w.clients.Store(name, b)
	return b
}

func (b *browser) do(r *http.Request) (*http.Response, string) {
	b.w.t.Helper()
	res, err := b.c.Do(r)
	if err != nil {
		b.w.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	return res, string(body)
}

func (b *browser) request(method, path string, form url.Values) *http.Request {
	b.w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.w.t.Context(), method, b.w.server.URL+path, body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", b.w.server.URL)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

func (b *browser) get(path string) (*http.Response, string) {
	b.w.t.Helper()
	return b.do(b.request(http.MethodGet, path, nil))
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// post sends a form with the token that the page at from holds.
func (b *browser) post(path string, form url.Values, from string) (*http.Response, string) {
	b.w.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	_, page := b.get(from)
	if m := tokenField.FindStringSubmatch(page); m != nil {
		form.Set("token", m[1])
	}
	return b.do(b.request(http.MethodPost, path, form))
}

var tags = regexp.MustCompile(`(?s)<head>.*?</head>|<[^>]*>`)

func textOf(html string) string {
	return strings.Join(strings.Fields(tags.ReplaceAllString(html, " ")), " ")
}
