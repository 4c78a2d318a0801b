package console

import "time"

// approvalScenes are the pages of approvals in every state.
func approvalScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(menu string) Frame) {
	g := f("approvals")
	g.May["approvals-late"], g.May["delegations"], g.May["points"] = true, true, true
	list := sceneCases()
	queue := Approvals{Tab: "waiting", Total: 14, Kinds: sceneKinds(), Rows: list, Judge: true, Late: 2, Pages: Pages{Number: 1, Of: 2, Next: "#"}}
	one, beside := sceneCase(), sceneCase()
	beside.Beside = true
	queue.Case = &beside
	add("approvals", "waiting", "十几件在等", "menu.approvals", "approvals", g, queue)
	again := queue
	again.Returned = 1
	add("approvals", "returned", "有退回给本机构的", "menu.approvals", "approvals", g, again)
	add("approvals", "none", "没有要审的", "menu.approvals", "approvals", g, Approvals{Tab: "waiting", Kinds: sceneKinds()[:1], Judge: true})
	mine := Approvals{Tab: "mine", Total: 3, Kinds: sceneKinds()[:1], Rows: list[:3], New: []Link{{"#", "新设确认点"}, {"#", "变更确认点信息"}, {"#", "撤销确认点"}}}
	for i := range mine.Rows {
		mine.Rows[i].Picked = false
	}
	mine.Rows = []CaseRow{list[0], list[2], list[3]}
	mine.Rows[0].Word, mine.Rows[1].Word = Word{"act", "clock", "审核中"}, Word{"wait", "back", "已退回"}
	mine.Rows[2].Word = Word{"done", "check", "已通过"}
	add("approvals", "mine", "县里自己报的", "menu.approvals", "approvals", g, mine)
	add("approvals", "late", "下级逾期", "menu.approvals", "approvals", g, Approvals{Tab: "late", Total: 1, Late: 1, Kinds: sceneKinds()[:1], Rows: list[:1], Judge: true})
	add("case", "judge", "省里第一个人审", "menu.approvals", "case", g, one)
	second := one
	second.Agreed, second.Persons, second.Reason, second.Act = 1, 2, true, "同意（第 2 人，共 2 人）"
	second.Error = "caserefused.case-opinion"
	add("case", "second", "第二个人，没写意见", "menu.approvals", "case", g, second)
	back := sceneCase()
	back.Judge, back.Mend, back.Withdraw = false, true, true
	back.State, back.Left = Word{"wait", "back", "已退回"}, Word{}
	back.Notices = []CaseNotice{{"wait", "back", "长沙市招生考试机构退回了这件，请修改后重报", "平面图看不出等候区，请补画"}}
	back.Line = append(back.Line[:1:1], CaseStep{Class: "wait", Text: "市级审核：退回", At: sceneTime("09:12:00"), Who: "长沙市招生考试机构　覃晓云", Note: "平面图看不出等候区，请补画"})
	add("case", "returned", "退回了，等县里改", "menu.approvals", "case", g, back)
	done := sceneCase()
	done.Judge, done.Round = false, 2
	done.State, done.Left = Word{"done", "check", "已通过"}, Word{}
	done.Line = sceneCaseLine()
	done.Point = Link{"#", "岳麓区第 3 报名确认点　43010403"}
	done.Facts[2].Old, done.Facts[2].Changed = "0731-88820000", true
	add("case", "approved", "通过了，退回过一次", "menu.approvals", "case", g, done)
	moves := sceneMovesCase()
	add("case", "moves", "考生调整考区", "menu.approvals", "case", g, moves)
	near := moves
	near.Beside = true
	add("approvals", "moves", "考生调整考区，在列表旁边", "menu.approvals", "approvals", g, Approvals{Tab: "waiting", Total: 1, Kinds: sceneKinds()[:1], Rows: list[:1], Case: &near, Judge: true})
	old := sceneMovesCase()
	old.Moves.Stale, old.Moves.Effects, old.Moves.Count, old.Moves.Gone = true, nil, 3, 1
	old.Moves.Rows[1].Fault, old.Moves.Rows[1].Now = "moves.fault.old", "开福考区"
	add("case", "moves-old", "报上来以后变了", "menu.approvals", "case", g, old)
	form := sceneCaseForm()
	add("caseform", "new", "新设确认点", "case.choose", "caseform", g, form)
	later := sceneCaseForm()
	later.KindName, later.Shut = "新设考点", &Word{"wait", "clock", "还没开始，9-12 00:00 起办理"}
	add("caseform", "later", "还没开始办理", "case.choose", "caseform", g, later)
	wrong := sceneCaseForm()
	wrong.Fields[0].Error, wrong.Fields[8].Error, wrong.Papers[0].Error = "请填写这一项", "数字太大", "请选一个文件"
	wrong.Fields[8].Value, wrong.Fields[0].Value = "600", ""
	add("caseform", "faults", "三处要改", "case.choose", "caseform", g, wrong)
	add("caseform", "choose", "选一种", "case.choose", "caseform", g, CaseForm{Back: "#", Kinds: []KindChoice{
		{"#", "新设确认点", []string{"市级审核", "省级审批"}}, {"#", "变更确认点信息", []string{"市级审核", "省级审批"}}, {"#", "撤销确认点", []string{"市级审核", "省级审批"}}}})
	add("caseform", "point", "选确认点", "case.choose", "caseform", g, CaseForm{Back: "#", Kind: "point-close", KindName: "撤销确认点", NeedsOne: true, Points: scenePointOptions()})
	add("delegations", "some", "委托了一个", "delegation.heading", "delegations", g, Delegations{Office: "长沙市招生考试机构", Min: "2019-09-06", Max: "2019-10-06",
		Accounts: []Option{{"a", "邓志远　省教育考试院成招处"}}, Rows: []Delegation{
			{ID: "d1", Office: "长沙市招生考试机构", Who: "邓志远", Since: sceneTime("08:00:00"), Until: sceneTime("00:00:00").AddDate(0, 0, 4), Reason: "外出开会", State: State{"done", "check", "delegation.live"}, End: true},
			{ID: "d2", Office: "长沙市招生考试机构", Who: "周明", Since: sceneTime("08:00:00").AddDate(0, 0, -20), Until: sceneTime("00:00:00").AddDate(0, 0, -15), Reason: "培训", State: State{"open", "clock", "delegation.over"}}}})
	add("delegations", "none", "没有人可委托", "delegation.heading", "delegations", g, Delegations{Office: "省教育考试院成招处"})
}

