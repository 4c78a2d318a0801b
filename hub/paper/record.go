package paper

import (
	"fmt"
	"strconv"

	"zhunkao/protocol/sheet"
)

// RoomRecord is paper 08 (考场情况记录单), two copies for each sitting: how many came, who
// did not, and what happened. The labels of the absent come from paper 09.
type RoomRecord struct{ ExamRoom }

const recordVersion = 1

// Measures of paper 08, part of the template's hash.
const (
	recordLine   sheet.MM = 10
	recordBox    sheet.MM = 22.5
	recordCellH  sheet.MM = 10
	recordCells           = 15 // seats a row
	recordGap    sheet.MM = 1.25
	recordPlaces          = 12
	recordRow    sheet.MM = 10
	recordRows            = 3
	recordSign   sheet.MM = 15
)

// recordColumns are seat, name, facts, article, signature.
var recordColumns = []sheet.MM{15, 32.5, 82.5, 20, 25}

// Layout sets two copies for each sitting of the room.
func (r RoomRecord) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	out := &sheet.Document{Title: examWords.Record.Zh, Printed: r.Printed}
	for _, v := range r.Sittings {
		for n := range 2 {
			p := sheet.NewPress(f)
			r.frame(p, "08", examWords.Record.Zh, fmt.Sprintf(examWords.Copies.Zh, n+1), recordVersion, r.hash(), r.keys(examWords.Sitting.Zh, strconv.Itoa(v.Number))...)
			r.headline(p, recordLine, v)
			y := r.counts(p, sheet.FrameTop+recordLine, v)
			y = r.absent(p, y, v)
			y = r.places(p, y)
			y = r.breaches(p, y)
			r.signatures(p, y+2.5)
			p.Appendix(sheet.Rect{X: sheet.FrameX, Y: y + 2.5 + recordSign + 5, W: sheet.FrameW, H: sheet.FrameEnd - y - 2.5 - recordSign - 5})
			page, err := p.Page()
			if err != nil {
				return nil, err
			}
			out.Pages = append(out.Pages, page)
		}
	}
	return out, nil
}

// counts are the three that the site looks for, and two more.
func (r RoomRecord) counts(p *sheet.Press, y sheet.MM, v RoomSitting) sheet.MM {
	const w = sheet.FrameW / 5
	for i, label := range []string{examWords.Expected.Zh, examWords.Present.Zh, examWords.Missing.Zh, recordWords.Breach.Zh, recordWords.Spare.Zh} {
		x := sheet.FrameX + w*sheet.MM(i)
		p.Say(sheet.Rect{X: x + 2, Y: y + 1.75, W: w - 4, H: 5}, label, sheet.Plain, sheet.Left, 9)
		unit := examWords.One.Zh
		if i == 4 {
			unit = recordWords.Copies.Zh
		}
		if i == 0 {
			p.Say(sheet.Rect{X: x + 2, Y: y + 7, W: w - 4.5, H: 15}, strconv.Itoa(v.Expected()), sheet.Bold, sheet.Right, 34)
		} else {
			p.LeftOf(x, y, recordBox, sheet.Rule)
			p.Say(sheet.Rect{X: x + 2, Y: y + recordBox - 7.5, W: w - 4.5, H: 5}, unit, sheet.Plain, sheet.Right, 9)
		}
	}
	p.Box(sheet.Rect{X: sheet.FrameX, Y: y, W: sheet.FrameW, H: recordBox}, sheet.Heavy)
	return y + recordBox
}

// absent are the seats to strike out. One that nobody has in this sitting is struck out
// already.
func (r RoomRecord) absent(p *sheet.Press, y sheet.MM, v RoomSitting) sheet.MM {
	y = section(p, y, recordWords.AbsentSeats.Zh, recordWords.AbsentNote.Zh)
	const w = sheet.FrameW / recordCells
	writes := v.papers()
	seats := len(r.Grid.Seats)
	rows := (seats + recordCells - 1) / recordCells
	for i := range rows * recordCells {
		cell := sheet.Rect{X: sheet.FrameX + w*sheet.MM(i%recordCells), Y: y + recordCellH*sheet.MM(i/recordCells), W: w, H: recordCellH}
		if _, ok := writes[i+1]; ok {
			p.Say(cell, seatText(i+1), sheet.Bold, sheet.Centre, 13)
		} else {
			p.Slant(cell)
		}
	}
	gridLines(p, sheet.Rect{X: sheet.FrameX, Y: y, W: sheet.FrameW, H: recordCellH * sheet.MM(rows)}, recordCells, rows)
	p.Under(sheet.FrameX, y+sheet.MM(sheet.Rule), sheet.FrameW, sheet.Rule)
	return y + recordCellH*sheet.MM(rows)
}

// places are where the labels of the absent are stuck.
func (r RoomRecord) places(p *sheet.Press, y sheet.MM) sheet.MM {
	y = section(p, y, recordWords.Codes.Zh, recordWords.CodesNote.Zh)
	for i := range recordPlaces {
		x, top := sheet.FrameX+(barW+recordGap)*sheet.MM(i%3), y+(barH+recordGap)*sheet.MM(i/3)
		for _, l := range [][2]sheet.Point{{{X: x, Y: top}, {X: x + barW, Y: top}}, {{X: x, Y: top + barH}, {X: x + barW, Y: top + barH}}, {{X: x, Y: top}, {X: x, Y: top + barH}}, {{X: x + barW, Y: top}, {X: x + barW, Y: top + barH}}} {
			p.Cut(l[0], l[1])
		}
		p.Say(sheet.Rect{X: x + 1.5, Y: top + 1, W: 6, H: 3.75}, strconv.Itoa(i+1), sheet.Plain, sheet.Left, 7)
	}
	return y + (barH+recordGap)*recordPlaces/3
}

// breaches are put down by hand, and the candidate signs.
func (r RoomRecord) breaches(p *sheet.Press, y sheet.MM) sheet.MM {
	y = section(p, y, recordWords.Breaches.Zh, recordWords.BreachesNote.Zh)
	p.Head(sheet.FrameX, y, recordColumns, []string{examWords.Seat.Zh, examWords.Name.Zh, recordWords.Facts.Zh, recordWords.Article.Zh, recordWords.Sign.Zh})
	y += 5
	x := sheet.FrameX
	for _, w := range recordColumns[:len(recordColumns)-1] {
		x += w
		p.LeftOf(x-sheet.MM(sheet.Hair), y, recordRow*recordRows, sheet.Hair)
	}
	for range recordRows {
		y += recordRow
		p.Under(sheet.FrameX, y, sheet.FrameW, sheet.Hair)
	}
	return y
}

// signatures are of both invigilators and of who checks.
func (r RoomRecord) signatures(p *sheet.Press, y sheet.MM) {
	const gap sheet.MM = 7.5
	each := (sheet.FrameW - 3*gap) / 3.7
	for i, s := range []string{examWords.Keeper.Zh, examWords.Keeper2.Zh, recordWords.Head.Zh, recordWords.Time.Zh} {
		w := each
		if i == 3 {
			w = each * .7
		}
		p.SignAt(sheet.FrameX+(each+gap)*sheet.MM(i), y, w, recordSign, s)
	}
}

// hash names layout and wording.
func (r RoomRecord) hash() string {
	return templateHash("record", recordVersion, recordLine, recordBox, recordCellH, recordCells, recordGap, recordPlaces, recordRow, recordRows, recordColumns, recordSign, r.Campaign, examWords, recordWords)
}
