package sheet_test

import (
	"image"
	"io"
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts/fontstest"
)

func BenchmarkLayout(b *testing.B) {
	f, p, c := fontstest.Bundle(b), ordinary(b), campaign.Adult2019()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Layout(f, c); err != nil {
			b.Fatal(err)
		}
	}
}

// One sheet, laid out and written: what a box does.
func BenchmarkPDF(b *testing.B) {
	f, p, c := fontstest.Bundle(b), ordinary(b), campaign.Adult2019()
	b.ReportAllocs()
	for b.Loop() {
		d, err := p.Layout(f, c)
		if err != nil {
			b.Fatal(err)
		}
		if err := d.PDF(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

// Two hundred sheets in one file: what an office does.
func BenchmarkPDFMany(b *testing.B) {
	f, p, c := fontstest.Bundle(b), ordinary(b), campaign.Adult2019()
	const pages = 200
	for b.Loop() {
		var all sheet.Document
		for range pages {
			d, err := p.Layout(f, c)
			if err != nil {
				b.Fatal(err)
			}
			all.Pages = append(all.Pages, d.Pages...)
		}
		if err := all.PDF(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(pages*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

func BenchmarkRaster300(b *testing.B) {
	d := layout(b, ordinary(b), fontstest.Bundle(b))
	b.ReportAllocs()
	for b.Loop() {
		if err := d.Pages[0].Raster(300, 64, func(int, *image.Gray) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

// The first sheet after the start: fonts opened, every glyph read.
func BenchmarkFirst(b *testing.B) {
	fontstest.Bundle(b)
	dir, err := sheet.DefaultFontsDir()
	if err != nil || sheet.VerifyBundle(dir) != nil {
		b.Skip("no bundle in the user's cache")
	}
	p, c := ordinary(b), campaign.Adult2019()
	for b.Loop() {
		f, err := sheet.OpenFonts(dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Layout(f, c); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
