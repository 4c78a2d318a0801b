package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// tmpSuffix marks files that nobody was ever told about; Open removes them.
const tmpSuffix = ".tmp"

// disk does the few things with files that must survive a power cut.
type disk struct{ noSync bool }

// writeFile makes path hold body, durably: written under another name, synced,
// renamed, and the directory synced.
func (d disk) writeFile(path string, body []byte) error {
	if err := d.writeNoDir(path, body); err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(path))
}

// writeNoDir is writeFile without the last step.
func (d disk) writeNoDir(path string, body []byte) (err error) {
	tmp := path + tmpSuffix
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("store: write: %w", err)
	}
	_, err = f.Write(body)
	if err == nil {
		err = d.syncFile(f)
	}
	if cl := f.Close(); err == nil {
		err = cl
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return fmt.Errorf("store: write: %w", errors.Join(err, removeIfThere(tmp)))
	}
	return nil
}

// syncFile flushes data and size; times and the like do not matter to us.
func (d disk) syncFile(f *os.File) error {
	if d.noSync {
		return nil
	}
	if err := unix.Fdatasync(int(f.Fd())); err != nil {
		return &fs.PathError{Op: opSync, Path: f.Name(), Err: err}
	}
	return nil
}

// opSync marks an error of a sync: the one kind after which the page cache may
// hold what the disk does not.
const opSync = "fdatasync"

func (d disk) syncDir(dir string) error {
	if d.noSync {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	err = unix.Fsync(int(f.Fd()))
	if cl := f.Close(); err == nil {
		err = cl
	}
	if err != nil {
		return fmt.Errorf("store: %w", &fs.PathError{Op: opSync, Path: dir, Err: err})
	}
	return nil
}

func (d disk) rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return d.syncDir(filepath.Dir(to))
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// isFull tells a write that found no room from every other fault. Only a write
// counts: a sync that fails, for whatever reason, is final.
func isFull(err error) bool {
	var pe *fs.PathError
	return errors.Is(err, unix.ENOSPC) && errors.As(err, &pe) && pe.Op != opSync
}

// takeLock takes the lock that keeps a second process out. The kernel lets go
// of it when the process dies.
func takeLock(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		cl := f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("%w: %s", ErrHeld, dir), cl)
		}
		return nil, errors.Join(fmt.Errorf("store: lock: %w", err), cl)
	}
	return f, nil
}

// letGo gives the lock back. Closing alone would leave it with a child that
// another goroutine is just forking, until that child has become its program.
func letGo(lock *os.File) error {
	return errors.Join(unix.Flock(int(lock.Fd()), unix.LOCK_UN), lock.Close())
}

// moveAside moves path into damaged/ under a name not used before.
func (s *Store) moveAside(path string) (string, error) {
	for n := 1; ; n++ {
		to := filepath.Join(s.dir, damagedDir, fmt.Sprintf("%s.%d", filepath.Base(path), n))
		if _, err := os.Lstat(to); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("store: %w", err)
		}
		if err := s.disk.rename(path, to); err != nil {
			return "", err
		}
		return to, s.disk.syncDir(filepath.Dir(path))
	}
}

// forEachFile calls fn for each regular file below dir that is not temporary;
// temporary ones are removed.
func forEachFile(dir string, fn func(path, name string) error) error {
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
		if e.IsDir() {
			return nil
		}
		if strings.HasSuffix(path, tmpSuffix) {
			return removeIfThere(path)
		}
		return fn(path, e.Name())
	})
}
