package console

import "time"

// campaignScenes shows the versions of the campaign on every station of their
// way, and the pages on which they are made.
func campaignScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(menu string) Frame) {
	g := func() Frame {
		x := f("campaigns")
		for _, right := range []string{"campaigns", "draft", "rehearse", "sign-campaign", "windows", "move-windows", "catalogue"} {
			x.May[right] = true
		}
		return x
	}
	running := sceneRunning()
	add("campaigns", "some", "有草案，正在预演", "menu.campaigns", "campaigns", g(), Campaigns{Versions: sceneVersions(), Drafts: []Version{sceneDraft("version.signing", "act", "doc"), sceneDraft("version.draft", "wait", "clock")}, Running: &running})
	add("campaigns", "refused", "文件有问题", "menu.campaigns", "campaigns", g(), Campaigns{Versions: sceneVersions(), Refused: &Refused{Key: "refusal.bundle-problems", More: 3,
		Lines: []RefusedLine{{"fees", "“高中起点本科”没有规定费用，请补上。"}, {"windows confirm-others", "结束时间应晚于开始时间，请重新填写。"}}}})
	add("campaigns", "none", "只有第一版", "menu.campaigns", "campaigns", g(), Campaigns{Versions: sceneVersions()[1:]})
	draft := sceneCampaign()
	draft.Rehearsal, draft.MaySign, draft.Why, draft.Signed = nil, false, "refusal.no-rehearsal", nil
	draft.State, draft.Steps = State{"wait", "clock", "version.draft"}, sceneSteps("wait", 0)
	add("campaign", "draft", "刚存入", "menu.campaigns", "campaign", g(), draft)
	onway := draft
	onway.Running, onway.MayRehearse, onway.Why, onway.Steps = &running, false, "", sceneSteps("now", 0)
	add("campaign", "rehearsing", "正在预演", "menu.campaigns", "campaign", g(), onway)
	add("campaign", "rehearsed", "已预演，一人已签", "menu.campaigns", "campaign", g(), sceneCampaign())
	force := sceneCampaign()
	force.Draft, force.MaySign, force.MayRehearse, force.State = false, false, false, State{"done", "check", "version.force"}
	force.Steps = append(sceneSteps("done", 2)[:4], Step{Class: "done", Key: "campaign.step.force", At: sceneTime("10:12:00")})
	add("campaign", "in-force", "现行", "menu.campaigns", "campaign", g(), force)
	add("effects", "some", "有人受影响", "menu.campaigns", "effects", g(), sceneEffects())
	add("effects", "none", "没有人受影响", "menu.campaigns", "effects", g(), Effects{Draft: sceneDigest, Number: 8, Rehearsal: *sceneRehearsal()})
	add("sign-campaign", "second", "第二人来签", "menu.campaigns", "sign-campaign", g(), Signing{Page: sceneCampaign(), Code: true})
	add("sign-campaign", "wrong", "密码不对", "menu.campaigns", "sign-campaign", g(), Signing{Page: sceneCampaign(), Code: true, Reason: "洪水，长沙延长两天", Error: "refusal.sign-in-refused"})
	add("sign-campaign", "mine", "已经签过", "menu.campaigns", "sign-campaign", g(), Signing{Page: sceneCampaign(), Mine: true})
	add("windows", "some", "各种时段", "windows.title", "windows", g(), sceneWindows(nil))
	add("windows", "refused", "不能这样调整", "windows.title", "windows", g(), sceneWindows(&Refused{Key: "window.refused", Lines: []RefusedLine{{"confirm-changsha", "这个时段已经开放，不能推迟开始或撤销；需要停办请用“暂停”，需要早结束请提前截止时间。"}}}))
	add("journal-entry", "holds", "一条，证明成立", "menu.journal", "journal-entry", f("journal"), sceneJournalEntry(State{"done", "check", "proof.holds"}))
	add("journal-entry", "altered", "一条，被改过", "menu.journal", "journal-entry", f("journal"), sceneJournalEntry(State{"must", "alert", "proof.altered"}))
	under := sceneJournal(State{"done", "check", "journal.checkpoint.good"}, "")
	under.Check = &JournalCheck{Running: true, By: "邓志远", Began: sceneTime("10:31:00"), Done: 2_310_144, Total: 5_000_000, Share: 46}
	under.Filter, under.Short, under.Rows = JournalFilter{Act: "campaign.signed"}, true, nil
	add("journal", "checking", "正在核对，还没有找到", "menu.journal", "journal", f("journal"), under)
	add("catalogue", "fresh", "读入目录", "catalogue.title", "catalogue", g(), Catalogue{Version: 7, Programmes: 1816})
	add("catalogue", "refused", "目录有问题", "catalogue.title", "catalogue", g(), Catalogue{Version: 7, Programmes: 1816, Refused: &Refused{Key: "catalogue.refused",
		Lines: []RefusedLine{{"第 14 行　本科　院校代码", "代码少了开头的零，请把这一列设为文本后重填。"}}}})
}

