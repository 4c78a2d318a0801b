package keys

import (
	"bytes"
	"crypto"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// use says what a key is for.
type use string

const (
	useCA      use = "ca"
	useSigning use = "signing"
	useOpening use = "opening"
	useData    use = "data"
	useHash    use = "hash" // the one secret that all keyed hashes are derived from
)

var uses = []use{useCA, useSigning, useOpening, useData, useHash}

// Ring is the opened set of keys of one hub.
type Ring struct {
	dir    string
	now    func() time.Time
	master cipher.AEAD

	mu      sync.RWMutex // guards what follows, which Rotate adds to
	ca      *ecdsa.PrivateKey
	caCert  *x509.Certificate
	signing []signingKey // oldest first; the last signs
	opening []openingKey
	data    []dataKey
	secret  []byte

	derived sync.Map // purpose → key drawn from secret, which never changes
}

type signingKey struct {
	id      ID
	created int64
	key     ed25519.PrivateKey
}

type openingKey struct {
	id      ID
	created int64
	key     *ecdh.PrivateKey
}

type dataKey struct {
	id      ID
	created int64
	aead    cipher.AEAD
}

// Open opens the keys in dir, or makes them: see Options.
func Open(dir string, o Options) (*Ring, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Master == "" {
		o.Master = filepath.Join(dir, masterName)
	}
	if o.Create {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		if err := syncDir(filepath.Dir(dir)); err != nil {
			return nil, err
		}
	}
	if err := private(dir); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, ErrIncomplete
		}
		return nil, err
	}
	done, err := exists(filepath.Join(dir, completeName))
	switch {
	case err != nil:
		return nil, err
	case done && o.Create:
		return nil, ErrExists
	case !done && !o.Create:
		return nil, ErrIncomplete
	}
	r := &Ring{dir: dir, now: o.Now}
	if r.master, err = openMaster(o.Master, o.Create); err != nil {
		return nil, err
	}
	if err := r.load(); err != nil {
		return nil, err
	}
	if o.Create {
		if err := r.finish(); err != nil {
			return nil, err
		}
	}
	return r, r.complete()
}

func (r *Ring) load() error {
	files, err := readAll(r.dir)
	if err != nil {
		return err
	}
	slices.SortFunc(files, func(a, b keyFile) int {
		if a.Created != b.Created {
			return int(a.Created - b.Created)
		}
		return bytes.Compare([]byte(a.ID), []byte(b.ID))
	})
	for _, f := range files {
		plain, err := unwrap(r.master, f)
		if err != nil {
			return err
		}
		if err := r.add(f, plain); err != nil {
			return err
		}
	}
	return nil
}

// add takes a key into the ring. The caller holds mu or is alone.
func (r *Ring) add(f keyFile, plain []byte) error {
	damaged := fmt.Errorf("%w: %s-%s", ErrDamaged, f.Use, f.ID)
	var id ID
	if b, err := hex.DecodeString(f.ID); err != nil || copy(id[:], b) != len(id) {
		return damaged
	}
	switch f.Use {
	case useCA:
		k, err := x509.ParsePKCS8PrivateKey(plain)
		cert, err2 := x509.ParseCertificate(f.Certificate)
		ca, ok := k.(*ecdsa.PrivateKey)
		if err != nil || err2 != nil || !ok || !ca.PublicKey.Equal(cert.PublicKey) {
			return damaged
		}
		r.ca, r.caCert = ca, cert
	case useSigning:
		if len(plain) != ed25519.SeedSize {
			return damaged
		}
		r.signing = append(r.signing, signingKey{id, f.Created, ed25519.NewKeyFromSeed(plain)})
	case useOpening:
		k, err := ecdh.X25519().NewPrivateKey(plain)
		if err != nil {
			return damaged
		}
		r.opening = append(r.opening, openingKey{id, f.Created, k})
	case useData:
		a, err := newGCM(plain)
		if err != nil {
			return damaged
		}
		r.data = append(r.data, dataKey{id, f.Created, a})
	case useHash:
		r.secret = plain
	default:
		return damaged
	}
	return nil
}

// finish makes what is missing and marks the set as complete.
func (r *Ring) finish() error {
	for _, u := range uses {
		if r.has(u) {
			continue
		}
		if err := r.generate(u); err != nil {
			return err
		}
	}
	return writeNew(filepath.Join(r.dir, completeName), []byte("zhunkao keys 1\n"))
}

func (r *Ring) has(u use) bool {
	switch u {
	case useCA:
		return r.ca != nil
	case useSigning:
		return len(r.signing) > 0
	case useOpening:
		return len(r.opening) > 0
	case useData:
		return len(r.data) > 0
	}
	return r.secret != nil
}

func (r *Ring) complete() error {
	for _, u := range uses {
		if !r.has(u) {
			return fmt.Errorf("%w: no %s key", ErrIncomplete, u)
		}
	}
	return nil
}

// generate makes, stores and takes in a fresh key.
func (r *Ring) generate(u use) error {
	f, plain, err := r.fresh(u)
	if err != nil {
		return err
	}
	if f.Wrapped, err = wrap(r.master, f, plain); err != nil {
		return err
	}
	body, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if err := writeNew(filepath.Join(r.dir, string(u)+"-"+f.ID+keySuffix), body); err != nil {
		return err
	}
	return r.add(f, plain)
}

// RotateSigning makes a new key that signs from now on. Boxes learn of it when
// they enrol or are told; the old ones stay listed by SigningKeys.
func (r *Ring) RotateSigning() error { return r.rotate(useSigning) }

// RotateOpening makes a new key for records to be sealed to. The old ones stay:
// a box that was away seals to the one it knows.
func (r *Ring) RotateOpening() error { return r.rotate(useOpening) }

// RotateData makes a new key for what is sealed at rest from now on.
func (r *Ring) RotateData() error { return r.rotate(useData) }

func (r *Ring) rotate(u use) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.generate(u)
}

// Signer signs what the hub says, with its newest signing key (Ed25519).
func (r *Ring) Signer() crypto.Signer {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.signing[len(r.signing)-1].key
}

// PublicKey is a public signing key: SubjectPublicKeyInfo, DER.
type PublicKey struct {
	ID      ID
	Created time.Time
	DER     []byte
}

// SigningKeys lists the public signing keys, oldest first.
func (r *Ring) SigningKeys() ([]PublicKey, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]PublicKey, len(r.signing))
	for i, k := range r.signing {
		der, err := x509.MarshalPKIXPublicKey(k.key.Public())
		if err != nil {
			return nil, fmt.Errorf("keys: %w", err)
		}
		out[i] = PublicKey{ID: k.id, Created: time.UnixMilli(k.created).UTC(), DER: der}
	}
	return out, nil
}

// VerifyKey finds the public part of a signing key, old or new, by id.
func (r *Ring) VerifyKey(id ID) (ed25519.PublicKey, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.signing {
		if k.id == id {
			return k.key.Public().(ed25519.PublicKey), nil
		}
	}
	return nil, ErrUnknown
}

// SignerID is the id of the key that Signer signs with.
func (r *Ring) SignerID() ID {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.signing[len(r.signing)-1].id
}

// OpeningKey is the newest public key for records to be sealed to (X25519).
func (r *Ring) OpeningKey() *ecdh.PublicKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.opening[len(r.opening)-1].key.PublicKey()
}

// Opener finds the private opening key, old or new, that a record names;
// ErrUnknown if the hub never had it.
func (r *Ring) Opener(id ID) (*ecdh.PrivateKey, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.opening {
		if k.id == id {
			return k.key, nil
		}
	}
	return nil, ErrUnknown
}
