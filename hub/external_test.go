package hub_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"zhunkao/hub"
	"zhunkao/hub/datadir"
	"zhunkao/hub/keys"
	"zhunkao/protocol"
)

// TestExternalBroker puts Debian's mosquitto in the place of the embedded
// broker, by configuration alone: mutual TLS, rights by common name, a shared
// subscription.
func TestExternalBroker(t *testing.T) {
	s := newSite(t)
	address := s.mosquitto()
	c := s.config()
	c.Advertise, c.Broker = address, hub.External{URL: "tls://" + address, Shared: "hub"}
	h, err := hub.Open(t.Context(), c)
	s.must(err)
	s.hub = h
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("hub: %v", err)
		}
		s.must(h.Close())
	})
	b, code := s.enrol(s.ticket())
	if code != 200 || b.grant.MQTT != address {
		t.Fatalf("enrolment: status %d, broker %q\n%s", code, b.grant.MQTT, s.log)
	}
	s.must(b.connect())
	// Nobody holds a box up here until the hub listens: it says hello again.
	var w protocol.Welcome
	for end := time.Now().Add(patient); w.State == ""; {
		if time.Now().After(end) {
			t.Fatalf("no welcome\n%s", s.log)
		}
		b.hello()
		select {
		case m := <-b.heard:
			if _, kind, err := protocol.ParseDownTopic(m.Topic()); err == nil && kind == protocol.KindWelcome {
				s.must(protocol.OpenStatement(kind, m.Payload(), b.keys, &w))
			}
		case <-time.After(200 * time.Millisecond):
		}
	}
	rec := b.confirm(s.people[0])
	var r protocol.Receipts
	b.hears(protocol.KindReceipts, &r)
	if len(r.Entries) != 1 || r.Entries[0].Envelope != rec.Hash() || r.Entries[0].Outcome != protocol.Accepted {
		t.Errorf("receipts %+v", r.Entries)
	}
}

// mosquitto starts one that knows the hub's CA, or skips.
func (s *site) mosquitto() string {
	s.t.Helper()
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		path = "/usr/sbin/mosquitto"
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			s.t.Fatal("no mosquitto on this machine")
		}
		s.t.Skip("no mosquitto on this machine: an external broker is not tried (apt install mosquitto)")
	}
	ring, err := keys.Open(datadir.Dir(s.dir).Keys(), keys.Options{})
	s.must(err)
	cert, err := ring.IssueServer("127.0.0.1")
	s.must(err)
	dir := shortDir(s.t)
	file := func(name string, blocks ...*pem.Block) string {
		var out []byte
		for _, b := range blocks {
			out = append(out, pem.EncodeToMemory(b)...)
		}
		p := filepath.Join(dir, name)
		s.must(os.WriteFile(p, out, 0o600))
		return p
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	s.must(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	address := l.Addr().String()
	_, port, err := net.SplitHostPort(address)
	s.must(err)
	s.must(l.Close())
	acl := filepath.Join(dir, "acl")
	s.must(os.WriteFile(acl, []byte("user hub\ntopic readwrite zhunkao/1/#\npattern write zhunkao/1/up/%u/+\npattern read zhunkao/1/down/%u/+\n"), 0o600))
	conf := filepath.Join(dir, "mosquitto.conf")
	s.must(os.WriteFile(conf, fmt.Appendf(nil, `user root
listener %s 127.0.0.1
cafile %s
certfile %s
keyfile %s
require_certificate true
use_identity_as_username true
tls_version tlsv1.3
acl_file %s
`, port, file("ca.pem", &pem.Block{Type: "CERTIFICATE", Bytes: ring.CA().Raw}),
		file("cert.pem", &pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]}),
		file("key.pem", &pem.Block{Type: "PRIVATE KEY", Bytes: key}), acl), 0o600))
	cmd := exec.Command(path, "-c", conf)
	cmd.Stderr = s.log
	s.must(cmd.Start())
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	own, err := ring.IssueClient("hub")
	s.must(err)
	for end := time.Now().Add(patient); ; time.Sleep(20 * time.Millisecond) {
		c, err := tls.Dial("tcp", address, &tls.Config{RootCAs: ring.Pool(), Certificates: []tls.Certificate{own}})
		if err == nil {
			s.must(c.Close())
			return address
		}
		if time.Now().After(end) {
			s.t.Fatalf("mosquitto does not answer: %v\n%s", err, s.log)
		}
	}
}
