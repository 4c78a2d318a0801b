package dispatch

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/hub/ticket"
	"zhunkao/protocol"
	"zhunkao/protocol/window"
)

const (
	// ticketsFresh is how long it is believed what the tickets of a point are: to find
	// out takes a look at each of its candidates' rows.
	ticketsFresh = time.Minute
	// ticketsPage is how many tickets one page has. With the longest of everything it
	// is far below a message.
	ticketsPage = 40
)

// ticketList is what the tickets of one point are, as looked up at a time.
type ticketList struct {
	looked time.Time // real
	of     ticket.OfPoint
	issued protocol.Time // when this list was first seen
	mark   uint64        // 0: there is none to be said
}

func (l ticketList) pages() uint32 {
	return uint32(max(1, (l.of.Count+ticketsPage-1)/ticketsPage))
}

// ticketsOf gives the list of a point, at most ticketsFresh old.
func (d *Dispatch) ticketsOf(ctx context.Context, campaign, point string) (ticketList, error) {
	d.ticketMu.Lock()
	old, ok := d.ticketLists[point]
	d.ticketMu.Unlock()
	if ok && time.Since(old.looked) < ticketsFresh {
		return old, nil
	}
	l := ticketList{looked: time.Now()}
	there := false
	if err := d.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		l.of, there, err = d.opts.Tickets.Point(ctx, tx, campaign, point)
		return err
	}); err != nil {
		return ticketList{}, err
	}
	if there {
		// The keyed hash tells a broker nothing, and is never 0, which is no list.
		key := d.opts.Keys.SignInKey("tickets-ahead/" + point + "/" + hex.EncodeToString(l.of.Stamp[:]))
		l.mark, l.issued = max(1, binary.BigEndian.Uint64(key)>>1), protocol.TimeOf(d.opts.Now())
		if old.mark == l.mark {
			l.issued = old.issued
		} else if l.issued <= old.issued {
			l.issued = old.issued + 1 // a clock that was set back: the newer list is later all the same
		}
	}
	d.ticketMu.Lock()
	defer d.ticketMu.Unlock()
	d.ticketLists[point] = l
	return l, nil
}

// sendTickets says the next page of the admission tickets of the box's point, unless
// the box holds them all or was told a moment ago.
func (d *Dispatch) sendTickets(ctx context.Context, b fleet.Box, marks protocol.Marks) error {
	if d.opts.Tickets == nil {
		return nil
	}
	v, err := d.shared.campaign(ctx)
	if err != nil || v.Campaign == "" {
		return err
	}
	c, err := d.shared.rules(v)
	if err != nil || len(window.Latest(c.Windows, window.PrintTicket)) == 0 {
		return err
	}
	if end := window.End(c.Windows, window.PrintTicket); !end.IsZero() && !d.opts.Now().Before(end) {
		return nil // printed no more: the boxes let go of them
	}
	l, err := d.ticketsOf(ctx, v.Campaign, b.Point)
	if err != nil || l.mark == 0 || l.mark == marks.Tickets {
		return err
	}
	next := uint32(1)
	if marks.Coming == l.mark {
		next = marks.ComingPage + 1
	}
	if next > l.pages() || !d.claim(b.ID, func(t *told) bool { return t.tickets.due(l.mark+uint64(next), time.Now()) }) {
		return nil
	}
	var all []ticket.Travelling
	if err := d.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = d.opts.Tickets.Page(ctx, tx, l.of.Version, b.Point, int(next-1)*ticketsPage, ticketsPage)
		return err
	}); err != nil {
		return err
	}
	page, left := admissionPage(l, all)
	if left > 0 {
		d.opts.Log.Error("tickets left out: they cannot be said", "worker", "dispatch", "box", b.ID, "tickets", left)
	}
	sealed, err := sealFor(b, protocol.KindTickets, page)
	if err != nil {
		return err
	}
	return d.say(b.ID, protocol.KindTickets, protocol.AdmissionTickets{Address: address(b), Campaign: v.Campaign, Edition: uint32(l.of.Version.Number),
		Issued: l.issued, Mark: l.mark, Page: next, Pages: l.pages(), Sealed: sealed})
}

