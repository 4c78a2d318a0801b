package paper_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

func TestMain(m *testing.M) { fontstest.Main(m) }

// layOut sets a paper; a text that leaves its box fails it.
func layOut(t testing.TB, p laid, f *sheet.Fonts) *sheet.Document {
	t.Helper()
	d, err := p.Layout(f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// written is a paper as a file of which another program finds no fault.
func written(t testing.TB, d *sheet.Document) string {
	t.Helper()
	var b, again bytes.Buffer
	if err := errors.Join(d.PDF(&b), d.PDF(&again)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same document gives other bytes")
	}
	path := filepath.Join(t.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	fontstest.Run(t, "qpdf", "--check", path)
	return path
}
