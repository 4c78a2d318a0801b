package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// remitTransfer: :id is a bank's transfer that somebody entered.
const remitTransfer rule = "transfer"

func findTransfer(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	b, err := payment.GetTransfer(ctx, tx, id)
	if errors.Is(err, payment.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = b
	return where{division: b.Division}, err
}

// mostTransfers is how many transfers the page shows: those of some weeks.
const mostTransfers = 100

// transfers are what came to the treasury's account at a bank: one person enters
// what stands on the bank's paper, another reads it again, and then it is booked.
func (s *server) transfers(c *gin.Context, v *visit) {
	if key := "pay.done." + c.Query("done"); s.pages.Has(key) {
		v.notice = &console.Notice{Class: "done", Key: key}
	}
	s.showTransfers(c, v, http.StatusOK, console.Transfers{})
}

func (s *server) showTransfers(c *gin.Context, v *visit, status int, view console.Transfers) {
	ctx := c.Request.Context()
	view.Until = dayText(s.Flow.Now())
	if view.Day == "" {
		view.Day = view.Until
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaignOf(ctx, tx, nil)
		if err != nil {
			return err
		}
		view.Off = !takes(camp, rules.ChannelTransfer)
		list, err := payment.Transfers(ctx, tx, v.remit().division, mostTransfers)
		if err != nil {
			return err
		}
		names := map[string]string{}
		for _, b := range list {
			row := console.BankTransfer{ID: b.ID, Serial: b.Serial, Order: b.Order, Fen: b.Fen, Day: ms(b.At), At: ms(b.AskedAt), SecondAt: orZero(b.SaidAt), Why: b.Why,
				Waiting: b.State == payment.TransferWaiting, Mine: b.AskedBy == v.session.Account.ID, State: transferState(b.State)}
			row.Hidden = row.Waiting && !row.Mine
			if row.By, err = s.author(ctx, tx, v, staffAuthor(b.AskedBy), names); err != nil {
				return err
			}
			if b.SaidBy != "" {
				if row.Second, err = s.author(ctx, tx, v, staffAuthor(b.SaidBy), names); err != nil {
					return err
				}
			}
			view.Rows = append(view.Rows, row)
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, status, "transfers", "payments", "/gl/transfers", view)
}

func transferState(state payment.TransferState) console.State {
	switch state {
	case payment.TransferBooked:
		return console.State{Class: "done", Icon: "check", Key: "pay.transfer.booked"}
	case payment.TransferRefused:
		return console.State{Class: "open", Icon: "cross", Key: "pay.transfer.refused"}
	}
	return console.State{Class: "wait", Icon: "clock", Key: "pay.transfer.waiting"}
}

// enterTransfer is the first person's word.
func (s *server) enterTransfer(c *gin.Context, v *visit) {
	ctx := c.Request.Context()
	view := console.Transfers{Serial: strings.TrimSpace(c.PostForm("serial")), Yuan: strings.TrimSpace(c.PostForm("yuan")), Day: c.PostForm("day"), Order: c.PostForm("order")}
	number := strings.Join(strings.Fields(view.Order), "")
	fen, okFen := yuanOf(view.Yuan)
	from, _, okDay := dayOf(view.Day)
	switch {
	case !oneLine(view.Serial, 64):
		view.Error = "pay.transfer.serial"
	case !okFen || fen <= 0 || fen > payment.MaxFen:
		view.Error = "pay.transfer.yuan"
	case !okDay || view.Day == "" || from > s.Flow.Now().UnixMilli():
		view.Error = "pay.transfer.day"
	case !plainID(number):
		view.Error = "pay.own.number"
	}
	if view.Error != "" {
		s.showTransfers(c, v, http.StatusUnprocessableEntity, view)
		return
	}
	at, err := noonOf(view.Day)
	if err == nil {
		err = s.DB.Write(ctx, func(tx *db.Tx) error {
			o, err := payment.GetOrder(ctx, tx, number)
			if err == nil && !v.remit().covers(o.Division, o.Point) {
				err = payment.ErrNotFound
			}
			if err != nil {
				return err
			}
			camp, err := s.campaignOf(ctx, tx, &o)
			if err != nil {
				return err
			}
			if !takes(camp, rules.ChannelTransfer) {
				view.Error = "pay.transfer.off"
				return nil
			}
			_, err = s.Flow.EnterTransfer(ctx, tx, payment.BankTransfer{Serial: view.Serial, Order: number, Fen: fen, At: at}, v.by())
			return err
		})
	}
	status := http.StatusConflict
	switch {
	case err == nil && view.Error == "":
		c.Redirect(http.StatusSeeOther, doneAt("/gl/transfers", "entered"))
		return
	case err == nil:
	case errors.Is(err, payment.ErrNotFound):
		status, view.Error = http.StatusUnprocessableEntity, "pay.own.none"
	case errors.Is(err, payment.ErrState):
		view.Error = "pay.transfer.again"
	default:
		s.fault(c, v, err)
		return
	}
	s.showTransfers(c, v, status, view)
}

// confirmTransfer is the second person's: she types the amount again.
func (s *server) confirmTransfer(c *gin.Context, v *visit) {
	ctx, b := c.Request.Context(), v.subject.(payment.BankTransfer)
	view := console.Transfers{RowID: b.ID}
	fen, ok := yuanOf(strings.TrimSpace(c.PostForm("yuan")))
	if !ok {
		view.RowError = "pay.transfer.yuan"
		s.showTransfers(c, v, http.StatusUnprocessableEntity, view)
		return
	}
	var booked payment.Booked
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		booked, err = s.Flow.ConfirmTransfer(ctx, tx, b.ID, fen, v.by())
		return err
	})
	status := http.StatusConflict
	switch err = s.Flow.Refused(ctx, s.DB, err); {
	case err == nil:
		c.Redirect(http.StatusSeeOther, doneAt("/gl/movements/"+booked.Movement.ID, "booked"))
		return
	case errors.Is(err, flow.ErrTwice):
		status, view.RowError = http.StatusUnprocessableEntity, "pay.transfer.twice"
	case errors.Is(err, flow.ErrDependent):
		view.RowError = "permit.dependent"
	case errors.Is(err, flow.ErrSamePerson):
		status, view.RowError = http.StatusForbidden, "second.same"
	case errors.Is(err, payment.ErrState):
		view.RowError = "pay.transfer.settled"
	case errors.Is(err, payment.ErrConflict):
		view.RowError = "pay.transfer.again"
	default:
		s.fault(c, v, err)
		return
	}
	s.showTransfers(c, v, status, view)
}

// refuseTransfer is her no, or the first takes it back.
func (s *server) refuseTransfer(c *gin.Context, v *visit) {
	ctx, b := c.Request.Context(), v.subject.(payment.BankTransfer)
	view := console.Transfers{RowID: b.ID}
	why, ok := reason(c)
	if !ok {
		view.RowError = "act.needreason"
		s.showTransfers(c, v, http.StatusUnprocessableEntity, view)
		return
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error { return s.Flow.RefuseTransfer(ctx, tx, b.ID, why, v.by()) })
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, doneAt("/gl/transfers", "refused"))
	case errors.Is(err, payment.ErrState):
		view.RowError = "pay.transfer.settled"
		s.showTransfers(c, v, http.StatusConflict, view)
	default:
		s.fault(c, v, err)
	}
}
