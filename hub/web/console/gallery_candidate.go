package console

import "time"

// candidateScenes are the candidates: list, search, the page of one; and the data
// that leave as tables.
func candidateScenes(add func(page, state, words, title, template string, f Frame, body any), f func(string) Frame) {
	rows := sceneApplicants()
	list := Candidates{Rows: rows, Total: 412, Points: scenePointOptions(), Levels: []Option{{"1", "专升本"}, {"2", "高起本"}, {"3", "高起专"}}, Pages: Pages{Number: 1, Of: 17, Next: "#"}}
	add("candidates", "list", "名单", "menu.candidates", "candidates", f("candidates"), list)
	add("candidates", "nomatch", "按条件没有", "menu.candidates", "candidates", f("candidates"), Candidates{Filter: CandidateFilter{State: "confirmed", Level: "3"}, Points: list.Points, Levels: list.Levels})
	add("candidates", "empty", "还没有人报名", "menu.candidates", "candidates", f("candidates"), Candidates{Points: list.Points, Levels: list.Levels})
	add("candidates", "found", "查到一个", "menu.candidates", "candidates", f("candidates"), Candidates{Searched: true, Typed: "买买提•吐尔逊江", Rows: rows[1:2]})
	add("candidates", "many", "同名的多", "menu.candidates", "candidates", f("candidates"), Candidates{Searched: true, Typed: "向晓兰", Rows: rows, More: true})
	add("candidates", "none", "没有查到", "menu.candidates", "candidates", f("candidates"), Candidates{Searched: true, Typed: "刘䶮"})
	add("candidates", "unfit", "打的不是号码也不是姓名", "menu.candidates", "candidates", f("candidates"), Candidates{Searched: true, Typed: "？？？", Error: "candidates.search.unfit"})
	for _, s := range []struct{ state, words string }{{"confirmed", "已确认，改过一版"}, {"registered", "还没有确认"}, {"revealed", "看了全号"}, {"refused", "没写原因"}, {"two", "看全号要两个人"}, {"waiting", "等第二个人"}, {"agreed", "第二个人同意了"}, {"disputed", "待裁"}} {
		add("candidate", s.state, s.words, "menu.candidates", "candidate", f("candidates"), sceneCandidate(s.state))
	}
	claimed := Evidence{ID: "a1", Name: "向晓兰", State: State{"done", "check", "candidate.confirmed"}, Claims: []EvidenceClaim{
		{Kind: "evidence.bonus", Name: "国家一级运动员", Note: "等级证书", Number: "2018-0731", Points: 30, Photos: []Photo{{JPEG: scenePhoto(), Width: 358, Height: 441}, {Why: "evidence.broken"}}},
		{Kind: "evidence.exemption", Name: "符合专升本报考条件的退役军人", Note: "退役证+专科毕业证"}}}
	add("evidence", "some", "申报了两项", "evidence.title", "evidence", f("candidates"), claimed)
	add("evidence", "none", "没有申报", "evidence.title", "evidence", f("candidates"), Evidence{ID: "a1", Name: "向晓兰", State: State{"wait", "clock", "candidate.registered"}})
	kinds := []ExchangeKind{{"candidates", "考生信息库", 44, "GBK", true}, {"results", "考生成绩与录取库", 30, "GBK", false}}
	add("exchange", "some", "导出过的", "menu.exchange", "exchange", f("exchange"), Exchange{May: true, Kinds: kinds, Rows: sceneParcels()})
	add("exchange", "two", "要两个人", "menu.exchange", "exchange", f("exchange"), Exchange{May: true, Two: true, Kinds: kinds, Kind: "candidates", Error: "act.needreason"})
	add("exchange", "not-hers", "要上一级", "menu.exchange", "exchange", f("exchange"), Exchange{Why: "permit.tier", Kinds: kinds})
	words := []string{"正在做", "做好了", "等复核", "已取走", "没有做成", "过期删了"}
	for i, p := range sceneParcels() {
		add("parcel", p.State.Key[len("parcel."):], words[i], "menu.exchange", "parcel", f("exchange"), p)
	}
}

func sceneApplicants() []Applicant {
	sure, open := State{"done", "check", "candidate.confirmed"}, State{"wait", "clock", "candidate.registered"}
	row := func(id, name, number, level string, version uint32, clock string, s State) Applicant {
		return Applicant{ID: id, Name: name, Number: number, Point: "岳麓区第 1 报名确认点", Level: level, Version: version, Changed: sceneTime(clock), State: s}
	}
	return []Applicant{
		row("a1", "向晓兰", "433***********0028", "专升本", 2, "10:30:51", sure), row("b2", "买买提·吐尔逊江·阿卜杜热合曼", "653***********0317", "高起专", 1, "09:12:02", open),
		row("c3", "刘䶮", "430***********1139", "高起本", 1, "08:40:00", sure), row("d4", "陈㛃", "431***********2241", "专升本", 3, "10:26:02", open),
	}
}

