package sheet_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"zhunkao/hub/exchange/sheet"
)

// corpus is what people and attackers type; each must come back as it was, and
// be computed by nobody.
var corpus = []string{
	"向晓兰", "买买提·吐尔逊", "刘䶮", "𠮷田", "", " ", "a,b", `he said "hi"`, "a;b", "two\nlines", "two\r\nlines", "\r", "tab\tinside",
	"=1+1", "=cmd|' /C calc'!A0", "+1", "+86 731 5550123", "-5", "-", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", "\x00=1", " =1", "\u3000=1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\u202e=1", "\u2060+1",
	"＝1+1", "＋1", "－1", "＠SUM(A1)", "\u3000＝1", "﹦1", "﹢1", "﹣1", "﹫1", "⁼1", "⁺1", "−1", "\u2010-1", "|calc", "｜calc", `"=1+1"`, `"=1`, "＂=1", `=HYPERLINK("http://x/?"&A1,"点")`, "=\u202e1", "==1", "'", "'=1", "''=1", "'abc",
	"430104199001011234", "43010419900101123X", "110000000000", "0731", "007", "1E5", "1e5", "1.1E+17", "12E3", "3-4", "3/4", "2019-09-06", "1.5", "8:30", "1,000", "TRUE", "真", " 0731 ",
	"_x0041_", "_x000D_", "_x005F_", "x_x0041_y", "&lt;b&gt;", "<b>&amp;</b>", "]]>", "<!--", "\\", "%s%n", "𠀀𠀁",
}

// dangerous are texts that must have an apostrophe wherever they stand.
var dangerous = []string{"=1", "+1", "-1", "@x", "\t1", "\r1", " =1", "\u3000＝1", "＝1", "＋1", "－1", "＠1", "﹦1", "−1", "|x", `"=1`, "\u200b=1", "\x00=1"}

func TestFormula(t *testing.T) {
	for _, text := range dangerous {
		if !sheet.Formula(text) || !strings.HasPrefix(sheet.Guarded(text, true), "'") || !strings.HasPrefix(sheet.Guarded(text, false), "'") {
			t.Errorf("%q is not guarded", text)
		}
	}
	for _, text := range []string{"", "a", "向晓兰", "岳麓区第 1 报名确认点", "43010401", "1", "—", "（无）", "a=b", "A·B"} {
		if sheet.Formula(text) || sheet.Guarded(text, true) != text {
			t.Errorf("%q is guarded", text)
		}
	}
	if got := sheet.Guarded("430104199001011234", false); got != "'430104199001011234" {
		t.Errorf("an ID number in CSV is %q", got)
	}
}

func FuzzGuarded(f *testing.F) {
	for _, c := range corpus {
		f.Add(c)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, typed := range []bool{true, false} {
			cell := sheet.Guarded(text, typed)
			if sheet.Plain(cell) != text {
				t.Errorf("%q came back as %q", text, sheet.Plain(cell))
			}
			if sheet.Formula(cell) {
				t.Errorf("%q is still a formula", cell)
			}
		}
	})
}

var heads = []string{"序号", "内容", "数", "时间", "=头"}

var noon = time.Date(2019, 9, 6, 4, 31, 20, 0, time.UTC) // 12:31:20 at UTC+8

func written(t *testing.T, kind string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := sheet.New(kind, &b, sheet.About{Title: "确认记录: [1]", Author: "邓志远 <成招处> & 某", At: noon}, heads)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range corpus {
		if err := w.Row(i, c, int64(-5)-int64(i), noon, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Row(uint64(1)<<60, "end", 2.5, time.Time{}, true); err != nil {
		t.Fatal(err)
	}
	if err := w.Close("=mark", "导出人"); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asCells is what a text may have become where no program can hold it: XML has
// no control characters and no halves of characters.
func asCells(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return '\ufffd'
		}
		return r
	}, text)
}

func TestCSVComesBack(t *testing.T) {
	body := written(t, sheet.KindCSV)
	if !bytes.HasPrefix(body, []byte("\xef\xbb\xbf")) {
		t.Error("no byte order mark: Excel in China reads GBK")
	}
	lines := bytes.Count(body, []byte("\r\n"))
	r := csv.NewReader(bytes.NewReader(body[3:]))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(corpus)+4 || lines < len(rows) {
		t.Fatalf("%d rows and %d line ends", len(rows), lines)
	}
	for i, c := range corpus {
		got := rows[i+1]
		want := strings.ReplaceAll(c, "\r\n", "\n") // the reader's own rule for quoted fields
		if sheet.Plain(got[1]) != want {
			t.Errorf("%q came back as %q", c, got[1])
		}
		if got[0] != strconv.Itoa(i) || got[2] != strconv.Itoa(-5-i) || got[3] != "2019-09-06 12:31:20" || got[4] != "" {
			t.Errorf("row %d is %q", i, got)
		}
	}
	if last := rows[len(corpus)+1]; last[0] != "'1152921504606846976" || last[2] != "2.5" || last[3] != "" || last[4] != "1" {
		t.Errorf("the last row is %q", last)
	}
	if rows[0][4] != "'=头" || rows[len(rows)-2][0] != "'=mark" || rows[len(rows)-1][0] != "导出人" {
		t.Errorf("heads %q, below %q", rows[0], rows[len(rows)-2:])
	}
}

