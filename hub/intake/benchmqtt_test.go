package intake_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	_ "github.com/jackc/pgx/v5/stdlib"

	"zhunkao/hub/broker"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/intake"
	"zhunkao/protocol"
)

// BenchmarkWire is BenchmarkIntake with the whole way to it: eight boxes over
// mutual TLS 1.3 and QoS 1 to the embedded broker, the hub's ear there, and
// receipts back. tap is what ships; qos0 and qos1 are the hub as a client of the
// broker, as it is with an external one.
func BenchmarkWire(b *testing.B) {
	for _, ear := range []string{"tap", "qos0", "qos1"} {
		b.Run(ear, func(b *testing.B) {
			for range b.N {
				l := newLoad(b, newRig(b, dbtest.SQLite(b), benchRounds*benchRound))
				l.wire(b, ear)
				raw := l.beside(b)
				raw.name = "wire-of-raw" // no aim stands for the wire: the boxes' work is in it
				l.run(b, raw)
			}
		})
	}
}

// BenchmarkNaive is the whole way in turns with the simplest program that does
// something like it: Mosquitto as it is shipped, without TLS, one subscriber, one
// INSERT a record into PostgreSQL as it is shipped, acknowledged after its commit. "of-naive" is the ratio of
// the rates (aim 4). The naive one verifies, opens and checks nothing.
func BenchmarkNaive(b *testing.B) {
	for range b.N {
		n := newNaive(b)
		l := newLoad(b, newRig(b, dbtest.SQLite(b), benchRounds*benchRound))
		l.wire(b, "tap")
		l.run(b, other{name: "of-naive", rate: "naive-records/s", take: n.take})
	}
}

// wire puts a broker between boxes and hub, and gives its address.
func (l *load) wire(b *testing.B, ear string) string {
	b.Helper()
	r := l.r
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	server, err := r.ring.IssueServer("127.0.0.1")
	if err != nil {
		b.Fatal(err)
	}
	own, err := r.ring.IssueClient(broker.HubName)
	if err != nil {
		b.Fatal(err)
	}
	br, err := broker.Start(ctx, broker.Options{Listen: "127.0.0.1:0", Dir: b.TempDir(), Server: server, CA: r.ring.CA(),
		Admit: r.fleet.Admit, Topics: dispatch.Topics, MaxPayload: dispatch.MaxMessage})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = br.Close(context.Background()) })
	link := dispatch.Link{URL: "tls://" + br.Addr(), TLS: &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: r.ring.Pool(), Certificates: []tls.Certificate{own}}}
	up := intake.Uplink{Link: link}
	switch ear {
	case "tap":
		up.Tap = br.Tap
	case "qos1":
		up.QoS = 1
	}
	ready := make(chan struct{}, 16)
	go func() { _ = r.in.Listen(ctx, up, func() { ready <- struct{}{} }) }()
	publish := link.Publisher(ctx, slog.New(slog.DiscardHandler), nil)
	r.mu.Lock()
	r.publish = publish
	r.mu.Unlock()
	<-ready
	for _, box := range l.boxes {
		cert := certify(b, r, box)
		c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(link.URL).SetClientID(rand.Text()).SetOrderMatters(true).
			SetTLSConfig(&tls.Config{MinVersion: tls.VersionTLS13, RootCAs: r.ring.Pool(), Certificates: []tls.Certificate{cert}}))
		wait(b, c.Connect())
		wait(b, c.Subscribe(protocol.DownFilter(box.id.Box), 1, func(_ mqtt.Client, m mqtt.Message) {
			r.channel(m.Topic()) <- m.Payload()
		}))
		b.Cleanup(func() { c.Disconnect(0) })
		box.say = func(kind protocol.Kind, payload []byte) {
			// As a box does: the receipts are waited for, not the PUBACKs.
			c.Publish(protocol.UpTopic(box.id.Box, kind), 1, false, payload)
		}
	}
	return br.Addr()
}

// certify gives a box of the rig the certificate that the door would have.
func certify(b *testing.B, r *rig, box *box) tls.Certificate {
	b.Helper()
	raw, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, box.key)
	if err != nil {
		b.Fatal(err)
	}
	csr, err := x509.ParseCertificateRequest(raw)
	if err != nil {
		b.Fatal(err)
	}
	der, err := r.ring.IssueDevice(csr, string(box.id.Box))
	if err != nil {
		b.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: box.key}
}

func wait(b *testing.B, tok mqtt.Token) {
	if !tok.WaitTimeout(patient) || tok.Error() != nil {
		b.Errorf("mqtt: %v", tok.Error())
	}
}

// naive is the program that everybody writes first.
type naive struct {
	b       *testing.B
	clients []mqtt.Client
	stored  atomic.Int64
}

func newNaive(b *testing.B) *naive {
	b.Helper()
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		if _, err := os.Stat("/usr/sbin/mosquitto"); err != nil {
			b.Skip("no mosquitto on this machine: the naive baseline is not measured (apt install mosquitto)")
		}
		path = "/usr/sbin/mosquitto"
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := l.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	_ = l.Close()
	conf := filepath.Join(b.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, "listener %s 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n", port), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(path, "-c", conf)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })

	pool, err := sql.Open("pgx", dbtest.PostgresURL(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pool.Close() })
	// A server that may lose what it said is stored would be no baseline, and one
	// with less room than it is shipped with none either.
	for setting, want := range map[string]string{"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
		"shared_buffers": "128MB", "wal_segment_size": "16MB"} {
		var got string
		if err := pool.QueryRow("SHOW " + setting).Scan(&got); err != nil || got != want {
			b.Fatalf("PostgreSQL has %s=%s, want %s (%v)", setting, got, want, err)
		}
	}
	if _, err := pool.Exec(`CREATE TABLE naive (id BIGINT PRIMARY KEY, body BYTEA NOT NULL)`); err != nil {
		b.Fatal(err)
	}
	n := &naive{b: b}
	client := func(id string) mqtt.Client {
		c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + address).SetClientID(id).SetAutoReconnect(false))
		var last mqtt.Token
		for end := time.Now().Add(patient); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if last = c.Connect(); last.WaitTimeout(time.Second) && last.Error() == nil {
				break
			}
		}
		wait(b, last)
		b.Cleanup(func() { c.Disconnect(0) })
		return c
	}
	var id atomic.Int64
	wait(b, client("hub").Subscribe("records", 1, func(_ mqtt.Client, m mqtt.Message) {
		if _, err := pool.Exec(`INSERT INTO naive (id, body) VALUES ($1, $2)`, id.Add(1), m.Payload()); err != nil {
			b.Errorf("insert: %v", err)
		}
		n.stored.Add(1)
	}))
	for i := range benchBoxes {
		n.clients = append(n.clients, client(fmt.Sprintf("box%d", i)))
	}
	return n
}

// take sends records over eight connections and waits until all are stored.
func (n *naive) take(part []sealed, _ int) time.Duration {
	bodies := make([][]byte, len(part))
	for i, s := range part {
		bodies[i] = whole(s)
	}
	want := n.stored.Load() + int64(len(part))
	start := time.Now()
	for k, c := range n.clients {
		go func() {
			for i := k; i < len(bodies); i += len(n.clients) {
				c.Publish("records", 1, false, bodies[i])
			}
		}()
	}
	for n.stored.Load() < want {
		if time.Since(start) > 2*time.Minute {
			n.b.Fatal("the naive program does not come to an end")
		}
		time.Sleep(200 * time.Microsecond)
	}
	return time.Since(start)
}
