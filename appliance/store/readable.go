package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
	"zhunkao/protocol/form"
)

// labelReadable binds the wrapped key of a readable copy to its use and record.
const labelReadable = "zhunkao readable copy 1 "

// readableDir holds the ciphertexts, named by record id.
const readableDir = "readable"

// Readable is the readable copy of a record (design, section 2 "Custody"): what
// its sheet is made of, for as long as the hub has not receipted the record.
type Readable struct {
	Application form.Application      `cbor:"application"` // as signed
	Settled     []protocol.Settlement `cbor:"settled,omitempty"`
	Undecidable bool                  `cbor:"undecidable,omitempty"` // 时间待核
	Photo       []byte                `cbor:"photo,omitempty"`       // JPEG; empty if there is none
	Campaign    string                `cbor:"campaign"`
	Version     uint32                `cbor:"version"` // of the campaign: its wording is on the sheet
	At          protocol.Time         `cbor:"at"`      // of the acceptance
}

// String names nothing of the person.
func (r Readable) String() string { return "readable copy" }

// GoString is String.
func (r Readable) GoString() string { return r.String() }

// Format keeps the content out under every verb.
func (r Readable) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(r.String())) }

// Held is what may be said of a readable copy without opening it.
type Held struct {
	Record   protocol.ID
	Sequence uint64
	Campaign string
	Version  uint32 // of the campaign
	Copies   int    // of the sheet that may lie somewhere, by the log of copies
}

// held is the entry of a readable copy. Without Key nobody reads it any more.
type held struct {
	ID       protocol.ID `cbor:"id"`
	Key      []byte      `cbor:"key"` // AES-256, wrapped by the keystore
	Campaign string      `cbor:"campaign"`
	Version  uint32      `cbor:"version"`
}

func (s *Store) readablePath(id protocol.ID) string {
	return filepath.Join(s.dir, readableDir, id.String())
}

// readableCipher is AES-256-GCM with a random nonce. A key seals once.
func readableCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return aead, nil
}

// KeepReadable keeps the readable copy of a committed record until its receipt.
// Call it after Commit: nothing waits for it, and what a power cut takes of it
// costs a reprint and no more. If the receipt has come meanwhile nothing is
// kept, which is no error. The room held back for the visit in flight is not
// given to it. Errors: ErrFull, ErrBroken, ErrNotFound (no such record).
func (s *Store) KeepReadable(seq uint64, r Readable) error {
	own, err := s.Identity()
	if err != nil {
		return err
	}
	if err := s.Admit(); err != nil {
		return err
	}
	rec, err := s.Record(seq)
	if err != nil {
		return err
	}
	id := rec.Manifest.ID
	key := make([]byte, 32)
	defer clear(key)
	_, _ = rand.Read(key)
	if err := s.writeReadable(id, key, r); err != nil {
		return err
	}
	wrapped, err := s.keys.Wrap(labelReadable+id.String(), key)
	if err != nil {
		return errors.Join(fmt.Errorf("store: %w", err), removeIfThere(s.readablePath(id)))
	}
	at, waits := recordKey(own.Grant.Epoch, seq), false
	err = s.update(func(tx *bolt.Tx) error {
		if waits = tx.Bucket(bucketOutbox).Get(at) != nil; !waits {
			return nil
		}
		return put(tx, bucketReadable, at, held{ID: id, Key: wrapped, Campaign: r.Campaign, Version: r.Version})
	})
	if err != nil || !waits {
		return errors.Join(err, removeIfThere(s.readablePath(id)))
	}
	return nil
}

func (s *Store) writeReadable(id protocol.ID, key []byte, r Readable) error {
	plain, err := protocol.Encode(r)
	if err != nil {
		return err
	}
	defer clear(plain)
	aead, err := readableCipher(key)
	if err != nil {
		return err
	}
	if err := s.disk.writeFile(s.readablePath(id), aead.Seal(nil, nil, plain, []byte(labelReadable+id.String()))); err != nil {
		return s.writeFault(err)
	}
	return nil
}

