package blob

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Hash is the SHA-256 of a ciphertext, and its name.
type Hash [32]byte

// String returns 64 lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// HashOf returns the SHA-256 of b.
func HashOf(b []byte) Hash { return sha256.Sum256(b) }

// ParseHash reads the 64 hexadecimal digits that String writes.
func ParseHash(s string) (h Hash, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, errors.New("blob: not a hash")
	}
	return Hash(b), nil
}

var (
	// ErrNotFound says that no such blob is here.
	ErrNotFound = errors.New("blob: not found")
	// ErrHash says that bytes do not have the hash they are named by.
	ErrHash = errors.New("blob: bytes do not match their hash")
	// ErrTooLarge says that a part, or all the parts of one owner, exceed the limit.
	ErrTooLarge = errors.New("blob: too large")
	// ErrIncomplete says that a part has not come whole.
	ErrIncomplete = errors.New("blob: part is not complete")
	// ErrInUse says that another process has the file open.
	ErrInUse = errors.New("blob: file is in use")
)

// Largest is the largest blob in bytes: that of the wire.
const Largest = 8 << 20

// The buckets: ciphertext by hash; and the hashes of young blobs by time of
// Put, so that a sweep looks at those only and never at a whole province.
var (
	bucketBlobs = []byte("blobs")
	bucketYoung = []byte("young")
)

// Store is an open file of blobs. It is safe for concurrent use.
type Store struct {
	db    *bbolt.DB
	parts parts
	now   func() time.Time

	// again holds when a blob that was here already was last put again. It is
	// touched inside writing transactions of db only, of which bbolt runs one at
	// a time. It need not outlive the program: a record that was not committed
	// before the end is put again after it.
	again map[Hash]time.Time
}

// How long Open waits for another process to let go of the file.
const patience = 2 * time.Second

// Open opens or makes the file at path, and the directory path+".parts".
func Open(path string) (*Store, error) {
	return open(path, time.Now)
}

func open(path string, now func() time.Time) (*Store, error) {
	// No NoSync, no NoFreelistSync, no other shortcut: Put promises durability.
	d, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: patience, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("blob: open: %w", err)
	}
	s := &Store{db: d, now: now, again: map[Hash]time.Time{}}
	err = d.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketBlobs, bucketYoung} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err == nil {
		err = s.parts.open(path+".parts", now)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("blob: open: %w", err), d.Close())
	}
	return s, nil
}

// Close closes the file. Parts under way stay.
func (s *Store) Close() error {
	if err := errors.Join(s.parts.close(), s.db.Close()); err != nil {
		return fmt.Errorf("blob: close: %w", err)
	}
	return nil
}

