package portal_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/draft"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/flow/flowtest"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/password"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/guard"
	"zhunkao/hub/web/portal"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

var people = flag.Int("portal.people", 300_000, "applicants behind the portal that is measured")

// province is a hub full of applicants, with its portal and its guard, and some of
// them at their browsers.
type province struct {
	d       *db.DB
	desk    *applicant.Desk
	portal  *portal.Portal
	server  *httptest.Server
	flow    *flow.Flow
	drafts  *draft.Store
	camp    campaign.Campaign
	present []member
}

// member is somebody whose session stands.
type member struct{ login, account, token, csrf string }

// presentNow is how many have a session and are asked for in turns.
const presentNow = 64

func provinceOf(b *testing.B, d *db.DB, n int) *province {
	b.Helper()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	ctx := context.Background()
	now := func() time.Time { return time.Date(2019, 9, 6, 2, 31, 20, 0, time.UTC) }
	ring, err := keys.Open(filepath.Join(b.TempDir(), "keys"), keys.Options{Create: true})
	must(err)
	blobs, err := blob.Open(filepath.Join(b.TempDir(), "blobs"))
	must(err)
	b.Cleanup(func() { must(blobs.Close()) })
	fl, err := fleet.Open(ctx, fleet.Options{DB: d, Now: now})
	must(err)
	p := &province{d: d, camp: campaign.Adult2019(), drafts: draft.New(ring, now)}
	p.flow = &flow.Flow{Candidates: candidate.New(ring, now), Keys: ring, Fleet: fl, Now: now}
	p.desk = applicant.New(applicant.Options{DB: d, Keys: ring, Now: now})
	bundle, err := campaign.Encode(p.camp)
	must(err)
	must(d.Write(ctx, func(tx *db.Tx) error {
		if err := org.Seed(ctx, tx, now()); err != nil {
			return err
		}
		_, err := p.flow.Publish(ctx, tx, bundle, flow.Operator())
		return err
	}))
	points, err := flowtest.Points(ctx, d, p.flow, now())
	must(err)
	_, err = flowtest.Fill(ctx, d, p.flow, p.camp, n, points)
	must(err)
	p.fill(b)
	wide := guard.Rate{PerMinute: 1e9, Burst: 1e9} // one machine asks for all of them
	p.portal, err = portal.New(portal.Options{DB: d, Blob: blobs, Keys: ring, Accounts: p.desk, Drafts: p.drafts, Flow: p.flow,
		Limits: &guard.Limits{Person: wide, Address: wide, Network: wide}, Log: slog.New(slog.NewTextHandler(b.Output(), &slog.HandlerOptions{Level: slog.LevelError}))})
	must(err)
	p.server = httptest.NewServer(around(p.portal, p.portal))
	b.Cleanup(p.server.Close)
	return p
}

// around puts the door of the hub before a handler.
func around(p *portal.Portal, h http.Handler) http.Handler {
	return door.Options{Refuse: p.Refuse, Log: slog.New(slog.DiscardHandler)}.Around(h)
}

