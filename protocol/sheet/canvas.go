package sheet

import "math"

// canvas is the vocabulary the papers are drawn with.
type canvas struct {
	page  *Page
	fonts *Fonts
	x, w  MM // of the body
	over  []overflow
}

// overflow is a text that was cut, to be written whole after 附：.
type overflow struct{ label, text string }

// align says where a line stands in its box.
type align uint8

const (
	left align = iota
	centre
	alignRight
)

// up says where lines stand in the height of their box.
type up uint8

const (
	middle up = iota
	top
	bottom
)

// place is where and how one variable text is put.
type place struct {
	box   Rect // the text fills it
	cell  Rect // it may never leave this; zero: box
	v     voice
	fit   ladder
	align align
	up    up
	line  MM     // height of a line box of a one-line text; 0: the rung's lead, else the box
	label string // names the text after 附： if it is cut
}

// put writes a text and gives the width of its longest line.
func (c *canvas) put(s string, p place) MM {
	if s == "" {
		return 0
	}
	if p.cell == (Rect{}) {
		p.cell = p.box
	}
	got := c.fonts.fit(s, p.v, p.box.W, p.fit)
	if got.cut {
		c.over = append(c.over, overflow{p.label, s})
	}
	lead := p.line
	if len(got.set) > 1 || lead == 0 {
		lead = got.lead
	}
	if lead == 0 {
		lead = p.box.H
	}
	y := p.box.Y
	switch high := lead * MM(len(got.set)); p.up {
	case middle:
		y += (p.box.H - high) / 2
	case bottom:
		y += p.box.H - high
	}
	var widest MM
	for _, line := range got.set {
		w := width(line, got.size, p.v)
		x := p.box.X
		switch p.align {
		case centre:
			x += (p.box.W - w) / 2
		case alignRight:
			x += p.box.W - w
		}
		c.page.text(text{at: Point{x, baseline(y+lead/2, got.size)}, size: got.size, track: got.size.MM() * MM(p.v.track), grey: p.v.grey, letters: line, width: w, cell: p.cell})
		widest = max(widest, w)
		y += lead
	}
	return widest
}

// say is put for our own wording on one line, made smaller if it must be.
func (c *canvas) say(box Rect, s string, v voice, size Pt, a align) MM {
	return c.put(s, place{box: box, v: v, fit: shrinking(size), align: a, label: words.Text.Zh})
}

// shrinking is the ladder of wording: our own fits at its first size, a
// campaign's may need the others.
func shrinking(size Pt) ladder {
	return sizes(size, size*.92, size*.84, size*.76, size*.68, size*.6)
}

// horizontal and vertical rules lie inside the row: their far edge is at y or x.
func (c *canvas) under(x, y, w, weight MM) {
	c.page.line(Point{x, y - weight/2}, Point{x + w, y - weight/2}, weight)
}

func (c *canvas) atop(x, y, w, weight MM) {
	c.page.line(Point{x, y + weight/2}, Point{x + w, y + weight/2}, weight)
}

func (c *canvas) rightOf(x, y, h, weight MM) {
	c.page.line(Point{x - weight/2, y}, Point{x - weight/2, y + h}, weight)
}

func (c *canvas) leftOf(x, y, h, weight MM) {
	c.page.line(Point{x + weight/2, y}, Point{x + weight/2, y + h}, weight)
}

// frame is a rectangle of four lines inside r.
func (c *canvas) frame(r Rect, weight MM) {
	c.atop(r.X, r.Y, r.W, weight)
	c.under(r.X, r.Bottom(), r.W, weight)
	c.leftOf(r.X, r.Y, r.H, weight)
	c.rightOf(r.Right(), r.Y, r.H, weight)
}

// value is what stands in a cell under its label.
type value struct {
	label string
	text  string
	v     voice
	fit   ladder
	line  MM // height of its line when it takes one
}

// cells draws a row of cells with hair rules at their right and lower edges.
func (c *canvas) cells(x, y, h MM, widths []MM, row []value) {
	for i, v := range row {
		c.cell(Rect{x, y, widths[i], h}, v)
		x += widths[i]
	}
}

func (c *canvas) cell(r Rect, v value) {
	c.under(r.X, r.Bottom(), r.W, hair)
	c.rightOf(r.Right(), r.Y, r.H, hair)
	c.label(r, v.label)
	box := Rect{r.X + pad, r.Y + 3.75, r.W - 2*pad, r.H - 3.75 - hair - .6}
	c.put(v.text, place{box: box, cell: r, v: v.v, fit: v.fit, up: bottom, line: v.line, label: v.label})
}