// Readable opens the readable copy of a record of the present epoch. Errors:
// ErrNotFound (never kept, or the receipt has ended it), ErrDamaged, ErrBroken.
func (s *Store) Readable(record protocol.ID) (Readable, error) {
	var h held
	err := s.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketReadable).Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			var one held
			if _, err := get(tx, bucketReadable, k, &one); err != nil {
				return err
			}
			if one.ID == record {
				h = one
				return nil
			}
		}
		return ErrNotFound
	})
	if err != nil {
		return Readable{}, err
	}
	label := labelReadable + record.String()
	key, err := s.keys.Unwrap(label, h.Key)
	if err != nil {
		return Readable{}, fmt.Errorf("%w: key of a readable copy: %w", ErrDamaged, err)
	}
	defer clear(key)
	sealed, err := os.ReadFile(s.readablePath(record))
	if errors.Is(err, fs.ErrNotExist) {
		return Readable{}, ErrNotFound
	}
	if err != nil {
		return Readable{}, fmt.Errorf("store: %w", err)
	}
	aead, err := readableCipher(key)
	if err != nil {
		return Readable{}, err
	}
	plain, err := aead.Open(nil, nil, sealed, []byte(label))
	if err != nil {
		return Readable{}, fmt.Errorf("%w: readable copy", ErrDamaged)
	}
	defer clear(plain)
	var r Readable
	return r, protocol.Decode(plain, &r)
}

// Ended is the last sequence of the present epoch up to which no readable copy is
// left here: what the box may sign about them. It is the head when there is none.
func (s *Store) Ended() (uint64, error) {
	id, err := s.Identity()
	if err != nil {
		return 0, err
	}
	var last uint64
	err = s.view(func(tx *bolt.Tx) error {
		var h head
		if _, err := get(tx, bucketMeta, headKey(id.Grant.Epoch), &h); err != nil {
			return err
		}
		last = h.Sequence
		k, _ := tx.Bucket(bucketReadable).Cursor().Seek(recordKey(id.Grant.Epoch, 0))
		if epoch, seq, ok := parseRecordKey(k); ok && epoch == id.Grant.Epoch {
			last = seq - 1
		}
		return nil
	})
	return last, err
}

// endReadable destroys the key of a readable copy, in the transaction that
// takes the record out of the outbox, and names the record whose ciphertext is
// of no more use.
func endReadable(tx *bolt.Tx, key []byte) (protocol.ID, error) {
	var h held
	there, err := get(tx, bucketReadable, key, &h)
	if !there || err != nil && !errors.Is(err, ErrDamaged) {
		return protocol.ID{}, err
	}
	// A damaged entry must not keep the record in the outbox; its file is swept.
	return h.ID, tx.Bucket(bucketReadable).Delete(key)
}

// dropReadable removes the ciphertexts whose keys are destroyed. What stays for
// want of a working disk is removed at the next Open.
func (s *Store) dropReadable(ids []protocol.ID) {
	for _, id := range ids {
		if id == (protocol.ID{}) {
			continue
		}
		if err := removeIfThere(s.readablePath(id)); err != nil {
			s.opt.Log.Warn("a readable copy without its key stays until the next start", "record", id.String(), "err", err)
		}
	}
}

// heldFor says what is kept of the record that confirmed an application.
func heldFor(tx *bolt.Tx, c confirmed) (*Held, error) {
	var h held
	there, err := get(tx, bucketReadable, recordKey(c.Epoch, c.Seq), &h)
	if !there || errors.Is(err, ErrDamaged) {
		return nil, nil // it costs a reprint, and must not cost the look-up
	}
	if err != nil {
		return nil, err
	}
	n, err := issued(tx, h.ID)
	return &Held{Record: h.ID, Sequence: c.Seq, Campaign: h.Campaign, Version: h.Version, Copies: n}, err
}

// readableNames are the files that have a key.
func (s *Store) readableNames() (map[string]bool, error) {
	out := map[string]bool{}
	err := s.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketReadable).ForEach(func(k, _ []byte) error {
			var h held
			_, err := get(tx, bucketReadable, k, &h)
			out[h.ID.String()] = true
			return err
		})
	})
	return out, err
}
