package intake_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
	"zhunkao/hub/intake/hand"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// asChild makes somebody a child of twelve, on the card too.
func asChild(p synthetic.Person) synthetic.Person {
	const born = "20070301"
	number := string(p.Chip.Number)
	first := number[:6] + born + number[14:17]
	number = first + string(identity.CheckDigit(first))
	p.Application = p.Application.Clone()
	p.Application.Fields[form.BirthDate], p.Application.Fields[form.DocumentNumber] = born, number
	p.Chip.Birth, p.Chip.Number = born, identity.Number(number)
	return p
}

// entersChild seals a child's confirmation, with the sheet that was signed.
func (b *box) entersChild(p synthetic.Person, sheet []byte, change func(*protocol.Confirmation)) sealed {
	app := p.Application.Clone()
	app.ID, app.Version, app.SequenceNumber, app.Point = protocol.NewID().String(), 1, "", b.point
	p.Application = app
	return b.seal(p, making{sheet: sheet, body: func(c *protocol.Confirmation) {
		c.Entered, c.StartedFrom = true, 0
		if change != nil {
			c.Clerk = &protocol.Assent{Account: "s-chen", Role: protocol.AssentClerk, How: protocol.HowCode, At: 1}
			c.Guardian = &protocol.Guardian{Name: "周样", Relation: "mother", Phone: "13800000000",
				Text: protocol.HashOf([]byte(b.r.campaign.Text("guardian", false))), Sheet: protocol.HashOf(sheet)}
			change(c)
		}
	}})
}

// TestChildEnteredAtAPoint: a child's record is taken whatever it says of her
// guardian (S37); what lacks is the county's to decide. Who consented and the sheet
// are in what is kept of her, go with it, and stand in no row and no log.
func TestChildEnteredAtAPoint(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRig(t, d, 1)
		b := r.enrol(pointHere)
		p := r.strangers(6)
		sheet := drawn(t, 60, 84)
		none := func(*protocol.Confirmation) {}
		for i, c := range []struct {
			name   string
			who    synthetic.Person
			sheet  []byte
			change func(*protocol.Confirmation)
			check  string
			wait   bool
		}{
			{"with her guardian", asChild(p[0]), sheet, none, "pass ", false},
			{"alone", asChild(p[1]), nil, nil, "warn guardian-none", true},
			{"without the sheet", asChild(p[2]), nil, none, "warn guardian-sheet", true},
			{"with another sheet", asChild(p[3]), drawn(t, 40, 40), func(c *protocol.Confirmation) { c.Guardian.Sheet = protocol.HashOf(sheet) }, "warn guardian-sheet", true},
			{"with another text", asChild(p[4]), sheet, func(c *protocol.Confirmation) { c.Guardian.Text = protocol.HashOf([]byte("another")) }, "warn guardian-text", true},
			{"grown up", p[5], nil, nil, " ", false},
		} {
			s := b.entersChild(c.who, c.sheet, c.change)
			if got := b.receipt(s); got.Outcome != protocol.Accepted {
				t.Fatalf("%s: %+v", c.name, got)
			}
			rec := r.record(s.Manifest.ID)
			if got := check(rec, confirmation.CheckGuardian); got.Result+" "+got.Note != c.check {
				t.Errorf("%s: check %q %q, want %q", c.name, got.Result, got.Note, c.check)
			}
			if waits := rec.State == confirmation.Disputed && strings.HasPrefix(rec.StateReason, "guardian-"); waits != c.wait {
				t.Errorf("%s: %s (%s)", c.name, rec.State, rec.StateReason)
			}
			if i > 0 {
				continue
			}
			r.read(func(ctx context.Context, tx *db.Tx) error {
				content, err := confirmation.Open(ctx, tx, r.ring, rec.ID)
				if err != nil {
					return err
				}
				if g := content.Guardian; g == nil || g.Name != "周样" || g.Relation != "mother" || g.Phone != "13800000000" || strings.Contains(fmt.Sprintf("%+v %v", *g, g), "周") {
					t.Error("the guardian is not kept, or prints")
				}
				picture, w, h, err := hand.Guardian(r.blobs, rec, content)
				if err != nil || w != 60 || h != 84 || protocol.HashOf(picture) != protocol.HashOf(sheet) {
					t.Errorf("the sheet: %d × %d, %v", w, h, err)
				}
				content.Guardian.Sheet = protocol.HashOf([]byte("another")).String()
				if _, _, _, err := hand.Guardian(r.blobs, rec, content); err == nil {
					t.Error("a sheet is shown that the consent is not bound to")
				}
				return nil
			})
		}
		if strings.Contains(r.logged(), "周样") || strings.Contains(r.logged(), "13800000000") {
			t.Error("the guardian stands in a log")
		}
	})
}
