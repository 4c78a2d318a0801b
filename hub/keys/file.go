package keys

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	masterName   = "master.key"
	completeName = "complete"
	keySuffix    = ".key.json"
	tmpPrefix    = ".new-"
	exposed      = fs.FileMode(0o077) // every permission bit of group and others
)

// keyFile is one key as it lies on the disk.
type keyFile struct {
	Use         use    `json:"use"`
	ID          string `json:"id"`
	Created     int64  `json:"created"`               // ms since 1970; the newest of a use is the one in use
	Wrapped     []byte `json:"wrapped"`               // the private part under the master key
	Certificate []byte `json:"certificate,omitempty"` // DER, for the CA
}

// private fails with ErrExposed when group or others may read path.
func private(path string) error {
	fi, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if fi.Mode().Perm()&exposed != 0 {
		return fmt.Errorf("%w: %s has mode %04o", ErrExposed, path, fi.Mode().Perm())
	}
	return nil
}

func readPrivate(path string) ([]byte, error) {
	if err := private(path); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return b, nil
}

// readAll reads every key file of dir and removes what a power cut left half
// written, which nobody ever saw.
func readAll(dir string) ([]keyFile, error) {
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	var out []keyFile
	for _, n := range names {
		path := filepath.Join(dir, n.Name())
		switch {
		case strings.HasPrefix(n.Name(), tmpPrefix):
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("keys: %w", err)
			}
		case strings.HasSuffix(n.Name(), keySuffix):
			b, err := readPrivate(path)
			if err != nil {
				return nil, err
			}
			var k keyFile
			if err := json.Unmarshal(b, &k); err != nil || string(k.Use)+"-"+k.ID+keySuffix != n.Name() {
				return nil, fmt.Errorf("%w: %s", ErrDamaged, n.Name())
			}
			out = append(out, k)
		}
	}
	return out, nil
}

// writeNew makes path hold body, durably, or fails with fs.ErrExist. It links
// rather than renames: a rename would replace a key that is there already.
func writeNew(path string, body []byte) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, tmpPrefix) // mode 0600
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	defer func() {
		if rm := os.Remove(f.Name()); rm != nil && err == nil {
			err = fmt.Errorf("keys: %w", rm)
		}
	}()
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	if cl := f.Close(); err == nil {
		err = cl
	}
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	err = d.Sync()
	if cl := d.Close(); err == nil {
		err = cl
	}
	if err != nil {
		return fmt.Errorf("keys: sync %s: %w", dir, err)
	}
	return nil
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keys: %w", err)
	}
	return true, nil
}
