package store

import (
	"bytes"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// Latch is what is known for ever about a contact of the box: its door, its
// case.
type Latch struct {
	Contact string        `cbor:"contact"`
	Open    bool          `cbor:"open"`
	Count   uint64        `cbor:"count"` // openings so far
	At      protocol.Time `cbor:"at"`    // of the last change
	AtStart bool          `cbor:"atstart,omitempty"`
}

const metaLatch = "latch/" // + contact: Latch

// SaveLatch makes a change durable. Errors: ErrBroken, ErrFull.
func (s *Store) SaveLatch(l Latch) error {
	return s.update(func(tx *bolt.Tx) error { return put(tx, bucketMeta, []byte(metaLatch+l.Contact), l) })
}

// Latches gives the last saved latch of each contact.
func (s *Store) Latches() ([]Latch, error) {
	var out []Latch
	err := s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketMeta).Cursor()
		for k, _ := c.Seek([]byte(metaLatch)); bytes.HasPrefix(k, []byte(metaLatch)); k, _ = c.Next() {
			var l Latch
			if _, err := get(tx, bucketMeta, k, &l); err != nil {
				return err
			}
			out = append(out, l)
		}
		return nil
	})
	return out, err
}
