package store

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Found is what the box knows of a number. All nil: not registered, as far as
// this box was told.
type Found struct {
	Application *form.Application       // registered at this point
	Confirmed   *protocol.ConfirmedMark // that application is confirmed, here or elsewhere
	Elsewhere   *protocol.ElsewhereMark // registered at another point
	Here        bool                    // Confirmed by a record of this box
	Delivered   bool                    // … whose receipt has come
	Held        *Held                   // … whose readable copy is still here

	Entered bool   // Application was entered at this box, and the hub does not know it
	Draft   *Draft // … from this
}

// kept is one roster entry on the disk.
type kept struct {
	ID     string `cbor:"id"`     // application id; names nobody
	Sealed []byte `cbor:"sealed"` // form.Application
}

type elsewhere struct {
	Point     string `cbor:"point"`
	PointName string `cbor:"name"`
}

// ApplyRoster applies the versions (from, to] in one transaction, if from is
// where the roster stands; at is when they came, by the box's time. Errors:
// ErrMark when it is not; a page at or before the mark does nothing and is no
// error.
func (s *Store) ApplyRoster(from, to uint64, page protocol.RosterPage, at protocol.Time) error {
	return s.update(func(tx *bolt.Tx) error {
		var mark uint64
		if _, err := get(tx, bucketMeta, []byte(metaRoster), &mark); err != nil {
			return err
		}
		if to <= mark {
			return nil
		}
		if from != mark {
			return ErrMark
		}
		for _, e := range page.Entries {
			if err := s.applyEntry(tx, e); err != nil {
				return err
			}
		}
		if err := keepPlaces(tx, page.Places); err != nil {
			return err
		}
		return errors.Join(s.keepCheckpoint(tx), put(tx, bucketMeta, []byte(metaRoster), to), put(tx, bucketMeta, []byte(metaRosterAt), at))
	})
}

func (s *Store) applyEntry(tx *bolt.Tx, e protocol.RosterEntry) error {
	switch {
	case e.Application != nil:
		return s.keepApplication(tx, *e.Application)
	case e.Gone != "":
		return errors.Join(dropApplication(tx, e.Gone), draftGone(tx, e.Gone), dropTicket(tx, e.Gone))
	case e.Confirmed != nil:
		return applyConfirmed(tx, *e.Confirmed)
	case e.Elsewhere != nil && len(e.Elsewhere.Key) == protocol.MarkSize:
		if e.Elsewhere.Gone {
			return tx.Bucket(bucketElsewhere).Delete(e.Elsewhere.Key)
		}
		return put(tx, bucketElsewhere, e.Elsewhere.Key, elsewhere{e.Elsewhere.Point, e.Elsewhere.PointName})
	}
	return fmt.Errorf("%w: roster entry", protocol.ErrMalformed)
}

func (s *Store) keepApplication(tx *bolt.Tx, app form.Application) error {
	if app.ID == "" || app.Number() == "" {
		return fmt.Errorf("%w: application without id or number", protocol.ErrMalformed)
	}
	name := s.seal.nameOf(app.Number())
	// A corrected number leaves the old name behind.
	if err := dropApplication(tx, app.ID); err != nil {
		return err
	}
	sealed, err := s.seal.sealValue(rosterPlace(name), app)
	if err != nil {
		return err
	}
	if err := errors.Join(put(tx, bucketRoster, name, kept{app.ID, sealed}), draftRegistered(tx, name)); err != nil {
		return err
	}
	return put(tx, bucketNames, []byte(app.ID), name)
}

// dropApplication forgets an application unless its number meanwhile leads to
// another one.
func dropApplication(tx *bolt.Tx, id string) error {
	var name []byte
	if there, err := get(tx, bucketNames, []byte(id), &name); err != nil || !there {
		return err
	}
	var k kept
	if _, err := get(tx, bucketRoster, name, &k); err != nil {
		return err
	}
	if k.ID == id {
		if err := tx.Bucket(bucketRoster).Delete(name); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketNames).Delete([]byte(id))
}

