package sheet

import (
	"bytes"
	"fmt"
	"math"
)

// content is the stream of operators of one page, in points from the lower left.
type content struct {
	p    *pdf
	out  bytes.Buffer
	high MM
	grey uint8 // as set in the stream; black at its start
	pen  MM    // width of lines as set
	dash bool
}

func (c *content) x(v MM) string { return num(v.pt()) }
func (c *content) y(v MM) string { return num((c.high - v).pt()) }

func (c *content) setGrey(g uint8) {
	if g != c.grey {
		fmt.Fprintf(&c.out, "%s g\n", num(float64(g)/255))
		c.grey = g
	}
}

func (c *content) area(a area) {
	c.setGrey(a.grey)
	for _, r := range a.rects {
		fmt.Fprintf(&c.out, "%s %s %s %s re\n", c.x(r.X), c.y(r.Bottom()), c.x(r.W), c.x(r.H))
	}
	c.out.WriteString("f\n")
}

func (c *content) stroke(s stroke) {
	if s.width != c.pen {
		fmt.Fprintf(&c.out, "%s w\n", c.x(s.width))
		c.pen = s.width
	}
	if s.dashed != c.dash {
		if s.dashed {
			fmt.Fprintf(&c.out, "[%s] 0 d\n", c.x(dashMM))
		} else {
			c.out.WriteString("[] 0 d\n")
		}
		c.dash = s.dashed
	}
	fmt.Fprintf(&c.out, "%s %s m %s %s l S\n", c.x(s.from.X), c.y(s.from.Y), c.x(s.to.X), c.y(s.to.Y))
}

// dashMM is the length of a dash and of the gap after it.
const dashMM MM = 1

func (c *content) text(t text) {
	c.setGrey(t.grey)
	c.out.WriteString("BT\n")
	if t.turned != 0 {
		sin, cos := math.Sincos(t.turned * math.Pi / 180)
		fmt.Fprintf(&c.out, "%s %s %s %s %s %s Tm\n", num(cos), num(sin), num(-sin), num(cos), c.x(t.at.X), c.y(t.at.Y))
	} else {
		fmt.Fprintf(&c.out, "%s %s Td\n", c.x(t.at.X), c.y(t.at.Y))
	}
	if t.track != 0 {
		fmt.Fprintf(&c.out, "%s Tc\n", c.x(t.track))
	}
	for i := 0; i < len(t.letters); {
		source := t.letters[i].source
		f := c.p.fonts[source]
		fmt.Fprintf(&c.out, "/%s %s Tf <", f.label, num(float64(t.size)))
		for ; i < len(t.letters) && t.letters[i].source == source; i++ {
			fmt.Fprintf(&c.out, "%04X", f.number[t.letters[i].r])
		}
		c.out.WriteString("> Tj\n")
	}
	if t.track != 0 {
		c.out.WriteString("0 Tc\n")
	}
	c.out.WriteString("ET\n")
}

func (c *content) picture(p picture, n int) {
	at := p.img.fill(p.in)
	fmt.Fprintf(&c.out, "q %s %s %s %s re W n %s 0 0 %s %s %s cm /I%d Do Q\n",
		c.x(p.in.X), c.y(p.in.Bottom()), c.x(p.in.W), c.x(p.in.H),
		c.x(at.W), c.x(at.H), c.x(at.X), c.y(at.Bottom()), n)
}
