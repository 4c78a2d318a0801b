package console

import (
	"slices"
	"time"
)

type adder = func(page, state, words, title, tmpl string, f Frame, body any)

// unpaidScenes are the ways of the check of the unpaid.
func unpaidScenes(add adder, f, quiet func(string) Frame) {
	totals := Unpaid{Place: "岳麓区", CheckEnd: sceneTime("18:00:00"), Reasons: []UnpaidReason{{"01 本人放弃报考", 9}, {"03 支付不成功", 4}, {"07 联系不上本人", 2}}, Round: &UnpaidRound{At: sceneTime("09:02:00"), Ended: sceneTime("09:03:10"), Total: 61, Done: 61, Paid: 2, Failed: 1, By: "谭丽华"},
		Totals: []UnpaidTotal{{Point: "43010401", Place: "岳麓区第 1 报名确认点", People: 37, Fen: 629000, ToAsk: 1, Reached: 20, ToFind: 22, Pending: 37}, {Point: "43010402", Place: "岳麓区第 2 报名确认点", People: 14, Fen: 238000, Reached: 14, Signed: 14, SignedAt: sceneTime("11:40:00")}, {Point: "43010403", Place: "岳麓区第 3 报名确认点", People: 8, Fen: 136000, Reached: 8, ToFind: 1, Signed: 7, Pending: 1, SignedAt: sceneTime("10:15:00")}},
		Sum:    UnpaidTotal{People: 59, Fen: 1003000, ToAsk: 1, Reached: 42, ToFind: 23, Signed: 21, Pending: 38}}
	add("unpaidtotals", "some", "各确认点", "menu.unpaid", "unpaidtotals", f("unpaid"), totals)
	add("unpaidtotals", "none", "没有人", "menu.unpaid", "unpaidtotals", quiet("unpaid"), Unpaid{})
	add("unpaid", "open", "还没核实完", "menu.unpaid", "unpaid", f("unpaid"), sceneUnpaid("open"))
	add("unpaid", "asking", "正在查渠道", "menu.unpaid", "unpaid", f("unpaid"), sceneUnpaid("asking"))
	add("unpaid", "ready", "可以签字", "menu.unpaid", "unpaid", f("unpaid"), sceneUnpaid("ready"))
	add("unpaid", "signed", "已签字", "menu.unpaid", "unpaid", f("unpaid"), sceneUnpaid("signed"))
	add("unpaid", "since", "签字后又有人", "menu.unpaid", "unpaid", f("unpaid"), sceneUnpaid("since"))
	add("unpaid", "changed", "签字时名单变了", "menu.unpaid", "unpaid", f("unpaid"), sceneUnpaid("changed"))
	for _, s := range [][2]string{{"new", "还没联系"}, {"found", "联系过，原因登记了"}, {"error", "原因没写明"}, {"signed", "确认点已签字"}, {"gone", "查到已经付了"}, {"county", "县里看"}} {
		add("unpaidperson", s[0], s[1], "unpaid.person", "unpaidperson", f("unpaid"), sceneUnpaidPerson(s[0]))
	}
}

func sceneUnpaidRows() []UnpaidRow {
	due, confirmed := sceneTime("00:00:00"), sceneTime("08:00:00").Add(-5*24*time.Hour)
	return []UnpaidRow{
		{Order: "20194300000421000017", Name: "赵春燕", Number: "430***********0026", Phone: "199****0901", Fen: 16000, Due: due, Closed: true, ConfirmedAt: confirmed, Asked: State{"open", "cross", "unpaid.asked.not-paid"}, AskedAt: sceneTime("09:02:11"), Contacts: 2, LastContact: sceneTime("09:40:00"), Reason: "03 支付不成功"},
		{Order: "20194300000421000025", Name: "迪丽拜尔·吾买尔江", Number: "650***********2241", Phone: "199****0902", Fen: 17000, Due: due, Closed: true, ConfirmedAt: confirmed, Asked: State{"open", "cross", "unpaid.asked.no-try"}, AskedAt: sceneTime("09:02:12")},
		{Order: "20194300000421000033", Name: "刘䶮明", Number: "430***********6613", Phone: "199****0903", Fen: 17000, Due: due, Closed: true, ConfirmedAt: confirmed, Asked: State{"wait", "clock", "unpaid.asked.no-answer"}, AskedAt: sceneTime("09:02:13"), Contacts: 1, LastContact: sceneTime("10:05:00")},
		{Order: "20194300000421000041", Name: "冯立新", Number: "430***********1010", Phone: "199****0904", Fen: 16000, Due: due, Closed: true, ConfirmedAt: confirmed, Asked: State{"must", "tray", "unpaid.asked.held"}, AskedAt: sceneTime("09:02:14")},
	}
}

