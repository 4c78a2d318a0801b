package sheet

import (
	"strconv"
	"strings"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet/qr"
)

// blank holds for a form to be filled by hand: nothing stands for what is not
// known.
func (s *processCanvas) blank() bool { return s.p.Name == "" && s.p.Number == "" }

// or gives a dash for what was not entered.
func (s *processCanvas) or(v string) string {
	if v == "" && !s.blank() {
		return "—"
	}
	return v
}

// asked is the label and the value of a box, or those of what the campaign's form
// asks in its place.
func (s *processCanvas) asked(key string, label pair, text string) (string, string) {
	if f, ok := s.c.Instead(key); ok {
		return f.Zh, s.or(s.p.Instead[key])
	}
	return label.Zh, s.or(text)
}

// identity is the grid of the person and the photo, 75 high.
func (s *processCanvas) identity(y MM) MM {
	p := s.p
	body := sizes(10.5, 9, 8, 7.5, 7)
	two, small := body.then(8, 2, 3.5).then(6.5, 3, 2.65), body.then(7, 2, 3.5).then(6.5, 3, 2.65)
	education, educated := s.asked(form.Education, words.Education, p.Education)
	occupation, occupied := s.asked(form.Occupation, words.Occupation, p.Occupation)
	work, worked := s.asked(form.WorkDate, words.WorkDate, p.WorkDate)
	licence, licensed := s.asked(form.Licence, words.Licence, p.Licence)
	grid := [][]value{
		{{words.Name.Zh, p.Name.Reveal(), strong, sizes(22, 18, 15, 12).then(12, 2, 5).asName(), 10},
			{words.Sex.Zh, p.Sex, plain, sizes(14, 10.5, 9, 8, 7), 7.5},
			{words.Ethnic.Zh, p.Ethnic, plain, sizes(14, 12, 10.5, 9, 8, 7).then(7, 2, 3.5), 7.5}},
		{{words.Birth.Zh, s.or(p.Birth), plain, body, 5},
			{words.DocumentType.Zh, s.or(p.DocumentType), plain, two, 5},
			{words.DocumentNumber.Zh, s.or(p.DocumentNumber.Reveal()), strong, small, 5}},
		{{words.Politics.Zh, s.or(p.Politics), plain, small, 5},
			{education, educated, plain, two, 5},
			{words.Language.Zh, s.or(p.Language), plain, body, 5},
			{occupation, occupied, plain, small, 5}},
		{{words.School.Zh, s.or(p.School), plain, sizes(10.5, 9, 8, 7), 5},
			{words.GraduationDate.Zh, s.or(p.GraduationDate), plain, body, 5},
			{words.Diploma.Zh, s.or(p.Diploma), plain, body, 5}},
		{{work, worked, plain, body, 5},
			{licence, licensed, plain, body, 5},
			{words.PostCode.Zh, s.or(p.PostCode), plain, body, 5},
			{words.Phone.Zh, s.or(p.Phone), plain, body, 5}},
	}
	s.photoCell(Rect{marginL + 145, y, 30, 40})
	for i, row := range grid {
		s.cells(marginL, y, identityRows[i], identityColumns[i], row)
		y += identityRows[i]
	}
	h := identityRows[len(grid)]
	s.under(marginL, y+h, bodyW, hair)
	s.rightOf(marginL+bodyW, y, h, hair)
	s.label(Rect{marginL, y, 17.5, h}, words.Address.Zh)
	s.put(s.or(p.Address), place{box: Rect{marginL + 17.5, y + .5, 154, h - 1 - hair}, cell: Rect{marginL, y, bodyW, h},
		fit: sizes(10.5, 9).then(8, 4, 3.5), line: 5, label: words.Address.Zh})
	y += h
	s.atop(marginL, identityY, bodyW, rule)
	s.leftOf(marginL, identityY, y-identityY, hair)
	return y
}

// photoCell is the large photo in its cell.
func (s *processCanvas) photoCell(r Rect) {
	s.under(r.X, r.Bottom(), r.W, hair)
	s.rightOf(r.Right(), r.Y, r.H, hair)
	reason := s.p.NoPhoto
	if reason == "" && s.p.Provisional {
		reason = words.PhotoLater.Zh
	}
	if reason == "" && !s.blank() {
		reason = words.PhotoNone.Zh
	}
	s.photo(Rect{r.X + 1.25 - hair/2, r.Y + 2.5, 27.5, 35}, NewPortrait(s.p.Photo, reason))
}

