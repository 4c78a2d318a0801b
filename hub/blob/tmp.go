package blob

import (
	"context"
	"encoding/hex"
	"errors"
	"time"
)

var errUnfinished = errors.New("blob: being written")

// Hash is the SHA-256 of a ciphertext, and its name.
type Hash [32]byte

// String returns 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

var (
	// ErrNotFound says that no such blob is here.
	ErrNotFound = errors.New("blob: not found")
	// ErrHash says that bytes do not have the hash they are named by.
	ErrHash = errors.New("blob: bytes do not match their hash")
	// ErrTooLarge says that a part, or all the parts of one owner, exceed the limit.
	ErrTooLarge = errors.New("blob: too large")
	// ErrIncomplete says that a part has not come whole.
	ErrIncomplete = errors.New("blob: part is not complete")
)

// Store is an open file of blobs. It is safe for concurrent use.
type Store struct{}

// Open opens or makes the file at path, and the directory path+".parts".
func Open(path string) (*Store, error) { return nil, errUnfinished }

// Close closes the file.
func (s *Store) Close() error { return nil }

// Put makes a batch durable with one sync. What is there already is passed over.
func (s *Store) Put(batch map[Hash][]byte) error { return errUnfinished }

// Get returns a blob, checked against its hash. ErrNotFound, ErrHash.
func (s *Store) Get(h Hash) ([]byte, error) { return nil, errUnfinished }

// Has reports whether a blob is here.
func (s *Store) Has(h Hash) (bool, error) { return false, errUnfinished }

// Stage takes bytes of a part of the given whole size at an offset and returns
// how many leading bytes of it are here. owner is who sends (a box id): owners
// cannot disturb each other. Bytes beyond the leading run are kept in memory
// until the gap closes, or dropped when there are too many.
func (s *Store) Stage(owner string, part Hash, size, offset uint64, b []byte) (uint64, error) {
	return 0, errUnfinished
}

// Staged returns how many leading bytes of a part are here.
func (s *Store) Staged(owner string, part Hash) uint64 { return 0 }

// Take returns a part that is complete and has its hash. ErrIncomplete when
// bytes lack; ErrHash when it is another, and then it is discarded. The part
// stays until Discard.
func (s *Store) Take(owner string, part Hash) ([]byte, error) { return nil, errUnfinished }

// Discard forgets parts of an owner; without parts, all of them.
func (s *Store) Discard(owner string, parts ...Hash) error { return errUnfinished }

// Sweep removes blobs put before the given time that nothing refers to, and
// parts not touched since then. It returns how many blobs it removed.
func (s *Store) Sweep(ctx context.Context, before time.Time, referenced func(context.Context, Hash) (bool, error)) (int, error) {
	return 0, errUnfinished
}

// Check reads every blob and calls bad for each that does not match its hash.
func (s *Store) Check(ctx context.Context, bad func(Hash)) (count int, err error) {
	return 0, errUnfinished
}

// Each calls f for every blob with its size in bytes.
func (s *Store) Each(ctx context.Context, f func(Hash, int) error) error { return errUnfinished }
