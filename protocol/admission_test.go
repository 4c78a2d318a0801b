package protocol_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"zhunkao/protocol"
)

func TestGoldenAdmission(t *testing.T) {
	p := goldenParties(t)
	var a protocol.AdmissionTickets
	if err := protocol.OpenAddressed(protocol.KindTickets, golden(t, "tickets.cose"), p.keys, goldenBox, &a); err != nil {
		t.Fatal(err)
	}
	var page protocol.AdmissionPage
	if err := protocol.OpenAtBox(a.Sealed, protocol.KindTickets, goldenBox, p.boxOpen, &page); err != nil {
		t.Fatal(err)
	}
	if want := goldenAdmission(); !reflect.DeepEqual(page, want) || a.Mark != 41 || a.Edition != 1 || a.Page != 1 || a.Pages != 1 {
		t.Errorf("a page of other tickets: mark %d, edition %d, page %d of %d", a.Mark, a.Edition, a.Page, a.Pages)
	}
	var m protocol.Pictures
	if err := protocol.OpenAddressed(protocol.KindPictures, golden(t, "pictures.cose"), p.keys, goldenBox, &m); err != nil {
		t.Fatal(err)
	}
	var pictures protocol.PicturePage
	if err := protocol.OpenAtBox(m.Sealed, protocol.KindPictures, goldenBox, p.boxOpen, &pictures); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(pictures, goldenPictures()) {
		t.Error("other pictures")
	}
	other := goldenBox
	other.Epoch++
	if err := protocol.OpenAtBox(a.Sealed, protocol.KindTickets, other, p.boxOpen, &page); !errors.Is(err, protocol.ErrOpen) {
		t.Errorf("the tickets open for another epoch: %v", err)
	}
	if err := protocol.OpenAtBox(a.Sealed, protocol.KindRoster, goldenBox, p.boxOpen, &page); !errors.Is(err, protocol.ErrOpen) {
		t.Errorf("the tickets open as a roster: %v", err)
	}
}

