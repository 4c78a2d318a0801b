package serial

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"zhunkao/hw/fault"
)

// handover is how long a lock is waited for: whoever has just let go of the device
// gives it up after that, and a program that was being started then holds it until it
// runs.
const handover = 200 * time.Millisecond

// takeLock flocks the lock file of the device behind path. The file stays when
// the lock is given up: removing it would let two processes lock two files of
// the same name.
func takeLock(ctx context.Context, path, dir string) (*os.File, error) {
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
	if err := lockSoon(ctx, int(file.Fd())); err != nil {
		_ = file.Close()
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, unix.EWOULDBLOCK):
			return nil, fault.New(fault.Busy, "open "+path, "held by another process of ours", nil)
		}
		return nil, fault.New(fault.Denied, "lock "+path, "", err)
	}
	return file, nil
}

// lockSoon flocks a file now or within handover. EWOULDBLOCK: somebody keeps it.
func lockSoon(ctx context.Context, fd int) error {
	tick := time.NewTicker(handover / 20)
	defer tick.Stop()
	for end := time.Now().Add(handover); ; {
		err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) || !time.Now().Before(end) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
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
