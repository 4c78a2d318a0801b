package printer

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"unicode/utf8"

	"zhunkao/hw/fault"
)

// The formats, as a printer's document-format-supported names them.
const (
	FormatPDF    = "application/pdf"
	FormatRaster = "image/pwg-raster"
)

// Document is what to print, drawn elsewhere. At least one of PDF and Raster
// must be there; with both any printer can take it. Both may be called again
// after a refusal of the printer, and never at the same time.
type Document struct {
	// Name is shown on the printer's display and kept in its list of jobs: the
	// kind of paper, never a person's name or number. At most 100 bytes of UTF-8.
	Name string
	// Sign tells this job from every other at the printer: 8 hexadecimal digits, which
	// a caller who wants to ask about it in another run (Follow) has kept before. ""
	// draws one.
	Sign string
	// Copies is how often; 0 is once. At most 99.
	Copies int
	// Pages is the number of pages that Raster draws.
	Pages int
	// PDF gives the whole file, at most 32 MiB.
	PDF func() ([]byte, error)
	// Raster draws page (counting from 1) at dpi dots per inch: it calls band for
	// one piece after another from the top, and returns band's error at once. A
	// band's width is the page's (see PageSize); rows that are missing at the end
	// stay white, and a millimetre too much at right or bottom is cut off. band
	// keeps nothing of rows, so one image can serve all bands.
	Raster func(page, dpi int, band func(rows *image.Gray) error) error
}

const (
	maxName  = 100
	maxPages = 200
	maxPDF   = 32 << 20
)

func (d Document) check() error {
	switch {
	case d.PDF == nil && d.Raster == nil:
		return errors.New("printer: a document without PDF and Raster")
	case d.Raster != nil && (d.Pages < 1 || d.Pages > maxPages):
		return fmt.Errorf("printer: %d pages; 1 to %d can be drawn", d.Pages, maxPages)
	case d.Copies < 0 || d.Copies > 99:
		return fmt.Errorf("printer: %d copies; 1 to 99 can be printed", d.Copies)
	case len(d.Name) > maxName || !utf8.ValidString(d.Name):
		return fmt.Errorf("printer: the document's name is not UTF-8 of at most %d bytes", maxName)
	case d.Sign != "" && !isSign(d.Sign):
		return errors.New("printer: the document's sign is not 8 hexadecimal digits")
	}
	return nil
}

// NewSign draws a sign for a Document.
func NewSign() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func isSign(s string) bool {
	return len(s) == 8 && strings.Trim(s, "0123456789abcdef") == ""
}

// PageSize gives an A4 page in pixels at dpi, rounded as PWG 5102.4 does:
// 2480 × 3508 at 300.
func PageSize(dpi int) (width, height int) {
	px := func(hundredths int) int { return (hundredths*dpi + 1270) / 2540 }
	return px(21000), px(29700)
}

// plan is how a document goes to a printer.
type plan struct {
	format string
	copies int
	dpi    int       // raster only
	kind   pixelKind // raster only
}

// choose decides the format, resolution and pixels. only, if not empty, leaves
// no other format.
func choose(d Document, s Status, only string) (plan, error) {
	p := plan{copies: max(d.Copies, 1)}
	can := func(format string, drawn bool) bool {
		return drawn && (only == "" || only == format) && slices.Contains(s.Formats, format)
	}
	switch {
	case s.MaxCopies > 0 && p.copies > s.MaxCopies:
		return p, fault.New(fault.Unsupported, "print", fmt.Sprintf("%d copies, the printer makes %d at most", p.copies, s.MaxCopies), nil)
	case can(FormatPDF, d.PDF != nil):
		p.format = FormatPDF
		return p, nil
	case can(FormatRaster, d.Raster != nil):
	default:
		return p, fault.New(fault.Unsupported, "print",
			fmt.Sprintf("the printer takes neither PDF nor PWG raster as this document comes (it takes %.200q)", s.Formats), nil)
	}
	p.format = FormatRaster
	var ok bool
	if p.kind, ok = choosePixels(s.RasterTypes); !ok {
		return p, fault.New(fault.Unsupported, "print", fmt.Sprintf("no raster type that can be written (it takes %.200q)", s.RasterTypes), nil)
	}
	if p.dpi, ok = chooseDPI(s.Resolutions); !ok {
		return p, fault.New(fault.Unsupported, "print", "no raster resolution between 100 and 1200 dpi", nil)
	}
	return p, nil
}

// chooseDPI takes 300, else the next finer one, else the finest. A printer that
// lists none takes 300.
func chooseDPI(list []int) (int, bool) {
	if len(list) == 0 {
		return 300, true
	}
	best := 0
	for _, dpi := range list {
		switch {
		case dpi < 100 || dpi > 1200:
		case best == 0, best < 300 && dpi > best, dpi >= 300 && dpi < best:
			best = dpi
		}
	}
	return best, best != 0
}