func TestWorkbookComesBack(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(written(t, sheet.KindXLSX)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	if name != "确认记录   1 " {
		t.Errorf("the sheet is named %q", name)
	}
	for i, c := range corpus {
		at := "B" + strconv.Itoa(i+2)
		got, err := f.GetCellValue(name, at)
		if err != nil {
			t.Fatal(err)
		}
		if sheet.Plain(got) != asCells(c) {
			t.Errorf("%q came back as %q", c, got)
		}
		if formula, _ := f.GetCellFormula(name, at); formula != "" {
			t.Errorf("%q is a formula", c)
		}
		if n, _ := f.GetCellValue(name, "C"+strconv.Itoa(i+2)); n != strconv.Itoa(-5-i) {
			t.Errorf("row %d has the number %q", i, n)
		}
		if when, _ := f.GetCellValue(name, "D"+strconv.Itoa(i+2)); when != "2019-09-06 12:31:20" {
			t.Errorf("row %d has the time %q", i, when)
		}
	}
	if props, err := f.GetDocProps(); err != nil || props.Creator != "邓志远 <成招处> & 某" || props.Title != "确认记录: [1]" {
		t.Errorf("properties %+v, %v", props, err)
	}
}

const openpyxl = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
out = []
for row in book.worksheets[0].iter_rows():
    out.append([[c.data_type, c.value.isoformat() if hasattr(c.value, "isoformat") else c.value] for c in row])
json.dump({"rows": out, "author": book.properties.creator}, sys.stdout)
`

// python finds an interpreter that has Debian's python3-openpyxl.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), name, "-c", "import openpyxl").Run() == nil {
			return name
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("python3 with openpyxl is missing: apt-get install python3-openpyxl")
	}
	t.Skip("no python3 with openpyxl: apt-get install python3-openpyxl")
	return ""
}

// TestOthersReadTheWorkbook has openpyxl read it: texts are texts, numbers
// numbers, instants instants, nothing a formula.
func TestOthersReadTheWorkbook(t *testing.T) {
	program := python(t)
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := os.WriteFile(path, written(t, sheet.KindXLSX), 0o600); err != nil {
		t.Fatal(err)
	}
	body, err := exec.CommandContext(t.Context(), program, "-c", openpyxl, path).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Log(string(exit.Stderr))
		}
		t.Fatal(err)
	}
	var got struct {
		Author string
		Rows   [][][2]any
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if got.Author != "邓志远 <成招处> & 某" || len(got.Rows) != len(corpus)+4 {
		t.Fatalf("author %q, %d rows", got.Author, len(got.Rows))
	}
	for i, c := range corpus {
		row := got.Rows[i+1]
		for column, cell := range row {
			if cell[0] == "f" {
				t.Errorf("row %d column %d is a formula: %q", i, column, c)
			}
		}
		text, _ := row[1][1].(string)
		if c != "" && (row[1][0] != "s" && row[1][0] != "inlineStr" || sheet.Plain(unescaped(text)) != asCells(c)) {
			t.Errorf("%q came as %v %q", c, row[1][0], text)
		}
		if row[2][0] != "n" || row[2][1] != float64(-5-i) || row[3][0] != "d" || row[3][1] != "2019-09-06T12:31:20" {
			t.Errorf("row %d: number %v, time %v", i, row[2], row[3])
		}
	}
}

// unescaped undoes the one escape of the format that openpyxl leaves alone in
// texts that stand in their cells.
func unescaped(text string) string { return strings.ReplaceAll(text, "_x005F_", "_") }

// TestSheetsOverflow: a list longer than a sheet goes on in the next.
func TestSheetsOverflow(t *testing.T) {
	var b bytes.Buffer
	w, err := sheet.NewShort(&b, sheet.About{Title: "长", At: noon}, []string{"n"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 25 {
		if err := w.Row(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close("end"); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := f.GetSheetList(); len(got) != 3 {
		t.Fatalf("sheets %q", got)
	}
	for at, want := range map[[2]string]string{{"长", "A10"}: "8", {"长2", "A1"}: "n", {"长2", "A2"}: "9", {"长3", "A8"}: "24", {"长3", "A9"}: "end"} {
		if got, _ := f.GetCellValue(at[0], at[1]); got != want {
			t.Errorf("%v is %q, want %q", at, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	var b bytes.Buffer
	if _, err := sheet.New("pdf", &b, sheet.About{}, nil); err == nil {
		t.Error("a kind that is none was taken")
	}
	for _, kind := range []string{sheet.KindCSV, sheet.KindXLSX} {
		w, err := sheet.New(kind, &b, sheet.About{Title: "x", At: noon}, []string{"a"})
		if err != nil {
			t.Fatal(err)
		}
		if w.Row("a", "b") == nil || w.Row(struct{}{}) == nil {
			t.Errorf("%s: a row that does not fit was taken", kind)
		}
	}
}

// TestMemoryIsFlat writes a list as long as a province's and looks at what is
// held meanwhile.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	for _, kind := range []string{sheet.KindXLSX, sheet.KindCSV} {
		w, err := sheet.New(kind, nothing{}, sheet.About{Title: "长", At: noon}, heads)
		if err != nil {
			t.Fatal(err)
		}
		held := func() uint64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := held()
		for n := range 400_000 {
			if err := w.Row(n, "430***********0028", n, noon, "岳麓区第 1 报名确认点"); err != nil {
				t.Fatal(err)
			}
		}
		if after := held(); after > before+4<<20 {
			t.Errorf("%s: %d KiB are held after 400,000 rows", kind, (after-before)>>10)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

type nothing struct{}

func (nothing) Write(p []byte) (int, error) { return len(p), nil }
