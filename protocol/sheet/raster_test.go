package sheet_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

// picture puts the bands of a page together.
func picture(t testing.TB, p *sheet.Page, dpi, bandRows int) *image.Gray {
	t.Helper()
	out := image.NewGray(image.Rectangle{Max: p.Pixels(dpi)})
	next := 0
	err := p.Raster(dpi, bandRows, func(y int, rows *image.Gray) error {
		if y != next || rows.Rect.Dx() != out.Rect.Dx() || rows.Rect.Dy() > bandRows {
			return fmt.Errorf("band at %d of %v, expected at %d", y, rows.Rect, next)
		}
		next += rows.Rect.Dy()
		for r := range rows.Rect.Dy() {
			copy(out.Pix[(y+r)*out.Stride:], rows.Pix[r*rows.Stride:r*rows.Stride+rows.Rect.Dx()])
		}
		return nil
	})
	if err != nil || next != out.Rect.Dy() {
		t.Fatalf("%d rows of %d: %v", next, out.Rect.Dy(), err)
	}
	return out
}

// The band's size does not show: one row at a time gives the same page.
func TestBandsMeet(t *testing.T) {
	for _, name := range []string{"slip", "provisional", "rare"} {
		page := layout(t, extremes(t)[name], fontstest.Bundle(t)).Pages[0]
		whole := picture(t, page, 75, 10000)
		for _, rows := range []int{1, 7, 64, 876, 877} {
			if got := picture(t, page, 75, rows); !bytes.Equal(got.Pix, whole.Pix) {
				t.Errorf("%s: bands of %d rows give another page", name, rows)
			}
		}
	}
}

// Another program draws the PDF, four times as fine because it puts letters on
// whole dots; the mean of its dots is what we draw, but for the edges of lines,
// which we put on whole dots.
func TestRasterAgreesWithPDF(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	const dpi, finer = 150, 4
	for name, p := range map[string]sheet.ProcessSheet{"ordinary": ordinary(t), "provisional": provisional(t)} {
		d := layout(t, p, fontstest.Bundle(t))
		ours, theirs := picture(t, d.Pages[0], dpi, 64), poppler(t, d, dpi*finer)
		far, ink, sum := 0, 0, 0
		for y := range min(ours.Rect.Dy(), theirs.Rect.Dy()/finer) {
			for x := range min(ours.Rect.Dx(), theirs.Rect.Dx()/finer) {
				b := 0
				for k := range finer * finer {
					b += int(theirs.Pix[(y*finer+k/finer)*theirs.Stride+x*finer+k%finer])
				}
				b /= finer * finer
				off := int(ours.Pix[y*ours.Stride+x]) - b
				off = max(off, -off)
				sum += off
				if off > 128 {
					far++
				}
				if b < 128 {
					ink++
				}
			}
		}
		all := len(ours.Pix)
		if ink < all/50 || far > ink/100 || sum > all*4 {
			t.Errorf("%s: %d of %d dots differ by more than half, by %.2f of 255 on the mean; %d are black", name, far, all, float64(sum)/float64(all), ink)
		}
	}
}

// poppler draws the first page.
func poppler(t *testing.T, d *sheet.Document, dpi int, args ...string) *image.Gray {
	t.Helper()
	out := filepath.Join(t.TempDir(), "page")
	fontstest.Run(t, "pdftoppm", append(args, "-gray", "-singlefile", "-r", fmt.Sprint(dpi), file(t, d), out)...)
	f, err := os.Open(out + ".pgm")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var w, h, most int
	if _, err := fmt.Fscanf(in, "P5\n%d %d\n%d\n", &w, &h, &most); err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	if _, err := io.ReadFull(in, img.Pix); err != nil {
		t.Fatal(err)
	}
	return img
}

// Every code is read back from a picture of 300 dpi with one bit a dot, ours
// and the one poppler makes of the PDF.
func TestCodesReadBack(t *testing.T) {
	if testing.Short() {
		t.Skip("computes only: left out beside the race detector")
	}
	all := extremes(t)
	const name = "slip"
	want := []string{"ZK1:F:19430102340901", all[name].Slip}
	d := layout(t, all[name], fontstest.Bundle(t))
	for who, img := range map[string]*image.Gray{"ours": picture(t, d.Pages[0], 300, 64), "poppler": poppler(t, d, 300)} {
		for i, v := range img.Pix {
			img.Pix[i] = 255
			if v < 128 {
				img.Pix[i] = 0
			}
		}
		path := filepath.Join(t.TempDir(), "page.png")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join((&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, img), f.Close()); err != nil {
			t.Fatal(err)
		}
		got := strings.Split(strings.TrimSpace(fontstest.Run(t, "zbarimg", "--nodbus", "--raw", "-q", "-Sdisable", "-Sqr.enable", path)), "\n")
		for _, w := range want {
			found := false
			for _, g := range got {
				found = found || g == w
			}
			if !found || len(got) != len(want) {
				t.Errorf("%s, %s: read %q, want %q", name, who, got, want)
			}
		}
	}
}

// A page at 600 dpi is 33 MiB; what a raster needs is a band.
func TestRasterHoldsOneBand(t *testing.T) {
	page := layout(t, ordinary(t), fontstest.Bundle(t)).Pages[0]
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := page.Raster(600, 64, func(int, *image.Gray) error { return nil }); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d KiB were taken for bands of %d KiB", used>>10, page.Pixels(600).X*64>>10)
	}
}

func TestRasterRefusesAndStops(t *testing.T) {
	page := layout(t, ordinary(t), fallback(t)).Pages[0]
	for _, bad := range [][2]int{{0, 64}, {49, 64}, {1201, 64}, {300, 0}, {300, -1}, {300, 1 << 30}} {
		if err := page.Raster(bad[0], bad[1], func(int, *image.Gray) error { return nil }); !errors.Is(err, sheet.ErrRaster) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	calls := 0
	err := page.Raster(100, 64, func(int, *image.Gray) error { calls++; return errStop })
	if !errors.Is(err, errStop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}
