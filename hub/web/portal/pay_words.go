package portal

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"zhunkao/hub/flow"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
	"zhunkao/hub/payment/teller"
	"zhunkao/hub/web/portal/pages"
	"zhunkao/protocol/window"
)

// money writes an amount as money is written: 170.00.
func money(fen int64) string { return fmt.Sprintf("%d.%02d", fen/100, fen%100) }

// fours writes a long number in groups.
func fours(number string) string {
	var out []string
	for len(number) > 4 {
		out, number = append(out, number[:4]), number[4:]
	}
	return strings.Join(append(out, number), " ")
}

// channel names one as people do.
func (w terms) channel(name string) string {
	if key := "pay.channel." + name; w.pages.Has(key) {
		return w.t(key)
	}
	return name
}

// settled is by when a payment that does not show is known for certain: the channels'
// files of a day come the next morning (domain §4.2).
func (w terms) settled(now time.Time) string {
	at := now.In(window.Zone())
	return w.clock(time.Date(at.Year(), at.Month(), at.Day()+1, 10, 0, 0, 0, window.Zone()))
}

// seen is what her browser tells of itself.
type seen struct{ phone, wechat bool }

func seenBy(r *http.Request) seen { return seen{onPhone(r), inWeChat(r)} }

// payTints are the badges of the states.
var payTints = map[payState]string{payPaid: "done", payWaived: "done", payReturned: "done", payClosed: "must", payLeft: "open"}

// pay puts a page of paying in words.
func (w terms) pay(x *paying, said paySaid, by seen) pages.Pay {
	st := x.state()
	out := pages.Pay{Head: w.payHead(x, st), Lead: w.payLead(x, st), Fault: said.fault, Tint: payTints[st], Back: "/ks/status", BackText: w.t("pay.back")}
	if x.slip != nil {
		out.Back, out.BackText = "", ""
	}
	if out.Tint == "" {
		out.Tint = "wait"
	}
	if key := "pay.badge." + string(st); w.pages.Has(key) {
		out.Badge = w.t(key)
		if st == payOpen && x.slip != nil {
			out.Badge = w.t("pay.badge.slip")
		}
	}
	if x.fen > 0 && st != payOff {
		out.Sum, out.Facts = money(x.fen), w.payFacts(x, st)
	}
	out.Sealed = slices.Contains([]payState{payPaid, payWaived, payReturned}, st)
	if said.notice != nil {
		out.Notices = append(out.Notices, *said.notice)
	}
	w.payNotices(&out, x, st, by)
	out.Moved = w.moved(x, st)
	switch st {
	case payOpen, payWaiting, payDown:
		w.ways(&out, x, st, said.chosen, by)
		out.Known = w.known(x)
		w.askBox(&out, x)
	case payClosed, payChecking:
		w.askBox(&out, x)
	}
	switch st {
	case payWaiting, paySoon, payChecking:
		out.Again = waitAgain
	case payDown:
		out.Again = downAgain
	}
	return out
}

func (w terms) payHead(x *paying, st payState) string {
	switch {
	case st == payOpen && x.slip != nil:
		return w.t("pay.head.slip")
	case st == payOpen && x.extended:
		return w.t("pay.head.extended")
	case st == payOpen:
		return w.t("pay.head")
	}
	return w.t("pay.head." + string(st))
}

func (w terms) payLead(x *paying, st payState) string {
	key := "pay.lead." + string(st)
	switch st {
	case payOpen:
		if x.due.IsZero() {
			return w.t("pay.lead.open.noday")
		}
		return w.t(key, w.moment(x.due))
	case payPaid:
		switch {
		case x.slip != nil:
			return w.t("pay.lead.paid.slip")
		case !flow.Valid(x.camp, x.order.Level, x.confirmed, &x.order):
			return w.t("pay.lead.paid.wait")
		}
	case payWaiting:
		if x.slip != nil {
			return w.t("pay.lead.waiting.slip")
		}
	case payClosed:
		return w.t(key, w.moment(x.due))
	case payOpens:
		return w.t(key, w.clock(x.opens))
	case payCash:
		return w.t(key, money(x.fen))
	}
	return w.t(key)
}

// payFacts stand beside the amount. Of a slip's order nothing tells whose it is.
func (w terms) payFacts(x *paying, st payState) (out []pages.Fact) {
	add := func(key, value string, number bool) {
		if value != "" {
			out = append(out, pages.Fact{Label: w.t("pay.fact." + key), Value: value, Number: number})
		}
	}
	if x.slip == nil {
		add("who", x.who, false)
		if x.level != "" {
			add("what", levelName(x.camp, w.lang, x.level), false)
		}
	} else {
		add("where", x.point, false)
	}
	add("number", fours(x.order.Number), true)
	switch st {
	case payPaid, payReturning, payReturned:
		if b, ok := x.payer(); ok {
			add("when", w.clock(moment(b.At)), true)
			add("how", w.channel(b.Channel), false)
		}
		if st == payPaid {
			add("receipt", w.t("pay.fact.receipt.text"), false)
		}
	case payOpen, payWaiting, payDown, payOpens:
		if x.due.After(x.now) {
			add("until", w.t("pay.fact.until.left", w.moment(x.due), w.left(x.due.Sub(x.now))), false)
		}
	case payClosed, payLate, payChecking:
		add("till", w.moment(x.due), false)
	}
	return out
}