const sceneDigest = "3f9c21d07be4408a9d1c6655e0f7a3b2c8d94e5f60718293a4b5c6d7e8f90a1b"

func sceneVersions() []Version {
	return []Version{
		{ID: sceneDigest, Campaign: "adult-2019", Number: 7, State: State{"done", "check", "version.force"}, By: "邓志远", At: sceneTime("08:02:11"),
			Signed: []Signer{{"邓志远", "长沙市现场确认延长一天", sceneTime("07:58:20"), true}, {"周敏", "已核对，同意", sceneTime("08:02:11"), true}}},
		{ID: sceneDigest, Campaign: "adult-2019", Number: 1, State: State{"open", "doc", "version.former"}, By: "机房操作", At: sceneTime("07:30:00").AddDate(0, -1, 0)},
	}
}

func sceneDraft(key, class, icon string) Version {
	return Version{ID: sceneDigest, Campaign: "adult-2019", Number: 8, State: State{class, icon, key}, By: "邓志远", At: sceneTime("09:40:00"), Draft: true, Persons: 2}
}

func sceneRunning() Rehearsing {
	return Rehearsing{Draft: sceneDigest, Number: 8, Done: 171_520, Of: 300_214, Share: 57, Began: sceneTime("10:30:02"), By: "邓志远"}
}

func sceneRehearsal() *Rehearsal {
	return &Rehearsal{Against: 7, Day: "2019-09-06", By: "邓志远", Ended: sceneTime("09:52:40"), Whole: true, Changed: 214, Moved: true,
		Totals:    Totals{Applications: 300_214, Invalid: 1_206, Valid: 3, Choice: 842, Fee: 12, Unreadable: 0},
		Divisions: []DivisionTotals{{"430104", "岳麓区", Totals{Applications: 9_120, Invalid: 402, Choice: 311}}, {"430121", "长沙县", Totals{Applications: 7_004, Invalid: 96, Choice: 80, Fee: 12, Valid: 3}}}}
}

func sceneSteps(rehearsed string, signed int) []Step {
	out := []Step{{Class: "done", Key: "campaign.step.drafted", At: sceneTime("09:40:00"), Note: "邓志远"}, {Class: rehearsed, Key: "campaign.step.rehearsed"}}
	for i := range 2 {
		if i < signed {
			out = append(out, Step{Class: "done", Key: "campaign.step.signed", At: sceneTime("10:02:00"), Note: []string{"邓志远", "周敏"}[i]})
		} else {
			out = append(out, Step{Class: "wait", Key: "campaign.step.tosign"})
		}
	}
	return append(out, Step{Class: "wait", Key: "campaign.step.force"})
}

func sceneCampaign() CampaignPage {
	return CampaignPage{Version: Version{ID: sceneDigest, Campaign: "adult-2019", Number: 8, State: State{"act", "doc", "version.signing"}, By: "邓志远", At: sceneTime("09:40:00"),
		Signed: []Signer{{"邓志远", "洪水，长沙市现场确认延长两天", sceneTime("10:02:00"), true}}, Persons: 2, Draft: true, Changes: 4},
		Name: "湖南省2019年成人高校招生", Digest: "3f9c21d0 7be4408a", Against: 7, Hidden: 0,
		Lines: []Changed{{"windows", "change.changed", "长沙市考生的现场确认截止时间由9月9日24:00推迟到9月11日24:00。"}, {"policy", "change.changed", "低龄考生认定由不满18周岁改为不满17周岁。"},
			{"catalogue", "change.removed", "停招：10533 中南大学 · 护理学（专升本，业余）。"}, {"catalogue", "change.added", "新增：10532 湖南大学 · 工程管理（专升本，函授）。"}},
		Rehearsal: sceneRehearsal(), MayRehearse: true, MaySign: true, Steps: sceneSteps("done", 1), Calendar: sceneCalendar(true),
		Acts:        []ActRow{{"签发方案版本", "tierof.province", 2, true}, {"撤销已确认的记录", "tierof.county", 2, true}},
		Assumptions: []Assumption{{"D", "照顾加分不叠加，取最高一项。", []string{"bonuses"}}, {"R", "专升本考生须在录取时已取得毕业证书。", []string{"rules diploma"}}}}
}

