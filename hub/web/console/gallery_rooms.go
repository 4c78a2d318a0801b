package console

// roomScenes are the ways of rooms and sites, and of the papers of sites.
func roomScenes(add adder, f, quiet func(string) Frame) {
	state := func(class, icon, key string) State { return State{class, icon, key} }
	rows := []RoomsRow{
		{Code: "0102", Name: "芙蓉区考区", Place: "芙蓉区", Rooms: 46, Candidates: 1362, Sites: 3, Places: 52, Placed: 46, State: state("done", "check", "rooms.state.taken"), Path: "#", Enough: true},
		{Code: "0104", Name: "岳麓区考区", Place: "岳麓区", Rooms: 62, Candidates: 1841, Sites: 4, Places: 70, State: state("wait", "clock", "rooms.state.city"), Path: "#", Case: "#", Enough: true},
		{Code: "0181", Name: "浏阳市考区", Place: "浏阳市", Rooms: 38, Candidates: 1120, Sites: 1, Places: 30, State: state("must", "alert", "rooms.state.short"), Path: "#"},
	}
	add("rooms", "some", "各考区", "menu.rooms", "rooms", f("rooms"), Rooms{Version: "1", Rows: rows, Sum: RoomsRow{Rooms: 146, Candidates: 4323, Sites: 8, Places: 152, Placed: 46}})
	add("rooms", "none", "还没有公布", "menu.rooms", "rooms", quiet("rooms"), Rooms{})
	for _, s := range [][2]string{{"draft", "提出分配"}, {"faults", "有三处不对"}, {"taken", "已接收，可以停用考点"}, {"short", "考室不够"}, {"waiting", "新开的考室没有考点"}, {"returned", "市里退回"}} {
		add("arearooms", s[0], s[1], "menu.rooms", "arearooms", f("rooms"), sceneArea(s[0], rows[1]))
	}
	lose := LoseSite{Area: "0104", AreaName: "岳麓区考区", Site: "430104002", Name: "岳麓区第二中学", Rooms: 18, People: 536, Set: 1, ByTwo: true, Standing: "ask",
		Moves: []RoomMove{{First: 29, Last: 40, Rooms: 12, People: 360, To: "岳麓区第一中学", ToAddress: "桐梓坡路 212 号", ToRooms: 40, ToFree: 12}, {First: 41, Last: 46, Rooms: 6, People: 176, To: "岳麓区第三中学", ToAddress: "麓山南路 9 号", ToRooms: 22, ToFree: 8}}}
	add("losesite", "ask", "看清楚再记下", "rooms.lose", "losesite", f("rooms"), lose)
	lose.Standing = "waiting"
	add("losesite", "waiting", "等另一个人", "rooms.lose", "losesite", f("rooms"), lose)
	add("losesite", "short", "别处不够", "rooms.lose", "losesite", f("rooms"), LoseSite{Area: "0104", AreaName: "岳麓区考区", Name: "岳麓区第二中学", Short: true})
	add("movedrooms", "some", "要通知的人", "rooms.tell", "movedrooms", f("rooms"), MovedRooms{Area: "0104", AreaName: "岳麓区考区", Lost: "岳麓区第二中学", Set: 2, People: 536, Moves: lose.Moves, Pages: Pages{Number: 1, Of: 9, Next: "#"},
		Rows: []MovedRow{{Application: "0", Name: "赵春燕", Number: "0104 34 0029 01", Phone: "19900000901", Room: "0029", Seat: "01", To: "岳麓区第一中学", Read: true}, {Application: "0", Name: "迪丽拜尔·吾买尔江", Number: "0104 34 0029 02", Phone: "19900000902", Room: "0029", Seat: "02", To: "岳麓区第一中学"}}})
	paperScenes(add, f, quiet)
}

