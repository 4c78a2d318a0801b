package intake

import (
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// copyOf reports whether a role is that of one of the copies that a record tells
// of. What it tells of and does not bring, the wire refuses.
func copyOf(role string, p *protocol.Papers) bool {
	n, found := strings.CutPrefix(role, "copy.")
	i, err := strconv.Atoi(n)
	return found && p != nil && err == nil && i >= 1 && i <= int(p.Copies)
}

// attended finds what the record says of the clerk who attended it; blobs has
// counted the copies.
func (it *item) attended(body protocol.Confirmation, named *rules.Campaign) {
	p := &it.facts.Papers
	p.Typed = body.Chip.Type == form.ChipPapers
	if body.Papers != nil {
		p.Shown, p.Copies, p.Beside = true, int(body.Papers.Copies), body.Papers.Why == protocol.WhyReview
	}
	if p.Reviewed = reviewed(body, named); p.Shown || p.Reviewed {
		it.rec.Proof = confirmation.Provisional
		it.facts.Photo.Asked = rules.PhotoCamera // of whoever has no chip, or one that an office reviews (demand A40)
	}
	for _, d := range named.Documents { // … and of those of whose documents the campaign says so
		if d.Code == body.Application.Get(form.DocumentType) && d.Photo == rules.PhotoCamera {
			it.facts.Photo.Asked = rules.PhotoCamera
		}
	}
	it.clerk, it.overrides = clerkOf(body.Clerk), overridesOf(body.Overrides)
	it.facts.Overrides = overridden(body.Overrides, named)
}

// reviewed reports whether an office reviews the card of a record, by the
// campaign's table: of the card that was read, or of the one instead of which a
// clerk saw papers.
func reviewed(body protocol.Confirmation, named *rules.Campaign) bool {
	if _, ok := named.ReviewedCard(body.Application, body.Chip); ok {
		return true
	}
	return body.Papers != nil && slices.ContainsFunc(named.Documents, func(d rules.DocumentType) bool {
		return d.Code == body.Papers.Document && d.Chip && d.Review != ""
	})
}

// overridden holds what the staff let pass against the campaign's table of acts.
func overridden(all []protocol.Override, c *rules.Campaign) (o flow.Overrides) {
	o.Count = len(all)
	for _, one := range all {
		lawful := false
		for _, a := range c.Acts {
			if a.Key == one.Act {
				lawful = a.Tier == rules.Point && len(one.Assents) >= a.Persons && (!a.Reason || one.Reason != "")
			}
		}
		if !lawful {
			o.Beside++
		}
	}
	return o
}

// papersOf, assentOf and overridesOf put the wire's words into those of the
// record.
func papersOf(p *protocol.Papers) *confirmation.Papers {
	if p == nil {
		return nil
	}
	return &confirmation.Papers{Why: p.Why, Document: p.Document, Copies: int(p.Copies), Note: p.Note}
}

func assentOf(a protocol.Assent) confirmation.Assent {
	return confirmation.Assent{Account: a.Account, Role: a.Role, How: a.How, At: int64(a.At)}
}

func clerkOf(a *protocol.Assent) *confirmation.Assent {
	if a == nil {
		return nil
	}
	out := assentOf(*a)
	return &out
}

func overridesOf(all []protocol.Override) []confirmation.Override {
	var out []confirmation.Override
	for _, o := range all {
		one := confirmation.Override{Act: o.Act, Reason: o.Reason}
		for _, a := range o.Assents {
			one.Assents = append(one.Assents, assentOf(a))
		}
		out = append(out, one)
	}
	return out
}
