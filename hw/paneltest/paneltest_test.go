package paneltest_test

import (
	"go/parser"
	"go/token"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/hw/paneltest"
)

// The emulator is written from the documents: what it shared with the driver it
// could not find wrong in it. The cable is the emulators' own, and may itself
// import nothing of ours.
func TestItSharesNothingWithTheDriver(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			if strings.Contains(i.Path.Value, "zhunkao/") && i.Path.Value != `"zhunkao/hw/ptytest"` {
				t.Errorf("%s imports %s", file, i.Path.Value)
			}
		}
	}
}

// The board's answers, byte for byte, as the Modbus documents and a board's
// manual give them.
func TestAnswers(t *testing.T) {
	f := paneltest.NewFront()
	f.Press("help") // inputs 0, 2 and 3 are fed
	board, line := net.Pipe()
	done := make(chan struct{})
	go func() { defer close(done); f.Serve(t.Context(), board) }()
	defer func() { _ = line.Close(); <-done }()
	for _, c := range []struct{ what, request, answer string }{
		{"inputs 0 to 3", "\x01\x02\x00\x00\x00\x04\x79\xC9", "\x01\x02\x01\x0D\x60\x4D"},
		{"coil 3 on", "\x01\x05\x00\x03\xFF\x00\x7C\x3A", "\x01\x05\x00\x03\xFF\x00\x7C\x3A"},
		{"coils 0 to 7", "\x01\x01\x00\x00\x00\x08\x3D\xCC", "\x01\x01\x01\x08\x50\x4E"},
		{"coils 0 and 1 by function 15", "\x01\x0F\x00\x00\x00\x08\x01\x03\xBE\x94", "\x01\x0F\x00\x00\x00\x08\x54\x0D"},
		{"nine inputs", "\x01\x02\x00\x00\x00\x09\xB8\x0C", "\x01\x82\x02\xC1\x61"},
		{"an unknown function", "\x01\x07\x00\x00\x00\x00\xB4\x0A", "\x01\x87\x01\x82\x30"},
	} {
		if _, err := io.WriteString(line, "\xFF\x00"+c.request); err != nil { // noise before it
			t.Fatal(err)
		}
		got := make([]byte, len(c.answer))
		if _, err := io.ReadFull(line, got); err != nil || string(got) != c.answer {
			t.Errorf("%s: got % X, %v; want % X", c.what, got, err, c.answer)
		}
	}
	if !f.Coil(0) || !f.Coil(1) || f.Coil(3) {
		t.Error("function 15 did not set what it was told")
	}
}

func TestKnobsAreChecked(t *testing.T) {
	b := paneltest.New()
	for _, k := range []paneltest.Knobs{{Prefix: "zz"}, {LateMS: -1}, {Exception: 12}, {Lines: 9}, {StuckCoil: 9}, {DropNth: -1}} {
		if err := b.SetKnobs(k); err == nil {
			t.Errorf("%+v is taken", k)
		}
	}
}

func TestAFileIsNotReplacedByALink(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := paneltest.NewPlug(paneltest.New(), file).Plug(); err == nil {
		t.Error("plugged in over a file")
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "mine" {
		t.Errorf("the file: %q, %v", b, err)
	}
}