// Find looks a number up.
func (s *Store) Find(n identity.Number) (Found, error) {
	var f Found
	err := s.view(func(tx *bolt.Tx) (err error) {
		f, err = s.find(tx, n)
		return err
	})
	return f, err
}

// FindRegistered is Find without what was entered at this box: only what the hub has
// said counts.
func (s *Store) FindRegistered(n identity.Number) (Found, error) {
	var f Found
	err := s.view(func(tx *bolt.Tx) (err error) {
		f, err = s.findSaid(tx, s.seal.nameOf(n), n)
		return err
	})
	return f, err
}

func (s *Store) find(tx *bolt.Tx, n identity.Number) (f Found, err error) {
	name := s.seal.nameOf(n)
	if there, err := s.findEntered(tx, name, &f); err != nil || there {
		return f, err
	}
	return s.findSaid(tx, name, n)
}

// findSaid looks a number up in what the hub has said.
func (s *Store) findSaid(tx *bolt.Tx, name []byte, n identity.Number) (f Found, err error) {
	var k kept
	there, err := get(tx, bucketRoster, name, &k)
	if err != nil {
		return f, err
	}
	if !there {
		return f, s.findElsewhere(tx, n, &f)
	}
	var app form.Application
	if err := s.seal.openValue(rosterPlace(name), k.Sealed, &app); err != nil {
		return f, err
	}
	f.Application = &app
	c, there, err := standing(tx, app.ID)
	if err != nil || !there {
		return f, err
	}
	return f, foundConfirmed(tx, app.ID, c, &f)
}

func foundConfirmed(tx *bolt.Tx, id string, c confirmed, f *Found) (err error) {
	f.Confirmed = &protocol.ConfirmedMark{Application: id, At: c.At, Point: c.Point, Provisional: c.Provisional, Again: c.Again}
	f.Here = c.Seq != 0
	f.Delivered = f.Here && tx.Bucket(bucketOutbox).Get(recordKey(c.Epoch, c.Seq)) == nil
	f.Held, err = heldFor(tx, c)
	return err
}

func (s *Store) findElsewhere(tx *bolt.Tx, n identity.Number, f *Found) error {
	key, err := s.rosterKey(tx)
	if err != nil || len(key.Key) == 0 {
		return err
	}
	mark := key.Mark(n)
	var e elsewhere
	there, err := get(tx, bucketElsewhere, mark, &e)
	if there && err == nil {
		f.Elsewhere = &protocol.ElsewhereMark{Key: mark, Point: e.Point, PointName: e.PointName}
	}
	return err
}

func (s *Store) rosterKey(tx *bolt.Tx) (protocol.RosterKey, error) {
	var sealed []byte
	var k protocol.RosterKey
	if there, err := get(tx, bucketMeta, []byte(metaRosterKey), &sealed); err != nil || !there {
		return k, err
	}
	err := s.seal.openValue(metaRosterKey, sealed, &k)
	return k, err
}

func rosterPlace(name []byte) string { return "roster/" + string(name) }

// Size counts the applications of this point and the marks of others.
func (s *Store) Size() (here, elsewhere int, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		here = tx.Bucket(bucketRoster).Stats().KeyN
		elsewhere = tx.Bucket(bucketElsewhere).Stats().KeyN
		return nil
	})
	return here, elsewhere, err
}

// RosterAt says when the newest page of the roster came, by the box's time; 0
// before the first.
func (s *Store) RosterAt() (at protocol.Time, err error) {
	err = s.getMeta(metaRosterAt, &at)
	return at, err
}

// Filled reports whether the first roster has come whole. Until then a number
// that is not found proves nothing, and nobody must be told "not registered".
func (s *Store) Filled() (bool, error) {
	filled := false
	err := s.getMeta(metaFilled, &filled)
	return filled, err
}

// SetFilled remembers that the first roster has come whole.
func (s *Store) SetFilled() error { return s.putMeta(metaFilled, true) }
