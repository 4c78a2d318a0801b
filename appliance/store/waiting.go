package store

import (
	"bytes"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// WaitingOf gives the outbox entry of a record of the present epoch, looking from
// the newest back. ErrNotFound when it does not wait for a receipt.
func (s *Store) WaitingOf(id protocol.ID) (out Entry, err error) {
	own, err := s.Identity()
	if err != nil {
		return out, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		prefix := recordKey(own.Grant.Epoch, 0)[:4]
		c := tx.Bucket(bucketOutbox).Cursor()
		k, _ := c.Seek(recordKey(own.Grant.Epoch+1, 0))
		if k == nil {
			k, _ = c.Last()
		} else {
			k, _ = c.Prev()
		}
		for ; bytes.HasPrefix(k, prefix); k, _ = c.Prev() {
			var w waiting
			if _, err := get(tx, bucketOutbox, k, &w); err != nil {
				return err
			}
			if w.ID == id {
				_, seq, _ := parseRecordKey(k)
				out = Entry{seq, w.ID, w.Hash, w.At, w.Size}
				return nil
			}
		}
		return ErrNotFound
	})
	return out, err
}
