package campaign_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// Programmes of medicine stand in categories that as a whole are not medical
// (domain rules 1.1, 1.6): they ask the licence and the designated point, and
// their neighbours do not.
func TestMedicalMajors(t *testing.T) {
	c := campaign.Adult2019()
	c.Catalogue = append(c.Catalogue,
		campaign.Programme{School: "10541", SchoolName: "湖南中医药大学", Major: "100701", MajorName: "药学", Level: "3", Category: "34", Class: "经济管理类", Form: "2", Years: "3"},
		campaign.Programme{School: "10823", SchoolName: "长沙医学院", Major: "101101", MajorName: "护理学", Level: "1", Category: "12", Class: "理工类", Form: "2", Years: "5"},
	)
	k := checkerOf(t, c)
	plain := openPoint
	plain.Medical = false
	for _, tc := range []struct {
		category, major string
		medical         bool
	}{
		{"12", "101101", true}, {"12", "080901", false}, {"31", "100801", true}, {"31", "050101", false},
		{"34", "100701", true}, {"34", "120203", false}, {"26", "620301", true}, {"38", "101001", true}, {"22", "610201", false},
	} {
		i := slices.IndexFunc(c.Catalogue, func(p campaign.Programme) bool { return p.Category == tc.category && p.Major == tc.major })
		p := c.Catalogue[i]
		a := applicant(t, p.Level)
		a.Choices = []form.Choice{p.Choice(1)}
		if got := k.Check(a, openPoint, sixth); !got.Valid() || got.Medical != tc.medical {
			t.Errorf("%s %s: medical %v, %s", tc.category, tc.major, got.Medical, said(got))
		}
		delete(a.Fields, form.Licence)
		want := ""
		if tc.medical {
			want = "ZYZGZH missing, point point-medical"
		}
		if got := said(k.Check(a, plain, sixth)); got != want {
			t.Errorf("%s %s without a licence, at any point: %q, want %q", tc.category, tc.major, got, want)
		}
		if _, why := k.Offers(a, plain, sixth, 1); (why(p) != nil) != tc.medical {
			t.Errorf("%s %s at any point: %v", tc.category, tc.major, why(p))
		}
	}
	c.Form.Categories[0].MedicalMajors = []string{""}
	if ps := c.Validate(); len(ps) != 1 || ps[0].Place != "form.categories 11.medical_majors" {
		t.Errorf("majors that begin with nothing: %v", ps)
	}
}

// Names as long as the joint notice of 2016 asks for can be registered in both
// campaigns and reach the database whole; a name of one character cannot.
func TestNamesThatCanBeRegistered(t *testing.T) {
	long := strings.Repeat("买", 12) + "·" + strings.Repeat("力", 12) // 25 characters, 50 bytes
	for _, c := range campaign.Shipped() {
		k, apps := manyChecked(t, c)
		i := slices.IndexFunc(apps, func(a form.Application) bool { return k.Check(a, campaign.Place{}, sixth).Valid() })
		a := apps[i]
		for name, want := range map[string]string{
			long: "", strings.ReplaceAll(long, "·", "•"): "", strings.ReplaceAll(long, "·", "\uff65"): "",
			strings.Repeat("王", 30): "", strings.Repeat("王", 31): "XM too-wide", strings.Repeat("𬭩", 15): "", strings.Repeat("𬭩", 16): "XM too-wide",
			"刘䶮": "", "刘\ue863": "", "王": "XM name-short", "𠮷": "XM name-short", "王?": "XM name-char", "": "XM missing",
			"王" + "\u202e" + "五": "XM bad-char",
		} {
			a := a.Clone()
			a.Fields[form.FullName] = name
			if got := said(k.Check(a, campaign.Place{}, sixth)); got != want {
				t.Errorf("%s: a name of %d characters: %q, want %q", c.ID, len([]rune(name)), got, want)
			}
		}
		f, _ := c.Form.Field(form.FullName)
		for _, e := range c.Exchanges {
			for _, col := range e.Columns {
				if col.From == form.FullName && col.Length < f.MaxBytes {
					t.Errorf("%s %s: a name of %d bytes in a column of %d", c.ID, e.Key, f.MaxBytes, col.Length)
				}
			}
		}
	}
}

