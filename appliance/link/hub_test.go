package link_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/nats-io/nats-server/v2/server"

	"zhunkao/appliance/hubtest"
	"zhunkao/protocol"
)

// peer is a real broker, mutual TLS and all, with a small hub behind it that a
// test can make misbehave.
type peer struct {
	*testing.T
	keys *hubtest.Hub
	port int
	dir  string
	srv  *server.Server
	hub  mqtt.Client

	slow   time.Duration     // over each message, before it is acknowledged
	inbox  chan mqtt.Message // of the present connection; nil ends it
	closed chan struct{}

	mu         sync.Mutex // guards what follows
	device     *ecdsa.PublicKey
	address    protocol.Address
	now        time.Time
	state      protocol.BoxState
	manifests  map[uint64][]byte        // envelopes as they came
	parts      map[protocol.Hash][]byte // whole parts
	seen       map[uint64]int           // how often a manifest came
	order      []uint64                 // in which manifests came
	bulk       int                      // bytes of manifests and chunks that came
	hellos     []protocol.Hello
	beats      []protocol.Heartbeat
	receipted  uint64                                    // told in Welcome
	beyond     []uint64                                  // told in Welcome
	receipt    func(m protocol.Manifest, env []byte) int // what to do: one of the do… values
	checkpoint protocol.Checkpoint
	backup     uint64
	desks      []protocol.DeskRequest
	desk       func(protocol.DeskRequest) protocol.DeskCertificate // nil says nothing
	lackings   []protocol.Lacking
	pictures   func(protocol.Lacking) []protocol.Picture // nil says nothing
	node       *node                                     // the pictures are sealed to
}

// What a test lets the hub do with a record that is whole.
const (
	doAccept = iota
	doNothing
	doQuarantine
	doTwice
	doWrongHash
)

func newPeer(t *testing.T) *peer {
	t.Helper()
	p := &peer{
		T: t, keys: hubtest.New(t), dir: t.TempDir(), port: server.RANDOM_PORT,
		now: time.Date(2019, 9, 7, 2, 0, 0, 0, time.UTC), state: protocol.BoxActive,
		manifests: map[uint64][]byte{}, parts: map[protocol.Hash][]byte{}, seen: map[uint64]int{},
	}
	p.start()
	t.Cleanup(p.stop)
	return p
}

func (p *peer) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)) }

// start starts broker and hub; after stop it is a restart on the same port.
func (p *peer) start() {
	p.Helper()
	opt := &server.Options{
		ServerName: "test", DontListen: true, NoSigs: true, NoLog: true, NoSystemAccount: true,
		JetStream: true, StoreDir: p.dir, JetStreamMaxMemory: 16 << 20, JetStreamMaxStore: 256 << 20, MaxPayload: 256 << 10,
		MQTT: server.MQTTOpts{Host: "127.0.0.1", Port: p.port, TLSConfig: p.keys.TLS(p.T, true), TLSTimeout: 5},
	}
	srv, err := server.NewServer(opt)
	if err != nil {
		p.Fatal(err)
	}
	go srv.Start()
	if !srv.ReadyForConnections(2 * time.Minute) {
		p.Fatal("broker does not start")
	}
	p.srv, p.port = srv, opt.MQTT.Port
	p.connect()
}

func (p *peer) connect() {
	p.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(p.keys.CA)
	inbox := make(chan mqtt.Message, 4096)
	o := mqtt.NewClientOptions().AddBroker("ssl://" + p.addr()).SetClientID("hub").SetAutoReconnect(false).
		SetTLSConfig(&tls.Config{RootCAs: roots, ServerName: "127.0.0.1", Certificates: []tls.Certificate{{
			Certificate: [][]byte{p.keys.Certificate(p.T, "hub", key.Public()).Raw}, PrivateKey: key,
		}}}).
		SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) {
			if p.slow > 0 {
				<-time.After(p.slow)
			}
			inbox <- m
		})
	p.hub = mqtt.NewClient(o)
	if tok := p.hub.Connect(); !tok.WaitTimeout(2*time.Minute) || tok.Error() != nil {
		p.Fatal("hub cannot connect: ", tok.Error())
	}
	p.closed = make(chan struct{})
	go func() {
		defer close(p.closed)
		for m := range inbox {
			if m == nil {
				return
			}
			p.take(m)
		}
	}()
	p.inbox = inbox
	if tok := p.hub.Subscribe(protocol.UpFilter(), 1, nil); !tok.WaitTimeout(2*time.Minute) || tok.Error() != nil {
		p.Fatal("hub cannot subscribe: ", tok.Error())
	}
}

