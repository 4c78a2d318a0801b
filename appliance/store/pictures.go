package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// The pictures of tickets: files, each sealed under the store key and named as the hub
// names the picture. bucketLacking holds what is still to be asked for.

// picturesDir holds them.
const picturesDir = "pictures"

func (s *Store) picturePath(h protocol.Hash) string {
	return filepath.Join(s.dir, picturesDir, h.String())
}

func picturePlace(h protocol.Hash) string { return "picture/" + h.String() }

func (s *Store) hasPicture(h protocol.Hash) bool {
	_, err := os.Stat(s.picturePath(h))
	return err == nil
}

// Lacking gives at most n pictures that tickets name and that are not here, the
// tickets of any list; from is passed over, as are those before it (the zero Hash:
// none), so that one that never comes keeps no other back.
func (s *Store) Lacking(n int, from protocol.Hash) (out []protocol.LackingPicture, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketLacking).Cursor()
		for k, _ := c.Seek(from[:]); k != nil && len(out) < n; k, _ = c.Next() {
			if len(k) != len(from) || bytes.Equal(k, from[:]) {
				continue
			}
			one := protocol.LackingPicture{Picture: protocol.Hash(k)}
			if _, err := get(tx, bucketLacking, k, &one.Application); err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// Pictures counts those that are lacking.
func (s *Store) Pictures() (lacking int, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		lacking = tx.Bucket(bucketLacking).Stats().KeyN
		return nil
	})
	return lacking, err
}

// SavePictures takes pictures that are lacking: durable when it returns nil. One that
// is empty is not asked for again; one that nobody asked for is passed over. The room
// held back for the visit in flight is not given to them. Errors: ErrFull, ErrBroken.
func (s *Store) SavePictures(all []protocol.Picture) (taken int, err error) {
	if err := s.Admit(); err != nil {
		return 0, err
	}
	wanted := map[protocol.Hash]bool{}
	if err := s.view(func(tx *bolt.Tx) error {
		for _, p := range all {
			wanted[p.Picture] = tx.Bucket(bucketLacking).Get(p.Picture[:]) != nil
		}
		return nil
	}); err != nil {
		return 0, err
	}
	for _, p := range all {
		if !wanted[p.Picture] || len(p.JPEG) == 0 {
			continue
		}
		sealed, err := s.seal.sealValue(picturePlace(p.Picture), p.JPEG)
		if err != nil {
			return 0, err
		}
		if err := s.disk.writeNoDir(s.picturePath(p.Picture), sealed); err != nil {
			return 0, s.writeFault(err)
		}
		taken++
	}
	if err := s.disk.syncDir(filepath.Join(s.dir, picturesDir)); err != nil {
		return 0, s.writeFault(err)
	}
	return taken, s.update(func(tx *bolt.Tx) error {
		for _, p := range all {
			if err := tx.Bucket(bucketLacking).Delete(p.Picture[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Picture gives a picture: the caller's own bytes. Errors: ErrNotFound, ErrDamaged.
func (s *Store) Picture(h protocol.Hash) (jpeg []byte, err error) {
	if h.IsZero() {
		return nil, ErrNotFound
	}
	sealed, err := os.ReadFile(s.picturePath(h))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	err = s.seal.openValue(picturePlace(h), sealed, &jpeg)
	return jpeg, err
}

// pictureNames are the pictures that tickets name.
func (s *Store) pictureNames() (map[protocol.Hash]bool, error) {
	named := map[protocol.Hash]bool{}
	err := s.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketTickets).ForEach(func(k, _ []byte) error {
			var kept keptTicket
			if _, err := get(tx, bucketTickets, k, &kept); err != nil {
				return err
			}
			named[kept.Picture] = true
			return nil
		})
	})
	return named, err
}

// unnamed are keys of bucketLacking that no ticket names.
func (s *Store) unnamed(named map[protocol.Hash]bool) (old [][]byte, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketLacking).Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			if len(k) != len(protocol.Hash{}) || !named[protocol.Hash(k)] {
				old = append(old, bytes.Clone(k))
			}
		}
		return nil
	})
	return old, err
}

func (s *Store) removePictures(named map[protocol.Hash]bool) error {
	return forEachFile(filepath.Join(s.dir, picturesDir), func(path, name string) error {
		if h, err := protocol.ParseHash(name); err == nil && named[h] {
			return nil
		}
		return removeIfThere(path)
	})
}
