package portal_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/draft"
	"zhunkao/hub/password"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

var people = flag.Int("portal.people", 300_000, "applicants behind the portal that is measured")

// eachDatabase measures on both.
func eachDatabase(b *testing.B, f func(b *testing.B, p *province)) {
	for _, x := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(x.name, func(b *testing.B) { f(b, provinceOf(b, x.open(b), *people)) })
	}
}

// BenchmarkPortal measures the portal of a province: reading, saving, handing in,
// signing in.
// Everything goes over real sockets and through the guard.
func BenchmarkPortal(b *testing.B) {
	eachDatabase(b, func(b *testing.B, p *province) {
		b.Run("landing", func(b *testing.B) { p.reads(b, "/ks", -1) })
		b.Run("status", func(b *testing.B) { p.reads(b, "/ks/status", 0) })
		b.Run("save", p.saves)
		b.Run("submit", p.submits)
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
	get := func(c *wire) []byte {
		code, body, err := c.do(http.MethodGet, path, "")
		if err != nil || code != http.StatusOK {
			b.Fatalf("%s: %d %v", path, code, err)
		}
		return body
	}
	page, same := get(p.browserAt(b, p.server, who)), get(p.browserAt(b, plain, who))
	if len(page)*100 < len(same)*97 || len(same)*100 < len(page)*97 {
		b.Fatalf("the pages are not the same: %d and %d bytes", len(page), len(same))
	}
	bytesOnly := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(page) }))
	defer bytesOnly.Close()
	// Everybody who is present reads in turns: no page of somebody's is warmer than
	// another's.
	var ask [3][]*wire
	for i := range presentNow {
		for k, server := range []*httptest.Server{p.server, plain, bytesOnly} {
			someone := i
			if who < 0 {
				someone = who
			}
			ask[k] = append(ask[k], p.browserAt(b, server, someone))
			get(ask[k][i])
		}
	}
	const rounds, each = 30, 16
	var ours, theirs, none []time.Duration
	var cpu [2]time.Duration // of this process, ours and of the constants
	at := 0
	for b.Loop() {
		for range rounds {
			spent := processor(b)
			ours = append(ours, took(each, func() { get(ask[0][at%presentNow]); at++ }))
			turn := processor(b)
			theirs = append(theirs, took(each, func() { get(ask[1][at%presentNow]); at++ }))
			cpu[0], cpu[1] = cpu[0]+turn-spent, cpu[1]+processor(b)-turn
			none = append(none, took(each, func() { get(ask[2][at%presentNow]); at++ }))
		}
	}
	a, c, n := middle(ours), middle(theirs), middle(none)
	b.ReportMetric(float64(c)/float64(a), "of-constants")
	b.ReportMetric(float64(n)/float64(a), "of-constant-handler")
	b.ReportMetric(float64(each)/a.Seconds(), "pages/s")
	b.ReportMetric(float64(len(page)), "B/page")
	b.ReportMetric(float64(cpu[0].Microseconds())/float64(len(ours)*each), "cpu-µs/page")
	b.ReportMetric(float64(cpu[1].Microseconds())/float64(len(theirs)*each), "cpu-µs/page-of-constants")
}

