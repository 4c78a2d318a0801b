package protocol

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync/atomic"

	"golang.org/x/crypto/chacha20poly1305"
)

// Suite is a cipher suite by its number on the wire.
type Suite uint16

// The suites. Both use HPKE base mode with DHKEM(X25519, HKDF-SHA256) and
// HKDF-SHA256 (RFC 9180); they differ in the AEAD of body and blobs.
const (
	SuiteAES    Suite = 1 // AES-256-GCM
	SuiteChaCha Suite = 2 // ChaCha20-Poly1305, for boards without AES instructions
)

// Known reports whether the suite is one that this version speaks.
func (s Suite) Known() bool { return s == SuiteAES || s == SuiteChaCha }

func (s Suite) hpke() (hpke.AEAD, error) {
	switch s {
	case SuiteAES:
		return hpke.AES256GCM(), nil
	case SuiteChaCha:
		return hpke.ChaCha20Poly1305(), nil
	}
	return nil, ErrUnknownSuite
}

func (s Suite) aead(key []byte) (cipher.AEAD, error) {
	switch s {
	case SuiteAES:
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("%w: key length", ErrMalformed)
		}
		return cipher.NewGCM(block)
	case SuiteChaCha:
		a, err := chacha20poly1305.New(key)
		if err != nil {
			return nil, fmt.Errorf("%w: key length", ErrMalformed)
		}
		return a, nil
	}
	return nil, ErrUnknownSuite
}

// OpeningKeyID returns the id of an X25519 public key.
func OpeningKeyID(pub *ecdh.PublicKey) KeyID { return keyID(pub.Bytes()) }

// hpkeSender is one agreement on a key with a recipient. It seals once: what
// openHPKE opens is the first message under it.
type hpkeSender struct {
	enc    []byte // the encapsulated key
	sender *hpke.Sender
	used   atomic.Bool
}

func newSender(s Suite, pub *ecdh.PublicKey, info string) (*hpkeSender, error) {
	aead, err := s.hpke()
	if err != nil {
		return nil, err
	}
	pk, err := hpke.NewDHKEMPublicKey(pub)
	if err != nil {
		return nil, fmt.Errorf("%w: opening key must be X25519", ErrUnknownKey)
	}
	enc, sender, err := hpke.NewSender(pk, hpke.HKDFSHA256(), aead, []byte(info))
	if err != nil {
		return nil, fmt.Errorf("protocol: seal: %w", err)
	}
	return &hpkeSender{enc: enc, sender: sender}, nil
}

// seal returns enc (32 bytes) followed by the ciphertext. Errors: ErrUsed.
func (h *hpkeSender) seal(aad, plain []byte) ([]byte, error) {
	if h.used.Swap(true) {
		return nil, ErrUsed
	}
	ct, err := h.sender.Seal(aad, plain)
	if err != nil {
		return nil, fmt.Errorf("protocol: seal: %w", err)
	}
	return append(h.enc, ct...), nil
}

// sealHPKE agrees and seals in one.
func sealHPKE(s Suite, pub *ecdh.PublicKey, info string, aad, plain []byte) ([]byte, error) {
	h, err := newSender(s, pub, info)
	if err != nil {
		return nil, err
	}
	return h.seal(aad, plain)
}

const encSize = 32 // X25519 encapsulated key

func openHPKE(s Suite, priv *ecdh.PrivateKey, info string, aad, sealed []byte) ([]byte, error) {
	aead, err := s.hpke()
	if err != nil {
		return nil, err
	}
	if len(sealed) < encSize {
		return nil, ErrOpen
	}
	sk, err := hpke.NewDHKEMPrivateKey(priv)
	if err != nil {
		return nil, fmt.Errorf("%w: opening key must be X25519", ErrUnknownKey)
	}
	r, err := hpke.NewRecipient(sealed[:encSize], sk, hpke.HKDFSHA256(), aead, []byte(info))
	if err != nil {
		return nil, ErrOpen
	}
	plain, err := r.Open(aad, sealed[encSize:])
	if err != nil {
		return nil, ErrOpen
	}
	return plain, nil
}

// padStep is the granularity of padding in bytes: sizes on the wire say how
// many 2 KiB steps a part fills and no more.
const padStep = 2 << 10

// pad appends 0x80 and zeros (ISO/IEC 7816-4) up to a multiple of padStep.
func pad(b []byte) []byte {
	n := (len(b)/padStep + 1) * padStep
	out := make([]byte, n)
	copy(out, b)
	out[len(b)] = 0x80
	return out
}

// unpad takes only what pad makes: one part has one padded form.
func unpad(b []byte) ([]byte, error) {
	if len(b) == 0 || len(b)%padStep != 0 {
		return nil, ErrOpen
	}
	end := len(b)
	for end >= len(b)-padStep+8 && binary.LittleEndian.Uint64(b[end-8:]) == 0 {
		end -= 8
	}
	for i := end - 1; i >= len(b)-padStep; i-- {
		switch b[i] {
		case 0:
		case 0x80:
			return b[:i], nil
		default:
			return nil, ErrOpen
		}
	}
	return nil, ErrOpen
}

const tagSize = 16 // of both AEADs

const blobKeySize = 32

// SealedBlob is a blob under its own fresh key, ready to be kept on a disk.
type SealedBlob struct {
	Ref        BlobRef
	Ciphertext []byte
}

// SealBlob pads and encrypts data under a fresh random key. The nonce is zero
// because the key is used once; a second use of a key is impossible through
// this function. The role is bound as associated data.
func SealBlob(suite Suite, role, media string, data []byte) (SealedBlob, error) {
	key := make([]byte, blobKeySize)
	_, _ = rand.Read(key)
	aead, err := suite.aead(key)
	if err != nil {
		return SealedBlob{}, err
	}
	if len(data) > MaxPart-padStep-aead.Overhead() {
		return SealedBlob{}, fmt.Errorf("%w: blob %s", ErrTooLarge, role)
	}
	ct := aead.Seal(nil, make([]byte, aead.NonceSize()), pad(data), blobAAD(role))
	return SealedBlob{
		Ref: BlobRef{
			Part: Part{Hash: HashOf(ct), Size: uint64(len(ct))},
			Role: role, Media: media, Suite: suite, Key: key,
		},
		Ciphertext: ct,
	}, nil
}

// OpenBlob checks that ct is the blob that ref names, and decrypts it.
// Errors: ErrHash, ErrOpen, ErrUnknownSuite.
func OpenBlob(ref BlobRef, ct []byte) ([]byte, error) { return AppendBlob(nil, ref, ct) }

// AppendBlob is OpenBlob into the free capacity of dst, which must be empty: for
// whoever opens many and keeps none.
func AppendBlob(dst []byte, ref BlobRef, ct []byte) ([]byte, error) {
	if !ref.Part.Matches(ct) {
		return nil, ErrHash
	}
	aead, err := ref.Suite.aead(ref.Key)
	if err != nil {
		return nil, err
	}
	padded, err := aead.Open(dst[:0], make([]byte, aead.NonceSize()), ct, blobAAD(ref.Role))
	if err != nil {
		return nil, ErrOpen
	}
	return unpad(padded)
}

func blobAAD(role string) []byte { return []byte(topicRoot + "blob/" + role) }
