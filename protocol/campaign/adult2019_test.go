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

func TestAdult2019HasNoProblem(t *testing.T) {
	for _, p := range campaign.Adult2019().Validate() {
		t.Error(p)
	}
}

// The 21 fields that the plan names, by name, in its order (demand A3).
func TestAdult2019NamesAllFieldsOfThePlan(t *testing.T) {
	c := campaign.Adult2019()
	var named int
	for _, f := range c.Form.Fields {
		if f.Named {
			named++
		}
	}
	plan := []struct{ key, zh string }{
		{form.CandidateNumber, "考生号"}, {form.TicketNumber, "准考证号"}, {form.FullName, "姓名"}, {form.Sex, "性别"}, {form.Ethnic, "民族"},
		{form.BirthDate, "出生日期"}, {form.Politics, "政治面貌"}, {form.Education, "文化程度"}, {form.Language, "外语语种"}, {form.Feature, "考生特征"},
		{form.Enrolment, "招生类别"}, {form.GraduationDate, "毕业日期"}, {form.School, "毕业学校"}, {form.Diploma, "毕业证书编号"},
		{form.Licence, "医学类执业资格证书编号"}, {form.Occupation, "职业类别"}, {form.WorkDate, "工作日期"}, {form.PhoneNumber, "联系电话"},
		{form.PostAddress, "通讯地址"}, {form.PostCode, "邮政编码"}, {form.Remark, "备注"},
	}
	if len(plan) != 21 || named != 21 {
		t.Errorf("%d fields in the plan, %d marked as named", len(plan), named)
	}
	for _, want := range plan {
		f, ok := c.Form.Field(want.key)
		if !ok || f.Zh != want.zh || !f.Named || f.En == "" {
			t.Errorf("%s %s: got %q, named %t", want.key, want.zh, f.Zh, f.Named)
		}
	}
	for _, key := range []string{form.Sex, form.Ethnic, form.Politics, form.Education, form.Language, form.Feature, form.Enrolment, form.Occupation, form.DocumentType} {
		f, _ := c.Form.Field(key)
		if _, ok := c.Form.Table(f.Table); !ok {
			t.Errorf("%s has no code table", key)
		}
	}
}

// The calendar of the plan, section 3.
func TestAdult2019Calendar(t *testing.T) {
	c := campaign.Adult2019()
	at := func(s string) window.Interval {
		when, err := time.ParseInLocation("01-02 15:04", s, window.Zone())
		if err != nil {
			t.Fatal(err)
		}
		return window.At(when.AddDate(2019, 0, 0))
	}
	app := func(household string) form.Application {
		return form.Application{Fields: form.Fields{form.Household: household}, Choices: []form.Choice{{Order: 1, Level: "3", Category: "34"}}}
	}
	const furong, yuetang, louxing = "430102", "430304", "431302"
	for _, tc := range []struct {
		name     string
		step     window.Step
		at, home string
		now      string
		want     window.Reason
		late     bool
	}{
		{"Changsha, local", window.Confirm, furong, "430181", "09-02 08:00", window.InWindow, false},
		{"Changsha, guest, first days", window.Confirm, furong, "433130", "09-04 15:10", window.WrongHousehold, false},
		{"Changsha, guest from another of the five", window.Confirm, furong, "430204", "09-05 10:00", window.WrongHousehold, false},
		{"Changsha, guest, register", window.Register, furong, "433130", "09-04 15:10", window.WrongHousehold, false},
		{"Changsha, guest, the sixth", window.Confirm, furong, "433130", "09-06 09:00", window.InWindow, false},
		{"Zhuzhou, guest", window.Confirm, "430212", "430102", "09-03 09:00", window.WrongHousehold, false},
		{"Hengyang, guest", window.Confirm, "430405", "430102", "09-03 09:00", window.WrongHousehold, false},
		{"Yueyang, guest", window.Confirm, "430602", "430102", "09-03 09:00", window.WrongHousehold, false},
		{"Huaihua, guest", window.Confirm, "431202", "430102", "09-03 09:00", window.WrongHousehold, false},
		{"Huaihua, local", window.Confirm, "431202", "431226", "09-03 09:00", window.InWindow, false},
		{"Xiangtan, guest, first day", window.Confirm, yuetang, "430102", "09-02 09:00", window.InWindow, false},
		{"Loudi, from outside Hunan", window.Confirm, louxing, "440106", "09-02 09:00", window.InWindow, false},
		{"Xiangxi", window.Confirm, "433101", "430102", "09-02 09:00", window.InWindow, false},
		{"lunch", window.Confirm, furong, "430102", "09-06 13:00", window.InWindow, true},
		{"no hours on line", window.Register, furong, "430102", "09-06 13:00", window.InWindow, false},
		{"day before", window.Confirm, furong, "430102", "09-01 10:00", window.NotYet, false},
		{"last minute", window.Confirm, furong, "430102", "09-11 23:59", window.InWindow, true},
		{"over", window.Confirm, furong, "430102", "09-12 00:00", window.Over, false},
		{"pay", window.Pay, furong, "433130", "09-03 22:00", window.InWindow, false},
		{"pay over", window.Pay, furong, "433130", "09-12 00:00", window.Over, false},
		{"unpaid check", window.UnpaidCheck, furong, "433130", "09-20 22:00", window.InWindow, false},
		{"unpaid check not yet", window.UnpaidCheck, furong, "433130", "09-18 22:00", window.NotYet, false},
		{"ticket", window.PrintTicket, furong, "433130", "10-17 00:00", window.InWindow, false},
		{"ticket over", window.PrintTicket, furong, "433130", "10-28 00:00", window.Over, false},
	} {
		v := c.Judge(tc.step, app(tc.home), tc.at, at(tc.now))
		if v.Reason != tc.want || v.OutsideHours != tc.late {
			t.Errorf("%s: got %s, outside hours %t; want %s, %t", tc.name, v.Reason, v.OutsideHours, tc.want, tc.late)
		}
	}
	// Every county of Hunan can confirm on the sixth.
	for _, d := range c.Divisions {
		if d.Tier == campaign.County {
			if v := c.Judge(window.Confirm, app("440106"), d.Code, at("09-06 09:00")); v.State != window.Open {
				t.Errorf("%s %s: %s", d.Code, d.Name, v.Reason)
			}
		}
	}
}

