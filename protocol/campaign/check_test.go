package campaign_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

var (
	sixth = time.Date(2019, 9, 6, 10, 0, 0, 0, window.Zone())
	// A point that takes everyone.
	openPoint = campaign.Place{Code: "43010203", Division: "430102", Medical: true, Minors: true, Known: true}
)

func checkerOf(t testing.TB, c campaign.Campaign) *campaign.Checker {
	t.Helper()
	k, err := c.Checker()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// said is the findings as field and code.
func said(a campaign.Assessment) string {
	var out []string
	for _, f := range a.Findings {
		out = append(out, f.String())
	}
	return strings.Join(out, ", ")
}

// applicant is a valid application with two choices at the level, grown up,
// with a diploma and a licence to her name, so that any choice may be hers.
func applicant(t testing.TB, level string) form.Application {
	t.Helper()
	for _, p := range adults() {
		a := p.Application.Clone()
		if a.First().Level == level && len(a.Choices) == 2 && p.Flaw == synthetic.NoFlaw && a.Get(form.DocumentType) == "01" && a.Get(form.BirthDate) < "19990101" {
			a.Fields[form.Education], a.Fields[form.Diploma], a.Fields[form.GraduationDate] = "31", "105321201506900001", "20150630"
			a.Fields[form.Licence] = "201743090090001"
			return a
		}
	}
	t.Fatalf("nobody at level %s", level)
	return form.Application{}
}

var adults = sync.OnceValue(func() []synthetic.Person {
	return synthetic.Candidates(campaign.Adult2019(), 11, 600, synthetic.Point{Code: openPoint.Code, Division: openPoint.Division})
})

// programme is the nth of a category in the catalogue, from 0.
func programme(t testing.TB, c campaign.Campaign, category string, n int) campaign.Programme {
	t.Helper()
	for _, p := range c.Catalogue {
		if p.Category == category {
			if n == 0 {
				return p
			}
			n--
		}
	}
	t.Fatalf("no programme %d in %s", n, category)
	return campaign.Programme{}
}

// Each rule of the 2019 plan on choices, broken and mended.
func TestChoices(t *testing.T) {
	c := campaign.Adult2019()
	k := checkerOf(t, c)
	two := func(a, b string) []form.Choice {
		return []form.Choice{programme(t, c, a, 0).Choice(1), programme(t, c, b, 1).Choice(2)}
	}
	with := func(ch []form.Choice, at int, change func(*form.Choice)) []form.Choice {
		change(&ch[at])
		return ch
	}
	for _, tc := range []struct {
		name, level string
		choices     []form.Choice
		want        string
	}{
		{"none", "1", nil, "choice 1 no-choice"},
		{"one", "1", two("11", "11")[:1], ""},
		{"two", "1", two("11", "11"), ""},
		{"two, the second first", "1", []form.Choice{two("11", "12")[1], two("11", "12")[0]}, ""},
		{"高起本 then 高起专", "1", two("12", "22"), ""},
		{"高起本 then 专升本", "1", two("12", "33"), "choice 2 second-level"},
		{"高起专 then 高起专", "2", two("22", "21"), ""},
		{"高起专 then 高起本", "2", two("22", "12"), "choice 2 second-level"},
		{"高起专 then 专升本", "2", two("22", "33"), "choice 2 second-level"},
		{"专升本 in one class", "3", two("34", "34"), ""},
		{"专升本 across classes", "3", two("34", "33"), "choice 2 other-class"},
		{"专升本 then 高起专", "3", two("34", "22"), "choice 2 second-level"},
		{"专升本 then 高起本", "3", two("34", "11"), "choice 2 second-level"},
		{"专升本 across classes, one class claimed", "3", with(two("34", "33"), 1, func(c *form.Choice) { c.Class = "经济管理类" }), "choice 2 other-name, choice 2 other-class"},
		{"three", "1", append(two("11", "11"), programme(t, c, "12", 0).Choice(3)), "choice too-many"},
		{"order from 2", "1", with(two("11", "11"), 0, func(c *form.Choice) { c.Order = 3 }), "choice 1 bad-order"},
		{"both first", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.Order = 1 }), "choice 2 bad-order"},
		{"unknown level", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.Level = "9" }), "choice 2 unknown-level"},
		{"unknown category", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.Category = "19" }), "choice 2 unknown-category"},
		{"category of another level", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.Category = "22" }), "choice 2 level-category"},
		{"no school", "1", with(two("11", "11"), 0, func(c *form.Choice) { c.School = "" }), "choice 1 incomplete"},
		{"no major", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.Major = "" }), "choice 2 incomplete"},
		{"no length", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.Years = "" }), "choice 2 incomplete"},
		{"unknown form of study", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.Form = "8" }), "choice 2 unknown-code"},
		{"unknown school", "1", with(two("11", "11"), 0, func(c *form.Choice) { c.School = "99999" }), "choice 1 no-programme"},
		{"a major the school does not have", "1", with(two("11", "11"), 0, func(c *form.Choice) { c.Major = "999999" }), "choice 1 no-programme"},
		{"another category than the major's", "1", with(two("11", "11"), 0, func(c *form.Choice) { c.Category = "12" }), "choice 1 no-programme"},
		{"another form of study than offered", "1", with(two("11", "11"), 0, func(c *form.Choice) { c.Form = "3" }), "choice 1 no-programme"},
		{"another length than offered", "1", with(two("11", "11"), 0, func(c *form.Choice) { c.Years = "2" }), "choice 1 no-programme"},
		{"another school beside the code", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.SchoolName = "湖南大学堂" }), "choice 2 other-name"},
		{"another major beside the code", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.MajorName = "临床医学" }), "choice 2 other-name"},
		{"another class beside the code", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.Class = "理工类" }), "choice 2 other-name"},
		{"names not written down", "1", with(two("11", "11"), 1, func(c *form.Choice) { c.SchoolName, c.MajorName, c.Class = "", "", "" }), ""},
		{"medical", "2", two("26", "26"), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := applicant(t, tc.level)
			a.Choices = tc.choices
			got := k.Check(a, openPoint, sixth)
			if said(got) != tc.want {
				t.Errorf("got %q, want %q", said(got), tc.want)
			}
			remedies(t, got)
		})
	}
}

