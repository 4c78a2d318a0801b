package sheet

import (
	"math"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// em is the unit of all outlines and advances here: thousandths of the size of
// type, whatever the font counts in.
const em = 1000

// glyph is one character's shape: closed contours of straight lines and
// quadratic curves, y upward from the baseline, outer contours clockwise as
// TrueType has them.
type glyph struct {
	advance  int
	contours []contour
	min, max [2]int // of all points, control points included
}

// contour is a closed chain of points. Between two points that are off the
// curve an on-curve one in their middle is meant.
type contour []outPoint

type outPoint struct {
	x, y int
	on   bool
}

// tolerance is how far a quadratic may stray from its cubic, in units of em: at
// 22 pt that is a thousandth of a millimetre.
const tolerance = .25

// newGlyph takes the segments of a font, whose y points down.
func newGlyph(advance int, segs sfnt.Segments) *glyph {
	g := &glyph{advance: advance}
	var c contour
	var pen outPoint
	to := func(a fixed.Point26_6, on bool) outPoint { return outPoint{int(a.X), -int(a.Y), on} }
	for _, s := range segs {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			g.close(c)
			pen = to(s.Args[0], true)
			c = contour{pen}
		case sfnt.SegmentOpLineTo:
			pen = to(s.Args[0], true)
			c = append(c, pen)
		case sfnt.SegmentOpQuadTo:
			pen = to(s.Args[1], true)
			c = append(c, to(s.Args[0], false), pen)
		case sfnt.SegmentOpCubeTo:
			end := to(s.Args[2], true)
			c = cubic(c, pen, to(s.Args[0], true), to(s.Args[1], true), end)
			pen = end
		}
	}
	g.close(c)
	g.clockwise()
	g.measure()
	return g
}

// cubic appends the cubic curve as quadratics. One quadratic for the part
// between two cuts has the error √3/36·|p3−3·p2+3·p1−p0|, which falls with the
// third power of the number of parts.
func cubic(c contour, p0, p1, p2, p3 outPoint) contour {
	ax := float64(p3.x - 3*p2.x + 3*p1.x - p0.x)
	ay := float64(p3.y - 3*p2.y + 3*p1.y - p0.y)
	n := int(math.Ceil(math.Cbrt(math.Sqrt(3) / 36 * math.Hypot(ax, ay) / tolerance)))
	n = min(max(n, 1), 16)
	at := func(a, b, c, d int, t float64) float64 {
		u := 1 - t
		return u*u*u*float64(a) + 3*u*u*t*float64(b) + 3*u*t*t*float64(c) + t*t*t*float64(d)
	}
	slope := func(a, b, c, d int, t float64) float64 {
		u := 1 - t
		return 3 * (u*u*float64(b-a) + 2*u*t*float64(c-b) + t*t*float64(d-c))
	}
	for i := range n {
		t0, t1 := float64(i)/float64(n), float64(i+1)/float64(n)
		h := (t1 - t0) / 4
		// The control point that best meets both ends' directions.
		x := (at(p0.x, p1.x, p2.x, p3.x, t0)+at(p0.x, p1.x, p2.x, p3.x, t1))/2 + h*(slope(p0.x, p1.x, p2.x, p3.x, t0)-slope(p0.x, p1.x, p2.x, p3.x, t1))
		y := (at(p0.y, p1.y, p2.y, p3.y, t0)+at(p0.y, p1.y, p2.y, p3.y, t1))/2 + h*(slope(p0.y, p1.y, p2.y, p3.y, t0)-slope(p0.y, p1.y, p2.y, p3.y, t1))
		end := p3
		if i+1 < n {
			end = outPoint{nearest(at(p0.x, p1.x, p2.x, p3.x, t1)), nearest(at(p0.y, p1.y, p2.y, p3.y, t1)), true}
		}
		c = append(c, outPoint{nearest(x), nearest(y), false}, end)
	}
	return c
}

func nearest(v float64) int { return int(math.Round(v)) }

// close ends a contour; one without extent is left out.
func (g *glyph) close(c contour) {
	for len(c) > 1 && c[len(c)-1] == c[0] {
		c = c[:len(c)-1]
	}
	if len(c) > 2 {
		g.contours = append(g.contours, c)
	}
}

// clockwise turns all contours round if the outline runs the PostScript way.
func (g *glyph) clockwise() {
	var twice int
	for _, c := range g.contours {
		for i, p := range c {
			q := c[(i+1)%len(c)]
			twice += p.x*q.y - q.x*p.y
		}
	}
	if twice <= 0 {
		return
	}
	for _, c := range g.contours {
		for i, j := 1, len(c)-1; i < j; i, j = i+1, j-1 {
			c[i], c[j] = c[j], c[i]
		}
	}
}

func (g *glyph) measure() {
	first := true
	for _, c := range g.contours {
		for _, p := range c {
			if first {
				g.min, g.max, first = [2]int{p.x, p.y}, [2]int{p.x, p.y}, false
				continue
			}
			g.min = [2]int{min(g.min[0], p.x), min(g.min[1], p.y)}
			g.max = [2]int{max(g.max[0], p.x), max(g.max[1], p.y)}
		}
	}
}

// place adds the contours of another glyph, scaled by num/den and moved.
func (g *glyph) place(from *glyph, num, den, dx, dy int) {
	for _, c := range from.contours {
		moved := make(contour, len(c))
		for i, p := range c {
			moved[i] = outPoint{p.x*num/den + dx, p.y*num/den + dy, p.on}
		}
		g.contours = append(g.contours, moved)
	}
	g.measure()
}

// bold is the glyph drawn over itself a little to the right, for fonts that
// have no bold: the fill is the union.
func (g *glyph) bold() *glyph {
	out := &glyph{advance: g.advance}
	const strength = 26
	for _, dx := range []int{-strength / 2, 0, strength / 2} {
		out.place(g, 1, 1, dx, 0)
	}
	return out
}
