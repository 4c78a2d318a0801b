package camera

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

const (
	// maxPart bounds one frame over HTTP: a 4K JPEG is 2 MB.
	maxPart = 4 << 20
	// maxHeader bounds the lines before a part.
	maxHeader     = 32
	maxHeaderLine = 1 << 10
)

var (
	errPart = errors.New("malformed part")
	errBig  = errors.New("part too big")
)

// parts divides a multipart/x-mixed-replace stream into its parts. It is laxer
// than the standard's, as cameras are: the boundary with or without its dashes,
// lines ended by LF alone, lengths missing; and stricter in that every length is
// bounded.
type parts struct {
	r        *bufio.Reader
	boundary []byte // with its two dashes
	limit    int
	at, end  bool // the boundary's line has been read already; it was the closing one
}

func newParts(r io.Reader, boundary string, limit int) *parts {
	return &parts{r: bufio.NewReaderSize(r, 64<<10), boundary: []byte("--" + strings.TrimPrefix(boundary, "--")), limit: limit}
}

// next reads a part's body into buf, which it may grow, and gives it. A part
// that is no JPEG by its own word is passed over. io.EOF at the closing
// boundary; io.ErrUnexpectedEOF where the stream breaks off.
func (p *parts) next(buf []byte) ([]byte, error) {
	for {
		if err := p.toBoundary(); err != nil {
			return buf[:0], err
		}
		length, jpeg, err := p.header()
		if err != nil {
			return buf[:0], err
		}
		if buf, err = p.body(buf[:0], length); err != nil {
			return buf[:0], err
		}
		if jpeg {
			return buf, nil
		}
	}
}

// toBoundary passes over what stands before the next boundary.
func (p *parts) toBoundary() error {
	switch {
	case p.end:
		return io.EOF
	case p.at:
		p.at = false
		return nil
	}
	passed, fresh := 0, true
	for passed <= p.limit {
		line, err := p.r.ReadSlice('\n')
		is, last := p.isBoundary(line)
		if fresh && is {
			if last {
				return io.EOF
			}
			return nil
		}
		passed += len(line)
		fresh = err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return short(err)
		}
	}
	return errBig
}

func (p *parts) isBoundary(line []byte) (is, last bool) {
	rest, ok := bytes.CutPrefix(line, p.boundary)
	if !ok {
		return false, false
	}
	rest = bytes.TrimRight(rest, " \t\r\n")
	return len(rest) == 0 || string(rest) == "--", string(rest) == "--"
}

// header reads the part's header: its length or -1, and whether it may be a
// JPEG.
func (p *parts) header() (length int, jpeg bool, err error) {
	length, jpeg = -1, true
	for range maxHeader {
		line, err := p.r.ReadSlice('\n')
		if len(line) > maxHeaderLine || errors.Is(err, bufio.ErrBufferFull) {
			return 0, false, errPart
		}
		if err != nil {
			return 0, false, short(err)
		}
		text := strings.TrimSpace(string(line))
		if text == "" {
			return length, jpeg, nil
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return 0, false, errPart
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "content-length":
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				return 0, false, errPart
			}
			if n > p.limit {
				return 0, false, errBig
			}
			length = n
		case "content-type":
			kind := strings.ToLower(value)
			jpeg = strings.HasPrefix(kind, "image/jpeg") || strings.HasPrefix(kind, "image/jpg")
		}
	}
	return 0, false, errPart
}

// body reads so many bytes, or without a length to the next boundary.
func (p *parts) body(buf []byte, length int) ([]byte, error) {
	if length >= 0 {
		if cap(buf) < length {
			buf = make([]byte, 0, length+length/4)
		}
		buf = buf[:length]
		_, err := io.ReadFull(p.r, buf)
		return buf, short(err)
	}
	fresh := true
	for {
		line, err := p.r.ReadSlice('\n')
		if is, last := p.isBoundary(line); fresh && is {
			p.at, p.end = !last, last
			buf = bytes.TrimSuffix(buf, []byte("\n"))
			return bytes.TrimSuffix(buf, []byte("\r")), nil
		}
		if len(buf)+len(line) > p.limit {
			return buf, errBig
		}
		buf = append(buf, line...)
		fresh = err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return buf, short(err)
		}
	}
}

// short says of an end that it came too early.
func short(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
