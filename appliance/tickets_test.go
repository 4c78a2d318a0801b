package appliance_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/hw/printertest"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// printing is within the days in which tickets are printed.
var printing = time.Date(2019, 10, 18, 10, 0, 0, 0, window.Zone())

// ticketList is a list of tickets that the peer says, page by page of two.
type ticketList struct {
	edition uint32
	mark    uint64
	people  []synthetic.Person
	most    uint32 // pages that are said; 0: all
	picture []byte // of everybody; nil: the hub has none that it could send
}

func pictureOf(a form.Application) protocol.Hash {
	return protocol.HashOf([]byte("picture of " + a.ID))
}

// jpegOf is a picture as a hub would send it.
func jpegOf(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, 120, 150)), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// lastJob is the newest job of the printer.
func (d *devices) lastJob() printertest.Job {
	return slices.MaxFunc(d.printer.Jobs(), func(a, b printertest.Job) int { return a.Serial - b.Serial })
}

// tell says the next page that the box lacks.
func (l ticketList) tell(p *peer, marks protocol.Marks, seal func(protocol.Kind, any) protocol.Sealed) {
	pages := uint32(len(l.people)+1) / 2
	next := uint32(1)
	if marks.Coming == l.mark {
		next = marks.ComingPage + 1
	}
	if marks.Tickets == l.mark || next > pages || l.most > 0 && next > l.most {
		return
	}
	page := protocol.AdmissionPage{Title: "2019年成人高等学校招生全国统一考试", Rules: []string{}, Tickets: []protocol.AdmissionTicket{},
		Places: []protocol.AdmissionPlace{{Area: "0102 样本考区", Site: "样本第一中学", Address: "样本路 1 号"}},
		Papers: []protocol.AdmissionPaper{{Level: "高起本", Category: "文史类", Sittings: []protocol.AdmissionSitting{{Subject: "语文",
			From: protocol.TimeOf(printing.AddDate(0, 0, 8)), To: protocol.TimeOf(printing.AddDate(0, 0, 8).Add(2 * time.Hour))}}}}}
	for i, q := range l.people[2*(next-1) : min(int(2*next), len(l.people))] {
		page.Tickets = append(page.Tickets, protocol.AdmissionTicket{Application: q.Application.ID, Name: q.Application.Name(), Sex: "女", Document: q.Application.Number().String(),
			Number: fmt.Sprintf("194301%02d%03d%03d", l.edition, next, i), Room: "005", Seat: fmt.Sprint(i + 1), Picture: pictureOf(q.Application)})
	}
	p.say(protocol.KindTickets, protocol.AdmissionTickets{Address: p.box, Campaign: p.camp.ID, Edition: l.edition, Issued: protocol.Time(l.mark), Mark: l.mark,
		Page: next, Pages: pages, Sealed: seal(protocol.KindTickets, page)})
}

// ticketBox is a box with the tickets of some, a printer and nobody at it.
func ticketBox(t *testing.T, l ticketList) (*peer, *box, *devices) {
	t.Helper()
	p := newPeer(t, at(printing))
	l.people = p.plain()[:5]
	for _, q := range l.people {
		p.confirmed(q.Application.ID)
	}
	p.tickets = &l
	b := newBox(t, p)
	b.desk = "127.0.0.1:0"
	d := b.plug()
	b.start()
	b.sees("idle")
	return p, b, d
}

// confirmed has the first page of the roster say that an application is confirmed.
func (p *peer) confirmed(application string) {
	before := p.adds
	p.adds = func(page *protocol.RosterPage) {
		if before != nil {
			before(page)
		}
		page.Entries = append(page.Entries, protocol.RosterEntry{Version: uint64(len(p.people)), Confirmed: &protocol.ConfirmedMark{Application: application, At: 1567731600000, Point: "x"}})
	}
}

func (b *box) holds(t *testing.T, mark uint64) {
	t.Helper()
	until(t, "the tickets", func() bool { l, err := b.app.Tickets(); return err == nil && l.Held.Mark == mark })
	until(t, "their pictures", func() bool { n, err := b.app.Lacking(); return err == nil && n == 0 })
}

