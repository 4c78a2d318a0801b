package sheet

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// ticketForm is what tickets have in common whose campaign, group and sittings are the
// same: a batch lays it out once, and a file holds it once.
type ticketForm struct {
	page *Page
	over []overflow
	end  MM // of the column at the right
	hash string
}

// ticketForms are the forms that a set of fonts has drawn.
type ticketForms struct {
	sync.Mutex // guards kept
	kept       map[string]*ticketForm
}

// maxForms bounds them, 60 KB each; when there are more we begin anew.
const maxForms = 32

// ticketForm draws what t shares with others, or finds it drawn.
func (f *Fonts) ticketForm(t Ticket) (*ticketForm, error) {
	t = Ticket{Campaign: t.Campaign, Level: t.Level, Category: t.Category, Language: t.Language, Sittings: t.Sittings, Instructions: t.Instructions, Proof: t.Proof}
	key := fmt.Sprintf("%q %q %q %q %q %t", t.Campaign, t.Level, t.Category, t.Language, t.Instructions, t.Proof != "")
	for _, v := range t.Sittings {
		key += fmt.Sprintf(" %d %d %d %d %q", v.From.UnixMilli(), v.To.UnixMilli(), v.Entry.UnixMilli(), v.Shut.UnixMilli(), v.Subject)
	}
	f.forms.Lock()
	defer f.forms.Unlock()
	if form := f.forms.kept[key]; form != nil {
		return form, nil
	}
	s := &ticketCanvas{newCanvas(f), t}
	s.head()
	s.labels()
	s.when()
	s.page.line(Point{0, ticketFold}, Point{paperW, ticketFold}, hair)
	s.page.lines[len(s.page.lines)-1].dashed = true
	s.rules()
	end := s.column()
	form := &ticketForm{page: s.page, end: end, over: s.over, hash: t.hash()}
	if err := s.page.Check(); err != nil {
		return nil, err
	}
	if f.forms.kept == nil || len(f.forms.kept) >= maxForms {
		f.forms.kept = map[string]*ticketForm{}
	}
	f.forms.kept[key] = form
	return form, nil
}

// labels are those of the person and of the key box.
func (s *ticketCanvas) labels() {
	line := ticketWhoY + 15
	for _, label := range []string{ticketWords.Sex.Zh, ticketWords.Document.Zh, ticketWords.Area.Zh, ticketWords.SitePhone.Zh} {
		s.say(Rect{marginL + 27.5 + 5, line, 14, 5}, label, plain, 7, left)
		line += 5
	}
	s.say(Rect{marginL + bodyW - 60, ticketWhoY, 60, 3.75}, ticketWords.Number.Zh, plain, 7, alignRight)
	for i, label := range []string{ticketWords.Site.Zh, ticketWords.Room.Zh, ticketWords.Seat.Zh} {
		r := keyBox(i)
		if i > 0 {
			s.leftOf(r.X-2, ticketWhereY, ticketKey, rule)
		}
		s.say(Rect{r.X, r.Y, r.W, 3.75}, label, plain, 7, left)
	}
	s.frame(Rect{marginL, ticketWhereY, bodyW, ticketKey}, heavy)
}

// head is 17.5 high: the campaign, the title, and what of the papers differs.
func (s *ticketCanvas) head() {
	at := marginL + bodyW
	for _, k := range []struct {
		label, value string
		w            MM
	}{{ticketWords.Language.Zh, s.t.Language, 17.5}, {ticketWords.Category.Zh, s.t.Category, 42.5}, {ticketWords.Level.Zh, s.t.Level, 27.5}} {
		if k.value == "" {
			continue
		}
		s.say(Rect{at - k.w, marginT, k.w, 3.75}, k.label, plain, 7, alignRight)
		w := s.put(k.value, place{box: Rect{at - k.w, marginT + 5, k.w, 10}, v: strong, fit: sizes(16, 14, 12, 10.5, 9, 8, 7, 6), align: alignRight, label: k.label})
		at -= max(w, 8) + 5
	}
	w := at - marginL
	s.say(Rect{marginL, marginT, w, 5}, s.t.Campaign, wording, 9, left)
	s.say(Rect{marginL, marginT + 5, w, 10}, ticketWords.Title.Zh, titleVoice, 20, left)
	s.under(marginL, marginT+ticketHead, bodyW, heavy)
}

