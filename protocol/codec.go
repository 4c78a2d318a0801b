package protocol

import (
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// Limits of the wire. A receiver refuses what exceeds them before it
// allocates. They are part of the contract: raising one needs a new Version.
const (
	// MaxMessage is the largest MQTT payload in bytes, up or down.
	MaxMessage = 256 << 10
	// MaxPiece is the most ciphertext, in bytes, that one chunk message carries.
	MaxPiece = 96 << 10
	// MaxPart is the largest sealed body or blob, in bytes of ciphertext.
	MaxPart = 8 << 20
	// MaxBlobs is the greatest number of blobs one record may name.
	MaxBlobs = 24
)

var (
	// ErrMalformed says that bytes are not what they claim to be.
	ErrMalformed = errors.New("protocol: malformed message")
	// ErrTooLarge says that a message or a part exceeds its limit.
	ErrTooLarge = errors.New("protocol: message larger than the wire allows")
	// ErrUnknownVersion says that the sender speaks a version we do not.
	ErrUnknownVersion = errors.New("protocol: unknown version")
	// ErrUnknownSuite says that a cipher suite is not known here; it is never guessed.
	ErrUnknownSuite = errors.New("protocol: unknown cipher suite")
	// ErrUnknownKey says that a key id is not known here.
	ErrUnknownKey = errors.New("protocol: unknown key")
	// ErrSignature says that a signature does not verify under the named key.
	ErrSignature = errors.New("protocol: signature does not verify")
	// ErrOpen says that sealed bytes do not open: wrong key, or altered.
	ErrOpen = errors.New("protocol: sealed bytes do not open")
	// ErrHash says that a part is not the one its manifest names.
	ErrHash = errors.New("protocol: part does not match its hash")
	// ErrWrongBox says that a message names another box or epoch than expected.
	ErrWrongBox = errors.New("protocol: message names another box")
)

// The modes are fixed at start and safe for concurrent use.
var (
	encMode = func() cbor.EncMode {
		m, err := cbor.CoreDetEncOptions().EncMode()
		if err != nil {
			panic(err) // our own mistake: the options are constants
		}
		return m
	}()
	decMode = func() cbor.DecMode {
		m, err := cbor.DecOptions{
			DupMapKey:        cbor.DupMapKeyEnforcedAPF,
			IndefLength:      cbor.IndefLengthForbidden,
			TagsMd:           cbor.TagsForbidden,
			UTF8:             cbor.UTF8RejectInvalid,
			MaxNestedLevels:  16,
			MaxArrayElements: 16384,
			MaxMapPairs:      1024,
		}.DecMode()
		if err != nil {
			panic(err)
		}
		return m
	}()
)

// Encode returns v in the core deterministic encoding.
func Encode(v any) ([]byte, error) {
	b, err := encMode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("protocol: encode %T: %w", v, err)
	}
	return b, nil
}

// Decode reads exactly one value into v: duplicate keys, indefinite lengths,
// tags, invalid UTF-8 and trailing bytes are ErrMalformed.
func Decode(b []byte, v any) error {
	if err := decMode.Unmarshal(b, v); err != nil {
		// The library's text can quote input; ours must not.
		return fmt.Errorf("%w: %T", ErrMalformed, v)
	}
	return nil
}
