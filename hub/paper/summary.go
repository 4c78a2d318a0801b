package paper

import (
	"fmt"
	"strings"
	"time"

	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

const summaryVersion = 1

// Heights of its rows.
const (
	summaryBag  sheet.MM = 7.5
	summaryRoom sheet.MM = 5
	summarySum  sheet.MM = 7.5
)

var summaryWords = struct {
	Title, TitleArea, Rooms, Expected, Bags, BagsNote, Sitting, Subject, Main, Spare, Total, Subjects, Each, EachSite, Room, Level, Category, Numbers, Site, SiteRooms, Count, All, AllArea, Range, Sites, Made, Checked, Head, HeadArea pair
}{
	Title: pair{"考点汇总表", "Summary of a site"}, TitleArea: pair{"考区汇总表", "Summary of an area"}, Rooms: pair{"考室", "Rooms"}, Expected: pair{"应考", "Expected"},
	Bags: pair{"各场试卷袋", "Bags of each sitting"}, BagsNote: pair{"一考室一科一袋，混合考室按科分袋；备用袋按考点另计。", "A bag for each room and subject; of a mixed room one for each of its subjects. Spare bags by site."},
	Sitting: pair{"场次", "Sitting"}, Subject: pair{"科目", "Subject"}, Main: pair{"正袋", "Bags"}, Spare: pair{"备用袋", "Spare"}, Total: pair{"合计", "Total"}, Subjects: pair{"%d 科次", "%d papers"},
	Each: pair{"各考室应考人数", "Expected by room"}, EachSite: pair{"各考点应考人数", "Expected by site"}, Room: pair{"考室", "Room"}, Level: pair{"层次", "Level"}, Category: pair{"科类", "Category"}, Numbers: pair{"准考证号", "Ticket numbers"},
	Site: pair{"考点", "Site"}, SiteRooms: pair{"考室号", "Rooms"}, Count: pair{"考室数", "Number"}, All: pair{"本考点合计", "This site"}, AllArea: pair{"本考区合计", "This area"}, Range: pair{"考室 %s–%s", "rooms %s–%s"}, Sites: pair{"%d 个考点", "%d sites"},
	Made: pair{"制表", "Made by"}, Checked: pair{"复核", "Checked by"}, Head: pair{"考点主考", "Head of the site"}, HeadArea: pair{"考区负责人", "Head of the area"},
}

// figures are sizes of a number in a table.
var figures = []sheet.Pt{9, 8, 7, 6}

func summaryBags() table {
	large := []sheet.Pt{12, 10.5, 9}
	return table{{w: 55, name: summaryWords.Sitting.Zh, voice: sheet.Bold, sizes: []sheet.Pt{10.5, 9, 8}}, {w: 45, name: summaryWords.Subject.Zh, sizes: []sheet.Pt{10.5, 9, 8, 7, 6}},
		{w: 17.5, name: summaryWords.Rooms.Zh, align: sheet.Right, sizes: large}, {w: 20, name: summaryWords.Expected.Zh, align: sheet.Right, voice: sheet.Bold, sizes: large},
		{w: 17.5, name: summaryWords.Main.Zh, align: sheet.Right, voice: sheet.Bold, sizes: large}, {w: 20, name: summaryWords.Spare.Zh, align: sheet.Right, voice: sheet.Bold, sizes: large}}
}

// rows is the table of rooms, or of sites, with a column for each sitting.
func (s Summary) rows() table {
	const of sheet.MM = 50
	out := table{{w: 15, name: summaryWords.Room.Zh, voice: sheet.Bold, sizes: []sheet.Pt{10.5, 9, 8}}, {w: 17.5, name: summaryWords.Level.Zh, sizes: figures}, {w: 35, name: summaryWords.Category.Zh, sizes: append(figures, 5)},
		{w: 42.5, name: summaryWords.Numbers.Zh, sizes: figures}}
	if s.Site == "" {
		out = table{{w: 62.5, name: summaryWords.Site.Zh, voice: sheet.Bold, sizes: []sheet.Pt{9, 8, 7, 6, 5, 4}}, {w: 32.5, name: summaryWords.SiteRooms.Zh, sizes: figures}, {w: 15, name: summaryWords.Count.Zh, align: sheet.Right, sizes: figures}}
	}
	out = append(out, column{w: 15, name: summaryWords.Expected.Zh, align: sheet.Right, voice: sheet.Bold, sizes: figures})
	for _, v := range s.Sittings {
		from := v.From.In(window.Zone())
		out = append(out, column{w: of / sheet.MM(len(s.Sittings)), name: fmt.Sprintf("%d %c", from.Day(), []rune(half(v.From))[0]), align: sheet.Right, sizes: figures})
	}
	return out
}

// Layout sets the sheets.
func (s Summary) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	lines := s.lines()
	bags := s.papers()
	const top = sheet.FrameTop + 10 + 7.5 + 5
	most := rowsIn(top, sheet.FrameEnd, summaryBag)
	first := pager{first: most, next: most, foot: 1, group: func(i int) bool { return i > 0 && bags[i].number != bags[i-1].number }}.cut(len(bags))
	end := first[len(first)-1]
	below := top + summaryBag*sheet.MM(end.to-end.from+1) + 7.5 + 5
	second := pager{first: rowsIn(below+summarySum, sheet.FrameEnd, summaryRoom), next: rowsIn(top+2*summarySum, sheet.FrameEnd, summaryRoom), foot: 9,
		group: func(i int) bool { return i > 0 && i < len(lines) && lines[i].group != lines[i-1].group }}.cut(len(lines))
	out := &sheet.Document{Title: s.title(), Printed: s.Printed}
	of, done := len(first)+len(second)-1, summaryLine{sittings: make([]int, len(s.Sittings))}
	for n := range of {
		p := sheet.NewPress(f)
		y := s.head(p, n+1, of)
		if n < len(first) {
			y = s.bags(p, y, bags, first[n], n == len(first)-1)
		}
		if n >= len(first)-1 {
			part := second[n-len(first)+1]
			s.body(p, y, lines[part.from:part.to], &done, n == of-1)
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

func (s Summary) title() string {
	if s.Site == "" {
		return summaryWords.TitleArea.Zh
	}
	return summaryWords.Title.Zh
}

// head is the frame and the line of the place.
func (s Summary) head(p *sheet.Press, page, of int) sheet.MM {
	expected := 0
	for _, r := range s.Rooms {
		expected += r.Expected
	}
	hash := templateHash("summary", summaryVersion, summaryBag, summaryRoom, summarySum, summaryBags(), s.rows(), s.Campaign, summaryWords, siteWords)
	s.frame(p, "11 ", s.title(), summaryVersion, hash, page, of,
		sheet.Key{Label: summaryWords.Expected.Zh, Value: thousands(int64(expected)), Width: 37.5, Sizes: []sheet.Pt{28, 24, 20}},
		sheet.Key{Label: summaryWords.Rooms.Zh, Value: thousands(int64(len(s.Rooms))), Width: 25, Sizes: []sheet.Pt{28, 24, 20}})
	rest := ""
	if len(s.Rooms) > 0 {
		rest = fmt.Sprintf(summaryWords.Range.Zh, s.Rooms[0].Room, s.Rooms[len(s.Rooms)-1].Room)
	}
	if s.Site == "" {
		rest = fmt.Sprintf(summaryWords.Sites.Zh, len(s.lines()))
	}
	return s.place(p, sheet.FrameTop, rest)
}

// summaryPapers is a line of the table of bags.
type summaryPapers struct {
	number int
	when   string // of the first of a sitting
	SummaryPaper
}

func (s Summary) papers() (out []summaryPapers) {
	for _, v := range s.Sittings {
		for i, paper := range v.Papers {
			line := summaryPapers{number: v.Number, SummaryPaper: paper}
			if i == 0 {
				line.when = sittingText(v.Number, v.From)
			}
			out = append(out, line)
		}
	}
	return out
}

// bags is the table of bags; its sum stands under the last of them.
func (s Summary) bags(p *sheet.Press, y sheet.MM, all []summaryPapers, part span, last bool) sheet.MM {
	y = section(p, y, summaryWords.Bags.Zh, summaryWords.BagsNote.Zh)
	t := summaryBags()
	x, left := sheet.FrameX, t[0].w
	y = t.head(p, x, y)
	bags, spare := 0, 0
	for i, line := range all {
		bags, spare = bags+line.Bags, spare+line.Spare
		if i < part.from || i >= part.to {
			continue
		}
		when := line.when
		if i == part.from && when == "" { // a sitting that goes on is named once more
			for _, v := range s.Sittings {
				if v.Number == line.number {
					when = sittingText(v.Number, v.From)
				}
			}
		}
		t.row(p, x, y, summaryBag, when, line.Subject, thousands(int64(line.Rooms)), thousands(int64(line.Expected)), thousands(int64(line.Bags)), thousands(int64(line.Spare)))
		y += summaryBag
		if i+1 == len(all) || i+1 == part.to || all[i+1].number != line.number {
			p.Under(x, y, t.width(), sheet.Rule)
		} else {
			p.Under(x+left, y, t.width()-left, sheet.Hair)
		}
	}
	if !last {
		return y
	}
	t.bold().row(p, x, y, summaryBag, summaryWords.Total.Zh, fmt.Sprintf(summaryWords.Subjects.Zh, len(all)), "", "", thousands(int64(bags)), thousands(int64(spare)))
	p.Under(x, y+summaryBag, t.width(), sheet.Rule)
	return y + summaryBag
}

// summaryLine is a line of the second table: a room, or a site of an area.
type summaryLine struct {
	group    string
	texts    []string // those before the counts
	rooms    int
	expected int
	sittings []int
}

func (s Summary) lines() (out []summaryLine) {
	for _, r := range s.Rooms {
		if s.Site != "" {
			out = append(out, summaryLine{group: r.Level + r.Category, texts: []string{r.Room, r.Level, r.Category, r.Numbers}, rooms: 1, expected: r.Expected, sittings: r.Sittings})
			continue
		}
		if len(out) == 0 || out[len(out)-1].group != r.Site {
			out = append(out, summaryLine{group: r.Site, texts: []string{r.Site, r.Room, ""}, sittings: make([]int, len(s.Sittings))})
		}
		site := &out[len(out)-1]
		site.add(summaryLine{rooms: 1, expected: r.Expected, sittings: r.Sittings})
		begin, _, _ := strings.Cut(site.texts[1], "–")
		site.texts[1] = begin
		if begin != r.Room {
			site.texts[1] = begin + "–" + r.Room
		}
		site.texts[2] = thousands(int64(site.rooms))
	}
	return out
}

func (l *summaryLine) add(m summaryLine) {
	l.rooms, l.expected = l.rooms+m.rooms, l.expected+m.expected
	for i, n := range m.sittings {
		l.sittings[i] += n
	}
}

// counts are the texts of the numbers; a sitting that is none has a dash.
func (l summaryLine) counts() []string {
	out := []string{thousands(int64(l.expected))}
	for _, n := range l.sittings {
		if n == 0 {
			out = append(out, "–")
			continue
		}
		out = append(out, thousands(int64(n)))
	}
	return out
}

// body is the table of rooms or sites, what was carried to it and goes on, and on the
// last page who signs.
func (s Summary) body(p *sheet.Press, y sheet.MM, lines []summaryLine, done *summaryLine, last bool) {
	if len(lines) == 0 && !last {
		return
	}
	title, all, head := summaryWords.Each.Zh, summaryWords.All.Zh, summaryWords.Head.Zh
	if s.Site == "" {
		title, all, head = summaryWords.EachSite.Zh, summaryWords.AllArea.Zh, summaryWords.HeadArea.Zh
	}
	t, x := s.rows(), sheet.FrameX
	y = t.head(p, x, section(p, y, title, ""))
	sum := func(label string) {
		texts := []string{label, "", "", fmt.Sprintf(siteWords.RoomsOf.Zh, done.rooms)}
		if s.Site == "" {
			texts = []string{label, "", thousands(int64(done.rooms))}
		}
		b := t.bold()
		if s.Site != "" { // the label goes over the first three columns
			b = append(table{{w: t[0].w + t[1].w + t[2].w, voice: sheet.Bold, sizes: figures}}, b[3:]...)
			texts = []string{label, texts[3]}
		}
		b.row(p, x, y, summarySum, append(texts, done.counts()...)...)
		p.Under(x, y+summarySum, t.width(), sheet.Rule)
		y += summarySum
	}
	if done.rooms > 0 {
		sum(siteWords.Brought.Zh)
	}
	for i, l := range lines {
		t.row(p, x, y, summaryRoom, append(append([]string{}, l.texts...), l.counts()...)...)
		y += summaryRoom
		weight := sheet.Hair
		if i+1 == len(lines) || lines[i+1].group != l.group && s.Site != "" {
			weight = sheet.Rule
		}
		p.Under(x, y, t.width(), weight)
		done.add(l)
	}
	if !last {
		sum(siteWords.Carried.Zh)
		return
	}
	sum(all)
	signatures(p, y+2.5, siteWords.Seal.Zh, summaryWords.Made.Zh, summaryWords.Checked.Zh, head)
}

// sittingText is a sitting for the eye: 第 1 场　10月26日 上午.
func sittingText(n int, from time.Time) string {
	at := from.In(window.Zone())
	return fmt.Sprintf(siteWords.Sitting.Zh, n, at.Month(), at.Day(), half(from))
}
