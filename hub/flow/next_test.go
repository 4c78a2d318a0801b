package flow

import (
	"reflect"
	"testing"

	"zhunkao/hub/confirmation"
	"zhunkao/protocol/window"
)

// good is a record about which there is nothing to say.
func good() Facts {
	return Facts{
		Place: PlaceNext, Known: true, HubVersion: 1, HubPoint: "P", Signed: 1, StartedFrom: 1, SameContent: true,
		SignedPoint: "P", Point: "P", ChipNumberIsSigned: true, SignedNumberIsHub: true, ChipWhole: true, PortraitWhole: true,
		HandValid: true, BySealTime: window.Open, ByReceive: window.Open,
	}
}

func TestNext(t *testing.T) {
	c := func(name, result, note string) confirmation.Check {
		return confirmation.Check{By: confirmation.ByHub, Name: name, Result: result, Note: note}
	}
	const (
		pass, warn, fail = confirmation.Pass, confirmation.Warn, confirmation.Fail
	)
	for _, tc := range []struct {
		name  string
		facts func(*Facts)

		refusal Refusal
		freeze  bool
		state   confirmation.State
		reason  string
		sign    bool
		dispute []string
		check   confirmation.Check // one that must be among the checks
	}{
		{name: "nothing to say", state: "in-force", check: c(confirmation.CheckOnce, pass, "")},
		{name: "first of its epoch", facts: func(f *Facts) { f.Place = PlaceFirst }, state: "in-force",
			check: c(confirmation.CheckChain, pass, "first")},
		{name: "the one before has not come", facts: func(f *Facts) { f.Place = PlaceGap }, state: "in-force",
			check: c(confirmation.CheckChain, warn, "gap")},
		{name: "fork", facts: func(f *Facts) { f.Place = PlaceFork }, refusal: RefuseFork, freeze: true,
			check: c(confirmation.CheckChain, fail, "fork")},
		{name: "a place nobody knows is a fork", facts: func(f *Facts) { f.Place = "" }, refusal: RefuseFork, freeze: true},
		{name: "same id, other content", facts: func(f *Facts) { f.Place = PlaceSameID }, refusal: RefuseID},
		{name: "no such application", facts: func(f *Facts) { f.Known = false }, refusal: RefuseUnknown,
			check: c(confirmation.CheckApplication, fail, "missing")},
		{name: "no chip text", facts: func(f *Facts) { f.ChipWhole = false }, refusal: RefuseContent,
			check: c(confirmation.CheckChip, fail, "missing")},
		{name: "no signature", facts: func(f *Facts) { f.HandValid = false }, refusal: RefuseContent,
			check: c(confirmation.CheckHand, fail, "missing")},
		{name: "another person's card", facts: func(f *Facts) { f.ChipNumberIsSigned = false }, refusal: RefuseContent,
			check: c(confirmation.CheckNumber, fail, "")},
		{name: "another person's application", facts: func(f *Facts) { f.SignedNumberIsHub = false }, refusal: RefuseContent},
		{name: "no portrait on the chip", facts: func(f *Facts) { f.PortraitWhole = false }, state: "in-force",
			check: c(confirmation.CheckParts, warn, "missing")},
		{name: "form not complete", facts: func(f *Facts) { f.FormProblems = 2 }, state: "in-force",
			check: c(confirmation.CheckForm, warn, "incomplete")},
		{name: "name spelt otherwise on the chip", facts: func(f *Facts) { f.Differences = 1 }, state: "in-force",
			check: c(confirmation.CheckForm, warn, "differences")},
		{name: "edited at the box", facts: func(f *Facts) { f.Signed, f.SameContent = 2, false }, state: "in-force", sign: true,
			check: c(confirmation.CheckVersion, pass, "edited-at-box")},
		{name: "edited at the portal meanwhile", facts: func(f *Facts) { f.HubVersion, f.SameContent = 3, false }, state: "in-force", sign: true,
			check: c(confirmation.CheckVersion, warn, "superseded")},
		{name: "the portal's edit is what she signed", facts: func(f *Facts) { f.HubVersion = 2 }, state: "in-force",
			check: c(confirmation.CheckVersion, pass, "")},
		{name: "the portal's edit names another point", facts: func(f *Facts) { f.HubVersion, f.HubPoint, f.SameContent = 2, "Q", false },
			state: "disputed", reason: "point-moved", check: c(confirmation.CheckPoint, warn, "point-moved")},
		{name: "confirmed where she is not registered", facts: func(f *Facts) { f.SignedPoint, f.HubPoint = "Q", "Q" },
			state: "disputed", reason: "other-point", check: c(confirmation.CheckPoint, warn, "other-point")},
		{name: "twice at one point", facts: func(f *Facts) { f.Priors = []Prior{{"a", "P", "in-force"}} },
			state: "disputed", reason: "twice", dispute: []string{"a"}, check: c(confirmation.CheckOnce, warn, "twice")},
		{name: "twice at two points", facts: func(f *Facts) { f.Priors = []Prior{{"a", "Q", "time-pending"}} },
			state: "disputed", reason: "twice-other-point", dispute: []string{"a"}},
		{name: "a third time", facts: func(f *Facts) { f.Priors = []Prior{{"a", "P", "disputed"}, {"b", "P", "disputed"}} },
			state: "disputed", reason: "twice"},
		{name: "time undecidable, came in time", facts: func(f *Facts) { f.BySealTime = window.Undecidable }, state: "in-force",
			check: c(confirmation.CheckWindow, pass, "by-receive-time")},
		{name: "time undecidable, came late", facts: func(f *Facts) { f.BySealTime, f.ByReceive = window.Undecidable, window.Closed },
			state: "time-pending", reason: "time-pending", check: c(confirmation.CheckWindow, warn, "time-pending")},
		{name: "time undecidable, the county decides", facts: func(f *Facts) { f.BySealTime, f.ReviewTimes = window.Undecidable, true },
			state: "time-pending", reason: "time-pending"},
		{name: "sealed outside the window", facts: func(f *Facts) { f.BySealTime = window.Closed }, state: "time-pending", reason: "closed",
			check: c(confirmation.CheckWindow, warn, "closed")},
		{name: "two doubts: the graver one names it", state: "disputed", reason: "twice", dispute: []string{"a"},
			facts: func(f *Facts) { f.BySealTime, f.Priors = window.Closed, []Prior{{"a", "P", "in-force"}} }},
		{name: "drained from a frozen box", facts: func(f *Facts) { f.BoxFrozen = true }, state: "in-force",
			check: c(confirmation.CheckBox, warn, "frozen")},
		{name: "a refusal changes nothing else", refusal: RefuseFork, freeze: true,
			facts: func(f *Facts) { f.Place, f.Priors = PlaceFork, []Prior{{"a", "P", "in-force"}} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := good()
			if tc.facts != nil {
				tc.facts(&f)
			}
			s := Next(f)
			if s.Refusal != tc.refusal || s.Freeze != tc.freeze || s.State != tc.state || s.StateReason != tc.reason || s.Sign != tc.sign {
				t.Errorf("got refusal %q freeze %v state %q (%s) sign %v", s.Refusal, s.Freeze, s.State, s.StateReason, s.Sign)
			}
			if !reflect.DeepEqual(s.Dispute, tc.dispute) {
				t.Errorf("disputes %v, want %v", s.Dispute, tc.dispute)
			}
			found := tc.check.Name == ""
			for _, k := range s.Checks {
				found = found || k == tc.check
			}
			if !found {
				t.Errorf("no check %+v among %+v", tc.check, s.Checks)
			}
			if !reflect.DeepEqual(s, Next(f)) {
				t.Error("the same facts gave another step")
			}
		})
	}
}
