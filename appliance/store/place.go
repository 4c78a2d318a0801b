package store

import (
	"fmt"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// keepPlaces takes the hub's word about points; of each the newest counts.
func keepPlaces(tx *bolt.Tx, places []protocol.Place) error {
	for _, p := range places {
		if p.Code == "" {
			return fmt.Errorf("%w: place without a code", protocol.ErrMalformed)
		}
		if err := put(tx, bucketPlaces, []byte(p.Code), p); err != nil {
			return err
		}
	}
	return nil
}

// Place is what the box knows of a point; false when it knows nothing.
func (s *Store) Place(code string) (p protocol.Place, there bool, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		var err error
		there, err = get(tx, bucketPlaces, []byte(code), &p)
		return err
	})
	return p, there, err
}

// KnownPoints gives every point that the box knows of, by code.
func (s *Store) KnownPoints() (out []protocol.Place, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketPlaces).ForEach(func(k, _ []byte) error {
			var p protocol.Place
			if _, err := get(tx, bucketPlaces, k, &p); err != nil {
				return err
			}
			out = append(out, p)
			return nil
		})
	})
	return out, err
}