// choices is the table of 志愿, or the one row of the category where that is all that
// is chosen; an empty form gets two rows to write in.
func (s *processCanvas) choices(y MM) MM {
	category := s.c.Form.Choose == form.ChooseCategory
	title, columns, least := words.Choice.Zh, choiceColumns, 2
	head := []string{words.Choice.Zh, words.Level.Zh, words.Category.Zh, words.College.Zh, words.Major.Zh, words.Form.Zh, words.Years.Zh}
	if category {
		title, columns, least = words.CategoryChosen.Zh, categoryColumns, 1
		head = []string{words.Examination.Zh, words.Category.Zh, words.Subjects.Zh}
	}
	s.section(y, title, "")
	y += 7.5
	s.head(marginL, y, columns, head)
	y += 5
	rows := s.p.Choices
	for len(rows) < least && s.blank() {
		rows = append(rows, campaign.ChoiceInWords{Order: len(rows) + 1})
	}
	for _, ch := range rows {
		x := marginL
		cells := []string{ordinal(ch.Order), ch.Level, ch.Category, ch.School, ch.Major, ch.Form, ch.Years}
		if category {
			cells = []string{ch.Level, ch.Category, s.or(ch.Subjects)}
		}
		for i, v := range cells {
			w := columns[i]
			cell := Rect{x, y, w, choiceRow}
			voice, l := plain, sizes(9, 8, 7.5, 7).then(7, 2, 3.5)
			if i == 0 {
				voice = strong
			}
			s.put(v, place{box: Rect{x + pad, y, w - pad - .5, choiceRow - hair}, cell: cell, v: voice, fit: l, label: words.Choice.Zh})
			x += w
		}
		s.under(marginL, y+choiceRow, bodyW, hair)
		y += choiceRow
	}
	return y
}

func ordinal(n int) string {
	ordinals := strings.Fields(words.Ordinals.Zh)
	if n < 1 || n > len(ordinals) {
		return strconv.Itoa(n)
	}
	return ordinals[n-1]
}

// claims is the row of bonus and exemption as claimed.
func (s *processCanvas) claims(y MM) MM {
	const h MM = 10
	s.atop(marginL, y, bodyW, rule)
	s.under(marginL, y+h, bodyW, hair)
	if len(s.c.Exemptions) == 0 && len(s.p.Exemptions) == 0 && s.c.Form.Choose == form.ChooseCategory {
		s.claim(Rect{marginL, y, bodyW, h}, 27.5, words.Bonus.Zh, s.p.Bonuses)
		return y + h
	}
	s.claim(Rect{marginL, y, 100, h}, 27.5, words.Bonus.Zh, s.p.Bonuses)
	s.claim(Rect{marginL + 100, y, 75, h}, 20, words.Exemption.Zh, s.p.Exemptions)
	return y + h
}

func (s *processCanvas) claim(r Rect, title MM, name string, claims []string) {
	s.say(Rect{r.X, r.Y, title, r.H}, name, heading, 9, left)
	some := option{words.Claimed.Zh, len(claims) > 0}
	if some.on {
		some.text = words.ClaimedAs.Zh
	}
	box := Rect{r.X + title, r.Y, r.W - title, r.H}
	x := s.options(box, 9, option{words.NotClaimed.Zh, !some.on && !s.blank()}, some)
	cell := Rect{x, r.Y + rule, r.Right() - x - pad, r.H - rule - hair}
	s.put(strings.Join(claims, words.ListBreak.Zh), place{box: cell, fit: sizes(9, 8, 7.5, 7).then(7, 2, 3.5).then(6.5, 3, 2.8), label: name})
}

// section is a heading of 7.5 with an optional note.
func (s *processCanvas) section(y MM, title, note string) {
	w := s.say(Rect{marginL, y, 40, 7.5}, title, heading, 10.5, left)
	x := marginL + w + 2.5
	s.say(Rect{x, y, marginL + bodyW - x, 7.5}, note, plain, 8, left)
}

// steps is the table to be signed: what the clerk looks at.
func (s *processCanvas) steps(y, row MM) MM {
	s.section(y, words.Steps.Zh, s.c.Process.Note)
	y += 7.5
	s.head(marginL, y, stepColumns, []string{"", words.StepItem.Zh, words.StepResult.Zh, words.StepClerk.Zh, words.StepTime.Zh})
	y += 5
	for i, step := range s.c.Process.Steps {
		s.step(y, row, i+1, step)
		y += row
	}
	return y
}

