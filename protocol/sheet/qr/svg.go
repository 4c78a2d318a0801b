package qr

import (
	"html"
	"strconv"
	"strings"
)

// Quiet is the blank border of a code, in modules (ISO/IEC 18004).
const Quiet = 4

// SVG draws a code with its quiet zone, a module a unit, to be scanned from a screen: no
// picture is fetched for it, and what stands in it leaves the page with nobody. It has
// attributes only, as a content policy without styles asks, and holds numbers and the
// label, which is escaped: a page may take it as it is.
func (c *Code) SVG(label string) string {
	n, side := strconv.Itoa, strconv.Itoa(c.Size+2*Quiet)
	at := n(-Quiet)
	var b strings.Builder
	b.WriteString(`<svg class="qr" viewBox="` + at + ` ` + at + ` ` + side + ` ` + side + `" role="img" aria-label="` + html.EscapeString(label) +
		`" shape-rendering="crispEdges"><rect x="` + at + `" y="` + at + `" width="` + side + `" height="` + side + `" fill="#fff"/><path fill="#000" d="`)
	for y := range c.Size { // each run of black modules is a rectangle
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x > from {
				b.WriteString("M" + n(from) + " " + n(y) + "h" + n(x-from) + "v1h-" + n(x-from) + "z")
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String()
}
