package store

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// settleFiles brings files and database together at Open: after a loss the
// database is built from the copies; otherwise files that no record names are
// removed and copies that are missing are written again.
func (s *Store) settleFiles() error {
	if s.report.Lost {
		if err := s.rebuild(); err != nil {
			return err
		}
	}
	return s.sweep()
}

// found is one copy that passed its checks.
type found struct {
	rec  protocol.Record
	mark copyMark
}

// rebuild fills an empty database from the copies. Every record is taken as
// waiting: the hub answers a duplicate with the same receipt. A power cut in
// the middle leaves the mark of a rebuild, and the next Open begins it anew.
func (s *Store) rebuild() error {
	byEpoch := map[uint32][]found{}
	segs, err := s.copies.segments()
	if err != nil {
		return err
	}
	for _, seg := range segs {
		frames, _, torn, bad, err := s.copies.read(seg)
		if err != nil {
			return err
		}
		s.report.Aside += bad
		// A torn end may be a copy whose transaction never happened, or the
		// newest record damaged: only the hub can tell.
		s.report.Gap = s.report.Gap || torn
		for _, fr := range frames {
			f, err := s.checkCopy(fr.copied)
			if err != nil {
				s.opt.Log.Error("copy of a record failed its check", "err", err)
				s.report.Aside++
				continue
			}
			byEpoch[f.rec.Manifest.Epoch] = append(byEpoch[f.rec.Manifest.Epoch], f)
		}
		if torn || s.report.Aside > 0 {
			if err := s.keepAside(seg); err != nil {
				return err
			}
		}
	}
	for _, list := range byEpoch {
		chain, gap := chainOf(list)
		s.report.Gap = s.report.Gap || gap
		if err := s.insertAll(chain); err != nil {
			return err
		}
		s.report.Rebuilt += len(chain)
	}
	// The newest record is never pruned, so an enrolled box without any either
	// made none or lost them: only the hub can tell.
	if id, err := s.Identity(); err == nil && len(byEpoch[id.Grant.Epoch]) == 0 {
		s.report.Gap = true
	}
	s.report.Gap = s.report.Gap || s.report.Aside > 0
	s.opt.Log.Warn("store was built again from the copies of its records",
		"records", s.report.Rebuilt, "aside", s.report.Aside, "gap", s.report.Gap)
	return s.update(func(tx *bolt.Tx) error {
		return errors.Join(put(tx, bucketMeta, []byte(metaGap), s.report.Gap), put(tx, bucketMeta, []byte(metaRebuild), false))
	})
}

// keepAside keeps the bytes of a damaged segment for whoever can read more of
// them than this program.
func (s *Store) keepAside(seg uint64) error {
	raw, err := os.ReadFile(s.copies.path(seg))
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return s.disk.writeFile(filepath.Join(s.dir, damagedDir, fmt.Sprintf("records.%d.boot", seg)), raw)
}

