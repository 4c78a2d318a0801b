package paper

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// frame is the common frame of a paper of a room.
func (r ExamRoom) frame(p *sheet.Press, number, title, copied string, version int, hash string, keys ...sheet.Key) {
	f := r.foot(number, title, copied, version, hash)
	f.Campaign, f.Keys = r.Campaign, keys
	p.Frame(f)
}

// foot is the footer of one that has a header of its own.
func (r ExamRoom) foot(number, title, copied string, version int, hash string) sheet.Frame {
	return sheet.Frame{Title: title, Paper: number + " " + title, Version: version, Hash: hash, Page: 1, Of: 1, Marks: r.Marks, Copy: r.copied(copied), Office: r.Office, Printed: r.Printed}
}

// copied is whose copy it is ("": one of as many as were printed), which print, and of
// which arrangement.
func (r ExamRoom) copied(whose string) string {
	switch {
	case whose == "":
		whose = fmt.Sprintf(examWords.CopyOf.Zh, max(r.Copy, 1))
	case r.Copy > 1:
		whose += " " + fmt.Sprintf(siteWords.Again.Zh, r.Copy)
	}
	if r.Version != "" {
		whose += " · " + r.Version
	}
	return whose
}

// keys are how many are expected, and the room.
func (r ExamRoom) keys(label, value string) []sheet.Key {
	return []sheet.Key{{Label: examWords.Room.Zh, Value: r.Room, Width: 24, Sizes: []sheet.Pt{28, 24, 20, 16, 12}}, {Label: label, Value: value, Width: 12, Sizes: []sheet.Pt{28, 24, 20, 16}}}
}

func (r ExamRoom) area() string { return SiteHead{Area: r.Area, AreaName: r.AreaName}.areaText() }

// portraits reads every photo once: they stand on both copies.
func (r ExamRoom) portraits() []sheet.Portrait {
	out := make([]sheet.Portrait, len(r.Sitters))
	for i, s := range r.Sitters {
		out[i] = sheet.NewPortrait(s.Photo, s.NoPhoto)
	}
	return out
}

// said is a part of a line.
type said struct {
	text  string
	voice sheet.Voice
}

// across sets two runs of parts on one line, one at each end, at the first size at which
// both fit; at the last the left one is cut.
func across(p *sheet.Press, box sheet.Rect, left, right []said, sizes ...sheet.Pt) {
	const gap sheet.MM = 3
	wide := func(parts []said, size sheet.Pt) (w sheet.MM) {
		for _, s := range parts {
			w += p.Width(s.text, s.voice, size)
		}
		return w
	}
	size := sizes[len(sizes)-1]
	for _, s := range sizes {
		if wide(left, s)+gap+wide(right, s) <= box.W {
			size = s
			break
		}
	}
	at := box.Right() - min(wide(right, size), box.W*.7)
	x, end := box.X, at-gap
	for _, s := range left {
		if x < end-size.MM() {
			x += p.Say(sheet.Rect{X: x, Y: box.Y, W: end - x, H: box.H}, s.text, s.voice, sheet.Left, size)
		}
	}
	for _, s := range right {
		at += p.Say(sheet.Rect{X: at, Y: box.Y, W: max(box.Right()-at, 0), H: box.H}, s.text, s.voice, sheet.Left, size)
	}
}

// headline is the line under the header of a paper of a sitting: where, who, when, and
// the subject large at its end.
func (r ExamRoom) headline(p *sheet.Press, h sheet.MM, v RoomSitting) {
	box := sheet.Rect{X: sheet.FrameX, Y: sheet.FrameTop, W: sheet.FrameW, H: h}
	subject, size := strings.Join(v.Names(), examWords.Also.Zh), sheet.Pt(8)
	for _, s := range []sheet.Pt{16, 14, 12, 10.5, 9} {
		if p.Width(subject, sheet.Bold, s) <= 60 {
			size = s
			break
		}
	}
	w := min(p.Width(subject, sheet.Bold, size), 60)
	line := sheet.Rect{X: box.X, Y: box.Y + (size-9).MM()*.436, W: box.W - w - 3, H: h} // on one baseline with the subject
	across(p, line, []said{{r.Site, sheet.Bold}, {"　" + r.who(), sheet.Plain}}, []said{{fmt.Sprintf(examWords.SittingOf.Zh, v.Number) + "　" + day(v.From) + " " + weekday(v.From) + " " + half(v.From) + " " + hours(v), sheet.Plain}}, 9, 8.5, 8, 7.5, 7, 6.5, 6, 5.5, 5)
	p.Say(sheet.Rect{X: box.Right() - 60, Y: box.Y, W: 60, H: h}, subject, sheet.Bold, sheet.Right, size, 7, 6.5, 6)
}

// who is the level and category of a room; of a mixed one, levels and codes.
func (r ExamRoom) who() string {
	groups := r.Groups()
	if len(groups) == 1 {
		g := groups[0]
		return strings.Join(present(g.Level, g.Code, g.Category), " ")
	}
	out, level := []string{examWords.Mixed.Zh}, ""
	for _, g := range groups {
		if g.Level != level {
			level = g.Level
			out = append(out, level)
		}
		out = append(out, g.Code)
	}
	return strings.Join(out, " ")
}

