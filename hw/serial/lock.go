package serial

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"zhunkao/hw/fault"
)

// takeLock flocks the lock file of the device behind path. The file stays when
// the lock is given up: removing it would let two processes lock two files of
// the same name.
func takeLock(path, dir string) (*os.File, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return nil, openFault(path, err)
	}
	name := fmt.Sprintf("zhunkao-tty-%d-%d.lock", unix.Major(st.Rdev), unix.Minor(st.Rdev))
	dirs := []string{dir}
	if dir == "" {
		dirs = []string{"/run/lock", os.TempDir()}
	}
	var file *os.File
	var err error
	for _, d := range dirs {
		if file, err = openLock(filepath.Join(d, name)); err == nil {
			break
		}
	}
	if err != nil {
		return nil, fault.New(fault.Denied, "lock "+path, "", err)
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fault.New(fault.Busy, "open "+path, "held by another process of ours", nil)
		}
		return nil, fault.New(fault.Denied, "lock "+path, "", err)
	}
	return file, nil
}

// openLock opens the file without O_CREAT first: in a sticky directory the
// kernel refuses O_CREAT on another user's file. Reading rights suffice to
// flock.
func openLock(path string) (*os.File, error) {
	for range 2 {
		f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW, 0)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
		f, err = os.OpenFile(path, os.O_RDONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fs.ErrNotExist
}
