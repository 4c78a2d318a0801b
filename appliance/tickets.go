package appliance

import (
	"context"
	"errors"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/hw/printer"
	"zhunkao/protocol"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// Admission tickets (准考证, demand A60): printed by the box for whoever cannot print
// her own, at the screen by her card, at the desk by a clerk. What stands on one is
// what the hub has sent; the box adds its name, the time and the number of the copy.

// mostTickets is how many copies of a ticket come out for a card alone; beyond that a
// clerk looks at why.
const mostTickets = 5

// ticketed answers the look-up of somebody who comes for her ticket: in the days in
// which tickets are printed, whoever is confirmed, or can confirm no more. False: it
// is answered as always.
func (l *loop) ticketed(out *visit.Looked, found store.Found) bool {
	if found.Application == nil || found.Entered || l.Training() {
		return false
	}
	now, app := l.clock.Interval(), *found.Application
	may := l.campaign.Judge(window.PrintTicket, app, l.point.Division, now)
	if !may.Accepts() || found.Confirmed == nil && l.campaign.Judge(window.Confirm, app, l.point.Division, now).Accepts() {
		return false
	}
	one, err := desk.Ticketable(l.store, app.ID, l.campaign, l.point.Division, now)
	// A clock that nobody vouches for, or somebody whose card is still to be verified:
	// without a ticket there is something else to say.
	otherwise := may.State != window.Open || found.Confirmed != nil && found.Confirmed.Provisional != nil
	switch {
	case err == nil && one.Copies < mostTickets:
		out.Finding, out.Ticket, out.Record, out.Copies, out.Campaign = visit.FoundTicket, l.ticketShown(one), one.Log, one.Copies, *l.campaign
		return true
	case err == nil, errors.Is(err, desk.ErrTicketMost):
		out.Finding, out.Lack = visit.FoundNoTicket, visit.LackCopies
		return true
	case errors.Is(err, desk.ErrTicketVoid):
		out.Finding, out.Lack = visit.FoundNoTicket, visit.LackVoid
		return true
	case otherwise && desk.TicketWord(err) != "":
		return false
	case errors.Is(err, desk.ErrTicketsComing):
		out.Finding, out.Lack = visit.FoundNoTicket, visit.LackTickets
		return true
	case errors.Is(err, desk.ErrTicketNone):
		out.Finding, out.Lack = visit.FoundNoTicket, visit.LackTicket
		return true
	}
	l.log.Error("a ticket cannot be read", "err", err)
	return true // the finding stays a fault
}

// ticketsKept is for how long a box keeps its tickets when they are printed no more: the
// window may be given more time, and what names a person stays no longer than it is of
// use. The hub says none any more by then, see hub/dispatch.
const ticketsKept = 48 * time.Hour

// dropTickets lets go of tickets and pictures when the days of printing are certainly
// over.
func (l *loop) dropTickets() {
	if l.campaign == nil || !l.clock.Certain() {
		return
	}
	end := window.End(l.campaign.Windows, window.PrintTicket)
	if end.IsZero() || !l.clock.Interval().Earliest.After(end.Add(ticketsKept)) {
		return
	}
	t, err := l.store.Tickets()
	if err != nil || t.Held.Mark == 0 && t.Coming.Mark == 0 || !l.dropping.CompareAndSwap(false, true) {
		return // a store that cannot be asked shows elsewhere
	}
	l.keeping.Go(func() {
		defer l.dropping.Store(false)
		if err := l.store.DropTickets(); err != nil {
			l.log.Error("tickets cannot be let go of", "err", err)
			return
		}
		l.log.Info("the tickets are printed no more and are gone from here")
	})
}

// ticketShown is what the screen says of a ticket.
func (l *loop) ticketShown(f store.FoundTicket) visit.Ticket {
	t := visit.Ticket{Application: f.Ticket.Application, Name: f.Ticket.Name.Reveal(), Number: f.Ticket.Number, Site: f.Place.Site, Address: f.Place.Address,
		Room: f.Ticket.Room, Seat: f.Ticket.Seat, Days: desk.TicketDays(f)}
	if jpeg, err := l.store.Picture(f.Ticket.Picture); err != nil {
		t.NoPicture = !f.Ticket.Picture.IsZero()
	} else {
		clear(jpeg)
	}
	return t
}

// ticketOf makes the paper, as it is held now: whether it may be printed is judged here
// again, for a newer arrangement may have come since it was shown. The document is not
// made before the printer asks for it: its photo, p.photo, is the caller's to clear then.
// Errors: those of desk.Ticketable.
func (l *loop) ticketOf(p *printing) (doc printer.Document, version protocol.Hash, err error) {
	one, err := desk.Ticketable(l.store, p.Ticket, &p.Campaign, p.point.Division, l.clock.Interval())
	if err != nil {
		return doc, version, err
	}
	if one.Log != p.Record { // of a newer arrangement than was asked for
		return doc, version, desk.ErrTicketVoid
	}
	t := l.ticketSheet(one, p)
	p.photo = t.Photo
	d, err := t.Layout(l.fonts)
	if errors.Is(err, sheet.ErrSlip) { // the ticket is worth more than its proof, which the portal has
		l.log.Warn("the proof of a seat has no room on the ticket", "visit", p.Visit)
		t.Proof = ""
		d, err = t.Layout(l.fonts)
	}
	if err != nil {
		return doc, version, err
	}
	b, err := protocol.Encode([]any{"admission", one.Log[:], one.List.Mark})
	return printable(d), protocol.HashOf(b), err
}

func (l *loop) ticketSheet(f store.FoundTicket, p *printing) sheet.Ticket {
	t := sheet.Ticket{
		Campaign: f.Title, Level: f.Paper.Level, Category: f.Paper.Category, Language: f.Paper.Language,
		Name: f.Ticket.Name, Sex: f.Ticket.Sex, Masked: f.Ticket.Document, Reason: f.Ticket.NoPicture,
		Number: f.Ticket.Number, Area: f.Place.Area, Site: f.Place.Site, Address: f.Place.Address, Phone: f.Place.Phone, Room: f.Ticket.Room, Seat: f.Ticket.Seat,
		Instructions: f.Rules, Proof: f.Ticket.Proof, Copy: p.Copy, Office: p.point.Name, Printed: l.clock.Now(),
	}
	if !f.Root.IsZero() {
		t.Root = f.Root.String()
	}
	for _, s := range f.Paper.Sittings {
		t.Sittings = append(t.Sittings, sheet.TicketSitting{Subject: s.Subject, From: s.From.Time(), To: s.To.Time(), Entry: s.Entry.Time(), Shut: s.Shut.Time()})
	}
	if !f.Ticket.Picture.IsZero() {
		var err error
		if t.Photo, err = l.store.Picture(f.Ticket.Picture); err != nil {
			t.Reason = sheet.PhotoNotHere
			if !errors.Is(err, store.ErrNotFound) {
				l.log.Error("a picture cannot be read", "err", err)
			}
		}
	}
	if l.store.Demo() {
		t.Marks = append(t.Marks, sheet.Specimen)
	}
	if p.Copy > 1 {
		t.Marks = append(t.Marks, sheet.Reprint)
	}
	return t
}

// deskTicket prints a ticket that was asked for at the desk. The caller has the
// printer; beside the loop. ends: see printing.
func (l *loop) deskTicket(ctx context.Context, p store.Print, ends <-chan struct{}) (printer.Outcome, string) {
	st := l.deskStatus()
	one, err := desk.Ticketable(l.store, p.Application, st.Rules, st.Point.Division, l.clock.Interval())
	if err == nil && one.Log != p.Record {
		err = desk.ErrTicketVoid
	}
	switch {
	case desk.TicketWord(err) != "":
		return printer.NotPrinted, "ticket-" + desk.TicketWord(err)
	case err != nil:
		l.log.Error("a ticket cannot be read", "err", err)
		return printer.NotPrinted, desk.WhyService
	case l.paperOut():
		return printer.NotPrinted, string(visit.NeedPaper)
	}
	now := &printing{point: st.Point, asked: &p, ends: ends, PrintSheet: visit.PrintSheet{Record: one.Log, Ticket: p.Application,
		Copy: one.Copies + 1, Reprint: one.Copies > 0, Campaign: *st.Rules}}
	end, err := l.printCopy(ctx, now, func(e visit.Event) {
		if s, ok := e.(visit.PrinterState); ok {
			l.prints.needed(s.Needs)
			l.desk.Changed()
		}
	})
	switch {
	case desk.TicketWord(err) != "":
		return printer.NotPrinted, "ticket-" + desk.TicketWord(err)
	case err != nil:
		return printer.NotPrinted, desk.WhyService
	}
	return end.Outcome, whyNot(end)
}
