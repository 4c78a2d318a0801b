package intake_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/journal"
	"zhunkao/protocol"
)

// TestCertificateOfADesk: a box gets one for names that can be its own, for a
// key of the desk's, and none for the hub's name or another box's.
func TestCertificateOfADesk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		b, other := r.enrol(pointHere), r.enrol(pointThere)
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{"hub.example"}}, key)
		if err != nil {
			t.Fatal(err)
		}
		ask := func(names ...string) protocol.DeskCertificate {
			t.Helper()
			q := protocol.DeskRequest{Address: b.id, Nonce: random(protocol.NonceSize), CSR: csr, Names: names}
			b.say(protocol.KindDesk, b.signed(protocol.KindDesk, q))
			var c protocol.DeskCertificate
			b.hears(protocol.KindDeskCert, &c)
			if string(c.Nonce) != string(q.Nonce) {
				t.Fatal("answers another question")
			}
			return c
		}
		own := string(b.id.Box) + ".local"
		c := ask("192.168.8.20", own)
		cert, err := x509.ParseCertificate(c.Certificate)
		if err != nil {
			t.Fatalf("%v (refused: %s)", err, c.Refusal)
		}
		if _, err := cert.Verify(x509.VerifyOptions{Roots: r.ring.Pool(), DNSName: own, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}); err != nil {
			t.Error(err)
		}
		if err := cert.VerifyHostname("192.168.8.20"); err != nil {
			t.Error(err)
		}
		if cert.VerifyHostname("hub.example") == nil {
			t.Error("took a name over from the request")
		}
		if cert.Subject.CommonName != string(b.id.Box) || !key.PublicKey.Equal(cert.PublicKey) {
			t.Error("for another box or key")
		}
		if _, err := cert.Verify(x509.VerifyOptions{Roots: r.ring.Pool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err == nil {
			t.Error("lets its holder in at the broker")
		}
		for _, name := range []string{"hub.example", string(other.id.Box) + ".local", "127.0.0.1", "8.8.8.8"} {
			if c := ask(own, name); c.Refusal != protocol.DeskRefusedName || len(c.Certificate) > 0 {
				t.Errorf("%s: refusal %q", name, c.Refusal)
			}
		}
		eventually(t, "the journal has it", func() bool { return len(r.acts(journal.BoxDeskCertified)) == 1 })
	})
}

// TestWhereADeskIs: a box says by hello where its desk is; of the names only those
// count that the hub would certify it for.
func TestWhereADeskIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		b, other := r.enrol(pointHere), r.enrol(pointThere)
		desk := func(names ...string) (string, uint16) {
			t.Helper()
			b.hello(protocol.Hello{Software: "test", Desk: names, DeskPort: 8643})
			held, ok := r.fleet.Box(string(b.id.Box))
			if !ok {
				t.Fatal("no such box")
			}
			return strings.Join(held.Live.Desk, " "), held.Live.DeskPort
		}
		own := string(b.id.Box) + ".local"
		if names, port := desk("192.168.8.20", "8.8.8.8", own, "hub.example", string(other.id.Box)+".local"); names != "192.168.8.20 "+own || port != 8643 {
			t.Errorf("at %q, port %d", names, port)
		}
		if names, port := desk("8.8.8.8"); names != "" || port != 0 {
			t.Errorf("at %q, port %d, by names that no desk has", names, port)
		}
	})
}
