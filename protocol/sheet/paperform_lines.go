package sheet

import (
	"fmt"
	"slices"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// paperLine is a line of the form, across the sheet.
type paperLine interface {
	high(pitch MM) MM
	draw(p *Press, y, pitch MM)
}

// paperField is what is asked: cells to write in, or boxes to tick.
type paperField struct {
	label, hint string
	groups      []int // cells, by group
	cell        MM    // width of each
	rows        int   // lines of them
	ticks       [][]string
}

// wide is how much room it takes beside its label.
func (x paperField) wide(p *Press) (w MM) {
	if len(x.ticks) > 0 {
		return ticksWide(p, x.ticks[0])
	}
	for i, n := range x.groups {
		if i > 0 {
			w += paperFormGap
		}
		w += x.cell * MM(n)
	}
	return w
}

// single reports whether it takes one line.
func (x paperField) single() bool { return x.rows <= 1 && len(x.ticks) <= 1 }

func (x paperField) high(pitch MM) MM {
	if len(x.ticks) > 0 {
		return max(pitch, paperFormRow*MM(len(x.ticks))+paperFormGap)
	}
	return pitch + paperFormNext*MM(max(x.rows, 1)-1)
}

// at draws it: label at x, what is asked at field.
func (x paperField) at(p *Press, label, labelWide, field, y, pitch MM) {
	h := x.high(pitch)
	text := Rect{label, y, labelWide - 1, paperFormCell}
	if len(x.ticks) > 1 {
		text.H = h - paperFormGap
	}
	if x.hint != "" {
		p.Say(Rect{text.X, text.Y + text.H/2 - 3.75, text.W, 4}, x.label, Bold, Left, 9, 8, 7, 6.5, 6, 5.5)
		p.Say(Rect{text.X, text.Y + text.H/2 + .25, text.W, 3.5}, x.hint, Plain, Left, 6.5, 6, 5.5, 5)
	} else {
		p.Fill(text, x.label, Bold, x.label, 2, 3.75, 9, 8, 7.5)
	}
	for i, row := range x.ticks {
		ticksAt(p, field, y+paperFormRow*MM(i), h, len(x.ticks), row)
	}
	for row := range x.rows {
		cells(p, field, y+paperFormNext*MM(row), x.cell, x.groups)
	}
}

// cells are groups of cells to write in.
func cells(p *Press, x, y, wide MM, groups []int) {
	for _, n := range groups {
		p.Box(Rect{x, y, wide * MM(n), paperFormCell}, Boxed)
		for i := 1; i < n; i++ {
			p.LeftOf(x+wide*MM(i), y, paperFormCell, Boxed)
		}
		x += wide*MM(n) + paperFormGap
	}
}

const tickText, tickNext MM = 1.25, 3.5 // from a box to its word, and to the next box

func ticksWide(p *Press, row []string) (w MM) {
	for _, s := range row {
		w += paperFormTick + tickText + p.Width(s, Plain, 9) + tickNext
	}
	return w - tickNext
}

func ticksAt(p *Press, x, y, h MM, of int, row []string) {
	high := paperFormRow
	if of == 1 {
		high = min(h, paperFormCell)
	}
	for _, s := range row {
		p.Tick(Rect{x, y, paperFormTick, high}, paperFormTick, false)
		x += paperFormTick + tickText
		x += p.Say(Rect{x, y, marginL + bodyW - x, high}, s, Plain, Left, 9, 8, 7, 6) + tickNext
	}
}

// paperPair is one field, or two that share a line.
type paperPair struct {
	one paperField
	two *paperField
}

func (l paperPair) high(pitch MM) MM { return l.one.high(pitch) }

func (l paperPair) draw(p *Press, y, pitch MM) {
	l.one.at(p, marginL, paperFormLabel, marginL+paperFormLabel, y, pitch)
	if l.two != nil {
		l.two.at(p, marginL+paperFormHalf, paperFormRest, marginL+paperFormHalf+paperFormRest, y, pitch)
	}
}

// paired puts fields that are short two to a line.
func paired(p *Press, fields []paperField) (out []paperLine) {
	short := func(x paperField) bool { return x.single() && x.wide(p) <= paperFormRoom }
	for len(fields) > 0 {
		l := paperPair{one: fields[0]}
		fields = fields[1:]
		if i := slices.IndexFunc(fields, short); short(l.one) && i >= 0 {
			two := fields[i]
			l.two, fields = &two, slices.Concat(fields[:i], fields[i+1:])
		}
		out = append(out, l)
	}
	return out
}

// person asks who she is.
func (f PaperForm) person(p *Press) paperSide {
	out := paperSide{title: paperFormWords.First.Zh}
	for _, g := range f.Campaign.Form.Groups {
		var fields []paperField
		for _, x := range f.Campaign.Form.InGroup(g.Key) {
			if x.ByCandidate() {
				fields = append(fields, f.field(p, x))
			}
		}
		out.lines = append(out.lines, paired(p, fields)...)
	}
	return out
}

// paperFormRows is how many lines of cells a long text has; more goes on a plain sheet.
const paperFormRows = 4

// wideCells is how many wide cells a line has room for.
const wideCells = 19

func (f PaperForm) field(p *Press, x form.Field) paperField {
	w := &paperFormWords
	out := paperField{label: x.Zh, cell: paperFormWide, groups: []int{wideCells}, rows: 1}
	switch x.Kind {
	case form.KindName:
		out.hint = w.NameHint.Zh
	case form.KindDocument:
		out.groups, out.hint = []int{6, 8, 4}, w.DocumentHint.Zh
	case form.KindDate:
		out.groups, out.cell, out.hint = []int{4, 2, 2}, paperFormSlim, w.DateHint.Zh
	case form.KindPhone:
		out.groups, out.cell = []int{3, 4, 4}, paperFormSlim
	case form.KindPostCode:
		out.groups, out.cell = []int{6}, paperFormSlim
	case form.KindDigits:
		out.groups, out.cell = []int{min(x.MaxChars, 22)}, paperFormSlim
	case form.KindDivision:
		out.hint = w.PlaceHint.Zh
	case form.KindLetters:
		out.hint = w.LettersHint.Zh
	case form.KindCode:
		if rows := tickRows(p, f.entries(x)); len(rows) > 0 && len(rows) <= 3 {
			return paperField{label: x.Zh, ticks: rows}
		}
		out.groups, out.hint = []int{8}, w.TableHint.Zh
	default:
		if x.MaxChars == x.MaxBytes { // letters and digits
			out.groups, out.cell = []int{22}, paperFormSlim
			break
		}
		if !x.Required && len(x.When) == 0 {
			break // what may be left out has one line
		}
		if out.rows = min((x.MaxChars+wideCells-1)/wideCells, paperFormRows); out.rows > 1 {
			out.hint = fmt.Sprintf(w.Cells.Zh, out.rows*wideCells)
		}
	}
	return out
}

// entries are the words of a field's table that can be ticked.
func (f PaperForm) entries(x form.Field) (out []string) {
	t, _ := f.Campaign.Form.Table(x.Table)
	for _, e := range t.Entries {
		if !e.Group && (x.Key != form.Sex || e.Code != "0" && e.Code != "9") {
			out = append(out, e.Zh)
		}
	}
	if len(out) > 14 {
		return nil
	}
	return out
}

// tickRows shares boxes to tick out to lines; none if they cannot be.
func tickRows(p *Press, all []string) (out [][]string) {
	const room = bodyW - paperFormLabel
	for _, s := range all {
		if ticksWide(p, []string{s}) > room {
			return nil // too long to stand beside a box: it is written
		}
		last := len(out) - 1
		if last < 0 || ticksWide(p, append(slices.Clone(out[last]), s)) > room {
			out = append(out, nil)
			last++
		}
		out[last] = append(out[last], s)
	}
	return out
}

// choices asks what she applies for and has her sign.
func (f PaperForm) choices(p *Press) paperSide {
	w, c := &paperFormWords, f.Campaign
	code := func(label string, n int) paperField {
		return paperField{label: label, cell: paperFormSlim, groups: []int{n}, rows: 1}
	}
	name := func(label string) paperField {
		return paperField{label: label, cell: paperFormWide, groups: []int{wideCells}, rows: 1}
	}
	var levels []string
	for _, l := range c.Form.Levels {
		levels = append(levels, l.Zh)
	}
	fields := []paperField{{label: w.Tail.Zh, hint: w.TailHint.Zh, cell: paperFormWide, groups: []int{4}, rows: 1}}
	if len(levels) > 0 {
		fields = append(fields, paperField{label: w.Level.Zh, ticks: tickRows(p, levels)})
	}
	out := paperSide{title: w.Second.Zh, lines: paired(p, fields)}
	for n := range max(1, c.Form.MaxChoices) {
		out.lines = append(out.lines, paperHead(fmt.Sprintf(w.Choice.Zh, n+1)))
		if c.Form.Choose == form.ChooseCategory {
			out.lines = append(out.lines, paired(p, []paperField{code(w.Category.Zh, 2)})...)
			continue
		}
		fields := []paperField{code(w.Category.Zh, 2), code(w.School.Zh, 5), code(w.Major.Zh, 6)}
		if t, ok := c.Form.Table("study_form"); ok && len(t.Entries) > 0 && len(t.Entries) <= 6 {
			var all []string
			for _, e := range t.Entries {
				all = append(all, e.Zh)
			}
			fields = append(fields, paperField{label: w.Study.Zh, ticks: tickRows(p, all)})
		}
		out.lines = append(out.lines, paired(p, append(fields, name(w.SchoolName.Zh), name(w.MajorName.Zh)))...)
	}
	if claims := f.claims(p); len(claims) > 0 {
		out.lines = append(append(out.lines, paperHead(w.Claims.Zh)), claims...)
	}
	out.lines = append(out.lines, paperHead(w.Declare.Zh), paperEnd{})
	return out
}

// claims are the kinds of bonus and exemption that are taken at the desk.
func (f PaperForm) claims(p *Press) (out []paperLine) {
	add := func(label string, all []string) {
		if len(all) == 0 {
			return
		}
		x := paperField{label: label, ticks: tickRows(p, append([]string{paperFormWords.None.Zh}, all...))}
		if len(x.ticks) == 0 || len(x.ticks) > 4 {
			x = paperField{label: label, hint: paperFormWords.TableHint.Zh, cell: paperFormWide, groups: []int{wideCells}, rows: 1}
		}
		out = append(out, paperPair{one: x})
	}
	var bonuses, exemptions []string
	if _, ok := f.Campaign.ReviewKind(campaign.ReviewBonus); ok {
		for _, b := range f.Campaign.Bonuses {
			if !b.Automatic {
				bonuses = append(bonuses, b.Zh)
			}
		}
	}
	if _, ok := f.Campaign.ReviewKind(campaign.ReviewExemption); ok {
		for _, e := range f.Campaign.Exemptions {
			exemptions = append(exemptions, e.Zh)
		}
	}
	add(paperFormWords.Bonus.Zh, bonuses)
	add(paperFormWords.Exemption.Zh, exemptions)
	return out
}

// paperHead begins a part of a side.
type paperHead string

func (paperHead) high(MM) MM { return 8.75 }

func (h paperHead) draw(p *Press, y, _ MM) {
	p.Under(marginL, y+.3, bodyW, Rule)
	p.Say(Rect{marginL, y + 1.25, bodyW, 6.25}, string(h), Heading, Left, 10.5)
}

// paperEnd is what she signs, and what the point fills in.
type paperEnd struct{}

func (paperEnd) high(MM) MM { return 60 }

func (paperEnd) draw(p *Press, y, _ MM) {
	w, x := &paperFormWords, marginL
	p.Say(Rect{x, y, bodyW, 5}, w.Word.Zh, Wording, Left, 9, 8.5, 8)
	p.SignAt(x, y+8.75, 67.5, 10, w.Sign.Zh)
	p.Say(Rect{x + 75, y + 10, 10, paperFormCell}, w.Date.Zh, Plain, Left, 8)
	cells(p, x+85, y+10, paperFormSlim, []int{4, 2, 2})
	y += 28.75
	p.Box(Rect{x, y, bodyW, 30}, Boxed)
	p.Say(Rect{x + 2.5, y + 1.25, 60, 6.25}, w.Point.Zh, Heading, Left, 10.5)
	paperField{label: w.Photo.Zh, cell: paperFormSlim, groups: []int{6}, rows: 1}.at(p, x+2.5, paperFormLabel, x+2.5+paperFormLabel, y+8.75, paperFormPitches[0])
	paperField{label: w.Entered.Zh, ticks: [][]string{{w.Done.Zh, w.Back.Zh}}}.at(p, x+paperFormHalf, paperFormRest, x+paperFormHalf+paperFormRest, y+8.75, paperFormPitches[0])
	for i, s := range []string{w.Typed.Zh, w.Checked.Zh, w.At.Zh} {
		at := x + 2.5 + 57.5*MM(i)
		p.Say(Rect{at, y + 21.25, 10, 6.25}, s, Plain, Left, 8)
		p.Under(at+9, y+26.25, 42.5, Boxed)
	}
}
