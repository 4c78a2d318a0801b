package dbf

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"zhunkao/protocol/gbk"
)

// Type of a column, the letter in its descriptor.
type Type byte

// Types that are read. Writer takes the first five.
const (
	Character Type = 'C'
	Numeric   Type = 'N'
	Float     Type = 'F' // read and written as Numeric
	Date      Type = 'D'
	Logical   Type = 'L'
	Memo      Type = 'M'
	Integer   Type = 'I' // these four in tables of Visual FoxPro only
	Currency  Type = 'Y'
	Time      Type = 'T'
	Double    Type = 'B'
)

func (t Type) String() string {
	if t > ' ' && t < 0x7F {
		return string(rune(t))
	}
	return fmt.Sprintf("0x%02X", byte(t))
}

// Versions, the first byte of a table.
const (
	DBase3     = 0x03
	FoxPro     = 0x30 // Visual FoxPro
	foxAuto    = 0x31 // with autoincrement
	foxVar     = 0x32 // with varchar
	dbase4SQL  = 0x43
	dbase3Memo = 0x83
	dbase4Memo = 0x8B
	fox2Memo   = 0xF5
)

const (
	maxFields   = 255
	backlink    = 263 // bytes after 0x0D in tables of Visual FoxPro: the name of its database
	descriptor  = 32
	fieldEnd    = 0x0D
	fileEnd     = 0x1A
	liveRow     = ' '
	deletedRow  = '*'
	flagSystem  = 0x01
	flagNull    = 0x02
	sizeMax     = 1 << 31 // FoxPro opens no table of 2 GiB
	nameMax     = 10
	charMax     = 254
	numberMax   = 20
	decimalsMax = 18
)

// Field is one column.
type Field struct {
	Name     string
	Type     Type
	Length   int // bytes
	Decimals int // of N and F
}

// Header is what stands before the rows.
type Header struct {
	Version  byte
	Updated  time.Time // the day, UTC; zero if none is given
	Rows     int64     // as counted by the header; what follows may differ
	RowBytes int       // with the marker
	LDID     byte      // code page mark: 0x4D and 0x7A say GBK, 0x00 nothing, 0x57 "ANSI"
	Fields   []Field   // without the hidden columns of Visual FoxPro
}

// Column gives the place of a column, upper and lower case alike. It is -1 if
// there is none, and if there are two.
func (h Header) Column(name string) int {
	at := -1
	for i, f := range h.Fields {
		if strings.EqualFold(f.Name, name) {
			if at >= 0 {
				return -1
			}
			at = i
		}
	}
	return at
}

// column is a Field with what only the reader needs.
type column struct {
	Field
	offset int    // in the record, after the marker
	unread string // why it is not read, a code; "" if it is
	null   int    // bit in the null flags, -1 if it cannot be null
}

func (r *Reader) readHeader(o Options) error {
	var b [descriptor]byte
	if _, err := io.ReadFull(r.in, b[:]); err != nil {
		return short(err)
	}
	h := &r.header
	h.Version, h.LDID = b[0], b[29]
	switch h.Version {
	case DBase3, FoxPro, foxAuto, foxVar, dbase4SQL, dbase3Memo, dbase4Memo, fox2Memo:
	default:
		return refuse("", BadVersion, hex(h.Version))
	}
	if b[15] != 0 {
		return refuse("", Encrypted)
	}
	h.Updated = updated(b[1], b[2], b[3])
	h.Rows = int64(binary.LittleEndian.Uint32(b[4:]))
	head, row := int(binary.LittleEndian.Uint16(b[8:])), int(binary.LittleEndian.Uint16(b[10:]))
	h.RowBytes = row
	raw, err := r.descriptors(head)
	if err != nil {
		return err
	}
	if len(raw) == 0 {
		return refuse("", BadHeader, fields(0))
	}
	if len(raw) > maxFields {
		return refuse("", BadHeader, fields(len(raw)))
	}
	return r.columns(raw, o)
}

// descriptors reads the rest of the header's head bytes and gives the columns'
// descriptors.
func (r *Reader) descriptors(head int) ([][]byte, error) {
	if head < 2*descriptor {
		return nil, refuse("", BadHeader, lengthOf(head))
	}
	rest := make([]byte, head-descriptor)
	if _, err := io.ReadFull(r.in, rest); err != nil {
		return nil, short(err)
	}
	var raw [][]byte
	for i := 0; ; i += descriptor {
		switch {
		case i < len(rest) && rest[i] == fieldEnd:
			return raw, nil
		case i == len(rest):
			// The readers that go by the header's length read it all the same.
			r.report(fault(0, "", NoFieldEnd))
			return raw, nil
		case i+descriptor > len(rest):
			return nil, refuse("", BadHeader, lengthOf(head))
		}
		raw = append(raw, rest[i:i+descriptor])
	}
}

