package dbf_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/gbk"
)

// seen is a table as an outside reader sees it, live rows first. A cell is a
// JSON value of the peer's own form; see testdata.
type seen struct {
	Error string              `json:"error"`
	Rows  [][]json.RawMessage `json:"rows"`
}

// row is the nth of the live or of the deleted rows, nil if there are fewer.
func (s seen) row(n int, deleted bool) []json.RawMessage {
	for _, r := range s.Rows {
		if (string(r[0]) == "true") == deleted {
			if n == 0 {
				return r
			}
			n--
		}
	}
	return nil
}

// peer is one outside reader: all of many files at once.
type peer struct {
	name string
	read func(t *testing.T, files []string) []seen
	same func(cell json.RawMessage, f dbf.Field, v dbf.Value) bool
	// others: it reads more than text, numbers, dates and logical values.
	others bool
}

// missing skips, and in CI fails.
func missing(t *testing.T, what, pkg string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: apt-get install %s", what, pkg)
	}
	t.Skipf("no %s: apt-get install %s", what, pkg)
}

func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if exec.CommandContext(t.Context(), name, "-c", "import dbfread").Run() == nil {
			return name
		}
	}
	missing(t, "python3 with dbfread", "python3-dbfread")
	return ""
}

func perl(t *testing.T) {
	t.Helper()
	if exec.CommandContext(t.Context(), "perl", "-MXBase", "-e", "1").Run() != nil {
		missing(t, "perl with XBase", "libdbd-xbase-perl")
	}
}

func shapelib(t *testing.T) {
	t.Helper()
	for _, name := range []string{"dbfdump", "dbfcreate", "dbfadd"} {
		if _, err := exec.LookPath(name); err != nil {
			missing(t, name, "shapelib")
		}
	}
}

// peers are all three; encoding is the one dbfread is told, or "auto".
func peers(t *testing.T, encoding string) []peer {
	t.Helper()
	py := python(t)
	perl(t)
	shapelib(t)
	return []peer{
		{"dbfread", lines(py, "testdata/peer_dbfread.py", encoding), sameAsDBFRead, true},
		{"XBase", lines("perl", "testdata/peer_xbase.pl"), sameAsXBase, true},
		{"shapelib", dumped, sameAsShapelib, false},
	}
}

// lines runs a peer that answers each file name with one line of JSON.
func lines(name string, args ...string) func(*testing.T, []string) []seen {
	return func(t *testing.T, files []string) []seen {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Stdin = strings.NewReader(strings.Join(files, "\n") + "\n")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", args[0], err, errs.Bytes())
		}
		var all []seen
		for line := range bytes.Lines(out) {
			var s seen
			if err := json.Unmarshal(line, &s); err != nil {
				t.Fatalf("%s: %v\n%s", args[0], err, line)
			}
			all = append(all, s)
		}
		if len(all) != len(files) {
			t.Fatalf("%s read %d of %d files\n%s", args[0], len(all), len(files), errs.Bytes())
		}
		return all
	}
}

// dumped reads with dbfdump, which prints "NAME: value" lines, each as wide as
// its column, and "(DELETED)" after a deleted row.
func dumped(t *testing.T, files []string) []seen {
	t.Helper()
	all := make([]seen, len(files))
	for i, file := range files {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
		out, err := exec.CommandContext(ctx, "dbfdump", "-m", "-r", file).Output()
		stop()
		if err != nil {
			all[i].Error = "refused"
			continue
		}
		var live, gone [][]json.RawMessage
		for _, record := range bytes.Split(out, []byte("\nRecord: "))[1:] {
			row := []json.RawMessage{json.RawMessage("false")}
			for line := range bytes.Lines(record[bytes.IndexByte(record, '\n')+1:]) {
				line = bytes.TrimSuffix(line, []byte("\n"))
				if _, value, ok := bytes.Cut(line, []byte(": ")); ok {
					text, _ := json.Marshal(hex.EncodeToString(bytes.TrimRight(value, " ")))
					row = append(row, text)
				} else if string(line) == "(DELETED)" {
					row[0] = json.RawMessage("true")
				}
			}
			if string(row[0]) == "true" {
				gone = append(gone, row)
			} else {
				live = append(live, row)
			}
		}
		all[i].Rows = append(live, gone...)
	}
	return all
}

func sameNumber(text string, want float64) bool {
	n, err := strconv.ParseFloat(text, 64)
	return err == nil && math.Abs(n-want) <= 1e-15*math.Abs(want)
}

func number(v dbf.Value) float64 {
	n, err := strconv.ParseFloat(v.Text, 64)
	if err != nil {
		return math.NaN()
	}
	return n
}

func sameAsDBFRead(cell json.RawMessage, f dbf.Field, v dbf.Value) bool {
	var c []string
	if json.Unmarshal(cell, &c) != nil {
		return false
	}
	if c == nil {
		return v.Null
	}
	if len(c) == 2 && c[0] == "C" { // it does not know the nulls of Visual FoxPro; of a memo it gives what fills the block too
		return strings.TrimRight(c[1], " \x00") == v.Text
	}
	if len(c) != 2 || v.Null {
		return false
	}
	switch c[0] {
	case "N":
		return sameNumber(c[1], number(v))
	case "L", "D", "T":
		return c[1] == v.Text
	}
	return false
}

