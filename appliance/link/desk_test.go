package link_test

import (
	"bytes"
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// certify has the hub answer for the desk as it does: good until.
func (p *peer) certify(until time.Time, names ...string) {
	p.with(func() {
		p.desk = func(r protocol.DeskRequest) protocol.DeskCertificate {
			out := protocol.DeskCertificate{Address: p.address, Nonce: r.Nonce}
			csr, err := r.OpenDesk()
			if err != nil {
				p.Error(err)
				return out
			}
			of := names
			if of == nil {
				of = r.Names
			}
			out.Certificate = p.keys.Desk(p.T, p.address.Box, of, csr.PublicKey, until).Raw
			return out
		}
	})
}

func (n *node) held() store.Desk {
	n.Helper()
	d, err := n.Desk()
	if err != nil {
		n.Fatal(err)
	}
	return d
}

// The desk gets a certificate for its names, keeps it, has it renewed in its
// last thirty days by a new key, and at once when its names change.
func TestDeskIsCertifiedAndRenewed(t *testing.T) {
	p := newPeer(t)
	begin := time.Now()
	p.certify(begin.AddDate(0, 0, 397))
	n := newNode(t, p)
	n.names = []string{"192.168.8.20", "fd00::20"}
	n.run()
	n.until("certified", saw(n, func(e link.DeskCertified) bool { return e.First }))
	n.halt()
	first := n.held()
	cert, err := x509.ParseCertificate(first.Certificate)
	if err != nil || cert.VerifyHostname("192.168.8.20") != nil || cert.VerifyHostname("fd00::20") != nil || cert.VerifyHostname("192.168.8.21") == nil {
		t.Errorf("certificate for %v %v, %v", cert.IPAddresses, cert.DNSNames, err)
	}

	asked := func() (k int) { p.with(func() { k = len(p.desks) }); return k }
	later := func(days int, ready func() bool) {
		t.Helper()
		n.events = nil
		n.now = func() time.Time { return time.Now().AddDate(0, 0, days) }
		n.run()
		n.until("linked", saw(n, any1[link.Linked]))
		n.commit(1) // what is said after the welcome has been said when this is through
		n.until("receipted", n.drained)
		n.until("ready", ready)
		n.halt()
	}
	later(360, func() bool { return true })
	later(-9000, func() bool { return true }) // a battery that is empty
	later(+9000, func() bool { return true })
	if asked() != 1 || !bytes.Equal(n.held().Certificate, first.Certificate) {
		t.Errorf("a certificate that is good was asked for anew: %d requests", asked())
	}
	p.certify(begin.AddDate(0, 0, 800))
	later(370, saw(n, func(e link.DeskCertified) bool { return !e.First }))
	second := n.held()
	if asked() != 2 || bytes.Equal(second.Certificate, first.Certificate) || bytes.Equal(second.Key, first.Key) {
		t.Errorf("in its last thirty days it was not renewed with a key of its own: %d requests", asked())
	}
	n.names = []string{"192.168.8.99"}
	later(0, saw(n, any1[link.DeskCertified]))
	if d := n.held(); asked() != 3 || !slices.Equal(d.Names, n.names) {
		t.Errorf("another address: held for %v after %d requests", d.Names, asked())
	}
}

// A certificate that no browser of the point would take is not taken, and a
// refusal is told once.
func TestDeskTakesNoBadCertificate(t *testing.T) {
	p := newPeer(t)
	p.certify(time.Now().AddDate(1, 0, 0), "192.168.8.21")
	n := newNode(t, p)
	n.names = []string{"192.168.8.20"}
	n.run()
	n.until("refused", saw(n, func(e link.Refused) bool { return e.Kind == protocol.KindDeskCert }))
	if _, err := n.Desk(); err == nil {
		t.Error("a certificate for another address is kept")
	}
	n.halt()
	p.with(func() {
		p.desk = func(r protocol.DeskRequest) protocol.DeskCertificate {
			return protocol.DeskCertificate{Address: p.address, Nonce: r.Nonce, Refusal: protocol.DeskRefusedName}
		}
	})
	n.run()
	n.until("told", saw(n, func(e link.DeskRefused) bool { return e.Why == protocol.DeskRefusedName }))
	n.halt()
}