// Put makes a batch durable with one sync. What is there already is not written
// again, but no Sweep takes it for as long as if it were new. The caller has checked each blob against its hash: Take does.
func (s *Store) Put(batch map[Hash][]byte) error {
	if len(batch) == 0 {
		return nil
	}
	hashes := make([]Hash, 0, len(batch))
	for h, b := range batch {
		if len(b) > Largest {
			return ErrTooLarge
		}
		hashes = append(hashes, h)
	}
	// In the order of the tree, so that pages are split once.
	slices.SortFunc(hashes, func(a, b Hash) int { return slices.Compare(a[:], b[:]) })
	err := s.db.Update(func(tx *bbolt.Tx) error {
		blobs, young := tx.Bucket(bucketBlobs), tx.Bucket(bucketYoung)
		at := s.now()
		for _, h := range hashes {
			if blobs.Get(h[:]) != nil {
				s.again[h] = at
				continue
			}
			if err := blobs.Put(h[:], batch[h]); err != nil {
				return err
			}
			if err := young.Put(youngKey(at, h), nil); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("blob: put: %w", err)
	}
	return nil
}

func youngKey(at time.Time, h Hash) []byte {
	return append(binary.BigEndian.AppendUint64(make([]byte, 0, 40), uint64(at.UnixMilli())), h[:]...)
}

// Get returns a blob, checked against its hash. ErrNotFound, ErrHash.
func (s *Store) Get(h Hash) ([]byte, error) {
	var out []byte
	err := s.db.View(func(tx *bbolt.Tx) error {
		// Copied: bbolt's memory is gone after the transaction.
		out = slices.Clone(tx.Bucket(bucketBlobs).Get(h[:]))
		return nil
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("blob: get: %w", err)
	case out == nil:
		return nil, ErrNotFound
	case HashOf(out) != h:
		return nil, ErrHash
	}
	return out, nil
}

// Has reports whether a blob is here.
func (s *Store) Has(h Hash) (bool, error) {
	has := false
	err := s.db.View(func(tx *bbolt.Tx) error {
		has = tx.Bucket(bucketBlobs).Get(h[:]) != nil
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("blob: has: %w", err)
	}
	return has, nil
}

// Blobs looked at in one transaction by Sweep, Check and Each, so that none of
// them holds the file for long.
const stride = 256

// Sweep removes blobs put before the given time that nothing refers to, and
// parts not touched since then. referenced must say yes for a blob that an open
// upload needs. A blob once found referenced is not asked for again. It returns
// how many blobs it removed.
//
// Give it a time at least a day back: a blob is put before the record that
// names it is committed. One that was put again since then stays, whatever
// referenced says: a box may repeat, while this runs, a record that a former
// run put and never committed.
func (s *Store) Sweep(ctx context.Context, before time.Time, referenced func(context.Context, Hash) (bool, error)) (int, error) {
	if err := s.parts.sweep(before); err != nil {
		return 0, fmt.Errorf("blob: sweep: %w", err)
	}
	removed := 0
	for {
		keys, err := s.oldest(before)
		if err != nil {
			return removed, err
		}
		if len(keys) == 0 {
			return removed, s.forgetAgain(before)
		}
		drop := make([]bool, len(keys))
		for i, k := range keys {
			yes, err := referenced(ctx, Hash(k[8:]))
			if err != nil {
				return removed, fmt.Errorf("blob: sweep: %w", err)
			}
			drop[i] = !yes
		}
		err = s.db.Update(func(tx *bbolt.Tx) error {
			for i, k := range keys {
				if err := tx.Bucket(bucketYoung).Delete(k); err != nil {
					return err
				}
				if !drop[i] {
					continue
				}
				if at, ok := s.again[Hash(k[8:])]; ok && !at.Before(before) {
					drop[i] = false
					if err := tx.Bucket(bucketYoung).Put(youngKey(at, Hash(k[8:])), nil); err != nil {
						return err
					}
					continue
				}
				if err := tx.Bucket(bucketBlobs).Delete(k[8:]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return removed, fmt.Errorf("blob: sweep: %w", err)
		}
		for _, d := range drop {
			if d {
				removed++
			}
		}
	}
}

// forgetAgain drops what was put again before a time.
func (s *Store) forgetAgain(before time.Time) error {
	err := s.db.Update(func(*bbolt.Tx) error {
		maps.DeleteFunc(s.again, func(_ Hash, at time.Time) bool { return at.Before(before) })
		return nil
	})
	if err != nil {
		return fmt.Errorf("blob: sweep: %w", err)
	}
	return nil
}

// oldest returns up to stride keys of the young bucket from before a time.
func (s *Store) oldest(before time.Time) ([][]byte, error) {
	var keys [][]byte
	end := youngKey(before, Hash{})
	err := s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketYoung).Cursor()
		for k, _ := c.First(); k != nil && len(keys) < stride && slices.Compare(k, end) < 0; k, _ = c.Next() {
			keys = append(keys, slices.Clone(k))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("blob: sweep: %w", err)
	}
	return keys, nil
}

// Each calls f for every blob, by hash, with its ciphertext, which is f's to
// read until it returns. Blobs put meanwhile may be missed.
func (s *Store) Each(ctx context.Context, f func(Hash, []byte) error) error {
	var from Hash
	for first := true; ; first = false {
		n := 0
		err := s.db.View(func(tx *bbolt.Tx) error {
			c := tx.Bucket(bucketBlobs).Cursor()
			k, v := c.Seek(from[:])
			if !first && k != nil && Hash(k) == from {
				k, v = c.Next()
			}
			for ; k != nil && n < stride; k, v = c.Next() {
				n++
				from = Hash(k)
				if err := f(from, v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if n < stride {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Check reads every blob and calls bad for each that does not match its hash;
// it also has bbolt check its pages. It returns the number of blobs.
func (s *Store) Check(ctx context.Context, bad func(Hash)) (count int, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		var errs []error
		for e := range tx.Check() { // read to its end: the checker waits for it
			errs = append(errs, e)
		}
		return errors.Join(errs...)
	})
	if err != nil {
		return 0, fmt.Errorf("blob: pages: %w", err)
	}
	err = s.Each(ctx, func(h Hash, b []byte) error {
		count++
		if HashOf(b) != h {
			bad(h)
		}
		return nil
	})
	return count, err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
