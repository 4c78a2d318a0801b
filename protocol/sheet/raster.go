package sheet

import (
	"errors"
	"fmt"
	"image"
	"math"
)

// ErrRaster is given for a resolution or band no printer has.
var ErrRaster = errors.New("sheet: resolution or band out of range")

// Raster gives the page as rows of grey, 0 black, from top to bottom: each is
// called with the first row's number and a band of at most bandRows rows, the
// last may be shorter. The band is used again after each returns; only one is
// ever held. dpi is 50 to 1200. An error of each ends it and is returned.
func (p *Page) Raster(dpi, bandRows int, each func(y int, rows *image.Gray) error) error {
	if dpi < 50 || dpi > 1200 || bandRows < 1 || bandRows > 20000 {
		return fmt.Errorf("%w: %d dpi, %d rows", ErrRaster, dpi, bandRows)
	}
	r := &raster{dot: float64(dpi) / 25.4}
	size := p.Pixels(dpi)
	r.width = size.X
	buffer := make([]uint8, size.X*min(bandRows, size.Y))
	for y := 0; y < size.Y; y += bandRows {
		rows := min(bandRows, size.Y-y)
		band := &image.Gray{Pix: buffer[:size.X*rows], Stride: size.X, Rect: image.Rect(0, 0, size.X, rows)}
		for i := range band.Pix {
			band.Pix[i] = 255
		}
		r.band, r.top, r.rows = band, y, rows
		r.draw(p)
		if err := each(y, band); err != nil {
			return err
		}
	}
	return nil
}

// Pixels is the size of the page in dots.
func (p *Page) Pixels(dpi int) image.Point {
	dots := func(m MM) int { return int(math.Round(float64(m) * float64(dpi) / 25.4)) }
	return image.Pt(dots(p.Width), dots(p.Height))
}

// raster draws one band after another.
type raster struct {
	dot   float64 // dots per millimetre
	width int
	band  *image.Gray
	top   int // first row of the band
	rows  int
	cover cover
	read  map[*Picture]image.Image // pixels of the pictures that the page has shown
}

func (r *raster) draw(page *Page) {
	for _, ref := range page.order {
		switch ref.kind {
		case opArea:
			r.area(page.areas[ref.index])
		case opStroke:
			r.stroke(page.lines[ref.index])
		case opText:
			r.text(page.texts[ref.index])
		case opPicture:
			r.picture(page.pictures[ref.index])
		case opShared:
			r.draw(page.shares[ref.index])
		}
	}
}

// dots gives the whole dot nearest to a length.
func (r *raster) dots(m MM) int { return int(math.Round(float64(m) * r.dot)) }

// area rounds the edges of a grid, so that neighbours meet, and otherwise place
// and size, so that the four sides of a box are equally thick.
func (r *raster) area(a area) {
	if a.code != nil && (r.dots(a.box.Bottom()) < r.top || r.dots(a.box.Y) >= r.top+r.rows) {
		return
	}
	for _, rect := range a.all() {
		x, y := r.dots(rect.X), r.dots(rect.Y)
		w, h := r.dots(rect.W), r.dots(rect.H)
		if a.grid {
			w, h = r.dots(rect.Right())-x, r.dots(rect.Bottom())-y
		}
		r.fill(x, y, x+max(w, 1), y+max(h, 1), a.grey)
	}
}

// stroke is a line of whole dots: no printer draws half of one, and a rule
// that is two dots here and one there looks broken.
func (r *raster) stroke(s stroke) {
	w := max(1, r.dots(s.width))
	if s.from.Y == s.to.Y {
		y := int(math.Round(float64(s.from.Y)*r.dot - float64(w)/2))
		x0, x1 := r.dots(s.from.X), r.dots(s.to.X)
		if !s.dashed {
			r.fill(x0, y, x1, y+w, 0)
			return
		}
		for at := s.from.X; at < s.to.X; at += 2 * dashMM {
			r.fill(r.dots(at), y, min(r.dots(at+dashMM), x1), y+w, 0)
		}
		return
	}
	if s.from.X != s.to.X {
		r.slanted(s, w)
		return
	}
	x := int(math.Round(float64(s.from.X)*r.dot - float64(w)/2))
	r.fill(x, r.dots(s.from.Y), x+w, r.dots(s.to.Y), 0)
}

