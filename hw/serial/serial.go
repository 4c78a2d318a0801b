package serial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	bug "go.bug.st/serial"
	"golang.org/x/sys/unix"

	"zhunkao/hw/fault"
)

const (
	// DefaultBaud is the speed of Options.Baud 0.
	DefaultBaud = 115200
	// DefaultSettle is the wait after opening a port with modem lines.
	DefaultSettle = 1500 * time.Millisecond

	// slice is how long one library read may wait before the context is asked
	// again; it bounds how long Close waits for a reader.
	slice = 40 * time.Millisecond
	// grace is how long Close waits for a write to get into the kernel.
	grace = 200 * time.Millisecond
	// maxFD keeps the port's descriptor below what select(2) can hold.
	maxFD = 1000
)

// Options say which port and how. 8 data bits, no parity, 1 stop bit, no flow
// control, always.
type Options struct {
	Path    string        // required
	Baud    int           // 0: DefaultBaud
	Settle  time.Duration // 0: DefaultSettle; negative: none
	LockDir string        // 0: /run/lock, else the system's temporary directory
}

// Port is an open port. One goroutine reads and writes it; Close may be called
// from any, at any time, more than once.
type Port struct {
	path string
	port bug.Port
	lock *os.File

	reading sync.Mutex // held during a read; Close takes it to wait for one
	mu      sync.Mutex // guards closed and writing
	closed  bool
	writing chan struct{} // closed when the write under way ends; nil if none
}

// Open opens the port, takes its lock and waits for it to settle.
func Open(ctx context.Context, o Options) (*Port, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.Baud == 0 {
		o.Baud = DefaultBaud
	}
	if o.Settle == 0 {
		o.Settle = DefaultSettle
	}
	lock, err := takeLock(ctx, o.Path, o.LockDir)
	if err != nil {
		return nil, err
	}
	if lock.Fd() > maxFD {
		_ = lock.Close()
		return nil, fault.New(fault.Transient, "open "+o.Path, "too many open files for select(2)", nil)
	}
	port, err := bug.Open(o.Path, mode(o.Baud))
	if err != nil {
		_ = lock.Close()
		return nil, openFault(o.Path, err)
	}
	p := &Port{path: o.Path, port: port, lock: lock}
	// A port without modem lines has no DTR that could have woken anything.
	if _, err := port.GetModemStatusBits(); err == nil && o.Settle > 0 {
		timer := time.NewTimer(o.Settle)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			_ = p.Close()
			return nil, ctx.Err()
		}
	}
	return p, nil
}

// Path is the path it was opened by.
func (p *Port) Path() string { return p.path }

// Read waits for at least one byte, until ctx ends. It returns fault.Timeout
// at ctx's deadline, ctx's error when cancelled, fault.Absent when unplugged.
func (p *Port) Read(ctx context.Context, b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	p.reading.Lock()
	defer p.reading.Unlock()
	for {
		if p.isClosed() {
			return 0, fault.New(fault.Closed, "read", "", nil)
		}
		wait := slice
		if deadline, ok := ctx.Deadline(); ok {
			wait = min(wait, max(time.Until(deadline), 0))
		}
		if err := p.port.SetReadTimeout(wait); err != nil {
			return 0, p.ioFault("read", err)
		}
		n, err := p.port.Read(b)
		if err != nil {
			return 0, p.ioFault("read", err)
		}
		if n > 0 {
			return n, nil
		}
		if err := ctx.Err(); err != nil {
			return 0, ctxFault("read", err)
		}
		if deadline, ok := ctx.Deadline(); ok && !time.Now().Before(deadline) {
			return 0, ctxFault("read", context.DeadlineExceeded)
		}
	}
}

// Write writes all of b, until ctx ends. After fault.Timeout some of it may
// have been sent and the port must be closed. A short write is fault.Line:
// requests are shorter than any driver's buffer.
func (p *Port) Write(ctx context.Context, b []byte) error {
	done := make(chan struct{})
	p.mu.Lock()
	switch {
	case p.closed:
		p.mu.Unlock()
		return fault.New(fault.Closed, "write", "", nil)
	case p.writing != nil:
		p.mu.Unlock()
		return fault.New(fault.Timeout, "write", "an earlier write still blocks", nil)
	}
	p.writing = done
	p.mu.Unlock()

	var n int
	var err error
	own := append([]byte(nil), b...) // the caller may reuse b after a timeout
	go func() {
		n, err = p.port.Write(own)
		p.mu.Lock()
		p.writing = nil
		p.mu.Unlock()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		return ctxFault("write", ctx.Err())
	}
	if err != nil {
		return p.ioFault("write", err)
	}
	if n != len(own) {
		return fault.New(fault.Line, "write", fmt.Sprintf("%d of %d bytes", n, len(own)), nil)
	}
	return nil
}

// Flush throws away what arrived and was not read.
func (p *Port) Flush() error {
	p.reading.Lock()
	defer p.reading.Unlock()
	if p.isClosed() {
		return fault.New(fault.Closed, "flush", "", nil)
	}
	if err := p.port.ResetInputBuffer(); err != nil {
		return p.ioFault("flush", err)
	}
	return nil
}

// SetBaud changes the speed of our side.
func (p *Port) SetBaud(baud int) error {
	p.reading.Lock()
	defer p.reading.Unlock()
	if p.isClosed() {
		return fault.New(fault.Closed, "set speed", "", nil)
	}
	if err := p.port.SetMode(mode(baud)); err != nil {
		return p.ioFault("set speed", err)
	}
	return nil
}

// Close closes the port and gives up its lock. A read under way returns
// fault.Closed; a write that blocks in the kernel is left there.
func (p *Port) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	writing := p.writing
	p.mu.Unlock()

	if writing != nil {
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-writing:
		case <-timer.C: // in the kernel by now, which holds the file, not the number
		}
	}
	p.reading.Lock() // at most one slice
	defer p.reading.Unlock()
	return errors.Join(p.port.Close(), p.lock.Close())
}

func (p *Port) isClosed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.closed
}

func mode(baud int) *bug.Mode {
	return &bug.Mode{BaudRate: baud, DataBits: 8, Parity: bug.NoParity, StopBits: bug.OneStopBit}
}

// ioFault names an error of an open port. The library says PortClosed for an
// unplugged device and for our own Close alike; our flag tells them apart.
func (p *Port) ioFault(op string, err error) error {
	if p.isClosed() {
		return fault.New(fault.Closed, op, "", nil)
	}
	return fault.New(fault.Absent, op+" "+p.path, "", err)
}

func ctxFault(op string, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.Timeout, op, "", err)
	}
	return err
}

func openFault(path string, err error) error {
	op := "open " + path
	var pe *bug.PortError
	switch {
	case errors.As(err, &pe) && pe.Code() == bug.PortBusy:
		return fault.New(fault.Busy, op, "", err)
	case errors.As(err, &pe) && pe.Code() == bug.PermissionDenied:
		return fault.New(fault.Denied, op, "", err)
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO), errors.Is(err, unix.EIO):
		return fault.New(fault.Absent, op, "", err)
	case errors.As(err, &pe), errors.Is(err, unix.EISDIR), errors.Is(err, unix.ENOTTY):
		return fault.New(fault.Absent, op, "not a serial port", err)
	default:
		return fault.New(fault.Line, op, "", err)
	}
}
