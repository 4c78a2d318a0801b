package printertest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"
)

// Plug is the printer's cable. It is out at first.
type Plug struct {
	printer *Printer
	tls     *tls.Config

	mu     sync.Mutex // guards the rest
	addr   string
	server *http.Server
	cancel context.CancelFunc
	done   chan struct{}

	connMu sync.Mutex // guards conns
	conns  map[net.Conn]bool
}

// NewPlug makes the cable of a printer that will answer at addr; with port 0 a
// free one is taken at the first Plug and kept. cert is for a printer that
// speaks TLS (see SelfSigned), or nil.
func NewPlug(p *Printer, addr string, cert *tls.Certificate) *Plug {
	plug := &Plug{printer: p, addr: addr, conns: map[net.Conn]bool{}}
	if cert != nil {
		plug.tls = &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12}
	}
	p.mu.Lock()
	p.lose = plug.Unplug
	p.mu.Unlock()
	return plug
}

// Plug puts the printer on the line. A second Plug does nothing.
func (g *Plug) Plug() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.server != nil {
		return nil
	}
	l, err := net.Listen("tcp", g.addr)
	if err != nil {
		return err
	}
	g.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	g.server, g.cancel, g.done = &http.Server{
		Handler:           g.printer.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		MaxHeaderBytes:    16 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          log.New(io.Discard, "", 0),
		ConnState:         g.watch,
	}, cancel, make(chan struct{})
	outer := l
	if g.tls != nil {
		outer = tls.NewListener(outer, g.tls)
	}
	go func(s *http.Server, done chan struct{}) {
		defer close(done)
		if err := s.Serve(outer); !errors.Is(err, http.ErrServerClosed) {
			_ = l.Close() // it was broken already
		}
	}(g.server, g.done)
	g.tell()
	return nil
}

// tell is Plug's news to whoever watches the printer.
func (g *Plug) tell() {
	g.printer.mu.Lock()
	defer g.printer.mu.Unlock()
	g.printer.tell()
}

// Unplug takes it off, in the middle of whatever it says or hears. The printer
// prints on what it has.
func (g *Plug) Unplug() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.server == nil {
		return
	}
	g.connMu.Lock()
	for c := range g.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // the host hears a reset, or nothing
		}
		_ = c.Close() // the point of it
	}
	g.connMu.Unlock()
	g.cancel()
	_ = g.server.Close() // its listener; the connections are closed
	<-g.done
	g.server = nil
	g.tell()
}

// In says whether it is plugged in.
func (g *Plug) In() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.server != nil
}

// URI is what a driver is told.
func (g *Plug) URI() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return pick(g.tls != nil, "ipps://", "ipp://") + g.addr + Path
}

// watch remembers the connections that are open.
func (g *Plug) watch(c net.Conn, state http.ConnState) {
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	g.connMu.Lock()
	defer g.connMu.Unlock()
	switch state {
	case http.StateNew:
		g.conns[c] = true
	case http.StateClosed, http.StateHijacked:
		delete(g.conns, c)
	}
}

// SelfSigned makes the sort of certificate printers make for themselves.
func SelfSigned() (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "emulated printer"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(10 * 365 * 24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
