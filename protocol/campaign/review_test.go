package campaign_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// review spoils the first line of the review.
func review(spoil func(r *campaign.Review)) func(*campaign.Campaign) string {
	return func(c *campaign.Campaign) string {
		spoil(&c.Reviews[0])
		return "reviews " + c.Reviews[0].Key
	}
}

var faultsOfReviews = []fault{
	{"review twice", campaign.ProblemDuplicate, func(c *campaign.Campaign) string {
		c.Reviews[1].Key = c.Reviews[0].Key
		return "reviews " + c.Reviews[0].Key
	}},
	{"review of no kind", campaign.ProblemValue, review(func(r *campaign.Review) { r.Kind = "weight" })},
	{"two lines of bonuses", campaign.ProblemDuplicate, func(c *campaign.Campaign) string {
		c.Reviews[0].Kind, c.Reviews[0].When = campaign.ReviewBonus, form.Condition{}
		i := slices.IndexFunc(c.Reviews[1:], func(r campaign.Review) bool { return r.Kind == campaign.ReviewBonus })
		return "reviews " + c.Reviews[i+1].Key + ".kind"
	}},
	{"review under a name no record takes", campaign.ProblemValue, review(func(r *campaign.Review) { r.Key = "a b" })},
	{"review without English", campaign.ProblemMissing, review(func(r *campaign.Review) { r.En = "" })},
	{"review of nothing in particular", campaign.ProblemMissing, review(func(r *campaign.Review) { r.Look = "" })},
	{"review that nobody can mend", campaign.ProblemMissing, review(func(r *campaign.Review) { r.BringEn = "" })},
	{"review without an end", campaign.ProblemUnknown, review(func(r *campaign.Review) { r.Until = "doomsday" })},
	{"review beside a field that is not", campaign.ProblemUnknown, review(func(r *campaign.Review) { r.Fields = []string{"SHOE"} })},
	{"review of an unknown level", campaign.ProblemValue, review(func(r *campaign.Review) {
		r.When = form.Condition{Choice: &form.ChoiceTest{Which: form.AnyChoice, Levels: []string{"8"}}}
	})},
	{"claims under a condition", campaign.ProblemValue, func(c *campaign.Campaign) string {
		i := slices.IndexFunc(c.Reviews, func(r campaign.Review) bool { return r.Claims() })
		c.Reviews[i].When = form.Condition{Field: &form.FieldTest{Key: form.Sex}}
		return "reviews " + c.Reviews[i].Key + ".when"
	}},
}

func keys(all []campaign.Review) string {
	var out []string
	for _, r := range all {
		out = append(out, r.Key)
	}
	return strings.Join(out, " ")
}

// What is looked at depends on whom: domain rules 1.6, demands A38, A39.
func TestReviewed(t *testing.T) {
	adult, gaokao := campaign.Adult2019(), campaign.Gaokao2014()
	on := time.Date(2019, 9, 6, 9, 0, 0, 0, window.Zone())
	person := func(change func(a *form.Application)) form.Application {
		a := form.Application{Fields: form.Fields{form.BirthDate: "19840904"}, Choices: []form.Choice{{Order: 1, Level: "1", Category: "11"}}}
		change(&a)
		return a
	}
	in := func(division string) campaign.Place { return campaign.Place{Known: true, Division: division} }
	for _, tc := range []struct {
		name string
		c    campaign.Campaign
		app  form.Application
		at   campaign.Place
		want string
	}{
		{"from high school, far from the five cities", adult, person(func(*form.Application) {}), in("433101"), "pledge"},
		{"in Changsha", adult, person(func(*form.Application) {}), in("430102"), "household pledge"},
		{"a point nobody knows: asked", adult, person(func(*form.Application) {}), campaign.Place{}, "household pledge"},
		{"to bachelor", adult, person(func(a *form.Application) { a.Choices[0] = form.Choice{Order: 1, Level: "3", Category: "34"} }), in("433101"), "diploma pledge"},
		{"nurse", adult, person(func(a *form.Application) { a.Choices[0] = form.Choice{Order: 1, Level: "3", Category: "38"} }), in("433101"), "diploma licence pledge"},
		{"under age", adult, person(func(a *form.Application) { a.Fields[form.BirthDate] = "20030903" }), in("433101"), "minor pledge"},
		{"17 that day", adult, person(func(a *form.Application) { a.Fields[form.BirthDate] = "20020902" }), in("433101"), "pledge"},
		{"no date of birth: asked", adult, person(func(a *form.Application) { delete(a.Fields, form.BirthDate) }), in("433101"), "minor pledge"},
		{"pupil", gaokao, person(func(a *form.Application) { a.Fields["KSLBDM"] = "2"; a.Fields["KSLXDM"] = "1" }), in("433101"), "pupil household"},
		{"left school, preparatory course", gaokao, person(func(a *form.Application) { a.Fields["KSLBDM"] = "4"; a.Fields["KSLXDM"] = "2" }), in("433101"), "diploma household ethnic"},
	} {
		got, err := tc.c.Reviewed(tc.app, tc.at, on)
		if err != nil || keys(got) != tc.want {
			t.Errorf("%s: got %q, want %q, %v", tc.name, keys(got), tc.want, err)
		}
	}
	adult.Reviews = nil
	if got, err := adult.Reviewed(person(func(*form.Application) {}), in("430102"), on); err != nil || len(got) != 0 {
		t.Errorf("a campaign without a review: %v, %v", got, err)
	}
}

