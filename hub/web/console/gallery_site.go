package console

import (
	"fmt"
	"strconv"

	"zhunkao/hub/web/atlas"
)

// siteScenes are the ways of sites, areas and catchments.
func siteScenes(add adder, f, quiet func(string) Frame) {
	set, closed, lost := State{"done", "check", "site.state.set"}, State{"open", "cross", "site.state.closed"}, State{"must", "alert", "site.state.lost"}
	rows := []SiteRow{
		{ID: "a", Code: "430104001", Name: "长沙市第一中学", Place: "长沙市岳麓区", Area: "0104", AreaName: "岳麓考区", Address: "清水塘路118号", Contact: "周志强", Phone: "0731-55500118", Rooms: 62, Seats: 1860, State: set, Change: "#", Close: "#"},
		{ID: "b", Code: "430104002", Name: "湖南师范大学附属中学梅溪湖中学（梅溪湖校区北门教学楼）", Place: "长沙市岳麓区", Area: "0104", AreaName: "岳麓考区", Address: "映日路199号", Contact: "欧阳明月", Phone: "0731-55500119", Rooms: 48, Seats: 1440, State: lost, Change: "#", Close: "#"},
		{ID: "c", Code: "430104003", Name: "麓山国际实验学校", Place: "长沙市岳麓区", Area: "0104", AreaName: "岳麓考区", Address: "桃花岭路8号", Contact: "谭丽华", Phone: "0731-55500120", Rooms: 30, Seats: 900, State: closed}}
	open := Word{"done", "check", "正在办理，到 9-30 00:00 截止"}
	add("sites", "county", "县里看，可以申报", "menu.sites", "sites", f("sites"), Sites{Declare: "#", Window: open, Total: 3, Found: 3, Rooms: 62, Seats: 1860, Places: []Option{{"430104", "岳麓区"}}, Rows: rows, Pages: Pages{Number: 1, Of: 1}})
	add("sites", "shut", "已经截止", "menu.sites", "sites", f("sites"), Sites{Window: Word{"open", "lock", "9-30 00:00 已经截止"}, Total: 3, Found: 1, Filter: SiteFilter{State: "set"}, Rows: rows[:1], Rooms: 62, Seats: 1860})
	add("sites", "later", "还没开始申报", "menu.sites", "sites", f("sites"), Sites{Window: Word{"wait", "clock", "还没开始，9-12 00:00 起办理"}, Total: 3, Found: 3, Rows: rows, Rooms: 62, Seats: 1860})
	add("sites", "none", "还没有考点", "menu.sites", "sites", quiet("sites"), Sites{Declare: "#", Window: open})
	add("sites", "nofind", "没有符合条件的", "menu.sites", "sites", quiet("sites"), Sites{Total: 3, Filter: SiteFilter{State: "lost"}, Window: open})
	cities := Cities{Waiting: 1, Sum: CityDrawing{Areas: 18, Candidates: 21044, Needed: 712, Rooms: 745, Over: 1, Groups: 2}, Rows: []CityDrawing{
		{Name: "长沙市", Path: "#", State: Word{"act", "clock", "省里审批中"}, Areas: 9, Candidates: 13788, Needed: 466, Rooms: 501},
		{Name: "株洲市", Path: "#", State: Word{"done", "check", "已生效"}, Areas: 5, Candidates: 4210, Needed: 143, Rooms: 150},
		{Name: "湘西土家族苗族自治州", Path: "#", State: Word{"open", "pin", "按县默认划分"}, Areas: 4, Candidates: 3046, Needed: 103, Rooms: 94, Over: 1, Groups: 2}}}
	add("catchments", "some", "各市州", "menu.catchments", "catchments", f("catchments"), cities)
	add("catchments", "none", "没有方案", "menu.catchments", "catchments", quiet("catchments"), Cities{})
	for _, s := range [][2]string{{"draft", "草稿，有要改的"}, {"clean", "可以送审"}, {"returned", "省里退回"}, {"locked", "省里审批中"}, {"kept", "送审稿"}} {
		add("catchment", s[0], s[1], "menu.catchments", "catchment", f("catchments"), sceneDrawing(s[0]))
	}
	moveScenes(add, f)
}

