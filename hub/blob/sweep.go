package blob

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Sweep removes blobs put before the given time that nothing refers to, and
// parts not touched since then. referenced must say yes for a blob that an open
// upload needs. A blob once found referenced is not asked for again. It returns
// how many blobs it removed.
//
// Give it a time at least a day back: a blob is put before the record that
// names it is committed. One that was put again since then stays, whatever
// referenced says: a box may repeat, while this runs, a record that a former
// run put and never committed.
func (s *files) Sweep(ctx context.Context, before time.Time, referenced func(context.Context, Hash) (bool, error)) (int, error) {
	if err := s.parts.sweep(before); err != nil {
		return 0, fmt.Errorf("blob: sweep: %w", err)
	}
	if err := s.upToDate(); err != nil {
		return 0, fmt.Errorf("blob: sweep: %w", err)
	}
	removed := 0
	for {
		groups, err := s.oldest(before)
		if err != nil {
			return removed, err
		}
		if len(groups) == 0 {
			s.forgetAgain(before)
			return removed, nil
		}
		drop := map[Hash]bool{}
		for _, g := range groups {
			for _, h := range g.hashes {
				yes, err := referenced(ctx, h)
				if err != nil {
					return removed, fmt.Errorf("blob: sweep: %w", err)
				}
				drop[h] = !yes
			}
		}
		n, err := s.remove(groups, drop, before)
		removed += n
		if err != nil {
			return removed, fmt.Errorf("blob: sweep: %w", err)
		}
	}
}

// remove takes blobs off the young ones, and those to be dropped off the disk,
// but for those that were put again since before. It returns how many it
// dropped.
func (s *files) remove(groups []group, drop map[Hash]bool, before time.Time) (int, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	var gone []place
	err := s.db.Update(func(tx *bbolt.Tx) error {
		places, young := tx.Bucket(bucketPlaces), tx.Bucket(bucketYoung)
		for _, g := range groups {
			if err := young.Delete(g.key); err != nil {
				return err
			}
			for _, h := range g.hashes {
				v := places.Get(h[:])
				if !drop[h] || v == nil {
					continue
				}
				if at, ok := s.again[h]; ok && !at.Before(before) {
					if err := young.Put(youngKey(at, h), nil); err != nil {
						return err
					}
					continue
				}
				p, err := decodePlace(v)
				if err != nil {
					return err
				}
				gone = append(gone, p)
				if err := places.Delete(h[:]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, p := range gone { // after the index forgot them, and never before
		if err := s.seg.punch(p); err != nil {
			return len(gone), err
		}
	}
	return len(gone), nil
}

// forgetAgain drops what was put again before a time.
func (s *files) forgetAgain(before time.Time) {
	s.writing.Lock()
	defer s.writing.Unlock()
	maps.DeleteFunc(s.again, func(_ Hash, at time.Time) bool { return at.Before(before) })
}

// oldest returns some groups of the young bucket from before a time, of stride
// blobs or a few more.
func (s *files) oldest(before time.Time) ([]group, error) {
	var groups []group
	n := 0
	end := youngKey(before, Hash{})
	err := s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketYoung).Cursor()
		for k, v := c.First(); k != nil && n < stride && slices.Compare(k, end) < 0; k, v = c.Next() {
			g, err := groupOf(k, v)
			if err != nil {
				return err
			}
			groups, n = append(groups, g), n+len(g.hashes)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("blob: sweep: %w", err)
	}
	return groups, nil
}