func sceneCalendar(historical bool) Calendar {
	day := func(n int, clock string) time.Time { return sceneTime(clock).AddDate(0, 0, n) }
	rows := []WindowRow{
		{ID: "register", Step: "register", Whom: "所有考生的网上报名", From: day(-3, "08:00:00"), To: day(1, "17:00:00"), State: State{"done", "check", "window.open"}, Left: 0, Width: 250},
		{ID: "confirm-changsha", Step: "confirm", Whom: "长沙市考生的现场确认", From: day(-1, "08:00:00"), To: day(5, "17:00:00"), Hours: "8:00—12:00、15:00—18:00", State: State{"done", "check", "window.open"}, Left: 120, Width: 380, Revision: 2, Why: "洪水"},
		{ID: "confirm-others", Step: "confirm", Whom: "株洲市、湘潭市等13个考生的现场确认", From: day(0, "08:00:00"), To: day(4, "17:00:00"), Pauses: []string{"9-06 09:00 — 恢复时另行通知"}, State: State{"must", "lock", "window.paused"}, Left: 190, Width: 250},
		{ID: "pay", Step: "pay", Whom: "所有考生的网上缴费", From: day(2, "08:00:00"), To: day(7, "17:00:00"), State: State{"open", "clock", "window.future"}, Left: 300, Width: 320},
		{ID: "print", Step: "print-ticket", Whom: "所有考生的准考证打印", From: day(40, "08:00:00"), To: day(50, "17:00:00"), State: State{"open", "clock", "window.future"}, Left: 880, Width: 120},
	}
	c := Calendar{Rows: rows, From: rows[0].From, To: rows[4].To, Now: 205, OfVersion: 8, Historical: historical, Withdrawn: 1}
	if !historical {
		c.Today = rows[:2]
	}
	return c
}

func sceneWindows(refused *Refused) Windows {
	w := Windows{Calendar: sceneCalendar(false), Version: 7, ID: sceneDigest, Refused: refused, Form: WindowForm{Length: "half-day", Groups: "2"}}
	for _, a := range []string{"extend", "postpone", "suspend", "resume", "withdraw", "slots"} {
		w.Acts = append(w.Acts, Option{a, map[string]string{"extend": "改截止时间", "postpone": "改期（还没开始的）", "suspend": "暂停", "resume": "恢复", "withdraw": "撤销（还没开始的）", "slots": "按尾号分时段"}[a]})
	}
	if refused != nil {
		w.Form = WindowForm{Act: "withdraw", Chosen: map[string]bool{"confirm-changsha": true}, Length: "half-day", Groups: "2", Reason: "水灾"}
	}
	return w
}

func sceneEffects() Effects {
	return Effects{Draft: sceneDigest, Number: 8, Rehearsal: *sceneRehearsal(), Kind: "choice", Kinds: []Option{{"invalid", "变为无效"}, {"choice", "须重选志愿"}}, Divisions: []Option{{"430104", "岳麓区"}},
		Pages: Pages{Number: 1, Next: "#"}, Rows: []Effect{
			{ID: "a3f09c2e7b1", Point: "岳麓区第 1 报名确认点", Division: "岳麓区", Kinds: []string{"effect.invalid", "effect.choice"}, OldFee: "110.00", NewFee: "110.00", Why: []string{"第1志愿不在招生专业目录中"}},
			{ID: "b77d0a415fe", Point: "长沙县第 2 报名确认点", Division: "长沙县", Kinds: []string{"effect.choice", "effect.fee"}, OldFee: "110.00", NewFee: "130.00", FeeChanges: true, Why: []string{"第2志愿不在招生专业目录中", "报名确认点不受理这个层次"}}}}
}
