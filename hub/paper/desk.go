package paper

import (
	"fmt"

	"zhunkao/protocol/sheet"
)

// DeskLabels is paper 06 (桌贴): ten labels a sheet, for the upper left of the desks. What
// is looked for is the seat, then the face.
type DeskLabels struct{ ExamRoom }

const deskVersion = 1

// Measures of paper 06, part of the template's hash.
const (
	deskX, deskY sheet.MM = 7.5, 11
	deskW, deskH sheet.MM = 97.5, 55
	deskPad      sheet.MM = 6.25
	deskPerSheet          = 10
)

// Layout sets the sheets: three for thirty seats.
func (d DeskLabels) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	out := &sheet.Document{Title: examWords.Desk.Zh, Printed: d.Printed}
	faces := d.portraits()
	of := max(1, (len(d.Sitters)+deskPerSheet-1)/deskPerSheet)
	for n := range of {
		p := sheet.NewPress(f)
		from, to := n*deskPerSheet, min((n+1)*deskPerSheet, len(d.Sitters))
		d.margins(p, d.Sitters[from:to], n+1, of)
		for i := from; i < to; i++ {
			at := i - from
			d.label(p, deskX+deskW*sheet.MM(at%2), deskY+deskH*sheet.MM(at/2), d.Sitters[i], faces[i])
		}
		cropped(p, deskX, deskY, deskW, deskH, 2, (to-from+1)/2)
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// margins is what stands above and below the labels.
func (d DeskLabels) margins(p *sheet.Press, part []Sitter, page, of int) {
	var seats []int
	for _, s := range part {
		seats = append(seats, s.Seat)
	}
	w := p.Say(sheet.Rect{X: 145, Y: 6, W: 52.5, H: 3.75}, examWords.DeskCut.Zh, sheet.Plain, sheet.Right, 7, 6.5, 6)
	p.Say(sheet.Rect{X: 12.5, Y: 6, W: 185 - w - 3, H: 3.75}, examWords.Desk.Zh+"　"+d.Site+"　"+fmt.Sprintf(examWords.DeskHead.Zh, d.Room, runs(seats)), sheet.Plain, sheet.Left, 7, 6.5, 6, 5.5, 5, 4.5, 4)
	d.labelFoot(p, 12.5, "06 "+examWords.Desk.Zh, deskVersion, d.hash(), page, of)
}

// label is one of them, x and y its upper left corner.
func (d DeskLabels) label(p *sheet.Press, x, y sheet.MM, s Sitter, face sheet.Portrait) {
	left, w := x+deskPad, deskW-2*deskPad
	p.Say(sheet.Rect{X: x + 5, Y: y + .75, W: 40, H: 33.5}, seatText(s.Seat), sheet.Bold, sheet.Left, 84, 72)
	p.Photo(sheet.Rect{X: x + deskW - deskPad - photoW, Y: y + deskPad, W: photoW, H: photoH}, face, true)
	const side sheet.MM = 22
	at := x + 47.5
	p.Say(sheet.Rect{X: at, Y: y + 6.25, W: side, H: 3.75}, examWords.Room.Zh, sheet.Plain, sheet.Left, 7)
	p.Say(sheet.Rect{X: at, Y: y + 10, W: side, H: 7.5}, d.Room, sheet.Bold, sheet.Left, 16, 14, 12, 10)
	if s.Language != "" {
		p.Say(sheet.Rect{X: at, Y: y + 20, W: side, H: 3.75}, examWords.Language.Zh, sheet.Plain, sheet.Left, 7)
		r := sheet.Rect{X: at, Y: y + 23.75, W: side, H: 5}
		if s.Foreign {
			r.W = min(p.Width(s.Language, sheet.Bold, 11)+1.8, side)
			p.Tag(r, s.Language, 11, 9, 7.5)
		} else {
			p.Say(r, s.Language, sheet.Bold, sheet.Left, 11, 9, 7.5)
		}
	}
	p.Name(sheet.Rect{X: left, Y: y + 34, W: w, H: 9.7}, s.Name.Reveal(), sheet.Left, examWords.Name.Zh, 8, 24, 20, 18, 15, 12)
	number := p.Say(sheet.Rect{X: left, Y: y + 44, W: 60, H: 6.25}, sheet.Grouped(s.Number), sheet.Bold, sheet.Left, 14, 12, 10.5)
	who := sheet.Rect{X: left + number + 3, Y: y + 44, W: w - number - 3, H: 6.25}
	if p.Width(d.whoIs(s), sheet.Plain, 6) <= who.W {
		p.Say(who, d.whoIs(s), sheet.Plain, sheet.Right, 8, 7.5, 7, 6.5, 6)
	} else {
		p.Fill(who, d.whoIs(s), sheet.Plain, examWords.Category.Zh, 3, 1.9, 5)
	}
}

// whoIs is her level, category and sex.
func (d DeskLabels) whoIs(s Sitter) string {
	out := s.Level + " " + s.Category
	if s.Sex != "" {
		out += "　" + s.Sex
	}
	return out
}

// hash names layout and wording.
func (d DeskLabels) hash() string {
	return templateHash("desk", deskVersion, deskX, deskY, deskW, deskH, deskPad, photoW, photoH, d.Campaign, examWords)
}
