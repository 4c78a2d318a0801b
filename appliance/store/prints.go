package store

import (
	"encoding/binary"
	"errors"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// ErrPrints: as many papers wait for the printer as may.
var ErrPrints = errors.New("store: too many papers wait for the printer")

// MaxPrints is how many papers of the desk may wait for the printer.
const MaxPrints = 60

// PrintKind is which paper of the desk it is.
type PrintKind string

// The papers of the desk. None but PrintReprint and PrintTicket names an applicant.
const (
	PrintTrust    PrintKind = "trust"    // the sheet about trust
	PrintClosing  PrintKind = "closing"  // the closing sheet of the newest day
	PrintForm     PrintKind = "form"     // the blank paper form
	PrintGuardian PrintKind = "guardian" // the sheet that a guardian signs, blank
	PrintSlip     PrintKind = "slip"     // of a number of the queue
	PrintReprint  PrintKind = "reprint"  // a sheet once more
	PrintTicket   PrintKind = "ticket"   // an admission ticket
)

// Personal reports whether the paper is somebody's: it must not come out when
// nobody stands there for it.
func (k PrintKind) Personal() bool { return k == PrintReprint || k == PrintTicket }

// PrintState is how far a paper has come.
type PrintState string

// The states. What has come out is in the list no more. A power cut makes
// PrintBegun a PrintUnsure, and stops what is Personal.
const (
	PrintWaiting PrintState = "waiting"
	PrintBegun   PrintState = "begun"   // in the printer's hands
	PrintStopped PrintState = "stopped" // certainly not on paper; it waits for a clerk
	PrintUnsure  PrintState = "unsure"  // nobody knows whether it is on paper
)

// Print is a paper of the desk that was promised and is not out yet. It names no
// applicant.
type Print struct {
	ID       uint64        `cbor:"id"` // in the order in which they were asked for
	Kind     PrintKind     `cbor:"kind"`
	State    PrintState    `cbor:"state"`
	Why      string        `cbor:"why,omitempty"` // of PrintStopped and of a waiting one: a need of the printer or one of the box's words
	At       protocol.Time `cbor:"at"`
	By       DayAct        `cbor:"by"`               // who asked; no Account: the box itself, or somebody at its screen
	Label    string        `cbor:"label,omitempty"`  // of a slip: the number
	Token    *QueueKey     `cbor:"token,omitempty"`  // of a slip
	Sequence uint64        `cbor:"seq,omitempty"`    // of a reprint: the confirmation
	Record   protocol.ID   `cbor:"record,omitzero"`  // … its id; of a ticket: under what its copies are logged
	Reason   string        `cbor:"reason,omitempty"` // … why

	Application string  `cbor:"application,omitempty"` // of a ticket: id
	Head        *DayAct `cbor:"head,omitempty"`        // … who signed beside; nil: nobody
}

func printKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

// AddPrint puts a paper behind those that wait: durable when it returns nil.
// Errors: ErrPrints, ErrFull, ErrBroken.
func (s *Store) AddPrint(p Print) (Print, error) {
	p.State, p.Why = PrintWaiting, ""
	err := s.update(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketPrints)
		n := 0
		c := b.Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			n++
		}
		if n >= MaxPrints {
			return ErrPrints
		}
		var err error
		if p.ID, err = b.NextSequence(); err != nil {
			return err
		}
		return put(tx, bucketPrints, printKey(p.ID), p)
	})
	return p, err
}

// Prints lists the papers that are not out, in the order in which they were
// asked for.
func (s *Store) Prints() (all []Print, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketPrints).Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			var p Print
			if _, err := get(tx, bucketPrints, k, &p); err != nil {
				return err
			}
			all = append(all, p)
		}
		return nil
	})
	return all, err
}

// SetPrint says how a paper stands. Errors: ErrNotFound.
func (s *Store) SetPrint(id uint64, state PrintState, why string) error {
	return s.update(func(tx *bolt.Tx) error {
		var p Print
		there, err := get(tx, bucketPrints, printKey(id), &p)
		if err != nil || !there {
			return orNotFound(err)
		}
		p.State, p.Why = state, why
		return put(tx, bucketPrints, printKey(id), p)
	})
}

// DropPrint lets go of a paper that is out, or that nobody wants any more. One
// that is not there is no error.
func (s *Store) DropPrint(id uint64) error {
	return s.update(func(tx *bolt.Tx) error { return tx.Bucket(bucketPrints).Delete(printKey(id)) })
}

// ResumePrints is called once after the store was opened: what was in the
// printer's hands is unsure now, and what is somebody's waits for a clerk, with
// the word why.
func (s *Store) ResumePrints(why string) error {
	all, err := s.Prints()
	if err != nil {
		return err
	}
	for _, p := range all {
		switch {
		case p.State == PrintBegun:
			err = s.SetPrint(p.ID, PrintUnsure, why)
		case p.State == PrintWaiting && p.Kind.Personal():
			err = s.SetPrint(p.ID, PrintStopped, why)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
