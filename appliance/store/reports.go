package store

import (
	"time"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// Reports lists the incidents that were reported from this box's desk on a day
// (2006-01-02 at zone), in the present epoch, newest first. What they say is
// sealed to the hub and cannot be read here.
func (s *Store) Reports(date string, zone *time.Location) (out []Line, err error) {
	id, err := s.Identity()
	if err != nil {
		return nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		return eachOfDay(tx, id.Grant.Epoch, date, zone, func(k []byte, _ record) error {
			l, _, err := lineAt(tx, k)
			if err == nil && l.Kind == protocol.RecordIncident {
				out = append(out, l)
			}
			return err
		})
	})
	return out, err
}
