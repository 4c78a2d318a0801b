package idcardtest

import (
	"context"
	"encoding/binary"
	"io"
)

// Reports of the HID framing; written from the description, not from the
// driver.
const (
	report    = 64
	perReport = 54
)

// ServeHID speaks the module's side in 64-byte reports: each Write of line is
// one report, each Read must give one. A leading report number (one more byte)
// is taken off, as hidraw does. It closes line.
func (r *Reader) ServeHID(ctx context.Context, line io.ReadWriteCloser) error {
	return r.Serve(ctx, &reports{line: line})
}

// reports turns reports into the module's bytes and back.
type reports struct {
	line io.ReadWriteCloser
	rest []byte
}

func (h *reports) Read(b []byte) (int, error) {
	for len(h.rest) == 0 {
		in := make([]byte, report+1)
		n, err := h.line.Read(in)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, io.EOF
		}
		in = in[:n]
		if n == report+1 {
			in = in[1:]
		}
		if len(in) < 8 || in[0] != 0x88 || in[5] != 0xB1 {
			continue
		}
		length := int(binary.LittleEndian.Uint16(in[3:5])) // B1 and the frame
		end := 5 + length
		if length < 1 || end+2 > len(in) {
			continue
		}
		sum := uint16(0)
		for _, v := range in[3:end] {
			sum += uint16(v)
		}
		if sum == binary.LittleEndian.Uint16(in[end:]) {
			h.rest = append(h.rest, in[6:end]...)
		}
	}
	n := copy(b, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

func (h *reports) Write(b []byte) (int, error) {
	for index, left := uint16(0), b; len(left) > 0; index++ {
		n := min(perReport, len(left))
		out := make([]byte, report)
		out[0] = 0xAA
		binary.LittleEndian.PutUint16(out[3:], uint16(3+n))
		out[5] = 0x00
		binary.LittleEndian.PutUint16(out[6:], index)
		copy(out[8:], left[:n])
		sum := uint16(0)
		for _, v := range out[3 : 8+n] {
			sum += uint16(v)
		}
		if 8+n+2 <= report {
			binary.LittleEndian.PutUint16(out[8+n:], sum)
		}
		if _, err := h.line.Write(out); err != nil {
			return len(b) - len(left), err
		}
		left = left[n:]
	}
	return len(b), nil
}

func (h *reports) Close() error { return h.line.Close() }
