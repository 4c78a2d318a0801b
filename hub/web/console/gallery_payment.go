package console

import (
	"slices"
	"time"
)

// paymentScenes are the pages of money.
func paymentScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	list := scenePayments()
	add("payments", "many", "第 2 页，有暂收待查", "menu.payments", "payments", f("payments"), list)
	add("payments", "none", "还没有开单", "menu.payments", "payments", f("payments"), Payments{Figures: list.Figures[:0], Channels: list.Channels})
	add("payments", "nomatch", "按条件查不到", "menu.payments", "payments", f("payments"), Payments{Figures: list.Figures[1:2], Channels: list.Channels, Filter: OrderFilter{State: "closed", Day: "2019-09-06"}})
	missed := list
	missed.Typed, missed.Error = "4200008817", "pay.find.none"
	add("payments", "notfound", "号码查不到", "menu.payments", "payments", f("payments"), missed)
	for _, s := range []struct{ state, words string }{{"paid", "已缴费"}, {"open", "未缴费，渠道没有答复"}, {"overdue", "刚过截止时间"}, {"again", "付了两次，第二笔正在退"}, {"closed", "已过缴费时间"}, {"waived", "免缴"}, {"left", "已终止，钱已退"}, {"conflict", "渠道前后说法不一"}} {
		add("order", s.state, s.words, "pay.order", "order", f("payments"), sceneOrder(s.state))
	}
	for _, s := range []struct{ state, words string }{{"ask", "省里给一个考生延时"}, {"waiting", "延时，等第二个人"}, {"agreed", "延时，第二个人同意了"}, {"when", "延时，时间填错"}} {
		add("order", "more-"+s.state, s.words, "pay.order", "order", f("payments"), sceneMore(s.state))
	}
	for _, s := range []struct{ state, words string }{{"ask", "免缴"}, {"waiting", "免缴，等第二个人"}, {"agreed", "免缴，第二个人同意了"}, {"tier", "免缴要更高一级"}} {
		add("order", "waive-"+s.state, s.words, "pay.order", "order", f("payments"), sceneWaive(s.state))
	}
	for _, s := range []struct{ state, words string }{{"ask", "改了层次，多缴了"}, {"less", "改了层次，少缴了，县里看"}, {"agreed", "差额，第二个人同意了"}, {"changed", "差额刚才变了"}, {"settled", "差额已处理"}} {
		add("order", "differs-"+s.state, s.words, "pay.order", "order", f("payments"), sceneDiffers(s.state))
	}
	add("differences", "some", "几笔差额", "menu.differences", "differences", f("differences"), sceneDifferences())
	add("differences", "none", "没有差额", "menu.differences", "differences", f("differences"), Differences{})
	for _, s := range []struct{ state, words string }{{"again", "重复缴费，建议退"}, {"late", "过了时间才付，省里一个人能定"}, {"stranger", "不知道是谁的"}, {"other-fee", "金额不对"}, {"after-leaving", "退出以后才付"}, {"unasked", "没有人申请的退款"}, {"unasked-part", "没有人申请的退款，只退一部分"}, {"unasked-unknown", "没有人申请的退款，付款没入过账"}, {"taken", "退款已补记"},
		{"waiting", "等第二个人"}, {"agreed", "第二个人同意了"}, {"county", "县里不能办"}, {"notnow", "点了已经变了的"}, {"asked", "正在退款"}, {"aside", "退款十天没有结果"}, {"failed", "渠道退不了"}, {"cash", "现金要退给本人"}, {"transfer", "转账要退回"}, {"pays", "付清本单的"}, {"reverted", "已撤销"}} {
		add("movement", s.state, s.words, "pay.movement", "movement", f("suspense"), sceneMovementCase(s.state))
	}
	lying := Suspense{Total: 6, Fen: 103_000, Standings: sceneStandings()}
	for _, state := range []string{"again", "late", "stranger", "other-fee", "after-leaving", "unasked"} {
		lying.Rows = append(lying.Rows, sceneMovementCase(state).Movement)
	}
	add("suspense", "some", "六种都有", "menu.suspense", "suspense", f("suspense"), lying)
	said := lying
	said.Conflicts = []OrderConflict{sceneConflict()}
	add("suspense", "conflict", "还有渠道前后说法不一的", "menu.suspense", "suspense", f("suspense"), said)
	for _, s := range []struct{ state, words string }{{"ask", "还没有查清"}, {"never", "没有入过账，没写原因"}, {"waiting", "等第二个人"}, {"agreed", "第二个人同意了"}, {"settled", "两人已查清"}} {
		add("contradiction", s.state, s.words, "pay.contradiction", "contradiction", f("suspense"), sceneContradiction(s.state))
	}
	add("suspense", "none", "没有待查的", "menu.suspense", "suspense", f("suspense"), Suspense{Standings: sceneStandings()})
	back := Suspense{Refunds: true, Total: 3, Fen: 51_000}
	for _, state := range []string{"asked", "aside", "cash"} {
		back.Rows = append(back.Rows, sceneMovementCase(state).Movement)
	}
	add("suspense", "refunds", "正在退款", "pay.refunds.title", "suspense", f("suspense"), back)
	add("suspense", "no-refunds", "没有正在退的", "pay.refunds.title", "suspense", f("suspense"), Suspense{Refunds: true})
	ledgerScenes(add, f)
	cashScenes(add, f)
	transferScenes(add, f)
}

