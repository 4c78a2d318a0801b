package paper

import (
	"fmt"

	"zhunkao/protocol/sheet"
)

// BarLabels is paper 09 (条形码): a sheet of labels for each sitting, one for each answer
// sheet and blank ones to spare. What is looked for is seat and name.
type BarLabels struct{ ExamRoom }

const barsVersion = 1

// Measures of paper 09, part of the template's hash.
const (
	barX, barY sheet.MM = 18.75, 11
	barW, barH sheet.MM = 57.5, 25
	barColumns          = 3
	barRows             = 11
	barModule  sheet.MM = .35
	barHigh    sheet.MM = 9.5
)

// Layout sets a sheet for each sitting of the room.
func (b BarLabels) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	out := &sheet.Document{Title: examWords.Bars.Zh, Printed: b.Printed}
	for n, v := range b.Sittings {
		p := sheet.NewPress(f)
		b.margins(p, v, n+1)
		papers, at := v.papers(), 0
		for _, s := range b.Sitters {
			if c, ok := papers[s.Seat]; ok {
				x, y := barPlace(at)
				b.label(p, x, y, s, c.Paper())
				at++
			}
		}
		for ; at < barColumns*barRows; at++ {
			x, y := barPlace(at)
			p.Say(sheet.Rect{X: x + 2.5, Y: y + 2, W: barW - 5, H: 3.75}, barWords.Spare.Zh, sheet.Plain, sheet.Left, 7)
		}
		cropped(p, barX, barY, barW, barH, barColumns, barRows)
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// barPlace is the upper left corner of a label.
func barPlace(at int) (x, y sheet.MM) {
	return barX + barW*sheet.MM(at%barColumns), barY + barH*sheet.MM(at/barColumns)
}

// margins is what stands above and below the labels.
func (b BarLabels) margins(p *sheet.Press, v RoomSitting, page int) {
	n := v.Expected()
	box := sheet.Rect{X: barX, Y: 5.5, W: barW * barColumns, H: 3.75}
	left := []said{{examWords.Bars.Zh + "　" + b.Site + "　" + examWords.Room.Zh + " ", sheet.Plain}, {b.Room, sheet.Bold}, {"　" + fmt.Sprintf(examWords.SittingOf.Zh, v.Number) + "　", sheet.Plain}}
	for i, name := range v.Names() {
		if i > 0 {
			left = append(left, said{examWords.Also.Zh, sheet.Bold})
		}
		left = append(left, said{name, sheet.Bold})
	}
	across(p, box, left, []said{{fmt.Sprintf(barWords.Count.Zh, n, barColumns*barRows-n), sheet.Plain}}, 7, 6.5, 6, 5.5, 5, 4.5, 4)
	b.labelFoot(p, barX, "09 "+examWords.Bars.Zh, barsVersion, b.hash(), page, len(b.Sittings))
}

// label is one of them, x and y its upper left corner.
func (b BarLabels) label(p *sheet.Press, x, y sheet.MM, s Sitter, subject string) {
	p.Say(sheet.Rect{X: x + 2.5, Y: y + 1.6, W: 11, H: 8}, seatText(s.Seat), sheet.Bold, sheet.Left, 20)
	p.Name(sheet.Rect{X: x + 14, Y: y + 1.4, W: barW - 14 - 1.5, H: 8.2}, s.Name.Reveal(), sheet.Left, examWords.Name.Zh, 6, 12, 10, 9, 8)
	module := barModule
	if w := p.BarsWidth(s.Number, module); w > 0 {
		if most := barW - .5; w+2*sheet.QuietBars*module > most {
			module *= most / (w + 2*sheet.QuietBars*module)
			w = p.BarsWidth(s.Number, module)
		}
		p.Bars(x+(barW-w)/2, y+10, barHigh, module, s.Number)
	}
	p.Say(sheet.Rect{X: x + 1, Y: y + 19.6, W: barW - 2, H: 3.75}, sheet.Grouped(s.Number)+"　"+subject, sheet.Plain, sheet.Centre, 9, 8, 7, 6, 5, 4)
}

// hash names layout and wording.
func (b BarLabels) hash() string {
	return templateHash("bars", barsVersion, barX, barY, barW, barH, barColumns, barRows, barModule, barHigh, b.Campaign, examWords, barWords)
}