func TestAdult2019Content(t *testing.T) {
	c := campaign.Adult2019()
	for level, fen := range map[string]int64{"1": 16000, "2": 16000, "3": 17000} {
		if got, ok := c.Fee(level); !ok || got != fen {
			t.Errorf("fee of level %s: %d fen", level, got)
		}
	}
	for _, tc := range []struct{ table, code, want string }{
		{"ethnic", "15", "土家族"}, {"ethnic", "25", "水族"}, {"sex", "2", "女"}, {"education", "31", "大学专科毕业"}, {"language", "3", "日语"},
		{"document", "02", "港澳居民居住证"}, {"level", "3", "专升本"}, {"category", "34", "经济管理类"}, {"division", "430582", "邵东市"},
		{"ethnic", "99", "99"}, {"nothing", "1", "1"},
	} {
		if got := c.TableName(tc.table, tc.code); got != tc.want {
			t.Errorf("%s %s: got %s, want %s", tc.table, tc.code, got, tc.want)
		}
	}
	documents, _ := c.Form.Table("document")
	for _, e := range documents.Entries {
		if _, err := identity.ParseDocument(identity.Kind(e.Kind), "?"); err == nil || err == error(identity.ErrKind) {
			t.Errorf("document type %s has no kind we can check: %q", e.Code, e.Kind)
		}
	}
	if n := len([]rune(c.Text("pledge", false))); n < 100 || n > 200 {
		t.Errorf("the pledge has %d characters, 100 to 200 fit its sheet", n)
	}
	if c.Text("pledge", true) == c.Text("pledge", false) || c.Text("no such text", true) != "" {
		t.Error("texts")
	}
	for _, k := range c.Form.Categories {
		n := 0
		for _, p := range c.Catalogue {
			if p.Category == k.Code {
				n++
			}
		}
		if n < 2 {
			t.Errorf("category %s has %d programmes: no second choice", k.Code, n)
		}
	}
	// What is not certain is listed as an assumption.
	for _, key := range []string{"category-codes", "fee-2019", "minor-reading", "exam-days", "feature-codes", "catalogue", "undecidable"} {
		if !slices.ContainsFunc(c.Assumptions, func(a campaign.Assumption) bool { return a.Key == key && (a.Status == "R" || a.Status == "D") }) {
			t.Errorf("assumption %s is missing", key)
		}
	}
}

func TestEachCallGivesItsOwn(t *testing.T) {
	a, b := campaign.Adult2019(), campaign.Adult2019()
	a.Windows[0].ID, a.Divisions[0].Name, a.Form.Tables[0].Entries[0].Zh = "x", "x", "x"
	if b.Windows[0].ID == "x" || b.Divisions[0].Name == "x" || b.Form.Tables[0].Entries[0].Zh == "x" || strings.HasPrefix(campaign.Adult2019().Divisions[0].Name, "x") {
		t.Error("two campaigns share memory")
	}
}