func (s *processCanvas) step(y, h MM, n int, step campaign.ProcessStep) {
	var done StepDone
	for _, d := range s.p.Steps {
		if d.Step == step.Key {
			done = d
		}
	}
	at := [5]MM{marginL}
	for i, w := range stepColumns[:4] {
		at[i+1] = at[i] + w
	}
	inner := h - hair
	s.say(Rect{at[0] + pad, y, stepColumns[0] - pad, inner}, strconv.Itoa(n), strong, 16, left)
	textTop := y + (inner-8.75)/2
	textW := stepColumns[1] - pad - .5
	x := at[1] + pad + s.say(Rect{at[1] + pad, textTop, textW, 5}, step.Zh, strong, 10.5, left)
	if step.Fee && s.p.FeeFen >= 0 && !s.blank() {
		x += Pt(10.5).MM()
		s.say(Rect{x, textTop, at[2] - x, 5}, yuan(s.p.FeeFen), plain, 10.5, left)
	}
	if done.Remark == "" {
		s.say(Rect{at[1] + pad, textTop + 5, textW, 3.75}, step.Note, plain, 8, left)
	} else {
		s.put(done.Remark, place{box: Rect{at[1] + pad, textTop + 5, textW, 3.75}, v: strong, fit: sizes(8, 7.5, 7, 6.5), label: step.Zh})
	}

	var opts []option
	for _, r := range step.Results {
		count := "\u3000"
		if done.Count > 0 {
			count = " " + strconv.Itoa(done.Count) + " "
		}
		opts = append(opts, option{strings.ReplaceAll(r.Zh, "{n}", count), contains(done.Results, r.Key)})
	}
	s.options(Rect{at[2] + pad, y, stepColumns[2] - pad - .5, inner}, 9, opts...)
	s.say(Rect{at[4] + pad, y, stepColumns[4] - pad, inner}, stepTime(done.At), plain, 8, left)
	s.leftOf(at[3], y, h, hair)
	s.leftOf(at[4], y, h, hair)
	s.under(marginL, y+h, bodyW, hair)
}

func contains(all []string, s string) bool {
	for _, x := range all {
		if x == s {
			return true
		}
	}
	return false
}

// signatures is the declaration, the candidate's signature and day, the head
// of the point and the place of the seal.
func (s *processCanvas) signatures(y MM) MM {
	x := marginL
	s.put(s.c.Process.Declaration, place{box: Rect{x, y, 92.5, 10.5}, v: wording, up: top,
		fit: sizes(9).then(9, 2, 5).then(8, 3, 3.5).then(7, 3, 3.5), line: 5, label: words.Declaration.Zh})
	s.sign(x, y+10, 55, 10, words.SignCandidate.Zh)
	s.sign(x+60, y+10, 30, 10, words.Date.Zh)
	s.sign(x+97.5, y+10, 32.5, 10, words.SignPoint.Zh)
	s.seal(Rect{x + 135, y, 40, signH}, words.SealPoint.Zh)
	return y + signH
}

// slip is the band with the signed code that opens the order at the portal.
// What was cut elsewhere stands beside the code, for there is no room below.
func (s *processCanvas) slip(y MM) error {
	code, err := qr.Encode(s.p.Slip, qr.M)
	if err != nil {
		return ErrSlip
	}
	h := min(slipH, bodyEnd-y)
	if h < slipLeast || (h-.5)/MM(code.Size+8) < leastModule {
		return ErrSlip
	}
	s.page.line(Point{marginL, y}, Point{marginL + bodyW, y}, hair)
	s.page.lines[len(s.page.lines)-1].dashed = true
	s.qr(Rect{marginL - 1, y + .5, h - .5, h - .5}, code)
	x := marginL + h + 1.5
	w := marginL + bodyW - x
	s.say(Rect{x, y + 1.5, w, 5}, words.Slip.Zh, heading, 10.5, left)
	s.put(s.p.SlipText, place{box: Rect{x, y + 6.5, w, 7.5}, fit: sizes(9).then(8, 2, 3.5).then(7, 2, 3.5), line: 5, up: top, label: words.Slip.Zh})
	s.appendix(Rect{x, y + 14, w, footerY - .5 - (y + 14)})
	return nil
}
