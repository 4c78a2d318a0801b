package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// remitMovement: :id is a movement. It lies where its order does; what is nobody's is
// the province's.
const remitMovement rule = "movement"

// ofMovement is what a decision of two persons is about.
const ofMovement = "movements/"

func findMovement(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	b, err := payment.Look(ctx, tx, id)
	if errors.Is(err, payment.ErrNotFound) {
		return where{}, errNoSubject
	}
	if err != nil {
		return where{}, err
	}
	v.subject = b
	return placeOfMovement(ctx, tx, v, b)
}

func placeOfMovement(ctx context.Context, tx *db.Tx, v *visit, b payment.Booking) (where, error) {
	o, err := payment.GetOrder(ctx, tx, b.Owner)
	if errors.Is(err, payment.ErrNotFound) {
		return where{division: topOf(v.remit().division)}, nil
	}
	return where{o.Division, o.Point}, err
}

// suspense is what lies in suspense (暂收待查), the oldest first, each with what is
// proposed.
func (s *server) suspense(c *gin.Context, v *visit) { s.lying(c, v, payment.Suspense, "suspense") }

// refunds is what is on its way back, the oldest first.
func (s *server) refunds(c *gin.Context, v *visit) { s.lying(c, v, payment.Returning, "refunds") }

func (s *server) lying(c *gin.Context, v *visit, fund payment.Fund, menu string) {
	view := console.Suspense{Refunds: fund == payment.Returning, Filter: c.Query("standing")}
	after, ok := orderCursor(c.Query("before"))
	if !ok || view.Filter != "" && !slices.Contains(oddStandings, payment.Standing(view.Filter)) {
		s.refuse(c, v, refusalBad)
		return
	}
	for _, one := range oddStandings {
		view.Standings = append(view.Standings, console.Option{Value: string(one), Text: s.pages.Text(v.lang, "pay.standing."+string(one))})
	}
	r := v.remit()
	l := payment.Lying{Fund: fund, Division: r.division, Point: r.point, Standing: payment.Standing(view.Filter)}
	if s.exportAs(c) != "" {
		s.exportLying(c, v, l, menu)
		return
	}
	ctx := c.Request.Context()
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		total, err := l.Total(ctx, tx)
		if err != nil {
			return err
		}
		if !view.Refunds {
			if view.Conflicts, err = s.contradictions(ctx, tx, v); err != nil {
				return err
			}
		}
		view.Total, view.Fen = total.N, total.Fen
		l.After, l.Limit = after, pageRows+1
		all, err := l.List(ctx, tx)
		if err != nil {
			return err
		}
		n := pageNumber(c)
		view.Pages = console.Pages{Number: n, Of: max(n, (int(view.Total)+pageRows-1)/pageRows)}
		if n > 1 {
			view.Pages.First = moneyLink(c, "", 0)
		}
		if len(all) > pageRows {
			all = all[:pageRows]
			last := all[pageRows-1]
			view.Pages.Next = moneyLink(c, strconv.FormatInt(last.BookedAt, 10)+"."+last.ID, n+1)
		}
		names, points := map[string]string{}, pointNames{}
		for _, b := range all {
			m, _, err := s.movementView(ctx, tx, v, b, names, points)
			if err != nil {
				return err
			}
			view.Rows = append(view.Rows, m)
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "suspense", menu, view)
}

// movementPage shows one.
func (s *server) movement(c *gin.Context, v *visit) {
	if key := "pay.done." + c.Query("done"); s.pages.Has(key) {
		v.notice = &console.Notice{Class: "done", Key: key}
	}
	s.showMovement(c, v, http.StatusOK, console.MovementCase{})
}

func (s *server) showMovement(c *gin.Context, v *visit, status int, view console.MovementCase) {
	ctx, id := c.Request.Context(), v.subject.(payment.Booking).ID
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		b, err := payment.Look(ctx, tx, id) // as it is after what was just tried
		if err != nil {
			return err
		}
		var o *payment.Order
		if view.Movement, o, err = s.movementView(ctx, tx, v, b, map[string]string{}, pointNames{}); err != nil {
			return err
		}
		if view.Journal, err = s.moneyJournal(ctx, tx, v, "", []payment.Booking{b}); err != nil {
			return err
		}
		return s.movementSteps(ctx, tx, v, b, o, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, status, "movement", "suspense", "/gl/movements/"+id, view)
}

