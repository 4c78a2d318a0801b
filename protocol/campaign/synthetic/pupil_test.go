package synthetic_test

import (
	"reflect"
	"testing"
	"unicode/utf16"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Points of schools: a city district, a county of the plan for poor counties
// with an autonomous name, a county of Xiangxi.
var schools = []synthetic.Point{{Code: "43010203", Division: "430102"}, {Code: "43052901", Division: "430529"}, {Code: "43313001", Division: "433130"}}

func place(at synthetic.Point) campaign.Place {
	return campaign.Place{Code: at.Code, Division: at.Division, Known: true}
}

func TestPupilsAreValidAndOfEveryKind(t *testing.T) {
	c := campaign.Gaokao2014()
	check, err := c.Checker()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]campaign.Place{}
	for _, p := range schools {
		at[p.Code] = place(p)
	}
	categories, kinds, schemes, flaws := map[string]int{}, map[string]int{}, map[string]int{}, map[synthetic.Flaw]int{}
	candidates, sequences, numbers, beyond, bonuses := map[string]bool{}, map[string]bool{}, map[identity.Number]bool{}, 0, 0
	for i, p := range synthetic.Candidates(c, 1, 900, schools...) {
		app := p.Application
		a := check.Check(app, at[app.Point], synthetic.Day(c))
		for _, f := range a.Findings {
			t.Errorf("candidate %d (%s): %s %s", i, p.Flaw, f.Field, f.Code)
		}
		if !a.FeeKnown || a.Fee <= 0 || a.Minor {
			t.Errorf("candidate %d: %+v", i, a)
		}
		if a.Points > 0 {
			bonuses++
		}
		if n := len(utf16.Encode([]rune(string(p.Chip.Name)))); n == 0 || n > 15 {
			t.Errorf("candidate %d: name takes %d units on the chip", i, n)
		}
		if n := len(utf16.Encode([]rune(p.Chip.Address))); n > 35 {
			t.Errorf("candidate %d: address takes %d units on the chip", i, n)
		}
		for _, f := range c.Form.Fields {
			if f.Filled != form.ByCandidate && f.Key != form.CandidateNumber && app.Get(f.Key) != "" {
				t.Errorf("candidate %d: %s is not hers to fill", i, f.Key)
			}
		}
		if numbers[p.Chip.Number] || candidates[app.Get(form.CandidateNumber)] || sequences[app.SequenceNumber] {
			t.Errorf("candidate %d: a number stands twice", i)
		}
		numbers[p.Chip.Number], candidates[app.Get(form.CandidateNumber)], sequences[app.SequenceNumber] = true, true, true
		for _, n := range []struct{ key, number string }{{campaign.NumberCandidate, app.Get(form.CandidateNumber)}, {campaign.NumberSequence, app.SequenceNumber}} {
			template, _ := c.Number(n.key)
			pattern, err := template.Compile()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := pattern.Parse(n.number); err != nil {
				t.Errorf("candidate %d: %s number: %v", i, n.key, err)
			}
		}
		for _, r := range app.Get(form.FullName) {
			if r > 0xFFFF {
				beyond++
			}
		}
		categories[app.First().Category]++
		kinds[app.Get(form.CandidateKind)]++
		schemes[app.Get(form.Scheme)]++
		flaws[p.Flaw]++
	}
	for _, k := range c.Form.Categories {
		if categories[k.Code] < 5 {
			t.Errorf("category %s has %d of 900", k.Code, categories[k.Code])
		}
	}
	for _, table := range []struct {
		name string
		seen map[string]int
	}{{"category", kinds}, {"scheme", schemes}} {
		entries, _ := c.Form.Table(table.name)
		for _, e := range entries.Entries {
			if table.seen[e.Code] == 0 {
				t.Errorf("%s %s: nobody", table.name, e.Code)
			}
		}
	}
	for _, k := range synthetic.GaokaoCases() {
		if flaws[k.Flaw] == 0 {
			t.Errorf("flaw %q was not made", k.Flaw)
		}
	}
	if beyond == 0 || bonuses == 0 {
		t.Errorf("%d characters beyond the base plane, %d with a bonus", beyond, bonuses)
	}
}

func TestSameSeedSamePupils(t *testing.T) {
	c := campaign.Gaokao2014()
	a := synthetic.Candidates(c, 3, 80, schools...)
	if !reflect.DeepEqual(a, synthetic.Candidates(c, 3, 80, schools...)) {
		t.Error("the same seed made other people")
	}
	if reflect.DeepEqual(a, synthetic.Candidates(c, 4, 80, schools...)) {
		t.Error("another seed made the same people")
	}
}
