package paper

import (
	"fmt"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/protocol/sheet"
)

// DoorSheet is paper 05 (门贴): a crowd finds its room from three metres. Nobody's name is
// on a door. Its plan is seen by who enters: lectern above, door right.
type DoorSheet struct{ ExamRoom }

const doorVersion = 1

// Measures of paper 05, from top to bottom, part of the template's hash.
const (
	doorSite    sheet.MM = 12.5
	doorBand    sheet.MM = 80
	doorWho     sheet.MM = 22.5
	doorRange   sheet.MM = 32.5
	doorPlanW   sheet.MM = 75
	doorCellH   sheet.MM = 12.5
	doorCells   sheet.MM = 80 // at most, of all rows
	doorRow     sheet.MM = 20
	doorRanges           = 4 // of a mixed room at the full size
	doorAbreast          = 6 // more of them stand in two columns, so that they can be read
)

var doorColumns = []sheet.MM{22.5, 39, 28.5}

// Layout sets the sheet.
func (d DoorSheet) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	p := sheet.NewPress(f)
	x, w := sheet.FrameX, sheet.FrameW
	y := sheet.MM(12.5)
	p.Foot(d.foot("05", examWords.Door.Zh, "", doorVersion, d.hash()))
	p.Say(sheet.Rect{X: x, Y: y, W: w, H: 5}, d.Campaign, sheet.Wording, sheet.Centre, 9, 8, 7, 6, 5)
	if site := (sheet.Rect{X: x, Y: y + 5, W: w, H: doorSite}); p.Width(d.Site, sheet.Heading, 14) <= w {
		p.Say(site, d.Site, sheet.Heading, sheet.Centre, 26, 22, 18, 16, 14)
	} else {
		p.Fill(site, d.Site, sheet.Heading, examWords.Site.Zh, 2, 6.2, 16, 14)
	}
	y += 5 + doorSite + 2.5
	p.Under(x, y+sheet.MM(sheet.Heavy), w, sheet.Heavy)
	p.Say(sheet.Rect{X: x, Y: y + 2.5, W: 30, H: 10}, examWords.Room.Zh, sheet.Heading, sheet.Left, 22)
	p.Say(sheet.Rect{X: x, Y: y, W: w, H: doorBand}, d.Room, sheet.Bold, sheet.Centre, 200, 160, 130, 100, 80)
	y += doorBand
	p.Under(x, y, w, sheet.Heavy)
	d.who(p, y)
	y += doorWho
	p.Under(x, y, w, sheet.Rule)
	d.ranges(p, y)
	y += doorRange
	p.Under(x, y, w, sheet.Heavy)
	y += 5
	d.plan(p, y)
	d.times(p, y)
	p.Appendix(sheet.Rect{X: x, Y: 272, W: w, H: 10.5})
	page, err := p.Page()
	if err != nil {
		return nil, err
	}
	return &sheet.Document{Title: examWords.Door.Zh, Printed: d.Printed, Pages: []*sheet.Page{page}}, nil
}

// who is the category and how many sit here; of a mixed room, all of them.
func (d DoorSheet) who(p *sheet.Press, y sheet.MM) {
	box := sheet.Rect{X: sheet.FrameX, Y: y, W: sheet.FrameW, H: doorWho}
	box.W -= p.Say(box, fmt.Sprintf(examWords.People.Zh, len(d.Sitters)), sheet.Bold, sheet.Right, 24) + 5
	groups := d.Groups()
	if len(groups) == 1 {
		p.Fill(box, groups[0].Level+"　"+groups[0].Category, sheet.Bold, examWords.Category.Zh, 2, 7, 24, 20, 16)
		return
	}
	w := p.Say(box, examWords.Mixed.Zh, sheet.Bold, sheet.Left, 24) + 5
	var list []string
	for _, g := range groups {
		list = append(list, g.Level+" "+g.Category+" "+fmt.Sprintf(examWords.People.Zh, g.People))
	}
	itemised(p, sheet.Rect{X: box.X + w, Y: y + 1, W: box.W - w, H: doorWho - 2}, list, "　", 6.2, 14, 12, 10.5, 9, 8)
}