// movementSteps says what may be decided about it, by whom and how far that is.
func (s *server) movementSteps(ctx context.Context, tx *db.Tx, v *visit, b payment.Booking, o *payment.Order, view *console.MovementCase) error {
	camp, err := s.campaignOf(ctx, tx, o)
	if err != nil {
		return err
	}
	officer := slices.Contains(officers(), v.session.Account.Role)
	for i, step := range b.Steps(o) {
		may := stepPermit(camp, v, b, step)
		one := console.MovementStep{Step: string(step), Proposed: i == 0 && !b.Seeks(o) && b.Standing != payment.Late}
		switch {
		case !officer:
			one.Refuse = "permit.tier"
		case may.alone():
			one.How = "alone"
		case may.persons != 2 || !may.known || !may.high:
			one.Refuse = may.refusal()
		default:
			if one.How, err = s.standingSecond(ctx, tx, v, may, secondMovement(camp, b, o, step)); err != nil {
				return err
			}
		}
		view.Steps = append(view.Steps, one)
	}
	view.Seeks = b.Seeks(o)
	view.MayOwn = view.Seeks && officer && permitted(camp, flow.ActSettleDifference, v.session.Account.Role).high
	if b.Kind == payment.Payment {
		view.Reasons = s.refundReasons(camp, v.lang)
	}
	if err := s.gaveBack(ctx, tx, b, view); err != nil {
		return err
	}
	if view.Refunding != nil {
		refunds := permitted(camp, flow.ActRefund, v.session.Account.Role).high
		view.Refunding.MayPay = view.Refunding.ByHand && officer && refunds
		view.Refunding.MayAsk = view.Refunding.State.Key == "pay.refund."+string(teller.Aside) && refunds && slices.Contains(province(), v.session.Account.Role)
	}
	return nil
}

// campaignOf is the campaign of an order, or the one that is shown.
func (s *server) campaignOf(ctx context.Context, tx *db.Tx, o *payment.Order) (rules.Campaign, error) {
	id := s.Campaign
	if o != nil {
		id = o.Campaign
	}
	camp, err := s.campaigns.current(ctx, tx, id)
	if missing(err) {
		err = nil
	}
	return camp, err
}

// stepAct is the act of the campaign's table that a step is. A late payment has an
// act of its own where the table has it; all other money that pays an order after
// all settles a difference.
func stepAct(camp rules.Campaign, b payment.Booking, step payment.Step) string {
	switch step {
	case payment.GiveBack:
		return flow.ActRefund
	case payment.Revert:
		return flow.ActRevertPayment
	case payment.TakesIn:
		return flow.ActSettleDifference
	}
	if _, ok := camp.Act(flow.ActLatePayment); ok && b.Standing == payment.Late && !b.Found {
		return flow.ActLatePayment
	}
	return flow.ActSettleDifference
}

// stepPermit is what the table gives her of a step. What somebody did at a channel's own
// console is for two persons, whatever a table says.
func stepPermit(camp rules.Campaign, v *visit, b payment.Booking, step payment.Step) permission {
	out := permitted(camp, stepAct(camp, b, step), v.session.Account.Role)
	if step == payment.TakesIn {
		out.persons = max(out.persons, 2)
	}
	return out
}

// secondMovement is a step as another person agrees to it: on that order, at that
// length of its entries.
func secondMovement(camp rules.Campaign, b payment.Booking, o *payment.Order, step payment.Step) countersign.Act {
	out := countersign.Act{Act: stepAct(camp, b, step), Subject: ofMovement + b.ID, Terms: string(step) + " " + strconv.Itoa(len(b.Entries)) + " " + b.Owner, Campaign: camp.ID}
	if o != nil {
		out.Division, out.Point = o.Division, o.Point
	}
	return out
}

func reasonOptions(camp rules.Campaign, list string, lang console.Lang) (out []console.Option) {
	for _, l := range camp.Reasons {
		if l.Key != list {
			continue
		}
		for _, e := range l.Entries {
			text := e.Zh
			if lang == console.En && e.En != "" {
				text = e.En
			}
			out = append(out, console.Option{Value: e.Code, Text: e.Code + " " + text})
		}
	}
	return out
}