func sceneConflict() OrderConflict {
	return OrderConflict{Channel: "pay.channel.wechat", Number: "4200000317201909061002771650", Order: "20194300000417733061", Fen: 16_000, Heard: sceneTime("10:12:00"), Path: "#"}
}

func sceneContradiction(state string) Contradiction {
	x := sceneConflict()
	out := Contradiction{OrderConflict: x, Said: ChannelWord{Order: x.Order, Number: x.Number, Fen: x.Fen, At: sceneTime("10:03:58"), Source: "pay.source.query"}, Movement: "#", ToOrder: "#", Post: "#", How: "ask"}
	booked := out.Said
	booked.Fen, booked.Source = 17_000, "pay.source.notice"
	out.Booked = &booked
	switch state {
	case "never":
		out.Booked, out.Movement, out.Error, out.Said.Fen, out.Fen = nil, "", "act.needreason", 0, 0
	case "waiting", "agreed":
		out.How = state
	case "settled":
		out.Settled, out.By, out.Second, out.Why = sceneTime("15:20:00"), "邓志远", "谭丽华", "打商户电话问过，实收 170 元，160 元是渠道查询接口的错"
	}
	return out
}

func sceneStandings() (out []Option) {
	for _, s := range []string{"again", "late", "other-fee", "after-leaving", "stranger", "unasked"} {
		out = append(out, Option{Value: s, Text: s})
	}
	return out
}

func scenePayments() Payments {
	state := func(s string) State { return sceneOrder(s).State }
	row := func(number, s, channel, point string, fen int64, clock string) OrderRow {
		r := OrderRow{Number: number, Fen: fen, State: state(s), Channel: channel, Point: point, Opened: sceneTime(clock)}
		if s == "paid" {
			r.Settled = sceneTime(clock).Add(7 * time.Minute)
		} else {
			r.Due = sceneTime("18:00:00").AddDate(0, 0, 9)
		}
		return r
	}
	return Payments{Total: 11_382, Suspense: 7, Pages: Pages{Number: 2, Of: 456, First: "#", Next: "#"}, Points: scenePointOptions(),
		Channels: []Option{{"wechat", "微信支付"}, {"alipay", "支付宝"}, {"unionpay", "银联"}}, Links: OrderLinks{Cash: true, Transfers: true, Refunds: true, Ledger: true},
		Figures: []OrderFigure{{state("paid"), "#", 11_044, 180_295_000}, {state("open"), "#", 312, 5_100_000}, {state("closed"), "#", 17, 280_000}, {state("waived"), "#", 6, 102_000}},
		Rows: []OrderRow{row("20194300000417733061", "paid", "pay.channel.wechat", "岳麓区第 1 报名确认点", 17_000, "10:30:44"), row("20194300008802913344", "open", "", "岳麓区第 1 报名确认点", 17_000, "10:29:02"),
			row("20194300001120098875", "paid", "pay.channel.alipay", "岳麓区第 2 报名确认点（湖南大学天马校区教学楼）", 16_000, "10:21:37"), row("20194300005519920418", "again", "pay.channel.unionpay", "芙蓉区第 1 报名确认点", 16_000, "10:02:10")}}
}

