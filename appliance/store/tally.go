package store

import (
	"encoding/binary"

	bolt "go.etcd.io/bbolt"
)

// tally is what the outbox of one epoch holds. It is kept beside it, in the
// transaction that puts an entry there or takes it away: the screen, the desk
// and each heartbeat ask for it, and after two weeks without the hub a walk
// over thousands of entries at every touch would be what she waits for.
type tally struct {
	Records uint64 `cbor:"records"`
	Bytes   uint64 `cbor:"bytes"` // of the whole records, as they go to the hub
}

func tallyKey(epoch uint32) []byte { return binary.BigEndian.AppendUint32(nil, epoch) }

// enqueue puts a record into the outbox and counts it. When a database is built
// again a second time, the record may be there already.
func enqueue(tx *bolt.Tx, key []byte, epoch uint32, w waiting) error {
	if tx.Bucket(bucketOutbox).Get(key) == nil {
		if err := count(tx, epoch, 1, int64(w.Size)); err != nil {
			return err
		}
	}
	return put(tx, bucketOutbox, key, w)
}

// dequeue takes an entry out of the outbox, if it is there, and adds it to what
// left: the caller counts it out.
func dequeue(tx *bolt.Tx, key []byte, left *tally) error {
	var w waiting
	there, err := get(tx, bucketOutbox, key, &w)
	if err != nil || !there {
		return err
	}
	left.Records, left.Bytes = left.Records+1, left.Bytes+w.Size
	return tx.Bucket(bucketOutbox).Delete(key)
}

// count changes a tally. A tally that is too small stays at nothing: no receipt
// is refused for it, and the next Open counts anew.
func count(tx *bolt.Tx, epoch uint32, records, bytes int64) error {
	var t tally
	if _, err := get(tx, bucketTally, tallyKey(epoch), &t); err != nil {
		return err
	}
	t.Records, t.Bytes = moved(t.Records, records), moved(t.Bytes, bytes)
	return put(tx, bucketTally, tallyKey(epoch), t)
}

func moved(n uint64, by int64) uint64 { return uint64(max(0, int64(n)+by)) }

// walkOutbox counts every entry there is, by epoch.
func walkOutbox(tx *bolt.Tx) (map[uint32]tally, error) {
	out := map[uint32]tally{}
	err := tx.Bucket(bucketOutbox).ForEach(func(k, _ []byte) error {
		epoch, _, ok := parseRecordKey(k)
		if !ok {
			return damaged("an outbox entry lies under no key of a record")
		}
		var w waiting
		if _, err := get(tx, bucketOutbox, k, &w); err != nil {
			return err
		}
		t := out[epoch]
		t.Records++
		t.Bytes += w.Size
		out[epoch] = t
		return nil
	})
	return out, err
}

// miscounted lists the epochs whose tally is not what the walk finds.
func miscounted(tx *bolt.Tx, walked map[uint32]tally) (out []uint32, err error) {
	seen := map[uint32]bool{}
	err = tx.Bucket(bucketTally).ForEach(func(k, _ []byte) error {
		if len(k) != 4 {
			return damaged("a tally lies under no epoch")
		}
		epoch := binary.BigEndian.Uint32(k)
		seen[epoch] = true
		var t tally
		if _, err := get(tx, bucketTally, k, &t); err != nil {
			return err
		}
		if t != walked[epoch] {
			out = append(out, epoch)
		}
		return nil
	})
	for epoch := range walked {
		if !seen[epoch] {
			out = append(out, epoch)
		}
	}
	return out, err
}

// recount walks the outbox once, at Open, and mends tallies that are wrong: of a
// store that an earlier version made, which kept none.
func (s *Store) recount() error {
	var walked map[uint32]tally
	var wrong []uint32
	err := s.view(func(tx *bolt.Tx) (err error) {
		if walked, err = walkOutbox(tx); err == nil {
			wrong, err = miscounted(tx, walked)
		}
		return err
	})
	if err != nil || len(wrong) == 0 {
		return err
	}
	s.report.Recounted = true
	s.opt.Log.Warn("what waits for the hub was counted anew", "records", walked[wrong[0]].Records)
	return s.update(func(tx *bolt.Tx) error {
		for _, epoch := range wrong {
			if err := put(tx, bucketTally, tallyKey(epoch), walked[epoch]); err != nil {
				return err
			}
		}
		return nil
	})
}

// tallied fills in what an Outbox says of the entries that wait.
func (o *Outbox) tallied(tx *bolt.Tx, epoch uint32) error {
	var t tally
	if _, err := get(tx, bucketTally, tallyKey(epoch), &t); err != nil {
		return err
	}
	o.Waiting, o.Bytes = t.Records, t.Bytes
	k, _ := tx.Bucket(bucketOutbox).Cursor().Seek(recordKey(epoch, 0))
	if at, seq, ok := parseRecordKey(k); ok && at == epoch {
		var w waiting
		if _, err := get(tx, bucketOutbox, k, &w); err != nil {
			return err
		}
		o.Oldest, o.Receipted = w.At, seq-1
	}
	return nil
}
