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

	ticketWhoY   = marginT + ticketHead + Module
	ticketWhereY = ticketWhoY + ticketWho + Module
	ticketWhenY  = ticketWhereY + ticketKey + Module
	ticketSideX  = marginL + bodyW - ticketSide
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
	form, err := f.ticketForm(t)
	if err != nil {
		return nil, err
	}
	s := &ticketCanvas{newCanvas(f), t}
	s.page.share(form.page)
	s.over = append(s.over, form.over...)
	s.who()
	s.where()
	if err := s.side(form.end); err != nil {
		return nil, err
	}
	copied := ""
	if t.Copy > 0 {
		copied = fmt.Sprintf(words.CopyOf.Zh, t.Copy)
	}
	s.footer(foot{paper: "02 " + ticketWords.Title.Zh, version: ticketVersion, hash: form.hash, page: 1, of: 1, marks: t.Marks, copy: copied, office: t.Office, printed: t.Printed})
	if err := s.page.Check(); err != nil {
		return nil, err
	}
	return &Document{Title: ticketWords.Title.Zh, Printed: t.Printed, Pages: []*Page{s.page}}, nil
}

// who is the photo, the person, and the number with its bars.
func (s *ticketCanvas) who() {
	const y = ticketWhoY
	s.photo(Rect{marginL, y, 27.5, ticketWho}, NewPortrait(s.t.Photo, s.t.Reason))
	x := marginL + 27.5 + 5
	name := s.t.Name.Reveal()
	s.put(name, place{box: Rect{x, y, 80, 12.5}, v: strong, fit: sizes(26, 22, 18, 15, 12).then(12, 2, 5.5).then(9, 2, 5).asName(), label: words.Name.Zh})
	line := y + 15
	for _, v := range [][2]string{{ticketWords.Sex.Zh, s.t.Sex}, {ticketWords.Document.Zh, s.t.Masked}, {ticketWords.Area.Zh, s.t.Area}, {ticketWords.SitePhone.Zh, s.t.Phone}} {
		s.put(v[1], place{box: Rect{x + 15, line, 65, 5}, fit: sizes(9, 8, 7.5, 7, 6), label: v[0]})
		line += 5
	}
	right := marginL + bodyW
	s.put(Grouped(s.t.Number), place{box: Rect{right - 60, y + 3.75, 60, 8.75}, v: strong, fit: sizes(19, 17, 15, 13, 11), align: alignRight, label: ticketWords.Number.Zh})
	s.bars(right-barsWidth(s.t.Number, ticketBar), y+15, 15, ticketBar, s.t.Number)
}

// keyBox is the inside of the n-th part of the key box.
func keyBox(n int) Rect {
	x := marginL
	for _, w := range ticketKeys[:n] {
		x += w
	}
	return Rect{x + 2, ticketWhereY + 1.25, ticketKeys[n] - 4, ticketKey - 2.5}
}

// where fills the key box: site, room and seat.
func (s *ticketCanvas) where() {
	r := keyBox(0)
	s.put(s.t.Site, place{box: Rect{r.X, r.Y + 3.75, r.W, 9.5}, v: strong, fit: sizes(16, 14, 12, 10.5).then(10.5, 2, 4.75).then(9, 2, 4.5), label: ticketWords.Site.Zh})
	s.put(s.t.Address, place{box: Rect{r.X, r.Y + 13.25, r.W, 11.5}, fit: sizes(9).then(8, 3, 3.75).then(6, 4, 2.8), up: top, line: 4, label: words.Address.Zh})
	for i, v := range []struct{ label, value string }{{ticketWords.Room.Zh, s.t.Room}, {ticketWords.Seat.Zh, s.t.Seat}} {
		r := keyBox(i + 1)
		s.put(v.value, place{box: Rect{r.X, r.Y + 3.75, r.W, 20}, v: strong, fit: sizes(44, 40, 36, 32, 28, 24, 20), align: centre, label: v.label})
	}
}

// side is the code that proves her seat, beside what all tickets have, and what had to be
// cut elsewhere, from y down.
func (s *ticketCanvas) side(y MM) error {
	if s.t.Proof != "" {
		code, err := qr.Encode(s.t.Proof, qr.M)
		if err != nil || len(s.t.Proof) > MaxProof {
			return ErrSlip
		}
		s.qr(Rect{ticketSideX - 2.5, ticketLow + 7.5, ticketProof, ticketProof}, code)
	}
	if len(s.t.Root) >= 16 {
		r := strings.ToUpper(s.t.Root)
		s.say(Rect{ticketSideX, y, ticketSide, 3.75}, fmt.Sprintf(ticketWords.Root.Zh, r[:4]+" "+r[4:8]+" "+r[8:12]+" "+r[12:16]), plain, 8, left)
		y += 3.75
	}
	s.appendix(Rect{ticketSideX, y + 1.25, ticketSide, bodyEnd - y - 1.25})
	return nil
}

// hash names the layout, the wording and the campaign's instructions: two tickets with
// one hash differ only in what was filled in.
func (t Ticket) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "ticket %d\n%v %v\n%v %v %v %v %v %v %v %v %v %v\n%s\n%q\n%+v", ticketVersion, ticketKeys, ticketSittings,
		ticketHead, ticketWho, ticketKey, ticketSitting, ticketFold, ticketLow, ticketRules, ticketSide, ticketProof, ticketBar, t.Campaign, t.Instructions, ticketWords))
	return hex.EncodeToString(sum[:4])
}
