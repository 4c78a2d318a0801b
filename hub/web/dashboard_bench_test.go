package web_test

import (
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/flow/flowtest"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/progress"
	"zhunkao/hub/staff"
	"zhunkao/hub/staff/stafftest"
	"zhunkao/hub/web"
	"zhunkao/protocol/campaign"
)

var people = flag.Int("dashboard.people", 300_000, "candidates behind the dashboard that is measured")

// BenchmarkDashboardAndSearch fills a hub with 300,000 candidates
// (-dashboard.people), once, step by step, on SQLite, measures its pages there,
// and then on PostgreSQL, into which all rows are copied.
//
// dashboard asks for the dashboard of the province, and of a county in it, beside
// a handler that renders the same template from constants, over real sockets, in
// turns. of-constants is how many times as long a page of constants would take:
// 1 is "the data costs nothing".
//
// search looks for a number, a phone and a name, and asks for the first page of
// the list, beside constants likewise. Each search leaves a note that comes into
// the journal after the answer, beside the searches that follow.
// together-of-constants is of-constants for sixteen who ask at once. "store" is
// the question alone.
func BenchmarkDashboardAndSearch(b *testing.B) {
	f := newFilled(b, *people)
	for _, x := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", func(testing.TB) *db.DB { return f.d }}, {"postgres", func(t testing.TB) *db.DB { return dbtest.PostgresOf(t, f.d) }}} {
		b.Run(x.name, func(b *testing.B) {
			began := time.Now()
			d := x.open(b)
			b.Logf("%d people are there after %v", *people, time.Since(began).Round(time.Second))
			p := f.serve(b, d)
			for _, who := range []string{"province", "county"} {
				b.Run("dashboard/"+who, func(b *testing.B) { p.measure(b, who) })
			}
			for _, who := range []string{"province", "county"} {
				p.search(b, who)
			}
		})
	}
}

// province is a hub full of candidates, with its pages.
type province struct {
	options web.Options
	server  *httptest.Server
	d       *db.DB
	stop    func() // the pages, then the workers
}

// filled is a database full of candidates, sealed and counted, and the keys to
// it. Nothing works on it but what serve starts.
type filled struct {
	d    *db.DB
	ring *keys.Ring
}

func newFilled(b *testing.B, n int) filled {
	b.Helper()
	began := time.Now()
	ring, err := keys.Open(filepath.Join(b.TempDir(), "keys"), keys.Options{Create: true})
	if err != nil {
		b.Fatal(err)
	}
	f := filled{d: dbtest.SQLite(b), ring: ring}
	p := f.serve(b, f.d)
	defer p.stop()
	ctx := b.Context()
	c := campaign.Adult2019()
	bundle, err := campaign.Encode(c)
	if err == nil {
		err = f.d.Write(ctx, func(tx *db.Tx) error {
			if err := org.Seed(ctx, tx, now()); err != nil {
				return err
			}
			_, err := p.options.Flow.Publish(ctx, tx, bundle, flow.Operator())
			return err
		})
	}
	if err != nil {
		b.Fatal(err)
	}
	points, err := flowtest.Points(ctx, f.d, p.options.Flow, now())
	if err == nil {
		_, err = flowtest.Fill(ctx, f.d, p.options.Flow, c, n, points)
	}
	if err != nil {
		b.Fatal(err)
	}
	for name, a := range map[string]staff.NewAccount{"province": {Role: staff.ProvinceOperator, Office: "430000-1"}, "county": {Role: staff.CountyOperator, Office: countyHere}} {
		a.Name, a.Display, a.Password, a.Secret = name, name, password, stafftest.Secret
		if _, err := p.options.Staff.Create(ctx, a, flow.Operator().Author); err != nil {
			b.Fatal(err)
		}
	}
	p.counted(b, n)
	b.Logf("%d people filled, sealed and counted in %v", n, time.Since(began).Round(time.Second))
	return f
}

