package neighbour_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/neighbour"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/provisioning/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// box is one box of a point: its desk's listener, its certificates.
type box struct {
	id     protocol.BoxID
	key    *ecdsa.PrivateKey
	device []byte
	listen net.Listener
	server *http.Server
	net    *neighbour.Net

	mu      sync.Mutex // guards what follows
	queue   []store.Queued
	called  []protocol.BoxID
	told    []store.Queued
	coming  int
	served  map[uint16]protocol.ID
	changed chan struct{}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newBox(t *testing.T, hub *hubtest.Hub) *box {
	t.Helper()
	b := &box{id: protocol.NewBoxID(), key: newKey(t), served: map[uint16]protocol.ID{}, changed: make(chan struct{}, 64)}
	b.device = hub.Certificate(t, string(b.id), b.key.Public()).Raw
	var err error
	if b.listen, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *box) peer() neighbour.Peer {
	return neighbour.Peer{Box: b.id, Unit: 1, Key: b.hash(), Addresses: []string{b.listen.Addr().String()}}
}

// hash names its device key as the hub does.
func (b *box) hash() protocol.Hash {
	der, err := x509.MarshalPKIXPublicKey(b.key.Public())
	if err != nil {
		panic(err)
	}
	return protocol.HashOf(der)
}

func (b *box) with(f func()) { b.mu.Lock(); defer b.mu.Unlock(); f() }

// serve opens the desk, and asks the others.
func (b *box) serve(t *testing.T, hub *hubtest.Hub, unit int, others ...neighbour.Peer) {
	t.Helper()
	desk := newKey(t)
	base := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{
		Certificate: [][]byte{hub.Desk(t, b.id, []string{"127.0.0.1"}, desk.Public(), time.Now().Add(time.Hour)).Raw, hub.CA.Raw}, PrivateKey: desk}}}
	var err error
	b.net, err = neighbour.New(neighbour.Options{
		CA: hub.CA.Raw, Certificate: b.device, Key: b.key, Now: time.Now, Every: 20 * time.Millisecond,
		State: func() (neighbour.State, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			return neighbour.State{Box: b.id, Unit: unit, Screen: "idle", Devices: []protocol.DeviceState{}, Queue: append([]store.Queued{}, b.queue...), Paces: []store.Pace{{At: 1, S: 300}}}, nil
		},
		Call: func(_ context.Context, k store.QueueKey, to protocol.BoxID) error {
			if k.Number != 1 {
				return store.ErrNotQueued
			}
			b.with(func() { b.called = append(b.called, to) })
			return nil
		},
		End:    func(context.Context, store.QueueKey, store.QueueState) error { return nil },
		Coming: func(context.Context) error { b.with(func() { b.coming++ }); return nil },
		Tell: func(_ context.Context, q store.Queued) error {
			b.with(func() { b.told = append(b.told, q) })
			return nil
		},
		Served: func(k store.QueueKey, r protocol.ID) error { b.with(func() { b.served[k.Number] = r }); return nil },
		Changed: func() {
			select {
			case b.changed <- struct{}{}:
			default:
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.net.Set(others)
	b.server = &http.Server{Handler: b.net.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("the desk")) })),
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	done := make(chan struct{})
	go func() { defer close(done); _ = b.server.Serve(tls.NewListener(b.listen, b.net.TLS(base))) }()
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan struct{})
	go func() { defer close(ran); _ = b.net.Run(ctx) }()
	t.Cleanup(func() { stop(); <-ran; _ = b.server.Close(); <-done })
}

// until waits for a change of what is known.
func (b *box) until(t *testing.T, what string, ok func([]neighbour.Neighbour) bool) {
	t.Helper()
	for !ok(b.net.All()) {
		select {
		case <-b.changed:
		case <-time.After(2 * time.Minute):
			t.Fatalf("%s: never; known is %+v", what, b.net.All())
		}
	}
}

func (b *box) number(t *testing.T, n uint16, by *ecdsa.PrivateKey) store.Queued {
	t.Helper()
	token := protocol.Token{Address: protocol.Address{Box: b.id, Epoch: 1}, Point: "43010401", Day: "2019-09-06", Number: n,
		Drawn: protocol.TimeEvidence{Earliest: 5, Latest: 6, Source: protocol.SourceHub, Verdict: protocol.VerdictOpen}}
	raw, err := protocol.SignMessage(protocol.KindToken, token, by)
	if err != nil {
		t.Fatal(err)
	}
	return store.Queued{QueueKey: store.QueueKey{Day: token.Day, Box: b.id, Number: n}, Unit: 1, Token: raw, Drawn: 5, At: 5, State: store.QueueWaiting}
}

