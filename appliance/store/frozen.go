package store

import (
	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// What the freeze rules of a box (demand X7) must know again after a power cut.

// Blocked is why the box takes nobody new, and since when by its own time.
type Blocked struct {
	Reason string        `cbor:"reason"`
	Since  protocol.Time `cbor:"since"`
}

// SaveBlocked remembers it; the zero value is a box that serves.
func (s *Store) SaveBlocked(b Blocked) error { return s.putMeta(metaBlocked, b) }

// Blocked gives what was last remembered.
func (s *Store) Blocked() (Blocked, error) {
	var b Blocked
	err := s.getMeta(metaBlocked, &b)
	return b, err
}

// Fault is one failure of the storage that the box outlived.
type Fault struct {
	At   protocol.Time `cbor:"at"`
	What string        `cbor:"what"` // FaultSync, FaultDamage
}

// What failed.
const (
	FaultSync   = "sync"   // a write did not reach the disk, and everything was opened anew
	FaultDamage = "damage" // the database was damaged, and built again
)

// mostFaults is how many failures are remembered: enough to see that they pile up.
const mostFaults = 16

// NoteFault remembers a failure.
func (s *Store) NoteFault(f Fault) error {
	return s.update(func(tx *bolt.Tx) error {
		var all []Fault
		if _, err := get(tx, bucketMeta, []byte(metaFaults), &all); err != nil {
			return err
		}
		all = append(all, f)
		return put(tx, bucketMeta, []byte(metaFaults), all[max(0, len(all)-mostFaults):])
	})
}

// Faults gives the failures remembered, the newest last.
func (s *Store) Faults() ([]Fault, error) {
	var all []Fault
	err := s.getMeta(metaFaults, &all)
	return all, err
}

// Looked says that two persons have looked at an opened case and found it whole.
type Looked struct {
	Contact string        `cbor:"contact"`
	Count   uint64        `cbor:"count"` // openings that they knew of
	At      protocol.Time `cbor:"at"`
	Clerk   string        `cbor:"clerk"` // accounts
	Head    string        `cbor:"head"`
}

// SaveLooked makes it durable.
func (s *Store) SaveLooked(l Looked) error { return s.putMeta(metaLooked+l.Contact, l) }

// Looked gives when a contact was last looked at; zero if never.
func (s *Store) Looked(contact string) (Looked, error) {
	var l Looked
	err := s.getMeta(metaLooked+contact, &l)
	return l, err
}

// wholeSize is a record's size on the way to the hub, in bytes.
func wholeSize(rec protocol.Record) uint64 {
	n := uint64(len(rec.Envelope)) + uint64(len(rec.Body))
	for _, p := range rec.Manifest.Blobs {
		n += p.Size
	}
	return n
}
