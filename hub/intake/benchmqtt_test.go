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
	"runtime"
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
//
// Who sends is the same for both: eight connections over which PUBLISH packets go
// that were made before. A client that makes them as it goes took cores from whoever
// is measured, and a greater share of the faster one's time (7 % by the profile);
// now a sender costs either side its writes, and ours the TLS of our wire as well.
func BenchmarkNaive(b *testing.B) {
	for range b.N {
		n := newNaive(b)
		l := newLoad(b, newRig(b, dbtest.SQLite(b), benchRounds*benchRound))
		l.wire(b, "tap")
		n.keep = l.store.keep
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
	for k, box := range l.boxes {
		cert := certify(b, r, box)
		conn, err := tls.Dial("tcp", br.Addr(), &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: r.ring.Pool(), Certificates: []tls.Certificate{cert}})
		if err != nil {
			b.Fatal(err)
		}
		w := way{speaker: newSpeaker(b, conn, protocol.DownFilter(box.id.Box), func(topic string, payload []byte) {
			r.channel(topic) <- payload
		}), records: map[protocol.ID][][]byte{}}
		for i := k; i < len(l.all); i += benchBoxes {
			s := l.all[i]
			packets := [][]byte{w.packet(protocol.UpTopic(box.id.Box, protocol.KindManifest), s.Envelope)}
			for _, raw := range l.said[s.Manifest.ID] {
				packets = append(packets, w.packet(protocol.UpTopic(box.id.Box, protocol.KindChunk), raw))
			}
			w.records[s.Manifest.ID] = l.store.all(packets)
		}
		l.ways = append(l.ways, w)
	}
	runtime.GC()
	return br.Addr()
}

// way is a box's connection to the broker, and what goes over it for each record.
type way struct {
	*speaker
	records map[protocol.ID][][]byte
}

// send says a record as a box does: the receipts are waited for, not the PUBACKs.
func (w way) send(id protocol.ID) {
	for _, packet := range w.records[id] {
		w.write(packet)
	}
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
	b      *testing.B
	boxes  []*speaker
	keep   func([]byte) []byte // what is going to be said
	stored atomic.Int64
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
	c := mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + address).SetClientID("hub").SetAutoReconnect(false))
	var last mqtt.Token
	for end := time.Now().Add(patient); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if last = c.Connect(); last.WaitTimeout(time.Second) && last.Error() == nil {
			break
		}
	}
	wait(b, last)
	b.Cleanup(func() { c.Disconnect(0) })
	var id atomic.Int64
	wait(b, c.Subscribe("records", 1, func(_ mqtt.Client, m mqtt.Message) {
		if _, err := pool.Exec(`INSERT INTO naive (id, body) VALUES ($1, $2)`, id.Add(1), m.Payload()); err != nil {
			b.Errorf("insert: %v", err)
		}
		n.stored.Add(1)
	}))
	for range benchBoxes {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		n.boxes = append(n.boxes, newSpeaker(b, conn, "", nil))
	}
	return n
}

// take sends records over eight connections and waits until all are stored.
func (n *naive) take(part []sealed, _ int) time.Duration {
	packets := make([][]byte, len(part))
	for i, s := range part {
		packets[i] = n.keep(n.boxes[i%benchBoxes].packet("records", whole(s)))
	}
	runtime.GC() // what the hub left is not the naive one's to collect
	want := n.stored.Load() + int64(len(part))
	start := time.Now()
	for k, box := range n.boxes {
		go func() {
			for i := k; i < len(packets); i += benchBoxes {
				box.write(packets[i])
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
