package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"zhunkao/hw/printer"
)

// The test page, in millimetres from the upper left: a frame 10 from the edges,
// a caption, ten greys, and fields of one-, two- and three-dot lines.
const (
	margin     = 10.0
	rampTop    = 40.0
	rampStep   = 17.0
	rampHeight = 25.0
	fieldTop   = 80.0
	fieldSize  = 40.0
	caption    = "ZHUNKAO  hwcheck printer  A4 210 x 297 mm"
)

// testPage is the page both ways.
func testPage() printer.Document {
	return printer.Document{Name: "hwcheck", Pages: 1, PDF: testPDF, Raster: testRaster}
}

// testRaster draws the page in bands.
func testRaster(_, dpi int, band func(*image.Gray) error) error {
	w, h := printer.PageSize(dpi)
	text := newCaption(dpi)
	const rows = 128
	img := image.NewGray(image.Rect(0, 0, w, rows))
	for top := 0; top < h; top += rows {
		img.Rect = image.Rect(0, top, w, min(top+rows, h))
		for y := top; y < img.Rect.Max.Y; y++ {
			for x := range w {
				img.Pix[img.PixOffset(x, y)] = testDot(x, y, w, h, dpi)
			}
		}
		text.onto(img)
		if err := band(img); err != nil {
			return err
		}
	}
	return nil
}

// testDot is the page's value at a dot.
func testDot(x, y, w, h, dpi int) uint8 {
	mm := func(v float64) int { return int(v * float64(dpi) / 25.4) }
	line := max(dpi/100, 1)
	left, top, right, bottom := mm(margin), mm(margin), w-mm(margin), h-mm(margin)
	switch {
	case x < left || x >= right || y < top || y >= bottom:
		return 255
	case x < left+line || x >= right-line || y < top+line || y >= bottom-line:
		return 0
	case y >= mm(rampTop) && y < mm(rampTop+rampHeight):
		if i := (x - mm(2*margin)) / mm(rampStep); x >= mm(2*margin) && i < 10 {
			return uint8(255 * i / 9)
		}
	case y >= mm(fieldTop) && y < mm(fieldTop+fieldSize):
		for i := range 3 {
			from := mm(2*margin + float64(i)*(fieldSize+margin))
			if x >= from && x < from+mm(fieldSize) && (x-from)/(i+1)%2 == 0 {
				return 0
			}
		}
	}
	return 255
}

// captioned is the caption as a picture.
type captioned struct {
	mask *image.Alpha
	at   image.Point
	by   int // dots of the page for one of the mask
}

func newCaption(dpi int) captioned {
	face := basicfont.Face7x13
	mask := image.NewAlpha(image.Rect(0, 0, face.Advance*len(caption), face.Height))
	d := font.Drawer{Dst: mask, Src: image.NewUniform(color.Alpha{A: 255}), Face: face, Dot: fixed.P(0, face.Ascent)}
	d.DrawString(caption)
	return captioned{mask: mask, at: image.Pt(dpi*20*10/254, dpi*20*10/254), by: max(dpi/60, 1)}
}

// onto draws the part of the caption that falls on a band.
func (c captioned) onto(band *image.Gray) {
	r := image.Rect(0, 0, c.mask.Rect.Dx()*c.by, c.mask.Rect.Dy()*c.by).Add(c.at).Intersect(band.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if c.mask.AlphaAt((x-c.at.X)/c.by, (y-c.at.Y)/c.by).A > 127 {
				draw.Draw(band, image.Rect(x, y, x+1, y+1), image.Black, image.Point{}, draw.Src)
			}
		}
	}
}

// testPDF draws the page with lines and one of the fonts every reader has.
func testPDF() ([]byte, error) {
	const pt = 72 / 25.4
	var c bytes.Buffer
	y := func(mm float64) float64 { return (297 - mm) * pt }
	fmt.Fprintf(&c, "0.7 w %.2f %.2f %.2f %.2f re S\n", margin*pt, margin*pt, (210-2*margin)*pt, (297-2*margin)*pt)
	fmt.Fprintf(&c, "BT /F1 14 Tf %.2f %.2f Td (%s) Tj ET\n", 2*margin*pt, y(26), caption)
	for i := range 10 {
		fmt.Fprintf(&c, "%.3f g %.2f %.2f %.2f %.2f re f\n", float64(i)/9, (2*margin+float64(i)*rampStep)*pt, y(rampTop+rampHeight), rampStep*pt, rampHeight*pt)
	}
	c.WriteString("0 g\n")
	for i := range 3 {
		step := float64(i+1) * 25.4 / 300
		for x := 0.0; x < fieldSize; x += 2 * step {
			fmt.Fprintf(&c, "%.3f %.2f %.3f %.2f re f\n", (2*margin+float64(i)*(fieldSize+margin)+x)*pt, y(fieldTop+fieldSize), step*pt, fieldSize*pt)
		}
	}
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.276 841.89]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", c.Len(), c.Bytes()),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes(), nil
}
