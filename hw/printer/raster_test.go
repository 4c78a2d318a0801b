package printer_test

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"math"
	"runtime"
	"slices"
	"testing"

	"zhunkao/hw/printer"
	"zhunkao/hw/printertest"
)

// Each type of pixels comes out as what was drawn: exactly where a byte is a
// grey, and of the same darkness where dots are black or white.
func TestRasterTypes(t *testing.T) {
	for _, kind := range []string{"sgray_8", "black_8", "srgb_8", "black_1", "sgray_1"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			emu, plug := emulated(t, printertest.Knobs{PageMS: -1, DPI: "150", Types: kind, Format: printertest.Raster})
			p := driver(t, printer.Options{URI: plug.URI()}, hurried)
			if end := ended(t, print(t, p, drawn(1))); end.Outcome != printer.Printed {
				t.Fatalf("got %+v", end)
			}
			page := emu.Jobs()[0].Pages[0]
			if page.Type != kind || page.DPI != 150 {
				t.Fatalf("got %s at %d", page.Type, page.DPI)
			}
			img := picture(t, page)
			w, h := printer.PageSize(150)
			if kind[len(kind)-1] == '8' {
				for y := range h {
					for x := range w {
						if got, want := img.Pix[y*img.Stride+x], pixel(1, x, y, w, h); got != want {
							t.Fatalf("at %d,%d: got %d, want %d", x, y, got, want)
						}
					}
				}
				return
			}
			// Squares of 40 dots in the ramp and in the white.
			for _, at := range []image.Point{{100, 100}, {600, 150}, {1100, 50}, {400, 1500}} {
				var got, want float64
				for y := at.Y; y < at.Y+40; y++ {
					for x := at.X; x < at.X+40; x++ {
						got += float64(img.Pix[y*img.Stride+x])
						want += float64(pixel(1, x, y, w, h))
					}
				}
				if math.Abs(got-want)/1600 > 4 {
					t.Errorf("at %v: darkness %.1f, want %.1f", at, got/1600, want/1600)
				}
			}
		})
	}
}

func TestResolutionIsChosen(t *testing.T) {
	for list, want := range map[string]int{"300": 300, "600,300": 300, "600": 600, "200,400,1200": 400, "150,200": 200, "1200,600": 600, "72,203": 203} {
		t.Run(list, func(t *testing.T) {
			t.Parallel()
			var got []int
			doc := printer.Document{Pages: 1, Raster: func(_, dpi int, _ func(*image.Gray) error) error {
				got = append(got, dpi)
				return io.ErrUnexpectedEOF // enough seen
			}}
			_, plug := emulated(t, printertest.Knobs{DPI: list, Format: printertest.Raster})
			ended(t, print(t, driver(t, printer.Options{URI: plug.URI()}, hurried), doc))
			if !slices.Equal(got, []int{want}) {
				t.Errorf("drawn at %v, want %d", got, want)
			}
		})
	}
}

// A band may be of any height, be a little too wide, and stop early: the page is
// A4 all the same.
func TestBands(t *testing.T) {
	t.Parallel()
	w, h := printer.PageSize(100)
	doc := printer.Document{Pages: 1, Raster: func(_, dpi int, band func(*image.Gray) error) error {
		for i, size := range []image.Point{{w + 3, 1}, {w, 500}, {10, 10}, {w, 0}} {
			rows := image.NewGray(image.Rect(7, 1000*i, 7+size.X, 1000*i+size.Y)) // anywhere
			if err := band(rows); err != nil {
				return err
			}
		}
		return nil
	}}
	var out bytes.Buffer
	if err := printer.WriteRaster(&out, doc, 100, "sgray_8"); err != nil {
		t.Fatal(err)
	}
	pages, err := printertest.DecodeRaster(&out)
	if err != nil || len(pages) != 1 || pages[0].Width != w || pages[0].Height != h {
		t.Fatalf("%+v, %v", pages, err)
	}
	img := picture(t, pages[0])
	for _, c := range []struct {
		x, y int
		want uint8
	}{{0, 0, 0}, {w - 1, 500, 0}, {9, 505, 0}, {10, 505, 255}, {0, 511, 255}, {w - 1, h - 1, 255}} {
		if got := img.GrayAt(c.x, c.y).Y; got != c.want {
			t.Errorf("at %d,%d: got %d, want %d", c.x, c.y, got, c.want)
		}
	}
	tall := printer.Document{Pages: 1, Raster: func(_, _ int, band func(*image.Gray) error) error {
		return band(image.NewGray(image.Rect(0, 0, w, h+50)))
	}}
	if err := printer.WriteRaster(io.Discard, tall, 100, "sgray_8"); err == nil {
		t.Error("a band beyond the page was taken")
	}
}

// The page of a 600 dpi printer is 35 MB; what it costs in memory is lines.
func TestMemoryOfABand(t *testing.T) {
	rows := image.NewGray(image.Rect(0, 0, 4960, 8))
	for i := range rows.Pix {
		rows.Pix[i] = uint8(i * 7)
	}
	doc := printer.Document{Pages: 1, Raster: func(_, _ int, band func(*image.Gray) error) error {
		for range 40 { // 320 rows tell the story
			if err := band(rows); err != nil {
				return err
			}
		}
		return nil
	}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := printer.WriteRaster(io.Discard, doc, 600, "sgray_8"); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("%d bytes were allocated", got)
	}
}

// Runs that end on the edges of the coding: 1, 2, 127, 128, 129 alike, and as
// many unlike.
func TestRunsOfEveryLength(t *testing.T) {
	w, h := printer.PageSize(100)
	doc := printer.Document{Pages: 1, Raster: func(_, _ int, band func(*image.Gray) error) error {
		img := image.NewGray(image.Rect(0, 0, w, h))
		for y := range h {
			fill(img.Pix[y*img.Stride:y*img.Stride+w], y)
		}
		return band(img)
	}}
	for _, kind := range []string{"sgray_8", "srgb_8"} {
		var out bytes.Buffer
		if err := printer.WriteRaster(&out, doc, 100, kind); err != nil {
			t.Fatal(err)
		}
		pages, err := printertest.DecodeRaster(&out)
		if err != nil {
			t.Fatal(err)
		}
		img, want := picture(t, pages[0]), make([]uint8, w)
		for y := range h {
			fill(want, y)
			if !bytes.Equal(img.Pix[y*img.Stride:y*img.Stride+w], want) {
				t.Fatalf("%s: row %d differs", kind, y)
			}
		}
	}
}

// fill draws row y: first a run of like pixels, then unlike ones, then like.
func fill(row []uint8, y int) {
	n := y % 300
	for x := range row {
		switch {
		case x < n:
			row[x] = 9
		case x < 2*n:
			row[x] = uint8(x)
		default:
			row[x] = uint8(x / 131)
		}
	}
}

func BenchmarkRasterA4(b *testing.B) {
	for _, kind := range []string{"sgray_8", "black_1"} {
		for _, dpi := range []int{300, 600} {
			b.Run(fmt.Sprint(kind, "/", dpi), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := printer.WriteRaster(io.Discard, blank(1), dpi, kind); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
