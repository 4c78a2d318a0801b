package console

// stickScenes are the ways a stick can be.
func stickScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	const most = 1<<32 - 1
	words := func(n ...int) (out []StickWord) {
		for i, key := range []string{"detail.new", "detail.known", "detail.whole", "detail.aside", "detail.foreign", "detail.torn", "detail.early", "detail.later"} {
			out = append(out, StickWord{key, n[i]})
		}
		return out
	}
	before := []StickBrought{
		{At: sceneTime("10:22:05"), By: "谭丽华", Path: "#", Box: "b2k7qaxm4ue", Point: "岳麓区第 1 报名确认点", Unit: 2, File: "3", Counted: words(41, 7, 0, 0, 0, 0, 0, 0)[:2]},
		{At: sceneTime("09:10:41"), By: "周明", Path: "#", File: "1", Counted: []StickWord{{"detail.foreign", 12}}}}
	add("sticks", "some", "以往导入过", "menu.sticks", "sticks", f("sticks"), Sticks{Most: most, Rows: before, Pages: Pages{Next: "#"}})
	add("sticks", "none", "还没有导入过", "menu.sticks", "sticks", f("sticks"), Sticks{Most: most})
	add("sticks", "no-file", "没有选文件", "menu.sticks", "sticks", f("sticks"), Sticks{Most: most, Rows: before, Error: "sticks.nofile"})
	add("sticks", "well", "都收了", "menu.sticks", "sticks", f("sticks"), Sticks{Result: &StickResult{Files: 2, Words: words(41, 7, 0, 0, 0, 0, 0, 0)[:2],
		Boxes: []StickBox{{Box: "b2k7qaxm4ue", Point: "岳麓区第 1 报名确认点", Unit: 2, Words: words(41, 7, 0, 0, 0, 0, 0, 0)}}}})
	add("sticks", "trouble", "各种结果", "menu.sticks", "sticks", f("sticks"), Sticks{Result: &StickResult{Files: 2, Trouble: true, Elsewhere: true, Words: words(38, 7, 1, 1, 1, 1, 1, 1),
		Notes: []StickNote{{Number: 2, Key: "sticks.note.damaged", N: 1}, {Number: 3, Key: "sticks.note.none"}},
		Boxes: []StickBox{
			{Box: "b2k7qaxm4ue", Point: "岳麓区第 1 报名确认点", Unit: 2, Words: words(36, 7, 1, 1, 0, 1, 1, 1), More: 4, Odd: []StickOdd{
				{Epoch: 1, Sequence: 168, Word: State{"must", "tray", "detail.aside"}, Why: "quarantine.fork", Do: "quarantine.fork.do"},
				{Epoch: 1, Sequence: 169, Word: State{"wait", "check", "detail.whole"}, Do: "sticks.whole.do"},
				{Epoch: 1, Sequence: 170, Word: State{"wait", "alert", "detail.torn"}, Do: "sticks.torn.do"},
				{Epoch: 1, Sequence: 171, Word: State{"wait", "clock", "detail.later"}, Do: "sticks.later.do"}}},
			{Key: "sticks.elsewhere", Words: words(2, 0, 0, 0, 0, 0, 0, 0)},
			{Key: "sticks.nobody", Words: words(0, 0, 0, 0, 1, 0, 0, 0), Odd: []StickOdd{
				{Epoch: 1, Sequence: 9, Word: State{"must", "cross", "detail.foreign"}, Why: "quarantine.signature", Do: "sticks.foreign.do"}}}}}})
}
