package rehearsal_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/keys"
	"zhunkao/provisioning/demo"
	"zhunkao/provisioning/rehearsal"
)

// deskAt is the address of a box on a point's network, which this machine does
// not have: it is dialled on loopback, and everything else is as it is there.
const deskAt = "192.168.8.20"

// tablet is a clerk's tablet that has been told to trust the hub, or has not.
type tablet struct {
	t    testing.TB
	web  *http.Client
	base string
	conf *tls.Config
	port string
}

func newTablet(t testing.TB, port string, roots *x509.CertPool) *tablet {
	t.Helper()
	w, err := tabletAt(port, roots)
	if err != nil {
		t.Fatal(err)
	}
	w.t = t
	t.Cleanup(w.web.CloseIdleConnections)
	return w
}

// tabletAt is newTablet for who closes it himself.
func tabletAt(port string, roots *x509.CertPool) (*tablet, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	conf := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	w := &tablet{base: "https://" + net.JoinHostPort(deskAt, port), conf: conf, port: port}
	w.web = &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{TLSClientConfig: conf, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
		}}}
	return w, nil
}

func (w *tablet) do(req *http.Request) (int, string, error) {
	res, err := w.web.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

func (w *tablet) get(path string) (int, string, error) {
	req, err := http.NewRequest(http.MethodGet, w.base+path, nil)
	if err != nil {
		return 0, "", err
	}
	return w.do(req)
}

// post fills the form of the page from in.
func (w *tablet) post(from, to string, fields url.Values) (int, string, error) {
	_, page, err := w.get(from)
	if err != nil {
		return 0, "", err
	}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		if !fields.Has(m[1]) {
			fields.Set(m[1], m[2])
		}
	}
	req, err := http.NewRequest(http.MethodPost, w.base+to, strings.NewReader(fields.Encode()))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", w.base)
	return w.do(req)
}

// handshake is one over a version of TLS, for a name.
func (w *tablet) handshake(name string, version uint16) (*x509.Certificate, error) {
	conf := w.conf.Clone()
	conf.ServerName, conf.MinVersion, conf.MaxVersion = name, version, version
	conn, err := tls.Dial("tcp", net.JoinHostPort("127.0.0.1", w.port), conf)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0], nil
}

// handshakes tries every version of TLS and names that are not the desk's.
func (w *tablet) handshakes(id string) {
	w.t.Helper()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, name := range []string{deskAt, id + ".local"} {
			cert, err := w.handshake(name, version)
			if err != nil {
				w.t.Errorf("%s, %s: %v", tls.VersionName(version), name, err)
				continue
			}
			if left := time.Until(cert.NotAfter); left < 390*24*time.Hour || left > 825*24*time.Hour {
				w.t.Errorf("the certificate is good for %s", left)
			}
		}
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if _, err := w.handshake(deskAt, version); err == nil {
			w.t.Errorf("served by %s", tls.VersionName(version))
		}
	}
	for _, name := range []string{"192.168.8.21", "127.0.0.1", "localhost", "hub.example"} {
		var wrong x509.HostnameError
		if _, err := w.handshake(name, tls.VersionTLS13); !errors.As(err, &wrong) {
			w.t.Errorf("as %s: %v", name, err)
		}
	}
	var unknown x509.UnknownAuthorityError
	if _, _, err := newTablet(w.t, w.port, x509.NewCertPool()).get("/sign-in"); !errors.As(err, &unknown) {
		w.t.Errorf("a tablet that does not trust the hub: %v", err)
	}
}

// staffed is a hub with one box whose desk is on the point's network.
type staffed struct {
	*rehearsal.Province
	box  *rehearsal.Box
	e    *rehearsal.Equipment
	id   string // of the box
	port string
	ring *keys.Ring
	step int64 // of the clerk's last code
}

func newStaffed(ctx context.Context, t *testing.T) *staffed {
	t.Helper()
	return newStaffedOn(ctx, t, rehearsal.Ground{})
}

