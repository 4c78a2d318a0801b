package desk

import (
	"slices"

	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
)

// What the pages of the review ask of what they show.

// In chooses a text of the campaign by the language of the page.
func (p *page) In(zh, en string) string {
	if p.English() && en != "" {
		return en
	}
	return zh
}

// Nth counts from one what a list counts from nothing.
func (*page) Nth(i int) int { return i + 1 }

// ReviewChoices are her choices in words.
func (p *page) ReviewChoices() []campaign.ChoiceInWords {
	if p.Status.Rules == nil {
		return nil
	}
	return p.Status.Rules.InWords(p.Review.Person.Application).Choices
}

// claiming is a claim with its page, for the template of one claim.
type claiming struct {
	reviewClaim
	P *page
}

// Claiming gives a claim to its template.
func (p *page) Claiming(c reviewClaim) claiming { return claiming{c, p} }

// Up reports whether the claim stands open on the page: she has made it, when she
// registered or here. The rest is folded, so that a queue is not kept waiting by
// what nobody claims.
func (c reviewClaim) Up() bool { return c.Claimed || c.Shown != "" || len(c.Copies) > 0 }

// Further are the kinds that she may claim and has not.
func (f reviewForm) Further() (out []reviewClaim) {
	for _, c := range f.Claims {
		if !c.Up() {
			out = append(out, c)
		}
	}
	return out
}

// Has reports whether a picture was chosen as evidence of the claim.
func (c reviewClaim) Has(n int) bool { return slices.Contains(c.Copies, n) }

// MostCopies is how many pictures of evidence a review holds.
func (*page) MostCopies() int { return protocol.MaxCopies }

// ReviewAt is where a picture is sent, so that the page that answers stands where
// it was taken and not at its top.
func (p *page) ReviewAt(place string) string {
	return "/review/" + p.Review.Person.Application.ID + "#" + place
}

// ReviewUnderway reports whether something of a further review has been done: one
// that is over lies behind a press, for its empty form looks as if nothing was.
func (p *page) ReviewUnderway() bool {
	f := p.Review
	return p.Error != "" || len(f.Pledge.Numbers())+len(f.Copies.Numbers()) > 0 || f.Note != "" ||
		slices.ContainsFunc(f.Items, func(x reviewItem) bool { return x.Result != "" || x.Note != "" })
}
