package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/seating"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/form"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// ticketPart prints an admission ticket for who cannot herself (demand A60), and says on
// her page where she sits.
func (s *server) ticketPart() part {
	return part{routes: []route{
		{method: http.MethodPost, path: "/gl/candidates/:id/ticket", who: readers(), remit: remitCandidate, right: "ticket", do: s.printTicket},
	}}
}

// printTicket gives a copy out and sends it in this answer. It is counted and journalled
// in the transaction that opens what stands on it.
func (s *server) printTicket(c *gin.Context, v *visit) {
	var filled ticket.Filled
	var given ticket.Copy
	valid := true
	office := ""
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := s.Flow.Candidates.Get(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		found, err := s.tickets.Find(ctx, tx, row.ID)
		if err != nil {
			return err
		}
		if valid = found.Valid(); !valid {
			return ticket.ErrNone
		}
		if given, err = s.Flow.GiveTicket(ctx, tx, found, who.Application, false, v.by()); err != nil {
			return err
		}
		if office, _, _, err = belongs(ctx, tx, v.session.Account); err != nil {
			return err
		}
		filled, err = s.tickets.Fill(ctx, tx, found)
		return err
	})
	refused := func(phrase string) {
		s.showCandidate(c, v, http.StatusConflict, "page", allowed{}, console.Candidate{TicketError: phrase})
	}
	switch {
	case !valid:
		refused("ticket.invalid")
		return
	case errors.Is(err, ticket.ErrNone):
		refused("ticket.none")
		return
	case errors.Is(err, flow.ErrNoSite):
		refused("ticket.nosite")
		return
	case errors.Is(err, flow.ErrTicketTime):
		refused("ticket.time")
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	doc, err := filled.Print(s.Fonts, ticket.Printing{Copy: given.N, At: time.UnixMilli(given.Last), Office: office, Specimen: s.DB.Demo()})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.sendDocument(c, v, "admission-ticket", doc)
}

// ticketOf says on her page where she sits, and whether her ticket may be printed; nil
// while nothing is published.
func (s *server) ticketOf(ctx context.Context, tx *db.Tx, v *visit, w words, row candidate.Row, app form.Application) (*console.Ticket, error) {
	published, err := keep(v.glance, keptKey{"seats", row.Campaign}, tx, func(tx *db.Tx) (bool, error) {
		_, ok, err := seating.Current(ctx, tx, row.Campaign)
		return ok, err
	})
	if err != nil || !published {
		return nil, err
	}
	found, err := s.tickets.Find(ctx, tx, row.ID)
	if errors.Is(err, ticket.ErrNone) {
		return &console.Ticket{Why: "ticket.none"}, nil
	}
	if err != nil {
		return nil, err
	}
	given, other, err := ticket.CopyOf(ctx, tx, row.ID, found.Version.ID)
	if err != nil {
		return nil, err
	}
	at := found.Site.Name
	if at == "" {
		at = w.t("ticket.site.none")
	}
	out := &console.Ticket{Facts: []console.Fact{{Label: w.t("ticket.number"), Value: sheet.Grouped(found.Seat.Number), Code: true}, {Label: w.t("ticket.area"), Value: found.Seat.Area, Code: true},
		{Label: w.t("ticket.room"), Value: ticket.RoomNumber(found.Seat.Room), Code: true}, {Label: w.t("ticket.seat"), Value: ticket.SeatNumber(found.Seat.Seat), Code: true},
		{Label: w.t("ticket.site"), Value: at}, {Label: w.t("ticket.version"), Value: w.t("ticket.version.n", found.Version.Number)}, {Label: w.t("ticket.copies"), Value: strconv.Itoa(given.N)}}, Again: given.N > 0, Void: other}
	when := flow.TicketTime(w.camp, app, row.Division, s.Flow.Now())
	switch {
	case !found.Valid():
		out.Why = "ticket.invalid"
	case !found.Ready():
		out.Why = "ticket.nosite"
	case when.Accepts():
		out.Print = true
	default:
		out.Why = "ticket.time"
		out.When = w.when(window.PrintTicket, app, row, s.Flow.Now())
	}
	return out, nil
}
