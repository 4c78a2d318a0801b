package dispatch_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/dispatch"
	"zhunkao/hub/seating/seatingtest"
	"zhunkao/hub/ticket"
	"zhunkao/protocol"
)

// seat confirms everybody and publishes an arrangement of them, whose rooms have no
// sites yet.
func (k *desk) seat() {
	k.t.Helper()
	k.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE application SET state = 'confirmed', confirmed_at = 1, confirmed_point = point`)
		return err
	})
	if _, err := seatingtest.Publish(context.Background(), k.db, k.rules, k.sitting(""), opened.UnixMilli()); err != nil {
		k.t.Fatal(err)
	}
}

// sitting is everybody but one.
func (k *desk) sitting(but string) (people []seatingtest.Person) {
	for _, p := range k.people {
		if p.Application.ID != but {
			people = append(people, seatingtest.Person{Application: p.Application.ID, Division: division, Level: "3", Category: "34"})
		}
	}
	return people
}

// site gives all rooms to a site of this name.
func (k *desk) site(name string) {
	k.t.Helper()
	k.write(func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO site (id, campaign, division, code, name, address, contact, phone, rooms, seats, state, changed_at)
			VALUES ('s1', $1, $2, '430102001', $3, '样本路 1 号', '某人', '0731-00000000', 30, 900, 'set', 1) ON CONFLICT (id) DO UPDATE SET name = excluded.name`, k.rules.ID, division, name); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE seating_room SET site = 's1' WHERE version = (SELECT id FROM seating_version WHERE state = 'published')`)
		return err
	})
	k.d.LookAgain()
}

// tickets takes pages until the list is whole, telling after each how far it has come.
func (l *listener) tickets(within bool) (m protocol.AdmissionTickets, all []protocol.AdmissionTicket, sites []string) {
	l.k.t.Helper()
	for {
		l.beat()
		if !l.hears(protocol.KindTickets, patient, &m) {
			l.k.t.Fatal("no page of tickets came")
		}
		var page protocol.AdmissionPage
		l.k.must(protocol.OpenAtBox(m.Sealed, protocol.KindTickets, l.address(), l.opening, &page))
		if m.Mark != l.marks.Coming && m.Page != 1 || m.Mark == l.marks.Coming && m.Page != l.marks.ComingPage+1 {
			l.k.t.Fatalf("page %d after %d", m.Page, l.marks.ComingPage)
		}
		all = append(all, page.Tickets...)
		for _, p := range page.Places {
			sites = append(sites, p.Site)
		}
		l.marks.Coming, l.marks.ComingPage = m.Mark, m.Page
		if m.Page == m.Pages {
			l.marks.Tickets, l.marks.Coming, l.marks.ComingPage = m.Mark, 0, 0
			return m, all, sites
		}
		if within {
			return m, all, sites
		}
	}
}

// quiet reports whether a box with these marks is told of no tickets: the roster, which
// comes after them, is heard instead.
func (l *listener) quiet() bool {
	l.k.t.Helper()
	held := l.marks
	l.marks.Roster = 0
	l.hello()
	l.marks = held
	var r protocol.Roster
	if !l.hears(protocol.KindRoster, patient, &r) {
		l.k.t.Fatal("no page of the roster came")
	}
	var m protocol.AdmissionTickets
	return !l.hears(protocol.KindTickets, 0, &m)
}

// The tickets of a point travel to its boxes once they are published and their rooms
// have sites, page by page, from where the box stands; they are said once, and all anew
// when anything on them changes.
func TestTicketsTravelAhead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 120)
		k.d.TravelTickets(&ticket.Desk{Candidates: k.flow.Candidates, Keys: k.ring})
		b, other := k.box(pointHere), k.box(pointThere)
		b.marks.Campaign, other.marks.Campaign = 1, 1
		if !b.quiet() {
			t.Error("tickets before there are any")
		}
		k.seat()
		k.d.LookAgain()
		if !b.quiet() {
			t.Error("tickets of rooms without a site")
		}
		k.site("样本第一中学")
		var here []string
		for _, p := range k.people {
			if p.Application.Point == pointHere {
				here = append(here, p.Application.ID)
			}
		}
		slices.Sort(here)
		first, all, _ := b.tickets(true)
		if first.Pages != uint32(len(here)+39)/40 || first.Pages < 2 || first.Edition != 1 || first.Issued == 0 || first.Campaign != k.rules.ID {
			t.Fatalf("page %d of %d, edition %d, for %d people", first.Page, first.Pages, first.Edition, len(here))
		}
		// The hub is started anew in the middle: it goes on from where the box stands.
		k.d.LookAgain()
		last, more, sites := b.tickets(false)
		all = append(all, more...)
		var got []string
		for _, x := range all {
			got = append(got, x.Application)
			if x.Number == "" || x.Room == "" || x.Seat == "" || x.Proof == "" || x.NoPicture == "" {
				t.Errorf("a ticket lacks something: %q %q", x.Room, x.Seat)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, here) || last.Mark != first.Mark || sites[0] != "样本第一中学" {
			t.Errorf("tickets of %d, want %d", len(got), len(here))
		}
		if !b.quiet() {
			t.Error("told again what it knows")
		}
		if m, rest, _ := other.tickets(false); m.Mark == first.Mark || len(rest) != 120-len(here) {
			t.Errorf("the other point's box has %d", len(rest))
		}

		k.site("样本第二中学")
		next, anew, sites := b.tickets(false)
		if next.Mark == first.Mark || next.Issued <= first.Issued || len(anew) != len(here) || sites[0] != "样本第二中学" {
			t.Errorf("after a site has another name: mark %d, %d tickets", next.Mark, len(anew))
		}
		k.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE application SET state = 'withdrawn' WHERE id = $1`, here[0])
			return err
		})
		k.d.LookAgain()
		_, anew, _ = b.tickets(false)
		if len(anew) != len(here)-1 || slices.ContainsFunc(anew, func(x protocol.AdmissionTicket) bool { return x.Application == here[0] }) {
			t.Errorf("whoever withdrew still has a ticket: %d", len(anew))
		}
		// The arrangement is corrected: another edition, the same numbers at the same site, and
		// the code of the one in force.
		if _, err := seatingtest.Revise(context.Background(), k.db, k.rules, k.sitting(here[0]), opened.UnixMilli()); err != nil {
			t.Fatal(err)
		}
		k.d.LookAgain()
		m, same, sites := b.tickets(false)
		if m.Edition != 2 || len(same) != len(anew) || sites[0] != "样本第二中学" {
			t.Fatalf("corrected: edition %d, %d tickets at %v", m.Edition, len(same), sites)
		}
		for i := range same {
			if was := anew[i]; same[i].Application != was.Application || same[i].Number != was.Number || same[i].Room != was.Room || same[i].Seat != was.Seat || same[i].Proof == was.Proof || same[i].Proof == "" {
				t.Errorf("corrected: number, room, seat or code of ticket %d", i)
			}
		}
		// Seats are arranged anew, and no room has a site: what boxes hold is void all the same.
		k.seat()
		k.d.LookAgain()
		if m, anew, _ := b.tickets(false); m.Edition != 3 || len(anew) != 0 {
			t.Errorf("of another arrangement without sites: edition %d, %d tickets", m.Edition, len(anew))
		}
	})
}