// remedies: every finding says what to do, in both languages, and shows no
// value.
func remedies(t *testing.T, a campaign.Assessment) {
	t.Helper()
	for _, f := range a.Findings {
		if f.Fix == "" || f.FixEn == "" || strings.Contains(f.Fix, "999999") || strings.Contains(f.Fix, "湖南大学堂") {
			t.Errorf("%v: %q, %q", f, f.Fix, f.FixEn)
		}
	}
}

// A programme that leaves the catalogue makes those who chose it choose again;
// one that changes its name or class, too.
func TestChangedCatalogue(t *testing.T) {
	a := applicant(t, "3")
	first := a.First()
	at := func(c campaign.Campaign) int {
		return slices.IndexFunc(c.Catalogue, func(p campaign.Programme) bool { return p.Choice(1) == first })
	}
	for _, tc := range []struct {
		name   string
		change func(*campaign.Campaign)
		want   string
	}{
		{"as it is", func(*campaign.Campaign) {}, ""},
		{"withdrawn", func(c *campaign.Campaign) { c.Catalogue = slices.Delete(c.Catalogue, at(*c), at(*c)+1) }, "choice 1 no-programme"},
		{"renamed", func(c *campaign.Campaign) { c.Catalogue[at(*c)].MajorName = "新名称" }, "choice 1 other-name"},
		{"of another length", func(c *campaign.Campaign) { c.Catalogue[at(*c)].Years = "5" }, "choice 1 no-programme"},
		{"in another class", func(c *campaign.Campaign) { c.Catalogue[at(*c)].Class = "农学类" }, "choice 1 other-name, choice 2 other-class"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := campaign.Adult2019()
			tc.change(&c)
			if got := checkerOf(t, c).Check(a, openPoint, sixth); said(got) != tc.want {
				t.Errorf("got %q, want %q", said(got), tc.want)
			}
		})
	}
}

