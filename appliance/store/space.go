package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"
)

// Space gives free and total bytes of the disk the store lies on.
func (s *Store) Space() (free, total uint64, err error) {
	var st unix.Statfs_t
	if err := s.opt.statfs(s.dir, &st); err != nil {
		return 0, 0, fmt.Errorf("store: %w", err)
	}
	return st.Bavail * uint64(st.Bsize), st.Blocks * uint64(st.Bsize), nil
}

// Usage is how full the store's room is, in hundredths rounded down.
type Usage struct {
	Disk  int // of the file system, as df has it: what only root may use is no room
	Store int // store.db without its free pages, of the bound it was given
}

// Usage says how full disk and store are.
func (s *Store) Usage() (Usage, error) {
	if err := s.usable(); err != nil {
		return Usage{}, err
	}
	var st unix.Statfs_t
	if err := s.opt.statfs(s.dir, &st); err != nil {
		return Usage{}, fmt.Errorf("store: %w", err)
	}
	used := st.Blocks - st.Bfree
	u := Usage{Disk: hundredths(used, used+st.Bavail)}
	var size int64
	if err := s.view(func(tx *bolt.Tx) error {
		size = tx.Size()
		return nil
	}); err != nil {
		return Usage{}, err
	}
	stats := s.db.Stats()
	free := int64(stats.FreePageN+stats.PendingPageN) * int64(s.db.Info().PageSize)
	u.Store = hundredths(uint64(max(0, size-free)), uint64(s.opt.MaxSize))
	return u, nil
}

func hundredths(part, whole uint64) int {
	if whole == 0 {
		return 100
	}
	return int(float64(min(part, whole)) / float64(whole) * 100)
}

// Admit says whether a new visit may begin: ErrFull below the least free space
// or without a reserve, ErrBroken after a fault. A visit that was admitted may
// go on when Admit already refuses the next.
func (s *Store) Admit() error {
	if err := s.usable(); err != nil {
		return err
	}
	free, total, err := s.Space()
	if err != nil {
		return err
	}
	if free < total/100*uint64(s.opt.MinFree) {
		return ErrFull
	}
	if !s.holdReserve() {
		return ErrFull
	}
	return nil
}

// holdReserve makes the reserve file if it is not there. It is allocated, not
// sparse, or it would keep nothing.
func (s *Store) holdReserve() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reserved {
		return true
	}
	path := filepath.Join(s.dir, reserveFile)
	err := func() error {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		err = unix.Fallocate(int(f.Fd()), 0, 0, s.opt.Reserve)
		if errors.Is(err, unix.EOPNOTSUPP) {
			// Such a file system keeps no room; the least free space must do.
			err = nil
		}
		return errors.Join(err, f.Close())
	}()
	if err != nil {
		s.opt.Log.Warn("no room for the reserve; new visits are refused", "err", err)
		if err := removeIfThere(path); err != nil {
			s.opt.Log.Warn("reserve", "err", err)
		}
		return false
	}
	s.reserved = true
	return true
}

// releaseReserve gives the reserve to the visit in flight, if it has not got it
// already. A write that failed for want of room is tried once more after it in
// either case: another write of the same visit, a moment before, may have
// freed the room for both.
func (s *Store) releaseReserve() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.reserved {
		return
	}
	s.reserved = false
	if err := os.Remove(filepath.Join(s.dir, reserveFile)); err != nil {
		s.opt.Log.Error("reserve cannot be freed", "err", err)
		return
	}
	s.opt.Log.Warn("disk is full; the reserve goes to the visit in flight")
}
