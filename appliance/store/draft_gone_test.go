package store_test

import (
	"bytes"
	"testing"

	"zhunkao/appliance/hubtest"
	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/identity"
)

// TestDraftsWithAnotherPersonsNumber: a clerk typed a number wrong, she signed, and the
// hub says whose number it is: whoever comes with it is looked up as if nothing had
// been typed here, whichever of receipt and roster comes first.
func TestDraftsWithAnotherPersonsNumber(t *testing.T) {
	for name, receiptFirst := range map[string]bool{"receipt first": true, "roster first": false} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			key := protocol.RosterKey{Key: bytes.Repeat([]byte{7}, 32)}
			if err := b.SaveCampaign(store.Campaign{ID: hubtest.Campaign, Version: 1, Bundle: []byte{1}}, key); err != nil {
				t.Fatal(err)
			}
			d := b.complete(b.draft(one))
			rec := b.commit(d.ID)
			if f, err := b.FindRegistered(identity.Number(one)); err != nil || f.Confirmed != nil || f.Application != nil {
				t.Errorf("as the hub said: %+v, %v", f, err)
			}
			receipt := func() {
				if _, err := b.Settle([]protocol.Receipt{hubtest.Accept(rec)}); err != nil {
					t.Fatal(err)
				}
			}
			if receiptFirst {
				receipt()
			}
			b.roster(protocol.RosterEntry{Gone: d.ID}, protocol.RosterEntry{Elsewhere: &protocol.ElsewhereMark{Key: key.Mark(identity.Number(one)), Point: "Q", PointName: "别的点"}})
			if f := b.finds(one); !receiptFirst && f.Confirmed == nil {
				t.Error("the hub has not receipted it, and it is forgotten")
			}
			if !receiptFirst {
				receipt()
			}
			if f := b.finds(one); f.Confirmed != nil || f.Elsewhere == nil || f.Elsewhere.Point != "Q" {
				t.Errorf("whose number it is: %+v", f)
			}
			if _, err := b.CompleteDraft(b.draft(two), clerk); err != nil {
				t.Errorf("entered anew, with the right number: %v", err)
			}
		})
	}
}
