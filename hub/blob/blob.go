package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
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
	// ErrAway says that the database that holds the blobs did not do it now. The
	// store is as good as before: the same may be tried again.
	ErrAway = errors.New("blob: the database does not do it now")
)

// Largest is the largest blob in bytes: that of the wire.
const Largest = 8 << 20

// The buckets: where each ciphertext lies, by hash; the hashes of young blobs by
// time of Put, so that a sweep looks at those only and never at a whole
// province; and how far the segments are in the index, and their mark.
var (
	bucketPlaces = []byte("places")
	bucketYoung  = []byte("young")
	bucketMeta   = []byte("meta")
	keyIndexed   = []byte("indexed")
	keyMark      = []byte("mark")
	// bucketOld held ciphertext itself, before there were segments.
	bucketOld = []byte("blobs")
)

// files is the store in segments with its index in a bbolt file.
type files struct {
	db    *bbolt.DB
	seg   segments
	parts parts
	now   func() time.Time

	writing sync.Mutex // held by whoever appends, indexes or removes; guards broken and again
	broken  error      // of a failed append: what was synced since is not known
	// again holds when a blob that was here already was last put again. It need
	// not outlive the program: a record that was not committed before the end is
	// put again after it.
	again map[Hash]time.Time

	mu   sync.RWMutex // guards tail
	tail map[Hash]recent
}

// recent is a blob that is durable in its segment and not in the index yet.
type recent struct {
	place
	at time.Time
}

// tailMost is how many blobs are indexed together: their keys are random, and
// so each alone would have a page of the index written.
const tailMost = 16 << 10

// indexMap is how much address space the index has at once: when it grows beyond
// what is mapped, bbolt copies every node of the running transaction.
const indexMap = 256 << 20

// How long Open waits for another process to let go of the file.
const patience = 2 * time.Second

func open(path string, now func() time.Time, sync func(*os.File) error) (*files, error) {
	// No NoSync, no NoFreelistSync, no other shortcut: what is swept stays swept.
	d, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: patience, FreelistType: bbolt.FreelistMapType,
		InitialMmapSize: indexMap})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, fmt.Errorf("blob: open: %w", err)
	}
	s := &files{db: d, now: now, again: map[Hash]time.Time{}, tail: map[Hash]recent{},
		seg: segments{dir: path + ".segments", max: segmentSize, sync: sync, files: map[uint32]*os.File{}, w: newWriter()}}
	err = d.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketPlaces, bucketYoung, bucketMeta} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = os.MkdirAll(s.seg.dir, 0o700)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err == nil {
		err = s.recover()
	}
	if err == nil {
		err = s.moveOld()
	}
	if err == nil {
		err = s.parts.open(path+".parts", now)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("blob: open: %w", err), s.seg.close(), d.Close())
	}
	return s, nil
}

// Close brings the index up to date and closes the files. Parts under way stay.
func (s *files) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	var err error
	if s.broken == nil {
		err = s.flush()
	}
	s.broken = errors.New("blob: closed")
	if err := errors.Join(err, s.parts.close(), s.seg.close(), s.db.Close()); err != nil {
		return fmt.Errorf("blob: close: %w", err)
	}
	return nil
}