func sceneUnpaid(state string) Unpaid {
	out := Unpaid{Point: "43010401", Place: "岳麓区第 1 报名确认点", Rows: sceneUnpaidRows(), Sum: UnpaidTotal{People: 4, Fen: 66000, ToAsk: 1, Reached: 2, ToFind: 3, Pending: 4}, Totals: []UnpaidTotal{{}}, Pages: Pages{Number: 1, Of: 1}, Shows: []Option{{"ask", "还没查渠道的"}, {"find", "没有登记原因的"}}, Open: 3, MayWrite: true, MaySign: true, Seen: "9d2c71f0",
		Round: &UnpaidRound{At: sceneTime("09:02:00"), Ended: sceneTime("09:02:20"), Total: 5, Done: 5, Paid: 1, Failed: 1, By: "李建国"}, Reasons: []UnpaidReason{{"03 支付不成功", 1}}}
	if state == "asking" {
		out.Round = &UnpaidRound{At: sceneTime("09:02:00"), Total: 5, Done: 2, By: "李建国"}
	}
	if state == "open" || state == "asking" {
		return out
	}
	out.Open, out.Sum.ToAsk, out.Sum.ToFind, out.Sum.Reached = 0, 0, 0, 4
	for i := range out.Rows {
		out.Rows[i].Reason, out.Rows[i].Signed = "07 联系不上本人", state != "ready" && state != "changed"
		if out.Rows[i].Asked.Key == "unpaid.asked.no-answer" {
			out.Rows[i].Asked = State{"open", "cross", "unpaid.asked.not-paid"}
		}
	}
	out.Reasons = []UnpaidReason{{"07 联系不上本人", 4}}
	switch state {
	case "changed":
		out.Error = "unpaid.error.changed"
	case "signed", "since":
		out.MaySign, out.MayUndo = false, true
		out.Signed = &UnpaidSigned{At: sceneTime("16:20:00"), By: "李建国", People: 4, Fen: 66000, Hash: "9d2c71f04be8a6319d2c71f04be8a6319d2c71f04be8a6319d2c71f04be8a631"}
	}
	if state == "since" {
		out.Signed.Since, out.Rows[3].Signed, out.Rows[3].Reason = 1, false, ""
	}
	return out
}

func sceneUnpaidPerson(state string) UnpaidPerson {
	row := sceneUnpaidRows()[0]
	row.Phone, row.Reason, row.Contacts = "19900000901", "", 0
	out := UnpaidPerson{UnpaidRow: row, Application: "/gl/candidates/a1", Place: "岳麓区第 1 报名确认点", Level: "高起专", MayWrite: true, Now: "2019-09-19T10:20", Typed: map[string]string{"at": "2019-09-19T10:20"},
		Ways: []Option{{"call", "打电话"}, {"visit", "上门"}, {"came", "本人来点"}}, Outcomes: []Option{{"spoke", "联系到本人"}, {"no-one", "没有人接"}, {"relative", "联系到家人"}}, Codes: []UnpaidCode{{"01", "01 本人放弃报考", false}, {"03", "03 支付不成功", false}, {"04", "04 已付款但系统未到账", true}, {"99", "99 其他", true}}}
	log := []UnpaidContact{{sceneTime("09:40:00"), "unpaid.way.call", "unpaid.reached.spoke", "付的时候一直转圈，没有扣款，今天再试", "李建国"}, {sceneTime("08:55:00"), "unpaid.way.call", "unpaid.reached.no-one", "", "李建国"}}
	switch state {
	case "found", "signed", "gone", "county":
		out.Log, out.Reason, out.Code, out.FoundBy, out.FoundAt, out.Remark = log, "03 支付不成功", "03", "李建国", sceneTime("09:41:00"), "已教本人换一种方式付"
	case "error":
		out.Error, out.Code, out.Log = "unpaid.error.text", "04", log[1:]
	}
	switch state {
	case "signed":
		out.Signed, out.MayWrite = true, false
	case "gone":
		out.Gone, out.MayWrite = "unpaid.gone.paid", false
	case "county":
		out.MayWrite, out.Phone = false, "199****0901"
	}
	return out
}

