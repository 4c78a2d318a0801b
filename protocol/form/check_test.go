package form_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

var day = time.Date(2019, 9, 6, 0, 0, 0, 0, time.UTC)

// candidate is a valid application with two choices at the given level.
func candidate(t testing.TB, c campaign.Campaign, level string) form.Application {
	t.Helper()
	for _, p := range synthetic.Candidates(c, 11, 400, synthetic.Point{Code: "43010203", Division: "430102"}) {
		a := p.Application
		if a.First().Level == level && len(a.Choices) == 2 && p.Flaw == synthetic.NoFlaw && a.Get(form.DocumentType) == "01" && a.Get(form.Licence) == "" {
			return a
		}
	}
	t.Fatalf("no candidate at level %s", level)
	return form.Application{}
}

// check is the live check, at a point of which nothing is known.
func check(t testing.TB, c campaign.Campaign, a form.Application) []form.Finding {
	t.Helper()
	k, err := c.Checker()
	if err != nil {
		t.Fatal(err)
	}
	return k.Check(a, campaign.Place{}, day).Findings
}

func findings(t testing.TB, c campaign.Campaign, a form.Application) string {
	var out []string
	for _, f := range check(t, c, a) {
		out = append(out, f.String())
	}
	return strings.Join(out, ", ")
}