func sceneOrder(state string) Order {
	out := Order{OrderRow: OrderRow{Number: "20194300000417733061", Fen: 17_000, State: State{"done", "check", "pay.paid"}, Point: "岳麓区第 1 报名确认点", Opened: sceneTime("09:58:20"), Due: sceneTime("18:00:00").AddDate(0, 0, 9)},
		Application: "a1b2c3…90ef", Path: "#", Level: "高中起点升专科", Cause: "pay.cause.confirmation", Record: "#",
		Attempts: []Attempt{{Channel: "pay.channel.wechat", Way: "pay.way.scan", Number: "20194300000417733061", Fen: 17_000, Asked: sceneTime("10:01:12"), Until: sceneTime("10:31:12"), Said: sceneTime("10:04:00"), Tries: 2, State: State{"done", "check", "pay.attempt.paid"}}}}
	line := []Step{{Class: "done", Key: "pay.line.opened", At: out.Opened}}
	paid := sceneMovementCase("pays").Movement
	open := func() {
		out.State, out.NotYet = State{"wait", "clock", "pay.open"}, true
		out.Attempts[0].State, out.Attempts[0].Said, out.Attempts[0].Tries, out.Attempts[0].Away = State{"wait", "clock", "pay.attempt.live"}, time.Time{}, 4, 4
		line = append(line, Step{Class: "wait", Key: "pay.line.due", At: out.Due})
	}
	switch state {
	case "open":
		open()
		out.Cash = "#"
	case "overdue":
		open()
		out.Due, out.Overdue = sceneTime("10:30:00"), true
		line[1] = Step{Class: "must", Key: "pay.line.over", At: out.Due}
	case "closed":
		open()
		out.State, out.Due, out.Settled = State{"must", "lock", "pay.closed"}, sceneTime("08:00:00"), sceneTime("08:00:00")
		line[1] = Step{Class: "must", Key: "pay.line.over", At: out.Due}
		out.Attempts = nil
	case "waived":
		open()
		out.State, out.Settled, out.Attempts = State{"done", "check", "pay.waived"}, sceneTime("10:10:00"), nil
		line[1] = Step{Class: "done", Key: "pay.line.waived", At: out.Settled}
	case "left":
		open()
		back := sceneMovementCase("returned").Movement
		out.State, out.NotYet, out.Settled, out.Movements = State{"open", "cross", "pay.left"}, false, sceneTime("10:20:00"), []Movement{back}
		line = append(line[:1], Step{Class: "done", Key: "pay.line.moved", At: back.At, Note: "170.00"}, Step{Class: "done", Key: "pay.line.left", At: out.Settled})
	case "conflict":
		out.Conflicts = []OrderConflict{sceneConflict()}
	case "again":
		out.Movements = append(out.Movements, sceneMovementCase("asked").Movement)
	}
	if !out.NotYet && state != "left" {
		out.Channel, out.Settled, out.Movements = "pay.channel.wechat", paid.At, append([]Movement{paid}, out.Movements...)
		line = append(line, Step{Class: "done", Key: "pay.line.moved", At: paid.At, Note: "170.00"})
	}
	out.Line, out.Journal = line, sceneEntries()[:2]
	return out
}

// sceneMore is an order that is over, as the province gives it more time.
func sceneMore(state string) Order {
	out := sceneOrder("closed")
	out.More = &OrderMore{Post: "#", ByTwo: true, Codes: []Option{{"03", "03 停电"}, {"04", "04 大批量缴费不成功"}, {"99", "99 其他"}}}
	switch state {
	case "waiting", "agreed":
		out.More.How, out.More.Due, out.More.Until = state, "2019-09-20T18:00", sceneTime("18:00:00").AddDate(0, 0, 14)
	case "when":
		out.Error, out.More.Due, out.More.Code, out.More.Said = "pay.extend.when", "2019-09-01T18:00", "03", "确认点停电，有证明"
	}
	return out
}

// sceneWaive is the order of somebody who claims an exemption, in a campaign in which
// the exempt pay nothing.
func sceneWaive(state string) Order {
	out := sceneOrder("closed")
	out.Exemptions = []string{"三支一扶服务期满"}
	out.Waive = &ActOfTwo{Why: "pay.waive.why", Hint: "pay.waive.hint", Go: "pay.waive.go", Post: "#", ByTwo: true, How: state}
	if state == "tier" {
		out.Waive.Refuse = "permit.tier"
	}
	return out
}