// troubleScenes are the ways of a channel that fails.
func troubleScenes(add adder, f, quiet func(string) Frame) {
	rates := []TroubleRate{{Channel: "trouble.channel.wechat", Asked: 412, Away: 3, Percent: 1, LongAsked: 2210, LongPercent: 1}, {Channel: "trouble.channel.alipay", Asked: 188, Away: 96, Refused: 12, Percent: 57, Alarm: true, LongAsked: 940, LongPercent: 14}, {Channel: "trouble.channel.unionpay", Asked: 6, Away: 6, Percent: 100, Few: true, LongAsked: 6, LongPercent: 100}}
	channels := []Option{{"wechat", "trouble.channel.wechat"}, {"alipay", "trouble.channel.alipay"}, {"unionpay", "trouble.channel.unionpay"}}
	form := TroubleForm{Channel: "alipay", From: "2019-09-11T18:00", To: "2019-09-11T21:30", Due: "2019-09-13T00:00"}
	base := Trouble{Rates: rates, Channels: channels, Form: form, Codes: []Option{{"04", "04 大批量缴费不成功"}}, Second: "ask"}
	base.Look = &TroubleLook{Tried: 431, Paid: 322, Enough: 4, Open: 61, Closed: 44, More: 102, Rows: []TroubleRow{
		{"20194300000421000017", "岳麓区第 1 报名确认点", 16000, sceneTime("00:00:00"), sceneTime("20:14:00"), false, 3}, {"20194300000421000025", "天心区第 2 报名确认点", 17000, sceneTime("00:00:00"), sceneTime("20:40:00"), true, 1}, {"20194300000421000033", "芙蓉区第 3 报名确认点", 17000, sceneTime("00:00:00"), sceneTime("21:02:00"), true, 2}}}
	calm := Trouble{Rates: []TroubleRate{rates[0], {Channel: "trouble.channel.alipay", Asked: 203, Percent: 0, LongAsked: 980}, rates[2]}, Channels: channels, Form: TroubleForm{From: "2019-09-11T18:00", To: "2019-09-11T20:00"}}
	add("trouble", "well", "都正常", "menu.trouble", "trouble", quiet("trouble"), calm)
	add("trouble", "alarm", "支付宝大批失败，看影响到谁", "menu.trouble", "trouble", f("trouble"), base)
	for _, s := range [][2]string{{"waiting", "等第二个人"}, {"agreed", "第二个人同意了"}, {"nodue", "没填新的截止"}, {"nobody", "没有人受影响"}, {"changed", "名单变了"}, {"given", "办过了"}} {
		x := base
		switch s[0] {
		case "waiting", "agreed":
			x.Second = s[0]
		case "nodue":
			x.Form.Due = ""
		case "nobody":
			x.Look = &TroubleLook{Tried: 12, Paid: 12}
		case "changed":
			x.Error = "trouble.error.changed"
		case "given":
			x = calm
			x.Given = []TroubleGiven{{sceneTime("21:50:00"), sceneTime("18:00:00"), sceneTime("21:30:00"), sceneTime("00:00:00").Add(48 * time.Hour), "支付宝", 105, 44, "支付宝网关故障，已发公告", "邓志远", "刘素梅"}}
		}
		add("trouble", s[0], s[1], "menu.trouble", "trouble", f("trouble"), x)
	}
}

