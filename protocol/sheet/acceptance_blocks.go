package sheet

import (
	"fmt"
	"strconv"
)

// reversed is white on black that stands close; the header's tag is wider set.
var reversed = voice{bold: true, grey: 255}

// verdictKey is the verdict at the right of the header: plain where all is well,
// white on black where something failed, framed where somebody must look.
func (s *acceptanceCanvas) verdictKey(right, w MM) {
	s.say(Rect{right - w, marginT, w, 3.75}, words.AcceptanceVerdict.Zh, plain, 7, alignRight)
	const size Pt = 22
	word := s.a.Verdict.String()
	if word == "" {
		s.under(right-w+10, marginT+15, w-10, boxed)
		return
	}
	v, edge := strong, MM(0)
	switch s.a.Verdict {
	case VerdictFail:
		v, edge = reversed, 2.5
	case VerdictAsk:
		edge = 2.5
	}
	wide := width(s.fonts.letters(word, v), size, v)
	r := Rect{right - wide - 2*edge, marginT + 4.5, wide + 2*edge, 11.5}
	switch s.a.Verdict {
	case VerdictFail:
		s.page.area(0, false, r)
	case VerdictAsk:
		s.frame(r, heavy)
	}
	s.say(Rect{r.X + edge, r.Y, wide, r.H}, word, v, size, left)
}

// identity is the office and its computer, 20 high.
func (s *acceptanceCanvas) identity(y MM) MM {
	from := y
	body := sizes(10.5, 9, 8, 7.5, 7).then(6.5, 2, 2.65)
	s.cells(marginL, y, 10, acceptanceOffice, []value{
		{words.OfficeName.Zh, s.a.Name, strong, body, 5}, {words.OfficeKind.Zh, s.a.Office, plain, body, 5}, {words.LookedAt.Zh, localTime(s.a.Printed, "2006-01-02 15:04"), plain, body, 5}})
	y += 10
	s.cells(marginL, y, 10, acceptanceMachine, []value{
		{words.Computer.Zh, s.a.Machine, plain, body, 5}, {words.Processor.Zh, s.a.CPU, plain, body, 5}, {words.System.Zh, s.a.System, plain, body, 5}})
	y += 10
	s.atop(marginL, from, bodyW, rule)
	s.leftOf(marginL, from, y-from, hair)
	return y
}

// counts is the key box: how many lines stand how, and what to do now.
func (s *acceptanceCanvas) counts(y MM) MM {
	n := map[Verdict]int{}
	for _, l := range s.a.Lines {
		n[l.Verdict]++
	}
	x := marginL
	for i, v := range []Verdict{VerdictPass, VerdictFail, VerdictAsk} {
		r := Rect{x, y, acceptanceCounts[i], acceptanceBox}
		voice := strong
		if v == VerdictFail && n[v] > 0 {
			s.page.area(0, false, Rect{r.X + 1.5, r.Y + 5, r.W - 3, r.H - 6.5})
			voice = reversed
		}
		if v == VerdictAsk && n[v] > 0 {
			s.frame(Rect{r.X + 1.5, r.Y + 5, r.W - 3, r.H - 6.5}, heavy)
		}
		s.say(Rect{r.X + pad, r.Y + 1, r.W - 2*pad, 3.75}, v.String(), plain, 7, centre)
		if s.a.Verdict != VerdictNone {
			s.say(Rect{r.X + 2, r.Y + 5, r.W - 4, r.H - 6.5}, strconv.Itoa(n[v]), voice, 24, centre)
		}
		s.rightOf(r.Right(), r.Y, r.H, hair)
		x += r.W
	}
	next := map[Verdict]string{VerdictPass: words.AcceptancePassed.Zh, VerdictFail: words.AcceptanceFailed.Zh, VerdictAsk: words.AcceptanceAsked.Zh}[s.a.Verdict]
	if s.a.Verdict == VerdictFail && n[VerdictAsk] > 0 {
		next += words.AcceptanceToo.Zh
	}
	r := Rect{x, y, acceptanceCounts[3], acceptanceBox}
	s.say(Rect{r.X + 2.5, r.Y + 1, r.W - 5, 3.75}, words.Next.Zh, plain, 7, left)
	box := Rect{r.X + 2.5, r.Y + 4.75, r.W - 5, r.H - 6}
	if s.a.Verdict != VerdictPass { // the last word is a person's
		box = Rect{box.X, r.Y + 4.5, box.W, 8.5}
		foot := Rect{box.X, r.Y + 13.75, box.W, 5}
		w := s.say(foot, words.AfterReview.Zh, strong, 9, left)
		s.options(Rect{foot.X + w, foot.Y, foot.W - w, foot.H}, 9, option{text: words.Pass.Zh}, option{text: words.PassDespite.Zh}, option{text: words.Fail.Zh})
	}
	s.put(next, place{box: box, cell: r, v: wording, fit: sizes(10.5).then(9.5, 2, 4).then(9, 2, 4).then(8, 2, 4), label: words.Next.Zh})
	s.frame(Rect{marginL, y, bodyW, acceptanceBox}, heavy)
	return y + acceptanceBox
}

// table is the lines.
func (s *acceptanceCanvas) table(y MM) MM {
	w := s.say(Rect{marginL, y, 40, 7.5}, words.OneByOne.Zh, heading, 10.5, left)
	if s.a.Source != "" {
		s.put(fmt.Sprintf(words.LeastSource.Zh, s.a.Source), place{box: Rect{marginL + w + 2.5, y, bodyW - w - 2.5, 7.5}, fit: sizes(8, 7.5, 7, 6.5), label: words.Source.Zh})
	}
	y += 7.5
	s.head(marginL, y, acceptanceColumns, []string{"", words.Item.Zh, words.Least.Zh, words.Found.Zh, words.Verdict.Zh, words.Deal.Zh})
	y += 5
	for i, l := range s.a.Lines {
		s.line(y, i+1, l)
		y += acceptanceRow
	}
	return y
}

