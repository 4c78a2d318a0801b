package broker_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/hub/broker"
)

const (
	boxA = "baaaaaaaaaa"
	boxB = "bbbbbbbbbbb"
	wait = 2 * time.Minute
)

// authority is a CA of the test's own.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t testing.TB, name string) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

func (a authority) issue(t testing.TB, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// door is a broker with a switchable admission.
type door struct {
	*broker.Broker
	ca authority

	mu      sync.Mutex // guards revoked
	revoked map[string]bool
}

func open(t testing.TB) *door {
	t.Helper()
	d, _ := openIn(t)
	return d
}

// openIn also gives the folder of the broker's store.
func openIn(t testing.TB) (*door, string) {
	t.Helper()
	dir := t.TempDir()
	d := &door{ca: newAuthority(t, "hub CA"), revoked: map[string]bool{}}
	b, err := broker.Start(t.Context(), broker.Options{
		Listen: "127.0.0.1:0", Dir: dir, Server: d.ca.issue(t, "127.0.0.1"), CA: d.ca.cert,
		Admit: func(box string, _ *x509.Certificate) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.revoked[box] || (box != boxA && box != boxB) {
				return errors.New("revoked")
			}
			return nil
		},
		Topics: func(box string) (string, string) { return "t/up/" + box + "/+", "t/down/" + box + "/+" },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close(t.Context()) })
	d.Broker = b
	return d, dir
}

func (d *door) revoke(box string) {
	d.mu.Lock()
	d.revoked[box] = true
	d.mu.Unlock()
	d.Disconnect(box)
}

func (d *door) options(cert tls.Certificate) *mqtt.ClientOptions {
	pool := x509.NewCertPool()
	pool.AddCert(d.ca.cert)
	return mqtt.NewClientOptions().AddBroker("tls://" + d.Addr()).
		SetClientID(rand.Text()).SetAutoReconnect(false).SetConnectTimeout(wait).
		SetTLSConfig(&tls.Config{Certificates: []tls.Certificate{cert}, RootCAs: pool, MinVersion: tls.VersionTLS13})
}

func connect(t testing.TB, o *mqtt.ClientOptions) mqtt.Client {
	t.Helper()
	c := mqtt.NewClient(o)
	if err := done(c.Connect()); err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { c.Disconnect(0) })
	return c
}

func done(tok mqtt.Token) error {
	if !tok.WaitTimeout(wait) {
		return errors.New("no answer in time")
	}
	return tok.Error()
}

func (d *door) hub(t testing.TB) (mqtt.Client, chan mqtt.Message) {
	got := make(chan mqtt.Message, 64)
	c := connect(t, d.options(d.ca.issue(t, broker.HubName)))
	if err := done(c.Subscribe("t/up/+/+", 1, func(_ mqtt.Client, m mqtt.Message) { got <- m })); err != nil {
		t.Fatal(err)
	}
	return c, got
}

func receive(t testing.TB, ch chan mqtt.Message) mqtt.Message {
	t.Helper()
	select {
	case m := <-ch:
		return m
	case <-time.After(wait):
		t.Fatal("no message in time")
		return nil
	}
}

func TestEachBoxOnlyItsOwnTopics(t *testing.T) {
	d := open(t)
	hub, up := d.hub(t)
	a := connect(t, d.options(d.ca.issue(t, boxA)))
	b := connect(t, d.options(d.ca.issue(t, boxB)))

	// A publishes as itself, then as B; the hub must see the first, never the
	// second, and then a third one, which shows that nothing is still coming.
	for _, topic := range []string{"t/up/" + boxA + "/x", "t/up/" + boxB + "/x", "t/up/" + boxA + "/y"} {
		_ = done(a.Publish(topic, 1, false, topic)) // a forbidden one may be acknowledged: see doc.go
	}
	for _, want := range []string{"t/up/" + boxA + "/x", "t/up/" + boxA + "/y"} {
		if m := receive(t, up); m.Topic() != want {
			t.Fatalf("hub got topic %q, want %q", m.Topic(), want)
		}
	}

	for _, filter := range []string{"t/down/" + boxA + "/+", "t/down/#", "t/down/+/+", "#", "t/up/" + boxA + "/+", "$SYS/#"} {
		got := make(chan mqtt.Message, 8)
		tok := b.Subscribe(filter, 1, func(_ mqtt.Client, m mqtt.Message) { got <- m })
		err := done(tok)
		if err == nil && tok.(*mqtt.SubscribeToken).Result()[filter] != 0x80 {
			t.Errorf("box B could subscribe to %q", filter)
		}
	}
	if !b.IsConnectionOpen() {
		b = connect(t, d.options(d.ca.issue(t, boxB)))
	}
	own := make(chan mqtt.Message, 8)
	if err := done(b.Subscribe("t/down/"+boxB+"/+", 1, func(_ mqtt.Client, m mqtt.Message) { own <- m })); err != nil {
		t.Fatal(err)
	}
	for _, box := range []string{boxA, boxB} {
		if err := done(hub.Publish("t/down/"+box+"/x", 1, false, box)); err != nil {
			t.Fatal(err)
		}
	}
	if m := receive(t, own); string(m.Payload()) != boxB {
		t.Fatalf("box B got what was for %s", m.Payload())
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	d := open(t)
	stranger := newAuthority(t, "hub CA") // the same name, another key
	tls12 := d.options(d.ca.issue(t, boxA))
	tls12.TLSConfig.MinVersion, tls12.TLSConfig.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	bare := d.options(tls.Certificate{})
	bare.TLSConfig.Certificates = nil
	plain := mqtt.NewClientOptions().AddBroker("tcp://" + d.Addr()).SetClientID(rand.Text()).SetConnectTimeout(wait)
	for name, o := range map[string]*mqtt.ClientOptions{
		"another CA":     d.options(stranger.issue(t, boxA)),
		"hub's name, CA": d.options(stranger.issue(t, broker.HubName)),
		"unknown box":    d.options(d.ca.issue(t, "bccccccccccc")),
		"no certificate": bare,
		"TLS 1.2":        tls12,
		"plaintext":      plain,
	} {
		t.Run(name, func(t *testing.T) {
			c := mqtt.NewClient(o)
			defer c.Disconnect(0)
			if err := done(c.Connect()); err == nil {
				t.Fatal("was let in")
			}
		})
	}
}

func TestRevokedBoxIsCutAndStaysOut(t *testing.T) {
	d := open(t)
	lost := make(chan error, 1)
	o := d.options(d.ca.issue(t, boxA))
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { lost <- err })
	connect(t, o)
	d.revoke(boxA)
	select {
	case <-lost:
	case <-time.After(wait):
		t.Fatal("the live session of a revoked box was not cut")
	}
	c := mqtt.NewClient(d.options(d.ca.issue(t, boxA)))
	if err := done(c.Connect()); err == nil {
		t.Fatal("a revoked box was let in again")
	}
}

