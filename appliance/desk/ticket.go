package desk

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// Admission tickets (准考证, demand A60) for whoever cannot print one: the clerk finds
// the candidate by name or number and prints, from what the hub has sent ahead, with
// or without the hub. The first copy is an ordinary one; every further one bears 补打
// and its number, and the clerk says why. Copies are counted by box.

// Why a ticket is not printed here.
var (
	// ErrTicketsComing: the point's tickets are not at this box, or the list is empty.
	ErrTicketsComing = errors.New("desk: no tickets at this box yet")
	// ErrTicketVoid: a newer arrangement is published, and its tickets are on their way.
	ErrTicketVoid = errors.New("desk: the tickets are void")
	// ErrTicketNone: there is no such ticket among those of this point.
	ErrTicketNone = errors.New("desk: no such ticket at this point")
	// ErrTicketClosed: tickets are not printed now.
	ErrTicketClosed = errors.New("desk: tickets are not printed now")
	// ErrTicketMost: as many copies are out as may ever be.
	ErrTicketMost = errors.New("desk: no more copies of this ticket")
)

// ticketErrors are the words for them: "ticket-not-…" on the page of one ticket, and
// "print-why-ticket-…" in the queue.
var ticketErrors = map[error]string{
	ErrTicketsComing: "coming", ErrTicketVoid: "void", ErrTicketNone: "none", ErrTicketClosed: "closed", ErrTicketMost: "most",
}

// TicketWord is the word for why a ticket is not printed; "" when err is none of those
// reasons.
func TicketWord(err error) string {
	for is, word := range ticketErrors {
		if errors.Is(err, is) {
			return word
		}
	}
	return ""
}

// TicketsOf says which list there is of the campaign in force. Errors:
// ErrTicketsComing, ErrTicketVoid, of the store.
func TicketsOf(s *store.Store, rules *campaign.Campaign) (store.Tickets, error) {
	t, err := s.Tickets()
	switch {
	case err != nil:
		return t, err
	case rules == nil || t.Held.Mark == 0 || t.Held.Campaign != rules.ID:
		return t, ErrTicketsComing
	case t.Void():
		return t, ErrTicketVoid
	case t.Held.Count == 0: // it made an older one void; its own wait for their sites
		return t, ErrTicketsComing
	}
	return t, nil
}

// Ticketable finds a ticket that may be printed at this box now, at a point of this
// division. Errors: those above, and of the store.
func Ticketable(s *store.Store, application string, rules *campaign.Campaign, division string, now window.Interval) (store.FoundTicket, error) {
	var none store.FoundTicket
	if _, err := TicketsOf(s, rules); err != nil {
		return none, err
	}
	one, err := s.Ticket(application)
	if errors.Is(err, store.ErrNotFound) {
		return none, ErrTicketNone
	}
	if err != nil {
		return none, err
	}
	who, err := s.Person(application)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return none, ErrTicketNone // gone from this point since the list was made
	case err != nil:
		return none, err
	case !rules.Judge(window.PrintTicket, who.Application, division, now).Accepts():
		return one, ErrTicketClosed
	case one.Copies >= mostCopies:
		return one, ErrTicketMost
	}
	return one, nil
}

// interval is what the desk knows of the time.
func (d *Desk) interval() window.Interval {
	now := d.o.Now()
	return window.Interval{Earliest: now, Latest: now, Bounded: d.o.Status().Certain}
}

// ticketForm is what was typed, and what was found.
type ticketForm struct {
	Lists        store.Tickets
	Lacking      int    // pictures that are not here yet
	Number, Name string // typed to find one; never in an address
	Found        []ticketLine
	One          store.FoundTicket
	Line         ticketLine
	NoPicture    bool // the picture is not here
	Unpictured   bool // none was taken
	Days         []string
	Copies       []store.Copy
	May          bool
	Reason, Note string
}

// ticketLine is a ticket as far as a list may say.
type ticketLine struct {
	Log            string // names it in addresses: of no person
	Who, Tail      string
	Number         string
	Site, Room     string
	Seat           string
	Printed        int
	Level, Subject string
}

func ticketLineOf(f store.FoundTicket) ticketLine {
	return ticketLine{Log: f.Log.String(), Who: f.Ticket.Name.String(), Tail: f.Ticket.Document, Number: sheet.Grouped(f.Ticket.Number), Site: f.Place.Site,
		Room: f.Ticket.Room, Seat: f.Ticket.Seat, Printed: f.Copies, Level: f.Paper.Level, Subject: f.Paper.Category}
}

func (d *Desk) tickets(w http.ResponseWriter, r *http.Request, s *session) {
	d.showTickets(w, r, s, "", ticketForm{})
}

func (d *Desk) showTickets(w http.ResponseWriter, r *http.Request, s *session, why string, f ticketForm) {
	not := ""
	var err, failed error
	if f.Lists, err = TicketsOf(d.o.Store, d.o.Status().Rules); TicketWord(err) != "" {
		not, err = "ticket-not-"+TicketWord(err), nil
	}
	if f.Lacking, failed = d.o.Store.Pictures(); errors.Join(err, failed) != nil {
		d.fault(w, r, errors.Join(err, failed))
		return
	}
	d.show(w, r, s, "tickets", "page", func(p *page) { p.Ticket, p.Not, p.Error = f, not, why })
}

