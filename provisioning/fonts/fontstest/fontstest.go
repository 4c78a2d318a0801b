// Package fontstest opens the fonts of the papers for tests, and has programs that nobody
// here wrote read what was printed with them. Nothing in it is shipped.
//
// How it fails: it fails the test. Without fonts, or without the program, the test stands
// aside, and fails when the environment says CI=true.
package fontstest

import (
	"bytes"
	"context"
	"fmt"
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

// Main runs the tests of a package and closes what Bundle opened: its TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if whole.fonts != nil {
		if err := whole.fonts.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if whole.dir != "" {
		if err := os.RemoveAll(whole.dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// Bundle is the bundle of the user's cache, or one made of the installed fonts, opened
// once for all tests of a package, which has Main.
func Bundle(t testing.TB) *sheet.Fonts {
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
	if err := fonts.Make(context.Background(), Installed(whole.dir)); err != nil {
		return nil, err
	}
	return sheet.OpenFonts(whole.dir)
}

// Installed is a bundle from what is installed, or was unpacked by "make peers".
func Installed(dir string) fonts.Options {
	o := fonts.Options{Dir: dir, Installed: []string{"/usr/share/fonts"}, Offline: true}
	if cache, err := os.UserCacheDir(); err == nil {
		o.Installed = append(o.Installed, filepath.Join(cache, "zhunkao/peers/root/usr/share/fonts"))
	}
	return o
}

// Tool gives the path of a program of others.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not here: make peers", name)
		}
		t.Skipf("%s is not here: make peers", name)
	}
	return path
}

// Run gives what a program wrote; anything on its standard error is a failure: that is
// where poppler complains of a PDF.
func Run(t testing.TB, name string, args ...string) string {
	t.Helper()
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(context.Background(), Tool(t, name), args...) // also in a test's cleaning up
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil || complaint.Len() > 0 {
		t.Fatalf("%s: %v: %s", name, err, complaint.String())
	}
	return out.String()
}
