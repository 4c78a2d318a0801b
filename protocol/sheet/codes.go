package sheet

import (
	"zhunkao/protocol/sheet/code128"
	"zhunkao/protocol/sheet/qr"
)

// leastModule is the smallest module of a QR that a 300 dpi print and a cheap
// telephone still agree on: three dots.
const leastModule MM = .254

// qr draws a code with its quiet zone of four modules inside r.
func (c *canvas) qr(r Rect, code *qr.Code) {
	c.page.code(r.inset(4*r.W/MM(code.Size+8)), code)
}

// bars draws a Code 128 without its quiet zones and gives its width. A text that no bars
// can carry has none: it stands beside them in letters.
func (c *canvas) bars(x, y, h, module MM, s string) MM {
	widths, err := code128.Encode(s)
	if err != nil {
		return 0
	}
	from := x
	var rects []Rect
	for i, w := range widths {
		if i%2 == 0 {
			rects = append(rects, Rect{x, y, module * MM(w), h})
		}
		x += module * MM(w)
	}
	c.page.area(0, true, rects...)
	return x - from
}

// barsWidth is how wide bars will be; 0 if there are none.
func barsWidth(s string, module MM) MM {
	widths, err := code128.Encode(s)
	if err != nil {
		return 0
	}
	return module * MM(code128.Modules(widths))
}