// itemised sets a list in a box at the first size at which it fits without breaking an
// item over two lines; else as one text.
func itemised(p *sheet.Press, box sheet.Rect, list []string, between string, lead sheet.MM, sizes ...sheet.Pt) {
	for _, size := range sizes {
		lines, step := []string{""}, max(lead*size.MM()/sizes[0].MM(), size.MM()*1.15)
		fits := true
		for _, item := range list {
			last := &lines[len(lines)-1]
			switch {
			case *last == "":
				*last = item
			case p.Width(*last+between+item, sheet.Bold, size) <= box.W:
				*last += between + item
			default:
				lines = append(lines, item)
			}
			fits = fits && p.Width(item, sheet.Bold, size) <= box.W
		}
		if !fits || step*sheet.MM(len(lines)) > box.H {
			continue
		}
		y := box.Y + (box.H-step*sheet.MM(len(lines)))/2
		for _, s := range lines {
			p.Say(sheet.Rect{X: box.X, Y: y, W: box.W, H: step}, s, sheet.Bold, sheet.Left, size)
			y += step
		}
		return
	}
	p.Fill(box, strings.Join(list, between), sheet.Bold, examWords.Category.Zh, 4, sizes[len(sizes)-1].MM()*1.15, sizes[len(sizes)-1])
}

// ranges are the ticket numbers, from and to; of a mixed room one line a category.
func (d DoorSheet) ranges(p *sheet.Press, y sheet.MM) {
	groups := d.Groups()
	if len(groups) == 1 {
		for i, v := range [][2]string{{examWords.From.Zh, groups[0].First}, {examWords.To.Zh, groups[0].Last}} {
			x, w := sheet.FrameX+87.5*sheet.MM(i), sheet.MM(82.5)
			if i > 0 {
				p.LeftOf(x-2.5, y, doorRange, sheet.Hair)
				x += 2.5
			}
			p.Say(sheet.Rect{X: x, Y: y + 2.5, W: w, H: 5}, v[0], sheet.Plain, sheet.Left, 10.5)
			p.Say(sheet.Rect{X: x, Y: y + 7.5, W: w, H: 17.5}, v[1], sheet.Bold, sheet.Left, 32, 28, 24, 20, 16)
		}
		return
	}
	rows, w, name := len(groups), sheet.FrameW, sheet.MM(65)
	if len(groups) > doorAbreast {
		rows, w, name = (len(groups)+1)/2, (sheet.FrameW-2.5)/2, 30
	}
	lines := max(doorRanges, rows)
	h := (doorRange - 1) / sheet.MM(lines)
	y += .5 + h*sheet.MM(lines-rows)/2
	sizes := []sheet.Pt{16, 14, 12, 10.5, 9, 8, 7, 6}
	for len(sizes) > 1 && sizes[0].MM()*1.25 > h {
		sizes = sizes[1:]
	}
	for i, g := range groups {
		r := sheet.Rect{X: sheet.FrameX + (w+2.5)*sheet.MM(i/rows), Y: y + h*sheet.MM(i%rows), W: name, H: h}
		p.Say(r, g.Level+"　"+g.Category, sheet.Bold, sheet.Left, sizes...)
		r.X, r.W = r.X+name+2.5, w-name-2.5
		p.Say(r, sheet.Grouped(g.First)+" – "+sheet.Grouped(g.Last), sheet.Bold, sheet.Left, sizes...)
	}
}

// plan is where each seat stands.
func (d DoorSheet) plan(p *sheet.Press, y sheet.MM) {
	columns, rows := d.gridSize()
	w, h := doorPlanW/sheet.MM(columns), min(doorCellH, doorCells/sheet.MM(rows))
	x := sheet.FrameX
	openBox(p, sheet.Rect{X: x, Y: y, W: doorPlanW - w - 15, H: chartFront}, true, examWords.Lectern.Zh)
	openBox(p, sheet.Rect{X: x + doorPlanW - w, Y: y, W: w, H: chartFront}, true, examWords.DoorAt.Zh)
	y += chartFront + chartGap
	seats := map[arrangement.Place]int{}
	for i, at := range d.Grid.Seats {
		seats[at] = i + 1
	}
	for column := 1; column <= columns; column++ {
		for row := 1; row <= rows; row++ {
			r := sheet.Rect{X: x + w*sheet.MM(columns-column), Y: y + h*sheet.MM(row-1), W: w, H: h}
			seat := seats[arrangement.Place{Column: column, Row: row}]
			if _, ok := d.at(seat); ok {
				p.Say(r, seatText(seat), sheet.Bold, sheet.Centre, 18)
			} else {
				p.Slant(r)
			}
		}
	}
	gridLines(p, sheet.Rect{X: x, Y: y, W: doorPlanW, H: h * sheet.MM(rows)}, columns, rows)
	note := examWords.PlanView.Zh
	if d.seatsInNumbers() {
		note += examWords.PlanSeats.Zh
	}
	p.Say(sheet.Rect{X: x, Y: y + h*sheet.MM(rows) + 1.25, W: doorPlanW, H: 5}, note, sheet.Plain, sheet.Left, 8)
}

