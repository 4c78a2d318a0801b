package idcard

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"zhunkao/hw/fault"
)

// The HID framing of the MR-300 class (10C4:0007), 64-byte reports both ways.
//
//	out: 88 00 00 | LEN lo hi | B1 | SDT request | SUM lo hi | zeros
//	in:  AA  s  s | LEN lo hi | RES | 2 bytes | up to 54 bytes of the SDT answer | SUM lo hi
//
// LEN counts the byte after it and the data; SUM is the sum of all bytes from
// LEN lo to the last data byte. The outgoing form agrees with a captured frame.
// The incoming one is put together from descriptions: nobody here has seen it
// on a real reader. So only what must be right is asked of it (the first byte
// and a LEN that fits), its SUM is not judged, and the SDT checksum inside
// decides.
const (
	reportSize = 64
	hidOut     = 0x88
	hidIn      = 0xAA
	hidSDT     = 0xB1
	hidHead    = 5 // up to and with LEN
	hidSkip    = 3 // RES and two index bytes
)

func isHIDRaw(path string) bool {
	if strings.HasPrefix(filepath.Base(path), "hidraw") {
		return true
	}
	target, err := filepath.EvalSymlinks(path)
	return err == nil && strings.HasPrefix(filepath.Base(target), "hidraw")
}

// wrapHID packs one SDT request into one report.
func wrapHID(frame []byte) ([]byte, error) {
	if hidHead+1+len(frame)+2 > reportSize {
		return nil, fault.New(fault.Unsupported, "write", "request longer than a report", nil)
	}
	b := make([]byte, reportSize)
	b[0] = hidOut
	binary.LittleEndian.PutUint16(b[3:], uint16(1+len(frame)))
	b[5] = hidSDT
	n := 6 + copy(b[6:], frame)
	var sum uint16
	for _, v := range b[3:n] {
		sum += uint16(v)
	}
	binary.LittleEndian.PutUint16(b[n:], sum)
	return b, nil
}

// unwrapHID gives the SDT bytes of one report, or nil when it is none.
func unwrapHID(report []byte) []byte {
	if len(report) < hidHead+hidSkip || report[0] != hidIn {
		return nil
	}
	n := int(binary.LittleEndian.Uint16(report[3:]))
	if n < hidSkip || hidHead+n > len(report) {
		return nil
	}
	return report[hidHead+hidSkip : hidHead+n]
}

// hidLink carries SDT over 64-byte reports.
type hidLink struct {
	pollLink
	rest []byte // unwrapped and not yet read
}

func openHID(path string) (link, error) {
	op := "open " + path
	// Opened by hand: os.NewFile gives deadlines only to what is non-blocking
	// already, and asking an os.File for its descriptor makes it block.
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	switch {
	case errors.Is(err, unix.ENOENT), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return nil, fault.New(fault.Absent, op, "", err)
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		return nil, fault.New(fault.Denied, op, "", err)
	case err != nil:
		return nil, fault.New(fault.Line, op, "", err)
	}
	if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fault.New(fault.Busy, op, "", err), unix.Close(fd))
	}
	return &hidLink{pollLink: pollLink{op: path, conn: os.NewFile(uintptr(fd), path)}}, nil
}

func (l *hidLink) write(ctx context.Context, frame []byte) error {
	report, err := wrapHID(frame)
	if err != nil {
		return err
	}
	// hidraw takes the report's number first; these devices have only 0.
	return l.pollLink.write(ctx, append([]byte{0}, report...))
}

func (l *hidLink) read(ctx context.Context, b []byte) (int, error) {
	for len(l.rest) == 0 {
		var report [reportSize]byte
		n, err := l.pollLink.read(ctx, report[:])
		if err != nil {
			return 0, err
		}
		l.rest = bytes.Clone(unwrapHID(report[:n]))
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

func (l *hidLink) flush() error {
	l.rest = nil
	return l.pollLink.flush()
}
