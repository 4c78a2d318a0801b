package sheet

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// pdfFont is one font of a file. Every character has a glyph of its own in it,
// even if two look alike, so that each copies back as itself.
type pdfFont struct {
	label  string // /F1
	glyphs map[rune]*glyph
	number map[rune]int // of the glyph in the file
}

// collect notes which characters a page needs of which font.
func (p *pdf) collect(page *Page) {
	for _, of := range page.shares {
		if p.shared[of] == 0 {
			p.shared[of] = p.reserve()
			p.shares = append(p.shares, of)
			p.collect(of)
		}
	}
	for _, t := range page.texts {
		for _, l := range t.letters {
			f := p.fonts[l.source]
			if f == nil {
				f = &pdfFont{glyphs: map[rune]*glyph{}}
				p.fonts[l.source] = f
			}
			f.glyphs[l.r] = l.g
		}
	}
	p.order = p.order[:0]
	for name := range p.fonts {
		p.order = append(p.order, name)
	}
	slices.Sort(p.order)
}

// writeFonts writes them and gives the entry of a page's resources.
func (p *pdf) writeFonts() string {
	if len(p.order) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("/Font<<")
	for i, name := range p.order {
		f := p.fonts[name]
		f.label = fmt.Sprintf("F%d", i+1)
		fmt.Fprintf(&b, "/%s %d 0 R", f.label, p.writeFont(name, f))
	}
	return b.String() + ">>"
}

func (p *pdf) writeFont(name string, f *pdfFont) int {
	runes := sortedRunes(f.glyphs)
	f.number = make(map[rune]int, len(runes))
	glyphs := make([]*glyph, len(runes))
	var low, high [2]int
	var widths strings.Builder
	for i, r := range runes {
		g := f.glyphs[r]
		f.number[r], glyphs[i] = i+1, g
		fmt.Fprintf(&widths, "%d ", g.advance)
		for k := range 2 {
			low[k], high[k] = min(low[k], g.min[k]), max(high[k], g.max[k])
		}
	}
	file := subset(glyphs)
	base := tag(runes) + "+" + name
	font, cid, descriptor, data, unicodes := p.reserve(), p.reserve(), p.reserve(), p.reserve(), p.reserve()
	p.object(font, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", base, cid, unicodes))
	p.object(cid, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/DW 1000/W[1[%s]]/FontDescriptor %d 0 R>>",
		base, strings.TrimSpace(widths.String()), descriptor))
	stem := 80
	if strings.HasSuffix(name, "Bold") {
		stem = 140
	}
	p.object(descriptor, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 733/StemV %d/FontFile2 %d 0 R>>",
		base, low[0], low[1], high[0], high[1], stem, data))
	if err := p.deflated(data, fmt.Sprintf("/Length1 %d", len(file)), file); err != nil {
		p.stream(data, fmt.Sprintf("/Length1 %d", len(file)), file)
	}
	p.stream(unicodes, "", toUnicode(runes))
	return font
}

// tag is six letters that differ between subsets (PDF 32000, 9.6.4).
func tag(runes []rune) string {
	h := sha256.New()
	for _, r := range runes {
		fmt.Fprintf(h, "%x ", r)
	}
	sum := h.Sum(nil)
	out := make([]byte, 6)
	for i := range out {
		out[i] = 'A' + sum[i]%26
	}
	return string(out)
}

// toUnicode says which code point each glyph is; above the first plane as a
// pair of surrogates. What has no shape of its own copies as U+FFFD: a control
// character hidden in a name shall not get into the next program. A private-use code is
// no such thing: it stands in names on chips, and copies as what its box says.
func toUnicode(runes []rune) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for start := 0; start < len(runes); start += 100 {
		part := runes[start:min(start+100, len(runes))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for i, r := range part {
			if !printable(r) && !unicode.Is(unicode.Co, r) {
				r = unicode.ReplacementChar
			}
			fmt.Fprintf(&b, "<%04X> <", start+i+1)
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}
