package dbf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"zhunkao/hub/exchange/dbf"
)

// raw is a table written byte by byte, so that each part can be wrong. It
// shares nothing with Writer.
type raw struct {
	version, ldid byte
	columns       []rawColumn
	rows          []string // with their markers
	count         int      // 0: as many as there are; -1: none
	head, row     int      // lengths for the header; 0: the true ones
	noFieldEnd    bool
	tail          string // after the rows; "" is the end mark
	noTail        bool
	encrypted     bool
}

type rawColumn struct {
	name     string
	kind     byte
	length   int
	decimals int
	flags    byte
}

func (r raw) bytes() []byte {
	b := make([]byte, 32)
	row := 1
	for _, c := range r.columns {
		d := make([]byte, 32)
		copy(d[:11], c.name)
		d[11], d[16], d[17], d[18] = c.kind, byte(c.length), byte(c.decimals), c.flags
		row += c.length
		b = append(b, d...)
	}
	if !r.noFieldEnd {
		b = append(b, 0x0D)
	}
	if r.version >= 0x30 && r.version <= 0x32 {
		b = append(b, make([]byte, 263)...)
	}
	head := len(b)
	if r.head != 0 {
		head = r.head
	}
	if r.row != 0 {
		row = r.row
	}
	count := len(r.rows)
	if r.count != 0 {
		count = max(r.count, 0)
	}
	if r.encrypted {
		b[15] = 1
	}
	b[0], b[1], b[2], b[3], b[29] = r.version, 119, 9, 12, r.ldid
	binary.LittleEndian.PutUint32(b[4:], uint32(count))
	binary.LittleEndian.PutUint16(b[8:], uint16(head))
	binary.LittleEndian.PutUint16(b[10:], uint16(row))
	for _, row := range r.rows {
		b = append(b, row...)
	}
	if r.tail == "" && !r.noTail {
		r.tail = "\x1a"
	}
	return append(b, r.tail...)
}

// table is a plain one that cases change.
func table(change func(*raw)) []byte {
	r := raw{version: dbf.DBase3, ldid: 0x4D,
		columns: []rawColumn{{name: "XM", kind: 'C', length: 8}, {name: "ZF", kind: 'N', length: 6, decimals: 1}, {name: "CSRQ", kind: 'D', length: 8}, {name: "QR", kind: 'L', length: 1}},
		rows: []string{
			" " + "\xc1\xf5\xb1\xb8    " + " 451.5" + "20190902" + "T",
			"*" + "ABC     " + "  -1.0" + "20000229" + "F",
			" " + "        " + "      " + "        " + "?",
		}}
	if change != nil {
		change(&r)
	}
	return r.bytes()
}

// cell gives row 1's text with a column in its place.
func oneCell(kind byte, length, decimals int, content string) func(*raw) {
	return func(r *raw) {
		r.columns = []rawColumn{{name: "A", kind: 'C', length: 2}, {name: "X", kind: kind, length: length, decimals: decimals}}
		r.rows = []string{" ok" + content, " ok" + string(bytes.Repeat([]byte{' '}, length))}
	}
}

// all reads a table to its end.
func all(t *testing.T, b []byte, o dbf.Options) (rows []*dbf.Row, faults []dbf.Fault, r *dbf.Reader) {
	t.Helper()
	r, err := dbf.NewReader(bytes.NewReader(b), o)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
		faults = append(faults, row.Faults...)
	}
	return rows, append(faults, r.Faults()...), r
}
