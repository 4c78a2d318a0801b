package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet/qr"
)

// Ticket is the admission ticket (准考证, paper 02; demands A25, A52, A60): what a
// candidate looks for is day, time, room and seat; at the door it is held against her
// face, her document and the list. It is one page, folded in the middle. Box and hub
// print it alike.
type Ticket struct {
	Campaign string // long name
	Level    string
	Category string
	Language string

	Name   identity.Name
	Sex    string
	Masked string // number of her document, masked
	Photo  []byte // JPEG; nil: NoPhoto stands there
	Reason string // in an empty photo box; lines end with \n

	Number  string // ticket number
	Area    string // code and name
	Site    string
	Address string
	Phone   string // of the site
	Room    string
	Seat    string

	Sittings     []TicketSitting // at most MaxSittings
	Instructions []string        // empty: those of the national examinations
	Proof        string          // text of the code that proves her seat; "": not published
	Root         string          // hexadecimal, of the arrangement

	Marks   []Mark
	Copy    int // 1 for the first print
	Office  string
	Printed time.Time
}

// TicketSitting is one paper that she writes.
type TicketSitting struct {
	From, To    time.Time
	Entry, Shut time.Time
	Subject     string
}

// MaxSittings is how many sittings have room.
const MaxSittings = 4

// MaxProof is how many characters the code of a proof takes so that its modules are
// 0.5 mm or more at level M.
const MaxProof = 470

// String names the paper and nothing of the person.
func (t Ticket) String() string { return "ticket" }

// GoString is String.
func (t Ticket) GoString() string { return t.String() }

// Format keeps values out under every verb.
func (t Ticket) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(t.String())) }

// LogValue names the paper and nothing of the person.
func (t Ticket) LogValue() slog.Value { return slog.StringValue(t.String()) }

// ticketVersion is printed as 版式. It goes up when anything below moves.
const ticketVersion = 1

// Measures of the ticket, part of the template's hash.
var (
	ticketKeys     = []MM{92.5, 50, 32.5} // site, room, seat
	ticketSittings = []MM{46, 56.5, 40, 32.5}
)

const (
	ticketHead    MM = 17.5
	ticketWho     MM = 35
	ticketKey     MM = 27.5
	ticketSitting MM = 10
	ticketFold    MM = 148.5
	ticketLow     MM = 155
	ticketRules   MM = 110
	ticketSide    MM = 50
	ticketProof   MM = 45
	ticketBar     MM = .42 // a module
)

// ticketCanvas is a ticket being drawn.
type ticketCanvas struct {
	*canvas
	t Ticket
}

