package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// How the two acts on an order are asked for that say its fee anew; behind termsSettle
// stands the fee that was seen.
const (
	termsWaive  = "waive"
	termsSettle = "settle"
)

// secondFee is such an act as another person agrees to it.
func secondFee(camp rules.Campaign, o payment.Order, act, terms string) countersign.Act {
	return countersign.Act{Act: act, Subject: ofOrder + o.Number, Terms: terms, Campaign: camp.ID, Division: camp.Province}
}

// termsOf names the difference that is settled: another one is to be asked for anew.
func termsOf(d payment.Difference) string {
	return termsSettle + " " + strconv.FormatInt(d.NoticedAt, 10) + " " + strconv.FormatInt(d.Fen, 10)
}

// feeAct is how far an act of two on this order is, for who is of the province.
func (s *server) feeAct(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, of countersign.Act, verb string, out console.ActOfTwo) (*console.ActOfTwo, error) {
	may := permitted(camp, of.Act, v.session.Account.Role)
	out.Post, out.ByTwo = "/gl/"+of.Subject+"/"+verb, may.persons == 2
	if !may.known || !may.high || may.persons > 2 {
		out.Refuse = may.refusal()
		return &out, nil
	}
	var err error
	out.How, err = s.standingSecond(ctx, tx, v, may, of)
	return &out, err
}

