package sheet

import (
	"errors"
	"fmt"
	"time"
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
)

// Of the square that a Han character fills, this much stands above the baseline.
const hanAbove = .88

// area is one or more rectangles filled as one path, so that neighbours (the
// modules of a code) show no seam.
type area struct {
	rects []Rect
	grey  uint8 // 0 black, 255 white
	grid  bool  // neighbours share edges (modules of a code): see raster.area
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
	p.areas = append(p.areas, area{rects, grey, grid})
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
		for _, r := range a.rects {
			if !paper.contains(r) {
				return fmt.Errorf("%w: area %d leaves the paper", ErrLayout, i)
			}
		}
	}
	return nil
}
