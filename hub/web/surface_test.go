package web_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"zhunkao/hub/exchange/sheet"
	"zhunkao/hub/web"
)

// idNumber finds a whole ID number that stands for itself: of a hash's 64 digits
// 18 in a row are decimal now and then.
var idNumber = regexp.MustCompile(`(?:^|[^0-9A-Za-z])\d{17}[\dXx](?:$|[^0-9A-Za-z])`)

// crawl follows every link of ours from a page, once each, and calls see; what
// begins with one of not is left out.
func (b *browser) crawl(start string, see func(path string, res *http.Response, body string), not ...string) int {
	b.w.t.Helper()
	link := regexp.MustCompile(`(?:href|src)="(/[^"#]*)"`)
	seen, queue := map[string]bool{start: true}, []string{start}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		res, body := b.get(path)
		see(path, res, body)
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			p := strings.ReplaceAll(m[1], "&amp;", "&")
			scene := strings.HasPrefix(path, "/gl/gallery/") // links to what does not exist
			left := slices.ContainsFunc(not, func(start string) bool { return strings.HasPrefix(p, start) })
			if !seen[p] && !scene && !left && len(seen) < 300 {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
	return len(seen)
}

// TestCrawl walks all that can be reached and holds every answer to S8 and S35:
// all headers, and no whole ID number anywhere.
func TestCrawl(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("walks every page; computes only")
	}
	w := newWorld(t, demo)
	for n := range 6 {
		w.confirm(n)
	}
	w.confirmWith(6, visit{photo: drawn(t, 358, 441), portrait: taken()})
	w.setAside(pointHere, "signature")
	w.setAside(pointHere, "a reason of a later version")
	w.sealedUp()
	check := func(path string, res *http.Response, body string) {
		if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		headers(t, path, res, false)
		if idNumber.MatchString(body) && !strings.HasSuffix(path, "/revealed") {
			t.Errorf("%s shows an ID number", path)
		}
		if data := strings.Contains(res.Header.Get("Content-Security-Policy"), "data:"); data != strings.Contains(body, `src="data:image/jpeg;`) {
			t.Errorf("%s: pictures in the page are allowed: %v", path, data)
		}
		if strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s: a value the template refused", path)
		}
		for _, p := range w.people {
			if strings.Contains(path, url.QueryEscape(string(p.Application.Name()))) {
				t.Errorf("a name stands in the path %s", path)
			}
		}
	}
	if n := w.as("pa").crawl("/gl", check); n < 60 {
		t.Errorf("the crawl reached only %d pages", n)
	}
	w.browser().crawl("/gl/sign-in", check, "/gl/gallery/", "/gl/static/") // which have been seen
	for _, p := range w.people {
		if strings.Contains(w.log.String(), string(p.Application.Number())) || strings.Contains(w.log.String(), string(p.Application.Name())) {
			t.Error("the log names a person")
		}
	}
}

func headers(t *testing.T, path string, res *http.Response, tls bool) {
	t.Helper()
	want := map[string]string{
		"Content-Security-Policy":    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin",
	}
	if tls {
		want["Strict-Transport-Security"] = "max-age=31536000"
	} else if res.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("%s: HSTS on loopback http", path)
	}
	pictured := strings.Replace(want["Content-Security-Policy"], "img-src 'self'", "img-src 'self' data:", 1)
	for _, prefix := range []string{"/gl/confirmations/", "/gl/candidates/", "/gl/disputes/", "/gl/proofs/", "/gl/gallery/proof/", "/gl/gallery/record/", "/gl/gallery/candidate/", "/gl/gallery/dispute/", "/gl/gallery/evidence/", "/gl/gallery/review/"} {
		if strings.HasPrefix(path, prefix) && res.Header.Get("Content-Security-Policy") == pictured {
			want["Content-Security-Policy"] = pictured // see TestPhotoStaysInThePage
		}
	}
	for k, v := range want {
		if got := res.Header.Get(k); got != v {
			t.Errorf("%s: %s is %q, want %q", path, k, got, v)
		}
	}
	if got := res.Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("%s: CORS is open: %s", path, got)
	}
	if ct := res.Header.Get("Content-Type"); res.StatusCode != http.StatusSeeOther && res.StatusCode != http.StatusUnauthorized && !strings.Contains(ct, "charset=utf-8") && ct != sheet.MediaType(sheet.KindXLSX) &&
		!strings.HasPrefix(ct, "image/") && ct != "application/pdf" {
		t.Errorf("%s: content type %q", path, ct)
	}
	if cc := res.Header.Get("Cache-Control"); !strings.HasPrefix(path, "/gl/static/") && path != "/api/v1/openapi.yaml" && cc != "no-store" {
		t.Errorf("%s: Cache-Control %q", path, cc)
	}
}