// What level and category ask: diploma with number and date, licence (domain
// rules, section 1.6).
func TestDiplomaAndLicence(t *testing.T) {
	c := campaign.Adult2019()
	c.Form.Levels[1].Licence = true // a level may ask as well as a category
	k := checkerOf(t, c)
	up := []form.Choice{programme(t, c, "34", 0).Choice(1), programme(t, c, "34", 1).Choice(2)}
	medical := []form.Choice{programme(t, c, "38", 0).Choice(1)}
	school := []form.Choice{programme(t, c, "12", 0).Choice(1)}
	college := []form.Choice{programme(t, c, "22", 0).Choice(1)}
	none := form.Fields{form.Education: "61", form.Diploma: "", form.GraduationDate: "", form.School: "", form.Licence: ""}
	for _, tc := range []struct {
		name    string
		choices []form.Choice
		set     form.Fields
		on      time.Time
		want    string
	}{
		{"high school to bachelor asks nothing", school, none, sixth, ""},
		{"专升本 asks all of it", up, none, sixth, "BYXXMC missing, BYRQ missing, BYZSH missing, WHCDDM diploma-needed"},
		{"专升本 with all of it", up, nil, sixth, ""},
		{"专升本 without finishing", up, form.Fields{form.Education: "32"}, sixth, "WHCDDM diploma-needed"},
		{"专升本 after a bachelor", up, form.Fields{form.Education: "21"}, sixth, ""},
		{"no number", up, form.Fields{form.Diploma: ""}, sixth, "BYZSH missing"},
		{"no date", up, form.Fields{form.GraduationDate: ""}, sixth, "BYRQ missing"},
		{"graduates tomorrow", up, form.Fields{form.GraduationDate: "20190907"}, sixth, "BYRQ date-after"},
		{"graduates today", up, form.Fields{form.GraduationDate: "20190906"}, sixth, ""},
		{"on the reporting day", up, form.Fields{form.GraduationDate: "20190929"}, sixth.AddDate(0, 1, 0), ""},
		{"after the reporting day", up, form.Fields{form.GraduationDate: "20190930"}, sixth.AddDate(0, 1, 0), "BYRQ date-after"},
		{"after it, where no diploma is asked", school, form.Fields{form.GraduationDate: "20190930"}, sixth.AddDate(0, 1, 0), ""},
		{"medical without a licence", medical, form.Fields{form.Licence: ""}, sixth, "ZYZGZH missing"},
		{"medical with one", medical, nil, sixth, ""},
		{"licence asked by the level", college, form.Fields{form.Licence: ""}, sixth, "ZYZGZH missing"},
		{"given", college, nil, sixth, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := applicant(t, "3")
			a.Choices = tc.choices
			for key, v := range tc.set {
				a.Fields[key] = v
			}
			if got := k.Check(a, openPoint, tc.on); said(got) != tc.want {
				t.Errorf("got %q, want %q", said(got), tc.want)
			}
		})
	}
}

// The reporting day is that of the calendar after its extensions.
func TestReportingDayFollowsTheCalendar(t *testing.T) {
	c := campaign.Adult2019()
	a := applicant(t, "3")
	a.Fields[form.GraduationDate] = "20191003"
	on := sixth.AddDate(0, 1, 0)
	if got := said(checkerOf(t, c).Check(a, openPoint, on)); got != "BYRQ date-after" {
		t.Errorf("got %q", got)
	}
	for _, w := range c.Windows {
		if w.Step == window.Report {
			w.To, w.Revision, w.Why = w.To.AddDate(0, 0, 5), w.Revision+1, "延长"
			c.Windows = append(c.Windows, w)
		}
	}
	if got := said(checkerOf(t, c).Check(a, openPoint, on)); got != "" {
		t.Errorf("extended: got %q", got)
	}
}

