package dbf_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/gbk"
)

func TestPlainTable(t *testing.T) {
	rows, faults, r := all(t, table(nil), dbf.Options{})
	if len(faults) != 0 {
		t.Fatalf("faults: %v", faults)
	}
	h := r.Header()
	if h.Rows != 3 || h.RowBytes != 24 || h.LDID != 0x4D || !h.Updated.Equal(time.Date(2019, 9, 12, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("header %+v", h)
	}
	want := [][]dbf.Value{
		{{Text: "刘备"}, {Text: "451.5"}, {Text: "20190902"}, {Text: "T"}},
		{{Text: "ABC"}, {Text: "-1.0"}, {Text: "20000229"}, {Text: "F"}},
		{{}, {Null: true}, {Null: true}, {Null: true}},
	}
	for i, row := range rows {
		if row.Number != int64(i+1) || row.Deleted != (i == 1) || !slices.Equal(row.Values, want[i]) {
			t.Errorf("row %d: %+v, want %+v", i+1, row, want[i])
		}
	}
}

var longColumns = func() []rawColumn {
	all := make([]rawColumn, 256)
	for i := range all {
		all[i] = rawColumn{name: "A", kind: 'C', length: 1}
	}
	return all
}()

// damaged is each row of the field's bad input: what is refused outright, and
// what is said of the file or of a cell. Codes are what importers go by.
var damaged = []struct {
	name   string
	change func(*raw)
	row    int64
	field  string
	code   string // "": no fault
	text   string // of the cell X in row 1, if it is no fault or a harmless one
}{
	{name: "version 02", change: func(r *raw) { r.version = 0x02 }, code: dbf.BadVersion},
	{name: "version 04", change: func(r *raw) { r.version = 0x04 }, code: dbf.BadVersion},
	{name: "version 00", change: func(r *raw) { r.version = 0 }, code: dbf.BadVersion},
	{name: "version FB", change: func(r *raw) { r.version = 0xFB }, code: dbf.BadVersion},
	{name: "version 30", change: func(r *raw) { r.version = 0x30 }},
	{name: "version 31", change: func(r *raw) { r.version = 0x31 }},
	{name: "version 43", change: func(r *raw) { r.version = 0x43 }},
	{name: "version 83", change: func(r *raw) { r.version = 0x83 }},
	{name: "version 8B", change: func(r *raw) { r.version = 0x8B }},
	{name: "version F5", change: func(r *raw) { r.version = 0xF5 }},
	{name: "encrypted", change: func(r *raw) { r.encrypted = true }, code: dbf.Encrypted},
	{name: "header too long", change: func(r *raw) { r.head = 9000 }, code: dbf.BadHeader},
	{name: "header too short", change: func(r *raw) { r.head = 100 }, code: dbf.BadHeader},
	{name: "header without columns' room", change: func(r *raw) { r.head = 33 }, code: dbf.BadHeader},
	{name: "row longer than its columns", change: func(r *raw) { r.row = 25 }, code: dbf.BadHeader},
	{name: "row shorter than its columns", change: func(r *raw) { r.row = 23 }, code: dbf.BadHeader},
	{name: "no columns", change: func(r *raw) { r.columns, r.rows = nil, nil; r.head = 64 }, code: dbf.BadHeader},
	{name: "no columns but their end", change: func(r *raw) { r.columns, r.rows = nil, nil; r.row = 1 }, code: dbf.BadHeader},
	{name: "256 columns", change: func(r *raw) { r.columns, r.rows = longColumns, nil }, code: dbf.BadHeader},
	{name: "255 columns", change: func(r *raw) { r.columns, r.rows = longColumns[:255], nil }, field: "A", code: dbf.SameName},
	{name: "date of nine bytes", change: oneCell('D', 9, 0, "020190902"), field: "X", code: dbf.BadField},
	{name: "column of no bytes", change: oneCell('C', 0, 0, ""), field: "X", code: dbf.BadField},
	{name: "count too big", change: func(r *raw) { r.count = 5 }, code: dbf.TooFew},
	{name: "count far too big", change: func(r *raw) { r.count = math.MaxUint32 }, code: dbf.TooFew},
	{name: "count too small", change: func(r *raw) { r.count = 2 }, code: dbf.TooMany},
	{name: "no field end", change: func(r *raw) { r.noFieldEnd = true }, code: dbf.NoFieldEnd},
	{name: "no end mark", change: func(r *raw) { r.noTail = true }, code: dbf.NoEnd},
	{name: "after the end mark", change: func(r *raw) { r.tail = "\x1a\x1a\x00garbage" }},
	{name: "last row cut", change: func(r *raw) { r.rows[2] = r.rows[2][:7]; r.noTail = true }, row: 3, code: dbf.CutShort},
	{name: "marker", change: func(r *raw) { r.rows[1] = "x" + r.rows[1][1:] }, row: 2, code: dbf.BadMarker},
	{name: "end mark too early", change: func(r *raw) { r.rows[2] = "\x1a" + r.rows[2][1:] }, code: dbf.TooFew},

	{name: "blank in name", change: func(r *raw) { r.columns[0].name = "X M" }},
	{name: "name in GBK", change: func(r *raw) { r.columns[0].name = "\xbf\xbc\xc9\xfa\xba\xc5" }},
	{name: "name cut", change: func(r *raw) { r.columns[0].name = "\xbf\xbc\xc9\xfa\xba" }, field: "#1", code: dbf.BadName},
	{name: "name of control characters", change: func(r *raw) { r.columns[0].name = "A\x01" }, field: "#1", code: dbf.BadName},
	{name: "name that steers a terminal", change: func(r *raw) { r.columns[0].name = "A\x81\x30\x83\x39[2J" }, field: "#1", code: dbf.BadName},
	{name: "no name", change: func(r *raw) { r.columns[1].name = "" }, field: "#2", code: dbf.BadName},
	{name: "same names", change: func(r *raw) { r.columns[1].name = "xm" }, field: "xm", code: dbf.SameName},
	{name: "type G", change: func(r *raw) { r.columns[0].kind = 'G' }, field: "XM", code: dbf.Unsupported},
	{name: "type V", change: func(r *raw) { r.version = 0x32; r.columns[0].kind = 'V' }, field: "XM", code: dbf.Unsupported},
	{name: "double outside FoxPro", change: func(r *raw) { r.columns[0].kind = 'B' }, field: "XM", code: dbf.Unsupported},
	{name: "memo without its file", change: oneCell('M', 10, 0, "         1"), field: "X", code: dbf.NoMemo},

	{name: "N blank", change: oneCell('N', 5, 0, "     ")},
	{name: "N NULs", change: oneCell('N', 5, 0, "\x00\x00\x00\x00\x00")},
	{name: "N left-aligned", change: oneCell('N', 5, 0, "12   "), text: "12"},
	{name: "N plus", change: oneCell('N', 5, 0, "  +12"), text: "12"},
	{name: "N leading zeros", change: oneCell('N', 5, 0, "00012"), text: "00012"},
	{name: "N point first", change: oneCell('N', 5, 1, "   .5"), text: ".5"},
	{name: "N stars", change: oneCell('N', 5, 0, "*****"), row: 1, field: "X", code: dbf.Stars},
	{name: "N minus alone", change: oneCell('N', 5, 0, "    -"), row: 1, field: "X", code: dbf.BadNumber},
	{name: "N point alone", change: oneCell('N', 5, 0, "    ."), row: 1, field: "X", code: dbf.BadNumber},
	{name: "N two points", change: oneCell('N', 5, 0, "1.2.3"), row: 1, field: "X", code: dbf.BadNumber},
	{name: "N exponent", change: oneCell('N', 10, 0, "1.9430E+13"), row: 1, field: "X", code: dbf.BadNumber},
	{name: "N comma", change: oneCell('N', 5, 1, " 12,5"), row: 1, field: "X", code: dbf.BadNumber},
	{name: "N thousands", change: oneCell('N', 7, 1, "1,234.5"), row: 1, field: "X", code: dbf.BadNumber},
	{name: "N inner blank", change: oneCell('N', 5, 0, " 1 2 "), row: 1, field: "X", code: dbf.BadNumber},
	{name: "N letters", change: oneCell('N', 5, 0, "0x1F "), row: 1, field: "X", code: dbf.BadNumber},
	{name: "N infinity", change: oneCell('N', 5, 0, "  inf"), row: 1, field: "X", code: dbf.BadNumber},
	{name: "F", change: oneCell('F', 6, 2, " -1.25"), text: "-1.25"},
	{name: "D blank", change: oneCell('D', 8, 0, "        ")},
	{name: "D zeros", change: oneCell('D', 8, 0, "00000000")},
	{name: "D month 13", change: oneCell('D', 8, 0, "20191301"), row: 1, field: "X", code: dbf.BadDate},
	{name: "D 30 February", change: oneCell('D', 8, 0, "20190230"), row: 1, field: "X", code: dbf.BadDate},
	{name: "D 29 February 1900", change: oneCell('D', 8, 0, "19000229"), row: 1, field: "X", code: dbf.BadDate},
	{name: "D year 0", change: oneCell('D', 8, 0, "00000101"), row: 1, field: "X", code: dbf.BadDate},
	{name: "D half", change: oneCell('D', 8, 0, "2019    "), row: 1, field: "X", code: dbf.BadDate},
	{name: "D dashes", change: oneCell('D', 8, 0, "2019-9-2"), row: 1, field: "X", code: dbf.BadDate},
	{name: "L Y", change: oneCell('L', 1, 0, "Y"), text: "T"},
	{name: "L n", change: oneCell('L', 1, 0, "n"), text: "F"},
	{name: "L ?", change: oneCell('L', 1, 0, "?")},
	{name: "L 1", change: oneCell('L', 1, 0, "1"), row: 1, field: "X", code: dbf.BadLogical},
	{name: "L NUL", change: oneCell('L', 1, 0, "\x00"), row: 1, field: "X", code: dbf.BadLogical},

	{name: "C trailing NULs", change: oneCell('C', 6, 0, "ab\x00\x00 \x00"), text: "ab"},
	{name: "C leading blank", change: oneCell('C', 6, 0, "  ab  "), text: "  ab"},
	{name: "C NUL inside", change: oneCell('C', 6, 0, "ab\x00cd "), row: 1, field: "X", code: dbf.BadText},
	{name: "C lead byte at the end", change: oneCell('C', 3, 0, "\xc1\xf5\xc1"), row: 1, field: "X", code: dbf.BadText},
	{name: "C lead byte before blanks", change: oneCell('C', 4, 0, "\xc1\xf5\xc1 "), row: 1, field: "X", code: dbf.BadText},
	{name: "C of four bytes", change: oneCell('C', 6, 0, "\x99\x33\xab\x39  "), text: "𬭩"},
	{name: "C euro of Windows", change: oneCell('C', 2, 0, "\x80 "), text: "€"},
	{name: "C byte FF", change: oneCell('C', 2, 0, "\xff "), row: 1, field: "X", code: dbf.BadText},
	{name: "C of the FE row", change: oneCell('C', 2, 0, "\xfe\x51"), text: "𠂇"},
	{name: "C of the A6 row", change: oneCell('C', 2, 0, "\xa6\xd9"), text: "︐"},
	{name: "code page 00", change: func(r *raw) { oneCell('C', 2, 0, "\xc1\xf5")(r); r.ldid = 0 }, text: "刘"},
	{name: "code page 7A", change: func(r *raw) { oneCell('C', 2, 0, "\xc1\xf5")(r); r.ldid = 0x7A }, text: "刘"},
	{name: "code page 57", change: func(r *raw) { oneCell('C', 2, 0, "\xc1\xf5")(r); r.ldid = 0x57 }, text: "刘"},
	{name: "code page 4F", change: func(r *raw) { oneCell('C', 2, 0, "\xc1\xf5")(r); r.ldid = 0x4F }, row: 1, field: "X", code: dbf.CodePage},
	{name: "code page 03, ASCII", change: func(r *raw) { oneCell('C', 2, 0, "ab")(r); r.ldid = 0x03 }, text: "ab"},
}

// english finds words of it where Chinese is to stand.
var english = regexp.MustCompile(`[a-z]{3}`)

func TestFaults(t *testing.T) {
	for _, c := range damaged {
		t.Run(c.name, func(t *testing.T) {
			b := table(c.change)
			_, err := dbf.NewReader(bytes.NewReader(b), dbf.Options{})
			var refused *dbf.Fault
			if errors.As(err, &refused) {
				if refused.Code != c.code || refused.Field != c.field || refused.Row != 0 {
					t.Fatalf("refused: %v (%s), want %q of %q", refused, refused.Code, c.code, c.field)
				}
				if english.MatchString(refused.Zh) || refused.Zh == "" || !english.MatchString(refused.En) || strings.Contains(refused.Zh+refused.En, "%!") {
					t.Errorf("said: %q, %q", refused.Zh, refused.En)
				}
				return
			}
			if err != nil || c.code == dbf.BadVersion || c.code == dbf.BadHeader || c.code == dbf.Encrypted || c.code == dbf.BadField {
				t.Fatalf("not refused: %v", err)
			}
			rows, faults, _ := all(t, b, dbf.Options{})
			if c.code == "" && len(faults) > 0 {
				t.Fatalf("faults %v, want none", faults)
			}
			if c.code != "" && !slices.ContainsFunc(faults, func(f dbf.Fault) bool {
				return f.Code == c.code && f.Row == c.row && f.Field == c.field && f.Zh != "" && f.En != "" && !strings.Contains(f.Zh+f.En, "%!") && !english.MatchString(f.Zh)
			}) {
				t.Fatalf("faults %v, want %s of row %d, %q", faults, c.code, c.row, c.field)
			}
			if len(rows) > 0 && len(rows[0].Values) == 2 {
				x := rows[0].Values[1]
				if x.Text != c.text || x.Unread != (c.code != "" && c.code != dbf.Stars) || rows[0].Values[0].Text != "ok" {
					t.Errorf("cell %+v beside %+v, want %q", x, rows[0].Values[0], c.text)
				}
			}
		})
	}
}

func TestCharsetAsTold(t *testing.T) {
	b := table(func(r *raw) { oneCell('C', 4, 0, "\xc1\xf5  ")(r); r.ldid = 0x4F })
	if rows, faults, _ := all(t, b, dbf.Options{Charset: gbk.GBK}); rows[0].Values[1].Text != "刘" || len(faults) != 0 {
		t.Errorf("%+v, %v: a set that is told holds whatever the header says", rows[0].Values[1], faults)
	}
	four := table(oneCell('C', 4, 0, "\x99\x33\xab\x39"))
	if _, faults, _ := all(t, four, dbf.Options{Charset: gbk.GBK}); len(faults) != 1 || faults[0].Code != dbf.BadText {
		t.Errorf("four bytes in GBK: %v, want %s", faults, dbf.BadText)
	}
}

// Faults are shown and logged, so nothing of the table may stand in them.
func TestFaultsHoldNoValues(t *testing.T) {
	b := table(oneCell('N', 10, 0, "1.9430E+13"))
	_, faults, _ := all(t, b, dbf.Options{})
	for _, f := range faults {
		if strings.Contains(f.Text(true)+f.Text(false)+f.Error(), "9430") {
			t.Errorf("fault holds a value: %v", f)
		}
	}
	if got := faults[0].Text(true); !strings.HasPrefix(got, "第1行 X: ") {
		t.Errorf("text %q", got)
	}
}

// Wherever a table is cut, what is read before the cut is right and the cut is
// told.
func TestCutAnywhere(t *testing.T) {
	whole := table(nil)
	want, _, _ := all(t, whole, dbf.Options{})
	for n := range len(whole) - 1 {
		r, err := dbf.NewReader(bytes.NewReader(whole[:n]), dbf.Options{})
		if err != nil {
			var f *dbf.Fault
			if !errors.As(err, &f) {
				t.Fatalf("cut at %d: %v", n, err)
			}
			continue
		}
		read := 0
		for ; ; read++ {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if !slices.Equal(row.Values, want[read].Values) {
				t.Fatalf("cut at %d: row %d: %+v", n, read+1, row)
			}
		}
		if len(r.Faults()) == 0 {
			t.Fatalf("cut at %d of %d and nothing said", n, len(whole))
		}
	}
}

// endless gives a header and then as many rows as are asked for.
type endless struct {
	head, row []byte
	left      int64
	part      []byte // of the row under way
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.head) > 0 {
		n := copy(p, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	if len(e.part) == 0 {
		if e.left == 0 {
			return 0, io.EOF
		}
		e.part = e.row
		e.left--
	}
	n := copy(p, e.part)
	e.part = e.part[n:]
	return n, nil
}

// A table of two gigabytes takes no more memory than one of its rows.
func TestTwoGigabytes(t *testing.T) {
	if testing.Short() {
		t.Skip("two gigabytes are read without the race detector only")
	}
	columns := make([]rawColumn, 120)
	for i := range columns {
		columns[i] = rawColumn{name: "C" + string(rune('A'+i/26)) + string(rune('A'+i%26)), kind: 'C', length: 254}
	}
	row := " " + strings.Repeat(" ", 120*254-2) + "ab"
	n := int64(1<<31)/int64(len(row)) + 1
	head := raw{version: dbf.FoxPro, ldid: 0x7A, columns: columns, count: int(n), noTail: true}.bytes()
	r, err := dbf.NewReader(&endless{head: head, row: []byte(row), left: n}, dbf.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var got dbf.Row
	read := int64(0)
	for {
		if err := r.Read(&got); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		read++
		if len(got.Faults) > 0 || !strings.HasSuffix(got.Values[119].Text, "ab") {
			t.Fatalf("row %d: %v", read, got.Faults)
		}
	}
	runtime.ReadMemStats(&after)
	if read != n || after.Sys-before.Sys > 32<<20 {
		t.Errorf("%d rows of %d, %d MiB more taken from the system", read, n, (after.Sys-before.Sys)>>20)
	}
}

func TestHeaderDates(t *testing.T) {
	for _, c := range []struct {
		b    [3]byte
		want string
	}{{[3]byte{119, 9, 12}, "2019-09-12"}, {[3]byte{19, 9, 12}, "2019-09-12"}, {[3]byte{95, 7, 26}, "1995-07-26"}, {[3]byte{0, 0, 0}, ""}, {[3]byte{119, 2, 30}, ""}, {[3]byte{79, 1, 1}, "2079-01-01"}} {
		b := table(nil)
		copy(b[1:], c.b[:])
		_, _, r := all(t, b, dbf.Options{})
		got := ""
		if u := r.Header().Updated; !u.IsZero() {
			got = u.Format("2006-01-02")
		}
		if got != c.want {
			t.Errorf("%v: %q, want %q", c.b, got, c.want)
		}
	}
}

func le32(n uint32) string { return string(binary.LittleEndian.AppendUint32(nil, n)) }
func le64(n uint64) string { return string(binary.LittleEndian.AppendUint64(nil, n)) }

func TestFoxProTypes(t *testing.T) {
	fox := func(kind byte, length int, content string) []byte {
		return table(func(r *raw) { oneCell(kind, length, 0, content)(r); r.version = dbf.FoxPro })
	}
	for _, c := range []struct {
		name string
		b    []byte
		want dbf.Value
	}{
		{"I negative", fox('I', 4, le32(0xFFFFFFFF)), dbf.Value{Text: "-1"}},
		{"I most", fox('I', 4, le32(math.MaxInt32)), dbf.Value{Text: "2147483647"}},
		{"Y least", fox('Y', 8, le64(1<<63)), dbf.Value{Text: "-922337203685477.5808"}},
		{"Y", fox('Y', 8, le64(1)), dbf.Value{Text: "0.0001"}},
		{"B", fox('B', 8, le64(math.Float64bits(1e22))), dbf.Value{Text: "10000000000000000000000"}},
		{"B no number", fox('B', 8, le64(math.Float64bits(math.NaN()))), dbf.Value{Unread: true}},
		{"T", fox('T', 8, le32(2440588)+le32(86399999)), dbf.Value{Text: "1970-01-01 23:59:59.999"}},
		{"T none", fox('T', 8, le32(0)+le32(4)), dbf.Value{Null: true}},
		{"T beyond its day", fox('T', 8, le32(2440588)+le32(86400000)), dbf.Value{Unread: true}},
		{"T beyond the calendar", fox('T', 8, le32(math.MaxUint32)+le32(0)), dbf.Value{Unread: true}},
	} {
		rows, _, _ := all(t, c.b, dbf.Options{})
		if got := rows[0].Values[1]; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestFoxProNull(t *testing.T) {
	b := raw{version: dbf.FoxPro, ldid: 0x7A, columns: []rawColumn{
		{name: "A", kind: 'C', length: 3, flags: 2}, {name: "B", kind: 'N', length: 3}, {name: "C", kind: 'I', length: 4, flags: 2}, {name: "_NullFlags", kind: '0', length: 1, flags: 5},
	}, rows: []string{" abc  1" + le32(5) + "\x00", " abc  1" + le32(5) + "\x02", "    " + "  1" + le32(0) + "\x03"}}.bytes()
	rows, faults, r := all(t, b, dbf.Options{})
	if len(faults) != 0 || len(r.Header().Fields) != 3 {
		t.Fatalf("%v, %v", faults, r.Header().Fields)
	}
	null := dbf.Value{Null: true}
	want := [][]dbf.Value{{{Text: "abc"}, {Text: "1"}, {Text: "5"}}, {{Text: "abc"}, {Text: "1"}, null}, {null, {Text: "1"}, null}}
	for i, row := range rows {
		if !slices.Equal(row.Values, want[i]) {
			t.Errorf("row %d: %+v, want %+v", i+1, row.Values, want[i])
		}
	}
}

func TestMemos(t *testing.T) {
	memo := func(b []byte) *io.SectionReader { return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b))) }
	pad := func(s string, n int) string { return s + strings.Repeat("\x00", n-len(s)) }
	be := func(n uint32) string { return string(binary.BigEndian.AppendUint32(nil, n)) }
	dbt := []byte(pad("", 512) + pad("one\x1a\x1a", 512) + pad(strings.Repeat("x", 600)+"\x1a", 1024) + strings.Repeat("y", 512))
	dbt4 := []byte(pad("", 512) + pad("\xff\xff\x08\x00"+le32(11)+"four", 512) + pad("\xff\xff\x08\x00"+le32(5000), 512) + pad("\xff\xff\x08\x00"+le32(3), 512))
	fpt := []byte(pad("\x00\x00\x00\x02\x00\x00\x00\x40", 64) + pad(be(1)+be(3)+"fox", 64) + pad(be(0)+be(3)+"pic", 64) + pad(be(1)+be(math.MaxUint32), 64) + pad(be(1)+be(0), 64))
	for _, c := range []struct {
		name    string
		version byte
		memo    []byte
		at      string
		want    dbf.Value
	}{
		{"dBASE III", 0x83, dbt, "         1", dbf.Value{Text: "one"}},
		{"dBASE III, two blocks", 0x83, dbt, "         2", dbf.Value{Text: strings.Repeat("x", 600)}},
		{"dBASE III without end", 0x83, dbt, "         4", dbf.Value{Unread: true}},
		{"dBASE III, out of range", 0x83, dbt, "      9999", dbf.Value{Unread: true}},
		{"none", 0x83, dbt, "          ", dbf.Value{Null: true}},
		{"zero", 0x83, dbt, "         0", dbf.Value{Null: true}},
		{"negative", 0x83, dbt, "        -1", dbf.Value{Unread: true}},
		{"no number", 0x83, dbt, "    abcdef", dbf.Value{Unread: true}},
		{"huge", 0x83, dbt, "9999999999", dbf.Value{Unread: true}},
		{"dBASE IV", 0x8B, dbt4, "         1", dbf.Value{Text: "fou"}},
		{"dBASE IV, longer than the file", 0x8B, dbt4, "         2", dbf.Value{Unread: true}},
		{"dBASE IV, shorter than its head", 0x8B, dbt4, "         3", dbf.Value{Unread: true}},
		{"dBASE IV, the file's head", 0x8B, dbt4, "         4", dbf.Value{Unread: true}},
		{"FoxPro 2", 0xF5, fpt, "         1", dbf.Value{Text: "fox"}},
		{"FoxPro 2, a picture", 0xF5, fpt, "         2", dbf.Value{Unread: true}},
		{"FoxPro 2, four gigabytes", 0xF5, fpt, "         3", dbf.Value{Unread: true}},
		{"FoxPro 2, empty", 0xF5, fpt, "         4", dbf.Value{}},
		{"Visual FoxPro", 0x30, fpt, le32(1), dbf.Value{Text: "fox"}},
		{"Visual FoxPro, out of range", 0x30, fpt, le32(math.MaxUint32), dbf.Value{Unread: true}},
		{"empty memo file", 0x30, nil, le32(1), dbf.Value{Unread: true}},
	} {
		b := table(func(r *raw) { oneCell('M', len(c.at), 0, c.at)(r); r.version = c.version; r.rows = r.rows[:1] })
		rows, faults, _ := all(t, b, dbf.Options{Memo: memo(c.memo)})
		if got := rows[0].Values[1]; got != c.want || (len(faults) > 0) != c.want.Unread {
			t.Errorf("%s: %+v, want %+v; faults %v", c.name, got, c.want, faults)
		}
	}
	b := table(func(r *raw) { oneCell('M', 10, 0, "         2")(r); r.version = 0x83 })
	if rows, _, _ := all(t, b, dbf.Options{Memo: memo(dbt), MemoMax: 100}); !rows[0].Values[1].Unread {
		t.Error("a memo longer than MemoMax was read")
	}
}

func TestLongText(t *testing.T) {
	text := strings.Repeat("\xd6\xd0", 150)
	b := raw{version: dbf.DBase3, ldid: 0x4D, columns: []rawColumn{{name: "T", kind: 'C', length: 300, decimals: 1}}, rows: []string{" " + text}}.bytes()
	if rows, _, _ := all(t, b, dbf.Options{}); rows[0].Values[0].Text != strings.Repeat("中", 150) {
		t.Error("a text of more than 255 bytes")
	}
	// The same byte means nothing where the row is as long as without it.
	b = raw{version: dbf.DBase3, ldid: 0x4D, columns: []rawColumn{{name: "T", kind: 'C', length: 4, decimals: 1}}, rows: []string{" abcd"}}.bytes()
	if rows, _, _ := all(t, b, dbf.Options{}); rows[0].Values[0].Text != "abcd" {
		t.Error("decimals of a text that mean nothing")
	}
}
