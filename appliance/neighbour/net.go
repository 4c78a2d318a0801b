package neighbour

import (
	"bytes"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

var (
	// ErrAway: the box does not answer, or is none of the point.
	ErrAway = errors.New("neighbour: that box does not answer")
)

// Peer is a box of the point, as the hub tells of it, and where its desk is.
type Peer struct {
	Box       protocol.BoxID
	Unit      int
	Key       protocol.Hash // SHA-256 of its device key: SubjectPublicKeyInfo, DER
	Addresses []string      // host:port, each host a name that the hub certifies its desk for; none: it is never asked
}

// Peers are the neighbours of a box by the hub's list: all of it but the box
// itself.
func Peers(all []protocol.PointBox, self protocol.BoxID) (out []Peer) {
	for _, b := range all {
		if b.Box == self {
			continue
		}
		p := Peer{Box: b.Box, Unit: int(b.Unit), Key: b.Key}
		for _, n := range b.Names {
			p.Addresses = append(p.Addresses, net.JoinHostPort(n, strconv.Itoa(int(b.Port))))
		}
		out = append(out, p)
	}
	return out
}

func (p Peer) same(o Peer) bool {
	return p.Box == o.Box && p.Unit == o.Unit && p.Key == o.Key && slices.Equal(p.Addresses, o.Addresses)
}

// Options of a Net. All but Every, Changed and Log are required.
type Options struct {
	CA          []byte        // of the hub, DER
	Certificate []byte        // of this device, DER
	Key         crypto.Signer // its key
	State       func() (State, error)
	// Call, End and Coming do what another desk of the point asks: for numbers of
	// this box, and for whoever calls for help here.
	Call   func(ctx context.Context, k store.QueueKey, to protocol.BoxID) error
	End    func(ctx context.Context, k store.QueueKey, s store.QueueState) error
	Coming func(ctx context.Context) error
	// Tell takes the word of the box that drew a number, which signed it, on how it
	// stands here.
	Tell func(ctx context.Context, q store.Queued) error
	// Served is told of numbers of this box that were used up elsewhere.
	Served  func(k store.QueueKey, record protocol.ID) error
	Now     func() time.Time // real time, for certificates
	Every   time.Duration    // between questions; 2 s if zero
	Changed func()           // something is different
	Log     *slog.Logger
}

const (
	every     = 2 * time.Second
	patience  = 3 * time.Second
	mostBytes = 1 << 20
)

// Net is this box among its neighbours. It is safe for concurrent use.
type Net struct {
	o     Options
	roots *x509.CertPool

	mu      sync.Mutex // guards what follows
	peers   []*peer
	seen    map[protocol.BoxID]Neighbour
	changed chan struct{} // closed when peers are others
}

// peer is one neighbour with the connection to it.
type peer struct {
	Peer
	client map[string]*http.Client // by address: each trusts one name
}

// New makes a Net without neighbours; see Set.
func New(o Options) (*Net, error) {
	ca, err := x509.ParseCertificate(o.CA)
	if err != nil {
		return nil, fmt.Errorf("neighbour: hub certificate: %w", err)
	}
	if o.Every <= 0 {
		o.Every = every
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	n := &Net{o: o, roots: x509.NewCertPool(), seen: map[protocol.BoxID]Neighbour{}, changed: make(chan struct{})}
	n.roots.AddCert(ca)
	return n, nil
}

// Set says who the neighbours are from now on. Who is not among them is not asked
// any more, and is told nothing: one that the hub shut out, or that was retired.
// What is known of those that stay is kept.
func (n *Net) Set(all []Peer) {
	n.mu.Lock()
	if slices.EqualFunc(n.peers, all, func(p *peer, o Peer) bool { return p.same(o) }) {
		n.mu.Unlock()
		return
	}
	seen := map[protocol.BoxID]Neighbour{}
	var peers []*peer
	for _, p := range all {
		one := &peer{Peer: p, client: map[string]*http.Client{}}
		for _, a := range p.Addresses {
			host, _, err := net.SplitHostPort(a)
			if err != nil {
				continue // the wire has seen to it
			}
			one.client[a] = &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: n.clientTLS(p.Box, host), MaxIdleConns: 1, IdleConnTimeout: time.Minute}}
		}
		peers = append(peers, one)
		if len(p.Addresses) == 0 {
			continue
		}
		was, known := n.seen[p.Box]
		if !known {
			was = Neighbour{Box: p.Box, Since: time.Now()}
		}
		was.Unit = p.Unit
		seen[p.Box] = was
	}
	for _, p := range n.peers {
		p.idle()
	}
	n.peers, n.seen = peers, seen
	close(n.changed)
	n.changed = make(chan struct{})
	n.mu.Unlock()
	n.o.Log.Info("the boxes of this point", "count", len(all))
	n.o.Changed()
}