// bytesOf gives a peer's bytes as text.
func bytesOf(cell json.RawMessage) (b []byte, null bool) {
	var c *string
	if json.Unmarshal(cell, &c) != nil || c == nil {
		return nil, true
	}
	b, err := hex.DecodeString(*c)
	return b, err != nil
}

func sameText(b []byte, v dbf.Value) bool {
	text, wrong := gbk.Decode(gbk.GB18030, bytes.TrimRight(b, " \x00"))
	return len(wrong) == 0 && text == v.Text
}

func sameAsXBase(cell json.RawMessage, f dbf.Field, v dbf.Value) bool {
	b, null := bytesOf(cell)
	if f.Type == dbf.Character || f.Type == dbf.Memo {
		return sameText(b, v) // nulls of Visual FoxPro are nothing to it
	}
	if v.Null && (f.Type == dbf.Date && string(b) == "0" || f.Type == dbf.Time && string(b) == "-210866803200") {
		return true // it has a number for no day
	}
	if null || v.Null {
		return null && v.Null
	}
	switch f.Type {
	case dbf.Logical:
		return v.Text == map[string]string{"1": "T", "0": "F"}[string(b)]
	case dbf.Time:
		at, err := time.Parse("2006-01-02 15:04:05.000", v.Text)
		return err == nil && sameNumber(string(b), float64(at.UnixMilli())/1000)
	}
	return sameNumber(string(b), number(v))
}

func sameAsShapelib(cell json.RawMessage, f dbf.Field, v dbf.Value) bool {
	b, _ := bytesOf(cell)
	switch f.Type {
	case dbf.Character: // it drops blanks at the beginning too
		return sameText(bytes.TrimLeft(b, " "), dbf.Value{Text: strings.TrimLeft(v.Text, " ")})
	case dbf.Numeric, dbf.Float:
		if v.Null {
			return len(bytes.Trim(b, "* ")) == 0
		}
		return sameNumber(string(b), number(v))
	case dbf.Date:
		return string(b) == v.Text || v.Null && len(bytes.Trim(b, "0 ")) == 0
	case dbf.Logical:
		switch string(b) {
		case "T", "t", "Y", "y":
			return v.Text == "T"
		case "F", "f", "N", "n":
			return v.Text == "F"
		}
		return v.Null
	}
	return false
}

