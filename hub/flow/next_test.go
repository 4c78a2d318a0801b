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

// onPapers changes a record into one that was made on papers with two copies.
func onPapers(change func(*Papers)) func(*Facts) {
	return func(f *Facts) {
		f.ChipWhole, f.PortraitWhole = false, false
		f.Papers = Papers{Shown: true, Typed: true, Copies: 2, Readable: 2}
		if change != nil {
			change(&f.Papers)
		}
	}
}

// copied changes a record into one of a card that an office reviews, with two copies.
func copied(change func(*Papers)) func(*Facts) {
	return func(f *Facts) {
		f.Papers = Papers{Shown: true, Beside: true, Reviewed: true, Copies: 2, Readable: 2}
		if change != nil {
			change(&f.Papers)
		}
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

		refusal  Refusal
		freeze   bool
		state    confirmation.State
		reason   string
		sign     bool
		create   bool
		apart    bool
		displace string
		dispute  []string
		replace  string
		check    confirmation.Check // one that must be among the checks
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
		{name: "papers instead of a chip", facts: onPapers(nil), state: "in-force", check: c(confirmation.CheckPapers, pass, "")},
		{name: "papers: no portrait is missed", facts: onPapers(nil), state: "in-force", check: c(confirmation.CheckParts, pass, "")},
		{name: "papers without a copy", facts: onPapers(func(p *Papers) { p.Copies, p.Readable = 0, 0 }), refusal: RefuseContent,
			check: c(confirmation.CheckPapers, fail, "missing")},
		{name: "papers with a copy that is no picture", facts: onPapers(func(p *Papers) { p.Readable = 1 }), refusal: RefuseContent,
			check: c(confirmation.CheckPapers, fail, "missing")},
		{name: "typed from papers, and none are told of", facts: onPapers(func(p *Papers) { p.Shown = false }), refusal: RefuseContent,
			check: c(confirmation.CheckPapers, fail, "papers-unsaid")},
		{name: "papers, and a chip besides", facts: func(f *Facts) { f.Papers = Papers{Shown: true, Typed: true, Copies: 1, Readable: 1} }, refusal: RefuseContent,
			check: c(confirmation.CheckPapers, fail, "papers-unsaid")},
		{name: "copies beside a chip that an office reviews", facts: copied(nil), state: "in-force", check: c(confirmation.CheckPapers, pass, "card-reviewed")},
		{name: "… whose chip is not there", facts: func(f *Facts) { copied(nil)(f); f.ChipWhole = false }, refusal: RefuseContent,
			check: c(confirmation.CheckChip, fail, "missing")},
		{name: "… and a copy that is no picture", facts: copied(func(p *Papers) { p.Readable = 1 }), refusal: RefuseContent,
			check: c(confirmation.CheckPapers, fail, "missing")},
		{name: "… and a portrait that is missed", facts: func(f *Facts) { copied(nil)(f); f.PortraitWhole = false }, state: "in-force",
			check: c(confirmation.CheckParts, warn, "missing")},
		{name: "copies beside a chip, and none was read", facts: copied(func(p *Papers) { p.Typed = true }), refusal: RefuseContent,
			check: c(confirmation.CheckPapers, fail, "papers-unsaid")},
		{name: "a card that an office reviews, without copies", facts: func(f *Facts) { f.Papers.Reviewed = true }, state: "in-force",
			check: c(confirmation.CheckPapers, warn, "card-uncopied")},
		{name: "papers instead of such a card", facts: onPapers(func(p *Papers) { p.Reviewed = true }), state: "in-force",
			check: c(confirmation.CheckPapers, pass, "papers-reviewed")},
		{name: "the staff let something pass", facts: func(f *Facts) { f.Overrides.Count = 1 }, state: "in-force",
			check: c(confirmation.CheckOverrides, warn, "override")},
		{name: "a clerk of the point attended", facts: func(f *Facts) { f.Clerk.Named = true }, state: "in-force", check: c(confirmation.CheckClerk, pass, "")},
		{name: "somebody of nowhere attended", facts: func(f *Facts) { f.Clerk = Clerk{true, true} }, state: "in-force", check: c(confirmation.CheckClerk, fail, "stranger")},
		{name: "somebody of nowhere let it pass", facts: func(f *Facts) { f.Overrides = Overrides{Count: 1, Strangers: 1} }, state: "in-force",
			check: c(confirmation.CheckOverrides, fail, "stranger")},
		{name: "… that was not theirs", facts: func(f *Facts) { f.Overrides = Overrides{Count: 2, Beside: 1} }, state: "in-force",
			check: c(confirmation.CheckOverrides, fail, "override-beside")},
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
		{name: "twice at one point", facts: func(f *Facts) { f.Priors = []Prior{{ID: "a", Point: "P", State: "in-force"}} },
			state: "disputed", reason: "twice", dispute: []string{"a"}, check: c(confirmation.CheckOnce, warn, "twice")},
		{name: "twice at two points", facts: func(f *Facts) { f.Priors = []Prior{{ID: "a", Point: "Q", State: "time-pending"}} },
			state: "disputed", reason: "twice-other-point", dispute: []string{"a"}},
		{name: "a third time", facts: func(f *Facts) {
			f.Priors = []Prior{{ID: "a", Point: "P", State: "disputed"}, {ID: "b", Point: "P", State: "disputed"}}
		},
			state: "disputed", reason: "twice"},
		{name: "again, after her papers were sent back", facts: func(f *Facts) { f.Priors = []Prior{{ID: "a", Point: "P", State: "in-force", Proof: "returned"}} },
			state: "in-force", replace: "a", check: c(confirmation.CheckOnce, pass, "replaced")},
		{name: "again, elsewhere, after her papers were sent back", facts: func(f *Facts) { f.Priors = []Prior{{ID: "a", Point: "Q", State: "in-force", Proof: "returned"}} },
			state: "in-force", replace: "a"},
		{name: "again, sealed after her papers were sent back", facts: func(f *Facts) {
			f.Latest, f.Priors = 20, []Prior{{ID: "a", Point: "P", State: "in-force", Proof: "returned", Returned: 20}}
		}, state: "in-force", replace: "a"},
		{name: "signed before her papers were sent back, and late", facts: func(f *Facts) {
			f.Latest, f.Priors = 19, []Prior{{ID: "a", Point: "Q", State: "in-force", Proof: "returned", Returned: 20}}
		}, state: "disputed", reason: "twice-other-point", dispute: []string{"a"}},
		{name: "nothing bounds when it was signed", facts: func(f *Facts) {
			f.Latest, f.Priors = 0, []Prior{{ID: "a", Point: "P", State: "in-force", Proof: "returned", Returned: 20}}
		}, state: "in-force", replace: "a"},
		{name: "again, while the city has not decided", facts: func(f *Facts) { f.Priors = []Prior{{ID: "a", Point: "P", State: "in-force", Proof: "provisional"}} },
			state: "disputed", reason: "twice", dispute: []string{"a"}},
		{name: "again after her papers were sent back, at no certain time", state: "time-pending", reason: "closed", dispute: []string{"a"}, facts: func(f *Facts) {
			f.Priors, f.BySealTime = []Prior{{ID: "a", Point: "P", State: "in-force", Proof: "returned"}}, window.Closed
		}},
		{name: "again after her papers were sent back, from a box that was shut out", state: "disputed", reason: "box-revoked", dispute: []string{"a"}, facts: func(f *Facts) {
			f.Priors, f.BoxRevoked = []Prior{{ID: "a", Point: "P", State: "in-force", Proof: "returned"}}, true
		}, check: c(confirmation.CheckBox, warn, "box-revoked")},
		{name: "again, after the city refused her papers", facts: func(f *Facts) { f.Priors = []Prior{{ID: "a", Point: "P", State: "refused", Proof: "refused"}} },
			state: "in-force", check: c(confirmation.CheckOnce, pass, "")},
		{name: "time undecidable, came in time", facts: func(f *Facts) { f.BySealTime = window.Undecidable }, state: "in-force",
			check: c(confirmation.CheckWindow, pass, "by-receive-time")},
		{name: "time undecidable, came late", facts: func(f *Facts) { f.BySealTime, f.ByReceive = window.Undecidable, window.Closed },
			state: "time-pending", reason: "time-pending", check: c(confirmation.CheckWindow, warn, "time-pending")},
		{name: "time undecidable, the county decides", facts: func(f *Facts) { f.BySealTime, f.ReviewTimes = window.Undecidable, true },
			state: "time-pending", reason: "time-pending"},
		{name: "sealed outside the window", facts: func(f *Facts) { f.BySealTime = window.Closed }, state: "time-pending", reason: "closed",
			check: c(confirmation.CheckWindow, warn, "closed")},
		{name: "… but she was in the queue before", facts: func(f *Facts) {
			f.BySealTime, f.Token = window.Closed, Token{Hash: "h", Serves: true}
		}, state: "in-force", check: c(confirmation.CheckWindow, pass, "queued")},
		{name: "… and her token was drawn after the close", facts: func(f *Facts) { f.BySealTime, f.Token = window.Closed, Token{Hash: "h"} },
			state: "time-pending", reason: "closed", check: c(confirmation.CheckToken, warn, "token-outside")},
		{name: "… and her token was used before", facts: func(f *Facts) {
			f.BySealTime, f.Token = window.Closed, Token{Hash: "h", Why: "token-used", Serves: true}
		}, state: "time-pending", reason: "closed", check: c(confirmation.CheckToken, warn, "token-used")},
		{name: "time undecidable, and she was in the queue", facts: func(f *Facts) {
			f.BySealTime, f.ReviewTimes, f.Token = window.Undecidable, true, Token{Hash: "h", Serves: true}
		}, state: "in-force", check: c(confirmation.CheckWindow, pass, "queued")},
		{name: "in time, with a token that nobody drew", facts: func(f *Facts) { f.Token = Token{Hash: "h", Why: "token-forged"} },
			state: "in-force", check: c(confirmation.CheckToken, warn, "token-forged")},
		{name: "in time, called by her token", facts: func(f *Facts) { f.Token = Token{Hash: "h", Serves: true} },
			state: "in-force", check: c(confirmation.CheckToken, pass, "")},
		{name: "entered at the point", facts: unheard(), state: "in-force", create: true, check: c(confirmation.CheckVersion, pass, "entered")},
		{name: "entered, by a rule that it breaks", facts: unheard(func(f *Facts) { f.FormProblems = 1 }), state: "disputed", reason: "incomplete", create: true},
		{name: "entered, registration closed", facts: unheard(func(f *Facts) { f.Register = window.Closed }), state: "time-pending", reason: "register-closed", create: true,
			check: c(confirmation.CheckRegister, warn, "register-closed")},
		{name: "entered, nobody knows whether in time", facts: unheard(func(f *Facts) { f.Register, f.ReviewTimes = window.Undecidable, true }),
			state: "time-pending", reason: "time-pending", create: true},
		{name: "entered, came in time", facts: unheard(func(f *Facts) { f.Register = window.Undecidable }), state: "in-force", create: true},
		{name: "a child entered, and nobody consented", facts: unheard(func(f *Facts) { f.Guardian.Asked = true }), state: "disputed", reason: "guardian-none", create: true,
			check: c(confirmation.CheckGuardian, warn, "guardian-none")},
		{name: "… and a guardian without the sheet", facts: unheard(func(f *Facts) { f.Guardian = Guardian{Asked: true, Given: true, Text: true} }), state: "disputed", reason: "guardian-sheet", create: true,
			check: c(confirmation.CheckGuardian, warn, "guardian-sheet")},
		{name: "… and a guardian who read another text", facts: unheard(func(f *Facts) { f.Guardian = Guardian{Asked: true, Given: true, Sheet: true} }), state: "disputed", reason: "guardian-text", create: true,
			check: c(confirmation.CheckGuardian, warn, "guardian-text")},
		{name: "… and a guardian consented", facts: unheard(func(f *Facts) { f.Guardian = Guardian{Asked: true, Given: true, Sheet: true, Text: true} }), state: "in-force", create: true,
			check: c(confirmation.CheckGuardian, pass, "")},
		{name: "a child entered whose guardian consented on the web", facts: func(f *Facts) { f.Entered, f.StartedFrom, f.Guardian.Asked = true, 1, true }, state: "in-force"},
		{name: "entered for another point", facts: unheard(func(f *Facts) { f.SignedPoint = "Q" }), refusal: RefuseContent},
		{name: "entered as a later version", facts: unheard(func(f *Facts) { f.Signed = 2 }), refusal: RefuseContent},
		{name: "entered with another's card", facts: unheard(func(f *Facts) { f.ChipNumberIsSigned = false }), refusal: RefuseContent},
		{name: "entered, and registered on the web", facts: func(f *Facts) { f.Entered, f.StartedFrom, f.SameContent = true, 0, false }, state: "in-force", sign: true,
			check: c(confirmation.CheckVersion, warn, "superseded")},
		{name: "entered, and registered for another point", state: "disputed", reason: "point-moved",
			facts: func(f *Facts) { f.Entered, f.StartedFrom, f.SameContent, f.HubPoint = true, 0, false, "Q" }},
		{name: "entered at two points", state: "disputed", reason: "twice-other-point", dispute: []string{"a"},
			facts: func(f *Facts) {
				f.Entered, f.StartedFrom, f.SameContent, f.Priors = true, 0, false, []Prior{{ID: "a", Point: "Q", State: "in-force"}}
			}},
		{name: "entered on papers, by a number that is another person's", facts: unheard(onPapers(nil), stranger), state: "disputed", reason: "other-person", create: true, apart: true,
			check: c(confirmation.CheckNumber, warn, "other-person")},
		{name: "… and not complete, registration closed, from a box that was shut out", facts: unheard(onPapers(nil), stranger, func(f *Facts) {
			f.FormProblems, f.Register, f.BySealTime, f.BoxRevoked = 1, window.Closed, window.Closed, true
		}), state: "disputed", reason: "other-person", create: true, apart: true},
		{name: "… taken back before it came", facts: unheard(onPapers(nil), stranger, func(f *Facts) { f.Voided = true }), state: "voided", reason: "voided", create: true, apart: true},
		{name: "… and again, under the id that stands apart", state: "disputed", reason: "other-person", check: c(confirmation.CheckOnce, warn, "twice"),
			facts: func(f *Facts) {
				onPapers(nil)(f)
				stranger(f)
				f.SameContent, f.Priors = false, []Prior{{ID: "a", Point: "P", State: "disputed"}}
			}},
		{name: "… by two persons of an office, against a rule", facts: unheard(onPapers(nil), stranger, func(f *Facts) { f.HandValid, f.Forced = false, true }),
			state: "disputed", reason: "other-person", create: true, apart: true},
		{name: "entered by the chip, where a clerk had typed the number", facts: unheard(func(f *Facts) { f.Displaces = "a" }), state: "in-force", create: true, displace: "a",
			check: c(confirmation.CheckNumber, pass, "number-typed")},
		{name: "… by a chip that tells another number", facts: unheard(func(f *Facts) { f.Displaces, f.ChipNumberIsSigned = "a", false }), refusal: RefuseContent},
		{name: "two doubts: the graver one names it", state: "disputed", reason: "twice", dispute: []string{"a"},
			facts: func(f *Facts) {
				f.BySealTime, f.Priors = window.Closed, []Prior{{ID: "a", Point: "P", State: "in-force"}}
			}},
		{name: "drained from a frozen box", facts: func(f *Facts) { f.BoxFrozen = true }, state: "in-force",
			check: c(confirmation.CheckBox, warn, "frozen")},
		{name: "a refusal changes nothing else", refusal: RefuseFork, freeze: true,
			facts: func(f *Facts) { f.Place, f.Priors = PlaceFork, []Prior{{ID: "a", Point: "P", State: "in-force"}} }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := good()
			if tc.facts != nil {
				tc.facts(&f)
			}
			s := Next(f)
			if s.Refusal != tc.refusal || s.Freeze != tc.freeze || s.State != tc.state || s.StateReason != tc.reason || s.Sign != tc.sign || s.Create != tc.create {
				t.Errorf("got refusal %q freeze %v state %q (%s) sign %v create %v", s.Refusal, s.Freeze, s.State, s.StateReason, s.Sign, s.Create)
			}
			if s.Apart != tc.apart || s.Displace != tc.displace {
				t.Errorf("apart %v, displaces %q", s.Apart, s.Displace)
			}
			if s.Replace != tc.replace {
				t.Errorf("takes the place of %q, want %q", s.Replace, tc.replace)
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
