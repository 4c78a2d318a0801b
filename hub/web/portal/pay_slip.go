package portal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake"
	"zhunkao/hub/payment"
	"zhunkao/hub/web/portal/pages"
	rules "zhunkao/protocol/campaign"
)

// slipPart is paying by a slip (缴费凭条): whoever holds the paper, or stands at the
// kiosk, pays without a sign-in, before the record has arrived and after (demand A42,
// protocol/README "The slip"). Nothing on these pages tells whose order it is; looking
// changes nothing, and only going to pay opens the order.
func (s *server) slipPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: slipCapitals + ":slip", open: true, plain: true, do: s.slipCapital},
		{method: get, path: "/ks/slip", open: true, first: true, do: s.slipForm},
		{method: post, path: "/ks/slip", open: true, first: true, do: s.slipGiven},
		{method: get, path: "/ks/p/:slip", open: true, first: true, quiet: true, do: s.slipped(s.slipPay)},
		{method: post, path: "/ks/p/:slip", open: true, first: true, do: s.slipped(s.offer)},
		{method: post, path: "/ks/p/:slip/ask", open: true, first: true, do: s.slipped(s.ask)},
		{method: get, path: "/ks/p/:slip/code/:channel", open: true, first: true, quiet: true, do: s.slipped(s.code)},
	}
}

// slipCapitals is the path that a code begins with: capitals keep it small.
const slipCapitals = "/KS/P/"

// slipped is a slip whose signature is good.
type slipped struct {
	intake.Slip
	letters     string // as they stand in an address
	application string // that it is about: of a record that is here, the record's
}

// slipCapital leads from the address in a code to the page.
func (s *server) slipCapital(c *gin.Context, _ *visit) {
	letters, err := intake.SlipLetters("https://x" + slipCapitals + c.Param("slip"))
	if err != nil {
		c.Redirect(http.StatusSeeOther, "/ks/slip")
		return
	}
	c.Redirect(http.StatusSeeOther, "/ks/p/"+letters)
}

func (s *server) slipForm(c *gin.Context, v *visit) { s.slipPage(c, v, http.StatusOK, "") }

// slipPage is the page on which a code is pasted. fault is a phrase.
func (s *server) slipPage(c *gin.Context, v *visit, status int, fault string) {
	w := s.terms(v, s.campaigns.shown())
	body := pages.Slip{Head: w.t("slip.head"), Lead: w.t("slip.lead"), Form: true}
	if fault != "" {
		body.Fault = w.t(fault)
	}
	s.show(c, v, status, "slip", body)
}

// slipGiven takes the text of a code, and goes to its page.
func (s *server) slipGiven(c *gin.Context, v *visit) {
	text := strings.TrimSpace(c.PostForm("code"))
	letters, err := intake.SlipLetters(text)
	switch {
	case text == "":
		s.slipPage(c, v, http.StatusUnprocessableEntity, "slip.need")
	case err != nil:
		s.slipPage(c, v, http.StatusUnprocessableEntity, "slip.none")
	default:
		c.Redirect(http.StatusSeeOther, "/ks/p/"+letters)
	}
}

// slipped reads and judges the slip of an address, and hands it on if it may be paid
// by, or its order shows how that stands; what it is not worth is said at once.
func (s *server) slipped(do func(*gin.Context, *visit, *slipped)) func(*gin.Context, *visit) {
	return func(c *gin.Context, v *visit) {
		if s.Slips == nil {
			s.slipSays(c, v, http.StatusOK, "slip.bar.off")
			return
		}
		ctx := c.Request.Context()
		got, err := s.Slips.Slip(ctx, "https://x"+slipCapitals+c.Param("slip"))
		switch {
		case errors.Is(err, intake.ErrNoSlip):
			s.slipPage(c, v, http.StatusNotFound, "slip.none")
			return
		case errors.Is(err, intake.ErrForged):
			s.slipSays(c, v, http.StatusForbidden, "slip.forged.text")
			return
		case err != nil:
			s.fault(c, v, err)
			return
		}
		x := &slipped{Slip: got, letters: strings.ToUpper(c.Param("slip")), application: got.Application}
		has, err := s.slipHas(ctx, v, x)
		switch camp := s.campaigns.shown(); {
		case err != nil:
			s.fault(c, v, err)
		case has:
			do(c, v, x) // there is an order, and its state says more than the paper
		case got.Bar != "":
			s.slipSays(c, v, http.StatusConflict, "slip.bar."+string(got.Bar))
		case got.Campaign != camp.ID:
			s.slipSays(c, v, http.StatusConflict, "slip.bar."+string(flow.SlipCampaign))
		case !camp.Payment.Takes() || s.Teller == nil:
			s.slipSays(c, v, http.StatusOK, "slip.bar.off")
		case camp.Payment.Opens != rules.OpensConfirmed:
			s.slipSays(c, v, http.StatusOK, "slip.bar.cash")
		default:
			do(c, v, x)
		}
	}
}

// slipHas finds out whether what a slip speaks of has an order, and whose it is: of a
// record that is here the hub's word counts and not the paper's.
func (s *server) slipHas(ctx context.Context, v *visit, x *slipped) (has bool, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if _, err := s.currentCampaign(ctx, tx, v.changes); err != nil {
			return err
		}
		r, err := confirmation.Get(ctx, tx, x.Record)
		switch {
		case err == nil && r.Application != "":
			x.application = r.Application
		case err != nil && !errors.Is(err, confirmation.ErrNotFound):
			return err
		}
		all, err := payment.OrdersOf(ctx, tx, x.application)
		has = len(all) > 0
		return err
	})
	return has, err
}

// slipSays says why nothing is paid by a slip, with the telephone where somebody
// knows more; text is a phrase. Who made up a slip is told so.
func (s *server) slipSays(c *gin.Context, v *visit, status int, text string) {
	w := s.terms(v, s.campaigns.shown())
	body := pages.Slip{Head: w.t("slip.head"), Tint: "wait", Notice: w.t("slip.bar"), Text: strings.ReplaceAll(w.t(text), "%s", w.county())}
	if status == http.StatusForbidden {
		body.Tint, body.Notice = "must", w.t("slip.forged")
	}
	s.show(c, v, status, "slip", body)
}

func (s *server) slipPay(c *gin.Context, v *visit, x *slipped) {
	s.payPage(c, v, http.StatusOK, x, paySaid{})
}

// slipOrder opens the order of a slip, or gives the one there is.
func (s *server) slipOrder(ctx context.Context, v *visit, x *slipped) (o payment.Order, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		o, err = s.Flow.SlipOrder(ctx, tx, x.Word(), v.by())
		return err
	})
	switch {
	case errors.Is(err, flow.ErrSlip), errors.Is(err, flow.ErrNoPayment), errors.Is(err, flow.ErrNoFee), errors.Is(err, flow.ErrUnstanding), errors.Is(err, payment.ErrOpen):
		return o, errNothingToPay
	case err == nil && o.State != payment.Open:
		return o, errNothingToPay
	}
	return o, err
}
