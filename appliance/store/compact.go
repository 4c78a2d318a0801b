package store

import (
	"fmt"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// compact writes the living pages of path into a new file and puts that in its
// place. A power cut leaves the old file or the new one, both whole.
func (s *Store) compact(path string) error {
	tmp := filepath.Join(s.dir, dbFile+tmpSuffix)
	if err := removeIfThere(tmp); err != nil {
		return err
	}
	opt := boltOptions(s.opt)
	src, err := bolt.Open(path, 0o600, opt)
	if err != nil {
		return fmt.Errorf("store: compact: %w", err)
	}
	dst, err := bolt.Open(tmp, 0o600, opt)
	if err == nil {
		err = bolt.Compact(dst, src, 64<<10)
		if cl := dst.Close(); err == nil {
			err = cl
		}
	}
	if cl := src.Close(); err == nil {
		err = cl
	}
	if isFull(err) {
		// No room to become smaller; it works as it is.
		s.opt.Log.Warn("no room to compact the store", "err", err)
		return removeIfThere(tmp)
	}
	if err != nil {
		return fmt.Errorf("store: compact: %w", err)
	}
	if _, err := inspectFile(tmp); err != nil {
		return err
	}
	s.report.Compacted = true
	return s.disk.rename(tmp, path)
}
