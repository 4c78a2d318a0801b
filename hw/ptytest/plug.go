package ptytest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Device is what sits at the cable's end. None of its functions may call the
// Plug; all must be given.
type Device struct {
	// PowerOn is called at each plugging, before a byte can be exchanged.
	PowerOn func()
	// Serve speaks the device's side until ctx ends or the line does, and
	// closes line. Its error is given to who pulls the cable.
	Serve func(ctx context.Context, line *Line) error
	// Changed is called when it was plugged in or pulled out.
	Changed func()
}

// Plug is a device at the end of a cable: a pseudo-terminal behind a symbolic
// link. Pulling it removes the link and hangs the terminal up, as the kernel
// does with a USB port; the next plugging gives another terminal under the same
// link, and a device just switched on. It is safe for concurrent use.
type Plug struct {
	device Device
	link   string

	mu   sync.Mutex // guards what follows
	stop context.CancelFunc
	done chan error
}

// New makes a cable that is not plugged in. link must not exist, or be a
// symbolic link left by an earlier run.
func New(d Device, link string) *Plug { return &Plug{device: d, link: link} }

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
	line, err := open()
	if err != nil {
		return fmt.Errorf("ptytest: %w", err)
	}
	if err := placeLink(line.host.Name(), p.link); err != nil {
		return errors.Join(fmt.Errorf("ptytest: %w", err), line.host.Close(), line.Close())
	}
	p.device.PowerOn()
	ctx, cancel := context.WithCancel(context.Background())
	p.stop, p.done = cancel, make(chan error, 1)
	go func(done chan<- error) {
		// The driver's side is held open, or ours would read errors whenever no
		// driver has it open.
		err := p.device.Serve(ctx, line)
		done <- errors.Join(err, line.host.Close())
	}(p.done)
	p.device.Changed()
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
	p.device.Changed()
	return err
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
