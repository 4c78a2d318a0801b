package keystore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const tmpPrefix = ".new-"

// exposed is every permission bit of group and others.
const exposed fs.FileMode = 0o077

// makeDir creates dir with mode 0700, and what leads to it, each name synced in
// its parent; or checks that an existing one is private.
func makeDir(dir string) error {
	fi, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return makePath(dir)
	}
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	if !fi.IsDir() {
		return fmt.Errorf("keystore: %s is no directory", dir)
	}
	if fi.Mode().Perm()&exposed != 0 {
		return fmt.Errorf("%w: %s has mode %04o, want 0700", ErrExposed, dir, fi.Mode().Perm())
	}
	return nil
}

// makePath makes dir and its missing parents. A name that is not synced in its
// parent is lost with everything below it when the power is cut.
func makePath(dir string) error {
	parent := filepath.Dir(dir)
	if _, err := os.Stat(parent); errors.Is(err, fs.ErrNotExist) {
		if err := makePath(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keystore: %w", err)
	}
	return syncDir(parent)
}

// sweep removes what a power cut left half written. Nobody ever saw those.
func sweep(dir string) error {
	names, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	for _, n := range names {
		if strings.HasPrefix(n.Name(), tmpPrefix) {
			if err := os.Remove(filepath.Join(dir, n.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("keystore: %w", err)
			}
		}
	}
	return nil
}

// readPrivate reads a file that only its owner may read.
func readPrivate(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, filepath.Base(path))
	}
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	defer f.Close()
	// Asked of the open file, not of the name, so that it cannot be swapped
	// between the question and the reading.
	fi, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	if fi.Mode().Perm()&exposed != 0 {
		return nil, fmt.Errorf("%w: %s has mode %04o, want 0600", ErrExposed, path, fi.Mode().Perm())
	}
	const limit = 16 << 10
	if fi.Size() > limit {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, filepath.Base(path))
	}
	raw := make([]byte, fi.Size())
	if _, err := f.ReadAt(raw, 0); err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return raw, nil
}

// writeNew makes path hold body, durably, or fails with ErrExists. It links
// rather than renames: a rename would replace a key that is already there.
func writeNew(path string, body []byte) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, tmpPrefix) // mode 0600
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	defer func() {
		if rm := os.Remove(f.Name()); rm != nil && err == nil {
			err = fmt.Errorf("keystore: %w", rm)
		}
	}()
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	if cl := f.Close(); err == nil {
		err = cl
	}
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	if err := os.Link(f.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%w: %s", ErrExists, filepath.Base(path))
		}
		return fmt.Errorf("keystore: %w", err)
	}
	return syncDir(dir)
}

// removeAll removes the files that exist and syncs the directory;
// ErrNotFound if none did.
func removeAll(dir string, files ...string) error {
	removed := 0
	for _, file := range files {
		err := os.Remove(filepath.Join(dir, file))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("keystore: %w", err)
		}
		removed++
	}
	if removed == 0 {
		return ErrNotFound
	}
	return syncDir(dir)
}

// overwrite writes zeros over a file, durably.
func overwrite(path string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	fi, err := f.Stat()
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	if _, err := f.Write(make([]byte, fi.Size())); err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	return f.Sync()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("keystore: %w", err)
	}
	err = d.Sync()
	if cl := d.Close(); err == nil {
		err = cl
	}
	if err != nil {
		return fmt.Errorf("keystore: sync %s: %w", dir, err)
	}
	return nil
}
