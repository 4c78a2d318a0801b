package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"zhunkao/hub/exchange/dbf"
	"zhunkao/protocol/gbk"
)

// someTable writes a table of three rows, the second deleted.
func someTable(t *testing.T, change func([]byte) []byte) string {
	t.Helper()
	var b bytes.Buffer
	w, err := dbf.NewWriter(&b, dbf.Layout{Version: dbf.DBase3, Charset: gbk.GB18030, Fields: []dbf.Field{
		{Name: "XM", Type: dbf.Character, Length: 20}, {Name: "ZF", Type: dbf.Numeric, Length: 6, Decimals: 1}, {Name: "CSRQ", Type: dbf.Date, Length: 8}, {Name: "QR", Type: dbf.Logical, Length: 1},
	}}, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]string{{"欧阳𬭩", "451.5", "20190902", "T"}, {"删除", "1", "", "F"}, {`=1+1,"x"`, "-2", "", ""}} {
		for j, v := range row {
			if err := w.Set(j, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Next(i == 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "t.dbf")
	bytes := b.Bytes()
	if change != nil {
		bytes = change(bytes)
	}
	if err := os.WriteFile(path, bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDBFShow(t *testing.T) {
	path := someTable(t, nil)
	for _, c := range []struct {
		args []string
		out  string
	}{
		{nil, "XM,ZF,CSRQ,QR\r\n欧阳𬭩,451.5,20190902,T\r\n\"=1+1,\"\"x\"\"\",-2.0,,\r\n"},
		{[]string{"--deleted"}, "_DELETED,XM,ZF,CSRQ,QR\r\n,欧阳𬭩,451.5,20190902,T\r\n*,删除,1.0,,F\r\n,\"=1+1,\"\"x\"\"\",-2.0,,\r\n"},
		{[]string{"--safe"}, "XM,ZF,CSRQ,QR\r\n欧阳𬭩,451.5,20190902,T\r\n\"'=1+1,\"\"x\"\"\",-2.0,,\r\n"},
	} {
		r := call(t, "", append([]string{"dbf", "show", path}, c.args...)...)
		if r.code != 0 || r.out != c.out || r.errs != "" {
			t.Errorf("%v: status %d, %q, %q", c.args, r.code, r.out, r.errs)
		}
		if _, err := csv.NewReader(strings.NewReader(r.out)).ReadAll(); err != nil {
			t.Errorf("%v: not CSV: %v", c.args, err)
		}
	}
}

func TestDBFShowTellsWhatItCouldNotRead(t *testing.T) {
	path := someTable(t, func(b []byte) []byte { return bytes.Replace(b, []byte(" 451.5"), []byte("4.5E+2"), 1) })
	r := call(t, "", "--lang", "zh", "dbf", "show", path)
	if r.code != 2 || !strings.Contains(r.out, "欧阳𬭩,,20190902,T\r\n") || !strings.HasPrefix(r.errs, "第1行 ZF: ") || strings.Contains(r.errs, "4.5E") {
		t.Errorf("status %d\n%s\n%s", r.code, r.out, r.errs)
	}
	four := call(t, "", "dbf", "show", "--charset", "gbk", someTable(t, nil))
	if four.code != 2 || strings.Contains(four.out, "欧阳") || !strings.HasPrefix(four.errs, "row 1 XM: ") {
		t.Errorf("four bytes read as GBK: status %d\n%s\n%s", four.code, four.out, four.errs)
	}
}

func TestDBFCheck(t *testing.T) {
	if r := call(t, "", "dbf", "check", someTable(t, nil)); r.code != 0 || r.out+r.errs != "" {
		t.Errorf("a whole table: status %d, %q, %q", r.code, r.out, r.errs)
	}
	bad := someTable(t, func(b []byte) []byte {
		b = bytes.Replace(b, []byte("20190902"), []byte("20191301"), 1)
		return append(b[:len(b)-1], "garbage"...)
	})
	r := call(t, "", "dbf", "check", bad)
	lines := strings.Split(strings.TrimSuffix(r.out, "\n"), "\n")
	if r.code != 2 || len(lines) != 2 || !strings.HasPrefix(lines[0], "row 1 CSRQ: ") || strings.Contains(r.out, "20191301") {
		t.Errorf("status %d\n%s%s", r.code, r.out, r.errs)
	}
	r = call(t, "", "dbf", "check", "--json", bad)
	var codes []string
	for line := range strings.Lines(r.out) {
		var f dbf.Fault
		if err := json.Unmarshal([]byte(line), &f); err != nil || f.Zh == "" || f.En == "" {
			t.Errorf("%q: %v", line, err)
		}
		codes = append(codes, f.Code)
	}
	if r.code != 2 || strings.Join(codes, " ") != dbf.BadDate+" "+dbf.TooMany {
		t.Errorf("status %d, codes %v", r.code, codes)
	}
	other := filepath.Join(t.TempDir(), "x.dbf")
	if err := os.WriteFile(other, []byte("PK\x03\x04 is no table, and longer than a header is"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, door := range []string{"check", "show"} {
		want(t, call(t, "", "dbf", door, other), 2, "not a DBF table")
		want(t, call(t, "", "--lang", "zh", "dbf", door, other), 2, "不是可以读取的 DBF 表")
		want(t, call(t, "", "dbf", door, filepath.Join(t.TempDir(), "none.dbf")), 1, "There is no file")
		want(t, call(t, "", "dbf", door, t.TempDir()), 1, "cannot be read")
		want(t, call(t, "", "dbf", door), 1, "<file>")
		want(t, call(t, "", "dbf", door, "--charset", "big5", other), 1, "charset")
	}
}

// full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestDBFShowFailsWithItsOutput(t *testing.T) {
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"dbf", "show", someTable(t, nil)}, nil, full{}, &errs, func(string) string { return "" }); code != 1 {
		t.Errorf("status %d after an output that takes nothing", code)
	}
}

// A pipe that nobody writes to is refused at once, as are directories; before,
// not even Ctrl-C ended the waiting.
func TestOnlyFilesAreOpened(t *testing.T) {
	dir := t.TempDir()
	pipe, beside := filepath.Join(dir, "pipe.dbf"), filepath.Join(dir, "t.fpt")
	for _, p := range []string{pipe, beside} {
		if err := unix.Mkfifo(p, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	table := filepath.Join(dir, "t.dbf")
	if err := os.Rename(someTable(t, nil), table); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{pipe, dir, table} {
		for _, command := range []string{"show", "check"} {
			want(t, call(t, "", "dbf", command, file), 1, "cannot be read")
		}
	}
	for _, file := range []string{pipe, dir} {
		want(t, call(t, "", "catalogue", "check", file, "--campaign", "adult-2019"), 2, "a pipe")
	}
}

// What a table holds does not steer the terminal it is shown on; in a file it
// is exact.
func TestDBFShowOnATerminal(t *testing.T) {
	const steering = "a\x1b[31mbc"
	path := someTable(t, func(b []byte) []byte { return bytes.Replace(b, []byte("=1+1,\"x\""), []byte(steering), 1) })
	if out := call(t, "", "dbf", "show", path).out; !strings.Contains(out, steering) {
		t.Errorf("not exact: %q", out)
	}
	terminal, screen, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	status := run(t.Context(), []string{"dbf", "show", path}, nil, screen, io.Discard, func(string) string { return "" })
	if err := screen.Close(); err != nil {
		t.Fatal(err)
	}
	shown, _ := io.ReadAll(terminal) // Linux ends it with an error of its own
	if out := string(shown); status != 0 || strings.Contains(out, "\x1b") || !strings.Contains(out, "a?[31mbc") || !strings.Contains(out, "欧阳𬭩") {
		t.Errorf("status %d, %q", status, out)
	}
}
