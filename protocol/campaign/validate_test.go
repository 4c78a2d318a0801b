package campaign_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// fault breaks one thing in a good campaign and says at which place the check
// must find it; "" when the campaign has nothing of the kind to break.
type fault struct {
	name, code string
	break_     func(c *campaign.Campaign) (place string)
}

// at makes a break that is found at one place in every campaign.
func at(place string, spoil func(c *campaign.Campaign)) func(*campaign.Campaign) string {
	return func(c *campaign.Campaign) string { spoil(c); return place }
}

func field(c *campaign.Campaign, key string) *form.Field {
	i := slices.IndexFunc(c.Form.Fields, func(f form.Field) bool { return f.Key == key })
	if i < 0 {
		return nil
	}
	return &c.Form.Fields[i]
}

// coded is the first field that has a code table.
func coded(c *campaign.Campaign) *form.Field {
	i := slices.IndexFunc(c.Form.Fields, func(f form.Field) bool { return f.Kind == form.KindCode })
	return &c.Form.Fields[i]
}

func TestValidateRefuses(t *testing.T) {
	all := slices.Concat(faultsOfCalendar, faultsOfForm, faultsOfTables, faultsOfWhole, faultsOfApprovals, faultsOfReviews, faultsOfPayment)
	for _, good := range campaign.Shipped() {
		good.Catalogue = good.Catalogue[:4] // all that is needed; decoding the rest took most of the time
		bundle, err := campaign.Encode(good)
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range all {
			t.Run(good.ID+"/"+tc.name, func(t *testing.T) {
				c, err := campaign.Decode(bundle)
				if err != nil {
					t.Fatal(err)
				}
				place := tc.break_(&c)
				if place == "" {
					t.Fatalf("%s has nothing to break", c.ID)
				}
				found := c.Validate()
				if !slices.ContainsFunc(found, func(p campaign.Problem) bool { return strings.HasPrefix(p.Place, place) && p.Code == tc.code }) {
					t.Errorf("want %s at %s, got %v", tc.code, place, found)
				}
				for _, p := range found {
					if p.Zh == "" || p.En == "" || !strings.HasSuffix(p.Zh, "。") || strings.Contains(p.Zh+p.En, "%!") {
						t.Errorf("does not say what to do: %+v", p)
					}
				}
			})
		}
		c, err := campaign.Decode(bundle)
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range faultsOfCalendar[:8] {
			tc.break_(&c)
		}
		if found := c.Validate(); len(found) < 3 || !slices.Equal(found, c.Validate()) {
			t.Errorf("%s with several faults: the second look finds something else than %v", good.ID, found)
		}
	}
	if (campaign.Campaign{}).Validate() == nil {
		t.Error("an empty campaign passes")
	}
}

