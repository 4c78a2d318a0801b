package fonts_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts"
)

// installed gives the folders where fonts are, those that "make peers" unpacked
// for an unprivileged user among them. Without fonts the test stands aside; in
// CI that is a failure.
func installed(t *testing.T) []string {
	t.Helper()
	folders := []string{"/usr/share/fonts"}
	if cache, err := os.UserCacheDir(); err == nil {
		folders = append(folders, filepath.Join(cache, "zhunkao/peers/root/usr/share/fonts"))
	}
	for _, f := range []string{"opentype/noto/NotoSansCJK-Regular.ttc", "truetype/hanazono/HanaMinB.ttf"} {
		if !slices.ContainsFunc(folders, func(dir string) bool {
			_, err := os.Stat(filepath.Join(dir, f))
			return err == nil
		}) {
			if os.Getenv("CI") == "true" {
				t.Fatalf("no %s: make peers", f)
			}
			t.Skipf("no %s: make peers", f)
		}
	}
	return folders
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestMake(t *testing.T) {
	folders := installed(t)
	dir := filepath.Join(t.TempDir(), "a", "fonts")
	var said []string
	o := fonts.Options{Dir: dir, Installed: folders, Offline: true, Say: func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }}
	if err := fonts.Make(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	m, err := sheet.ReadManifest(dir)
	if err != nil || len(m.Faces) != 8 {
		t.Fatalf("%d faces, %v", len(m.Faces), err)
	}
	if names := files(t, dir); len(names) != 7 { // six files, one manifest, nothing left over
		t.Errorf("%q", names)
	}
	f, err := sheet.OpenFonts(dir)
	if err != nil || f.Fallback() {
		t.Fatal(err)
	}
	defer f.Close()

	// Again: nothing is done.
	before, err := os.Stat(filepath.Join(dir, sheet.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	if err := fonts.Make(t.Context(), o); err != nil || !strings.Contains(said[len(said)-1], "whole bundle") {
		t.Errorf("%v, %q", err, said)
	}
	if after, err := os.Stat(filepath.Join(dir, sheet.ManifestName)); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Error("a good bundle was made anew")
	}

	// A file of an earlier bundle, and one byte less: swept and mended, while f
	// has the old ones mapped.
	old := filepath.Join(dir, strings.Repeat("ab", 32))
	short := filepath.Join(dir, m.Faces[0].SHA256)
	if err := errors.Join(os.WriteFile(old, nil, 0o644), os.Chmod(short, 0o644), os.WriteFile(filepath.Join(dir, "note.txt"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(short)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(short), os.WriteFile(short, raw[:len(raw)-1], 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := fonts.Make(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if err := sheet.VerifyBundle(dir); err != nil {
		t.Error(err)
	}
	if names := files(t, dir); slices.Contains(names, filepath.Base(old)) || !slices.Contains(names, "note.txt") {
		t.Errorf("%q", names)
	}
	if missing := f.Missing("䶮𬀩"); missing != nil {
		t.Error("the open bundle lost its files")
	}
}

func TestOfflineSaysWhatToInstall(t *testing.T) {
	dir := t.TempDir()
	err := fonts.Make(t.Context(), fonts.Options{Dir: dir, Installed: []string{filepath.Join(dir, "none")}, Offline: true})
	if !errors.Is(err, fonts.ErrFonts) || !strings.Contains(err.Error(), "apt-get install fonts-noto-cjk") {
		t.Error(err)
	}
	if names := files(t, dir); len(names) != 0 {
		t.Errorf("%q is left", names)
	}
}

// What is not installed is had as a package: apt-get is played by a script, for
// a test needs no network; the packages are real ones that dpkg-deb made.
func TestPackagesAreUnpacked(t *testing.T) {
	folders := installed(t)
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("no dpkg-deb here")
	}
	store, bin := t.TempDir(), t.TempDir()
	for pkg, sub := range map[string]string{"fonts-noto-cjk": "opentype/noto", "fonts-hanazono": "truetype/hanazono"} {
		root := filepath.Join(t.TempDir(), "root")
		into := filepath.Join(root, "usr/share/fonts", sub)
		control := fmt.Sprintf("Package: %s\nVersion: 1:7\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: test\n", pkg)
		if err := errors.Join(os.MkdirAll(into, 0o755), os.MkdirAll(filepath.Join(root, "DEBIAN"), 0o755),
			os.WriteFile(filepath.Join(root, "DEBIAN/control"), []byte(control), 0o644)); err != nil {
			t.Fatal(err)
		}
		from := ""
		for _, dir := range folders {
			if _, err := os.Stat(filepath.Join(dir, sub)); err == nil {
				from = filepath.Join(dir, sub)
			}
		}
		for _, name := range files(t, from) {
			if err := os.Symlink(filepath.Join(from, name), filepath.Join(into, name)); err != nil {
				t.Fatal(err)
			}
		}
		out, err := exec.Command("dpkg-deb", "--root-owner-group", "-Znone", "-b", root, filepath.Join(store, pkg+"_1%3a7_all.deb")).CombinedOutput()
		if err != nil {
			t.Fatalf("dpkg-deb: %v: %s", err, out)
		}
	}
	script := "#!/bin/sh\n[ \"$1\" = download ] || exit 9\ncp '" + store + "'/\"$2\"_* .\n"
	if err := os.WriteFile(filepath.Join(bin, "apt-get"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	dir := t.TempDir()
	if err := fonts.Make(t.Context(), fonts.Options{Dir: dir, Installed: []string{filepath.Join(dir, "none")}}); err != nil {
		t.Fatal(err)
	}
	m, err := sheet.ReadManifest(dir)
	if err != nil || m.Faces[0].Source != "fonts-noto-cjk 1:7" || m.Faces[7].Source != "fonts-hanazono 1:7" {
		t.Errorf("%+v, %v", m, err)
	}

	// The script failing is told with its words.
	if err := os.WriteFile(filepath.Join(bin, "apt-get"), []byte("#!/bin/sh\necho E: no network >&2\nexit 100\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	none := t.TempDir()
	err = fonts.Make(t.Context(), fonts.Options{Dir: none, Installed: []string{filepath.Join(dir, "none")}})
	if !errors.Is(err, fonts.ErrFonts) || !strings.Contains(err.Error(), "E: no network") {
		t.Error(err)
	}
	if names := files(t, none); len(names) != 0 {
		t.Errorf("%q is left", names)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := fonts.Make(ctx, fonts.Options{Dir: none, Installed: []string{filepath.Join(dir, "none")}}); !errors.Is(err, fonts.ErrFonts) {
		t.Error(err)
	}
}