// moveScenes are the area of one candidate, and the lists that a city proposes.
func moveScenes(add adder, f func(string) Frame) {
	move := AreaMove{ID: "a", Name: "赵春燕", Number: "430***********0026", Place: "岳麓区　高中起点升专科　文史类", Now: "岳麓考区", Drawn: "岳麓考区", Propose: "#"}
	add("areamove", "form", "可以申报调整", "areamove.title", "areamove", f("catchments"), move)
	moved := move
	hers := sceneMoves()
	hers[0].Path = ""
	moved.Now, moved.Back, moved.Moves, moved.Propose = "天心考区", true, hers, ""
	add("areamove", "moved", "调整过，省里看", "areamove.title", "areamove", f("catchments"), moved)
	dropped := move
	dropped.Dropped, dropped.Back, dropped.Moves = "河西考区", true, hers
	add("areamove", "dropped", "调去的考区不在了", "areamove.title", "areamove", f("catchments"), dropped)
	open := move
	open.Propose, open.Open = "", Link{"#", "已申报调整考区，正在办理"}
	add("areamove", "open", "正在办理", "areamove.title", "areamove", f("catchments"), open)
	shut := moved
	shut.Refused = "areamove.shut"
	add("areamove", "shut", "不在时间里", "areamove.title", "areamove", f("catchments"), shut)

	form := Moves{City: "长沙市", Window: Word{"done", "check", "正在办理，到 9-30 00:00 截止"}, Areas: []Option{{"0103", "天心考区　0103"}, {"0104", "岳麓考区　0104"}}, ReasonHint: "写清楚为什么，如“行动不便，就近安排”。", ReasonMax: 200, Tiers: []string{"省级审批（2 个工作日内）"}}
	add("moves", "empty", "名单上还没有人", "moves.propose", "moves", f("catchments"), form)
	full := form
	full.Rows, full.Effects, full.Unpaid, full.Chosen, full.Reason = sceneMovers(), sceneMoveEffects(), 1, "0103", "行动不便，就近安排"
	add("moves", "full", "可以报出", "moves.propose", "moves", f("catchments"), full)
	wrong := full
	wrong.Rows, wrong.Typed, wrong.TypedError, wrong.ReasonError, wrong.Reason = sceneMovers(), "王伟\n李娜", "moves.typeleft", "moves.needreason", ""
	wrong.Rows[0].Fault, wrong.Rows[1].Fault, wrong.Rows[1].Open = "moves.fault.same", "moves.fault.proposed", "#"
	add("moves", "wrong", "有要改的", "moves.propose", "moves", f("catchments"), wrong)
	back := full
	back.Case, back.Returned = "c1", "第二名住得近，不用调"
	add("moves", "returned", "省里退回", "moves.mend", "moves", f("catchments"), back)
	late := form
	late.Refused = "areamove.seating"
	add("moves", "shut", "正在编排", "moves.propose", "moves", f("catchments"), late)
}

func sceneMovers() []MoveRow {
	return []MoveRow{{ID: "a", Path: "#", Name: "赵春燕", Number: "430***********0026", Place: "岳麓区", What: "高中起点升专科　文史类", From: "岳麓考区", To: "天心考区"},
		{ID: "b", Path: "#", Name: "阿依古丽·买买提江", Number: "430***********0018", Place: "岳麓区", What: "专科起点升本科　经济管理类", From: "岳麓考区", To: "天心考区"}}
}

func sceneMoveEffects() []MoveEffect {
	return []MoveEffect{{Code: "0103", Name: "天心考区", Before: 1799, After: 1800, NeededBefore: 60, Needed: 60, Rooms: 62, Seats: 1860},
		{Code: "0104", Name: "岳麓考区", Before: 2411, After: 2410, NeededBefore: 81, Needed: 81, Rooms: 80, Seats: 2400, Over: true}}
}

// sceneMovesCase is a list as whoever judges it sees it.
func sceneMovesCase() Case {
	c := sceneCase()
	c.Kind, c.Title, c.Where, c.Papers, c.Point = "考生调整考区", "2 人调到天心考区", "长沙市", nil, Link{}
	c.Facts = []CaseFact{{Label: "调整原因", Value: "行动不便，就近安排", Lines: true}}
	c.Moves = &CaseMoves{Count: 2, Rows: sceneMovers(), Effects: sceneMoveEffects(), Unpaid: 1}
	c.Persons, c.Agreed, c.Reason, c.Act = 1, 0, false, "同意"
	c.Line = []CaseStep{{Class: "done", Text: "申报", At: sceneTime("09:40:00"), Who: "长沙市招生考试机构　覃晓云"}, {Class: "now", Number: 1, Text: "省级审批", Who: "湖南省"}}
	return c
}

func sceneMoves() []DrawnMove {
	return []DrawnMove{{Application: "7c1e09…41d2", Name: "赵春燕", Path: "#", From: "岳麓考区", To: "天心考区", Reason: "行动不便，就近安排", By: "李建国", At: sceneTime("09:40:00")}}
}