var faultsOfCalendar = []fault{
	{"overlapping windows", campaign.ProblemOverlap, func(c *campaign.Campaign) string {
		w := c.Windows[0]
		w.ID = "zagain" // of two that begin at once the one of the later id is named behind
		c.Windows = append(c.Windows, w)
		return "windows " + c.Windows[0].ID + ", zagain"
	}},
	{"overlap by a second", campaign.ProblemOverlap, func(c *campaign.Campaign) string {
		w := c.Windows[0]
		w.ID, w.From, w.To = "again", w.To.Add(-time.Second), w.To.Add(time.Hour)
		c.Windows = append(c.Windows, w)
		return "windows " + c.Windows[0].ID + ", again"
	}},
	{"end before start", campaign.ProblemReversed, func(c *campaign.Campaign) string {
		c.Windows[0].From, c.Windows[0].To = c.Windows[0].To, c.Windows[0].From
		return "windows " + c.Windows[0].ID
	}},
	{"end at start", campaign.ProblemReversed, func(c *campaign.Campaign) string {
		c.Windows[0].To = c.Windows[0].From
		return "windows " + c.Windows[0].ID
	}},
	{"hours reversed", campaign.ProblemReversed, func(c *campaign.Campaign) string {
		c.Windows[0].Hours = []window.Hours{{From: 720, To: 480}}
		return "windows " + c.Windows[0].ID
	}},
	{"hours of the next day", campaign.ProblemReversed, func(c *campaign.Campaign) string {
		c.Windows[0].Hours = []window.Hours{{From: 480, To: 1441}}
		return "windows " + c.Windows[0].ID
	}},
	{"another century", campaign.ProblemValue, func(c *campaign.Campaign) string {
		c.Windows[0].From, c.Windows[0].To = c.Windows[0].From.AddDate(100, 0, 0), c.Windows[0].To.AddDate(100, 0, 0)
		return "windows " + c.Windows[0].ID
	}},
	{"two windows with one id", campaign.ProblemDuplicate, func(c *campaign.Campaign) string {
		c.Windows[1].ID = c.Windows[0].ID
		return "windows " + c.Windows[0].ID
	}},
	{"a window without an id", campaign.ProblemMissing, at("windows", func(c *campaign.Campaign) { c.Windows[0].ID = "" })},
	{"a window without a step", campaign.ProblemMissing, at("windows", func(c *campaign.Campaign) { c.Windows[0].Step = "" })},
	{"a step nobody named", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Windows[0].Step = "dance"
		return "windows " + c.Windows[0].ID + ".step"
	}},
	{"unknown division", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Windows[0].Scope.Divisions = []string{"430199"}
		return "windows " + c.Windows[0].ID
	}},
	{"unknown household", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Windows[0].Scope.Households = []string{"440100"}
		return "windows " + c.Windows[0].ID
	}},
	{"unknown level in a window", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Windows[0].Scope.Levels = []string{"7"}
		return "windows " + c.Windows[0].ID
	}},
	{"unknown category in a window", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Windows[0].Scope.Categories = []string{"77"}
		return "windows " + c.Windows[0].ID
	}},
	{"unknown last digit", campaign.ProblemValue, func(c *campaign.Campaign) string {
		c.Windows[0].Scope.Digits = []string{"10"}
		return "windows " + c.Windows[0].ID
	}},
	{"no window for paying", campaign.ProblemMissing, at("windows", func(c *campaign.Campaign) {
		c.Windows = slices.DeleteFunc(c.Windows, func(w window.Window) bool { return w.Step == window.Pay })
	})},
	{"date", campaign.ProblemValue, func(c *campaign.Campaign) string { c.Dates[0].Day = "2019-02-30"; return "dates " + c.Dates[0].Key }},
	{"date of another century", campaign.ProblemValue, func(c *campaign.Campaign) string { c.Dates[0].Day = "1919-09-02"; return "dates " + c.Dates[0].Key }},
	{"no day to reckon ages on", campaign.ProblemMissing, at("dates", func(c *campaign.Campaign) {
		c.Policy.Minor = campaign.Under17
		c.Dates = slices.DeleteFunc(c.Dates, func(d campaign.Date) bool { return d.Key == campaign.DateMinorAge })
	})},
	{"sitting ends first", campaign.ProblemReversed, at("sittings 1", func(c *campaign.Campaign) { c.Sittings[0].Ends[0].At = "08:00" })},
	{"sitting on no day", campaign.ProblemValue, at("sittings 1", func(c *campaign.Campaign) { c.Sittings[0].Date = "2019-02-30" })},
	{"sitting of no level", campaign.ProblemUnknown, at("sittings 1", func(c *campaign.Campaign) { c.Sittings[0].Ends[0].Level = "8" })},
	{"two sittings at once", campaign.ProblemOverlap, at("sittings 2", func(c *campaign.Campaign) {
		c.Sittings[1].Date, c.Sittings[1].Start, c.Sittings[1].Ends = c.Sittings[0].Date, c.Sittings[0].Start, c.Sittings[0].Ends
	})},
	{"more papers than sittings", campaign.ProblemDisagree, at("form.categories", func(c *campaign.Campaign) { c.Sittings = c.Sittings[:1] })},
	{"step without a name", campaign.ProblemMissing, func(c *campaign.Campaign) string { c.Steps[0].Zh = ""; return "steps " + c.Steps[0].Key }},
	{"step by nobody known", campaign.ProblemValue, func(c *campaign.Campaign) string {
		c.Steps[0].By = []string{"the postman"}
		return "steps " + c.Steps[0].Key
	}},
}

