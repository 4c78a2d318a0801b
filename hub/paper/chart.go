package paper

import (
	"fmt"
	"strconv"

	"zhunkao/protocol/sheet"
)

// SeatChart is paper 04 (座次表, 座位对照单): two invigilators hold the faces in the room
// against it at arm's length. It is drawn as the invigilator sees the room, lectern below
// and seat 01 at the lower left; the other view turns it by 180°.
type SeatChart struct {
	ExamRoom
	View View
}

// View is from where a room is seen.
type View uint8

// The views.
const (
	FromLectern View = iota // as the invigilator sees it
	ToLectern               // as a candidate sees it
)

const chartVersion = 1

// Measures of paper 04, part of the template's hash.
const (
	chartLine  sheet.MM = 7.5
	chartH     sheet.MM = 225
	chartFront sheet.MM = 5
	chartGap   sheet.MM = 1.25
	chartDesk  sheet.MM = 105 // the lectern
	chartFlat  sheet.MM = 37  // cells lower than this have their text beside the photo
	photoW     sheet.MM = 20
	photoH     sheet.MM = 25
)

// chart is a grid on paper.
type chart struct {
	SeatChart
	columns, rows int
	w, h          sheet.MM // of a cell
	top           sheet.MM
	faces         []sheet.Portrait
}

