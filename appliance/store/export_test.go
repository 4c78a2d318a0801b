package store

import (
	"errors"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// NoSync makes a store lie about durability: the negative control of the tests
// that prove durability. Nothing outside tests can reach it.
func NoSync(o Options) Options {
	o.noSync = true
	return o
}

// Inspect is inspect, for fuzzing.
var Inspect = inspect

// MostlyFree tells whether a file asks for compaction.
func MostlyFree(path string) (bool, error) {
	i, err := inspectFile(path)
	return i.mostlyFree(), err
}

// BeginRebuild leaves what a power cut leaves in the middle of building again: a
// sound database that the copies were not brought into.
func BeginRebuild(dir string) error {
	return newDatabase(disk{noSync: true}, dir, NoSync(Options{}.withDefaults()), true)
}

// Boltfile is the database of a store.
const Boltfile = dbFile

// OnDisk holds the store's disk at so many blocks of 4 KiB, of which free are
// free and avail may be used by who is not root.
func OnDisk(o Options, blocks, free, avail *uint64) Options {
	o.statfs = func(_ string, st *unix.Statfs_t) error {
		st.Bsize, st.Blocks, st.Bfree, st.Bavail = 4096, *blocks, *free, *avail
		return nil
	}
	return o
}

// Walk counts the outbox of the present epoch entry by entry, and its bytes.
func (s *Store) Walk() (records, bytes uint64, err error) {
	id, err := s.Identity()
	if err != nil {
		return 0, 0, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		all, err := walkOutbox(tx)
		t := all[id.Grant.Epoch]
		records, bytes = t.Records, t.Bytes
		return err
	})
	return records, bytes, err
}

// Miscount writes a wrong count into a store that is closed.
func Miscount(dir string, records, bytes uint64) error {
	return closed(dir, func(tx *bolt.Tx) error { return put(tx, bucketTally, tallyKey(1), tally{records, bytes}) })
}

// Uncounted makes a closed store one of an earlier version.
func Uncounted(dir string) error {
	return closed(dir, func(tx *bolt.Tx) error { return tx.DeleteBucket(bucketTally) })
}

func closed(dir string, do func(*bolt.Tx) error) error {
	db, err := bolt.Open(filepath.Join(dir, dbFile), 0o600, nil)
	if err != nil {
		return err
	}
	return errors.Join(db.Update(do), db.Close())
}

// TicketsOnDisk counts the tickets in the store, of whatever list.
func (s *Store) TicketsOnDisk() (n int, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		n = tx.Bucket(bucketTickets).Stats().KeyN
		return nil
	})
	return n, err
}
