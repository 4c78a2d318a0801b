package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/identity"
)

// somePage is a page of tickets of these applications. The picture of each is named
// by its application.
func somePage(applications ...string) protocol.AdmissionPage {
	p := protocol.AdmissionPage{Title: "一次考试", Rules: []string{}, Places: []protocol.AdmissionPlace{}, Papers: []protocol.AdmissionPaper{}, Tickets: []protocol.AdmissionTicket{}}
	for i, a := range applications {
		p.Places = append(p.Places, protocol.AdmissionPlace{Area: "0101", Site: "第一中学", Address: "样本路"})
		p.Papers = append(p.Papers, protocol.AdmissionPaper{Level: "高起本", Category: "文史类", Sittings: []protocol.AdmissionSitting{}})
		p.Tickets = append(p.Tickets, protocol.AdmissionTicket{Application: a, Name: identity.Name("考生" + a), Sex: "女", Document: "430***", Number: "number-of-" + a,
			Room: "001", Seat: fmt.Sprint(i + 1), Place: uint32(i), Paper: uint32(i), Picture: protocol.HashOf([]byte(a))})
	}
	return p
}

func (b *box) tickets(edition uint32, mark uint64, issued protocol.Time, page, pages uint32, applications ...string) (whole bool, err error) {
	return b.ApplyTickets(protocol.AdmissionTickets{Campaign: hubtest.Campaign, Edition: edition, Issued: issued, Mark: mark, Page: page, Pages: pages},
		somePage(applications...), 1567731600000)
}

func (b *box) take(t *testing.T, edition uint32, mark uint64, issued protocol.Time, page, pages uint32, applications ...string) {
	t.Helper()
	if whole, err := b.tickets(edition, mark, issued, page, pages, applications...); err != nil || whole != (page == pages) {
		t.Fatalf("page %d of %d of list %d: whole is %v, %v", page, pages, mark, whole, err)
	}
}