// slanted draws a line from one corner to another, a run of dots for each row or, if it
// is flat, for each column.
func (r *raster) slanted(s stroke, w int) {
	x0, y0 := float64(s.from.X)*r.dot, float64(s.from.Y)*r.dot
	dx, dy := float64(s.to.X)*r.dot-x0, float64(s.to.Y)*r.dot-y0
	steps := int(math.Ceil(max(math.Abs(dx), math.Abs(dy))))
	for i := range steps {
		t := (float64(i) + .5) / float64(steps)
		x, y := int(math.Round(x0+dx*t-float64(w)/2)), int(math.Round(y0+dy*t-float64(w)/2))
		r.fill(x, y, x+w, y+w, 0)
	}
}

// fill paints a rectangle of dots of the page.
func (r *raster) fill(x0, y0, x1, y1 int, grey uint8) {
	x0, x1 = max(x0, 0), min(x1, r.width)
	y0, y1 = max(y0-r.top, 0), min(y1-r.top, r.rows)
	if x0 >= x1 {
		return
	}
	for y := y0; y < y1; y++ {
		row := r.band.Pix[y*r.band.Stride+x0 : y*r.band.Stride+x1]
		for i := range row {
			row[i] = grey
		}
	}
}

// text draws each glyph that touches the band.
func (r *raster) text(t text) {
	scale := float64(t.size.MM()) * r.dot / em
	sin, cos := math.Sincos(t.turned * math.Pi / 180)
	ox, oy := float64(t.at.X)*r.dot, float64(t.at.Y)*r.dot
	for _, l := range t.letters {
		if len(l.g.contours) > 0 {
			m := affine{a: scale * cos, b: -scale * sin, c: -scale * sin, d: -scale * cos, x: ox, y: oy}
			r.cover.draw(r.band, r.top, l.g, m, t.grey)
		}
		step := float64(l.g.advance)*scale + float64(t.track)*r.dot
		ox, oy = ox+step*cos, oy-step*sin
	}
}

// picture draws by the mean of what lies under a dot.
func (r *raster) picture(p picture) {
	if r.dots(p.in.Bottom()) <= r.top || r.dots(p.in.Y) >= r.top+r.rows {
		return
	}
	pixels := r.read[p.img]
	if pixels == nil {
		pixels = p.img.pixels()
		if r.read == nil {
			r.read = map[*Picture]image.Image{}
		}
		r.read[p.img] = pixels
	}
	at := p.img.fill(p.in)
	x0, y0, x1, y1 := r.dots(p.in.X), r.dots(p.in.Y), r.dots(p.in.Right()), r.dots(p.in.Bottom())
	perX := float64(p.img.width) / (float64(at.W) * r.dot)
	perY := float64(p.img.height) / (float64(at.H) * r.dot)
	ox, oy := float64(at.X)*r.dot, float64(at.Y)*r.dot
	for y := max(y0, r.top); y < min(y1, r.top+r.rows); y++ {
		for x := max(x0, 0); x < min(x1, r.width); x++ {
			fx, fy := (float64(x)-ox)*perX, (float64(y)-oy)*perY
			r.band.Pix[(y-r.top)*r.band.Stride+x] = p.img.mean(pixels, fx, fy, fx+perX, fy+perY)
		}
	}
}

// mean is the grey of a part of the picture, in pixels; at least one.
func (p *Picture) mean(pixels image.Image, x0, y0, x1, y1 float64) uint8 {
	clamp := func(v float64, n int) int { return min(max(int(v), 0), n-1) }
	ax, bx := clamp(x0, p.width), clamp(x1-1e-6, p.width)
	ay, by := clamp(y0, p.height), clamp(y1-1e-6, p.height)
	sum, n := 0, 0
	for y := ay; y <= by; y++ {
		for x := ax; x <= bx; x++ {
			sum += int(luma(pixels, x, y))
			n++
		}
	}
	return uint8(sum / n)
}
