package keys

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
)

const keySize = 32

// fresh draws a key; what it returns lacks only Wrapped.
func (r *Ring) fresh(u use) (keyFile, []byte, error) {
	f := keyFile{Use: u, Created: r.now().UnixMilli()}
	var id ID
	_, _ = rand.Read(id[:]) // never fails (Go 1.24)
	var plain []byte
	switch u {
	case useCA:
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return f, nil, fmt.Errorf("keys: %w", err)
		}
		if f.Certificate, err = selfSign(k, r.now()); err != nil {
			return f, nil, err
		}
		if plain, err = x509.MarshalPKCS8PrivateKey(k); err != nil {
			return f, nil, fmt.Errorf("keys: %w", err)
		}
	case useSigning:
		_, k, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return f, nil, fmt.Errorf("keys: %w", err)
		}
		der, err := x509.MarshalPKIXPublicKey(k.Public())
		if err != nil {
			return f, nil, fmt.Errorf("keys: %w", err)
		}
		id, plain = idOf(der), k.Seed()
	case useOpening:
		k, err := ecdh.X25519().GenerateKey(rand.Reader)
		if err != nil {
			return f, nil, fmt.Errorf("keys: %w", err)
		}
		id, plain = idOf(k.PublicKey().Bytes()), k.Bytes()
	default:
		plain = make([]byte, keySize)
		_, _ = rand.Read(plain)
	}
	f.ID = id.String()
	return f, plain, nil
}

func idOf(public []byte) (id ID) {
	sum := sha256.Sum256(public)
	copy(id[:], sum[:])
	return id
}

// openMaster reads the master key, and makes it when create is set and there
// is none.
func openMaster(path string, create bool) (cipher.AEAD, error) {
	if create {
		key := make([]byte, keySize)
		_, _ = rand.Read(key)
		if err := writeNew(path, key); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	key, err := readPrivate(path)
	if err != nil {
		return nil, err
	}
	if len(key) != keySize {
		return nil, fmt.Errorf("%w: master key", ErrDamaged)
	}
	return newGCM(key)
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	a, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return a, nil
}

// wrap encrypts a private part under the master key, bound to the file it lies in.
func wrap(master cipher.AEAD, f keyFile, plain []byte) ([]byte, error) {
	nonce := make([]byte, master.NonceSize())
	_, _ = rand.Read(nonce)
	return master.Seal(nonce, nonce, plain, wrapAAD(f)), nil
}

func unwrap(master cipher.AEAD, f keyFile) ([]byte, error) {
	n := master.NonceSize()
	if len(f.Wrapped) < n {
		return nil, fmt.Errorf("%w: %s-%s", ErrDamaged, f.Use, f.ID)
	}
	plain, err := master.Open(nil, f.Wrapped[:n], f.Wrapped[n:], wrapAAD(f))
	if err != nil {
		return nil, fmt.Errorf("%w: %s-%s", ErrDamaged, f.Use, f.ID)
	}
	return plain, nil
}

func wrapAAD(f keyFile) []byte {
	return fmt.Appendf(nil, "zhunkao/key/1\x00%s\x00%s\x00%d\x00%s", f.Use, f.ID, f.Created, f.Certificate)
}
