package campaign

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
