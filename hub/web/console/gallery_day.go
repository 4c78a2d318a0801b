package console

import "slices"

// dayScenes are the books of days (对账, 日结).
func dayScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f, quiet func(string) Frame) {
	channels := []Option{{"wechat", "微信支付"}, {"alipay", "支付宝"}, {"unionpay", "银联"}}
	list := Days{Channels: channels, Rows: []DayRow{
		{Day: "2019-09-06", Path: "#", Own: 3204, OwnFen: 52_410_000, Lacking: true, State: State{"open", "clock", "day.running"}},
		{Day: "2019-09-05", Path: "#", Own: 11044, Stated: 11047, OwnFen: 180_295_000, StatedFen: 180_344_000, Difference: 49_000, Open: 7, Carried: 1, State: State{"act", "people", "day.ready"}},
		{Day: "2019-09-04", Path: "#", Own: 9811, Stated: 9811, OwnFen: 160_021_000, StatedFen: 160_021_000, State: State{"done", "lock", "day.closed"}},
		{Day: "2019-09-03", Path: "#", Own: 8802, Stated: 8803, OwnFen: 143_500_000, StatedFen: 143_516_000, Difference: 16_000, State: State{"done", "lock", "day.closed"}}}}
	add("days", "some", "几天", "menu.days", "days", f("days"), list)
	add("days", "none", "还没有", "menu.days", "days", quiet("days"), Days{Channels: channels})
	add("days", "cash", "只收现金和转账的项目", "menu.days", "days", quiet("days"), Days{Channels: channels, CashOnly: true})
	bad := list
	bad.Error, bad.Channel, bad.More = "day.refused", "wechat", 12
	bad.Faults = []FileFault{{0, "笔数不符：文件自称 7221 笔，实有 7218 笔"}, {318, "金额无法确定为整分"}, {7219, "文件在此中断，缺少结尾：请向渠道重新下载"}}
	add("days", "refused", "文件不合格，整份没有收", "menu.days", "days", f("days"), bad)
	wrong := list
	wrong.Error = "day.needfile"
	add("days", "nofile", "没有选文件", "menu.days", "days", f("days"), wrong)
	for _, s := range []struct{ state, words string }{{"left", "有 7 笔要处理"}, {"even", "分毫不差，可以日结"}, {"waiting", "等另一位同意日结"}, {"agreed", "另一位同意了"}, {"closed", "已日结"}, {"nofile", "账单没到"},
		{"conflict", "两份账单说法不一"}, {"changed", "同意以后账又变了"}, {"settled", "两人了结了一项"}, {"empty", "当天没有缴费"}} {
		add("day", s.state, s.words, "menu.days", "day", f("days"), sceneDay(s.state))
	}
}