// fill gives everybody an account: those who are present by signing up, the others
// the same rows.
func (p *province) fill(b *testing.B) {
	b.Helper()
	ctx := context.Background()
	var applications []string
	err := p.d.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT id FROM application ORDER BY id`, nil, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			applications = append(applications, id)
			return err
		})
	})
	if err != nil {
		b.Fatal(err)
	}
	for i := range presentNow {
		token, s, err := p.desk.SignUp(ctx, applicant.SignUp{Name: fmt.Sprintf("kaosheng%d", i), Password: passphrase}, "127.0.0.1")
		if err != nil {
			b.Fatal(err)
		}
		p.present = append(p.present, member{s.Account.Login, s.Account.ID, token, s.CSRF})
	}
	for from := 0; from < len(applications); from += 2000 {
		err := p.d.Write(ctx, func(tx *db.Tx) error {
			for i, id := range applications[from:min(from+2000, len(applications))] {
				account := fmt.Sprintf("%032x", from+i)
				if n := from + i; n < presentNow {
					account = p.present[n].account
				} else if _, err := tx.Exec(ctx, `INSERT INTO applicant SELECT $1, profile, verifier, second, must_change, password_at, password_until, slip, created_at FROM applicant WHERE id = $2`,
					account, p.present[0].account); err != nil {
					return err
				} else if _, err := tx.Exec(ctx, `INSERT INTO applicant_login (subject, account, kind) VALUES ($1, $2, 'name')`, []byte(account), account); err != nil {
					return err
				}
				if err := applicant.Bind(ctx, tx, account, p.camp.ID, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// client is a browser of its own for one of those who are present; -1 is nobody.
func (p *province) client(who int) *caller {
	c := &caller{http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if who >= 0 {
		c.cookies = "zk_ks=" + p.present[who].token
	}
	return c
}

type caller struct {
	http    *http.Client
	cookies string
}

// do asks and keeps the cookies of a guest: who signs in by it stays one.
func (c *caller) do(method, address string, form url.Values) (int, []byte, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, address, body)
	if err != nil {
		return 0, nil, err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.cookies != "" {
		req.Header.Set("Cookie", c.cookies)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	for _, k := range res.Cookies() {
		if (k.Name == "zk_ks_turn" || k.Name == "zk_ks_guest") && !strings.Contains(c.cookies, k.Name) {
			c.cookies = strings.TrimPrefix(c.cookies+"; "+k.Name+"="+k.Value, "; ")
		}
	}
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, b, err
}

// eachDatabase measures on both.
func eachDatabase(b *testing.B, f func(b *testing.B, p *province)) {
	for _, x := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(x.name, func(b *testing.B) { f(b, provinceOf(b, x.open(b), *people)) })
	}
}

// BenchmarkPortal measures the portal of a province: reading, saving, signing in.
// Everything goes over real sockets and through the guard.
func BenchmarkPortal(b *testing.B) {
	eachDatabase(b, func(b *testing.B, p *province) {
		b.Run("landing", func(b *testing.B) { p.reads(b, "/ks", -1) })
		b.Run("status", func(b *testing.B) { p.reads(b, "/ks/status", 0) })
		b.Run("save", p.saves)
		b.Run("sign-in", p.signIns)
	})
}

// reads asks for a page, for the same template drawn from constants, and for the
// same bytes from a handler that does nothing, in turns. of-constants is how many
// times as long a page of constants would take, of-constant-handler how many times
// as long the bytes alone.
func (p *province) reads(b *testing.B, path string, who int) {
	token := ""
	if who >= 0 {
		token = p.present[who].token
	}
	drawn, err := p.portal.Constants(path, token)
	if err != nil {
		b.Fatal(err)
	}
	plain := httptest.NewServer(around(p.portal, drawn))
	defer plain.Close()
	real := p.client(who)
	get := func(c *caller, server *httptest.Server) []byte {
		code, body, err := c.do(http.MethodGet, server.URL+path, nil)
		if err != nil || code != http.StatusOK {
			b.Fatalf("%s: %d %v", path, code, err)
		}
		return body
	}
	page, same := get(real, p.server), get(p.client(who), plain)
	if len(page)*100 < len(same)*97 || len(same)*100 < len(page)*97 {
		b.Fatalf("the pages are not the same: %d and %d bytes", len(page), len(same))
	}
	bytesOnly := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) }))
	defer bytesOnly.Close()
	// Everybody who is present reads in turns: no page of somebody's is warmer than
	// another's.
	callers := []*caller{real}
	if who >= 0 {
		callers = nil
		for i := range presentNow {
			callers = append(callers, p.client(i))
			get(callers[i], p.server)
		}
	}
	const rounds, each = 30, 16
	var ours, theirs, none []time.Duration
	at := 0
	for b.Loop() {
		for range rounds {
			ours = append(ours, took(each, func() { get(callers[at%len(callers)], p.server); at++ }))
			theirs = append(theirs, took(each, func() { get(callers[at%len(callers)], plain); at++ }))
			none = append(none, took(each, func() { get(callers[at%len(callers)], bytesOnly); at++ }))
		}
	}
	a, c, n := middle(ours), middle(theirs), middle(none)
	b.ReportMetric(float64(c)/float64(a), "of-constants")
	b.ReportMetric(float64(n)/float64(a), "of-constant-handler")
	b.ReportMetric(float64(each)/a.Seconds(), "pages/s")
	b.ReportMetric(float64(len(page)), "B/page")
}

// saves has everybody who is present save a step of the form by itself, as the
// page's script does, many at the same time; beside it as many goroutines that
// write the same rows in a bare loop, through the same commits. The shares say of
// the time of a save what the socket takes, whose browsers share the cores; what
// the session and reading what is worked on take, with a writer that turns back;
// and what the row alone takes. What is left are the rules, the seal and the save.
func (p *province) saves(b *testing.B) {
	ctx := context.Background()
	names := synthetic.Candidates(p.camp, 9, presentNow, synthetic.Point{Code: "43010401", Division: "430104"})
	contents := make([][]byte, presentNow)
	for i, m := range p.present {
		d := draft.Draft{Account: m.account, Campaign: p.camp.ID, Application: names[i].Application, PledgedAt: 1}
		err := p.d.Write(ctx, func(tx *db.Tx) (err error) {
			if d, err = p.drafts.Save(ctx, tx, d, 0); err != nil {
				return err
			}
			if err := tx.QueryRow(ctx, `SELECT content FROM draft WHERE account = $1 AND campaign = $2`, m.account, p.camp.ID).Scan(&contents[i]); err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `INSERT INTO draft SELECT $1, campaign, revision, started_from, content, begun_at, changed_at, pledged_at, submitted_revision, submitted_version FROM draft WHERE account = $2`,
				"bare "+m.account, m.account) // the bare loop's own: nobody reads them
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	forms := make([]url.Values, presentNow)
	callers := make([]*caller, presentNow)
	for i := range callers {
		callers[i] = p.client(i)
		_, page, err := callers[i].do(http.MethodGet, p.server.URL+"/ks/form/1", nil)
		if err != nil {
			b.Fatal(err)
		}
		form := formTag.FindString(string(page[max(0, bytes.Index(page, []byte(`action="/ks/form/1"`))-40):]))
		if forms[i] = asIs(form); forms[i].Get("token") == "" {
			b.Fatalf("no form in %s", page)
		}
	}
	const lasts = 3 * time.Second
	saved := func(i, n int) error {
		forms[i].Set("f-address", "岳麓区某路 "+strconv.Itoa(n)+" 号")
		code, answer, err := callers[i].do(http.MethodPost, p.server.URL+"/ks/form/1/save", forms[i])
		if err != nil || code != http.StatusOK {
			return fmt.Errorf("%d %s %w", code, answer, err)
		}
		_, rest, ok := bytes.Cut(answer, []byte(`"revision":`))
		if !ok {
			return fmt.Errorf("saved: %s", answer)
		}
		number, _, _ := bytes.Cut(rest, []byte(","))
		forms[i].Set("revision", string(number))
		return nil
	}
	bare := func(i, n int) error {
		return p.d.Write(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE draft SET revision = revision + 1, content = $3, changed_at = $4 WHERE account = $1 AND campaign = $2`,
				"bare "+p.present[i].account, p.camp.ID, contents[i], int64(n))
			return err
		})
	}
	// What a save costs that changes no row, a layer at a time: the same form sent
	// to a handler that reads it and answers as much; and on the way in as far as
	// the session and the step, of which this form has none, so it is not found.
	_, answer, err := callers[0].do(http.MethodPost, p.server.URL+"/ks/form/1/save", forms[0])
	if err != nil {
		b.Fatal(err)
	}
	if _, rest, ok := bytes.Cut(answer, []byte(`"revision":`)); ok {
		number, _, _ := bytes.Cut(rest, []byte(","))
		forms[0].Set("revision", string(number))
	}
	plain := httptest.NewServer(around(p.portal, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			b.Error(err)
		}
		_, _ = w.Write(answer)
	})))
	defer plain.Close()
	sent := func(i, _ int) error {
		code, _, err := callers[i].do(http.MethodPost, plain.URL, forms[i])
		if err == nil && code != http.StatusOK {
			err = fmt.Errorf("%d", code)
		}
		return err
	}
	entered := func(i, _ int) error {
		code, _, err := callers[i].do(http.MethodPost, p.server.URL+"/ks/form/99/save", forms[i])
		if err == nil && code != http.StatusNotFound {
			err = fmt.Errorf("%d", code)
		}
		return err
	}
	var ours, theirs, posts, entries []float64
	for b.Loop() {
		for range 3 {
			ours = append(ours, rate(b, presentNow, lasts, saved))
			theirs = append(theirs, rate(b, presentNow, lasts, bare))
			posts = append(posts, rate(b, presentNow, lasts, sent))
			entries = append(entries, rate(b, presentNow, lasts, entered))
		}
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	slices.Sort(posts)
	slices.Sort(entries)
	b.ReportMetric(ours[len(ours)/2]/theirs[len(theirs)/2], "of-bare-writes")
	// A post and a bare write after each other, with nothing between them.
	post, row := 1/posts[len(posts)/2], 1/theirs[len(theirs)/2]
	b.ReportMetric(ours[len(ours)/2]*(post+row), "of-post-and-write")
	b.ReportMetric(ours[len(ours)/2]*post, "share-http")
	b.ReportMetric(ours[len(ours)/2]*(1/entries[len(entries)/2]-post), "share-session-and-reading")
	b.ReportMetric(ours[len(ours)/2]*row, "share-row")
	b.ReportMetric(ours[len(ours)/2], "saves/s")
	b.ReportMetric(theirs[len(theirs)/2], "bare-writes/s")
}

