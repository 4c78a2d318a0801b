package rehearsal_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/appliance"
	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/store"
	"zhunkao/hub/datadir"
	"zhunkao/hub/fleet"
	"zhunkao/hub/keys"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// mate is a box of a point, as its clerk sees it.
type mate struct {
	*rehearsal.Box
	id, port string
	cable    *rehearsal.Cable
	desk     *tablet
}

// point is a hub with boxes that stand apart: the shipped programs, each in a
// network namespace of its own.
type point struct {
	*rehearsal.Province
	t    *testing.T
	ctx  context.Context
	ring *keys.Ring
	n    int
}

func newPoint(ctx context.Context, t *testing.T) *point {
	t.Helper()
	p := opened(ctx, t, rehearsal.Ground{Host: rehearsal.HubHost})
	out := &point{Province: p, t: t, ctx: ctx}
	out.must(p.StartHub(ctx))
	var err error
	out.ring, err = keys.Open(datadir.Dir(p.HubData()).Keys(), keys.Options{})
	out.must(err)
	return out
}

func (p *point) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// box makes a box at a point and starts it; user signs in at its desk.
func (p *point) box(name, at, user string) *mate {
	p.t.Helper()
	p.n++
	before, err := p.Boxes(p.ctx)
	p.must(err)
	b, err := p.NewBox(p.ctx, name, at)
	p.must(err)
	known, err := p.Boxes(p.ctx)
	p.must(err)
	m := &mate{Box: b}
	for _, k := range known {
		if !slices.ContainsFunc(before, func(o fleet.Box) bool { return o.ID == k.ID }) {
			m.id = k.ID
		}
	}
	m.port, err = p.Desk(name, rehearsal.BoxHost(p.n))
	p.must(err)
	m.cable, err = p.Apart(p.ctx, name, p.n)
	p.must(err)
	p.t.Cleanup(func() { _ = m.cable.Close() }) // whoever lives in it ends first
	p.must(b.Start(p.ctx))
	if user != "" {
		p.signIn(m, user)
	}
	return m
}

func (p *point) signIn(m *mate, user string) {
	p.t.Helper()
	m.desk = newTablet(p.t, m.port, p.ring.Pool())
	m.desk.base = "https://" + net.JoinHostPort(m.cable.Host(), m.port)
	m.desk.web.Transport = &http.Transport{TLSClientConfig: m.desk.conf}
	var who demo.Account
	for _, a := range p.Accounts() {
		if a.User == user {
			who = a
		}
	}
	p.until("that "+user+" can sign in", func() error {
		status, _, err := m.desk.post("/sign-in", "/sign-in", url.Values{"name": {who.User}, "password": {who.Password}, "code": {who.Code()}})
		if err == nil && status != http.StatusSeeOther {
			err = fmt.Errorf("status %d", status)
		}
		return err
	})
}

func (p *point) until(what string, f func() error) {
	p.t.Helper()
	if err := rehearsal.Until(p.ctx, rehearsal.Wait, f); err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// others is what a desk shows of the other boxes of its point, and the calls of
// theirs.
func (m *mate) others() (string, error) {
	status, page, err := m.desk.get("/")
	if err != nil {
		return "", err
	}
	if status != http.StatusOK {
		return "", fmt.Errorf("status %d", status)
	}
	_, list, _ := strings.Cut(page, `id="h-others"`)
	return list, nil
}

// shows waits until a desk shows other boxes with all of these words and none of
// those.
func (p *point) shows(m *mate, words []string, not ...string) {
	p.t.Helper()
	p.until(m.Name+"'s desk", func() error {
		list, err := m.others()
		if err != nil {
			return err
		}
		for _, w := range words {
			if !strings.Contains(list, w) {
				return fmt.Errorf("%q is not in %s", w, list)
			}
		}
		for _, w := range not {
			if strings.Contains(list, w) {
				return fmt.Errorf("%q is in %s", w, list)
			}
		}
		return nil
	})
}

// TestNeighboursOfAPoint: each desk of a point shows how the other box is and what
// it shows, and answers a call there; one that goes away is shown to be gone, and
// comes back; a box of another point is neither shown nor told anything, and whoever
// stands in a box's place without the hub's certificate is not believed (issue 7).
func TestNeighboursOfAPoint(t *testing.T) {
	if !alone(t) {
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), 12*time.Minute)
	defer cancel()
	p := newPoint(ctx, t)
	a, b := p.box("A", "43010401", "quereren"), p.box("B", "43010401", "fuzeren")
	c := p.box("C", "43010301", "")
	const idle, gone = "空闲，等考生放", "联系不上"
	p.shows(a, []string{"2 号机", "已连接省中心", idle}, gone, "1 号机", "3 号机")
	p.shows(b, []string{"1 号机", "已连接省中心", idle}, gone, "2 号机")

	// The step of whoever stands there, and never who.
	card := p.Cards("")[0]
	p.must(b.Place(card.Card))
	seen, err := b.Person.Sees(ctx, "found")
	p.must(err)
	name, _, _ := strings.Cut(card.Label, " ")
	p.shows(a, []string{"2 号机", "核对"}, idle, name, card.Card.Number.Reveal())
	p.must(b.Person.Press(ctx, seen, "help"))
	p.until("the call at A's desk", func() error {
		_, page, err := a.desk.get("/")
		if err == nil && !strings.Contains(page, `value="`+b.id+`"`) {
			err = errors.New("B's call is not shown")
		}
		return err
	})
	if status, _, err := a.desk.post("/", "/coming/other", url.Values{"box": {b.id}}); err != nil || status != http.StatusSeeOther {
		t.Errorf("我去: %d, %v", status, err)
	}
	p.shows(b, []string{idle})
	p.until("B's own desk", func() error {
		_, page, err := b.desk.get("/")
		if err == nil && !strings.Contains(page, "已告诉考生有人过去") {
			err = errors.New("it does not say that somebody comes")
		}
		return err
	})
	b.Lift()

	// A cable that is out is said, and so is that it is in again.
	p.must(b.cable.Cut(ctx))
	p.shows(a, []string{"2 号机", gone}, "已连接省中心")
	p.must(b.cable.Heal(ctx))
	p.shows(a, []string{"2 号机", "已连接省中心"}, gone)

	p.strangers(a, c)
	p.impostor(a, b)
	p.must(b.Start(ctx))
	p.shows(a, []string{"2 号机", "已连接省中心", idle}, gone)
}