// ours reads a file with Reader, live rows first, as the peers do.
func ours(t *testing.T, path string) (rows []*dbf.Row, fields []dbf.Field, faults []dbf.Fault, refused bool) {
	t.Helper()
	f, err := dbf.Open(path, dbf.Options{})
	var fault *dbf.Fault
	if errors.As(err, &fault) {
		return nil, nil, nil, true
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var gone []*dbf.Row
	for {
		row, err := f.Next()
		if errors.Is(err, io.EOF) {
			return append(rows, gone...), f.Header().Fields, f.Faults(), false
		}
		if err != nil {
			t.Fatal(err)
		}
		if row.Deleted {
			gone = append(gone, row)
		} else {
			rows = append(rows, row)
		}
	}
}

// alike fails unless the peer sees every cell of the file as Reader does.
func alike(t *testing.T, p peer, file string, s seen) {
	t.Helper()
	rows, fields, _, refused := ours(t, file)
	if refused || s.Error != "" || len(s.Rows) != len(rows) {
		t.Errorf("%s, %s: refused %v, its error %q, %d rows, we read %d", p.name, filepath.Base(file), refused, s.Error, len(s.Rows), len(rows))
		return
	}
	for i, row := range rows {
		var deleted bool
		if json.Unmarshal(s.Rows[i][0], &deleted) != nil || deleted != row.Deleted {
			t.Errorf("%s, %s row %d: deleted %v, we read %v", p.name, filepath.Base(file), row.Number, deleted, row.Deleted)
		}
		for j, v := range row.Values {
			plain := strings.IndexByte("CNFDL", byte(fields[j].Type)) >= 0
			if !p.others && !plain {
				continue
			}
			if cell := s.Rows[i][1+j]; !p.same(cell, fields[j], v) {
				t.Errorf("%s, %s row %d %s: %s, we read %+v", p.name, filepath.Base(file), row.Number, fields[j].Name, cell, v)
			}
		}
	}
}

// What we write is read alike by all three: both headers, both character sets,
// every corner value, deleted rows.
func TestPeersReadWhatWeWrite(t *testing.T) {
	dir := t.TempDir()
	for _, encoding := range []string{"gb18030", "auto"} {
		var files []string
		for _, c := range layouts {
			rows := corners(c.l.Charset)
			if encoding == "auto" { // by the code page in the header, which Python reads without its FE row
				if c.l.Charset != gbk.GBK {
					continue
				}
				rows = rows[:len(rows)-1]
			}
			path := filepath.Join(dir, encoding+c.name+".dbf")
			if err := os.WriteFile(path, write(t, c.l, rows, third), 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
		}
		for _, p := range peers(t, encoding) {
			for i, s := range p.read(t, files) {
				alike(t, p, files[i], s)
			}
		}
	}
}

// byHand makes tables with shapelib's and XBase's programs, and with Python
// byte by byte as FoxPro and dBASE IV do.
func byHand(t *testing.T, dir string) {
	t.Helper()
	run := func(name string, args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
	}
	run(python(t), "testdata/peer_make.py", dir)
	perl(t)
	run("perl", "testdata/peer_xbase.pl", "make", dir)
	shapelib(t)
	shape := filepath.Join(dir, "shapelib.dbf")
	run("dbfcreate", shape, "-s", "XM", "20", "-n", "ZF", "6", "1", "-n", "XH", "9", "0", "-s", "TXDZ", "60")
	for _, row := range [][]string{{"刘备", "451.5", "1", "长沙市岳麓区"}, {"陈䶮", "-12", "-99999", "=1+1"}, {"", "", "", ""}, {"a,b", "0", "123456789", `"`}} {
		args := []string{shape}
		for _, v := range row {
			b, err := gbk.Encode(gbk.GBK, v)
			if err != nil {
				t.Fatal(err)
			}
			args = append(args, string(b))
		}
		run("dbfadd", args...)
	}
}

// What they write is read by us as they read it themselves.
func TestWeReadWhatPeersWrite(t *testing.T) {
	dir := t.TempDir()
	byHand(t, dir)
	// shapelib takes only the low byte of a column's length.
	cannot := map[string]string{"xbase_long.dbf": "shapelib"}
	files, err := filepath.Glob(filepath.Join(dir, "*.dbf"))
	if err != nil || len(files) != 7 {
		t.Fatalf("%d files, %v; want 7", len(files), err)
	}
	for _, p := range peers(t, "gb18030") {
		for i, s := range p.read(t, files) {
			if cannot[filepath.Base(files[i])] != p.name {
				alike(t, p, files[i], s)
			}
		}
	}
	rows, fields, faults, _ := ours(t, filepath.Join(dir, "vfp.dbf"))
	if len(rows) != 4 || len(fields) != 11 || len(faults) != 0 || rows[0].Values[1].Text != "欧阳𬭩" || !strings.HasPrefix(rows[0].Values[10].Text, "通讯地址") || !rows[1].Values[1].Null {
		t.Errorf("vfp.dbf: %d rows, %d columns, faults %v", len(rows), len(fields), faults)
	}
}

// TestDamagedAlike damages tables in many ways: a cell has the value that two
// outside readers give it, or is a fault.
func TestDamagedAlike(t *testing.T) {
	dir := t.TempDir()
	ps := peers(t, "gb18030")
	random := rand.New(rand.NewPCG(4, 19430100000001))
	base := [][]byte{table(nil), write(t, layouts[0].l, corners(gbk.GBK), third), write(t, layouts[3].l, corners(gbk.GB18030), third)}
	var files []string
	for i := range 100 {
		b := bytes.Clone(base[i%len(base)])
		for range 1 + random.IntN(3) {
			at := random.IntN(len(b))
			if random.IntN(3) == 0 {
				at = random.IntN(32 + 9*32) // the header more often than its size
			}
			if at >= 4 && at < 8 {
				at = 4 // a count of millions only costs time
			}
			b[min(at, len(b)-1)] = []byte{0, ' ', '*', '0', '9', '.', '-', 0x0D, 0x1A, 0x80, 0xC1, 0xFF, 'E', ','}[random.IntN(14)]
		}
		if random.IntN(8) == 0 {
			b = b[:random.IntN(len(b))]
		}
		files = append(files, filepath.Join(dir, fmt.Sprintf("%03d.dbf", i)))
		if err := os.WriteFile(files[i], b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	views := make([][]seen, len(ps))
	for i, p := range ps {
		views[i] = p.read(t, files)
	}
	cells := 0
	for i, file := range files {
		rows, fields, faults, refused := ours(t, file)
		if refused {
			continue
		}
		live, gone := 0, 0
		for _, row := range rows {
			n, of := &live, false
			if row.Deleted {
				n, of = &gone, true
			}
			for j, v := range row.Values {
				if v.Unread {
					continue
				}
				cells++
				agree := 0
				for k, p := range ps {
					if s := views[k][i].row(*n, of); 1+j < len(s) && p.same(s[1+j], fields[j], v) {
						agree++
					}
				}
				if agree < 2 {
					t.Errorf("%s row %d %s %c: %+v, only %d peers agree; faults %v", filepath.Base(file), row.Number, fields[j].Name, fields[j].Type, v, agree, faults)
				}
			}
			*n++
		}
	}
	if cells < 1000 {
		t.Errorf("only %d cells were compared", cells)
	}
}