// Put makes a batch durable with one sync. What is there already is not written
// again, but no Sweep takes it for as long as if it were new. The caller has
// checked each blob against its hash: Take does. After an error every further
// Put fails: nobody knows then what the disk holds, and only opening anew finds
// out.
func (s *files) Put(batch map[Hash][]byte) error {
	if len(batch) == 0 {
		return nil
	}
	for _, b := range batch {
		if len(b) > Largest {
			return ErrTooLarge
		}
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.broken != nil {
		return fmt.Errorf("blob: put: %w", s.broken)
	}
	at := s.now()
	fresh, err := s.fresh(batch, at)
	if err != nil {
		return fmt.Errorf("blob: put: %w", err)
	}
	if len(fresh) == 0 {
		return nil
	}
	places, err := s.seg.append(fresh, batch)
	if err != nil {
		s.broken = err
		return fmt.Errorf("blob: put: %w", err)
	}
	s.mu.Lock()
	for i, h := range fresh {
		s.tail[h] = recent{places[i], at}
	}
	n := len(s.tail)
	s.mu.Unlock()
	if n < tailMost {
		return nil
	}
	if err := s.flush(); err != nil {
		s.broken = err
		return fmt.Errorf("blob: index: %w", err)
	}
	return nil
}

// fresh gives the hashes of a batch that are not here, and notes the others as
// put again.
func (s *files) fresh(batch map[Hash][]byte, at time.Time) ([]Hash, error) {
	out := make([]Hash, 0, len(batch))
	return out, s.db.View(func(tx *bbolt.Tx) error {
		index := tx.Bucket(bucketPlaces)
		for h := range batch {
			if _, ok := s.tail[h]; ok || index.Get(h[:]) != nil { // only who holds writing changes tail
				s.again[h] = at
				continue
			}
			out = append(out, h)
		}
		return nil
	})
}

// find tells where a blob lies.
func (s *files) find(h Hash) (p place, ok bool, err error) {
	s.mu.RLock()
	r, ok := s.tail[h]
	s.mu.RUnlock()
	if ok {
		return r.place, true, nil
	}
	err = s.db.View(func(tx *bbolt.Tx) (err error) {
		if v := tx.Bucket(bucketPlaces).Get(h[:]); v != nil {
			ok = true
			p, err = decodePlace(v)
		}
		return err
	})
	return p, ok, err
}

// Get returns a blob, checked against its hash. ErrNotFound, ErrHash.
func (s *files) Get(h Hash) ([]byte, error) {
	p, ok, err := s.find(h)
	if err != nil {
		return nil, fmt.Errorf("blob: get: %w", err)
	}
	if !ok {
		return nil, ErrNotFound
	}
	out, err := s.seg.read(p)
	if err != nil {
		return nil, fmt.Errorf("blob: get: %w", err)
	}
	if HashOf(out) != h {
		return nil, ErrHash
	}
	return out, nil
}

// Has reports whether a blob is here.
func (s *files) Has(h Hash) (bool, error) {
	_, ok, err := s.find(h)
	if err != nil {
		return false, fmt.Errorf("blob: has: %w", err)
	}
	return ok, nil
}

// Blobs looked at in one transaction by Sweep, Check and Each, so that none of
// them holds the file for long.
const stride = 256

// upToDate has the index hold everything that is here now.
func (s *files) upToDate() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.broken != nil {
		return s.broken
	}
	return s.flush()
}

// Each calls f for every blob, by hash, with its ciphertext, which is f's to
// keep. Blobs put meanwhile may be missed.
func (s *files) Each(ctx context.Context, f func(Hash, []byte) error) error {
	if err := s.upToDate(); err != nil {
		return fmt.Errorf("blob: each: %w", err)
	}
	var from Hash
	for first := true; ; first = false {
		hashes, err := s.after(from, first)
		if err != nil {
			return fmt.Errorf("blob: each: %w", err)
		}
		for _, h := range hashes {
			p, ok, err := s.find(h)
			if err != nil {
				return fmt.Errorf("blob: each: %w", err)
			}
			if !ok {
				continue // swept meanwhile
			}
			b, err := s.seg.read(p)
			if err != nil {
				return fmt.Errorf("blob: each: %w", err)
			}
			if err := f(h, b); err != nil {
				return err
			}
		}
		if len(hashes) < stride {
			return nil
		}
		from = hashes[len(hashes)-1]
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// after returns up to stride hashes of the index beyond from, or from it on.
func (s *files) after(from Hash, inclusive bool) ([]Hash, error) {
	var out []Hash
	err := s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketPlaces).Cursor()
		for k, _ := c.Seek(from[:]); k != nil && len(out) < stride; k, _ = c.Next() {
			if inclusive || Hash(k) != from {
				out = append(out, Hash(k))
			}
		}
		return nil
	})
	return out, err
}

// Check reads every blob and calls bad for each that does not match its hash;
// it also has bbolt check the pages of the index. It returns the number of blobs.
func (s *files) Check(ctx context.Context, bad func(Hash)) (count int, err error) {
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
		if HashOf(b) == h {
			return nil
		}
		if _, here, err := s.find(h); err != nil || !here {
			return err // swept while it was read
		}
		bad(h)
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
