package dbf

import (
	"bytes"
	"encoding/binary"
	"io"
	"strconv"
	"strings"
)

// memoFile is the file beside a table in which its memos lie, in blocks that a
// cell names by number. Blocks of one memo follow each other, so there is
// nothing to loop; what can go wrong is a number or a length beyond the file,
// and a memo without an end.
type memoFile struct {
	in    *io.SectionReader
	kind  byte // the version of the table
	block int64
	max   int
}

const dbase3Block = 512

// openMemo reads the size of the blocks. A file too short for it has no
// blocks, and every pointer into it is a fault.
func openMemo(in *io.SectionReader, version byte, most int) *memoFile {
	m := &memoFile{in: in, kind: version, block: dbase3Block, max: most}
	var head [22]byte
	if _, err := in.ReadAt(head[:], 0); err != nil {
		return m
	}
	switch version {
	case dbase4Memo:
		if n := binary.LittleEndian.Uint16(head[20:]); n > 0 {
			m.block = int64(n)
		}
	case dbase3Memo, DBase3:
	default: // FoxPro; its smallest block is one byte, where 0 is written
		m.block = max(1, int64(binary.BigEndian.Uint16(head[6:])))
	}
	return m
}

// memoText reads the memo a cell points to.
func (r *Reader) memoText(b []byte, v *Value) (string, []any) {
	var at uint64
	if len(b) == 4 {
		at = uint64(binary.LittleEndian.Uint32(b))
	} else {
		text := strings.Trim(string(b), " \x00")
		if text != "" {
			n, err := strconv.ParseUint(text, 10, 32)
			if err != nil {
				return BadMemo, nil
			}
			at = n
		}
	}
	if at == 0 {
		v.Null = true
		return "", nil
	}
	data, ok := r.memo.read(int64(at))
	if !ok {
		return BadMemo, nil
	}
	return r.text(trimRight(data), v)
}

func (m *memoFile) read(at int64) ([]byte, bool) {
	at *= m.block // 32 bits by 16
	switch m.kind {
	case dbase3Memo, DBase3:
		return m.toEnd(at)
	case dbase4Memo:
		return m.counted(at, func(head []byte) (int64, bool) {
			n := int64(binary.LittleEndian.Uint32(head[4:])) - 8 // it counts its own head
			return n, bytes.Equal(head[:4], []byte{0xFF, 0xFF, 0x08, 0x00})
		})
	default:
		return m.counted(at, func(head []byte) (int64, bool) {
			return int64(binary.BigEndian.Uint32(head[4:])), binary.BigEndian.Uint32(head) == 1 // text
		})
	}
}

// counted reads a memo that says its length.
func (m *memoFile) counted(at int64, size func([]byte) (int64, bool)) ([]byte, bool) {
	var head [8]byte
	if _, err := m.in.ReadAt(head[:], at); err != nil {
		return nil, false
	}
	n, ok := size(head[:])
	if !ok || n < 0 || n > int64(m.max) || at+8+n > m.in.Size() {
		return nil, false
	}
	data := make([]byte, n)
	_, err := m.in.ReadAt(data, at+8)
	return data, err == nil || err == io.EOF && n == 0
}

// toEnd reads a memo that ends with 0x1A.
func (m *memoFile) toEnd(at int64) ([]byte, bool) {
	var data []byte
	block := make([]byte, dbase3Block)
	for len(data) <= m.max {
		n, err := m.in.ReadAt(block, at)
		if i := bytes.IndexByte(block[:n], fileEnd); i >= 0 {
			return append(data, block[:i]...), true
		}
		if err != nil {
			return nil, false
		}
		data = append(data, block[:n]...)
		at += int64(n)
	}
	return nil, false
}
