package scratch_test

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"zhunkao/hub/scratch"
)

// TestComesBack writes files of several sizes and reads them back, twice; none
// leaves a name in the temporary folder.
func TestComesBack(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	for _, size := range []int{0, 1, 1 << 20, 1<<20 + 1, 3<<20 + 17} {
		want := bytes.Repeat([]byte("向晓兰 433199199405120028\n"), size/20+1)[:size]
		var s scratch.File
		for rest := want; len(rest) > 0; {
			n := min(len(rest), 70_001)
			if _, err := s.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		for range 2 {
			r, err := s.Reader()
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, want) || s.Size() != int64(size) {
				t.Errorf("%d bytes came back as %d, %v", size, len(got), err)
			}
		}
		if names, _ := os.ReadDir(dir); len(names) > 0 {
			t.Errorf("%d bytes left %v", size, names)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestNothingReadableOnTheDisk looks at the file itself, by the descriptor that
// is all that is left of it.
func TestNothingReadableOnTheDisk(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var s scratch.File
	defer s.Close()
	if _, err := s.Write(bytes.Repeat([]byte("433199199405120028"), 200_000)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reader(); err != nil { // flushes
		t.Fatal(err)
	}
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here")
	}
	found := 0
	for _, fd := range fds {
		path := "/proc/self/fd/" + fd.Name()
		if name, err := os.Readlink(path); err != nil || !strings.Contains(name, "zhunkao-") {
			continue
		}
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		found++
		if len(body) < 3<<20 || bytes.Contains(body, []byte("433199")) {
			t.Errorf("%d bytes on the disk, and they can be read", len(body))
		}
	}
	if found != 1 {
		t.Errorf("%d files were looked at", found)
	}
}