// TestMethods: the table of routes times the methods; what is not in it is 405,
// TRACE and what nobody knows included (S9). Headers stand on refusals too.
func TestMethods(t *testing.T) {
	w := newWorld(t, demo)
	b := w.browser()
	has := map[string][]string{}
	for _, r := range web.Table() {
		has[r.Path] = append(has[r.Path], r.Method)
	}
	for path, methods := range has {
		real := strings.NewReplacer(":id", strings.Repeat("0", 32), ":print", "0", ":name", "x", ":page", "boxes", ":state", "mixed").Replace(path)
		for _, m := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW", "PROPFIND"} {
			if slices.Contains(methods, m) || covered(m, path) {
				continue
			}
			var form url.Values
			if m == "POST" {
				form = url.Values{}
			}
			res, _ := b.do(b.request(m, real, form))
			if res.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", m, path, res.StatusCode)
			}
			headers(t, m+" "+path, res, false)
		}
	}
	for _, m := range []string{"TRACE", "OPTIONS", "BREW"} {
		if res, _ := b.do(b.request(m, "/no/such/page", nil)); res.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s of nothing: %d", m, res.StatusCode)
		}
	}
	res, body := b.do(b.request(http.MethodHead, "/gl/sign-in", nil))
	if res.StatusCode != http.StatusOK || body != "" {
		t.Errorf("HEAD: %d with %d bytes", res.StatusCode, len(body))
	}
}

// covered reports whether a route with :id takes this method at this path too:
// then "hire" is an id that nothing has, and the answer is that route's.
func covered(method, path string) bool {
	parts := strings.Split(path, "/")
	return slices.ContainsFunc(web.Table(), func(r web.RouteInfo) bool {
		own := strings.Split(r.Path, "/")
		if r.Method != method || len(own) != len(parts) {
			return false
		}
		for i := range own {
			if own[i] != parts[i] && !strings.HasPrefix(own[i], ":") {
				return false
			}
		}
		return true
	})
}

// TestOddPaths: what is no page is a plain 404 and leads nowhere else.
func TestOddPaths(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/nothing", "/gl/", "/gl//boxes", "/gl/static/x/..%2f..%2fframe.tsv", "/gl/static/x/%00", "/gl/../etc/passwd",
		"/gl/gallery", "/gl/gallery/boxes/mixed", "/gl/confirmations/%2e%2e%2fboxes", "/gl/confirmations/' OR 1=1", "/gl/confirmations/" + strings.Repeat("a", 5000)} {
		r := w.as("po").request(http.MethodGet, "/", nil)
		r.URL.Opaque = strings.ReplaceAll(path, " ", "%20")
		res, body := w.as("po").do(r)
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("%.60s: %d", path, res.StatusCode)
		}
		headers(t, path, res, false)
		if strings.Contains(body, "goroutine") || strings.Contains(body, "SELECT") {
			t.Errorf("%.60s: the page tells too much", path)
		}
	}
	// The demo's doors do not exist where the demo made nothing.
	if res, _ := w.browser().post("/demo/clock", url.Values{"move": {"lunch"}}, "/gl/sign-in"); res.StatusCode != http.StatusNotFound {
		t.Errorf("/demo/clock: %d", res.StatusCode)
	}
	if _, page := w.browser().get("/gl/sign-in"); strings.Contains(page, "演示") {
		t.Error("a hub that is no demo says 演示")
	}
}

