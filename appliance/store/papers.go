package store

import (
	"bytes"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// ErrCopyTaken: a copy with this number lies somewhere, or may.
var ErrCopyTaken = errors.New("store: a copy with this number may lie somewhere already")

// CopyOutcome is what became of one printed copy.
type CopyOutcome string

// The outcomes. A power cut leaves CopySent: nobody knows.
const (
	CopySent       CopyOutcome = "sent"        // handed to the printer, no more
	CopyPrinted    CopyOutcome = "printed"     // the printer says that it is done
	CopyUnknown    CopyOutcome = "unknown"     // nobody can say
	CopyNotPrinted CopyOutcome = "not-printed" // certain: its number is free again
)

// Copy is one line of the log of printed copies: one try at one copy. A try
// that certainly put nothing on paper stays in the log as a line, and the next
// one has the same number. It names no person.
type Copy struct {
	Record  protocol.ID   `cbor:"record"`
	Number  int           `cbor:"number"`  // 1 is the original
	Try     int           `cbor:"try"`     // at this number, from 1
	Version protocol.Hash `cbor:"version"` // of the document: the same for every copy of a record
	Reprint bool          `cbor:"reprint,omitempty"`
	At      protocol.Time `cbor:"at"`
	Outcome CopyOutcome   `cbor:"outcome"`
	Word    CopyWord      `cbor:"word,omitempty"` // hers

	// Of a copy that was asked for at the desk: why, by whom, and who signed beside.
	Reason string  `cbor:"reason,omitempty"`
	By     *DayAct `cbor:"by,omitempty"`
	Head   *DayAct `cbor:"head,omitempty"`
}

// CopyWord is what she said of a copy.
type CopyWord string

// Her words.
const (
	WordNone   CopyWord = ""     // she was not asked, or left
	WordInHand CopyWord = "have" // it is in her hand
	WordHasNot CopyWord = "none" // it did not come out, or is not clear
)

func copyKey(record protocol.ID, number, try int) []byte {
	return fmt.Appendf(nil, "%s/%03d/%03d", record, number, try)
}

// BeginCopy writes a copy into the log as sent, before anything is sent: a
// sheet that lies somewhere is always accounted for. It gives the copy with its
// Try. It is durable when it returns nil. Errors: ErrCopyTaken, ErrBroken,
// ErrFull.
func (s *Store) BeginCopy(c Copy) (Copy, error) {
	c.Outcome, c.Word = CopySent, WordNone
	err := s.update(func(tx *bolt.Tx) error {
		last, there, err := lastTry(tx, c.Record, c.Number)
		if err != nil {
			return err
		}
		if there && last.Outcome != CopyNotPrinted {
			return ErrCopyTaken
		}
		c.Try = last.Try + 1
		return put(tx, bucketCopies, copyKey(c.Record, c.Number, c.Try), c)
	})
	return c, err
}

// EndCopy writes what became of a copy that was begun. Errors: ErrNotFound,
// ErrBroken.
func (s *Store) EndCopy(c Copy, o CopyOutcome) error {
	return s.update(func(tx *bolt.Tx) error {
		var line Copy
		there, err := get(tx, bucketCopies, copyKey(c.Record, c.Number, c.Try), &line)
		if err != nil {
			return err
		}
		if !there {
			return ErrNotFound
		}
		line.Outcome = o
		return put(tx, bucketCopies, copyKey(c.Record, c.Number, c.Try), line)
	})
}

// NoteWord writes what she said of a copy: of the last try at it. Errors:
// ErrNotFound, ErrBroken.
func (s *Store) NoteWord(record protocol.ID, number int, w CopyWord) error {
	return s.update(func(tx *bolt.Tx) error {
		c, there, err := lastTry(tx, record, number)
		if err != nil {
			return err
		}
		if !there {
			return ErrNotFound
		}
		c.Word = w
		return put(tx, bucketCopies, copyKey(record, number, c.Try), c)
	})
}

// Copies lists the copies of a record, by number and try.
func (s *Store) Copies(record protocol.ID) ([]Copy, error) {
	var out []Copy
	err := s.view(func(tx *bolt.Tx) error {
		return eachCopy(tx, fmt.Appendf(nil, "%s/", record), func(_ []byte, c Copy) error {
			out = append(out, c)
			return nil
		})
	})
	return out, err
}

// issued is the highest number of a copy that may lie somewhere.
func issued(tx *bolt.Tx, record protocol.ID) (int, error) {
	n := 0
	err := eachCopy(tx, fmt.Appendf(nil, "%s/", record), func(_ []byte, c Copy) error {
		if c.Outcome != CopyNotPrinted {
			n = max(n, c.Number)
		}
		return nil
	})
	return n, err
}

func lastTry(tx *bolt.Tx, record protocol.ID, number int) (last Copy, there bool, err error) {
	err = eachCopy(tx, fmt.Appendf(nil, "%s/%03d/", record, number), func(_ []byte, c Copy) error {
		last, there = c, true
		return nil
	})
	return last, there, err
}

// forgetCopies removes a record's lines from the log, together with the record.
func forgetCopies(tx *bolt.Tx, record protocol.ID) error {
	var keys [][]byte
	prefix := fmt.Appendf(nil, "%s/", record)
	if err := eachCopy(tx, prefix, func(k []byte, _ Copy) error { keys = append(keys, bytes.Clone(k)); return nil }); err != nil {
		return err
	}
	for _, k := range keys {
		if err := tx.Bucket(bucketCopies).Delete(k); err != nil {
			return err
		}
	}
	return nil
}

func eachCopy(tx *bolt.Tx, prefix []byte, do func(key []byte, line Copy) error) error {
	c := tx.Bucket(bucketCopies).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		var one Copy
		if _, err := get(tx, bucketCopies, k, &one); err != nil {
			return err
		}
		if err := do(k, one); err != nil {
			return err
		}
	}
	return nil
}
