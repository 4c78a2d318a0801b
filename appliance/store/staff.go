package store

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// Staff is who may sign in at the desk of this point, as the hub last said.
// Members is sealed on the disk under the store key, as the roster is.
type Staff struct {
	Point   string
	Issued  protocol.Time // hub's time
	Until   protocol.Time // nobody signs in by it after that
	Mark    uint64
	Members []protocol.StaffMember
	Boxes   []protocol.PointBox // of the point
}

// keptStaff is Staff on the disk.
type keptStaff struct {
	Point  string        `cbor:"point"`
	Issued protocol.Time `cbor:"issued"`
	Until  protocol.Time `cbor:"until"`
	Mark   uint64        `cbor:"mark"`
	Sealed []byte        `cbor:"sealed"` // protocol.StaffPage
}

// SaveStaff takes over what the hub said, all of it in one transaction, unless
// a later list is held: one that was kept back on the way must bring nobody
// back. It reports whether it was taken.
func (s *Store) SaveStaff(m protocol.Staff, page protocol.StaffPage) (taken bool, err error) {
	sealed, err := s.seal.sealValue(metaStaff, page)
	if err != nil {
		return false, err
	}
	err = s.update(func(tx *bolt.Tx) error {
		var old keptStaff
		if _, err := get(tx, bucketMeta, []byte(metaStaff), &old); err != nil && !errors.Is(err, ErrDamaged) {
			return err
		}
		if taken = m.Issued > old.Issued; !taken {
			return nil
		}
		return put(tx, bucketMeta, []byte(metaStaff), keptStaff{m.Point, m.Issued, m.Until, m.Mark, sealed})
	})
	return taken && err == nil, err
}

// Staff gives who may sign in. ErrNotFound before the hub has said so.
func (s *Store) Staff() (Staff, error) {
	var k keptStaff
	there := false
	if err := s.view(func(tx *bolt.Tx) (err error) {
		there, err = get(tx, bucketMeta, []byte(metaStaff), &k)
		return err
	}); err != nil {
		return Staff{}, err
	}
	if !there {
		return Staff{}, ErrNotFound
	}
	var page protocol.StaffPage
	if err := s.seal.openValue(metaStaff, k.Sealed, &page); err != nil {
		return Staff{}, fmt.Errorf("staff: %w", err)
	}
	own, err := s.ownCards()
	if err != nil {
		return Staff{}, fmt.Errorf("staff: %w", err)
	}
	own.over(page.Members)
	return Staff{k.Point, k.Issued, k.Until, k.Mark, page.Members, page.Boxes}, nil
}

// ErrCodeUsed: the one-time code of this step, or of a later one, was used.
var ErrCodeUsed = errors.New("store: the one-time code was used")

// UseCode notes durably that the code of a step was used by an account, so that
// it opens nothing a second time, not even after a power cut. Errors:
// ErrCodeUsed.
func (s *Store) UseCode(account string, step int64) error {
	key := []byte(metaCode + account)
	return s.update(func(tx *bolt.Tx) error {
		var last int64
		if _, err := get(tx, bucketMeta, key, &last); err != nil {
			return err
		}
		if step <= last {
			return ErrCodeUsed
		}
		return put(tx, bucketMeta, key, step)
	})
}

// Desk is what the desk shows itself with: its own key and the certificate the
// hub gave it.
type Desk struct {
	Key         []byte   `cbor:"key"`         // PKCS #8, DER
	Certificate []byte   `cbor:"certificate"` // DER
	Names       []string `cbor:"names"`
	Epoch       uint32   `cbor:"epoch"` // of the enrolment it belongs to
}

// SaveDesk keeps the desk's key, sealed under the store key, and certificate.
func (s *Store) SaveDesk(d Desk) error {
	sealed, err := s.seal.sealValue(metaDesk, d)
	if err != nil {
		return err
	}
	return s.putMeta(metaDesk, sealed)
}

// Desk gives them. ErrNotFound when there are none.
func (s *Store) Desk() (Desk, error) {
	var sealed []byte
	if err := s.getMeta(metaDesk, &sealed); err != nil {
		return Desk{}, err
	}
	if sealed == nil {
		return Desk{}, ErrNotFound
	}
	var d Desk
	if err := s.seal.openValue(metaDesk, sealed, &d); err != nil {
		return Desk{}, fmt.Errorf("desk: %w", err)
	}
	return d, nil
}
