package dbtest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBinaries(t *testing.T) {
	root := t.TempDir()
	program := func(parts ...string) string {
		path := filepath.Join(append([]string{root}, parts...)...)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, v := range []string{"9", "15"} {
		program("lib", v, "bin", "postgres")
	}
	program("half", "postgres")
	program("whole", "postgres")
	program("whole", "initdb")
	if err := os.MkdirAll(filepath.Join(root, "links"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.Symlink(filepath.Join(root, "whole", name), filepath.Join(root, "links", name)); err != nil {
			t.Fatal(err)
		}
	}
	installed, none := filepath.Join(root, "lib", "*", "bin", "postgres"), filepath.Join(root, "none", "*")
	for _, c := range []struct{ installed, path, want string }{
		{installed, "whole", "lib/15/bin"},
		{none, "half:whole", "whole"},
		{none, "links", "whole"},
		{none, "half", ""},
		{none, "", ""},
	} {
		var path []string
		for _, p := range filepath.SplitList(c.path) {
			path = append(path, filepath.Join(root, p))
		}
		got, err := binaries(c.installed, strings.Join(path, string(filepath.ListSeparator)))
		if c.want == "" {
			if !errors.Is(err, errNoBinaries) {
				t.Errorf("%+v: %q, %v; want none", c, got, err)
			}
			continue
		}
		if want := filepath.Join(root, c.want); err != nil || got != want {
			t.Errorf("%+v: %q, %v; want %q", c, got, err, want)
		}
	}
}
