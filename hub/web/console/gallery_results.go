package console

// resultsScenes are the ways of marks and admissions.
func resultsScenes(add adder, f, quiet func(string) Frame) {
	kinds := []Option{{"scores", "results.kind.scores"}, {"admission", "results.kind.admission"}}
	shown := ResultsRow{ID: "r2", Kind: "results.kind.scores", State: State{"wait", "clock", "results.state.shown"}, Shown: sceneTime("10:20:00"), By: "邓志远", Rows: 287416, Fresh: 287002, Changed: 214, Same: 180, Refused: 20}
	old := ResultsRow{ID: "r1", Kind: "results.kind.scores", State: State{"done", "check", "results.state.applied"}, Shown: sceneTime("09:00:00"), By: "邓志远", Rows: 400, Fresh: 394, Refused: 6, Open: sceneTime("12:00:00")}
	add("results", "none", "还没有导入过", "menu.results", "results", quiet("results"), Results{Kinds: kinds, MayBring: true})
	add("results", "list", "导入过的", "menu.results", "results", f("results"), Results{Kinds: kinds, Rows: []ResultsRow{shown, old}})
	add("results", "noheader", "没有表头", "menu.results", "results", f("results"), Results{Kinds: kinds, Kind: "admission", Rows: []ResultsRow{old}, Error: "results.error.header"})
	base := ResultsImport{ResultsRow: shown, Hash: "9d2c71f04be8a6319d2c71f04be8a6319d2c71f04be8a6319d2c71f04be8a631", Undecided: 31, Scores: true, ApplyStep: "ask", More: 17,
		Refusals: []RefusedRow{{Row: 17, Column: "准考证号", Text: "没有考生用这个号码，请核对；号码前面的0不能丢。"}, {Row: 203, Column: "数学", Text: "数学(文)的成绩应是0到150的数，至多一位小数，或者“缺考”“违规”。"}, {Row: 204, Column: "姓名", Text: "这个号码的考生不是这个姓名，请核对是不是错行。"}},
		Changes:  []ResultsChange{{"", 8, "a1", "总分310　档案分330", "总分312.5　档案分332.5"}, {"", 95, "a2", "总分201　档案分201", "总分211　档案分211"}},
		Samples:  []ResultsChange{{"", 2, "a3", "", "总分345.5　档案分345.5"}, {"", 3, "a4", "", "总分175　档案分195"}}}
	for _, s := range [][2]string{{"shown", "看一张表"}, {"waiting", "等第二个人"}, {"agreed", "第二个人同意了"}, {"early", "还没有考完"}, {"stale", "别的表先生效了"}, {"nothing", "没有新内容"}, {"applied", "生效了"}, {"undone", "撤销了"}} {
		x := base
		switch s[0] {
		case "waiting", "agreed":
			x.ApplyStep, x.OpenAt = s[0], "2019-11-20T09:00"
		case "early":
			x.ApplyStep, x.Early = "ask", sceneTime("00:00:00").AddDate(0, 1, 20)
		case "stale":
			x.ApplyStep, x.Stale = "", true
		case "nothing":
			x.ApplyStep, x.Fresh, x.Changed, x.Same, x.Refused, x.Refusals, x.Changes, x.Samples, x.More, x.Undecided = "", 0, 0, 287416, 0, nil, nil, nil, 0, 0
			x.State = State{"open", "clock", "results.state.nothing"}
		case "applied", "undone":
			x.ResultsRow, x.Changes, x.Samples, x.ApplyStep, x.UndoStep = old, nil, nil, "", "ask"
			x.More, x.Applied, x.AppliedBy, x.Second = 3, sceneTime("11:00:00"), "邓志远", "刘素梅"
			if s[0] == "undone" {
				x.State, x.UndoStep, x.Ended, x.EndedBy, x.EndedTwo, x.EndedWhy = State{"must", "back", "results.state.undone"}, "", sceneTime("16:00:00"), "邓志远", "刘素梅", "评卷组来函更正"
			}
		}
		add("resultsimport", s[0], s[1], "menu.results", "resultsimport", f("results"), x)
	}
	add("registers", "none", "还没有录取", "registers.heading", "registers", quiet("results"), Registers{})
	add("registers", "list", "按院校", "registers.heading", "registers", f("results"), Registers{People: 213, Schools: []RegisterSchool{{"10532", "湖南大学", 201, 201}, {"10554", "湖南工商大学", 12, 11}}})
}
