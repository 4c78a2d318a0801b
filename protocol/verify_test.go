package protocol

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"math/big"
	"testing"

	"github.com/veraison/go-cose"
)

// TestVerifyAsTheLibrary: what VerifyBy puts together is what the library of
// COSE does, for payloads around each length of head, and for every statement
// in which one byte was changed.
func TestVerifyAsTheLibrary(t *testing.T) {
	device, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, hub, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	library := func(kind Kind, raw []byte, pub crypto.PublicKey) bool {
		msg := cose.NewSign1Message()
		if msg.UnmarshalCBOR(raw) != nil {
			return false
		}
		alg, err := algorithmOf(pub)
		if err != nil {
			t.Fatal(err)
		}
		v, err := cose.NewVerifier(alg, pub)
		if err != nil {
			t.Fatal(err)
		}
		return msg.Verify(external(kind), v) == nil
	}
	for _, signer := range []crypto.Signer{device, hub} {
		for _, n := range []int{0, 1, 23, 24, 255, 256, 65535, 65536, 200000} {
			raw, err := Sign(KindManifest, make([]byte, n), signer)
			if err != nil {
				t.Fatal(err)
			}
			s, err := ParseStatement(KindManifest, raw)
			if err != nil || s.Verify(signer.Public()) != nil || !library(KindManifest, raw, signer.Public()) {
				t.Fatalf("%T, payload of %d: %v", signer, n, err)
			}
			if other, err := ParseStatement(KindHello, raw); err != nil || other.Verify(signer.Public()) == nil {
				t.Errorf("%T, payload of %d: verifies as another kind", signer, n)
			}
			if n > 256 {
				continue
			}
			for i := range raw {
				bent := bytes.Clone(raw)
				bent[i] ^= 1
				s, err := ParseStatement(KindManifest, bent)
				ours := err == nil && s.Verify(signer.Public()) == nil
				if ours || ours != library(KindManifest, bent, signer.Public()) {
					t.Errorf("%T, payload of %d, byte %d: ours %v", signer, n, i, ours)
				}
			}
		}
	}
	if err := (Statement{}).VerifyBy(Key{}); err == nil {
		t.Error("nothing verifies under nothing")
	}
}

// TestASN1Signature: numbers of every length are written as the library of
// ASN.1 writes them.
func TestASN1Signature(t *testing.T) {
	var numbers [][]byte
	for zeros := range 33 {
		for _, first := range []byte{0x01, 0x7f, 0x80, 0xff} {
			n := make([]byte, 32)
			for i := zeros; i < len(n); i++ {
				n[i] = first
			}
			numbers = append(numbers, n)
		}
	}
	for i, r := range numbers {
		s := numbers[len(numbers)-1-i]
		want, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(r), new(big.Int).SetBytes(s)})
		if err != nil {
			t.Fatal(err)
		}
		if got := asn1Signature(append(bytes.Clone(r), s...)); !bytes.Equal(got, want) {
			t.Errorf("%x, %x: got %x, want %x", r, s, got, want)
		}
	}
}
