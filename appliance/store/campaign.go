package store

import (
	"errors"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// Campaign is the campaign in force at this box.
type Campaign struct {
	ID      string             `cbor:"id"`
	Version uint32             `cbor:"version"`
	Bundle  []byte             `cbor:"bundle"` // as campaign.Decode reads it
	Point   protocol.PointInfo `cbor:"point"`
	At      protocol.Time      `cbor:"at,omitempty"` // when it came, by the box's time; 0 = unknown
}

// SaveCampaign puts c in force unless a newer version of it is already, and
// with it the roster key. A campaign of another id begins with an empty
// roster: the hub sends it from 0.
func (s *Store) SaveCampaign(c Campaign, key protocol.RosterKey) error {
	return s.update(func(tx *bolt.Tx) error {
		var old Campaign
		there, err := get(tx, bucketMeta, []byte(metaCampaign), &old)
		if err != nil {
			return err
		}
		if there && old.ID == c.ID && old.Version > c.Version {
			return nil
		}
		if there && old.ID != c.ID {
			if err := forgetRoster(tx); err != nil {
				return err
			}
		}
		sealed, err := s.seal.sealValue(metaRosterKey, key)
		if err != nil {
			return err
		}
		if err := put(tx, bucketMeta, []byte(metaRosterKey), sealed); err != nil {
			return err
		}
		return put(tx, bucketMeta, []byte(metaCampaign), c)
	})
}

func forgetRoster(tx *bolt.Tx) error {
	for _, b := range [][]byte{bucketRoster, bucketNames, bucketElsewhere, bucketConfirmed, bucketDrafts, bucketEntered} {
		if err := tx.DeleteBucket(b); err != nil {
			return err
		}
		if _, err := tx.CreateBucket(b); err != nil {
			return err
		}
	}
	return errors.Join(
		put(tx, bucketMeta, []byte(metaRoster), uint64(0)),
		put(tx, bucketMeta, []byte(metaFilled), false),
		put(tx, bucketMeta, []byte(metaRosterAt), protocol.Time(0)))
}

// Campaign gives the campaign in force. ErrNotFound when none has come yet.
func (s *Store) Campaign() (Campaign, error) {
	var c Campaign
	err := s.view(func(tx *bolt.Tx) error {
		there, err := get(tx, bucketMeta, []byte(metaCampaign), &c)
		if err == nil && !there {
			err = ErrNotFound
		}
		return err
	})
	return c, err
}

// Point says where the box stands: as the campaign last said, or as the grant did.
func (s *Store) Point() (protocol.PointInfo, error) {
	c, err := s.Campaign()
	if err == nil {
		return c.Point, nil
	}
	id, err := s.Identity()
	return id.Grant.Point, err
}
