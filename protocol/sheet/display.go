package sheet

import (
	"errors"
	"fmt"
	"time"

	"zhunkao/protocol/sheet/qr"
)

// ErrLayout is wrapped by what Page.Check finds: a mistake of ours.
var ErrLayout = errors.New("sheet: text outside its cell")

// Document is a paper ready to be written. It may be written by several
// goroutines at once; nothing in it changes after Layout.
type Document struct {
	Title   string    // of the paper, never of a person
	Printed time.Time // stands in the footer and in the PDF; zero leaves the PDF without a date
	Pages   []*Page
}

// Page is one side of a sheet as a display list, in the order of painting.
type Page struct {
	Width, Height MM
	areas         []area
	lines         []stroke
	texts         []text
	pictures      []picture
	shares        []*Page
	order         []ref
}

// kind and place of one thing of the list; the list is kept by kinds so that
// no interface stands between it and its two readers.
type ref struct {
	kind  opKind
	index int
}

type opKind uint8

const (
	opArea opKind = iota
	opStroke
	opText
	opPicture
	opShared
)

// Of the square that a Han character fills, this much stands above the baseline.
const hanAbove = .88

// area is one or more rectangles filled as one path, so that neighbours (the
// modules of a code) show no seam.
type area struct {
	rects []Rect
	grey  uint8    // 0 black, 255 white
	grid  bool     // neighbours share edges (modules of a code): see raster.area
	code  *qr.Code // instead of rects: its black modules
	box   Rect     // of the code, without its quiet zone
}

// all are the rectangles; of a code the runs of its rows.
func (a area) all() []Rect {
	if a.code == nil {
		return a.rects
	}
	var out []Rect
	module := a.box.W / MM(a.code.Size)
	for y := range a.code.Size {
		for x := 0; x < a.code.Size; x++ {
			from := x
			for x < a.code.Size && a.code.Black(x, y) {
				x++
			}
			if x > from {
				out = append(out, Rect{a.box.X + module*MM(from), a.box.Y + module*MM(y), module * MM(x-from), module})
			}
		}
	}
	return out
}

// stroke is a straight line, horizontal, vertical or (never dashed) slanted. Its width
// lies around it.
type stroke struct {
	from, to Point
	width    MM
	dashed   bool
}

// text is one line of glyphs on a baseline.
type text struct {
	at      Point // of the baseline's start
	size    Pt
	track   MM // added after each glyph
	grey    uint8
	turned  float64 // degrees, counter-clockwise, about at
	letters []letter
	width   MM
	cell    Rect // where it must stay; for Check
}

// picture is a JPEG that fills a rectangle, centred, cut equally on both sides.
type picture struct {
	in  Rect
	img *Picture
}

func (p *Page) area(grey uint8, grid bool, rects ...Rect) {
	p.order = append(p.order, ref{opArea, len(p.areas)})
	p.areas = append(p.areas, area{rects: rects, grey: grey, grid: grid})
}

// code draws a code into its box, which has no quiet zone.
func (p *Page) code(box Rect, code *qr.Code) {
	p.order = append(p.order, ref{opArea, len(p.areas)})
	p.areas = append(p.areas, area{grid: true, code: code, box: box})
}

func (p *Page) line(from, to Point, width MM) {
	p.order = append(p.order, ref{opStroke, len(p.lines)})
	p.lines = append(p.lines, stroke{from: from, to: to, width: width})
}

func (p *Page) text(t text) {
	if len(t.letters) == 0 {
		return
	}
	p.order = append(p.order, ref{opText, len(p.texts)})
	p.texts = append(p.texts, t)
}

func (p *Page) picture(in Rect, img *Picture) {
	p.order = append(p.order, ref{opPicture, len(p.pictures)})
	p.pictures = append(p.pictures, picture{in, img})
}

// share puts what stands on another page, which was checked, under what follows: a file
// with many such pages holds it once. Nothing is added to it any more.
func (p *Page) share(of *Page) {
	p.order = append(p.order, ref{opShared, len(p.shares)})
	p.shares = append(p.shares, of)
}

// Check holds each text against the cell it belongs to, and everything against
// the edge that no printer reaches. The first fault is told by place, never by
// wording: the wording may be a person's.
func (p *Page) Check() error {
	paper := Rect{0, 0, p.Width, p.Height}.inset(bleed)
	for i, t := range p.texts {
		if t.turned != 0 {
			continue // watermark: lies across cells by intent, and is cut by the paper
		}
		high := t.size.MM()
		ink := Rect{t.at.X, t.at.Y - high*hanAbove, t.width, high}
		if !t.cell.contains(ink) || !paper.contains(ink) {
			return fmt.Errorf("%w: text %d at %.2f %.2f, %.2f wide, cell %.2f", ErrLayout, i, t.at.X, t.at.Y, t.width, t.cell)
		}
	}
	for i, a := range p.areas {
		if a.code != nil && !paper.contains(a.box) {
			return fmt.Errorf("%w: code %d leaves the paper", ErrLayout, i)
		}
		for _, r := range a.rects {
			if !paper.contains(r) {
				return fmt.Errorf("%w: area %d leaves the paper", ErrLayout, i)
			}
		}
	}
	return nil
}