// TestBadQueries: what nobody would type is refused or ignored, never a fault.
func TestBadQueries(t *testing.T) {
	w := newWorld(t)
	w.confirm(0)
	for _, q := range []string{"?page=-1", "?page=1e9", "?page=99999999999999999999", "?before=x", "?before=1.%27--", "?before=-5.aa", "?day=2019-13-45", "?day=0001-01-01",
		"?state=%00", "?state=in-force%27", "?point=" + strings.Repeat("4", 400), "?point=%25_%25", "?upto=-1", "?before=18446744073709551616", "?act=drop%20table", "?%zz"} {
		for _, path := range []string{"/gl", "/gl/confirmations", "/gl/disputes", "/gl/held", "/gl/boxes", "/gl/points", "/gl/journal"} {
			if res, _ := w.as("po").get(path + q); res.StatusCode != http.StatusOK && res.StatusCode != http.StatusBadRequest {
				t.Errorf("%s%s: %d", path, q, res.StatusCode)
			}
		}
	}
	// PostgreSQL faults on these: they must not get so far.
	for _, point := range []string{"%00", "%ff%fe"} {
		if res, _ := w.as("po").get("/gl/confirmations?point=" + point); res.StatusCode != http.StatusBadRequest {
			t.Errorf("point=%s: %d", point, res.StatusCode)
		}
	}
	if s := w.log.String(); strings.Contains(s, `"level":"ERROR"`) {
		t.Errorf("a query made a fault: %s", s)
	}
}

// TestForgedPosts: a POST needs the page's token and must come from a page of
// ours; nothing is done otherwise (S9).
func TestForgedPosts(t *testing.T) {
	w := newWorld(t)
	box := w.boxes[pointHere].ID
	b := w.as("po")
	path := "/gl/boxes/" + box + "/freeze"
	_, page := b.get("/gl/boxes/" + box)
	token := tokenField.FindStringSubmatch(page)[1]
	_, other := w.as("co").get("/gl/boxes/" + box)
	stranger := tokenField.FindStringSubmatch(other)[1]
	good := func() *http.Request {
		return b.request(http.MethodPost, path, url.Values{"reason": {"试一试"}, "token": {token}})
	}
	for name, c := range map[string]struct {
		change func(*http.Request)
		form   url.Values
		status int
	}{
		"no token":          {form: url.Values{"reason": {"试一试"}}, status: 403},
		"empty token":       {form: url.Values{"reason": {"试一试"}, "token": {""}}, status: 403},
		"another's token":   {form: url.Values{"reason": {"试一试"}, "token": {stranger}}, status: 403},
		"token in query":    {form: url.Values{"reason": {"试一试"}}, change: func(r *http.Request) { r.URL.RawQuery = "token=" + token }, status: 403},
		"another site":      {change: func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, status: 403},
		"same site":         {change: func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, status: 403},
		"another origin":    {change: func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "http://127.0.0.1:1") }, status: 403},
		"origin null":       {change: func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "null") }, status: 403},
		"JSON":              {change: func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, status: 400},
		"multipart":         {change: func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=x") }, status: 400},
		"too large":         {form: url.Values{"token": {token}, "reason": {strings.Repeat("啊", 40_000)}}, status: 413},
		"reason of control": {form: url.Values{"token": {token}, "reason": {"好\n{\"level\":\"ERROR\"}"}}, status: 422},
		"no reason":         {form: url.Values{"token": {token}, "reason": {"  "}}, status: 422},
		"a method override": {form: url.Values{"token": {token}, "reason": {" "}, "_method": {"DELETE"}}, change: func(r *http.Request) { r.Header.Set("X-HTTP-Method-Override", "DELETE") }, status: 422},
	} {
		r := good()
		if c.form != nil {
			r = b.request(http.MethodPost, path, c.form)
		}
		if c.change != nil {
			c.change(r)
		}
		res, _ := b.do(r)
		if res.StatusCode != c.status {
			t.Errorf("%s: got %d, want %d", name, res.StatusCode, c.status)
		}
		if x, _ := w.fleet.Box(box); x.State != "active" {
			t.Fatalf("%s: the box was frozen", name)
		}
	}
	if res, _ := b.do(good()); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the honest form: %d", res.StatusCode)
	}
	if x, _ := w.fleet.Box(box); x.State != "frozen" {
		t.Error("the honest form did nothing")
	}
}

