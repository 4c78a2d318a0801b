package portal

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/seating"
	"zhunkao/hub/ticket"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/sheet"
	"zhunkao/protocol/window"
)

// ticketPart is her admission ticket (准考证; demands A52, A60): the page that says how it
// stands, the paper, and the way to where her seat came from.
func (s *server) ticketPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/ticket", do: s.ticket},
		{method: post, path: "/ks/ticket", do: s.ticketPrint},
		{method: get, path: "/ks/ticket.pdf", do: s.ticketPDF},
		{method: get, path: "/ks/ticket/photo", do: s.ticketPhoto},
		{method: get, path: "/ks/ticket/seat", do: s.ticketSeat},
	}
}

// ticketState is what the page says. Each has its own words ticket.head.…, ticket.lead.…
// and its scene.
type ticketState string

// The states.
const (
	ticketNone    ticketState = "none"    // no valid registration
	ticketBefore  ticketState = "before"  // the days have not come
	ticketPaused  ticketState = "paused"  // printing stands still for a time
	ticketWaiting ticketState = "waiting" // they have, and nothing is published yet
	ticketUnseat  ticketState = "unseat"  // it is published, and she has no seat in it
	ticketNoSite  ticketState = "nosite"  // her room has no site yet
	ticketReady   ticketState = "ready"   // she may print
	ticketAgain   ticketState = "again"   // she has printed, and may again
	ticketAnew    ticketState = "anew"    // what she printed is void: print anew
	ticketResited ticketState = "resited" // on what she printed stands another site
	ticketKept    ticketState = "kept"    // … though seat and number are the same
	ticketOver    ticketState = "over"    // the days are over, the examination is not
	ticketSat     ticketState = "sat"     // it is
)

// ticketing is all that the page is made of.
type ticketing struct {
	*mine
	now       time.Time
	valid     bool
	verdict   window.Verdict
	published bool
	seated    bool
	found     ticket.Found
	copy      ticket.Copy
	other     bool // a copy of another version was given to her
	moved     bool // … on which another seat or number stands
	resited   bool // another site stands on the copy that was given to her last
	sittings  []ticket.Sitting
}

// ticketFacts reads them on the snapshot of the page.
func (s *server) ticketFacts(ctx context.Context, tx *db.Tx, m *mine) (*ticketing, error) {
	x := &ticketing{mine: m, now: s.now()}
	if m.current == nil {
		return x, nil
	}
	app := m.current.Application
	x.verdict = s.campaigns.calendar(m.camp).Judge(window.PrintTicket, m.camp.Subject(app, m.current.Division), window.At(x.now))
	valid, err := s.validOf(ctx, tx, m)
	if err != nil {
		return nil, err
	}
	x.valid = valid
	switch x.found, err = s.tickets.Find(ctx, tx, m.current.ID); {
	case errors.Is(err, ticket.ErrNone):
		_, x.published, err = seating.Current(ctx, tx, m.camp.ID)
		return x, err
	case err != nil:
		return nil, err
	}
	x.published, x.seated = true, true
	language := x.found.Seat.Language
	if language == "" {
		language = app.Get(languageField)
	}
	x.sittings = ticket.Sittings(m.camp, x.found.Seat.Level, x.found.Seat.Category, language)
	if x.copy, x.other, err = ticket.CopyOf(ctx, tx, m.current.ID, x.found.Version.ID); err == nil && x.other {
		x.moved, err = ticket.Moved(ctx, tx, x.found)
	}
	if err == nil {
		x.resited, err = ticket.Resited(ctx, tx, x.found, x.copy)
	}
	return x, err
}

// validOf reports whether her registration is one that is arranged: confirmed, and paid
// for or waived where fees are paid.
func (s *server) validOf(ctx context.Context, tx *db.Tx, m *mine) (bool, error) {
	if m.current.State != candidate.Confirmed {
		return false, nil
	}
	paying, err := s.campaigns.pays(ctx, tx, m.camp.ID)
	if err != nil || !paying {
		return !paying, err
	}
	order, err := flow.PaymentOf(ctx, tx, m.current.ID)
	return order.State == payment.Paid || order.State == payment.Waived, err
}

