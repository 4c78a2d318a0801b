package store

import (
	"slices"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// Place is a record's place: its epoch, and its sequence in it.
type Place struct {
	Epoch    uint32
	Sequence uint64
}

// Kept is one record that is here: it waits for its receipt, was set aside, or
// is in no backup of the hub yet.
type Kept struct {
	Record  protocol.Record
	Parts   map[protocol.Hash][]byte // all that its manifest names
	At      protocol.Time            // when it was sealed
	Waiting bool                     // no receipt yet
}

// Places lists the places of all records that are here, of every epoch, in order.
func (s *Store) Places() ([]Place, error) {
	var out []Place
	err := s.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketRecords).ForEach(func(k, _ []byte) error {
			if epoch, seq, ok := parseRecordKey(k); ok {
				out = append(out, Place{epoch, seq})
			}
			return nil
		})
	})
	return out, err
}

// Kept counts the records that are here, of every epoch.
func (s *Store) Kept() (n uint64, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		n = uint64(tx.Bucket(bucketRecords).Stats().KeyN)
		return nil
	})
	return n, err
}

// HashAt gives the hash of the envelope at a place. Error: ErrNotFound.
func (s *Store) HashAt(p Place) (protocol.Hash, error) {
	r, _, err := s.recordAt(p)
	return protocol.HashOf(r.Envelope), err
}

// KeptAt reads one record with its parts. Errors: ErrNotFound when it was let go
// of, ErrDamaged.
func (s *Store) KeptAt(p Place) (Kept, error) {
	r, waits, err := s.recordAt(p)
	if err != nil {
		return Kept{}, err
	}
	rec, err := r.parse()
	if err != nil {
		return Kept{}, err
	}
	parts, err := s.Parts(rec)
	return Kept{Record: rec, Parts: parts, At: r.At, Waiting: waits}, err
}

// SizeAt gives the bytes of a record with all that its manifest names. Errors:
// ErrNotFound when it was let go of, ErrDamaged.
func (s *Store) SizeAt(p Place) (int64, error) {
	r, _, err := s.recordAt(p)
	if err != nil {
		return 0, err
	}
	rec, err := r.parse()
	if err != nil {
		return 0, err
	}
	n := int64(len(rec.Envelope))
	for _, part := range rec.Manifest.Parts() {
		n += int64(part.Size)
	}
	return n, nil
}

func (s *Store) recordAt(p Place) (r record, waits bool, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		key := recordKey(p.Epoch, p.Sequence)
		there, err := get(tx, bucketRecords, key, &r)
		if err == nil && !there {
			err = ErrNotFound
		}
		waits = tx.Bucket(bucketOutbox).Get(key) != nil
		r.Envelope, r.Body = slices.Clone(r.Envelope), slices.Clone(r.Body)
		return err
	})
	return r, waits, err
}
