package paper

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// Cards is paper 12 (网报登录卡): eight sign-in cards a sheet, cut along the
// lines and handed out to each person herself. A card is printed once; to print
// again is to make a new password.
type Cards struct {
	Examination string    // long name
	Where       string    // the point, as the holders know it
	Window      string    // when they may fill in: "11月1日 8:00 至 11月10日 18:00"; "" is not told
	Address     string    // of the portal, as typed: "gk.zhunkao.example/ks"; "" is not told
	Link        string    // what the code holds; "" leaves it out
	Printed     time.Time // civil time
	Cards       []Card

	until time.Time // of those that Add puts there
}

// Card is what one person gets.
type Card struct {
	Name     identity.Name
	Number   identity.Number // stands there masked
	Sequence string
	Password string
	Until    time.Time // from then on the password opens nothing
}

// CardsOf is an empty sheet for cards of a campaign at a point; address is that
// of the portal, as typed, and now the civil time.
func CardsOf(c campaign.Campaign, where, address string, now time.Time) Cards {
	out := Cards{Examination: c.Zh, Where: where, Address: address, Printed: now, until: now.AddDate(0, 0, c.Portal.CardDays)}
	if address != "" {
		out.Link = "https://" + address + "/card"
	}
	for _, w := range window.Latest(c.Windows, window.Register) {
		from, to := w.From.In(window.Zone()), w.To.In(window.Zone())
		out.Window = fmt.Sprintf(words.CardWindow.Zh, from.Month(), from.Day(), from.Format("15:04"), to.Month(), to.Day(), to.Format("15:04"))
	}
	return out
}

// Add puts one card onto the sheet.
func (s *Cards) Add(app form.Application, sequence, password string) {
	s.Cards = append(s.Cards, Card{Name: app.Name(), Number: app.Number(), Sequence: sequence, Password: password, Until: s.until})
}

// CardsPerSheet is how many cards stand on a sheet.
const CardsPerSheet = 8

const cardsVersion = 3

// Measures of paper 12, in mm from the top left of the sheet. They are part of
// the template's hash.
const (
	cardX, cardY sheet.MM = 10, 13.5
	cardW, cardH sheet.MM = 95, 67.5
	cardLeft     sheet.MM = 6.25 // inside a card
	cardTop      sheet.MM = 5
	cardLabel    sheet.MM = 20
	cardCode     sheet.MM = 20
)

// Layout sets the sheets.
func (s Cards) Layout(f *sheet.Fonts) (*sheet.Document, error) {
	out := &sheet.Document{Title: words.Card.Zh, Printed: s.Printed}
	pages := max(1, (len(s.Cards)+CardsPerSheet-1)/CardsPerSheet)
	for n := range pages {
		p := sheet.NewPress(f)
		from := n * CardsPerSheet
		part := s.Cards[from:min(from+CardsPerSheet, len(s.Cards))]
		s.margins(p, part, n+1, pages)
		for i, c := range part {
			x, y := cardX+cardW*sheet.MM(i%2), cardY+cardH*sheet.MM(i/2)
			if err := s.card(p, x, y, c); err != nil {
				return nil, err
			}
		}
		rows := sheet.MM((len(part) + 1) / 2)
		for i := range int(rows) + 1 {
			y := cardY + cardH*sheet.MM(i)
			p.Cut(sheet.Point{X: edgeX, Y: y}, sheet.Point{X: 210 - edgeX, Y: y})
		}
		for i := range 3 {
			x := cardX + cardW*sheet.MM(i)
			p.Cut(sheet.Point{X: x, Y: 9}, sheet.Point{X: x, Y: cardY + cardH*rows + 4.5})
		}
		page, err := p.Page()
		if err != nil {
			return nil, err
		}
		out.Pages = append(out.Pages, page)
	}
	return out, nil
}

