package campaign_test

import (
	"fmt"
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

// The 21 fields that the plan names, by name, in its order (demand A3): code
// table, lengths in characters and in DBF bytes, who fills each and when.
func TestAdult2019NamesAllFieldsOfThePlan(t *testing.T) {
	c := campaign.Adult2019()
	var named []string
	for _, f := range c.Form.Fields {
		if f.Named {
			named = append(named, f.Key)
		}
	}
	const always, never, level3, medical = "always", "never", "level 3", "medical"
	plan := []struct {
		key, zh      string
		kind         form.Kind
		table        string
		chars, bytes int
		filled       string
		during       window.Step
		required     string
	}{
		{"KSH", "考生号", form.KindDigits, "", 14, 14, form.ByProvince, window.Confirm, never},
		{"ZKZH", "准考证号", form.KindDigits, "", 16, 16, form.ByProvince, "number-tickets", never},
		{"XM", "姓名", form.KindName, "", 50, 60, form.ByCandidate, window.Register, always},
		{"XBDM", "性别", form.KindCode, "sex", 1, 1, form.ByCandidate, window.Register, always},
		{"MZDM", "民族", form.KindCode, "ethnic", 2, 2, form.ByCandidate, window.Register, always},
		{"CSRQ", "出生日期", form.KindDate, "", 8, 8, form.ByCandidate, window.Register, always},
		{"ZZMMDM", "政治面貌", form.KindCode, "politics", 2, 2, form.ByCandidate, window.Register, always},
		{"WHCDDM", "文化程度", form.KindCode, "education", 2, 2, form.ByCandidate, window.Register, always},
		{"WYYZDM", "外语语种", form.KindCode, "language", 1, 1, form.ByCandidate, window.Register, always},
		{"KSTZ", "考生特征", form.KindLetters, "feature", 10, 10, form.ByCandidate, window.Register, never},
		{"KSLXDM", "招生类别", form.KindCode, "enrolment", 1, 1, form.ByCandidate, window.Register, always},
		{"BYRQ", "毕业日期", form.KindDate, "", 8, 8, form.ByCandidate, window.Register, level3},
		{"BYXXMC", "毕业学校", form.KindText, "", 30, 60, form.ByCandidate, window.Register, level3},
		{"BYZSH", "毕业证书编号", form.KindText, "", 30, 30, form.ByCandidate, window.Register, level3},
		{"ZYZGZH", "医学类执业资格证书编号", form.KindText, "", 30, 30, form.ByCandidate, window.Register, medical},
		{"ZYLBDM", "职业类别", form.KindCode, "occupation", 2, 2, form.ByCandidate, window.Register, always},
		{"GZRQ", "工作日期", form.KindDate, "", 8, 8, form.ByCandidate, window.Register, always},
		{"LXDH", "联系电话", form.KindPhone, "", 20, 20, form.ByCandidate, window.Register, always},
		{"TXDZ", "通讯地址", form.KindText, "", 40, 80, form.ByCandidate, window.Register, always},
		{"YZBM", "邮政编码", form.KindPostCode, "", 6, 6, form.ByCandidate, window.Register, always},
		{"BZ", "备注", form.KindText, "", 30, 60, form.ByCandidate, window.Register, never},
	}
	if len(plan) != 21 || len(named) != 21 {
		t.Errorf("%d fields in the plan, %d marked as named", len(plan), len(named))
	}
	for _, want := range plan {
		f, ok := c.Form.Field(want.key)
		if !ok || f.Zh != want.zh || !f.Named || f.En == "" || f.Status == "" {
			t.Errorf("%s %s: got %q, named %t", want.key, want.zh, f.Zh, f.Named)
		}
		if f.Kind != want.kind || f.Table != want.table || f.MaxChars != want.chars || f.MaxBytes != want.bytes || f.Filled != want.filled || f.During != string(want.during) {
			t.Errorf("%s %s: %s %s, %d characters, %d bytes, by %s at %s", want.key, want.zh, f.Kind, f.Table, f.MaxChars, f.MaxBytes, f.Filled, f.During)
		}
		if tab, ok := c.Form.Table(f.Table); f.Table != "" && (!ok || len(tab.Entries) < 2) {
			t.Errorf("%s has no code table", want.key)
		}
		required := never
		switch {
		case f.Required:
			required = always
		case len(f.When) == 1 && slices.Equal(f.When[0].Levels, []string{"3"}):
			required = level3
		case len(f.When) == 1 && slices.Equal(f.When[0].Categories, []string{"26", "38"}):
			required = medical
		}
		if required != want.required {
			t.Errorf("%s %s: required %s, want %s", want.key, want.zh, required, want.required)
		}
		if col, ok := columnFrom(c, "candidates", want.key); !ok || col.Zh == "" || col.Length < f.MaxBytes {
			t.Errorf("%s does not travel whole in the candidate database: %+v", want.key, col)
		}
	}
}

func columnFrom(c campaign.Campaign, exchange, from string) (campaign.ExchangeColumn, bool) {
	e, _ := c.Exchange(exchange)
	i := slices.IndexFunc(e.Columns, func(col campaign.ExchangeColumn) bool { return col.From == from })
	if i < 0 {
		return campaign.ExchangeColumn{}, false
	}
	return e.Columns[i], true
}

// Every dated row of the plan's calendar, with what it says of who does it
// (demands A15 to A25). Days are the first and the last, both whole.
func TestAdult2019CalendarIsWhole(t *testing.T) {
	c := campaign.Adult2019()
	day := func(t time.Time) string { return t.In(window.Zone()).Format("01-02 15:04") }
	for _, want := range []struct {
		demand, id, first, last string
		by                      []string
	}{
		{"A15", "accounts", "08-19 00:00", "08-29 00:00", []string{"point", "county", "city", "province"}}, // begins by our default
		{"A16", "points", "08-28 00:00", "08-31 00:00", []string{"county", "city", "province"}},
		{"A17", "register-others", "09-02 00:00", "09-12 00:00", []string{"candidate"}},
		{"A17", "confirm-others", "09-02 00:00", "09-12 00:00", []string{"candidate", "point"}},
		{"A17", "pay", "09-02 00:00", "09-12 00:00", []string{"candidate"}},
		{"A18", "confirm-changsha-local", "09-02 00:00", "09-06 00:00", []string{"candidate", "point"}},
		{"A18", "confirm-changsha-all", "09-06 00:00", "09-12 00:00", []string{"candidate", "point"}},
		{"A20", "unpaid-check", "09-19 00:00", "09-21 00:00", []string{"point"}},
		{"A21", "exemption-files", "09-12 00:00", "09-21 00:00", []string{"city"}},
		{"A21", "exemption", "09-12 00:00", "09-30 00:00", []string{"city", "province"}},
		{"A22", "bonus", "09-12 00:00", "09-30 00:00", []string{"city"}},
		{"A22", "report", "09-12 00:00", "09-30 00:00", []string{"point", "county", "city"}},
		{"A23", "sites", "09-12 00:00", "09-30 00:00", []string{"county", "city", "province"}},
		{"A23", "catchment", "09-12 00:00", "09-30 00:00", []string{"city"}},
		{"A24", "number-tickets", "09-30 00:00", "10-17 00:00", []string{"province"}},
		{"A24", "assign-rooms", "09-30 00:00", "10-17 00:00", []string{"county", "city"}},
		{"A24", "exam-files", "09-30 00:00", "10-17 00:00", []string{"province"}},
		{"A25", "print-papers", "10-17 00:00", "10-28 00:00", []string{"county"}},
		{"A25", "print-ticket", "10-17 00:00", "10-28 00:00", []string{"candidate", "point"}},
	} {
		i := slices.IndexFunc(c.Windows, func(w window.Window) bool { return w.ID == want.id })
		if i < 0 {
			t.Errorf("%s: no window %s", want.demand, want.id)
			continue
		}
		w := c.Windows[i]
		if day(w.From) != want.first || day(w.To) != want.last || w.From.Year() != 2019 || w.Why == "" {
			t.Errorf("%s %s: %s to %s", want.demand, want.id, day(w.From), day(w.To))
		}
		s := slices.IndexFunc(c.Steps, func(s campaign.Step) bool { return s.Key == string(w.Step) })
		if s < 0 || !slices.Equal(c.Steps[s].By, want.by) {
			t.Errorf("%s %s: step %s by the wrong offices", want.demand, want.id, w.Step)
		}
		// A19: the hours of the points.
		hours := []window.Hours{{From: 8 * 60, To: 12 * 60}, {From: 15 * 60, To: 18 * 60}}
		if w.Step == window.Confirm && !slices.Equal(w.Hours, hours) || w.Step != window.Confirm && len(w.Hours) != 0 {
			t.Errorf("%s: hours %v", want.id, w.Hours)
		}
	}
	// A26: any window can be moved, by two persons of the province, with a reason.
	i := slices.IndexFunc(c.Acts, func(a campaign.Act) bool { return a.Key == "postpone-window" })
	if i < 0 || c.Acts[i].Tier != campaign.Province || c.Acts[i].Persons != 2 || !c.Acts[i].Reason {
		t.Error("who may move a window")
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
}

// Bonuses, exemptions and their points (domain rules 1.4, 1.5), papers and
// sittings (1.1, 1.2).
func TestAdult2019Tables(t *testing.T) {
	c := campaign.Adult2019()
	points := map[string]int{"B01": 50, "B02": 30, "B03": 20, "B04": 20, "B05": 20, "B06": 20, "B07": 20, "B08": 20, "B09": 20, "B10": 20, "B11": 10}
	for _, b := range c.Bonuses {
		if points[b.Code] != b.Points || b.Automatic != (b.Code == "B10") || b.Evidence == "" {
			t.Errorf("bonus %s: %d points, automatic %t", b.Code, b.Points, b.Automatic)
		}
		delete(points, b.Code)
	}
	if len(points) > 0 || len(c.Exemptions) != 4 || len(c.Exemptions[0].Levels) != 0 || !slices.Equal(c.Exemptions[2].Levels, []string{"3"}) {
		t.Errorf("bonuses left out %v, exemptions %+v", points, c.Exemptions)
	}
	for code, want := range map[string]string{
		"11": "YW SXW WY SD", "12": "YW SXL WY LH", "13": "YW SXW WY SD", "14": "YW SXW WY SD", "15": "YW SXL WY LH", "16": "YW SXL WY LH",
		"21": "YW SXW WY", "22": "YW SXL WY", "23": "YW SXW WY", "24": "YW SXW WY", "25": "YW SXL WY", "26": "YW SXL WY", "27": "YW SXW WY",
		"31": "ZZ WY DXYW", "32": "ZZ WY YSGL", "33": "ZZ WY GS1", "34": "ZZ WY GS2", "35": "ZZ WY MF", "36": "ZZ WY JYLL", "37": "ZZ WY STX", "38": "ZZ WY YXZH",
	} {
		k, ok := c.Form.Category(code)
		if got := strings.Join(k.Subjects, " "); !ok || got != want {
			t.Errorf("category %s: papers %s, want %s", code, got, want)
		}
		if k.Medical != (code == "26" || code == "38") || k.MathsAside != (code == "14" || code == "15" || code == "24") {
			t.Errorf("category %s: medical %t, maths aside %t", code, k.Medical, k.MathsAside)
		}
	}
	for _, s := range c.Subjects {
		if s.FullMark != 150 {
			t.Errorf("%s: full mark %d", s.Zh, s.FullMark)
		}
	}
	for i, want := range []string{"1 2019-10-26 09:00 [{1 11:00} {2 11:00} {3 11:30}]", "2 2019-10-26 14:30 [{1 16:30} {2 16:30} {3 17:00}]",
		"3 2019-10-27 09:00 [{1 11:00} {2 11:00} {3 11:30}]", "4 2019-10-27 14:30 [{1 16:30}]"} {
		if s := c.Sittings[i]; fmt.Sprintf("%d %s %s %v", s.Number, s.Date, s.Start, s.Ends) != want {
			t.Errorf("sitting %d: %v", i+1, s)
		}
	}
}

// Numbers, papers of foreigners, photos and who must agree.
func TestAdult2019Offices(t *testing.T) {
	c := campaign.Adult2019()
	for key, want := range map[string]string{
		campaign.NumberCandidate: "{yy}{province2}{county4}{group2}{serial4}", campaign.NumberTicket: "{area4}{level1}{cat1}{room4}{seat2}",
	} {
		n, ok := c.Number(key)
		p, err := n.Compile()
		if !ok || n.Template != want || err != nil || p.Has("site") {
			t.Errorf("%s: %s, %v", key, n.Template, err)
		}
	}
	ticket, _ := c.Number(campaign.NumberTicket)
	if p, _ := ticket.Compile(); p.Width() != 12 || p.Capacity("room") != 9999 {
		t.Error("tickets have 12 digits, and a room for everybody")
	}
	// A40: everyone without a resident's card is photographed, copied, reviewed by the city.
	for _, d := range c.Documents {
		resident := d.Code == "01"
		if resident != (d.Photo == campaign.PhotoChipElseCamera) || resident != (d.Review == "") || !resident && (d.Review != campaign.City || d.Photo != campaign.PhotoCamera || len(d.Copies) == 0) {
			t.Errorf("document %s: %+v", d.Code, d)
		}
	}
	for key, want := range map[string]struct {
		tier    campaign.Tier
		persons int
	}{
		"void-same-day": {campaign.Point, 2}, "void-later": {campaign.County, 2}, "sign-campaign": {campaign.Province, 2}, "refund": {campaign.Province, 2},
		"revert-payment": {campaign.Province, 2}, "close-reconciliation": {campaign.Province, 2}, "exemption-first": {campaign.City, 1}, "bonus-enter": {campaign.City, 2},
		"unlock": {campaign.County, 1}, "draw-seed": {campaign.Province, 2}, "number-tickets": {campaign.Province, 2}, "revoke-box": {campaign.Province, 2},
	} {
		i := slices.IndexFunc(c.Acts, func(a campaign.Act) bool { return a.Key == key })
		if i < 0 || c.Acts[i].Tier != want.tier || c.Acts[i].Persons != want.persons {
			t.Errorf("act %s", key)
		}
	}
}

// What nobody official confirmed is listed as an assumption that names the
// place: take any away, and the check misses it.
func TestAssumptionsAreWhole(t *testing.T) {
	for _, c := range campaign.Shipped() {
		if len(c.Assumptions) < 20 {
			t.Errorf("%s: %d assumptions", c.ID, len(c.Assumptions))
		}
		for i, a := range c.Assumptions {
			if len(a.Places) == 0 || a.Zh == "" || a.En == "" {
				t.Errorf("%s: assumption %s names no place", c.ID, a.Key)
			}
			less := c
			less.Assumptions = slices.Delete(slices.Clone(c.Assumptions), i, i+1)
			for _, p := range less.Validate() {
				if p.Code != campaign.ProblemMissing {
					t.Errorf("%s without %s: %s", c.ID, a.Key, p)
				}
			}
		}
		none := c
		none.Assumptions = []campaign.Assumption{{Key: "x", Status: "D", Zh: "无", En: "none", Places: []string{"id"}}}
		if n := len(none.Validate()); n < 100 {
			t.Errorf("%s: without assumptions only %d facts are unsure", c.ID, n)
		}
	}
	// The marks of the domain rules, by what they are about.
	for _, key := range []string{"category-codes", "category-15", "fee-2019", "exempt-pays", "minor-reading", "exam-days", "feature-codes", "occupation-codes",
		"catalogue", "undecidable", "candidate-number", "ticket-number", "field-lengths", "study-form-codes", "ethnic-other", "retired-soldiers", "licence-when"} {
		if !slices.ContainsFunc(campaign.Adult2019().Assumptions, func(a campaign.Assumption) bool { return a.Key == key }) {
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
