package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/web/console"
)

// remitContradiction: :id is a channel's word that says something else of a movement
// than what was booked of it. It is the province's to settle.
const remitContradiction rule = "contradiction"

// ofContradiction is what a decision of two persons is about.
const ofContradiction = "contradictions/"

func findContradiction(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	x, err := teller.GetConflict(ctx, tx, id)
	if errors.Is(err, teller.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = x
	return where{division: topOf(v.remit().division)}, err
}

// settlesWords reports whether contradictions are shown to her at all.
func settlesWords(v *visit) bool { return slices.Contains(province(), v.session.Account.Role) }

// contradictions are those that nobody has settled, for the list of suspense.
func (s *server) contradictions(ctx context.Context, tx *db.Tx, v *visit) (out []console.OrderConflict, err error) {
	if !settlesWords(v) {
		return nil, nil
	}
	all, err := teller.Conflicts(ctx, tx, "", mostLooks)
	for _, x := range all {
		out = append(out, s.contradictionLine(v, x))
	}
	return out, err
}

func (s *server) contradictionLine(v *visit, x teller.Conflict) console.OrderConflict {
	out := console.OrderConflict{Channel: s.channelKey(x.Said.Channel), Number: x.Said.Number, Order: x.Said.Order, Refund: x.Said.Kind == payment.Refund, Fen: x.Said.Fen, Heard: ms(x.HeardAt)}
	if settlesWords(v) {
		out.Path = "/gl/" + ofContradiction + x.ID
	}
	return out
}

// contradiction shows both words side by side, and how far the settling of them is.
func (s *server) contradiction(c *gin.Context, v *visit) {
	if key := "pay.done." + c.Query("done"); s.pages.Has(key) {
		v.notice = &console.Notice{Class: "done", Key: key}
	}
	s.showContradiction(c, v, http.StatusOK, console.Contradiction{})
}

func (s *server) showContradiction(c *gin.Context, v *visit, status int, view console.Contradiction) {
	ctx, id := c.Request.Context(), v.subject.(teller.Conflict).ID
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		x, err := teller.GetConflict(ctx, tx, id) // as it is after what was just tried
		if err != nil {
			return err
		}
		view.OrderConflict, view.Post = s.contradictionLine(v, x), "/gl/"+ofContradiction+id+"/settle"
		view.Said = wordOf(x.Said)
		b, err := x.Booked(ctx, tx)
		switch {
		case err == nil:
			word := wordOf(b.Movement)
			view.Booked, view.Movement = &word, "/gl/movements/"+b.ID
		case !errors.Is(err, teller.ErrNotFound):
			return err
		}
		if _, err := payment.GetOrder(ctx, tx, x.Said.Order); err == nil {
			view.ToOrder = "/gl/payments/" + x.Said.Order
		} else if !errors.Is(err, payment.ErrNotFound) {
			return err
		}
		return s.contradictionEnd(ctx, tx, v, x, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, status, "contradiction", "suspense", "/gl/"+ofContradiction+id, view)
}

func wordOf(m payment.Movement) console.ChannelWord {
	return console.ChannelWord{Order: m.Order, Number: m.Number, Of: m.Of, Fen: m.Fen, At: ms(m.At), Source: "pay.source." + string(m.Source)}
}

// contradictionEnd says who settled it, or whether she can.
func (s *server) contradictionEnd(ctx context.Context, tx *db.Tx, v *visit, x teller.Conflict, view *console.Contradiction) (err error) {
	if x.SettledAt != 0 {
		names := map[string]string{}
		view.Settled, view.Why = ms(x.SettledAt), x.Why
		if view.By, err = s.author(ctx, tx, v, staffAuthor(x.By), names); err != nil {
			return err
		}
		view.Second, err = s.author(ctx, tx, v, staffAuthor(x.Second), names)
		return err
	}
	may, err := s.dayPermit(ctx, tx, v, actSettle)
	if err != nil {
		return err
	}
	if view.Refuse = may.notSettle(); view.Refuse != "" {
		return nil
	}
	view.How, err = s.standingSecond(ctx, tx, v, may, secondContradiction(x))
	return err
}

func secondContradiction(x teller.Conflict) countersign.Act {
	return countersign.Act{Act: actSettle, Subject: ofContradiction + x.ID, Terms: x.Said.Channel}
}

// settleContradiction asks for the second person's word, or notes what two found out.
// It is for two persons whatever a table says, and moves no money.
func (s *server) settleContradiction(c *gin.Context, v *visit) {
	x := v.subject.(teller.Conflict)
	ask := func(ctx context.Context, tx *db.Tx) (asking, error) {
		if x.SettledAt != 0 {
			return asking{}, teller.ErrNotFound
		}
		may, err := s.dayPermit(ctx, tx, v, actSettle)
		of := secondContradiction(x)
		of.Campaign, of.Division = s.Campaign, topOf(v.remit().division)
		return asking{may: may, of: of, why: given(c), refuse: may.notSettle()}, err
	}
	out, err := s.actOfTwo(c.Request.Context(), v, ask, func(ctx context.Context, tx *db.Tx, why, second string) error {
		return s.Flow.SettleConflict(ctx, tx, x, why, v.by(), second)
	})
	status, wrong := s.answerTwo(c, v, doneAt("/gl/"+ofContradiction+x.ID, "contradiction"), out, err, notSo{teller.ErrNotFound, http.StatusConflict, "day.notopen"})
	if status != 0 {
		s.showContradiction(c, v, status, console.Contradiction{Error: wrong, Typed: c.PostForm("reason")})
	}
}

// askRefundAgain has a channel asked again for a refund that was set aside.
func (s *server) askRefundAgain(c *gin.Context, v *visit) {
	ctx, b := c.Request.Context(), v.subject.(payment.Booking)
	var refuse string
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		o, err := ownerOf(ctx, tx, b)
		if err != nil {
			return err
		}
		camp, err := s.campaignOf(ctx, tx, o)
		if err != nil {
			return err
		}
		if may := permitted(camp, flow.ActRefund, v.session.Account.Role); !may.known || !may.high {
			refuse = may.refusal()
			return nil
		}
		all, err := teller.RefundsOf(ctx, tx, b.ID)
		if err == nil && len(all) == 0 {
			err = teller.ErrNotFound
		}
		if err != nil {
			return err
		}
		return s.Flow.AskRefundAgain(ctx, tx, all[0], v.by())
	})
	status := http.StatusConflict
	switch {
	case err == nil && refuse == "":
		c.Redirect(http.StatusSeeOther, doneAt("/gl/movements/"+b.ID, "ask-again"))
		return
	case err == nil:
		status = http.StatusForbidden
	case errors.Is(err, teller.ErrNotFound):
		refuse = "pay.notnow"
	default:
		s.fault(c, v, err)
		return
	}
	s.showMovement(c, v, status, console.MovementCase{Error: refuse})
}
