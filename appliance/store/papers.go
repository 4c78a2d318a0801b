package store

import (
	"bytes"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// CopyOutcome is what became of one printed copy.
type CopyOutcome string

// The outcomes. A power cut leaves CopySent: nobody knows.
const (
	CopySent       CopyOutcome = "sent"        // handed to the printer, no more
	CopyPrinted    CopyOutcome = "printed"     // the printer says that it is done
	CopyUnknown    CopyOutcome = "unknown"     // nobody can say
	CopyNotPrinted CopyOutcome = "not-printed" // certain
)

// Copy is one line of the log of printed copies. It names no person.
type Copy struct {
	Record  protocol.ID   `cbor:"record"`
	Number  int           `cbor:"number"`  // 1 is the original
	Version protocol.Hash `cbor:"version"` // of the document: the same for every copy of a record
	Reprint bool          `cbor:"reprint,omitempty"`
	At      protocol.Time `cbor:"at"`
	Outcome CopyOutcome   `cbor:"outcome"`
	Word    CopyWord      `cbor:"word,omitempty"` // hers
}

// CopyWord is what she said of a copy.
type CopyWord string

// Her words.
const (
	WordNone   CopyWord = ""     // she was not asked, or left
	WordInHand CopyWord = "have" // it is in her hand
	WordHasNot CopyWord = "none" // it did not come out, or is not clear
)

func copyKey(record protocol.ID, number int) []byte {
	return fmt.Appendf(nil, "%s/%03d", record, number)
}

// NoteCopy writes a copy into the log; the same copy again replaces its line,
// but for a word that was given. It is durable when it returns nil. Errors:
// ErrBroken, ErrFull.
func (s *Store) NoteCopy(c Copy) error {
	return s.update(func(tx *bolt.Tx) error {
		var old Copy
		there, err := get(tx, bucketCopies, copyKey(c.Record, c.Number), &old)
		if err != nil {
			return err
		}
		if there && c.Word == WordNone {
			c.Word = old.Word
		}
		return put(tx, bucketCopies, copyKey(c.Record, c.Number), c)
	})
}

// NoteWord writes what she said of a copy. Errors: ErrNotFound, ErrBroken.
func (s *Store) NoteWord(record protocol.ID, number int, w CopyWord) error {
	return s.update(func(tx *bolt.Tx) error {
		var c Copy
		there, err := get(tx, bucketCopies, copyKey(record, number), &c)
		if err != nil {
			return err
		}
		if !there {
			return ErrNotFound
		}
		c.Word = w
		return put(tx, bucketCopies, copyKey(record, number), c)
	})
}

// Copies lists the copies of a record, by number.
func (s *Store) Copies(record protocol.ID) ([]Copy, error) {
	var out []Copy
	err := s.view(func(tx *bolt.Tx) error {
		return eachCopy(tx, record, func(k []byte) error {
			var one Copy
			_, err := get(tx, bucketCopies, k, &one)
			out = append(out, one)
			return err
		})
	})
	return out, err
}

// forgetCopies removes a record's lines from the log, together with the record.
func forgetCopies(tx *bolt.Tx, record protocol.ID) error {
	var keys [][]byte
	if err := eachCopy(tx, record, func(k []byte) error { keys = append(keys, bytes.Clone(k)); return nil }); err != nil {
		return err
	}
	for _, k := range keys {
		if err := tx.Bucket(bucketCopies).Delete(k); err != nil {
			return err
		}
	}
	return nil
}

func eachCopy(tx *bolt.Tx, record protocol.ID, do func(key []byte) error) error {
	prefix := fmt.Appendf(nil, "%s/", record)
	c := tx.Bucket(bucketCopies).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		if err := do(k); err != nil {
			return err
		}
	}
	return nil
}
