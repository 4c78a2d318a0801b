package campaign_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

func TestGaokao2014HasNoProblem(t *testing.T) {
	for _, p := range campaign.Gaokao2014().Validate() {
		t.Error(p)
	}
}

// The columns of T_BMK (domain rules 1.7) that a registration fills, by name,
// with who fills them.
func TestGaokao2014Fields(t *testing.T) {
	c := campaign.Gaokao2014()
	for _, want := range []struct{ key, zh, filled, during string }{
		{"KSH", "考生号", form.ByProvince, "register"}, {"ZKZH", "准考证号", form.ByProvince, "number-tickets"}, {"XM", "姓名", form.ByCandidate, "register"},
		{"XBDM", "性别", form.ByCandidate, "register"}, {"CSRQ", "出生日期", form.ByCandidate, "register"}, {"ZZMMDM", "政治面貌", form.ByCandidate, "register"},
		{"MZDM", "民族", form.ByCandidate, "register"}, {"KSLBDM", "考生类别", form.ByCandidate, "register"}, {"KSLXDM", "报考类型", form.ByCandidate, "register"},
		{"BYLBDM", "毕业类别", form.ByCandidate, "register"}, {"BYXXDM", "毕业学校代码", form.ByCandidate, "register"}, {"BYXXMC", "毕业学校", form.ByCandidate, "register"},
		{"WYYZDM", "外语语种", form.ByCandidate, "register"}, {"KSTZ", "考生特征", form.ByCandidate, "register"}, {"ZJLXDM", "证件类型", form.ByCandidate, "register"},
		{"ZJHM", "证件号码", form.ByCandidate, "register"}, {"XJH", "学籍号", form.ByCandidate, "register"}, {"TXDZ", "通讯地址", form.ByCandidate, "register"},
		{"YZBM", "邮政编码", form.ByCandidate, "register"}, {"LXDH", "联系电话", form.ByCandidate, "register"}, {"SJR", "收件人", form.ByCandidate, "register"},
		{"KSTC", "考生特长", form.ByCandidate, "register"}, {"KSJLHCF", "奖励或者处分", form.ByCandidate, "register"}, {"HJLBDM", "户籍类别", form.ByCandidate, "register"},
		{"CZLBDM", "残障类别", form.ByCandidate, "register"}, {"HKKH", "学业水平考试考号", form.ByCandidate, "register"},
		{"SXPDKHYJ", "思想政治品德考核意见", form.ByPoint, "evaluate"}, {"PY", "综合评语", form.ByPoint, "evaluate"}, {"ZGSCYJ", "资格审查意见", form.ByCounty, "evaluate"},
		{"TJJLDM", "体检结论", form.ByImport, "medical"}, {"TZF", "特征分", form.ByImport, "bonus"}, {"ZF", "总分", form.ByImport, "results"},
	} {
		f, ok := c.Form.Field(want.key)
		if !ok || f.Zh != want.zh || f.Filled != want.filled || f.During != want.during || f.En == "" {
			t.Errorf("%s %s: got %q filled by %s during %s", want.key, want.zh, f.Zh, f.Filled, f.During)
		}
	}
	e, ok := c.Exchange("candidates")
	if !ok || e.Charset != campaign.CharsetGBK || e.Header != campaign.HeaderFoxPro {
		t.Fatalf("no exchange of candidates: %+v", e)
	}
	// T_BMK as public importers read it, in its order; ours follow.
	seen := "KSH ZKZH XM XBDM CSRQ ZZMMDM MZDM KSLBDM KSLXDM BYLBDM BYXXDM BYXXMC WYYZDM KSTZ DQDM ZJLXDM ZJHM XJH WYKS WYTL TXDZ YZBM LXSJ LXDH SJR " +
		"KSTC KSJLHCF SXPDKHYJ KSZG HJLBDM CZLBDM XKKM SKKM HKKH HKDJ XTDW ZSYJ YSJZDM"
	var names []string
	for _, col := range e.Columns {
		names = append(names, col.Name)
	}
	if got := strings.Join(names, " "); !strings.HasPrefix(got, seen+" BMXH ") {
		t.Errorf("columns of T_BMK: %s", got)
	}
}

