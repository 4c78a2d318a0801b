package console

import (
	"strconv"
	"strings"
)

// Signature is a signature as drawn: strokes of x0,y0,x1,y1,… in a box of Width
// × Height units, origin top left. The zero value is "none".
type Signature struct {
	Width, Height int
	Strokes       [][]uint16
}

// Drawn reports whether there is anything to show.
func (s Signature) Drawn() bool { return s.Width > 0 && s.Height > 0 && len(s.Strokes) > 0 }

// Path is the strokes as one SVG path. A stroke of one point becomes a dot, and
// a trailing odd coordinate is left out, so no record can break the drawing.
func (s Signature) Path() string {
	var b strings.Builder
	for _, k := range s.Strokes {
		for i := 0; i+1 < len(k); i += 2 {
			if i == 0 {
				b.WriteByte('M')
			} else {
				b.WriteByte('L')
			}
			b.WriteString(strconv.Itoa(int(k[i])))
			b.WriteByte(' ')
			b.WriteString(strconv.Itoa(int(k[i+1])))
		}
		if len(k) == 2 || len(k) == 3 {
			b.WriteString("h.1")
		}
	}
	return b.String()
}

// Pen is the thickness of the stroke in the signature's own units, so that it
// looks alike whatever panel it was drawn on.
func (s Signature) Pen() string {
	return strconv.FormatFloat(max(1, float64(max(s.Width, s.Height))/90), 'f', 1, 64)
}
