package store

import (
	"bytes"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// Standing is how far a record has come.
type Standing string

// The standings of a record.
const (
	StandsWaiting   Standing = "waiting"   // for its receipt
	StandsDelivered Standing = "delivered" // the hub took it
	StandsAside     Standing = "aside"     // the hub took it and set it aside
)

// Line is one record as the desk may list it: of no person.
type Line struct {
	Sequence    uint64
	ID          protocol.ID
	Kind        protocol.RecordKind
	Application string // id
	Campaign    string
	Version     uint32 // of the campaign
	At          protocol.Time
	Standing    Standing
	Reason      protocol.Reason // of one that was set aside
	Copies      int             // of its sheet that may lie somewhere
	Confirmed   bool            // its application counts as confirmed, as far as this box knows
	Void        *Line           // the newest void of it that this box sealed
}

// TakenBack reports whether a void of this box took it back, or may have: one
// that the hub set aside has not.
func (l Line) TakenBack() bool { return l.Void != nil && l.Void.Standing != StandsAside }

// Unsettled lists what waits for the hub and what it set aside, of the present
// epoch, each in order.
func (s *Store) Unsettled() (waiting, aside []Line, err error) {
	id, err := s.Identity()
	if err != nil {
		return nil, nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		prefix := recordKey(id.Grant.Epoch, 0)[:4]
		for _, of := range []struct {
			bucket []byte
			to     *[]Line
		}{{bucketOutbox, &waiting}, {bucketQuarantine, &aside}} {
			c := tx.Bucket(of.bucket).Cursor()
			for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
				l, there, err := lineAt(tx, k)
				if err != nil {
					return err
				}
				if there {
					*of.to = append(*of.to, l)
				}
			}
		}
		return nil
	})
	return waiting, aside, err
}

// Line gives one record of the present epoch, without its void. Errors:
// ErrNotFound.
func (s *Store) Line(seq uint64) (l Line, err error) {
	id, err := s.Identity()
	if err != nil {
		return l, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		var there bool
		if l, there, err = lineAt(tx, recordKey(id.Grant.Epoch, seq)); err == nil && !there {
			err = ErrNotFound
		}
		return err
	})
	return l, err
}

// Confirmations lists the confirmations of a day (2006-01-02 at zone) in the
// present epoch, newest first, each with the newest void of it.
func (s *Store) Confirmations(date string, zone *time.Location) (out []Line, err error) {
	id, err := s.Identity()
	if err != nil {
		return nil, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		voids := map[string]*Line{} // by application, of records later than the one looked at
		of := map[protocol.ID]*Line{}
		return eachOfDay(tx, id.Grant.Epoch, date, zone, func(k []byte, r record) error {
			l, _, err := lineAt(tx, k)
			switch {
			case err != nil:
				return err
			case l.Kind == protocol.RecordVoid && r.Of != nil:
				if of[*r.Of] == nil {
					of[*r.Of] = &l
				}
			case l.Kind == protocol.RecordVoid: // sealed before it was kept of which
				if voids[l.Application] == nil {
					voids[l.Application] = &l
				}
			case l.Kind == protocol.RecordConfirmation:
				if l.Void = of[l.ID]; l.Void == nil {
					l.Void = voids[l.Application]
					delete(voids, l.Application)
				}
				out = append(out, l)
			}
			return nil
		})
	})
	return out, err
}

// Numbered reports whether an application of the roster has this number on its
// sheets: its candidate number, or its sequence number until that is issued.
func (s *Store) Numbered(application, number string) (is bool, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		app, there, err := s.rosterApplication(tx, application)
		is = there && number != "" && (app.Get(form.CandidateNumber) == number || app.SequenceNumber == number)
		return err
	})
	return is, err
}

// lineAt reads one record as a line, without its void.
func lineAt(tx *bolt.Tx, key []byte) (l Line, there bool, err error) {
	var r record
	if there, err = get(tx, bucketRecords, key, &r); err != nil || !there {
		return l, there, err
	}
	m, _, err := protocol.ParseEnvelope(r.Envelope)
	if err != nil {
		return l, true, fmt.Errorf("%w: envelope", ErrDamaged)
	}
	l = Line{Sequence: m.Sequence, ID: m.ID, Kind: m.Kind, Application: r.Application, Campaign: m.Campaign, Version: m.CampaignVersion, At: r.At, Standing: StandsWaiting}
	var a aside
	set, err := get(tx, bucketQuarantine, key, &a)
	if err != nil {
		return l, true, err
	}
	switch {
	case set:
		l.Standing, l.Reason = StandsAside, a.Reason
	case r.Left != 0:
		l.Standing = StandsDelivered
	}
	if l.Copies, err = issued(tx, m.ID); err != nil {
		return l, true, err
	}
	_, l.Confirmed, err = standing(tx, r.Application)
	return l, true, err
}

// eachOfDay looks at the records of a day from the newest back.
func eachOfDay(tx *bolt.Tx, epoch uint32, date string, zone *time.Location, do func(key []byte, r record) error) error {
	c := tx.Bucket(bucketRecords).Cursor()
	k, _ := c.Seek(recordKey(epoch+1, 0))
	if k == nil {
		k, _ = c.Last()
	} else {
		k, _ = c.Prev()
	}
	for ; k != nil; k, _ = c.Prev() {
		e, _, ok := parseRecordKey(k)
		if !ok || e != epoch {
			return nil
		}
		var r record
		if _, err := get(tx, bucketRecords, k, &r); err != nil {
			return err
		}
		day := r.At.Time().In(zone).Format(dayForm)
		if day < date {
			return nil
		}
		if day != date {
			continue
		}
		if err := do(k, r); err != nil {
			return err
		}
	}
	return nil
}
