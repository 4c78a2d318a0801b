package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/candidate"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/org"
	"zhunkao/hub/paper"
	"zhunkao/hub/payment"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// cashCase shows one candidate at the counter: who she is, what she owes, and what
// was taken of her. That she was looked at is journalled before it is shown.
func (s *server) cashCase(c *gin.Context, v *visit) {
	if key := "pay.done." + c.Query("done"); s.pages.Has(key) {
		v.notice = &console.Notice{Class: "done", Key: key}
	}
	s.showCashCase(c, v, http.StatusOK, console.CashCase{})
}

func (s *server) showCashCase(c *gin.Context, v *visit, status int, view console.CashCase) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.current(ctx, tx, row.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		if view.Off = !takesCash(camp); view.Off {
			return nil
		}
		if err := s.Flow.ViewCandidate(ctx, tx, row, "cash", "", v.by()); err != nil {
			return err
		}
		return s.cashCaseView(ctx, tx, v, camp, row, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, status, "cashcase", "payments", "/gl/cash/"+row.ID, view)
}

func (s *server) cashCaseView(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, row candidate.Row, view *console.CashCase) error {
	found, err := s.Flow.Candidates.Get(ctx, tx, row.ID)
	if err != nil {
		return err
	}
	points, names, w := pointNames{}, map[string]string{}, words{s.pages, v.lang, camp}
	view.ID, view.Name, view.Number = row.ID, string(found.Application.Name()), w.value(form.DocumentNumber, found.Application.Get(form.DocumentNumber))
	level := found.Application.First().Level
	view.Level, view.Papers, view.Online = camp.TableName("level", level), camp.Payment.Opens == rules.OpensPapers, paysOnline(camp)
	if view.Point, err = points.name(ctx, tx, row.Point); err != nil {
		return err
	}
	if may := permitted(camp, flow.ActTakeCash, v.session.Account.Role); !may.alone() {
		view.Refuse = may.refusal()
	}
	fen, ok := camp.Fee(level)
	view.Fen, view.NoFee = fen, !ok || fen <= 0
	orders, err := payment.OrdersOf(ctx, tx, row.ID)
	if err != nil {
		return err
	}
	counts, err := payment.CashCounts(ctx, tx, row.Point, 5)
	if err != nil {
		return err
	}
	for _, k := range counts {
		view.Closed = view.Closed || k.Day == dayText(s.Flow.Now()) && k.Second != ""
	}
	for i, o := range orders {
		if i == 0 || o.State.Stands() && (view.Order == nil || !o.State.Stands()) {
			shown, err := s.orderRow(ctx, tx, o, points)
			if err != nil {
				return err
			}
			view.Order, view.Fen = &shown, o.Fen
		}
		all, err := payment.HersOf(ctx, tx, o.Number)
		if err != nil {
			return err
		}
		for _, b := range all {
			if b.Channel != payment.Cash || b.Kind != payment.Payment {
				continue
			}
			r := console.CashReceipt{Path: "/gl/cash/" + row.ID + "/receipt", Case: "/gl/movements/" + b.ID, Number: b.Number, Fen: b.Fen, At: ms(b.At), Lies: liesState(b), Stands: b.Lies == payment.InFees}
			if r.By, err = s.author(ctx, tx, v, staffAuthor(b.By), names); err != nil {
				return err
			}
			view.Receipts = append(view.Receipts, r)
		}
	}
	return nil
}

// mayCash asks whether she may take cash in the campaign of a candidate, as a phrase
// that says why not.
func (s *server) mayCash(ctx context.Context, tx *db.Tx, v *visit, campaign string) (string, error) {
	camp, err := s.campaigns.current(ctx, tx, campaign)
	if err != nil && !missing(err) {
		return "", err
	}
	if !takesCash(camp) {
		return "pay.cash.off", nil
	}
	if may := permitted(camp, flow.ActTakeCash, v.session.Account.Role); !may.alone() {
		return may.refusal(), nil
	}
	return "", nil
}

// handIn opens her order: her papers were handed in.
func (s *server) handIn(c *gin.Context, v *visit) {
	row := v.subject.(candidate.Row)
	s.cashStep(c, v, "papers", func(ctx context.Context, tx *db.Tx) error {
		_, err := s.Flow.OpenOrder(ctx, tx, row.ID, flow.CausePapers, v.by())
		return err
	})
}