func sceneCandidate(state string) Candidate {
	record := sceneRecord("in-force")
	c := Candidate{ID: "a1", Name: "向晓兰", Number: "433***********0028", State: State{"done", "check", "candidate.confirmed"}, Application: "7f2e90…c41b", Version: 2,
		Photo: record.Photo, ChipPhoto: "record.photo.undecoded", Compared: record.Rows, Signed: "#", Choices: record.Choices, More: record.More,
		Identity: []Mended{{Fact: Fact{Label: "姓名", Value: "向晓兰"}, Before: "向小兰"}, {Fact: Fact{Label: "性别", Value: "2 女"}}, {Fact: Fact{Label: "民族", Value: "15 土家族"}, Before: "06 苗族"},
			{Fact: Fact{Label: "出生日期", Value: "1994-05-12"}}, {Fact: Fact{Label: "证件有效期", Value: "2016-04-18 — 2036-04-18"}}},
		Versions: []Edition{
			{Number: 2, From: 1, At: sceneTime("10:30:51"), Author: "终端 b2k7qaxm4ue", Origin: "origin.box", Current: true, Changes: []Change{{"姓名", "向小兰", "向晓兰"}, {"民族", "06 苗族", "15 土家族"}, {"联系电话", "138******12", "139******40"}}},
			{Number: 1, At: sceneTime("20:14:00").AddDate(0, 0, -3), Author: "考生", Origin: "origin.portal"}},
		Confirmations: sceneArrivals()[:1], Papers: []Paper{{Key: "paper.process", At: sceneTime("10:30:51"), Note: "02-000168", Path: "#"}, {Key: "paper.proofread", Note: "paper.proofread.note", Path: "#"}, {Key: "paper.pledge", Note: "paper.pledge.note", Path: "#"}}, Orders: scenePayments().Rows[1:2], Looks: sceneEntries()[1:2]}
	c.Ticket = &Ticket{Facts: []Fact{{"准考证号", "0104 34 0126 17", true}, {"考区", "0104", true}, {"考室", "0126", true}, {"座位", "17", true}, {"考点", "岳麓实验中学", false}, {"编排版本", "第 2 版", false}, {"给出份数（不含确认点机器打印的）", "1", false}}, Print: true, Again: true, Void: true}
	c.Line = []Step{{Class: "done", Key: "act.application.registered", At: sceneTime("20:14:00").AddDate(0, 0, -3), Note: "考生"}}
	c.Line = append(c.Line, record.Line...)
	ahead := []Step{{Class: "wait", Key: "等网上缴费", Note: "9-11 18:00 以前"}, {Key: "数据上报", Note: "9-20 00:00 开始"}, {Key: "打印准考证", Note: "10-21 09:00 开始"}}
	switch state {
	case "registered":
		c.State, c.Version, c.Versions, c.Ticket = State{"wait", "clock", "candidate.registered"}, 1, c.Versions[1:], nil
		c.Photo, c.Compared, c.Confirmations, c.Papers, c.Orders, c.Looks, c.Signed = nil, nil, nil, nil, nil, nil, ""
		for i := range c.Identity {
			c.Identity[i].Before = ""
		}
		c.Identity, c.Line = c.Identity[:4], c.Line[:1]
		ahead = append([]Step{{Class: "wait", Key: "等现场确认", Note: "9-11 17:30 以前"}}, ahead...)
		ahead[1].Class, ahead[1].Key = "", "网上缴费"
	case "revealed":
		c.Number, c.Whole = "433199199405120028", true
	case "refused":
		c.Ticket = &Ticket{Why: "ticket.none"}
		c.Error, c.Reason = "act.needreason", "x"
	case "two":
		c.Second = "ask"
	case "waiting", "agreed":
		c.Second = state
	case "disputed":
		c.Notices = []Notice{{Class: "must", Key: "candidate.notice.disputed"}, {Class: "wait", Key: "candidate.notice.superseded"}}
		c.Versions[1].Superseded = true
		c.Confirmations = sceneDisputed()
	}
	c.Line = append(c.Line, ahead...)
	return c
}

func sceneParcels() []Parcel {
	base := Parcel{ID: "p1", Kind: "考生信息库", Place: "长沙市", By: "谭丽华", At: sceneTime("09:58:00"), Ends: sceneTime("10:10:00").Add(24 * time.Hour), Reason: "报送市教育局统计", Mark: "7F3K-Q2MD", Mine: true}
	as := func(state, class, icon string, change func(*Parcel)) Parcel {
		p := base
		p.State = State{class, icon, "parcel." + state}
		if change != nil {
			change(&p)
		}
		return p
	}
	full := func(p *Parcel) { p.Total, p.Done, p.Beside, p.Size, p.Second = 48_112, 48_112, 37, 5_402_113, "" }
	return []Parcel{
		as("packing", "wait", "clock", func(p *Parcel) { p.Total, p.Done, p.Moving = 48_112, 17_220, true }),
		as("ready", "done", "check", func(p *Parcel) { full(p); p.MayFetch = true }),
		as("waiting", "wait", "clock", func(p *Parcel) { p.By, p.Mine, p.MayAgree, p.MayRefuse = "周明", false, true, true }),
		as("fetched", "done", "check", func(p *Parcel) { full(p); p.Second = "周明" }),
		as("failed", "must", "alert", func(p *Parcel) { p.Fault = "parcel.fault.values" }),
		as("expired", "open", "clock", full),
	}
}
