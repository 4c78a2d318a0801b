package atlas

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:generate sh -c "go run ./gen \"$ATLAS/hunan_county.geojson\" \"$ATLAS/hunan_prefecture.geojson\" > hunan.txt"

//go:embed hunan.txt
var hunan string

// Outline is a division's shape in a drawing.
type Outline struct {
	Code string
	Path string // of an SVG path element
	X, Y int    // its seat, where a name may stand, in units of the drawing

	// The middle of its largest piece and how wide and high that is, in units of
	// the drawing.
	MidX, MidY, Wide, High int
}

// Drawing is a map at one scale.
type Drawing struct {
	Width, Height int
	Counties      []Outline
	Cities        []Outline // without a fill of their own: the thicker border
}

// Width of every drawing, in units of its view box.
const Width = 1000

// Province draws all counties of the province.
func Province() Drawing { return province() }

// City draws one city's counties, large; code is of GB/T 2260. ok is false for a
// city that is not here. Drawings are shared: nobody may change one.
func City(code string) (Drawing, bool) {
	d, ok := cities()[code]
	return d, ok
}

var province = sync.OnceValue(func() Drawing {
	a := read()
	return draw(a.counties, a.cities)
})

var cities = sync.OnceValue(func() map[string]Drawing {
	a, out := read(), map[string]Drawing{}
	for _, c := range a.cities {
		var mine []shape
		for _, s := range a.counties {
			if s.code[:4] == c.code[:4] {
				mine = append(mine, s)
			}
		}
		out[c.code] = draw(mine, []shape{c})
	}
	return out
})

type point struct{ x, y int }

type shape struct {
	code  string
	label point
	rings [][]point
}

type file struct{ counties, cities []shape }

var read = sync.OnceValue(func() file {
	f, err := parse(hunan)
	if err != nil {
		panic("atlas: " + err.Error()) // embedded: our own mistake
	}
	return f
})

// parse reads what gen writes.
func parse(text string) (out file, err error) {
	for n, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if n == 0 {
			continue // the size of the grid: a drawing takes its own from what is in it
		}
		f := strings.SplitN(line, " ", 5)
		if len(f) != 5 || len(f[1]) != 6 {
			return out, fmt.Errorf("line %d", n+1)
		}
		s := shape{code: f[1]}
		if s.label, err = pair(f[2], f[3]); err != nil {
			return out, fmt.Errorf("line %d: %w", n+1, err)
		}
		for _, r := range strings.Split(f[4], ";") {
			var ring []point
			var at point
			for _, step := range strings.Split(r, " ") {
				x, y, _ := strings.Cut(step, ",")
				d, err := pair(x, y)
				if err != nil {
					return out, fmt.Errorf("line %d: %w", n+1, err)
				}
				at = point{at.x + d.x, at.y + d.y}
				ring = append(ring, at)
			}
			s.rings = append(s.rings, ring)
		}
		if f[0] == "p" {
			out.cities = append(out.cities, s)
		} else {
			out.counties = append(out.counties, s)
		}
	}
	return out, nil
}

func pair(x, y string) (p point, err error) {
	if p.x, err = strconv.Atoi(x); err != nil {
		return p, err
	}
	p.y, err = strconv.Atoi(y)
	return p, err
}

// scale maps the grid onto a drawing.
type scale struct {
	origin   point
	from, to int // so many units of the grid are so many of the drawing
}

// margin keeps the thick borders inside, in units of the drawing.
const margin = 8

func (s scale) at(p point) point {
	half := s.from / 2
	return point{margin + ((p.x-s.origin.x)*s.to+half)/s.from, margin + ((p.y-s.origin.y)*s.to+half)/s.from}
}

func draw(counties, cities []shape) Drawing {
	lo, hi := point{1 << 30, 1 << 30}, point{-1 << 30, -1 << 30}
	for _, s := range counties {
		for _, r := range s.rings {
			for _, p := range r {
				lo = point{min(lo.x, p.x), min(lo.y, p.y)}
				hi = point{max(hi.x, p.x), max(hi.y, p.y)}
			}
		}
	}
	s, end := fit(lo, hi)
	d := Drawing{Width: Width, Height: end}
	for _, c := range counties {
		d.Counties = append(d.Counties, s.outline(c))
	}
	for _, c := range cities {
		d.Cities = append(d.Cities, s.outline(c))
	}
	return d
}

// fit scales what lies between two corners to the width of a drawing; end is its
// height.
func fit(lo, hi point) (s scale, end int) {
	wide := hi.x - lo.x
	if high := hi.y - lo.y; high*10 > wide*12 { // a long one gets room at its sides instead of a page of its own
		lo.x -= (high*10/12 - wide) / 2
		wide = high * 10 / 12
	}
	s = scale{lo, max(1, wide), Width - 2*margin}
	return s, s.at(hi).y + margin
}

func (s scale) outline(c shape) Outline {
	label := s.at(c.label)
	o := Outline{Code: c.code, Path: s.path(c), X: label.x, Y: label.y}
	largest := 0
	for _, r := range c.rings {
		area, mid := middle(r)
		if area <= largest {
			continue
		}
		largest = area
		lo, hi := r[0], r[0]
		for _, p := range r {
			lo, hi = point{min(lo.x, p.x), min(lo.y, p.y)}, point{max(hi.x, p.x), max(hi.y, p.y)}
		}
		a, b, m := s.at(lo), s.at(hi), s.at(mid)
		o.MidX, o.MidY, o.Wide, o.High = m.x, m.y, b.x-a.x, b.y-a.y
	}
	return o
}

// middle gives a ring's area, twice, and its centre of mass.
func middle(ring []point) (area int, mid point) {
	var x, y int
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		cross := p.x*q.y - q.x*p.y
		area += cross
		x += (p.x + q.x) * cross
		y += (p.y + q.y) * cross
	}
	if area == 0 {
		return 0, ring[0]
	}
	mid = point{x / (3 * area), y / (3 * area)}
	return max(area, -area), mid
}

// path writes the rings with steps between whole units. A vertex that falls on
// the one before is left out; it is for both its counties.
func (s scale) path(c shape) string {
	var b strings.Builder
	for _, ring := range c.rings {
		var last point
		began := false
		var num [20]byte
		write := func(n int) { b.Write(strconv.AppendInt(num[:0], int64(n), 10)) }
		for _, p := range ring {
			q := s.at(p)
			if began && q == last {
				continue
			}
			dx, dy := q.x-last.x, q.y-last.y
			switch {
			case !began:
				b.WriteByte('M')
				write(q.x)
				b.WriteByte(' ')
				write(q.y)
				b.WriteByte('l')
			default:
				if b.String()[b.Len()-1] != 'l' && dx >= 0 {
					b.WriteByte(' ')
				}
				write(dx)
				if dy >= 0 {
					b.WriteByte(' ')
				}
				write(dy)
			}
			began, last = true, q
		}
		if began {
			b.WriteByte('z')
		}
	}
	return b.String()
}
