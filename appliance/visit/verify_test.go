package visit_test

import (
	"testing"

	"zhunkao/appliance/visit"
	"zhunkao/protocol/form"
)

// TestVerify: who was confirmed on papers presses once with her card, and that is
// sealed with what her card says; nobody else is offered it.
func TestVerify(t *testing.T) {
	d := at(t, "looking")
	d.step(provisional(d.s.Visit, plain))
	if d.s.Screen() != visit.ScreenVerify {
		t.Fatalf("screen %s", d.s.Screen())
	}
	d.press(visit.ButtonGoOn)
	var asked *visit.Verify
	for _, f := range d.fx {
		if v, ok := f.(visit.Verify); ok {
			asked = &v
		}
	}
	if asked == nil || asked.Record != record || asked.Application != plain.Application.ID || asked.Card.Chip != plain.Chip || len(asked.Timeline) != 2 {
		t.Fatalf("asked for %+v", asked)
	}
	d.press(visit.ButtonGoOn) // twice is once
	for _, f := range d.fx {
		if _, ok := f.(visit.Verify); ok {
			t.Error("two presses make two")
		}
	}
	d.step(visit.Verified{Visit: d.s.Visit})
	if d.s.Screen() != visit.ScreenVerified || d.s.ForDesk != 0 || d.s.Card.Chip.Number != "" || d.s.Found.Application.ID != "" {
		t.Errorf("%s, %d for the office; or something of her is left", d.s.Screen(), d.s.ForDesk)
	}
	for name, c := range map[string]struct {
		validity form.Validity
		want     visit.Refusal
	}{"expired": {form.ExpiredCard, visit.RefuseExpired}, "too early": {form.NotYetValid, visit.RefuseNotYetValid}} {
		d := at(t, "looking")
		l := provisional(d.s.Visit, plain)
		l.Validity = c.validity
		if d.step(l); d.s.Refusal != c.want {
			t.Errorf("%s: %s, %s", name, d.s.Screen(), d.s.Refusal)
		}
	}
	d = at(t, "looking")
	l := provisional(d.s.Visit, plain)
	l.Provisional = [16]byte{}
	if d.step(l); d.s.Refusal != visit.RefuseConfirmed {
		t.Errorf("who was confirmed with her card: %s, %s", d.s.Screen(), d.s.Refusal)
	}
}

// TestVerifyAnother: another name on the card is noted for the office, and no
// reason to send her away.
func TestVerifyAnother(t *testing.T) {
	d := &driver{t: t}
	d.step(visit.CardPlaced{}, visit.CardRead{Card: card(differing())})
	d.step(provisional(d.s.Visit, plain)).press(visit.ButtonGoOn)
	d.step(visit.Verified{Visit: d.s.Visit})
	if d.s.Screen() != visit.ScreenVerified || d.s.ForDesk == 0 {
		t.Errorf("%s, %d for the office", d.s.Screen(), d.s.ForDesk)
	}
}

// TestUnsuited: a point that is not for her says so, whatever else is wrong, and
// names points that are.
func TestUnsuited(t *testing.T) {
	others := []visit.Spot{{Name: "二号点", Address: "样本路 2 号"}}
	d := at(t, "looking")
	d.looked(visit.FoundHere)
	d.step(visit.Judged{Visit: d.s.Visit, Verdict: openVerdict(), Card: form.InForce, Unsuited: form.PointMinors, Others: others, Missing: []string{form.School}})
	if d.s.Refusal != visit.RefuseUnsuited || d.s.Unsuited != form.PointMinors || len(d.s.Others) != 1 || d.s.Found.Application.ID != "" {
		t.Errorf("%s, %s, %v", d.s.Screen(), d.s.Refusal, d.s.Others)
	}
}