// margins is what stands above and below the cards.
func (s Cards) margins(p *sheet.Press, part []Card, page, of int) {
	head := words.Card.Zh + "　" + s.Where
	if len(part) > 0 {
		head += "　" + fmt.Sprintf(words.CardRange.Zh, grouped(part[0].Sequence), grouped(part[len(part)-1].Sequence))
	}
	p.Say(sheet.Rect{X: 12.5, Y: 6, W: 130, H: 3.75}, head, sheet.Plain, sheet.Left, 7, 6.5, 6, 5.5)
	p.Say(sheet.Rect{X: 145, Y: 6, W: 52.5, H: 3.75}, words.CardCut.Zh, sheet.Plain, sheet.Right, 7, 6.5)
	hash := s.hash()
	foot := sheet.Rect{X: 12.5, Y: 287.25, W: 185, H: 3.75}
	p.Say(foot, fmt.Sprintf(words.CardFooter.Zh, words.Card.Zh, cardsVersion, hash[:4], hash[4:]), sheet.Plain, sheet.Left, 7)
	p.Say(foot, fmt.Sprintf(words.PageOf.Zh, page, of), sheet.Plain, sheet.Centre, 7)
	p.Say(sheet.Rect{X: 120, Y: foot.Y, W: 77.5, H: foot.H}, words.Once.Zh+" · "+s.Printed.In(window.Zone()).Format("2006-01-02 15:04"), sheet.Plain, sheet.Right, 7, 6.5)
}

// card is one card, x and y its upper left corner.
func (s Cards) card(p *sheet.Press, x, y sheet.MM, c Card) error {
	left, w := x+cardLeft, cardW-2*cardLeft
	p.Say(sheet.Rect{X: left, Y: y + cardTop, W: w, H: 3.75}, s.Examination, sheet.Plain, sheet.Left, 7.5, 7, 6.5, 6, 5.5)
	p.Say(sheet.Rect{X: left, Y: y + cardTop + 3.75, W: w, H: 6.25}, words.Card.Zh, sheet.Bold, sheet.Left, 12)
	line := sheet.Rect{X: left, Y: y + cardTop + 10, W: w - 36, H: 8.75}
	p.Say(line, c.Name.Reveal(), sheet.Bold, sheet.Left, 18, 16, 14, 12, 10.5, 9, 8, 7, 6, 5)
	p.Say(sheet.Rect{X: left + w - 35, Y: line.Y, W: 35, H: 8.75}, identity.MaskNumber(c.Number.Reveal()), sheet.Plain, sheet.Right, 8, 7, 6)
	p.Sign(sheet.Rect{X: left, Y: line.Y, W: w, H: 8.75})
	at := line.Y + 10
	for _, f := range []struct {
		label string
		text  string
		voice sheet.Voice
	}{{words.CardSequence.Zh, grouped(c.Sequence), sheet.Bold}, {words.CardPassword.Zh, c.Password, sheet.MonoBold}} {
		p.Say(sheet.Rect{X: left, Y: at, W: cardLabel, H: 8.75}, f.label, sheet.Plain, sheet.Left, 8)
		p.Say(sheet.Rect{X: left + cardLabel, Y: at - 1.25, W: w - cardLabel, H: 11.25}, f.text, f.voice, sheet.Left, 24, 20, 18, 16, 14)
		at += 8.75
	}
	var rest []string
	if s.Window != "" {
		rest = append(rest, s.Window)
	}
	if s.Address != "" {
		rest = append(rest, s.Address)
	}
	until := c.Until.In(window.Zone())
	rest = append(rest, fmt.Sprintf(words.CardFirst.Zh, until.Month(), until.Day()), words.CardGlyphs.Zh, fmt.Sprintf(words.CardLost.Zh, s.Where))
	at = y + cardH - 4.5 - 3.75*sheet.MM(len(rest))
	for i, text := range rest {
		voice := sheet.Plain
		if i == 0 && s.Window != "" {
			voice = sheet.Bold
		}
		p.Say(sheet.Rect{X: left, Y: at, W: cardW - cardLeft - 4 - cardCode - 2, H: 3.75}, text, voice, sheet.Left, 8, 7.5, 7, 6.5, 6, 5.5, 5)
		at += 3.75
	}
	if s.Link == "" {
		return nil
	}
	return p.Code(sheet.Rect{X: x + cardW - 4 - cardCode, Y: y + cardH - 3.75 - cardCode, W: cardCode, H: cardCode}, s.Link)
}

// grouped is a sequence number for the eye: 0102 00901.
func grouped(s string) string {
	if len(s) <= 4 {
		return s
	}
	return s[:4] + " " + s[4:]
}

// hash names the layout and the wording; another paper has another.
func (s Cards) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "cards %d\n%v %v %v %v %v %v %v %v %v\n%+v", cardsVersion,
		cardX, cardY, cardW, cardH, edgeX, cardLeft, cardTop, cardLabel, cardCode, words))
	return hex.EncodeToString(sum[:4])
}