// saves has everybody who is present save a step of the form by itself, as the
// page's script does, many at the same time; beside it, in turns, as many
// goroutines that write the same row in a bare loop, through the same commits, by
// db.Single as a save does: one for many on SQLite (db.Write's groups), PostgreSQL's
// own there. A save of what is
// being filled in makes no entry in the journal, so there is none in the loop
// either. The processor time is this process's, the browsers' and the loop's own
// included; PostgreSQL's is not in it.
func (p *province) saves(b *testing.B) {
	ctx := context.Background()
	contents := p.draftsOf(b)
	step, round := "", 0
	forms := make([]url.Values, presentNow)
	callers := make([]*wire, presentNow)
	for i := range callers {
		callers[i] = p.browserAt(b, p.server, i)
		if step, forms[i] = addressStep(callers[i]); forms[i].Get("token") == "" {
			b.Fatal("no step of the form asks for an address")
		}
	}
	saved := func(i, n int) error {
		forms[i].Set("f-"+form.PostAddress, "岳麓区某路 "+strconv.Itoa(round)+"-"+strconv.Itoa(n)+" 号")
		code, answer, err := callers[i].do(http.MethodPost, step+"/save", forms[i].Encode())
		if err != nil || code != http.StatusOK {
			return fmt.Errorf("%d %s %w", code, answer, err)
		}
		_, rest, ok := bytes.Cut(answer, []byte(`"revision":`))
		if !ok {
			return fmt.Errorf("saved: %s", answer)
		}
		number, _, _ := bytes.Cut(rest, []byte(","))
		if was := forms[i].Get("revision"); was == string(number) {
			return fmt.Errorf("nothing was saved over revision %s", was)
		}
		forms[i].Set("revision", string(number))
		return nil
	}
	bare := func(i, n int) error {
		_, err := p.d.Single(ctx, `UPDATE draft SET revision = revision + 1, content = $1, changed_at = $2 WHERE account = $3 AND campaign = $4`,
			contents[i], int64(n), "bare "+p.present[i].account, p.camp.ID)
		return err
	}
	const rounds, lasts = 6, 1500 * time.Millisecond
	var ours, theirs, cpu, bareCPU []float64
	for b.Loop() {
		for range rounds {
			round++ // no address is saved twice: that would be no save
			r, c := rate(b, presentNow, lasts, saved)
			ours, cpu = append(ours, r), append(cpu, c)
			r, c = rate(b, presentNow, lasts, bare)
			theirs, bareCPU = append(theirs, r), append(bareCPU, c)
		}
	}
	b.ReportMetric(median(ours)/median(theirs), "of-bare-writes")
	b.ReportMetric(median(ours), "saves/s")
	b.ReportMetric(median(theirs), "bare-writes/s")
	b.ReportMetric(median(cpu), "cpu-µs/save")
	b.ReportMetric(median(bareCPU), "cpu-µs/bare-write")
}

// addressStep finds the step of the form that asks for an address, and gives its
// path and what it would send as it stands.
func addressStep(w *wire) (path string, values url.Values) {
	for n := range 9 {
		path = "/ks/form/" + strconv.Itoa(n+1)
		code, page, err := w.do(http.MethodGet, path, "")
		if err != nil || code != http.StatusOK {
			break
		}
		at := bytes.Index(page, []byte(`action="`+path+`"`))
		if at < 0 {
			continue
		}
		values = asIs(formTag.FindString(string(page[max(0, at-40):])))
		if values.Has("f-" + form.PostAddress) {
			return path, values
		}
	}
	return "", nil
}

// draftsOf begins the form of everybody who is present, and gives what its rows
// hold; beside each a row for the bare loop, which nobody reads.
func (p *province) draftsOf(b *testing.B) [][]byte {
	b.Helper()
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
				"bare "+m.account, m.account)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return contents
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
	callers := make([]*wire, workers)
	forms := make([]url.Values, workers)
	for i := range callers {
		callers[i] = p.browserAt(b, p.server, -1)
		code, page, err := callers[i].do(http.MethodGet, "/ks/sign-in", "")
		if err != nil || code != http.StatusOK {
			b.Fatal(code, err)
		}
		forms[i] = asIs(formTag.FindString(string(page)))
	}
	enter := func(i, n int) error {
		m := p.present[(n*workers+i)%presentNow]
		forms[i].Set("login", m.login)
		forms[i].Set("password", passphrase)
		code, page, err := callers[i].do(http.MethodPost, "/ks/sign-in", forms[i].Encode())
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
			r, _ := rate(b, workers, lasts, bare)
			theirs = append(theirs, r)
			end := make(chan struct{})
			var reader sync.WaitGroup
			reader.Go(func() {
				c := p.browserAt(b, p.server, -1)
				for {
					select {
					case <-end:
						return
					case <-time.After(50 * time.Millisecond):
						reading = append(reading, took(1, func() {
							if code, _, err := c.do(http.MethodGet, "/ks", ""); err != nil || code != http.StatusOK {
								b.Error("a page beside sign-ins:", code, err)
							}
						}))
					}
				}
			})
			r, _ = rate(b, workers, lasts, enter)
			ours = append(ours, r)
			close(end)
			reader.Wait()
		}
	}
	slices.Sort(reading)
	b.ReportMetric(median(ours)/median(theirs), "of-argon2")
	b.ReportMetric(median(ours), "sign-ins/s")
	b.ReportMetric(median(theirs), "hashes/s")
	b.ReportMetric(float64(reading[len(reading)*95/100].Microseconds())/1000, "ms-page-beside")
}
