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

// Each row breaks one thing in a good campaign; the check must name the place.
func TestValidateRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, place, code string
		spoil             func(*campaign.Campaign)
	}{
		{"no id", "id", campaign.ProblemMissing, func(c *campaign.Campaign) { c.ID = "" }},
		{"overlapping windows", "register-changsha-", campaign.ProblemOverlap, func(c *campaign.Campaign) { c.Windows[0].To = c.Windows[0].To.Add(time.Second) }},
		{"end before start", "windows[0]", campaign.ProblemReversed, func(c *campaign.Campaign) { c.Windows[0].From, c.Windows[0].To = c.Windows[0].To, c.Windows[0].From }},
		{"hours reversed", "windows[", campaign.ProblemReversed, func(c *campaign.Campaign) {
			i := slices.IndexFunc(c.Windows, func(w window.Window) bool { return len(w.Hours) > 0 })
			c.Windows[i].Hours[0].To = c.Windows[i].Hours[0].From
		}},
		{"two windows with one id", "windows[1]", campaign.ProblemDuplicate, func(c *campaign.Campaign) { c.Windows[1].ID = c.Windows[0].ID }},
		{"unknown division", "windows[0]", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Windows[0].Scope.Divisions = []string{"430199"} }},
		{"unknown household", "windows[0]", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Windows[0].Scope.Households = []string{"440100"} }},
		{"unknown level in a window", "windows[0]", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Windows[0].Scope.Levels = []string{"7"} }},
		{"no window for paying", "windows", campaign.ProblemMissing, func(c *campaign.Campaign) {
			c.Windows = slices.DeleteFunc(c.Windows, func(w window.Window) bool { return w.Step == "pay" })
		}},
		{"missing fee", "fees", campaign.ProblemMissing, func(c *campaign.Campaign) { c.Fees = c.Fees[:2] }},
		{"fee of no level", "fees", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Fees = append(c.Fees, campaign.Fee{Level: "9", Fen: 1}) }},
		{"negative fee", "fees", campaign.ProblemValue, func(c *campaign.Campaign) { c.Fees[0].Fen = -1 }},
		{"level disagrees with category", "form.categories 11", campaign.ProblemDisagree, func(c *campaign.Campaign) { c.Form.Categories[0].Level = "2" }},
		{"category of no level", "form.categories 11", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Form.Categories[0].Level = "8" }},
		{"unknown subject", "form.categories 11", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Form.Categories[0].Subjects = []string{"QQ"} }},
		{"second choice of no level", "form.levels 1", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Form.Levels[0].Second = []string{"8"} }},
		{"two fields with one key", "form.fields[1]", campaign.ProblemDuplicate, func(c *campaign.Campaign) { c.Form.Fields[1].Key = c.Form.Fields[0].Key }},
		{"field on no page", "form.fields KSH", campaign.ProblemUnreachable, func(c *campaign.Campaign) { c.Form.Fields[0].Group = "elsewhere" }},
		{"group without page", "form.fields", campaign.ProblemUnreachable, func(c *campaign.Campaign) { c.Form.Groups[0].Page = 0 }},
		{"field without code table", "form.fields XBDM", campaign.ProblemUnknown, func(c *campaign.Campaign) { field(c, form.Sex).Table = "nothing" }},
		{"column too wide for DBF", "form.fields TXDZ", campaign.ProblemValue, func(c *campaign.Campaign) { field(c, form.PostAddress).MaxBytes = 255 }},
		{"condition on no field", "form.fields BYZSH", campaign.ProblemUnknown, func(c *campaign.Campaign) {
			field(c, form.Diploma).When = []form.When{{Field: "QQ", In: []string{"1"}}}
		}},
		{"condition on no code", "form.fields BYZSH", campaign.ProblemUnknown, func(c *campaign.Campaign) {
			field(c, form.Diploma).When = []form.When{{Field: form.Education, In: []string{"99"}}}
		}},
		{"no pledge", "texts", campaign.ProblemMissing, func(c *campaign.Campaign) { c.Texts = c.Texts[1:] }},
		{"photo policy", "policy.photo", campaign.ProblemValue, func(c *campaign.Campaign) { c.Policy.Photo = "painting" }},
		{"limits of a visit", "policy", campaign.ProblemValue, func(c *campaign.Campaign) { c.Policy.VisitHardS = 10 }},
		{"act by nobody", "acts[0]", campaign.ProblemValue, func(c *campaign.Campaign) { c.Acts[0].Persons = 0 }},
		{"date", "dates[0]", campaign.ProblemValue, func(c *campaign.Campaign) { c.Dates[0].Day = "2019-02-30" }},
		{"sitting ends first", "sittings[0]", campaign.ProblemReversed, func(c *campaign.Campaign) { c.Sittings[0].Ends[0].At = "08:00" }},
		{"orphan division", "divisions 430102", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Divisions[2].Parent = "449900" }},
		{"no province", "province", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Province = "440000" }},
		{"programme of another level", "catalogue[0]", campaign.ProblemDisagree, func(c *campaign.Campaign) { c.Catalogue[0].Level = "2" }},
		{"programme twice", "catalogue[1]", campaign.ProblemDuplicate, func(c *campaign.Campaign) { c.Catalogue[1] = c.Catalogue[0] }},
		{"programme of strange length", "catalogue[0]", campaign.ProblemUnknown, func(c *campaign.Campaign) { c.Catalogue[0].Years = "9" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := campaign.Adult2019()
			tc.spoil(&c)
			found := c.Validate()
			if !slices.ContainsFunc(found, func(p campaign.Problem) bool {
				return strings.Contains(p.Place, tc.place) && p.Code == tc.code && p.Zh != "" && p.En != ""
			}) {
				t.Errorf("want %s at %s, got %v", tc.code, tc.place, found)
			}
			if again := c.Validate(); !slices.Equal(found, again) {
				t.Error("the second look finds something else")
			}
		})
	}
	if (campaign.Campaign{}).Validate() == nil {
		t.Error("an empty campaign passes")
	}
}

func field(c *campaign.Campaign, key string) *form.Field {
	i := slices.IndexFunc(c.Form.Fields, func(f form.Field) bool { return f.Key == key })
	return &c.Form.Fields[i]
}