// serve starts the workers and the pages of a hub on a database that is filled.
func (f filled) serve(b *testing.B, d *db.DB) *province {
	b.Helper()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	blobs, err := blob.Open(filepath.Join(b.TempDir(), "blobs"))
	must(err)
	fl, err := fleet.Open(ctx, fleet.Options{DB: d, Now: now})
	must(err)
	steps := &flow.Flow{Candidates: candidate.New(f.ring, now), Fleet: fl, Now: now}
	desk := staff.New(staff.Options{DB: d, Keys: f.ring, Now: now})
	sealer, err := journal.NewSealer(journal.Options{DB: d, Keys: f.ring, Checkpoints: filepath.Join(b.TempDir(), "checkpoints"), Now: now})
	must(err)
	counts, err := progress.New(progress.Options{DB: d, Journal: sealer})
	must(err)
	var all sync.WaitGroup
	searches := flow.NewSearches(d, nil)
	all.Go(func() { _ = searches.Run(ctx) })
	all.Go(func() { _ = sealer.Run(ctx) })
	all.Go(func() { _ = counts.Run(ctx) })
	p := &province{d: d, options: web.Options{DB: d, Blob: blobs, Keys: f.ring, Journal: sealer, Staff: desk, Flow: steps, Searches: searches, Log: slog.New(slog.DiscardHandler)}}
	handler, err := web.New(p.options)
	must(err)
	p.server = httptest.NewServer(handler)
	p.stop = sync.OnceFunc(func() {
		p.server.Close()
		cancel()
		all.Wait()
		must(blobs.Close())
	})
	b.Cleanup(p.stop)
	return p
}

// counted waits until every candidate is sealed and counted.
func (p *province) counted(b *testing.B, n int) {
	b.Helper()
	deadline := time.Now().Add(10 * time.Minute)
	for {
		var f progress.Figures
		if err := p.d.Read(context.Background(), func(tx *db.Tx) (err error) {
			f, err = progress.Sum(context.Background(), tx, "adult-2019", "430000", "")
			return err
		}); err != nil {
			b.Fatal(err)
		}
		if f.Registered == int64(n) {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("%d of %d are counted", f.Registered, n)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// measure asks the real page and the one of constants in turns.
func (p *province) measure(b *testing.B, who string) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(server *httptest.Server, path string) string {
		res, err := client.Get(server.URL + path)
		if err != nil {
			b.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			b.Fatalf("%s: %d %v", path, res.StatusCode, err)
		}
		return string(body)
	}
	stafftest.Forget(b, p.d, who)
	form := url.Values{"login": {who}, "password": {password}, "code": {stafftest.Code(b, p.d, who)}, "token": {tokenField.FindStringSubmatch(get(p.server, "/gl/sign-in"))[1]}}
	req, err := http.NewRequest(http.MethodPost, p.server.URL+"/gl/sign-in", strings.NewReader(form.Encode()))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", p.server.URL)
	res, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		b.Fatalf("sign-in: %d", res.StatusCode)
	}
	at, err := url.Parse(p.server.URL)
	if err != nil {
		b.Fatal(err)
	}
	token := ""
	for _, c := range jar.Cookies(at) {
		if strings.HasSuffix(c.Name, "zk_gl") {
			token = c.Value
		}
	}
	constants, err := web.Constants(p.options, token)
	if err != nil {
		b.Fatal(err)
	}
	plain := httptest.NewServer(constants)
	defer plain.Close()
	real, same := get(p.server, "/gl"), get(plain, "/gl")
	if len(real)*100 < len(same)*98 || len(same)*100 < len(real)*98 {
		b.Fatalf("the pages are not the same: %d and %d bytes", len(real), len(same))
	}
	const rounds, each = 24, 10
	var ours, theirs []time.Duration
	for b.Loop() {
		for range rounds {
			ours = append(ours, took(each, func() { get(p.server, "/gl") }))
			theirs = append(theirs, took(each, func() { get(plain, "/gl") }))
		}
	}
	a, c := middle(ours), middle(theirs)
	b.ReportMetric(float64(c)/float64(a), "of-constants")
	b.ReportMetric(float64(each)/a.Seconds(), "pages/s")
	b.ReportMetric(float64(len(real)), "B/page")
}

func took(n int, f func()) time.Duration {
	began := time.Now()
	for range n {
		f()
	}
	return time.Since(began)
}

func middle(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