// state judges; it is pure.
func (x *ticketing) state() ticketState {
	v := x.verdict
	switch {
	case x.current == nil || x.current.State != candidate.Confirmed, !x.valid && !x.seated:
		return ticketNone
	case v.State == window.Closed && v.Reason == window.NotYet:
		return ticketBefore
	case v.State == window.Closed && x.over():
		return ticketSat
	case v.State == window.Closed && v.Reason == window.Over:
		return ticketOver
	case !v.Accepts():
		return ticketPaused
	case !x.published:
		return ticketWaiting
	case !x.seated:
		return ticketUnseat
	case !x.found.Ready():
		return ticketNoSite
	case x.resited:
		return ticketResited
	case x.copy.N > 0:
		return ticketAgain
	case x.other && !x.moved:
		return ticketKept
	case x.other:
		return ticketAnew
	}
	return ticketReady
}

// over reports whether her last paper has been collected.
func (x *ticketing) over() bool {
	n := len(x.sittings)
	return n > 0 && !x.now.Before(x.sittings[n-1].To)
}

func (s *server) ticket(c *gin.Context, v *visit) { s.ticketPage(c, v, http.StatusOK) }

func (s *server) ticketPage(c *gin.Context, v *visit, status int) {
	s.view(c, v, status, "ticket", func(ctx context.Context, tx *db.Tx, m *mine) (any, error) {
		x, err := s.ticketFacts(ctx, tx, m)
		if err != nil {
			return nil, err
		}
		return s.terms(v, m.camp).ticket(x), nil
	})
}

// ticketPrint gives her a copy, or the one of a moment ago again, and sends her on to
// the paper.
func (s *server) ticketPrint(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		m, err := s.hers(ctx, tx, v)
		if err != nil {
			return err
		}
		if m.current == nil {
			return ticket.ErrNone
		}
		found, err := s.tickets.Find(ctx, tx, m.current.ID)
		if err != nil {
			return err
		}
		_, err = s.Flow.GiveTicket(ctx, tx, found, m.current.Application, true, v.by())
		return err
	})
	switch {
	case errors.Is(err, ticket.ErrNone), errors.Is(err, flow.ErrTicketTime), errors.Is(err, flow.ErrNoSite):
		s.ticketPage(c, v, http.StatusConflict)
	case err != nil:
		s.fault(c, v, err)
	case c.PostForm("save") != "":
		c.Redirect(http.StatusSeeOther, "/ks/ticket.pdf?save=1")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/ticket.pdf")
	}
}

// errNoTicket says that there is no copy of hers to be fetched now.
var errNoTicket = errors.New("portal: no ticket to fetch")