// sceneDiffers is an order that is paid, of somebody whose level was changed since.
func sceneDiffers(state string) Order {
	out := sceneOrder("paid")
	d := &OrderDifference{Was: "专科起点升本科", Now: "高中起点升专科", Paid: 17_000, Asks: 16_000, Noticed: sceneTime("14:20:00"), Back: "#"}
	out.Level = d.Was
	switch out.Difference = d; state {
	case "less":
		d.Asks, d.Now = 18_000, "高中起点升本科"
		return out
	case "settled":
		d.Settled, d.By, d.Second, d.Why = sceneTime("16:02:00"), "邓志远", "谭丽华", "差额十元，按省里通知不补缴"
		return out
	}
	d.Act = &ActOfTwo{Why: "pay.settle.why", Hint: "pay.settle.hint", Go: "pay.settle.go", Post: "#", ByTwo: true, How: state}
	if state == "changed" {
		out.Error, d.Act.How, d.Act.Said = "pay.settle.not", "ask", "差额十元，按省里通知不补缴"
	}
	return out
}

func sceneDifferences() Differences {
	row := func(number, point, was, now string, paid, asks int64, clock string) DifferenceRow {
		return DifferenceRow{Number: number, Point: point, Was: was, Now: now, Paid: paid, Asks: asks, Noticed: sceneTime(clock)}
	}
	low, high := "高中起点升专科", "专科起点升本科"
	return Differences{Total: 3, Rows: []DifferenceRow{row("20194300000417733061", "岳麓区第 1 报名确认点", low, high, 16_000, 17_000, "08:12:00"), row("20194300001120098875", "岳麓区第 2 报名确认点（湖南大学天马校区教学楼）", high, low, 17_000, 16_000, "09:30:00"),
		row("20194300005519920418", "芙蓉区第 1 报名确认点", high, "高中起点升本科", 17_000, 16_000, "10:02:00")}}
}

