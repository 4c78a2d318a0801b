package dbf

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhunkao/protocol/gbk"
)

// Layout is what a table looks like; nothing in it has a default.
type Layout struct {
	Version byte        // DBase3 or FoxPro
	Charset gbk.Charset // of the text; the code page mark says GBK in either case, for there is none for GB 18030
	Updated time.Time   // the day in the header, by its own zone; zero writes none
	// Fields of types C, N, F, D and L. Names are 1 to 10 of A–Z, 0–9 and "_",
	// a letter first; C has 1 to 254 bytes, N and F 1 to 20 with the sign and
	// the point in them.
	Fields []Field
}

// CountLater for the rows of NewWriter: they are counted, and written into the
// header by Close, for which the writer must be an io.WriteSeeker at its start.
const CountLater = -1

// ErrCount: Close was called with another number of rows than announced.
var ErrCount = errors.New("dbf: another number of rows than the header says")

// Writer writes a table, byte for byte determined by its arguments. What it
// writes is read alike by dbfread, DBD::XBase, shapelib and Reader; what they
// would read differently, it refuses. It is not safe for concurrent use.
type Writer struct {
	out     *bufio.Writer
	seek    io.WriteSeeker // nil if the rows were announced
	layout  Layout
	offsets []int
	blank   []byte // a record without values
	record  []byte
	rows    int64
	want    int64
	size    int64
	wide    []byte
}

// NewWriter writes the header. A layout that is no table is refused with a
// *Fault; rows is how many will follow, or CountLater.
func NewWriter(out io.Writer, l Layout, rows int64) (*Writer, error) {
	w := &Writer{out: bufio.NewWriterSize(out, 64<<10), layout: l, want: rows}
	w.layout.Fields = slices.Clone(l.Fields)
	if err := w.layout.check(); err != nil {
		return nil, err
	}
	if rows < 0 {
		s, ok := out.(io.WriteSeeker)
		if !ok {
			return nil, errors.New("dbf: the number of rows is not known, and the output cannot be gone back in")
		}
		w.seek, rows = s, 0
	}
	if rows > math.MaxUint32 {
		return nil, refuse("", Full)
	}
	w.blank = []byte{liveRow}
	for _, f := range w.layout.Fields {
		w.offsets = append(w.offsets, len(w.blank))
		fill := byte(' ')
		if f.Type == Logical {
			fill = '?' // shapelib takes a blank for a value
		}
		w.blank = append(w.blank, strings.Repeat(string(fill), f.Length)...)
	}
	w.record = slices.Clone(w.blank)
	head := w.layout.header(len(w.blank), uint32(rows))
	w.size = int64(len(head)) + 1
	_, err := w.out.Write(head)
	return w, err
}

func (l Layout) check() error {
	most := map[byte]int{DBase3: 128, FoxPro: maxFields}[l.Version]
	if most == 0 {
		return refuse("", BadVersion, hex(l.Version))
	}
	if !l.Charset.Known() {
		return fmt.Errorf("dbf: unknown character set %q", l.Charset)
	}
	if len(l.Fields) == 0 || len(l.Fields) > most {
		return refuse("", BadHeader, fields(len(l.Fields)))
	}
	row := 1
	seen := map[string]bool{}
	for i, f := range l.Fields {
		if !goodName(f.Name) {
			return refuse("#"+strconv.Itoa(i+1), BadName, "#"+strconv.Itoa(i+1))
		}
		if seen[f.Name] {
			return refuse(f.Name, SameName)
		}
		seen[f.Name] = true
		good := f.Decimals == 0
		switch f.Type {
		case Character:
			good = good && f.Length >= 1 && f.Length <= charMax
		case Numeric, Float:
			good = f.Length >= 1 && f.Length <= numberMax && (f.Decimals == 0 || f.Decimals > 0 && f.Decimals <= f.Length-2)
		case Date:
			good = good && f.Length == 8
		case Logical:
			good = good && f.Length == 1
		default:
			return refuse(f.Name, Unsupported, f.Type.String())
		}
		if !good {
			return refuse(f.Name, BadField, fmt.Sprintf("%v(%d,%d)", f.Type, f.Length, f.Decimals))
		}
		row += f.Length
	}
	if row > math.MaxUint16 {
		return refuse("", BadHeader, said{"每行 " + strconv.Itoa(row) + " 字节", "rows of " + strconv.Itoa(row) + " bytes"})
	}
	return nil
}

func goodName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= nameMax
}

// header is everything before the rows.
func (l Layout) header(row int, rows uint32) []byte {
	head := descriptor*(1+len(l.Fields)) + 1
	ldid, tail := byte(0x4D), 0
	if l.Version == FoxPro {
		ldid, tail = 0x7A, backlink
	}
	b := make([]byte, descriptor, head+tail)
	b[0] = l.Version
	if y := l.Updated; !y.IsZero() {
		year := y.Year() - 1900
		if l.Version == FoxPro {
			year = y.Year() % 100
		}
		b[1], b[2], b[3] = byte(year), byte(y.Month()), byte(y.Day())
	}
	binary.LittleEndian.PutUint32(b[4:], rows)
	binary.LittleEndian.PutUint16(b[8:], uint16(head+tail))
	binary.LittleEndian.PutUint16(b[10:], uint16(row))
	b[29] = ldid
	offset := 1
	for _, f := range l.Fields {
		var d [descriptor]byte
		copy(d[:nameMax], f.Name)
		d[11] = byte(f.Type)
		if l.Version == FoxPro { // dBASE III has an address of its own memory there
			binary.LittleEndian.PutUint32(d[12:], uint32(offset))
		}
		d[16], d[17] = byte(f.Length), byte(f.Decimals)
		offset += f.Length
		b = append(b, d[:]...)
	}
	return append(append(b, fieldEnd), make([]byte, tail)...)
}