// 17周岁以下 by both readings, at the birthday and around it (demand A33).
func TestMinors(t *testing.T) {
	for _, tc := range []struct {
		reading, day, birth string
		minor               bool
	}{
		{campaign.Under17, "2019-09-02", "20020901", false},
		{campaign.Under17, "2019-09-02", "20020902", false}, // 17 today
		{campaign.Under17, "2019-09-02", "20020903", true},
		{campaign.UpTo17, "2019-09-02", "20020901", true},
		{campaign.UpTo17, "2019-09-02", "20020902", true},
		{campaign.UpTo17, "2019-09-02", "20010903", true}, // 17 for one more day
		{campaign.UpTo17, "2019-09-02", "20010902", false},
		{campaign.UpTo17, "2019-09-02", "20010901", false},
		{campaign.Under17, "2017-02-28", "20000229", true}, // reached on 1 March of a common year
		{campaign.Under17, "2017-03-01", "20000229", false},
		{campaign.UpTo17, "2018-02-28", "20000229", true},
		{campaign.UpTo17, "2018-03-01", "20000229", false},
		{campaign.Under17, "2020-02-29", "20030228", false},
		{campaign.Under17, "2020-02-29", "20030301", true},
		{campaign.NoMinors, "2019-09-02", "20100101", false},
		{"", "2019-09-02", "20100101", false},
	} {
		t.Run(tc.reading+" "+tc.day+" "+tc.birth, func(t *testing.T) {
			c := campaign.Adult2019()
			c.Policy.Minor = tc.reading
			for i := range c.Dates {
				if c.Dates[i].Key == campaign.DateMinorAge {
					c.Dates[i].Day = tc.day
				}
			}
			a := applicant(t, "1")
			a.Fields[form.DocumentType], a.Fields[form.DocumentNumber], a.Fields[form.BirthDate] = "08", "E12345678", tc.birth
			a.Fields[form.WorkDate] = "20190101"
			elsewhere := openPoint
			elsewhere.Minors = false
			k := checkerOf(t, c)
			at, away := k.Check(a, openPoint, sixth.AddDate(1, 0, 0)), k.Check(a, elsewhere, sixth.AddDate(1, 0, 0))
			unknown := k.Check(a, campaign.Place{Code: elsewhere.Code}, sixth.AddDate(1, 0, 0))
			want := map[bool]string{true: "point point-minors"}[tc.minor]
			if at.Minor != tc.minor || said(at) != "" || said(away) != want || said(unknown) != "" || c.Minor(tc.birth) != tc.minor {
				t.Errorf("minor %v (want %v); at the designated point %q, elsewhere %q, unknown %q", at.Minor, tc.minor, said(at), said(away), said(unknown))
			}
			if tc.minor {
				reading := map[string]string{campaign.Under17: "未满17周岁", campaign.UpTo17: "17周岁及以下"}[tc.reading]
				if !strings.Contains(away.Findings[0].Fix, reading) {
					t.Errorf("%q does not show the reading %s", away.Findings[0].Fix, reading)
				}
			}
		})
	}
}

// A policy without its day is refused, and so is a reading nobody knows.
func TestCheckerRefusesContradictions(t *testing.T) {
	for name, spoil := range map[string]func(*campaign.Campaign){
		"no day for minors":  func(c *campaign.Campaign) { c.Dates = nil },
		"unknown reading":    func(c *campaign.Campaign) { c.Policy.Minor = "17" },
		"rule on nothing":    func(c *campaign.Campaign) { c.Rules = []form.Rule{{Key: "r", Field: "ABC", Zh: "改", En: "mend"}} },
		"when on no level":   func(c *campaign.Campaign) { c.Form.Fields[2].When = []form.When{{Levels: []string{"9"}}} },
		"when asking nought": func(c *campaign.Campaign) { c.Form.Fields[2].When = []form.When{{}} },
	} {
		t.Run(name, func(t *testing.T) {
			c := campaign.Adult2019()
			spoil(&c)
			if _, err := c.Checker(); err == nil {
				t.Error("made ready")
			}
		})
	}
}