// payer is the movement that paid the order, or did before it was given back.
func (x *paying) payer() (payment.Booking, bool) {
	for _, b := range x.moved {
		if b.ID == x.order.Movement || x.order.Movement == "" && b.Kind == payment.Payment {
			return b, true
		}
	}
	return payment.Booking{}, false
}

func (w terms) payNotices(out *pages.Pay, x *paying, st payState, by seen) {
	if n := w.tooMuch(x, st); n != nil {
		out.Notices = append(out.Notices, *n)
	}
	if st == payPaid && x.asks != 0 && x.asks != x.order.Fen {
		out.Notices = append(out.Notices, pages.StatusNotice{Class: "wait", Head: w.t("pay.differs", money(x.order.Fen), money(x.asks)), Text: w.t("pay.differs.text")})
	}
	if by.wechat && (st == payOpen || st == payWaiting) {
		out.Notices = append(out.Notices, pages.StatusNotice{Class: "wait", Head: w.t("pay.wechat"), Text: w.t("pay.wechat.text")})
	}
	if x.extended && (st == payOpen || st == payWaiting || st == payDown) {
		out.Notices = append(out.Notices, pages.StatusNotice{Class: "wait", Head: w.t("pay.extended", w.moment(x.due)), Text: w.t("pay.extended.text")})
	}
	if (st == payOpen || st == payWaiting) && slices.ContainsFunc(x.choices, func(c teller.Choice) bool { return !c.Down.IsZero() }) {
		out.Notices = append(out.Notices, pages.StatusNotice{Class: "wait", Head: w.t("pay.some-down"), Text: w.t("pay.some-down.text")})
	}
}

// tooMuch says first of all that what came beside the payment goes back to her.
func (w terms) tooMuch(x *paying, st payState) *pages.StatusNotice {
	var fen int64
	for _, b := range x.moved {
		if st == payPaid && b.Kind == payment.Payment && (b.Lies == payment.InSuspense || b.Lies == payment.InReturning) {
			fen += b.Fen
		}
	}
	if fen == 0 {
		return nil
	}
	return &pages.StatusNotice{Class: "wait", Head: w.t("pay.toomuch", money(fen)), Text: w.t("pay.toomuch.text")}
}

// moved lists what came, unless it is just the payment.
func (w terms) moved(x *paying, st payState) (out []pages.PayMoved) {
	for _, b := range x.moved {
		if b.Kind == payment.Payment {
			out = append(out, w.movement(x, st, b))
		}
	}
	if len(out) == 1 && (x.moved[0].Lies == payment.InFees || st == payReturning || st == payReturned) && !failed(x.moved[0]) {
		return nil
	}
	return out
}

func (w terms) movement(x *paying, st payState, b payment.Booking) pages.PayMoved {
	m := pages.PayMoved{Tint: "wait", Head: w.t("pay.moved.head", w.channel(b.Channel), money(b.Fen)), State: w.t("pay.moved." + string(b.Lies)),
		Texts: []string{w.t("pay.moved.by", w.clock(moment(b.At)))}}
	add := func(key string, args ...any) { m.Texts = append(m.Texts, w.t(key, args...)) }
	switch b.Lies {
	case payment.InFees:
		m.Tint = "done"
	case payment.Returned:
		m.Tint = "done"
		if at := b.Entries[len(b.Entries)-1].At; at != 0 {
			add("pay.moved.was", w.clock(moment(at)))
		}
	case payment.InReturning:
		add("pay.moved.way")
	case payment.Reverted:
		m.Tint = "must"
		add("pay.moved.reverted.text", w.county())
	case payment.InSuspense:
		key := "pay.moved." + string(b.Standing)
		if b.Standing == payment.OtherFee && st != payOpen && st != payWaiting && st != payDown {
			key += ".over"
		}
		if w.pages.Has(key) {
			add(key)
		}
		add("pay.moved.tell")
	}
	if failed(b) {
		add("pay.moved.failed")
	}
	return m
}

// failed reports whether giving it back was tried and did not work, the last time.
func failed(b payment.Booking) bool {
	return len(b.Entries) > 0 && b.Entries[len(b.Entries)-1].Step == string(payment.Fail)
}

