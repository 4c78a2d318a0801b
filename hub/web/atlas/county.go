package atlas

import (
	"slices"
	"sync"
)

// Spot is a place in a drawing, in its units.
type Spot struct{ X, Y int }

// Near is one county, large, among its neighbours of the same city.
type Near struct {
	Drawing
	shape [][]point // of the county itself, in units of the drawing
}

// around is how much of the neighbours is seen, as a share of the county's width:
// one part of so many.
const around = 6

// County draws one county of today large; code is of GB/T 2260. ok is false for
// one that is not here. Drawings are shared: nobody may change one.
func County(code string) (Near, bool) {
	n, ok := counties()[code]
	return n, ok
}

var counties = sync.OnceValue(func() map[string]Near {
	a, out := read(), map[string]Near{}
	for _, c := range a.counties {
		var city []shape
		for _, s := range a.counties {
			if s.code[:4] == c.code[:4] {
				city = append(city, s)
			}
		}
		out[c.code] = drawNear(c, city)
	}
	return out
})

func drawNear(c shape, city []shape) Near {
	lo, hi := point{1 << 30, 1 << 30}, point{-1 << 30, -1 << 30}
	for _, r := range c.rings {
		for _, p := range r {
			lo = point{min(lo.x, p.x), min(lo.y, p.y)}
			hi = point{max(hi.x, p.x), max(hi.y, p.y)}
		}
	}
	edge := max(hi.x-lo.x, hi.y-lo.y) / around
	lo, hi = point{lo.x - edge, lo.y - edge}, point{hi.x + edge, hi.y + edge}
	s, end := fit(lo, hi)
	n := Near{Drawing: Drawing{Width: Width, Height: end}}
	for _, o := range city {
		n.Counties = append(n.Counties, s.outline(o))
	}
	for _, r := range c.rings {
		var ring []point
		for _, p := range r {
			ring = append(ring, s.at(p))
		}
		n.shape = append(n.shape, ring)
	}
	return n
}

// Spots gives n places inside the county, each apart from the others and from
// the border by a quarter of that, near one another around the middle, in the
// order in which one reads. They say that something is in this county, and not
// where. Where the county is too narrow for so many they lie closer together.
func (n Near) Spots(many, apart int) []Spot {
	if many <= 0 {
		return nil
	}
	for ; apart > 8; apart = apart * 9 / 10 {
		if out := n.comb(apart); len(out) >= many {
			mid := n.middle(out)
			slices.SortStableFunc(out, func(a, b Spot) int { return far(a, mid) - far(b, mid) })
			out = out[:many]
			slices.SortFunc(out, func(a, b Spot) int {
				if a.Y != b.Y {
					return a.Y - b.Y
				}
				return a.X - b.X
			})
			return out
		}
	}
	return nil
}

// comb lays a honeycomb over the county and keeps what lies well inside.
func (n Near) comb(apart int) (out []Spot) {
	row := 0
	for y := apart / 2; y < n.Height; y += apart * 7 / 8 {
		for x := apart/2 + row%2*apart/2; x < n.Width; x += apart {
			if n.within(Spot{x, y}, apart/4) {
				out = append(out, Spot{x, y})
			}
		}
		row++
	}
	return out
}

// middle is the spot that has the most of the others near it.
func (n Near) middle(all []Spot) Spot {
	best, least := all[0], 1<<62
	for _, a := range all {
		sum := 0
		for _, b := range all {
			sum += far(a, b)
		}
		if sum < least {
			best, least = a, sum
		}
	}
	return best
}

func far(a, b Spot) int { return (a.X-b.X)*(a.X-b.X) + (a.Y-b.Y)*(a.Y-b.Y) }

// within reports whether a spot lies inside with that much room around it.
func (n Near) within(s Spot, room int) bool {
	cut := room * 7 / 10 // the corners of a square in the circle
	for _, d := range [9]point{{}, {room, 0}, {-room, 0}, {0, room}, {0, -room}, {cut, cut}, {cut, -cut}, {-cut, cut}, {-cut, -cut}} {
		if !n.inside(point{s.X + d.x, s.Y + d.y}) {
			return false
		}
	}
	return true
}

// inside counts the borders that a line to the left crosses.
func (n Near) inside(p point) bool {
	in := false
	for _, r := range n.shape {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			if (a.y > p.y) != (b.y > p.y) && p.x > a.x+(b.x-a.x)*(p.y-a.y)/(b.y-a.y) {
				in = !in
			}
		}
	}
	return in
}
