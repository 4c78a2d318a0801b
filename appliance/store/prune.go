package store

import (
	"bytes"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// pruneBatch bounds one transaction of PruneTo in records.
const pruneBatch = 256

// keptMark is the greatest backup mark of an epoch that was taken.
type keptMark struct {
	Epoch uint32 `cbor:"epoch"`
	Mark  uint64 `cbor:"mark"`
}

// Backup gives the greatest backup mark of this epoch that was taken, 0 before the
// first: every record at or below it that has its receipt is in a backup of the hub.
func (s *Store) Backup() (uint64, error) {
	id, err := s.Identity()
	if err != nil {
		return 0, err
	}
	var k keptMark
	if err := s.getMeta(metaBackup, &k); err != nil || k.Epoch != id.Grant.Epoch {
		return 0, err
	}
	return k.Mark, nil
}

// TakeBackup takes the hub's signed backup mark: it is kept, and what the mark has
// passed is let go of, but for the records of today and of a day that is open:
// the desk counts them, and may take them back. It gives the number of records let
// go. A mark that is lower than one before, as of a hub that was restored, is
// passed over.
func (s *Store) TakeBackup(mark uint64, now time.Time, zone *time.Location) (int, error) {
	id, err := s.Identity()
	if err != nil {
		return 0, err
	}
	before, err := s.Backup()
	if err != nil {
		return 0, err
	}
	if mark = max(mark, before); mark > before {
		if err := s.putMeta(metaBackup, keptMark{id.Grant.Epoch, mark}); err != nil {
			return 0, err
		}
	}
	if mark == 0 {
		return 0, nil
	}
	rim := dayOf(now, zone)
	last, there, err := s.LastDay()
	if err != nil {
		return 0, err
	}
	if there && last.Closed == nil {
		open, err := time.ParseInLocation(dayForm, last.Date, zone)
		if err != nil || open.Before(rim) {
			rim = open // a date that cannot be read keeps everything
		}
	}
	return s.PruneTo(mark, protocol.TimeOf(rim))
}

func dayOf(at time.Time, zone *time.Location) time.Time {
	y, m, d := at.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// Backed reports whether a record has its receipt and is in a backup of the hub,
// by the mark that was taken. Of an epoch that has ended no mark is told. Error:
// ErrNotFound.
func (s *Store) Backed(p Place) (bool, error) {
	id, err := s.Identity()
	if err != nil {
		return false, err
	}
	mark, err := s.Backup()
	if err != nil {
		return false, err
	}
	backed := false
	err = s.view(func(tx *bolt.Tx) error {
		key := recordKey(p.Epoch, p.Sequence)
		var r record
		there, err := get(tx, bucketRecords, key, &r)
		if err == nil && !there {
			err = ErrNotFound
		}
		backed = p.Epoch == id.Grant.Epoch && p.Sequence <= mark && r.Left != 0 && tx.Bucket(bucketQuarantine).Get(key) == nil
		return err
	})
	return backed, err
}

// PruneTo lets go of every record at or below a mark that has its receipt and was
// sealed before a moment: envelope, body, blobs and copy. What waits, what was set
// aside and the newest record stay. It returns the number of records let go.
func (s *Store) PruneTo(mark uint64, before protocol.Time) (int, error) {
	id, err := s.Identity()
	if err != nil {
		return 0, err
	}
	h, _, err := s.Head()
	if err != nil {
		return 0, err
	}
	// The newest record always stays: should the database be lost, its copy is
	// all that says where the chain ends. That also bounds a mark beyond what
	// was ever made.
	if h == 0 {
		return 0, nil
	}
	if mark = min(mark, h-1); mark == 0 {
		return 0, nil
	}
	total := 0
	for {
		var gone []protocol.Record
		more := false
		err := s.view(func(tx *bolt.Tx) error {
			var err error
			gone, more, err = prunable(tx, id.Grant.Epoch, mark, before)
			return err
		})
		if err != nil || len(gone) == 0 {
			return total, err
		}
		if err := s.forget(id.Grant.Epoch, gone); err != nil {
			return total, err
		}
		if total += len(gone); !more {
			return total, nil
		}
	}
}

func prunable(tx *bolt.Tx, epoch uint32, mark uint64, before protocol.Time) (out []protocol.Record, more bool, err error) {
	prefix := recordKey(epoch, 0)[:4]
	c := tx.Bucket(bucketRecords).Cursor()
	for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		_, seq, _ := parseRecordKey(k)
		if seq > mark {
			return out, false, nil
		}
		if len(out) == pruneBatch {
			return out, true, nil
		}
		var r record
		if _, err := get(tx, bucketRecords, k, &r); err != nil {
			return nil, false, err
		}
		if r.Left == 0 || r.At >= before || tx.Bucket(bucketQuarantine).Get(k) != nil {
			continue
		}
		rec, err := r.parse()
		if err != nil {
			return nil, false, err
		}
		out = append(out, rec)
	}
	return out, false, nil
}

// forget removes the records first and their files after: a power cut between
// leaves orphans, which Open sweeps, and never a record without its parts.
func (s *Store) forget(epoch uint32, records []protocol.Record) error {
	err := s.update(func(tx *bolt.Tx) error {
		for _, r := range records {
			if err := tx.Bucket(bucketRecords).Delete(recordKey(epoch, r.Manifest.Sequence)); err != nil {
				return err
			}
			if err := forgetCopies(tx, r.Manifest.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var errs []error
	var copied []protocol.Hash
	for _, r := range records {
		copied = append(copied, r.Hash())
		for _, p := range r.Manifest.Blobs {
			errs = append(errs, removeIfThere(s.partPath(p.Hash)))
		}
	}
	return errors.Join(append(errs, s.copies.forget(copied))...)
}
