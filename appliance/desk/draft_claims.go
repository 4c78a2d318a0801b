package desk

import (
	"net/url"
	"slices"

	"zhunkao/appliance/store"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// What somebody who is entered claims, bonus and exemption (demands A5, A38, A44,
// A45): it goes into her application, so that she reads and signs it. The papers
// are looked at and photographed in the review, when she has signed.

// draftClaim is one kind that may be claimed.
type draftClaim struct {
	campaign.ClaimKind
	Claimed bool
}

// Key names the claim in the form.
func (c draftClaim) Key() string { return c.Kind + "." + c.Code }

// draftClaims are the kinds that the campaign takes, with what is claimed so far.
func (d *Desk) draftClaims(c *campaign.Campaign, k *campaign.Checker, dr store.Draft) (out []draftClaim) {
	at := d.o.Status().Point
	place := campaign.Place{Code: at.Code, Division: at.Division}
	for _, kind := range c.ClaimKinds(k, dr.Application, place, d.latest()) {
		out = append(out, draftClaim{kind, slices.ContainsFunc(dr.Application.Claims, func(x form.Claim) bool { return x.Kind == kind.Kind && x.Code == kind.Code })})
	}
	return out
}

// takesClaims reports whether the campaign has any kind that a desk takes.
func takesClaims(c *campaign.Campaign) bool {
	_, bonus := c.ReviewKind(campaign.ReviewBonus)
	_, exempt := c.ReviewKind(campaign.ReviewExemption)
	return bonus && slices.ContainsFunc(c.Bonuses, func(b campaign.Bonus) bool { return !b.Automatic }) || exempt && len(c.Exemptions) > 0
}

// typedClaims takes what was ticked into an application.
func typedClaims(all []draftClaim, sent url.Values, app *form.Application) {
	app.Claims = nil
	for _, x := range all {
		if slices.Contains(sent["claim"], x.Key()) {
			app.Claims = append(app.Claims, form.Claim{Kind: x.Kind, Code: x.Code})
		}
	}
}

// Claimable are the kinds that she may claim, or has.
func (x drafting) Claimable() (out []draftClaim) {
	return slices.DeleteFunc(slices.Clone(x.Claims), func(c draftClaim) bool { return c.Why != "" && !c.Claimed })
}

// Barred are the others, each with why.
func (x drafting) Barred() (out []draftClaim) {
	return slices.DeleteFunc(slices.Clone(x.Claims), func(c draftClaim) bool { return c.Why == "" || c.Claimed })
}

// ClaimWord names the sort of a claim.
func (p *page) ClaimWord(kind string) (string, error) { return p.T("draft-claim-" + kind) }
