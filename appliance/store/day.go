package store

import (
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

var (
	// ErrDayOpen: another day was opened and not closed; close it first.
	ErrDayOpen = errors.New("store: a day is open already")
	// ErrDayClosed: no day is open.
	ErrDayClosed = errors.New("store: no day is open")
)

// DayAct is one person's word on a day: who, by account id, and when.
type DayAct struct {
	Account string        `cbor:"account"`
	At      protocol.Time `cbor:"at"`
	How     string        `cbor:"how,omitempty"` // how she was made sure of: protocol.HowCode, which "" is too, or HowCard
}

// Assent is her word as a record says it.
func (a DayAct) Assent(role string) protocol.Assent {
	how := a.How
	if how == "" {
		how = protocol.HowCode
	}
	return protocol.Assent{Account: a.Account, Role: role, How: how, At: a.At}
}

// Day is one day of work at this box, from opening to closing. It names no
// applicant; staff stand in it by account id.
type Day struct {
	Date   string  `cbor:"date"` // 2019-09-06, at the point
	Opened DayAct  `cbor:"opened"`
	Paper  int     `cbor:"paper"`            // sheets of paper put in at the opening, as the clerk counted
	Closed *DayAct `cbor:"closed,omitempty"` // nil while it is open
	Second *DayAct `cbor:"second,omitempty"` // who signed beside, when the counts did not agree
	Reason string  `cbor:"reason,omitempty"` // why they did not
	Counts Counts  `cbor:"counts"`           // at the closing
}

// Counts are the figures of a day that must agree. All but Collected are the
// box's own.
type Counts struct {
	Accepted  int `cbor:"accepted"`  // records sealed here
	Delivered int `cbor:"delivered"` // of them, receipted by the hub
	Waiting   int `cbor:"waiting"`   // of them, still to be sent
	Aside     int `cbor:"aside"`     // of them, set aside by the hub
	Printed   int `cbor:"printed"`   // copies of their sheets that may lie somewhere
	Spoiled   int `cbor:"spoiled"`   // of them, those beyond the first of a record
	Voids     int `cbor:"voids"`     // confirmations taken back here
	VoidsOpen int `cbor:"open"`      // of them, still to be sent or set aside by the hub
	Collected int `cbor:"collected"` // signed sheets that the clerk counted
}

// Agree reports whether the day may be closed by one person: everything
// accepted or taken back is at the hub, and each record has its one signed sheet.
func (c Counts) Agree() bool {
	return c.Accepted == c.Delivered && c.Aside == 0 && c.VoidsOpen == 0 && c.Collected == c.Accepted
}

const dayForm = "2006-01-02"

// OpenDay begins the day of at. Errors: ErrDayOpen when any day is open.
func (s *Store) OpenDay(account string, at time.Time, zone *time.Location, paper int) (Day, error) {
	d := Day{Date: at.In(zone).Format(dayForm), Opened: DayAct{Account: account, At: protocol.TimeOf(at)}, Paper: paper}
	return d, s.update(func(tx *bolt.Tx) error {
		if last, there, err := lastDay(tx); err != nil || there && last.Closed == nil {
			return errors.Join(err, ErrDayOpen)
		}
		return putDay(tx, d)
	})
}

// CloseDay ends the open day with its counts, taken in the same transaction;
// collected is what the clerk counted. When they do not agree, second and
// reason must be there: else ErrCounts, with the counts. Errors: ErrDayClosed.
func (s *Store) CloseDay(by DayAct, collected int, second *DayAct, reason string, zone *time.Location) (Day, error) {
	id, err := s.Identity()
	if err != nil {
		return Day{}, err
	}
	var d Day
	err = s.update(func(tx *bolt.Tx) error {
		var there bool
		if d, there, err = lastDay(tx); err != nil {
			return err
		}
		if !there || d.Closed != nil {
			return ErrDayClosed
		}
		if d.Counts, err = countDay(tx, id.Grant.Epoch, d.Date, zone); err != nil {
			return err
		}
		d.Counts.Collected = collected
		if !d.Counts.Agree() && (second == nil || reason == "" || second.Account == by.Account) {
			return ErrCounts
		}
		d.Closed = &by
		if !d.Counts.Agree() {
			d.Second, d.Reason = second, reason
		}
		return putDay(tx, d)
	})
	return d, err
}

// ErrCounts: the counts do not agree, and nobody signed beside for a reason.
var ErrCounts = errors.New("store: the counts of the day do not agree")

// LastDay gives the newest day; there is false before the first.
func (s *Store) LastDay() (d Day, there bool, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		d, there, err = lastDay(tx)
		return err
	})
	return d, there, err
}

// CountDay counts the records of a day (2006-01-02 at zone) in the present
// epoch.
func (s *Store) CountDay(date string, zone *time.Location) (c Counts, err error) {
	id, err := s.Identity()
	if err != nil {
		return c, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		c, err = countDay(tx, id.Grant.Epoch, date, zone)
		return err
	})
	return c, err
}

func dayKey(date string, opened protocol.Time) []byte {
	return fmt.Appendf(nil, "%s/%015d", date, opened)
}

func putDay(tx *bolt.Tx, d Day) error {
	return put(tx, bucketDays, dayKey(d.Date, d.Opened.At), d)
}

func lastDay(tx *bolt.Tx) (d Day, there bool, err error) {
	k, _ := tx.Bucket(bucketDays).Cursor().Last()
	if k == nil {
		return d, false, nil
	}
	there, err = get(tx, bucketDays, k, &d)
	return d, there, err
}

// countDay counts the records of a day.
func countDay(tx *bolt.Tx, epoch uint32, date string, zone *time.Location) (n Counts, err error) {
	err = eachOfDay(tx, epoch, date, zone, func(k []byte, r record) error { return countRecord(tx, k, r, &n) })
	return n, err
}

func countRecord(tx *bolt.Tx, key []byte, r record, n *Counts) error {
	m, _, err := protocol.ParseEnvelope(r.Envelope)
	if err != nil {
		return fmt.Errorf("%w: envelope", ErrDamaged)
	}
	var a aside
	set, err := get(tx, bucketQuarantine, key, &a)
	if err != nil {
		return err
	}
	switch m.Kind {
	case protocol.RecordConfirmation:
	case protocol.RecordVoid:
		if n.Voids++; set || r.Left == 0 {
			n.VoidsOpen++
		}
		return nil
	default:
		return nil
	}
	n.Accepted++
	switch {
	case set:
		n.Aside++
	case r.Left != 0:
		n.Delivered++
	default:
		n.Waiting++
	}
	copies, err := issued(tx, m.ID)
	n.Printed += copies
	n.Spoiled += max(0, copies-1)
	return err
}