var faultsOfForm = []fault{
	{"no fields", campaign.ProblemMissing, at("form.fields", func(c *campaign.Campaign) { c.Form.Fields = nil })},
	{"two fields with one key", campaign.ProblemDuplicate, func(c *campaign.Campaign) string {
		c.Form.Fields[1].Key = c.Form.Fields[0].Key
		return "form.fields " + c.Form.Fields[0].Key
	}},
	{"field on no page", campaign.ProblemUnreachable, at("form.fields XM.group", func(c *campaign.Campaign) { field(c, form.FullName).Group = "elsewhere" })},
	{"group without page", campaign.ProblemUnreachable, at("form.fields", func(c *campaign.Campaign) { c.Form.Groups[0].Page = 0 })},
	{"field filled at no step", campaign.ProblemUnreachable, at("form.fields XM.during", func(c *campaign.Campaign) { field(c, form.FullName).During = "" })},
	{"field filled at a step that never comes", campaign.ProblemUnreachable, at("form.fields XM.during", func(c *campaign.Campaign) { field(c, form.FullName).During = "dance" })},
	{"field filled by nobody", campaign.ProblemValue, at("form.fields XM.filled", func(c *campaign.Campaign) { field(c, form.FullName).Filled = "the wind" })},
	{"field of no kind", campaign.ProblemValue, at("form.fields XM.kind", func(c *campaign.Campaign) { field(c, form.FullName).Kind = "picture" })},
	{"field without a name", campaign.ProblemMissing, at("form.fields XM", func(c *campaign.Campaign) { field(c, form.FullName).En = "" })},
	{"field without code table", campaign.ProblemUnknown, at("form.fields XBDM.table", func(c *campaign.Campaign) { field(c, form.Sex).Table = "nothing" })},
	{"codes that do not fit", campaign.ProblemDisagree, func(c *campaign.Campaign) string {
		f := coded(c)
		i := slices.IndexFunc(c.Form.Tables, func(t form.Table) bool { return t.Name == f.Table })
		c.Form.Tables[i].Entries[0].Code = strings.Repeat("9", f.MaxBytes+1)
		return "form.fields " + f.Key + ".table"
	}},
	{"code without a name", campaign.ProblemMissing, at("form.tables", func(c *campaign.Campaign) { c.Form.Tables[0].Entries[0].Zh = "" })},
	{"code twice", campaign.ProblemDuplicate, at("form.tables", func(c *campaign.Campaign) { c.Form.Tables[0].Entries[1].Code = c.Form.Tables[0].Entries[0].Code })},
	{"column too wide for DBF", campaign.ProblemValue, at("form.fields XM", func(c *campaign.Campaign) { field(c, form.FullName).MaxBytes = 255 })},
	{"field without length", campaign.ProblemValue, at("form.fields XM", func(c *campaign.Campaign) { field(c, form.FullName).MaxChars = 0 })},
	{"condition on no field", campaign.ProblemUnknown, at("form.fields XM.when", func(c *campaign.Campaign) {
		field(c, form.FullName).When = []form.When{{Field: "QQ", In: []string{"1"}}}
	})},
	{"condition on no code", campaign.ProblemUnknown, at("form.fields XM.when", func(c *campaign.Campaign) {
		field(c, form.FullName).When = []form.When{{Field: form.Sex, In: []string{"7"}}}
	})},
	{"condition on no level", campaign.ProblemUnknown, at("form.fields XM.when", func(c *campaign.Campaign) {
		field(c, form.FullName).When = []form.When{{Levels: []string{"8"}}}
	})},
	{"ten choices", campaign.ProblemValue, at("form.max_choices", func(c *campaign.Campaign) { c.Form.MaxChoices = 10 })},
	{"no levels", campaign.ProblemMissing, at("form.levels", func(c *campaign.Campaign) { c.Form.Levels = nil })},
	{"level disagrees with category", campaign.ProblemDisagree, func(c *campaign.Campaign) string {
		k := &c.Form.Categories[0]
		k.Level = c.Form.Levels[1].Code
		if k.Level == k.Code[:1] {
			k.Level = c.Form.Levels[0].Code
		}
		return "form.categories " + k.Code
	}},
	{"category of three digits", campaign.ProblemDisagree, func(c *campaign.Campaign) string {
		c.Form.Categories[0].Code += "1"
		return "form.categories " + c.Form.Categories[0].Code
	}},
	{"category of no level", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Form.Categories[0].Level = "8"
		return "form.categories " + c.Form.Categories[0].Code
	}},
	{"category without a name", campaign.ProblemMissing, func(c *campaign.Campaign) string {
		c.Form.Categories[0].Zh = ""
		return "form.categories " + c.Form.Categories[0].Code
	}},
	{"unknown subject", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Form.Categories[0].Subjects = []string{"QQ"}
		return "form.categories " + c.Form.Categories[0].Code
	}},
	{"subject twice", campaign.ProblemDuplicate, func(c *campaign.Campaign) string {
		k := &c.Form.Categories[0]
		k.Subjects[1] = k.Subjects[0]
		return "form.categories " + k.Code
	}},
	{"subject without marks", campaign.ProblemValue, func(c *campaign.Campaign) string {
		c.Subjects[0].FullMark = 0
		return "subjects " + c.Subjects[0].Key
	}},
	{"second choice of no level", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Form.Levels[0].Second = []string{"8"}
		return "form.levels " + c.Form.Levels[0].Code
	}},
	{"level of two digits", campaign.ProblemValue, at("form.levels 10", func(c *campaign.Campaign) { c.Form.Levels[0].Code = "10" })},
	{"level without a category", campaign.ProblemMissing, at("form.levels 8", func(c *campaign.Campaign) {
		c.Form.Levels = append(c.Form.Levels, form.Level{Code: "8", Zh: "新层次", En: "new", Minutes: 120})
	})},
	{"level without minutes", campaign.ProblemValue, at("form.levels", func(c *campaign.Campaign) { c.Form.Levels[0].Minutes = 0 })},
	{"diploma that nobody has", campaign.ProblemUnknown, at("form.levels", func(c *campaign.Campaign) { c.Form.Levels[0].Diploma = "doctor" })},
	{"missing fee", campaign.ProblemMissing, at("fees", func(c *campaign.Campaign) { c.Fees = c.Fees[1:] })},
	{"fee of no level", campaign.ProblemUnknown, at("fees 8", func(c *campaign.Campaign) { c.Fees = append(c.Fees, campaign.Fee{Level: "8", Fen: 1}) })},
	{"negative fee", campaign.ProblemValue, at("fees", func(c *campaign.Campaign) { c.Fees[0].Fen = -1 })},
	{"bonus beyond measure", campaign.ProblemValue, func(c *campaign.Campaign) string {
		c.Bonuses[0].Points = 2000
		return "bonuses " + c.Bonuses[0].Code
	}},
	{"automatic bonus without an age", campaign.ProblemValue, func(c *campaign.Campaign) string {
		c.Bonuses[0].Automatic, c.Bonuses[0].Age = true, 0
		return "bonuses " + c.Bonuses[0].Code
	}},
	{"bonus twice", campaign.ProblemDuplicate, func(c *campaign.Campaign) string {
		c.Bonuses[1].Code = c.Bonuses[0].Code
		return "bonuses " + c.Bonuses[0].Code
	}},
	{"exemption of no level", campaign.ProblemUnknown, at("exemptions X", func(c *campaign.Campaign) {
		c.Exemptions = append(c.Exemptions, campaign.Exemption{Code: "X", Zh: "新", Levels: []string{"8"}})
	})},
	{"exemption without a name", campaign.ProblemMissing, at("exemptions X", func(c *campaign.Campaign) { c.Exemptions = append(c.Exemptions, campaign.Exemption{Code: "X"}) })},
	{"orphan division", campaign.ProblemUnknown, at("divisions 430102", func(c *campaign.Campaign) { division(c, "430102").Parent = "449900" })},
	{"division under a county", campaign.ProblemUnknown, at("divisions 430102", func(c *campaign.Campaign) { division(c, "430102").Parent = "430103" })},
	{"division that is its own parent", campaign.ProblemUnknown, at("divisions 430100", func(c *campaign.Campaign) { division(c, "430100").Parent = "430100" })},
	{"division of five digits", campaign.ProblemValue, at("divisions 43010", func(c *campaign.Campaign) { division(c, "430102").Code = "43010" })},
	{"division without a name", campaign.ProblemMissing, at("divisions 430102", func(c *campaign.Campaign) { division(c, "430102").Name = "" })},
	{"no province", campaign.ProblemUnknown, at("province", func(c *campaign.Campaign) { c.Province = "440000" })},
	{"programme of another level", campaign.ProblemDisagree, func(c *campaign.Campaign) string {
		p := &c.Catalogue[0]
		i := slices.IndexFunc(c.Form.Levels, func(l form.Level) bool { return l.Code != p.Level })
		p.Level = c.Form.Levels[i].Code
		return "catalogue " + p.School
	}},
	{"programme of no category", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Catalogue[0].Category = "77"
		return "catalogue " + c.Catalogue[0].School
	}},
	{"programme twice", campaign.ProblemDuplicate, func(c *campaign.Campaign) string {
		c.Catalogue[1] = c.Catalogue[0]
		return "catalogue " + c.Catalogue[0].School
	}},
	{"programme of strange length", campaign.ProblemUnknown, func(c *campaign.Campaign) string {
		c.Catalogue[0].Years = "99"
		return "catalogue " + c.Catalogue[0].School
	}},
	{"programme without a name", campaign.ProblemMissing, func(c *campaign.Campaign) string {
		c.Catalogue[0].MajorName = ""
		return "catalogue " + c.Catalogue[0].School
	}},
}

