package keys

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// backdate lets a certificate be taken by a machine whose clock is a little
// slow (fault 8).
const backdate = 24 * time.Hour

// CA is the certificate of the hub's own authority: the only root a box trusts.
func (r *Ring) CA() *x509.Certificate { return r.caCert }

// Fingerprint is the SHA-256 of the CA's certificate: what a ticket carries.
func (r *Ring) Fingerprint() [sha256.Size]byte { return sha256.Sum256(r.caCert.Raw) }

// Pool holds the CA alone.
func (r *Ring) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(r.caCert)
	return p
}

// IssueServer makes a fresh key and a server certificate for names, each a DNS
// name or an IP address, good for two years. The chain holds the CA too, so
// that a box can tell it by its fingerprint before it trusts it.
func (r *Ring) IssueServer(names ...string) (tls.Certificate, error) {
	if len(names) == 0 {
		return tls.Certificate{}, errors.New("keys: a server certificate needs a name")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("keys: %w", err)
	}
	t := r.template(names[0], serverYears)
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, r.caCert, &key.PublicKey, r.ca)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("keys: issue server certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("keys: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der, r.caCert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// IssueClient makes a fresh key and a client certificate with the given common
// name, good for two years: for the hub's own connection to a broker.
func (r *Ring) IssueClient(name string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("keys: %w", err)
	}
	der, err := r.issueClient(name, &key.PublicKey)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("keys: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// IssueDevice makes the certificate, DER, of a box: common name box, the key of
// the request, good for two years. Nothing else of the request is taken over.
// The request's signature must verify and its key be ECDSA P-256.
func (r *Ring) IssueDevice(csr *x509.CertificateRequest, box string) ([]byte, error) {
	if err := csr.CheckSignature(); err != nil {
		return nil, fmt.Errorf("keys: certificate request: %w", err)
	}
	pub, ok := csr.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return nil, errors.New("keys: certificate request: key must be ECDSA P-256")
	}
	return r.issueClient(box, pub)
}

func (r *Ring) issueClient(name string, pub *ecdsa.PublicKey) ([]byte, error) {
	t := r.template(name, deviceYears)
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	der, err := x509.CreateCertificate(rand.Reader, t, r.caCert, pub, r.ca)
	if err != nil {
		return nil, fmt.Errorf("keys: issue certificate: %w", err)
	}
	return der, nil
}

func (r *Ring) template(name string, years int) *x509.Certificate {
	now := r.now()
	return &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-backdate),
		NotAfter:     now.AddDate(years, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

func selfSign(k *ecdsa.PrivateKey, now time.Time) ([]byte, error) {
	t := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "Zhunkao hub"},
		NotBefore:             now.Add(-backdate),
		NotAfter:              now.AddDate(caYears, 0, 0),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &k.PublicKey, k)
	if err != nil {
		return nil, fmt.Errorf("keys: make authority: %w", err)
	}
	return der, nil
}

// serial draws 127 random bits, so that it is positive and within 20 bytes.
func serial() *big.Int {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[0] &= 0x7f
	b[0] |= 0x40 // never zero
	return new(big.Int).SetBytes(b[:])
}

// deskDays is how long a desk's certificate is good for: tablets take none of
// a longer life than 825 days, and a box renews its own while the hub is there.
const deskDays = 397

// IssueDesk makes the certificate, DER, of the desk of a box: common name box,
// the key of the request, the names given. The caller has decided that the box
// may have these names. Nothing else of the request is taken over; its
// signature must verify and its key be ECDSA P-256.
func (r *Ring) IssueDesk(csr *x509.CertificateRequest, box string, names []string) ([]byte, error) {
	if err := csr.CheckSignature(); err != nil {
		return nil, fmt.Errorf("keys: certificate request: %w", err)
	}
	pub, ok := csr.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return nil, errors.New("keys: certificate request: key must be ECDSA P-256")
	}
	if len(names) == 0 {
		return nil, errors.New("keys: a desk's certificate needs a name")
	}
	t := r.template(box, 0)
	t.NotAfter = r.now().AddDate(0, 0, deskDays)
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, n)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, t, r.caCert, pub, r.ca)
	if err != nil {
		return nil, fmt.Errorf("keys: issue desk certificate: %w", err)
	}
	return der, nil
}
