package synthetic_test

import (
	"reflect"
	"testing"
	"time"
	"unicode/utf16"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

var furong = synthetic.Point{Code: "43010203", Division: "430102"}

func TestCandidatesAreValidAndFitTheChip(t *testing.T) {
	c := campaign.Adult2019()
	k, err := c.Checker()
	if err != nil {
		t.Fatal(err)
	}
	people := synthetic.Candidates(c, 1, 600, furong, synthetic.Point{Code: "43312201", Division: "433122"})
	numbers, candidates, ids, levels := map[identity.Number]bool{}, map[string]bool{}, map[string]bool{}, map[string]int{}
	for i, p := range people {
		app := p.Application
		for _, f := range k.Check(app, campaign.Place{}, synthetic.Day(c)).Findings {
			t.Errorf("candidate %d (%s): %+v", i, p.Flaw, f)
		}
		if n := len(utf16.Encode([]rune(string(p.Chip.Name)))); n == 0 || n > 15 {
			t.Errorf("candidate %d: name takes %d units on the chip", i, n)
		}
		if n := len(utf16.Encode([]rune(p.Chip.Address))); n > 35 {
			t.Errorf("candidate %d: address takes %d units on the chip", i, n)
		}
		if n := len(utf16.Encode([]rune(p.Chip.Issuer))); n == 0 || n > 15 {
			t.Errorf("candidate %d: issuer takes %d units on the chip", i, n)
		}
		if err := p.Chip.Number.Valid(); err != nil {
			t.Errorf("candidate %d: %v", i, err)
		}
		if serial := string(p.Chip.Number)[14:15]; serial != "9" {
			t.Errorf("candidate %d: serial begins with %s, want 9", i, serial)
		}
		if numbers[p.Chip.Number] || candidates[app.Get(form.CandidateNumber)] || ids[app.ID] {
			t.Errorf("candidate %d: a number or id stands twice", i)
		}
		numbers[p.Chip.Number], candidates[app.Get(form.CandidateNumber)], ids[app.ID] = true, true, true
		levels[app.First().Level]++
	}
	for _, l := range c.Form.Levels {
		if levels[l.Code] < 50 {
			t.Errorf("level %s has %d of 600 candidates", l.Code, levels[l.Code])
		}
	}
}

func TestFlawsShowAsTheyShould(t *testing.T) {
	c := campaign.Adult2019()
	now := time.Date(2019, 9, 6, 9, 0, 0, 0, window.Zone())
	seen := map[synthetic.Flaw]bool{}
	for i, p := range synthetic.Candidates(c, 7, 60, furong) {
		seen[p.Flaw] = true
		var got []string
		for _, d := range form.Compare(p.Application, p.Chip) {
			got = append(got, d.String())
		}
		want := map[synthetic.Flaw][]string{
			synthetic.FlawNamePUA:  {"XM note"},
			synthetic.FlawNameDot:  {"XM note"},
			synthetic.FlawNameTypo: {"XM ask"},
			synthetic.FlawEthnic:   {"MZDM ask"},
			synthetic.FlawAddress:  {"TXDZ note"},
		}[p.Flaw]
		if !reflect.DeepEqual(got, want) {
			t.Errorf("candidate %d, flaw %q: differences %v, want %v", i, p.Flaw, got, want)
		}
		today, tomorrow := form.InForce, form.InForce
		if p.Flaw == synthetic.FlawExpired {
			today, tomorrow = form.ExpiredCard, form.ExpiredCard
		} else if p.Flaw == synthetic.FlawExpiresNow {
			tomorrow = form.ExpiredCard
		}
		if v := form.Expired(p.Chip, now, now); v != today {
			t.Errorf("candidate %d, flaw %q: document is %s, want %s", i, p.Flaw, v, today)
		}
		next := now.AddDate(0, 0, 1)
		if v := form.Expired(p.Chip, next, next); v != tomorrow {
			t.Errorf("candidate %d, flaw %q: document is %s a day later, want %s", i, p.Flaw, v, tomorrow)
		}
	}
	for _, k := range synthetic.Cases() {
		if !seen[k.Flaw] {
			t.Errorf("flaw %q was not made", k.Flaw)
		}
	}
}

func TestSameSeedSamePeople(t *testing.T) {
	c := campaign.Adult2019()
	a := synthetic.Candidates(c, 3, 80, furong)
	if b := synthetic.Candidates(c, 3, 80, furong); !reflect.DeepEqual(a, b) {
		t.Error("the same seed made other people")
	}
	if b := synthetic.Candidates(c, 4, 80, furong); reflect.DeepEqual(a, b) {
		t.Error("another seed made the same people")
	}
	for _, p := range a {
		if p.Chip.Number == synthetic.Stranger(c, 3).Number {
			t.Error("the stranger is registered")
		}
	}
}
