package store

import (
	"errors"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// ErrCardLocked: too many wrong PINs beside her own card; she signs in by
// password and one-time code, and then it works again.
var ErrCardLocked = errors.New("store: too many wrong PINs")

// MaxCardTries is how many wrong PINs a card may get at this box, counted over
// every machine and every restart: a PIN has few digits, and whoever has found
// a card has time.
const MaxCardTries = 10

// ownCards are the cards that were bound at this box, by account: until the hub
// says them itself they work here. Of two the later stands.
type ownCards map[string]protocol.StaffCard

func (s *Store) ownCards() (ownCards, error) {
	var sealed []byte
	if err := s.getMeta(metaOwnCards, &sealed); err != nil || sealed == nil {
		return ownCards{}, err
	}
	out := ownCards{}
	return out, s.seal.openValue(metaOwnCards, sealed, &out)
}

// SaveOwnCard keeps a card that was bound at this box, or taken off, sealed
// under the store key. Whoever calls it has sealed the record of it.
func (s *Store) SaveOwnCard(account string, c protocol.StaffCard) error {
	all, err := s.ownCards()
	if err != nil {
		return err
	}
	if all[account].At > c.At {
		return nil
	}
	all[account] = c
	sealed, err := s.seal.sealValue(metaOwnCards, all)
	if err != nil {
		return err
	}
	return s.update(func(tx *bolt.Tx) error {
		return errors.Join(put(tx, bucketMeta, []byte(metaOwnCards), sealed), tx.Bucket(bucketMeta).Delete([]byte(metaTries+account)))
	})
}

// over lays them over what the hub said of the staff.
func (o ownCards) over(members []protocol.StaffMember) {
	for i, m := range members {
		if c, ok := o[m.ID]; ok && (m.Card == nil || m.Card.At < c.At) {
			members[i].Card = &c
		}
	}
}

// TryCard counts a try at the PIN of an account as wrong, durably, before the
// PIN is looked at. ErrCardLocked when there were too many; it is not counted then.
func (s *Store) TryCard(account string) error {
	return s.update(func(tx *bolt.Tx) error {
		var n uint64
		key := []byte(metaTries + account)
		if _, err := get(tx, bucketMeta, key, &n); err != nil {
			return err
		}
		if n >= MaxCardTries {
			return ErrCardLocked
		}
		return put(tx, bucketMeta, key, n+1)
	})
}

// CardTrusted forgets the wrong PINs of an account: she has signed in.
func (s *Store) CardTrusted(account string) error {
	var n uint64
	if err := s.getMeta(metaTries+account, &n); err != nil || n == 0 {
		return err
	}
	return s.update(func(tx *bolt.Tx) error { return tx.Bucket(bucketMeta).Delete([]byte(metaTries + account)) })
}
