package store

import (
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// confirmed is what a box knows of a confirmed application: what the hub said
// last, and over it what this box sealed since that the hub may not have heard of.
//
// The two are kept apart because they come in any order. A confirmation that waits
// is no reason to forget what stood before it, for the hub may set it aside; a word
// of the hub that was said before it came must not cover it; and a void or a card
// that the hub sets aside leaves everything as it was. The way not taken was one
// mark that the last writer overwrites: then a card that was set aside could never
// be read again, and a void of the first of two confirmations freed her of both.
type confirmed struct {
	At    protocol.Time `cbor:"at"`
	Point string        `cbor:"point"`
	Epoch uint32        `cbor:"epoch,omitempty"` // own record, if the box made it
	Seq   uint64        `cbor:"seq,omitempty"`

	Record      *protocol.ID `cbor:"record,omitempty"`      // which it is, if the hub said so or the box made it
	Provisional *protocol.ID `cbor:"provisional,omitempty"` // it is open who made that confirmation
	Again       bool         `cbor:"again,omitempty"`       // she may be confirmed anew

	None  bool   `cbor:"none,omitempty"`  // the above says nothing: not confirmed, as far as the hub said
	Own   []own  `cbor:"own,omitempty"`   // confirmations and voids of this box that are not in the hub's word, as they were sealed
	Cards []card `cbor:"cards,omitempty"` // verifications of this box that are not in it
}

// own is a confirmation or a void over what the hub said.
type own struct {
	ID    protocol.ID   `cbor:"id"`
	Epoch uint32        `cbor:"epoch"`
	Seq   uint64        `cbor:"seq"`
	At    protocol.Time `cbor:"at"`
	Point string        `cbor:"point,omitempty"`
	Void  bool          `cbor:"void,omitempty"`  // it takes back the confirmation Of
	Of    *protocol.ID  `cbor:"of,omitempty"`    // nil of one sealed before this was kept: whatever stands
	Open  bool          `cbor:"open,omitempty"`  // a confirmation on papers: who made it is open
	Taken bool          `cbor:"taken,omitempty"` // its receipt says that the hub took it
}

// card is a verification: until the hub has spoken nobody is asked for her card
// again.
type card struct {
	ID    protocol.ID  `cbor:"id"`
	Of    *protocol.ID `cbor:"of,omitempty"` // the confirmation; nil: whichever is open
	Epoch uint32       `cbor:"epoch"`
	Seq   uint64       `cbor:"seq"`
	Taken bool         `cbor:"taken,omitempty"`
}

// markOf reads all that is known of an application's confirmation.
func markOf(tx *bolt.Tx, application string) (c confirmed, err error) {
	there, err := get(tx, bucketConfirmed, []byte(application), &c)
	if !there {
		c.None = true
	}
	return c, err
}

// save writes it, or nothing where there is nothing to know.
func (c confirmed) save(tx *bolt.Tx, application string) error {
	if len(c.Own) == 0 && c.None {
		return tx.Bucket(bucketConfirmed).Delete([]byte(application))
	}
	return put(tx, bucketConfirmed, []byte(application), c)
}

// now is how it stands as far as this box knows; false is not confirmed. A void
// takes back the confirmation that it names, wherever that lies among the others.
func (c confirmed) now(tx *bolt.Tx) (confirmed, bool) {
	said := c
	said.Own = nil
	stack := []confirmed{said}
	for _, o := range c.Own {
		switch {
		case !o.Void:
			m := confirmed{At: o.At, Point: o.Point, Epoch: o.Epoch, Seq: o.Seq, Record: &o.ID}
			if o.Open {
				m.Provisional = &o.ID
			}
			stack = append(stack, m)
		case o.Of == nil:
			stack = stack[:1]
			stack[0] = confirmed{None: true}
		default:
			for i := range stack {
				if isRecord(tx, stack[i], *o.Of) {
					stack[i] = confirmed{None: true}
				}
			}
		}
	}
	for _, m := range slices.Backward(stack) {
		if m.None {
			continue
		}
		if p := m.Provisional; p != nil && slices.ContainsFunc(c.Cards, func(x card) bool { return x.Of == nil || *x.Of == *p }) {
			m.Provisional = nil
		}
		return m, true
	}
	return confirmed{None: true}, false
}

// standing gives the mark of an application as far as this box knows.
func standing(tx *bolt.Tx, application string) (confirmed, bool, error) {
	c, err := markOf(tx, application)
	if err != nil {
		return c, false, err
	}
	c, there := c.now(tx)
	return c, there, nil
}

// markConfirmed notes what a record that is sealed here makes of an application's
// confirmation.
func markConfirmed(tx *bolt.Tx, m protocol.Manifest, point string, mark copyMark) error {
	c, err := markOf(tx, mark.Application)
	if err != nil {
		return err
	}
	o := own{ID: m.ID, Epoch: m.Epoch, Seq: m.Sequence, At: mark.At}
	if slices.ContainsFunc(c.Own, func(x own) bool { return x.ID == m.ID }) {
		return nil // built again a second time
	}
	switch m.Kind {
	case protocol.RecordConfirmation:
		o.Point = point
	case protocol.RecordVoid:
		if _, there := c.now(tx); !there {
			return nil
		}
		o.Void, o.Of = true, mark.Of
	case protocol.RecordVerification:
		if _, there := c.now(tx); !there || slices.ContainsFunc(c.Cards, func(x card) bool { return x.ID == m.ID }) {
			return nil
		}
		c.Cards = append(c.Cards, card{ID: m.ID, Of: mark.Of, Epoch: m.Epoch, Seq: m.Sequence})
		return c.save(tx, mark.Application)
	default:
		return nil
	}
	c.Own = append(c.Own, o)
	return c.save(tx, mark.Application)
}

// isRecord reports whether a mark is that of a record.
func isRecord(tx *bolt.Tx, c confirmed, id protocol.ID) bool {
	if c.Record != nil {
		return *c.Record == id
	}
	var r record
	if there, err := get(tx, bucketRecords, recordKey(c.Epoch, c.Seq), &r); err != nil || !there {
		return false
	}
	m, _, err := protocol.ParseEnvelope(r.Envelope)
	return err == nil && m.ID == id
}

// settleMark takes the hub's receipt of a record of this box: what it set aside
// never was. What it took stays over its word until that knows of it: an older word
// may still be on its way.
func settleMark(tx *bolt.Tx, application string, epoch uint32, seq uint64, taken bool) error {
	c, err := markOf(tx, application)
	if err != nil {
		return err
	}
	for i := range c.Cards {
		if x := &c.Cards[i]; x.Epoch == epoch && x.Seq == seq {
			if x.Taken = true; !taken {
				c.Cards = slices.Delete(c.Cards, i, i+1)
			}
			return c.save(tx, application)
		}
	}
	for i := range c.Own {
		if o := &c.Own[i]; o.Epoch == epoch && o.Seq == seq {
			if o.Taken = true; !taken {
				c.Own = slices.Delete(c.Own, i, i+1)
			}
			return c.save(tx, application)
		}
	}
	if !taken && !c.None && c.Epoch == epoch && c.Seq == seq { // sealed before this was kept
		c = confirmed{None: true, Own: c.Own}
		return c.save(tx, application)
	}
	return nil
}

// applyConfirmed takes the hub's word about an application. What this box sealed
// and the hub had taken when it said so is in that word; what it had not stays over
// it. A hub of an earlier version does not say what it had.
func applyConfirmed(tx *bolt.Tx, m protocol.ConfirmedMark) error {
	if m.Application == "" {
		return fmt.Errorf("%w: confirmed mark", protocol.ErrMalformed)
	}
	c, err := markOf(tx, m.Application)
	if err != nil {
		return err
	}
	knows := func(id protocol.ID, taken bool) bool {
		return slices.Contains(m.Knows, id) || len(m.Knows) == 0 && taken
	}
	if m.Voided && c.waits(tx, m.Knows) {
		return nil // its own record, which the hub has not heard of, is another one
	}
	said := confirmed{At: m.At, Point: m.Point, Epoch: c.Epoch, Seq: c.Seq, Record: m.Record, Provisional: m.Provisional, Again: m.Again}
	if m.Record != nil && !isRecord(tx, c, *m.Record) {
		said.Epoch, said.Seq = 0, 0
	}
	for _, o := range c.Own {
		switch {
		case !knows(o.ID, o.Taken):
			said.Own = append(said.Own, o)
		case !o.Void && (m.Record == nil || *m.Record == o.ID):
			said.Epoch, said.Seq = o.Epoch, o.Seq
		}
	}
	said.Cards = slices.DeleteFunc(c.Cards, func(x card) bool { return knows(x.ID, x.Taken) })
	if m.Voided {
		said = confirmed{None: true, Own: said.Own, Cards: said.Cards}
	}
	return said.save(tx, m.Application)
}

// waits reports whether what stands as the hub's word is a record of this box that
// was sealed before the two were kept apart, waits, and is not known there.
func (c confirmed) waits(tx *bolt.Tx, known []protocol.ID) bool {
	if c.None || c.Seq == 0 || tx.Bucket(bucketOutbox).Get(recordKey(c.Epoch, c.Seq)) == nil {
		return false
	}
	return !slices.ContainsFunc(known, func(id protocol.ID) bool { return isRecord(tx, c, id) })
}

// MarkProvisional notes of a confirmation that this box has just made on papers
// that it is open who made it, so that her card may be read here before the hub
// has said so.
func (s *Store) MarkProvisional(application string, record protocol.ID) error {
	return s.update(func(tx *bolt.Tx) error {
		c, err := markOf(tx, application)
		if err != nil {
			return err
		}
		for i := range c.Own {
			if c.Own[i].ID == record {
				c.Own[i].Open = true
			}
		}
		if !c.None && len(c.Own) == 0 && isRecord(tx, c, record) { // its receipt was quicker
			c.Provisional = &record
		}
		return c.save(tx, application)
	})
}