// Two boxes over TLS: each sees the other's numbers, calls them, is told, and says
// when one was used up; one that goes away is said to be gone.
func TestTwoBoxes(t *testing.T) {
	hub := hubtest.New(t)
	a, b := newBox(t, hub), newBox(t, hub)
	a.queue = []store.Queued{a.number(t, 1, a.key)}
	a.serve(t, hub, 1, b.peer())
	b.serve(t, hub, 2, a.peer())
	b.until(t, "b sees a", func(all []neighbour.Neighbour) bool {
		return len(all) == 1 && all[0].Answers && all[0].Unit == 1 && len(all[0].State.Queue) == 1
	})
	if q := b.net.All()[0].State.Queue[0]; len(q.Token) != 0 || q.Label() != "1-001" {
		t.Errorf("the signed number is told to everybody: %+v", q)
	}
	ctx := t.Context()
	k := a.queue[0].QueueKey
	if err := b.net.Call(ctx, k, b.id); err != nil || len(a.called) != 1 || a.called[0] != b.id {
		t.Errorf("call: %v, %v", err, a.called)
	}
	wrong := k
	wrong.Number = 2
	if err := b.net.Call(ctx, wrong, b.id); !errors.Is(err, store.ErrNotQueued) {
		t.Errorf("a number that is not there: %v", err)
	}
	if err := a.net.Tell(ctx, b.id, a.number(t, 1, a.key)); err != nil || len(b.told) != 1 || len(b.told[0].Token) == 0 {
		t.Errorf("told: %v, %d", err, len(b.told))
	}
	for name, q := range map[string]store.Queued{"signed by another": a.number(t, 1, b.key), "of another box": b.number(t, 1, b.key), "by nobody": {QueueKey: k}} {
		if err := a.net.Tell(ctx, b.id, q); err == nil || len(b.told) != 1 {
			t.Errorf("%s: taken", name)
		}
	}
	if err := b.net.Coming(ctx, a.id); err != nil || a.coming != 1 {
		t.Errorf("help: %v, %d", err, a.coming)
	}
	used := a.queue[0]
	used.State, used.Record = store.QueueServed, protocol.ID{7}
	b.with(func() { b.queue = []store.Queued{used} })
	a.until(t, "a hears that its number was used up", func([]neighbour.Neighbour) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.served[1] == protocol.ID{7}
	})
	_ = a.server.Close()
	b.until(t, "b misses a", func(all []neighbour.Neighbour) bool { return !all[0].Answers && !all[0].Since.IsZero() })
	if err := b.net.Call(ctx, k, b.id); !errors.Is(err, neighbour.ErrAway) {
		t.Errorf("called at a box that is away: %v", err)
	}
}