func newStaffedOn(ctx context.Context, t *testing.T, g rehearsal.Ground) *staffed {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	p := opened(ctx, t, g)
	must(p.StartHub(ctx))
	s := &staffed{Province: p}
	var err error
	s.box, err = p.NewBox(ctx, "A", "43010401")
	must(err)
	boxes, err := p.Boxes(ctx)
	must(err)
	s.id = boxes[0].ID
	s.e, err = p.Equip("A", "")
	must(err)
	s.port, err = p.Desk("A", deskAt, s.id+".local")
	must(err)
	s.ring, err = keys.Open(datadir.Dir(p.HubData()).Keys(), keys.Options{})
	must(err)
	must(s.box.Start(ctx))
	return s
}

// TestDeskOverTLS: a box on a point's network gets the certificate of its desk
// from the hub, prints what makes a tablet trust it, and serves whoever does, by
// TLS 1.2 and 1.3, under its own names and no others (issue 7, S19).
func TestDeskOverTLS(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	p := newStaffed(ctx, t)
	w := newTablet(t, p.port, p.ring.Pool())
	if err := rehearsal.Until(ctx, rehearsal.Wait, func() error {
		status, page, err := w.get("/sign-in")
		if err == nil && (status != http.StatusOK || !strings.Contains(page, "登录工作台") || strings.Contains(page, "还没有把本确认点的账号发到")) {
			err = fmt.Errorf("status %d, or nobody may sign in yet", status)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}

	w.handshakes(p.id)

	// A page of another name, rebound to this address, is not answered; plain
	// http is not either.
	req, err := http.NewRequest(http.MethodGet, w.base+"/sign-in", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	if status, _, err := w.do(req); err != nil || status != http.StatusMisdirectedRequest {
		t.Errorf("another host: %d, %v", status, err)
	}
	if res, err := http.Get("http://" + net.JoinHostPort("127.0.0.1", p.port) + "/sign-in"); err == nil {
		res.Body.Close()
		if res.StatusCode != http.StatusBadRequest {
			t.Errorf("plain http: %s", res.Status)
		}
	}

	// Who trusts it can sign in, by a cookie that leaves by TLS alone.
	clerk := p.account(t, "quereren")
	status, _, err := w.post("/sign-in", "/sign-in", url.Values{"name": {clerk.User}, "password": {clerk.Password}, "code": {clerk.Code()}})
	if err != nil || status != http.StatusSeeOther {
		t.Fatalf("sign-in: %d, %v", status, err)
	}
	at, err := url.Parse(w.base)
	if err != nil {
		t.Fatal(err)
	}
	if all := w.web.Jar.Cookies(at); len(all) == 0 || !strings.HasPrefix(all[0].Name, "__Host-") {
		t.Errorf("cookies %v", all)
	}
	if status, page, err := w.get("/"); err != nil || status != http.StatusOK || !strings.Contains(page, "1 号机") {
		t.Errorf("the desk: %d, %v", status, err)
	}

	// What it offers to be trusted is the hub's, and the sheet says its fingerprint.
	_, der, err := w.get("/ca.crt")
	if err != nil || !bytes.Equal([]byte(der), p.ring.CA().Raw) {
		t.Errorf("the certificate to be trusted is not the hub's (%v)", err)
	}
	text := p.trustSheet(ctx, t)
	digits := fmt.Sprintf("%X", sha256.Sum256(p.ring.CA().Raw))
	for _, want := range []string{digits, "https://" + net.JoinHostPort(deskAt, p.port) + "/", "https://" + p.id + ".local:" + p.port + "/"} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet about trust does not say %s:\n%s", want, text)
		}
	}
}

// trustSheet waits for the sheet about trust and gives its text without spaces.
func (p *staffed) trustSheet(ctx context.Context, t *testing.T) string {
	t.Helper()
	var doc []byte
	if err := rehearsal.Until(ctx, rehearsal.Wait, func() error {
		for _, j := range p.e.Printer.Jobs() {
			if bytes.HasPrefix(j.Document, []byte("%PDF-")) {
				doc = j.Document
				return nil
			}
		}
		return errors.New("no sheet was printed")
	}); err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("ZHUNKAO_SHOTS"); keep != "" {
		if err := os.WriteFile(filepath.Join(keep, "trust.pdf"), doc, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("pdftotext", "-raw", "-", "-")
	cmd.Stdin = bytes.NewReader(doc)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext (poppler-utils): %v", err)
	}
	return regexp.MustCompile(`\s+`).ReplaceAllString(string(out), "")
}

func (p *staffed) account(t *testing.T, user string) demo.Account {
	t.Helper()
	for _, a := range p.Accounts() {
		if a.User == user {
			return a
		}
	}
	t.Fatalf("nobody is %s", user)
	return demo.Account{}
}

// TestVoidAtTheDesk: clerk and head take a confirmation back at the desk of a box
// whose hub is away; the power is cut as soon as the page says so; it is the
// hub's word afterwards, and she confirms again.
func TestVoidAtTheDesk(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 12*time.Minute)
	defer cancel()
	p := newStaffed(ctx, t)
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	w := newTablet(t, p.port, p.ring.Pool())
	confirm := func() {
		t.Helper()
		_, err := p.box.Person.Sees(ctx, "idle")
		must("before the card", err)
		must("card", p.box.Place(p.Cards("")[0].Card))
		must("visit", p.box.Person.Confirm(ctx))
		must("the last screen", p.box.Person.Done(ctx))
		p.box.Lift()
		_, err = p.box.Person.Sees(ctx, "idle")
		must("after", err)
	}
	confirm()
	p.stands(ctx, t, map[confirmation.State]int{confirmation.InForce: 1})

	must("the hub goes away", p.StopHub())
	head := p.account(t, "fuzeren")
	must("sign-in", p.signsIn(ctx, w))
	void := url.Values{"reason": {"04"}, "note": {"当场看错"}, "taken": {"1"}, "name": {head.User}, "password": {head.Password}, "code": {head.Code()}}
	status, page, err := w.post("/void/1", "/void/1", void)
	must("void", err)
	must("the power is cut", p.box.Kill())
	if status != http.StatusSeeOther {
		t.Fatalf("taken back with %d:\n%s", status, page)
	}
	must("the power is back", p.box.Start(ctx))
	w.web.CloseIdleConnections()
	must("sign-in", p.signsIn(ctx, w))
	says := func(path, want string) {
		t.Helper()
		must(path, rehearsal.Until(ctx, rehearsal.Wait, func() error {
			_, page, err := w.get(path)
			if err == nil && !strings.Contains(page, want) {
				err = fmt.Errorf("it does not say %s", want)
			}
			return err
		}))
	}
	says("/void/1", "已撤销，待上传")
	says("/unsent", "确认 0 条，撤销 1 条")
	must("the hub is back", p.StartHub(ctx))
	says("/void/1", "已撤销，省中心已收到")
	p.stands(ctx, t, map[confirmation.State]int{confirmation.Voided: 1})
	confirm()
	p.stands(ctx, t, map[confirmation.State]int{confirmation.Voided: 1, confirmation.InForce: 1})
}

// stands waits until the hub's confirmations stand like this.
func (p *staffed) stands(ctx context.Context, t *testing.T, want map[confirmation.State]int) {
	t.Helper()
	d, err := db.OpenExisting(ctx, p.Database())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := rehearsal.Until(ctx, rehearsal.Wait, func() error {
		have := map[confirmation.State]int{}
		if err := d.Read(ctx, func(tx *db.Tx) error {
			all, err := confirmation.List(ctx, tx, confirmation.Filter{})
			for _, r := range all {
				have[r.State]++
			}
			return err
		}); err != nil {
			return err
		}
		if !maps.Equal(have, want) {
			return fmt.Errorf("they stand as %v, want %v", have, want)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