func (p *peer) stop() {
	if p.srv == nil {
		return
	}
	p.hub.Disconnect(50)
	p.srv.Shutdown()
	p.srv.WaitForShutdown()
	p.inbox <- nil
	<-p.closed
	p.srv = nil
}

// say publishes a signed message to the box.
func (p *peer) say(kind protocol.Kind, v any) { p.raw(kind, p.keys.Say(p.T, kind, v)) }

func (p *peer) raw(kind protocol.Kind, payload []byte) {
	p.hub.Publish(protocol.DownTopic(p.address.Box, kind), 1, false, payload)
}

func (p *peer) take(m mqtt.Message) {
	_, kind, err := protocol.ParseUpTopic(m.Topic())
	if err != nil {
		p.Errorf("topic: %v", err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch kind {
	case protocol.KindHello:
		var h protocol.Hello
		p.open(kind, m.Payload(), &h)
		p.hellos = append(p.hellos, h)
		p.say(protocol.KindWelcome, protocol.Welcome{
			Address: p.address, Nonce: h.Nonce, HubTime: protocol.TimeOf(p.now), State: p.state,
			Receipted: p.receipted, Beyond: p.beyond,
		})
	case protocol.KindHeartbeat:
		var h protocol.Heartbeat
		p.open(kind, m.Payload(), &h)
		p.beats = append(p.beats, h)
		p.say(protocol.KindClock, protocol.Clock{Address: p.address, Nonce: h.Nonce, HubTime: protocol.TimeOf(p.now), State: p.state, BackupMark: p.backup})
	case protocol.KindDesk:
		var r protocol.DeskRequest
		p.open(kind, m.Payload(), &r)
		p.desks = append(p.desks, r)
		if p.desk != nil {
			p.say(protocol.KindDeskCert, p.desk(r))
		}
	case protocol.KindLacking:
		var l protocol.Lacking
		p.open(kind, m.Payload(), &l)
		p.lackings = append(p.lackings, l)
		if p.pictures != nil {
			p.say(protocol.KindPictures, protocol.Pictures{Address: p.address, Sealed: p.seal(p.node, protocol.KindPictures, protocol.PicturePage{Pictures: p.pictures(l)})})
		}
	case protocol.KindManifest:
		p.bulk += len(m.Payload())
		man, err := protocol.OpenEnvelope(m.Payload(), p.device)
		if err != nil {
			p.Errorf("manifest: %v", err)
			return
		}
		p.manifests[man.Sequence] = m.Payload()
		p.seen[man.Sequence]++
		p.order = append(p.order, man.Sequence)
		p.answer(man.Sequence)
	case protocol.KindChunk:
		p.bulk += len(m.Payload())
		c, err := protocol.ParseChunk(m.Payload())
		if err != nil {
			p.Errorf("chunk: %v", err)
			return
		}
		for _, piece := range c.Pieces {
			if got := uint64(len(p.parts[piece.Part])); got == piece.Offset {
				p.parts[piece.Part] = append(p.parts[piece.Part], piece.Bytes...)
			}
		}
		for seq, env := range p.manifests {
			if man, _, err := protocol.ParseEnvelope(env); err == nil && man.ID == c.Record {
				p.answer(seq)
			}
		}
	}
}

func (p *peer) open(kind protocol.Kind, raw []byte, v any) {
	if err := protocol.OpenStatement(kind, raw, func(protocol.KeyID) crypto.PublicKey { return p.device }, v); err != nil {
		p.Errorf("%s: %v", kind, err)
	}
}

// answer gives the receipt the test wants, once all parts are there.
func (p *peer) answer(seq uint64) {
	env := p.manifests[seq]
	man, _, err := protocol.ParseEnvelope(env)
	if err != nil {
		return
	}
	for _, part := range man.Parts() {
		if !part.Matches(p.parts[part.Hash]) {
			return
		}
	}
	do := doAccept
	if p.receipt != nil {
		do = p.receipt(man, env)
	}
	r := protocol.Receipt{Record: man.ID, Envelope: protocol.HashOf(env), Sequence: seq, Outcome: protocol.Accepted, At: protocol.TimeOf(p.now)}
	entries := []protocol.Receipt{r}
	switch do {
	case doNothing:
		return
	case doQuarantine:
		entries[0].Outcome, entries[0].Reason = protocol.Quarantined, protocol.ReasonContent
	case doTwice:
		entries = append(entries, r)
	case doWrongHash:
		entries[0].Envelope = protocol.HashOf([]byte("another"))
	}
	p.say(protocol.KindReceipts, protocol.Receipts{Address: p.address, Entries: entries, Checkpoint: p.checkpoint, BackupMark: p.backup})
}

// with runs fn under the hub's lock.
func (p *peer) with(fn func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fn()
}
