package console

import "time"

// orgScenes are the offices, the points and the incidents.
func orgScenes(add func(page, state, words, title, tmpl string, f Frame, body any)) {
	f := func(menu string) Frame {
		g := sceneFrame(menu)
		for _, right := range []string{"incidents", "offices", "offices-import", "office-edit", "campaigns"} {
			g.May[right] = true
		}
		return g
	}
	add("offices", "some", "有的没填齐", "menu.offices", "offices", f("offices"), sceneOffices())
	full := sceneOffices()
	full.Lacking, full.Rows, full.Tiers = 0, full.Rows[1:2], []Completeness{{"office.tier.city", 14, 14}, {"office.tier.county", 122, 122}}
	add("offices", "full", "都填齐了", "menu.offices", "offices", f("offices"), full)
	none := full
	none.Rows, none.Filter.Lacking = nil, true
	add("offices", "none", "只看没填齐的，没有", "menu.offices", "offices", f("offices"), none)
	refused := sceneOffices()
	refused.Refusals = []RefusedRow{{"机构", 4, "负责人电话", "不是电话号码。固定电话连区号一起写，格式设为文本，前面的 0 才不会丢。"}, {"机构", 9, "机构编号", "没有这个编号的机构，或者不归您管。"}}
	add("offices", "refused", "送来的表有两行不对", "menu.offices", "offices", f("offices"), refused)
	unread := sceneOffices()
	unread.Sheet = "offices.import.unread"
	add("offices", "unread", "送来的不是表", "menu.offices", "offices", f("offices"), unread)

	o := sceneOffice()
	add("office", "filled", "填齐了", "menu.offices", "office", f("offices"), o)
	wrong := o
	wrong.Fields = append([]OfficeField(nil), o.Fields...)
	wrong.Fields[1].Value, wrong.Fields[1].Error = "明天再填", "office.error.phone"
	add("office", "refused", "电话不对", "menu.offices", "office", f("offices"), wrong)
	clash := o
	clash.Clash = true
	clash.Fields = append([]OfficeField(nil), o.Fields...)
	clash.Fields[0].Now = "田宏"
	add("office", "clash", "别人同时改了", "menu.offices", "office", f("offices"), clash)
	reader := f("offices")
	delete(reader.May, "office-edit")
	add("office", "reader", "只能看的人", "menu.offices", "office", reader, o)
	former := o
	former.Name, former.Heir = "宁乡县招生考试机构", "宁乡市"
	add("office", "former", "已经撤并的县", "menu.offices", "office", f("offices"), former)

	add("points", "some", "有确认点", "menu.points", "points", f("points"), scenePoints())
	add("points", "none", "没有确认点", "menu.points", "points", f("points"), Points{})
	add("points", "nothing", "按条件查不到", "menu.points", "points", f("points"), Points{Total: 131, Filter: PointFilter{State: "short"}})
	add("point", "busy", "一台终端要去看，有异常", "menu.points", "point", f("points"), scenePoint())
	add("point", "new", "刚设，还没有终端", "menu.points", "point", f("points"), scenePoints().Rows[1])

	add("incidents", "board", "三件没有办结", "menu.incidents", "incidents", f("incidents"), sceneBoard())
	add("incidents", "none", "没有异常", "menu.incidents", "incidents", f("incidents"), Incidents{Columns: emptyLanes()})
	past := Incidents{Past: true, All: 31, Closed: []Incident{sceneIncident("closed")}, Pages: Pages{Number: 1, Of: 2, Next: "#"}}
	add("incidents", "past", "已办结的", "menu.incidents", "incidents", f("incidents"), past)
	for _, state := range []string{"waiting", "handling", "resolved", "closed"} {
		add("incident", state, "", "menu.incidents", "incident", f("incidents"), sceneIncident(state))
	}
	typed := sceneIncident("handling")
	typed.Form = MoveForm{Act: "resolve", Text: "来电了，草表还有 12 张没录", Error: "incident.refused.state"}
	moved := f("incidents")
	moved.Notice = &Notice{Class: "must", Key: "incident.refused.state"}
	add("incident", "refused", "别人刚做过", "menu.incidents", "incident", moved, typed)
	add("incident-new", "first", "空表", "menu.incidents", "incident-new", f("incidents"), sceneReport())
	bad := sceneReport()
	bad.What, bad.Errors = "考生打电话来，号码在下面", map[string]string{"what": "incident.refused.personal", "since": "report.error.since", "kind": "report.error.kind"}
	add("incident-new", "wrong", "写了手机号", "menu.incidents", "incident-new", f("incidents"), bad)
}

