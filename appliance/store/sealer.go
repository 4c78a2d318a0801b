package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"zhunkao/protocol"
	"zhunkao/protocol/identity"
)

// labelStoreKey binds the wrapped store key to its use.
const labelStoreKey = "zhunkao store key 1"

// sealer encrypts what the box itself must read again, and names persons by a
// keyed hash.
type sealer struct {
	aead   cipher.AEAD // AES-256-GCM, random nonce
	lookup []byte      // HMAC key
}

// openSealer unwraps the store key, or makes one in a store that has none.
func (s *Store) openSealer() error {
	var wrapped []byte
	if err := s.view(func(tx *bolt.Tx) error {
		_, err := get(tx, bucketMeta, []byte(metaStoreKey), &wrapped)
		return err
	}); err != nil {
		return err
	}
	var key []byte
	if wrapped == nil {
		key = make([]byte, 32)
		_, _ = rand.Read(key)
		var err error
		if wrapped, err = s.keys.Wrap(labelStoreKey, key); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		if err := s.update(func(tx *bolt.Tx) error {
			return put(tx, bucketMeta, []byte(metaStoreKey), wrapped)
		}); err != nil {
			return err
		}
	} else {
		var err error
		if key, err = s.keys.Unwrap(labelStoreKey, wrapped); err != nil {
			return fmt.Errorf("%w: %w", ErrWrongKey, err)
		}
	}
	return s.seal.init(key)
}

func (k *sealer) init(key []byte) error {
	if len(key) != 32 {
		return fmt.Errorf("%w: store key", ErrDamaged)
	}
	sub := func(use string) ([]byte, error) { return hkdf.Key(sha256.New, key, nil, use, 32) }
	at, err := sub("zhunkao store values")
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	block, err := aes.NewCipher(at)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if k.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if k.lookup, err = sub("zhunkao store names"); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// sealValue encrypts v for the place it will lie in.
func (k *sealer) sealValue(place string, v any) ([]byte, error) {
	plain, err := protocol.Encode(v)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	return k.aead.Seal(nil, nil, plain, []byte(place)), nil
}

// openValue is the reverse. Errors: ErrDamaged.
func (k *sealer) openValue(place string, sealed []byte, v any) error {
	plain, err := k.aead.Open(nil, nil, sealed, []byte(place))
	if err != nil {
		return fmt.Errorf("%w: sealed value", ErrDamaged)
	}
	defer clear(plain)
	return protocol.Decode(plain, v)
}

// nameOf is under what a number is found.
func (k *sealer) nameOf(n identity.Number) []byte {
	m := hmac.New(sha256.New, k.lookup)
	m.Write([]byte(n.Reveal()))
	return m.Sum(nil)[:16]
}

// view runs fn in a read transaction; fn must not keep slices or do I/O.
func (s *Store) view(fn func(*bolt.Tx) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	defer s.tire()
	return s.db.View(fn)
}

// errRefused wraps what fn itself decided, so that update can tell a refusal
// from a fault of the disk.
type errRefused struct{ error }

func (e errRefused) Unwrap() error { return e.error }

// update runs fn in one durable transaction. A fault of the disk ends this
// handle; for want of room the reserve is given up once, and fn runs again.
func (s *Store) update(fn func(*bolt.Tx) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	defer s.tire()
	run := func() error {
		return s.db.Update(func(tx *bolt.Tx) error {
			if err := fn(tx); err != nil {
				return errRefused{err}
			}
			return nil
		})
	}
	err := run()
	if isFull(err) {
		s.releaseReserve()
		err = run()
	}
	var refused errRefused
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return refused.error
	case isFull(err), errors.Is(err, bolterrors.ErrMaxSizeReached):
		return fmt.Errorf("%w: %w", ErrFull, err)
	default:
		return s.fail(err)
	}
}
