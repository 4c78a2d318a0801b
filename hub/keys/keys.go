package keys

import (
	"encoding/hex"
	"errors"
	"time"
)

// ID names a public key: the first 8 bytes of the SHA-256 of its
// SubjectPublicKeyInfo (for an opening key, of its raw 32 bytes). Secret keys
// have random ids.
type ID [8]byte

// String returns 16 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

var (
	// ErrExposed says that group or others may read a key.
	ErrExposed = errors.New("keys: readable by others")
	// ErrIncomplete says that the directory holds no finished set of keys.
	ErrIncomplete = errors.New("keys: no finished set of keys here")
	// ErrExists says that the directory already holds a finished set.
	ErrExists = errors.New("keys: there are keys here already")
	// ErrDamaged says that a key file is not what it should be, or that the
	// master key is another one.
	ErrDamaged = errors.New("keys: key file damaged, or wrapped under another master key")
	// ErrSealed says that sealed bytes do not open: other key, label or id, or altered.
	ErrSealed = errors.New("keys: sealed bytes do not open")
	// ErrUnknown says that there is no key of that id.
	ErrUnknown = errors.New("keys: unknown key")
)

// Options of Open.
type Options struct {
	// Create makes the keys of a fresh hub and fails with ErrExists when the
	// directory holds a finished set. A creation that a power cut broke off is
	// gone on with.
	Create bool
	// Master is the file of the master key; empty means master.key in the
	// directory. On a machine worth attacking it lies on a medium of its own.
	Master string
	// Now is the real time, for validity; nil means time.Now.
	Now func() time.Time
}

// Validities.
const (
	caYears     = 10
	serverYears = 2
	deviceYears = 2
)
