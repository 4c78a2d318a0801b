package store

import (
	"bytes"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// Entry is one record that waits for its receipt.
type Entry struct {
	Sequence uint64
	ID       protocol.ID
	Hash     protocol.Hash // of the envelope
	At       protocol.Time // when it was sealed
	Size     uint64        // bytes of the whole record; 0 of one of an earlier version
}

// Outbox is where the outbox stands, for Hello, Heartbeat and the screen.
type Outbox struct {
	Waiting     uint64
	Bytes       uint64        // of the waiting records, blobs and all
	Oldest      protocol.Time // when the oldest waiting entry was sealed; 0 = none
	Receipted   uint64        // every sequence up to here has ended
	Quarantined uint64
}

// Aside is one entry the hub refused, with its reason.
type Aside struct {
	Sequence uint64
	ID       protocol.ID
	Reason   protocol.Reason
	At       protocol.Time
}

// Settled is what one receipt did.
type Settled struct {
	Receipt protocol.Receipt
	Ended   bool // the entry left the outbox, or what was set aside, with this receipt
	Foreign bool // no entry of ours has this sequence, id and hash: ignored
}

// Pending gives waiting entries beyond sequence after, in order, at most limit.
func (s *Store) Pending(after uint64, limit int) ([]Entry, error) {
	id, err := s.Identity()
	if err != nil {
		return nil, err
	}
	var out []Entry
	err = s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketOutbox).Cursor()
		for k, _ := c.Seek(recordKey(id.Grant.Epoch, after+1)); k != nil && len(out) < limit; k, _ = c.Next() {
			epoch, seq, ok := parseRecordKey(k)
			if !ok || epoch != id.Grant.Epoch {
				return nil
			}
			var w waiting
			if _, err := get(tx, bucketOutbox, k, &w); err != nil {
				return err
			}
			out = append(out, Entry{seq, w.ID, w.Hash, w.At, w.Size})
		}
		return nil
	})
	return out, err
}

// Outbox says where the outbox of the present epoch stands.
func (s *Store) Outbox() (Outbox, error) {
	id, err := s.Identity()
	if err != nil {
		return Outbox{}, err
	}
	var o Outbox
	err = s.view(func(tx *bolt.Tx) error {
		var h head
		if _, err := get(tx, bucketMeta, headKey(id.Grant.Epoch), &h); err != nil {
			return err
		}
		o = Outbox{Receipted: h.Sequence}
		if err := o.tallied(tx, id.Grant.Epoch); err != nil {
			return err
		}
		// These are few, or the hub has somebody look: they are walked over.
		prefix := recordKey(id.Grant.Epoch, 0)[:4]
		c := tx.Bucket(bucketQuarantine).Cursor()
		for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			o.Quarantined++
		}
		return nil
	})
	return o, err
}

// Settle takes receipts that the caller has verified as the hub's. A receipt
// counts only if sequence, id and envelope hash are those of a waiting entry, or
// of one that was set aside and that two persons of an office have decided about
// since; anything else changes nothing. One transaction for all; none when there
// is nothing to change.
func (s *Store) Settle(receipts []protocol.Receipt) ([]Settled, error) {
	id, err := s.Identity()
	if err != nil {
		return nil, err
	}
	out := make([]Settled, len(receipts))
	any := false
	err = s.view(func(tx *bolt.Tx) (err error) {
		for i := 0; i < len(receipts) && err == nil && !any; i++ {
			out[i], err = match(tx, id.Grant.Epoch, receipts[i])
			any = out[i].Ended
		}
		return err
	})
	if err != nil || !any {
		return out, err
	}
	var unreadable []protocol.ID
	err = s.update(func(tx *bolt.Tx) error {
		unreadable = unreadable[:0] // for want of room this runs twice
		var left tally
		for i, r := range receipts {
			var err error
			// Once more inside the transaction: the same receipt may stand
			// twice in one batch.
			if out[i], err = match(tx, id.Grant.Epoch, r); err != nil {
				return err
			}
			if out[i].Ended {
				gone, err := end(tx, id.Grant.Epoch, id.Grant.Point.Code, r, &left)
				if err != nil {
					return err
				}
				unreadable = append(unreadable, gone)
			}
		}
		if err := count(tx, id.Grant.Epoch, -int64(left.Records), -int64(left.Bytes)); err != nil {
			return err
		}
		return s.keepCheckpoint(tx)
	})
	if err == nil {
		s.dropReadable(unreadable)
	}
	return out, err
}

