package cameratest

import "math"

// rgb is a colour, 0–255 in each channel.
type rgb [3]float32

func (c rgb) times(f float32) rgb { return rgb{c[0] * f, c[1] * f, c[2] * f} }

func (c rgb) mix(o rgb, t float32) rgb {
	return rgb{c[0] + (o[0]-c[0])*t, c[1] + (o[1]-c[1])*t, c[2] + (o[2]-c[2])*t}
}

// random is a small generator of our own: a drawing must not change with the Go
// release.
type random uint64

func (r *random) next() uint64 { // splitmix64
	*r += 0x9E3779B97F4A7C15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

func (r *random) between(lo, hi float64) float64 {
	return lo + (hi-lo)*float64(r.next()>>11)/(1<<53)
}

func (r *random) pick(from ...rgb) rgb { return from[r.next()%uint64(len(from))] }

// person is what a seed decides. Lengths are in distances between the pupils.
type person struct {
	skin, hair, coat, shirt rgb
	glasses                 bool

	long                 bool    // hair to the shoulders
	wide, chin           float64 // half the face's width; below the eye line
	jaw                  *curve  // how square
	crown                float64 // top of the hair above the eye line
	line, part, fringe   float64 // hairline over the forehead, where it parts, how far it hangs
	eyeWide, eyeHigh     float64
	slant                float64
	browHigh, browThick  float64
	nose, noseWide       float64
	mouth, lip, mouthLow float64
	smile                float64
	neck, shoulders      float64
	collar               int
	lips, iris           rgb
	stubble, blush       float32
}

// invent makes a person. The first draws are in the order of the portrait on a
// synthetic identity card, so that one seed has the same skin, hair, clothes and
// glasses there and here.
func invent(seed uint64) person {
	r := random(seed)
	p := person{
		skin:  r.pick(rgb{0xEF, 0xC9, 0xA8}, rgb{0xE5, 0xB9, 0x93}, rgb{0xF4, 0xD6, 0xBC}, rgb{0xD9, 0xA9, 0x82}),
		hair:  r.pick(rgb{0x1C, 0x19, 0x1B}, rgb{0x2E, 0x25, 0x22}, rgb{0x3A, 0x31, 0x2E}),
		coat:  r.pick(rgb{0x26, 0x35, 0x4E}, rgb{0x3B, 0x3F, 0x46}, rgb{0x5B, 0x2F, 0x35}, rgb{0x2F, 0x4C, 0x43}),
		shirt: r.pick(rgb{0xF2, 0xF0, 0xEA}, rgb{0xBF, 0xCB, 0xDB}, rgb{0xE6, 0xDC, 0xC8}),
	}
	for range 8 { // head, hair and features of the card's drawing
		r.next()
	}
	p.glasses = r.next()%4 == 0
	p.skin = p.skin.times(.9) // light of a room, not of paper

	r = random(seed ^ 0xC0FFEE5EED)
	p.long = r.next()%2 == 0
	p.wide, p.jaw, p.chin = r.between(1.05, 1.14), newCurve(r.between(2.0, 2.5)), r.between(1.76, 1.9)
	p.crown = r.between(1.96, 2.08)
	p.line, p.part, p.fringe = r.between(1.02, 1.22), r.between(-.45, .45), r.between(0, .32)
	p.eyeWide, p.eyeHigh, p.slant = r.between(.25, .285), r.between(.085, .115), r.between(-.01, .05)
	p.browHigh, p.browThick = r.between(.3, .36), r.between(.035, .058)
	p.nose, p.noseWide = r.between(.68, .78), r.between(.2, .25)
	p.mouth, p.lip, p.mouthLow = r.between(.34, .42), r.between(.055, .085), r.between(1.1, 1.18)
	p.smile = r.between(-.01, .05)
	p.neck, p.shoulders = r.between(.58, .68), r.between(2.5, 2.9)
	p.collar = int(r.next() % 3)
	p.iris = r.pick(rgb{0x22, 0x17, 0x13}, rgb{0x2E, 0x1E, 0x16}, rgb{0x1B, 0x14, 0x13})
	p.lips = p.skin.mix(r.pick(rgb{0xB0, 0x4C, 0x4E}, rgb{0xA8, 0x58, 0x50}, rgb{0x9C, 0x4A, 0x4C}), float32(r.between(.5, .75)))
	if p.long {
		p.browThick *= .8
		p.neck *= .9
		p.shoulders *= .92
		p.blush = float32(r.between(.04, .12))
		p.crown += .03
	} else {
		p.stubble = float32(r.between(0, .1))
	}
	return p
}

// edge turns a signed distance (inside negative) into coverage over a seam of
// the given softness.
func edge(d, soft float64) float32 {
	t := .5 - d/(2*soft)
	switch {
	case t <= 0:
		return 0
	case t >= 1:
		return 1
	}
	return float32(t * t * (3 - 2*t))
}

// curve is a superellipse's exponent with its powers laid out in tables: they
// are asked for a million times a picture.
type curve struct{ up, root [curveSteps + 1]float64 }

const (
	curveSteps = 1024
	curveUp    = 1.3 // up is laid out from 0 to here
	curveRoot  = 4.0 // and root
)

func newCurve(n float64) *curve {
	c := &curve{}
	for i := range c.up {
		t := float64(i) / curveSteps
		c.up[i], c.root[i] = math.Pow(t*curveUp, n), math.Pow(t*curveRoot, 1/n)
	}
	return c
}

func (c *curve) between(table *[curveSteps + 1]float64, t float64) float64 {
	t *= curveSteps
	i := min(int(t), curveSteps-1)
	return table[i] + (table[i+1]-table[i])*(t-float64(i))
}

// circle is the ellipse itself.
var circle *curve

// The exponents everybody shares.
var (
	curve24 = newCurve(2.4)
	curve25 = newCurve(2.5)
	curve28 = newCurve(2.8)
)

// oval is about the distance from a superellipse round (cx, cy).
func oval(x, y, cx, cy, rx, ry float64, c *curve) float64 {
	ax, ay := math.Abs(x-cx)/rx, math.Abs(y-cy)/ry
	var k float64
	switch {
	case c == circle:
		k = math.Sqrt(ax*ax + ay*ay)
	case ax > curveUp || ay > curveUp: // far outside and far inside the exact distance means nothing
		k = curveUp
	case ax < .6 && ay < .6:
		k = .85
	default:
		k = c.between(&c.root, (c.between(&c.up, ax/curveUp)+c.between(&c.up, ay/curveUp))/curveRoot)
	}
	return (k - 1) * math.Min(rx, ry)
}

// glow is a soft spot: 1 in the middle, 0 at the rim of the ellipse.
func glow(x, y, cx, cy, rx, ry float64) float32 {
	dx, dy := (x-cx)/rx, (y-cy)/ry
	k := dx*dx + dy*dy
	if k >= 1 {
		return 0
	}
	return float32((1 - k) * (1 - k))
}