// Her card brings her admission ticket, with the hub away for two weeks too, and the
// screen goes back to its beginning with nothing of her left. The next copy is marked,
// and each stands in the log.
func TestACardBringsTheTicket(t *testing.T) {
	photo := jpegOf(t)
	p, b, d := ticketBox(t, ticketList{edition: 1, mark: 41, picture: photo})
	b.holds(t, 41)
	p.stop()
	b.halt()
	now := p.now()
	b.now = at(now.Add(9 * 24 * time.Hour)) // 27 October: the last day
	b.start()
	b.sees("idle")
	who := p.plain()[2]
	for n, mark := range []string{"", "补打"} {
		b.place(who.Chip)
		text := b.sees("ticket")
		if !strings.Contains(text, "1943 0101 00 2000") || !strings.Contains(text, "样本第一中学") {
			t.Fatalf("the screen does not show her seat")
		}
		b.press("go-on")
		b.lift()
		b.sees("take-sheet")
		b.press("have")
		b.sees("idle")
		if jobs := d.titles(); len(jobs) != n+1 || !strings.HasPrefix(jobs[n], "准考证") {
			t.Fatalf("printed: %q", jobs)
		}
		if !bytes.Contains(d.lastJob().Document, photo) {
			t.Errorf("copy %d: her photo does not stand on it as it came", n+1)
		}
		paper := wordsOf(t, d.lastJob())
		for _, word := range []string{string(who.Chip.Name), "样本第一中学", "文史类", "测试报名点", mark} {
			if !strings.Contains(paper, word) {
				t.Errorf("copy %d: %q does not stand on it", n+1, word)
			}
		}
		if mark == "" && strings.Contains(paper, "补打") {
			t.Error("the first copy is marked as a reprint")
		}
		if strings.Contains(paper, who.Chip.Number.Reveal()) {
			t.Error("the document number stands on it whole")
		}
	}
	b.halt()
	for _, text := range []string{string(who.Chip.Name), who.Chip.Number.Reveal(), "19430101002000"} {
		if found := b.app.Residue(text); len(found) > 0 {
			t.Errorf("something of her is still in %v", found)
		}
	}
	log, err := protocol.AdmissionTicket{Application: who.Application.ID}.CopiesID(p.camp.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	copies := b.copies(log)
	if len(copies) != 2 || copies[0].Reprint || !copies[1].Reprint || copies[1].Number != 2 || copies[1].Outcome != store.CopyPrinted || copies[1].Word != store.WordInHand {
		t.Errorf("log of copies: %+v", copies)
	}
	if strings.Contains(b.log.String(), string(who.Chip.Name)) || strings.Contains(b.log.String(), "19430101002000") {
		t.Error("the log names her")
	}
}

// Who has no ticket is told so, and what comes instead; a picture that the hub does
// not have holds nothing up.
func TestWhoHasNoTicket(t *testing.T) {
	p, b, d := ticketBox(t, ticketList{edition: 1, mark: 41, most: 1})
	until(t, "the first page", func() bool { l, err := b.app.Tickets(); return err == nil && l.Coming.Page == 1 })
	who := p.plain()[0]
	b.place(who.Chip)
	if text := b.sees("refused"); !strings.Contains(text, "准考证还没有送到这台机器") {
		t.Errorf("while the list comes: %s", text)
	}
	b.press("done")
	b.lift()
	b.sees("idle")
	p.with(func() { p.tickets.most = 0 })
	b.app.Beat()
	b.holds(t, 41)
	b.place(p.plain()[6].Chip) // confirmed by nobody, and it is too late
	if text := b.sees("refused"); !strings.Contains(text, "没有找到您的准考证") {
		t.Errorf("who has none: %s", text)
	}
	b.lift()
	b.place(who.Chip)
	if text := b.sees("ticket"); !strings.Contains(text, "相片还没有送到") {
		t.Error("it is not said that the picture is not here")
	}
	b.lift()
	b.sees("idle")
	if n := len(d.printer.Jobs()); n != 0 {
		t.Errorf("%d papers came out", n)
	}
}

// From the first page of a newer arrangement on nothing is printed of the old one, at
// the screen and at the desk, also of what waited for the printer; when the new list is
// whole, the new ticket is.
func TestAnOldTicketIsVoid(t *testing.T) {
	p, b, d := ticketBox(t, ticketList{edition: 1, mark: 41, picture: jpegOf(t)})
	b.holds(t, 41)
	who := p.plain()[1]
	old, err := protocol.AdmissionTicket{Application: who.Application.ID}.CopiesID(p.camp.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	d.set(t, printertest.Knobs{PageMS: 3000})
	b.asks(store.Print{Kind: store.PrintForm})
	until(t, "a form in the printer", func() bool { return len(d.printer.Jobs()) == 1 })
	d.set(t, printertest.Knobs{Paused: true, PageMS: 50}) // it holds what it has
	waits := b.asks(store.Print{Kind: store.PrintTicket, Record: old, Application: who.Application.ID})
	p.with(func() {
		p.tickets = &ticketList{edition: 2, mark: 42, people: p.tickets.people, picture: p.tickets.picture, most: 1}
	})
	b.app.Beat()
	until(t, "the first page of the new list", func() bool { l, err := b.app.Tickets(); return err == nil && l.Void() })
	b.place(who.Chip)
	if text := b.sees("refused"); !strings.Contains(text, "旧准考证已作废") {
		t.Errorf("at the screen: %s", text)
	}
	b.lift()
	d.set(t, printertest.Quick())
	until(t, "the old ticket stops in the queue", func() bool {
		l := b.line()
		return len(l.Papers) == 1 && l.Papers[0].ID == waits.ID && l.Papers[0].State == store.PrintStopped && l.Papers[0].Why == "ticket-"+desk.TicketWord(desk.ErrTicketVoid)
	})
	p.with(func() { p.tickets.most = 0 })
	b.app.Beat()
	b.holds(t, 42)
	if err := b.app.Printing().Again(waits.ID); err != nil {
		t.Fatal(err)
	}
	until(t, "it stays stopped", func() bool { l := b.line(); return len(l.Papers) == 1 && l.Papers[0].State == store.PrintStopped })
	fresh, err := protocol.AdmissionTicket{Application: who.Application.ID}.CopiesID(p.camp.ID, 2)
	if err != nil {
		t.Fatal(err)
	}
	b.asks(store.Print{Kind: store.PrintTicket, Record: fresh, Application: who.Application.ID})
	until(t, "the new ticket", func() bool { return len(d.printer.Jobs()) == 2 && len(b.line().Papers) == 1 })
	titles := d.titles()
	if !strings.HasPrefix(titles[1], "准考证") || !strings.Contains(wordsOf(t, d.lastJob()), "1943 0102 00 1001") {
		t.Errorf("printed: %q", titles)
	}
}

// When tickets are certainly printed no more, the box lets go of them and of their
// pictures; until then, and a while after, it keeps them.
func TestTicketsEnd(t *testing.T) {
	p, b, _ := ticketBox(t, ticketList{edition: 1, mark: 41, picture: jpegOf(t)})
	b.holds(t, 41)
	turn := func(days int) {
		b.halt()
		now := at(printing.AddDate(0, 0, days))
		p.with(func() { p.now, p.tickets = now, nil })
		b.now = now
		b.start()
		b.sees("idle")
		until(t, "the hub's time", func() bool { return b.app.Certain() })
	}
	turn(10) // 28 October, the day after the last
	b.app.LookAround(t)
	if l, err := b.app.Tickets(); err != nil || l.Held.Mark != 41 {
		t.Errorf("gone too early: %+v, %v", l.Held, err)
	}
	turn(13)
	b.app.LookAround(t)
	until(t, "the tickets are gone", func() bool { l, err := b.app.Tickets(); return err == nil && l.Held.Mark == 0 })
	until(t, "and their pictures", func() bool {
		left, err := os.ReadDir(filepath.Join(b.data, "pictures"))
		return err == nil && len(left) == 0
	})
}
