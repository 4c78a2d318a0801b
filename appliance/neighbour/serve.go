package neighbour

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"slices"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// ALPN is what boxes offer at the handshake when they ask each other. Browsers
// never do, so none of them is asked for a certificate. What is agreed on is
// HTTP/1.1, which they offer beside it: net/http closes a connection that agreed
// on anything it does not know.
const ALPN = "zhunkao-box/1"

const http11 = "http/1.1"

// TLS is the configuration of the desk's listener with room for neighbours: who
// says ALPN must show a device certificate of the hub's CA.
func (n *Net) TLS(base *tls.Config) *tls.Config {
	strict := base.Clone()
	strict.MinVersion, strict.NextProtos = tls.VersionTLS13, []string{http11}
	strict.ClientAuth, strict.ClientCAs, strict.Time = tls.RequireAndVerifyClientCert, n.roots, n.o.Now
	out := base.Clone()
	out.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		if slices.Contains(h.SupportedProtos, ALPN) {
			return strict, nil
		}
		return nil, nil // as it stands
	}
	return out
}

// Handler answers neighbours, and gives everything else to next.
func (n *Net) Handler(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+pathState, n.state)
	mux.HandleFunc("POST "+pathCall, func(w http.ResponseWriter, r *http.Request) {
		var a callAsk
		n.do(w, r, &a, func(ctx context.Context) error { return n.o.Call(ctx, a.Key, a.To) })
	})
	mux.HandleFunc("POST "+pathEnd, func(w http.ResponseWriter, r *http.Request) {
		var a endAsk
		n.do(w, r, &a, func(ctx context.Context) error { return n.o.End(ctx, a.Key, a.State) })
	})
	mux.HandleFunc("POST "+pathTell, func(w http.ResponseWriter, r *http.Request) {
		var q store.Queued
		n.do(w, r, &q, func(ctx context.Context) error {
			if err := drawnBy(r, q); err != nil {
				return err
			}
			return n.o.Tell(ctx, q)
		})
	})
	mux.HandleFunc("POST "+pathComing, func(w http.ResponseWriter, r *http.Request) {
		var nothing struct{}
		n.do(w, r, &nothing, n.o.Coming)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.TLS == nil || len(r.TLS.PeerCertificates) == 0: // only boxes are asked for one
			next.ServeHTTP(w, r)
		case !n.knows(r):
			http.Error(w, "not of this point", http.StatusForbidden)
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// asker is the box that asks, by its certificate, which the handshake verified.
func asker(r *http.Request) (box protocol.BoxID, key crypto.PublicKey) {
	c := r.TLS.PeerCertificates[0]
	return protocol.BoxID(c.Subject.CommonName), c.PublicKey
}

// knows reports whether the asker is a neighbour by the hub's newest list, with the
// key that the hub has of it: a box that was shut out or retired is not in it, and
// the certificate of one that was enrolled anew shows a key that is over.
func (n *Net) knows(r *http.Request) bool {
	box, _ := asker(r)
	p := n.peer(box)
	return p != nil && protocol.HashOf(r.TLS.PeerCertificates[0].RawSubjectPublicKeyInfo) == p.Key
}

// drawnBy makes sure that a number is what the asking box signed.
func drawnBy(r *http.Request, q store.Queued) error {
	box, key := asker(r)
	t, err := protocol.OpenToken(q.Token, key)
	if err != nil {
		return err
	}
	if q.Box != box || t.Box != box || t.Day != q.Day || t.Number != q.Number {
		return protocol.ErrWrongBox
	}
	return nil
}

func (n *Net) state(w http.ResponseWriter, _ *http.Request) {
	s, err := n.o.State()
	var raw []byte
	if err == nil {
		s.Queue = slices.Clone(s.Queue)
		for i := range s.Queue {
			s.Queue[i].Token = nil // told to whom it is called to, and to nobody else
		}
		raw, err = protocol.Encode(s)
	}
	if err != nil {
		n.o.Log.Error("state for a neighbour", "err", err)
		http.Error(w, "fault", http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(raw) // the neighbour went away
}

// mostAsked bounds what a neighbour may say, in bytes.
const mostAsked = 8 << 10

func (n *Net) do(w http.ResponseWriter, r *http.Request, into any, f func(context.Context) error) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostAsked))
	if err == nil {
		err = protocol.Decode(raw, into)
	}
	if err != nil {
		http.Error(w, "not understood", http.StatusBadRequest)
		return
	}
	switch err := f(r.Context()); {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case errors.Is(err, store.ErrNotQueued):
		http.Error(w, "not so", http.StatusConflict)
	default:
		box, _ := asker(r)
		n.o.Log.Warn("a neighbour's wish is not met", "peer", string(box), "err", err)
		http.Error(w, "fault", http.StatusBadGateway)
	}
}
