package sheet

import (
	"encoding/binary"
	"unicode"
)

// Strokes are the ways in which another writer of PDFs draws what is on a page.
type Strokes struct {
	Area    func(grey uint8, rects []Rect)
	Line    func(from, to Point, width MM, dashed bool)
	Text    func(at Point, size Pt, bold bool, grey uint8, s string)
	Picture func(in, whole Rect, jpeg []byte)
}

// Draw gives everything on a page, in the order of painting.
func (p *Page) Draw(s Strokes) {
	for _, ref := range p.order {
		switch ref.kind {
		case opArea:
			a := p.areas[ref.index]
			s.Area(a.grey, a.all())
		case opStroke:
			l := p.lines[ref.index]
			s.Line(l.from, l.to, l.width, l.dashed)
		case opText:
			t := p.texts[ref.index]
			text := make([]rune, len(t.letters))
			for i, l := range t.letters {
				text[i] = l.r
			}
			s.Text(t.at, t.size, t.letters[0].source == fallbackName+boldSuffix, t.grey, string(text))
		case opShared:
			p.shares[ref.index].Draw(s)
		case opPicture:
			pic := p.pictures[ref.index]
			s.Picture(pic.in, pic.img.fill(pic.in), pic.img.jpeg)
		}
	}
}

// TrueType is the font inside the program as a whole TrueType file, which any other
// writer of PDFs can read: the same outlines, the first plane only.
func (f *Fonts) TrueType(bold bool) []byte {
	face := f.chains[sans][0][0]
	if bold {
		face = f.chains[sans][1][0]
	}
	var runes []rune
	var glyphs []*glyph
	for r := rune(0x20); r < 0xFFFF; r++ {
		if unicode.In(r, unicode.Cs, unicode.Co) {
			continue
		}
		if g := face.glyph(r); g != nil {
			runes, glyphs = append(runes, r), append(glyphs, g)
		}
	}
	os2 := be(nil, 3, em, 400, 5, 0)
	os2 = append(os2, make([]byte, 96-len(os2))...)
	post := append(be(nil, 3, 0), make([]byte, 28)...)
	tables := append([]table{{"OS/2", os2}, {"cmap", cmap4(runes)}}, subsetTables(glyphs)...)
	return assemble(append(tables, table{"name", be(nil, 0, 0, 6)}, table{"post", post}))
}

// cmap4 maps the runes, sorted, to glyphs 1, 2, 3 and so on.
func cmap4(runes []rune) []byte {
	type run struct{ from, to, glyph int }
	var runs []run
	for i, r := range runes {
		if n := len(runs); n > 0 && runs[n-1].to+1 == int(r) {
			runs[n-1].to++
			continue
		}
		runs = append(runs, run{int(r), int(r), i + 1})
	}
	runs = append(runs, run{0xFFFF, 0xFFFF, 0x10000 + 0xFFFF})
	n := len(runs)
	out := be(nil, 0, 1, 3, 1)
	out = binary.BigEndian.AppendUint32(out, 12)
	out = be(out, 4, 16+8*n, 0, 2*n, 0, 0, 0)
	for _, r := range runs {
		out = be(out, r.to)
	}
	out = be(out, 0)
	for _, r := range runs {
		out = be(out, r.from)
	}
	for _, r := range runs {
		out = be(out, r.glyph-r.from)
	}
	return append(out, make([]byte, 2*n)...)
}
