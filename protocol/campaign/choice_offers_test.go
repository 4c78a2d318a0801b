package campaign_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// What is offered after a first choice is what the plan says (section 4.2).
func TestOffers(t *testing.T) {
	c := campaign.Adult2019()
	k := checkerOf(t, c)
	levels := func(ps []campaign.Programme) string {
		var out []string
		for _, p := range ps {
			if !slices.Contains(out, p.Level) {
				out = append(out, p.Level)
			}
		}
		return strings.Join(out, " ")
	}
	a := applicant(t, "1")
	for _, tc := range []struct {
		first string // category
		want  string // levels offered as second choice
	}{{"12", "1 2"}, {"22", "2"}, {"34", "3"}} {
		a.Choices = []form.Choice{programme(t, c, tc.first, 0).Choice(1)}
		got, why := k.Offers(a, openPoint, sixth, 2)
		if levels(got) != tc.want {
			t.Errorf("after %s: levels %q, want %q", tc.first, levels(got), tc.want)
		}
		for _, p := range got {
			if tc.first == "34" && p.Class != "经济管理类" || why(p) != nil {
				t.Errorf("after %s: %s of %s is offered", tc.first, p.MajorName, p.Class)
			}
		}
	}

	closed := campaign.Place{Known: true, Levels: []string{"1", "2"}, Minors: true}
	first, why := k.Offers(a, closed, sixth, 1)
	if levels(first) != "1 2" {
		t.Errorf("a point for 1 and 2 offers %q", levels(first))
	}
	for category, want := range map[string]string{"34": "point point-level", "26": "point point-medical"} {
		if f := why(programme(t, c, category, 0)); f == nil || f.String() != want || f.Fix == "" {
			t.Errorf("%s: %v, want %s", category, f, want)
		}
	}
	a.Fields[form.Education] = "61"
	if _, why := k.Offers(a, openPoint, sixth, 1); why(programme(t, c, "34", 0)).String() != "WHCDDM diploma-needed" {
		t.Error("专升本 is offered without a diploma")
	}
	a.Choices = nil
	for n, want := range map[int]string{2: "choice 1 no-choice", 0: "choice 1 no-choice"} {
		got, why := k.Offers(a, openPoint, sixth, n)
		if f := why(programme(t, c, "12", 0)); len(got) != 0 || f == nil || f.String() != want {
			t.Errorf("choice %d without the one before: %d offered, %v", n, len(got), f)
		}
	}
	a.Choices = []form.Choice{programme(t, c, "12", 0).Choice(1), programme(t, c, "12", 1).Choice(2)}
	got, why := k.Offers(a, openPoint, sixth, 3)
	if f := why(programme(t, c, "12", 2)); len(got) != 0 || f.Code != form.TooMany {
		t.Errorf("a third choice: %d offered", len(got))
	}
	unknown := programme(t, c, "12", 2)
	unknown.School = "99999"
	if _, why := k.Offers(a, openPoint, sixth, 2); why(unknown).Code != form.NoProgramme {
		t.Error("a programme of no catalogue may be chosen")
	}
}

// Where a choice is a category alone, categories are offered.
func TestOffersOfCategories(t *testing.T) {
	c := campaign.Gaokao2014()
	k, apps := manyChecked(t, c)
	for _, a := range apps[:50] {
		got, why := k.Offers(a, campaign.Place{}, sixth, 1)
		if len(got) == 0 {
			t.Fatal("nothing is offered")
		}
		first := a.First()
		if f := why(campaign.Programme{Level: first.Level, Category: first.Category}); f != nil {
			t.Errorf("what she chose is not offered: %v", f)
		}
		for _, p := range got {
			if p.School != "" || p.Major != "" {
				t.Errorf("a college is offered")
			}
		}
	}
}

