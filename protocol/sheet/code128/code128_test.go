package code128_test

import (
	"errors"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhunkao/protocol/sheet/code128"
)

// Every symbol of both sets is read by another's reader.
func TestAnotherReaderReadsAllSymbols(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("zbarimg is not here: make peers")
		}
		t.Skip("zbarimg is not here: make peers")
	}
	want := []string{"0102340127", "1", "123", "ZK-7", "~}|{", "010234012701"}
	for from := 0; from < 100; from += 10 {
		var digits strings.Builder
		for n := from; n < from+10; n++ {
			digits.WriteByte(byte('0' + n/10))
			digits.WriteByte(byte('0' + n%10))
		}
		want = append(want, digits.String())
	}
	for c := '!'; c < '~'-6; c += 7 {
		var all strings.Builder
		for k := range rune(7) {
			all.WriteRune(c + k)
		}
		want = append(want, all.String())
	}
	dir := t.TempDir()
	var files []string
	for i, text := range want {
		bars, err := code128.Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		const module, high = 3, 60
		img := image.NewGray(image.Rect(0, 0, (code128.Modules(bars)+2*code128.Quiet)*module, high))
		for i := range img.Pix {
			img.Pix[i] = 255
		}
		x := code128.Quiet * module
		for k, w := range bars {
			for range int(w) * module {
				for y := range high {
					if k%2 == 0 {
						img.Pix[y*img.Stride+x] = 0
					}
				}
				x++
			}
		}
		path := filepath.Join(dir, string(rune('a'+i/26))+string(rune('a'+i%26))+".png")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(png.Encode(f, img), f.Close()); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	out, err := exec.Command("zbarimg", append([]string{"--nodbus", "--raw", "-q", "-Sdisable", "-Scode128.enable"}, files...)...).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d codes read of %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
}

func TestEncode(t *testing.T) {
	// Start, check and stop of a code known from the standard's own example.
	bars, err := code128.Encode("12")
	if err != nil || code128.Modules(bars) != 11*3+13 {
		t.Errorf("12: %d modules, %v", code128.Modules(bars), err)
	}
	for _, text := range []string{"", "é", "a\n", "\x7f", "中"} {
		if _, err := code128.Encode(text); !errors.Is(err, code128.ErrText) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
