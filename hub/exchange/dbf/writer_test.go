package dbf_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/gbk"
)

var day = time.Date(2019, 9, 12, 0, 0, 0, 0, time.UTC)

// corners are rows of every corner value that the columns below can hold.
var cornerFields = []dbf.Field{
	{Name: "KSH", Type: dbf.Character, Length: 14}, {Name: "XM", Type: dbf.Character, Length: 40}, {Name: "BZ", Type: dbf.Character, Length: 254},
	{Name: "ZF", Type: dbf.Numeric, Length: 7, Decimals: 2}, {Name: "RS", Type: dbf.Numeric, Length: 20}, {Name: "JJ", Type: dbf.Float, Length: 10, Decimals: 4},
	{Name: "CSRQ", Type: dbf.Date, Length: 8}, {Name: "QR", Type: dbf.Logical, Length: 1}, {Name: "A_1234567Z", Type: dbf.Numeric, Length: 1},
}

func corners(cs gbk.Charset) [][]string {
	rows := [][]string{
		{"19430100000001", "刘备", "长沙市岳麓区“麓山南路”2号", "451.5", "1", "0.5", "20190902", "T", "1"},
		{"00000000000002", "陈小明", "=1+1", "-999.99", "-9999999999999999999", "-0.0001", "00010101", "F", "0"},
		{"", "", "", "", "", "", "", "", ""},
		{"19430100000004", "买买提·艾力", `a,b;"c"'d'`, "9999.99", "99999999999999999999", "99999.9999", "99991231", "T", "9"},
		{"x", strings.Repeat("中", 20), strings.Repeat("宽", 127), "0", "0", "0", "20000229", "F", ""},
		{"@SUM(A1)", "a  b", strings.Repeat("w", 254), "-0.01", "12345678901234567", "3.1415", "19000101", "", "5"},
		{"-2+3", "石喆", "%s%n{{7*7}}<script>';DROP", "0.10", "7", "1", "19700101", "T", "3"},
		{"*", "·", "　全角　", "1", "-1", "-1.5", "20191231", "F", "2"},
	}
	rows = append(rows, []string{"19430100000008", "刘䶮", "㑳㥮", "100", "8", "8", "20190908", "T", "8"})
	if cs == gbk.GB18030 {
		rows = append(rows, []string{"19430100000009", "欧阳𬭩", "𠮷野家€㛃" + strings.Repeat("𠮷", 30), "1.25", "9", "9", "20190909", "F", "9"})
	}
	return rows
}