// An application whose choices were taken from the offers passes the check as
// far as choices go; and the choices of an application that passes are offered.
func TestOffersAndCheckAgree(t *testing.T) {
	c := campaign.Adult2019()
	k := checkerOf(t, c)
	base := map[string]form.Application{}
	for _, l := range c.Form.Levels {
		base[l.Code] = applicant(t, l.Code)
	}
	choice := rapid.Custom(func(t *rapid.T) form.Choice {
		p := rapid.SampledFrom(c.Catalogue).Draw(t, "programme")
		switch rapid.IntRange(0, 9).Draw(t, "spoil") {
		case 0:
			p.Form = rapid.SampledFrom([]string{"", "1", "2", "3", "8"}).Draw(t, "form")
		case 1:
			p.Category = rapid.SampledFrom([]string{"", "11", "26", "34", "99"}).Draw(t, "category")
		case 2:
			p.School = rapid.SampledFrom([]string{"", "10533", "99999"}).Draw(t, "school")
		case 3:
			p.Class = rapid.SampledFrom([]string{"", "医学类", "理工类"}).Draw(t, "class")
		}
		return p.Choice(1)
	})
	rapid.Check(t, func(rt *rapid.T) {
		a := base[rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "level")].Clone()
		a.Fields[form.Education] = rapid.SampledFrom([]string{"31", "21", "61"}).Draw(rt, "education")
		a.Fields[form.BirthDate] = rapid.SampledFrom([]string{a.Get(form.BirthDate), "20030101"}).Draw(rt, "birth")
		at := campaign.Place{Code: "43010203", Division: "430102", Levels: rapid.SliceOfDistinct(rapid.SampledFrom([]string{"1", "2", "3"}), rapid.ID[string]).Draw(rt, "levels"),
			Medical: rapid.Bool().Draw(rt, "medical"), Minors: rapid.Bool().Draw(rt, "minors"), Known: rapid.Bool().Draw(rt, "known")}

		// From the offers to the check.
		a.Choices = nil
		for n := 1; n <= rapid.IntRange(1, 2).Draw(rt, "number"); n++ {
			offers, _ := k.Offers(a, at, sixth, n)
			if len(offers) == 0 {
				break
			}
			a.Choices = append(a.Choices, rapid.SampledFrom(offers).Draw(rt, "offer").Choice(n))
		}
		if len(a.Choices) > 0 {
			for _, f := range k.Check(a, at, sixth).Findings {
				if form.OnAnyChoice(f.Field) || f.Field == form.OnPoint || f.Code == form.DiplomaNeeded {
					rt.Fatalf("%v, though it was offered", f)
				}
			}
		}

		// From the check to the offers.
		a.Choices = nil
		for n := range rapid.IntRange(1, 2).Draw(rt, "drawn") {
			ch := choice.Draw(rt, "choice")
			ch.Order = n + 1
			a.Choices = append(a.Choices, ch)
		}
		passes := true
		for _, f := range k.Check(a, at, sixth).Findings {
			passes = passes && !form.OnAnyChoice(f.Field) && f.Field != form.OnPoint && f.Code != form.DiplomaNeeded
		}
		offered := true
		for i, ch := range a.Choices {
			offers, why := k.Offers(a, at, sixth, i+1)
			here := slices.ContainsFunc(offers, func(p campaign.Programme) bool {
				want := p.Choice(i + 1)
				want.Class = ch.Class
				return want == ch && (ch.Class == "" || ch.Class == p.Class)
			})
			offered = offered && here
			if here && why(programmeOf(ch)) != nil {
				rt.Fatal("offered, and not to be chosen")
			}
		}
		if passes != offered {
			rt.Fatalf("passes %v, offered %v: %v", passes, offered, a.Choices)
		}
	})
}

func programmeOf(c form.Choice) campaign.Programme {
	return campaign.Programme{School: c.School, SchoolName: c.SchoolName, Major: c.Major, MajorName: c.MajorName,
		Level: c.Level, Category: c.Category, Class: c.Class, Form: c.Form, Years: c.Years}
}
