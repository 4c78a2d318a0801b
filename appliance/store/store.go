package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// The errors a caller may test for.
var (
	// ErrNoStore: there is no store in this directory; Create makes one.
	ErrNoStore = errors.New("store: no store here")
	// ErrExists: Create found a store.
	ErrExists = errors.New("store: a store exists already")
	// ErrHeld: another process has the store open.
	ErrHeld = errors.New("store: held by another process")
	// ErrNotEnrolled: the store has no identity yet.
	ErrNotEnrolled = errors.New("store: not enrolled")
	// ErrBroken: a write or sync failed; close, and open again. Nothing that
	// returned this may be acknowledged.
	ErrBroken = errors.New("store: the disk failed, the store must be opened again")
	// ErrFull: no room for a new visit; nothing acknowledged is lost.
	ErrFull = errors.New("store: disk is full")
	// ErrHeadMoved: the record does not continue the chain as it stands.
	ErrHeadMoved = errors.New("store: record does not continue the chain")
	// ErrConfirmed: the application is confirmed already.
	ErrConfirmed = errors.New("store: application is confirmed already")
	// ErrIncomplete: a part that the record names is not on the disk.
	ErrIncomplete = errors.New("store: a part of the record is missing")
	// ErrNotFound: no such record, part or campaign.
	ErrNotFound = errors.New("store: not found")
	// ErrDamaged: bytes on the disk are not what was written.
	ErrDamaged = errors.New("store: damaged")
	// ErrMark: a roster page does not begin where the last one ended.
	ErrMark = errors.New("store: roster page does not continue the roster")
	// ErrWrongKey: the store key does not open with this keystore: the disk
	// stands in another machine, or the keys were replaced.
	ErrWrongKey = errors.New("store: cannot be opened with this machine's keys")
)

// Options configure a store. The zero value is right for a box.
type Options struct {
	// Demo marks a new store as made for the demonstration (Create only). The
	// mark cannot be added or taken away later; only a store with it may run
	// on a demo clock.
	Demo bool
	// Reserve is the room in bytes kept for the visit in flight; 0 means 8 MiB.
	Reserve int64
	// MinFree is the part of the disk that must be free before a new visit is
	// admitted, in hundredths; 0 means 5 (demand fault 4).
	MinFree int
	// MaxSize bounds store.db in bytes; 0 means 1 GiB, which a 32-bit board can map.
	MaxSize int
	// Log takes what an operator must know: damage, rebuilding, a full disk.
	// nil is slog.Default().
	Log *slog.Logger

	// noSync makes bbolt and files lie about durability. It exists for the
	// tests that prove they would notice; see export_test.go.
	noSync bool
	// statfs is unix.Statfs but in tests, which hold the disk at a rim.
	statfs func(string, *unix.Statfs_t) error
}

func (o Options) withDefaults() Options {
	if o.Reserve == 0 {
		o.Reserve = 8 << 20
	}
	if o.MinFree == 0 {
		o.MinFree = 5
	}
	if o.MaxSize == 0 {
		o.MaxSize = 1 << 30
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.statfs == nil {
		o.statfs = unix.Statfs
	}
	return o
}

const (
	dbFile       = "store.db"
	birthFile    = "store.cbor"
	identityFile = "identity.cbor"
	lockFile     = "lock"
	reserveFile  = "reserve"
	partsDir     = "parts"
	recordsDir   = "records"
	damagedDir   = "damaged"

	layoutVersion = 1
)

// Store is an open store. It is safe for concurrent use: bbolt takes one
// writer at a time.
type Store struct {
	dir    string
	opt    Options
	lock   *os.File
	db     *bolt.DB
	disk   disk
	demo   bool
	boot   uint32
	seal   sealer
	copies copies
	keys   *keystore.Store

	report Report
	worked atomic.Uint64 // transactions; see rest.go

	mu         sync.Mutex // guards the fields below
	identity   *Identity
	checkpoint protocol.Checkpoint // newest seen, perhaps not yet durable
	failed     error
	reserved   bool
	broken     chan struct{} // closed when failed is set

	holding sync.Mutex     // guards held, and keeps a draft that is discarded from being held meanwhile
	held    map[string]int // drafts that are being signed, and how often they are held
}

// Open opens the store in dir with the keys of this machine. It checks
// everything first; Report says what it found and mended. Errors: ErrNoStore,
// ErrHeld, ErrWrongKey.
func Open(dir string, keys *keystore.Store, opt Options) (_ *Store, err error) {
	opt = opt.withDefaults()
	s := &Store{dir: dir, opt: opt, keys: keys, disk: disk{noSync: opt.noSync}, broken: make(chan struct{}), held: map[string]int{}}
	var b birth
	if err := readChecked(filepath.Join(dir, birthFile), &b); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoStore, dir)
	} else if err != nil {
		return nil, err
	}
	if b.Layout != layoutVersion {
		return nil, fmt.Errorf("store: layout %d is not one this program knows", b.Layout)
	}
	s.demo = b.Demo
	s.copies = copies{dir: filepath.Join(dir, recordsDir), disk: s.disk, where: map[protocol.Hash]uint64{}, live: map[uint64]int{}}
	if s.lock, err = takeLock(dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := makeDirs(s.disk, dir); err != nil {
		return nil, err
	}
	if err := s.loadIdentity(); err != nil {
		return nil, err
	}
	if err := s.openDatabase(); err != nil {
		return nil, err
	}
	if err := s.openSealer(); err != nil {
		return nil, err
	}
	if err := s.settleFiles(); err != nil {
		return nil, err
	}
	if err := s.recount(); err != nil {
		return nil, err
	}
	if err := s.countBoot(); err != nil {
		return nil, err
	}
	s.holdReserve()
	s.rest() // opening looked at every record
	return s, nil
}

