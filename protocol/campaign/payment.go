package campaign

import (
	"slices"
)

// Payment says how the fee is paid (demands A41–A43, A59). A campaign without it
// takes no payments: versions from before it stay for ever.
type Payment struct {
	Opens        string   `cbor:"opens" json:"opens"`                 // the step that opens an order: one of the Opens… values
	Channels     []string `cbor:"channels" json:"channels"`           // by which it is paid, in the order in which they are offered
	ArrivalDays  int      `cbor:"arrival_days" json:"arrival_days"`   // that a record has at least for paying, counted from its arrival
	OfferMinutes int      `cbor:"offer_minutes" json:"offer_minutes"` // that a code or page for paying is good for
	ObjectDays   int      `cbor:"object_days" json:"object_days"`     // to object before an unpaid registration is void
	Status       string   `cbor:"status,omitempty" json:"status,omitempty"`
}

// The steps that may open an order.
const (
	OpensConfirmed = "confirmation" // a confirmation that stands
	OpensPapers    = "papers"       // her papers are handed in at the point
)

// The channels that a campaign may name. Cash is taken at the point; a transfer is
// entered by two persons.
const (
	ChannelWeChat   = "wechat"
	ChannelAlipay   = "alipay"
	ChannelUnionPay = "unionpay"
	ChannelCash     = "cash"
	ChannelTransfer = "transfer"
)

// Takes reports whether fees are paid in this campaign.
func (p Payment) Takes() bool { return p.Opens != "" }

// ByPhone reports whether whoever has confirmed may pay at once with a telephone: the
// confirmation opens the order, and a channel on line is named.
func (p Payment) ByPhone() bool {
	return p.Opens == OpensConfirmed && slices.ContainsFunc(p.Channels, OnLine)
}

// onLine are the channels that a person uses by a code or a page.
var onLine = []string{ChannelWeChat, ChannelAlipay, ChannelUnionPay}

// OnLine reports whether a channel is one that a person uses by a code or a page.
func OnLine(channel string) bool { return slices.Contains(onLine, channel) }

// The longest that payment may be given, so that nobody writes a year for a day.
const (
	maxPayDays      = 60
	maxOfferMinutes = 24 * 60
)

// payment checks how fees are paid. A campaign without it is accepted: versions from
// before must load as long as they live.
func (v *validator) payment() {
	p := v.c.Payment
	if !p.Takes() {
		if len(p.Channels) > 0 || p.ArrivalDays != 0 || p.OfferMinutes != 0 || p.ObjectDays != 0 {
			v.add("payment.opens", ProblemMissing, "没有写明哪个环节开出缴费单，请补上。", "it is not said which step opens an order: add it")
		}
		return
	}
	v.oneOf("payment.opens", p.Opens, OpensConfirmed, OpensPapers)
	if p.Opens == OpensConfirmed && !v.c.Policy.ConfirmUnpaid {
		v.add("payment.opens", ProblemDisagree, "先缴费后确认的，缴费单不能在确认以后才开出，请改正其中一处。", "where the fee comes before the confirmation, an order cannot open after it: mend one of them")
	}
	if !v.stepsOpen["pay"] {
		v.add("payment", ProblemMissing, "缴费环节没有时段，请补上。", "paying has no window: add one")
	}
	if len(p.Channels) == 0 {
		v.add("payment.channels", ProblemMissing, "没有写明支付渠道，请补上。", "no channel is named: add some")
	}
	unique(v, "payment.channels", p.Channels, func(c string) string { return c })
	for _, c := range p.Channels {
		v.oneOf("payment.channels", c, ChannelWeChat, ChannelAlipay, ChannelUnionPay, ChannelCash, ChannelTransfer)
	}
	for _, d := range []struct {
		name string
		days int
	}{{"arrival_days", p.ArrivalDays}, {"object_days", p.ObjectDays}} {
		if d.days < 1 || d.days > maxPayDays {
			v.add("payment."+d.name, ProblemValue, "天数请改成1至60。", "make the days 1 to 60")
		}
	}
	if least := min(1, len(v.onLine())); p.OfferMinutes < least || p.OfferMinutes > maxOfferMinutes {
		v.add("payment.offer_minutes", ProblemValue, "付款码的有效时间请改成1至1440分钟（没有网上渠道的写0）。", "make a code good for 1 to 1440 minutes, 0 without channels on line")
	}
}

func (v *validator) onLine() (out []string) {
	for _, c := range v.c.Payment.Channels {
		if OnLine(c) {
			out = append(out, c)
		}
	}
	return out
}
