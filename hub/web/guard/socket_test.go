package guard_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/web/guard"
)

// browser keeps cookies and follows nothing.
func browser(t *testing.T, of *httptest.Server) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: tr, Timeout: time.Minute}
}

func fetch(c *http.Client, address string) (int, string, error) {
	res, err := c.Get(address)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

// TestRushOverSockets: with every hand for the rest taken and five times as many
// at the door, somebody signed in is answered, the rest are told to wait, and
// when there is room again all of them come in.
func TestRushOverSockets(t *testing.T) {
	const most = 4
	slow := newHeld()
	g := newGuard(t, guard.Limits{Hands: 3 * most, Guests: most})
	s := httptest.NewServer(g.Around(slow))
	defer s.Close()
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	her := browser(t, s)
	her.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: "hers"}})
	go func() { slow.out <- struct{}{} }()
	if code, _, err := fetch(her, s.URL+"/ks/status"); code != 200 {
		t.Fatal(code, err)
	}
	type answer struct {
		c    *http.Client
		code int
		err  error
	}
	answers := make(chan answer, 5*most)
	var waits []*http.Client
	for range 5 * most {
		c := browser(t, s)
		go func() {
			code, _, err := fetch(c, s.URL+"/ks")
			answers <- answer{c, code, err}
		}()
	}
	for range 4 * most { // all but those in hand
		a := <-answers
		if a.err != nil || a.code != http.StatusServiceUnavailable {
			t.Fatal(a.code, a.err)
		}
		waits = append(waits, a.c)
	}
	go func() { slow.out <- struct{}{} }()
	// One of the answers that are held is let go, and it need not be hers; so let
	// go until hers is there.
	end := make(chan struct{})
	go func() {
		for {
			select {
			case slow.out <- struct{}{}:
			case <-end:
				return
			}
		}
	}()
	if code, body, err := fetch(her, s.URL+"/ks/status"); code != 200 {
		t.Error("somebody signed in:", code, body, err)
	}
	var all sync.WaitGroup
	for _, c := range waits {
		all.Go(func() {
			for deadline := time.Now().Add(2 * time.Minute); ; {
				code, body, err := fetch(c, s.URL+"/ks")
				if code == 200 {
					return
				}
				if err != nil || time.Now().After(deadline) {
					t.Error("somebody who waits:", code, body, err)
					return
				}
				<-time.After(time.Second)
			}
		})
	}
	all.Wait()
	close(end)
	for range most {
		if a := <-answers; a.code != 200 {
			t.Error("somebody who was in hand:", a.code, a.err)
		}
	}
}

// dial opens a connection and says something on it.
func dial(t *testing.T, address, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

func line(t *testing.T, c net.Conn) string {
	t.Helper()
	s, err := bufio.NewReader(c).ReadString('\n')
	if err != nil && err != io.EOF && !strings.Contains(err.Error(), "reset") {
		t.Fatal(err)
	}
	return strings.TrimSpace(s)
}

// listen serves h with the connections of c.
func listen(t *testing.T, h http.Handler, c *guard.Conns, s *http.Server) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Handler, s.ConnState = h, c.State
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(c.Listener(l)) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return l.Addr().String()
}

// TestConnectionsOfAnAddress: so many are held and no more; one that lies idle
// makes room for a new one, one in the middle of a request does not.
func TestConnectionsOfAnAddress(t *testing.T) {
	const most = 5
	c := guard.NewConns(most, 100)
	address := listen(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "page") }), c, &http.Server{})
	const whole = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	var held []net.Conn
	for range most { // as slowloris does
		held = append(held, dial(t, address, "GET / HTTP/1.1\r\nHost: x\r\nX-A: "))
	}
	until(t, "all are counted", func() bool { return c.Open() == most })
	if got := line(t, dial(t, address, whole)); got != "" {
		t.Errorf("one too many is answered: %s", got)
	}
	if _, err := io.WriteString(held[0], "b\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if got := line(t, held[0]); !strings.Contains(got, "200") {
		t.Fatalf("an honest slow one: %q", got)
	}
	// Now it lies idle: a new one takes its room.
	until(t, "somebody new is answered", func() bool { return strings.Contains(line(t, dial(t, address, whole)), "200") })
	if n := c.Open(); n != most {
		t.Errorf("%d are open", n)
	}
	for _, h := range held[1:] {
		_ = h.Close()
	}
	until(t, "who has gone is not counted", func() bool { return c.Open() <= 1 })
}

// TestSlowSender: who sends a form byte by byte holds no hand: with a single hand
// for guests others are answered meanwhile.
func TestSlowSender(t *testing.T) {
	g := newGuard(t, guard.Limits{Hands: 3, Guests: 1})
	s := httptest.NewServer(g.Around(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		fmt.Fprint(w, "page")
	})))
	t.Cleanup(s.Close) // after the slow ones have hung up
	address := strings.TrimPrefix(s.URL, "http://")
	for range 20 {
		dial(t, address, "POST /ks/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\ntoken=")
	}
	for range 5 {
		if code, body, err := fetch(browser(t, s), s.URL+"/ks"); code != 200 {
			t.Fatal(code, body, err)
		}
	}
	if st := g.State(); st.Guests != 0 {
		t.Errorf("%d hands are taken by who has sent nothing yet", st.Guests)
	}
}

// TestHugeHeader: a header without end is refused and takes no hand.
func TestHugeHeader(t *testing.T) {
	g := newGuard(t, guard.Limits{})
	c := guard.NewConns(0, 0)
	address := listen(t, g.Around(newHeld()), c, &http.Server{MaxHeaderBytes: 32 << 10})
	conn := dial(t, address, "GET /ks HTTP/1.1\r\nHost: x\r\n")
	for n := 0; n < 64; n++ {
		if _, err := fmt.Fprintf(conn, "X-%d: %s\r\n", n, strings.Repeat("a", 1024)); err != nil {
			break // it has hung up already
		}
	}
	if got := line(t, conn); got != "" && !strings.Contains(got, "431") {
		t.Errorf("answered %q", got)
	}
}

func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !f(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
