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
	// MaxPart is the largest sealed blob, in bytes of ciphertext.
	MaxPart = 8 << 20
	// MaxBody is the largest sealed body, in bytes of ciphertext.
	MaxBody = 256 << 10
	// MaxRecord is the most ciphertext, in bytes, that one record may name.
	MaxRecord = 32 << 20
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
	// ErrUsed says that what seals once has sealed already.
	ErrUsed = errors.New("protocol: sealed with this once already")
	// ErrHash says that a part is not the one its manifest names.
	ErrHash = errors.New("protocol: part does not match its hash")
	// ErrWrongBox says that a message names another box or epoch than expected.
	ErrWrongBox = errors.New("protocol: message names another box")
)

// The modes are fixed at start and safe for concurrent use.
var (
	encMode = func() cbor.EncMode {
		o := cbor.CoreDetEncOptions()
		o.NilContainers = cbor.NilContainerAsEmpty // the profile has no null
		m, err := o.EncMode()
		if err != nil {
			panic(err) // our own mistake: the options are constants
		}
		return m
	}()
	decMode = func() cbor.DecMode {
		m, err := cbor.DecOptions{
			DupMapKey:         cbor.DupMapKeyEnforcedAPF,
			IndefLength:       cbor.IndefLengthForbidden,
			TagsMd:            cbor.TagsForbidden,
			UTF8:              cbor.UTF8RejectInvalid,
			FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
			MaxNestedLevels:   MaxDepth,
			MaxArrayElements:  MaxItems,
			MaxMapPairs:       MaxItems,
		}.DecMode()
		if err != nil {
			panic(err)
		}
		return m
	}()
)

// checker is a message that can say whether it keeps to the wire's contract.
type checker interface{ check() error }

// Encode returns v in the core deterministic encoding. It writes nothing that
// Decode would refuse: that is found here, where the mistake was made.
func Encode(v any) ([]byte, error) {
	if c, ok := v.(checker); ok {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("protocol: encode %T: %w", v, err)
		}
	}
	b, err := encMode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("protocol: encode %T: %w", v, err)
	}
	if err := profile(b); err != nil {
		return nil, fmt.Errorf("protocol: encode %T: %w", v, err)
	}
	return b, nil
}

// Decode reads exactly one value into v. What is outside the profile of the
// wire (tags, floats, null, indefinite lengths, keys twice or out of order,
// integers not in their shortest form, invalid UTF-8, trailing bytes) is
// ErrMalformed, more than MaxItems is ErrTooLarge. Unknown keys are passed
// over. A message that breaks its own rules is refused as its check says.
func Decode(b []byte, v any) error {
	if err := profile(b); err != nil {
		return fmt.Errorf("%w: %T", err, v)
	}
	if err := decMode.Unmarshal(b, v); err != nil {
		// The library's text can quote input; ours must not.
		return fmt.Errorf("%w: %T", ErrMalformed, v)
	}
	if c, ok := v.(checker); ok {
		return c.check()
	}
	return nil
}

// fixed copies the one byte string that b holds into dst, whose length it must
// have: the library would cut or fill up silently.
func fixed(dst, b []byte) error {
	head := []byte{0x40 | byte(len(dst))}
	if len(dst) > 23 {
		head = []byte{0x58, byte(len(dst))}
	}
	if len(b) != len(head)+len(dst) || string(b[:len(head)]) != string(head) {
		return ErrMalformed
	}
	copy(dst, b[len(head):])
	return nil
}

// UnmarshalCBOR takes a byte string of 32 bytes and nothing else.
func (h *Hash) UnmarshalCBOR(b []byte) error { return fixed(h[:], b) }

// UnmarshalCBOR takes a byte string of 16 bytes and nothing else.
func (id *ID) UnmarshalCBOR(b []byte) error { return fixed(id[:], b) }

// UnmarshalCBOR takes a byte string of 8 bytes and nothing else.
func (k *KeyID) UnmarshalCBOR(b []byte) error { return fixed(k[:], b) }