// signIns has people sign in with their passwords, as many at a time as there are
// cores and some more; beside it the hash alone; and all the while somebody reads
// the first page. of-argon2 is sign-ins by hashes.
func (p *province) signIns(b *testing.B) {
	workers := 2 * runtime.NumCPU()
	hasher := password.NewHasher(password.Full())
	verifier, err := hasher.Hash(context.Background(), passphrase)
	if err != nil {
		b.Fatal(err)
	}
	bare := func(int, int) error {
		ok, err := hasher.Verify(context.Background(), passphrase, verifier)
		if err == nil && !ok {
			err = fmt.Errorf("the hash does not hold")
		}
		return err
	}
	callers := make([]*caller, workers)
	forms := make([]url.Values, workers)
	for i := range callers {
		callers[i] = p.client(-1)
		code, page, err := callers[i].do(http.MethodGet, p.server.URL+"/ks/sign-in", nil)
		if err != nil || code != http.StatusOK {
			b.Fatal(code, err)
		}
		forms[i] = asIs(formTag.FindString(string(page)))
	}
	enter := func(i, n int) error {
		m := p.present[(n*workers+i)%presentNow]
		forms[i].Set("login", m.login)
		forms[i].Set("password", passphrase)
		code, page, err := callers[i].do(http.MethodPost, p.server.URL+"/ks/sign-in", forms[i])
		if err != nil || code != http.StatusSeeOther {
			return fmt.Errorf("%d %.200s %w", code, page, err)
		}
		return nil
	}
	const lasts = 3 * time.Second
	var ours, theirs []float64
	var reading []time.Duration
	for b.Loop() {
		for range 3 {
			theirs = append(theirs, rate(b, workers, lasts, bare))
			end := make(chan struct{})
			var reader sync.WaitGroup
			reader.Go(func() {
				c := p.client(-1)
				for {
					select {
					case <-end:
						return
					case <-time.After(50 * time.Millisecond):
						reading = append(reading, took(1, func() {
							if code, _, err := c.do(http.MethodGet, p.server.URL+"/ks", nil); err != nil || code != http.StatusOK {
								b.Error("a page beside sign-ins:", code, err)
							}
						}))
					}
				}
			})
			ours = append(ours, rate(b, workers, lasts, enter))
			close(end)
			reader.Wait()
		}
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	slices.Sort(reading)
	b.ReportMetric(ours[len(ours)/2]/theirs[len(theirs)/2], "of-argon2")
	b.ReportMetric(ours[len(ours)/2], "sign-ins/s")
	b.ReportMetric(theirs[len(theirs)/2], "hashes/s")
	b.ReportMetric(float64(reading[len(reading)*95/100].Microseconds())/1000, "ms-page-beside")
}

// rate runs f in so many goroutines for a while and gives how often it was done a
// second.
func rate(b *testing.B, workers int, lasts time.Duration, f func(worker, n int) error) float64 {
	b.Helper()
	var done atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for i := range workers {
		all.Go(func() {
			for n := 0; time.Since(began) < lasts; n++ {
				if err := f(i, n); err != nil {
					b.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return float64(done.Load()) / time.Since(began).Seconds()
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
