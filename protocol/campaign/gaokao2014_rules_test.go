package campaign_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// A city district, a county of the plan for poor counties, a county of Xiangxi.
var gaokaoPoints = []synthetic.Point{{Code: "43010203", Division: "430102"}, {Code: "43052901", Division: "430529"}, {Code: "43313001", Division: "433130"}}

func gaokaoPlace(code string) campaign.Place {
	i := slices.IndexFunc(gaokaoPoints, func(p synthetic.Point) bool { return p.Code == code })
	return campaign.Place{Code: code, Division: gaokaoPoints[i].Division, Known: true}
}

var gaokaoDay = time.Date(2013, 11, 5, 12, 0, 0, 0, window.Zone())

// For each rule, one person who breaks exactly it.
func TestGaokao2014RulesOneByOne(t *testing.T) {
	c := campaign.Gaokao2014()
	check, err := c.Checker()
	if err != nil {
		t.Fatal(err)
	}
	people := synthetic.Candidates(c, 5, 400, gaokaoPoints...)
	kind := func(a form.Application, kinds ...string) bool {
		return slices.Contains(kinds, a.Get(form.CandidateKind))
	}
	ordinary := func(a form.Application) bool { return a.Get(form.Scheme) == "1" }
	atHome := func(a form.Application) bool { return a.Get(form.Household) == gaokaoPlace(a.Point).Division }
	broken := map[string]bool{}
	for _, tc := range []struct {
		rule, field string
		who         func(form.Application) bool
		set         form.Fields
		at          string // another point
	}{
		{"pupil-at-school", "point", func(a form.Application) bool { return kind(a, "1", "2") && ordinary(a) }, form.Fields{form.SchoolCode: "43010299"}, ""},
		{"former-at-household", "point", func(a form.Application) bool { return kind(a, "3", "4") && ordinary(a) }, form.Fields{form.Household: "430304"}, ""},
		{"scheme-at-household", "point", func(a form.Application) bool { return kind(a, "1", "2") && a.Get(form.Scheme) == "2" }, form.Fields{form.Household: "430304"}, ""},
		{"prep-minority", form.Scheme, func(a form.Application) bool { return a.Get(form.Scheme) == "2" && len(a.Claims) == 0 }, form.Fields{form.Ethnic: "01"}, ""},
		{"poor-county", form.Scheme, func(a form.Application) bool { return kind(a, "1", "2") && a.Get(form.Scheme) == "3" }, form.Fields{form.Household: "430102"}, "43010203"},
		{"vocational-school", form.SchoolKind, func(a form.Application) bool { return a.First().Level == "9" }, form.Fields{form.SchoolKind: "1"}, ""},
		{"vocational-english", form.Language, func(a form.Application) bool { return a.First().Level == "9" }, form.Fields{form.Language: "3"}, ""},
		{"recommended-pupil", form.CandidateKind, func(a form.Application) bool { return a.First().Level == "2" && atHome(a) },
			form.Fields{form.CandidateKind: "3", form.GraduationDate: "20130630", form.Diploma: "432013900001"}, ""},
		{"pupil-graduates-later", form.GraduationDate, func(a form.Application) bool { return kind(a, "1") }, form.Fields{form.GraduationDate: "20131110"}, ""},
		{"former-graduated", form.GraduationDate, func(a form.Application) bool { return kind(a, "3") }, form.Fields{form.GraduationDate: "20131111"}, ""},
		{"minority-bonus", form.Ethnic, func(a form.Application) bool { return len(a.Claims) > 0 && ordinary(a) }, form.Fields{form.Ethnic: "01"}, ""},
	} {
		i := slices.IndexFunc(people, func(p synthetic.Person) bool { return p.Flaw == synthetic.NoFlaw && tc.who(p.Application) })
		if i < 0 {
			t.Errorf("%s: nobody to break it", tc.rule)
			continue
		}
		app := people[i].Application.Clone()
		if got := check.Check(app, gaokaoPlace(app.Point), gaokaoDay).Findings; len(got) > 0 {
			t.Errorf("%s: before: %v", tc.rule, got)
		}
		for k, v := range tc.set {
			app.Fields[k] = v
		}
		if tc.at != "" {
			app.Point = tc.at
		}
		got := check.Check(app, gaokaoPlace(app.Point), gaokaoDay).Findings
		if len(got) != 1 || got[0].Code != tc.rule || got[0].Field != tc.field || got[0].Fix == "" || got[0].FixEn == "" {
			t.Errorf("%s: got %v, want it alone on %s", tc.rule, got, tc.field)
		}
		if tc.field == form.OnPoint {
			if blind := check.Check(app, campaign.Place{}, gaokaoDay).Findings; len(blind) > 0 {
				t.Errorf("%s: a box that was never told of the point refuses: %v", tc.rule, blind)
			}
		}
		broken[tc.rule] = true
	}
	for _, r := range c.Rules {
		if !broken[r.Key] {
			t.Errorf("rule %s has nobody who breaks it", r.Key)
		}
	}
}

