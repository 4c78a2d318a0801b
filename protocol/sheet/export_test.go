package sheet

import (
	"fmt"
	"strings"
)

// Dump is the display list as lines of text: the golden form of a paper. Places
// are in hundredths of a millimetre.
func (p *Page) Dump() string {
	var b strings.Builder
	for _, ref := range p.order {
		switch ref.kind {
		case opArea:
			a := p.areas[ref.index]
			all := a.all()
			fmt.Fprintf(&b, "area %d of %d, first %.2f\n", a.grey, len(all), all[0])
		case opStroke:
			s := p.lines[ref.index]
			fmt.Fprintf(&b, "line %.2f to %.2f, %.2f %t\n", s.from, s.to, s.width, s.dashed)
		case opText:
			t := p.texts[ref.index]
			var s strings.Builder
			for _, l := range t.letters {
				s.WriteRune(l.r)
			}
			fmt.Fprintf(&b, "text %.2f %.4gpt %.2f wide %s\n", t.at, float64(t.size), t.width, s.String())
		case opShared:
			b.WriteString(p.shares[ref.index].Dump())
		case opPicture:
			fmt.Fprintf(&b, "picture %.2f\n", p.pictures[ref.index].in)
		}
	}
	return b.String()
}

// Shift moves the n-th text of a page, for a test of Check.
func (p *Page) Shift(n int, dx MM) { p.texts[n].at.X += dx }

// Kept is how many glyphs the faces remember.
func (f *Fonts) Kept() int {
	n := len(f.box.kept)
	for _, byWeight := range f.chains {
		for _, chain := range byWeight {
			for _, face := range chain {
				n = max(n, len(face.kept))
			}
		}
	}
	return n
}
