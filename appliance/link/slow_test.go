package link_test

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/bits"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/link"
	"zhunkao/protocol"
)

// TestAFullBrokerAndASlowHub: Debian's mosquitto with room for ten messages and
// one under way throws most of a backlog away, for the hub is slow. The box
// keeps every record until its receipt, sends again with growing pauses, and
// all arrive in the end (fault 13).
func TestAFullBrokerAndASlowHub(t *testing.T) {
	p, dropped := newCrowdedPeer(t)
	n := newNode(t, p)
	n.resend = 300 * time.Millisecond
	const records = 24
	n.commit(records)
	begin := time.Now()
	n.run()
	deadline := begin.Add(4 * time.Minute)
	for !n.drained() {
		o, err := n.Outbox()
		if err != nil {
			t.Fatal(err)
		}
		var whole uint64
		p.with(func() { whole = uint64(len(p.manifests)) })
		if o.Waiting+whole < records {
			t.Fatalf("the box let go of records: %d wait, the hub has seen %d of %d", o.Waiting, whole, records)
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d records never arrived; %d messages were thrown away", o.Waiting, dropped())
		}
		<-time.After(20 * time.Millisecond)
	}
	took := time.Since(begin)
	settled := map[uint64]int{}
	n.until("each is told", func() bool { // that is after it was settled
		clear(settled)
		for _, e := range n.seen() {
			if s, ok := e.(link.Settled); ok {
				settled[s.Receipt.Sequence]++
			}
		}
		return len(settled) == records
	})
	for seq := uint64(1); seq <= records; seq++ {
		if settled[seq] != 1 {
			t.Errorf("record %d was settled %d times", seq, settled[seq])
		}
	}
	n.until("the broker says what it threw away", func() bool { return dropped() > 0 })
	// A pause that doubles allows so many tries in the time it took. A pause
	// that does not grow would make four times as many.
	tries := bits.Len(uint(took/n.resend)) + 3
	p.with(func() {
		for seq, times := range p.seen {
			if times > tries {
				t.Errorf("record %d came %d times in %v, want %d at most", seq, times, took, tries)
			}
		}
	})
	t.Logf("%d records in %v; %d messages thrown away", records, took.Round(time.Millisecond), dropped())
}

// newCrowdedPeer is a peer behind mosquitto, and what that says it has thrown
// away so far.
func newCrowdedPeer(t *testing.T) (*peer, func() int64) {
	t.Helper()
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		path = "/usr/sbin/mosquitto"
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no mosquitto on this machine")
		}
		t.Skip("no mosquitto on this machine: a full broker is not tried (apt install mosquitto)")
	}
	p := &peer{
		T: t, keys: hubtest.New(t), slow: 15 * time.Millisecond,
		now: time.Date(2019, 9, 7, 2, 0, 0, 0, time.UTC), state: protocol.BoxActive,
		manifests: map[uint64][]byte{}, parts: map[protocol.Hash][]byte{}, seen: map[uint64]int{},
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.port = l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := func(name, kind string, ders ...[]byte) string {
		var out []byte
		for _, der := range ders {
			out = append(out, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})...)
		}
		to := filepath.Join(dir, name)
		if err := os.WriteFile(to, out, 0o600); err != nil {
			t.Fatal(err)
		}
		return to
	}
	cert := p.keys.TLS(t, true).Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "mosquitto.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, `user root
sys_interval 1
max_queued_messages 10
max_inflight_messages 1
listener %d 127.0.0.1
cafile %s
certfile %s
keyfile %s
require_certificate true
use_identity_as_username true
tls_version tlsv1.3
`, p.port, file("ca.pem", "CERTIFICATE", p.keys.CA.Raw), file("cert.pem", "CERTIFICATE", cert.Certificate...), file("key.pem", "PRIVATE KEY", key)), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-c", conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for end := time.Now().Add(2 * time.Minute); ; <-time.After(20 * time.Millisecond) {
		c, err := net.Dial("tcp", p.addr())
		if err == nil {
			_ = c.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatalf("mosquitto does not answer: %v", err)
		}
	}
	p.connect()
	t.Cleanup(func() {
		p.hub.Disconnect(50)
		p.inbox <- nil
		<-p.closed
	})
	var dropped atomic.Int64
	tok := p.hub.Subscribe("$SYS/broker/publish/messages/dropped", 0, func(_ mqtt.Client, m mqtt.Message) {
		if k, err := strconv.ParseInt(strings.TrimSpace(string(m.Payload())), 10, 64); err == nil {
			dropped.Store(k)
		}
	})
	if !tok.WaitTimeout(2*time.Minute) || tok.Error() != nil {
		t.Fatal("no word of the broker: ", tok.Error())
	}
	return p, dropped.Load
}
