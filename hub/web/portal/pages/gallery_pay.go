package pages

import "strings"

// payScenes are every state of an order, as she sees it and as a slip shows it.
func payScenes(add adder) {
	number := Fact{"缴费单号", "4301 0419 0906 0021 47", true}
	who, what := Fact{"考生", "向晓兰", false}, Fact{"项目", "专升本", false}
	until := Fact{"请在", "9 月 11 日 24:00 前付款，还有 5 天 13 小时", false}
	facts := []Fact{who, what, number, until}
	ways := []PayWay{{Channel: "wechat", Name: "微信支付", Chosen: true}, {Channel: "alipay", Name: "支付宝"}, {Channel: "unionpay", Name: "云闪付、银行卡"}}
	known := []string{"别人也可以用他的手机替您付，打开“显示付款码”给他扫。", "付了以后，自己不报名了不退费。", "付过两次、付错数目的，多付的钱会退。", "票据是财政电子票据，不是支付公司的付款记录。"}
	ask := "不要再付一次。点下面的按钮，马上去问支付公司。最迟 9 月 7 日 10:00 有结果，多扣的会退。"
	open := Pay{Head: "缴报名考试费", Lead: "9 月 11 日 24:00 前缴费，报名才有效；过了时间没缴，报名作废。", Tint: "wait", Badge: "等您付款", Sum: "170.00", Facts: facts,
		Ways: ways, Action: "/ks/pay", How: "点“去付款”，屏幕上会出一个码，用手机扫。", Button: "去付款 170.00 元", Other: "在这台电脑上用网银付", Ask: "/ks/pay/ask", AskText: ask, Known: known, Back: "/ks/status", BackText: "我的报名"}
	pay := func(state, words string, p Pay) { add("pay", state, words, "pay", her(), p) }
	ended := func(head, lead, tint, badge string, sealed bool, facts ...Fact) Pay {
		return Pay{Head: head, Lead: lead, Tint: tint, Badge: badge, Sum: "170.00", Sealed: sealed, Facts: append([]Fact{who, what, number}, facts...), Back: "/ks/status", BackText: "我的报名"}
	}
	pay("open", "等付款，电脑", open)
	phone := open
	phone.Phone, phone.Other = true, "显示付款码，用另一部手机扫"
	phone.How, phone.Ways = "点“去付款”，会打开选好的那一种。", append(ways[:2:2], PayWay{Channel: "unionpay", Name: "云闪付、银行卡", Hint: "打开银联的页面，可以用银行卡"})
	pay("phone", "等付款，手机", phone)
	phone.Notices = []StatusNotice{{Class: "wait", Head: "请换到浏览器里付", Text: "您是在微信里打开的，在这里去付款可能打不开。点右上角“…”，选“在浏览器打开”，再点“去付款”。"}}
	pay("wechat", "等付款，在微信里打开的", phone)
	none := open
	none.Fault = "请先选一种付款方式"
	pay("unchosen", "没选就点了", none)
	some := open
	some.Ways = append([]PayWay{{Channel: "wechat", Name: "微信支付", Off: "9 月 6 日 09:40 起没有应答，现在选不了；通了会自动恢复"}}, ways[1:]...)
	some.Notices = []StatusNotice{{Class: "wait", Head: "有的付款方式现在用不了", Text: "能用的照常付，一样算数。"}}
	some.Fault = "微信支付 现在没有应答，没有扣钱。换一种付，或者过几分钟再试"
	pay("some-down", "一个渠道断了", some)
	down := open
	down.Head, down.Lead, down.Badge, down.Button, down.Other = "现在付不了，支付公司没有应答", "我们一直在试，通了就能付，这个页面会自己刷新。您的缴费单还在；扣过钱的，不要再付。", "暂时付不了", "", ""
	down.Ways, down.How = nil, ""
	for _, w := range ways {
		w.Off, w.Chosen = "9 月 6 日 09:40 起没有应答，现在选不了；通了会自动恢复", false
		down.Ways = append(down.Ways, w)
	}
	pay("down", "渠道都断了", down)
	extended := open
	extended.Head, extended.Notices = "缴报名考试费，时间延长了", []StatusNotice{{Class: "wait", Head: "缴费时间延长到 9 月 13 日 24:00", Text: "因为缴费出过问题，给您延长了。这以前付上就算数。"}}
	pay("extended", "延长了", extended)
	waiting := open
	waiting.Calm = true
	waiting.Head, waiting.Lead, waiting.Badge = "正在问支付公司，钱到了没有", "您刚才去付过款。付过了就不要再付一次，等这里显示；没有付的，下面可以接着付。", "正在查"
	pay("waiting", "刚去付过，等渠道", waiting)
	asked := waiting
	asked.Notices = []StatusNotice{{Class: "wait", Head: "支付公司说还没有收到钱", Text: "手机上显示付成功的，不要再付：我们每隔几分钟再问一次，最迟 9 月 7 日 10:00 有结果。手机上没有扣钱的，可以接着付。"}}
	pay("asked-waiting", "问过，渠道说没收到", asked)
	asked.Notices = []StatusNotice{{Class: "wait", Head: "支付公司没有应答", Text: "我们会一直问。扣了钱的不要再付；最迟 9 月 7 日 10:00 从对账单上查清，钱不会丢。"}}
	pay("asked-away", "问过，渠道没有应答", asked)
	asked.Notices = []StatusNotice{{Class: "wait", Head: "支付公司说的和我们记的不一样", Text: "两名工作人员正在核对。不要再付一次。手机上扣了钱的，留着账单，打电话问：0731-5550 0123。"}}
	pay("asked-held", "问过，渠道说的和账上不一样", asked)
	asked = open
	asked.Notices = []StatusNotice{{Class: "wait", Head: "没有找到您在这里付款的记录", Text: "要是扣了钱，请看手机账单上写的单号是不是 4301 0419 0906 0021 47，打电话问：0731-5550 0123。不要再付一次。"}}
	pay("asked-none", "问过，从来没去付过", asked)

	paidAt, by := Fact{"付款时间", "9 月 6 日 10:58", true}, Fact{"付款方式", "微信支付", false}
	receipt := Fact{"票据", "财政电子票据，由财政部门开给您；要票据的，凭缴费单号问考试院。", false}
	paid := ended("已缴费", "报名有效。缴费这一步办完了，不要再付。", "done", "已缴费", true, paidAt, by, receipt)
	pay("paid", "已缴费", paid)
	found := paid
	found.Notices = []StatusNotice{{Class: "done", Head: "查到了，钱已经到账", Text: "不要再付。"}}
	pay("asked-paid", "问过，查到了", found)
	first := PayMoved{Tint: "done", Head: "微信支付　170.00 元", State: "算作缴费", Texts: []string{"9 月 6 日 10:58 付"}}
	twice := paid
	twice.Notices = []StatusNotice{{Class: "wait", Head: "您多付了 170.00 元，会退给您", Text: "报名已经有效，不受影响。下面写着办到哪一步。"}}
	twice.Moved = []PayMoved{first, {Tint: "wait", Head: "支付宝　170.00 元", State: "暂收待查", Texts: []string{"9 月 6 日 11:02 付", "前面已经缴过，这一笔是多付的，要退给您。", "不用您做什么，定了会发消息告诉您。"}}}
	pay("twice", "付了两次", twice)
	giving := twice
	giving.Moved = []PayMoved{first, {Tint: "wait", Head: "支付宝　170.00 元", State: "退款办理中", Texts: []string{"9 月 6 日 11:02 付", "退回原来付款的账户，到账要看银行，会发消息告诉您。"}}}
	pay("twice-returning", "付了两次，在退", giving)
	failed := twice
	failed.Moved = []PayMoved{first, {Tint: "wait", Head: "支付宝　170.00 元", State: "暂收待查", Texts: []string{"9 月 6 日 11:02 付", "不用您做什么，定了会发消息告诉您。", "上次没有退成，正在另想办法，钱在，没有丢。"}}}
	pay("refund-failed", "付了两次，没退成", failed)
	given := paid
	given.Moved = []PayMoved{first, {Tint: "done", Head: "支付宝　170.00 元", State: "已退回", Texts: []string{"9 月 6 日 11:02 付", "9 月 8 日 09:15 退回"}}}
	pay("twice-returned", "付了两次，退了", given)
	other := open
	other.Moved = []PayMoved{{Tint: "wait", Head: "银行转账　160.00 元", State: "暂收待查", Texts: []string{"9 月 6 日 10:58 付", "数目和缴费单上的不一样，不能算作缴费，要退给您。请按缴费单上的数目另付。", "不用您做什么，定了会发消息告诉您。"}}}
	pay("other-fee", "数目不对", other)
	reverted := open
	reverted.Moved = []PayMoved{{Tint: "must", Head: "微信支付　170.00 元", State: "没有到账", Texts: []string{"9 月 6 日 10:58 付", "支付公司的对账单上没有这一笔，所以不算缴费。您要是扣了钱，请打电话问：0731-5550 0123。"}}}
	pay("reverted", "短款，冲销了", reverted)
	pay("waived", "免缴", ended("免缴，不用付钱", "您的免缴已经批准，报名有效。", "done", "免缴", true))
	over := Fact{"截止时间", "9 月 11 日 24:00", false}
	closed := ended("缴费时间过了", "在 9 月 11 日 24:00 以前没有收到缴费。不要再付款；扣过钱的，点“我已付款，查一下”。", "must", "已经截止", false, over)
	closed.Ask, closed.AskText = "/ks/pay/ask", ask
	pay("closed", "过期没缴", closed)
	checking := closed
	checking.Head, checking.Lead, checking.Tint, checking.Badge = "缴费时间过了，正在最后核对", "正在最后一次问支付公司。您付过的，查到就算数，会发消息告诉您。不要再付。", "wait", "正在核对"
	pay("checking", "到点了，最后核对", checking)
	late := ended("钱收到了，可是晚了", "付款的时间过了截止时间。钱在，没有丢；算不算数由考试院定，定了会发消息告诉您。不要再付。", "wait", "晚了，等考试院定", false, over)
	late.Moved = []PayMoved{{Tint: "wait", Head: "微信支付　170.00 元", State: "暂收待查", Texts: []string{"9 月 12 日 00:03 付", "过了截止时间才付的。考试院定：补算缴费，或者退给您。", "不用您做什么，定了会发消息告诉您。"}}}
	pay("late", "逾期缴费", late)
	left := ended("不用缴了", "您已经取消报名，或者确认撤销、报名作废了，这张缴费单不用缴了。重新办好确认，会有新的缴费单。", "open", "不用缴了", false)
	pay("left", "退出了", left)
	left.Moved = []PayMoved{{Tint: "wait", Head: "微信支付　170.00 元", State: "暂收待查", Texts: []string{"9 月 7 日 10:03 付", "取消报名以后才付的，要退给您。", "不用您做什么，定了会发消息告诉您。"}}}
	pay("after-leaving", "退出以后付的", left)
	pay("returning", "在退费", ended("正在退钱给您", "退回原来付款的账户。退好了会发消息告诉您，不用您做什么。", "wait", "退款办理中", false, paidAt, by))
	pay("returned", "退了费", ended("钱退给您了", "已经退回原来付款的账户。缴费单不再算数。", "done", "已退款", true, paidAt, by))
	early := ended("还没到缴费的时间", "9 月 6 日 08:00 开始可以缴费，到时候再来。", "wait", "", false)
	pay("opens", "还没开始", early)
	bare := func(head, lead string) Pay {
		return Pay{Head: head, Lead: lead, Back: "/ks/status", BackText: "我的报名"}
	}
	pay("before", "还没确认", bare("还没到缴费这一步", "先带身份证去确认点确认。确认了，缴费单会自动开，也会发消息告诉您。"))
	pay("soon", "缴费单马上开好", bare("缴费单马上开好", "您的确认已经收到，缴费单正在开，几秒钟就好。这个页面会自己刷新。"))
	cash := bare("在报名点交现金", "带材料去报名点，审核的时候交 140.00 元现金，当场开收据。网上不用付。")
	cash.Sum, cash.Tint, cash.Facts = "140.00", "wait", []Fact{who}
	pay("cash", "现金，在报名点", cash)
	pay("off", "还没启用", bare("现在还不能在这里缴费", "这里的缴费还没有启用。启用以后会发消息告诉您怎么缴、最晚哪天缴。"))
	offerScenes(add, number, ask)
	slipScenes(add, open, number, until)
}

