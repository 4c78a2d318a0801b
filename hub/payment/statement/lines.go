package statement

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// The bounds on what is read.
const (
	MaxLine = 64 << 10 // bytes of a line
	MaxSize = 2 << 30  // bytes of a file when unpacked
)

// lines reads a text line by line. A line ends by LF or CR LF.
type lines struct {
	r      *bufio.Reader
	number int  // of the line that was read last, from 1
	open   bool // the last line had no end
	long   bool // it was longer than MaxLine; the rest of it was dropped
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, MaxLine)} }

// next gives the next line without its end, valid until the next call; nil after the last.
func (l *lines) next() ([]byte, error) {
	line, err := l.r.ReadSlice('\n')
	l.long = errors.Is(err, bufio.ErrBufferFull)
	if l.long {
		line = bytes.Clone(line)
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.r.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(line) == 0 {
		return nil, nil
	}
	l.number++
	l.open = err != nil
	line = bytes.TrimSuffix(line, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if line == nil {
		line = []byte{}
	}
	return line, nil
}

// columns splits a line by a separator into dst, which it grows as needed.
func columns(dst [][]byte, line, sep []byte) [][]byte {
	dst = dst[:0]
	for {
		i := bytes.Index(line, sep)
		if i < 0 {
			return append(dst, line)
		}
		dst, line = append(dst, line[:i]), line[i+len(sep):]
	}
}
