package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/web/door"
	"zhunkao/hub/web/portal/pages"
)

// payPart is paying (demands A41–A43, A59): her order with the ways to pay it, and
// "扣了钱，这里没显示？". What somebody pays by a slip stands in pay_slip.go; both are
// drawn by the same page.
func (s *server) payPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{
		{method: get, path: "/ks/pay", do: s.pay},
		{method: post, path: "/ks/pay", do: s.payBy},
		{method: get, path: "/ks/pay/now", quiet: true, do: s.pay},
		{method: post, path: "/ks/pay/ask", do: s.payAsk},
		{method: get, path: "/ks/pay/code/:channel", quiet: true, do: s.payCode},
		{method: get, path: "/ks/pay/back", open: true, plain: true, do: s.payBack},
		{method: post, path: "/ks/pay/back", open: true, plain: true, do: s.payBack},
	}
}

// How often a page of paying looks again by itself, in seconds: while a code is
// shown, and while the channel or the hub has still to say something.
const (
	codeAgain = 5
	waitAgain = 10
	downAgain = 60 // no channel answers
)

// payer is whose order a page is about: hers who is signed in, or a slip's.
type payer struct {
	m    *mine    // who is signed in; nil by a slip
	slip *slipped // nil of who is signed in
}

// base is the address below which her pages of paying lie.
func (p payer) base() string {
	if p.slip != nil {
		return "/ks/p/" + p.slip.letters
	}
	return "/ks/pay"
}

// signedIn reads whose order it is.
func (s *server) signedIn(ctx context.Context, tx *db.Tx, v *visit) (payer, error) {
	m, err := s.mine(ctx, tx, v)
	return payer{m: m}, err
}

// paySaid is what an act has just found, to be said above the page.
type paySaid struct {
	notice *pages.StatusNotice
	fault  string
	chosen string // channel
}

func (s *server) pay(c *gin.Context, v *visit) { s.payPage(c, v, http.StatusOK, nil, paySaid{}) }