// seatsInNumbers holds if all numbers end with the seat: the campaign may have others.
func (d DoorSheet) seatsInNumbers() bool {
	for _, s := range d.Sitters {
		if !strings.HasSuffix(s.Number, seatText(s.Seat)) {
			return false
		}
	}
	return true
}

// times are the sittings, and what else is to be known at the door.
func (d DoorSheet) times(p *sheet.Press, y sheet.MM) {
	x, w := sheet.FrameX+doorPlanW+10, sheet.FrameW-doorPlanW-10
	p.Under(x, y+sheet.MM(sheet.Rule), w, sheet.Rule)
	p.Under(x, y+5, w, sheet.Rule)
	for i, s := range []string{examWords.Day.Zh, examWords.Time.Zh, examWords.Subject.Zh} {
		left := x + sheet.MM([]float64{0, 23.75, 62.75}[i])
		p.Say(sheet.Rect{X: left, Y: y, W: 20, H: 5}, s, sheet.Plain, sheet.Left, 7)
	}
	y += 5
	row := doorRow
	if len(d.Sittings) > 4 {
		row = doorRow * 4 / sheet.MM(len(d.Sittings))
	}
	for _, v := range d.Sittings {
		top := y + (row-11)/2
		p.Say(sheet.Rect{X: x, Y: top, W: doorColumns[0] - .5, H: 6}, day(v.From), sheet.Bold, sheet.Left, 12, 10.5)
		p.Say(sheet.Rect{X: x, Y: top + 6, W: doorColumns[0] - .5, H: 5}, weekday(v.From)+" "+half(v.From), sheet.Plain, sheet.Left, 9)
		p.Say(sheet.Rect{X: x + doorColumns[0] + 1.25, Y: y, W: doorColumns[1] - 2.5, H: row}, hours(v), sheet.Bold, sheet.Left, 16, 14)
		itemised(p, sheet.Rect{X: x + doorColumns[0] + doorColumns[1] + 1.25, Y: y + .5, W: doorColumns[2] - 1.25, H: row - 1}, v.Names(), "　", 6, 13, 12, 11, 10, 9, 8)
		y += row
		p.Under(x, y, w, sheet.Hair)
	}
	y += 4
	p.Say(sheet.Rect{X: x, Y: y, W: w, H: 5}, fmt.Sprintf(examWords.Enter.Zh, d.Times.entry(), d.Times.late()), sheet.Plain, sheet.Left, 9, 8, 7)
	languages := d.Languages()
	if len(languages) == 0 {
		return
	}
	var list []string
	text := fmt.Sprintf(examWords.LanguageOne.Zh, languages[0].Language)
	if len(languages) > 1 {
		for _, l := range languages {
			list = append(list, runs(l.Seats)+" "+l.Language)
		}
		text = fmt.Sprintf(examWords.Languages.Zh, strings.Join(list, "，"))
	}
	box := sheet.Rect{X: x, Y: y + 5, W: w, H: 10}
	if p.Width(text, sheet.Plain, 8) <= w {
		box.H = 5
	}
	p.Fill(box, text, sheet.Plain, examWords.Language.Zh, 3, 3.3, 9, 8, 7.5)
}

// hash names layout and wording.
func (d DoorSheet) hash() string {
	columns, rows := d.gridSize()
	return templateHash("door", doorVersion, doorSite, doorBand, doorWho, doorRange, doorPlanW, doorCellH, doorCells, doorRow, doorRanges, doorAbreast, doorColumns, columns, rows, d.Campaign, d.Times, examWords)
}
