package exchange

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"zhunkao/hub/exchange/dbf"
	"zhunkao/hub/exchange/sheet"
	"zhunkao/protocol/gbk"
)

// MaxTable is how large a table of text or FoxPro may be in bytes: a province's marks,
// 400,000 rows of some hundred bytes, three times over. A workbook is smaller: see large.
const MaxTable = 128 << 20

// Column is one that a table may have: its key, and the headings it comes under.
type Column struct {
	Key      string
	Headings []string
}

// Cells is a row of a table of known columns. It is good until the next row is read.
type Cells struct {
	Sheet  string // "" in a table without sheets
	Number int    // as a person counts: rows of the sheet, lines of the text, records of the table
	values []string
	places map[string]int
	heads  map[string]string
}

// Get is the cell of a column, without what nobody sees around it and without the
// apostrophe by which our own tables (sheet.Guarded) and people keep a number a text; ""
// where the table has no such column.
func (c Cells) Get(key string) string {
	i, there := c.places[key]
	if !there {
		return ""
	}
	return sheet.Plain(at(c.values, i))
}

// Has reports whether the table has a column.
func (c Cells) Has(key string) bool { _, there := c.places[key]; return there }

// Refuse makes a refusal of this row; key is its column, "" the row as a whole.
func (c Cells) Refuse(key, code, zh, en string) Refusal {
	return Refusal{Sheet: c.Sheet, Row: c.Number, Column: c.heads[key], Code: code, Zh: zh, En: en}
}

// Table is what ReadTable is to look for.
type Table struct {
	Columns []Column
	// Header reports whether the columns found make a header; a row above it is a title.
	Header func(has func(key string) bool) bool
	// Row takes a row below the header, with what cannot be read of it: such a row is
	// not to be used.
	Row func(c Cells, faults []Refusal) error
}

// ErrNoHeader: nothing in the file names the columns that are needed.
var ErrNoHeader = fmt.Errorf("%w: no row names the columns", ErrSheet)

// ReadTable reads a workbook (.xlsx), a DBF table or comma-separated text (UTF-8, or
// GB 18030 where it is no UTF-8), row by row; the first bytes say which of them it
// is. ErrSheet, ErrLarge, ErrNoHeader, a *dbf.Fault, an error of r or of Row.
func ReadTable(r io.ReaderAt, size int64, t Table) error {
	head := make([]byte, 8)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	head = head[:n]
	p := tableReader{Table: t}
	switch {
	case bytes.HasPrefix(head, []byte("PK")):
		err = p.workbook(r, size)
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return fmt.Errorf("%w: an old workbook (.xls) or one with a password; save it as .xlsx without one", ErrSheet)
	case size > MaxTable:
		return fmt.Errorf("%w: %d bytes, at most %d", ErrLarge, size, MaxTable)
	case n > 3 && (head[0] < ' ' || head[0] >= 0x80 || head[0] == dbf.FoxPro) && head[2] <= 12 && head[3] <= 31: // month and day: no text has them
		err = p.table(r, size)
	default:
		err = p.text(r, size)
	}
	if err == nil && !p.found {
		return ErrNoHeader
	}
	return err
}

type tableReader struct {
	Table
	found  bool
	places map[string]int // of the sheet at hand; nil before its header
	heads  map[string]string
}

func (p *tableReader) line(l line) error {
	if p.places == nil {
		if l.number <= headerWithin {
			return p.header(l)
		}
		return nil
	}
	c := Cells{Sheet: l.sheet, Number: l.number, values: l.cells, places: p.places, heads: p.heads}
	var faults []Refusal
	for key, i := range p.places {
		if f, bad := l.faults[i]; bad {
			faults = append(faults, c.Refuse(key, f.code, f.zh, f.en))
		} else if v := at(l.cells, i); strings.ContainsFunc(v, hidden) || isError(v) || len(v) > maxCell {
			faults = append(faults, c.Refuse(key, BadText, "单元格中有换行、看不见的字符或公式错误，请重新输入。", "the cell holds a line break, characters that cannot be seen, or an error of a formula: type it again"))
		}
	}
	if f, bad := l.faults[wholeRow]; bad {
		faults = append(faults, c.Refuse("", f.code, f.zh, f.en))
	}
	slices.SortFunc(faults, func(a, b Refusal) int { return strings.Compare(a.Column, b.Column) })
	return p.Row(c, faults)
}