func sceneDrawing(state string) Drawing {
	d := Drawing{City: "430100", Name: "长沙市", Path: "#", State: Word{"wait", "doc", "草稿，还没送审"}, Window: Word{"done", "check", "正在办理，到 9-30 00:00 截止"}, Version: 3, MaySubmit: true,
		Map: &Map{Of: "430100", Name: "长沙市"}, Whats: []Option{{"", "全部考生"}, {"1", "高中起点升本科"}, {"1/11", "　文史类"}, {"3", "专科起点升本科"}}, Languages: []Option{{"", "不分语种"}, {"1", "英语"}, {"3", "日语"}},
		Moves: sceneMoves(), Moved: 1}
	names := map[string]string{"430102": "芙蓉区", "430103": "天心区", "430104": "岳麓区", "430105": "开福区", "430111": "雨花区", "430112": "望城区", "430121": "长沙县", "430181": "浏阳市", "430182": "宁乡市"}
	city, _ := atlas.City("430100")
	for i, o := range city.Counties {
		name := names[o.Code]
		a := DrawnArea{Code: o.Code[2:], Name: name + "考区", Host: name, Tint: i%Tints + 1, Counties: name, Candidates: 1200 + i*83, Needed: 42 + i*3, Sites: 2, Rooms: 60 + i, Seats: 1800 + i*30}
		shape := Shape{Code: o.Code, Name: name, Path: "#", Tint: a.Tint, Under: a.Code, Said: a.Name}
		d.Hosts, d.AreaNames = append(d.Hosts, Option{o.Code, name}), append(d.AreaNames, Option{a.Code, a.Name + "　" + a.Code})
		c := DrawnCounty{Code: o.Code, Name: name, Candidates: a.Candidates, Levels: []Word{{Text: fmt.Sprintf("高起专 %d 人", a.Candidates/2)}, {Text: fmt.Sprintf("专升本 %d 人", a.Candidates/2)}},
			Rows: []DrawnRow{{N: i * 10, Area: a.Code, WhatText: "全部考生", LanguageText: "不分语种", AreaText: a.Name}}}
		d.Sites = append(d.Sites, DrawnSite{ID: strconv.Itoa(i), Code: o.Code + "001", Name: name + "第一中学", Place: name, Rooms: 40})
		switch {
		case o.Code == "430104" && state != "clean" && state != "locked":
			a.Over, a.Rooms, shape.Incidents = true, 40, 1
			d.Over = append(d.Over, Word{"must", "alert", "岳麓区考区：要 51 间考室，只有 40 间，还差 11 间"})
		case o.Code == "430111" && state == "draft":
			c.Rows[0].Faulty = true
			c.Rows = append(c.Rows, DrawnRow{N: i*10 + 1, Area: a.Code, Faulty: true})
			d.Faults = append(d.Faults, Word{"must", "alert", "同样的划分写了两行，请删掉一行：雨花区　全部考生"})
		case o.Code == "430112" && state == "draft":
			c.Rows, shape.Under = nil, "没有划定"
			d.Unmapped = append(d.Unmapped, Word{"must", "alert", "望城区：全部考生，现有有效考生 1615 人"})
		}
		d.Areas, d.Counties, d.Map.Shapes = append(d.Areas, a), append(d.Counties, c), append(d.Map.Shapes, shape)
	}
	if state != "locked" {
		d.Areas = append(d.Areas, DrawnArea{Code: "0199", Name: "宁乡第二考区", Host: "宁乡市", Tint: 2, Empty: true, Droppable: true, Faulty: true})
	}
	d.Map.Seal(Zh)
	switch state {
	case "clean":
		d.Areas = d.Areas[:len(d.Areas)-1]
	case "returned":
		d.Dropped = []Word{{"wait", "hand", "宁乡第二考区　0199：2 人"}}
		d.State, d.Case, d.Returned = Word{"wait", "back", "已退回"}, Link{"#", "已退回"}, "岳麓区差 11 间考室，请先加报考点。"
		d.Note, d.NoteError = "按县划分", "caserefused.case-opinion"
	case "locked":
		d.State, d.Case, d.Path = Word{"act", "clock", "省里审批中"}, Link{"#", "省里审批中"}, ""
	case "kept":
		d.State, d.Case, d.Path, d.Back, d.Version, d.Moves, d.Moved = Word{"open", "doc", "送审稿"}, Link{"#", "看这件审批"}, "", "#", 0, nil, 0
	}
	return d
}
