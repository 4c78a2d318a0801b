package paper_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts"
)

var whole struct {
	sync.Mutex // guards the rest
	fonts      *sheet.Fonts
	err        error
	dir        string // made by us, or ""
}

func TestMain(m *testing.M) {
	code := m.Run()
	if whole.fonts != nil {
		if err := whole.fonts.Close(); err != nil {
			code = 1
		}
	}
	if whole.dir != "" {
		_ = os.RemoveAll(whole.dir)
	}
	os.Exit(code)
}

// bundle is the fonts of the papers, opened once for all tests.
func bundle(t testing.TB) *sheet.Fonts {
	t.Helper()
	whole.Lock()
	defer whole.Unlock()
	if whole.fonts == nil && whole.err == nil {
		whole.fonts, whole.err = openBundle()
	}
	if whole.err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no fonts: %v", whole.err)
		}
		t.Skipf("no fonts (make fonts): %v", whole.err)
	}
	return whole.fonts
}

func openBundle() (*sheet.Fonts, error) {
	dir, err := sheet.DefaultFontsDir()
	if err == nil && sheet.VerifyBundle(dir) == nil {
		return sheet.OpenFonts(dir)
	}
	if whole.dir, err = os.MkdirTemp("", "zhunkao-fonts-"); err != nil {
		return nil, err
	}
	o := fonts.Options{Dir: whole.dir, Installed: []string{"/usr/share/fonts"}, Offline: true}
	if cache, err := os.UserCacheDir(); err == nil {
		o.Installed = append(o.Installed, filepath.Join(cache, "zhunkao/peers/root/usr/share/fonts"))
	}
	if err := fonts.Make(context.Background(), o); err != nil {
		return nil, err
	}
	return sheet.OpenFonts(whole.dir)
}

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
	run(t, "qpdf", "--check", path)
	return path
}

// run gives what a program of others wrote; a complaint fails.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not here: make peers", name)
		}
		t.Skipf("%s is not here: make peers", name)
	}
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(context.Background(), path, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil || complaint.Len() > 0 {
		t.Fatalf("%s: %v: %s", name, err, complaint.String())
	}
	return out.String()
}
