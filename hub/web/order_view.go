package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/web/console"
)

// order shows one order: what it asks, how it stands, all that moved for it, the ways
// to pay that were asked for, and what the journal says. It names no person; the way
// to her page is on it.
func (s *server) order(c *gin.Context, v *visit) {
	if key := "pay.done." + c.Query("done"); s.pages.Has(key) {
		v.notice = &console.Notice{Class: "done", Key: key}
	}
	s.showOrder(c, v, http.StatusOK, orderTyped{})
}

// orderTyped is what was tried on an order just now, and why it was not done.
type orderTyped struct {
	wrong string // phrase, "" where nothing was tried
	at    string // termsWaive, termsSettle, or "" for more time
	more  console.OrderMore
	said  string
}

// showOrder shows it, with what was typed.
func (s *server) showOrder(c *gin.Context, v *visit, status int, typed orderTyped) {
	o := v.subject.(payment.Order)
	var view console.Order
	ctx := c.Request.Context()
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if typed.wrong != "" { // as it is after what was just tried
			if o, err = payment.GetOrder(ctx, tx, o.Number); err != nil {
				return err
			}
		}
		view, err = s.orderView(ctx, tx, v, o)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	view.Error = typed.wrong
	switch {
	case typed.at == termsWaive && view.Waive != nil:
		view.Waive.Said = typed.said
	case typed.at == termsSettle && view.Difference != nil && view.Difference.Act != nil:
		view.Difference.Act.Said = typed.said
	case view.More != nil && view.More.How == "":
		view.More.Due, view.More.Code, view.More.Said = typed.more.Due, typed.more.Code, typed.more.Said
	}
	s.showAt(c, v, status, "order", "payments", "/gl/"+ofOrder+o.Number, view)
}

func (s *server) orderView(ctx context.Context, tx *db.Tx, v *visit, o payment.Order) (view console.Order, err error) {
	points, names := pointNames{}, map[string]string{}
	if view.OrderRow, err = s.orderRow(ctx, tx, o, points); err != nil {
		return view, err
	}
	camp, err := s.campaignOf(ctx, tx, &o)
	if err != nil {
		return view, err
	}
	view.Application, view.Path, view.Level = ends(o.Application), "/gl/candidates/"+o.Application, camp.TableName("level", o.Level)
	if view.Cause = "pay.cause." + o.Cause; !s.pages.Has(view.Cause) {
		view.Cause = "pay.cause.other"
	}
	if o.ArrivedAt != 0 && o.Record != "" {
		view.Record = "/gl/confirmations/" + o.Record
	}
	all, err := payment.BookingsOf(ctx, tx, o.Number)
	if err != nil {
		return view, err
	}
	for _, b := range all {
		m, _, err := s.movementView(ctx, tx, v, b, names, points)
		if err != nil {
			return view, err
		}
		if b.ID == o.Movement {
			view.Channel = m.Channel
		}
		view.Movements = append(view.Movements, m)
	}
	tried, err := teller.AttemptsOf(ctx, tx, o.Number)
	if err != nil {
		return view, err
	}
	for _, a := range tried {
		view.Attempts = append(view.Attempts, s.attemptView(a))
	}
	said, err := teller.Conflicts(ctx, tx, o.Number, mostLooks)
	if err != nil {
		return view, err
	}
	for _, c := range said {
		view.Conflicts = append(view.Conflicts, s.contradictionLine(v, c))
	}
	view.Line = s.orderLine(o, view.Movements)
	view.NotYet = len(view.Movements) == 0
	if view.More, err = s.moreTime(ctx, tx, v, camp, o); err != nil {
		return view, err
	}
	if err = s.waiving(ctx, tx, v, camp, o, &view); err != nil {
		return view, err
	}
	if view.Difference, err = s.differing(ctx, tx, v, camp, o); err != nil {
		return view, err
	}
	if takesCash(camp) && s.may(v.session.Account.Role)["cash"] && (o.State == payment.Open || o.State == payment.Paid) {
		view.Cash = "/gl/cash/" + o.Application
	}
	view.Journal, err = s.moneyJournal(ctx, tx, v, o.Number, all)
	return view, err
}

