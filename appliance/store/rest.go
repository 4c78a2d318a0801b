package store

import (
	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// restEvery is after how many transactions, or records of a walk, the pages of
// the database that were touched are let go of. bbolt maps its file, and every
// page that was ever read counts as this program's memory until the kernel is
// short of it: with 5,000 records and 20,000 applicants that is more than all the
// rest of the box. What is let go of stays in the page cache and is mapped again,
// 4 KiB at a time, when it is read.
const restEvery = 256

// tire counts what was done with the database, and lets it rest in turns.
func (s *Store) tire() {
	if s.worked.Add(1)%restEvery != 0 {
		return
	}
	s.rest()
}

func (s *Store) rest() {
	if s.db == nil {
		return
	}
	// A transaction keeps bbolt from mapping the file elsewhere meanwhile.
	if err := s.db.View(s.restIn); err != nil {
		s.opt.Log.Debug("the database keeps its memory", "err", err)
	}
}

// restIn is rest inside a transaction. Whoever reads at this moment reads on: the
// mapping is of the file, shared and read only, and nothing lies in it alone.
func (s *Store) restIn(tx *bolt.Tx) error {
	if _, _, errno := unix.Syscall(unix.SYS_MADVISE, s.db.Info().Data, uintptr(tx.Size()), unix.MADV_DONTNEED); errno != 0 {
		return errno
	}
	return nil
}
