package paper

import (
	"fmt"
	"strconv"
	"time"

	"zhunkao/protocol/sheet"
)

// BagCovers is paper 10 (试卷袋、答题卡袋封面): for each question paper of each sitting a
// cover for the bag of papers and one for the bag of answer sheets. What is looked for is
// the subject, then the room.
type BagCovers struct{ ExamRoom }

// Bag is what lies in one.
type Bag int

// The bags, as their codes begin.
const (
	QuestionBag Bag = 91
	AnswerBag   Bag = 92
)

// BagCode is the number of a bag, 14 digits, never of a ticket's length: its kind, the
// area, the room, the sitting and how many copies. Several bags of one room and sitting,
// of languages or of the subjects of a mixed room, differ in the tens of the sitting: nth
// is 0 for the first. "" if a part has not its length.
func BagCode(kind Bag, area, room string, sitting, nth, copies int) string {
	n, err := strconv.Atoi(room)
	out := fmt.Sprintf("%02d%s%04d%d%d%02d", int(kind), area, n, nth, sitting, copies)
	if err != nil || len(area) != 4 || len(out) != 14 {
		return ""
	}
	return out
}

const bagsVersion = 1

// Measures of paper 10, from top to bottom, part of the template's hash.
const (
	bagLineAt  sheet.MM = 22.5 // the sealing lines
	bagLineEnd sheet.MM = 268
	bagHead    sheet.MM = 27.5
	bagSubject sheet.MM = 45
	bagSubW    sheet.MM = 112
	bagBand    sheet.MM = 37.5
	bagInfo    sheet.MM = 27.5
	bagCounts  sheet.MM = 22.5
	bagAbsent  sheet.MM = 20
	bagBreach  sheet.MM = 15
	bagModule  sheet.MM = .33
	bagBars    sheet.MM = 12.5
)

var bagColumns = []sheet.MM{85, 55, 35} // room, copies, sitting

// Layout sets the covers in the order of sittings, papers, questions and answers.
func (b BagCovers) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	out := &sheet.Document{Title: examWords.Questions.Zh, Printed: b.Printed}
	for _, v := range b.Sittings {
		for n, c := range v.Subjects {
			if c.Expected() == 0 {
				continue
			}
			for _, kind := range []Bag{QuestionBag, AnswerBag} {
				p := sheet.NewPress(f)
				b.cover(p, kind, v, n, c)
				page, err := p.Page()
				if err != nil {
					return nil, err
				}
				out.Pages = append(out.Pages, page)
			}
		}
	}
	return out, nil
}

// cover is one of them.
func (b BagCovers) cover(p *sheet.Press, kind Bag, v RoomSitting, nth int, c SubjectCount) {
	title := examWords.Questions.Zh
	if kind == AnswerBag {
		title = examWords.Answers.Zh
	}
	p.Foot(b.foot("10", title, examWords.OnePage.Zh, bagsVersion, b.hash(kind)))
	b.sealing(p)
	b.head(p, kind, title, v, nth, c)
	x, w := sheet.FrameX, sheet.FrameW
	y := bagHead + 20
	p.Fill(sheet.Rect{X: x, Y: y + 2, W: bagSubW, H: bagSubject - 4}, c.Paper(), sheet.Bold, examWords.Subject.Zh, 2, 15, 72, 60, 48, 40)
	p.Say(sheet.Rect{X: x + bagSubW, Y: y + 12.5, W: w - bagSubW, H: 10}, day(v.From)+" "+weekday(v.From), sheet.Bold, sheet.Right, 20, 18, 16)
	p.Say(sheet.Rect{X: x + bagSubW, Y: y + 22.5, W: w - bagSubW, H: 10}, half(v.From)+" "+hours(v), sheet.Bold, sheet.Right, 20, 18, 16)
	y += bagSubject
	p.Under(x, y, w, sheet.Heavy)
	at := x
	for i, k := range [][2]string{{examWords.Room.Zh, b.Room}, {bagWords.Copies.Zh, strconv.Itoa(c.Expected())}, {examWords.Sitting.Zh, strconv.Itoa(v.Number)}} {
		left, in := at, sheet.MM(0)
		if i > 0 {
			p.LeftOf(at, y, bagBand, sheet.Hair)
			in = 5
		}
		p.Say(sheet.Rect{X: left + in, Y: y + 2.5, W: bagColumns[i] - in, H: 5}, k[0], sheet.Plain, sheet.Left, 9)
		p.Say(sheet.Rect{X: left + in, Y: y + 7.5, W: bagColumns[i] - in, H: 27.5}, k[1], sheet.Bold, sheet.Left, 60, 52, 44, 36)
		at += bagColumns[i]
	}
	y += bagBand
	p.Under(x, y, w, sheet.Heavy)
	b.info(p, y, c)
	b.fill(p, y+bagInfo, kind, c)
}

// sealing are the two lines between which the cover lies.
func (b BagCovers) sealing(p *sheet.Press) {
	for i, y := range []sheet.MM{bagLineAt, bagLineEnd} {
		p.Cut(sheet.Point{X: 0, Y: y}, sheet.Point{X: 210, Y: y})
		top := y - 10
		if i > 0 {
			top = y
		}
		p.Say(sheet.Rect{X: 75, Y: top, W: 60, H: 10}, bagWords.Line.Zh, sheet.Heading, sheet.Centre, 10.5)
	}
}

