package campaign_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

func TestInWords(t *testing.T) {
	c := campaign.Adult2019()
	app := form.Application{
		SequenceNumber: "0102340901",
		Fields: form.Fields{
			form.FullName: "刘䶮", form.Sex: "2", form.Ethnic: "15", form.BirthDate: "19840904", form.DocumentType: "01", form.DocumentNumber: "430102198409049024",
			form.Politics: "13", form.Education: "31", form.Language: "2", form.Occupation: "2", form.School: "湖南广播电视大学", form.GraduationDate: "20180630",
			form.Diploma: "511", form.WorkDate: "2008", form.Licence: "", form.PostCode: "410001", form.PhoneNumber: "19900000901", form.PostAddress: "芙蓉区",
		},
		Choices: []form.Choice{
			{Order: 2, Level: "3", Category: "34", School: "10554", SchoolName: "湖南工商大学", Major: "120204", MajorName: "财务管理", Form: "2", Years: "5"},
			{Order: 1, Level: "3", Category: "99", School: "10532", Major: "120203", MajorName: "会计学", Form: "9", Years: "2.5"},
		},
		Claims: []form.Claim{{Kind: "bonus", Code: "B10"}, {Kind: "bonus", Code: "B08"}, {Kind: "exemption", Code: "E04"}, {Kind: "bonus", Code: "X"}, {Kind: "exemption", Code: "Y"}},
	}
	got := c.InWords(app)
	want := campaign.Words{
		Number: "0102340901", Name: "刘䶮", Sex: "女", Ethnic: "土家族", Birth: "1984-09-04", DocumentType: "居民身份证", DocumentNumber: identity.Number("430102198409049024"),
		Politics: "群众", Education: "大学专科毕业", Language: "俄语", Occupation: "专业技术人员", School: "湖南广播电视大学", GraduationDate: "2018-06-30", Diploma: "511",
		WorkDate: "2008", PostCode: "410001", Phone: "19900000901", Address: "芙蓉区",
		Choices: []campaign.ChoiceInWords{
			{Order: 1, Level: "专升本", Category: "99", School: "10532", Major: "120203 会计学", Form: "9", Years: "2.5"},
			{Order: 2, Level: "专升本", Category: "34 经济管理类", School: "10554 湖南工商大学", Major: "120204 财务管理", Form: "业余", Years: "5"},
		},
		Bonuses:    []string{"年满25周岁（自动）", "边疆、山区、牧区、少数民族聚居地区少数民族考生", "X"},
		Exemptions: []string{"符合专升本报考条件的退役军人", "Y"},
	}
	if !reflect.DeepEqual(got, want) {
		g, w := reflect.ValueOf(got), reflect.ValueOf(want)
		for i := range g.NumField() {
			if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) {
				t.Errorf("%s: got %+v, want %+v", g.Type().Field(i).Name, g.Field(i), w.Field(i))
			}
		}
	}
	app.Fields[form.CandidateNumber] = "19430102340901"
	if got := c.InWords(app).Number; got != "19430102340901" {
		t.Errorf("the candidate number has been issued: %s", got)
	}
	for birth, want := range map[string]int{"19941231": 1, "19950101": 0, "19940229": 0, "": 0, "1994": 0, "20300101": 0} {
		if got := c.AutomaticBonuses(birth); len(got) != want {
			t.Errorf("born %s: %q", birth, got)
		}
	}
	if got := c.InWords(form.Application{Fields: form.Fields{form.BirthDate: "19840904"}}).Bonuses; len(got) != 1 || got[0] != "年满25周岁（自动）" {
		t.Errorf("nobody need claim it: %q", got)
	}
	if c.InWords(form.Application{}).Number != "" {
		t.Error("an empty application has words")
	}
	for _, s := range []string{fmt.Sprint(got), fmt.Sprintf("%+v", got), fmt.Sprintf("%#v", &got)} {
		if strings.Contains(s, "1990") || strings.Contains(s, "1984") {
			t.Errorf("prints %s", s)
		}
	}
}

func TestProcessIsChecked(t *testing.T) {
	for name, change := range map[string]func(p *campaign.Process){
		"no steps":            func(p *campaign.Process) { p.Steps = nil },
		"too many steps":      func(p *campaign.Process) { p.Steps = append(p.Steps, step("a"), step("b")) },
		"a step twice":        func(p *campaign.Process) { p.Steps[1].Key = p.Steps[0].Key },
		"a step without name": func(p *campaign.Process) { p.Steps[1].Zh = "" },
		"a long name":         func(p *campaign.Process) { p.Steps[1].Zh = strings.Repeat("长", 17) },
		"a long note":         func(p *campaign.Process) { p.Steps[1].Note = strings.Repeat("长", 25) },
		"no result":           func(p *campaign.Process) { p.Steps[1].Results = nil },
		"a result twice":      func(p *campaign.Process) { p.Steps[0].Results[1].Key = p.Steps[0].Results[0].Key },
		"no declaration":      func(p *campaign.Process) { p.Declaration = "" },
		"a long declaration":  func(p *campaign.Process) { p.Declaration = strings.Repeat("长", 91) },
	} {
		c := campaign.Adult2019()
		change(&c.Process)
		if len(c.Validate()) == 0 {
			t.Errorf("%s: accepted", name)
		}
	}
	c := campaign.Adult2019()
	c.Process = campaign.Process{} // as in versions from before the sheet
	if p := c.Validate(); p != nil {
		t.Error(p)
	}
	c.Process = campaign.Adult2019().Process
	c.Process.Steps = append(c.Process.Steps, step("seventh"))
	if p := c.Validate(); p != nil {
		t.Error(p)
	}
}

func step(key string) campaign.ProcessStep {
	return campaign.ProcessStep{Key: key, Zh: "步骤", Results: []campaign.StepResult{{Key: "done", Zh: "已办"}}}
}
