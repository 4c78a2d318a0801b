package appliance_test

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/nats-io/nats-server/v2/server"

	"zhunkao/appliance/hubtest"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

// peer is a broker, a door for enrolment, and a hub just large enough to be
// the other end of one box: it grants, sends campaign and roster, opens what
// comes and signs for it.
type peer struct {
	*testing.T
	keys   *hubtest.Hub
	srv    *server.Server
	hub    mqtt.Client
	door   *http.Server
	addr   string
	dir    string
	port   int
	inbox  chan mqtt.Message
	closed chan struct{}

	people []synthetic.Person
	camp   campaign.Campaign
	adds   func(*protocol.RosterPage) // to the first page of the roster

	mu       sync.Mutex // guards what follows
	now      func() time.Time
	box      protocol.Address
	device   *ecdsa.PublicKey
	opening  *ecdh.PublicKey
	mute     bool // signs for nothing
	unsaid   bool // welcome names one roster version that no page has told yet
	envs     map[uint64][]byte
	order    []uint64 // sequences as they were announced, repeats too
	parts    map[protocol.Hash][]byte
	opened   map[uint64]protocol.Confirmation
	enrolled int
	beats    []protocol.Heartbeat
	hellos   []protocol.Hello
	tickets  *ticketList
}

func newPeer(t *testing.T, now func() time.Time) *peer {
	t.Helper()
	p := &peer{
		T: t, keys: hubtest.New(t), dir: t.TempDir(), port: server.RANDOM_PORT, camp: campaign.Adult2019(), now: now,
		envs: map[uint64][]byte{}, parts: map[protocol.Hash][]byte{}, opened: map[uint64]protocol.Confirmation{},
	}
	p.people = synthetic.Candidates(p.camp, 7, 40, synthetic.Point{Code: hubtest.Point, Division: "430102"})
	p.start()
	l, err := tls.Listen("tcp", "127.0.0.1:0", p.keys.TLS(t, false))
	if err != nil {
		t.Fatal(err)
	}
	p.addr, p.door = l.Addr().String(), &http.Server{Handler: http.HandlerFunc(p.enrol)}
	go func() { _ = p.door.Serve(l) }()
	t.Cleanup(func() {
		_ = p.door.Close()
		p.stop()
	})
	return p
}

func (p *peer) ticket(code string) protocol.Ticket {
	return protocol.Ticket{Address: p.addr, Fingerprint: protocol.HashOf(p.keys.CA.Raw), Code: code}
}

const code = "the-code-on-the-ticket"

func (p *peer) enrol(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	req, csr, opening, err := protocol.OpenEnrol(raw)
	if err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	if req.Code != code {
		http.Error(w, "code", http.StatusForbidden)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.enrolled++; p.box.Box == "" {
		p.box = protocol.Address{Box: protocol.NewBoxID(), Epoch: 1}
	}
	p.device, p.opening = csr.PublicKey.(*ecdsa.PublicKey), opening
	g := p.keys.Grant(p.T, p.box.Box, p.box.Epoch, csr.PublicKey, net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)))
	body, err := protocol.Encode(g)
	if err != nil {
		p.Error(err)
		return
	}
	w.Header().Set("Content-Type", protocol.EnrolMedia)
	_, _ = w.Write(body)
}

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
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(p.keys.CA)
	inbox := make(chan mqtt.Message, 4096)
	p.hub = mqtt.NewClient(mqtt.NewClientOptions().AddBroker("ssl://127.0.0.1:" + strconv.Itoa(p.port)).SetClientID("hub").
		SetAutoReconnect(false).SetTLSConfig(&tls.Config{RootCAs: roots, ServerName: "127.0.0.1", Certificates: []tls.Certificate{{
		Certificate: [][]byte{p.keys.Certificate(p.T, "hub", key.Public()).Raw}, PrivateKey: key,
	}}}).SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) { inbox <- m }))
	if tok := p.hub.Connect(); !tok.WaitTimeout(2*time.Minute) || tok.Error() != nil {
		p.Fatal("hub cannot connect: ", tok.Error())
	}
	p.inbox, p.closed = inbox, make(chan struct{})
	go func() {
		defer close(p.closed)
		for m := range inbox {
			if m == nil {
				return
			}
			p.take(m)
		}
	}()
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

func (p *peer) say(kind protocol.Kind, v any) {
	p.hub.Publish(protocol.DownTopic(p.box.Box, kind), 1, false, p.keys.Say(p.T, kind, v))
}

