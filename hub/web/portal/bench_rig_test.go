package portal_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/flow/flowtest"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/guard"
	"zhunkao/hub/web/portal"
	"zhunkao/protocol/campaign"
)

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

// registered is how many register by a step each. The rest are copies of their
// rows under other ids and marks: nobody can open these, and nobody does.
const registered = 2000

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
	_, err = flowtest.Fill(ctx, d, p.flow, p.camp, min(n, registered), points)
	must(err)
	p.fill(b)
	p.multiply(b, n)
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

// multiply makes n of those who are registered, in every table that the portal
// reads or writes of them, but the lookup, which only offices search.
func (p *province) multiply(b *testing.B, n int) {
	b.Helper()
	ctx := context.Background()
	mark := `randomblob(32)`
	if p.d.Kind() == db.PostgreSQL {
		mark = `sha256(convert_to(x.id || k, 'UTF8'))`
	}
	for k := 1; k < n/registered; k++ {
		err := p.d.Write(ctx, func(tx *db.Tx) error {
			for _, text := range []string{
				`INSERT INTO application (id, campaign, number_hmac, version, point, division, state, confirmed_at, confirmed_point, changed_at, level, indexed)
				SELECT x.id || k, campaign, ` + mark + `, version, point, division, state, confirmed_at, confirmed_point, changed_at, level, indexed FROM (SELECT *, $1 AS k FROM application WHERE id NOT LIKE '%~%') x`,
				`INSERT INTO application_version (application, version, content, point, author_kind, author_id, origin, started_from, superseded, at, mark)
				SELECT application || $1, version, content, point, author_kind, author_id, origin, started_from, superseded, at, mark FROM application_version WHERE application NOT LIKE '%~%'`,
				`INSERT INTO journal_entry (id, body, at, act, subject_kind, subject_id, point, division, staff)
				SELECT id || $1, body, at, act, subject_kind, subject_id, point, division, staff FROM journal_entry WHERE subject_kind = 'application' AND id NOT LIKE '%~%'`,
				`INSERT INTO applicant SELECT id || $1, profile, verifier, second, must_change, password_at, password_until, slip, created_at FROM applicant WHERE id NOT LIKE '%~%'`,
				`INSERT INTO applicant_login SELECT ` + mark + `, account || k, kind FROM (SELECT *, account AS id, $1 AS k FROM applicant_login WHERE account NOT LIKE '%~%') x`,
				`INSERT INTO applicant_application SELECT account || $1, campaign, application || $1, bound_at FROM applicant_application WHERE account NOT LIKE '%~%'`,
			} {
				if p.d.Kind() == db.PostgreSQL {
					text = strings.ReplaceAll(text, "$1", "$1::text")
				}
				if _, err := tx.Exec(ctx, text, "~"+strconv.Itoa(k)); err != nil {
					return fmt.Errorf("%s: %w", text, err)
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if p.d.Kind() == db.PostgreSQL {
		if err := p.d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(ctx, `ANALYZE`); return err }); err != nil {
			b.Fatal(err)
		}
	}
	var there int
	err := p.d.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM applicant_application b JOIN application a ON a.id = b.application JOIN applicant p ON p.id = b.account`).Scan(&there)
	})
	if err != nil || there < n-registered || there > n {
		b.Fatalf("%d of %d applicants are there: %v", there, n, err)
	}
	b.Logf("%d applicants", there)
}

// browserAt is a browser of its own for one of those who are present, at a server;
// -1 is nobody. It is one connection and nothing else: the hub is what is measured,
// and a real browser takes nothing of its cores.
func (p *province) browserAt(b *testing.B, server *httptest.Server, who int) *wire {
	b.Helper()
	address := server.Listener.Addr().String()
	conn, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", address)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	w := &wire{conn: conn, from: bufio.NewReader(conn), host: address}
	if who >= 0 {
		w.cookies = "zk_ks=" + p.present[who].token
	}
	return w
}

// wire is a browser's connection.
type wire struct {
	conn    net.Conn
	from    *bufio.Reader
	host    string
	cookies string
	to      bytes.Buffer // what is sent
}

// do asks and keeps the cookies of a guest: who signs in by it stays one.
func (w *wire) do(method, path, form string) (int, []byte, error) {
	w.to.Reset()
	fmt.Fprintf(&w.to, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, w.host)
	if w.cookies != "" {
		fmt.Fprintf(&w.to, "Cookie: %s\r\n", w.cookies)
	}
	if method == http.MethodPost {
		fmt.Fprintf(&w.to, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(form))
	}
	w.to.WriteString("\r\n" + form)
	if _, err := w.conn.Write(w.to.Bytes()); err != nil {
		return 0, nil, err
	}
	res, err := http.ReadResponse(w.from, nil)
	if err != nil {
		return 0, nil, err
	}
	for _, k := range res.Cookies() {
		if (k.Name == "zk_ks_turn" || k.Name == "zk_ks_guest") && !strings.Contains(w.cookies, k.Name) {
			w.cookies = strings.TrimPrefix(w.cookies+"; "+k.Name+"="+k.Value, "; ")
		}
	}
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, body, errors.Join(err, res.Body.Close())
}

// rate runs f in so many goroutines for a while and gives how often it was done a
// second, and the processor time of this process that each took, in µs.
func rate(b *testing.B, workers int, lasts time.Duration, f func(worker, n int) error) (perSecond, cpu float64) {
	b.Helper()
	var done atomic.Int64
	var all sync.WaitGroup
	began, spent := time.Now(), processor(b)
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
	n := float64(done.Load())
	return n / time.Since(began).Seconds(), float64((processor(b) - spent).Microseconds()) / n
}

// processor is the processor time that this process has taken.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
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
