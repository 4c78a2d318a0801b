package sheet

import "zhunkao/protocol/sheet/qr"

// Press sets a page of a paper that only one side prints and whose layout
// stands elsewhere (hub/paper). It is the vocabulary of this package's own
// papers: what is too long runs down a ladder of sizes, and is told by Cut if it
// had to be cut.
type Press struct{ c *canvas }

// NewPress begins an empty page of A4.
func NewPress(f *Fonts) *Press { return &Press{newCanvas(f)} }

// Voice is how a text looks, its size aside.
type Voice uint8

// The voices of papers.
const (
	Plain    Voice = iota // data and labels
	Bold                  // values
	MonoBold              // user names and passwords
)

func (v Voice) voice() voice {
	switch v {
	case Bold:
		return strong
	case MonoBold:
		return voice{fam: mono, bold: true}
	case Wording:
		return wording
	case Heading:
		return heading
	}
	return plain
}

// Align says where a line stands in its box.
type Align uint8

// The alignments.
const (
	Left Align = iota
	Centre
	Right
)

// Say sets one line, its middle in that of the box, at the first of the sizes
// at which it fits. It gives the width it took.
func (p *Press) Say(box Rect, s string, v Voice, a Align, all ...Pt) MM {
	return p.c.put(s, place{box: box, v: v.voice(), fit: sizes(all...), align: align(a), label: words.Text.Zh})
}

// Width is how wide a text would be on one line.
func (p *Press) Width(s string, v Voice, size Pt) MM {
	return width(p.c.fonts.letters(s, v.voice()), size, v.voice())
}

// Sign is a line to sign on at the lower edge of a box.
func (p *Press) Sign(box Rect) { p.c.under(box.X, box.Bottom(), box.W, boxed) }

// Code is a QR code of a text, with its quiet zone inside a square box.
func (p *Press) Code(box Rect, text string) error {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return err
	}
	p.c.qr(box, code)
	return nil
}

// Cut is a dashed line to cut along.
func (p *Press) Cut(from, to Point) {
	p.c.page.line(from, to, hair)
	p.c.page.lines[len(p.c.page.lines)-1].dashed = true
}

// Shortened counts the texts that had to be cut with ….
func (p *Press) Shortened() int { return len(p.c.over) }

// Page ends the page. ErrLayout when a text leaves its box: a mistake of
// whoever laid it out.
func (p *Press) Page() (*Page, error) {
	if err := p.c.page.Check(); err != nil {
		return nil, err
	}
	return p.c.page, nil
}
