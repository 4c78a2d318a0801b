package hub_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/hub"
	"zhunkao/hub/candidate"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/org"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
)

const (
	patient = 2 * time.Minute
	point   = "43010201"
	county  = "430102"
)

var opened = time.Date(2019, 9, 6, 9, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))

// site is a data directory and the hub that runs on it.
type site struct {
	t      *testing.T
	dir    string
	rules  campaign.Campaign
	people []synthetic.Person
	hub    *hub.Hub
	log    *safeBuffer
	stop   func() error
	change func(*hub.Config) // of the hub that is started next; nil is none
}

type safeBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, dir: filepath.Join(shortDir(t), "d"), rules: campaign.Adult2019(), log: &safeBuffer{}}
	// The campaign's own windows, moved to today: a hub without a demo clock
	// lives in real time.
	shift := time.Since(opened).Round(time.Minute)
	for i := range s.rules.Windows {
		w := &s.rules.Windows[i]
		w.From, w.To = w.From.Add(shift), w.To.Add(shift)
	}
	s.rules.Year = time.Now().Year()
	s.rules.Holidays = nil // those of another year
	for i := range s.rules.Dates {
		day, err := time.Parse(time.DateOnly, s.rules.Dates[i].Day)
		s.must(err)
		s.rules.Dates[i].Day = day.Add(shift).Format(time.DateOnly)
	}
	s.people = synthetic.Candidates(s.rules, 3, 20, synthetic.Point{Code: point, Division: county})
	ctx := context.Background()
	dir := datadir.Dir(s.dir)
	s.must(dir.Create())
	ring, err := keys.Open(dir.Keys(), keys.Options{Create: true})
	s.must(err)
	d, err := db.Open(ctx, dir.Database())
	s.must(err)
	bundle, err := campaign.Encode(s.rules)
	s.must(err)
	f := &flow.Flow{Candidates: candidate.New(ring, time.Now), Now: time.Now}
	s.must(d.Write(ctx, func(tx *db.Tx) error {
		if err := org.Seed(ctx, tx, opened); err != nil {
			return err
		}
		if err := f.CreatePoint(ctx, tx, org.Point{Code: point, Name: "P1", Division: county, Open: true}, flow.Operator()); err != nil {
			return err
		}
		if _, err := f.Publish(ctx, tx, bundle, flow.Operator()); err != nil {
			return err
		}
		for _, p := range s.people {
			if err := f.Register(ctx, tx, p.Application, candidate.FromPortal, flow.Hub()); err != nil {
				return err
			}
		}
		return nil
	}))
	s.must(d.Close())
	return s
}

// shortDir is a temporary directory whose path leaves room for a socket's name.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "zk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) config() hub.Config {
	c := hub.Config{Data: s.dir, Listen: "127.0.0.1:0", Door: "127.0.0.1:0", MQTT: "127.0.0.1:0",
		Log: slog.New(slog.NewJSONHandler(s.log, nil))}
	if s.change != nil {
		s.change(&c)
	}
	return c
}

// start opens and runs the hub, at the broker's old address if it had one: a
// box keeps the address it was told.
func (s *site) start() {
	s.t.Helper()
	c := s.config()
	if s.hub != nil {
		c.MQTT = s.hub.Addresses().MQTT
	}
	h, err := hub.Open(s.t.Context(), c)
	s.must(err)
	s.hub = h
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	s.stop = sync.OnceValue(func() error {
		cancel()
		err := <-ended
		if closed := h.Close(); err == nil {
			err = closed
		}
		return err
	})
	s.t.Cleanup(func() {
		if err := s.stop(); err != nil {
			s.t.Errorf("hub: %v", err)
		}
	})
}