// strangers: the box of another point, which the hub's CA certified, and one that
// certified itself ask a box how it is.
func (p *point) strangers(a, c *mate) {
	p.t.Helper()
	p.must(c.Stop())
	ring, err := keystore.OpenFile(appliance.KeysDir(c.Data))
	p.must(err)
	defer ring.Close()
	disk, err := store.Open(c.Data, ring, store.Options{Log: slog.New(slog.DiscardHandler)})
	p.must(err)
	defer disk.Close()
	id, err := disk.Identity()
	p.must(err)
	key, err := ring.Signer(id.KeyName)
	p.must(err)
	ask := func(cert tls.Certificate) (int, error) {
		conf := &tls.Config{RootCAs: p.ring.Pool(), NextProtos: []string{neighbour.ALPN, "http/1.1"}, Certificates: []tls.Certificate{cert}}
		web := http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true}}
		res, err := web.Get("https://" + net.JoinHostPort(a.cable.Host(), a.port) + "/neighbour/state")
		if err != nil {
			return 0, err
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return res.StatusCode, err
	}
	if status, err := ask(tls.Certificate{Certificate: [][]byte{id.Grant.Certificate}, PrivateKey: key}); err != nil || status != http.StatusForbidden {
		p.t.Errorf("a box of another point is answered with %d, %v", status, err)
	}
	if status, err := ask(selfMade(p.t, a.id, a.cable.Host())); err == nil {
		p.t.Errorf("a box that certified itself is answered with %d", status)
	}
}

// selfMade is a certificate that says it is a box's and bears nobody's word.
func selfMade(t *testing.T, box, host string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: box}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.ParseIP(host)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// impostor stands at B's address when B is off, says that it is B, and that somebody
// calls there: A asks it, and believes nothing.
func (p *point) impostor(a, b *mate) {
	p.t.Helper()
	p.must(b.Stop())
	p.shows(a, []string{"2 号机", "联系不上"})
	l, err := b.cable.Listen(b.port)
	p.must(err)
	var knocks, answered atomic.Int32
	said, err := protocol.Encode(neighbour.State{Box: protocol.BoxID(b.id), Unit: 2, Screen: "idle", Help: true, Linked: true})
	p.must(err)
	srv := &http.Server{ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug), Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answered.Add(1)
		_, _ = w.Write(said)
	}), ConnState: func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			knocks.Add(1)
		}
	}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{selfMade(p.t, b.id, b.cable.Host())}, NextProtos: []string{neighbour.ALPN, "http/1.1"}}))
	}()
	p.until("A asking at B's address", func() error {
		if knocks.Load() < 3 {
			return errors.New("nobody asks")
		}
		return nil
	})
	p.shows(a, []string{"2 号机", "联系不上"}, "已连接省中心")
	if _, page, err := a.desk.get("/"); err != nil || strings.Contains(page, `value="`+b.id+`"`) {
		p.t.Errorf("the impostor's call is believed (%v)", err)
	}
	if n := answered.Load(); n > 0 {
		p.t.Errorf("%d questions were put to whoever is not certified", n)
	}
	p.must(srv.Close())
	<-done
}