// The calendar of the 2014 plan, section 1.1, at every edge (demand B2). Days
// end at 24:00, which is 0:00 of the next.
// The form's table of 考生类别 and the categories bear one name: codes of either are
// told by their names, or papers show "1 1" (seen on the proof sheet).
func TestGaokao2014NamesBothCategories(t *testing.T) {
	c := campaign.Gaokao2014()
	for code, want := range map[string]string{"1": "城市应届", "4": "农村往届", "15": "理工", "99": "职高对口", "7": "7"} {
		if got := c.TableName("category", code); got != want {
			t.Errorf("category %s is %q, want %q", code, got, want)
		}
	}
}

func TestGaokao2014Calendar(t *testing.T) {
	c := campaign.Gaokao2014()
	const arts, artsScience, humanities, science, sport, vocational, recommended = "13", "17", "11", "15", "18", "99", "21"
	for _, tc := range []struct {
		step     window.Step
		category string
		now      string
		want     window.State
		why      window.Reason
	}{
		{"register", science, "2013-10-31 23:59:59", window.Closed, window.NotYet},
		{"register", science, "2013-11-01 00:00:00", window.Open, window.InWindow},
		{"register", arts, "2013-11-10 23:59:59", window.Open, window.InWindow},
		{"register", arts, "2013-11-11 00:00:00", window.Closed, window.Over},
		{"register", vocational, "2013-11-11 00:00:00", window.Closed, window.Over},
		{"pay", vocational, "2013-10-31 23:59:59", window.Closed, window.NotYet},
		{"pay", vocational, "2013-11-10 23:59:59", window.Open, window.InWindow},
		{"pay", vocational, "2013-11-11 00:00:00", window.Closed, window.Over},

		{"confirm", arts, "2013-10-31 23:59:59", window.Closed, window.NotYet},
		{"confirm", arts, "2013-11-01 00:00:00", window.Open, window.InWindow},
		{"confirm", arts, "2013-11-19 23:59:59", window.Open, window.InWindow},
		{"confirm", arts, "2013-11-20 00:00:00", window.Open, window.InWindow},
		{"confirm", arts, "2013-11-20 23:59:59", window.Open, window.InWindow},
		{"confirm", arts, "2013-11-21 00:00:00", window.Closed, window.WrongCategory},
		{"confirm", arts, "2013-11-22 00:00:00", window.Closed, window.WrongCategory},
		{"confirm", arts, "2013-12-21 00:00:00", window.Closed, window.Over},
		{"confirm", artsScience, "2013-11-20 23:59:59", window.Open, window.InWindow},
		{"confirm", artsScience, "2013-11-21 00:00:00", window.Closed, window.WrongCategory},
		{"confirm", sport, "2013-11-21 00:00:00", window.Open, window.InWindow},
		{"confirm", science, "2013-10-31 23:59:59", window.Closed, window.NotYet},
		{"confirm", science, "2013-11-21 00:00:00", window.Open, window.InWindow},
		{"confirm", humanities, "2013-12-19 23:59:59", window.Open, window.InWindow},
		{"confirm", vocational, "2013-12-20 23:59:59", window.Open, window.InWindow},
		{"confirm", recommended, "2013-12-21 00:00:00", window.Closed, window.Over},

		{"evaluate", arts, "2013-11-20 23:59:59", window.Open, window.InWindow},
		{"evaluate", arts, "2013-11-21 00:00:00", window.Closed, window.WrongCategory},
		{"evaluate", science, "2013-12-20 23:59:59", window.Open, window.InWindow},
		{"report", arts, "2013-11-10 23:59:59", window.Closed, window.NotYet},
		{"report", arts, "2013-11-11 00:00:00", window.Open, window.InWindow},
		{"report", arts, "2013-11-20 23:59:59", window.Open, window.InWindow},
		{"report", arts, "2013-11-21 00:00:00", window.Closed, window.WrongCategory},
		{"report", science, "2013-12-20 23:59:59", window.Open, window.InWindow},
		{"report", science, "2013-12-21 00:00:00", window.Closed, window.Over},
		{"print-ticket", arts, "2014-06-08 23:59:59", window.Open, window.InWindow},
		{"unpaid-check", arts, "2013-11-05 00:00:00", window.Closed, window.NoWindow},
	} {
		now, err := time.ParseInLocation(time.DateTime, tc.now, window.Zone())
		if err != nil {
			t.Fatal(err)
		}
		app := form.Application{Choices: []form.Choice{{Order: 1, Level: tc.category[:1], Category: tc.category}}}
		v := c.Judge(tc.step, app, "430304", window.At(now))
		if v.State != tc.want || v.Reason != tc.why || v.OutsideHours {
			t.Errorf("%s, category %s, %s: got %s, %s; want %s, %s", tc.step, tc.category, tc.now, v.State, v.Reason, tc.want, tc.why)
		}
	}
	// A clock that may stand on either side of the arts deadline turns nobody away.
	last := time.Date(2013, 11, 21, 0, 0, 0, 0, window.Zone())
	unsure := window.Interval{Earliest: last.Add(-time.Minute), Latest: last.Add(time.Minute), Bounded: true}
	app := form.Application{Choices: []form.Choice{{Order: 1, Level: "1", Category: arts}}}
	if v := c.Judge(window.Confirm, app, "430304", unsure); v.State != window.Undecidable {
		t.Errorf("arts at an unsure midnight: %s %s", v.State, v.Reason)
	}
	// Every category has its windows, in every county.
	noon := window.At(time.Date(2013, 11, 15, 12, 0, 0, 0, window.Zone()))
	for _, k := range c.Form.Categories {
		app := form.Application{Choices: []form.Choice{{Order: 1, Level: k.Level, Category: k.Code}}}
		for _, d := range c.Divisions {
			for _, step := range []window.Step{"confirm", "evaluate", "report"} {
				if v := c.Judge(step, app, d.Code, noon); d.Tier == campaign.County && v.State != window.Open {
					t.Errorf("%s, category %s at %s: %s", step, k.Code, d.Code, v.Reason)
				}
			}
		}
	}
}

