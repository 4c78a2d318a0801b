package sheet

import "zhunkao/protocol/sheet/code128"

// QuietBars is the white that a reader of bars wants on both sides, in modules.
const QuietBars MM = code128.Quiet

// Photo is the box of a portrait, with hair lines around it if edged or if there is none.
func (p *Press) Photo(r Rect, who Portrait, edged bool) {
	p.c.portrait(r, who)
	if edged || who.img == nil {
		p.c.frame(r, hair)
	}
}

// Bars draws a Code 128 from x without its quiet zones. A text that no bars can carry
// has none.
func (p *Press) Bars(x, y, h, module MM, s string) { p.c.bars(x, y, h, module, s) }

// BarsWidth is how wide the bars of a text are; 0 if it can have none.
func (p *Press) BarsWidth(s string, module MM) MM { return barsWidth(s, module) }

// Tag is a text in white on a black box: what differs, where neither colour nor grey may
// say so.
func (p *Press) Tag(r Rect, s string, all ...Pt) {
	p.c.page.area(0, false, r)
	up := all[0].MM() * .05 // the middle of a Han character lies above that of its line
	p.c.put(s, place{box: Rect{r.X, r.Y - up, r.W, r.H}, cell: r, v: voice{bold: true, grey: 255}, fit: sizes(all...), align: centre, label: words.Text.Zh})
}

// Slant strikes a box out from its upper left to its lower right corner.
func (p *Press) Slant(r Rect) {
	p.c.page.line(Point{r.X, r.Y}, Point{r.Right(), r.Bottom()}, hair)
}

// Name writes a person's name: down a ladder of sizes on one line, then on two lines from
// the last size down to least, broken after the middle dot nearest its middle as long as
// that costs no more than two points, then on three, then cut and told. label names it.
func (p *Press) Name(box Rect, s string, a Align, label string, least Pt, all ...Pt) MM {
	l := sizes(all...).asName()
	last := all[len(all)-1]
	for size := last; size >= max(least, last-2); size -= .5 {
		if lead := size.MM() * nameLeads[0]; lead+size.MM()*nameHigh <= box.H+slack {
			l.rungs = append(l.rungs, rung{size: size, lines: 2, lead: lead, dot: true})
		}
	}
	for lines := 2; lines <= 3; lines++ {
		for size := last; size >= least; size -= .5 {
			if lead := size.MM() * nameLeads[lines-2]; lead*MM(lines-1)+size.MM()*nameHigh <= box.H+slack {
				l = l.then(size, lines, lead)
			}
		}
	}
	return p.c.put(s, place{box: box, v: strong, fit: l, align: align(a), label: label})
}

// nameLeads are from line to line of a name of two and of three, and nameHigh what one
// line takes in the middle of a box, in parts of its size.
var nameLeads = []MM{1.05, 1}

const nameHigh MM = 1.112

// Appendix writes what had to be cut, whole, as far as there is room.
func (p *Press) Appendix(r Rect) { p.c.appendix(r) }