func present(all ...string) (out []string) {
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// numberRange is two ticket numbers for the eye, the common groups once: 0102 34 0127
// and 01–30.
func numberRange(from, to string) (common, ends string) {
	a, b := strings.Split(sheet.Grouped(from), " "), strings.Split(sheet.Grouped(to), " ")
	n := len(a) - 1
	switch {
	case from == to:
		return strings.Join(a[:n], " "), a[n]
	case len(a) != len(b) || !slices.Equal(a[:n], b[:n]):
		return "", strings.Join(a, " ") + "–" + strings.Join(b, " ")
	}
	return strings.Join(a[:n], " "), a[n] + "–" + b[n]
}

// numbers is numberRange in one.
func numbers(from, to string) string {
	return strings.Join(present(numberRange(from, to)), " ")
}

// runs writes seats for the eye: 01–26、30.
func runs(seats []int) string {
	var out []string
	for i := 0; i < len(seats); {
		from := i
		for i++; i < len(seats) && seats[i] == seats[i-1]+1; i++ {
		}
		text := seatText(seats[from])
		if last := seats[i-1]; last > seats[from] {
			text += "–" + seatText(last)
		}
		out = append(out, text)
	}
	return strings.Join(out, examWords.Also.Zh)
}

func seatText(seat int) string { return fmt.Sprintf("%02d", seat) }

// short is the character by which a language is known: 英.
func short(language string) string {
	for _, c := range language {
		return string(c)
	}
	return ""
}

func day(t time.Time) string {
	t = t.In(window.Zone())
	return fmt.Sprintf(examWords.DayOf.Zh, t.Month(), t.Day())
}

func weekday(t time.Time) string {
	return fmt.Sprintf(examWords.Weekday.Zh, string([]rune(examWords.Weekdays.Zh)[t.In(window.Zone()).Weekday()]))
}

func half(t time.Time) string {
	if t.In(window.Zone()).Hour() < 12 {
		return examWords.Morning.Zh
	}
	return examWords.Afternoon.Zh
}

// clock is a time of day as the notices have it: 9:00.
func clock(t time.Time) string {
	return strings.TrimPrefix(t.In(window.Zone()).Format("15:04"), "0")
}

func hours(v RoomSitting) string { return clock(v.From) + "–" + clock(v.To) }

// gridLines are the lines of a grid of places.
func gridLines(p *sheet.Press, r sheet.Rect, columns, rows int) {
	p.Box(r, sheet.Hair)
	for i := 1; i < columns; i++ {
		p.LeftOf(r.X+r.W/sheet.MM(columns)*sheet.MM(i)-sheet.MM(sheet.Hair)/2, r.Y, r.H, sheet.Hair)
	}
	for i := 1; i < rows; i++ {
		p.Under(r.X, r.Y+r.H/sheet.MM(rows)*sheet.MM(i)+sheet.MM(sheet.Hair)/2, r.W, sheet.Hair)
	}
}

// openBox is a thing at the front of a room: the side away from the seats is open.
func openBox(p *sheet.Press, r sheet.Rect, above bool, s string) {
	edge := r.Y + sheet.MM(sheet.Rule)
	if above {
		edge = r.Bottom()
	}
	p.Under(r.X, edge, r.W, sheet.Rule)
	p.LeftOf(r.X, r.Y, r.H, sheet.Rule)
	p.LeftOf(r.Right()-sheet.MM(sheet.Rule), r.Y, r.H, sheet.Rule)
	p.Say(sheet.Rect{X: r.X + 1, Y: r.Y, W: r.W - 2, H: r.H}, s, sheet.Bold, sheet.Centre, 9, 8, 7, 6, 5)
}

// cropped is where labels are cut apart, from edge to edge of what printers reach.
func cropped(p *sheet.Press, x, y, w, h sheet.MM, columns, rows int) {
	const from, to sheet.MM = 4.5, 205.5
	for i := range rows + 1 {
		at := y + h*sheet.MM(i)
		p.Cut(sheet.Point{X: max(from, x-4.75), Y: at}, sheet.Point{X: min(to, x+w*sheet.MM(columns)+4.75), Y: at})
	}
	for i := range columns + 1 {
		at := x + w*sheet.MM(i)
		p.Cut(sheet.Point{X: at, Y: y - 2}, sheet.Point{X: at, Y: y + h*sheet.MM(rows) + 2})
	}
}

// labelFoot is the footer of a sheet of labels, which has no common frame.
func (r ExamRoom) labelFoot(p *sheet.Press, x sheet.MM, paper string, version int, hash string, page, of int) {
	box := sheet.Rect{X: x, Y: 288.25, W: 210 - 2*x, H: 3.75}
	p.Say(box, fmt.Sprintf(examWords.Foot.Zh, paper, version, hash[:4], hash[4:]), sheet.Plain, sheet.Left, 7)
	p.Say(box, fmt.Sprintf(words.PageOf.Zh, page, of), sheet.Plain, sheet.Centre, 7)
	var parts []string
	for _, m := range r.Marks {
		parts = append(parts, string(m))
	}
	parts = append(parts, present(r.copied(""), r.Office, r.Printed.In(window.Zone()).Format("2006-01-02 15:04"))...)
	p.Say(sheet.Rect{X: 105 + 12, Y: box.Y, W: box.Right() - 117, H: box.H}, strings.Join(parts, " · "), sheet.Plain, sheet.Right, 7, 6.5, 6, 5.5, 5)
}
