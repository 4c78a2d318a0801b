package blob

import (
	"context"
	"time"

	"zhunkao/hub/db"
)

// Store is an open store of blobs, in files (Open) or in the database (OpenIn).
// It is safe for concurrent use.
type Store struct{ store }

// store is what both kinds do; the conformance tests hold them to it.
type store interface {
	// Put makes a batch durable, all of it when it returns. What is there already
	// is not written again, but no Sweep takes it for as long as if it were new.
	// The caller has checked each blob against its hash: Take does. ErrTooLarge,
	// ErrAway; after any other error every further Put fails.
	Put(batch map[Hash][]byte) error
	// Get returns a blob, checked against its hash. ErrNotFound, ErrHash, ErrAway.
	Get(h Hash) ([]byte, error)
	// Has reports whether a blob is here.
	Has(h Hash) (bool, error)
	// Each calls f for every blob, by hash, with its ciphertext, which is f's to
	// keep. Blobs put meanwhile may be missed.
	Each(ctx context.Context, f func(Hash, []byte) error) error
	// Check reads every blob and calls bad for each that does not match its hash.
	// It returns the number of blobs.
	Check(ctx context.Context, bad func(Hash)) (count int, err error)
	// Sweep removes blobs put before the given time that nothing refers to, and
	// parts not touched since then. referenced must say yes for a blob that an
	// open upload needs; a blob once found referenced is not asked for again. It
	// returns how many blobs it removed. Give it a time at least a day back: a
	// blob is put before the record that names it is committed.
	Sweep(ctx context.Context, before time.Time, referenced func(context.Context, Hash) (bool, error)) (int, error)
	// Stage takes bytes of a part of the given whole size at an offset and returns
	// how many leading bytes of it are here. owner is who sends (a box id,
	// lower-case letters and digits): owners cannot disturb each other.
	// ErrTooLarge, ErrHash, ErrAway.
	Stage(owner string, h Hash, size, offset uint64, b []byte) (uint64, error)
	// Staged returns how many leading bytes of a part are here; 0 also when that
	// cannot be found out, and then they are sent again.
	Staged(owner string, h Hash) uint64
	// Take returns a part that is complete and has its hash. ErrIncomplete when
	// bytes lack; ErrHash when it is another, and then it is discarded. The part
	// stays until Discard.
	Take(owner string, h Hash) ([]byte, error)
	// Discard forgets parts of an owner; without parts, all of them.
	Discard(owner string, hashes ...Hash) error
	// Close gives back what Open took. Parts under way stay.
	Close() error
}

// Open opens or makes the index at path, and the directories path+".segments"
// and path+".parts". It reads what segments hold beyond the index: at most some
// 16,000 blobs. One process at a time has them open: ErrInUse.
func Open(path string) (*Store, error) {
	f, err := open(path, time.Now, syncData)
	if err != nil {
		return nil, err
	}
	return &Store{f}, nil
}

// OpenIn gives the store in a database, which every hub on it shares. It is
// closed with the database.
func OpenIn(d *db.DB) *Store { return &Store{newRows(d, time.Now)} }

// Shared reports whether other hubs see what this store holds.
func (s *Store) Shared() bool {
	switch s.store.(type) {
	case *rows, within:
		return true
	}
	return false
}

// In is the store for who has a transaction open: what lies in the database is got by
// that transaction and its context. Whoever would take a second connection while holding
// one waits for ever once there are as many of them as connections. It is good for no
// longer than the transaction.
func (s *Store) In(ctx context.Context, tx *db.Tx) *Store {
	if r, ok := s.store.(*rows); ok {
		return &Store{within{rows: r, ctx: ctx, tx: tx}}
	}
	return s
}
