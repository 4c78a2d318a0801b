package link_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

// sayTickets says one page of a list.
func (p *peer) sayTickets(n *node, m protocol.AdmissionTickets, applications ...string) {
	p.Helper()
	page := protocol.AdmissionPage{Rules: []string{}, Places: []protocol.AdmissionPlace{}, Papers: []protocol.AdmissionPaper{}, Tickets: []protocol.AdmissionTicket{}}
	for i, a := range applications {
		page.Places = append(page.Places, protocol.AdmissionPlace{Site: "第一中学"})
		page.Papers = append(page.Papers, protocol.AdmissionPaper{Sittings: []protocol.AdmissionSitting{}})
		page.Tickets = append(page.Tickets, protocol.AdmissionTicket{Application: a, Name: "某人", Number: "n-" + a, Place: uint32(i), Paper: uint32(i), Picture: protocol.HashOf([]byte(a))})
	}
	m.Campaign, m.Address = hubtest.Campaign, p.address
	m.Sealed = p.seal(n, protocol.KindTickets, page)
	p.say(protocol.KindTickets, m)
}

func (p *peer) seal(n *node, kind protocol.Kind, v any) protocol.Sealed {
	p.Helper()
	opening, err := n.keys.Opener("box-1")
	if err != nil {
		p.Fatal(err)
	}
	sealed, err := protocol.SealForBox(protocol.SuiteAES, kind, p.address, publicOf(p.T, opening), v)
	if err != nil {
		p.Fatal(err)
	}
	return sealed
}

// A list of tickets comes page by page, each told in the marks; then its pictures are
// asked for, and again until they are here.
func TestTicketsAndTheirPicturesComeDown(t *testing.T) {
	p := newPeer(t)
	n := newNode(t, p)
	if err := n.SaveCampaign(store.Campaign{ID: hubtest.Campaign, Version: 1, Bundle: []byte{1}}, protocol.RosterKey{Key: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	gives := 3
	p.with(func() {
		p.pictures = func(l protocol.Lacking) (all []protocol.Picture) {
			for _, a := range l.Pictures[:min(gives, len(l.Pictures))] {
				if a.Picture != protocol.HashOf([]byte(a.Application)) {
					t.Errorf("asks for another's picture: %s", a.Application)
				}
				all = append(all, protocol.Picture{Picture: a.Picture, JPEG: []byte("picture of " + a.Application)})
			}
			return all
		}
	})
	p.node = n
	n.run()
	n.until("linked", saw(n, any1[link.Linked]))
	var first, second []string
	for i := range 20 {
		first, second = append(first, fmt.Sprintf("a%02d", i)), append(second, fmt.Sprintf("b%02d", i))
	}
	p.sayTickets(n, protocol.AdmissionTickets{Edition: 1, Issued: 100, Mark: 41, Page: 2, Pages: 2}, second...) // too early
	p.sayTickets(n, protocol.AdmissionTickets{Edition: 1, Issued: 100, Mark: 41, Page: 1, Pages: 2}, first...)
	n.until("the first page", func() bool {
		return p.marked(func(m protocol.Marks) bool { return m.Coming == 41 && m.ComingPage == 1 && m.Tickets == 0 })
	})
	p.sayTickets(n, protocol.AdmissionTickets{Edition: 1, Issued: 100, Mark: 41, Page: 2, Pages: 2}, second...)
	n.until("the list", func() bool { return p.marked(func(m protocol.Marks) bool { return m.Coming == 0 && m.Tickets == 41 }) })
	n.until("the pictures", saw(n, any1[link.PicturesTaken]))
	if b, err := n.Picture(protocol.HashOf([]byte("b19"))); err != nil || !bytes.Equal(b, []byte("picture of b19")) {
		t.Errorf("a picture: %q, %v", b, err)
	}
	asked := 0
	p.with(func() { asked = len(p.lackings) })
	if asked < 14 || asked > 20 {
		t.Errorf("asked %d times for 40 pictures, three at a time", asked)
	}

	// Said again, and of another campaign, it does nothing.
	p.sayTickets(n, protocol.AdmissionTickets{Edition: 1, Issued: 100, Mark: 41, Page: 1, Pages: 2}, "x")
	p.sayTickets(n, protocol.AdmissionTickets{Edition: 1, Issued: 90, Mark: 40, Page: 1, Pages: 1}, "x")
	p.sayTickets(n, protocol.AdmissionTickets{Edition: 1, Issued: 200, Mark: 42, Page: 1, Pages: 1}, first...)
	n.until("the next list", func() bool { return p.marked(func(m protocol.Marks) bool { return m.Tickets == 42 }) })
	held := []string{}
	if err := n.EachTicket(func(f store.FoundTicket) bool { held = append(held, f.Ticket.Application); return true }); err != nil || !slices.Equal(held, first) {
		t.Errorf("tickets of %v, %v", held, err)
	}
	if _, err := n.Picture(protocol.HashOf([]byte("a07"))); err != nil {
		t.Errorf("a picture that both lists name: %v", err)
	}
	n.until("the others are swept", func() bool { _, err := n.Picture(protocol.HashOf([]byte("b07"))); return err != nil })
}

// marked reports whether a heartbeat told such marks.
func (p *peer) marked(is func(protocol.Marks) bool) (found bool) {
	p.with(func() { found = slices.ContainsFunc(p.beats, func(h protocol.Heartbeat) bool { return is(h.Marks) }) })
	return found
}
