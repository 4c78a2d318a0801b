package sheet

// Value is what stands in a cell of a form.
type Value struct {
	Label string
	Text  string
	Voice Voice
	Sizes []Pt // the first that fits on one line
	Lines int  // that it may take at the last size; 0 is one
	Lead  MM   // from one of them to the next
	Name  bool // of a person: breaks after a middle dot
}

// Cell is a cell of a form: its label above, its value at the foot, hair rules at its
// right and lower edges.
func (p *Press) Cell(r Rect, v Value) {
	l := sizes(v.Sizes...)
	if v.Lines > 1 {
		l = l.then(v.Sizes[len(v.Sizes)-1], v.Lines, v.Lead)
	}
	if v.Name {
		l = l.asName()
	}
	p.c.cell(r, value{label: v.Label, text: v.Text, v: v.Voice.voice(), fit: l, line: min(v.Sizes[0].MM()*1.29, r.H-3.75-.75)})
}

// Cells is a row of cells from x.
func (p *Press) Cells(x, y, h MM, widths []MM, row ...Value) {
	for i, v := range row {
		p.Cell(Rect{x, y, widths[i], h}, v)
		x += widths[i]
	}
}

// Options are boxes to tick with their words, in a row. It gives the x where it ended.
func (p *Press) Options(box Rect, size Pt, words ...string) MM {
	var all []option
	for _, s := range words {
		all = append(all, option{text: s})
	}
	return p.c.options(box, size, all...)
}

// Bar is a black bar: what differs is marked by it, never by a colour.
func (p *Press) Bar(r Rect) { p.c.page.area(0, false, r) }
