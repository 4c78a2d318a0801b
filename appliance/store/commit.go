package store

import (
	"bytes"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// labelCopy binds the sealed part of a copy to its use.
const labelCopy = "zhunkao record copy 1"

// recordCopy is one frame in records/: what a lost database is built again from.
type recordCopy struct {
	Envelope []byte `cbor:"envelope"`
	Body     []byte `cbor:"body"`
	Mark     []byte `cbor:"mark"` // copyMark, wrapped by the keystore
}

type copyMark struct {
	Application string        `cbor:"application"`
	At          protocol.Time `cbor:"at"`
	Of          *protocol.ID  `cbor:"of,omitempty"` // the confirmation that a void takes back or a card is for
}

// Commit makes a sealed record durable: when it returns nil, and only then,
// 已受理 may be shown. One transaction holds the record, its outbox entry, the
// new head of the chain and the confirmed mark of application; at is when the box
// believes it was sealed.
//
// Refusals, after which nothing has changed: ErrHeadMoved, ErrConfirmed,
// ErrIncomplete (a blob was not put before), ErrFull, and what rec.Proved finds.
// After ErrBroken nothing is known: open the store again and look.
func (s *Store) Commit(rec protocol.Record, application string, at protocol.Time) error {
	return s.commit(rec, copyMark{Application: application, At: at}, nil)
}

// commit is Commit with something more in the same transaction.
func (s *Store) commit(rec protocol.Record, mark copyMark, more func(*bolt.Tx) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	id, err := s.Identity()
	if err != nil {
		return err
	}
	m := rec.Manifest
	if m.Box != id.Box() || m.Epoch != id.Grant.Epoch {
		return protocol.ErrWrongBox
	}
	if !m.Body.Matches(rec.Body) {
		return protocol.ErrHash
	}
	for _, p := range m.Blobs {
		if err := s.hasPart(p); err != nil {
			return err
		}
	}
	copied := make(chan error, 1)
	begun := false
	err = s.update(func(tx *bolt.Tx) error {
		if err := continues(tx, m, mark.Application); err != nil {
			return err
		}
		if err := insert(tx, rec, id.Grant.Point.Code, mark); err != nil {
			return err
		}
		if more != nil {
			if err := more(tx); err != nil {
				return err
			}
		}
		if err := rec.Proved(); err != nil {
			return err
		}
		// From here on only the disk can refuse, so a refused record leaves no
		// copy. For want of room this runs twice; the copy is written once.
		if !begun {
			begun = true
			go func() { copied <- s.writeCopy(rec, mark) }()
		}
		return nil
	})
	if !begun {
		return err
	}
	if cerr := <-copied; cerr != nil {
		if !isFull(cerr) {
			return s.fail(cerr)
		}
		// The record is in and its copy is not: the copy is made up for at the
		// next Open. Better one leg than turning her away.
		s.opt.Log.Warn("no room for the copy of a record", "record", m.ID.String(), "err", cerr)
	}
	return err
}

// continues refuses a record that is not the next one, or whose application
// has been confirmed.
func continues(tx *bolt.Tx, m protocol.Manifest, application string) error {
	var h head
	if _, err := get(tx, bucketMeta, headKey(m.Epoch), &h); err != nil {
		return err
	}
	if m.Sequence != h.Sequence+1 || m.Previous != h.Hash {
		return ErrHeadMoved
	}
	if application == "" && ofSomebody(m.Kind) {
		return fmt.Errorf("%w: no application", protocol.ErrMalformed)
	}
	if m.Kind != protocol.RecordConfirmation {
		return nil
	}
	c, there, err := standing(tx, application)
	if err == nil && there && !c.Again {
		err = ErrConfirmed
	}
	return err
}

// ofSomebody reports whether records of a kind are about one application.
func ofSomebody(k protocol.RecordKind) bool {
	return k != protocol.RecordIncident && k != protocol.RecordTraining && k != protocol.RecordOwnCard
}

// insert writes all that Commit promises. A void of what stands takes the confirmed
// mark away, so that she can confirm again at once.
func insert(tx *bolt.Tx, rec protocol.Record, point string, mark copyMark) error {
	m := rec.Manifest
	key := recordKey(m.Epoch, m.Sequence)
	hash := rec.Hash()
	return errors.Join(
		put(tx, bucketRecords, key, record{Envelope: rec.Envelope, Body: rec.Body, Application: mark.Application, At: mark.At, Of: mark.Of}),
		enqueue(tx, key, m.Epoch, waiting{m.ID, hash, mark.At, wholeSize(rec)}),
		put(tx, bucketMeta, headKey(m.Epoch), head{m.Sequence, hash}),
		markConfirmed(tx, m, point, mark),
	)
}

func (s *Store) writeCopy(rec protocol.Record, mark copyMark) error {
	plain, err := protocol.Encode(mark)
	if err != nil {
		return err
	}
	wrapped, err := s.keys.Wrap(labelCopy, plain)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return s.copies.append(rec.Hash(), recordCopy{rec.Envelope, rec.Body, wrapped})
}

// Head is the end of the chain of the present epoch: the last sequence (0 when
// there is none) and the hash of its envelope.
func (s *Store) Head() (seq uint64, hash protocol.Hash, err error) {
	id, err := s.Identity()
	if err != nil {
		return 0, hash, err
	}
	err = s.view(func(tx *bolt.Tx) error {
		var h head
		_, err := get(tx, bucketMeta, headKey(id.Grant.Epoch), &h)
		seq, hash = h.Sequence, h.Hash
		return err
	})
	return seq, hash, err
}

// Record gives one record of the present epoch. ErrNotFound when it was never
// made or is pruned.
func (s *Store) Record(seq uint64) (protocol.Record, error) {
	id, err := s.Identity()
	if err != nil {
		return protocol.Record{}, err
	}
	var r record
	err = s.view(func(tx *bolt.Tx) error {
		there, err := get(tx, bucketRecords, recordKey(id.Grant.Epoch, seq), &r)
		if err == nil && !there {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return protocol.Record{}, err
	}
	return r.parse()
}

func (r record) parse() (protocol.Record, error) {
	m, _, err := protocol.ParseEnvelope(r.Envelope)
	if err != nil {
		return protocol.Record{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return protocol.Record{Manifest: m, Envelope: r.Envelope, Body: r.Body}, nil
}

// SequenceOf finds a record of the present epoch by its id. It reads every
// record kept; the link asks only when the hub wants a part of one that was
// sent in an earlier session.
func (s *Store) SequenceOf(id protocol.ID) (uint64, error) {
	own, err := s.Identity()
	if err != nil {
		return 0, err
	}
	var seq uint64
	err = s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketRecords).Cursor()
		prefix := recordKey(own.Grant.Epoch, 0)[:4]
		for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			var r record
			if _, err := get(tx, bucketRecords, k, &r); err != nil {
				return err
			}
			if m, _, err := protocol.ParseEnvelope(r.Envelope); err == nil && m.ID == id {
				seq = m.Sequence
				return nil
			}
		}
		return ErrNotFound
	})
	return seq, err
}

// LeftBeyond lists, in order and at most limit, the sequences beyond after that
// the hub once receipted and that are still here: what a restored hub may lack.
func (s *Store) LeftBeyond(after uint64, limit int) ([]uint64, error) {
	own, err := s.Identity()
	if err != nil {
		return nil, err
	}
	var out []uint64
	err = s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketRecords).Cursor()
		prefix := recordKey(own.Grant.Epoch, 0)[:4]
		for k, _ := c.Seek(recordKey(own.Grant.Epoch, after+1)); k != nil && bytes.HasPrefix(k, prefix) && len(out) < limit; k, _ = c.Next() {
			if tx.Bucket(bucketOutbox).Get(k) == nil && tx.Bucket(bucketQuarantine).Get(k) == nil {
				_, seq, _ := parseRecordKey(k)
				out = append(out, seq)
			}
		}
		return nil
	})
	return out, err
}
