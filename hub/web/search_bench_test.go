package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/hub/web"
	"zhunkao/protocol/form"
)

// search measures the list and the searches of one remit.
func (p *province) search(b *testing.B, who string) {
	s := p.seeker(b, who)
	b.Run("search/"+who+"/list", func(b *testing.B) { s.measure(b, http.MethodGet, "/gl/candidates", "") })
	for _, by := range []string{form.DocumentNumber, form.PhoneNumber, form.FullName} {
		b.Run("search/"+who+"/"+by, func(b *testing.B) { s.measure(b, http.MethodPost, "/gl/search", s.app.Get(by)) })
	}
	s.lookup(b, who)
}

// seeker is somebody signed in, and one whom she looks for.
type seeker struct {
	p      *province
	client *http.Client
	token  string // of the session
	csrf   string
	app    form.Application
	remit  string
}

func (p *province) seeker(b *testing.B, who string) *seeker {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	s := &seeker{p: p, remit: map[string]string{"province": "430000", "county": countyHere}[who],
		client: &http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: seekers}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	s.csrf = tokenField.FindStringSubmatch(s.ask(b, p.server, http.MethodGet, "/gl/sign-in", nil))[1]
	stafftest.Forget(b, p.d, who)
	s.ask(b, p.server, http.MethodPost, "/gl/sign-in", url.Values{"login": {who}, "password": {password}, "code": {stafftest.Code(b, p.d, who)}})
	s.csrf = tokenField.FindStringSubmatch(s.ask(b, p.server, http.MethodGet, "/gl/candidates", nil))[1]
	at, err := url.Parse(p.server.URL)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range jar.Cookies(at) {
		if strings.HasSuffix(c.Name, "zk_gl") {
			s.token = c.Value
		}
	}
	err = p.d.Read(b.Context(), func(tx *db.Tx) error {
		rows, err := candidate.List(b.Context(), tx, candidate.Filter{Campaign: "adult-2019", Division: s.remit, Limit: 40})
		if err != nil || len(rows) == 0 {
			return err
		}
		found, err := p.options.Flow.Candidates.Get(b.Context(), tx, rows[len(rows)-1].ID)
		s.app = found.Application
		return err
	})
	if err != nil || s.app.ID == "" {
		b.Fatalf("nobody to look for: %v", err)
	}
	return s
}

func (s *seeker) ask(b *testing.B, server *httptest.Server, method, path string, fields url.Values) string {
	page, err := s.try(server, method, path, fields)
	if err != nil {
		b.Fatal(err)
	}
	return page
}

func (s *seeker) try(server *httptest.Server, method, path string, fields url.Values) (string, error) {
	var body io.Reader
	if method == http.MethodPost {
		fields.Set("token", s.csrf)
		body = strings.NewReader(fields.Encode())
	}
	req, err := http.NewRequest(method, server.URL+path, body)
	if err != nil {
		return "", err
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", server.URL)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 400 {
		err = fmt.Errorf("%s %s: %d", method, path, res.StatusCode)
	}
	return string(page), err
}

// seekers are how many search at once where that is measured: as in an office
// in its busy hour.
const seekers = 16

// together has all seekers ask n times each.
func (s *seeker) together(b *testing.B, n int, server *httptest.Server, method, path, text string) time.Duration {
	return took(1, func() {
		var all sync.WaitGroup
		for range seekers {
			all.Go(func() {
				for range n {
					if _, err := s.try(server, method, path, url.Values{"q": {text}}); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
	})
}

func (s *seeker) measure(b *testing.B, method, path, text string) {
	constants, err := web.ConstantCandidates(s.p.options, s.token, text)
	if err != nil {
		b.Fatal(err)
	}
	plain := httptest.NewServer(constants)
	defer plain.Close()
	ask := func(server *httptest.Server) string { return s.ask(b, server, method, path, url.Values{"q": {text}}) }
	real, same := ask(s.p.server), ask(plain)
	if len(real)*100 < len(same)*98 || len(same)*100 < len(real)*98 || !strings.Contains(real, "/gl/candidates/") {
		b.Fatalf("the pages are not the same: %d and %d bytes", len(real), len(same))
	}
	const rounds, each = 24, 10
	var ours, theirs, many, manyPlain []time.Duration
	for b.Loop() {
		for range rounds {
			ours = append(ours, took(each, func() { ask(s.p.server) }))
			theirs = append(theirs, took(each, func() { ask(plain) }))
		}
		for range rounds / 2 { // by themselves: what they use up is missed by who comes next
			many = append(many, s.together(b, 3, s.p.server, method, path, text))
			manyPlain = append(manyPlain, s.together(b, 3, plain, method, path, text))
		}
	}
	a, c := middle(ours), middle(theirs)
	b.ReportMetric(float64(c)/float64(a), "of-constants")
	b.ReportMetric(float64(each)/a.Seconds(), "pages/s")
	b.ReportMetric(float64(middle(manyPlain))/float64(middle(many)), "together-of-constants")
}

// lookup measures the question to the store alone.
func (s *seeker) lookup(b *testing.B, who string) {
	ctx, d, f := b.Context(), s.p.d, s.p.options.Flow
	for _, by := range []string{form.DocumentNumber, form.FullName} {
		b.Run("search/"+who+"/store/"+by, func(b *testing.B) {
			for b.Loop() {
				err := d.Read(ctx, func(tx *db.Tx) error {
					_, _, err := f.Candidates.Search(ctx, tx, s.app.Campaign, s.remit, "", s.app.Get(by), 30)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
