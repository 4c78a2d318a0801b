package console

// slipScenes are the answers about a slip.
func slipScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	good := SlipCheck{Asked: true, Genuine: true, Point: "岳麓区第 1 报名确认点", Box: "b7hdm2vka5p", Unit: 4, Sequence: 77, At: sceneTime("10:02:00"), Campaign: "adult-2019", Version: 7,
		Application: "a1b2c3…90ef", Fee: 17000, Payable: true, Standing: State{"open", "clock", "slip.waits"}}
	add("slip", "empty", "还没扫", "menu.slip", "slip", f("slip"), SlipCheck{})
	add("slip", "payable", "真的，记录还没到，可以收费", "menu.slip", "slip", f("slip"), good)
	came := good
	came.Record, came.Standing = "77b0", State{"done", "check", "state.in-force"}
	add("slip", "arrived", "记录已到", "menu.slip", "slip", f("slip"), came)
	came.Payable, came.Bar, came.Standing = false, "slip.bar.voided", State{"open", "cross", "state.voided"}
	add("slip", "voided", "已撤销，不能收费", "menu.slip", "slip", f("slip"), came)
	add("slip", "forged", "假的", "menu.slip", "slip", f("slip"), SlipCheck{Asked: true, Forged: true})
	add("slip", "elsewhere", "别的县的", "menu.slip", "slip", f("slip"), SlipCheck{Asked: true, Genuine: true, Elsewhere: true, Point: "安仁县第 1 报名确认点"})
	add("slip", "none", "扫错了", "menu.slip", "slip", f("slip"), SlipCheck{Asked: true, Error: "slip.none"})
}
