package ticket

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"zhunkao/hub/keys"
)

// Made keeps first copies that were laid out before their hour (demand A52: the opening
// minute has thirty times the mean), so that to give one out costs a look and a file. It
// keeps nothing that cannot be made again: it may be emptied at any time, it takes no
// more of the disk than it is allowed, and what it lacks is laid out when it is asked for.
//
// A file is sealed under a key of the hub. Its name is a keyed hash of the application,
// its folder the version of the arrangement; it begins with the stamp of what it was made
// from, which it is sealed to. A stamp that is not that of today makes it nobody's.
//
// A nil Made keeps nothing. It is safe for any number of goroutines.
type Made struct {
	dir  string
	keys *keys.Ring
	most int64 // bytes
	used atomic.Int64

	mu sync.Mutex // held by who writes or removes, so that used is what lies there
}

// sealedAs is the label that files are sealed under.
const sealedAs = "ticket"

// OpenMade opens what lies in a folder, which it makes, and keeps at most so many bytes.
func OpenMade(dir string, ring *keys.Ring, most int64) (*Made, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("ticket: made before: %w", err)
	}
	m := &Made{dir: dir, keys: ring, most: most}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if filepath.Ext(path) == halfExt { // of a power cut
			return os.Remove(path)
		}
		info, err := d.Info()
		if err == nil {
			m.used.Add(info.Size())
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("ticket: made before: %w", err)
	}
	return m, nil
}

const halfExt = ".half"

func (m *Made) path(version, application string) string {
	name := hex.EncodeToString(m.keys.LookupKey(version, sealedAs, application))
	return filepath.Join(m.dir, version, name[:2], name)
}

// Get gives the first copy of a ticket as it was made before; nil where there is none,
// or one of what is not so any more.
func (m *Made) Get(f Found) []byte {
	if m == nil {
		return nil
	}
	stamp := f.Stamp()
	file, err := os.ReadFile(m.path(f.Version.ID, f.Row.ID))
	if err != nil || len(file) < len(stamp) || [sha256.Size]byte(file) != stamp {
		return nil
	}
	plain, err := m.keys.Unseal(sealedAs, sealedTo(f.Row.ID, stamp), file[len(stamp):])
	if err != nil {
		return nil
	}
	return plain
}

// Has reports whether a ticket that is as it would be made now lies there. It reads only
// the stamp.
func (m *Made) Has(f Found) bool {
	file, err := os.Open(m.path(f.Version.ID, f.Row.ID))
	if err != nil {
		return false
	}
	var stamp [sha256.Size]byte
	_, err = io.ReadFull(file, stamp[:])
	return errors.Join(err, file.Close()) == nil && stamp == f.Stamp()
}

func sealedTo(application string, stamp [sha256.Size]byte) string {
	return application + "/" + hex.EncodeToString(stamp[:])
}

// ErrFull says that there is no room for another ticket.
var ErrFull = errors.New("ticket: no room for more that are made before")

// Put keeps the first copy of a ticket. ErrFull; other errors are the disk's. A power cut
// leaves it whole or not there.
func (m *Made) Put(f Filled, pdf []byte) error {
	sealed, err := m.keys.Seal(sealedAs, sealedTo(f.Application, f.Stamp), pdf)
	if err != nil {
		return err
	}
	sealed = append(f.Stamp[:len(f.Stamp):len(f.Stamp)], sealed...)
	m.mu.Lock()
	defer m.mu.Unlock()
	path := m.path(f.Version.ID, f.Application)
	var before int64
	if info, err := os.Stat(path); err == nil {
		before = info.Size()
	}
	if m.used.Load()-before+int64(len(sealed)) > m.most {
		return ErrFull
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("ticket: made before: %w", err)
	}
	// Not synced: after a power cut it is opened, found to be nothing, and made again.
	err = os.WriteFile(path+halfExt, sealed, 0o600)
	if err == nil {
		err = os.Rename(path+halfExt, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("ticket: made before: %w", err), remove(path+halfExt))
	}
	m.used.Add(int64(len(sealed)) - before)
	return nil
}

// Keep removes the tickets of every version but these.
func (m *Made) Keep(versions map[string]bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	all, err := os.ReadDir(m.dir)
	if err != nil {
		return fmt.Errorf("ticket: made before: %w", err)
	}
	for _, d := range all {
		if versions[d.Name()] {
			continue
		}
		var size int64
		dir := filepath.Join(m.dir, d.Name())
		_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error { // what cannot be read is removed all the same
			if err == nil && !d.IsDir() {
				if info, err := d.Info(); err == nil {
					size += info.Size()
				}
			}
			return nil
		})
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("ticket: made before: %w", err)
		}
		m.used.Add(-size)
	}
	return nil
}

// Forget removes what was made for somebody, whose registration is erased (S38).
func (m *Made) Forget(application string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	versions, err := os.ReadDir(m.dir)
	if err != nil {
		return fmt.Errorf("ticket: made before: %w", err)
	}
	for _, d := range versions {
		path := m.path(d.Name(), application)
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		if err := remove(path); err != nil {
			return fmt.Errorf("ticket: made before: %w", err)
		}
		m.used.Add(-info.Size())
	}
	return nil
}

// Used is how many bytes lie there.
func (m *Made) Used() int64 { return m.used.Load() }

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