func (p *peer) take(m mqtt.Message) {
	_, kind, err := protocol.ParseUpTopic(m.Topic())
	if err != nil {
		p.Errorf("topic: %v", err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	own := func(protocol.KeyID) crypto.PublicKey { return p.device }
	now := protocol.TimeOf(p.now())
	switch kind {
	case protocol.KindHello:
		var h protocol.Hello
		if err := protocol.OpenStatement(kind, m.Payload(), own, &h); err != nil {
			p.Errorf("hello: %v", err)
			return
		}
		p.hellos = append(p.hellos, h)
		p.say(protocol.KindWelcome, protocol.Welcome{Address: p.box, Nonce: h.Nonce, HubTime: now, State: protocol.BoxActive, Roster: p.newest()})
		p.down(h.Marks)
	case protocol.KindHeartbeat:
		var h protocol.Heartbeat
		if err := protocol.OpenStatement(kind, m.Payload(), own, &h); err != nil {
			p.Errorf("heartbeat: %v", err)
			return
		}
		p.beats = append(p.beats, h)
		p.say(protocol.KindClock, protocol.Clock{Address: p.box, Nonce: h.Nonce, HubTime: now, State: protocol.BoxActive})
		p.down(h.Marks)
	case protocol.KindLacking:
		var l protocol.Lacking
		if err := protocol.OpenStatement(kind, m.Payload(), own, &l); err != nil || p.tickets == nil {
			p.Errorf("lacking: %v", err)
			return
		}
		page := protocol.PicturePage{}
		for _, one := range l.Pictures {
			page.Pictures = append(page.Pictures, protocol.Picture{Picture: one.Picture, JPEG: p.tickets.picture})
		}
		sealed, err := protocol.SealForBox(protocol.SuiteAES, protocol.KindPictures, p.box, p.opening, page)
		if err != nil {
			p.Error(err)
		}
		p.say(protocol.KindPictures, protocol.Pictures{Address: p.box, Sealed: sealed})
	case protocol.KindManifest:
		man, err := protocol.OpenEnvelope(m.Payload(), p.device)
		if err != nil {
			p.Errorf("manifest: %v", err)
			return
		}
		p.envs[man.Sequence] = m.Payload()
		p.order = append(p.order, man.Sequence)
		p.receipt(man.Sequence)
	case protocol.KindChunk:
		c, err := protocol.ParseChunk(m.Payload())
		if err != nil {
			p.Errorf("chunk: %v", err)
			return
		}
		for _, piece := range c.Pieces {
			if uint64(len(p.parts[piece.Part])) == piece.Offset {
				p.parts[piece.Part] = append(p.parts[piece.Part], piece.Bytes...)
			}
		}
		for seq := range p.envs {
			p.receipt(seq)
		}
	}
}

// newest is what welcome says of the roster.
func (p *peer) newest() uint64 {
	if p.unsaid {
		return uint64(len(p.people)) + 1
	}
	return uint64(len(p.people))
}

// sayRest tells the version that was unsaid: nothing of it concerns the box.
func (p *peer) sayRest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	sealed, err := protocol.SealForBox(protocol.SuiteChaCha, protocol.KindRoster, p.box, p.opening, protocol.RosterPage{})
	if err != nil {
		p.Error(err)
	}
	p.say(protocol.KindRoster, protocol.Roster{Address: p.box, Campaign: p.camp.ID, From: uint64(len(p.people)), To: p.newest(), Sealed: sealed})
}

// down sends campaign and roster as far as the marks ask.
func (p *peer) down(marks protocol.Marks) {
	seal := func(kind protocol.Kind, v any) protocol.Sealed {
		s, err := protocol.SealForBox(protocol.SuiteChaCha, kind, p.box, p.opening, v)
		if err != nil {
			p.Error(err)
		}
		return s
	}
	if marks.Campaign == 0 {
		bundle, err := campaign.Encode(p.camp)
		if err != nil {
			p.Error(err)
			return
		}
		pieces, err := protocol.CutCampaign(protocol.CampaignMessage{
			Address: p.box, Campaign: p.camp.ID, Version: p.camp.Version,
			Point:     protocol.PointInfo{Code: hubtest.Point, Name: "测试报名点", Division: "430102", Unit: 1},
			RosterKey: seal(protocol.KindCampaign, protocol.RosterKey{Key: make([]byte, 32)}),
		}, bundle)
		if err != nil {
			p.Error(err)
		}
		for _, m := range pieces {
			p.say(protocol.KindCampaign, m)
		}
		return
	}
	if marks.Roster == 0 {
		var page protocol.RosterPage
		for i, q := range p.people {
			page.Entries = append(page.Entries, protocol.RosterEntry{Version: uint64(i + 1), Application: &q.Application})
		}
		if p.adds != nil {
			p.adds(&page)
		}
		p.say(protocol.KindRoster, protocol.Roster{Address: p.box, Campaign: p.camp.ID, To: uint64(len(p.people)), Sealed: seal(protocol.KindRoster, page)})
		return
	}
	if p.tickets != nil {
		p.tickets.tell(p, marks, seal)
	}
}

// receipt opens a record that is whole and signs for it.
func (p *peer) receipt(seq uint64) {
	env := p.envs[seq]
	man, _, err := protocol.ParseEnvelope(env)
	if err != nil || p.mute {
		return
	}
	for _, part := range man.Parts() {
		if !part.Matches(p.parts[part.Hash]) {
			return
		}
	}
	var c protocol.Confirmation
	if err := protocol.OpenBody(man, p.parts[man.Body.Hash], p.keys.Opening, &c); err != nil {
		p.Errorf("body: %v", err)
		return
	}
	p.opened[seq] = c
	p.say(protocol.KindReceipts, protocol.Receipts{Address: p.box, Entries: []protocol.Receipt{{
		Record: man.ID, Envelope: protocol.HashOf(env), Sequence: seq, Outcome: protocol.Accepted, At: protocol.TimeOf(p.now()),
	}}})
}

// arrives waits until the hub has opened the record with that sequence number:
// the screen says 已受理 before that.
func (p *peer) arrives(seq uint64) {
	p.Helper()
	until(p.T, "the record at the hub", func() (here bool) {
		p.with(func() { _, here = p.opened[seq] })
		return here
	})
}

func (p *peer) with(fn func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fn()
}