// refundReasons are the campaign's reasons to give money back; those that ask for words
// say so.
func (s *server) refundReasons(camp rules.Campaign, lang console.Lang) []console.Option {
	out := reasonOptions(camp, rules.ReasonsRefund, lang)
	for i, e := range camp.ReasonsOf(rules.ReasonsRefund) {
		if e.Remark {
			out[i].Text += s.pages.Text(lang, "pay.reason.words")
		}
	}
	return out
}

// stepReason reads why a step is taken: of a refund one of the campaign's reasons,
// with words where that asks for them; else words. "" is none.
func stepReason(c *gin.Context, camp rules.Campaign, step payment.Step) string {
	said, ok := reason(c)
	if !ok {
		said = ""
	}
	if step != payment.GiveBack {
		return said
	}
	for _, l := range camp.Reasons {
		for _, e := range l.Entries {
			if l.Key != rules.ReasonsRefund || e.Code != c.PostForm("code") || e.Remark && said == "" {
				continue
			}
			return strings.TrimSpace(e.Code + " " + e.Zh + "　" + said)
		}
	}
	return ""
}

// stepMovement asks for the second person's word, or does what was agreed to.
func (s *server) stepMovement(c *gin.Context, v *visit) {
	b := v.subject.(payment.Booking)
	step := payment.Step(c.PostForm("step"))
	ask := func(ctx context.Context, tx *db.Tx) (asking, error) {
		o, err := ownerOf(ctx, tx, b)
		if err != nil {
			return asking{}, err
		}
		if !slices.Contains(b.Steps(o), step) {
			if step == "" {
				return asking{refuse: "pay.choose"}, nil
			}
			return asking{refuse: "pay.notnow"}, nil
		}
		camp, err := s.campaignOf(ctx, tx, o)
		if err != nil {
			return asking{}, err
		}
		of := secondMovement(camp, b, o, step)
		if of.Division == "" {
			of.Division = topOf(v.remit().division)
		}
		return asking{may: stepPermit(camp, v, b, step), of: of, why: stepReason(c, camp, step)}, nil
	}
	out, err := s.actOfTwo(c.Request.Context(), v, ask, func(ctx context.Context, tx *db.Tx, why, second string) error {
		return s.Flow.StepMovement(ctx, tx, b.ID, step, why, v.by(), second)
	})
	if out.refuse == "act.needreason" && step == payment.GiveBack {
		out.refuse = "pay.needcode"
	}
	status, wrong := s.answerTwo(c, v, doneAt("/gl/movements/"+b.ID, string(step)), out, err,
		notSo{payment.ErrState, http.StatusConflict, "pay.notnow"}, notSo{payment.ErrOpen, http.StatusConflict, "pay.notnow"}, notSo{errMeanwhile, http.StatusConflict, "pay.notnow"},
		notSo{payment.ErrPart, http.StatusConflict, "pay.part"}, notSo{payment.ErrNoPayment, http.StatusConflict, "pay.takein.none"},
		notSo{flow.ErrVoid, http.StatusConflict, "pay.void"}, notSo{flow.ErrCashClosed, http.StatusConflict, "pay.cash.signed.moves"})
	if status != 0 {
		s.showMovement(c, v, status, console.MovementCase{Error: wrong, Step: string(step), Code: c.PostForm("code"), Said: c.PostForm("reason")})
	}
}

// doneAt is a page that says what was done there just now.
func doneAt(path, what string) string { return path + "?done=" + what }

// ownerOf is the order that a movement belongs to, nil if it is nobody's.
func ownerOf(ctx context.Context, tx *db.Tx, b payment.Booking) (*payment.Order, error) {
	o, err := payment.GetOrder(ctx, tx, b.Owner)
	if errors.Is(err, payment.ErrNotFound) {
		return nil, nil
	}
	return &o, err
}

