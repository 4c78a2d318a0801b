package protocol

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"fmt"

	"github.com/veraison/go-cose"
)

// KeyID names a public key: the first 8 bytes of the SHA-256 of its
// SubjectPublicKeyInfo (for an opening key, of its raw 32 bytes).
type KeyID [8]byte

// String returns 16 lower-case hexadecimal digits.
func (k KeyID) String() string { return fmt.Sprintf("%x", k[:]) }

// SigningKeyID returns the id of an ECDSA P-256 or Ed25519 public key.
func SigningKeyID(pub crypto.PublicKey) (KeyID, error) {
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return KeyID{}, fmt.Errorf("protocol: key id: %w", err)
	}
	return keyID(der), nil
}

func keyID(b []byte) (id KeyID) {
	sum := sha256.Sum256(b)
	copy(id[:], sum[:])
	return id
}

// Sign makes a statement of kind: payload under COSE_Sign1 with the signer's
// key. Boxes sign with ECDSA P-256 (ES256), the hub with Ed25519 (EdDSA); no
// other key is taken. The kind is bound as external data.
func Sign(kind Kind, payload []byte, signer crypto.Signer) ([]byte, error) {
	alg, err := algorithmOf(signer.Public())
	if err != nil {
		return nil, err
	}
	id, err := SigningKeyID(signer.Public())
	if err != nil {
		return nil, err
	}
	cs, err := cose.NewSigner(alg, signer)
	if err != nil {
		return nil, fmt.Errorf("protocol: sign %s: %w", kind, err)
	}
	msg := cose.NewSign1Message()
	msg.Headers.Protected.SetAlgorithm(alg)
	msg.Headers.Protected[cose.HeaderLabelKeyID] = id[:]
	msg.Payload = payload
	if err := msg.Sign(rand.Reader, external(kind), cs); err != nil {
		return nil, fmt.Errorf("protocol: sign %s: %w", kind, err)
	}
	raw, err := msg.MarshalCBOR()
	if err != nil {
		return nil, fmt.Errorf("protocol: sign %s: %w", kind, err)
	}
	return raw, nil
}

// Statement is a signed message whose signature has not been looked at yet.
type Statement struct {
	Kind    Kind
	Key     KeyID
	Payload []byte // not to be believed before Verify
	msg     *cose.Sign1Message
}

// ParseStatement reads raw as a statement of kind without verifying it.
func ParseStatement(kind Kind, raw []byte) (Statement, error) {
	if len(raw) > MaxMessage {
		return Statement{}, ErrTooLarge
	}
	msg := cose.NewSign1Message()
	if err := msg.UnmarshalCBOR(raw); err != nil {
		return Statement{}, fmt.Errorf("%w: statement", ErrMalformed)
	}
	kid, ok := msg.Headers.Protected[cose.HeaderLabelKeyID].([]byte)
	if !ok || len(kid) != len(KeyID{}) || msg.Payload == nil {
		return Statement{}, fmt.Errorf("%w: statement", ErrMalformed)
	}
	return Statement{Kind: kind, Key: KeyID(kid), Payload: msg.Payload, msg: msg}, nil
}

// Verify checks the signature under pub, which must be the key that the
// statement names. Errors: ErrUnknownKey, ErrSignature.
func (s Statement) Verify(pub crypto.PublicKey) error {
	alg, err := algorithmOf(pub)
	if err != nil {
		return err
	}
	id, err := SigningKeyID(pub)
	if err != nil {
		return err
	}
	if id != s.Key {
		return ErrUnknownKey
	}
	v, err := cose.NewVerifier(alg, pub)
	if err != nil {
		return fmt.Errorf("protocol: verify %s: %w", s.Kind, err)
	}
	if err := s.msg.Verify(external(s.Kind), v); err != nil {
		return ErrSignature
	}
	return nil
}

// Keys finds a public signing key by its id; a nil answer means unknown.
type Keys func(KeyID) crypto.PublicKey

// OpenStatement verifies raw as a statement of kind under one of keys and
// decodes its payload into v. A nil v only verifies.
func OpenStatement(kind Kind, raw []byte, keys Keys, v any) error {
	s, err := ParseStatement(kind, raw)
	if err != nil {
		return err
	}
	pub := keys(s.Key)
	if pub == nil {
		return ErrUnknownKey
	}
	if err := s.Verify(pub); err != nil {
		return err
	}
	if v == nil {
		return nil
	}
	return Decode(s.Payload, v)
}

// SignMessage encodes v and signs it as a statement of kind.
func SignMessage(kind Kind, v any, signer crypto.Signer) ([]byte, error) {
	payload, err := Encode(v)
	if err != nil {
		return nil, err
	}
	return Sign(kind, payload, signer)
}

func external(kind Kind) []byte { return []byte(topicRoot + string(kind)) }

func algorithmOf(pub crypto.PublicKey) (cose.Algorithm, error) {
	switch k := pub.(type) {
	case *ecdsa.PublicKey:
		if k.Curve.Params().BitSize == 256 {
			return cose.AlgorithmES256, nil
		}
	case ed25519.PublicKey:
		return cose.AlgorithmEdDSA, nil
	}
	return 0, fmt.Errorf("%w: signing key must be P-256 or Ed25519", ErrUnknownKey)
}
