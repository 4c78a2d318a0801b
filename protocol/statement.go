package protocol

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"math/big"

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
//
// A statement has one byte form: the protected header is exactly {alg, kid},
// the unprotected one empty, and of the two values of s that verify under
// ECDSA only the lower is written and taken. Otherwise whoever carries an
// envelope could give it a second hash, and the hub would see a fork and
// freeze an innocent box.
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
	if alg == cose.AlgorithmES256 {
		lowerS(msg.Signature)
	}
	raw, err := msg.MarshalCBOR()
	if err != nil {
		return nil, fmt.Errorf("protocol: sign %s: %w", kind, err)
	}
	if len(raw) > MaxMessage {
		return nil, fmt.Errorf("%w: %s", ErrTooLarge, kind)
	}
	return raw, nil
}

// Statement is a signed message whose signature has not been looked at yet.
type Statement struct {
	Kind    Kind
	Key     KeyID
	Payload []byte // not to be believed before Verify; part of what was parsed

	protected []byte // the header, of headerSize bytes
	signature []byte // of signatureSize bytes
}

// headerSize is the length of the protected header {1: alg, 4: kid}.
const headerSize = 13

// signatureSize is the length of a signature of either kind.
const signatureSize = 64

// ParseStatement reads raw as a statement of kind without verifying it. Any
// byte form but the one that Sign writes is ErrMalformed.
func ParseStatement(kind Kind, raw []byte) (Statement, error) {
	if len(raw) > MaxMessage {
		return Statement{}, ErrTooLarge
	}
	bad := fmt.Errorf("%w: statement", ErrMalformed)
	// 18([h'a2 01 alg 04 48 kid', {}, payload, signature of 64 bytes])
	w := walker{b: raw}
	if !w.take(0xd2, 0x84, 0x40|headerSize) || len(w.b) < headerSize {
		return Statement{}, bad
	}
	protected := w.b[:headerSize]
	header := walker{b: protected}
	if !header.take(0xa2, 0x01, 0x26) && !header.take(0xa2, 0x01, 0x27) || !header.take(0x04, 0x48) {
		return Statement{}, bad
	}
	w.b = w.b[headerSize:]
	if !w.take(0xa0) {
		return Statement{}, bad
	}
	major, n, ok := w.head()
	if !ok || major != 2 || n > uint64(len(w.b)) {
		return Statement{}, bad
	}
	payload := w.b[:n:n]
	w.b = w.b[n:]
	if !w.take(0x58, signatureSize) || len(w.b) != signatureSize {
		return Statement{}, bad
	}
	return Statement{Kind: kind, Key: KeyID(header.b), Payload: payload, protected: protected, signature: w.b}, nil
}

// take removes exactly these bytes from the front, or nothing.
func (w *walker) take(head ...byte) bool {
	rest, ok := bytes.CutPrefix(w.b, head)
	w.b = rest
	return ok
}

// Key is a public signing key with its id: made once, it verifies many
// statements.
type Key struct {
	pub crypto.PublicKey
	alg cose.Algorithm
	id  KeyID

	multiples *multiples // nil unless Prepared
}

// KeyOf takes a P-256 or Ed25519 public key. Error: ErrUnknownKey.
func KeyOf(pub crypto.PublicKey) (Key, error) {
	alg, err := algorithmOf(pub)
	if err != nil {
		return Key{}, err
	}
	id, err := SigningKeyID(pub)
	if err != nil {
		return Key{}, err
	}
	return Key{pub: pub, alg: alg, id: id}, nil
}

// Verify checks the signature under pub, which must be the key that the
// statement names. Errors: ErrUnknownKey, ErrSignature.
func (s Statement) Verify(pub crypto.PublicKey) error {
	k, err := KeyOf(pub)
	if err != nil {
		return err
	}
	return s.VerifyBy(k)
}