// Kinds she cannot claim say why; none is offered that her age brings.
func TestClaimKinds(t *testing.T) {
	c := campaign.Adult2019()
	k, err := c.Checker()
	if err != nil {
		t.Fatal(err)
	}
	app := form.Application{Fields: form.Fields{form.Ethnic: "01", form.Household: "433101", form.BirthDate: "19840904"},
		Choices: []form.Choice{{Order: 1, Level: "1", Category: "11"}}, Claims: []form.Claim{{Kind: form.BonusClaim, Code: "B11"}}}
	on := time.Date(2019, 9, 6, 9, 0, 0, 0, window.Zone())
	why := map[string]string{}
	for _, one := range c.ClaimKinds(k, app, campaign.Place{}, on) {
		if one.Evidence == "" || (one.Why == "") != (one.WhyEn == "") || one.Kind == form.BonusClaim && one.Points == 0 {
			t.Errorf("%+v", one)
		}
		why[one.Code] = one.Why
	}
	if len(why) != 14 || why["B11"] != "" || why["B08"] == "" || why["E01"] != "" || why["E04"] == "" {
		t.Errorf("%v", why)
	}
	if _, there := why["B10"]; there {
		t.Error("what her age brings is offered")
	}
	c.Reviews = slices.DeleteFunc(c.Reviews, func(r campaign.Review) bool { return r.Kind == campaign.ReviewExemption })
	if got := c.ClaimKinds(k, app, campaign.Place{}, on); len(got) != 10 {
		t.Errorf("%d kinds where exemptions are not taken at the desk", len(got))
	}
}

// The end of a step is that of her own window, in its highest revision.
func TestDeadline(t *testing.T) {
	c := campaign.Adult2019()
	who := window.Subject{Division: "430102", Household: "430102"}
	if got := c.Deadline("exemption-files", who); !got.Equal(september(21, 0)) {
		t.Errorf("exemption files until %s", got)
	}
	if got := c.Deadline(window.Confirm, who); !got.Equal(september(12, 0)) {
		t.Errorf("Changsha confirms until %s", got)
	}
	c.Windows = append(c.Windows, window.Window{ID: "confirm-changsha-late", Step: window.Confirm, From: september(12, 0), To: september(14, 0), Scope: window.Scope{Divisions: []string{"430100"}}})
	if got := c.Deadline(window.Confirm, who); !got.Equal(september(14, 0)) {
		t.Errorf("extended for her: until %s", got)
	}
	if got := c.Deadline(window.Confirm, window.Subject{Division: "433101", Household: "433101"}); !got.Equal(september(12, 0)) {
		t.Errorf("extended for others: until %s", got)
	}
	if got := c.Deadline("never", who); !got.IsZero() {
		t.Errorf("a step without windows: %s", got)
	}
}

func september(day, hour int) time.Time {
	return time.Date(2019, 9, day, hour, 0, 0, 0, window.Zone())
}