// columns decides how the descriptors are to be understood and whether they
// agree with the length of a row.
func (r *Reader) columns(raw [][]byte, o Options) error {
	low, wide := 1, 1
	for _, d := range raw {
		low += int(d[16])
		wide += length(d, true)
	}
	row := r.header.RowBytes
	// Columns of more than 255 bytes have the high byte of their length where
	// others have their decimals; elsewhere that byte of a C column means
	// nothing. Only the sum tells which.
	long := wide == row
	if !long && low != row {
		return refuse("", BadHeader, said{fmt.Sprintf("每行 %d 字节，字段合计 %d 字节", row, low), fmt.Sprintf("rows of %d bytes, columns of %d", row, low)})
	}
	offset, bit := 1, 0
	for i, d := range raw {
		c := column{offset: offset, null: -1}
		c.Type, c.Length = Type(d[11]), length(d, long)
		offset += c.Length
		if c.Type == Numeric || c.Type == Float {
			c.Decimals = int(d[17])
		}
		if r.fox() && d[18]&flagNull != 0 {
			c.null = bit
			bit++
		}
		if r.fox() && c.Type == '0' && d[18]&flagSystem != 0 {
			r.nulls = c
			continue
		}
		c.Name = r.fieldName(d[:11], i)
		if f := c.check(r.fox()); f != nil {
			return f
		}
		if c.Type == 'V' || c.Type == 'Q' {
			bit++ // their length has a bit too, after that of the null; not read, but counted
		}
		if c.unread = r.unread(c.Field, o); c.unread != "" {
			r.report(fault(0, c.Name, c.unread, argOf(c)...))
		}
		r.cols = append(r.cols, c)
		r.header.Fields = append(r.header.Fields, c.Field)
	}
	r.sameNames()
	return nil
}

func argOf(c column) []any {
	if c.unread == Unsupported {
		return []any{c.Type.String()}
	}
	return nil
}

func length(d []byte, long bool) int {
	n := int(d[16])
	if long && Type(d[11]) == Character {
		n |= int(d[17]) << 8
	}
	return n
}

func (c column) check(fox bool) *Fault {
	bad := c.Length == 0
	switch c.Type {
	case Date:
		bad = c.Length != 8
	case Logical:
		bad = c.Length != 1
	case Memo:
		bad = c.Length != 10 && c.Length != 4
	case Integer:
		bad = fox && c.Length != 4
	case Currency, Time, Double:
		bad = fox && c.Length != 8
	}
	if bad {
		return refuse(c.Name, BadField, c.Type.String()+strconv.Itoa(c.Length))
	}
	return nil
}

func (r *Reader) unread(f Field, o Options) string {
	switch f.Type {
	case Character, Numeric, Float, Date, Logical:
		return ""
	case Memo:
		if o.Memo == nil {
			return NoMemo
		}
		return ""
	case Integer, Currency, Time, Double:
		if r.fox() {
			return ""
		}
	}
	return Unsupported
}

// fieldName reads a name of ten bytes at most, Chinese too; one that cannot be
// read is reported and called after its place.
func (r *Reader) fieldName(b []byte, i int) string {
	text, _, _ := strings.Cut(string(b), "\x00")
	name, wrong := gbk.Decode(r.charset, []byte(strings.TrimRight(text, " ")))
	if name == "" || len(wrong) > 0 || strings.ContainsFunc(name, unseen) {
		name = "#" + strconv.Itoa(i+1)
		r.report(fault(0, name, BadName, name))
	}
	return name
}

// unseen finds what steers a terminal or a line of text instead of being seen.
func unseen(r rune) bool { return !unicode.IsGraphic(r) }

func (r *Reader) sameNames() {
	seen := make(map[string]int, len(r.cols))
	for _, c := range r.cols {
		key := strings.ToUpper(c.Name)
		if seen[key]++; seen[key] == 2 {
			r.report(fault(0, c.Name, SameName))
		}
	}
}

func (r *Reader) fox() bool {
	return r.header.Version >= FoxPro && r.header.Version <= foxVar
}

// updated is the day of the header; years are two digits from 1980 to 2079, or
// count from 1900.
func updated(y, m, d byte) time.Time {
	year := 1900 + int(y)
	if y < 80 {
		year += 100
	}
	t := time.Date(year, time.Month(m), int(d), 0, 0, 0, 0, time.UTC)
	if m == 0 || t.Month() != time.Month(m) || t.Day() != int(d) {
		return time.Time{}
	}
	return t
}

func short(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return refuse("", BadHeader, said{"文件在此中断", "the file ends in it"})
	}
	return err
}

func hex(b byte) string { return fmt.Sprintf("0x%02X", b) }