// Set puts a value into column i (from 0, as in Layout.Fields) of the row under
// way. Empty is no value. C takes text, N and F a plain decimal number of no
// more decimals than the column has, D YYYYMMDD, L "T" or "F". What does not fit
// is refused with a *Fault and leaves the cell without value: nothing is cut,
// rounded or replaced here.
func (w *Writer) Set(i int, value string) error {
	f := &w.layout.Fields[i]
	at := w.offsets[i]
	cell := w.record[at : at+f.Length]
	copy(cell, w.blank[at:])
	if value == "" {
		return nil
	}
	code, args := "", []any(nil)
	switch f.Type {
	case Character:
		code, args = w.text(cell, value)
	case Numeric, Float:
		code, args = w.number(cell, value, f.Decimals)
	case Date:
		if code = BadDate; isDay(value) {
			code = ""
			copy(cell, value)
		}
	case Logical:
		if code = BadLogical; value == "T" || value == "F" {
			code = ""
			cell[0] = value[0]
		}
	}
	if code == "" {
		return nil
	}
	wrong := fault(w.rows+1, f.Name, code, args...)
	return &wrong
}

func (w *Writer) text(cell []byte, value string) (string, []any) {
	if value[0] == ' ' || value[len(value)-1] == ' ' {
		return BlankEdge, nil
	}
	ascii := true
	for i := range len(value) {
		c := value[i]
		if c < ' ' || c == 0x7F {
			return Control, nil
		}
		ascii = ascii && c < 0x80
	}
	if ascii {
		if len(value) > len(cell) {
			return TooWide, []any{strconv.Itoa(len(value)), strconv.Itoa(len(cell))}
		}
		copy(cell, value)
		return "", nil
	}
	var err error
	w.wide, err = gbk.Append(w.wide[:0], w.layout.Charset, value)
	var char *gbk.CharError
	if errors.As(err, &char) {
		return NotInSet, []any{strconv.Itoa(char.Index + 1)}
	}
	if len(w.wide) > len(cell) {
		return TooWide, []any{strconv.Itoa(len(w.wide)), strconv.Itoa(len(cell))}
	}
	copy(cell, w.wide)
	return "", nil
}

// number writes right-aligned, with all the decimals of the column.
func (w *Writer) number(cell []byte, value string, decimals int) (string, []any) {
	if !plain([]byte(value)) {
		return BadNumber, nil
	}
	digits, minus := strings.CutPrefix(value, "-")
	whole, frac, _ := strings.Cut(digits, ".")
	whole, frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if len(frac) > decimals {
		return TooFine, []any{strconv.Itoa(len(frac)), strconv.Itoa(decimals)}
	}
	b := w.wide[:0]
	if minus && (whole != "" || frac != "") {
		b = append(b, '-')
	}
	if whole == "" {
		whole = "0"
	}
	b = append(b, whole...)
	if decimals > 0 {
		b = append(append(b, '.'), frac...)
		b = append(b, strings.Repeat("0", decimals-len(frac))...)
	}
	w.wide = b
	if len(b) > len(cell) {
		return TooWide, []any{strconv.Itoa(len(b)), strconv.Itoa(len(cell))}
	}
	copy(cell[len(cell)-len(b):], b)
	return "", nil
}

// Next writes the row under way and begins one without values. A table that
// FoxPro could not open any more is refused with code Full.
func (w *Writer) Next(deleted bool) error {
	if w.size+int64(len(w.record)) >= sizeMax || w.rows == math.MaxUint32 {
		f := fault(w.rows+1, "", Full)
		return &f
	}
	w.record[0] = liveRow
	if deleted {
		w.record[0] = deletedRow
	}
	if _, err := w.out.Write(w.record); err != nil {
		return err
	}
	w.rows++
	w.size += int64(len(w.record))
	copy(w.record, w.blank)
	return nil
}

// Write is Set of each value and Next. A row with a value that is refused is
// not written, and the row under way begins anew.
func (w *Writer) Write(values ...string) error {
	if len(values) != len(w.layout.Fields) {
		return fmt.Errorf("dbf: %d values for %d columns", len(values), len(w.layout.Fields))
	}
	for i, v := range values {
		if err := w.Set(i, v); err != nil {
			copy(w.record, w.blank)
			return err
		}
	}
	return w.Next(false)
}

// Rows is how many rows were written.
func (w *Writer) Rows() int64 { return w.rows }

// Close ends the table; it does not close what it was written to. ErrCount: the
// header now says a number that is wrong.
func (w *Writer) Close() error {
	if err := w.out.WriteByte(fileEnd); err != nil {
		return err
	}
	if err := w.out.Flush(); err != nil {
		return err
	}
	if w.seek == nil {
		if w.rows != w.want {
			return ErrCount
		}
		return nil
	}
	var n [4]byte
	binary.LittleEndian.PutUint32(n[:], uint32(w.rows))
	if _, err := w.seek.Seek(4, io.SeekStart); err != nil {
		return err
	}
	if _, err := w.seek.Write(n[:]); err != nil {
		return err
	}
	_, err := w.seek.Seek(0, io.SeekEnd)
	return err
}