// endingScenes are the ways of the end.
func endingScenes(add adder, f, quiet func(string) Frame) {
	row := EndingRow{ID: "e1", State: State{"wait", "clock", "ending.told"}, Drawn: sceneTime("09:00:00"), Until: sceneTime("00:00:00").Add(96 * time.Hour), People: 812, Hash: "9d2c71f04be8a6319d2c71f04be8a6319d2c71f04be8a6319d2c71f04be8a631"}
	signed := row
	signed.State, signed.Signed, signed.Voided = State{"must", "lock", "ending.signed"}, sceneTime("15:00:00"), 790
	add("endings", "running", "还能确认缴费", "menu.endings", "endings", quiet("endings"), Endings{OpenUntil: sceneTime("00:00:00")})
	look := Endings{Looked: true, Unconfirmed: 611, Unpaid: 201, Held: []EndingHeld{{"ending.hold.doubt", 3}, {"ending.hold.suspense", 7}}, Aside: 2, MayDraw: true, Days: 3}
	add("endings", "outlook", "可以列名单", "menu.endings", "endings", f("endings"), look)
	look.Error, look.Rows = "ending.error.standing", []EndingRow{row}
	add("endings", "standing", "已经有一个", "menu.endings", "endings", f("endings"), look)
	add("endings", "lists", "列过的", "menu.endings", "endings", f("endings"), Endings{Rows: []EndingRow{row, signed}, Days: 3})
	add("endings", "paid", "作废以后又付了钱", "menu.endings", "endings", f("endings"), Endings{Rows: []EndingRow{signed}, Days: 3, Paid: []EndedPaid{{sceneMovementCase("late").Movement, "#"}, {sceneMovementCase("again").Movement, "#"}}, PaidTotal: 2, PaidFen: 34_000})
	people := []EndingPerson{
		{ID: "a1", Name: "赵春燕", Number: "430***********0026", Point: "岳麓区第 1 报名确认点", Why: "ending.why.unpaid", Order: "20194300000421000017", State: State{"wait", "clock", "ended.listed"}},
		{ID: "a2", Name: "刘䶮明", Number: "430***********6613", Point: "岳麓区第 1 报名确认点", Why: "ending.why.unconfirmed", State: State{"must", "alert", "ended.objected"}, Said: "说9月8日在现场签过字，拿着流程表", SaidBy: "李建国", SaidAt: sceneTime("11:00:00")},
		{ID: "a3", Name: "冯立新", Number: "430***********1010", Point: "天心区第 2 报名确认点", Why: "ending.why.unpaid", State: State{"done", "check", "ended.out"}, Cause: "ending.cause.paid", At: sceneTime("12:00:00")},
	}
	base := Ending{EndingRow: row, By: "邓志远", Tallies: []EndingTally{{"岳麓区", 40, 12, 1, 0, 1, 0, 0}, {"天心区", 31, 9, 0, 1, 2, 0, 0}}, Sum: EndingTally{"", 71, 21, 1, 1, 3, 0, 0}, Rows: people, Pages: Pages{Number: 1, Of: 1}, Seen: row.Hash, Standing: 88, SignStep: "ask", BackStep: "ask", RestoreStep: "ask", MayNote: true, MayDecide: true, Shows: []Option{{"listed", "ended.listed"}, {"void", "ended.void"}}}
	for _, s := range [][2]string{{"told", "等异议"}, {"objections", "异议没答复"}, {"ready", "可以签"}, {"agreed", "第二个人同意了"}, {"signed", "已签字"}, {"reversed", "整个撤销了"}, {"county", "县里看"}, {"one", "看一个人"}, {"objected", "看有异议的"}, {"void", "看作废的"}} {
		x := base
		x.Rows = slices.Clone(people)
		switch s[0] {
		case "objections", "ready", "agreed":
			x.Over = true
			if s[0] != "objections" {
				x.Sum.Objected = 0
			}
			if s[0] == "agreed" {
				x.SignStep = "agreed"
			}
		case "signed", "void", "reversed":
			x.EndingRow, x.SignedBy, x.Second, x.SignedHash, x.MayNote, x.MayDecide = signed, "邓志远", "刘素梅", row.Hash, false, false
			x.Rows[0].State = State{"must", "lock", "ended.void"}
			if s[0] == "reversed" {
				x.State, x.Ended, x.EndedBy, x.EndedSecond, x.EndedWhy = State{"done", "back", "ending.reversed"}, sceneTime("16:00:00"), "邓志远", "刘素梅", "省里决定补报两天"
				x.Rows[0].State = State{"done", "back", "ended.restored"}
			}
		case "county":
			x.SignStep, x.BackStep, x.RestoreStep, x.Tallies = "", "", "", x.Tallies[:1]
		}
		switch s[0] {
		case "one", "void":
			x.One = &x.Rows[0]
		case "objected":
			x.One = &x.Rows[1]
		}
		add("ending", s[0], s[1], "ending.title", "ending", f("endings"), x)
	}
}
