package guard_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"zhunkao/hub/web/guard"
)

var key = []byte("0123456789abcdef0123456789abcdef")

// session is what the tests' portal has for one: a cookie with the account.
func session(r *http.Request) string {
	c, err := r.Cookie("session")
	if err != nil {
		return ""
	}
	return c.Value
}

// draw writes what a page would tell, for the tests to read.
func draw(_ *http.Request, v guard.View) ([]byte, error) {
	form := ""
	if v.Form != nil {
		form = v.Form.Field + "=" + v.Form.Value
	}
	return fmt.Appendf(nil, "%s ahead=%d wait=%d refresh=%d lost=%t crowd=%t form=%s", v.Kind, v.Ahead, int(v.Wait.Seconds()), v.Seconds(), v.Lost, v.Crowd, form), nil
}

func newGuard(t testing.TB, l guard.Limits) *guard.Guard {
	t.Helper()
	g, err := guard.New(guard.Options{Key: key, Session: session, Draw: draw, Limits: l})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// server has so many workers, each of which needs so long for a page: that is
// its limit, whatever is asked of it. It stands for the hub.
type server struct {
	workers chan struct{}
	takes   time.Duration
}

func newServer(workers int, takes time.Duration) *server {
	return &server{workers: make(chan struct{}, workers), takes: takes}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.workers <- struct{}{}
	defer func() { <-s.workers }()
	time.Sleep(s.takes)
	if token := session(r); token != "" {
		guard.Vouch(r.Context(), token, token)
	}
	fmt.Fprint(w, "page")
}

// person is one browser.
type person struct {
	h       http.Handler
	address string
	jar     map[string]string
	shown   int // seconds of the wait that she was told first, -1 none
	ahead   int
	waited  time.Duration
}

func newPerson(h http.Handler, n int) *person {
	return &person{h: h, address: fmt.Sprintf("10.%d.%d.%d:1", n>>16&255, n>>8&255, n&255), jar: map[string]string{}, shown: -1, ahead: -1}
}

func (p *person) ask(ctx context.Context, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return p.send(r)
}

func (p *person) post(ctx context.Context, path, kind, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, "POST", path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return p.send(r)
}

func (p *person) send(r *http.Request) *httptest.ResponseRecorder {
	r.RemoteAddr = p.address
	for k, v := range p.jar {
		r.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	w := httptest.NewRecorder()
	p.h.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		p.jar[c.Name] = c.Value
	}
	return w
}

// arrive opens a page and stays in the line, as its page refreshes itself, until
// it is her turn. False when ctx ended first.
func (p *person) arrive(ctx context.Context) bool {
	began := time.Now()
	for ctx.Err() == nil {
		w := p.ask(ctx, "GET", "/ks", "")
		if w.Code == http.StatusOK {
			p.waited = time.Since(began)
			return true
		}
		var ahead, wait int
		if n, _ := fmt.Sscanf(w.Body.String(), "waiting ahead=%d wait=%d", &ahead, &wait); n == 2 {
			if p.ahead < 0 {
				p.ahead = ahead
			}
			if p.shown < 0 && wait > 0 {
				p.shown = wait + int(time.Since(began).Seconds())
			}
		}
		seconds, err := strconv.Atoi(w.Header().Get("Retry-After"))
		if err != nil {
			return false
		}
		select {
		case <-time.After(time.Duration(seconds) * time.Second):
		case <-ctx.Done():
		}
	}
	return false
}

// TestFiveTimesTheLimit: people come five times as fast as the hub can show
// their pages, for a minute. Who is signed in goes on and never waits in the
// line; the rest come in in the order in which they came, as fast as the hub can,
// and the first wait they are told is near the one they have.
func TestFiveTimesTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const (
			cores = 4
			takes = 200 * time.Millisecond // 20 pages a second
			comes = 100                    // people a second
			last  = time.Minute
		)
		g := newGuard(t, guard.Limits{Hands: 48, Guests: 16, Address: guard.Rate{PerMinute: 6000, Burst: 6000}, Network: guard.Rate{PerMinute: 1e6, Burst: 1e6}})
		h := g.Around(newServer(cores, takes))
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		var mu sync.Mutex // guards the rest
		slow, refused, reads := time.Duration(0), 0, 0
		for n := range 10 { // signed in, reading a page every two seconds: 5 a second
			all.Go(func() {
				p := newPerson(h, 1<<20+n)
				p.jar["session"] = fmt.Sprint("s", n)
				p.arrive(ctx) // the first vouches
				for ctx.Err() == nil {
					time.Sleep(2 * time.Second)
					began := time.Now()
					w := p.ask(ctx, "GET", "/ks/status", "")
					mu.Lock()
					reads++
					slow = max(slow, time.Since(began))
					if w.Code != http.StatusOK {
						refused++
					}
					mu.Unlock()
				}
			})
		}
		time.Sleep(5 * time.Second)
		type came struct {
			n, ahead, shown int
			in, waited      time.Duration
		}
		var in []came
		began := time.Now()
		for n := range comes * int(last/time.Second) {
			all.Go(func() {
				p := newPerson(h, n)
				if p.arrive(ctx) {
					mu.Lock()
					in = append(in, came{n, p.ahead, p.shown, time.Since(began), p.waited})
					mu.Unlock()
				}
			})
			time.Sleep(time.Second / comes)
		}
		middle := g.State()
		time.Sleep(2 * time.Minute)
		mu.Lock()
		at := len(in)
		mu.Unlock()
		after := g.State()
		stop()
		all.Wait()

		t.Logf("let in %d of %d; line %d then %d; moves %.0f a minute; slowest of %d signed in %s", at, comes*60, middle.Waiting, after.Waiting, after.PerMinute, reads, slow)
		if refused > 0 || slow > 2*time.Second {
			t.Errorf("of %d pages of people signed in %d were refused, the slowest took %s", reads, refused, slow)
		}
		// 20 pages a second for three minutes, less what the signed-in read.
		if could := 15 * 180; at < could*9/10 {
			t.Errorf("%d were let in where %d could have been", at, could)
		}
		if middle.Waiting < comes*60*6/10 || middle.Guests > 16 {
			t.Errorf("at the end of the rush: %+v", middle)
		}
		// Nobody overtakes by more than her page's refreshing.
		slices.SortFunc(in, func(a, b came) int { return int(a.in - b.in) })
		late := time.Duration(0)
		order := 0
		for _, c := range in {
			order = max(order, c.n)
			late = max(late, time.Duration(order-c.n)*time.Second/comes)
		}
		if late > 15*time.Second {
			t.Errorf("somebody came in %s after people who came later", late)
		}
		// The wait told when it was first known, beside the real one.
		var off []float64
		for _, c := range in {
			if c.waited > 30*time.Second && c.shown > 0 {
				off = append(off, float64(c.shown)/c.waited.Seconds())
			}
		}
		slices.Sort(off)
		if len(off) < 100 || off[len(off)/10] < 0.7 || off[len(off)*9/10] > 2 {
			t.Errorf("of %d who waited, told by real: tenth %.2f, median %.2f, nine tenths %.2f", len(off), off[len(off)/10], off[len(off)/2], off[len(off)*9/10])
		}
		t.Logf("told by real: tenth %.2f, median %.2f, nine tenths %.2f; out of order by %s", off[len(off)/10], off[len(off)/2], off[len(off)*9/10], late)
	})
}
