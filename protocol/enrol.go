package protocol

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"fmt"
)

// EnrolPath is where the hub takes enrolments: HTTPS POST, EnrolRequest as a
// statement of KindEnrol, answered by EnrolGrant as CBOR. The box trusts the
// server by the fingerprint in its enrolment ticket and by nothing else.
const EnrolPath = "/enrol"

// MaxEnrol is the largest request, and the largest answer, in bytes.
const MaxEnrol = 16 << 10

// EnrolMedia is the content type of both.
const EnrolMedia = "application/zhunkao-enrol+cbor"

// EnrolRequest asks for an identity. The keys were made in the box and never
// leave it; the statement is signed by the key of the CSR.
type EnrolRequest struct {
	Code     string `cbor:"code"`     // the one-time code of the ticket
	CSR      []byte `cbor:"csr"`      // PKCS #10, DER, ECDSA P-256
	Opening  []byte `cbor:"opening"`  // X25519 public key, 32 bytes
	KeyStore string `cbor:"keystore"` // "tpm", "machine" or "file"
	Software string `cbor:"software"`
}

// EnrolGrant is an identity. Certificates are DER.
type EnrolGrant struct {
	Address
	Certificate []byte       `cbor:"certificate"` // of the device key; CN is the box id
	CA          []byte       `cbor:"ca"`          // the hub's own CA: the only root the box trusts
	Signing     []SigningKey `cbor:"signing"`     // keys that sign what the hub says
	Opening     []byte       `cbor:"opening"`     // X25519 key that records are sealed to
	MQTT        string       `cbor:"mqtt"`        // host:port of the broker, TLS 1.3
	Campaign    string       `cbor:"campaign"`    // id
	Point       PointInfo    `cbor:"point"`
}

// SigningKey is a public signing key of the hub: Ed25519, SubjectPublicKeyInfo, DER.
type SigningKey struct {
	ID  KeyID  `cbor:"id"`
	Key []byte `cbor:"key"`
}

// Ticket is what a technician carries to a box: an address, the SHA-256 of the
// hub's CA certificate, and a one-time code. Its text form is
// "zk1:host:port:fingerprint:code".
type Ticket struct {
	Address     string // host:port of the hub's TLS door
	Fingerprint Hash
	Code        string
}

// OpenEnrol verifies an enrolment request by the key in its own CSR.
func OpenEnrol(raw []byte) (EnrolRequest, *x509.CertificateRequest, *ecdh.PublicKey, error) {
	if len(raw) > MaxEnrol {
		return EnrolRequest{}, nil, nil, ErrTooLarge
	}
	var req EnrolRequest
	fail := func(err error) (EnrolRequest, *x509.CertificateRequest, *ecdh.PublicKey, error) {
		return EnrolRequest{}, nil, nil, err
	}
	s, err := ParseStatement(KindEnrol, raw)
	if err != nil {
		return fail(err)
	}
	if err := Decode(s.Payload, &req); err != nil {
		return fail(err)
	}
	csr, err := x509.ParseCertificateRequest(req.CSR)
	if err != nil {
		return fail(fmt.Errorf("%w: certificate request", ErrMalformed))
	}
	// The key's kind comes first: whoever asks is unknown yet, and an RSA key
	// of a hundred thousand bits would keep the door busy.
	if _, ok := csr.PublicKey.(*ecdsa.PublicKey); !ok {
		return fail(fmt.Errorf("%w: device key must be ECDSA P-256", ErrUnknownKey))
	}
	if err := s.Verify(csr.PublicKey); err != nil {
		return fail(err)
	}
	if err := csr.CheckSignature(); err != nil {
		return fail(ErrSignature)
	}
	opening, err := ecdh.X25519().NewPublicKey(req.Opening)
	if err != nil {
		return fail(fmt.Errorf("%w: opening key", ErrMalformed))
	}
	// A point of low order takes part in no exchange: nothing could ever be
	// sealed to this box. A trial tells now.
	trial, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return fail(fmt.Errorf("protocol: enrol: %w", err))
	}
	if _, err := trial.ECDH(opening); err != nil {
		return fail(fmt.Errorf("%w: opening key", ErrMalformed))
	}
	return req, csr, opening, nil
}
