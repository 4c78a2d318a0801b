package pages

import (
	"strings"
	"time"
)

func formScenes(add adder) {
	noticesScenes(add)
	stepScenes(add)
	conflictScenes(add)
	reviewScenes(add)
}

// sceneSteps is the strip with one step to come after those before it.
func sceneSteps(at int) Steps {
	names := []string{"承诺书", "本人情况", "学历情况", "工作与联系方式", "志愿", "选确认点", "看一遍，提交"}
	paths := []string{"/ks/pledge", "/ks/form/1", "/ks/form/2", "/ks/form/3", "/ks/choices", "/ks/point", "/ks/review"}
	marks := []string{"steps.signed", "steps.filled", "steps.filled", "steps.filled", "steps.filled", "steps.chosen", ""}
	out := Steps{Number: at, Of: len(names)}
	for i, n := range names {
		m := StepMark{Name: n, Path: paths[i], State: "ahead"}
		switch {
		case i+1 < at:
			m.State, m.Mark = "done", marks[i]
		case i+1 == at:
			m.State = "now"
		}
		out.List = append(out.List, m)
	}
	return out
}

func sceneLines(text string) []string { return strings.Split(text, "\n") }

const (
	sceneNotice  = "网上填报后，请在规定时间内由本人携带身份证和相关资料到所选报名确认点办理现场确认。\n确认以前可以修改报名信息和志愿；确认以后不能再修改。"
	scenePrivacy = "收集哪些：表上填的内容，证件上的信息和照片，现场的签名，办理的时间和地点。\n用来做什么：只用于这次考试。"
	scenePhoto   = "照片印在准考证和考生登记表上，考试时用来认人。\n报名要有照片；不愿意在这里照，可以请工作人员办。"
	scenePledge  = "我郑重承诺：所填报名信息和提交的证件、材料全部真实、准确；服从考试安排，遵守考场纪律，凭本人能力诚信应考。"
)

func noticesScenes(add adder) {
	notices := Notices{Steps: sceneSteps(1), Points: []NoticeText{{"notices.bring", []string{"本人第二代居民身份证原件", "毕业证书原件（报考专升本的）"}}}, All: []Consent{
		{Kind: "notice", Title: "notices.notice", Text: sceneLines(sceneNotice), Agree: "notices.read"},
		{Kind: "privacy", Title: "notices.privacy", Text: sceneLines(scenePrivacy), Agree: "notices.agree"},
		{Kind: "photo", Title: "notices.photo", Text: sceneLines(scenePhoto)}}}
	add("notices", "new", "还没看", "notices", her(), notices)
	refused := notices
	refused.All = append([]Consent(nil), notices.All...)
	refused.All[0].Ticked = true
	refused.All[1].Error, refused.All[2].Error = "notices.need.privacy", "notices.need.photo"
	refused.Faults = []Fault{{"c-privacy", "请看完个人信息怎样使用，打上钩"}, {"c-photo", "照相的事，请选一个"}}
	add("notices", "refused", "漏了两项", "notices", her(), refused)
	read := notices
	read.All = append([]Consent(nil), notices.All...)
	for i := range read.All {
		read.All[i].Ticked, read.All[i].Given = true, sceneNow()
	}
	read.Done = true
	add("notices", "read", "都看过了", "notices", her(), read)

	pledge := Pledge{Steps: sceneSteps(1), Text: sceneLines(scenePledge), Next: "/ks/form/1"}
	add("pledge", "new", "还没签", "pledge", her(), pledge)
	empty := pledge
	empty.Error, empty.Faults = "请打上您的姓名", []Fault{{"name", "请打上您的姓名"}}
	add("pledge", "refused", "没有签名", "pledge", her(), empty)
	signed := pledge
	signed.Signed, signed.Signer, signed.Drawn = sceneNow(), "欧阳建华", "M100 200L220 120L300 260M420 140L640 150"
	add("pledge", "signed", "签好了", "pledge", her(), signed)
	other := signed
	other.Other, other.Name = true, "欧阳建国"
	add("pledge", "other-name", "签名和姓名不一样", "pledge", her(), other)
	changed := signed
	changed.Changed, changed.Name = true, "欧阳建华"
	add("pledge", "changed", "承诺书改过", "pledge", her(), changed)

	guard := Guardian{Steps: sceneSteps(1), Text: sceneLines("孩子不满14周岁，收集和使用孩子的报名信息，要由父母或者其他监护人同意。"), Privacy: sceneLines(scenePrivacy),
		Back: "/ks/form/1", Relations: []Option{{Value: "father", Text: "relation.father"}, {Value: "mother", Text: "relation.mother"}}}
	add("guardian", "new", "请监护人同意", "guardian", her(), guard)
	bad := guard
	bad.Error = map[string]string{"name": "请填监护人姓名", "phone": "请填 11 位手机号", "relation": "请选和孩子的关系"}
	bad.Faults = []Fault{{"name", "请填监护人姓名"}, {"relation", "请选和孩子的关系"}, {"phone", "请填 11 位手机号"}}
	add("guardian", "refused", "没填好", "guardian", her(), bad)
	agreed := guard
	agreed.Given, agreed.Name, agreed.Phone = sceneNow(), "欧阳明", "13800000000"
	add("guardian", "agreed", "同意过了", "guardian", her(), agreed)
}

