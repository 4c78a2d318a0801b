package store

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"zhunkao/protocol"
)

// Identity is who this box is to the hub: the grant, and the names of the keys
// in the keystore that belong to it. It holds no secret.
type Identity struct {
	Grant   protocol.EnrolGrant `cbor:"grant"`
	KeyName string              `cbor:"key"`    // signing and opening key in the keystore
	Number  uint32              `cbor:"number"` // counts enrolments accepted on this disk, from 1
}

// Box is the box's id.
func (i Identity) Box() protocol.BoxID { return i.Grant.Box }

// Address is what opens every message from and for this box.
func (i Identity) Address() protocol.Address { return i.Grant.Address }

// HubKeys finds the hub's signing keys, pinned at enrolment.
func (i Identity) HubKeys(id protocol.KeyID) crypto.PublicKey {
	for _, k := range i.Grant.Signing {
		if k.ID == id {
			if pub, err := x509.ParsePKIXPublicKey(k.Key); err == nil {
				return pub
			}
		}
	}
	return nil
}

// Opening is the hub's key that records are sealed to.
func (i Identity) Opening() (*ecdh.PublicKey, error) {
	pub, err := ecdh.X25519().NewPublicKey(i.Grant.Opening)
	if err != nil {
		return nil, fmt.Errorf("%w: hub opening key", ErrDamaged)
	}
	return pub, nil
}

// Device is the public half of the box's own signing key, from its certificate.
func (i Identity) Device() (*ecdsa.PublicKey, error) {
	cert, err := x509.ParseCertificate(i.Grant.Certificate)
	if err != nil {
		return nil, fmt.Errorf("%w: certificate", ErrDamaged)
	}
	pub, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%w: certificate", ErrDamaged)
	}
	return pub, nil
}

// Identity gives the box's identity, or ErrNotEnrolled.
func (s *Store) Identity() (Identity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.identity == nil {
		return Identity{}, ErrNotEnrolled
	}
	return *s.identity, nil
}

// SaveIdentity makes id the box's identity, durably. A new epoch begins a new
// chain; records of an earlier one stay where they are.
func (s *Store) SaveIdentity(id Identity) error {
	if err := s.usable(); err != nil {
		return err
	}
	raw, err := encodeChecked(identityFile, id)
	if err != nil {
		return err
	}
	if err := s.disk.writeFile(filepath.Join(s.dir, identityFile), raw); err != nil {
		return s.writeFault(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identity = &id
	return nil
}

func (s *Store) loadIdentity() error {
	path := filepath.Join(s.dir, identityFile)
	if err := removeIfThere(path + tmpSuffix); err != nil {
		return err
	}
	var id Identity
	err := readChecked(path, &id)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, ErrDamaged):
		// Certificates can be had again by enrolling; records cannot. So the
		// box comes up, says that it must be enrolled again, and keeps all.
		s.opt.Log.Error("identity file is damaged; the box must be enrolled again")
		_, err := s.moveAside(path)
		return err
	case err != nil:
		return err
	}
	s.identity = &id
	return nil
}

// writeFault sorts the error of a file write: no room, or final.
func (s *Store) writeFault(err error) error {
	if isFull(err) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return s.fail(err)
}

// Exists reports whether dir holds a store.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, birthFile))
	return err == nil
}
