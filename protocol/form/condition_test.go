package form_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"pgregory.net/rapid"

	"zhunkao/protocol/form"
)

// vocabulary is a small examination of its own.
func vocabulary() form.Vocabulary {
	return form.Vocabulary{
		Form: form.Definition{
			Fields: []form.Field{
				{Key: form.FullName, Zh: "姓名", En: "name", Kind: form.KindName, Filled: form.ByCandidate},
				{Key: form.BirthDate, Zh: "出生日期", En: "date of birth", Kind: form.KindDate, Filled: form.ByCandidate},
				{Key: form.GraduationDate, Zh: "毕业日期", En: "date of graduation", Kind: form.KindDate, Filled: form.ByCandidate},
				{Key: form.Diploma, Zh: "毕业证书编号", En: "diploma number", Kind: form.KindText, Filled: form.ByCandidate},
				{Key: form.Ethnic, Zh: "民族", En: "ethnic group", Kind: form.KindCode, Table: "ethnic", Filled: form.ByCandidate},
				{Key: form.Household, Zh: "户籍所在地", En: "household", Kind: form.KindDivision, Filled: form.ByCandidate},
			},
			Tables: []form.Table{
				{Name: "ethnic", Entries: []form.Entry{{Code: "00", Zh: "各民族", Group: true}, {Code: "01", Zh: "汉族"}, {Code: "06", Zh: "苗族"}}},
				{Name: form.StudyForms, Entries: []form.Entry{{Code: "1", Zh: "函授", En: "by correspondence"}, {Code: "3", Zh: "脱产", En: "full time"}}},
			},
			Levels: []form.Level{{Code: "1", Zh: "高起本", En: "to bachelor"}, {Code: "3", Zh: "专升本", En: "on to bachelor"}},
			Categories: []form.Category{{Code: "11", Level: "1", Zh: "文史类"}, {Code: "38", Level: "3", Zh: "医学类", En: "medicine", Medical: true},
				{Code: "33", Level: "3", Zh: "理工类"}},
			MaxChoices: 2,
		},
		Dates:      []form.Named{{Key: "minor-age", Zh: "低龄计算日", Day: 20190902}},
		Divisions:  []form.Named{{Key: "430000", Zh: "湖南省"}, {Key: "430100", Zh: "长沙市"}, {Key: "430102", Zh: "芙蓉区"}, {Key: "430200", Zh: "株洲市"}},
		Bonuses:    []form.Named{{Key: "B05", Zh: "三等功"}},
		Exemptions: []form.Named{{Key: "E01", Zh: "全国劳模"}},
	}
}