func (p *tableReader) header(l line) error {
	places, heads := map[string]int{}, map[string]string{}
	for i, cell := range l.cells {
		for _, c := range p.Columns {
			if !slices.ContainsFunc(c.Headings, func(n string) bool { return heading(n) == heading(cell) }) {
				continue
			}
			if _, twice := places[c.Key]; twice {
				return fmt.Errorf("%w: two columns mean %s: remove or rename one", ErrSheet, c.Key)
			}
			places[c.Key], heads[c.Key] = i, cell
		}
	}
	if p.Header(func(key string) bool { _, there := places[key]; return there }) {
		p.places, p.heads, p.found = places, heads, true
	}
	return nil
}

func (p *tableReader) workbook(r io.ReaderAt, size int64) (err error) {
	b, err := openBook(r, size, large)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	shown, _, err := b.sheets()
	if err != nil {
		return err
	}
	for _, sheet := range shown {
		p.places = nil
		if err := b.lines(sheet, p.line); err != nil {
			return err
		}
	}
	return nil
}

func (p *tableReader) table(r io.ReaderAt, size int64) error {
	faults, err := dbfLines(r, size, func(names []string) { _ = p.header(line{cells: names}) }, p.line)
	if err == nil && len(faults) > 0 {
		err = &faults[0]
	}
	return err
}

// wholeRow is the place of a fault that is no cell's own.
const wholeRow = -1

// dbfLines reads a DBF table: its fields' names are the header. What is wrong with the
// file as a whole is given back.
func dbfLines(in io.ReaderAt, size int64, header func(names []string), each func(line) error) ([]dbf.Fault, error) {
	r, err := dbf.NewReader(io.NewSectionReader(in, 0, size), dbf.Options{})
	if err != nil {
		return nil, err
	}
	names := make([]string, len(r.Header().Fields))
	for i, f := range r.Header().Fields {
		names[i] = f.Name
	}
	header(names)
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if row.Deleted {
			continue
		}
		l := line{number: int(row.Number), cells: make([]string, len(row.Values)), faults: map[int]fault{}}
		for i, v := range row.Values {
			l.cells[i] = trim(v.Text)
		}
		for _, f := range row.Faults {
			if f.Harmless {
				continue
			}
			l.faults[r.Header().Column(f.Field)] = fault{f.Code, f.Zh, f.En}
		}
		if err := each(l); err != nil {
			return nil, err
		}
	}
	var whole []dbf.Fault
	for _, f := range r.Faults() {
		if !f.Harmless && f.Field == "" {
			whole = append(whole, f)
		}
	}
	return whole, nil
}

// text reads comma-separated text.
func (p *tableReader) text(r io.ReaderAt, size int64) error {
	raw := make([]byte, size)
	if _, err := r.ReadAt(raw, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		s, faults := gbk.Decode(gbk.GB18030, raw)
		if len(faults) > 0 {
			return fmt.Errorf("%w: neither UTF-8 nor GB 18030", ErrSheet)
		}
		raw = []byte(s)
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return fmt.Errorf("%w: not a text", ErrSheet)
	}
	in := csv.NewReader(bytes.NewReader(raw))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	if first, _, _ := bytes.Cut(raw, []byte("\n")); bytes.Count(first, []byte("\t")) > bytes.Count(first, []byte(",")) {
		in.Comma = '\t'
	}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			return fmt.Errorf("%w: line %d: a quotation mark is missing or stands in the wrong place", ErrSheet, bad.Line)
		}
		if err != nil {
			return err
		}
		number, _ := in.FieldPos(0)
		for i := range cells {
			cells[i] = trim(cells[i])
		}
		if strings.Join(cells, "") == "" {
			continue
		}
		if err := p.line(line{number: number, cells: cells}); err != nil {
			return err
		}
	}
}

// Kept is the row in memory of its own, to outlive the reading of the next.
func (c Cells) Kept() Cells {
	c.values = slices.Clone(c.values)
	return c
}