// line is one requirement, 15 high.
func (s *acceptanceCanvas) line(y MM, n int, l AcceptanceLine) {
	var at [6]MM
	x := marginL
	for i, w := range acceptanceColumns {
		at[i] = x
		x += w
	}
	box := func(i int, h MM) Rect { return Rect{at[i] + pad, y + .75, acceptanceColumns[i] - pad - .75, h} }
	const whole = acceptanceRow - 1.5
	number := Rect{at[0], y, acceptanceColumns[0], acceptanceRow - hair}
	voice, voiceFound := plain, plain
	switch l.Verdict {
	case VerdictFail:
		s.page.area(0, false, number)
		voice, voiceFound = reversed, strong
	case VerdictAsk:
		s.frame(number, heavy)
		voice = strong
	}
	s.say(number.inset(heavy), strconv.Itoa(n), voice, 12, centre)
	small := sizes(9, 8).then(9, 2, 4).then(8, 2, 3.5).then(8, 3, 3.5).then(7, 3, 3).then(6.5, 4, 2.65)
	s.put(l.Item, place{box: box(1, whole), v: strong, fit: sizes(10.5, 9.5).then(10.5, 2, 5).then(9, 2, 4).then(8, 3, 3.5), label: words.Item.Zh})
	s.put(l.Want, place{box: box(2, whole), fit: small, label: words.Least.Zh})
	found := box(3, whole)
	if l.Verdict == VerdictAsk { // room to write what the machine did not tell
		found.H = 8.25
		small = sizes(9, 8).then(8, 2, 3.5).then(7, 2, 3.5).then(6.5, 3, 2.65)
		s.under(found.X, y+acceptanceRow-2, found.W-1, boxed)
	}
	s.put(l.Found, place{box: found, v: voiceFound, fit: small, label: l.Item})
	s.verdict(Rect{at[4], y, acceptanceColumns[4], acceptanceRow - hair}, l.Verdict)
	s.deal(Rect{at[5], y, acceptanceColumns[5], acceptanceRow}, l)
	for _, i := range []int{1, 3, 4, 5} {
		s.leftOf(at[i], y, acceptanceRow, hair)
	}
	s.under(marginL, y+acceptanceRow, bodyW, hair)
}

// verdict is two boxes to tick and, unless all is well, the black tag.
func (s *acceptanceCanvas) verdict(r Rect, v Verdict) {
	const size Pt = 9
	if v == VerdictSpare {
		s.say(Rect{r.X + pad, r.Y, r.W - 2*pad, r.H}, v.String(), plain, size, left)
		return
	}
	for i, o := range []Verdict{VerdictPass, VerdictFail} {
		s.options(Rect{r.X + pad, r.Y + 1.75 + 5.75*MM(i), 15.5, 5.75}, size, option{o.String(), v == o})
	}
	if v != VerdictFail && v != VerdictAsk {
		return
	}
	const tagH MM = 7
	w := width(s.fonts.letters(v.String(), reversed), size, reversed) + 2.5
	tag := Rect{r.Right() - w - 1, r.Y + (r.H-tagH)/2, w, tagH}
	s.page.area(0, false, tag)
	s.say(tag, v.String(), reversed, size, centre)
}

// deal is what to do about a line, and who signs for it.
func (s *acceptanceCanvas) deal(r Rect, l AcceptanceLine) {
	caption := map[Verdict]string{VerdictFail: words.DeviationBy.Zh, VerdictAsk: words.LookedBy.Zh}[l.Verdict]
	inner := Rect{r.X + pad, r.Y + .75, r.W - pad - .5, 7.75}
	if caption == "" {
		return
	}
	s.put(l.Remedy, place{box: inner, cell: r, up: top, fit: sizes(8).then(8, 2, 3.5).then(7, 2, 3.25).then(6.5, 3, 2.55), line: 4, label: fmt.Sprintf(words.DealOf.Zh, l.Item)})
	base := r.Bottom() - 2
	w := s.say(Rect{inner.X, base - 3.5, 15, 3.75}, caption, plain, 7, left)
	s.under(inner.X+w+1, base, inner.W-w-1.5, boxed)
}

// remarks is room to write, or what was cut elsewhere, whole.
func (s *acceptanceCanvas) remarks(r Rect) {
	s.frame(r, hair)
	s.label(r, words.Remarks.Zh)
	inner := Rect{r.X + 10, r.Y + .75, r.W - 11.25, r.H - 1.5}
	if len(s.over) > 0 {
		s.appendix(inner)
		return
	}
	for y := r.Y + 10; y < r.Bottom()-2.5; y += 10 {
		s.under(inner.X, y, inner.W, hair)
	}
}

// signatures is the wording, two signatures with their days and the seal.
func (s *acceptanceCanvas) signatures(y MM) {
	s.put(words.AcceptanceOath.Zh, place{box: Rect{marginL, y, 130, 10.5}, v: wording, up: top, fit: sizes(9).then(9, 2, 5).then(8, 3, 3.5), line: 5, label: words.Declaration.Zh})
	x := marginL
	for _, line := range []struct {
		w       MM
		caption string
		gap     MM
	}{{40, words.SignTechnician.Zh, 2.5}, {20, words.Date.Zh, 5}, {40, words.SignHead.Zh, 2.5}, {20, words.Date.Zh, 0}} {
		s.sign(x, y+12.5, line.w, 10, line.caption)
		x += line.w + line.gap
	}
	s.seal(Rect{marginL + 135, y, 40, acceptanceSign}, words.SealOffice.Zh)
}
