package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// Whole is what Check found in a sound store.
type Whole struct {
	Records  []Survivor // every record, in the order of epoch and sequence
	Waiting  int
	Aside    int
	Mendable int // copies that Open will write again: power was cut before Commit returned
}

// Survivor names one record that is whole on the disk.
type Survivor struct {
	ID       protocol.ID
	Epoch    uint32
	Sequence uint64
}

// Check reads everything in a store that nobody has open and changes nothing:
// pages, checksums, signatures, every part of every record against its hash,
// the chain from the oldest record to the head, outbox and quarantine against
// the records, and the copies. The error joins every fault found; nil means
// that all is whole. Errors: ErrNoStore, ErrHeld, ErrDamaged.
func Check(dir string) (Whole, error) {
	var b birth
	if err := readChecked(filepath.Join(dir, birthFile), &b); errors.Is(err, fs.ErrNotExist) {
		return Whole{}, fmt.Errorf("%w: %s", ErrNoStore, dir)
	} else if err != nil {
		return Whole{}, err
	}
	lock, err := takeLock(dir)
	if err != nil {
		return Whole{}, err
	}
	defer func() { _ = letGo(lock) }() // it was held, and dies with the process at the latest
	path := filepath.Join(dir, dbFile)
	if _, err := inspectFile(path); err != nil {
		return Whole{}, err
	}
	s := &Store{dir: dir, opt: Options{}.withDefaults()}
	var id Identity
	if err := readChecked(filepath.Join(dir, identityFile), &id); err == nil {
		s.identity = &id
	} else if !errors.Is(err, fs.ErrNotExist) {
		return Whole{}, err
	}
	opt := boltOptions(s.opt)
	opt.ReadOnly = true
	if s.db, err = bolt.Open(path, 0o600, opt); err != nil {
		return Whole{}, fmt.Errorf("store: check: %w", err)
	}
	defer s.db.Close()
	c := checker{s: s}
	if err := c.readCopies(); err != nil {
		return Whole{}, err
	}
	err = s.db.View(c.run)
	return c.whole, errors.Join(append(c.faults, err)...)
}

type checker struct {
	s      *Store
	whole  Whole
	faults []error
	copies map[protocol.Hash]recordCopy
}

