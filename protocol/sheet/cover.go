package sheet

import (
	"image"
	"math"
)

// affine takes a point of an outline to a dot of the band.
type affine struct{ a, b, c, d, x, y float64 }

func (m affine) at(p outPoint) (float64, float64) {
	px, py := float64(p.x), float64(p.y)
	return m.a*px + m.b*py + m.x, m.c*px + m.d*py + m.y
}

// cover is our scan converter: it adds up, for each dot, how much of it an
// outline covers, exactly for straight lines. It reckons in dots of the page and
// only leaves rows out, so the cut into bands does not show.
type cover struct {
	acc     []float32 // signed area, by dot of the rows that are drawn
	x0, y0  int       // of the first dot and row, on the page
	wide    int
	y1      int // row after the last
	scratch int // entries of acc in a row
}

// draw paints a glyph over a band whose first row is row top of the page.
func (c *cover) draw(band *image.Gray, top int, g *glyph, m affine, grey uint8) {
	minX, minY := math.Inf(1), math.Inf(1)
	maxX, maxY := math.Inf(-1), math.Inf(-1)
	for _, corner := range [4]outPoint{{g.min[0], g.min[1], true}, {g.min[0], g.max[1], true}, {g.max[0], g.min[1], true}, {g.max[0], g.max[1], true}} {
		x, y := m.at(corner)
		minX, maxX, minY, maxY = min(minX, x), max(maxX, x), min(minY, y), max(maxY, y)
	}
	c.x0, c.y0 = max(int(math.Floor(minX)), 0), max(int(math.Floor(minY)), top)
	c.wide = min(int(math.Ceil(maxX))+1, band.Rect.Dx()) - c.x0
	c.y1 = min(int(math.Ceil(maxY))+1, top+band.Rect.Dy())
	if c.wide <= 0 || c.y1 <= c.y0 {
		return
	}
	c.scratch = c.wide + 2
	need := c.scratch * (c.y1 - c.y0)
	if cap(c.acc) < need {
		c.acc = make([]float32, need)
	}
	c.acc = c.acc[:need]
	clear(c.acc)
	for _, contour := range g.contours {
		c.contour(contour, m)
	}
	c.paint(band, top, grey)
}

// contour walks round, filling in the points that are only meant.
func (c *cover) contour(points contour, m affine) {
	n := len(points)
	first := 0
	for first < n && !points[first].on {
		first++
	}
	var sx, sy float64
	if first == n { // no point on the curve at all
		first = 0
		ax, ay := m.at(points[0])
		bx, by := m.at(points[n-1])
		sx, sy = (ax+bx)/2, (ay+by)/2
	} else {
		sx, sy = m.at(points[first])
		first++
	}
	px, py := sx, sy
	var qx, qy float64
	off := false
	for i := range n {
		p := points[(first+i)%n]
		x, y := m.at(p)
		switch {
		case p.on && off:
			c.curve(px, py, qx, qy, x, y)
			px, py, off = x, y, false
		case p.on:
			c.line(px, py, x, y)
			px, py = x, y
		case off:
			mx, my := (qx+x)/2, (qy+y)/2
			c.curve(px, py, qx, qy, mx, my)
			px, py, qx, qy = mx, my, x, y
		default:
			qx, qy, off = x, y, true
		}
	}
	if off {
		c.curve(px, py, qx, qy, sx, sy)
	} else {
		c.line(px, py, sx, sy)
	}
}

// curve is cut into lines that stray less than a twentieth of a dot.
func (c *cover) curve(x0, y0, x1, y1, x2, y2 float64) {
	bend := math.Hypot(x0-2*x1+x2, y0-2*y1+y2)
	n := int(math.Ceil(math.Sqrt(bend * 5 / 2)))
	n = min(max(n, 1), 64)
	px, py := x0, y0
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		x, y := u*u*x0+2*u*t*x1+t*t*x2, u*u*y0+2*u*t*y1+t*t*y2
		c.line(px, py, x, y)
		px, py = x, y
	}
}

// line adds the area to the right of a line, row by row: how much of the row
// it spans, shared between the dots it crosses.
func (c *cover) line(x0, y0, x1, y1 float64) {
	if y0 == y1 {
		return
	}
	sign := 1.0
	if y0 > y1 {
		x0, y0, x1, y1, sign = x1, y1, x0, y0, -1
	}
	slope := (x1 - x0) / (y1 - y0)
	x0 -= float64(c.x0)
	for row := max(int(math.Floor(y0)), c.y0); row < c.y1 && float64(row) < y1; row++ {
		from, to := max(y0, float64(row)), min(y1, float64(row+1))
		xa, xb := x0+(from-y0)*slope, x0+(to-y0)*slope
		c.row(row-c.y0, min(xa, xb), max(xa, xb), sign*(to-from))
	}
}

// row shares height h among the dots from xa to xb of one row. Each entry of
// acc is a difference; paint adds them up from the left.
func (c *cover) row(row int, xa, xb, h float64) {
	limit := float64(c.wide)
	xa, xb = min(max(xa, 0), limit), min(max(xb, 0), limit)
	line := c.acc[row*c.scratch : (row+1)*c.scratch]
	ia, ib := int(xa), int(xb)
	if ia == ib {
		mid := (xa+xb)/2 - float64(ia)
		line[ia] += float32(h * (1 - mid))
		line[ia+1] += float32(h * mid)
		return
	}
	per := h / (xb - xa)
	done := 0.0
	for i := ia; i <= ib; i++ {
		from, to := max(xa, float64(i)), min(xb, float64(i+1))
		if to <= from {
			continue
		}
		part := per * (to - from)
		mid := (from+to)/2 - float64(i)
		line[i] += float32(part * (1 - mid))
		line[i+1] += float32(part * mid)
		done += part
	}
	line[min(ib, c.wide)] += float32(h - done)
}

// paint lays the grey over what is there, by how much is covered. Contours that
// overlap cover once.
func (c *cover) paint(band *image.Gray, top int, grey uint8) {
	for y := c.y0; y < c.y1; y++ {
		line := c.acc[(y-c.y0)*c.scratch : (y-c.y0+1)*c.scratch]
		out := band.Pix[(y-top)*band.Stride+c.x0:]
		var sum float32
		for x := range c.wide {
			sum += line[x]
			a := sum
			if a < 0 {
				a = -a
			}
			if a < 1.0/512 {
				continue
			}
			a = min(a, 1)
			old := float32(out[x])
			out[x] = uint8(old + (float32(grey)-old)*a + .5)
		}
	}
}