func division(c *campaign.Campaign, code string) *campaign.Division {
	i := slices.IndexFunc(c.Divisions, func(d campaign.Division) bool { return d.Code == code })
	return &c.Divisions[i]
}

var faultsOfWhole = []fault{
	{"no id", campaign.ProblemMissing, at("id", func(c *campaign.Campaign) { c.ID = "" })},
	{"no version", campaign.ProblemMissing, at("version", func(c *campaign.Campaign) { c.Version = 0 })},
	{"no year", campaign.ProblemValue, at("year", func(c *campaign.Campaign) { c.Year = 19 })},
	{"an examination of no kind", campaign.ProblemValue, at("kind", func(c *campaign.Campaign) { c.Kind = "tea" })},
	{"no pledge", campaign.ProblemMissing, at("texts", func(c *campaign.Campaign) {
		c.Texts = slices.DeleteFunc(c.Texts, func(t campaign.Text) bool { return t.Key == "pledge" })
	})},
	{"text without Chinese", campaign.ProblemMissing, at("texts empty", func(c *campaign.Campaign) { c.Texts = append(c.Texts, campaign.Text{Key: "empty", En: "x"}) })},
	{"text that turns what is read", campaign.ProblemValue, at("texts", func(c *campaign.Campaign) { c.Texts[0].Zh += "\u202e" })},
	{"control character in a name", campaign.ProblemValue, at("zh", func(c *campaign.Campaign) { c.Zh += "\x07" })},
	{"a name as long as a book", campaign.ProblemTooMany, at("zh", func(c *campaign.Campaign) { c.Zh = strings.Repeat("长", 3000) })},
	{"ten thousand windows", campaign.ProblemTooMany, at("windows", func(c *campaign.Campaign) {
		for i := range 10_000 {
			w := c.Windows[0]
			w.ID = fmt.Sprint("w", i)
			c.Windows = append(c.Windows, w)
		}
	})},
	{"photo policy", campaign.ProblemValue, at("policy.photo", func(c *campaign.Campaign) { c.Policy.Photo = "painting" })},
	{"missing photo", campaign.ProblemValue, at("policy.photo_missing", func(c *campaign.Campaign) { c.Policy.PhotoMissing = "shrug" })},
	{"undecidable", campaign.ProblemValue, at("policy.undecidable", func(c *campaign.Campaign) { c.Policy.Undecidable = "dice" })},
	{"grace of a year", campaign.ProblemValue, at("policy.undecidable_grace_s", func(c *campaign.Campaign) { c.Policy.UndecidableS = 365 * 86400 })},
	{"minors", campaign.ProblemValue, at("policy.minor", func(c *campaign.Campaign) { c.Policy.Minor = "small" })},
	{"expired card", campaign.ProblemValue, at("policy.expired_card", func(c *campaign.Campaign) { c.Policy.ExpiredCard = "smile" })},
	{"settling the name", campaign.ProblemUnknown, at("policy.settle", func(c *campaign.Campaign) { c.Policy.Settle = []string{form.FullName} })},
	{"two years for papers", campaign.ProblemValue, at("policy.papers_days", func(c *campaign.Campaign) { c.Policy.PapersDays = 600 })},
	{"limits of a visit", campaign.ProblemValue, at("policy", func(c *campaign.Campaign) { c.Policy.VisitHardS = 10 })},
	{"profile that is none", campaign.ProblemUnknown, at("policy.photo_profile", func(c *campaign.Campaign) { c.Policy.PhotoProfile = "selfie" })},
	{"profile that no box takes", campaign.ProblemUnknown, at("policy.photo_profile", func(c *campaign.Campaign) {
		for i := range c.Photos {
			c.Photos[i].Camera = false
		}
	})},
	{"act by nobody", campaign.ProblemValue, func(c *campaign.Campaign) string { c.Acts[0].Persons = 0; return "acts " + c.Acts[0].Key }},
	{"nobody to sign the next version", campaign.ProblemMissing, at("acts", func(c *campaign.Campaign) {
		c.Acts = slices.DeleteFunc(c.Acts, func(a campaign.Act) bool { return a.Key == "sign-campaign" })
	})},
	{"act of no tier", campaign.ProblemValue, func(c *campaign.Campaign) string { c.Acts[0].Tier = "moon"; return "acts " + c.Acts[0].Key }},
	{"act without a name", campaign.ProblemMissing, func(c *campaign.Campaign) string { c.Acts[0].Zh = ""; return "acts " + c.Acts[0].Key }},
	{"rule on no field", campaign.ProblemValue, at("rules odd", func(c *campaign.Campaign) {
		c.Rules = append(c.Rules, form.Rule{Key: "odd", Field: "QQ", Zh: "请改。", En: "mend", Must: form.Condition{Field: &form.FieldTest{Key: "QQ"}}})
	})},
	{"rule twice", campaign.ProblemDuplicate, at("rules odd", func(c *campaign.Campaign) {
		r := form.Rule{Key: "odd", Field: form.FullName, Zh: "请改。", En: "mend", Must: form.Condition{Field: &form.FieldTest{Key: form.FullName}}}
		c.Rules = append(c.Rules, r, r)
	})},
	{"assumption of no status", campaign.ProblemValue, at("assumptions", func(c *campaign.Campaign) { c.Assumptions[0].Status = "V" })},
	{"assumption about nothing", campaign.ProblemMissing, at("assumptions", func(c *campaign.Campaign) { c.Assumptions[0].Places = nil })},
	{"assumption about what is not there", campaign.ProblemUnknown, at("assumptions", func(c *campaign.Campaign) {
		c.Assumptions[0].Places = append(c.Assumptions[0].Places, "form.fields QQ")
	})},
	{"fact of unknown standing", campaign.ProblemValue, at("form.fields XM.status", func(c *campaign.Campaign) { field(c, form.FullName).Status = "maybe" })},
	{"unsure and not listed", campaign.ProblemMissing, at("form.fields TXDZ", func(c *campaign.Campaign) { field(c, form.PostAddress).Status = campaign.StatusDefault })},
}