// Layout sets the ticket on its one page. It fails with ErrSlip for a proof that no
// code of its size can carry, and with ErrLayout if we made a mistake, or with more
// sittings than MaxSittings; never because of a name, an address or a picture.
func (t Ticket) Layout(f *Fonts) (*Document, error) {
	if len(t.Sittings) > MaxSittings {
		return nil, fmt.Errorf("%w: %d sittings, at most %d", ErrLayout, len(t.Sittings), MaxSittings)
	}
	s := &ticketCanvas{newCanvas(f), t}
	s.head()
	s.who(marginT + ticketHead + Module)
	y := marginT + ticketHead + Module + ticketWho + Module
	s.where(y)
	s.when(y + ticketKey + Module)
	s.page.line(Point{0, ticketFold}, Point{paperW, ticketFold}, hair)
	s.page.lines[len(s.page.lines)-1].dashed = true
	s.rules()
	if err := s.side(); err != nil {
		return nil, err
	}
	copied := ""
	if t.Copy > 0 {
		copied = fmt.Sprintf(words.CopyOf.Zh, t.Copy)
	}
	s.footer(foot{paper: "02 " + ticketWords.Title.Zh, version: ticketVersion, hash: t.hash(), page: 1, of: 1, marks: t.Marks, copy: copied, office: t.Office, printed: t.Printed})
	if err := s.page.Check(); err != nil {
		return nil, err
	}
	return &Document{Title: ticketWords.Title.Zh, Printed: t.Printed, Pages: []*Page{s.page}}, nil
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

// who is the photo, the person, and the number with its bars.
func (s *ticketCanvas) who(y MM) {
	s.photo(Rect{marginL, y, 27.5, ticketWho}, NewPortrait(s.t.Photo, s.t.Reason))
	x := marginL + 27.5 + 5
	name := s.t.Name.Reveal()
	s.put(name, place{box: Rect{x, y, 80, 12.5}, v: strong, fit: sizes(26, 22, 18, 15, 12).then(12, 2, 5.5).then(9, 2, 5).asName(), label: words.Name.Zh})
	line := y + 15
	for _, v := range [][2]string{{ticketWords.Sex.Zh, s.t.Sex}, {ticketWords.Document.Zh, s.t.Masked}, {ticketWords.Area.Zh, s.t.Area}, {ticketWords.SitePhone.Zh, s.t.Phone}} {
		s.say(Rect{x, line, 14, 5}, v[0], plain, 7, left)
		s.put(v[1], place{box: Rect{x + 15, line, 65, 5}, fit: sizes(9, 8, 7.5, 7, 6), label: v[0]})
		line += 5
	}
	right := marginL + bodyW
	s.say(Rect{right - 60, y, 60, 3.75}, ticketWords.Number.Zh, plain, 7, alignRight)
	s.put(Grouped(s.t.Number), place{box: Rect{right - 60, y + 3.75, 60, 8.75}, v: strong, fit: sizes(19, 17, 15, 13, 11), align: alignRight, label: ticketWords.Number.Zh})
	s.bars(right-barsWidth(s.t.Number, ticketBar), y+15, 15, ticketBar, s.t.Number)
}

// where is the key box: site, room and seat.
func (s *ticketCanvas) where(y MM) {
	box := Rect{marginL, y, bodyW, ticketKey}
	x := marginL
	inside := func(i int) Rect {
		r := Rect{x + 2, y + 1.25, ticketKeys[i] - 4, ticketKey - 2.5}
		if i > 0 {
			s.leftOf(x, y, ticketKey, rule)
		}
		x += ticketKeys[i]
		return r
	}
	r := inside(0)
	s.say(Rect{r.X, r.Y, r.W, 3.75}, ticketWords.Site.Zh, plain, 7, left)
	s.put(s.t.Site, place{box: Rect{r.X, r.Y + 3.75, r.W, 9.5}, v: strong, fit: sizes(16, 14, 12, 10.5).then(10.5, 2, 4.75).then(9, 2, 4.5), label: ticketWords.Site.Zh})
	s.put(s.t.Address, place{box: Rect{r.X, r.Y + 13.25, r.W, 11.5}, fit: sizes(9).then(8, 3, 3.75).then(6, 4, 2.8), up: top, line: 4, label: words.Address.Zh})
	for i, v := range []struct{ label, value string }{{ticketWords.Room.Zh, s.t.Room}, {ticketWords.Seat.Zh, s.t.Seat}} {
		r := inside(i + 1)
		s.say(Rect{r.X, r.Y, r.W, 3.75}, v.label, plain, 7, left)
		s.put(v.value, place{box: Rect{r.X, r.Y + 3.75, r.W, 20}, v: strong, fit: sizes(44, 40, 36, 32, 28, 24, 20), align: centre, label: v.label})
	}
	s.frame(box, heavy)
}

// when is the table of sittings. The second of a day has no day.
func (s *ticketCanvas) when(y MM) {
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

// side is the proof of her seat, what to do before, and whom to ask.
func (s *ticketCanvas) side() error {
	x := marginL + bodyW - ticketSide
	s.leftOf(x-7.5, ticketLow, bodyEnd-ticketLow, hair)
	s.say(Rect{x, ticketLow, ticketSide, 5}, ticketWords.Proof.Zh, heading, 10.5, left)
	y := ticketLow + 7.5
	note := ticketWords.ProofLater.Zh
	if s.t.Proof != "" {
		code, err := qr.Encode(s.t.Proof, qr.M)
		if err != nil || len(s.t.Proof) > MaxProof {
			return ErrSlip
		}
		s.qr(Rect{x - 2.5, y, ticketProof, ticketProof}, code)
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
	if len(s.t.Root) >= 16 {
		r := strings.ToUpper(s.t.Root)
		s.say(Rect{x, y, ticketSide, 3.75}, fmt.Sprintf(ticketWords.Root.Zh, r[:4]+" "+r[4:8]+" "+r[8:12]+" "+r[12:16]), plain, 8, left)
		y += 3.75
	}
	s.appendix(Rect{x, y + 1.25, ticketSide, bodyEnd - y - 1.25})
	return nil
}

// hash names the layout, the wording and the campaign's instructions: two tickets with
// one hash differ only in what was filled in.
func (t Ticket) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "ticket %d\n%v %v\n%v %v %v %v %v %v %v %v %v %v\n%s\n%q\n%+v", ticketVersion, ticketKeys, ticketSittings,
		ticketHead, ticketWho, ticketKey, ticketSitting, ticketFold, ticketLow, ticketRules, ticketSide, ticketProof, ticketBar, t.Campaign, t.Instructions, ticketWords))
	return hex.EncodeToString(sum[:4])
}
