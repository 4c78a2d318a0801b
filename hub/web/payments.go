package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/web/console"
	rules "zhunkao/protocol/campaign"
)

// remitOrder: :id is the number of an order; it lies where its candidate registered.
const remitOrder rule = "order"

// paymentPart is orders and their money: the list, one of them, what lies in
// suspense, what goes back, and the books (demands A41–A43, domain §4).
func (s *server) paymentPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/payments", who: readers(), remit: remitList, right: "payments", ahead: true, do: s.payments},
		{method: get, path: "/gl/payments/:id", who: readers(), remit: remitOrder, do: s.order},
		{method: post, path: "/gl/payments/:id/extend", who: province(), remit: remitOrder, do: s.extendOrder},
		{method: post, path: "/gl/payments/:id/waive", who: province(), remit: remitOrder, do: s.waiveOrder},
		{method: post, path: "/gl/payments/:id/settle", who: province(), remit: remitOrder, do: s.settleOrder},
		{method: get, path: "/gl/differences", who: readers(), remit: remitList, right: "differences", do: s.differences},
		{method: get, path: "/gl/suspense", who: readers(), remit: remitList, right: "suspense", do: s.suspense},
		{method: get, path: "/gl/refunds", who: readers(), remit: remitList, right: "refunds", do: s.refunds},
		{method: get, path: "/gl/movements/:id", who: readers(), remit: remitMovement, do: s.movement},
		{method: post, path: "/gl/movements/:id/step", who: officers(), remit: remitMovement, do: s.stepMovement},
		{method: post, path: "/gl/movements/:id/owner", who: officers(), remit: remitMovement, do: s.ownMovement},
		{method: post, path: "/gl/movements/:id/paid-out", who: officers(), remit: remitMovement, do: s.paidOut},
		{method: post, path: "/gl/movements/:id/ask-again", who: province(), remit: remitMovement, do: s.askRefundAgain},
		{method: get, path: "/gl/contradictions/:id", who: province(), remit: remitContradiction, do: s.contradiction},
		{method: post, path: "/gl/contradictions/:id/settle", who: province(), remit: remitContradiction, do: s.settleContradiction},
		{method: get, path: "/gl/ledger", who: province(), remit: remitNone, right: "ledger", do: s.ledger},
		{method: get, path: "/gl/transfers", who: officers(), remit: remitList, right: "transfers", do: s.transfers},
		{method: post, path: "/gl/transfers", who: officers(), remit: remitList, do: s.enterTransfer},
		{method: post, path: "/gl/transfers/:id/confirm", who: officers(), remit: remitTransfer, do: s.confirmTransfer},
		{method: post, path: "/gl/transfers/:id/refuse", who: officers(), remit: remitTransfer, do: s.refuseTransfer},
	}, finders: map[rule]finder{remitOrder: findOrder, remitMovement: findMovement, remitTransfer: findTransfer, remitContradiction: findContradiction}}
}