// A box is given no picture of another point's candidate, nor one by a name that is not
// that of a picture: it is said to be absent.
func TestPicturesThatABoxMayNotHave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, 4)
		k.d.TravelTickets(&ticket.Desk{Candidates: k.flow.Candidates, Keys: k.ring})
		b := k.box(pointHere)
		ask := protocol.Lacking{Address: b.address(), Mark: 1, Pictures: []protocol.LackingPicture{{Application: k.people[0].Application.ID, Picture: protocol.Hash{1}},
			{Application: k.people[1].Application.ID, Picture: protocol.Hash{2}}, {Application: "nobody", Picture: protocol.Hash{3}}}}
		k.must(k.d.Pictures(context.Background(), b.fleet, ask))
		var m protocol.Pictures
		if !b.hears(protocol.KindPictures, patient, &m) {
			t.Fatal("no answer")
		}
		var page protocol.PicturePage
		k.must(protocol.OpenAtBox(m.Sealed, protocol.KindPictures, b.address(), b.opening, &page))
		if len(page.Pictures) != 3 || slices.ContainsFunc(page.Pictures, func(p protocol.Picture) bool { return len(p.JPEG) > 0 }) {
			t.Errorf("%d pictures came", len(page.Pictures))
		}
	})
}

// When tickets are printed no more, boxes are told none: they let go of theirs.
func TestTicketsEnd(t *testing.T) {
	k := open(t, dbtest.SQLite(t), 4)
	k.seat()
	k.site("样本第一中学")
	late := dispatch.New(dispatch.Options{DB: k.db, Keys: k.ring, Candidates: k.flow.Candidates, Fleet: k.fleet, Sealer: k.sealer,
		Tickets: &ticket.Desk{Candidates: k.flow.Candidates, Keys: k.ring}, Now: func() time.Time { return opened.AddDate(0, 2, 0) }})
	b := k.box(pointHere)
	var said atomic.Bool
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	clocks := make(chan struct{}, 8)
	done.Go(func() {
		_ = late.Run(ctx, func(topic string, _ []byte) error {
			switch topic {
			case protocol.DownTopic(protocol.BoxID(b.fleet.ID), protocol.KindTickets):
				said.Store(true)
			case protocol.DownTopic(protocol.BoxID(b.fleet.ID), protocol.KindRoster):
				clocks <- struct{}{}
			}
			return nil
		})
	})
	b.marks.Campaign = 1
	late.Clock(b.fleet, protocol.Heartbeat{Address: b.address(), Nonce: make([]byte, protocol.NonceSize), Marks: b.marks})
	select {
	case <-clocks: // the roster comes after the tickets would
	case <-time.After(patient):
		t.Error("no roster came")
	}
	cancel()
	done.Wait()
	if said.Load() {
		t.Error("tickets were said after their time")
	}
}