// payPage draws the order of who is signed in, or of a slip.
func (s *server) payPage(c *gin.Context, v *visit, status int, slip *slipped, said paySaid) {
	var f pages.Frame
	var body pages.Pay
	ctx := c.Request.Context()
	err := s.DB.Brief(ctx, func(tx *db.Tx) error {
		p, err := s.payerOf(ctx, tx, v, slip)
		if err != nil {
			return err
		}
		x, err := s.payFacts(ctx, tx, v, p)
		if err != nil {
			return err
		}
		f = s.frame(c, v, "pay", x.mine)
		f.Self = p.base()
		body = s.terms(v, x.camp).pay(x, said, seenBy(c.Request))
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if body.Again > 0 {
		again := f.Self
		if slip == nil {
			again += "/now"
		}
		c.Header("Refresh", strconv.Itoa(body.Again)+"; url="+again)
	}
	s.draw(c, v, status, "pay", f, body)
}

// payerOf reads who is signed in; by a slip it is only whose campaign that is.
func (s *server) payerOf(ctx context.Context, tx *db.Tx, v *visit, slip *slipped) (payer, error) {
	if slip == nil {
		return s.signedIn(ctx, tx, v)
	}
	return payer{slip: slip}, nil
}

// payBy asks for a way to pay (付款码): a code is shown on a page of its own, which
// looks by itself whether it was paid; a channel's page is offered as a link or a
// form. Nothing is charged by it.
func (s *server) payBy(c *gin.Context, v *visit) { s.offer(c, v, nil) }

func (s *server) offer(c *gin.Context, v *visit, slip *slipped) {
	name, way := c.PostForm("channel"), channel.Way(c.PostForm("way"))
	again := func(status int, fault string) {
		s.payPage(c, v, status, slip, paySaid{fault: fault, chosen: name})
	}
	w := s.terms(v, s.campaigns.shown())
	if name == "" {
		again(http.StatusUnprocessableEntity, w.t("pay.fault.none"))
		return
	}
	ctx := c.Request.Context()
	order, err := s.orderToPay(ctx, v, slip)
	switch {
	case err != nil && errors.Is(err, errNothingToPay):
		again(http.StatusConflict, w.t("pay.fault.shut"))
		return
	case err != nil:
		s.fault(c, v, err)
		return
	}
	if left := s.offers.wait(order.Number, s.real()); left > 0 {
		again(http.StatusTooManyRequests, w.t("pay.fault.often", seconds(left)))
		return
	}
	way = s.wayOf(name, way)
	offer, attempt, err := s.Teller.Offer(ctx, order, name, way, v.source, s.address(c)+"/ks/pay/back")
	var no *channel.RefusedError
	switch {
	case errors.Is(err, channel.ErrAway), errors.Is(err, channel.ErrForged):
		again(http.StatusServiceUnavailable, w.t("pay.fault.away", w.channel(name)))
	case errors.As(err, &no), errors.Is(err, teller.ErrChannel):
		again(http.StatusConflict, w.t("pay.fault.refused", w.channel(name)))
	case errors.Is(err, teller.ErrShut):
		again(http.StatusConflict, w.t("pay.fault.shut"))
	case err != nil:
		s.fault(c, v, err)
	case offer.Code != "" && slip == nil:
		c.Redirect(http.StatusSeeOther, "/ks/pay/code/"+name)
	case offer.Code != "":
		c.Redirect(http.StatusSeeOther, payer{slip: slip}.base()+"/code/"+name)
	default:
		s.goPage(c, v, slip, order, attempt, offer)
	}
}

// errNothingToPay says that no order of hers can be paid now: the page says why.
var errNothingToPay = errors.New("portal: nothing to pay now")

// orderToPay is the order that is paid: hers, or the one that a slip opens.
func (s *server) orderToPay(ctx context.Context, v *visit, slip *slipped) (o payment.Order, err error) {
	if s.Teller == nil {
		return o, errNothingToPay
	}
	if slip != nil {
		return s.slipOrder(ctx, v, slip)
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		m, err := s.hers(ctx, tx, v)
		if err != nil || m.current == nil {
			return errors.Join(err, errNothingToPay)
		}
		all, err := payment.OrdersOf(ctx, tx, m.current.ID)
		if err != nil {
			return err
		}
		if o = counts(all); o.State != payment.Open {
			return errNothingToPay
		}
		return nil
	})
	return o, err
}

// counts is the order that counts of all that an application ever had, newest first:
// the one that stands, else the newest.
func counts(all []payment.Order) payment.Order {
	for _, o := range all {
		if o.State == payment.Open || o.State == payment.Paid || o.State == payment.Waived {
			return o
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return payment.Order{}
}

// wayOf is the way that is asked for; a channel that has no page for a computer gives
// a code.
func (s *server) wayOf(name string, way channel.Way) channel.Way {
	for _, x := range s.Teller.Choices([]string{name}) {
		for _, has := range x.Ways {
			if has == way {
				return way
			}
		}
	}
	return channel.Scan
}

// goPage offers a channel's page. Only this page may post there, or send her browser
// on from there (see door.PostingPolicy).
func (s *server) goPage(c *gin.Context, v *visit, slip *slipped, order payment.Order, a teller.Attempt, offer channel.Offer) {
	var f pages.Frame
	var body pages.PayOffer
	ctx := c.Request.Context()
	err := s.DB.Brief(ctx, func(tx *db.Tx) error {
		p, err := s.payerOf(ctx, tx, v, slip)
		if err != nil {
			return err
		}
		x, err := s.payFacts(ctx, tx, v, p)
		if err != nil {
			return err
		}
		f = s.frame(c, v, "pay", x.mine)
		f.Self = p.base()
		body = s.terms(v, x.camp).goTo(x, order, a, offer)
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if offer.Form != nil {
		c.Header("Content-Security-Policy", door.PostingPolicy(offer.Page))
	}
	s.draw(c, v, http.StatusOK, "payoffer", f, body)
}

// payCode shows the code that was asked for, as long as it lives, and goes back to
// the order when there is none, or it was paid.
func (s *server) payCode(c *gin.Context, v *visit) { s.code(c, v, nil) }

func (s *server) code(c *gin.Context, v *visit, slip *slipped) {
	var f pages.Frame
	var body pages.PayOffer
	base, live := "", false
	ctx := c.Request.Context()
	err := s.DB.Brief(ctx, func(tx *db.Tx) error {
		p, err := s.payerOf(ctx, tx, v, slip)
		if err != nil {
			return err
		}
		base = p.base()
		x, err := s.payFacts(ctx, tx, v, p)
		if err != nil || x.order.State != payment.Open {
			return err
		}
		var a teller.Attempt
		if a, live = x.code(c.Param("channel")); !live {
			return nil
		}
		f = s.frame(c, v, "pay", x.mine)
		f.Self = base
		body = s.terms(v, x.camp).showCode(x, a)
		return nil
	})
	switch {
	case err != nil:
		s.fault(c, v, err)
	case !live:
		c.Redirect(http.StatusSeeOther, base)
	default:
		c.Header("Refresh", strconv.Itoa(codeAgain))
		s.draw(c, v, http.StatusOK, "payoffer", f, body)
	}
}

// payAsk asks the channels now (已扣款未显示, domain §4.5 掉单), and says what was found
// and by when the rest is known.
func (s *server) payAsk(c *gin.Context, v *visit) { s.ask(c, v, nil) }

func (s *server) ask(c *gin.Context, v *visit, slip *slipped) {
	ctx := c.Request.Context()
	order, err := s.orderAsked(ctx, v, slip)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if s.Teller == nil || order.Number == "" {
		s.payPage(c, v, http.StatusOK, slip, paySaid{})
		return
	}
	w := s.terms(v, s.campaigns.shown())
	if left := s.asks.wait(order.Number, s.real()); left > 0 {
		s.payPage(c, v, http.StatusTooManyRequests, slip, paySaid{fault: w.t("pay.fault.often", seconds(left))})
		return
	}
	found, err := s.Teller.AskNow(ctx, order)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	n := w.found(found, s.now())
	s.payPage(c, v, http.StatusOK, slip, paySaid{notice: &n})
}

// orderAsked is the order that is asked about, however it stands; zero for none.
func (s *server) orderAsked(ctx context.Context, v *visit, slip *slipped) (o payment.Order, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		id := ""
		if slip != nil {
			id = slip.application
		} else if m, err := s.hers(ctx, tx, v); err != nil {
			return err
		} else if m.current != nil {
			id = m.current.ID
		}
		if id == "" {
			return nil
		}
		all, err := payment.OrdersOf(ctx, tx, id)
		o = counts(all)
		return err
	})
	return o, err
}

// payBack is where a channel sends her browser after paying. It comes from another
// site, so that her session's cookie is not with it: from here she goes on herself.
// UnionPay's posts its 前台通知 along, of which nothing is read: what is believed comes
// as a notice, or is asked for.
func (s *server) payBack(c *gin.Context, v *visit) {
	w := s.terms(v, s.campaigns.shown())
	s.draw(c, v, http.StatusOK, "slip", s.bare(v), pages.Slip{Head: w.t("pay.returned"), Lead: w.t("pay.returned.text"), Go: "/ks/pay", GoText: w.t("pay.returned.go")})
}

// address is where this portal is found from outside: the campaign's word, else as it
// was asked for.
func (s *server) address(c *gin.Context) string {
	if a := s.campaigns.shown().Portal.Address; a != "" {
		return a
	}
	if s.TLS {
		return "https://" + c.Request.Host
	}
	return "http://" + c.Request.Host
}

// real is the clock of this machine: what paces a hand.
func (s *server) real() time.Time { return time.Now() }

func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