func write(t *testing.T, l dbf.Layout, rows [][]string, deleted func(int) bool) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := dbf.NewWriter(&b, l, int64(len(rows)))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		for j, v := range row {
			if err := w.Set(j, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Next(deleted != nil && deleted(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var layouts = []struct {
	name string
	l    dbf.Layout
}{
	{"dbase3-gbk", dbf.Layout{Version: dbf.DBase3, Charset: gbk.GBK, Updated: day, Fields: cornerFields}},
	{"foxpro-gbk", dbf.Layout{Version: dbf.FoxPro, Charset: gbk.GBK, Updated: day, Fields: cornerFields}},
	{"dbase3-gb18030", dbf.Layout{Version: dbf.DBase3, Charset: gbk.GB18030, Updated: day, Fields: cornerFields}},
	{"foxpro-gb18030", dbf.Layout{Version: dbf.FoxPro, Charset: gbk.GB18030, Updated: day, Fields: cornerFields}},
}

func third(i int) bool { return i%3 == 2 }

// Offices compare our tables with older ones byte by byte.
func TestGoldens(t *testing.T) {
	for _, c := range layouts {
		got := write(t, c.l, corners(c.l.Charset), third)
		want, err := os.ReadFile(filepath.Join("testdata", c.name+".dbf"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: not the bytes of its golden", c.name)
		}
	}
}

// TestMakeGoldens writes the goldens anew, on request.
func TestMakeGoldens(t *testing.T) {
	if os.Getenv("ZHUNKAO_GOLDEN") == "" {
		t.Skip("goldens are written anew with ZHUNKAO_GOLDEN=1")
	}
	for _, c := range layouts {
		if err := os.WriteFile(filepath.Join("testdata", c.name+".dbf"), write(t, c.l, corners(c.l.Charset), third), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWrittenIsRead(t *testing.T) {
	for _, c := range layouts {
		rows := corners(c.l.Charset)
		got, faults, r := all(t, write(t, c.l, rows, third), dbf.Options{})
		if len(faults) > 0 || len(got) != len(rows) || !r.Header().Updated.Equal(day) || !slices.Equal(r.Header().Fields, cornerFields) {
			t.Fatalf("%s: %d rows, header %+v, faults %v", c.name, len(got), r.Header(), faults)
		}
		for i, row := range got {
			if row.Deleted != third(i) {
				t.Errorf("%s row %d: deleted %v", c.name, i+1, row.Deleted)
			}
			for j, v := range row.Values {
				want := rows[i][j]
				if d := cornerFields[j].Decimals; want != "" && d > 0 {
					want = padded(want, d)
				}
				if v.Text != want || v.Null != (want == "" && cornerFields[j].Type != dbf.Character) {
					t.Errorf("%s row %d %s: %+v, want %q", c.name, i+1, cornerFields[j].Name, v, want)
				}
			}
		}
	}
}

func padded(n string, decimals int) string {
	whole, frac, _ := strings.Cut(n, ".")
	return whole + "." + frac + strings.Repeat("0", decimals-len(frac))
}

func TestWriterRefuses(t *testing.T) {
	for _, c := range []struct {
		column int
		value  string
		code   string
	}{
		{0, "123456789012345", dbf.TooWide},
		{1, strings.Repeat("中", 21), dbf.TooWide},
		{1, strings.Repeat("中", 20) + "a", dbf.TooWide},
		{1, "欧阳𬭩", dbf.NotInSet},
		{1, "a€", dbf.NotInSet},
		{1, "\xff", dbf.NotInSet},
		{1, "\ufffd", dbf.NotInSet},
		{1, " 刘备", dbf.BlankEdge},
		{1, "刘备 ", dbf.BlankEdge},
		{1, " ", dbf.BlankEdge},
		{1, "刘\n备", dbf.Control},
		{1, "刘备\x00", dbf.Control},
		{1, "刘\x7f备", dbf.Control},
		{3, "10000", dbf.TooWide},
		{3, "-1000", dbf.TooWide},
		{3, "0.005", dbf.TooFine},
		{3, "1,5", dbf.BadNumber},
		{3, "1e2", dbf.BadNumber},
		{3, "+1", dbf.BadNumber},
		{3, "-", dbf.BadNumber},
		{3, "４５１", dbf.BadNumber},
		{4, "100000000000000000000", dbf.TooWide},
		{6, "20190230", dbf.BadDate},
		{6, "2019-9-2", dbf.BadDate},
		{6, "00000000", dbf.BadDate},
		{7, "Y", dbf.BadLogical},
		{7, "TT", dbf.BadLogical},
		{8, "10", dbf.TooWide},
		{8, "-1", dbf.TooWide},
	} {
		var b bytes.Buffer
		w, err := dbf.NewWriter(&b, layouts[0].l, 1)
		if err != nil {
			t.Fatal(err)
		}
		var f *dbf.Fault
		if err := w.Set(c.column, c.value); !errors.As(err, &f) || f.Code != c.code || f.Row != 1 || f.Field != cornerFields[c.column].Name {
			t.Errorf("%q in column %d: %v, want %s", c.value, c.column, err, c.code)
			continue
		}
		if strings.Contains(f.Error()+f.Zh, c.value) && len(c.value) > 2 {
			t.Errorf("the fault holds the value %q", c.value)
		}
		if err := errors.Join(w.Next(false), w.Close()); err != nil {
			t.Fatal(err)
		}
		// A value that was refused leaves nothing behind.
		rows, faults, _ := all(t, b.Bytes(), dbf.Options{})
		if len(faults) > 0 || rows[0].Values[c.column].Text != "" {
			t.Errorf("%q in column %d left %+v", c.value, c.column, rows[0].Values[c.column])
		}
	}
}

func TestLayoutRefused(t *testing.T) {
	good := dbf.Field{Name: "A", Type: dbf.Character, Length: 1}
	wide := slices.Repeat([]dbf.Field{good}, 130)
	for i := range wide {
		wide[i].Name = "A" + string(rune('A'+i/26)) + string(rune('A'+i%26))
	}
	for name, l := range map[string]dbf.Layout{
		"version":          {Version: 0x83, Charset: gbk.GBK, Fields: []dbf.Field{good}},
		"charset":          {Version: dbf.DBase3, Charset: "utf-8", Fields: []dbf.Field{good}},
		"no fields":        {Version: dbf.DBase3, Charset: gbk.GBK},
		"130 in dBASE III": {Version: dbf.DBase3, Charset: gbk.GBK, Fields: wide},
		"small letters":    {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "a", Type: dbf.Character, Length: 1}}},
		"digit first":      {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "1A", Type: dbf.Character, Length: 1}}},
		"long name":        {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "ABCDEFGHIJK", Type: dbf.Character, Length: 1}}},
		"twice":            {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{good, good}},
		"C 255":            {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "A", Type: dbf.Character, Length: 255}}},
		"C 0":              {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "A", Type: dbf.Character}}},
		"N 21":             {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "A", Type: dbf.Numeric, Length: 21}}},
		"N 2.1":            {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "A", Type: dbf.Numeric, Length: 2, Decimals: 1}}},
		"D 10":             {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "A", Type: dbf.Date, Length: 10}}},
		"memo":             {Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "A", Type: dbf.Memo, Length: 10}}},
	} {
		if _, err := dbf.NewWriter(io.Discard, l, 0); err == nil {
			t.Errorf("%s: not refused", name)
		}
	}
	if _, err := dbf.NewWriter(io.Discard, dbf.Layout{Version: dbf.FoxPro, Charset: gbk.GBK, Fields: wide}, 0); err != nil {
		t.Errorf("130 columns for FoxPro: %v", err)
	}
}