// truth tells what a condition gives: a rule refuses what it says no to, and
// its opposite what it says yes to.
func truth(t testing.TB, c form.Condition, a form.Application, at form.Place) string {
	t.Helper()
	refused := func(must form.Condition) bool {
		k, err := form.Compile(vocabulary(), []form.Rule{{Key: "r", Field: form.FullName, Must: must, Zh: "改", En: "mend"}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		return len(k.CheckRules(&a, &at, 20190906, nil)) > 0
	}
	switch isNo, isYes := refused(c), refused(form.Condition{Not: &c}); {
	case isNo && isYes:
		t.Fatal("both yes and no")
	case isNo:
		return "no"
	case isYes:
		return "yes"
	}
	return "unknown"
}

func field(key string, in ...string) form.Condition {
	return form.Condition{Field: &form.FieldTest{Key: key, In: in}}
}

func TestConditionsOneByOne(t *testing.T) {
	changsha := form.Place{Code: "43010201", Division: "430102", Known: true}
	medical, minors := changsha, changsha
	medical.Medical, minors.Minors = true, true
	nowhere := form.Place{Code: "43010201", Division: "430102", Medical: true, Minors: true}
	choices := []form.Choice{{Order: 2, Level: "3", Category: "38", Form: "3"}, {Order: 1, Level: "1", Category: "11", Form: "1"}}
	test := func(f form.FieldTest) form.Condition { return form.Condition{Field: &f} }
	choice := func(c form.ChoiceTest) form.Condition { return form.Condition{Choice: &c} }
	for _, tc := range []struct {
		name   string
		c      form.Condition
		fields form.Fields
		at     form.Place
		want   string
	}{
		{"filled in", field(form.Diploma), form.Fields{form.Diploma: "1"}, changsha, "yes"},
		{"not filled in", field(form.Diploma), nil, changsha, "no"},
		{"one of", field(form.Ethnic, "01", "06"), form.Fields{form.Ethnic: "06"}, changsha, "yes"},
		{"none of", field(form.Ethnic, "06"), form.Fields{form.Ethnic: "01"}, changsha, "no"},
		{"long enough", test(form.FieldTest{Key: form.Diploma, MinChars: 3}), form.Fields{form.Diploma: "湘教证"}, changsha, "yes"},
		{"too short", test(form.FieldTest{Key: form.Diploma, MinChars: 4}), form.Fields{form.Diploma: "湘教证"}, changsha, "no"},
		{"too long", test(form.FieldTest{Key: form.Diploma, MaxChars: 2}), form.Fields{form.Diploma: "湘教证"}, changsha, "no"},
		{"short enough", test(form.FieldTest{Key: form.Diploma, MaxChars: 3}), form.Fields{form.Diploma: "湘教证"}, changsha, "yes"},
		{"digits", test(form.FieldTest{Key: form.Diploma, Class: form.ClassDigits}), form.Fields{form.Diploma: "10532"}, changsha, "yes"},
		{"no digits", test(form.FieldTest{Key: form.Diploma, Class: form.ClassDigits}), form.Fields{form.Diploma: "1053２"}, changsha, "no"},
		{"letters", test(form.FieldTest{Key: form.Diploma, Class: form.ClassLetters}), form.Fields{form.Diploma: "aZ"}, changsha, "yes"},
		{"letters with a digit", test(form.FieldTest{Key: form.Diploma, Class: form.ClassLetters}), form.Fields{form.Diploma: "aZ1"}, changsha, "no"},
		{"letters and digits", test(form.FieldTest{Key: form.Diploma, Class: form.ClassAlnum}), form.Fields{form.Diploma: "aZ1"}, changsha, "yes"},
		{"Chinese of any plane", test(form.FieldTest{Key: form.Diploma, Class: form.ClassHan}), form.Fields{form.Diploma: "王𠮷䶮"}, changsha, "yes"},
		{"Chinese with a digit", test(form.FieldTest{Key: form.Diploma, Class: form.ClassHan}), form.Fields{form.Diploma: "王2"}, changsha, "no"},

		{"before a day", form.Condition{Date: &form.DateTest{Key: form.GraduationDate, Before: "minor-age"}}, form.Fields{form.GraduationDate: "20190901"}, changsha, "yes"},
		{"on the day is not before", form.Condition{Date: &form.DateTest{Key: form.GraduationDate, Before: "minor-age"}}, form.Fields{form.GraduationDate: "20190902"}, changsha, "no"},
		{"after a day", form.Condition{Date: &form.DateTest{Key: form.GraduationDate, After: "minor-age"}}, form.Fields{form.GraduationDate: "20190903"}, changsha, "yes"},
		{"between the two", form.Condition{Date: &form.DateTest{Key: form.GraduationDate, After: "minor-age", Before: form.Today}}, form.Fields{form.GraduationDate: "20190905"}, changsha, "yes"},
		{"not after today", form.Condition{Date: &form.DateTest{Key: form.GraduationDate, After: "minor-age", Before: form.Today}}, form.Fields{form.GraduationDate: "20190906"}, changsha, "no"},
		{"no date there", form.Condition{Date: &form.DateTest{Key: form.GraduationDate, Before: "minor-age"}}, nil, changsha, "unknown"},
		{"no real date", form.Condition{Date: &form.DateTest{Key: form.GraduationDate, Before: "minor-age"}}, form.Fields{form.GraduationDate: "20190230"}, changsha, "unknown"},

		{"under 17", form.Condition{Age: &form.AgeTest{Under: 17, On: "minor-age"}}, form.Fields{form.BirthDate: "20020903"}, changsha, "yes"},
		{"17 on the day", form.Condition{Age: &form.AgeTest{Under: 17, On: "minor-age"}}, form.Fields{form.BirthDate: "20020902"}, changsha, "no"},
		{"25 on the day", form.Condition{Age: &form.AgeTest{From: 25, On: "minor-age"}}, form.Fields{form.BirthDate: "19940902"}, changsha, "yes"},
		{"19 to 25", form.Condition{Age: &form.AgeTest{From: 19, Under: 25, On: form.Today}}, form.Fields{form.BirthDate: "19940906"}, changsha, "no"},
		{"no birth", form.Condition{Age: &form.AgeTest{From: 25, On: "minor-age"}}, nil, changsha, "unknown"},

		{"level of the first", choice(form.ChoiceTest{Which: form.FirstChoice, Levels: []string{"1"}}), nil, changsha, "yes"},
		{"level of another", choice(form.ChoiceTest{Which: form.FirstChoice, Levels: []string{"3"}}), nil, changsha, "no"},
		{"level of any", choice(form.ChoiceTest{Which: form.AnyChoice, Levels: []string{"3"}}), nil, changsha, "yes"},
		{"level of a later", choice(form.ChoiceTest{Which: form.LaterChoice, Levels: []string{"1"}}), nil, changsha, "no"},
		{"category of any", choice(form.ChoiceTest{Which: form.AnyChoice, Categories: []string{"38"}}), nil, changsha, "yes"},
		{"level and category of one choice", choice(form.ChoiceTest{Which: form.AnyChoice, Levels: []string{"1"}, Categories: []string{"38"}}), nil, changsha, "no"},
		{"form of study", choice(form.ChoiceTest{Which: form.AnyChoice, Forms: []string{"3"}}), nil, changsha, "yes"},
		{"medical", choice(form.ChoiceTest{Which: form.LaterChoice, Medical: true}), nil, changsha, "yes"},
		{"first is not medical", choice(form.ChoiceTest{Which: form.FirstChoice, Medical: true}), nil, changsha, "no"},

		{"household in a county", form.Condition{Household: &form.HouseholdTest{In: []string{"430102"}}}, form.Fields{form.Household: "430102"}, nowhere, "yes"},
		{"household in a city", form.Condition{Household: &form.HouseholdTest{In: []string{"430200", "430100"}}}, form.Fields{form.Household: "430102"}, nowhere, "yes"},
		{"household elsewhere", form.Condition{Household: &form.HouseholdTest{In: []string{"430200"}}}, form.Fields{form.Household: "430102"}, nowhere, "no"},
		{"household unknown", form.Condition{Household: &form.HouseholdTest{In: []string{"430200"}}}, nil, changsha, "unknown"},
		{"household in the point's city", form.Condition{Household: &form.HouseholdTest{Of: form.OfCity}}, form.Fields{form.Household: "430104"}, changsha, "yes"},
		{"household in another county", form.Condition{Household: &form.HouseholdTest{Of: form.OfCounty}}, form.Fields{form.Household: "430104"}, changsha, "no"},
		{"household, point unknown", form.Condition{Household: &form.HouseholdTest{Of: form.OfCounty}}, form.Fields{form.Household: "430104"}, nowhere, "unknown"},

		{"medical point", form.Condition{Point: &form.PointTest{Medical: true}}, nil, medical, "yes"},
		{"no medical point", form.Condition{Point: &form.PointTest{Medical: true}}, nil, minors, "no"},
		{"point for minors", form.Condition{Point: &form.PointTest{Minors: true}}, nil, minors, "yes"},
		{"for both", form.Condition{Point: &form.PointTest{Medical: true, Minors: true}}, nil, minors, "no"},
		{"point in a city", form.Condition{Point: &form.PointTest{In: []string{"430100"}}}, nil, changsha, "yes"},
		{"point elsewhere", form.Condition{Point: &form.PointTest{In: []string{"430200"}}}, nil, changsha, "no"},
		{"point of the field", form.Condition{Point: &form.PointTest{Field: form.Diploma}}, form.Fields{form.Diploma: "43010201"}, changsha, "yes"},
		{"another point than the field's", form.Condition{Point: &form.PointTest{Field: form.Diploma}}, form.Fields{form.Diploma: "43010202"}, changsha, "no"},
		{"point unknown", form.Condition{Point: &form.PointTest{Medical: true}}, nil, nowhere, "unknown"},

		{"a bonus claimed", form.Condition{Claim: &form.ClaimTest{Kind: form.BonusClaim}}, nil, changsha, "yes"},
		{"this bonus claimed", form.Condition{Claim: &form.ClaimTest{Kind: form.BonusClaim, Codes: []string{"B05"}}}, nil, changsha, "yes"},
		{"no exemption claimed", form.Condition{Claim: &form.ClaimTest{Kind: form.ExemptionClaim}}, nil, changsha, "no"},

		{"all", form.Condition{All: []form.Condition{field(form.FullName), field(form.Diploma)}}, form.Fields{form.FullName: "王喆"}, changsha, "no"},
		{"any", form.Condition{Any: []form.Condition{field(form.FullName), field(form.Diploma)}}, form.Fields{form.FullName: "王喆"}, changsha, "yes"},
		{"all with one unknown", form.Condition{All: []form.Condition{field(form.FullName), {Point: &form.PointTest{Medical: true}}}}, form.Fields{form.FullName: "王喆"}, nowhere, "unknown"},
		{"all with one unknown and one false", form.Condition{All: []form.Condition{{Point: &form.PointTest{Medical: true}}, field(form.Diploma)}}, nil, nowhere, "no"},
		{"any with one unknown and one true", form.Condition{Any: []form.Condition{{Point: &form.PointTest{Medical: true}}, field(form.FullName)}}, form.Fields{form.FullName: "王喆"}, nowhere, "yes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if faults := vocabulary().CheckCondition(tc.c); len(faults) > 0 {
				t.Fatal(faults)
			}
			a := form.Application{Fields: tc.fields, Choices: choices, Claims: []form.Claim{{Kind: form.BonusClaim, Code: "B05"}}}
			if got := truth(t, tc.c, a, tc.at); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// Whatever refers to nothing, or says nothing, is refused where it stands.
func TestConditionsThatAreRefused(t *testing.T) {
	deep := field(form.FullName)
	for range form.MaxDepth {
		inner := deep
		deep = form.Condition{Not: &inner}
	}
	wide := form.Condition{Any: make([]form.Condition, 100_000)}
	for i := range wide.Any {
		wide.Any[i] = field(form.FullName)
	}
	for _, tc := range []struct{ name, json, place string }{
		{"nothing", `{}`, ""},
		{"two members", `{"field":{"key":"XM"},"claim":{"kind":"bonus"}}`, ""},
		{"empty all", `{"all":[]}`, "all"},
		{"nothing inside", `{"any":[{"field":{"key":"XM"}},{}]}`, "any[1]"},
		{"no such field", `{"not":{"field":{"key":"ABC"}}}`, "not.field"},
		{"no such code", `{"field":{"key":"MZDM","in":["01","77"]}}`, "field.in"},
		{"a heading of a table", `{"field":{"key":"MZDM","in":["00"]}}`, "field.in"},
		{"lengths reversed", `{"field":{"key":"XM","min_chars":3,"max_chars":2}}`, "field"},
		{"no such class", `{"field":{"key":"XM","class":"[a-z]+"}}`, "field"},
		{"a date of no date field", `{"date":{"key":"XM","before":"today"}}`, "date"},
		{"a date without a day", `{"date":{"key":"BYRQ"}}`, "date"},
		{"no such date", `{"date":{"key":"BYRQ","after":"bonus-age"}}`, "date"},
		{"no age", `{"age":{"on":"today"}}`, "age"},
		{"ages reversed", `{"age":{"from":25,"under":19,"on":"today"}}`, "age"},
		{"no day of age", `{"age":{"under":17}}`, "age"},
		{"no such day of age", `{"age":{"under":17,"on":"bonus-age"}}`, "age"},
		{"which choice", `{"choice":{"which":"second","levels":["1"]}}`, "choice"},
		{"this choice of none", `{"choice":{"which":"this","levels":["1"]}}`, "choice"},
		{"nothing of the choice", `{"choice":{"which":"any"}}`, "choice"},
		{"no such level", `{"choice":{"which":"any","levels":["2"]}}`, "choice.levels"},
		{"no such category", `{"choice":{"which":"any","categories":["99"]}}`, "choice.categories"},
		{"no such form of study", `{"choice":{"which":"any","forms":["2"]}}`, "choice.forms"},
		{"household of nothing", `{"household":{}}`, "household"},
		{"household of both", `{"household":{"in":["430100"],"of":"city"}}`, "household"},
		{"household of a village", `{"household":{"of":"village"}}`, "household"},
		{"household nowhere", `{"household":{"in":["430199"]}}`, "household.in"},
		{"nothing of the point", `{"point":{}}`, "point"},
		{"point nowhere", `{"point":{"in":["4301"]}}`, "point.in"},
		{"point of no field", `{"point":{"field":"ABC"}}`, "point.field"},
		{"no kind of claim", `{"claim":{"kind":"prize"}}`, "claim"},
		{"no such bonus", `{"claim":{"kind":"bonus","codes":["E01"]}}`, "claim.codes"},
		{"no such exemption", `{"claim":{"kind":"exemption","codes":["B05"]}}`, "claim.codes"},
		{"too deep", string(must(json.Marshal(deep))), strings.Repeat("not.", form.MaxDepth-1) + "not"},
		{"too long", string(must(json.Marshal(wide))), fmt.Sprintf("any[%d]", form.MaxNodes-1)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var c form.Condition
			if err := json.Unmarshal([]byte(tc.json), &c); err != nil {
				t.Fatal(err)
			}
			faults := vocabulary().CheckCondition(c)
			if len(faults) == 0 || faults[0].Place != tc.place || faults[0].Zh == "" || faults[0].En == "" {
				t.Fatalf("got %v, want a fault at %q", faults, tc.place)
			}
			rule := form.Rule{Key: "r", Field: form.FullName, Must: c, Zh: "改", En: "mend"}
			if _, err := form.Compile(vocabulary(), []form.Rule{rule}, 0); !errors.Is(err, form.ErrRules) {
				t.Errorf("compiled: %v", err)
			}
			if s := c.Words(vocabulary(), false); len(s) > 20_000 {
				t.Errorf("said in %d bytes", len(s))
			}
		})
	}
}

// No bundle can hold a tree that contains itself; one made in memory ends too.
func TestConditionThatContainsItself(t *testing.T) {
	var c form.Condition
	c.Not = &c
	d := form.Condition{All: make([]form.Condition, 2)}
	d.All[0], d.All[1] = d, d
	for _, c := range []form.Condition{c, d} {
		if len(vocabulary().CheckCondition(c)) == 0 {
			t.Error("accepted")
		}
		if s := c.Words(vocabulary(), false); !strings.Contains(s, "…") || len(s) > 20_000 {
			t.Errorf("said as %.80s", s)
		}
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	good := form.Rule{Key: "r-1", Field: form.FullName, Must: field(form.Diploma), Zh: "改", En: "mend"}
	this := form.Condition{Choice: &form.ChoiceTest{Which: form.ThisChoice, Levels: []string{"1"}}}
	if faults := vocabulary().CheckRule(good); len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, tc := range []struct {
		name  string
		spoil func(*form.Rule)
		place string
	}{
		{"no key", func(r *form.Rule) { r.Key = "" }, "key"},
		{"a key with a value in it", func(r *form.Rule) { r.Key = "Wang Zhe" }, "key"},
		{"no such field", func(r *form.Rule) { r.Field = "ABC" }, "field"},
		{"no third choice", func(r *form.Rule) { r.Field = "choice 3" }, "field"},
		{"no remedy", func(r *form.Rule) { r.Zh = "" }, "zh"},
		{"no remedy in English", func(r *form.Rule) { r.En = "" }, "zh"},
		{"asks nothing", func(r *form.Rule) { r.Must = form.Condition{} }, "must"},
		{"condition of nothing", func(r *form.Rule) { r.If = field("ABC") }, "if.field"},
		{"each choice, none tested", func(r *form.Rule) { r.Field = form.OnChoice }, "field"},
		{"this choice on a field", func(r *form.Rule) { r.Must = this }, "must.choice"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := good
			tc.spoil(&r)
			if faults := vocabulary().CheckRule(r); len(faults) == 0 || faults[0].Place != tc.place {
				t.Errorf("got %v, want a fault at %s", faults, tc.place)
			}
		})
	}
	for _, mended := range []form.Rule{{Key: "r", Field: form.OnChoice, Must: this, Zh: "改", En: "mend"},
		{Key: "r", Field: "choice 2", Must: field(form.Diploma), Zh: "改", En: "mend"},
		{Key: "r", Field: form.OnPoint, Must: field(form.Diploma), Zh: "改", En: "mend"}} {
		if faults := vocabulary().CheckRule(mended); len(faults) > 0 {
			t.Errorf("%s: %v", mended.Field, faults)
		}
	}
}

// A rule on "choice" is judged for each choice, and its finding says which.
func TestRuleOfEachChoice(t *testing.T) {
	rule := form.Rule{Key: "no-full-time", Field: form.OnChoice, Zh: "改", En: "mend",
		If:   form.Condition{Choice: &form.ChoiceTest{Which: form.ThisChoice, Levels: []string{"3"}}},
		Must: form.Condition{Not: &form.Condition{Choice: &form.ChoiceTest{Which: form.ThisChoice, Forms: []string{"3"}}}}}
	k, err := form.Compile(vocabulary(), []form.Rule{rule}, 0)
	if err != nil {
		t.Fatal(err)
	}
	a := form.Application{Choices: []form.Choice{{Order: 1, Level: "3", Form: "1"}, {Order: 2, Level: "3", Form: "3"}, {Order: 3, Level: "1", Form: "3"}}}
	if got := fmt.Sprint(k.CheckRules(&a, &form.Place{}, 20190906, nil)); got != "[choice 2 no-full-time]" {
		t.Errorf("got %s", got)
	}
}

func TestConditionsInWords(t *testing.T) {
	for _, tc := range []struct{ json, zh, en string }{
		{`{"field":{"key":"BYZSH"}}`, "填写了“毕业证书编号”", "diploma number is filled in"},
		{`{"not":{"field":{"key":"BYZSH"}}}`, "没有填写“毕业证书编号”", "diploma number is not filled in"},
		{`{"field":{"key":"MZDM","in":["01","06"]}}`, "“民族”为汉族、苗族", "ethnic group is 汉族, 苗族"},
		{`{"field":{"key":"BYZSH","min_chars":16,"max_chars":18,"class":"digits"}}`, "“毕业证书编号”有16至18个字符，只含数字", "diploma number has 16 to 18 characters, holds only digits"},
		{`{"date":{"key":"BYRQ","before":"minor-age"}}`, "“毕业日期”早于2019年9月2日（低龄计算日）", "date of graduation lies before 2 September 2019 (低龄计算日)"},
		{`{"date":{"key":"BYRQ","after":"today"}}`, "“毕业日期”晚于当天", "date of graduation lies after the day of the check"},
		{`{"age":{"under":17,"on":"minor-age"}}`, "2019年9月2日（低龄计算日）时未满17周岁", "is under 17 on 2 September 2019 (低龄计算日)"},
		{`{"choice":{"which":"any","levels":["3"],"medical":true}}`, "任一志愿的层次为专升本、科类属于医卫类", "any choice has level on to bachelor and is medical"},
		{`{"choice":{"which":"first","categories":["38"],"forms":["1"]}}`, "第一志愿的科类为医学类、学习形式为函授", "the first choice has category medicine and has form of study by correspondence"},
		{`{"household":{"in":["430100","430200"]}}`, "户籍在长沙市、株洲市", "the household is in 长沙市, 株洲市"},
		{`{"household":{"of":"city"}}`, "户籍与确认点在同一市州", "the household is in the city of the point"},
		{`{"point":{"medical":true,"minors":true}}`, "确认点是医卫类审核点、是低龄审核点", "the point is designated for medical candidates and is designated for candidates under age"},
		{`{"claim":{"kind":"exemption","codes":["E01"]}}`, "申报了免试（全国劳模）", "claims an exemption (全国劳模)"},
		{`{"all":[{"field":{"key":"XM"}},{"any":[{"field":{"key":"BYZSH"}},{"claim":{"kind":"bonus"}}]}]}`,
			"填写了“姓名”，且（填写了“毕业证书编号”，或申报了照顾加分）", "name is filled in and (diploma number is filled in or claims a bonus)"},
	} {
		var c form.Condition
		if err := json.Unmarshal([]byte(tc.json), &c); err != nil {
			t.Fatal(err)
		}
		if zh, en := c.Words(vocabulary(), false), c.Words(vocabulary(), true); zh != tc.zh || en != tc.en {
			t.Errorf("%s:\ngot  %s | %s\nwant %s | %s", tc.json, zh, en, tc.zh, tc.en)
		}
	}
	r := form.Rule{If: field(form.Diploma), Must: field(form.GraduationDate)}
	if got := r.Words(vocabulary(), false); got != "如果填写了“毕业证书编号”，则须填写了“毕业日期”" {
		t.Error(got)
	}
	if got := (form.Rule{Must: field(form.Diploma)}).Words(vocabulary(), true); got != "always: diploma number is filled in" {
		t.Error(got)
	}
}

// anyCondition draws a condition that the check accepts.
func anyCondition(depth int) *rapid.Generator[form.Condition] {
	return rapid.Custom(func(t *rapid.T) form.Condition {
		kinds := 7
		if depth > 1 {
			kinds = 10
		}
		kids := rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[form.Condition] { return anyCondition(depth - 1) }), 1, 3)
		switch rapid.IntRange(1, kinds).Draw(t, "kind") {
		case 1:
			return field(rapid.SampledFrom([]string{form.FullName, form.Diploma}).Draw(t, "key"))
		case 2:
			return field(form.Ethnic, rapid.SampledFrom([]string{"01", "06"}).Draw(t, "code"))
		case 3:
			return form.Condition{Date: &form.DateTest{Key: form.GraduationDate, Before: rapid.SampledFrom([]string{"minor-age", form.Today}).Draw(t, "day")}}
		case 4:
			return form.Condition{Age: &form.AgeTest{Under: rapid.IntRange(1, 60).Draw(t, "age"), On: form.Today}}
		case 5:
			return form.Condition{Choice: &form.ChoiceTest{Which: rapid.SampledFrom([]form.Which{form.FirstChoice, form.AnyChoice, form.LaterChoice}).Draw(t, "which"), Levels: []string{"3"}}}
		case 6:
			return form.Condition{Household: &form.HouseholdTest{Of: rapid.SampledFrom([]string{form.OfCity, form.OfCounty}).Draw(t, "of")}}
		case 7:
			return form.Condition{Point: &form.PointTest{Medical: true}}
		case 8:
			return form.Condition{All: kids.Draw(t, "all")}
		case 9:
			return form.Condition{Any: kids.Draw(t, "any")}
		}
		inner := anyCondition(depth-1).Draw(t, "not")
		return form.Condition{Not: &inner}
	})
}

func anyApplication() *rapid.Generator[form.Application] {
	return rapid.Custom(func(t *rapid.T) form.Application {
		date := rapid.SampledFrom([]string{"", "20190901", "20190902", "19940906", "20020903", "20190231"})
		a := form.Application{Fields: form.Fields{
			form.FullName: rapid.SampledFrom([]string{"", "王喆"}).Draw(t, "name"), form.Diploma: rapid.SampledFrom([]string{"", "1"}).Draw(t, "diploma"),
			form.Ethnic: rapid.SampledFrom([]string{"", "01", "06"}).Draw(t, "ethnic"), form.GraduationDate: date.Draw(t, "graduation"),
			form.BirthDate: date.Draw(t, "birth"), form.Household: rapid.SampledFrom([]string{"", "430102", "430104", "430200"}).Draw(t, "household")}}
		for i := range rapid.IntRange(0, 2).Draw(t, "choices") {
			a.Choices = append(a.Choices, form.Choice{Order: i + 1, Level: rapid.SampledFrom([]string{"1", "3"}).Draw(t, "level")})
		}
		return a
	})
}

// Not, all and any obey the laws of logic with an unknown, and a tree keeps its
// meaning through JSON and CBOR.
func TestConditionsObeyTheLaws(t *testing.T) {
	not := func(c form.Condition) form.Condition { return form.Condition{Not: &c} }
	opposite := map[string]string{"yes": "no", "no": "yes", "unknown": "unknown"}
	rapid.Check(t, func(rt *rapid.T) {
		a := anyApplication().Draw(rt, "application")
		at := form.Place{Division: "430102", Medical: rapid.Bool().Draw(rt, "medical"), Known: rapid.Bool().Draw(rt, "known")}
		x, y := anyCondition(3).Draw(rt, "x"), anyCondition(3).Draw(rt, "y")
		of := func(c form.Condition) string { return truth(t, c, a, at) }
		both, either := form.Condition{All: []form.Condition{x, y}}, form.Condition{Any: []form.Condition{x, y}}
		if of(not(x)) != opposite[of(x)] || of(not(not(x))) != of(x) {
			rt.Fatal("a condition and its opposite")
		}
		if of(not(both)) != of(form.Condition{Any: []form.Condition{not(x), not(y)}}) || of(not(either)) != of(form.Condition{All: []form.Condition{not(x), not(y)}}) {
			rt.Fatal("de Morgan")
		}
		if known := of(x) != "unknown" && of(y) != "unknown"; known && (of(both) == "yes") != (of(x) == "yes" && of(y) == "yes") {
			rt.Fatal("all is not both")
		}
		var j, b form.Condition
		if err := errors.Join(json.Unmarshal(must(json.Marshal(either)), &j), cbor.Unmarshal(must(cbor.Marshal(either)), &b)); err != nil {
			rt.Fatal(err)
		}
		if of(j) != of(either) || of(b) != of(either) || j.Words(vocabulary(), false) != either.Words(vocabulary(), false) {
			rt.Fatal("another meaning after a journey")
		}
	})
}

// Rules are judged without allocating.
func TestRulesAllocateNothing(t *testing.T) {
	var c form.Condition
	if err := json.Unmarshal([]byte(`{"all":[{"any":[{"age":{"under":17,"on":"today"}},{"choice":{"which":"any","levels":["3"]}}]},
		{"not":{"household":{"of":"city"}}},{"date":{"key":"BYRQ","before":"minor-age"}},{"point":{"medical":true}}]}`), &c); err != nil {
		t.Fatal(err)
	}
	k, err := form.Compile(vocabulary(), []form.Rule{{Key: "r", Field: form.FullName, If: c, Must: field(form.Diploma), Zh: "改", En: "mend"}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	a := form.Application{Fields: form.Fields{form.BirthDate: "20050101", form.Household: "430200", form.GraduationDate: "20180630", form.Diploma: "1"}, Choices: []form.Choice{{Order: 1, Level: "3"}}}
	at := form.Place{Division: "430102", Medical: true, Known: true}
	if n := testing.AllocsPerRun(100, func() { _ = k.CheckRules(&a, &at, 20190906, nil) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Whatever a bundle holds as a rule is judged, said and, if nothing is wrong
// with it, applied.
func FuzzRule(f *testing.F) {
	for _, s := range []string{
		`{"key":"r","field":"XM","must":{"field":{"key":"BYZSH","class":"digits"}},"zh":"改","en":"mend"}`,
		`{"key":"r","field":"choice","if":{"choice":{"which":"this","medical":true}},"must":{"point":{"medical":true}},"zh":"改","en":"mend"}`,
		`{"key":"r","field":"point","if":{"age":{"under":17,"on":"minor-age"}},"must":{"any":[{"point":{"minors":true}},{"household":{"of":"county"}}]},"zh":"改","en":"mend"}`,
		`{"must":{"all":[{"all":[]},{"any":null},{"not":null},{"not":{}}]}}`,
		`{"must":` + strings.Repeat(`{"not":`, 60) + `{"all":[]}` + strings.Repeat(`}`, 61),
		`{"must":{"any":[` + strings.Repeat(`{"any":[{}]},`, 300) + `{}]}}`,
		`{"field":"choice 9","must":{"date":{"key":"XM","before":"","after":"` + "\u202e" + `"}}}`,
		`{"must":{"field":{"key":"XM","in":["` + strings.Repeat("长", 400) + `"],"min_chars":-1}}}`,
		`{"must":{"age":{"from":9223372036854775807,"under":-9223372036854775808,"on":"today"}}}`,
		`{"must":{"household":{"in":["","4","43010","430100","４３０１００"],"of":"city"}}}`,
	} {
		f.Add([]byte(s))
	}
	v := vocabulary()
	a := form.Application{Fields: form.Fields{form.FullName: "王喆", form.BirthDate: "20050101", form.Household: "430102"}, Choices: []form.Choice{{Order: 1, Level: "3", Category: "38"}}}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r form.Rule
		if json.Unmarshal(data, &r) != nil {
			return
		}
		faults := v.CheckRule(r)
		for _, fault := range faults {
			if fault.Zh == "" || fault.En == "" {
				t.Fatal("a fault without a remedy")
			}
		}
		_, _ = r.Words(v, false), r.Words(v, true)
		k, err := form.Compile(v, []form.Rule{r}, 0)
		if (err == nil) != (len(faults) == 0) {
			t.Fatalf("%d faults, and compiling says %v", len(faults), err)
		}
		if err != nil {
			return
		}
		for _, at := range []form.Place{{}, {Code: "1", Division: "430102", Known: true}, {Division: "x", Known: true}} {
			for _, finding := range k.CheckRules(&a, &at, 20190906, nil) {
				if finding.Code != r.Key || finding.Fix != r.Zh || strings.Contains(finding.Field, "王") {
					t.Fatalf("a finding %v", finding)
				}
			}
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