func sceneKinds() []KindTab {
	return []KindTab{{Text: "全部", Count: 14, Path: "#", Here: true}, {Key: "point", Text: "新设确认点", Count: 9, Path: "#"}, {Key: "point-change", Text: "变更确认点信息", Count: 4, Path: "#"}, {Key: "point-close", Text: "撤销确认点", Count: 1, Path: "#"}}
}

func sceneCases() []CaseRow {
	agreed := Word{"done", "check", "市级审核同意"}
	row := func(id, kind, title, note, from string, word, left Word, bulk bool) CaseRow {
		return CaseRow{ID: id, Path: "#case", Version: 2, Kind: kind, Title: title, Note: note, From: from, Word: word, Left: left, Bulk: bulk, Changed: sceneTime("10:02:11")}
	}
	out := []CaseRow{
		row("c1", "撤销确认点", "龙山县第 2 报名确认点", "龙山县", "龙山县招生考试机构", Word{"act", "check", "1/2 人已同意"}, Word{"must", "alert", "逾期 1 天"}, false),
		row("c2", "新设确认点", "岳麓区第 3 报名确认点", "岳麓区，受理医卫类考生，终端台数 3", "岳麓区招生考试机构", agreed, Word{"wait", "clock", "今天"}, true),
		row("c3", "变更确认点信息", "安仁县第 1 报名确认点", "安仁县，终端台数 4", "安仁县招生考试机构", agreed, Word{Text: "2 天"}, true),
		row("c4", "新设确认点", "江永县上江圩报名确认点", "江永县，受理低龄考生，终端台数 1", "江永县招生考试机构", agreed, Word{Text: "3 天"}, true),
		row("c5", "新设确认点", "靖州苗族侗族自治县第 1 报名确认点", "靖州苗族侗族自治县，终端台数 2", "靖州苗族侗族自治县招生考试机构", Word{"wait", "back", "退回后重报，第 2 次"}, Word{Text: "3 天"}, true),
	}
	out[1].Picked = true
	return out
}