func sceneDay(state string) Day {
	file := State{"done", "check", "day.file.checked"}
	d := Day{Day: "2019-09-05", Before: "#", After: "#", Own: 11044, OwnFen: 180_295_000, Stated: 11047, StatedFen: 180_344_000, Matched: 11042, MatchedFen: 180_262_000, Difference: 49_000, Cut: 2, CameIn: 1, Cleared: 1,
		State: State{"wait", "clock", "day.left"}, Open: 7, Close: "ask", Seen: "0a1b2c3d4e5f6071",
		Channels: []DayChannel{{Key: "day.channel.wechat", Matched: 7218, Extra: 3, File: file}, {Key: "day.channel.alipay", Matched: 3106, Extra: 2, Missing: 1, File: file}, {Key: "day.channel.unionpay", Matched: 718, Missing: 1, File: file}},
		Total:    DayChannel{Matched: 11042, Extra: 5, Missing: 2},
		Hours:    []int{4, 2, 1, 1, 2, 6, 21, 64, 418, 1263, 1874, 1402, 388, 176, 241, 1196, 1588, 1317, 402, 226, 187, 142, 88, 35},
		Files: []DayFile{{Channel: "day.channel.wechat", At: sceneTime("10:01:12"), Source: "day.source.fetched", Lines: 7221, Fresh: 7221, Net: 117_880_000},
			{Channel: "day.channel.alipay", At: sceneTime("09:02:40"), Source: "day.source.fetched", Lines: 3108, Fresh: 3108, Net: 50_720_000},
			{Channel: "day.channel.unionpay", At: sceneTime("09:40:05"), Source: "day.source.brought", By: "邓志远", Lines: 718, Fresh: 718, Net: 11_744_000}}}
	row := func(clock, channel, class, next string, signed, fen int64, s State) DayResidue {
		at := sceneTime(clock).AddDate(0, 0, -1)
		return DayResidue{ID: class + clock, Pick: "#sides", At: at, Channel: "day.channel." + channel, Class: "day.class." + class, Next: "day.next." + next, Signed: signed, Fen: fen, State: s, Found: "2019-09-05"}
	}
	finance, hub := State{"wait", "hand", "day.state.finance"}, State{"open", "clock", "day.state.hub"}
	d.Rows = []DayResidue{
		row("10:41:07", "wechat", "again", "give-back", 0, 16_000, finance), row("11:02:55", "wechat", "surplus", "ask-channel", 17_000, 17_000, hub),
		row("16:20:18", "wechat", "surplus", "take-up", 16_000, 16_000, State{"must", "alert", "day.state.pressing"}), row("09:15:40", "alipay", "late", "decide", 0, 17_000, finance),
		row("15:44:02", "alipay", "again", "give-back", 16_000, 16_000, finance), row("23:59:58", "alipay", "missing", "wait-for-file", -17_000, 17_000, hub), row("23:59:31", "unionpay", "missing", "wait-for-file", -16_000, 16_000, hub)}
	d.Rows[0].Chosen = true
	d.Rows[5].Carried, d.Rows[5].Found = true, "2019-09-04"
	d.Picked = &DayPicked{DayResidue: d.Rows[0], Ours: DayFact{Has: true, Order: "20194300001234567891", Number: "4200000408201909059034", Fen: 16_000, At: sceneTime("10:41:07")},
		Theirs: DayFact{Has: true, Order: "20194300001234567891", Number: "4200000408201909059034", Fen: 16_000, At: sceneTime("10:41:07")}, Say: "day.say.again", Movement: "#", Order: "#", Age: 1, Settle: "ask"}
	switch state {
	case "even", "waiting", "agreed", "closed", "changed":
		d.Rows, d.Picked, d.Open, d.Difference, d.Stated, d.StatedFen, d.Own, d.OwnFen, d.CameIn, d.Total = nil, nil, 0, 0, 11042, 180_262_000, 11042, 180_262_000, 0, DayChannel{Matched: 11042}
		for i := range d.Channels {
			d.Channels[i].Extra, d.Channels[i].Missing = 0, 0
		}
		d.State, d.Close = State{"act", "people", "day.ready"}, map[string]string{"even": "ask", "waiting": "waiting", "agreed": "agreed", "changed": "ask"}[state]
		if state == "closed" {
			d.State, d.Closed = State{"done", "lock", "day.closed"}, &DayClosed{At: sceneTime("10:41:00"), By: "邓志远", Second: "刘素梅", Why: "核对无误", Seal: "9d2c71f0 4be8a631"}
		}
		if state == "changed" {
			d.Error, d.Said = "day.not.changed", "核对无误"
		}
	case "nofile":
		d.Channels[0].File, d.Channels[0].Next = State{"wait", "clock", "day.file.away"}, sceneTime("11:10:00")
		d.Channels[1].File, d.Channels[1].Next, d.Channels[1].Line = State{"must", "alert", "day.file.refused"}, sceneTime("11:30:00"), 318
		d.Lacking, d.NotYet, d.NotArg, d.Close, d.Files = true, "day.not.file", "微信支付", "", d.Files[2:]
	case "conflict":
		later := DayFact{Has: true, Order: "20194300001234567891", Number: "4200000408201909058817", Fen: 15_900, At: sceneTime("10:40:52")}
		old := later
		old.Fen = 16_000
		gone := DayConflict{ID: "c2", Channel: "day.channel.wechat", Old: old, State: State{"done", "people", "day.conflict.kept"}, By: "邓志远", Second: "刘素梅", Why: "渠道确认漏了一行", EndedAt: sceneTime("10:20:00")}
		d.Conflicts = []DayConflict{{ID: "c1", Channel: "day.channel.wechat", Old: old, New: &later, State: State{"must", "alert", "day.conflict.waits"}, Waits: true, Keep: "ask", Take: "ask"}, gone}
		d.NotYet, d.Close = "day.not.conflict", ""
	case "settled":
		d.Rows = slices.Clone(d.Rows[6:])
		d.Rows[0].State, d.Rows[0].Next, d.Rows[0].Chosen = State{"done", "people", "day.state.settled"}, "day.next.settled", true
		d.Picked = &DayPicked{DayResidue: d.Rows[0], Ours: d.Picked.Ours, Say: "day.say.missing", Movement: "#", Order: "#", Age: 3, EndedAt: sceneTime("10:31:00"), By: "邓志远", Second: "刘素梅", Why: "银联确认没有这一笔，已撤销缴费"}
		d.Open, d.Difference, d.State = 0, -16_000, State{"act", "people", "day.ready"}
	case "empty":
		d = Day{Day: "2019-09-01", After: "#", State: State{"act", "people", "day.ready"}, Close: "ask", Seen: "00", Hours: make([]int, 24), Channels: []DayChannel{{Key: "day.channel.wechat", File: State{"done", "check", "day.file.none"}}}}
	}
	return d
}