// ask speaks to the operator's socket.
func (s *site) ask(method, path, body string, into any) int {
	s.t.Helper()
	client := &http.Client{Timeout: patient, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", datadir.Dir(s.dir).Socket())
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(s.t.Context(), method, "http://hub"+path, strings.NewReader(body))
	s.must(err)
	res, err := client.Do(req)
	s.must(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	s.must(err)
	if into != nil && res.StatusCode == http.StatusOK {
		s.must(json.Unmarshal(raw, into))
	}
	return res.StatusCode
}

// box is a box made of package protocol and an MQTT client alone.
type box struct {
	s       *site
	key     *ecdsa.PrivateKey
	opening *ecdh.PrivateKey
	grant   protocol.EnrolGrant
	client  mqtt.Client
	lost    chan error
	heard   chan mqtt.Message
	seq     uint64
	prev    protocol.Hash
	at      protocol.Time // of all that it seals: one day, whenever the test runs
}

func (s *site) ticket() string {
	s.t.Helper()
	var out struct{ Ticket string }
	if code := s.ask("POST", "/ticket", `{"point":"`+point+`"}`, &out); code != 200 {
		s.t.Fatalf("ticket: status %d", code)
	}
	return out.Ticket
}

// enrol does what kioskd enrol does: one POST, trusting the CA of the ticket.
func (s *site) enrol(text string) (*box, int) {
	s.t.Helper()
	b := &box{s: s, heard: make(chan mqtt.Message, 256), lost: make(chan error, 4), at: protocol.TimeOf(time.Now())}
	var err error
	b.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	s.must(err)
	b.opening, err = ecdh.X25519().GenerateKey(rand.Reader)
	s.must(err)
	return b, b.ask(text)
}

func (b *box) ask(text string) int {
	s := b.s
	s.t.Helper()
	ticket, err := protocol.ParseTicket(text)
	s.must(err)
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, b.key)
	s.must(err)
	raw, err := protocol.SignMessage(protocol.KindEnrol, protocol.EnrolRequest{Code: ticket.Code, CSR: csr,
		Opening: b.opening.PublicKey().Bytes(), KeyStore: "file", Software: "test"}, b.key)
	s.must(err)
	pinned := &tls.Config{InsecureSkipVerify: true, VerifyConnection: func(c tls.ConnectionState) error {
		root := c.PeerCertificates[len(c.PeerCertificates)-1]
		if protocol.HashOf(root.Raw) != ticket.Fingerprint {
			return protocol.ErrSignature
		}
		return c.PeerCertificates[0].CheckSignatureFrom(root)
	}}
	client := &http.Client{Timeout: patient, Transport: &http.Transport{TLSClientConfig: pinned}}
	defer client.CloseIdleConnections()
	res, err := client.Post("https://"+ticket.Address+protocol.EnrolPath, protocol.EnrolMedia, bytes.NewReader(raw))
	s.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	s.must(err)
	if res.StatusCode == http.StatusOK {
		s.must(protocol.Decode(body, &b.grant))
	}
	return res.StatusCode
}

func (b *box) options() *mqtt.ClientOptions {
	ca, err := x509.ParseCertificate(b.grant.CA)
	b.s.must(err)
	pool := x509.NewCertPool()
	pool.AddCert(ca)
	return mqtt.NewClientOptions().AddBroker("tls://" + b.grant.MQTT).SetClientID(rand.Text()).SetAutoReconnect(false).
		SetConnectTimeout(patient).SetTLSConfig(&tls.Config{MinVersion: tls.VersionTLS13, RootCAs: pool,
		Certificates: []tls.Certificate{{Certificate: [][]byte{b.grant.Certificate}, PrivateKey: b.key}}}).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) { b.lost <- err })
}

func (b *box) connect() error {
	for len(b.lost) > 0 {
		<-b.lost // of the connection before
	}
	b.client = mqtt.NewClient(b.options())
	if tok := b.client.Connect(); !tok.WaitTimeout(patient) || tok.Error() != nil {
		return tok.Error()
	}
	b.s.t.Cleanup(func() { b.client.Disconnect(0) })
	tok := b.client.Subscribe(protocol.DownFilter(b.grant.Box), 1, func(_ mqtt.Client, m mqtt.Message) { b.heard <- m })
	tok.WaitTimeout(patient)
	return tok.Error()
}

func (b *box) say(kind protocol.Kind, payload []byte) {
	b.s.t.Helper()
	if tok := b.client.Publish(protocol.UpTopic(b.grant.Box, kind), 1, false, payload); !tok.WaitTimeout(patient) || tok.Error() != nil {
		b.s.t.Fatalf("publish %s: %v", kind, tok.Error())
	}
}

func (b *box) hello() {
	b.s.t.Helper()
	nonce := make([]byte, protocol.NonceSize)
	_, _ = rand.Read(nonce)
	raw, err := protocol.SignMessage(protocol.KindHello, protocol.Hello{Address: b.grant.Address, Nonce: nonce, Boot: 1, Software: "test",
		KeyStore: "file", Head: b.seq, HeadHash: b.prev}, b.key)
	b.s.must(err)
	b.say(protocol.KindHello, raw)
}

// keys finds a signing key of the hub among those of the grant.
func (b *box) keys(id protocol.KeyID) crypto.PublicKey {
	for _, s := range b.grant.Signing {
		if s.ID == id {
			key, err := x509.ParsePKIXPublicKey(s.Key)
			b.s.must(err)
			return key
		}
	}
	return nil
}

// hears waits for the next message of a kind, passing over others.
func (b *box) hears(kind protocol.Kind, v any) {
	b.s.t.Helper()
	late := time.After(patient)
	for {
		select {
		case m := <-b.heard:
			_, k, err := protocol.ParseDownTopic(m.Topic())
			b.s.must(err)
			if k != kind {
				continue
			}
			b.s.must(protocol.OpenStatement(kind, m.Payload(), b.keys, v))
			return
		case <-late:
			b.s.t.Fatalf("no %s came; log of the hub:\n%s", kind, b.s.log)
		}
	}
}

// record is a sealed record with its parts.
type record struct {
	protocol.Record
	parts map[protocol.Hash][]byte
}

// confirm seals and sends one record.
func (b *box) confirm(p synthetic.Person) record {
	b.s.t.Helper()
	r := b.make(p)
	b.tell(r)
	return r
}