// ways lists by what it can be paid, those that are down with what is known of it.
func (w terms) ways(out *pages.Pay, x *paying, st payState, chosen string, by seen) {
	out.Phone, out.Calm = by.phone, st == payWaiting
	out.Action = payer{slip: x.slip}.base()
	usable, browser := false, false
	for _, c := range x.choices {
		way := pages.PayWay{Channel: c.Channel, Name: w.channel(c.Channel), Chosen: c.Channel == chosen}
		if key := "pay.hint.phone." + c.Channel; by.phone && w.pages.Has(key) {
			way.Hint = w.t(key)
		}
		if !c.Down.IsZero() {
			way.Off, way.Chosen = w.t("pay.down", w.clock(c.Down)), false
		} else {
			usable = true
			browser = browser || slices.Contains(c.Ways, channel.Browser)
		}
		out.Ways = append(out.Ways, way)
	}
	if !slices.ContainsFunc(out.Ways, func(p pages.PayWay) bool { return p.Chosen }) {
		if i := slices.IndexFunc(out.Ways, func(p pages.PayWay) bool { return p.Off == "" }); i >= 0 {
			out.Ways[i].Chosen = true
		}
	}
	if !usable {
		return
	}
	out.Button, out.How = w.t("pay.button", money(x.fen)), w.t("pay.how.phone")
	if !by.phone {
		out.How = w.t("pay.how.scan")
	}
	switch {
	case by.phone:
		out.Other = w.t("pay.button.scan")
	case browser:
		out.Other = w.t("pay.button.browser")
	}
}

func (w terms) known(x *paying) (out []string) {
	if x.slip != nil {
		out = append(out, w.t("pay.known.slip"))
	} else {
		out = append(out, w.t("pay.known.other"))
	}
	return append(out, w.t("pay.known.refund"), w.t("pay.known.twice"), w.t("pay.known.receipt"))
}

func (w terms) askBox(out *pages.Pay, x *paying) {
	if x.order.Number != "" {
		out.Ask, out.AskText = payer{slip: x.slip}.base()+"/ask", w.t("pay.ask.text", w.settled(x.now))
	}
}

// found says what asking the channels has shown. It never says to pay again.
func (w terms) found(f teller.Found, now time.Time) pages.StatusNotice {
	class, key, args := "wait", "", []any(nil)
	switch {
	case f.Order.State == payment.Paid:
		class, key = "done", "paid"
	case len(f.Booked) > 0:
		key = "suspense"
	case f.Held:
		key, args = "held", []any{w.county()}
	case f.Asked == 0:
		key, args = "none", []any{fours(f.Order.Number), w.county()}
	case len(f.Away) > 0:
		key, args = "away", []any{w.settled(now)}
	default:
		key, args = "waiting", []any{w.settled(now)}
	}
	return pages.StatusNotice{Class: class, Head: w.t("pay.asked." + key), Text: w.t("pay.asked."+key+".text", args...)}
}

// showCode is the page of a code.
func (w terms) showCode(x *paying, a teller.Attempt) pages.PayOffer {
	out := w.offered(x)
	out.Head, out.Lead, out.Code, out.Sum = w.t("pay.code.head", money(a.Fen)), w.t("pay.code.lead."+a.Channel), a.Code, money(a.Fen)
	until := time.UnixMilli(a.Until)
	out.Facts = append(out.Facts, pages.Fact{Label: w.t("pay.code.until"), Value: w.t("pay.code.until.text", pages.Hour(until))})
	out.Notes = []string{w.t("pay.code.again"), w.t("pay.code.other")}
	out.Itself = w.t("pay.code.itself", codeAgain)
	return out
}

// goTo is the page that leads to a channel's.
func (w terms) goTo(x *paying, o payment.Order, a teller.Attempt, offer channel.Offer) pages.PayOffer {
	out := w.offered(x)
	out.Head, out.Lead, out.Sum = w.t("pay.go.head."+a.Channel), w.t("pay.go.lead"), money(o.Fen)
	out.Facts = []pages.Fact{{Label: w.t("pay.fact.number"), Value: fours(o.Number), Number: true}}
	out.Page, out.Fields, out.Button = offer.Page, fields(offer.Form), w.t("pay.go.button", money(o.Fen))
	out.Notes = []string{w.t("pay.go.once")}
	return out
}

// offered is what both have.
func (w terms) offered(x *paying) pages.PayOffer {
	base := payer{slip: x.slip}.base()
	out := pages.PayOffer{Back: base, BackText: w.t("pay.back.pay"), Ask: base + "/ask", AskText: w.t("pay.ask.text", w.settled(x.now))}
	if x.order.Number != "" {
		out.Facts = []pages.Fact{{Label: w.t("pay.fact.number"), Value: fours(x.order.Number), Number: true}}
	}
	return out
}

// fields puts a form in order: the same offer is always the same page.
func fields(form url.Values) (out []pages.PayField) {
	for name, all := range form {
		for _, v := range all {
			out = append(out, pages.PayField{Name: name, Value: v})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}