func (p *peer) idle() {
	for _, c := range p.client {
		c.CloseIdleConnections()
	}
}

func (n *Net) peer(box protocol.BoxID) *peer {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.peers {
		if p.Box == box {
			return p
		}
	}
	return nil
}

// Run asks each neighbour again and again until ctx ends: one that does not
// answer holds nobody up.
func (n *Net) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		n.mu.Lock()
		peers, changed := slices.Clone(n.peers), n.changed
		n.mu.Unlock()
		round, stop := context.WithCancel(ctx)
		var all sync.WaitGroup
		for _, p := range peers {
			if len(p.Addresses) > 0 {
				all.Go(func() { n.follow(round, p) })
			}
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
		stop()
		all.Wait()
	}
	return ctx.Err()
}

// follow asks one neighbour until ctx ends.
func (n *Net) follow(ctx context.Context, p *peer) {
	defer p.idle()
	tick := time.NewTicker(n.o.Every)
	defer tick.Stop()
	for {
		n.look(ctx, p.Peer)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// look asks one neighbour how it is.
func (n *Net) look(ctx context.Context, p Peer) {
	var s State
	err := n.ask(ctx, p.Box, http.MethodGet, pathState, nil, &s)
	if err == nil && s.Box != p.Box {
		err = ErrAway
	}
	if ctx.Err() != nil {
		return
	}
	n.mu.Lock()
	old, known := n.seen[p.Box]
	if !known { // the hub's list changed while it was asked
		n.mu.Unlock()
		return
	}
	now := Neighbour{Box: p.Box, Unit: old.Unit, State: old.State, Answers: err == nil, Since: old.Since}
	if err == nil {
		now.State, now.Unit = s, s.Unit
	}
	if now.Answers != old.Answers {
		now.Since = time.Now()
		n.o.Log.Info("a box of this point answers, or does not any more", "peer", string(p.Box), "answers", now.Answers)
	}
	n.seen[p.Box] = now
	n.mu.Unlock()
	if now.Answers != old.Answers || err == nil && !same(old.State, s) {
		n.o.Changed()
	}
	if err != nil {
		return
	}
	for _, q := range s.Queue {
		if q.Record == (protocol.ID{}) || q.Box == p.Box {
			continue
		}
		if err := n.o.Served(q.QueueKey, q.Record); err != nil && !errors.Is(err, store.ErrNotQueued) {
			n.o.Log.Error("queue", "err", err)
		}
	}
}

func same(a, b State) bool {
	x, err1 := protocol.Encode(a)
	y, err2 := protocol.Encode(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// All are the other boxes of the point, by unit.
func (n *Net) All() (out []Neighbour) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, one := range n.seen {
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b Neighbour) int {
		if a.Unit != b.Unit {
			return a.Unit - b.Unit
		}
		return strings.Compare(string(a.Box), string(b.Box))
	})
	return out
}

// The questions.
const (
	pathState  = "/neighbour/state"
	pathCall   = "/neighbour/call"
	pathEnd    = "/neighbour/end"
	pathTell   = "/neighbour/tell"
	pathComing = "/neighbour/coming"
)

type callAsk struct {
	Key store.QueueKey `cbor:"key"`
	To  protocol.BoxID `cbor:"to"`
}

type endAsk struct {
	Key   store.QueueKey   `cbor:"key"`
	State store.QueueState `cbor:"state"`
}

// Call asks the box that drew a number to call it. Errors: ErrAway,
// store.ErrNotQueued.
func (n *Net) Call(ctx context.Context, k store.QueueKey, to protocol.BoxID) error {
	return n.ask(ctx, k.Box, http.MethodPost, pathCall, callAsk{k, to}, nil)
}

// End asks the box that drew a number to say that it stands so. Errors: those of
// Call.
func (n *Net) End(ctx context.Context, k store.QueueKey, s store.QueueState) error {
	return n.ask(ctx, k.Box, http.MethodPost, pathEnd, endAsk{k, s}, nil)
}

// Tell tells a box how a number of this box stands that is, or was, called to it.
// Errors: those of Call.
func (n *Net) Tell(ctx context.Context, to protocol.BoxID, q store.Queued) error {
	return n.ask(ctx, to, http.MethodPost, pathTell, q, nil)
}

// Coming tells whoever calls for help at a box that somebody comes. Error:
// ErrAway.
func (n *Net) Coming(ctx context.Context, to protocol.BoxID) error {
	return n.ask(ctx, to, http.MethodPost, pathComing, struct{}{}, nil)
}

func (n *Net) ask(ctx context.Context, of protocol.BoxID, method, path string, say, answer any) error {
	p := n.peer(of)
	if p == nil {
		return ErrAway
	}
	var body []byte
	if say != nil {
		var err error
		if body, err = protocol.Encode(say); err != nil {
			return err
		}
	}
	// By its first name at which it can be reached. What was said there is not said
	// again by another: it may have been heard.
	err := error(ErrAway)
	for _, a := range p.Addresses {
		c := p.client[a]
		if c == nil {
			continue
		}
		var unheard bool
		if unheard, err = n.askAt(ctx, c, a, method, path, body, answer); !unheard || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// askAt asks at one address; unheard: no connection was made, so nothing was said.
func (n *Net) askAt(ctx context.Context, c *http.Client, address, method, path string, body []byte, answer any) (unheard bool, err error) {
	req, err := http.NewRequestWithContext(ctx, method, "https://"+address+path, bytes.NewReader(body))
	if err != nil {
		return true, fmt.Errorf("%w: %w", ErrAway, err)
	}
	said := false
	req = req.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { said = true }}))
	res, err := c.Do(req)
	if err != nil {
		return !said, fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or given up
	raw, err := io.ReadAll(io.LimitReader(res.Body, mostBytes+1))
	switch {
	case err != nil || len(raw) > mostBytes:
		return false, ErrAway
	case res.StatusCode == http.StatusConflict:
		return false, store.ErrNotQueued
	case res.StatusCode != http.StatusOK:
		return false, fmt.Errorf("%w: %s", ErrAway, res.Status)
	case answer == nil:
		return false, nil
	}
	return false, protocol.Decode(raw, answer)
}

// clientTLS trusts the hub's CA and of it only the box that is meant, and shows
// this device's certificate.
func (n *Net) clientTLS(box protocol.BoxID, host string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, RootCAs: n.roots, ServerName: host, NextProtos: []string{ALPN, http11}, Time: n.o.Now,
		Certificates: []tls.Certificate{{Certificate: [][]byte{n.o.Certificate, n.o.CA}, PrivateKey: n.o.Key}},
		VerifyConnection: func(cs tls.ConnectionState) error {
			if protocol.BoxID(cs.PeerCertificates[0].Subject.CommonName) != box {
				return ErrAway
			}
			return nil
		},
	}
}