// ownMovement attaches a movement to the order that it was meant for.
func (s *server) ownMovement(c *gin.Context, v *visit) {
	ctx, b := c.Request.Context(), v.subject.(payment.Booking)
	number := strings.Join(strings.Fields(c.PostForm("order")), "")
	why, ok := reason(c)
	view := console.MovementCase{Typed: c.PostForm("order"), Said: c.PostForm("reason")}
	switch {
	case !plainID(number):
		view.OwnError = "pay.own.number"
	case !ok:
		view.OwnError = "act.needreason"
	}
	if view.OwnError != "" {
		s.showMovement(c, v, http.StatusUnprocessableEntity, view)
		return
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
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
		if may := permitted(camp, flow.ActSettleDifference, v.session.Account.Role); !may.known || !may.high {
			view.OwnError = may.refusal()
			return nil
		}
		return s.Flow.OwnMovement(ctx, tx, b.ID, number, why, v.by())
	})
	status := http.StatusConflict
	switch {
	case err == nil && view.OwnError == "":
		c.Redirect(http.StatusSeeOther, doneAt("/gl/movements/"+b.ID, "owned"))
		return
	case err == nil:
		status = http.StatusForbidden
	case errors.Is(err, payment.ErrNotFound):
		status, view.OwnError = http.StatusUnprocessableEntity, "pay.own.none"
	case errors.Is(err, payment.ErrState):
		view.OwnError = "pay.own.not"
	default:
		s.fault(c, v, err)
		return
	}
	s.showMovement(c, v, status, view)
}

// paidOut books that a refund of cash or of a transfer was paid out here.
func (s *server) paidOut(c *gin.Context, v *visit) {
	ctx, b := c.Request.Context(), v.subject.(payment.Booking)
	serial := strings.TrimSpace(c.PostForm("serial"))
	var refuse string
	if serial != "" && !oneLine(serial, 64) {
		refuse = "pay.transfer.serial"
	}
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		o, err := ownerOf(ctx, tx, b)
		if err != nil || refuse != "" {
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
		_, err = s.Flow.PayOut(ctx, tx, b.ID, serial, v.by())
		return err
	})
	status := http.StatusConflict
	switch {
	case err == nil && refuse == "":
		c.Redirect(http.StatusSeeOther, doneAt("/gl/movements/"+b.ID, "paid-out"))
		return
	case err == nil:
		status = http.StatusUnprocessableEntity
		if strings.HasPrefix(refuse, "permit.") {
			status = http.StatusForbidden
		}
	case errors.Is(err, flow.ErrReason):
		status, refuse = http.StatusUnprocessableEntity, "pay.transfer.serial"
	case errors.Is(err, payment.ErrState), errors.Is(err, payment.ErrConflict):
		refuse = "pay.notnow"
	case errors.Is(err, flow.ErrCashClosed):
		refuse = "pay.cash.signed.moves"
	default:
		s.fault(c, v, err)
		return
	}
	s.showMovement(c, v, status, console.MovementCase{Error: refuse})
}

// exportLying writes the list.
func (s *server) exportLying(c *gin.Context, v *visit, l payment.Lying, list string) {
	ctx := c.Request.Context()
	heads := s.heads(v, "pay.booked", "pay.channel", "pay.serial", "pay.amount", "pay.why", "pay.remedy", "pay.number", "list.where")
	s.export(c, v, list, heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			l.Limit = rowsAtOnce
			names, points := map[string]string{}, pointNames{}
			for {
				all, err := l.List(ctx, tx)
				if err != nil {
					return err
				}
				for _, b := range all {
					m, _, err := s.movementView(ctx, tx, v, b, names, points)
					if err != nil {
						return err
					}
					say := func(key string) string { return s.pages.Text(v.lang, key) }
					remedy := ""
					if m.Remedy != "" {
						remedy = say(m.Remedy)
					}
					if err := row(m.Booked, say(m.Channel), m.Number, float64(m.Fen)/100, say(m.Standing.Key), remedy, m.Owner, m.Point); err != nil {
						return err
					}
				}
				if len(all) < rowsAtOnce {
					return nil
				}
				last := all[len(all)-1]
				l.After = payment.Cursor{At: last.BookedAt, Number: last.ID}
			}
		})
	})
}

// gaveBack finds the payment that a refund gave back, for who has to judge it.
func (s *server) gaveBack(ctx context.Context, tx *db.Tx, b payment.Booking, view *console.MovementCase) error {
	if b.Kind != payment.Refund || b.Of == "" {
		return nil
	}
	all, err := payment.ByNumber(ctx, tx, b.Of)
	for _, p := range all {
		if p.Kind == payment.Payment && p.Channel == b.Channel {
			view.Paid, view.PaidFen, view.Part = "/gl/"+ofMovement+p.ID, p.Fen, b.Fen < p.Fen
		}
	}
	return err
}