// offerScenes are a code to scan and a channel's page to go to.
func offerScenes(add adder, number Fact, ask string) {
	offer := func(state, words string, o PayOffer) {
		o.Sum, o.Ask, o.AskText, o.Back, o.BackText = "170.00", "/ks/pay/ask", ask, "/ks/pay", "缴费"
		add("payoffer", state, words, "payoffer", her(), o)
	}
	offer("wechat", "微信的付款码", PayOffer{Head: "用手机扫码，付 170.00 元", Lead: "打开微信“扫一扫”，对准下面的码。", Code: "weixin://wxpay/bizpayurl?pr=p4lpSuKzz",
		Facts: []Fact{number, {"这个码", "11:01 前有效", false}}, Notes: []string{"过了时间，回“缴费”再点一次“去付款”，不会多扣钱。", "别人也可以扫这个码替您付。"}, Itself: "付好了不用点什么，这个页面每 5 秒自己看一次。"})
	offer("unionpay", "云闪付的付款码", PayOffer{Head: "用手机扫码，付 170.00 元", Lead: "打开云闪付或者手机银行“扫一扫”，对准下面的码。", Code: "https://qr.95516.com/00010000/01011112345678901234567890123456",
		Facts: []Fact{number, {"这个码", "11:01 前有效", false}}, Notes: []string{"过了时间，回“缴费”再点一次“去付款”，不会多扣钱。", "别人也可以扫这个码替您付。"}, Itself: "付好了不用点什么，这个页面每 5 秒自己看一次。"})
	lead, once := "点下面的按钮去付。付好以后回到这个网站看“缴费”，显示已缴费才算办完。", []string{"只付一次。付了没有显示的，不要再付，回来点“我已付款，查一下”。"}
	offer("link", "去微信的页面", PayOffer{Head: "去微信付款", Lead: lead, Page: "https://wx.tenpay.example/h5?prepay_id=wx2916", Button: "去付 170.00 元", Facts: []Fact{number}, Notes: once})
	offer("form", "去银联的页面", PayOffer{Head: "去银联付款", Lead: lead, Page: "https://gateway.95516.example/gateway/api/frontTransReq.do", Fields: []PayField{{"orderId", "43010419090600214"}, {"txnAmt", "17000"}}, Button: "去付 170.00 元", Facts: []Fact{number}, Notes: once})
}