// sceneMovementCase is one movement in one state.
func sceneMovementCase(state string) MovementCase {
	open := State{"done", "check", "pay.paid"}
	m := Movement{ID: "5f1c9a02d4e8b7c613a0", Path: "#", Channel: "pay.channel.wechat", Number: "4200000317201909068817203344", Fen: 17_000, At: sceneTime("10:41:07"), Booked: sceneTime("10:41:09"), Source: "pay.source.notice",
		Standing: State{"wait", "alert", "pay.standing.again"}, Lies: State{"wait", "tray", "pay.lies.suspense"}, Order: "20194300000417733061", Owner: "20194300000417733061", Point: "岳麓区第 1 报名确认点",
		Remedy: "pay.remedy.give-back", OrderState: &open, OrderFen: 17_000}
	m.Entries = []MovementEntry{{Key: "pay.standing.again", At: m.Booked, Postings: scenePostings("pay.channel.wechat", "pay.fund.suspense", m.Fen)}}
	two := func(how string) []MovementStep {
		return []MovementStep{{Step: "give-back", Proposed: true, How: how}, {Step: "revert", How: how}}
	}
	out := MovementCase{Movement: m, Steps: two("ask"), Reasons: []Option{{"01", "01 重复缴费"}, {"02", "02 逾期缴费未予接受"}, {"99", "99 其他"}}, Journal: sceneEntries()[:1]}
	stand := func(class, icon, standing string) {
		out.Standing = State{class, icon, "pay.standing." + standing}
		out.Entries[0].Key = out.Standing.Key
	}
	lies := func(class, icon, at string) { out.Lies = State{class, icon, "pay.lies." + at} }
	back := func() {
		lies("wait", "clock", "returning")
		out.Steps, out.Remedy = nil, "pay.remedy.returning"
		out.Entries = append(out.Entries, MovementEntry{Key: "pay.step.give-back", At: sceneTime("14:20:00"), By: "邓志远", Second: "谭丽华", Why: "01 重复缴费",
			Postings: []MovementPosting{{Fund: "pay.fund.suspense", Fen: 17_000}, {Fund: "pay.fund.returning", Fen: -17_000}}})
	}
	switch state {
	case "late":
		stand("wait", "alert", "late")
		closed := State{"must", "lock", "pay.closed"}
		out.OrderState, out.Remedy = &closed, "pay.remedy.late"
		out.Steps = []MovementStep{{Step: "credit", How: "alone"}, {Step: "give-back", How: "ask"}, {Step: "revert", How: "ask"}}
	case "stranger":
		stand("must", "alert", "stranger")
		out.Order, out.Owner, out.OrderState, out.Point, out.Seeks, out.MayOwn, out.Remedy = "20194300000417733016", "", nil, "", true, true, "pay.remedy.stranger"
		out.Steps[0].Proposed, out.OwnError, out.Typed = false, "pay.own.none", "2019430000041773"
	case "other-fee":
		stand("must", "alert", "other-fee")
		unpaid := State{"wait", "clock", "pay.open"}
		out.Fen, out.DifferentFen, out.Seeks, out.MayOwn, out.Remedy, out.OrderState, out.Steps[0].Proposed = 14_000, true, true, true, "pay.remedy.other-fee", &unpaid, false
		out.Entries[0].Postings = scenePostings("pay.channel.wechat", "pay.fund.suspense", 14_000)
	case "after-leaving":
		stand("wait", "alert", "after-leaving")
		left := State{"open", "cross", "pay.left"}
		out.OrderState = &left
	case "unasked", "unasked-part", "unasked-unknown", "taken":
		stand("must", "alert", "unasked")
		out.Refund, out.Of, out.Number, out.Remedy, out.Paid, out.PaidFen, out.Reasons = true, out.Number, "50300000432019090699001", "pay.remedy.unasked", "#", 17_000, nil
		out.Steps = []MovementStep{{Step: "take-in", Proposed: true, How: "ask"}}
		out.Entries[0].Postings = []MovementPosting{{Fund: "pay.fund.suspense", Fen: 17_000}, {Fund: "pay.fund.channel", Name: "pay.channel.wechat", Fen: -17_000}}
		switch state {
		case "unasked-part":
			out.PaidFen, out.Part = 18_000, true
		case "unasked-unknown":
			out.Paid, out.Error = "", "pay.takein.none"
		case "taken":
			out.Lies, out.Steps, out.Remedy = State{"done", "people", "pay.lies.taken"}, nil, ""
			out.Entries = append(out.Entries, MovementEntry{Key: "pay.step.take-in", At: sceneTime("16:12:00"), By: "邓志远", Second: "谭丽华", Why: "市招办误点了后台退款，商户平台操作记录已看",
				Postings: []MovementPosting{{Fund: "pay.fund.returning", Fen: 17_000}, {Fund: "pay.fund.suspense", Fen: -17_000}}})
		}
	case "waiting", "agreed":
		out.Steps[0].How = state
	case "county":
		out.Steps = []MovementStep{{Step: "give-back", Proposed: true, Refuse: "permit.tier"}, {Step: "revert", Refuse: "permit.tier"}}
		out.Reasons = nil
	case "notnow":
		out.Error, out.Step, out.Code, out.Said = "pay.notnow", "give-back", "01", "付款截图两张"
	case "asked":
		back()
		out.Refunding = &Refunding{Number: "R5f1c9a02d4e8b7c613a001", State: State{"wait", "clock", "pay.refund.sent"}, Note: "pay.refund.sent.do", Asked: sceneTime("14:20:30"), Next: sceneTime("17:20:00"), Tries: 4}
	case "aside":
		back()
		out.Refunding = &Refunding{Number: "R5f1c9a02d4e8b7c613a001", State: State{"must", "alert", "pay.refund.aside"}, Note: "pay.refund.aside.do", Code: "USER_ACCOUNT_ABNORMAL", Asked: sceneTime("14:20:30"), Tries: 60, MayAsk: true}
	case "failed":
		back()
		lies("wait", "tray", "suspense")
		out.Entries = append(out.Entries, MovementEntry{Key: "pay.step.fail", At: sceneTime("15:00:00"), Postings: []MovementPosting{{Fund: "pay.fund.returning", Fen: 17_000}, {Fund: "pay.fund.suspense", Fen: -17_000}}})
		out.Refunding = &Refunding{State: State{"must", "alert", "pay.refund.failed"}, Note: "pay.refund.failed.do", Code: "USER_ACCOUNT_ABNORMAL"}
		out.Steps, out.Remedy = two("ask"), "pay.remedy.give-back"
	case "cash", "transfer":
		back()
		out.Channel, out.Number, out.Source, out.By = "pay.channel."+state, "20194300000417733061-1", "pay.source."+state, "刘素梅"
		for i := range out.Entries {
			out.Entries[i].Postings = slices.Clone(out.Entries[i].Postings)
		}
		out.Entries[0].Postings[0].Name = out.Channel
		out.Refunding = &Refunding{State: State{"wait", "clock", "pay.refund.byhand"}, Note: "pay.refund.byhand." + state, ByHand: true, Serial: state == "transfer", MayPay: true}
	case "pays":
		stand("done", "check", "pays")
		lies("done", "check", "fees")
		out.Remedy, out.Number, out.At, out.Booked = "", "4200000317201909061002771650", sceneTime("10:03:58"), sceneTime("10:04:00")
		out.Entries = []MovementEntry{{Key: "pay.standing.pays", At: out.Booked, Postings: scenePostings("pay.channel.wechat", "pay.fund.fees", m.Fen)}}
	case "returned":
		stand("done", "check", "pays")
		back()
		lies("open", "back", "returned")
		out.Remedy, out.Entries = "", append(out.Entries, MovementEntry{Key: "pay.step.returned", At: sceneTime("16:00:00")})
	case "reverted":
		lies("open", "cross", "reverted")
		out.Steps, out.Remedy = nil, ""
		out.Entries = append(out.Entries, MovementEntry{Key: "pay.step.revert", At: sceneTime("15:00:00"), By: "邓志远", Second: "谭丽华", Why: "渠道账单里没有，电话问过渠道",
			Postings: []MovementPosting{{Fund: "pay.fund.suspense", Fen: 17_000}, {Fund: "pay.fund.channel", Name: "pay.channel.wechat", Fen: -17_000}}})
	}
	return out
}

