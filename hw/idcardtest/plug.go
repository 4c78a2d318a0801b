package idcardtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// Plug is a reader at the end of a cable: a pseudo-terminal behind a symbolic
// link. Pulling it removes the link and hangs the terminal up, as the kernel
// does with a USB port; the next plugging gives another terminal under the same
// link.
type Plug struct {
	reader *Reader
	link   string

	mu   sync.Mutex // guards what follows
	stop context.CancelFunc
	done chan error
}

// NewPlug makes a cable that is not plugged in. link must not exist, or be a
// symbolic link left by an earlier run.
func NewPlug(r *Reader, link string) *Plug { return &Plug{reader: r, link: link} }

// Link is the path a driver opens.
func (p *Plug) Link() string { return p.link }

// In says whether it is plugged in.
func (p *Plug) In() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stop != nil
}

// Plug plugs it in; the module starts with power just given. Plugging twice
// does nothing.
func (p *Plug) Plug() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		return nil
	}
	master, slave, err := openPTY()
	if err != nil {
		return fmt.Errorf("idcardtest: %w", err)
	}
	err = makeRaw(slave)
	if err == nil {
		err = placeLink(slave.Name(), p.link)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("idcardtest: %w", err), slave.Close(), master.Close())
	}
	p.reader.PowerCycle()
	ctx, cancel := context.WithCancel(context.Background())
	p.stop, p.done = cancel, make(chan error, 1)
	go func(done chan<- error) {
		// The slave is held open, or the master would read errors whenever no
		// driver has it open.
		err := p.reader.serve(ctx, master, func() int { return hostBaud(slave) })
		done <- errors.Join(err, ignoreClosed(slave.Close()))
	}(p.done)
	p.reader.change(func() {})
	return nil
}

// Unplug pulls it. Pulling twice does nothing.
func (p *Plug) Unplug() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop == nil {
		return nil
	}
	err := os.Remove(p.link)
	p.stop()
	err = errors.Join(err, <-p.done)
	p.stop = nil
	p.reader.change(func() {})
	return err
}

// openPTY opens a new pseudo-terminal. By hand, because the master must be
// non-blocking: closing a blocking one does not end a read of it, and pulling
// the cable would hang.
func openPTY() (master, slave *os.File, err error) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, nil, err
	}
	master = os.NewFile(uintptr(fd), "/dev/ptmx")
	n, err := unix.IoctlGetUint32(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		return nil, nil, errors.Join(err, master.Close())
	}
	return master, slave, nil
}

// placeLink points link at target. Only a symbolic link is ever replaced.
func placeLink(target, link string) error {
	if fi, err := os.Lstat(link); err == nil {
		if fi.Mode()&os.ModeSymlink == 0 {
			return fmt.Errorf("%s exists and is no symbolic link", link)
		}
		if err := os.Remove(link); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	return os.Symlink(target, link)
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

// hostBaud reads the speed the driver has set, and gives back the exclusive use
// that a killed driver has left behind.
func hostBaud(slave *os.File) int {
	baud := 0
	err := control(slave, func(fd int) error {
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

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}
