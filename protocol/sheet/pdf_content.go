package sheet

import (
	"math"
	"strconv"
)

// content is the stream of operators of one page, in points from the lower left.
type content struct {
	p    *pdf
	out  []byte
	high MM
	grey uint8 // as set in the stream; black at its start
	pen  MM    // width of lines as set
	dash bool
}

// op writes numbers and then an operator.
func (c *content) op(operator string, numbers ...float64) {
	for _, v := range numbers {
		c.out = append(appendNum(c.out, v), ' ')
	}
	c.out = append(append(c.out, operator...), '\n')
}

// fromFoot is a height as PDF counts it.
func (c *content) fromFoot(y MM) float64 { return (c.high - y).pt() }

func (c *content) setGrey(g uint8) {
	if g != c.grey {
		c.op("g", float64(g)/255)
		c.grey = g
	}
}

func (c *content) area(a area) {
	c.setGrey(a.grey)
	for _, r := range a.rects {
		c.op("re", r.X.pt(), c.fromFoot(r.Bottom()), r.W.pt(), r.H.pt())
	}
	c.op("f")
}

// code paints the n-th code of a page through a stencil of one bit a module: a fiftieth of
// what its modules take as rectangles, and no seam can show between two of them.
func (c *content) code(a area, n int) {
	c.setGrey(a.grey)
	c.op("q")
	c.op("cm", a.box.W.pt(), 0, 0, a.box.H.pt(), a.box.X.pt(), c.fromFoot(a.box.Bottom()))
	c.op("/Q" + strconv.Itoa(n) + " Do Q")
}

func (c *content) stroke(s stroke) {
	if s.width != c.pen {
		c.op("w", s.width.pt())
		c.pen = s.width
	}
	if s.dashed != c.dash {
		c.out = append(c.out, '[')
		if s.dashed {
			c.out = appendNum(c.out, dashMM.pt())
		}
		c.out = append(c.out, "] 0 d\n"...)
		c.dash = s.dashed
	}
	c.op("m", s.from.X.pt(), c.fromFoot(s.from.Y))
	c.op("l", s.to.X.pt(), c.fromFoot(s.to.Y))
	c.op("S")
}

// dashMM is the length of a dash and of the gap after it.
const dashMM MM = 1

func (c *content) text(t text) {
	c.setGrey(t.grey)
	c.op("BT")
	if t.turned != 0 {
		sin, cos := math.Sincos(t.turned * math.Pi / 180)
		c.op("Tm", cos, sin, -sin, cos, t.at.X.pt(), c.fromFoot(t.at.Y))
	} else {
		c.op("Td", t.at.X.pt(), c.fromFoot(t.at.Y))
	}
	if t.track != 0 {
		c.op("Tc", t.track.pt())
	}
	for i := 0; i < len(t.letters); {
		source := t.letters[i].source
		f := c.p.fonts[source]
		c.out = append(append(c.out, '/'), f.label...)
		c.out = append(c.out, ' ')
		c.op("Tf", float64(t.size))
		c.out = append(c.out, '<')
		for ; i < len(t.letters) && t.letters[i].source == source; i++ {
			c.out = appendHex(c.out, f.number[t.letters[i].r])
		}
		c.op("> Tj")
	}
	if t.track != 0 {
		c.op("Tc", 0)
	}
	c.op("ET")
}

func (c *content) picture(p picture, n int) {
	at := p.img.fill(p.in)
	c.op("q")
	c.op("re W n", p.in.X.pt(), c.fromFoot(p.in.Bottom()), p.in.W.pt(), p.in.H.pt())
	c.op("cm", at.W.pt(), 0, 0, at.H.pt(), at.X.pt(), c.fromFoot(at.Bottom()))
	c.op("/I" + strconv.Itoa(n) + " Do Q")
}

// appendNum writes a number with three decimals and none that say nothing.
func appendNum(b []byte, v float64) []byte {
	n := int64(math.Round(v * 1000))
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/1000, 10)
	part := n % 1000
	if part == 0 {
		return b
	}
	b = append(b, '.', byte('0'+part/100))
	if part%100 != 0 {
		b = append(b, byte('0'+part/10%10))
	}
	if part%10 != 0 {
		b = append(b, byte('0'+part%10))
	}
	return b
}

// appendHex writes the number of a glyph as four digits.
func appendHex(b []byte, n int) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, digits[n>>12&15], digits[n>>8&15], digits[n>>4&15], digits[n&15])
}