func scenePostings(channel, to string, fen int64) []MovementPosting {
	return []MovementPosting{{Fund: "pay.fund.channel", Name: channel, Fen: fen}, {Fund: to, Fen: -fen}}
}

func ledgerScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	l := Ledger{Channel: "wechat", Name: "pay.channel.wechat", Channels: scenePayments().Channels, Day: "2019-09-05", Before: "#", After: "#", Booked: 122_162_000, Posted: 122_162_000, Balanced: true,
		Funds: []LedgerFund{{"pay.fund.channel", "pay.channel.wechat", 300_417_000, 122_162_000, 422_579_000}, {"pay.fund.fees", "", -300_230_000, -122_128_000, -422_358_000}, {"pay.fund.suspense", "", -187_000, -17_000, -204_000}, {"pay.fund.returning", "", 0, -17_000, -17_000}},
		Pages: Pages{Number: 1, Next: "#"}}
	for _, s := range []string{"pays", "again", "reverted"} {
		m := sceneMovementCase(s).Movement
		e := m.Entries[len(m.Entries)-1]
		l.Rows = append(l.Rows, LedgerRow{At: e.At, Number: m.Number, Path: "#", Order: m.Owner, Key: e.Key, By: e.By, Postings: e.Postings})
	}
	add("ledger", "even", "借贷相符", "pay.ledger.title", "ledger", f("payments"), l)
	l.Balanced, l.Posted, l.OffMoved, l.OffFunds, l.Uneven, l.Reverted = false, 122_145_000, -17_000, 17_000, 1, 17_000
	add("ledger", "off", "账不平", "pay.ledger.title", "ledger", f("payments"), l)
	add("ledger", "nothing", "这一天没有收支", "pay.ledger.title", "ledger", f("payments"), Ledger{Channel: "wechat", Name: "pay.channel.wechat", Day: "2019-09-06", Before: "#", Balanced: true, Funds: l.Funds})
}

func cashScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	k := CashCount{ID: "c1", Day: "2013-11-05", Counted: 416_000, Booked: 416_000, Carried: -1_000, Carries: -1_000, By: "刘素梅", At: sceneTime("17:31:00"), Second: "何建军", SecondAt: sceneTime("17:40:00"), Signed: true}
	short := k
	short.Day, short.Counted, short.Diff, short.Carried, short.Why = "2013-11-04", 415_000, -1_000, 0, "找零多找 10 元，已登记"
	day := Cash{Point: "430104001", PointName: "长沙市第四中学", Day: "2013-11-06", Booked: 34_000, BookedN: 78, Carried: -1_000, Counts: []CashCount{k, short}, Today: true}
	add("cash", "day", "一个点，当天，还没点", "pay.cash.title", "cash", f("payments"), day)
	found := day
	found.Searched, found.Typed, found.Found = true, "010417", []Applicant{{ID: "#", Name: "陈㛃", Number: "431***********2241", Point: day.PointName, Level: "统考"}}
	add("cash", "found", "找到考生", "pay.cash.title", "cash", f("payments"), found)
	found.Found, found.Typed = nil, "999999"
	add("cash", "notfound", "找不到考生", "pay.cash.title", "cash", f("payments"), found)
	w := k
	w.Day, w.Counted, w.Booked, w.Signed, w.Second = day.Day, day.Booked, day.Booked, false, ""
	waits := day
	waits.Waiting, waits.MaySign, waits.Counts = &w, true, append([]CashCount{w}, day.Counts...)
	add("cash", "sign", "等我签字", "pay.cash.title", "cash", f("payments"), waits)
	mine := waits
	mine.MaySign = false
	add("cash", "waits", "我点的，等别人签", "pay.cash.title", "cash", f("payments"), mine)
	changed := w
	changed.Changed = true
	waits.Waiting = &changed
	add("cash", "changed", "点过以后又收了", "pay.cash.title", "cash", f("payments"), waits)
	why := day
	why.Error, why.Counted = "pay.cash.needwhy", "3110"
	add("cash", "differs", "点出来不一样，没写原因", "pay.cash.title", "cash", f("payments"), why)
	signed := day
	done := w
	done.Signed, done.Second, done.SecondAt = true, "何建军", k.SecondAt
	signed.Signed, signed.Counts = &done, append([]CashCount{done}, day.Counts...)
	add("cash", "signed", "已签字", "pay.cash.title", "cash", f("payments"), signed)
	add("cash", "county", "县里看各点", "pay.cash.title", "cash", f("payments"), Cash{Day: day.Day, Points: []CashPoint{{"430104001", "长沙市第四中学", 34_000, 78, State{"wait", "clock", "pay.cash.counted"}},
		{"430104002", "长郡中学", 468_000, 117, State{"done", "check", "pay.cash.signed"}}, {"430104003", "湖南师大附中", 0, 0, State{"open", "clock", "pay.cash.uncounted"}}}})
	add("cash", "off", "本项目不收现金", "pay.cash.title", "cash", f("payments"), Cash{Off: true})
	depositScenes(add, f)
	for _, s := range []struct{ state, words string }{{"papers", "材料还没交"}, {"take", "收钱"}, {"taken", "已收，可以打凭据"}, {"closed", "当天已签字"}, {"moved", "点了已经变了的"}, {"over", "已过时间"}} {
		add("cashcase", s.state, s.words, "pay.cash.title", "cashcase", f("payments"), sceneCashCase(s.state))
	}
}

func sceneCashCase(state string) CashCase {
	open := OrderRow{Number: "20144300000417733061", Fen: 4_000, State: State{"wait", "clock", "pay.open"}, Point: "长沙市第四中学", Opened: sceneTime("09:58:20")}
	out := CashCase{ID: "a1", Name: "陈㛃", Number: "431***********2241", Point: "长沙市第四中学", Level: "统考", Fen: 4_000, Papers: true}
	if state != "papers" {
		out.Order = &open
	}
	switch state {
	case "taken":
		open.State, open.Channel = State{"done", "check", "pay.paid"}, "pay.channel.cash"
		out.Receipts = []CashReceipt{{"#", "#", "20144300000417733061-2", 4_000, sceneTime("10:21:00"), "刘素梅", State{"done", "check", "pay.lies.fees"}, true},
			{"#", "#", "20144300000417733061-1", 4_000, sceneTime("10:05:00"), "刘素梅", State{"open", "cross", "pay.lies.reverted"}, false}}
	case "closed":
		out.Closed = true
	case "moved":
		out.Error = "pay.cash.moved"
	case "over":
		open.State = State{"must", "lock", "pay.closed"}
	}
	return out
}

func transferScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	row := func(id string, s State, fen int64) BankTransfer {
		return BankTransfer{ID: id, Serial: "2019090600" + id, Order: "20194300000417733061", Fen: fen, Day: sceneTime("12:00:00"), State: s, By: "邓志远", At: sceneTime("09:40:00"), Second: "谭丽华", SecondAt: sceneTime("10:02:00")}
	}
	waits := row("117", State{"wait", "clock", "pay.transfer.waiting"}, 17_000)
	waits.Waiting, waits.Hidden, waits.Second = true, true, ""
	mine := row("116", waits.State, 16_000)
	mine.Waiting, mine.Mine, mine.Second = true, true, ""
	refused := row("103", State{"open", "cross", "pay.transfer.refused"}, 1_700)
	refused.Why = "少填一个零"
	view := Transfers{Until: "2019-09-06", Day: "2019-09-06", Rows: []BankTransfer{waits, mine, row("110", State{"done", "check", "pay.transfer.booked"}, 17_000), refused}}
	add("transfers", "some", "有等我核对的", "pay.transfers.title", "transfers", f("payments"), view)
	twice := view
	twice.RowID, twice.RowError = "117", "pay.transfer.twice"
	add("transfers", "twice", "两个人填的不一样", "pay.transfers.title", "transfers", f("payments"), twice)
	wrong := Transfers{Until: "2019-09-06", Day: "2019-09-06", Serial: "2019090600117", Yuan: "一百七", Order: "2019 4300 0004 1773 3061", Error: "pay.transfer.yuan"}
	add("transfers", "wrong", "还没有登记过，金额填错", "pay.transfers.title", "transfers", f("payments"), wrong)
	add("transfers", "off", "本项目不收转账", "pay.transfers.title", "transfers", f("payments"), Transfers{Off: true})
}

func depositScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	due := []DepositDue{{Day: "2013-11-04", Point: "43010401", PointName: "长沙市第四中学", Fen: 415_000, Old: 4}, {Day: "2013-11-06", Point: "43010401", PointName: "长沙市第四中学", Fen: 34_000, Old: 2}}
	agrees := Deposit{ID: "d1", Serial: "JK20131104017", Point: "长沙市第四中学", Day: "2013-11-04", Days: []string{"2013-11-02", "2013-11-03"}, Fen: 716_000, Counted: 716_000, State: State{"done", "check", "pay.deposit.agrees"},
		By: "刘素梅", At: sceneTime("10:12:00"), Second: "何建军", SecondAt: sceneTime("10:30:00")}
	differs := agrees
	differs.ID, differs.Serial, differs.Days, differs.Counted, differs.Fen, differs.Diff, differs.Why, differs.State = "d2", "JK20131102003", []string{"2013-11-01"}, 320_000, 310_000, -10_000, "银行验出一张假币，已登记", State{"must", "alert", "pay.deposit.differs"}
	dropped := agrees
	dropped.ID, dropped.Serial, dropped.Days, dropped.Said, dropped.State = "d3", "JK20131103009", nil, "单号看错了", State{"open", "cross", "pay.deposit.dropped"}
	waits := agrees
	waits.ID, waits.Serial, waits.Days, waits.Waiting, waits.Hidden, waits.Second, waits.State = "d4", "JK20131105022", []string{"2013-11-05"}, true, true, "", State{"wait", "clock", "pay.transfer.waiting"}
	waits.Counted, waits.Fen = 416_000, 416_000
	one := Deposits{Point: "43010401", PointName: "长沙市第四中学", Due: due, DueFen: 449_000, Rows: []Deposit{waits, agrees, differs, dropped}, Day: "2013-11-08", Until: "2013-11-08"}
	add("deposits", "some", "有等我核对的", "pay.deposits.title", "deposits", f("payments"), one)
	mine := one
	w := waits
	w.Mine, w.Hidden = true, false
	mine.Rows = []Deposit{w, agrees}
	add("deposits", "mine", "我登记的，等别人核对", "pay.deposits.title", "deposits", f("payments"), mine)
	twice := one
	twice.RowID, twice.RowError = waits.ID, "pay.deposit.twice"
	add("deposits", "twice", "两个人填的不一样", "pay.deposits.title", "deposits", f("payments"), twice)
	wrong := mine
	wrong.Error, wrong.Serial, wrong.Yuan = "pay.deposit.needwhy", "JK20131108001", "4480"
	wrong.Due = []DepositDue{due[0], due[1]}
	wrong.Due[0].On, wrong.Due[1].On = true, true
	add("deposits", "differs", "和点出来的不一样，没写原因", "pay.deposits.title", "deposits", f("payments"), wrong)
	none := one
	none.Due, none.Rows, none.DueFen = nil, nil, 0
	add("deposits", "none", "没有要存的", "pay.deposits.title", "deposits", f("payments"), none)
	county := one
	county.Point, county.PointName = "", ""
	add("deposits", "county", "县里看各点", "pay.deposits.title", "deposits", f("payments"), county)
	county.Reads = true
	add("deposits", "reads", "市里、省里只能看", "pay.deposits.title", "deposits", f("payments"), county)
	add("deposits", "off", "本项目不收现金", "pay.deposits.title", "deposits", f("payments"), Deposits{Off: true})
}