// What no honest hub says of tickets is refused, where it is written and where it is
// read.
func TestTicketsThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		bad  func(*protocol.AdmissionPage)
		want error
	}{
		"an application twice":   {func(p *protocol.AdmissionPage) { p.Tickets[1].Application = p.Tickets[0].Application }, protocol.ErrMalformed},
		"no application":         {func(p *protocol.AdmissionPage) { p.Tickets[0].Application = "" }, protocol.ErrMalformed},
		"no number":              {func(p *protocol.AdmissionPage) { p.Tickets[0].Number = "" }, protocol.ErrMalformed},
		"a place that is not":    {func(p *protocol.AdmissionPage) { p.Tickets[1].Place = 1 }, protocol.ErrMalformed},
		"a paper that is not":    {func(p *protocol.AdmissionPage) { p.Tickets[1].Paper = 1 << 31 }, protocol.ErrMalformed},
		"a name that turns":      {func(p *protocol.AdmissionPage) { p.Tickets[0].Name = "样\u202e本" }, protocol.ErrMalformed},
		"a long proof":           {func(p *protocol.AdmissionPage) { p.Tickets[0].Proof = strings.Repeat("A", 513) }, protocol.ErrMalformed},
		"a long address":         {func(p *protocol.AdmissionPage) { p.Places[0].Address = strings.Repeat("路", 342) }, protocol.ErrMalformed},
		"five sittings":          {func(p *protocol.AdmissionPage) { p.Papers[0].Sittings = make([]protocol.AdmissionSitting, 5) }, protocol.ErrMalformed},
		"a time beyond all time": {func(p *protocol.AdmissionPage) { p.Papers[0].Sittings[0].Shut = 1 << 60 }, protocol.ErrMalformed},
		"places missing":         {func(p *protocol.AdmissionPage) { p.Places = nil }, protocol.ErrMalformed},
		"many places":            {func(p *protocol.AdmissionPage) { p.Places = make([]protocol.AdmissionPlace, 3) }, protocol.ErrTooLarge},
		"many tickets": {func(p *protocol.AdmissionPage) {
			for i := range protocol.MaxAdmissionTickets {
				one := p.Tickets[0]
				one.Application = fmt.Sprint("a", i)
				p.Tickets = append(p.Tickets, one)
			}
		}, protocol.ErrTooLarge},
	} {
		page := goldenAdmission()
		c.bad(&page)
		if _, err := protocol.Encode(page); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := protocol.Encode(protocol.AdmissionPage{Rules: []string{}, Places: []protocol.AdmissionPlace{}, Papers: []protocol.AdmissionPaper{}, Tickets: []protocol.AdmissionTicket{}}); err != nil {
		t.Errorf("a point without a ticket: %v", err)
	}
	for name, bad := range map[string]func(*protocol.AdmissionTickets){
		"no mark":            func(a *protocol.AdmissionTickets) { a.Mark = 0 },
		"no edition":         func(a *protocol.AdmissionTickets) { a.Edition = 0 },
		"no time":            func(a *protocol.AdmissionTickets) { a.Issued = 0 },
		"page nought":        func(a *protocol.AdmissionTickets) { a.Page = 0 },
		"a page beyond":      func(a *protocol.AdmissionTickets) { a.Page = 2 },
		"pages without end":  func(a *protocol.AdmissionTickets) { a.Pages = protocol.MaxAdmissionPages + 1 },
		"no campaign":        func(a *protocol.AdmissionTickets) { a.Campaign = "" },
		"a box without a id": func(a *protocol.AdmissionTickets) { a.Box = "" },
	} {
		a := protocol.AdmissionTickets{Address: goldenBox, Campaign: "adult-2019", Edition: 1, Issued: goldenTime, Mark: 1, Page: 1, Pages: 1}
		if _, err := protocol.Encode(a); err != nil {
			t.Fatal(err)
		}
		bad(&a)
		if _, err := protocol.Encode(a); !errors.Is(err, protocol.ErrMalformed) && !errors.Is(err, protocol.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPicturesThatCannotBe(t *testing.T) {
	big := func(n int) protocol.PicturePage {
		return protocol.PicturePage{Pictures: []protocol.Picture{{Picture: protocol.Hash{1}, JPEG: bytes.Repeat([]byte{1}, n)}}}
	}
	if _, err := protocol.Encode(big(protocol.MaxPicture)); err != nil {
		t.Errorf("the largest picture: %v", err)
	}
	two := big(protocol.MaxPicture)
	two.Pictures = append(two.Pictures, two.Pictures[0])
	many := protocol.PicturePage{}
	for range protocol.MaxLacking + 1 {
		many.Pictures = append(many.Pictures, protocol.Picture{Picture: protocol.Hash{1}})
	}
	for name, page := range map[string]protocol.PicturePage{"too large": big(protocol.MaxPicture + 1), "too large together": two, "too many": many} {
		if _, err := protocol.Encode(page); !errors.Is(err, protocol.ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := protocol.Encode(protocol.PicturePage{Pictures: []protocol.Picture{{}}}); !errors.Is(err, protocol.ErrMalformed) {
		t.Errorf("of no name: %v", err)
	}
	ask := protocol.Lacking{Address: goldenBox, Mark: 1}
	if _, err := protocol.Encode(ask); !errors.Is(err, protocol.ErrMalformed) {
		t.Errorf("asks for nothing: %v", err)
	}
	for range protocol.MaxLacking + 1 {
		ask.Pictures = append(ask.Pictures, protocol.LackingPicture{Application: "a", Picture: protocol.Hash{1}})
	}
	if _, err := protocol.Encode(ask); !errors.Is(err, protocol.ErrTooLarge) {
		t.Errorf("asks for too many: %v", err)
	}
}

// A page of the most tickets, each of the longest words, fits a message.
func TestTheLargestPageOfTicketsFits(t *testing.T) {
	p := goldenParties(t)
	page := goldenAdmission()
	proto, place, paper := page.Tickets[0], page.Places[0], page.Papers[0]
	page.Tickets, page.Places, page.Papers = nil, nil, nil
	for i := range protocol.MaxAdmissionTickets {
		one := proto
		one.Application, one.Place, one.Paper = fmt.Sprintf("%032d", i), uint32(i), uint32(i)
		one.Name, one.Proof = "阿卜杜·喀迪尔·麦麦提·吐尔逊·买买提艾力·阿不都热合曼", strings.Repeat("A", 470)
		place.Address = strings.Repeat("路", 200)
		paper.Sittings = append(paper.Sittings[:2:2], paper.Sittings[:2]...)
		page.Tickets, page.Places, page.Papers = append(page.Tickets, one), append(page.Places, place), append(page.Papers, paper)
	}
	sealed, err := protocol.SealForBox(protocol.SuiteAES, protocol.KindTickets, goldenBox, p.boxOpen.PublicKey(), page)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := protocol.SignMessage(protocol.KindTickets, protocol.AdmissionTickets{Address: goldenBox, Campaign: "adult-2019", Edition: 1,
		Issued: goldenTime, Mark: 1, Page: 1, Pages: 1, Sealed: sealed}, p.hub); err != nil {
		t.Errorf("%d bytes: %v", len(sealed.Cipher), err)
	}
}

func TestCopiesIDTellsTicketsApart(t *testing.T) {
	one := goldenAdmission().Tickets[0]
	first, err := one.CopiesID("adult-2019", 1)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := one.CopiesID("adult-2019", 1)
	newer, _ := one.CopiesID("adult-2019", 2)
	elsewhere, _ := one.CopiesID("adult-2020", 1)
	other, _ := goldenAdmission().Tickets[1].CopiesID("adult-2019", 1)
	if first != again || first == newer || first == elsewhere || first == other {
		t.Error(first, again, newer, elsewhere, other)
	}
}
