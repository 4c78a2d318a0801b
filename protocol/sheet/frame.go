package sheet

import (
	"fmt"
	"strings"
	"time"
)

// Measures of the common frame of an A4 sheet, in the order of sheets.
const (
	paperW  MM = 210
	paperH  MM = 297
	marginL MM = 20 // binding
	marginT MM = 12.5
	bodyW   MM = 175
	bodyEnd MM = 282.5
	footerY MM = 284
	headerH MM = 20
)

// zone is the local time of the examinations.
var zone = time.FixedZone("UTC+8", 8*60*60)

func newCanvas(f *Fonts) *canvas {
	return &canvas{page: &Page{Width: paperW, Height: paperH}, fonts: f, x: marginL, w: bodyW}
}

// header is the campaign's name, the title, a black tag if there is one, and
// the heavy rule; right is where keys and codes begin.
func (c *canvas) header(campaign, title, tag string, right MM) {
	w := right - c.x - 5
	c.say(Rect{c.x, marginT, w, 5}, campaign, wording, 9, left)
	x := c.x + c.say(Rect{c.x, marginT + 5, w, 10}, title, titleVoice, 20, left)
	if tag != "" {
		set := c.fonts.letters(tag, white)
		r := Rect{x + 4, marginT + 5 + 1.25, width(set, 12, white) + 4, 7.5}
		r.W = min(r.W, right-2.5-r.X)
		c.page.area(0, false, r)
		c.say(Rect{r.X + 2, r.Y, r.W - 4, r.H}, tag, white, 12, left)
	}
	c.under(c.x, marginT+headerH, c.w, heavy)
}

// headerKey is a label over a large value, at the right.
func (c *canvas) headerKey(right, w MM, label, value string, l ladder) {
	c.say(Rect{right - w, marginT, w, 3.75}, label, plain, 7, alignRight)
	c.put(value, place{box: Rect{right - w, marginT + 3.75, w, 10}, v: strong, fit: l, align: alignRight, label: label})
}

// foot is what the footer of a paper says.
type foot struct {
	paper   string // "01 报名流程表"
	version int
	hash    string // 8 hex digits
	page    int
	of      int
	marks   []Mark
	copy    string // "第 1 份"
	office  string
	printed time.Time
}

func (c *canvas) footer(f foot) {
	c.atop(c.x, footerY, c.w, hair)
	row := Rect{c.x, footerY, c.w, 5}
	middle := fmt.Sprintf(words.PageOf.Zh, f.page, f.of)
	half := width(c.fonts.letters(middle, plain), 7, plain)/2 + 2.5
	c.say(row, middle, plain, 7, centre)
	side := row.W/2 - half
	c.say(Rect{row.X, row.Y, side, row.H}, fmt.Sprintf(words.Footer.Zh, f.paper, f.version, f.hash[:4], f.hash[4:]), plain, 7, left)

	var parts []string
	for _, s := range []string{f.copy, f.office, localTime(f.printed, "2006-01-02 15:04")} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	var boxesW MM
	for _, m := range f.marks {
		boxesW += c.markWidth(m) + 1
	}
	box := Rect{row.Right() - side + boxesW, row.Y, side - boxesW, row.H}
	w := c.put(strings.Join(parts, " · "), place{box: box, fit: sizes(7, 6.5, 6, 5.5), align: alignRight, label: words.Printed.Zh})
	x := row.Right() - w - boxesW
	for _, m := range f.marks {
		r := Rect{x, row.Y + .7, c.markWidth(m), 3.7}
		c.frame(r, hair)
		c.say(r, string(m), strong, 7, centre)
		x += r.W + 1
	}
}

func (c *canvas) markWidth(m Mark) MM {
	return width(c.fonts.letters(string(m), strong), 7, strong) + 1.6
}

// appendix writes what was cut, whole. If even that is too much for its place,
// the last line says where the rest is to be read.
func (c *canvas) appendix(r Rect) {
	const lead, size = MM(3.5), Pt(8)
	lines := int(r.H / lead)
	if len(c.over) == 0 || lines < 1 {
		return
	}
	set := wrap(c.cutTexts(), size, plain, r.W, true)
	if len(set) > lines {
		tail := c.fonts.letters(words.AppendixMore.Zh, plain)
		last := set[lines-1]
		last = last[:fitting(last, size, plain, r.W-width(tail, size, plain))]
		set = append(set[:lines-1:lines-1], append(append([]letter{}, last...), tail...))
	}
	for i, line := range set {
		at := Point{r.X, baseline(r.Y+lead*(MM(i)+.5), size)}
		c.page.text(text{at: at, size: size, letters: line, width: width(line, size, plain), cell: r})
	}
}

func (c *canvas) cutTexts() []letter {
	var parts []string
	for _, o := range c.over {
		parts = append(parts, fmt.Sprintf(words.AppendixItem.Zh, o.label, o.text))
	}
	return c.fonts.letters(words.Appendix.Zh+strings.Join(parts, words.ListBreak.Zh), plain)
}

// appendixHeight is how much of the full width the appendix would like.
func (c *canvas) appendixHeight() MM {
	if len(c.over) == 0 {
		return 0
	}
	return 1.25 + 3.5*MM(len(wrap(c.cutTexts(), 8, plain, bodyW, true)))
}

func localTime(t time.Time, layout string) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(layout)
}

// Grouped sets a number in groups for the eye, as papers and pages both show it;
// what is not all digits stays.
func Grouped(number string) string {
	for _, r := range number {
		if r < '0' || r > '9' {
			return number
		}
	}
	var groups []int
	switch len(number) {
	case 14: // candidate number: year and kind, division, category, serial
		groups = []int{4, 4, 2, 4}
	case 12: // ticket number
		groups = []int{4, 2, 4, 2}
	default:
		for n := len(number); n > 0; n -= 4 {
			groups = append(groups, min(n, 4))
		}
	}
	var out []string
	for _, n := range groups {
		out, number = append(out, number[:n]), number[n:]
	}
	return strings.Join(out, " ")
}
