package blob

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// position is how far the segments are in the index: whatever lies before it
// is there, or was swept.
type position struct {
	segment uint32
	offset  uint64
}

func (s *files) indexed() (p position, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketMeta).Get(keyIndexed)
		if b == nil {
			return nil
		}
		if len(b) != 12 {
			return errors.New("blob: the index is damaged")
		}
		p = position{binary.BigEndian.Uint32(b), binary.BigEndian.Uint64(b[4:])}
		return nil
	})
	return p, err
}

func (s *files) inIndex(h Hash) (known bool, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		known = tx.Bucket(bucketPlaces).Get(h[:]) != nil
		return nil
	})
	return known, err
}

// flush brings the index up to date. The caller holds writing.
func (s *files) flush() error {
	if len(s.tail) == 0 {
		return nil
	}
	return s.index(position{s.seg.last, s.seg.size})
}

// index puts the tail into the index, in one transaction with how far it goes
// then. The caller holds writing, or is Open.
func (s *files) index(to position) error {
	hashes := make([]Hash, 0, len(s.tail))
	for h := range s.tail {
		hashes = append(hashes, h)
	}
	// In the order of the tree, so that pages are split once.
	slices.SortFunc(hashes, func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
	err := s.db.Update(func(tx *bbolt.Tx) error {
		places, young := tx.Bucket(bucketPlaces), tx.Bucket(bucketYoung)
		for _, h := range hashes {
			r := s.tail[h]
			if err := places.Put(h[:], r.encode()); err != nil {
				return err
			}
		}
		if err := s.indexYoung(young, hashes); err != nil {
			return err
		}
		mark := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, to.segment), to.offset)
		return tx.Bucket(bucketMeta).Put(keyIndexed, mark)
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tail)
	return nil
}

// youngMost is how many blobs one key of the young bucket stands for at most.
const youngMost = 64

// indexYoung notes when blobs came. Those of one instant stand together, in the
// value after the one in the key: a key for each took a third of the time of the
// index, and nobody looks for one of them.
func (s *files) indexYoung(young *bbolt.Bucket, hashes []Hash) error {
	byTime := map[int64][]Hash{}
	for _, h := range hashes {
		at := s.tail[h].at.UnixMilli()
		byTime[at] = append(byTime[at], h)
	}
	for _, at := range slices.Sorted(maps.Keys(byTime)) {
		for some := range slices.Chunk(byTime[at], youngMost) {
			var more []byte
			for _, h := range some[1:] {
				more = append(more, h[:]...)
			}
			if err := young.Put(youngKey(time.UnixMilli(at), some[0]), more); err != nil {
				return err
			}
		}
	}
	return nil
}

// group is a key of the young bucket and the blobs that it stands for.
type group struct {
	key    []byte
	hashes []Hash
}

func groupOf(k, v []byte) (group, error) {
	if len(k) != 8+len(Hash{}) || len(v)%len(Hash{}) != 0 {
		return group{}, errors.New("blob: the index is damaged")
	}
	g := group{key: slices.Clone(k), hashes: []Hash{Hash(k[8:])}}
	for more := range slices.Chunk(v, len(Hash{})) {
		g.hashes = append(g.hashes, Hash(more))
	}
	return g, nil
}

func youngKey(at time.Time, h Hash) []byte {
	return append(binary.BigEndian.AppendUint64(make([]byte, 0, 40), uint64(at.UnixMilli())), h[:]...)
}

// moveOld brings what an earlier version kept inside the index into segments.
// Cut short, it goes on at the next Open.
func (s *files) moveOld() error {
	for {
		batch := map[Hash][]byte{}
		err := s.db.View(func(tx *bbolt.Tx) error {
			b := tx.Bucket(bucketOld)
			if b == nil {
				return nil
			}
			c := b.Cursor()
			for k, v := c.First(); k != nil && len(batch) < stride; k, v = c.Next() {
				batch[Hash(k)] = bytes.Clone(v)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(batch) > 0 {
			if err := s.Put(batch); err != nil {
				return err
			}
		}
		gone := false
		err = s.db.Update(func(tx *bbolt.Tx) error {
			b := tx.Bucket(bucketOld)
			if gone = b == nil; gone {
				return nil
			}
			if len(batch) == 0 {
				return tx.DeleteBucket(bucketOld)
			}
			for h := range batch {
				if err := b.Delete(h[:]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || gone {
			return err
		}
	}
}
