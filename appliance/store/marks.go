package store

import (
	"errors"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// Memory is what the clock wants to know again after a power cut.
type Memory struct {
	LastSeen  protocol.Time `cbor:"seen"`             // now was at least this; the floor of time
	Agreed    protocol.Time `cbor:"agreed,omitempty"` // when the board's clock last agreed with the hub; 0 = never
	Tolerance uint64        `cbor:"tol,omitempty"`    // how well, in milliseconds
	Heard     protocol.Time `cbor:"heard,omitempty"`  // when the hub last answered, by its own time; 0 = never
}

// Marks says how far the box has come, as Hello and Heartbeat report it.
func (s *Store) Marks() (protocol.Marks, error) {
	var m protocol.Marks
	err := s.view(func(tx *bolt.Tx) error {
		if _, err := get(tx, bucketMeta, []byte(metaRoster), &m.Roster); err != nil {
			return err
		}
		var c Campaign
		if _, err := get(tx, bucketMeta, []byte(metaCampaign), &c); err != nil {
			return err
		}
		m.Campaign = c.Version
		var k keptStaff
		if _, err := get(tx, bucketMeta, []byte(metaStaff), &k); err != nil {
			return err
		}
		if m.Staff = k.Mark; k.Point != c.Point.Code {
			m.Staff = 0 // the box was moved: these work elsewhere
		}
		t, err := ticketLists(tx)
		if err != nil {
			return err
		}
		m.Tickets, m.Coming, m.ComingPage = t.Held.Mark, t.Coming.Mark, t.Coming.Page
		_, err = get(tx, bucketMeta, []byte(metaCheckpoint), &m.Checkpoint)
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.checkpoint.Number > m.Checkpoint.Number {
		m.Checkpoint = s.checkpoint
	}
	return m, err
}

// Backwards says that a checkpoint of the hub's journal lies behind, or beside,
// one seen before: its tail was cut off or rewritten (demand S31).
type Backwards struct{ Seen, Now protocol.Checkpoint }

// SeeCheckpoint remembers the newest checkpoint of the hub's journal; it becomes
// durable with the next receipts, roster page or memory of the clock. A smaller number, or the same number with another hash, is returned as
// Backwards and not remembered.
func (s *Store) SeeCheckpoint(c protocol.Checkpoint) (*Backwards, error) {
	if c.Number == 0 {
		return nil, nil
	}
	m, err := s.Marks()
	if err != nil {
		return nil, err
	}
	seen := m.Checkpoint
	switch {
	case c.Number < seen.Number, c.Number == seen.Number && c.Hash != seen.Hash:
		return &Backwards{seen, c}, nil
	case c.Number == seen.Number:
		return nil, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checkpoint = c
	return nil, nil
}

// keepCheckpoint writes the newest checkpoint inside a transaction that is made
// anyway: one a second of its own would wear the card out.
func (s *Store) keepCheckpoint(tx *bolt.Tx) error {
	s.mu.Lock()
	c := s.checkpoint
	s.mu.Unlock()
	if c.Number == 0 {
		return nil
	}
	return put(tx, bucketMeta, []byte(metaCheckpoint), c)
}

// State is what the hub last said about this box; active before it said anything.
func (s *Store) State() (protocol.BoxState, error) {
	state := protocol.BoxActive
	err := s.getMeta(metaState, &state)
	return state, err
}

// SaveState remembers what the hub said, so that a frozen box stays frozen
// through a power cut.
func (s *Store) SaveState(state protocol.BoxState) error { return s.putMeta(metaState, state) }

// Memory gives the clock's memory; zero in a new store.
func (s *Store) Memory() (Memory, error) {
	var m Memory
	err := s.getMeta(metaTime, &m)
	return m, err
}

// SaveMemory keeps the clock's memory.
func (s *Store) SaveMemory(m Memory) error {
	return s.update(func(tx *bolt.Tx) error {
		return errors.Join(s.keepCheckpoint(tx), put(tx, bucketMeta, []byte(metaTime), m))
	})
}

// Unsure reports whether the head of the chain must be compared with the hub's
// before anything is sealed: the database was built again and had a hole.
func (s *Store) Unsure() (bool, error) {
	gap := false
	err := s.getMeta(metaGap, &gap)
	return gap, err
}

// Sure ends Unsure: the hub holds nothing beyond the head.
func (s *Store) Sure() error { return s.putMeta(metaGap, false) }

func (s *Store) countBoot() error {
	if err := s.getMeta(metaBoot, &s.boot); err != nil {
		return err
	}
	s.boot++
	return s.putMeta(metaBoot, s.boot)
}

func (s *Store) getMeta(name string, v any) error {
	return s.view(func(tx *bolt.Tx) error {
		_, err := get(tx, bucketMeta, []byte(name), v)
		return err
	})
}

func (s *Store) putMeta(name string, v any) error {
	return s.update(func(tx *bolt.Tx) error { return put(tx, bucketMeta, []byte(name), v) })
}