// tell sends a record with all its parts. A lost connection is for the caller
// to notice.
func (b *box) tell(r record) {
	b.s.t.Helper()
	say := func(kind protocol.Kind, payload []byte) {
		b.client.Publish(protocol.UpTopic(b.grant.Box, kind), 0, false, payload).WaitTimeout(time.Second)
	}
	say(protocol.KindManifest, r.Envelope)
	for _, c := range protocol.Chunks(r.Manifest.ID, r.parts, r.Manifest.Parts(), nil) {
		raw, err := protocol.Encode(c)
		b.s.must(err)
		say(protocol.KindChunk, raw)
	}
}

// make seals a confirmation as the next record of the box.
func (b *box) make(p synthetic.Person) record {
	b.s.t.Helper()
	hand, err := protocol.Encode(protocol.Signature{Width: 9, Height: 9, Strokes: [][]uint16{{1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8}}})
	b.s.must(err)
	plain := map[string][]byte{protocol.RoleChipText: make([]byte, 256), protocol.RoleChipWLT: make([]byte, 1024), protocol.RoleSignature: hand}
	return b.seal(protocol.RecordConfirmation, plain, func(refs []protocol.BlobRef) any {
		return protocol.Confirmation{Application: p.Application, StartedFrom: p.Application.Version, Point: b.grant.Point.Code, Chip: p.Chip,
			Pledge: protocol.HashOf(nil), Blobs: refs}
	})
}

// seal seals the next record of the box: what is in it, by role, and the body
// that names it.
func (b *box) seal(kind protocol.RecordKind, plain map[string][]byte, body func(refs []protocol.BlobRef) any) record {
	b.s.t.Helper()
	b.seq++
	parts := map[protocol.Hash][]byte{}
	refs := []protocol.BlobRef{}
	for role, data := range plain {
		media := "application/octet-stream"
		if bytes.HasPrefix(data, []byte{0xff, 0xd8, 0xff}) {
			media = "image/jpeg"
		}
		sealed, err := protocol.SealBlob(protocol.SuiteAES, role, media, data)
		b.s.must(err)
		refs = append(refs, sealed.Ref)
		parts[sealed.Ref.Hash] = sealed.Ciphertext
	}
	hubKey, err := ecdh.X25519().NewPublicKey(b.grant.Opening)
	b.s.must(err)
	rec, err := protocol.SealRecord(protocol.Manifest{ID: protocol.NewID(), Kind: kind, Box: b.grant.Box, Epoch: b.grant.Epoch,
		Sequence: b.seq, Previous: b.prev, Suite: protocol.SuiteChaCha, Campaign: b.grant.Campaign, CampaignVersion: b.s.rules.Version,
		Time: protocol.TimeEvidence{Earliest: b.at, Latest: b.at, Source: protocol.SourceHub, Boot: 1, Verdict: protocol.VerdictOpen}},
		body(refs), refs, hubKey, b.key)
	b.s.must(err)
	b.prev = rec.Hash()
	parts[rec.Manifest.Body.Hash] = rec.Body
	return record{rec, parts}
}

// takesCampaign puts the pieces together and applies them.
func (b *box) takesCampaign() {
	b.s.t.Helper()
	var pieces protocol.CampaignPieces
	for {
		var m protocol.CampaignMessage
		b.hears(protocol.KindCampaign, &m)
		bundle, whole, err := pieces.Add(m)
		b.s.must(err)
		if !whole {
			continue
		}
		c, err := campaign.Decode(bundle)
		b.s.must(err)
		var key protocol.RosterKey
		b.s.must(protocol.OpenAtBox(m.RosterKey, protocol.KindCampaign, b.grant.Address, b.opening, &key))
		if c.ID != b.s.rules.ID || len(key.Key) != 32 {
			b.s.t.Fatalf("campaign %q, roster key of %d bytes", c.ID, len(key.Key))
		}
		b.beat(protocol.Marks{Campaign: c.Version})
		return
	}
}

func (b *box) beat(m protocol.Marks) {
	b.s.t.Helper()
	nonce := make([]byte, protocol.NonceSize)
	_, _ = rand.Read(nonce)
	raw, err := protocol.SignMessage(protocol.KindHeartbeat, protocol.Heartbeat{Address: b.grant.Address, Nonce: nonce, Marks: m, Head: b.seq,
		Time: protocol.TimeEvidence{Source: protocol.SourceFloor, Verdict: protocol.VerdictUndecidable}, Screen: "idle"}, b.key)
	b.s.must(err)
	b.say(protocol.KindHeartbeat, raw)
}

// takesRoster applies pages until it knows so many applications.
func (b *box) takesRoster(want int) {
	b.s.t.Helper()
	known := map[string]bool{}
	mark := uint64(0)
	for len(known) < want {
		var r protocol.Roster
		b.hears(protocol.KindRoster, &r)
		if r.From != mark {
			continue
		}
		var page protocol.RosterPage
		b.s.must(protocol.OpenAtBox(r.Sealed, protocol.KindRoster, b.grant.Address, b.opening, &page))
		for _, e := range page.Entries {
			if e.Application != nil {
				known[e.Application.ID] = true
			}
		}
		mark = r.To
		b.beat(protocol.Marks{Campaign: b.s.rules.Version, Roster: mark})
	}
}