// readCopies reads every segment. A torn tail is what a power cut leaves; a
// damaged stretch before sound frames is a fault.
func (c *checker) readCopies() error {
	c.copies = map[protocol.Hash]recordCopy{}
	all := copies{dir: filepath.Join(c.s.dir, recordsDir)}
	names, err := os.ReadDir(all.dir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	for _, n := range names {
		seg, ok := segmentNumber(n.Name())
		if !ok {
			continue
		}
		frames, _, _, bad, err := all.read(seg)
		if err != nil {
			return err
		}
		if bad > 0 {
			c.fault("copies: segment %d has %d damaged stretches", seg, bad)
		}
		for _, f := range frames {
			c.copies[f.hash] = f.copied
		}
	}
	return nil
}

func (c *checker) fault(format string, a ...any) {
	c.faults = append(c.faults, damaged(format, a...))
}

func (c *checker) run(tx *bolt.Tx) error {
	for err := range tx.Check() {
		c.fault("pages: %v", err)
	}
	if len(c.faults) > 0 {
		return nil
	}
	half := false
	if _, err := get(tx, bucketMeta, []byte(metaRebuild), &half); err != nil {
		return err
	}
	if half {
		c.fault("building again was cut off; opening the store does it once more")
		return nil
	}
	var last protocol.Record
	err := tx.Bucket(bucketRecords).ForEach(func(k, _ []byte) error {
		rec, err := c.record(tx, k)
		if err != nil {
			return err
		}
		m, p := rec.Manifest, last.Manifest
		if p.Epoch == m.Epoch && (m.Sequence == p.Sequence+1) && m.Previous != last.Hash() {
			c.fault("record %d does not continue the chain", m.Sequence)
		}
		if p.Epoch != m.Epoch && p.Epoch != 0 {
			c.head(tx, last)
		}
		last = rec
		c.whole.Records = append(c.whole.Records, Survivor{m.ID, m.Epoch, m.Sequence})
		return nil
	})
	if err != nil {
		return err
	}
	if last.Manifest.Epoch != 0 {
		c.head(tx, last)
	}
	return errors.Join(c.outbox(tx), c.quarantine(tx), c.readable(tx))
}

// readable checks that no readable copy outlives its receipt.
func (c *checker) readable(tx *bolt.Tx) error {
	b := tx.Bucket(bucketReadable)
	if b == nil {
		return nil // a store of an earlier version
	}
	return b.ForEach(func(k, _ []byte) error {
		if tx.Bucket(bucketOutbox).Get(k) == nil {
			c.fault("a readable copy has outlived its receipt")
		}
		return nil
	})
}

// head checks that the chain's end is where the head says.
func (c *checker) head(tx *bolt.Tx, last protocol.Record) {
	var h head
	if _, err := get(tx, bucketMeta, headKey(last.Manifest.Epoch), &h); err != nil {
		c.fault("head: %v", err)
	} else if h.Sequence != last.Manifest.Sequence || h.Hash != last.Hash() {
		c.fault("head says %d, the last record is %d", h.Sequence, last.Manifest.Sequence)
	}
}

// record checks one record with all its parts.
func (c *checker) record(tx *bolt.Tx, k []byte) (protocol.Record, error) {
	var r record
	if _, err := get(tx, bucketRecords, k, &r); err != nil {
		return protocol.Record{}, err
	}
	rec, err := r.parse()
	if err != nil {
		return rec, err
	}
	m := rec.Manifest
	if epoch, seq, ok := parseRecordKey(k); !ok || epoch != m.Epoch || seq != m.Sequence {
		c.fault("record lies under another's key")
	}
	if !m.Body.Matches(rec.Body) {
		c.fault("record %d: body", m.Sequence)
	}
	if err := c.s.verifyOwn(rec); err != nil {
		c.fault("record %d: %v", m.Sequence, err)
	}
	for _, p := range m.Blobs {
		b, err := c.s.Blob(p.Hash)
		if err != nil || !p.Matches(b) {
			c.fault("record %d: blob: %v", m.Sequence, err)
		}
	}
	waits := tx.Bucket(bucketOutbox).Get(k) != nil
	if waits != (r.Left == 0) {
		c.fault("record %d: outbox and record disagree", m.Sequence)
	}
	c.copy(rec)
	return rec, nil
}

func (c *checker) copy(rec protocol.Record) {
	cp, ok := c.copies[rec.Hash()]
	if !ok {
		c.whole.Mendable++
		return
	}
	if !rec.Manifest.Body.Matches(cp.Body) {
		c.fault("record %d: copy", rec.Manifest.Sequence)
	}
}

func (c *checker) outbox(tx *bolt.Tx) error {
	if err := c.tallies(tx); err != nil {
		return err
	}
	return tx.Bucket(bucketOutbox).ForEach(func(k, _ []byte) error {
		var w waiting
		var r record
		if _, err := get(tx, bucketOutbox, k, &w); err != nil {
			return err
		}
		there, err := get(tx, bucketRecords, k, &r)
		if err != nil {
			return err
		}
		if !there || protocol.HashOf(r.Envelope) != w.Hash {
			c.fault("an outbox entry has no record")
		}
		c.whole.Waiting++
		return nil
	})
}

// tallies checks that what is counted beside the outbox is what is in it.
func (c *checker) tallies(tx *bolt.Tx) error {
	if tx.Bucket(bucketTally) == nil {
		return nil // a store of an earlier version; Open counts
	}
	walked, err := walkOutbox(tx)
	if err != nil {
		return err
	}
	wrong, err := miscounted(tx, walked)
	for _, epoch := range wrong {
		c.fault("epoch %d: the outbox holds %d records of %d bytes, which is not what is counted", epoch, walked[epoch].Records, walked[epoch].Bytes)
	}
	return err
}

func (c *checker) quarantine(tx *bolt.Tx) error {
	return tx.Bucket(bucketQuarantine).ForEach(func(k, _ []byte) error {
		if tx.Bucket(bucketRecords).Get(k) == nil {
			c.fault("a quarantined entry has no record")
		}
		c.whole.Aside++
		return nil
	})
}