// admissionPage is a page as it travels. A ticket that the wire refuses is left out, and
// counted: one must not keep a point from all others.
func admissionPage(l ticketList, all []ticket.Travelling) (p protocol.AdmissionPage, left int) {
	p = protocol.AdmissionPage{Rules: []string{}, Root: protocol.Hash(l.of.Version.Root), Places: []protocol.AdmissionPlace{}, Papers: []protocol.AdmissionPaper{}, Tickets: []protocol.AdmissionTicket{}}
	for _, a := range all {
		one := p
		one.Title, one.Rules = a.Ticket.Campaign, append([]string{}, a.Instructions...)
		t := protocol.AdmissionTicket{Application: a.Application, Name: a.Name, Sex: a.Sex, Document: a.Masked, Number: a.Number, Room: a.Room, Seat: a.Seat, Proof: a.Proof}
		if h, err := protocol.ParseHash(a.Picture); err == nil {
			t.Picture = h
		} else {
			t.NoPicture = a.Reason
		}
		one.Places, t.Place = within(p.Places, protocol.AdmissionPlace{Area: a.Area, Site: a.Site, Address: a.Address, Phone: a.Phone}, func(x, y protocol.AdmissionPlace) bool { return x == y })
		one.Papers, t.Paper = within(p.Papers, paperOf(a), samePaper)
		one.Tickets = append(p.Tickets, t)
		alone := protocol.AdmissionPage{Title: one.Title, Rules: one.Rules, Places: one.Places[t.Place : t.Place+1], Papers: one.Papers[t.Paper : t.Paper+1], Tickets: []protocol.AdmissionTicket{t}}
		alone.Tickets[0].Place, alone.Tickets[0].Paper = 0, 0
		if _, err := protocol.Encode(alone); err != nil {
			left++
			continue
		}
		p = one
	}
	return p, left
}

// within gives a list with x in it, and where.
func within[T any](all []T, x T, same func(T, T) bool) ([]T, uint32) {
	for i, y := range all {
		if same(x, y) {
			return all, uint32(i)
		}
	}
	return append(all[:len(all):len(all)], x), uint32(len(all))
}

func paperOf(a ticket.Travelling) protocol.AdmissionPaper {
	p := protocol.AdmissionPaper{Level: a.Level, Category: a.Category, Language: a.Language, Sittings: []protocol.AdmissionSitting{}}
	for _, s := range a.Sittings {
		p.Sittings = append(p.Sittings, protocol.AdmissionSitting{Subject: s.Subject, From: protocol.TimeOf(s.From), To: protocol.TimeOf(s.To),
			Entry: protocol.TimeOf(s.Entry), Shut: protocol.TimeOf(s.Shut)})
	}
	return p
}

func samePaper(x, y protocol.AdmissionPaper) bool {
	return x.Level == y.Level && x.Category == y.Category && x.Language == y.Language && slices.Equal(x.Sittings, y.Sittings)
}

// Pictures answers a box that asked for pictures of its tickets, whose statement has been
// verified: as many as one message takes. One that it may not have, or that cannot be
// shown, is said to be absent.
func (d *Dispatch) Pictures(ctx context.Context, b fleet.Box, asked protocol.Lacking) error {
	if d.opts.Tickets == nil {
		return nil
	}
	page, total := protocol.PicturePage{Pictures: []protocol.Picture{}}, 0
	defer func() {
		for _, p := range page.Pictures {
			clear(p.JPEG)
		}
	}()
	for _, one := range asked.Pictures {
		var jpeg []byte
		err := d.opts.DB.Read(ctx, func(tx *db.Tx) (err error) {
			jpeg, err = d.opts.Tickets.Picture(ctx, tx, b.Point, one.Application, one.Picture.String())
			return err
		})
		switch {
		case errors.Is(err, ticket.ErrNone), err == nil && len(jpeg) > protocol.MaxPicture:
			jpeg = nil
		case err != nil:
			return err
		}
		if total += len(jpeg); total > protocol.MaxPictures {
			break // it is asked for again
		}
		page.Pictures = append(page.Pictures, protocol.Picture{Picture: one.Picture, JPEG: jpeg})
	}
	sealed, err := sealFor(b, protocol.KindPictures, page)
	if err != nil {
		return err
	}
	return d.say(b.ID, protocol.KindPictures, protocol.Pictures{Address: address(b), Sealed: sealed})
}
