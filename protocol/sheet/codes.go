package sheet

import "zhunkao/protocol/sheet/qr"

// leastModule is the smallest module of a QR that a 300 dpi print and a cheap
// telephone still agree on: three dots.
const leastModule MM = .254

// qr draws a code with its quiet zone of four modules inside r.
func (c *canvas) qr(r Rect, code *qr.Code) {
	module := r.W / MM(code.Size+8)
	var rects []Rect
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			if !code.Black(x, y) {
				continue
			}
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			rects = append(rects, Rect{r.X + module*MM(from+4), r.Y + module*MM(y+4), module * MM(x-from), module})
		}
	}
	c.page.area(0, true, rects...)
}