// The point takes the level and the medical candidates, or says why not.
func TestPlace(t *testing.T) {
	c := campaign.Adult2019()
	k := checkerOf(t, c)
	medical := []form.Choice{programme(t, c, "21", 0).Choice(1), programme(t, c, "26", 0).Choice(2)}
	plain := []form.Choice{programme(t, c, "12", 0).Choice(1), programme(t, c, "22", 0).Choice(2)}
	for _, tc := range []struct {
		name    string
		choices []form.Choice
		at      campaign.Place
		want    string
		medical bool
	}{
		{"any point", plain, campaign.Place{Known: true}, "", false},
		{"the level is taken", plain, campaign.Place{Known: true, Levels: []string{"3", "1"}}, "", false},
		{"the level is not taken", plain, campaign.Place{Known: true, Levels: []string{"2", "3"}}, "point point-level", false},
		{"a second choice is medical", medical, campaign.Place{Known: true, Minors: true}, "point point-medical", true},
		{"at the designated point", medical, campaign.Place{Known: true, Medical: true}, "", true},
		{"both", medical, campaign.Place{Known: true, Levels: []string{"1"}}, "point point-level, point point-medical", true},
		{"nothing known", medical, campaign.Place{Levels: []string{"1"}}, "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := applicant(t, "1")
			a.Choices = tc.choices
			got := k.Check(a, tc.at, sixth)
			if said(got) != tc.want || got.Medical != tc.medical {
				t.Errorf("got %q medical %v, want %q %v", said(got), got.Medical, tc.want, tc.medical)
			}
			remedies(t, got)
		})
	}
}

// Bonuses: 25 by the last day of the year is automatic; the highest of all
// kinds counts (domain rules, section 1.4).
func TestBonusesAndFee(t *testing.T) {
	c := campaign.Adult2019()
	k := checkerOf(t, c)
	claim := func(kind string, codes ...string) (out []form.Claim) {
		for _, code := range codes {
			out = append(out, form.Claim{Kind: kind, Code: code, Evidence: "证2019"})
		}
		return out
	}
	for _, tc := range []struct {
		name, level, birth string
		claims             []form.Claim
		bonuses            []string
		points             int
		want               string
	}{
		{"25 on the last day", "1", "19941231", nil, []string{"B10"}, 20, ""},
		{"25 the day before", "1", "19941230", nil, []string{"B10"}, 20, ""},
		{"25 the day after", "1", "19950101", nil, nil, 0, ""},
		{"no date of birth", "1", "", nil, nil, 0, "CSRQ missing"},
		{"claimed and young", "1", "19950101", claim("bonus", "B11"), nil, 10, ""},
		{"the highest counts", "1", "19941231", claim("bonus", "B11", "B02"), []string{"B10"}, 30, ""},
		{"automatic is higher", "1", "19941231", claim("bonus", "B11"), []string{"B10"}, 20, ""},
		{"automatic claimed too", "1", "19941231", claim("bonus", "B10"), []string{"B10"}, 20, ""},
		{"automatic claimed too early", "1", "19950101", claim("bonus", "B10"), nil, 0, "claim claim-age"},
		{"no such kind", "1", "19950101", claim("bonus", "E01"), nil, 0, "claim unknown-claim"},
		{"no such exemption", "1", "19950101", claim("exemption", "B01"), nil, 0, "claim unknown-claim"},
		{"no such sort of claim", "1", "19950101", claim("prize", "B01"), nil, 0, "claim unknown-claim"},
		{"twice", "1", "19950101", claim("bonus", "B11", "B11"), nil, 10, "claim claim-twice"},
		{"exemption for all", "1", "19950101", claim("exemption", "E01"), nil, 0, ""},
		{"exemption of another level", "1", "19950101", claim("exemption", "E03"), nil, 0, "claim claim-level"},
		{"exemption of the level", "3", "19950101", claim("exemption", "E03"), nil, 0, ""},
		{"too many", "1", "19950101", make([]form.Claim, 1000), nil, 0, "claim too-many"},
		{"evidence nobody can read", "1", "19950101", []form.Claim{{Kind: "bonus", Code: "B11", Evidence: "证\u202e"}}, nil, 10, "claim bad-char"},
		{"evidence without end", "1", "19950101", []form.Claim{{Kind: "bonus", Code: "B11", Evidence: strings.Repeat("证", 61)}}, nil, 10, "claim bad-char"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := applicant(t, tc.level)
			a.Fields[form.DocumentType], a.Fields[form.DocumentNumber], a.Fields[form.BirthDate] = "08", "E12345678", tc.birth
			a.Claims = tc.claims
			got := k.Check(a, openPoint, sixth)
			if said(got) != tc.want || !slices.Equal(got.Bonuses, tc.bonuses) || got.Points != tc.points {
				t.Errorf("got %q %v %d, want %q %v %d", said(got), got.Bonuses, got.Points, tc.want, tc.bonuses, tc.points)
			}
			if !slices.Equal(c.AutomaticBonuses(tc.birth), tc.bonuses) {
				t.Errorf("in words %v", c.AutomaticBonuses(tc.birth))
			}
			if fen, ok := c.Fee(tc.level); !ok || !got.FeeKnown || got.Fee != fen {
				t.Errorf("fee %d %v, want %d", got.Fee, got.FeeKnown, fen)
			}
			remedies(t, got)
		})
	}
	if got := k.Check(form.Application{}, openPoint, sixth); got.FeeKnown || got.Fee != 0 {
		t.Errorf("a fee of %d without a choice", got.Fee)
	}
}