func (c *canvas) label(r Rect, s string) {
	c.put(s, place{box: Rect{r.X + pad, r.Y + .6, r.W - pad - hair, 3.75}, cell: r, fit: shrinking(7), label: s})
}

// tick draws a box of a size with its lower edge a little under the baseline.
func (c *canvas) tick(x, base, size MM, on bool) {
	r := Rect{x, base + .45 - size, size, size}
	edge := boxed
	c.page.area(0, false, Rect{r.X, r.Y, r.W, edge}, Rect{r.X, r.Bottom() - edge, r.W, edge},
		Rect{r.X, r.Y + edge, edge, r.H - 2*edge}, Rect{r.Right() - edge, r.Y + edge, edge, r.H - 2*edge})
	if on {
		c.page.area(0, false, r.inset(edge+.5))
	}
}

// option is one box to tick and its text.
type option struct {
	text string
	on   bool
}

const tickSize MM = 3.25

// options writes boxes to tick in a row and gives the x where it ended.
func (c *canvas) options(box Rect, size Pt, all ...option) MM {
	x := box.X
	for i, o := range all {
		if i > 0 {
			x += 2.5
		}
		c.tick(x, baseline(box.Y+box.H/2, size), tickSize, o.on)
		x += tickSize + 1
		rest := Rect{x, box.Y, max(box.Right()-x, 0), box.H}
		x += c.put(o.text, place{box: rest, fit: sizes(size, size-1, size-1.5, size-2), label: words.Options.Zh})
	}
	return x
}

// seal marks the place of a seal by its corners; a caption at the lower edge.
func (c *canvas) seal(r Rect, caption string) {
	const arm MM = 3
	for _, x := range []MM{r.X, r.Right() - arm} {
		c.atop(x, r.Y, arm, hair)
		c.under(x, r.Bottom(), arm, hair)
	}
	for _, y := range []MM{r.Y, r.Bottom() - arm} {
		c.leftOf(r.X, y, arm, hair)
		c.rightOf(r.Right(), y, arm, hair)
	}
	c.say(Rect{r.X + arm, r.Bottom() - .8 - 3.75, r.W - 2*arm, 3.75}, caption, plain, 7, centre)
}

// sign is a line to sign on, h below y, with its caption under it.
func (c *canvas) sign(x, y, w, h MM, caption string) {
	c.under(x, y+h, w, boxed)
	c.say(Rect{x, y + h + .45, w, 3.75}, caption, plain, 7, left)
}

// photo is the box of a picture; without one the reason stands in it.
func (c *canvas) photo(r Rect, p Portrait) {
	c.portrait(r, p)
	c.frame(r, hair)
}

// portrait is photo without the lines around it.
func (c *canvas) portrait(r Rect, p Portrait) {
	if p.img != nil {
		c.page.picture(r, p.img)
		return
	}
	lines := p.reason[:min(len(p.reason), int((r.H-2)/3.75))]
	y := r.Y + (r.H-3.75*MM(len(lines)))/2
	for _, s := range lines {
		c.say(Rect{r.X + pad, y, r.W - 2*pad, 3.75}, s, plain, 7, centre)
		y += 3.75
	}
}

// head is the head of a table: 5 high, ruled above and below.
func (c *canvas) head(x, y MM, columns []MM, names []string) {
	var w MM
	for i, name := range names {
		c.say(Rect{x + w + pad, y + rule, columns[i] - pad - hair, 5 - 2*rule}, name, plain, 7, left)
		w += columns[i]
	}
	c.atop(x, y, w, rule)
	c.under(x, y+5, w, rule)
}

// watermark writes two lines across the middle of the page, before all else.
func (c *canvas) watermark(lines ...string) {
	const size, lead, angle = Pt(84), MM(37.5), 30.0
	sin, cos := math.Sincos(angle * math.Pi / 180)
	mid := Point{c.page.Width / 2, 133.5}
	for i, s := range lines {
		set := c.fonts.letters(s, ghost)
		w := width(set, size, ghost)
		x, y := -w/2, baseline(lead*(MM(i)-MM(len(lines)-1)/2), size)
		at := Point{mid.X + x*MM(cos) + y*MM(sin), mid.Y - x*MM(sin) + y*MM(cos)}
		c.page.text(text{at: at, size: size, grey: ghost.grey, turned: angle, letters: set, width: w})
	}
}