// TestOversizeIsRefused: one byte too many ends the connection and reaches nobody.
func TestOversizeIsRefused(t *testing.T) {
	d := open(t)
	_, up := d.hub(t)
	lost := make(chan error, 1)
	o := d.options(d.ca.issue(t, boxA))
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { lost <- err })
	a := connect(t, o)
	a.Publish("t/up/"+boxA+"/x", 1, false, make([]byte, 512<<10))
	select {
	case <-lost:
	case m := <-up:
		t.Fatalf("a message of %d bytes came through", len(m.Payload()))
	case <-time.After(wait):
		t.Fatal("an oversize message did not end the connection")
	}
}

func TestSessionsOfOneBoxAreBounded(t *testing.T) {
	d := open(t)
	cert := d.ca.issue(t, boxA)
	lost := make(chan int, 8)
	for i := range 3 {
		o := d.options(cert)
		o.SetConnectionLostHandler(func(mqtt.Client, error) { lost <- i })
		connect(t, o)
	}
	select {
	case i := <-lost:
		if i != 0 {
			t.Fatalf("connection %d was cut, want the oldest", i)
		}
	case <-time.After(wait):
		t.Fatal("a third session of one box left all three standing")
	}
}

func TestTakenPortIsSaidInOneLine(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ca := newAuthority(t, "ca")
	_, err = broker.Start(t.Context(), broker.Options{
		Listen: l.Addr().String(), Dir: t.TempDir(), Server: ca.issue(t, "x"), CA: ca.cert,
		Admit:  func(string, *x509.Certificate) error { return nil },
		Topics: func(string) (string, string) { return "a/+", "b/+" },
	})
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Fatalf("got %v, want one line naming %s", err, l.Addr())
	}
}

// TestStoredIsWhatNobodyHasTaken: the store grows with what the hub has not
// acknowledged and is empty again when it has.
func TestStoredIsWhatNobodyHasTaken(t *testing.T) {
	d := open(t)
	stored := func() uint64 {
		t.Helper()
		used, limit, err := d.Stored()
		if err != nil || limit != 1<<30 {
			t.Fatalf("%d of %d, %v", used, limit, err)
		}
		return used
	}
	before := stored()
	got := make(chan mqtt.Message, 64)
	hub := connect(t, d.options(d.ca.issue(t, broker.HubName)).SetAutoAckDisabled(true))
	if err := done(hub.Subscribe("t/up/+/+", 1, func(_ mqtt.Client, m mqtt.Message) { got <- m })); err != nil {
		t.Fatal(err)
	}
	box := connect(t, d.options(d.ca.issue(t, boxA)))
	const messages, size = 10, 100 << 10
	for range messages {
		if err := done(box.Publish("t/up/"+boxA+"/x", 1, false, make([]byte, size))); err != nil {
			t.Fatal(err)
		}
	}
	if now := stored(); now < before+messages*size {
		t.Errorf("the store holds %d bytes, before %d", now, before)
	}
	for range messages {
		receive(t, got).Ack()
	}
	for end := time.Now().Add(wait); stored() > before+size; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the store holds %d bytes when all is taken", stored())
		}
	}
}
