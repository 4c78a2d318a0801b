package dbf

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	"zhunkao/protocol/gbk"
)

// Options of NewReader; the zero value reads what the header says.
type Options struct {
	// Charset of the text. Empty: GB 18030, of which GBK is a part, if the
	// header's code page is Chinese, unknown or "ANSI" (which in China it is);
	// under any other code page text beyond ASCII is then a fault. Set, it
	// holds whatever the header says.
	Charset gbk.Charset
	// Memo is the memo file beside the table, nil if there is none.
	Memo *io.SectionReader
	// MemoMax is the most bytes of one memo that are read; a longer one is a
	// fault. 1 MiB if 0.
	MemoMax int
}

const defaultMemoMax = 1 << 20

// Reader reads a table row by row. It holds one record at a time. It is not
// safe for concurrent use.
type Reader struct {
	in      *bufio.Reader
	header  Header
	cols    []column
	nulls   column // the hidden column of null flags; no length if there is none
	charset gbk.Charset
	foreign bool // text beyond ASCII cannot be trusted: another code page
	memo    *memoFile
	record  []byte
	row     int64 // the last that was read
	faults  []Fault
	ended   bool
}

// NewReader reads the header. A table that cannot be read at all is refused
// with a *Fault; any other error is in's own.
func NewReader(in io.Reader, o Options) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(in, 64<<10), charset: o.Charset}
	if r.charset == "" {
		r.charset = gbk.GB18030
	}
	if err := r.readHeader(o); err != nil {
		return nil, err
	}
	switch r.header.LDID {
	case 0x00, 0x4D, 0x57, 0x7A:
	default:
		r.foreign = o.Charset == ""
	}
	if o.Memo != nil {
		if o.MemoMax == 0 {
			o.MemoMax = defaultMemoMax
		}
		r.memo = openMemo(o.Memo, r.header.Version, o.MemoMax)
	}
	r.record = make([]byte, r.header.RowBytes)
	return r, nil
}

// Header is what stands before the rows. Its slice must not be changed.
func (r *Reader) Header() Header { return r.header }

// Faults are those of the file as a whole, of row 0; complete once Next has
// returned io.EOF.
func (r *Reader) Faults() []Fault { return r.faults }

// Value is one cell.
type Value struct {
	// Text of the cell. C and M without trailing blanks and NULs; N and F as
	// written, without blanks and a plus sign; D YYYYMMDD; L "T" or "F"; I, Y
	// (four decimals) and B (shortest form) in decimal; T
	// "2006-01-02 15:04:05.000". Empty if Null or Unread.
	Text   string
	Null   bool // empty number, date, logical value or memo, or null in Visual FoxPro; a blank text is not null
	Unread bool // the cell is a fault of its row, or its column one of the file
}

// Row is one record.
type Row struct {
	Number  int64 // from 1, deleted rows counted
	Deleted bool
	Values  []Value // one for each of Header.Fields
	Faults  []Fault // of this row; nil if all is well
}

// Next reads the next row, deleted ones too. io.EOF ends it, also where the file is cut
// short: Faults then says so. A row that cannot be read has Values that are
// all Unread.
func (r *Reader) Next() (*Row, error) {
	row := &Row{Values: make([]Value, len(r.cols))}
	if err := r.Read(row); err != nil {
		return nil, err
	}
	return row, nil
}

// Read is Next into a row that is used again; its Values and Faults are
// overwritten.
func (r *Reader) Read(row *Row) error {
	if r.ended {
		return io.EOF
	}
	if r.row == r.header.Rows {
		return r.end()
	}
	n, err := io.ReadFull(r.in, r.record)
	switch {
	case errors.Is(err, io.EOF), n > 0 && r.record[0] == fileEnd && errors.Is(err, io.ErrUnexpectedEOF):
		return r.tooFew()
	case errors.Is(err, io.ErrUnexpectedEOF):
		r.report(fault(r.row+1, "", CutShort))
		return r.tooFew()
	case err != nil:
		return err
	case r.record[0] == fileEnd:
		return r.tooFew()
	}
	r.row++
	if cap(row.Values) < len(r.cols) {
		row.Values = make([]Value, len(r.cols))
	}
	row.Number, row.Values, row.Faults = r.row, row.Values[:len(r.cols)], row.Faults[:0]
	switch r.record[0] {
	case liveRow, deletedRow:
		row.Deleted = r.record[0] == deletedRow
		for i := range r.cols {
			r.cell(row, i)
		}
	default:
		row.Deleted = false
		for i := range row.Values {
			row.Values[i] = Value{Unread: true}
		}
		row.Faults = append(row.Faults, fault(r.row, "", BadMarker, hex(r.record[0])))
	}
	return nil
}

// report notes a fault of the file; the number of columns bounds them.
func (r *Reader) report(f Fault) { r.faults = append(r.faults, f) }

// tooFew ends a file that has fewer rows than its header counts.
func (r *Reader) tooFew() error {
	r.ended = true
	r.report(fault(0, "", TooFew, strconv.FormatInt(r.header.Rows, 10), strconv.FormatInt(r.row, 10)))
	return io.EOF
}

// end looks at what follows the last row. After the end mark anything may
// stand: nobody reads it.
func (r *Reader) end() error {
	b, err := r.in.ReadByte()
	switch {
	case errors.Is(err, io.EOF):
		r.report(fault(0, "", NoEnd))
	case err != nil:
		return err
	case b != fileEnd:
		r.report(fault(0, "", TooMany, strconv.FormatInt(r.header.Rows, 10)))
	}
	r.ended = true
	return io.EOF
}

// cell reads one cell of the record into the row.
func (r *Reader) cell(row *Row, i int) {
	c := &r.cols[i]
	v := &row.Values[i]
	*v = Value{Unread: c.unread != ""}
	if v.Unread {
		return
	}
	b := r.record[c.offset : c.offset+c.Length]
	if c.null >= 0 && r.isNull(c.null) {
		v.Null = true
		return
	}
	code, args := r.value(c, b, v)
	if code == "" {
		return
	}
	f := fault(r.row, c.Name, code, args...)
	if !f.Harmless {
		*v = Value{Unread: true}
	}
	row.Faults = append(row.Faults, f)
}

func (r *Reader) isNull(bit int) bool {
	at := r.nulls.offset + bit/8
	return bit/8 < r.nulls.Length && r.record[at]&(1<<(bit%8)) != 0
}

// text decodes what stands in a column of text, or in a memo.
func (r *Reader) text(b []byte, v *Value) (string, []any) {
	ascii := true
	for _, c := range b {
		if c >= 0x80 {
			ascii = false
		} else if c == 0 {
			return BadText, []any{strconv.Itoa(strings.IndexByte(string(b), 0) + 1)}
		}
	}
	if ascii {
		v.Text = string(b)
		return "", nil
	}
	if r.foreign {
		return CodePage, []any{hex(r.header.LDID)}
	}
	text, wrong := gbk.Decode(r.charset, b)
	if len(wrong) > 0 {
		return BadText, []any{strconv.Itoa(wrong[0].Offset + 1)}
	}
	v.Text = text
	return "", nil
}