// Worked examples of every template (domain rules 1.9 and 2).
func TestGaokao2014Numbers(t *testing.T) {
	c := campaign.Gaokao2014()
	for _, tc := range []struct {
		key, division, category string
		more                    map[string]string
		want                    string
	}{
		{campaign.NumberSequence, "430304", "", map[string]string{"serial": "51"}, "030400051"},
		{campaign.NumberSequence, "433130", "", map[string]string{"serial": "99999"}, "313099999"},
		{campaign.NumberCandidate, "430102", "15", map[string]string{"serial": "1"}, "14430102150001"}, // 2014, Furong, unified, science, first
		{campaign.NumberCandidate, "430102", "13", map[string]string{"serial": "27"}, "14430102130027"},
		{campaign.NumberCandidate, "433130", "99", map[string]string{"serial": "9999"}, "14433130999999"},
		{campaign.NumberTicket, "430102", "17", map[string]string{"area": "0102", "room": "12", "seat": "7"}, "010217001207"},
		{campaign.NumberOrder, "430102", "", map[string]string{"serial": "43"}, "GK2014010200000043"},
	} {
		template, ok := c.Number(tc.key)
		pattern, err := template.Compile()
		if !ok || err != nil {
			t.Errorf("%s: %v", tc.key, err)
			continue
		}
		values := c.NumberValues(tc.division, tc.category)
		for k, v := range tc.more {
			values[k] = v
		}
		got, err := pattern.Format(values)
		if err != nil || got != tc.want {
			t.Errorf("%s of %s, %s: got %s, %v; want %s", tc.key, tc.division, tc.category, got, err, tc.want)
			continue
		}
		parts, err := pattern.Parse(got)
		if err != nil {
			t.Errorf("%s: %v", tc.key, err)
		}
		for name, v := range parts {
			if want := values[name]; strings.TrimLeft(v, "0") != strings.TrimLeft(want, "0") {
				t.Errorf("%s: {%s} came back as %s, want %s", tc.key, name, v, want)
			}
		}
		if f, ok := c.Form.Field(template.Field); template.Field != "" && (!ok || len(got) > f.MaxBytes) {
			t.Errorf("%s does not fit %s", tc.key, template.Field)
		}
		if _, err := pattern.Format(map[string]string{"county": "0102"}); err == nil {
			t.Errorf("%s: made without its serial", tc.key)
		}
	}
}