// orderLine is the order's life, oldest first.
func (s *server) orderLine(o payment.Order, moved []console.Movement) []console.Step {
	out := []console.Step{{Class: "done", Key: "pay.line.opened", At: ms(o.OpenedAt)}}
	for _, m := range moved {
		key := "pay.line.moved"
		if m.Refund {
			key = "pay.line.returned"
		}
		out = append(out, console.Step{Class: lineClass(m.Lies), Key: key, At: m.At, Note: console.Yuan(m.Fen)})
	}
	if o.DueAt != 0 && (o.State == payment.Open || o.State == payment.Closed) {
		step := console.Step{Class: "wait", Key: "pay.line.due", At: ms(o.DueAt)}
		if o.DueAt <= s.Flow.Now().UnixMilli() {
			step.Class, step.Key = "must", "pay.line.over"
		}
		out = append(out, step)
	}
	switch o.State {
	case payment.Waived, payment.Left:
		out = append(out, console.Step{Class: "done", Key: "pay.line." + string(o.State), At: orZero(o.EndedAt)})
	}
	slices.SortStableFunc(out, func(a, b console.Step) int { return a.At.Compare(b.At) })
	return out
}

func lineClass(lies console.State) string {
	if lies.Class == "open" {
		return "done"
	}
	return lies.Class
}

func (s *server) attemptView(a teller.Attempt) console.Attempt {
	out := console.Attempt{Channel: s.channelKey(a.Channel), Way: "pay.way." + string(a.Way), Number: a.Number, Fen: a.Fen, Asked: ms(a.AskedAt), Until: ms(a.Until), Said: orZero(a.SaidAt),
		Tries: a.Tries, Away: a.Away, State: console.State{Class: "wait", Icon: "clock", Key: "pay.attempt.live"}}
	switch a.State {
	case teller.Paid:
		out.State = console.State{Class: "done", Icon: "check", Key: "pay.attempt.paid"}
	case teller.Ended:
		out.State = console.State{Class: "open", Icon: "cross", Key: "pay.attempt.ended"}
	}
	if !s.pages.Has(out.Way) {
		out.Way = "pay.way.other"
	}
	return out
}

// moneyJournal is what the journal says of an order and its movements, newest first,
// for who may read it.
func (s *server) moneyJournal(ctx context.Context, tx *db.Tx, v *visit, order string, of []payment.Booking) ([]console.Entry, error) {
	if !s.may(v.session.Account.Role)["journal"] {
		return nil, nil
	}
	var subjects []journal.Subject
	if order != "" {
		subjects = append(subjects, journal.Subject{Kind: journal.OfOrder, ID: order})
	}
	for _, b := range of {
		subjects = append(subjects, journal.Subject{Kind: journal.OfMovement, ID: b.ID})
	}
	var all []journal.Sealed
	for _, subject := range subjects {
		list, err := journal.List(ctx, tx, journal.Filter{Subject: subject, Limit: mostLooks})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b journal.Sealed) int { return b.At.Compare(a.At) })
	return s.entries(ctx, tx, v, all)
}

// movementView is a movement as a page shows it, and the order that it belongs to,
// nil if it is nobody's.
func (s *server) movementView(ctx context.Context, tx *db.Tx, v *visit, b payment.Booking, names map[string]string, points pointNames) (m console.Movement, o *payment.Order, err error) {
	m = console.Movement{ID: b.ID, Path: "/gl/movements/" + b.ID, Channel: s.channelKey(b.Channel), Number: b.Number, Of: b.Of, Refund: b.Kind == payment.Refund, Fen: b.Fen,
		At: ms(b.At), Booked: ms(b.BookedAt), Source: "pay.source." + string(b.Source), Standing: standingState(b), Lies: liesState(b), Order: b.Order, Found: b.Found}
	if o, err = ownerOf(ctx, tx, b); err != nil {
		return m, o, err
	}
	if b.By != "" {
		if m.By, err = s.author(ctx, tx, v, staffAuthor(b.By), names); err != nil {
			return m, o, err
		}
	}
	if o != nil {
		state := orderState(o.State)
		m.Owner, m.OrderState, m.OrderFen, m.DifferentFen = o.Number, &state, o.Fen, o.Fen != b.Fen
		if m.Point, err = points.name(ctx, tx, o.Point); err != nil {
			return m, o, err
		}
	}
	m.Remedy = remedyOf(b, o)
	for _, e := range b.Entries {
		entry := console.MovementEntry{Key: entryKey(e.Step), At: ms(e.At), Why: e.Why, Postings: s.postings(e.Postings)}
		if e.By != "" {
			if entry.By, err = s.author(ctx, tx, v, staffAuthor(e.By), names); err != nil {
				return m, o, err
			}
		}
		if e.Second != "" {
			if entry.Second, err = s.author(ctx, tx, v, staffAuthor(e.Second), names); err != nil {
				return m, o, err
			}
		}
		m.Entries = append(m.Entries, entry)
	}
	if b.Lies == payment.InReturning || b.Lies == payment.Returned || slices.ContainsFunc(b.Entries, func(e payment.Entry) bool { return e.Step == string(payment.Fail) }) {
		m.Refunding, err = s.refunding(ctx, tx, b)
	}
	return m, o, err
}

