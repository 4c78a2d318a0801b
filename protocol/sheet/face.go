package sheet

import (
	"fmt"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is one font at one weight. Its glyphs are read when first asked for and
// kept, up to maxKept.
type face struct {
	name  string // in the PDF
	outer *sfnt.Font
	fake  bool // bold is asked for and the font has none

	mu   sync.RWMutex // guards kept
	kept map[rune]*glyph
}

// maxKept bounds what a face remembers, about 2 MB. A hall full of people has
// some 2,000 different characters; when there are more we begin anew.
const maxKept = 3000

// buffers are the scratch of sfnt, one for each goroutine at work.
var buffers = sync.Pool{New: func() any { return new(sfnt.Buffer) }}

func newFace(name string, outer *sfnt.Font, fake bool) *face {
	return &face{name: name, outer: outer, fake: fake, kept: map[rune]*glyph{}}
}

// glyph gives the shape of a character, nil if the font has none.
func (f *face) glyph(r rune) *glyph {
	f.mu.RLock()
	g, ok := f.kept[r]
	f.mu.RUnlock()
	if ok {
		return g
	}
	g = f.load(r)
	f.mu.Lock()
	if len(f.kept) >= maxKept {
		clear(f.kept)
	}
	f.kept[r] = g
	f.mu.Unlock()
	return g
}

// load reads the font. A glyph that cannot be read is one the font lacks: the
// next font of the chain is asked.
func (f *face) load(r rune) *glyph {
	b := buffers.Get().(*sfnt.Buffer)
	defer buffers.Put(b)
	index, err := f.outer.GlyphIndex(b, r)
	if err != nil || index == 0 {
		return nil
	}
	const units = fixed.Int26_6(em) // one 64th of a pixel is then one unit
	advance, err := f.outer.GlyphAdvance(b, index, units, font.HintingNone)
	if err != nil {
		return nil
	}
	segs, err := f.outer.LoadGlyph(b, index, units, nil)
	if err != nil {
		return nil
	}
	g := newGlyph(int(advance), segs)
	if f.fake {
		g = g.bold()
	}
	return g
}

// parse opens one font of a file's bytes; index counts in collections.
func parse(raw []byte, index int) (*sfnt.Font, error) {
	c, err := sfnt.ParseCollection(raw)
	if err != nil {
		return nil, err
	}
	if index < 0 || index >= c.NumFonts() {
		return nil, fmt.Errorf("font %d of %d", index, c.NumFonts())
	}
	return c.Font(index)
}