// openDatabase inspects the file, moves it aside and begins a new one if it is
// damaged, compacts it if it is mostly empty, and opens it.
func (s *Store) openDatabase() error {
	path := filepath.Join(s.dir, dbFile)
	found, err := inspectFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.report.Lost = true
	case err != nil:
		s.opt.Log.Error("store is damaged; it is moved aside and built again from the records", "why", err)
		s.report.Damaged = err.Error()
		if s.report.MovedTo, err = s.moveAside(path); err != nil {
			return err
		}
		s.report.Lost = true
	}
	if s.report.Lost {
		if err := newDatabase(s.disk, s.dir, s.opt, true); err != nil {
			return err
		}
	} else if found.mostlyFree() {
		if err := s.compact(path); err != nil {
			return err
		}
	}
	s.db, err = bolt.Open(path, 0o600, boltOptions(s.opt))
	if err != nil {
		return fmt.Errorf("store: open: %w", err)
	}
	if s.report.Lost {
		return nil
	}
	if err := s.addBuckets(); err != nil {
		return err
	}
	// Cut off in the middle of building again: that is done once more, whole.
	return s.getMeta(metaRebuild, &s.report.Lost)
}

// addBuckets makes what a store of an earlier version lacks.
func (s *Store) addBuckets() error {
	var missing [][]byte
	err := s.db.View(func(tx *bolt.Tx) error {
		for _, b := range buckets {
			if tx.Bucket(b) == nil {
				missing = append(missing, b)
			}
		}
		return nil
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	return s.db.Update(func(tx *bolt.Tx) error {
		for _, b := range missing {
			if _, err := tx.CreateBucketIfNotExists(b); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close ends the use of the store and lets go of its lock.
func (s *Store) Close() error {
	var errs []error
	if s.db != nil {
		errs = append(errs, s.db.Close())
		s.db = nil
	}
	errs = append(errs, s.copies.close())
	if s.lock != nil {
		errs = append(errs, letGo(s.lock))
		s.lock = nil
	}
	return errors.Join(errs...)
}

// Demo reports whether the store was made by the demonstration.
func (s *Store) Demo() bool { return s.demo }

// Dir is the directory of the store.
func (s *Store) Dir() string { return s.dir }

// Boot counts how often the store was opened, from 1: the boot count of the
// box's time evidence.
func (s *Store) Boot() uint32 { return s.boot }

// Broken is closed when the store must be closed and opened again.
func (s *Store) Broken() <-chan struct{} { return s.broken }

// Report says what Open found and mended.
func (s *Store) Report() Report { return s.report }

// Report is what happened at Open.
type Report struct {
	Damaged   string // why store.db was moved aside; empty if it was sound
	MovedTo   string // where it lies now
	Lost      bool   // the database was begun anew
	Rebuilt   int    // records brought back from their copies
	Aside     int    // copies or parts that failed their check and were moved aside
	Gap       bool   // the chain that was brought back has a hole: only the hub knows the head
	Orphans   int    // unreferenced files removed
	Mended    int    // missing copies written again
	Compacted bool
	Recounted bool // the count of what waits for the hub was wrong, or not kept yet
}

// fail makes err final for this handle.
func (s *Store) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = fmt.Errorf("%w: %w", ErrBroken, err)
		s.opt.Log.Error("store failed; it will take nothing more until it is opened again", "why", err)
		close(s.broken)
	}
	return s.failed
}

func (s *Store) usable() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}