func sceneFields() []FormField {
	return []FormField{
		{Key: "WHCDDM", ID: "f-WHCDDM", Label: "文化程度", Hint: "打代码或汉字都行，例如“大专”", Kind: "code", Value: "31", Options: []OptionGroup{
			{"大学本科教育", []Option{{Value: "21", Text: "大学本科毕业", Note: "可报专升本"}, {Value: "22", Text: "大学本科结业", Note: "不能报专升本"}}},
			{"大学专科教育", []Option{{Value: "31", Text: "大学专科毕业", Note: "可报专升本", Chosen: true}, {Value: "32", Text: "大学专科结业", Note: "不能报专升本"}}}}},
		{Key: "XBDM", ID: "f-XBDM", Label: "性别", Hint: "与身份证一致", Kind: "few", Value: "2", Options: []OptionGroup{{"", []Option{{Value: "1", Text: "男"}, {Value: "2", Text: "女", Chosen: true}}}}},
		{Key: "BYXXMC", ID: "f-BYXXMC", Label: "毕业学校", Hint: "毕业证上盖章的学校", Kind: "text", Value: "湖南女子学院", Max: 30},
		{Key: "BYRQ", ID: "f-BYRQ", Label: "毕业日期", Hint: "毕业证上写的那一天，例如 2016-06-30", Kind: "text", Value: "2016-06-30", Max: 20, Mode: "numeric", Pattern: `\d{4}-?\d{1,2}-?\d{1,2}`},
		{Key: "BYZSH", ID: "f-BYZSH", Label: "毕业证书编号", Hint: "在毕业证右下角，15到18位；报专升本必须填", Kind: "text", Value: "115381201606000217", Max: 30},
		{Key: "HKDM", ID: "f-HKDM", Label: "户籍所在地", Hint: "户口簿所在的县（市、区）", Kind: "list", Value: "430104 长沙市岳麓区", Max: 40, Options: []OptionGroup{{"长沙市", []Option{{Value: "430104", Text: "岳麓区"}, {Value: "430105", Text: "开福区"}}}}},
		{Key: "KSTZ", ID: "f-KSTZ", Label: "考生特征", Hint: "没有的不填", Kind: "letters", Optional: true, Options: []OptionGroup{{"", []Option{{Value: "A", Text: "省级优秀学生"}, {Value: "C", Text: "科技创新、学科奥赛获奖"}}}}},
		{Key: "TXDZ", ID: "f-TXDZ", Label: "通讯地址", Hint: "能收到信的地址，写到门牌号", Kind: "area", Value: "长沙市岳麓区某路 1 号", Max: 80},
	}
}