// entryKey is the phrase of an entry: a standing, or a step.
func entryKey(step string) string {
	for _, known := range append([]payment.Standing{payment.Pays, payment.Returns}, oddStandings...) {
		if step == string(known) {
			return "pay.standing." + step
		}
	}
	return "pay.step." + step
}

func (s *server) postings(of []payment.Posting) (out []console.MovementPosting) {
	for _, p := range of {
		line := console.MovementPosting{Fund: "pay.fund." + string(p.Fund), Fen: p.Fen}
		if name, ok := strings.CutPrefix(string(p.Fund), "channel:"); ok {
			line.Fund, line.Name = "pay.fund.channel", s.channelKey(name)
		}
		out = append(out, line)
	}
	return out
}

func standingState(b payment.Booking) console.State {
	out := console.State{Class: "wait", Icon: "alert", Key: "pay.standing." + string(b.Standing)}
	switch b.Standing {
	case payment.Pays, payment.Returns:
		out.Class, out.Icon = "done", "check"
	case payment.Stranger, payment.OtherFee, payment.Unasked:
		out.Class = "must"
	}
	return out
}

func liesState(b payment.Booking) console.State {
	if b.Standing == payment.Unasked && b.Lies == payment.Gone {
		return console.State{Class: "done", Icon: "people", Key: "pay.lies.taken"}
	}
	switch b.Lies {
	case payment.InFees:
		return console.State{Class: "done", Icon: "check", Key: "pay.lies.fees"}
	case payment.InReturning:
		return console.State{Class: "wait", Icon: "clock", Key: "pay.lies.returning"}
	case payment.Returned, payment.Gone:
		return console.State{Class: "open", Icon: "back", Key: "pay.lies.returned"}
	case payment.Reverted:
		return console.State{Class: "open", Icon: "cross", Key: "pay.lies.reverted"}
	}
	return console.State{Class: "wait", Icon: "tray", Key: "pay.lies.suspense"}
}

// remedyOf is the phrase of what is proposed (domain §4.5): "" where nothing has to
// be decided.
func remedyOf(b payment.Booking, o *payment.Order) string {
	steps := b.Steps(o)
	switch {
	case b.Lies == payment.InReturning:
		return "pay.remedy.returning"
	case b.Lies != payment.InSuspense:
		return ""
	case b.Kind == payment.Refund:
		return "pay.remedy.unasked"
	case b.Seeks(o) && o == nil:
		return "pay.remedy.stranger"
	case b.Seeks(o):
		return "pay.remedy.other-fee"
	case steps[0] == payment.Credit && b.Standing == payment.Late:
		return "pay.remedy.late"
	case steps[0] == payment.Credit:
		return "pay.remedy.credit"
	}
	return "pay.remedy.give-back"
}

// refunding is how the refund of a payment stands, and what to do now.
func (s *server) refunding(ctx context.Context, tx *db.Tx, b payment.Booking) (*console.Refunding, error) {
	if b.Channel == payment.Cash || b.Channel == payment.Transfer {
		if b.Lies != payment.InReturning {
			return nil, nil
		}
		return &console.Refunding{State: console.State{Class: "wait", Icon: "clock", Key: "pay.refund.byhand"}, Note: "pay.refund.byhand." + b.Channel, ByHand: true,
			Serial: b.Channel == payment.Transfer, Asked: lastOf(b)}, nil
	}
	all, err := teller.RefundsOf(ctx, tx, b.ID)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		if b.Lies != payment.InReturning {
			return nil, nil
		}
		return &console.Refunding{State: console.State{Class: "wait", Icon: "clock", Key: "pay.refund.queued"}, Note: "pay.refund.queued.do", Asked: lastOf(b)}, nil
	}
	r := all[0]
	out := &console.Refunding{Number: r.Number, Code: r.Code, Asked: ms(r.AskedAt), Tries: r.Tries, Note: "pay.refund." + string(r.State) + ".do",
		State: console.State{Class: "wait", Icon: "clock", Key: "pay.refund." + string(r.State)}}
	switch r.State {
	case teller.Asked, teller.Sent:
		out.Next = orZero(r.NextAsk)
	case teller.Made:
		out.State.Class, out.State.Icon = "done", "check"
	case teller.Failed, teller.Aside:
		out.State.Class, out.State.Icon = "must", "alert"
	}
	return out, nil
}

// lastOf is when the newest entry was made.
func lastOf(b payment.Booking) time.Time { return ms(b.Entries[len(b.Entries)-1].At) }