func sceneOffices() Offices {
	blank := []string{"office.admin", "office.admin_phone"}
	return Offices{Lacking: 13, Todo: "1 个市、12 个县（市、区）", Cities: []Option{{"430100", "长沙市"}, {"433100", "湘西土家族苗族自治州"}},
		Tiers: []Completeness{{"office.tier.province", 2, 2}, {"office.tier.city", 13, 14}, {"office.tier.county", 110, 122}},
		Rows: []Office{
			{ID: "430000-2", Name: "省教育考试院信息处", Tier: "office.tier.province", Head: "邓志远", HeadPhone: "0731-88090001", Admin: "周明", AdminPhone: "0731-88090002", Address: "长沙市雨花区"},
			{ID: "433100", Name: "湘西土家族苗族自治州招生考试机构", Tier: "office.tier.city", Head: "田宏", HeadPhone: "0743-8220001", Lacking: blank},
			{ID: "433130", Name: "龙山县招生考试机构", Tier: "office.tier.county", Below: true, Head: "彭秀英", HeadPhone: "0743-6220001", Admin: "向前", AdminPhone: "0743-6220002", Address: "民安街道长沙路 8 号"},
			{ID: "433127", Name: "永顺县招生考试机构", Tier: "office.tier.county", Below: true, Lacking: append([]string{"office.head", "office.head_phone"}, blank...)},
		}}
}

func sceneOffice() Office {
	return Office{ID: "430182", Name: "宁乡市招生考试机构", Division: "430182", DivisionName: "宁乡市", Tier: "office.tier.county", Head: "刘立军", HeadPhone: "0731-87880001", Admin: "彭佳", AdminPhone: "0731-87880002",
		Address: "玉潭街道花明北路 1 号", Version: 3, Above: Link{"#", "长沙市"}, Former: []FormerName{{"430124", "宁乡县", "2017-04-10"}}, Points: 4, Boxes: 11,
		Fields: []OfficeField{{Key: "head", Value: "刘立军"}, {Key: "head_phone", Value: "0731-87880001", Phone: true}, {Key: "admin", Value: "彭佳"}, {Key: "admin_phone", Value: "0731-87880002", Phone: true}, {Key: "address", Value: "玉潭街道花明北路 1 号"}},
		Events: []Entry{{At: sceneTime("09:12:40"), Author: "谭丽华", Act: "act.office.changed", Detail: "负责人，负责人电话"}}}
}

func scenePoint() Point {
	p := scenePoints().Rows[0]
	p.Terminals, p.Unwell = sceneBoxes()[:4], 3
	p.Staff = []Clerk{{"李晓雯", "role.point-head", false}, {"陈一鸣", "role.clerk", false}, {"张德", "role.clerk", true}}
	p.Incidents = []Incident{sceneIncident("handling")}
	p.Events, p.Change = sceneEntries()[:2], "#"
	p.Close = "#"
	return p
}

func emptyLanes() []IncidentColumn {
	return []IncidentColumn{{State: sceneLane("waiting")}, {State: sceneLane("handling")}, {State: sceneLane("resolved")}}
}

func sceneLane(state string) State {
	switch state {
	case "waiting":
		return State{"must", "hand", "incident.state.waiting"}
	case "handling":
		return State{"act", "clock", "incident.state.handling"}
	case "resolved":
		return State{"wait", "check", "incident.state.resolved"}
	}
	return State{"done", "lock", "incident.state.closed"}
}

func sceneBoard() Incidents {
	b := Incidents{Open: 3, Mine: 1, Late: 1, Columns: emptyLanes(), Closed: []Incident{sceneIncident("closed")}, All: 31}
	waiting := sceneIncident("waiting")
	waiting.Late = true
	cut := sceneIncident("handling")
	cut.Number, cut.Kind, cut.Severity, cut.City, cut.Place, cut.People, cut.What = 11, "incident.kind.network", State{"wait", "alert", "incident.severity.serious"}, "邵阳市", "城步苗族自治县", 188, "光缆断了，终端照常办，待上传 131 条"
	cut.Holder, cut.Reported, cut.Point = "邵阳市", sceneTime("10:31:00").Add(-18*time.Hour), ""
	slow := sceneIncident("resolved")
	slow.Number, slow.Kind, slow.Severity, slow.City, slow.Place, slow.People, slow.What = 9, "incident.kind.overload", State{"open", "info", "incident.severity.minor"}, "长沙市", "岳麓区", 0, "上午排长队，加了两台终端"
	slow.Holder, slow.Mine, slow.Reported, slow.Point = "湖南省", true, sceneTime("08:20:00"), ""
	b.Columns[0].Rows, b.Columns[1].Rows, b.Columns[2].Rows = []Incident{waiting}, []Incident{cut}, []Incident{slow}
	return b
}