func TestCountLater(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.dbf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	l := dbf.Layout{Version: dbf.DBase3, Charset: gbk.GBK, Fields: []dbf.Field{{Name: "A", Type: dbf.Character, Length: 3}}}
	w, err := dbf.NewWriter(f, l, dbf.CountLater)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write("a"), w.Write("b"), w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := write(t, l, [][]string{{"a"}, {"b"}}, nil); !bytes.Equal(got, want) {
		t.Errorf("counted later:\n%x\nannounced:\n%x", got, want)
	}
	if _, err := dbf.NewWriter(&bytes.Buffer{}, l, dbf.CountLater); err == nil {
		t.Error("rows can be counted later only where one can go back")
	}
	w, _ = dbf.NewWriter(io.Discard, l, 2)
	if err := errors.Join(w.Write("a"), w.Close()); !errors.Is(err, dbf.ErrCount) {
		t.Errorf("one row of two announced: %v", err)
	}
	if err := w.Write("abcd"); err == nil {
		t.Error("a row with a value that does not fit was written")
	}
}

// FoxPro opens no table of 2 GiB: the row that would make one is refused, the
// one before it written.
func TestNoTableOf2GiB(t *testing.T) {
	l := dbf.Layout{Version: dbf.FoxPro, Charset: gbk.GBK}
	for i := range 255 {
		l.Fields = append(l.Fields, dbf.Field{Name: "F" + strconv.Itoa(i), Type: dbf.Character, Length: 254})
	}
	const header, row = 32 + 255*32 + 1 + 263, 1 + 255*254
	rows := int64((1<<31 - 1 - header - 1) / row)
	w, err := dbf.NewWriter(io.Discard, l, rows)
	if err != nil {
		t.Fatal(err)
	}
	for w.Rows() < rows {
		if err := w.Next(false); err != nil {
			t.Fatalf("row %d of %d: %v", w.Rows()+1, rows, err)
		}
	}
	var refused *dbf.Fault
	if err := w.Next(false); !errors.As(err, &refused) || refused.Code != dbf.Full {
		t.Errorf("one row more: %v, want %s", err, dbf.Full)
	}
	if err := w.Close(); err != nil || w.Rows() != rows {
		t.Errorf("%d rows, want %d; %v", w.Rows(), rows, err)
	}
}
