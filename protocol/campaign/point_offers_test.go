package campaign_test

import (
	"testing"

	"pgregory.net/rapid"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// AtPoint finds what Check finds on the point, at any point.
func TestAtPoint(t *testing.T) {
	for _, c := range []campaign.Campaign{campaign.Adult2019(), campaign.Gaokao2014()} {
		k, apps := manyChecked(t, c)
		refused, allowed := 0, 0
		rapid.Check(t, func(r *rapid.T) {
			a := apps[rapid.IntRange(0, len(apps)-1).Draw(r, "applicant")]
			at := campaign.Place{Known: true, Code: rapid.SampledFrom([]string{"43010201", "43052301", a.Get("BYXXDM")}).Draw(r, "code"),
				Levels:  rapid.SliceOfDistinct(rapid.SampledFrom([]string{"1", "2", "3", "9"}), func(s string) string { return s }).Draw(r, "levels"),
				Medical: rapid.Bool().Draw(r, "medical"), Minors: rapid.Bool().Draw(r, "minors")}
			if len(at.Code) >= 6 {
				at.Division = at.Code[:6]
			}
			var want *form.Finding
			for _, f := range k.Check(a, at, sixth).Findings {
				if f.Field == form.OnPoint {
					want = &f
					break
				}
			}
			got := k.AtPoint(a, at, sixth)
			if (got == nil) != (want == nil) || got != nil && *got != *want {
				r.Fatalf("got %v, want %v", got, want)
			}
			if got != nil {
				refused++
			} else {
				allowed++
			}
		})
		if refused == 0 || allowed == 0 {
			t.Errorf("%s: %d refused, %d allowed: this proves nothing", c.ID, refused, allowed)
		}
		if f := k.AtPoint(form.Application{}, campaign.Place{Known: true, Levels: []string{"1"}}, sixth); f != nil {
			t.Errorf("%s: an empty form is refused at a point: %v", c.ID, f)
		}
	}
}

func TestClaimable(t *testing.T) {
	c := campaign.Adult2019()
	k := checkerOf(t, c)
	bonus := func(code string) form.Claim { return form.Claim{Kind: form.BonusClaim, Code: code} }
	exempt := func(code string) form.Claim { return form.Claim{Kind: form.ExemptionClaim, Code: code} }
	for _, tc := range []struct {
		name   string
		change func(*form.Application)
		claim  form.Claim
		want   string // "" = may
	}{
		{"a bonus", nil, bonus("B02"), ""},
		{"twice", func(a *form.Application) { a.Claims = []form.Claim{bonus("B02")} }, bonus("B02"), "claim claim-twice"},
		{"another beside it", func(a *form.Application) { a.Claims = []form.Claim{bonus("B02")} }, bonus("B05"), ""},
		{"no such", nil, bonus("B99"), "claim unknown-claim"},
		{"Han", func(a *form.Application) { a.Fields[form.Ethnic] = "01" }, bonus("B08"), "MZDM minority-bonus"},
		{"for a minority, elsewhere", func(a *form.Application) { a.Fields[form.Ethnic] = "03"; a.Fields[form.Household] = "430102" }, bonus("B08"), "HKDM minority-area"},
		{"for a minority", func(a *form.Application) { a.Fields[form.Ethnic] = "03"; a.Fields[form.Household] = "433101" }, bonus("B08"), ""},
		{"for another level", func(a *form.Application) { a.Choices = []form.Choice{programme(t, c, "12", 0).Choice(1)} }, exempt("E03"), "claim claim-level"},
		{"for all levels", func(a *form.Application) { a.Choices = []form.Choice{programme(t, c, "12", 0).Choice(1)} }, exempt("E01"), ""},
		{"nothing filled in", func(a *form.Application) { *a = form.Application{} }, bonus("B08"), ""},
		{"beside what is wrong already", func(a *form.Application) { a.Claims = []form.Claim{bonus("B99")} }, bonus("B02"), ""},
	} {
		a := applicant(t, "1")
		if tc.change != nil {
			tc.change(&a)
		}
		held := len(a.Claims)
		got := ""
		if f := k.Claimable(a, openPoint, sixth)(tc.claim); f != nil {
			got = f.String()
		}
		if got != tc.want || len(a.Claims) != held {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}
