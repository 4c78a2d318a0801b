// Package oddrequest sends a server what no honest browser sends (fault list, bad input,
// HTTP), over a bare connection, for the tests of box and hub. Nothing in it is shipped.
//
// How it fails: it fails the test.
package oddrequest

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// smuggled follows each odd request on the same connection: who answers it too
// has read the first one otherwise than its sender may have meant.
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

// oddRequests are what no honest browser sends (fault list, bad input, HTTP);
// form and page are a path that takes a form and one that shows a page.
func oddRequests(form, page string) map[string]string {
	const media = "Content-Type: application/x-www-form-urlencoded\r\n"
	post := func(headers, body string) string {
		return "POST " + form + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + media + headers + "\r\n" + body
	}
	get := func(target, headers string) string {
		return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n"
	}
	odd := map[string]string{
		"two lengths":          post("Content-Length: 3\r\nContent-Length: 4\r\n", "a=b"),
		"two lengths in one":   post("Content-Length: 3, 4\r\n", "a=b"),
		"length with a sign":   post("Content-Length: +3\r\n", "a=b"),
		"length below zero":    post("Content-Length: -1\r\n", "a=b"),
		"length of 20 digits":  post("Content-Length: 99999999999999999999\r\n", "a=b"),
		"length and chunked":   post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
		"chunked and length":   post("Transfer-Encoding: chunked\r\nContent-Length: 100\r\n", "3\r\na=b\r\n0\r\n\r\n"),
		"chunked twice":        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
		"chunked, identity":    post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
		"xchunked":             post("Content-Length: 3\r\nTransfer-Encoding: xchunked\r\n", "a=b"),
		"space before colon":   post("Content-Length: 5\r\nTransfer-Encoding : chunked\r\n", "0\r\n\r\n"),
		"folded encoding":      post("Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
		"tab before encoding":  post("Content-Length: 5\r\nTransfer-Encoding:\x0bchunked\r\n", "0\r\n\r\n"),
		"chunk too long":       post("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\na=b\r\n0\r\n\r\n"),
		"chunk below zero":     post("Transfer-Encoding: chunked\r\n", "-1\r\na=b\r\n0\r\n\r\n"),
		"chunk without end":    post("Transfer-Encoding: chunked\r\n", "3\r\na=bX0\r\n\r\n"),
		"chunk of extensions":  post("Transfer-Encoding: chunked\r\n", "3;"+strings.Repeat("x=y;", 50_000)+"\r\na=b\r\n0\r\n\r\n"),
		"trailer":              post("Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n", "0\r\nContent-Length: 9\r\n\r\n"),
		"GET with chunks":      get(page, "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n",
		"100,000 headers":      get(page, strings.Repeat("X-A: b\r\n", 100_000)),
		"a header of 1 MB":     get(page, "X-A: "+strings.Repeat("b", 1<<20)+"\r\n"),
		"a name of 1 MB":       get(page, strings.Repeat("b", 1<<20)+": x\r\n"),
		"a path of 1 MB":       get(page+strings.Repeat("a", 1<<20), ""),
		"no colon":             get(page, "Nonsense\r\n"),
		"NUL in a header":      get(page, "X-A: a\x00b\r\n"),
		"absolute, elsewhere":  get("http://evil.example"+page, ""),
		"absolute, with user":  get("http://127.0.0.1@evil.example"+page, ""),
		"another host":         "GET " + page + " HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"host by proxy":        "GET " + page + " HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: 127.0.0.1\r\nForwarded: host=127.0.0.1\r\n\r\n",
		"two hosts":            get(page, "Host: evil.example\r\n"),
		"no host":              "GET " + page + " HTTP/1.1\r\n\r\n",
		"host with a path":     "GET " + page + " HTTP/1.1\r\nHost: 127.0.0.1/@evil.example\r\n\r\n",
		"CONNECT":              "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
		"OPTIONS *":            "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
		"TRACE":                "TRACE " + page + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
		"HTTP/0.9":             "GET " + page + "\r\n\r\n",
		"HTTP/2 in plain":      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"HTTP/9.9":             "GET " + page + " HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
		"TLS":                  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("\x00", 64),
		"override of a method": get(form, "X-HTTP-Method-Override: POST\r\nX-Method-Override: POST\r\nX-HTTP-Method: POST\r\n"),
		"10,000 fields":        post("Content-Length: 40000\r\n", strings.Repeat("a=b&", 10_000)),
		"20 MB of form":        post("Content-Length: 20000000\r\n", strings.Repeat("a=b&", 5_000_000)),
		"10,000 parts": "POST " + form + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 600003\r\n\r\n" +
			strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=../..\r\n", 10_000)[:600_003],
	}
	for _, path := range []string{"/..%2f..%2fetc/passwd", "/static/..%2f..%2f..%2fetc/passwd", "/gl/static/x/..%2f..%2f..%2fetc/passwd", "/static/%2e%2e/%2e%2e/etc/passwd",
		"/static/..%5c..%5cetc%5cpasswd", "/static/%00", "/gl/static/x/%00.css", page + "%00", "/%zz", "/static/%c0%ae%c0%ae/passwd", "//evil.example/..", "/\\evil.example"} {
		odd["path "+path] = get(path, "")
	}
	return odd
}

// rawly writes bytes to a fresh connection, ends its own side, and returns what
// came back; a server that closes in the middle is none to complain about.
func rawly(t *testing.T, address, text string) string {
	t.Helper()
	text = strings.ReplaceAll(text, "Host: 127.0.0.1\r\n", "Host: "+address+"\r\n")
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	go func() {
		_, _ = io.WriteString(c, text) // it may be refused half-way
		_ = c.(*net.TCPConn).CloseWrite()
	}()
	answer, _ := io.ReadAll(c)
	return string(answer)
}

var statusLine = regexp.MustCompile(`(?m)^HTTP/1\.[01] (\d{3}) `)

// Refused sends every odd request and looks at what the server at address makes of it: one
// answer at most, no success, nothing of the machine in it. form and page are a path that
// takes a form and one that shows a page.
func Refused(t *testing.T, address, form, page string) {
	t.Helper()
	for name, text := range oddRequests(form, page) {
		got := rawly(t, address, text+smuggled)
		lines := statusLine.FindAllStringSubmatch(got, -1)
		if strings.Contains(got, "root:") || strings.Contains(got, "goroutine ") {
			t.Errorf("%s: the answer tells of the machine", name)
		}
		if len(lines) == 0 {
			continue // closed without a word
		}
		// Only a request whose end is beyond doubt may be followed by another.
		switch status := lines[0][1]; {
		case strings.HasPrefix(name, "path ") && status[0] == '3':
			to := regexp.MustCompile(`(?m)^Location: (.*)\r$`).FindStringSubmatch(got)
			if to == nil || !strings.HasPrefix(to[1], "/") || strings.HasPrefix(to[1], "//") || strings.HasPrefix(to[1], "/\\") {
				t.Errorf("%s: sent on to %q", name, to)
			}
		case status[0] != '4' && status != "501" && status != "505":
			t.Errorf("%s: answered %s", name, status)
		}
		if strings.Contains(strings.SplitN(text, "\r\n\r\n", 2)[0], "Transfer-Encoding") && len(lines) > 1 {
			t.Errorf("%s: what came behind it was answered too", name)
		}
		if ok := rawly(t, address, "GET "+page+" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(ok, "HTTP/1.1 200 ") {
			t.Fatalf("%s: the next honest request was answered %.60q", name, ok)
		}
	}
}

// Bounded holds a server to limits on what a slow or large client may hold.
func Bounded(t *testing.T, name string, s *http.Server) {
	t.Helper()
	for what, d := range map[string]time.Duration{"header": s.ReadHeaderTimeout, "request": s.ReadTimeout, "idle connection": s.IdleTimeout} {
		if d <= 0 || d > 2*time.Minute {
			t.Errorf("%s: a slow %s may last %v", name, what, d)
		}
	}
	if s.ReadHeaderTimeout > 10*time.Second || s.MaxHeaderBytes <= 0 || s.MaxHeaderBytes > 64<<10 {
		t.Errorf("%s: header %v, %d bytes", name, s.ReadHeaderTimeout, s.MaxHeaderBytes)
	}
}