// findTicket finds tickets by name and digits: of the ticket's number, whole or the
// last four and more, of the document's, or of the registration's. What was typed comes
// by the form and goes nowhere.
func (d *Desk) findTicket(w http.ResponseWriter, r *http.Request, s *session) {
	f := ticketForm{Number: r.PostFormValue("number"), Name: r.PostFormValue("who")}
	digits, name := strings.ToUpper(plain(f.Number)), identity.Name(plain(f.Name)).Key()
	if digits == "" && name == "" || digits != "" && len(digits) < 4 {
		d.showTickets(w, r, s, "reprint-find-more", f)
		return
	}
	err := d.o.Store.EachTicket(func(one store.FoundTicket) bool {
		if name != "" && identity.Name(plain(one.Ticket.Name.Reveal())).Key() != name {
			return true
		}
		if digits != "" && !strings.HasSuffix(one.Ticket.Number, digits) && !d.numbered(one.Ticket, digits) {
			return true
		}
		f.Found = append(f.Found, ticketLineOf(one))
		return len(f.Found) < mostFound
	})
	switch {
	case err != nil:
		d.fault(w, r, err)
	case len(f.Found) == 0:
		d.showTickets(w, r, s, "ticket-not-found", f)
	case len(f.Found) == 1:
		http.Redirect(w, r, "/tickets/"+f.Found[0].Log, http.StatusSeeOther)
	default:
		d.showTickets(w, r, s, "", f)
	}
}

// numbered reports whether a number of the candidate's ends so.
func (d *Desk) numbered(t protocol.AdmissionTicket, digits string) bool {
	if last := min(4, len(digits)); !strings.HasSuffix(strings.ToUpper(t.Document), digits[len(digits)-last:]) {
		return false // the last four of the document stand on the ticket: nothing else is opened
	}
	who, err := d.o.Store.Person(t.Application)
	return err == nil && strings.HasSuffix(strings.ToUpper(who.Application.Number().Reveal()), digits)
}

// ticketBy finds a ticket by what names it in addresses.
func (d *Desk) ticketBy(log string) (application string, err error) {
	err = d.o.Store.EachTicket(func(one store.FoundTicket) bool {
		if one.Log.String() == log {
			application = one.Ticket.Application
		}
		return application == ""
	})
	if err == nil && application == "" {
		err = store.ErrNotFound
	}
	return application, err
}

func (d *Desk) ticketPage(w http.ResponseWriter, r *http.Request, s *session) {
	d.showTicket(w, r, s, "", ticketForm{})
}

// showTicket shows one ticket, its copies, and the form if it may be printed.
func (d *Desk) showTicket(w http.ResponseWriter, r *http.Request, s *session, why string, f ticketForm) {
	application, err := d.ticketBy(r.PathValue("log"))
	if errors.Is(err, store.ErrNotFound) { // a list that is no more: the old addresses lead back
		d.showTickets(w, r, s, "ticket-gone", f)
		return
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	st, not := d.o.Status(), ""
	_, err = Ticketable(d.o.Store, application, st.Rules, st.Point.Division, d.interval())
	switch {
	case TicketWord(err) != "":
		not = "ticket-not-" + TicketWord(err)
	case err != nil:
		d.fault(w, r, err)
		return
	case d.o.Printing.Ask == nil:
		not = "reprint-no-printer"
	default:
		f.May = true
	}
	if f.One, err = d.o.Store.Ticket(application); err == nil {
		f.Copies, err = d.o.Store.Copies(f.One.Log)
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	f.Line = ticketLineOf(f.One)
	f.Unpictured = f.One.Ticket.Picture.IsZero()
	if jpeg, err := d.o.Store.Picture(f.One.Ticket.Picture); err != nil {
		f.NoPicture = true
	} else {
		clear(jpeg)
	}
	f.Days = TicketDays(f.One)
	d.show(w, r, s, "ticket", "page", func(p *page) { p.Ticket, p.Not, p.Error = f, not, why })
}

// TicketDays are the days of a ticket, YYYYMMDD.
func TicketDays(f store.FoundTicket) (out []string) {
	for _, s := range f.Paper.Sittings {
		if day := s.From.Time().In(window.Zone()).Format("20060102"); !slices.Contains(out, day) {
			out = append(out, day)
		}
	}
	return out
}

// printTicket promises one copy.
func (d *Desk) printTicket(w http.ResponseWriter, r *http.Request, s *session) {
	f := ticketForm{Reason: r.PostFormValue("reason"), Note: strings.TrimSpace(r.PostFormValue("note"))}
	again := func(why string) { d.showTicket(w, r, s, why, f) }
	application, err := d.ticketBy(r.PathValue("log"))
	if errors.Is(err, store.ErrNotFound) {
		d.showTickets(w, r, s, "ticket-gone", f)
		return
	}
	if err != nil {
		d.fault(w, r, err)
		return
	}
	st := d.o.Status()
	one, err := Ticketable(d.o.Store, application, st.Rules, st.Point.Division, d.interval())
	switch {
	case TicketWord(err) != "":
		again("ticket-not-" + TicketWord(err))
		return
	case err != nil:
		d.fault(w, r, err)
		return
	}
	p := store.Print{Kind: store.PrintTicket, Record: one.Log, Application: application}
	if one.Copies > 0 {
		if why := reprintWhy(f.Reason, f.Note); why != "" {
			again(why)
			return
		}
		if p.Reason = f.Reason; f.Note != "" {
			p.Reason += "：" + f.Note
		}
	}
	line, err := d.o.Printing.Now()
	if err != nil {
		d.fault(w, r, err)
		return
	}
	if slices.ContainsFunc(line.Papers, func(o store.Print) bool { return o.Record == p.Record && o.State != store.PrintUnsure }) {
		again("reprint-waits")
		return
	}
	d.promise(w, r, s, p)
}

// TicketDay shows a day of the examination.
func (p *page) TicketDay(day string) string { return visit.Date(day).In(p.English()) }