// What level and category mean here: the two digits of the candidate number.
func TestGaokao2014Categories(t *testing.T) {
	c := campaign.Gaokao2014()
	want := map[string][]string{
		"11": {"YW", "SXW", "WZ", "WY"}, "13": {"YW", "SXW", "WZ", "WY"}, "14": {"YW", "SXW", "WZ", "WY"},
		"15": {"YW", "SXL", "LZ", "WY"}, "17": {"YW", "SXL", "LZ", "WY"}, "18": {"YW", "SXL", "LZ", "WY"},
		"21": nil, "25": nil, "99": {"DYW", "DSX", "DZY", "DWY"},
	}
	for _, k := range c.Form.Categories {
		subjects, ok := want[k.Code]
		if !ok || !slices.Equal(k.Subjects, subjects) || k.Medical {
			t.Errorf("category %s: %v, want %v", k.Code, k.Subjects, subjects)
		}
		total := 0
		for _, key := range k.Subjects {
			for _, s := range c.Subjects {
				if s.Key == key {
					total += s.FullMark
				}
			}
		}
		if len(subjects) > 0 && total != 750 {
			t.Errorf("category %s adds up to %d, want 750", k.Code, total)
		}
		delete(want, k.Code)
		n := 0
		for _, p := range c.Catalogue {
			if p.Category == k.Code {
				n++
				if !strings.Contains(p.Remark, "示例") {
					t.Errorf("%s %s is not marked as made up", p.SchoolName, p.MajorName)
				}
			}
		}
		if n < 2 {
			t.Errorf("category %s has %d programmes", k.Code, n)
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	for _, l := range c.Form.Levels {
		if fen, ok := c.Fee(l.Code); !ok || fen <= 0 {
			t.Errorf("level %s has no fee", l.Code)
		}
		sits := 0
		for _, s := range c.Sittings {
			if s.Date != "2014-06-07" && s.Date != "2014-06-08" {
				t.Errorf("sitting on %s", s.Date)
			}
			if slices.ContainsFunc(s.Ends, func(e campaign.EndTime) bool { return e.Level == l.Code }) {
				sits++
			}
		}
		if want := map[string]int{"1": 4, "2": 0, "9": 4}[l.Code]; sits != want {
			t.Errorf("level %s sits %d times, want %d", l.Code, sits, want)
		}
	}
}

// The divisions are those of November 2013: counties that became cities later
// are counties still.
func TestGaokao2014Divisions(t *testing.T) {
	c := campaign.Gaokao2014()
	if want := campaign.Divisions(time.Date(2013, 11, 1, 0, 0, 0, 0, window.Zone())); !reflect.DeepEqual(c.Divisions, want) {
		t.Error("the divisions are of another day")
	}
	for code, name := range map[string]string{"430124": "宁乡县", "430221": "株洲县", "430521": "邵东县", "431121": "祁阳县", "430112": "望城区"} {
		if d, ok := c.Division(code); !ok || d.Name != name {
			t.Errorf("%s: got %q, want %s", code, d.Name, name)
		}
	}
	for _, code := range []string{"430182", "430212", "430582", "431181"} {
		if _, ok := c.Division(code); ok {
			t.Errorf("%s did not exist in 2013", code)
		}
	}
	if n := len(c.Divisions); n != 137 {
		t.Errorf("%d divisions, want 137", n)
	}
	i := slices.IndexFunc(c.Rules, func(r form.Rule) bool { return r.Key == "poor-county" })
	var poor []string
	for _, code := range c.Rules[i].Must.Household.In {
		d, _ := c.Division(code)
		poor = append(poor, d.Name)
	}
	want := "新邵县 邵阳县 隆回县 洞口县 绥宁县 新宁县 城步苗族自治县 武冈市 石门县 慈利县 桑植县 安化县 中方县 沅陵县 辰溪县 溆浦县 会同县 麻阳苗族自治县 " +
		"新晃侗族自治县 芷江侗族自治县 靖州苗族侗族自治县 通道侗族自治县 新化县 涟源市 泸溪县 凤凰县 花垣县 保靖县 古丈县 永顺县 龙山县 " + // 武陵山, 31
		"茶陵县 炎陵县 宜章县 汝城县 桂东县 安仁县 " + // 罗霄山, 6
		"平江县 新田县 江华瑶族自治县"
	if got := strings.Join(poor, " "); got != want {
		t.Errorf("counties of the plan for poor counties: %s", got)
	}
}

func TestGaokao2014Content(t *testing.T) {
	c := campaign.Gaokao2014()
	for _, key := range []string{"pledge", "pledge_screen", "notice", "choices_notice", "bring", "photo_notice", "submit_warning",
		"login_card", "login_list", "proof_sheet", "proof_sign", "register_form", "assessment_notice"} {
		zh, en := c.Text(key, false), c.Text(key, true)
		if zh == "" || en == "" || zh == en {
			t.Errorf("text %s is missing in one language", key)
		}
		if strings.Contains(zh, "刑法修正案") || strings.Contains(en, "Criminal Law") {
			t.Errorf("text %s names a law that was made in 2015", key)
		}
		if a, b := strings.Count(zh, "\n"), strings.Count(en, "\n"); a != b {
			t.Errorf("text %s has %d lines in Chinese and %d in English", key, a+1, b+1)
		}
	}
	if n := len([]rune(c.Text("pledge", false))); n < 100 || n > 200 {
		t.Errorf("the pledge has %d characters, 100 to 200 fit its sheet", n)
	}
	k, ok := c.Kit(campaign.KitPoint)
	var devices []string
	for _, d := range k.Devices {
		devices = append(devices, d.Key)
	}
	if !ok || !slices.Equal(devices, []string{"idcard", "camera", "printer-wide", "network"}) || k.Cores+k.MemoryMB+k.DiskGB != 0 {
		t.Errorf("the plan's list for a point: %+v", k)
	}
	if _, more := c.Kit(campaign.KitCounty); more {
		t.Error("the 2014 plan lists equipment of points only")
	}
	p := c.Policy
	if p.ConfirmUnpaid || p.Minor != campaign.NoMinors || len(c.Exemptions) != 0 || c.Form.Choose != form.ChooseCategory || c.Form.MaxChoices != 1 {
		t.Errorf("policy: %+v, %d exemptions, choose %s", p, len(c.Exemptions), c.Form.Choose)
	}
	i := slices.IndexFunc(c.Photos, func(f campaign.PhotoProfile) bool { return f.Name == p.PhotoProfile })
	if i < 0 || c.Photos[i].Width != 480 || c.Photos[i].Height != 640 || c.Photos[i].MinBytes != 50<<10 || c.Photos[i].MaxBytes != 120<<10 {
		t.Errorf("photo profile: %+v", c.Photos)
	}
	for _, d := range c.Documents {
		if _, err := identity.ParseDocument(identity.Kind(d.Kind), "?"); err == nil || err == error(identity.ErrKind) {
			t.Errorf("document type %s has no kind we can check: %q", d.Code, d.Kind)
		}
	}
	for _, b := range c.Bonuses {
		if b.Automatic || b.Points < 1 || b.Points > 20 || b.Status != campaign.StatusKnown {
			t.Errorf("bonus %s: %+v", b.Code, b)
		}
	}
	for _, key := range []string{"choices-are-categories", "fee-2014", "exam-days", "deadline-reading", "pay-at-point", "sequence-number", "bonus-kinds", "feature-codes", "catalogue", "later-days"} {
		if !slices.ContainsFunc(c.Assumptions, func(a campaign.Assumption) bool {
			return a.Key == key && (a.Status == campaign.StatusKnown || a.Status == campaign.StatusDefault) && len(a.Places) > 0
		}) {
			t.Errorf("assumption %s is missing", key)
		}
	}
	a, b := campaign.Gaokao2014(), campaign.Gaokao2014()
	a.Windows[0].ID, a.Rules[0].Key, a.Form.Tables[0].Entries[0].Zh = "x", "x", "x"
	if b.Windows[0].ID == "x" || b.Rules[0].Key == "x" || b.Form.Tables[0].Entries[0].Zh == "x" {
		t.Error("two campaigns share memory")
	}
}

// Nothing is marked R or D without an assumption that names its place: take one
// away and the load-time check asks for it there.
func TestGaokao2014AssumptionsAreNeeded(t *testing.T) {
	for key, place := range map[string]string{
		"fee-2014": "fees 1", "exam-days": "dates exam-first", "bonus-kinds": "bonuses G01", "subjects": "subjects YW", "sequence-number": "numbers sequence",
		"ticket-number": "numbers ticket", "order-number": "numbers order", "photo-size": "photos gaokao480", "poor-counties": "rules poor-county",
		"graduation-rules": "rules former-graduated", "scheme-codes": "form.tables scheme.entries 2", "vocational-class": "form.fields DKZYDM",
		"levels-are-types": "form.categories 15", "reasons": "reasons unpaid.entries 01", "graduation-codes": "form.tables graduation.entries 1",
	} {
		c := campaign.Gaokao2014()
		c.Assumptions = slices.DeleteFunc(c.Assumptions, func(a campaign.Assumption) bool { return a.Key == key })
		if key == "scheme-codes" { // two others name the table or a part of it
			c.Assumptions = slices.DeleteFunc(c.Assumptions, func(a campaign.Assumption) bool { return a.Key == "pre-course-type" })
		}
		if !slices.ContainsFunc(c.Validate(), func(p campaign.Problem) bool { return p.Place == place && p.Code == campaign.ProblemMissing }) {
			t.Errorf("without %s nobody asks for %s: %v", key, place, c.Validate())
		}
	}
}

func TestGaokao2014Travels(t *testing.T) {
	c := campaign.Gaokao2014()
	b, err := campaign.Encode(c)
	if err != nil || len(b) > 256<<10 {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	back, err := campaign.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if p := back.Validate(); p != nil {
		t.Errorf("the decoded campaign is refused: %v", p)
	}
	if !reflect.DeepEqual(back.Rules, c.Rules) || !reflect.DeepEqual(back.Form, c.Form) || !reflect.DeepEqual(back.Exchanges, c.Exchanges) {
		t.Error("something was lost")
	}
	if fmt.Sprint(back.Assumptions) != fmt.Sprint(c.Assumptions) {
		t.Error("assumptions were lost")
	}
}

func TestEntrances(t *testing.T) {
	adult, gaokao := campaign.Adult2019().Portal, campaign.Gaokao2014().Portal
	if adult.ByCard() || adult.SecondPassword || !gaokao.ByCard() || !gaokao.SecondPassword {
		t.Errorf("adults come with accounts, pupils with cards and a second password: %+v, %+v", adult, gaokao)
	}
	var old campaign.Portal // of a campaign from before the portal
	if old.ByCard() || old.SlipLife() != campaign.DefaultSlipDays {
		t.Errorf("without a word: %+v", old)
	}
}
