package idcard

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/serial"
)

// link carries SDT bytes to one reader and strips whatever wraps them: nothing
// on a serial line or TCP, packets on HID. Reads and writes come from one
// goroutine. Errors carry fault words as package serial states them.
type link interface {
	write(ctx context.Context, frame []byte) error
	read(ctx context.Context, b []byte) (int, error)
	flush() error
	setBaud(baud int) error
	close() error
}

// tcpScheme before a port means an SDT stream over TCP: a serial server, or an
// emulator on another machine.
const tcpScheme = "tcp://"

// openLink opens what path names. speeds says whether setting a speed makes
// sense there.
func openLink(ctx context.Context, path string, baud int) (l link, speeds bool, err error) {
	switch {
	case strings.HasPrefix(path, tcpScheme):
		l, err = openTCP(ctx, strings.TrimPrefix(path, tcpScheme))
		return l, false, err
	case isHIDRaw(path):
		l, err = openHID(path)
		return l, false, err
	default:
		p, err := serial.Open(ctx, serial.Options{Path: path, Baud: baud})
		if err != nil {
			return nil, false, err
		}
		return serialLink{p}, true, nil
	}
}

type serialLink struct{ port *serial.Port }

func (l serialLink) write(ctx context.Context, frame []byte) error   { return l.port.Write(ctx, frame) }
func (l serialLink) read(ctx context.Context, b []byte) (int, error) { return l.port.Read(ctx, b) }
func (l serialLink) flush() error                                    { return l.port.Flush() }
func (l serialLink) setBaud(baud int) error                          { return l.port.SetBaud(baud) }
func (l serialLink) close() error                                    { return l.port.Close() }

// deadlined is what net.Conn and a pollable os.File have in common.
type deadlined interface {
	io.ReadWriteCloser
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
}

// pollLink is a link over anything with deadlines, byte for byte.
type pollLink struct {
	op   string // what the errors say it is
	conn deadlined
}

func openTCP(ctx context.Context, addr string) (link, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, fault.New(fault.Absent, "connect "+addr, "", err)
	}
	return &pollLink{op: addr, conn: conn}, nil
}

func (l *pollLink) write(ctx context.Context, b []byte) error {
	stop, err := l.until(ctx, l.conn.SetWriteDeadline)
	if err != nil {
		return err
	}
	defer stop()
	if _, err := l.conn.Write(b); err != nil {
		return l.fault(ctx, "write", err)
	}
	return nil
}

func (l *pollLink) read(ctx context.Context, b []byte) (int, error) {
	stop, err := l.until(ctx, l.conn.SetReadDeadline)
	if err != nil {
		return 0, err
	}
	defer stop()
	n, err := l.conn.Read(b)
	if n > 0 {
		return n, nil
	}
	if err == nil {
		err = io.EOF
	}
	return 0, l.fault(ctx, "read", err)
}

// until makes the operation end with ctx, by deadline or by cancelling.
func (l *pollLink) until(ctx context.Context, set func(time.Time) error) (stop func() bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, l.fault(ctx, "", err)
	}
	deadline, _ := ctx.Deadline() // zero: none
	if err := set(deadline); err != nil {
		return nil, l.fault(ctx, "", err)
	}
	return context.AfterFunc(ctx, func() { _ = set(time.Now()) }), nil
}

func (l *pollLink) flush() error {
	var b [256]byte
	for {
		if err := l.conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			return fault.New(fault.Absent, "flush "+l.op, "", err)
		}
		_, err := l.conn.Read(b[:])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			return fault.New(fault.Absent, "flush "+l.op, "", err)
		}
	}
}

func (l *pollLink) setBaud(int) error { return nil }
func (l *pollLink) close() error      { return l.conn.Close() }

func (l *pollLink) fault(ctx context.Context, op string, err error) error {
	op += " " + l.op
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Timeout, op, "", err)
	default:
		return fault.New(fault.Absent, op, "", err)
	}
}