func sceneArea(which string, row RoomsRow) AreaRooms {
	out := AreaRooms{RoomsRow: row, Version: "1", Sites: []RoomSite{{Code: "430104001", Name: "岳麓区第一中学", Address: "桐梓坡路 212 号", Rooms: 40}, {Code: "430104002", Name: "岳麓区第二中学", Address: "枫林三路 1 号", Rooms: 18}, {Code: "430104003", Name: "岳麓区第三中学", Address: "麓山南路 9 号", Rooms: 22}},
		Groups: []RoomGroup{{"高起本 12 理工类", 1, 21}, {"专升本 34 经济管理类", 22, 60}, {"混合考室", 61, 62}}, Open: true, Blank: []int{1, 2},
		Draft: []RoomBlock{{Site: "430104001", Name: "岳麓区第一中学", First: 1, Last: 40, Rooms: 40, Has: 40, People: 1200, Groups: "高起本 12 理工类 21、专升本 34 经济管理类 19"}, {Site: "430104003", Name: "岳麓区第三中学", First: 41, Last: 62, Rooms: 22, Has: 22, People: 641, Groups: "专升本 34 经济管理类 20、混合考室 2"}}}
	out.State, out.Case = State{"act", "hand", "rooms.state.open"}, ""
	switch which {
	case "faults":
		out.Draft[0].Last, out.Draft[0].Rooms, out.Draft[1].First, out.Draft[1].Rooms = 42, 42, 44, 19
		out.Faults = []string{"“岳麓区第一中学”只有 40 个考室，现在分了 42 个，请减少。", "考室 43 还没有考点，请补上。"}
	case "taken":
		out.Open, out.Shut, out.Blocks, out.MayLose = false, "rooms.shut.window", out.Draft, true
		out.State = State{"done", "check", "rooms.state.taken"}
		out.History = []RoomSet{{Number: 1, How: "rooms.how.taken", At: sceneTime("16:20:00"), By: "周敏", Case: "#"}}
	case "short":
		out.Short, out.Places, out.Draft = true, 58, nil
		out.State = State{"must", "alert", "rooms.state.short"}
	case "waiting":
		out.Open, out.Shut, out.Blocks, out.Rooms, out.Waiting = false, "rooms.shut.window", out.Draft, 64, "0063–0064"
		out.Places, out.Short = 62, true
		out.State = State{"must", "alert", "rooms.state.some"}
		out.History = []RoomSet{{Number: 3, How: "rooms.how.added", At: sceneTime("17:00:00"), By: "邓志远"}, {Number: 2, How: "rooms.how.carried", At: sceneTime("16:40:00"), By: "邓志远"}, {Number: 1, How: "rooms.how.taken", At: sceneTime("16:20:00"), By: "周敏", Case: "#"}}
	case "returned":
		out.Mend, out.CaseVer, out.Case = "0", 2, "#"
		out.State = State{"must", "back", "rooms.state.returned"}
	}
	return out
}

func paperScenes(add adder, f, quiet func(string) Frame) {
	site := ExamSite{ID: "0", Code: "430104001", Name: "岳麓区第一中学", Address: "桐梓坡路 212 号", Area: "岳麓区考区", Rooms: 40, People: 1200, First: 1, Last: 40, Batches: 2}
	batches := []ExamBatch{
		{ID: "0", Name: "5C0E91AA", Site: site.Name, Path: "#", SitePath: "#", Rooms: "0012", Papers: "07 考生签到表、08 考场情况记录单", Copy: 2, Reason: "打印机卡纸，两张撕破", By: "谭丽华", At: sceneTime("15:10:00"), State: State{"wait", "clock", "exam.state.making"}, Total: 5, Done: 2, Moving: true, Version: "1"},
		{ID: "0", Name: "7A12F03B", Site: site.Name, Path: "#", SitePath: "#", Rooms: "0001–0040", Papers: "全部", Copy: 1, By: "谭丽华", At: sceneTime("09:10:00"), Ends: sceneTime("09:14:00").AddDate(0, 0, 3), State: State{"done", "check", "exam.state.ready"}, Total: 31, Done: 31, Pages: 263, Size: 11 << 20, Template: "9d2c71f0", MayFetch: true, Version: "1", Printing: State{"wait", "clock", "print.state.printing"},
			Parts: []ExamPart{{"25", "25 封面", 1, 1}, {"11", "11 考点汇总表", 1, 2}, {"05", "05 门贴", 40, 40}, {"04", "04 座次表", 80, 80}, {"07", "07 考生签到表", 140, 140}}, Sum: ExamPart{Things: 262, Pages: 263}},
	}
	add("exampapers", "some", "各考点", "menu.exampapers", "exampapers", f("exampapers"), ExamPapers{Version: "1", Sites: []ExamSite{site, {ID: "0", Code: "430104003", Name: "岳麓区第三中学", Area: "岳麓区考区", Rooms: 22, People: 641, First: 41, Last: 62}, {ID: "0", Code: "430104004", Name: "岳麓区第四中学", Area: "岳麓区考区", Rooms: 9, People: 270, First: 63, Last: 71, Batches: 1, Behind: "0071"}}, Batches: batches, Missing: 4, Held: []HeldPrint{{"#", "三楼大打印机", "print.why.unsupported"}}})
	add("exampapers", "none", "还没有考点", "menu.exampapers", "exampapers", quiet("exampapers"), ExamPapers{})
	view := SitePapers{ExamSite: site, Version: "1", Batches: batches}
	view.Papers = []ExamPaper{{Key: "11", Name: "11 考点汇总表", For: "exam.for.site", Copies: 1, On: true}, {Key: "23", Name: "23 领卷回收登记表", For: "exam.for.site.sittings", Copies: 1, On: true}, {Key: "05", Name: "05 门贴", For: "exam.for.room", Copies: 1, On: true}, {Key: "04", Name: "04 座次表", For: "exam.for.room", Copies: 2, On: true}, {Key: "07", Name: "07 考生签到表", For: "exam.for.room.sittings", Copies: 1, On: true}}
	add("sitepapers", "ask", "选好就做", "menu.exampapers", "sitepapers", f("exampapers"), view)
	view.Behind = "0012、0040"
	add("sitepapers", "behind", "打印以后增补了座位", "menu.exampapers", "sitepapers", f("exampapers"), view)
	view.Behind, view.Again, view.Error = "", true, "exam.error.again"
	add("sitepapers", "again", "补打没写原因", "menu.exampapers", "sitepapers", f("exampapers"), view)
	add("exambatch", "making", "正在做", "menu.exampapers", "exambatch", f("exampapers"), batches[0])
	add("exambatch", "ready", "做好了", "menu.exampapers", "exambatch", f("exampapers"), batches[1])
	printScenes(add, f, batches[1])
	late := batches[1]
	late.Late = "0012"
	add("exambatch", "late", "以后增补了座位", "menu.exampapers", "exambatch", f("exampapers"), late)
	failed := batches[0]
	failed.Moving, failed.State, failed.Fault = false, State{"must", "alert", "exam.state.failed"}, "exam.fault.moved"
	add("exambatch", "failed", "考室改派了", "menu.exampapers", "exambatch", f("exampapers"), failed)
	void := batches[1]
	void.MayFetch, void.State, void.Fault = false, State{"must", "alert", "exam.state.void"}, "exam.error.void"
	add("exambatch", "void", "做好后作废", "menu.exampapers", "exambatch", f("exampapers"), void)
}

