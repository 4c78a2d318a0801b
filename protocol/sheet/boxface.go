package sheet

import (
	"fmt"
	"sync"
)

// boxFace draws what no font has: a box with the code point in it, so that the
// clerk can say which character is missing. It has every character.
type boxFace struct {
	digits func(r rune) *glyph

	mu   sync.Mutex // guards kept
	kept map[rune]*glyph
}

func newBoxFace(digits func(r rune) *glyph) *boxFace {
	return &boxFace{digits: digits, kept: map[rune]*glyph{}}
}

func (b *boxFace) glyph(r rune) *glyph {
	b.mu.Lock()
	defer b.mu.Unlock()
	if g, ok := b.kept[r]; ok {
		return g
	}
	if len(b.kept) >= maxKept {
		clear(b.kept)
	}
	g := b.draw(r)
	b.kept[r] = g
	return g
}

// draw sets the digits in two rows of two or three inside a frame of one em.
func (b *boxFace) draw(r rune) *glyph {
	const left, right, low, high, thick = 50, 950, -100, 860, 36
	g := &glyph{advance: em}
	g.contours = append(g.contours, rectangle(left, low, right, high, false), rectangle(left+thick, low+thick, right-thick, high-thick, true))
	text := fmt.Sprintf("%04X", r)
	if len(text) > 4 {
		text = fmt.Sprintf("%06X", r)
	}
	columns := len(text) / 2
	step := (right - left - 4*thick) / columns
	for i, digit := range text {
		d := b.digits(digit)
		if d == nil {
			continue
		}
		num, den := 11, 20 // of the size, so that three stand beside each other
		if columns == 3 {
			num, den = 9, 20
		}
		x := left + 2*thick + i%columns*step + (step-d.advance*num/den)/2
		y := low + thick + 60
		if i < columns {
			y += (high - low) / 2
		}
		g.place(d, num, den, x, y-20)
	}
	g.measure()
	return g
}

func rectangle(x0, y0, x1, y1 int, hole bool) contour {
	c := contour{{x0, y0, true}, {x0, y1, true}, {x1, y1, true}, {x1, y0, true}}
	if hole {
		c[1], c[3] = c[3], c[1]
	}
	return c
}