func findOrder(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	o, err := payment.GetOrder(ctx, tx, id)
	if errors.Is(err, payment.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = o
	return where{o.Division, o.Point}, err
}

func orderState(s payment.State) console.State {
	switch s {
	case payment.Open:
		return console.State{Class: "wait", Icon: "clock", Key: "pay.open"}
	case payment.Paid:
		return console.State{Class: "done", Icon: "check", Key: "pay.paid"}
	case payment.Waived:
		return console.State{Class: "done", Icon: "check", Key: "pay.waived"}
	case payment.Closed:
		return console.State{Class: "must", Icon: "lock", Key: "pay.closed"}
	}
	return console.State{Class: "open", Icon: "cross", Key: "pay.left"}
}

// orderStates are those of orders, as figures stand on the page.
var orderStates = []payment.State{payment.Paid, payment.Open, payment.Closed, payment.Waived, payment.Left}

// oddStandings are those by which the list can be cut: all that wants looking at.
var oddStandings = []payment.Standing{payment.Again, payment.Late, payment.OtherFee, payment.AfterLeaving, payment.Stranger, payment.Unasked}

func payChannels() []string {
	return []string{rules.ChannelWeChat, rules.ChannelAlipay, rules.ChannelUnionPay, rules.ChannelCash, rules.ChannelTransfer}
}

// channelKey is the phrase of a channel.
func (s *server) channelKey(name string) string {
	if key := "pay.channel." + name; s.pages.Has(key) {
		return key
	}
	return "pay.channel.other"
}

func (s *server) channelOptions(v *visit) (out []console.Option) {
	for _, c := range payChannels() {
		out = append(out, console.Option{Value: c, Text: s.pages.Text(v.lang, s.channelKey(c))})
	}
	return out
}

// orderQuery reads the filter of the list; ok is false when it is none.
func orderQuery(c *gin.Context, v *visit) (q payment.Filter, f console.OrderFilter, ok bool) {
	f = console.OrderFilter{State: c.Query("state"), Channel: c.Query("channel"), Standing: c.Query("standing"), Day: c.Query("day"), Point: c.Query("point")}
	r := v.remit()
	q = payment.Filter{Division: r.division, Point: r.point, State: payment.State(f.State), Channel: f.Channel, Standing: payment.Standing(f.Standing)}
	var okDay, okBefore bool
	q.From, q.To, okDay = dayOf(f.Day)
	q.Before, okBefore = orderCursor(c.Query("before"))
	if f.Point != "" && r.point == "" {
		q.Point = f.Point
	}
	return q, f, okDay && okBefore && (f.State == "" || slices.Contains(orderStates, q.State)) && (f.Channel == "" || slices.Contains(payChannels(), f.Channel)) &&
		(f.Standing == "" || slices.Contains(oddStandings, q.Standing)) && (f.Point == "" || plainID(f.Point))
}

func orderCursor(text string) (payment.Cursor, bool) {
	c, ok := parseCursor(text)
	return payment.Cursor{At: c.Committed, Number: c.ID}, ok
}

// within cuts what a point's own filter leaves to her remit: a point of another
// county holds nothing for her.
func within(ctx context.Context, tx *db.Tx, r remit, q payment.Filter) (bool, error) {
	if q.Point == "" || q.Point == r.point {
		return true, nil
	}
	if r.point != "" {
		return false, nil
	}
	at, err := findPoint(ctx, tx, &visit{}, q.Point)
	if errors.Is(err, errNoSubject) {
		return false, nil
	}
	return err == nil && r.covers(at.division, at.point), err
}

// payments is the list of orders, as a page or as a file; or, with ?q=, the way to
// one of them by its number or by that of a channel.
func (s *server) payments(c *gin.Context, v *visit) {
	view := console.Payments{Typed: strings.TrimSpace(c.Query("q"))}
	if view.Typed != "" {
		to, err := s.findMoney(c.Request.Context(), v, view.Typed)
		if err != nil {
			s.fault(c, v, err)
			return
		}
		if to != "" {
			c.Redirect(http.StatusSeeOther, to)
			return
		}
		view.Error = "pay.find.none"
	}
	q, f, ok := orderQuery(c, v)
	if !ok {
		s.refuse(c, v, refusalBad)
		return
	}
	view.Filter = f
	if s.exportAs(c) != "" {
		s.exportOrders(c, v, q)
		return
	}
	frame, err := s.asked(c.Request.Context(), c, v, "payments", func(tx *db.Tx, camp rules.Campaign) error {
		q.Campaign = camp.ID
		return s.paymentsView(c, tx, v, camp, q, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	status := http.StatusOK
	if view.Error != "" {
		status = http.StatusNotFound
	}
	s.draw(c, v, status, "payments", frame, view)
}

func (s *server) paymentsView(c *gin.Context, tx *db.Tx, v *visit, camp rules.Campaign, q payment.Filter, view *console.Payments) (err error) {
	ctx, r := c.Request.Context(), v.remit()
	if view.Points, err = keep(v.glance, keptKey{"points", r}, tx, func(tx *db.Tx) ([]console.Option, error) { return s.pointOptions(ctx, tx, r) }); err != nil {
		return err
	}
	view.Channels, view.Links = s.channelOptions(v), s.orderLinks(v, camp)
	mine := payment.Filter{Campaign: camp.ID, Division: r.division, Point: r.point}
	sums, err := keep(v.glance, keptKey{"orders", mine}, tx, func(tx *db.Tx) (map[payment.State]payment.Sum, error) { return payment.Sums(ctx, tx, mine) })
	if err != nil {
		return err
	}
	for _, state := range orderStates {
		if n := sums[state]; n.N > 0 || state == payment.Paid || state == payment.Open {
			view.Figures = append(view.Figures, console.OrderFigure{State: orderState(state), Path: "/gl/payments?state=" + string(state), N: n.N, Fen: n.Fen})
		}
	}
	if view.Suspense, err = keep(v.glance, keptKey{"suspense", r}, tx, func(tx *db.Tx) (int64, error) { return suspended(ctx, tx, r) }); err != nil {
		return err
	}
	any, err := within(ctx, tx, r, q)
	if err != nil || !any {
		return err
	}
	all := q
	all.Before = payment.Cursor{}
	if sums, err = keep(v.glance, keptKey{"orders", all}, tx, func(tx *db.Tx) (map[payment.State]payment.Sum, error) { return payment.Sums(ctx, tx, all) }); err != nil {
		return err
	}
	for _, n := range sums {
		view.Total += int(n.N)
	}
	q.Limit = pageRows + 1
	orders, err := payment.Orders(ctx, tx, q)
	if err != nil {
		return err
	}
	n := pageNumber(c)
	view.Pages = console.Pages{Number: n, Of: max(n, (view.Total+pageRows-1)/pageRows)}
	if n > 1 {
		view.Pages.First = moneyLink(c, "", 0)
	}
	if len(orders) > pageRows {
		orders = orders[:pageRows]
		last := orders[pageRows-1]
		view.Pages.Next = moneyLink(c, strconv.FormatInt(last.OpenedAt, 10)+"."+last.Number, n+1)
	}
	view.Rows, err = s.orderRows(ctx, tx, orders)
	return err
}

// moneyLink is this list with another place to begin.
func moneyLink(c *gin.Context, before string, page int) string {
	q := url.Values{}
	for _, keep := range []string{"state", "channel", "standing", "day", "point"} {
		if x := c.Query(keep); x != "" {
			q.Set(keep, x)
		}
	}
	if before != "" {
		q.Set("before", before)
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return c.Request.URL.Path
	}
	return c.Request.URL.Path + "?" + q.Encode()
}

// suspended counts what lies in suspense in a remit.
func suspended(ctx context.Context, tx *db.Tx, r remit) (int64, error) {
	n, err := payment.Lying{Fund: payment.Suspense, Division: r.division, Point: r.point}.Total(ctx, tx)
	return n.N, err
}

// countSuspended counts what somebody has to look at there: for the province also what
// channels contradict themselves about.
func countSuspended(ctx context.Context, tx *db.Tx, v *visit, _ string) (int, error) {
	n, err := suspended(ctx, tx, v.remit())
	if err != nil || !settlesWords(v) {
		return int(n), err
	}
	words, err := teller.CountConflicts(ctx, tx)
	return int(n) + words, err
}

// orderLinks are the other pages of money that she has, in this campaign.
func (s *server) orderLinks(v *visit, camp rules.Campaign) console.OrderLinks {
	may := s.may(v.session.Account.Role)
	return console.OrderLinks{Cash: may["cash"] && takesCash(camp), Deposits: may["deposits"] && takesCash(camp), Transfers: may["transfers"] && takes(camp, rules.ChannelTransfer), Refunds: may["refunds"], Ledger: may["ledger"]}
}

func takes(camp rules.Campaign, channel string) bool {
	return slices.Contains(camp.Payment.Channels, channel)
}

// orderRows are orders as a list shows them.
func (s *server) orderRows(ctx context.Context, tx *db.Tx, orders []payment.Order) ([]console.OrderRow, error) {
	var ids []string
	for _, o := range orders {
		if o.Movement != "" {
			ids = append(ids, o.Movement)
		}
	}
	by, err := payment.ChannelsOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	points, out := pointNames{}, make([]console.OrderRow, len(orders))
	for i, o := range orders {
		if out[i], err = s.orderRow(ctx, tx, o, points); err != nil {
			return nil, err
		}
		if c := by[o.Movement]; c != "" {
			out[i].Channel = s.channelKey(c)
		}
	}
	return out, nil
}

func (s *server) orderRow(ctx context.Context, tx *db.Tx, o payment.Order, points pointNames) (console.OrderRow, error) {
	row := console.OrderRow{Number: o.Number, Fen: o.Fen, State: orderState(o.State), Opened: ms(o.OpenedAt), Due: orZero(o.DueAt), Settled: orZero(o.EndedAt),
		Overdue: o.State == payment.Open && o.DueAt > 0 && o.DueAt <= s.Flow.Now().UnixMilli()}
	var err error
	row.Point, err = points.name(ctx, tx, o.Point)
	return row, err
}

// orZero is a moment in ms, the zero time for none.
func orZero(at int64) (t time.Time) {
	if at != 0 {
		t = ms(at)
	}
	return t
}

// findMoney finds where an order or a movement of her remit stands that she typed
// the number of; "" when there is none of hers.
func (s *server) findMoney(ctx context.Context, v *visit, typed string) (to string, err error) {
	typed = strings.Join(strings.Fields(typed), "")
	if len(typed) > 64 {
		return "", nil
	}
	r := v.remit()
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		o, err := payment.GetOrder(ctx, tx, payment.OrderOf(typed))
		if err == nil && r.covers(o.Division, o.Point) {
			to = "/gl/payments/" + o.Number
		}
		if err == nil || !errors.Is(err, payment.ErrNotFound) {
			return err
		}
		all, err := payment.ByNumber(ctx, tx, typed)
		for _, b := range all {
			at, err := placeOfMovement(ctx, tx, v, b)
			if err != nil {
				return err
			}
			if r.covers(at.division, at.point) {
				to = "/gl/movements/" + b.ID
				return nil
			}
		}
		return err
	})
	return to, err
}

// exportOrders writes the orders that a filter lets through.
func (s *server) exportOrders(c *gin.Context, v *visit, q payment.Filter) {
	ctx := c.Request.Context()
	heads := s.heads(v, "pay.number", "pay.fee", "list.state", "list.where", "pay.by", "pay.opened", "pay.due", "pay.ended", "held.application")
	s.export(c, v, "payments", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			camp, err := s.campaigns.current(ctx, tx, s.Campaign)
			if err != nil && !missing(err) {
				return err
			}
			any, err := within(ctx, tx, v.remit(), q)
			if err != nil || !any {
				return err
			}
			q.Campaign, q.Limit = camp.ID, rowsAtOnce
			for {
				orders, err := payment.Orders(ctx, tx, q)
				if err != nil {
					return err
				}
				rows, err := s.orderRows(ctx, tx, orders)
				if err != nil {
					return err
				}
				for i, r := range rows {
					by := ""
					if r.Channel != "" {
						by = s.pages.Text(v.lang, r.Channel)
					}
					if err := row(r.Number, float64(r.Fen)/100, s.pages.Text(v.lang, r.State.Key), r.Point, by, r.Opened, whole(r.Due), whole(r.Settled), orders[i].Application); err != nil {
						return err
					}
				}
				if len(orders) < rowsAtOnce {
					return nil
				}
				last := orders[len(orders)-1]
				q.Before = payment.Cursor{At: last.OpenedAt, Number: last.Number}
			}
		})
	})
}

// whole is a moment in a file, nothing for none.
func whole(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