// Layout sets the two copies of the sheet.
func (c SeatChart) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	out := &sheet.Document{Title: examWords.Chart.Zh, Printed: c.Printed}
	g := chart{SeatChart: c, top: sheet.FrameTop + chartLine, faces: c.portraits()}
	g.columns, g.rows = c.gridSize()
	g.w, g.h = sheet.FrameW/sheet.MM(g.columns), chartH/sheet.MM(g.rows)
	if c.View == ToLectern {
		g.top += chartFront + chartGap
	}
	for _, whose := range []string{examWords.First.Zh, examWords.Second.Zh} {
		p := sheet.NewPress(f)
		g.frame(p, "04", examWords.Chart.Zh, whose, chartVersion, g.hash(), g.keys(examWords.Expected.Zh, strconv.Itoa(len(g.Sitters)))...)
		g.head(p)
		g.grid(p)
		g.front(p)
		p.Appendix(sheet.Rect{X: sheet.FrameX, Y: sheet.FrameTop + chartLine + chartH + chartGap + chartFront + .75, W: sheet.FrameW, H: 10.5})
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// head is the line of the room: where, who, the numbers and how many write each language.
// A mixed room needs two.
func (g chart) head(p *sheet.Press) {
	box := sheet.Rect{X: sheet.FrameX, Y: sheet.FrameTop, W: sheet.FrameW, H: chartLine}
	var languages string
	for _, l := range g.Languages() {
		languages += "　" + fmt.Sprintf(examWords.LanguageCount.Zh, short(l.Language), len(l.Seats))
	}
	where := []said{{g.Site, sheet.Bold}, {"　" + g.area(), sheet.Plain}}
	groups := g.Groups()
	if len(groups) == 1 {
		one := groups[0]
		common, ends := numberRange(one.First, one.Last)
		if common != "" {
			common += " "
		}
		across(p, box, where, []said{{g.who() + "　" + common, sheet.Plain}, {ends, sheet.Bold}, {languages, sheet.Plain}}, 9, 8.5, 8, 7.5, 7, 6.5, 6, 5.5)
		return
	}
	box.H /= 2
	across(p, box, where, []said{{examWords.Rooms.Zh, sheet.Bold}, {languages, sheet.Plain}}, 8.5, 8, 7.5, 7, 6.5, 6, 5.5)
	box.Y += box.H
	across(p, box, g.groupParts(), nil, 8, 7.5, 7, 6.5, 6, 5.5, 5, 4.5)
}

// fewGroups is how many groups of a mixed room are named with their whole numbers; of
// more the line would be too small to read, and every face has its number under it.
const fewGroups = 2

// groupParts are those of a mixed room with their numbers. Of many the level is said once
// for those that follow each other, and of the numbers only their ends.
func (r ExamRoom) groupParts() (out []said) {
	groups, level := r.Groups(), ""
	for i, one := range groups {
		if i > 0 {
			out = append(out, said{"　", sheet.Plain})
		}
		common, ends := numberRange(one.First, one.Last)
		text := one.Level + " " + one.Code + " " + one.Category + " " + common + " "
		if len(groups) > fewGroups {
			if text = one.Code + " " + one.Category + " "; one.Level != level {
				text = one.Level + " " + text
			}
			level = one.Level
		}
		out = append(out, said{text, sheet.Plain}, said{ends, sheet.Bold})
	}
	return out
}

// place is where a seat is drawn.
func (g chart) place(seat int) sheet.Rect {
	at := g.Grid.Seats[seat-1]
	return g.cell(at.Column, at.Row)
}

// cell is where a place of the grid is drawn.
func (g chart) cell(column, row int) sheet.Rect {
	x, y := column-1, g.rows-row
	if g.View == ToLectern {
		x, y = g.columns-column, row-1
	}
	return sheet.Rect{X: sheet.FrameX + g.w*sheet.MM(x), Y: g.top + g.h*sheet.MM(y), W: g.w, H: g.h}
}

// grid is everybody in her place; a place without anybody is struck out.
func (g chart) grid(p *sheet.Press) {
	taken := map[[2]int]bool{}
	for i, s := range g.Sitters {
		at := g.Grid.Seats[s.Seat-1]
		taken[[2]int{at.Column, at.Row}] = true
		switch {
		case g.h < chartFlat:
			g.flat(p, g.place(s.Seat), s, g.faces[i])
		default:
			g.tall(p, g.place(s.Seat), s, g.faces[i])
		}
	}
	for column := 1; column <= g.columns; column++ {
		for row := 1; row <= g.rows; row++ {
			if !taken[[2]int{column, row}] {
				p.Slant(g.cell(column, row))
			}
		}
	}
	gridLines(p, sheet.Rect{X: sheet.FrameX, Y: g.top, W: sheet.FrameW, H: chartH}, g.columns, g.rows)
}

// tall is a cell with the name under the photo.
func (g chart) tall(p *sheet.Press, r sheet.Rect, s Sitter, face sheet.Portrait) {
	const pad, foot, line sheet.MM = 1.25, .6, 3.75
	p.Photo(sheet.Rect{X: r.X + pad, Y: r.Y + pad, W: photoW, H: photoH}, face, false)
	side := sheet.Rect{X: r.X + pad + photoW + .1, W: r.W - pad - photoW - .1 - pad}
	size, wide := []sheet.Pt{23, 20}, true
	if r.W < 32 { // six columns
		size, wide = []sheet.Pt{18, 16}, false
		side.W += .65
	}
	at := func(y, h sheet.MM) sheet.Rect { return sheet.Rect{X: side.X, Y: r.Y + y, W: side.W, H: h} }
	p.Say(at(.6, 10), seatText(s.Seat), sheet.Bold, sheet.Right, size...)
	p.Say(at(12.5, line), g.sex(s), sheet.Plain, sheet.Right, 8, 7, 6, 5, 4)
	g.tongue(p, at(17.5, 4.6), s)
	g.tick(p, at(22.6, line))
	end := r.Bottom() - foot - line
	number := sheet.Rect{X: r.X + pad, Y: end, W: r.W - 2*pad, H: line}
	if wide {
		w := p.Say(number, s.Last4, sheet.Plain, sheet.Right, 8.5, 7.5, 6.5)
		number.W -= w + 1
	} else { // both on one line are wider than the cell
		end -= line
		p.Say(sheet.Rect{X: number.X, Y: end, W: number.W, H: line}, s.Last4, sheet.Plain, sheet.Left, 8.5, 7.5, 6.5)
	}
	p.Say(number, sheet.Grouped(s.Number), sheet.Plain, sheet.Left, 8.5, 8, 7.5, 7, 6.5, 6, 5.5, 5)
	p.Name(sheet.Rect{X: r.X + pad, Y: r.Y + 26.5, W: r.W - pad - .8, H: end - r.Y - 26.5}, s.Name.Reveal(), sheet.Left, examWords.Name.Zh, 6.5, 15, 12, 10, 8.5)
}

// flat is a cell with everything right of the photo.
func (g chart) flat(p *sheet.Press, r sheet.Rect, s Sitter, face sheet.Portrait) {
	const pad, line sheet.MM = 1.25, 3.5
	p.Photo(sheet.Rect{X: r.X + pad, Y: r.Y + pad, W: photoW, H: photoH}, face, false)
	x := r.X + 22.5
	w := r.Right() - .5 - x
	p.Tick(sheet.Rect{X: x + .5, Y: r.Y + pad, W: 3.25, H: 3.75}, 3.25, false)
	p.Say(sheet.Rect{X: x + 4.75, Y: r.Y + pad, W: 4, H: 3.75}, examWords.Here.Zh, sheet.Plain, sheet.Left, 7)
	p.Say(sheet.Rect{X: x + 9, Y: r.Y + .6, W: r.Right() - pad - x - 9, H: 8.75}, seatText(s.Seat), sheet.Bold, sheet.Right, 22, 20)
	p.Say(sheet.Rect{X: x, Y: r.Y + 9.4, W: r.Right() - 8 - x, H: 4.6}, g.sex(s), sheet.Plain, sheet.Right, 8, 7, 6)
	g.tongue(p, sheet.Rect{X: r.Right() - pad - 6.5, Y: r.Y + 9.3, W: 6.5, H: 4.3}, s)
	p.Name(sheet.Rect{X: x, Y: r.Y + 13.55, W: w, H: 7.15}, s.Name.Reveal(), sheet.Left, examWords.Name.Zh, 6.5, 14, 12, 10, 8.5)
	y := r.Bottom() - .6 - 2*line
	p.Say(sheet.Rect{X: x, Y: y, W: w, H: line}, s.Last4, sheet.Plain, sheet.Left, 7, 6)
	p.Say(sheet.Rect{X: x, Y: y + line, W: w, H: line}, sheet.Grouped(s.Number), sheet.Plain, sheet.Left, 7, 6.5, 6, 5.5, 5, 4.5, 4)
}

// sex is her sex; in a mixed room the code of her category stands before it.
func (g chart) sex(s Sitter) string {
	if g.Mixed && s.Code != "" {
		return s.Code + " " + s.Sex
	}
	return s.Sex
}

// tongue is her language, right in its box.
func (g chart) tongue(p *sheet.Press, r sheet.Rect, s Sitter) {
	language := short(s.Language)
	switch {
	case language == "":
	case s.Foreign:
		w := min(p.Width(language, sheet.Bold, 10.5)+1.8, r.W)
		p.Tag(sheet.Rect{X: r.Right() - w, Y: r.Y, W: w, H: r.H}, language, 10.5, 9)
	default:
		p.Say(r, language, sheet.Bold, sheet.Right, 10.5, 9)
	}
}

// tick is the box to tick for who is here.
func (g chart) tick(p *sheet.Press, r sheet.Rect) {
	w := p.Say(r, examWords.Here.Zh, sheet.Plain, sheet.Right, 7)
	p.Tick(sheet.Rect{X: r.Right() - w - .9 - 3.25, Y: r.Y, W: 3.25, H: r.H}, 3.25, false)
}

// front is where door and lectern are.
func (g chart) front(p *sheet.Press) {
	y, door, rest := g.top+chartH+chartGap, sheet.FrameX, sheet.FrameX+g.w
	words := examWords.LecternHere.Zh
	if g.View == ToLectern {
		y, door, rest = g.top-chartGap-chartFront, sheet.FrameX+sheet.FrameW-g.w, sheet.FrameX
		words = examWords.LecternThere.Zh
	}
	lectern := sheet.Rect{X: rest + (sheet.FrameW-g.w-chartDesk)/2, Y: y, W: chartDesk, H: chartFront}
	openBox(p, sheet.Rect{X: door, Y: y, W: g.w, H: chartFront}, g.View == ToLectern, examWords.DoorHere.Zh)
	openBox(p, lectern, g.View == ToLectern, words)
}

// hash names layout and wording.
func (g chart) hash() string {
	return templateHash("chart", chartVersion, chartLine, chartH, chartFront, chartGap, chartDesk, chartFlat, photoW, photoH, g.Grid.Name, g.View, g.Campaign, examWords)
}
