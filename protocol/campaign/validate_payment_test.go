package campaign_test

import (
	"slices"
	"testing"

	"zhunkao/protocol/campaign"
)

// faultsOfPayment: how the fee is paid.
var faultsOfPayment = []fault{
	{"payment without a step", campaign.ProblemMissing, at("payment.opens", func(c *campaign.Campaign) { c.Payment.Opens = "" })},
	{"payment at no such step", campaign.ProblemValue, at("payment.opens", func(c *campaign.Campaign) { c.Payment.Opens = "sitting" })},
	{"order after a confirmation that comes after payment", campaign.ProblemDisagree, at("payment.opens", func(c *campaign.Campaign) {
		c.Payment.Opens, c.Policy.ConfirmUnpaid = campaign.OpensConfirmed, false
	})},
	{"payment without a window", campaign.ProblemMissing, at("payment", func(c *campaign.Campaign) {
		for i := range c.Windows {
			if c.Windows[i].Step == "pay" {
				c.Windows[i].Step = "register"
			}
		}
	})},
	{"payment without a channel", campaign.ProblemMissing, at("payment.channels", func(c *campaign.Campaign) { c.Payment.Channels = nil })},
	{"payment by an unknown channel", campaign.ProblemValue, at("payment.channels", func(c *campaign.Campaign) { c.Payment.Channels[0] = "barter" })},
	{"payment by a channel twice", campaign.ProblemDuplicate, at("payment.channels", func(c *campaign.Campaign) {
		c.Payment.Channels = append(c.Payment.Channels, c.Payment.Channels[0])
	})},
	{"no day to pay for who arrives late", campaign.ProblemValue, at("payment.arrival_days", func(c *campaign.Campaign) { c.Payment.ArrivalDays = 0 })},
	{"a year to object", campaign.ProblemValue, at("payment.object_days", func(c *campaign.Campaign) { c.Payment.ObjectDays = 365 })},
	{"a code that is good for no time", campaign.ProblemValue, at("payment.offer_minutes", func(c *campaign.Campaign) {
		c.Payment.Channels, c.Payment.OfferMinutes = []string{campaign.ChannelWeChat}, 0
	})},
	{"a code that is good for ever", campaign.ProblemValue, at("payment.offer_minutes", func(c *campaign.Campaign) { c.Payment.OfferMinutes = 1 << 20 })},
}

// TestPaymentIsData: which step opens an order is the campaign's; one from before
// payment takes none, and is not refused for it.
func TestPaymentIsData(t *testing.T) {
	if p := campaign.Adult2019().Payment; !p.Takes() || p.Opens != campaign.OpensConfirmed {
		t.Errorf("adult: %+v", p)
	}
	if p := campaign.Gaokao2014().Payment; !p.Takes() || p.Opens != campaign.OpensPapers {
		t.Errorf("gaokao: %+v", p)
	}
	for _, c := range campaign.Shipped() {
		c.Payment = campaign.Payment{}
		c.Assumptions = slices.DeleteFunc(c.Assumptions, func(a campaign.Assumption) bool { return a.Key == "payment" })
		if p := c.Validate(); len(p) > 0 || c.Payment.Takes() {
			t.Errorf("%s without payment: %v", c.ID, p)
		}
	}
}
