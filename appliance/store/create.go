package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"
)

// birth is the content of store.cbor.
type birth struct {
	Layout uint32 `cbor:"layout"`
	Demo   bool   `cbor:"demo"`
}

// Create makes an empty store in dir, which it creates with mode 0700. A power
// cut leaves either no store, in which case Create is simply called again, or
// a whole one.
func Create(dir string, opt Options) error {
	opt = opt.withDefaults()
	d := disk{noSync: opt.noSync}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("store: create: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, birthFile)); err == nil {
		return fmt.Errorf("%w: %s", ErrExists, dir)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: create: %w", err)
	}
	lock, err := takeLock(dir)
	if err != nil {
		return err
	}
	defer func() { _ = letGo(lock) }() // it was held, and dies with the process at the latest
	if err := makeDirs(d, dir); err != nil {
		return err
	}
	if err := newDatabase(d, dir, opt, false); err != nil {
		return err
	}
	raw, err := encodeChecked(birthFile, birth{Layout: layoutVersion, Demo: opt.Demo})
	if err != nil {
		return err
	}
	if err := d.writeFile(filepath.Join(dir, birthFile), raw); err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(dir))
}

// MadeForDemo reports whether the store in dir carries the demo mark. Errors:
// ErrNoStore.
func MadeForDemo(dir string) (bool, error) {
	var b birth
	if err := readChecked(filepath.Join(dir, birthFile), &b); errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("%w: %s", ErrNoStore, dir)
	} else if err != nil {
		return false, err
	}
	return b.Demo, nil
}

func makeDirs(d disk, dir string) error {
	for _, sub := range []string{partsDir, recordsDir, readableDir, picturesDir, damagedDir} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return fmt.Errorf("store: create: %w", err)
		}
	}
	return d.syncDir(dir)
}

// newDatabase makes store.db under another name first: a power cut during
// bbolt's own first writes leaves a file it cannot open (bbolt #567). rebuild
// marks it as one that the copies have still to be brought into: until then it
// must not be taken for a whole one, or Open would sweep the copies away.
func newDatabase(d disk, dir string, opt Options, rebuild bool) error {
	tmp := filepath.Join(dir, dbFile+tmpSuffix)
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: create: %w", err)
	}
	db, err := bolt.Open(tmp, 0o600, boltOptions(opt))
	if err != nil {
		return fmt.Errorf("store: create: %w", err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, b := range buckets {
			if _, err := tx.CreateBucketIfNotExists(b); err != nil {
				return err
			}
		}
		if !rebuild {
			return nil
		}
		return put(tx, bucketMeta, []byte(metaRebuild), true)
	})
	if cl := db.Close(); err == nil {
		err = cl
	}
	if err != nil {
		return fmt.Errorf("store: create: %w", err)
	}
	return d.rename(tmp, filepath.Join(dir, dbFile))
}

func boltOptions(opt Options) *bolt.Options {
	return &bolt.Options{
		Timeout:        2 * time.Second,
		NoFreelistSync: true, // an outbox that drains would else write megabytes of free list
		FreelistType:   bolt.FreelistMapType,
		// Below bbolt's allocation step, so that an empty store stays small.
		InitialMmapSize: 16 << 20,
		MaxSize:         opt.MaxSize,
		NoSync:          opt.noSync,
		NoGrowSync:      opt.noSync,
	}
}
