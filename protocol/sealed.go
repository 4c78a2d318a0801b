package protocol

import "crypto/ecdh"

// Sealed is something only one box can open: what the hub sends that names a
// person.
type Sealed struct {
	Key    KeyID  `cbor:"key"` // the box's opening key
	Suite  Suite  `cbor:"suite"`
	Cipher []byte `cbor:"cipher"`
}

const downInfo = topicRoot + "down"

// SealForBox seals v to the opening key of the box at to, bound to the kind of
// the message that carries it.
func SealForBox(suite Suite, kind Kind, to Address, key *ecdh.PublicKey, v any) (Sealed, error) {
	aad, err := downAAD(kind, to)
	if err != nil {
		return Sealed{}, err
	}
	plain, err := Encode(v)
	if err != nil {
		return Sealed{}, err
	}
	ct, err := sealHPKE(suite, key, downInfo, aad, pad(plain))
	if err != nil {
		return Sealed{}, err
	}
	return Sealed{Key: OpeningKeyID(key), Suite: suite, Cipher: ct}, nil
}

// OpenAtBox opens what SealForBox sealed. Errors: ErrUnknownKey, ErrOpen,
// ErrMalformed.
func OpenAtBox(s Sealed, kind Kind, to Address, key *ecdh.PrivateKey, v any) error {
	if OpeningKeyID(key.PublicKey()) != s.Key {
		return ErrUnknownKey
	}
	aad, err := downAAD(kind, to)
	if err != nil {
		return err
	}
	padded, err := openHPKE(s.Suite, key, downInfo, aad, s.Cipher)
	if err != nil {
		return err
	}
	plain, err := unpad(padded)
	if err != nil {
		return err
	}
	return Decode(plain, v)
}

func downAAD(kind Kind, to Address) ([]byte, error) {
	return Encode([]any{string(kind), string(to.Box), to.Epoch})
}
