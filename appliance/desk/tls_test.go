package desk

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"net"
	"testing"
	"time"

	"zhunkao/appliance/store"
)

// Without a certificate nobody gets in; the first one counts at once, and a
// renewed one at the next connection, while the listener stays.
func TestTLSFollowsTheCertificate(t *testing.T) {
	const at = "192.168.8.20"
	r := newRig(t, func(o *Options) { o.Loopback, o.Hosts, o.Port = false, []string{at}, ":8643" })
	r.o.CA = r.hub.CA.Raw
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	l := tls.NewListener(plain, r.TLS())
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.(*tls.Conn).Handshake() // the other end says what came of it
			_ = c.Close()
		}
	}()
	roots := x509.NewCertPool()
	roots.AddCert(r.hub.CA)
	shown := func() (*x509.Certificate, error) {
		c, err := tls.Dial("tcp", plain.Addr().String(), &tls.Config{RootCAs: roots, ServerName: at})
		if err != nil {
			return nil, err
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0], nil
	}
	if _, err := shown(); err == nil {
		t.Error("somebody got in without a certificate")
	}
	id, err := r.store.Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, until := range []time.Time{time.Now().AddDate(0, 0, 20), time.Now().AddDate(0, 0, 397)} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		given := r.hub.Desk(t, id.Box(), []string{at}, key.Public(), until)
		if err := r.store.SaveDesk(store.Desk{Key: der, Certificate: given.Raw, Names: []string{at}, Epoch: 1}); err != nil {
			t.Fatal(err)
		}
		if got, err := shown(); err != nil || !got.Equal(given) {
			t.Errorf("good until %s: another is shown (%v)", until, err)
		}
	}
}