func TestCheckFields(t *testing.T) {
	c := campaign.Adult2019()
	bachelor, school := candidate(t, c, "3"), candidate(t, c, "1")
	otherSex := map[string]string{"1": "2", "2": "1"}[bachelor.Get(form.Sex)]
	for _, tc := range []struct {
		name string
		app  form.Application
		set  form.Fields
		want string
	}{
		{"valid", bachelor, nil, ""},
		{"valid without diploma at another level", school, form.Fields{form.Diploma: "", form.GraduationDate: "", form.School: ""}, ""},
		{"name missing", bachelor, form.Fields{form.FullName: ""}, "XM missing"},
		{"name of one character", bachelor, form.Fields{form.FullName: "王"}, "XM name-short"},
		{"name with a digit", bachelor, form.Fields{form.FullName: "王2"}, "XM name-char"},
		{"name with a look-alike dot", bachelor, form.Fields{form.FullName: "买买提•艾力"}, ""},
		{"name wider than the column", bachelor, form.Fields{form.FullName: strings.Repeat("𠮷", 16)}, "XM too-wide"},
		{"name just as wide as the column", bachelor, form.Fields{form.FullName: strings.Repeat("𠮷", 15)}, ""},
		{"name of characters GBK lacks in the base plane", bachelor, form.Fields{form.FullName: strings.Repeat("㛃", 31)}, "XM too-wide"},
		{"the dot is as wide as the one exported", bachelor, form.Fields{form.FullName: strings.Repeat("艾", 28) + "•提"}, ""},
		{"a character lost on the way", bachelor, form.Fields{form.PostAddress: "长沙\uFFFD路"}, "TXDZ bad-char"},
		{"address wider than its characters say", bachelor, form.Fields{form.PostAddress: strings.Repeat("𠮷", 21)}, "TXDZ too-wide"},
		{"name with a direction override", bachelor, form.Fields{form.FullName: "王\u202e喆"}, "XM bad-char"},
		{"not UTF-8", bachelor, form.Fields{form.PostAddress: "长沙\xff"}, "TXDZ bad-char"},
		{"line break in a text", bachelor, form.Fields{form.Remark: "一\n二"}, "BZ bad-char"},
		{"address of 41 characters", bachelor, form.Fields{form.PostAddress: strings.Repeat("路", 41)}, "TXDZ too-long"},
		{"address of 40 characters", bachelor, form.Fields{form.PostAddress: strings.Repeat("路", 40)}, ""},
		{"sex against number", bachelor, form.Fields{form.Sex: otherSex}, "XBDM not-of-number"},
		{"birth against number", bachelor, form.Fields{form.BirthDate: "19840905"}, "CSRQ not-of-number"},
		{"birth impossible", bachelor, form.Fields{form.BirthDate: "19840230"}, "CSRQ bad-date, CSRQ not-of-number"},
		{"birth impossible, as people write days", bachelor, form.Fields{form.BirthDate: "1984-2-30"}, "CSRQ bad-date, CSRQ not-of-number"},
		{"birth of the future", bachelor, form.Fields{form.BirthDate: "20190907"}, "CSRQ date-after, CSRQ not-of-number"},
		{"unknown ethnic group", bachelor, form.Fields{form.Ethnic: "57"}, "MZDM unknown-code"},
		{"穿青人 is known", bachelor, form.Fields{form.Ethnic: "81"}, ""},
		{"a heading of the education table", bachelor, form.Fields{form.Education: "30"}, "WHCDDM unknown-code, WHCDDM diploma-needed"},
		{"education too low", bachelor, form.Fields{form.Education: "61"}, "WHCDDM diploma-needed"},
		{"education too low for another level is fine", school, form.Fields{form.Education: "61"}, ""},
		{"bachelor already", bachelor, form.Fields{form.Education: "21"}, ""},
		{"no school", bachelor, form.Fields{form.School: ""}, "BYXXMC missing"},
		{"no graduation date", bachelor, form.Fields{form.GraduationDate: ""}, "BYRQ missing"},
		{"29 February of a common year", bachelor, form.Fields{form.GraduationDate: "20150229"}, "BYRQ bad-date"},
		{"diploma missing", bachelor, form.Fields{form.Diploma: ""}, "BYZSH missing"},
		{"graduates tomorrow", bachelor, form.Fields{form.GraduationDate: "20190907"}, "BYRQ date-after"},
		{"graduates today", bachelor, form.Fields{form.GraduationDate: "20190906"}, ""},
		{"two features", bachelor, form.Fields{form.Feature: "QT"}, ""},
		{"a feature too many", bachelor, form.Fields{form.Feature: "Q!"}, "KSTZ unknown-code"},
		{"no document type", bachelor, form.Fields{form.DocumentType: ""}, "ZJLXDM missing"},
		{"unknown document type", bachelor, form.Fields{form.DocumentType: "77"}, "ZJLXDM unknown-code"},
		{"number of another document", bachelor, form.Fields{form.DocumentType: "02"}, "ZJHM kind"},
		{"passport", bachelor, form.Fields{form.DocumentType: "08", form.DocumentNumber: "E12345678"}, ""},
		{"15 digits", bachelor, form.Fields{form.DocumentNumber: "430102840904902"}, "ZJHM old-number"},
		{"telephone", bachelor, form.Fields{form.PhoneNumber: "12345"}, "LXDH phone"},
		{"post code", bachelor, form.Fields{form.PostCode: "41000"}, "YZBM bad-digits"},
		{"household", bachelor, form.Fields{form.Household: "长沙"}, "HKDM bad-digits"},
		{"household in a county that is none", bachelor, form.Fields{form.Household: "430199"}, "HKDM unknown-code"},
		{"household in another province", bachelor, form.Fields{form.Household: "440103"}, ""},
		{"no household", bachelor, form.Fields{form.Household: ""}, "HKDM missing"},
		{"candidate number not yet given", bachelor, form.Fields{form.CandidateNumber: ""}, ""},
		{"candidate number with a letter", bachelor, form.Fields{form.CandidateNumber: "1943010234090A"}, "KSH bad-digits"},
		{"a field the form does not have", bachelor, form.Fields{"ABC": "1"}, "ABC unknown-field"},
		{"a hostile key", bachelor, form.Fields{"<script>": "1"}, "? unknown-field"},
		{"an absent field and an empty one are one", bachelor, form.Fields{"ABC": ""}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := tc.app.Clone()
			for k, v := range tc.set {
				a.Fields[k] = v
			}
			if got := findings(t, c, a); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// A finding tells what to do and never what was typed; printing an application
// shows nothing of the person.
func TestNothingPersonalIsPrinted(t *testing.T) {
	c := campaign.Adult2019()
	a := candidate(t, c, "3").Clone()
	a.Fields[form.PostAddress] = strings.Repeat("秘密街", 30)
	a.Fields[form.FullName] = "秘密2"
	a.Fields[form.PhoneNumber] = "秘密"
	chip := form.Chip{Type: form.ChipResident, Name: "秘密", Number: a.Number(), Address: "秘密街"}
	found, differences := check(t, c, a), form.Compare(a, chip)
	if len(found) != 3 || len(differences) != 2 {
		t.Fatalf("%d findings, %d differences", len(found), len(differences))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		text := fmt.Sprintf(verb, a) + fmt.Sprintf(verb, &a) + fmt.Sprintf(verb, a.Fields) + fmt.Sprintf(verb, chip) +
			fmt.Sprintf(verb, []form.Difference{differences[0]}) + fmt.Sprintf(verb, found)
		for _, secret := range []string{"秘密", string(a.Number())[6:14], "e7a798"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows %q", verb, secret)
			}
		}
	}
	for _, f := range found {
		if f.Fix == "" || f.FixEn == "" {
			t.Errorf("%s %s has no remedy", f.Field, f.Code)
		}
	}
}

// Check never panics, whatever stands in the fields, and is a function of its
// arguments.
func TestCheckIsTotal(t *testing.T) {
	c := campaign.Adult2019()
	k, err := c.Checker()
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"ABC", ""}
	for _, f := range c.Form.Fields {
		keys = append(keys, f.Key)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := form.Application{Fields: rapid.MapOf(rapid.SampledFrom(keys), rapid.String()).Draw(t, "fields")}
		for range rapid.IntRange(0, 3).Draw(t, "choices") {
			a.Choices = append(a.Choices, form.Choice{Order: rapid.IntRange(-1, 3).Draw(t, "order"), Level: rapid.StringN(0, 1, 2).Draw(t, "level"),
				Category: rapid.SampledFrom([]string{"", "11", "34", "99"}).Draw(t, "category")})
		}
		for range rapid.IntRange(0, 3).Draw(t, "claims") {
			a.Claims = append(a.Claims, form.Claim{Kind: rapid.SampledFrom([]string{"bonus", "exemption", ""}).Draw(t, "kind"), Code: rapid.String().Draw(t, "code"), Evidence: rapid.String().Draw(t, "evidence")})
		}
		at := campaign.Place{Division: rapid.String().Draw(t, "division"), Known: rapid.Bool().Draw(t, "known")}
		first, second := k.Check(a, at, day), k.Check(a, at, day)
		if first.Valid() || fmt.Sprint(first) != fmt.Sprint(second) {
			t.Fatalf("%d findings, then %d", len(first.Findings), len(second.Findings))
		}
		_ = form.Compare(a, form.Chip{Name: identity.Name(rapid.String().Draw(t, "name")), Number: "x", Address: rapid.String().Draw(t, "address")})
		_ = form.Digest(a)
	})
}