// What is required of whom, and what the one choice is.
func TestGaokao2014Asks(t *testing.T) {
	c := campaign.Gaokao2014()
	check, err := c.Checker()
	if err != nil {
		t.Fatal(err)
	}
	people := synthetic.Candidates(c, 5, 400, gaokaoPoints...)
	find := func(who func(form.Application) bool) form.Application {
		i := slices.IndexFunc(people, func(p synthetic.Person) bool { return p.Flaw == synthetic.NoFlaw && who(p.Application) })
		return people[i].Application.Clone()
	}
	pupil := find(func(a form.Application) bool { return a.Get(form.CandidateKind) == "1" && a.First().Category == "15" })
	former := find(func(a form.Application) bool { return a.Get(form.CandidateKind) == "3" })
	vocational := find(func(a form.Application) bool { return a.First().Level == "9" })
	programme := c.Catalogue[slices.IndexFunc(c.Catalogue, func(p campaign.Programme) bool { return p.Category == "15" })]
	for _, tc := range []struct {
		name        string
		app         form.Application
		change      func(*form.Application)
		field, code string
	}{
		{"a pupil without pupil number", pupil, func(a *form.Application) { delete(a.Fields, form.PupilNumber) }, form.PupilNumber, form.Missing},
		{"a pupil without diploma", pupil, func(a *form.Application) { delete(a.Fields, form.Diploma) }, "", ""},
		{"an earlier year without diploma", former, func(a *form.Application) { delete(a.Fields, form.Diploma) }, form.Diploma, form.Missing},
		{"an earlier year without date", former, func(a *form.Application) { delete(a.Fields, form.GraduationDate) }, form.GraduationDate, form.Missing},
		{"a vocational pupil without class", vocational, func(a *form.Application) { delete(a.Fields, form.VocationalClass) }, form.VocationalClass, form.Missing},
		{"without assessment", pupil, func(a *form.Application) { delete(a.Fields, form.Conduct) }, "", ""},
		{"no choice", pupil, func(a *form.Application) { a.Choices = nil }, "choice 1", form.NoChoice},
		{"two choices", pupil, func(a *form.Application) {
			a.Choices = append(a.Choices, form.Choice{Order: 2, Level: "1", Category: "11"})
		}, "choice", form.TooMany},
		{"a category of another level", pupil, func(a *form.Application) { a.Choices[0].Category = "25" }, "choice 1", form.LevelCategory},
		{"a college already", pupil, func(a *form.Application) { a.Choices[0] = programme.Choice(1) }, "choice 1", form.NotYetChosen},
		{"an unknown claim", pupil, func(a *form.Application) { a.Claims = []form.Claim{{Kind: form.BonusClaim, Code: "B10"}} }, form.OnClaim, form.UnknownClaim},
		{"an exemption", pupil, func(a *form.Application) { a.Claims = []form.Claim{{Kind: form.ExemptionClaim, Code: "E01"}} }, form.OnClaim, form.UnknownClaim},
	} {
		app := tc.app.Clone()
		tc.change(&app)
		got := check.Check(app, gaokaoPlace(app.Point), gaokaoDay).Findings
		switch {
		case tc.code == "" && len(got) > 0:
			t.Errorf("%s: %v", tc.name, got)
		case tc.code != "" && (len(got) != 1 || got[0].Field != tc.field || got[0].Code != tc.code):
			t.Errorf("%s: got %v, want %s %s", tc.name, got, tc.field, tc.code)
		}
	}
	// A sixteen-year-old needs no designated point: the gaokao has none.
	if a := check.Check(pupil, gaokaoPlace(pupil.Point), gaokaoDay); a.Minor || a.Medical {
		t.Errorf("minor %t, medical %t", a.Minor, a.Medical)
	}
}

// A head of office reads the rules in words; a rule on a field that is not
// there is refused.
func TestGaokao2014RulesInWords(t *testing.T) {
	c := campaign.Gaokao2014()
	v := c.Vocabulary()
	for _, r := range c.Rules {
		if f := v.CheckRule(r); len(f) > 0 {
			t.Errorf("%s: %v", r.Key, f)
		}
		for _, english := range []bool{false, true} {
			if w := r.Words(v, english); w == "" || strings.Contains(w, "KSLBDM") || strings.Contains(w, "BYXXDM") {
				t.Errorf("%s in words: %s", r.Key, w)
			}
		}
	}
	school := c.Rules[slices.IndexFunc(c.Rules, func(r form.Rule) bool { return r.Key == "pupil-at-school" })]
	if got, want := school.Must.Words(v, false), "确认点的代码与“毕业学校代码”相同"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := school.Must.Words(v, true), "the point has the code given as school code"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	school.Must = form.Condition{Point: &form.PointTest{Field: "QQ"}}
	if f := v.CheckRule(school); len(f) != 1 || f[0].Place != "must.point.field" {
		t.Errorf("a point of an unknown field: %v", f)
	}
}