// takeCash books the fee of her order: the number and the amount are those that the
// page showed, so that nobody takes another amount than is asked for by then.
func (s *server) takeCash(c *gin.Context, v *visit) {
	row := v.subject.(candidate.Row)
	number := c.PostForm("order")
	fen, err := strconv.ParseInt(c.PostForm("fen"), 10, 64)
	if err != nil || !plainID(number) {
		s.showCashCase(c, v, http.StatusUnprocessableEntity, console.CashCase{Error: "pay.cash.moved"})
		return
	}
	s.cashStep(c, v, "taken", func(ctx context.Context, tx *db.Tx) error {
		o, err := payment.GetOrder(ctx, tx, number)
		if err != nil {
			return err
		}
		if o.Application != row.ID {
			return payment.ErrNotFound
		}
		_, err = s.Flow.TakeCash(ctx, tx, number, fen, v.by())
		return err
	})
}

// cashStep takes one step at the counter, and comes back to her.
func (s *server) cashStep(c *gin.Context, v *visit, done string, step func(context.Context, *db.Tx) error) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	refuse := ""
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if refuse, err = s.mayCash(ctx, tx, v, row.Campaign); err != nil || refuse != "" {
			return err
		}
		return step(ctx, tx)
	})
	status := http.StatusConflict
	switch {
	case err == nil && refuse == "":
		c.Redirect(http.StatusSeeOther, doneAt("/gl/cash/"+row.ID, done))
		return
	case err == nil:
		status = http.StatusForbidden
	case errors.Is(err, flow.ErrNoPayment):
		refuse = "pay.cash.notbypapers"
	case errors.Is(err, flow.ErrNoFee):
		refuse = "pay.cash.nofee"
	case errors.Is(err, flow.ErrUnstanding):
		refuse = "pay.cash.withdrawn"
	case errors.Is(err, flow.ErrCashClosed):
		refuse = "pay.cash.closed"
	case errors.Is(err, flow.ErrFee), errors.Is(err, payment.ErrState), errors.Is(err, payment.ErrNotFound), errors.Is(err, payment.ErrOpen), errors.Is(err, payment.ErrConflict):
		refuse = "pay.cash.moved"
	default:
		s.fault(c, v, err)
		return
	}
	s.showCashCase(c, v, status, console.CashCase{Error: refuse})
}

// cashReceipt prints what was taken: the only place of money where a name stands. It
// is asked for by POST, for it is journalled like a look at her.
func (s *server) cashReceipt(c *gin.Context, v *visit) {
	ctx, row := c.Request.Context(), v.subject.(candidate.Row)
	sheet := paper.Receipt{Printed: s.Flow.Now()}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		all, err := payment.ByNumber(ctx, tx, c.PostForm("movement"))
		if err != nil {
			return err
		}
		for _, b := range all {
			o, err := ownerOf(ctx, tx, b)
			if err != nil {
				return err
			}
			if o == nil || o.Application != row.ID || b.Channel != payment.Cash || b.Kind != payment.Payment || b.Lies != payment.InFees {
				continue
			}
			return s.fillReceipt(ctx, tx, v, row, b, *o, &sheet)
		}
		return payment.ErrNotFound
	})
	if errors.Is(err, payment.ErrNotFound) {
		s.showCashCase(c, v, http.StatusUnprocessableEntity, console.CashCase{Error: "pay.cash.noreceipt"})
		return
	}
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.sendPaper(c, v, "receipt", sheet)
}

func (s *server) fillReceipt(ctx context.Context, tx *db.Tx, v *visit, row candidate.Row, b payment.Booking, o payment.Order, sheet *paper.Receipt) error {
	if err := s.Flow.ViewCandidate(ctx, tx, row, "receipt", "", v.by()); err != nil {
		return err
	}
	found, err := s.Flow.Candidates.Get(ctx, tx, row.ID)
	if err != nil {
		return err
	}
	camp, err := s.campaigns.current(ctx, tx, row.Campaign)
	if err != nil && !missing(err) {
		return err
	}
	p, err := org.GetPoint(ctx, tx, o.Point)
	if err != nil && !errors.Is(err, org.ErrNotFound) {
		return err
	}
	by, err := s.author(ctx, tx, v, staffAuthor(b.By), map[string]string{})
	if err != nil {
		return err
	}
	w := words{s.pages, console.Zh, camp}
	sheet.Campaign, sheet.Point, sheet.Number, sheet.Order, sheet.Fen, sheet.At, sheet.By = camp.Zh, p.Name, b.Number, console.Quads(o.Number), b.Fen, ms(b.At), by
	sheet.Name, sheet.Document, sheet.Level = found.Application.Name().Reveal(), w.value(form.DocumentNumber, found.Application.Get(form.DocumentNumber)), camp.TableName("level", o.Level)
	return nil
}