func printScenes(add adder, f func(string) Frame, ready ExamBatch) {
	scene := func(state, title string, change func(*ExamBatch)) {
		one := ready
		change(&one)
		add("exambatch", state, title, "menu.exampapers", "exambatch", f("exampapers"), one)
	}
	part := func(n int, name string, pages, out int, class, icon, state string) ExamPrintPart {
		return ExamPrintPart{N: n, Name: name, Pages: pages, Out: out, State: State{class, icon, "print.part." + state}, Unsure: state == "unsure"}
	}
	print := func(class, icon, state, why string, out int, parts ...ExamPrintPart) ExamPrint {
		p := ExamPrint{Path: "#", Printer: "二楼文印室", By: "谭丽华", At: sceneTime("09:20:00"), State: State{class, icon, "print.state." + state}, Open: state != "done" && state != "ended", Out: out, Pages: 263, Parts: parts}
		if why != "" {
			p.Why = "print.why." + why
		}
		return p
	}
	printed := []ExamPrintPart{part(0, "25 封面", 1, 0, "done", "check", "printed"), part(1, "11 考点汇总表", 2, 0, "done", "check", "printed"), part(2, "05 门贴　0001–0040", 40, 0, "done", "check", "printed")}
	left := []ExamPrintPart{part(4, "04 座次表　0009–0016", 16, 0, "open", "clock", "waiting"), part(5, "07 考生签到表　0001–0010", 40, 0, "open", "clock", "waiting")}
	scene("to-print", "可以送打印机", func(b *ExamBatch) {
		b.MayPrint, b.Printers = true, []Option{{"a", "二楼文印室"}, {"b", "保密室"}}
	})
	scene("no-printer", "没有登记打印机", func(b *ExamBatch) { b.MayPrint = true })
	scene("printing", "正在打，没有纸", func(b *ExamBatch) {
		all := append(append([]ExamPrintPart{}, printed...), part(3, "04 座次表　0001–0008", 16, 9, "wait", "clock", "sent"))
		b.Prints = []ExamPrint{print("wait", "clock", "printing", "paper", 52, append(all, left...)...)}
	})
	scene("look", "先看封面", func(b *ExamBatch) {
		p := print("must", "hand", "held", "look", 1, printed[0], part(1, "11 考点汇总表", 2, 0, "open", "clock", "waiting"))
		p.MayResume = true
		b.Prints = []ExamPrint{p}
	})
	scene("unsure", "说不准打出来没有", func(b *ExamBatch) {
		all := append(append([]ExamPrintPart{}, printed...), part(3, "04 座次表　0001–0008", 16, 0, "must", "alert", "unsure"))
		p := print("must", "hand", "held", "unsure", 43, append(all, left...)...)
		p.Unsure = true
		b.Prints = []ExamPrint{p}
	})
	scene("stopped", "停下了，还有没打的", func(b *ExamBatch) {
		b.MayPrint, b.Rest, b.Printers = true, true, []Option{{"a", "二楼文印室"}}
		p := print("open", "cross", "ended", "stopped", 43, append(append([]ExamPrintPart{}, printed...), part(3, "04 座次表　0001–0008", 16, 0, "open", "cross", "dropped"))...)
		p.Ended = sceneTime("09:40:00")
		b.Prints = []ExamPrint{p}
	})
	scene("printed", "打印完了", func(b *ExamBatch) {
		b.AllOut = true
		b.Prints = []ExamPrint{print("done", "check", "done", "", 263, printed...)}
	})
}
