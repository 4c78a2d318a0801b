package paneltest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// Plug is the board at the end of a cable: a pseudo-terminal behind a symbolic
// link. Pulling it removes the link and hangs the terminal up; the next plugging
// gives another terminal under the same link, and a board just switched on.
type Plug struct {
	board *Board
	link  string

	mu   sync.Mutex // guards stop and done
	stop context.CancelFunc
	done chan error
}

// NewPlug makes a cable that is not plugged in. link must not exist, or be a
// symbolic link left by an earlier run.
func NewPlug(b *Board, link string) *Plug { return &Plug{board: b, link: link} }

// Link is the path a driver opens.
func (p *Plug) Link() string { return p.link }

// In says whether it is plugged in.
func (p *Plug) In() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stop != nil
}

// Plug plugs it in. Plugging twice does nothing.
func (p *Plug) Plug() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		return nil
	}
	if fi, err := os.Lstat(p.link); err == nil {
		if fi.Mode()&os.ModeSymlink == 0 {
			return fmt.Errorf("paneltest: %s exists and is no symbolic link", p.link)
		}
		if err := os.Remove(p.link); err != nil {
			return fmt.Errorf("paneltest: %w", err)
		}
	}
	master, slave, err := openPTY()
	if err != nil {
		return fmt.Errorf("paneltest: %w", err)
	}
	err = raw(slave)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(p.link), 0o755)
	}
	if err == nil {
		err = os.Symlink(slave.Name(), p.link)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("paneltest: %w", err), slave.Close(), master.Close())
	}
	p.board.PowerCycle()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	p.stop, p.done = cancel, done
	go func() {
		// The slave is held open, or the master would read errors whenever no
		// driver has it open.
		p.board.Serve(ctx, master)
		done <- slave.Close()
	}()
	p.board.change(func() {})
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
	p.board.change(func() {})
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

// raw switches echo and translation off, so that nothing is echoed before the
// driver sets its own mode.
func raw(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	err = conn.Control(func(fd uintptr) {
		var t *unix.Termios
		if t, inner = unix.IoctlGetTermios(int(fd), unix.TCGETS); inner != nil {
			return
		}
		t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
		t.Cflag = t.Cflag&^unix.CSIZE | unix.CS8
		inner = unix.IoctlSetTermios(int(fd), unix.TCSETS, t)
	})
	return errors.Join(err, inner)
}
