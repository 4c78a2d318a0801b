package ptytest

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Line is the device's side of a pseudo-terminal.
type Line struct {
	*os.File          // what the device reads and writes
	host     *os.File // the side that a driver opens
}

// open opens a new pseudo-terminal. By hand, because the master must be
// non-blocking: closing a blocking one does not end a read of it, and pulling
// the cable would hang.
func open() (*Line, error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	master := os.NewFile(uintptr(fd), "/dev/ptmx")
	n, err := unix.IoctlGetUint32(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		return nil, errors.Join(err, master.Close())
	}
	host, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, errors.Join(err, master.Close())
	}
	if err := makeRaw(host); err != nil {
		return nil, errors.Join(err, host.Close(), master.Close())
	}
	return &Line{master, host}, nil
}

// makeRaw switches off echo and translation, so that nothing is echoed before
// the driver sets its own mode.
func makeRaw(f *os.File) error {
	return control(f, func(fd int) error {
		t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return err
		}
		t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
		t.Cflag = t.Cflag&^unix.CSIZE | unix.CS8
		return unix.IoctlSetTermios(fd, unix.TCSETS, t)
	})
}

// HostBaud reads the speed the driver has set, in bits a second, and gives back
// the exclusive use that a killed driver has left behind. 0 when it cannot be
// told, or is none of 9600 to 115200.
func (l *Line) HostBaud() int {
	baud := 0
	err := control(l.host, func(fd int) error {
		t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return err
		}
		baud = map[uint32]int{unix.B9600: 9600, unix.B19200: 19200, unix.B38400: 38400,
			unix.B57600: 57600, unix.B115200: 115200}[uint32(t.Cflag)&unix.CBAUD]
		return unix.IoctlSetInt(fd, unix.TIOCNXCL, 0)
	})
	if err != nil {
		return 0
	}
	return baud
}

func control(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = do(int(fd)) }); err != nil {
		return err
	}
	return inner
}
