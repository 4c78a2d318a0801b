package store

import (
	"bytes"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// Sheet is a confirmation that this box sealed, as somebody looks at it who wants
// its sheet once more. Of no person.
type Sheet struct {
	Line
	Stands bool  // it is what confirms its application, as far as this box knows
	Held   *Held // nil: no readable copy is left here
}

// Sheet gives one of the present epoch. Errors: ErrNotFound when there is no such
// record, or it is no confirmation.
func (s *Store) Sheet(seq uint64) (one Sheet, err error) {
	id, err := s.Identity()
	if err != nil {
		return one, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		var there bool
		if one, there, err = sheetAt(tx, id.Grant.Epoch, seq); err == nil && !there {
			err = ErrNotFound
		}
		return err
	})
	return one, err
}

func sheetAt(tx *bolt.Tx, epoch uint32, seq uint64) (one Sheet, there bool, err error) {
	key := recordKey(epoch, seq)
	one.Line, there, err = lineAt(tx, key)
	if err != nil || !there || one.Kind != protocol.RecordConfirmation {
		return one, false, err
	}
	c, is, err := standing(tx, one.Application)
	if err != nil {
		return one, false, err
	}
	switch {
	case !is:
	case c.Seq != 0:
		one.Stands = c.Seq == seq && c.Epoch == epoch
	default: // the hub's word, which names the record or was said before it did
		one.Stands = c.Record == nil || *c.Record == one.ID
	}
	one.Held, err = heldFor(tx, confirmed{Epoch: epoch, Seq: seq})
	return one, true, err
}

// Sheets lists the confirmations of the present epoch that the box still keeps,
// newest first, and of them those of which take says so. take is given what stands
// in the application: as it was signed while that can be read here, else as the
// roster has it; nil when the box holds neither. It must keep nothing of it.
func (s *Store) Sheets(take func(Sheet, *form.Application) bool) (out []Sheet, err error) {
	id, err := s.Identity()
	if err != nil {
		return nil, err
	}
	var all []Sheet
	of := map[protocol.ID]*form.Application{}
	err = s.view(func(tx *bolt.Tx) error {
		prefix := recordKey(id.Grant.Epoch, 0)[:4]
		c := tx.Bucket(bucketRecords).Cursor()
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			_, seq, ok := parseRecordKey(k)
			if !ok {
				continue
			}
			one, there, err := sheetAt(tx, id.Grant.Epoch, seq)
			if err != nil {
				return err
			}
			if !there {
				continue
			}
			all = append(all, one)
			app, there, err := s.rosterApplication(tx, one.Application)
			if err != nil {
				return err
			}
			if there {
				of[one.ID] = &app
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		one := all[i]
		app := of[one.ID]
		if app == nil && one.Held != nil { // entered here: the roster does not name her yet
			r, err := s.Readable(one.ID)
			if err == nil {
				app = &r.Application
			}
			clear(r.Photo)
		}
		if take(one, app) {
			out = append(out, one)
		}
	}
	return out, nil
}

// rosterApplication gives an application of the roster by its id.
func (s *Store) rosterApplication(tx *bolt.Tx, application string) (app form.Application, there bool, err error) {
	var name []byte
	if there, err = get(tx, bucketNames, []byte(application), &name); err != nil || !there {
		return app, false, err
	}
	var k kept
	if there, err = get(tx, bucketRoster, name, &k); err != nil || !there || k.ID != application {
		return app, false, err
	}
	return app, true, s.seal.openValue(rosterPlace(name), k.Sealed, &app)
}