func sceneForm() Form {
	return Form{Steps: sceneSteps(3), Title: "学历情况", Action: "/ks/form/2", Revision: 7, Fields: sceneFields(), Back: "/ks/form/1", Next: "/ks/form/3",
		Saved: "10:24", Diploma: true, Window: &WindowLine{Class: "done", Open: true, Until: sceneNow().Add(5 * 24 * time.Hour)}}
}

func stepScenes(add adder) {
	add("form", "filling", "正在填", "form", her(), sceneForm())
	fresh := sceneForm()
	fresh.Saved = ""
	for i := range fresh.Fields {
		fresh.Fields[i].Value = ""
	}
	add("form", "empty", "还没填", "form", her(), fresh)
	wrong := sceneForm()
	wrong.Fields[2].Value, wrong.Fields[2].Error = "2026-06-30", "“毕业日期”在今天之后，请核对。"
	wrong.Fields[2].Fix = &Fix{Value: "2016-06-30", Words: "改成 2016-06-30"}
	wrong.Fields[3].Good = "已写成 115381201606000217"
	wrong.Faults = []Fault{{"f-BYRQ", "“毕业日期”在今天之后，请核对。"}}
	add("form", "wrong", "有一处要改", "form", her(), wrong)
	early := sceneForm()
	early.Window = &WindowLine{Class: "wait", Text: "还没有到开始时间，请届时办理。9月6日8时起可以办理。"}
	add("form", "early", "还没到时间，可以先填", "form", her(), early)
	locked := sceneForm()
	locked.Window, locked.Locked, locked.Where, locked.Lines = nil, "lock.confirmed", "岳麓区第 1 报名确认点", []Line{{"文化程度", "大学专科毕业"}, {"毕业学校", "湖南女子学院"}, {"毕业日期", "2016-06-30"}, {"毕业证书编号", ""}}
	add("form", "confirmed", "确认以后只能看", "form", her(), locked)
	over := locked
	over.Locked, over.Window = "lock.over", &WindowLine{Class: "must", Text: "办理时间已经结束，如有疑问请向县（市、区）招办咨询。截止时间是9月11日24时。"}
	add("form", "over", "报名结束只能看", "form", her(), over)
}

func conflictScenes(add adder) {
	both := Conflict{Steps: sceneSteps(3), Title: "conflict.tabs", Text: "conflict.tabs.text", Action: "/ks/form/2", Revision: 9, Stored: "conflict.stored", At: sceneNow(), Back: "/ks/form/2",
		Same: []Line{{"f-WHCDDM", "31"}}, Apart: []Apart{
			{"f-BYXXMC", "毕业学校", "湖南女子学院", "湖南大学", []Mark{{"湖南", false}, {"女子", true}, {"学", false}, {"院", true}}, []Mark{{"湖南", false}, {"大", true}, {"学", false}}},
			{"f-BYZSH", "毕业证书编号", "", "115381201606000217", nil, []Mark{{"115381201606000217", true}}}}}
	add("conflict", "tabs", "两个窗口", "conflict", her(), both)
	office := both
	office.Title, office.Text, office.Action, office.Stored, office.Onto, office.Steps = "conflict.office", "conflict.office.text", "/ks/review/both", "conflict.theirs", 4, sceneSteps(7)
	add("conflict", "office", "招考机构也改了", "conflict", her(), office)
}