func sceneCase() Case {
	return Case{ID: "5f0c2a9d71be44e0a3c81f02", Version: 2, Steps: 2, Round: 1, Kind: "新设确认点", Title: "岳麓区第 3 报名确认点", Where: "岳麓区", State: Word{"act", "clock", "审核中"},
		Left: Word{"wait", "clock", "今天"},
		Facts: []CaseFact{{Label: "确认点名称", Value: "岳麓区第 3 报名确认点", Title: true}, {Label: "负责人", Value: "谭丽华"}, {Label: "联系电话", Value: "0731-55500123"}, {Label: "地址", Value: "岳麓区桐梓坡路 1 号"},
			{Label: "受理层次", Value: "高起本，专升本"}, {Label: "受理医卫类考生", Value: "是"}, {Label: "终端台数", Value: "3"}},
		Papers: []CasePaper{{Label: "场地平面图", Path: "#", Type: "PDF", Size: 412 << 10, Round: 1}, {Label: "场地使用证明"}},
		Line: []CaseStep{{Class: "done", Text: "申报", At: sceneTime("08:40:00").AddDate(0, 0, -3), Who: "岳麓区招生考试机构　谭丽华"},
			{Class: "done", Text: "市级审核：同意", At: sceneTime("16:20:00").AddDate(0, 0, -1), Who: "长沙市招生考试机构　覃晓云", Note: "现场看过，符合条件"},
			{Class: "now", Number: 2, Text: "省级审批", Who: "湖南省"}},
		Judge: true, Persons: 1, Act: "同意"}
}

func sceneCaseLine() []CaseStep {
	at := func(days int, clock string) time.Time { return sceneTime(clock).AddDate(0, 0, -days) }
	return []CaseStep{{Class: "done", Text: "申报", At: at(4, "08:40:00"), Who: "岳麓区招生考试机构　谭丽华"},
		{Class: "wait", Text: "市级审核：退回", At: at(4, "15:02:00"), Who: "长沙市招生考试机构　覃晓云", Note: "电话打不通，请核对"},
		{Class: "done", Text: "修改后重报", At: at(3, "08:31:00"), Who: "岳麓区招生考试机构　谭丽华", Round: 2},
		{Class: "done", Text: "市级审核：同意", At: at(2, "10:20:00"), Who: "省教育考试院成招处　邓志远　（代长沙市招生考试机构）"},
		{Class: "done", Text: "省级审批：同意", At: at(1, "09:05:00"), Who: "省教育考试院信息处　周明"}}
}

func sceneCaseForm() CaseForm {
	return CaseForm{Kind: "point", KindName: "新设确认点", Path: "#", About: "岳麓区", Tiers: []string{"市级审核（3 天内）", "省级审批（3 天内）"}, Back: "#",
		Fields: []CaseField{
			{Key: "name", Label: "确认点名称", Kind: "text", Value: "岳麓区第 3 报名确认点", Required: true, Max: 40, Help: "写全称，如“岳麓区第2报名确认点”"},
			{Key: "contact", Label: "负责人", Kind: "text", Value: "谭丽华", Required: true, Max: 20},
			{Key: "phone", Label: "联系电话", Kind: "phone", Value: "0731-55500123", Required: true, Max: 30, Help: "区号和号码，如0731-55500123"},
			{Key: "address", Label: "地址", Kind: "text", Value: "岳麓区桐梓坡路 1 号", Required: true, Max: 120, Help: "写到门牌，考生照着找得到"},
			{Key: "hours", Label: "每天办理时间", Kind: "text", Max: 60, Help: "不填按方案规定的时间"},
			{Key: "levels", Label: "受理层次", Kind: "codes", Help: "不选表示全部层次", Options: []CaseOption{{"1", "高起本", true}, {"2", "高起专", false}, {"3", "专升本", true}}},
			{Key: "medical", Label: "受理医卫类考生", Kind: "flag", Value: "1"},
			{Key: "minors", Label: "受理低龄考生", Kind: "flag"},
			{Key: "boxes", Label: "终端台数", Kind: "number", Value: "3", Required: true, Max: 60}},
		Papers: []CaseUpload{{Key: "site-plan", Label: "场地平面图", Required: true, Accept: "application/pdf,image/jpeg,image/png", Hint: "PDF，JPEG，PNG，不超过 8 MB"},
			{Key: "permit", Label: "场地使用证明", Accept: "application/pdf,image/jpeg,image/png", Hint: "PDF，JPEG，PNG，不超过 8 MB"}}}
}