// slipScenes are what somebody sees who holds a paper, or a telephone before the
// kiosk: nobody's name.
func slipScenes(add adder, open Pay, number, until Fact) {
	where := Fact{"确认点", "岳麓区第 1 报名确认点", false}
	slip := func(state, words string, p Pay) {
		p.Back, p.BackText = "", ""
		p.Facts = append([]Fact{where}, p.Facts...)
		add("pay", "slip-"+state, words, "pay", guest(), p)
	}
	p := open
	p.Head, p.Badge, p.Facts, p.Ask, p.Action, p.Phone, p.Other = "替考生缴报名考试费", "等付款", []Fact{until}, "", "/ks/p/AAAA", true, "显示付款码，用另一部手机扫"
	p.Known = append([]string{"谁都可以用这个页面替考生付，不用登录；页面上不显示考生是谁。"}, open.Known[1:]...)
	slip("open", "凭条：等付款", p)
	slip("paid", "凭条：已经缴了", Pay{Head: "已缴费", Lead: "这张凭条的费用已经缴了，不要再付。", Tint: "done", Badge: "已缴费", Sum: "170.00", Sealed: true, Facts: []Fact{number, {"付款时间", "9 月 6 日 10:58", true}}})
	slip("closed", "凭条：过期了", Pay{Head: "缴费时间过了", Lead: "在 9 月 11 日 24:00 以前没有收到缴费。不要再付款；扣过钱的，点“我已付款，查一下”。", Tint: "must", Badge: "已经截止", Sum: "170.00", Facts: []Fact{number}, Ask: "/ks/p/AAAA/ask", AskText: open.AskText})
	head, lead := "凭条上的码缴费", "报名流程表下面或者确认点机器上的码，就是缴费凭条。用手机相机扫能直接打开；打不开的，把码的文字粘贴到这里。"
	add("slip", "form", "粘贴码", "slip", guest(), Slip{Head: head, Lead: lead, Form: true})
	add("slip", "wrong", "粘贴的不是凭条", "slip", guest(), Slip{Head: head, Lead: lead, Form: true, Fault: "这不是缴费凭条的码，或者没有粘贴完整。请整个再粘贴一次"})
	bar := func(state, words, tint, notice, text string) {
		add("slip", state, words, "slip", guest(), Slip{Head: head, Tint: tint, Notice: notice, Text: strings.ReplaceAll(text, "%s", "0731-5550 0123")})
	}
	bar("forged", "假凭条", "must", "这张凭条不是确认点的机器出的", "不要付钱。带着这张纸到确认点，或者打电话问：%s。")
	now := "这张凭条现在不能缴费"
	bar("voided", "确认撤销了", "wait", now, "这一次确认已经撤销，不用缴了。请考生本人登录“我的报名”看怎么办，或者打电话问：%s。")
	bar("unknown", "还没有报名资料", "wait", now, "省里还没有这位考生的报名资料，等几小时再扫一次。急的话打电话问：%s。")
	add("slip", "back", "付好回来", "slip", guest(), Slip{Head: "回来看付好没有", Lead: "付好了，就在这里看“已缴费”。登录过的点下面的按钮；扫凭条来的，把刚才的码再扫一次。没有显示的，不要再付一次。", Go: "/ks/pay", GoText: "看缴费到账没有"})
}