// ticketPDF is the copy that she was given last. A copy is fetched for as long as
// flow.SameCopy after it was given; then the page gives another.
func (s *server) ticketPDF(c *gin.Context, v *visit) {
	file, err := s.ticketFile(c.Request.Context(), v)
	switch {
	case errors.Is(err, errNoTicket), errors.Is(err, ticket.ErrNone):
		c.Redirect(http.StatusSeeOther, "/ks/ticket")
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	how := "inline"
	if c.Query("save") != "" {
		how = "attachment"
	}
	c.Header("Content-Disposition", how+`; filename="admission-ticket.pdf"`)
	c.Data(http.StatusOK, "application/pdf", file)
}

// ticketFile gives the paper: the first copy as it was made before, where it was, and
// else laid out now.
func (s *server) ticketFile(ctx context.Context, v *visit) ([]byte, error) {
	var found ticket.Found
	var given ticket.Copy
	var filled *ticket.Filled
	var made []byte
	err := s.DB.Brief(ctx, func(tx *db.Tx) error {
		m, err := s.hers(ctx, tx, v)
		if err != nil {
			return err
		}
		if m.current == nil {
			return errNoTicket
		}
		if found, err = s.tickets.Find(ctx, tx, m.current.ID); err != nil {
			return err
		}
		if given, _, err = ticket.CopyOf(ctx, tx, m.current.ID, found.Version.ID); err != nil {
			return err
		}
		now := s.now()
		if !flow.Same(given, now) || !found.Valid() || !found.Ready() ||
			!flow.TicketTime(m.camp, m.current.Application, m.current.Division, now).Accepts() {
			return errNoTicket
		}
		if resited, err := ticket.Resited(ctx, tx, found, given); err != nil || resited {
			return errors.Join(err, errNoTicket)
		}
		if given.N == 1 {
			if made = s.Tickets.Get(found); made != nil {
				return nil
			}
		}
		f, err := s.tickets.Fill(ctx, tx, found)
		filled = &f
		return err
	})
	if err != nil || made != nil {
		return made, err
	}
	doc, err := filled.Print(s.Fonts, ticket.Printing{Copy: given.N, At: time.UnixMilli(given.Last), Specimen: s.DB.Demo()})
	if err != nil {
		return nil, err
	}
	return pdf(doc)
}

func pdf(doc *sheet.Document) ([]byte, error) {
	var file bytes.Buffer
	err := doc.PDF(&file)
	return file.Bytes(), err
}

// ticketPhoto is the picture on her ticket, for the page.
func (s *server) ticketPhoto(c *gin.Context, v *visit) {
	var photo []byte
	ctx := c.Request.Context()
	err := s.DB.Brief(ctx, func(tx *db.Tx) error {
		m, err := s.hers(ctx, tx, v)
		if err != nil || m.current == nil {
			return errors.Join(err, errNoTicket)
		}
		photo, err = s.tickets.Photo(ctx, tx, m.current.ID)
		return err
	})
	switch {
	case err != nil && !errors.Is(err, errNoTicket):
		s.fault(c, v, err)
	case len(photo) == 0:
		s.refuse(c, v, door.NotFound)
	default:
		c.Data(http.StatusOK, "image/jpeg", photo)
	}
}

// ticketSeat leads to the page of her own code.
func (s *server) ticketSeat(c *gin.Context, v *visit) {
	code := ""
	ctx := c.Request.Context()
	err := s.DB.Brief(ctx, func(tx *db.Tx) error {
		m, err := s.hers(ctx, tx, v)
		if err != nil || m.current == nil {
			return errors.Join(err, errNoTicket)
		}
		found, err := s.tickets.Find(ctx, tx, m.current.ID)
		if err != nil {
			return err
		}
		if before := flow.TicketTime(m.camp, m.current.Application, m.current.Division, s.now()); before.State == window.Closed && before.Reason == window.NotYet {
			return errNoTicket
		}
		code, err = s.tickets.Code(ctx, tx, found)
		return err
	})
	switch {
	case errors.Is(err, errNoTicket), errors.Is(err, ticket.ErrNone), errors.Is(err, seating.ErrException):
		c.Redirect(http.StatusSeeOther, "/ks/ticket")
	case err != nil:
		s.fault(c, v, err)
	default:
		c.Redirect(http.StatusSeeOther, "/ks/t/"+code)
	}
}

// ticketDays are the sittings as the page has them.
func (w terms) ticketDays(all []ticket.Sitting) (out []pages.TicketDay) {
	for _, x := range all {
		half := "ticket.morning"
		if x.From.Hour() >= 12 {
			half = "ticket.afternoon"
		}
		out = append(out, pages.TicketDay{Day: w.t(half, pages.Day(w.lang, x.From)), Time: pages.Hour(x.From) + "—" + pages.Hour(x.To), Subject: x.Paper()})
	}
	return out
}