func sceneReview() Review {
	return Review{Steps: sceneSteps(7), Revision: 12, Fee: "170", PayAfter: true, Window: &WindowLine{Class: "done", Open: true, Until: sceneNow().Add(5 * 24 * time.Hour)}, Sections: []ReviewSection{
		{Title: "本人情况", Path: "/ks/form/1", Lines: []Line{{"姓名", "欧阳建华"}, {"证件号码", "430***********001X"}, {"户籍所在地", "长沙市岳麓区"}}},
		{Title: "学历情况", Path: "/ks/form/2", Lines: []Line{{"文化程度", "大学专科毕业"}, {"毕业学校", "湖南女子学院"}}},
		{Title: "志愿", Path: "/ks/choices", Lines: []Line{{"第1志愿", "专升本 · 31 文史、中医类 · 10530 湘潭大学 · 汉语言文学 · 函授 · 2.5 年"}}},
		{Title: "报名确认点", Path: "/ks/point", Lines: []Line{{"报名确认点", "岳麓区第 1 报名确认点"}, {"每天", "08:00—12:00、15:00—18:00"}}}}}
}

func reviewScenes(add adder) {
	ready := sceneReview()
	ready.Ready = true
	add("review", "ready", "可以提交", "review", her(), ready)
	missing := sceneReview()
	missing.Missing = []ReviewFault{{"/ks/form/2?show=all#f-BYRQ", "请填写“毕业日期”。"}, {"/ks/point", "请选择报名确认点。"}, {"/ks/pledge", "请再签一次诚信考试承诺书"}}
	missing.Sections[2].Lines, missing.Sections[2].Empty = nil, "review.choices.none"
	add("review", "missing", "还差几处", "review", her(), missing)
	rare := sceneReview()
	rare.Ready, rare.Sections[0].Lines[0].Value = true, "欧阳\U000323B5"
	rare.Rare = "姓名里的“\U000323B5”（U+323B5），打印的字库里没有，准考证和表上印成方框加编码。字已经原样记下，不影响报名和考试。写错了请改；没有错就照常办，到确认点会再给您看一次。"
	add("review", "rare", "有的字打不出来", "review", her(), rare)
	taken := ready
	taken.Refusal = "refused.taken"
	add("review", "taken", "号码报过名", "review", her(), taken)
	early := sceneReview()
	early.Window = &WindowLine{Class: "wait", Text: "还没有到开始时间，请届时办理。9月6日8时起可以办理。"}
	add("review", "early", "还没到时间", "review", her(), early)
	sent := sceneReview()
	sent.Submitted, sent.Version = sceneNow(), 1
	add("review", "sent", "提交过，没再改", "review", her(), sent)
	changed := sent
	changed.Changed, changed.Ready = true, true
	add("review", "changed", "改过，没提交", "review", her(), changed)
	stale := changed
	stale.Stale, stale.Ready = true, false
	add("review", "stale", "招考机构也改过", "review", her(), stale)
	withdrawn := sent
	withdrawn.Withdrawn, withdrawn.Ready = true, true
	add("review", "withdrawn", "撤回了", "review", her(), withdrawn)
	confirmed := sent
	confirmed.Confirmed, confirmed.Where, confirmed.Window = true, "岳麓区第 1 报名确认点", nil
	add("review", "confirmed", "确认以后", "review", her(), confirmed)

	next := Submitted{Point: "岳麓区第 1 报名确认点", Address: "岳麓区某路 1 号", Phone: "0731-5550 0123", Hours: "08:00—12:00、15:00—18:00", By: sceneNow().Add(5 * 24 * time.Hour), Fee: "170", PayAfter: true, Paying: true, Pledge: true, Bring: []string{"本人身份证原件", "毕业证书原件（报专升本的）"}}
	add("submitted", "first", "第一次提交", "submitted", her(), next)
	next.Again, next.Fee, next.By = true, "", time.Time{}
	add("submitted", "again", "提交修改", "submitted", her(), next)

	add("withdraw", "open", "可以撤回", "withdraw", her(), Withdraw{Until: sceneNow().Add(5 * 24 * time.Hour)})
	add("withdraw", "late", "报名已结束", "withdraw", her(), Withdraw{})
	add("withdraw", "none", "没有提交过", "withdraw", her(), Withdraw{None: true})
	add("withdraw", "confirmed", "已确认，不能撤回", "withdraw", her(), Withdraw{Confirmed: true, Where: "岳麓区第 1 报名确认点"})
}