// TestHosts: on loopback only loopback names are served, so that a foreign name
// that resolves here gets nothing; what a proxy claims changes nothing.
func TestHosts(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	for host, want := range map[string]int{"127.0.0.1": 200, "localhost:8601": 200, "[::1]:8601": 200, "evil.example": 421, "127.0.0.1.evil.example": 421, "": 200} {
		r := b.request(http.MethodGet, "/gl/sign-in", nil)
		r.Host = host
		r.Header.Set("X-Forwarded-Host", "localhost")
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		if res, _ := b.do(r); res.StatusCode != want {
			t.Errorf("host %q: got %d, want %d", host, res.StatusCode, want)
		}
	}
}

// TestPanicEndsOneRequest: a panic is a page with a number; its value, which
// may hold anything, stands neither on the page nor in the log (S33).
func TestPanicEndsOneRequest(t *testing.T) {
	w := newWorld(t)
	for _, p := range []any{"430102199001011234", errors.New("张三丰"), 7} {
		h, err := web.Panicking(w.options, p)
		if err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodGet, "/gl", nil)
		req.Host = "127.0.0.1"
		h.ServeHTTP(rec, req)
		if rec.Code != http.StatusInternalServerError {
			t.Errorf("%T: %d", p, rec.Code)
		}
		ref := regexp.MustCompile(`[A-Z2-7]{4}-[A-Z2-7]{4}`).FindString(rec.Body.String())
		if ref == "" || !strings.Contains(w.log.String(), ref) {
			t.Errorf("%T: no reference that page and log share", p)
		}
		for _, leak := range []string{"430102199001011234", "张三丰", "goroutine", ".go:"} {
			if strings.Contains(rec.Body.String(), leak) {
				t.Errorf("%T: the page says %q", p, leak)
			}
		}
		if strings.Contains(w.log.String(), "430102199001011234") || strings.Contains(w.log.String(), "张三丰") {
			t.Errorf("%T: the log quotes the value", p)
		}
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]bool{"电话核对本人": true, "a": true, "": false, "a\nb": false, "a\x1b[31m": false, "a\u202eb": false, "a\u2028b": false,
		"\xff": false, strings.Repeat("长", 200): true, strings.Repeat("长", 201): false} {
		if got := web.OneLine(text, 200); got != want {
			t.Errorf("%.20q: got %v", text, got)
		}
	}
}

func TestLocal(t *testing.T) {
	for path, want := range map[string]bool{"/gl": true, "/gl/boxes/b2k7qaxm4ue?done=freeze": true, "/gl?x=1": true, "": false, "//evil.example/gl": false, "/gl\\@evil": false,
		"https://evil.example/gl": false, "/glx": false, "/other": false, "/gl/\r\nSet-Cookie: a=b": false, "javascript:alert(1)": false, "/gl/" + strings.Repeat("a", 600): false} {
		if got := web.Local(path) != ""; got != want {
			t.Errorf("%.40q: got %v", path, got)
		}
	}
}

func FuzzLocal(f *testing.F) {
	for _, s := range []string{"/gl", "//x", "/gl/../..//evil", "/gl?next=//evil", "\\\\x", "/gl/%2f%2fevil"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		got := web.Local(path)
		if got == "" {
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(got, "/gl") {
			t.Errorf("%q leads away: %v", path, err)
		}
	})
}