// A demand added to a campaign as data is made by the live check: no Go.
func TestRulesAreData(t *testing.T) {
	adult := campaign.Adult2019()
	bundle, err := campaign.Encode(adult)
	if err != nil {
		t.Fatal(err)
	}
	const rules = `"rules":[
	 {"key":"police-sport","field":"choice","if":{"choice":{"which":"this","categories":["27"]}},"must":{"age":{"under":30,"on":"exam-first"}},
	  "zh":"报考公安/监所管理类须未满30周岁，请改报其他科类。","en":"choose another category"},
	 {"key":"diploma-form","field":"BYZSH","if":{"field":{"key":"BYZSH"}},"must":{"field":{"key":"BYZSH","min_chars":16,"max_chars":18,"class":"digits"}},
	  "zh":"毕业证书编号应为16至18位数字，请对照证书填写。","en":"a diploma has a number of 16 to 18 digits"},`
	with := strings.Replace(string(bundle), `"rules":[`, rules, 1)
	c, err := campaign.Decode([]byte(with))
	if err != nil || len(c.Rules) != len(adult.Rules)+2 {
		t.Fatal(err, len(c.Rules))
	}
	if problems := c.Validate(); len(problems) > 0 {
		t.Fatal(problems)
	}
	k := checkerOf(t, c)
	a := applicant(t, "2")
	a.Fields[form.DocumentType], a.Fields[form.DocumentNumber], a.Fields[form.BirthDate] = "08", "E12345678", "19891026"
	a.Choices = []form.Choice{programme(t, c, "21", 0).Choice(1), programme(t, c, "27", 0).Choice(2)}
	a.Fields[form.Diploma] = "湘教证10532"
	if got := said(k.Check(a, openPoint, sixth)); got != "choice 2 police-sport, BYZSH diploma-form" {
		t.Errorf("got %q", got)
	}
	offers, why := k.Offers(a, openPoint, sixth, 2)
	if f := why(programme(t, c, "27", 0)); f == nil || f.Code != "police-sport" || slices.ContainsFunc(offers, func(p campaign.Programme) bool { return p.Category == "27" }) {
		t.Errorf("offered against the rule: %v", f)
	}
	a.Fields[form.BirthDate], a.Fields[form.Diploma] = "19891027", "105321201506900001"
	if got := said(k.Check(a, openPoint, sixth)); got != "" {
		t.Errorf("mended: got %q", got)
	}
	for _, r := range c.Rules {
		if s := r.Words(c.Vocabulary(), false); !strings.HasPrefix(s, "如果") {
			t.Error(s)
		}
	}
}

// The Checker is one value for all goroutines.
func TestCheckerIsShared(t *testing.T) {
	c := campaign.Adult2019()
	k, apps := manyChecked(t, c)
	done := make(chan string, 4)
	for range 4 {
		go func() {
			for _, a := range apps {
				if got := k.Check(a, openPoint, sixth); !got.Valid() {
					done <- fmt.Sprint(got.Findings)
					return
				}
			}
			done <- ""
		}()
	}
	for range 4 {
		if s := <-done; s != "" {
			t.Error(s)
		}
	}
}
