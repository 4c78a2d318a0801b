package sheet

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unsafe"
)

// After a rest the process holds nothing of a font file that was read, and reads
// the same from it again.
func TestRestGivesMemoryBack(t *testing.T) {
	whole := bytes.Repeat([]byte("glyphs. "), 1<<17)
	path := filepath.Join(t.TempDir(), "font")
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := mapFile(path, int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	f := &Fonts{maps: []*mapping{m}}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	for range 2 {
		if !bytes.Equal(m.bytes, whole) {
			t.Fatal("the mapping is not the file")
		}
		if kb := resident(t, m.bytes); kb < len(whole)>>10 {
			t.Fatalf("%d KiB are held after %d were read: this test sees nothing", kb, len(whole)>>10)
		}
		if err := f.Rest(); err != nil {
			t.Fatal(err)
		}
		if kb := resident(t, m.bytes); kb != 0 {
			t.Errorf("%d KiB are held after a rest", kb)
		}
	}
}

// resident is how many KiB of a mapping the process holds.
func resident(t *testing.T, b []byte) int {
	t.Helper()
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer maps.Close()
	begin := fmt.Sprintf("%x-", uintptr(unsafe.Pointer(&b[0])))
	in := false
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch {
		case strings.HasPrefix(lines.Text(), begin):
			in = true
		case in && words[0] == "Rss:":
			kb, err := strconv.Atoi(words[1])
			if err != nil {
				t.Fatal(err)
			}
			return kb
		}
	}
	t.Fatal("the mapping is not in smaps")
	return 0
}