// held lists the applications whose tickets are held.
func (b *box) heldTickets(t *testing.T) (out []string) {
	t.Helper()
	if err := b.EachTicket(func(f store.FoundTicket) bool {
		out = append(out, f.Ticket.Application)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// A list counts with its last page and not before; the pages come in order, twice and
// late, and a restart in the middle goes on from there.
func TestAListOfTicketsComesPageByPage(t *testing.T) {
	b := newBox(t)
	if _, err := b.Ticket("a1"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("before any list: %v", err)
	}
	b.take(t, 1, 41, 100, 1, 3, "a1", "a2")
	for name, c := range map[string]struct {
		page, pages uint32
		mark        uint64
		issued      protocol.Time
	}{"one that skips": {3, 3, 41, 100}, "of another list": {2, 3, 43, 200}, "of another length": {2, 4, 41, 100}} {
		if _, err := b.tickets(1, c.mark, c.issued, c.page, c.pages, "a9"); !errors.Is(err, store.ErrMark) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if whole, err := b.tickets(1, 41, 100, 1, 3, "a1", "a2"); err != nil || whole {
		t.Errorf("the first page twice: %v, %v", whole, err)
	}
	b.take(t, 1, 41, 100, 2, 3, "a3")
	if _, err := b.Ticket("a1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a ticket of a list that is not whole: %v", err)
	}
	b.again()
	m, err := b.Marks()
	if err != nil || m.Tickets != 0 || m.Coming != 41 || m.ComingPage != 2 {
		t.Fatalf("marks after a restart: %+v, %v", m, err)
	}
	b.take(t, 1, 41, 100, 3, 3, "a4")
	if m, err = b.Marks(); err != nil || m.Tickets != 41 || m.Coming != 0 || m.ComingPage != 0 {
		t.Fatalf("marks when it is whole: %+v, %v", m, err)
	}
	if got := b.heldTickets(t); !slices.Equal(got, []string{"a1", "a2", "a3", "a4"}) {
		t.Errorf("tickets of %v", got)
	}
	f, err := b.Ticket("a3")
	if err != nil || f.Ticket.Number != "number-of-a3" || f.Title != "一次考试" || f.Place.Site != "第一中学" || f.List.Count != 4 || f.Copies != 0 {
		t.Errorf("her ticket: list %+v, %v", f.List, err)
	}
}

// A newer list replaces the one before, all of it; one kept back on the way brings no
// old seat back.
func TestANewListReplacesTheOldOne(t *testing.T) {
	b := newBox(t)
	b.take(t, 1, 41, 100, 1, 1, "a1", "a2")
	b.take(t, 1, 42, 200, 1, 2, "a2")
	if lists, err := b.Tickets(); err != nil || lists.Void() {
		t.Errorf("a list of the same edition makes the tickets void: %v", err)
	}
	if got := b.heldTickets(t); !slices.Equal(got, []string{"a1", "a2"}) {
		t.Errorf("while the next list comes: %v", got)
	}
	if _, err := b.tickets(1, 40, 150, 1, 1, "a1"); !errors.Is(err, store.ErrMark) {
		t.Errorf("an older list drops the one that is coming: %v", err)
	}
	b.take(t, 1, 42, 200, 2, 2, "a3")
	for _, issued := range []protocol.Time{100, 200} {
		if whole, err := b.tickets(1, 41, issued, 1, 1, "a1"); err != nil || whole {
			t.Errorf("a list issued at %d after one of 200: taken is %v, %v", issued, whole, err)
		}
	}
	if got := b.heldTickets(t); !slices.Equal(got, []string{"a2", "a3"}) {
		t.Errorf("after the next list: %v", got)
	}
	if err := b.SweepTickets(); err != nil {
		t.Fatal(err)
	}
	if got := b.heldTickets(t); !slices.Equal(got, []string{"a2", "a3"}) {
		t.Errorf("after the sweep: %v", got)
	}
}

// From the first page of a newer arrangement on the tickets held are void.
func TestANewEditionMakesTicketsVoid(t *testing.T) {
	b := newBox(t)
	b.take(t, 1, 41, 100, 1, 1, "a1")
	b.take(t, 2, 42, 200, 1, 2, "a1")
	b.again()
	lists, err := b.Tickets()
	if err != nil || !lists.Void() {
		t.Fatalf("the tickets of edition 1 stand while those of 2 come: %+v, %v", lists, err)
	}
	b.take(t, 2, 42, 200, 2, 2, "a2")
	if lists, err = b.Tickets(); err != nil || lists.Void() || lists.Held.Edition != 2 {
		t.Errorf("when they are here: %+v, %v", lists, err)
	}
}

// A list that was dropped half way leaves nothing behind, and neither does one that
// was replaced, nor a picture that no ticket names.
func TestOldTicketsAndPicturesAreSwept(t *testing.T) {
	b := newBox(t)
	var many []string
	for i := range 60 {
		many = append(many, fmt.Sprintf("m%02d", i))
	}
	for page := range uint32(5) {
		var of []string
		for _, m := range many {
			of = append(of, fmt.Sprint(m, "-", page))
		}
		b.take(t, 1, 41, 100, page+1, 6, of...)
	}
	b.take(t, 1, 44, 300, 1, 1, "a1", "m01-0")
	lacking, err := b.Pictures()
	if err != nil || lacking != 301 {
		t.Fatalf("%d pictures lacking, %v", lacking, err)
	}
	if _, err := b.SavePictures([]protocol.Picture{{Picture: protocol.HashOf([]byte("m01-0")), JPEG: []byte("one")}, {Picture: protocol.HashOf([]byte("m02-0")), JPEG: []byte("two")}}); err != nil {
		t.Fatal(err)
	}
	if err := b.SweepTickets(); err != nil {
		t.Fatal(err)
	}
	if lacking, err = b.Pictures(); err != nil || lacking != 1 {
		t.Errorf("%d pictures lacking after the sweep, %v", lacking, err)
	}
	if got, err := b.Picture(protocol.HashOf([]byte("m01-0"))); err != nil || string(got) != "one" {
		t.Errorf("a picture that is named: %v", err)
	}
	if _, err := b.Picture(protocol.HashOf([]byte("m02-0"))); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a picture that is not: %v", err)
	}
	if n, err := b.TicketsOnDisk(); err != nil || n != 2 {
		t.Errorf("%d tickets lie in the store, %v", n, err)
	}
}

// What is lacking is asked for in turn, past what never comes; what the hub says it
// has not is not asked for again; what nobody asked for is not taken.
func TestPicturesThatAreLacking(t *testing.T) {
	b := newBox(t)
	b.take(t, 1, 41, 100, 1, 1, "a1", "a2", "a3")
	var all []protocol.LackingPicture
	var from protocol.Hash
	for {
		next, err := b.Lacking(2, from)
		if err != nil {
			t.Fatal(err)
		}
		if len(next) == 0 {
			break
		}
		all, from = append(all, next...), next[len(next)-1].Picture
	}
	if len(all) != 3 {
		t.Fatalf("asks for %d of 3", len(all))
	}
	for _, l := range all {
		if l.Picture != protocol.HashOf([]byte(l.Application)) {
			t.Errorf("asks for another's picture: %s", l.Application)
		}
	}
	jpeg := bytes.Repeat([]byte("picture of a person "), 400)
	n, err := b.SavePictures([]protocol.Picture{{Picture: all[0].Picture, JPEG: jpeg}, {Picture: all[1].Picture}, {Picture: protocol.Hash{9}, JPEG: jpeg}})
	if err != nil || n != 1 {
		t.Fatalf("takes %d, %v", n, err)
	}
	b.again()
	if got, err := b.Picture(all[0].Picture); err != nil || !bytes.Equal(got, jpeg) {
		t.Errorf("the picture after a restart: %v", err)
	}
	for _, h := range []protocol.Hash{all[1].Picture, {9}, {}} {
		if _, err := b.Picture(h); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a picture that never came: %v", err)
		}
	}
	left, err := b.Lacking(8, protocol.Hash{})
	if err != nil || len(left) != 1 || left[0] != all[2] {
		t.Errorf("still asks for %d, %v", len(left), err)
	}
	// The next list names the picture that is here, and asks for the other again.
	b.take(t, 1, 42, 200, 1, 1, all[0].Application, all[1].Application)
	if err := b.SweepTickets(); err != nil {
		t.Fatal(err)
	}
	if left, err = b.Lacking(8, protocol.Hash{}); err != nil || len(left) != 1 || left[0] != all[1] {
		t.Errorf("after the next list asks for %d, %v", len(left), err)
	}
	raw, err := os.ReadFile(filepath.Join(b.dir, "pictures", all[0].Picture.String()))
	if err != nil || bytes.Contains(raw, jpeg[:20]) {
		t.Errorf("the picture lies readable on the disk: %v", err)
	}
	if raw, err = os.ReadFile(filepath.Join(b.dir, store.Boltfile)); err != nil || bytes.Contains(raw, []byte("number-of-")) || bytes.Contains(raw, []byte("考生")) {
		t.Errorf("a ticket lies readable on the disk: %v", err)
	}
}

// Whoever left this point is no more among its tickets.
func TestWhoLeavesTakesTheTicket(t *testing.T) {
	b := newBox(t)
	b.take(t, 1, 41, 100, 1, 1, "a1", "a2")
	b.roster(protocol.RosterEntry{Gone: "a1"})
	if got := b.heldTickets(t); !slices.Equal(got, []string{"a2"}) {
		t.Errorf("tickets of %v", got)
	}
}
