package qr

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestSVGReads draws the picture as a browser would and has a program that nobody here
// wrote read it; its label is escaped.
func TestSVGReads(t *testing.T) {
	path, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("zbarimg is not installed: apt-get install zbar-tools")
		}
		t.Skip("zbarimg is not installed: apt-get install zbar-tools")
	}
	const text = "otpauth://totp/Zhunkao:430104-01-admin?issuer=Zhunkao&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	code, err := Encode(text, M)
	if err != nil {
		t.Fatal(err)
	}
	svg := code.SVG(`"><script>`)
	if side := strconv.Itoa(code.Size + 8); !strings.Contains(svg, `viewBox="-4 -4 `+side+` `+side+`"`) || strings.Contains(svg, "<script") || strings.Count(svg, ">") != 4 {
		t.Errorf("the picture begins %.200s", svg)
	}
	const scale = 6
	img := image.NewGray(image.Rect(-Quiet*scale, -Quiet*scale, (code.Size+Quiet)*scale, (code.Size+Quiet)*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(svg, -1) {
		var n [4]int
		for i := range n {
			if n[i], err = strconv.Atoi(m[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if n[2] != n[3] {
			t.Fatalf("a run that does not close: %s", m[0])
		}
		for y := n[1] * scale; y < (n[1]+1)*scale; y++ {
			for x := n[0] * scale; x < (n[0]+n[2])*scale; x++ {
				img.SetGray(x, y, color.Gray{})
			}
		}
	}
	file := filepath.Join(t.TempDir(), "qr.png")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), path, "-q", "--raw", file).Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != text {
		t.Errorf("read back: %q, %v", got, err)
	}
}
