package store

import (
	"errors"

	bolt "go.etcd.io/bbolt"
)

// ErrDraftHeld: she whose draft it is stands at the machine.
var ErrDraftHeld = errors.New("store: she is at the machine with this draft")

// HoldDraft keeps a draft from being discarded while somebody signs it, until
// LetDraft is called as often. False: it is gone already, and nothing is held.
func (s *Store) HoldDraft(id string) (there bool, err error) {
	s.holding.Lock()
	defer s.holding.Unlock()
	err = s.view(func(tx *bolt.Tx) error {
		_, _, err := s.openDraft(tx, id)
		if there = err == nil; errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
	if there {
		s.held[id]++
	}
	return there, err
}

// LetDraft ends one HoldDraft.
func (s *Store) LetDraft(id string) {
	s.holding.Lock()
	defer s.holding.Unlock()
	if s.held[id]--; s.held[id] <= 0 {
		delete(s.held, id)
	}
}

// DiscardDraft forgets a draft that she has not confirmed. While she signs it she
// would confirm what nobody finds by her number any more, and be entered a second
// time. ErrNotFound, ErrConfirmed, ErrDraftHeld.
func (s *Store) DiscardDraft(id string) error {
	s.holding.Lock()
	defer s.holding.Unlock()
	if s.held[id] > 0 {
		return ErrDraftHeld
	}
	return s.update(func(tx *bolt.Tx) error {
		_, k, err := s.openDraft(tx, id)
		if err != nil {
			return err
		}
		if err := s.unname(tx, id, k); err != nil {
			return err
		}
		return tx.Bucket(bucketDrafts).Delete([]byte(id))
	})
}
