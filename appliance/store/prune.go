package store

import (
	"bytes"
	"errors"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// pruneBatch bounds one transaction of PruneTo in records.
const pruneBatch = 256

// PruneTo takes the hub's signed backup mark and lets go of every record
// at or below it that has its receipt: envelope, body, blobs and copy. What
// waits, what was set aside and the newest record stay. It returns the number
// of records let go.
func (s *Store) PruneTo(mark uint64) (int, error) {
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
			gone, more, err = prunable(tx, id.Grant.Epoch, mark)
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

func prunable(tx *bolt.Tx, epoch uint32, mark uint64) (out []protocol.Record, more bool, err error) {
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
		if r.Left == 0 || tx.Bucket(bucketQuarantine).Get(k) != nil {
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
