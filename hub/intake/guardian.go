package intake

import (
	"zhunkao/hub/confirmation"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// consented finds what the record says of a child's guardian; blobs has looked at
// the sheet. Who may have been a child at the sealing is one.
func (it *item) consented(body protocol.Confirmation, named *rules.Campaign) {
	g := &it.facts.Guardian
	on := form.DayOf(it.m.Time.Earliest.Time().In(window.Zone()))
	g.Asked = body.Entered && rules.NeedsGuardian(body.Application.Get(form.BirthDate), on)
	if g.Given = body.Guardian != nil; g.Given {
		text := named.Text("guardian", false)
		g.Text = text == "" || body.Guardian.Text == protocol.HashOf([]byte(text))
	}
}

// sheetOf reports whether a picture is the sheet that a guardian's consent is
// bound to.
func sheetOf(plain []byte, g *protocol.Guardian) bool {
	return g != nil && protocol.HashOf(plain) == g.Sheet && pictureOf(plain, nil) == flow.PictureGood
}

// guardianOf puts the wire's word into that of the record.
func guardianOf(g *protocol.Guardian) *confirmation.Guardian {
	if g == nil {
		return nil
	}
	return &confirmation.Guardian{Name: g.Name, Relation: g.Relation, Phone: g.Phone, Text: g.Text.String(), Sheet: g.Sheet.String()}
}