// head is the header, below the sealing line, with the code of the bag.
func (b BagCovers) head(p *sheet.Press, kind Bag, title string, v RoomSitting, nth int, c SubjectCount) {
	right := sheet.FrameX + sheet.FrameW
	code := BagCode(kind, b.Area, b.Room, v.Number, nth, c.Expected())
	if code != "" {
		w := p.BarsWidth(code, bagModule)
		right -= w
		p.Bars(right, bagHead, bagBars, bagModule, code)
		p.Say(sheet.Rect{X: right, Y: bagHead + bagBars + .75, W: w, H: 3.75}, code[:2]+" "+code[2:6]+" "+code[6:10]+" "+code[10:12]+" "+code[12:], sheet.Plain, sheet.Centre, 8)
		right -= 8.4
	}
	if kind == QuestionBag {
		open := v.From.Add(-time.Duration(b.Times.open()) * time.Minute)
		p.Say(sheet.Rect{X: right - 20, Y: bagHead, W: 20, H: 3.75}, bagWords.Opening.Zh, sheet.Plain, sheet.Right, 7)
		p.Say(sheet.Rect{X: right - 20, Y: bagHead + 3.75, W: 20, H: 12.5}, clock(open), sheet.Bold, sheet.Right, 16)
		right -= 25
	}
	w := right - sheet.FrameX - 5
	p.Say(sheet.Rect{X: sheet.FrameX, Y: bagHead, W: w, H: 5}, b.Campaign, sheet.Wording, sheet.Left, 9, 8, 7, 6, 5)
	p.Say(sheet.Rect{X: sheet.FrameX, Y: bagHead + 5, W: w, H: 10}, title, sheet.Heading, sheet.Left, 20)
	p.Under(sheet.FrameX, bagHead+20, sheet.FrameW, sheet.Heavy)
}

// info is where it belongs, and whose papers they are.
func (b BagCovers) info(p *sheet.Press, y sheet.MM, c SubjectCount) {
	box := sheet.Rect{X: sheet.FrameX, Y: y + 2.5, W: sheet.FrameW, H: 10}
	p.Fill(box, b.Site, sheet.Bold, examWords.Site.Zh, 2, 5, 14, 12, 10.5)
	box.Y += 10
	part := b.ExamRoom
	part.Sitters = nil
	for _, seat := range c.Seats {
		s, _ := b.at(seat)
		part.Sitters = append(part.Sitters, s)
	}
	text := b.area() + "　" + part.who() + "　"
	if groups := part.Groups(); len(groups) == 1 && len(c.Seats) == c.Seats[len(c.Seats)-1]-c.Seats[0]+1 {
		text += fmt.Sprintf(bagWords.Numbers.Zh, numbers(groups[0].First, groups[0].Last))
	} else {
		text += fmt.Sprintf(bagWords.Seats.Zh, runs(c.Seats))
	}
	p.Fill(box, text, sheet.Plain, examWords.Seat.Zh, 2, 4.2, 10.5, 9.5, 9, 8)
	p.Under(sheet.FrameX, y+bagInfo, sheet.FrameW, sheet.Rule)
}

// fill is what is written by hand.
func (b BagCovers) fill(p *sheet.Press, y sheet.MM, kind Bag, c SubjectCount) {
	x, w := sheet.FrameX, sheet.FrameW
	for i, s := range []string{examWords.Expected.Zh, examWords.Present.Zh, examWords.Missing.Zh, bagWords.Packed.Zh} {
		at, in := x+w/4*sheet.MM(i), sheet.MM(0)
		if i > 0 {
			p.LeftOf(at, y, bagCounts, sheet.Hair)
			in = 2
		}
		n := p.Say(sheet.Rect{X: at + in, Y: y + 1.25, W: 30, H: 5}, s, sheet.Plain, sheet.Left, 9)
		if i == 0 {
			p.Say(sheet.Rect{X: at + n + 6, Y: y + 1.25, W: 20, H: 5}, strconv.Itoa(c.Expected()), sheet.Plain, sheet.Left, 9)
		}
	}
	y += bagCounts
	for i, s := range []string{bagWords.AbsentSeats.Zh, bagWords.BreachSeats.Zh} {
		p.Under(x, y, w, sheet.Rule)
		p.Say(sheet.Rect{X: x, Y: y + 1.25, W: 60, H: 5}, s, sheet.Plain, sheet.Left, 9)
		y += []sheet.MM{bagAbsent, bagBreach}[i]
	}
	p.Under(x, y, w, sheet.Rule)
	signs, law := bagWords.Witnesses.Zh, fmt.Sprintf(bagWords.Open.Zh, b.Times.open())
	if kind == AnswerBag {
		signs, law = bagWords.Packer.Zh, bagWords.Close.Zh
	}
	const gap sheet.MM = 7.5
	each := (w - 3*gap) / 4
	for i, s := range []string{signs, examWords.Keeper.Zh, examWords.Keeper2.Zh, bagWords.Receiver.Zh} {
		p.SignAt(x+(each+gap)*sheet.MM(i), y+12.5, each, 10, s)
	}
	p.Say(sheet.Rect{X: x, Y: y + 32.5, W: w, H: 5}, law, sheet.Wording, sheet.Left, 9, 8.5, 8)
	p.Appendix(sheet.Rect{X: x, Y: y + 38.5, W: w, H: bagLineEnd - y - 39})
}

// hash names layout and wording.
func (b BagCovers) hash(kind Bag) string {
	return templateHash("bags", kind, bagsVersion, bagLineAt, bagLineEnd, bagHead, bagSubject, bagSubW, bagBand, bagInfo, bagCounts, bagAbsent, bagBreach, bagModule, bagBars, bagColumns, b.Campaign, b.Times, examWords, bagWords)
}
