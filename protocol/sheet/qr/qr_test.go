package qr_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol/sheet/qr"
)

// write draws a code as a picture of three pixels a module with its quiet zone.
func write(t *testing.T, path string, c *qr.Code) {
	t.Helper()
	const module = 3
	side := (c.Size + 8) * module
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			img.SetGray(x, y, color.Gray{255})
			if c.Black(x/module-4, y/module-4) {
				img.SetGray(x, y, color.Gray{0})
			}
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}

// An outside reader reads versions small and great at both levels, in all three
// modes.
func TestAnotherReaderReads(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("zbarimg is not here: make peers")
		}
		t.Skip("zbarimg is not here: make peers")
	}
	kinds := []string{"0123456789", "ZK1:F:19430102340901 $%*+-./", "https://zhunkao.example/a?b=c#d_~"}
	dir := t.TempDir()
	var files, want []string
	seen := map[string]bool{}
	for _, level := range []qr.Level{qr.M, qr.Q} {
		for n := 1; n < 7000; n += 1 + n/5 {
			text := strings.Repeat(kinds[n%3], n/8+1)[:n]
			text = strings.TrimSpace(strings.ReplaceAll(text, " ", "0"))
			c, err := qr.Encode(text, level)
			if errors.Is(err, qr.ErrTooLong) {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			seen[fmt.Sprint(level, c.Version)] = true
			path := filepath.Join(dir, fmt.Sprintf("%d-%05d.png", level, n))
			write(t, path, c)
			files, want = append(files, path), append(want, text)
		}
	}
	if len(seen) < 28 {
		t.Errorf("only %d versions and levels were made", len(seen))
	}
	out, err := exec.Command("zbarimg", append([]string{"--nodbus", "--raw", "-q", "-Sdisable", "-Sqr.enable"}, files...)...).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d codes read of %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: got %.40q, want %.40q", filepath.Base(files[i]), got[i], want[i])
		}
	}
}

// What the standard says a version carries, from its table 7.
func TestCapacity(t *testing.T) {
	for _, tc := range []struct {
		text    string
		level   qr.Level
		version int
	}{
		{"", qr.M, 1}, {strings.Repeat("1", 34), qr.M, 1}, {strings.Repeat("1", 35), qr.M, 2},
		{strings.Repeat("A", 20), qr.M, 1}, {strings.Repeat("A", 21), qr.M, 2}, {strings.Repeat("a", 14), qr.M, 1}, {strings.Repeat("a", 15), qr.M, 2},
		{strings.Repeat("A", 16), qr.Q, 1}, {strings.Repeat("A", 17), qr.Q, 2}, {strings.Repeat("a", 213), qr.M, 10}, {strings.Repeat("a", 214), qr.M, 11},
		{strings.Repeat("A", 3391), qr.M, 40}, {strings.Repeat("a", 2331), qr.M, 40}, {strings.Repeat("1", 5596), qr.M, 40},
		{strings.Repeat("A", 2420), qr.Q, 40}, {strings.Repeat("a", 1663), qr.Q, 40}, {"中文", qr.M, 1},
	} {
		c, err := qr.Encode(tc.text, tc.level)
		if err != nil || c.Version != tc.version || c.Size != 17+4*tc.version {
			t.Errorf("%d of %.1q at %d: version %v, %v; want %d", len(tc.text), tc.text, tc.level, c, err, tc.version)
		}
	}
	for _, text := range []string{strings.Repeat("A", 3392), strings.Repeat("a", 2332), strings.Repeat("1", 5597), strings.Repeat("1", 1<<20)} {
		if _, err := qr.Encode(text, qr.M); !errors.Is(err, qr.ErrTooLong) {
			t.Errorf("%d of %.1q: %v", len(text), text, err)
		}
	}
}

func FuzzEncode(f *testing.F) {
	f.Add("ZK1:F:19430102340901", false)
	f.Add("\x00\xff中文", true)
	f.Fuzz(func(t *testing.T, text string, strong bool) {
		level := qr.M
		if strong {
			level = qr.Q
		}
		a, err := qr.Encode(text, level)
		if err != nil {
			return
		}
		b, _ := qr.Encode(text, level)
		for y := range a.Size {
			for x := range a.Size {
				if a.Black(x, y) != b.Black(x, y) {
					t.Fatal("the same text gives two codes")
				}
			}
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	for b.Loop() {
		if _, err := qr.Encode("ZK1:F:19430102340901", qr.M); err != nil {
			b.Fatal(err)
		}
	}
}