// checkCopy checks one copy. Errors: ErrDamaged and those of protocol.
func (s *Store) checkCopy(c recordCopy) (found, error) {
	rec, err := record{Envelope: c.Envelope, Body: c.Body}.parse()
	if err != nil {
		return found{}, err
	}
	if !rec.Manifest.Body.Matches(rec.Body) {
		return found{}, protocol.ErrHash
	}
	if err := s.verifyOwn(rec); err != nil {
		return found{}, err
	}
	plain, err := s.keys.Unwrap(labelCopy, c.Mark)
	if err != nil {
		return found{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	f := found{rec: rec}
	return f, protocol.Decode(plain, &f.mark)
}

// verifyOwn checks the device's signature on a record of the present epoch. Of
// an earlier one the key may be gone; the hub judges those.
func (s *Store) verifyOwn(rec protocol.Record) error {
	id, err := s.Identity()
	if err != nil || rec.Manifest.Box != id.Box() || rec.Manifest.Epoch != id.Grant.Epoch {
		return nil
	}
	pub, err := id.Device()
	if err != nil {
		return err
	}
	_, err = protocol.OpenEnvelope(rec.Envelope, pub)
	return err
}

// chainOf orders the copies of one epoch and drops, of two with one sequence,
// the one that nothing continues: a power cut left it before its transaction.
func chainOf(list []found) (chain []found, gap bool) {
	// Stable: of two with one sequence the one written later comes later.
	slices.SortStableFunc(list, func(a, b found) int {
		return cmp.Compare(a.rec.Manifest.Sequence, b.rec.Manifest.Sequence)
	})
	continued := map[protocol.Hash]bool{}
	for _, f := range list {
		continued[f.rec.Manifest.Previous] = true
	}
	for _, f := range list {
		n := len(chain)
		if n > 0 && chain[n-1].rec.Manifest.Sequence == f.rec.Manifest.Sequence {
			if !continued[chain[n-1].rec.Hash()] {
				chain[n-1] = f // the later one, unless the earlier was built upon
			}
			continue
		}
		chain = append(chain, f)
	}
	for i := 1; i < len(chain); i++ {
		m := chain[i].rec.Manifest
		before := chain[i-1].rec
		if m.Sequence != before.Manifest.Sequence+1 || m.Previous != before.Hash() {
			gap = true
		}
	}
	return chain, gap
}

func (s *Store) insertAll(chain []found) error {
	point := ""
	if id, err := s.Identity(); err == nil {
		point = id.Grant.Point.Code
	}
	for batch := range slices.Chunk(chain, 64) {
		err := s.update(func(tx *bolt.Tx) error {
			for _, f := range batch {
				if err := insert(tx, f.rec, point, f.mark); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sweep removes blobs and copies that no record names and writes missing copies
// again. No visit is open now, so nothing is about to be named.
func (s *Store) sweep() error {
	type lack struct {
		rec  protocol.Record
		mark copyMark
	}
	parts, records := map[string]bool{}, map[protocol.Hash]bool{}
	each := func(fn func(record, protocol.Record)) error {
		return s.view(func(tx *bolt.Tx) error {
			n := 0
			return tx.Bucket(bucketRecords).ForEach(func(k, _ []byte) error {
				if n++; n%restEvery == 0 {
					if err := s.restIn(tx); err != nil {
						s.opt.Log.Debug("the database keeps its memory", "err", err)
					}
				}
				var r record
				if _, err := get(tx, bucketRecords, k, &r); err != nil {
					return err
				}
				rec, err := r.parse()
				if err == nil {
					fn(r, rec)
				}
				return err
			})
		})
	}
	if err := each(func(_ record, rec protocol.Record) {
		records[rec.Hash()] = true
		for _, p := range rec.Manifest.Blobs {
			parts[p.Hash.String()] = true
		}
	}); err != nil {
		return err
	}
	dropped, err := s.copies.load(func(h protocol.Hash) bool { return records[h] })
	if err != nil {
		return err
	}
	s.report.Orphans += dropped
	var lacking []lack
	if err := each(func(r record, rec protocol.Record) {
		if !s.copies.has(rec.Hash()) {
			lacking = append(lacking, lack{rec, copyMark{r.Application, r.At, r.Of}})
		}
	}); err != nil {
		return err
	}
	for _, l := range lacking {
		if err := s.writeCopy(l.rec, l.mark); err != nil {
			return s.writeFault(err)
		}
		s.report.Mended++
	}
	readable, err := s.readableNames()
	if err != nil {
		return err
	}
	return errors.Join(s.removeOrphans(filepath.Join(s.dir, partsDir), parts),
		s.removeOrphans(filepath.Join(s.dir, readableDir), readable), s.SweepTickets())
}

func (s *Store) removeOrphans(dir string, named map[string]bool) error {
	return forEachFile(dir, func(path, name string) error {
		if named[name] {
			return nil
		}
		s.report.Orphans++
		return removeIfThere(path)
	})
}