// waiving says whether the fee of this order can be waived, for which exemptions that she
// claims, and how far that is; nothing where it cannot: in this campaign the exempt pay,
// she claims no exemption, or the order is settled.
func (s *server) waiving(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, o payment.Order, view *console.Order) error {
	if camp.Policy.ExemptPays || !slices.Contains(province(), v.session.Account.Role) {
		return nil
	}
	claims, err := s.Flow.Waivable(ctx, tx, o)
	switch {
	case errors.Is(err, payment.ErrState), errors.Is(err, flow.ErrExemptPays), errors.Is(err, flow.ErrNotExempt), errors.Is(err, flow.ErrVoid),
		errors.Is(err, candidate.ErrNotFound), errors.Is(err, campaign.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	for _, c := range claims {
		view.Exemptions = append(view.Exemptions, camp.ClaimName(c))
	}
	view.Waive, err = s.feeAct(ctx, tx, v, camp, secondFee(camp, o, flow.ActDecideExemption, termsWaive), termsWaive,
		console.ActOfTwo{Why: "pay.waive.why", Hint: "pay.waive.hint", Go: "pay.waive.go"})
	return err
}

// waiveOrder asks for the second person's word, or waives a fee as two agreed: an
// exemption was approved, and this campaign asks no fee of the exempt (domain §1.5).
func (s *server) waiveOrder(c *gin.Context, v *visit) {
	number := v.subject.(payment.Order).Number
	out, err := s.actOfTwo(c.Request.Context(), v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		o, err := payment.GetOrder(ctx, tx, number)
		if err != nil {
			return asking{}, err
		}
		camp, err := s.campaignOf(ctx, tx, &o)
		if err != nil {
			return asking{}, err
		}
		_, err = s.Flow.Waivable(ctx, tx, o)
		return asking{may: permitted(camp, flow.ActDecideExemption, v.session.Account.Role), of: secondFee(camp, o, flow.ActDecideExemption, termsWaive), why: given(c)}, err
	}, func(ctx context.Context, tx *db.Tx, why, second string) error {
		return s.Flow.WaiveOrder(ctx, tx, number, why, v.by(), second)
	})
	s.afterFee(c, v, termsWaive, "waived", "pay.waive.not", out, err)
}

// afterFee answers such an act.
func (s *server) afterFee(c *gin.Context, v *visit, verb, done, not string, out allowed, err error) {
	conflict := http.StatusConflict
	status, wrong := s.answerTwo(c, v, doneAt("/gl/"+ofOrder+v.subject.(payment.Order).Number, done), out, err,
		notSo{flow.ErrExemptPays, conflict, "pay.waive.pays"}, notSo{flow.ErrNotExempt, conflict, "pay.waive.claims"}, notSo{candidate.ErrNotFound, conflict, "pay.waive.claims"},
		notSo{flow.ErrVoid, conflict, "pay.waive.void"}, notSo{payment.ErrNotFound, conflict, not}, notSo{payment.ErrState, conflict, not},
		notSo{payment.ErrOpen, conflict, not}, notSo{countersign.ErrState, conflict, not})
	if status != 0 {
		s.showOrder(c, v, status, orderTyped{wrong: wrong, at: verb, said: strings.TrimSpace(c.PostForm("reason"))})
	}
}

// differing is what is noted of an order whose fee is another than what was paid, and
// how far the settling of that is; nil where nothing is.
func (s *server) differing(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, o payment.Order) (*console.OrderDifference, error) {
	d, err := payment.DifferenceOf(ctx, tx, o.Number)
	if errors.Is(err, payment.ErrNotFound) || err == nil && d.Fen == 0 { // her fee is again what was paid
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := &console.OrderDifference{Was: camp.TableName("level", o.Level), Now: camp.TableName("level", d.Level), Paid: o.Fen, Asks: d.Fen, Noticed: ms(d.NoticedAt), Settled: orZero(d.SettledAt), Why: d.Why}
	if d.SettledAt != 0 {
		names := map[string]string{}
		if out.By, err = s.author(ctx, tx, v, staffAuthor(d.By), names); err != nil {
			return nil, err
		}
		if d.Second != "" {
			out.Second, err = s.author(ctx, tx, v, staffAuthor(d.Second), names)
		}
		return out, err
	}
	if o.Movement != "" {
		out.Back = "/gl/" + ofMovement + o.Movement
	}
	if slices.Contains(province(), v.session.Account.Role) {
		out.Act, err = s.feeAct(ctx, tx, v, camp, secondFee(camp, o, flow.ActSettleDifference, termsOf(d)), termsSettle,
			console.ActOfTwo{Why: "pay.settle.why", Hint: "pay.settle.hint", Go: "pay.settle.go"})
	}
	return out, err
}

// settleOrder asks for the second person's word, or lets a difference be as two agreed:
// neither is more asked for nor is anything given back.
func (s *server) settleOrder(c *gin.Context, v *visit) {
	number := v.subject.(payment.Order).Number
	out, err := s.actOfTwo(c.Request.Context(), v, func(ctx context.Context, tx *db.Tx) (asking, error) {
		o, err := payment.GetOrder(ctx, tx, number)
		if err != nil {
			return asking{}, err
		}
		d, err := payment.DifferenceOf(ctx, tx, number)
		if err == nil && d.SettledAt != 0 {
			err = payment.ErrState
		}
		if err != nil {
			return asking{}, err
		}
		camp, err := s.campaignOf(ctx, tx, &o)
		return asking{may: permitted(camp, flow.ActSettleDifference, v.session.Account.Role), of: secondFee(camp, o, flow.ActSettleDifference, termsOf(d)), why: given(c)}, err
	}, func(ctx context.Context, tx *db.Tx, why, second string) error {
		return s.Flow.SettleDifference(ctx, tx, number, why, v.by(), second)
	})
	s.afterFee(c, v, termsSettle, "settled", "pay.settle.not", out, err)
}

// differences is the list of those that are to be settled, the oldest first.
func (s *server) differences(c *gin.Context, v *visit) {
	r := v.remit()
	after, ok := orderCursor(c.Query("before"))
	if !ok {
		s.refuse(c, v, refusalBad)
		return
	}
	of := payment.Differing{Campaign: s.Campaign, Division: r.division, Point: r.point}
	if s.exportAs(c) != "" {
		s.exportDifferences(c, v, of)
		return
	}
	var view console.Differences
	frame, err := s.asked(c.Request.Context(), c, v, "differences", func(tx *db.Tx, camp rules.Campaign) error {
		total, err := keep(v.glance, keptKey{"differences", r}, tx, func(tx *db.Tx) (int, error) { return of.Count(c.Request.Context(), tx) })
		if err != nil {
			return err
		}
		n := pageNumber(c)
		view.Total, view.Pages = total, console.Pages{Number: n, Of: max(n, (total+pageRows-1)/pageRows)}
		if n > 1 {
			view.Pages.First = moneyLink(c, "", 0)
		}
		of.After, of.Limit = after, pageRows+1
		rows, err := s.differingRows(c.Request.Context(), tx, camp, of)
		if len(rows) > pageRows {
			rows = rows[:pageRows]
			last := rows[pageRows-1]
			view.Pages.Next = moneyLink(c, strconv.FormatInt(last.Noticed.UnixMilli(), 10)+"."+last.Number, n+1)
		}
		view.Rows = rows
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.draw(c, v, http.StatusOK, "differences", frame, view)
}

func (s *server) differingRows(ctx context.Context, tx *db.Tx, camp rules.Campaign, of payment.Differing) (out []console.DifferenceRow, err error) {
	points := pointNames{}
	all, err := of.List(ctx, tx)
	for _, d := range all {
		row := console.DifferenceRow{Number: d.Order, Was: camp.TableName("level", d.Was), Now: camp.TableName("level", d.Level), Paid: d.Paid, Asks: d.Fen, Noticed: ms(d.NoticedAt)}
		if row.Point, err = points.name(ctx, tx, d.Point); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, err
}

func (s *server) exportDifferences(c *gin.Context, v *visit, of payment.Differing) {
	ctx := c.Request.Context()
	heads := s.heads(v, "pay.number", "list.where", "pay.differs.was", "pay.differs.paid", "pay.differs.now", "pay.differs.asks", "pay.differs.more", "pay.differs.since")
	s.export(c, v, "differences", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			camp, err := s.campaignOf(ctx, tx, nil)
			if err != nil {
				return err
			}
			of.Limit = rowsAtOnce
			for {
				rows, err := s.differingRows(ctx, tx, camp, of)
				if err != nil {
					return err
				}
				for _, r := range rows {
					if err := row(r.Number, r.Point, r.Was, float64(r.Paid)/100, r.Now, float64(r.Asks)/100, float64(r.Asks-r.Paid)/100, r.Noticed); err != nil {
						return err
					}
				}
				if len(rows) < rowsAtOnce {
					return nil
				}
				last := rows[len(rows)-1]
				of.After = payment.Cursor{At: last.Noticed.UnixMilli(), Number: last.Number}
			}
		})
	})
}

// countDifferences counts them for the menu.
func countDifferences(ctx context.Context, tx *db.Tx, v *visit, campaign string) (int, error) {
	r := v.remit()
	return payment.Differing{Campaign: campaign, Division: r.division, Point: r.point}.Count(ctx, tx)
}
