package appliance_test

import (
	"errors"
	"strings"
	"testing"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
)

// TestAnExpiredCardPasses: where the campaign lets the staff decide she waits;
// a clerk opens it, lets it pass with a reason, and the record says all that
// (fault 25).
func TestAnExpiredCardPasses(t *testing.T) {
	p := newPeer(t, at(open))
	p.camp.Policy.ExpiredCard = campaign.ExpiredClerk
	who := p.plain()[0]
	who.Chip.ValidFrom, who.Chip.ValidTo = "20090901", "20190901"
	b := newBox(t, p)
	b.start()
	b.sees("idle")
	b.place(who.Chip)
	b.sees("staff")
	clerk := protocol.Assent{Account: "s-chen", Role: protocol.AssentClerk, How: protocol.HowCode, At: protocol.TimeOf(open)}
	number, ask := b.app.AskedVisit(t)
	if ask != visit.AskExpired {
		t.Fatal(ask)
	}
	if _, err := b.app.OpenAsked(t.Context(), number+1, clerk); !errors.Is(err, desk.ErrAskedGone) {
		t.Error("another visit was opened", err)
	}
	o, err := b.app.OpenAsked(t.Context(), number, clerk)
	if err != nil || o.Name != who.Application.Name().Reveal() || o.ValidTo.Zh != "2019年9月1日" || !strings.Contains(o.Number, "*") {
		t.Errorf("opened otherwise than it is (%v)", err)
	}
	allow := visit.Allowed{Visit: number, Ask: ask, Assents: []protocol.Assent{clerk}}
	if err := b.app.DecideAsked(t.Context(), allow); !errors.Is(err, desk.ErrAskedGone) {
		t.Error("it passed without a reason", err)
	}
	allow.Reason = "临时身份证在有效期内"
	if err := b.app.DecideAsked(t.Context(), allow); err != nil {
		t.Fatal(err)
	}
	if text := b.walk(); !strings.Contains(text, "已受理") {
		t.Fatalf("the walk ended elsewhere:\n%s", b.log)
	}
	p.arrives(1)
	p.with(func() {
		c := p.opened[1]
		if len(c.Overrides) != 1 || c.Overrides[0].Act != visit.ActExpired || c.Overrides[0].Reason != allow.Reason || c.Clerk == nil || c.Clerk.Account != "s-chen" {
			t.Errorf("overrides %+v, clerk %+v", c.Overrides, c.Clerk)
		}
		steps := map[string]bool{}
		for _, e := range c.Timeline {
			steps[e.Step] = true
		}
		if !steps[protocol.StepOpened] || !steps[protocol.StepAllowed] {
			t.Errorf("the timeline does not say who looked: %v", steps)
		}
	})
}