// VerifyBy is Verify with a key that is at hand. The bytes that are verified
// are put together here (RFC 9052 §4.4): the form of a statement is known to the
// byte, and to have a library find it again took half as long as the signature.
func (s Statement) VerifyBy(k Key) error {
	if k.pub == nil || k.id != s.Key {
		return ErrUnknownKey
	}
	if len(s.protected) != headerSize || len(s.signature) != signatureSize {
		return ErrSignature
	}
	if algorithm := s.protected[2]; algorithm != 0x26 && k.alg == cose.AlgorithmES256 || algorithm != 0x27 && k.alg == cose.AlgorithmEdDSA {
		return ErrSignature
	}
	signed := s.signed()
	switch pub := k.pub.(type) {
	case *ecdsa.PublicKey:
		if bytes.Compare(s.signature[32:], halfOrder[:]) > 0 {
			return ErrSignature // the higher twin: see Sign
		}
		digest := sha256.Sum256(signed)
		if k.multiples != nil {
			if k.multiples.verify(digest[:], s.signature) {
				return nil
			}
			return ErrSignature
		}
		if ecdsa.VerifyASN1(pub, digest[:], asn1Signature(s.signature)) {
			return nil
		}
	case ed25519.PublicKey:
		if ed25519.Verify(pub, signed, s.signature) {
			return nil
		}
	}
	return ErrSignature
}

// signed is the Sig_structure: ["Signature1", header, external data, payload].
func (s Statement) signed() []byte {
	const context = "Signature1"
	also := external(s.Kind)
	b := make([]byte, 0, 2+len(context)+headerSize+len(also)+len(s.Payload)+12)
	b = append(b, 0x84, 0x60|byte(len(context)))
	b = append(b, context...)
	for _, part := range [][]byte{s.protected, also, s.Payload} {
		b = append(byteString(b, len(part)), part...)
	}
	return b
}

// byteString appends the head of a byte string of n bytes.
func byteString(b []byte, n int) []byte {
	switch {
	case n < 24:
		return append(b, 0x40|byte(n))
	case n < 1<<8:
		return append(b, 0x58, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 0x59), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(b, 0x5a), uint32(n))
}

// halfOrder is half the order of P-256, rounded down: the highest s that is taken.
var halfOrder = func() (half [32]byte) {
	new(big.Int).Rsh(elliptic.P256().Params().N, 1).FillBytes(half[:])
	return half
}()

// asn1Signature writes r‖s, 32 bytes each, as the SEQUENCE of two INTEGERs
// (RFC 3279 §2.2.3) that the library takes without numbers being made of them.
func asn1Signature(sig []byte) []byte {
	b := make([]byte, 2, 2+2*(3+32))
	b[0] = 0x30
	for _, n := range [][]byte{sig[:32], sig[32:]} {
		for len(n) > 1 && n[0] == 0 {
			n = n[1:]
		}
		b = append(b, 0x02, byte(len(n)))
		if n[0] >= 0x80 { // it would be a negative number
			b[len(b)-1]++
			b = append(b, 0)
		}
		b = append(b, n...)
	}
	b[1] = byte(len(b) - 2)
	return b
}

// lowerS puts the lower of the two equivalent values of s into a signature
// r‖s over P-256, and reports whether it had to.
func lowerS(sig []byte) bool {
	n := elliptic.P256().Params().N
	s := new(big.Int).SetBytes(sig[32:])
	if s.Cmp(new(big.Int).Rsh(n, 1)) <= 0 {
		return false
	}
	s.Mod(s.Sub(n, s), n).FillBytes(sig[32:])
	return true
}

// Keys finds a public signing key by its id; a nil answer means unknown.
type Keys func(KeyID) crypto.PublicKey

// OpenAddressed is OpenStatement for a message that bears an Address, which
// must be want: a box takes only what is for it and for its present epoch.
func OpenAddressed(kind Kind, raw []byte, keys Keys, want Address, v interface{ address() Address }) error {
	if err := OpenStatement(kind, raw, keys, v); err != nil {
		return err
	}
	if v.address() != want {
		return ErrWrongBox
	}
	return nil
}

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
		if k != nil && k.Curve == elliptic.P256() {
			return cose.AlgorithmES256, nil
		}
	case ed25519.PublicKey:
		if len(k) == ed25519.PublicKeySize {
			return cose.AlgorithmEdDSA, nil
		}
	}
	return 0, fmt.Errorf("%w: signing key must be P-256 or Ed25519", ErrUnknownKey)
}
