package keystore

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hpke"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
)

// Kind says what guards the keys.
type Kind string

// KindFile: plain files of mode 0600. For the demo; screens must say so.
const KindFile Kind = "file"

// The errors a caller may test for.
var (
	ErrNotFound = errors.New("keystore: no such key")
	ErrExists   = errors.New("keystore: key exists already")
	ErrName     = errors.New("keystore: name must be 1 to 40 of a-z 0-9 - _")
	ErrExposed  = errors.New("keystore: readable by group or others")
	ErrDamaged  = errors.New("keystore: key file is damaged")
	ErrSealed   = errors.New("keystore: cannot be opened with this key and label")
)

// File name endings. They are part of the layout on disk: changing one loses
// the box's identity at the next start.
const (
	signingExt = ".sign.pem"
	openingExt = ".open.pem"
	wrapFile   = "wrap.pem"
	pemPKCS8   = "PRIVATE KEY"
	pemWrap    = "ZHUNKAO WRAP KEY"
)

// Store is one box's keys. It is safe for concurrent use.
type Store struct {
	dir  string
	mu   sync.Mutex // guards creation and destruction of files in dir
	wrap cipher.AEAD
}

// Open opens the store in dir, which it creates with mode 0700 if needed, and
// makes the wrapping key on first use.
func Open(dir string) (*Store, error) {
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	if err := sweep(dir); err != nil {
		return nil, err
	}
	key, err := wrapKey(dir)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return &Store{dir: dir, wrap: aead}, nil
}

// Kind says what guards the keys, for telemetry and for the screen.
func (s *Store) Kind() Kind { return KindFile }

// LogValue keeps a Store out of logs but for its kind.
func (s *Store) LogValue() slog.Value { return slog.StringValue("keystore(" + string(s.Kind()) + ")") }

// String is like LogValue, for %v.
func (s *Store) String() string { return "keystore(" + string(s.Kind()) + ")" }

// Create makes an ECDSA P-256 signing key under name. When it returns nil the
// key survives a power cut. ErrExists if there is one already.
func (s *Store) Create(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	return s.put(name+signingExt, key)
}

// Signer gives the signing key name, for x509, tls and COSE. ErrNotFound if it
// was never created.
func (s *Store) Signer(name string) (crypto.Signer, error) {
	key, err := s.get(name, signingExt)
	if err != nil {
		return nil, err
	}
	signer, ok := key.(*ecdsa.PrivateKey)
	if !ok || signer.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%w: %s is no P-256 key", ErrDamaged, name)
	}
	return signer, nil
}

// CreateOpener makes an X25519 opening key under name. ErrExists if there is
// one already.
func (s *Store) CreateOpener(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	return s.put(name+openingExt, key)
}

// Opener gives the opening key name as an HPKE private key
// (DHKEM X25519, HKDF-SHA256). ErrNotFound if it was never created.
func (s *Store) Opener(name string) (hpke.PrivateKey, error) {
	key, err := s.get(name, openingExt)
	if err != nil {
		return nil, err
	}
	dh, ok := key.(*ecdh.PrivateKey)
	if !ok || dh.Curve() != ecdh.X25519() {
		return nil, fmt.Errorf("%w: %s is no X25519 key", ErrDamaged, name)
	}
	opener, err := hpke.NewDHKEMPrivateKey(dh)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return opener, nil
}

// Destroy forgets both keys of name. The bytes may survive on flash until
// overwritten; with a file store that cannot be helped. ErrNotFound if there
// is neither.
func (s *Store) Destroy(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return removeAll(s.dir, name+signingExt, name+openingExt)
}

// Wrap seals plain under the store's wrapping key, bound to label: the result
// opens only with the same label. Layout: 12 bytes nonce, ciphertext, 16 bytes
// tag.
func (s *Store) Wrap(label string, plain []byte) ([]byte, error) {
	return s.wrap.Seal(nil, nil, plain, []byte(label)), nil
}

// Unwrap opens what Wrap sealed. Every failure is ErrSealed.
func (s *Store) Unwrap(label string, sealed []byte) ([]byte, error) {
	plain, err := s.wrap.Open(nil, nil, sealed, []byte(label))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func (s *Store) put(file string, key any) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return writeNew(filepath.Join(s.dir, file), pem.EncodeToMemory(&pem.Block{Type: pemPKCS8, Bytes: der}))
}

func (s *Store) get(name, ext string) (any, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	raw, err := readPrivate(filepath.Join(s.dir, name+ext))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != pemPKCS8 {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, name+ext)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, name+ext)
	}
	return key, nil
}

// wrapKey reads the wrapping key, or makes it when there is none.
func wrapKey(dir string) ([]byte, error) {
	path := filepath.Join(dir, wrapFile)
	raw, err := readPrivate(path)
	if errors.Is(err, ErrNotFound) {
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return nil, fmt.Errorf("keystore: %w", err)
		}
		err := writeNew(path, pem.EncodeToMemory(&pem.Block{Type: pemWrap, Bytes: key}))
		if err == nil {
			return key, nil
		}
		if !errors.Is(err, ErrExists) {
			return nil, err
		}
		// Another process made it between our two steps: use that one.
		raw, err = readPrivate(path)
		if err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != pemWrap || len(block.Bytes) != 32 {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, wrapFile)
	}
	return block.Bytes, nil
}

func checkName(name string) error {
	if len(name) < 1 || len(name) > 40 {
		return ErrName
	}
	for _, c := range []byte(name) {
		ok := c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
		if !ok {
			return ErrName
		}
	}
	return nil
}
