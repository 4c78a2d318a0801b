package paper

import (
	"strconv"

	"zhunkao/protocol/sheet"
)

// SignIn is paper 07 (考生签到表): a candidate signs on her own line, an invigilator counts.
// Each sitting has a sheet, with those who write in it and no others.
type SignIn struct{ ExamRoom }

const signInVersion = 1

// Measures of paper 07, part of the template's hash.
const (
	signInLine sheet.MM = 7.5
	signInRow  sheet.MM = 7.5
	signInTick sheet.MM = 3.25
)

// signInColumns are seat, name, number, document, language, signature, absent.
var signInColumns = []sheet.MM{12.5, 42.5, 32.5, 15, 12.5, 45, 15}

// Layout sets a sheet for each sitting of the room.
func (s SignIn) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	out := &sheet.Document{Title: examWords.SignIn.Zh, Printed: s.Printed}
	for _, v := range s.Sittings {
		p := sheet.NewPress(f)
		s.frame(p, "07", examWords.SignIn.Zh, "", signInVersion, s.hash(), s.keys(examWords.Expected.Zh, strconv.Itoa(v.Expected()))...)
		s.headline(p, signInLine, v)
		y := s.rows(p, sheet.FrameTop+signInLine, v)
		y = max(y, sheet.FrameTop+signInLine+5+signInRow*25) + 2.5
		s.counts(p, y)
		p.Appendix(sheet.Rect{X: sheet.FrameX, Y: y + 7.5, W: sheet.FrameW, H: 3.75})
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// rows are those who write in a sitting, in the order of seats.
func (s SignIn) rows(p *sheet.Press, y sheet.MM, v RoomSitting) sheet.MM {
	paper, several := v.papers(), len(v.Subjects) > 1
	tongue := examWords.Tongue.Zh
	if several && v.Subjects[0].Language == "" {
		tongue = examWords.Subject.Zh
	}
	s.header(p, y, tongue)
	y += 5
	top, n := y, 0
	for _, one := range s.Sitters {
		c, writes := paper[one.Seat]
		if !writes {
			continue
		}
		n++
		s.row(p, y, one, c, several)
		y += signInRow
		weight := sheet.Hair
		if n%5 == 0 {
			weight = sheet.Rule
		}
		p.Under(sheet.FrameX, y, sheet.FrameW, weight)
	}
	x := sheet.FrameX + signInColumns[0] + signInColumns[1] + signInColumns[2] + signInColumns[3] + signInColumns[4]
	for _, at := range []sheet.MM{x, x + signInColumns[5]} {
		p.LeftOf(at-sheet.MM(sheet.Hair), top-5, y-top+5, sheet.Hair)
	}
	return y
}

// header is the head of the table.
func (s SignIn) header(p *sheet.Press, y sheet.MM, tongue string) {
	x := sheet.FrameX
	p.Under(x, y+sheet.MM(sheet.Rule), sheet.FrameW, sheet.Rule)
	p.Under(x, y+5, sheet.FrameW, sheet.Rule)
	for i, name := range []string{examWords.Seat.Zh, examWords.Name.Zh, examWords.Number.Zh, examWords.Last4.Zh, tongue, examWords.Signature.Zh, examWords.Absent.Zh} {
		align := sheet.Left
		if i == 0 || i == 4 || i == 6 {
			align = sheet.Centre
		}
		p.Say(sheet.Rect{X: x + 1.25, Y: y + .3, W: signInColumns[i] - 1.4 - 1.1*sheet.MM(align), H: 4.4}, name, sheet.Plain, align, 7, 6.5, 6)
		x += signInColumns[i]
	}
}

// row is one candidate, with the paper that she writes where there are several.
func (s SignIn) row(p *sheet.Press, y sheet.MM, one Sitter, c SubjectCount, several bool) {
	x := sheet.FrameX
	cell := func(i int) sheet.Rect {
		r := sheet.Rect{X: x + 1.25, Y: y, W: signInColumns[i] - 2.5, H: signInRow - sheet.MM(sheet.Hair)}
		x += signInColumns[i]
		return r
	}
	p.Say(cell(0), seatText(one.Seat), sheet.Bold, sheet.Centre, 14)
	p.Name(cell(1), one.Name.Reveal(), sheet.Left, examWords.Name.Zh, 6, 12, 10, 9, 8)
	p.Say(cell(2), sheet.Grouped(one.Number), sheet.Plain, sheet.Left, 10, 9, 8, 7, 6)
	p.Say(cell(3), one.Last4, sheet.Plain, sheet.Left, 9, 8, 7)
	r := cell(4)
	text := short(one.Language)
	if several && c.Language == "" {
		text = c.Subject
	}
	if one.Foreign && text == short(one.Language) && text != "" {
		w := p.Width(text, sheet.Bold, 9) + 2
		p.Tag(sheet.Rect{X: r.X + (r.W-w)/2, Y: y + 1.25, W: w, H: 5}, text, 9)
	} else {
		p.Say(r, text, sheet.Plain, sheet.Centre, 9, 8, 7, 6, 5, 4)
	}
	cell(5)
	p.Tick(cell(6), signInTick, false)
}

// papers is what each seat writes in a sitting.
func (v RoomSitting) papers() map[int]SubjectCount {
	out := map[int]SubjectCount{}
	for _, c := range v.Subjects {
		for _, seat := range c.Seats {
			out[seat] = c
		}
	}
	return out
}

// counts is what the invigilators count and sign.
func (s SignIn) counts(p *sheet.Press, y sheet.MM) {
	x := sheet.FrameX
	say := func(text string) {
		x += p.Say(sheet.Rect{X: x, Y: y + 2.5, W: 30, H: 5}, text, sheet.Plain, sheet.Left, 10.5) + 1.25
	}
	line := func(w sheet.MM) {
		p.Sign(sheet.Rect{X: x, Y: y, W: w, H: 7.25})
		x += w + 1.25
	}
	say(examWords.Present.Zh)
	line(15)
	say(examWords.One.Zh)
	x += 3
	say(examWords.Absent.Zh)
	line(15)
	say(examWords.One.Zh)
	const sign, word, gap sheet.MM = 35, 16.25, 3
	for i, who := range []string{examWords.Keeper.Zh, examWords.Keeper2.Zh} {
		x = sheet.FrameX + sheet.FrameW - (sign+word)*sheet.MM(2-i) - gap*sheet.MM(1-i)
		say(who)
		p.Sign(sheet.Rect{X: x, Y: y, W: sign, H: 7.25})
	}
}

// hash names layout and wording.
func (s SignIn) hash() string {
	return templateHash("signin", signInVersion, signInLine, signInRow, signInTick, signInColumns, s.Campaign, examWords)
}