// Who has no household in the mainland, or is a soldier, is not asked for one;
// who holds a resident card is.
func TestHouseholdWhose(t *testing.T) {
	c := campaign.Adult2019()
	k := checkerOf(t, c)
	for _, tc := range []struct{ code, number, want string }{
		{"01", "", "HKDM missing"},
		{"02", "810000198001019012", ""}, {"04", "H12345678", ""}, {"08", "E12345678", ""}, {"09", "南字第12345号", ""},
	} {
		a := applicant(t, "1")
		delete(a.Fields, form.Household)
		a.Fields[form.DocumentType] = tc.code
		if n := tc.number; len(n) == 18 {
			a.Fields[form.DocumentNumber] = n[:17] + string(identity.CheckDigit(n[:17]))
			a.Fields[form.BirthDate], a.Fields[form.Sex] = n[6:14], "1"
		} else if n != "" {
			a.Fields[form.DocumentNumber] = n
		}
		if got := said(k.Check(a, openPoint, sixth)); got != tc.want {
			t.Errorf("document %s without a household: %q, want %q", tc.code, got, tc.want)
		}
		if tc.want == "" {
			fifth := window.At(sixth.AddDate(0, 0, -1))
			if v := c.Judge(window.Confirm, a, "430102", fifth); v.Accepts() || v.Reason != window.HouseholdUnknown || v.NextOpening.Format("01-02 15") != "09-06 08" {
				t.Errorf("document %s in a city of the five on 5 September: %+v", tc.code, v)
			}
			if v := c.Judge(window.Confirm, a, "430302", fifth); !v.Accepts() {
				t.Errorf("document %s elsewhere on 5 September: %+v", tc.code, v)
			}
		}
	}
}

// The bonus for minorities is refused to a household of Hunan outside the
// listed counties, and left to the city for other provinces; it is for any
// group but the majority and those of foreign blood.
func TestMinorityBonusOfOtherProvinces(t *testing.T) {
	c := campaign.Adult2019()
	k := checkerOf(t, c)
	for home, want := range map[string]string{"433122": "", "431226": "", "430802": "", "653101": "", "540102": "",
		"430102": "HKDM minority-area", "430821": "HKDM minority-area"} {
		a := applicant(t, "1")
		a.Fields[form.Ethnic], a.Fields[form.Household] = "05", home
		a.Claims = []form.Claim{{Kind: form.BonusClaim, Code: "B08"}}
		if got := said(k.Check(a, openPoint, sixth)); got != want {
			t.Errorf("household %s: %q, want %q", home, got, want)
		}
	}
	// 97 is 其他: minorities not yet told apart, whom the city knows.
	for group, want := range map[string]string{"01": "MZDM minority-bonus", "98": "MZDM minority-bonus", "81": "", "97": "", "15": ""} {
		a := applicant(t, "1")
		a.Fields[form.Ethnic], a.Fields[form.Household] = group, "433122"
		a.Claims = []form.Claim{{Kind: form.BonusClaim, Code: "B08"}}
		if got := said(k.Check(a, openPoint, sixth)); got != want {
			t.Errorf("ethnic group %s: %q, want %q", group, got, want)
		}
	}
}

// When a window is cut by last digits (demand A55), every document has the
// slot of its last digit, those whose number ends in a letter too.
func TestEveryoneHasASlot(t *testing.T) {
	c := campaign.Adult2019()
	from := sixth.AddDate(0, 0, 1)
	var slots []window.Slot
	for i, d := range window.AllDigits() {
		at := from.Add(time.Duration(i) * time.Hour)
		slots = append(slots, window.Slot{From: at, To: at.Add(time.Hour), Digits: []string{d}})
	}
	cut, err := window.Slots(c.Windows, window.Decision{Window: "confirm-others", Now: sixth, Why: "系统负载过大"}, slots, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Windows = append(c.Windows, cut...)
	for number, slot := range map[string]int{"43010219900101901X": 10, "43010219900101901x": 10, "４３０１０２１９９００１０１９０１３": 3, "E12345678": 8, "0012345678A": 8,
		"HKG430188123103": 3, "南字第12345号": 5, "G1234567X": 7} {
		a := applicant(t, "1")
		a.Fields[form.DocumentNumber] = number
		for i := range slots {
			v := c.Judge(window.Confirm, a, "430302", window.At(slots[i].From))
			if v.Accepts() != (i == slot) {
				t.Errorf("a number ending in %q in slot %d: %s", number[len(number)-1:], i, v.Reason)
			}
		}
	}
}

// Who chose admission without examination by mistake would get no seat: the
// choice stands only with a claim.
func TestExemptClaims(t *testing.T) {
	c := campaign.Adult2019()
	k := checkerOf(t, c)
	a := applicant(t, "1")
	a.Fields[form.Enrolment] = "7"
	if got := said(k.Check(a, openPoint, sixth)); got != "KSLXDM exempt-claims" {
		t.Errorf("without a claim: %q", got)
	}
	a.Claims = []form.Claim{{Kind: form.ExemptionClaim, Code: "E01"}}
	if got := said(k.Check(a, openPoint, sixth)); got != "" {
		t.Errorf("with one: %q", got)
	}
	a.Fields[form.Enrolment] = "1" // the exemption may be refused, and she sits
	if got := said(k.Check(a, openPoint, sixth)); got != "" {
		t.Errorf("a claim beside the national examination: %q", got)
	}
}
