package portal

import (
	"time"

	"zhunkao/hub/flow"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// languageField is the field in which she says which language she writes.
const languageField = form.Language

// ticket says how her ticket stands.
func (w terms) ticket(x *ticketing) pages.Ticket {
	st := x.state()
	out := pages.Ticket{Head: w.t("ticket.head." + string(st)), Lead: w.ticketLead(x, st), Back: "/ks/status"}
	switch st {
	case ticketNone:
		out.Path, out.Go = "/ks/status", w.t("ticket.go.status")
	case ticketReady, ticketAnew, ticketKept, ticketResited:
		out.Print, out.Save, out.Hint = w.t("ticket.print"), w.t("ticket.save"), w.t("ticket.hint")
	case ticketAgain:
		out.Print, out.Save, out.Hint = w.t("ticket.print.again"), w.t("ticket.save"), w.t("ticket.hint.again", x.copy.N, w.clock(time.UnixMilli(x.copy.Last)), x.copy.N+1)
		if flow.Same(x.copy, x.now) {
			out.Print, out.Hint = w.t("ticket.print"), w.t("ticket.hint.same", x.copy.N, w.clock(time.UnixMilli(x.copy.Last).Add(flow.SameCopy)))
		}
	}
	w.ticketNotices(&out, x, st)
	if x.seated && x.found.Ready() && (out.Print != "" || st == ticketOver) {
		out.Paper = w.ticketPaper(x)
		if !x.found.Seat.Exception {
			out.Trail = "/ks/ticket/seat"
		}
	}
	if st == ticketSat || st == ticketNone || st == ticketUnseat {
		return out
	}
	for _, key := range []string{"ticket.rule.1", "ticket.rule.2", "ticket.rule.3", "ticket.rule.4"} {
		out.Rules = append(out.Rules, pages.TicketRule{Must: key > "ticket.rule.2", Text: w.t(key)})
	}
	switch st {
	case ticketOver:
		out.Help, out.Text = w.t("ticket.help.over"), w.t("ticket.help.over.text", w.county())
	default:
		out.Help, out.Text = w.t("ticket.help"), w.t("ticket.help.text")
		if by := w.camp.Deadline(window.PrintTicket, w.ticketSubject(x)); !by.IsZero() {
			out.Text = w.t("ticket.help.by", w.moment(by))
		}
	}
	return out
}

func (w terms) ticketSubject(x *ticketing) window.Subject {
	return w.camp.Subject(x.current.Application, x.current.Division)
}

// ticketLead is the sentence below the heading.
func (w terms) ticketLead(x *ticketing, st ticketState) string {
	key := "ticket.lead." + string(st)
	switch st {
	case ticketBefore:
		return w.t(key, pages.Start(w.lang, x.verdict.NextOpening))
	case ticketPaused:
		return w.t(key)
	case ticketUnseat, ticketNoSite:
		return w.t(key, w.county())
	case ticketReady, ticketAgain, ticketAnew, ticketKept, ticketResited, ticketOver:
		if len(x.sittings) > 0 {
			first := x.sittings[0]
			return w.t("ticket.lead.day", pages.Moment(w.lang, first.From), pages.Hour(first.Entry()))
		}
	}
	if !w.pages.Has(key) {
		return ""
	}
	return w.t(key)
}

// ticketNotices are what she must know beside that.
func (w terms) ticketNotices(out *pages.Ticket, x *ticketing, st ticketState) {
	add := func(class, key string, args ...any) {
		out.Notices = append(out.Notices, pages.StatusNotice{Class: class, Head: w.t(key), Text: w.t(key+".text", args...)})
	}
	if x.other && st != ticketSat && st != ticketNone {
		switch {
		case !x.moved:
			add("wait", "ticket.kept")
		case st == ticketAgain:
			add("wait", "ticket.old")
		default:
			add("must", "ticket.void")
		}
	}
	if x.resited && st != ticketSat && st != ticketNone {
		add("must", "ticket.resited", x.found.Site.Name)
	}
	if x.seated && x.found.Seat.Exception && out.Print != "" {
		add("wait", "ticket.exception")
	}
}

// ticketPaper is the ticket as the page shows it: what stands on the paper, the number
// of her document masked.
func (w terms) ticketPaper(x *ticketing) *pages.TicketPaper {
	app, s := x.current.Application, x.found.Seat
	in := w.camp.InWords(app)
	p := &pages.TicketPaper{Title: w.camp.Zh, Note: w.t("ticket.drawn"), Address: w.t("ticket.address", x.found.Site.Address),
		Who: []pages.Fact{{Label: w.t("ticket.name"), Value: in.Name.Reveal()}, {Label: w.t("ticket.sex"), Value: in.Sex}, {Label: w.t("ticket.number"), Value: sheet.Grouped(s.Number), Number: true},
			{Label: w.t("ticket.document"), Value: in.DocumentNumber.String(), Number: true}, {Label: w.t("ticket.category"), Value: w.level(s.Level) + " " + w.category(s.Category)}},
		Where: []pages.Fact{{Label: w.t("ticket.site"), Value: x.found.Site.Name}, {Label: w.t("ticket.room"), Value: ticket.RoomNumber(s.Room), Number: true}, {Label: w.t("ticket.seat"), Value: ticket.SeatNumber(s.Seat), Number: true}},
		Days:  w.ticketDays(x.sittings)}
	if x.found.Site.Phone != "" {
		p.Address = w.t("ticket.address.phone", x.found.Site.Address, x.found.Site.Phone)
	}
	if s.Exception {
		p.Note = w.t("ticket.drawn.exception")
	}
	if x.found.Pictured() {
		p.Picture = "/ks/ticket/photo"
	}
	return p
}

// level and category are names in the language of the visit.
func (w terms) level(code string) string { return levelName(w.camp, w.lang, code) }

func (w terms) category(code string) string {
	if k, ok := w.camp.Form.Category(code); ok && w.lang == pages.En && k.En != "" {
		return k.En
	}
	return w.camp.TableName("category", code)
}