// when is the table of sittings. The second of a day has no day.
func (s *ticketCanvas) when() {
	y := ticketWhenY
	s.canvas.head(marginL, y, ticketSittings, []string{ticketWords.Day.Zh, ticketWords.Time.Zh, ticketWords.Subject.Zh, ticketWords.Entry.Zh})
	y += 5
	last := ""
	for i, v := range s.t.Sittings {
		from := v.From.In(zone)
		x := marginL
		cell := func(n int) Rect {
			r := Rect{x + pad, y, ticketSittings[n] - pad - hair, ticketSitting}
			x += ticketSittings[n]
			return r
		}
		r := cell(0)
		if day := fmt.Sprintf(ticketWords.OnDay.Zh, from.Month(), from.Day()); day != last {
			last = day
			w := s.say(Rect{r.X, r.Y, 30, r.H}, day, strong, 15, left)
			s.say(Rect{r.X + w + 1, r.Y + .5, r.W - w - 1, r.H}, fmt.Sprintf(ticketWords.Weekday.Zh, string([]rune(ticketWords.Weekdays.Zh)[from.Weekday()])), plain, 10.5, left)
		}
		r = cell(1)
		half := ticketWords.Morning.Zh
		if from.Hour() >= 12 {
			half = ticketWords.Afternoon.Zh
		}
		w := s.say(Rect{r.X, r.Y + .5, 12, r.H}, half, plain, 10.5, left)
		s.say(Rect{r.X + w + 2, r.Y, r.W - w - 2, r.H}, clockTime(v.From)+"–"+clockTime(v.To), strong, 18, left)
		s.put(v.Subject, place{box: cell(2), v: strong, fit: sizes(15, 13, 11, 9, 8, 7).then(7, 2, 4), label: ticketWords.Subject.Zh})
		r = cell(3)
		s.say(Rect{r.X, r.Y + 1, r.W, 4}, fmt.Sprintf(ticketWords.From.Zh, clockTime(v.Entry)), plain, 8, left)
		s.say(Rect{r.X, r.Y + 5, r.W, 4}, fmt.Sprintf(ticketWords.Shut.Zh, clockTime(v.Shut)), plain, 8, left)
		y += ticketSitting
		if begin := marginL; i+1 < len(s.t.Sittings) && sameDay(v.From, s.t.Sittings[i+1].From) {
			begin += ticketSittings[0]
			s.under(begin, y, bodyW-ticketSittings[0], hair)
		} else {
			s.under(begin, y, bodyW, hair)
		}
	}
}

// clockTime is a time of day as the notices have it: 9:00.
func clockTime(t time.Time) string { return strings.TrimPrefix(localTime(t, "15:04"), "0") }

func sameDay(a, b time.Time) bool { return localTime(a, time.DateOnly) == localTime(b, time.DateOnly) }

// rules are the instructions of the lower half, as large as they fit.
func (s *ticketCanvas) rules() {
	s.say(Rect{marginL, ticketLow, ticketRules, 5}, ticketWords.Instructions.Zh, heading, 10.5, left)
	all := s.t.Instructions
	if len(all) == 0 {
		all = strings.Split(ticketWords.Rules.Zh, "\n")
	}
	space := bodyEnd - ticketLow - 7.5 - 2.5
	for _, size := range []Pt{9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6, 5.5, 5} {
		lead := MM(size) * 5 / 9.5
		var set [][][]letter
		lines := 0
		for _, text := range all {
			set = append(set, wrap(s.fonts.letters(text, wording), size, wording, ticketRules-6.5, true))
			lines += len(set[len(set)-1])
		}
		gap := min(2.5, (space-lead*MM(lines))/MM(max(1, len(all)-1)))
		if gap < 1 && size > 5 {
			continue
		}
		y := ticketLow + 7.5
		for i, item := range set {
			s.say(Rect{marginL, y, 6, lead}, fmt.Sprint(i+1), strong, min(size, 9), left)
			for _, line := range item {
				if y+lead > bodyEnd {
					return // more than any campaign's notice: what is behind it stands on the portal
				}
				at := Point{marginL + 6.5, baseline(y+lead/2, size)}
				s.page.text(text{at: at, size: size, letters: line, width: width(line, size, wording), cell: Rect{marginL + 6.5, ticketLow, ticketRules - 6.5, bodyEnd - ticketLow}})
				y += lead
			}
			y += gap
		}
		return
	}
}

// column is the right column of the lower half: what the code proves, what to do before,
// and whom to ask. It gives where it ends.
func (s *ticketCanvas) column() MM {
	const x = ticketSideX
	s.leftOf(x-7.5, ticketLow, bodyEnd-ticketLow, hair)
	s.say(Rect{x, ticketLow, ticketSide, 5}, ticketWords.Proof.Zh, heading, 10.5, left)
	y, note := ticketLow+7.5, ticketWords.ProofLater.Zh
	if s.t.Proof != "" {
		note, y = ticketWords.ProofNote.Zh, y+ticketProof
	}
	s.put(note, place{box: Rect{x, y, ticketSide, 15}, fit: ladder{}.then(8, 4, 3.75), up: top, label: words.Text.Zh})
	y += 17.5
	s.say(Rect{x, y, ticketSide, 5}, ticketWords.Before.Zh, heading, 10.5, left)
	y += 6.5
	for _, line := range strings.Split(ticketWords.Checks.Zh, "\n") {
		s.tick(x, y+3.85, 2.8, false)
		s.say(Rect{x + 4.5, y, ticketSide - 4.5, 5}, line, plain, 9, left)
		y += 5
	}
	y += 5
	s.say(Rect{x, y, ticketSide, 5}, ticketWords.Help.Zh, heading, 10.5, left)
	y += 6.5
	for _, line := range strings.Split(ticketWords.Helps.Zh, "\n") {
		s.say(Rect{x, y, ticketSide, 3.75}, line, plain, 8, left)
		y += 3.75
	}
	return y
}
