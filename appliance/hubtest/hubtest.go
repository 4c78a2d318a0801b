package hubtest

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// Campaign and Point are what every grant of this package names.
const (
	Campaign = "adult-2019"
	Point    = "P4301021"
)

// Hub is a hub's keys.
type Hub struct {
	CA      *x509.Certificate
	caKey   *ecdsa.PrivateKey
	Signing ed25519.PrivateKey
	Opening *ecdh.PrivateKey
}

// New makes a hub with fresh keys.
func New(t testing.TB) *Hub {
	t.Helper()
	h := &Hub{}
	var err error
	if h.caKey, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test hub"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(10, 0, 0),
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	h.CA = h.issue(t, template, template, h.caKey.Public())
	if _, h.Signing, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	if h.Opening, err = ecdh.X25519().GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *Hub) issue(t testing.TB, template, parent *x509.Certificate, pub any) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, pub, h.caKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Certificate issues a certificate of the hub's authority for both uses of TLS.
func (h *Hub) Certificate(t testing.TB, name string, pub any) *x509.Certificate {
	t.Helper()
	return h.issue(t, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(2, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}, h.CA, pub)
}

// Desk issues the certificate of a box's desk, good until.
func (h *Hub) Desk(t testing.TB, box protocol.BoxID, names []string, pub any, until time.Time) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: string(box)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, n)
		}
	}
	return h.issue(t, c, h.CA, pub)
}

// TLS is a server's configuration: its own certificate with the authority's,
// and clients only with a certificate of the same authority if mutual.
func (h *Hub) TLS(t testing.TB, mutual bool) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := h.Certificate(t, "localhost", key.Public())
	conf := &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw, h.CA.Raw}, PrivateKey: key}},
	}
	if mutual {
		conf.ClientCAs = x509.NewCertPool()
		conf.ClientCAs.AddCert(h.CA)
		conf.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return conf
}

// Grant is an identity for the device key.
func (h *Hub) Grant(t testing.TB, box protocol.BoxID, epoch uint32, device any, mqtt string) protocol.EnrolGrant {
	t.Helper()
	spki, err := x509.MarshalPKIXPublicKey(h.Signing.Public())
	if err != nil {
		t.Fatal(err)
	}
	kid, err := protocol.SigningKeyID(h.Signing.Public())
	if err != nil {
		t.Fatal(err)
	}
	return protocol.EnrolGrant{
		Address:     protocol.Address{Box: box, Epoch: epoch},
		Certificate: h.Certificate(t, string(box), device).Raw,
		CA:          h.CA.Raw,
		Signing:     []protocol.SigningKey{{ID: kid, Key: spki}},
		Opening:     h.Opening.PublicKey().Bytes(),
		MQTT:        mqtt,
		Campaign:    Campaign,
		Point:       protocol.PointInfo{Code: Point, Name: "测试报名点", Division: "430102", Unit: 1},
	}
}

// Enrol makes keys and a saved identity in an open store, without a wire.
func (h *Hub) Enrol(t testing.TB, s *store.Store, keys *keystore.Store, mqtt string) store.Identity {
	t.Helper()
	const name = "box-1"
	if err := keys.Create(name); err != nil {
		t.Fatal(err)
	}
	if err := keys.CreateOpener(name); err != nil {
		t.Fatal(err)
	}
	signer, err := keys.Signer(name)
	if err != nil {
		t.Fatal(err)
	}
	id := store.Identity{Grant: h.Grant(t, protocol.NewBoxID(), 1, signer.Public(), mqtt), KeyName: name, Number: 1}
	if err := s.SaveIdentity(id); err != nil {
		t.Fatal(err)
	}
	return id
}

// Draft is what Seal makes a record of.
type Draft struct {
	Application string // id
	Blob        []byte // one blob of it; nil = a kilobyte of zeros
	Sequence    uint64 // 0 = the next one
	Previous    protocol.Hash
}

// Seal makes a record that continues the store's chain, with one durable blob.
func (h *Hub) Seal(t testing.TB, s *store.Store, keys *keystore.Store, d Draft) protocol.Record {
	t.Helper()
	id, device := Own(t, s, keys)
	return h.SealOver(t, s, id, device, d, h.Put(t, s, d))
}

// Own is who the box is and the key it signs with; a box loads them once.
func Own(t testing.TB, s *store.Store, keys *keystore.Store) (store.Identity, crypto.Signer) {
	t.Helper()
	id, err := s.Identity()
	if err != nil {
		t.Fatal(err)
	}
	device, err := keys.Signer(id.KeyName)
	if err != nil {
		t.Fatal(err)
	}
	return id, device
}

// Put seals the draft's blob and has the store keep it.
func (h *Hub) Put(t testing.TB, s *store.Store, d Draft) protocol.BlobRef {
	t.Helper()
	if d.Blob == nil {
		d.Blob = make([]byte, 1024)
	}
	blob, err := protocol.SealBlob(protocol.SuiteAES, protocol.RoleChipText, "application/octet-stream", d.Blob)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutBlob(blob.Ciphertext); err != nil {
		t.Fatal(err)
	}
	return blob.Ref
}

// SealOver seals the draft over a blob that the store keeps already.
func (h *Hub) SealOver(t testing.TB, s *store.Store, id store.Identity, device crypto.Signer, d Draft, ref protocol.BlobRef) protocol.Record {
	t.Helper()
	return h.SealWith(t, h.Prepare(t), s, id, device, d, ref)
}

// Prepare agrees on a body's key, as a box does while blobs are written.
func (h *Hub) Prepare(t testing.TB) *protocol.BodySeal {
	t.Helper()
	body, err := protocol.PrepareBody(protocol.SuiteAES, h.Opening.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// SealWith is SealOver with an agreement made before.
func (h *Hub) SealWith(t testing.TB, body *protocol.BodySeal, s *store.Store, id store.Identity, device crypto.Signer, d Draft, ref protocol.BlobRef) protocol.Record {
	t.Helper()
	seq, previous := d.Sequence, d.Previous
	if seq == 0 {
		head, hash, err := s.Head()
		if err != nil {
			t.Fatal(err)
		}
		seq, previous = head+1, hash
	}
	refs := []protocol.BlobRef{ref}
	rec, err := body.Record(protocol.Manifest{
		ID: protocol.NewID(), Kind: protocol.RecordConfirmation, Box: id.Box(), Epoch: id.Grant.Epoch,
		Sequence: seq, Previous: previous, Campaign: Campaign, CampaignVersion: 1,
		Time: protocol.TimeEvidence{Earliest: 1, Source: protocol.SourceFloor, Verdict: protocol.VerdictUndecidable},
	}, protocol.Confirmation{
		Application: form.Application{ID: d.Application, Campaign: Campaign, CampaignVersion: 1, Version: 1, Point: Point},
		StartedFrom: 1, Point: Point, Pledge: protocol.HashOf([]byte("pledge")), Blobs: refs,
	}, refs, device)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// Accept is the receipt of a record.
func Accept(r protocol.Record) protocol.Receipt {
	return protocol.Receipt{Record: r.Manifest.ID, Envelope: r.Hash(), Sequence: r.Manifest.Sequence, Outcome: protocol.Accepted, At: 1567731600000}
}

// Say signs a message as the hub does.
func (h *Hub) Say(t testing.TB, kind protocol.Kind, v any) []byte {
	t.Helper()
	raw, err := protocol.SignMessage(kind, v, h.Signing)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