// Who is no box of the point learns nothing: a browser gets the desk and is asked
// for no certificate, a box of another point is turned away, a stranger's
// certificate ends the handshake, and a box that shows another's desk is not
// believed.
func TestStrangers(t *testing.T) {
	hub, elsewhere := hubtest.New(t), hubtest.New(t)
	a, b, c := newBox(t, hub), newBox(t, hub), newBox(t, hub)
	defer func() { _ = b.listen.Close(); _ = c.listen.Close() }()
	a.serve(t, hub, 1, b.peer())
	get := func(conf *tls.Config) (int, error) {
		conf.RootCAs = x509Pool(hub)
		tr := &http.Transport{TLSClientConfig: conf, DisableKeepAlives: true}
		res, err := (&http.Client{Transport: tr}).Get("https://" + a.listen.Addr().String() + "/neighbour/state")
		if err != nil {
			return 0, err
		}
		return res.StatusCode, res.Body.Close()
	}
	asked := false
	if status, err := get(&tls.Config{GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		asked = true
		return &tls.Certificate{}, nil
	}}); err != nil || status != http.StatusOK || asked {
		t.Errorf("a browser: %d, %v, asked for a certificate %t", status, err, asked)
	}
	with := func(x *box, h *hubtest.Hub) *tls.Config {
		return &tls.Config{NextProtos: []string{neighbour.ALPN, "http/1.1"}, Certificates: []tls.Certificate{{Certificate: [][]byte{h.Certificate(t, string(x.id), x.key.Public()).Raw}, PrivateKey: x.key}}}
	}
	if status, err := get(with(b, hub)); err != nil || status != http.StatusOK {
		t.Errorf("the neighbour: %d, %v", status, err)
	}
	if status, err := get(with(c, hub)); err != nil || status != http.StatusForbidden {
		t.Errorf("a box of another point: %d, %v", status, err)
	}
	if status, err := get(with(b, elsewhere)); err == nil {
		t.Errorf("the certificate of another authority: %d", status)
	}
	if status, err := get(&tls.Config{NextProtos: []string{neighbour.ALPN, "http/1.1"}}); err == nil {
		t.Errorf("no certificate: %d", status)
	}
	// b is asked where a is: the certificate is good and names another box.
	liar, err := neighbour.New(neighbour.Options{CA: hub.CA.Raw, Certificate: b.device, Key: b.key, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	liar.Set([]neighbour.Peer{{Box: c.id, Unit: 3, Key: c.hash(), Addresses: []string{a.listen.Addr().String()}}})
	if err := liar.Coming(t.Context(), c.id); !errors.Is(err, neighbour.ErrAway) {
		t.Errorf("another box answers in its place: %v", err)
	}
}

// A box that the hub's newest list has no more learns nothing and is asked nothing,
// in the middle of the day; so is one that shows a key of before it was enrolled
// anew. Who comes new is asked at once, also by her second name.
func TestTheListChanges(t *testing.T) {
	hub := hubtest.New(t)
	a, b := newBox(t, hub), newBox(t, hub)
	moved := b.peer()
	moved.Addresses = append([]string{"127.0.0.1:1"}, moved.Addresses...) // nobody answers at the first
	b.serve(t, hub, 2, a.peer())
	a.serve(t, hub, 1)
	if err := b.net.Coming(t.Context(), a.id); !errors.Is(err, neighbour.ErrAway) || a.coming != 0 {
		t.Errorf("asked by a box that is in no list: %v", err)
	}
	if all := a.net.All(); len(all) != 0 {
		t.Errorf("known without a list: %+v", all)
	}
	a.net.Set([]neighbour.Peer{moved})
	a.until(t, "a sees b", func(all []neighbour.Neighbour) bool { return len(all) == 1 && all[0].Answers })
	b.until(t, "b sees a", func(all []neighbour.Neighbour) bool { return all[0].Answers })
	if err := b.net.Coming(t.Context(), a.id); err != nil || a.coming != 1 {
		t.Errorf("asked by a box that is in the list: %v", err)
	}
	old := moved
	old.Key = a.hash() // what the hub has of it now is another key
	a.net.Set([]neighbour.Peer{old})
	if err := b.net.Coming(t.Context(), a.id); !errors.Is(err, neighbour.ErrAway) || a.coming != 1 {
		t.Errorf("with a key that is over: %v", err)
	}
	a.net.Set(nil)
	if all := a.net.All(); len(all) != 0 {
		t.Errorf("a box that was shut out is still shown: %+v", all)
	}
	if err := a.net.Call(t.Context(), store.QueueKey{Box: b.id, Number: 1}, a.id); !errors.Is(err, neighbour.ErrAway) || len(b.called) != 0 {
		t.Errorf("a box that was shut out is asked: %v", err)
	}
	b.until(t, "b is told nothing any more", func(all []neighbour.Neighbour) bool { return !all[0].Answers })
}

// Whom the hub's list makes neighbours: all but the box itself, each by its names.
func TestPeers(t *testing.T) {
	got := neighbour.Peers([]protocol.PointBox{
		{Box: "bgoldenbox1", Unit: 1, Key: protocol.Hash{1}, Names: []string{"192.168.8.20", "fd00::20"}, Port: 8643},
		{Box: "bgoldenbox2", Unit: 2, Key: protocol.Hash{2}}, {Box: "bgoldenbox3", Unit: 3, Key: protocol.Hash{3}, Names: []string{"10.0.0.3"}, Port: 443},
	}, "bgoldenbox3")
	if len(got) != 2 || got[0].Box != "bgoldenbox1" || got[0].Unit != 1 || got[0].Key != (protocol.Hash{1}) || len(got[0].Addresses) != 2 ||
		got[0].Addresses[1] != "[fd00::20]:8643" || len(got[1].Addresses) != 0 {
		t.Errorf("%+v", got)
	}
}

func x509Pool(h *hubtest.Hub) *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(h.CA)
	return p
}
