package ticket

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
)

// Filled is a ticket with what it was filled from.
type Filled struct {
	sheet.Ticket
	Application string
	Campaign    string // id
	Version     seating.Version
	At          seating.Seat
	SiteID      string            // "" while her room has no site
	Tongue      string            // code of the language she writes, "" if none
	Stamp       [sha256.Size]byte // Found.Stamp; zero of what Fill alone filled
}

// Ready reports whether it can be given out: her room has a site.
func (f Filled) Ready() bool { return f.SiteID != "" }

// String names the paper and nothing of the person.
func (f Filled) String() string { return f.Ticket.String() }

// Format keeps values out under every verb.
func (f Filled) Format(s fmt.State, verb rune) { f.Ticket.Format(s, verb) }

// LinkPath is the path before the code of a ticket in the address that a telephone opens:
// in capitals, which a code packs best.
const LinkPath = "/KS/T/"

// Place is where somebody sits, for Fill.
type Place struct {
	Version seating.Version
	Seat    seating.Seat
	Site    site.Site // zero: none yet
	Area    string    // name of the area; "" is not said
	Proof   string    // text of her code; "" of an exception seat, for which no root stands
}

// Fill fills a ticket. It is pure. photo is a JPEG, nil where she has none. What Copy,
// Marks, Office and Printed say is whoever's who prints it.
func Fill(c campaign.Campaign, p Place, app form.Application, photo []byte) Filled {
	s := p.Seat
	w := c.InWords(app)
	t := sheet.Ticket{
		Campaign: c.Zh, Level: c.TableName("level", s.Level), Category: c.TableName("category", s.Category), Language: languageOf(c, s.Language, app),
		Name: w.Name, Sex: w.Sex, Masked: w.DocumentNumber.String(), Photo: photo,
		Number: s.Number, Area: strings.TrimSpace(s.Area + " " + p.Area), Room: RoomNumber(s.Room), Seat: SeatNumber(s.Seat),
		Site: p.Site.Name, Address: p.Site.Address, Phone: p.Site.Phone,
		Instructions: Instructions(c), Proof: p.Proof, Root: fmt.Sprintf("%x", p.Version.Root),
	}
	if len(photo) == 0 {
		t.Reason = sheet.NoPhotoYet
	}
	language := s.Language
	if language == "" {
		language = app.Get(form.Language)
	}
	for _, x := range Sittings(c, s.Level, s.Category, language) {
		t.Sittings = append(t.Sittings, sheet.TicketSitting{From: x.From, To: x.To, Entry: x.Entry(), Shut: x.Shut(), Subject: x.Paper()})
	}
	return Filled{Ticket: t, Application: s.Application, Campaign: c.ID, Version: p.Version, At: s, SiteID: p.Site.ID, Tongue: language}
}

// languageOf is the name of the language she writes: what she was seated by, else what
// she filled in.
func languageOf(c campaign.Campaign, code string, app form.Application) string {
	if code == "" {
		code = app.Get(form.Language)
	}
	if code == "" {
		return ""
	}
	return languageName(c, code)
}

// Instructions are the campaign's own to candidates (text "ticket_rules", one a line);
// none are those of the national examinations, which the paper has itself.
func Instructions(c campaign.Campaign) []string {
	if text := strings.TrimSpace(c.Text("ticket_rules", false)); text != "" {
		return strings.Split(text, "\n")
	}
	return nil
}

// RoomNumber is a room as papers print it: 0126.
func RoomNumber(n int) string { return fmt.Sprintf("%04d", n) }

// SeatNumber is a seat as papers print it: 07.
func SeatNumber(n int) string { return fmt.Sprintf("%02d", n) }

// Proof is the text of the code of a seat, with the portal's address before it where the
// campaign has one and it fits the paper. arrangement.ErrCode.
func Proof(c campaign.Campaign, v seating.Version, s arrangement.Seat, p arrangement.Proof) (string, error) {
	code, err := p.Code(c.ID, v.Number, s)
	if err != nil {
		return "", err
	}
	text := code.String()
	if with := strings.ToUpper(c.Portal.Address) + LinkPath + text; c.Portal.Address != "" && len(with) <= sheet.MaxProof {
		return with, nil
	}
	if len(text) > sheet.MaxProof {
		return "", arrangement.ErrCode
	}
	return text, nil
}