func sceneIncident(state string) Incident {
	i := Incident{ID: "#", Number: 12, Kind: "incident.kind.power", Severity: State{"must", "alert", "incident.severity.grave"}, State: sceneLane(state), City: "湘西土家族苗族自治州", Place: "龙山县",
		Started: sceneTime("07:40:00"), Reported: sceneTime("07:43:00"), Changed: sceneTime("10:20:00"), People: 351,
		What: "县城和两个乡镇停电，3 个确认点都办不了，今天是最后一天。\n供电所说 15:00 来电。", Done: "已改填草表，印了 400 张", Need: "请延长龙山县的现场确认和缴费",
		Reporter: "龙山县　彭秀英", From: "龙山县招生考试机构", Holder: "湘西土家族苗族自治州", Contact: OfficeContact{Admin: "田宏", AdminPhone: "0743-8220002"}, Advice: "incident.kind.power.do", Once: "0",
		Chain: []Knowing{{"龙山县", "done", "incident.chain.reported"}, {"湘西土家族苗族自治州", "now", "incident.chain.holds"}, {"湖南省", "", "incident.chain.unknown"}},
		Line: []IncidentStep{{Class: "done", Act: "incident.act.report", At: sceneTime("07:43:00"), Who: "龙山县　彭秀英"},
			{Class: "done", Act: "incident.act.acknowledge", At: sceneTime("07:49:10"), Who: "湘西土家族苗族自治州　田宏"},
			{Class: "done", Act: "incident.act.measure", To: "改填草表", At: sceneTime("08:05:00"), Who: "湘西土家族苗族自治州　田宏", Text: "已印 400 张，送到 3 个点"},
			{Class: "now", Act: "incident.act.measure", To: "延长、暂停或分时段", At: sceneTime("10:20:00"), Who: "湖南省　邓志远", Text: "延长到 9 月 13 日 18:00", Link: Link{"#", "方案第 8 版"}}},
		Acts: IncidentActs{Know: true, Note: true, Measure: true, Steps: []WordStep{{"resolve", ""}, {"hand-up", "湖南省"}}, Down: []Option{{"433130", "龙山县"}},
			Measures: []Option{{"paper", "改填草表"}, {"elsewhere", "到别的确认点办"}, {"window", "延长、暂停或分时段"}, {"freeze", "冻结终端"}}, Boxes: []Option{{"b2k7qaxm4ue", "龙山县第 1 点　1 号机"}}, Versions: []Option{{"8", "方案第 8 版"}}, Persons: 1}}
	switch state {
	case "waiting":
		i.Waits, i.Mine, i.Deadline, i.Line, i.Acts.Acknowledge, i.Acts.Know = true, true, sceneTime("07:53:00"), i.Line[:1], true, false
		i.Holder = "湖南省"
		i.Chain[1], i.Chain[2] = Knowing{i.Chain[1].Name, "", "incident.chain.unknown"}, Knowing{"湖南省", "wait", "incident.chain.waits"}
	case "resolved":
		i.Chain[1], i.Chain[2] = Knowing{i.Chain[1].Name, "done", "incident.chain.knows"}, Knowing{"湖南省", "wait", "incident.chain.closes"}
		i.Line = append(i.Line, IncidentStep{Class: "now", Act: "incident.act.resolve", At: sceneTime("10:30:00"), Who: "龙山县　彭秀英", Text: "来电了，草表全部录完，没有人没办"})
		i.Line[3].Class = "done"
		i.Contact = OfficeContact{Admin: "周明", AdminPhone: "0731-88090002"}
		i.Holder, i.Mine, i.Acts = "湖南省", true, IncidentActs{Know: true, Note: true, Close: true, Persons: 2, Words: 1, Steps: []WordStep{{"reopen", ""}}}
	case "closed":
		i.Holder, i.Acts = "湖南省", IncidentActs{Steps: []WordStep{{"reopen", ""}}}
	}
	return i
}

func sceneReport() IncidentForm {
	f := IncidentForm{ID: "0", Date: "2019-09-06", Time: "10:31", Place: "433130", Severity: "grave",
		Places: []PlaceGroup{{"湘西土家族苗族自治州", []Option{{"433100", "湘西土家族苗族自治州（全部）"}, {"433130", "龙山县（全部）"}, {"43313001", "　龙山县第 1 报名确认点"}}}}}
	for _, k := range []string{"overload", "network", "policy", "payment", "printing", "power", "room", "attack", "other"} {
		f.Kinds = append(f.Kinds, KindOption{Value: k, Text: "incident.kind." + k, Note: "incident.kind." + k + ".note"})
	}
	for _, x := range []struct {
		value   string
		minutes int
	}{{"grave", 10}, {"serious", 30}, {"minor", 120}} {
		f.Severities = append(f.Severities, KindOption{Value: x.value, Text: "incident.severity." + x.value, Note: "incident.severity." + x.value + ".note", Minutes: x.minutes})
	}
	return f
}