// match compares a receipt with what the box holds.
func match(tx *bolt.Tx, epoch uint32, r protocol.Receipt) (Settled, error) {
	out := Settled{Receipt: r}
	key := recordKey(epoch, r.Sequence)
	var w waiting
	there, err := get(tx, bucketOutbox, key, &w)
	if err != nil {
		return out, err
	}
	if there {
		same := w.ID == r.Record && w.Hash == r.Envelope
		out.Ended = same && (r.Outcome == protocol.Accepted || r.Outcome == protocol.Quarantined)
		out.Foreign = !same
		return out, nil
	}
	var a aside
	if there, err = get(tx, bucketQuarantine, key, &a); err != nil {
		return out, err
	}
	if there {
		same := a.ID == r.Record && a.Hash == r.Envelope
		out.Ended = same && (r.Outcome == protocol.Accepted || r.Outcome == protocol.Quarantined && r.Reason != a.Reason)
		out.Foreign = !same
		return out, nil
	}
	var rec record
	there, err = get(tx, bucketRecords, key, &rec)
	// Pruned ones cannot be compared any more, and need not be.
	out.Foreign = there && protocol.HashOf(rec.Envelope) != r.Envelope
	return out, err
}

// end takes an entry out of the outbox, as left or as set aside, and ends the
// readable copy of its record, whose id it gives if there was one. What left is
// added to left.
func end(tx *bolt.Tx, epoch uint32, point string, r protocol.Receipt, left *tally) (unreadable protocol.ID, err error) {
	key := recordKey(epoch, r.Sequence)
	var rec record
	there, err := get(tx, bucketRecords, key, &rec)
	if err != nil {
		return unreadable, err
	}
	if r.Outcome == protocol.Quarantined {
		if err := put(tx, bucketQuarantine, key, aside{r.Record, r.Envelope, r.Reason, r.At}); err != nil {
			return unreadable, err
		}
	}
	if there {
		if err := settleMark(tx, rec.Application, epoch, r.Sequence, r.Outcome == protocol.Accepted); err != nil {
			return unreadable, err
		}
	}
	if r.Outcome == protocol.Accepted {
		if err := afterAll(tx, key, rec, there, point); err != nil {
			return unreadable, err
		}
	}
	if there && r.Outcome == protocol.Accepted {
		if err := draftDelivered(tx, rec); err != nil {
			return unreadable, err
		}
	}
	if there {
		rec.Left = max(r.At, 1)
		if err := put(tx, bucketRecords, key, rec); err != nil {
			return unreadable, err
		}
	}
	if unreadable, err = endReadable(tx, key); err != nil {
		return unreadable, err
	}
	return unreadable, dequeue(tx, key, left)
}

// afterAll takes an entry out of what was set aside: two persons of an office took
// the record although a rule refused it. A confirmation counts again, unless
// another one has taken its place meanwhile; what else a record changed comes by
// the roster, as every change at the hub does.
func afterAll(tx *bolt.Tx, key []byte, rec record, there bool, point string) error {
	if set, err := get(tx, bucketQuarantine, key, nil); err != nil || !set {
		return err
	}
	if err := tx.Bucket(bucketQuarantine).Delete(key); err != nil || !there {
		return err // pruned: the roster tells whose it was
	}
	m, _, err := protocol.ParseEnvelope(rec.Envelope)
	if err != nil {
		return fmt.Errorf("%w: envelope", ErrDamaged)
	}
	if m.Kind != protocol.RecordConfirmation {
		return nil
	}
	c, err := markOf(tx, rec.Application)
	if _, marked := c.now(tx); err != nil || marked || len(c.Own) > 0 { // the roster says what became of the two
		return err
	}
	return put(tx, bucketConfirmed, []byte(rec.Application), confirmed{At: rec.At, Point: point, Epoch: m.Epoch, Seq: m.Sequence})
}

// Quarantine lists what the hub set aside in the present epoch.
func (s *Store) Quarantine() ([]Aside, error) {
	id, err := s.Identity()
	if err != nil {
		return nil, err
	}
	var out []Aside
	err = s.view(func(tx *bolt.Tx) error {
		prefix := recordKey(id.Grant.Epoch, 0)[:4]
		c := tx.Bucket(bucketQuarantine).Cursor()
		for k, _ := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			var a aside
			if _, err := get(tx, bucketQuarantine, k, &a); err != nil {
				return err
			}
			_, seq, _ := parseRecordKey(k)
			out = append(out, Aside{seq, a.ID, a.Reason, a.At})
		}
		return nil
	})
	return out, err
}
