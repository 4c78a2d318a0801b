package visit_test

import (
	"strings"
	"testing"
	"time"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

var (
	clerk = protocol.Assent{Account: "s-chen", Role: protocol.AssentClerk, How: protocol.HowCode, At: 1}
	head  = protocol.Assent{Account: "s-tan", Role: protocol.AssentHead, How: protocol.HowCard, At: 2}
)

// lenient is adult's campaign where the staff may let an expired card pass, by
// so many persons.
func lenient(persons int) campaign.Campaign {
	c := adult
	c.Policy.ExpiredCard = campaign.ExpiredClerk
	c.Acts = append([]campaign.Act(nil), c.Acts...)
	for i := range c.Acts {
		if c.Acts[i].Key == visit.ActExpired {
			c.Acts[i].Persons = persons
		}
	}
	return c
}

// expired drives to where an expired card is judged.
func expired(t testing.TB, c campaign.Campaign, j visit.Judged) *driver {
	d := at(t, "looking")
	d.step(visit.Looked{Visit: d.s.Visit, Finding: visit.FoundHere, Application: plain.Application, Campaign: c})
	j.Visit, j.Verdict, j.Card = d.s.Visit, openVerdict(), form.ExpiredCard
	return d.step(j)
}

// An expired card passes where the campaign lets the staff decide, by as many
// persons and with the reason that its table of acts asks for; the record names
// them.
func TestAnExpiredCardByTheStaff(t *testing.T) {
	allow := func(d *driver, reason string, by ...protocol.Assent) *driver {
		return d.step(visit.Allowed{Visit: d.s.Visit, Ask: visit.AskExpired, Reason: reason, Assents: by})
	}
	if d := expired(t, adult, visit.Judged{}).wants(visit.ScreenRefused); d.s.Refusal != visit.RefuseExpired {
		t.Error("refused by the campaign, yet", d.s.Refusal)
	}
	d := expired(t, lenient(2), visit.Judged{}).wants(visit.ScreenStaff)
	if d.s.Ask() != visit.AskExpired {
		t.Fatal(d.s.Ask())
	}
	allow(d, "新证在办", clerk).wants(visit.ScreenStaff)        // one of two
	allow(d, "新证在办", clerk, clerk).wants(visit.ScreenStaff) // twice the same
	allow(d, "", clerk, head).wants(visit.ScreenStaff)      // no reason
	allow(d, "新证在办", clerk, head).wants(visit.ScreenFound)
	d.onwards(visit.ScreenPledge).sign()
	s := find[visit.Seal](t, d.fx)
	if len(s.Overrides) != 1 || s.Overrides[0].Act != visit.ActExpired || s.Overrides[0].Reason != "新证在办" || len(s.Overrides[0].Assents) != 2 || s.Clerk != clerk {
		t.Errorf("overrides %+v, clerk %+v", s.Overrides, s.Clerk)
	}
	var steps []string
	for _, m := range s.Timeline {
		steps = append(steps, m.Step)
	}
	if got, want := strings.Join(steps, " "), "card-read allowed found read-through signed"; got != want {
		t.Errorf("timeline %s, want %s", got, want)
	}

	d = expired(t, lenient(1), visit.Judged{})
	d.step(visit.Denied{Visit: d.s.Visit, Ask: visit.AskExpired, Clerk: clerk}).wants(visit.ScreenRefused)
	if d.s.Refusal != visit.RefuseExpired {
		t.Error(d.s.Refusal)
	}
	d = expired(t, lenient(1), visit.Judged{}).pass(5*time.Minute - time.Second).wants(visit.ScreenStaff)
	d.pass(time.Second).wants(visit.ScreenRefused)
	expired(t, lenient(1), visit.Judged{}).press(visit.ButtonNoWait).wants(visit.ScreenRefused)
	// What else stands in the way is said at once: nobody decides for nothing.
	if d := expired(t, lenient(1), visit.Judged{Missing: []string{form.PostCode}}).wants(visit.ScreenRefused); d.s.Refusal != visit.RefuseIncomplete {
		t.Error(d.s.Refusal)
	}
}

// A name that differs is looked at by a clerk during the visit: what she decides
// is what is read through and signed.
func TestADifferenceByTheStaff(t *testing.T) {
	for _, chip := range []bool{true, false} {
		d := at(t, "staff")
		d.step(visit.Opened{Visit: d.s.Visit, Clerk: clerk}).wants(visit.ScreenStaff)
		name := differing().Chip.Name.Reveal()
		field := d.s.Asked()[d.s.Asking-1].Field
		if field != form.FullName {
			t.Fatal("asked about", field)
		}
		d.step(visit.Allowed{Visit: d.s.Visit, Ask: visit.AskDifference, Chip: chip, Assents: []protocol.Assent{clerk}})
		want := protocol.SettledKept
		if chip {
			want = protocol.SettledChip
		}
		if got := d.s.Decided(form.FullName); got != want {
			t.Errorf("decided %q, want %q", got, want)
		}
		for d.s.Screen() == visit.ScreenSettle {
			d.press(visit.ButtonUseCard)
		}
		d.onwards(visit.ScreenPledge).sign()
		s := find[visit.Seal](t, d.fx)
		if (s.Application.Get(form.FullName) == name) != chip || s.Clerk != clerk || len(s.Overrides) != 0 {
			t.Errorf("chip's %t: signed otherwise, or the clerk %q is not named", chip, s.Clerk.Account)
		}
		var steps []string
		for _, m := range s.Timeline {
			steps = append(steps, m.Step)
		}
		if got := strings.Join(steps, " "); !strings.HasPrefix(got, "card-read found opened allowed settled") {
			t.Errorf("timeline %s does not say who looked", got)
		}
	}
	at(t, "staff").pass(5 * time.Minute).wants(visit.ScreenSettle) // nobody came: she goes on as without
}

// The staff give another round of pictures.
func TestAnotherRoundByTheStaff(t *testing.T) {
	d := at(t, "photo")
	for range visit.MaxTries {
		d.live(visit.PhotoGood).press(visit.ButtonGoOn).badShot().press(visit.ButtonGoOn)
	}
	d.wants(visit.ScreenNoPhoto)
	if d.s.Ask() != visit.AskPhoto {
		t.Fatal(d.s.Ask())
	}
	d.step(visit.Denied{Visit: d.s.Visit, Ask: visit.AskPhoto, Clerk: clerk}).wants(visit.ScreenNoPhoto)
	d.step(visit.Allowed{Visit: d.s.Visit, Ask: visit.AskPhoto, Assents: []protocol.Assent{clerk}}).wants(visit.ScreenPhoto)
	if d.s.TriesLeft() != visit.MaxTries || d.s.Clerk != clerk {
		t.Error("no new round, or nobody gave it")
	}
}
