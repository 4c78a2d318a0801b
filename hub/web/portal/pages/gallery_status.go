package pages

// statusScenes are how far somebody has come, in every way it can stand.
func statusScenes(add adder) {
	mine := []Fact{{"报名号", "1943 0104 34 0217", true}, {"证件号码", "433***********0028", true}, {"第一志愿", "湖南师范大学 会计学", false}, {"第二志愿", "长沙理工大学 工商管理", false},
		{"照顾加分", "年满25周岁（自动）", false}, {"确认点", "岳麓区第 1 报名确认点", false}, {"地址", "麓山南路 1 号", false}, {"开门时间", "08:00-12:00 15:00-18:00", true}, {"电话", "0731-5550 0123", true}}
	told := []StatusTold{{"现场确认已送达省中心", "9 月 6 日 10:32"}, {"报名已提交", "9 月 3 日 20:14"}}
	online := StatusStage{Class: "done", Number: 1, Name: "网上报名", Texts: []string{"9 月 3 日 20:14 提交", "专升本，2 个志愿"}}
	sent := StatusStage{Class: "done", Number: 3, Name: "送到省里", Texts: []string{"9 月 6 日 10:32 收到"}}
	unpaid := StatusStage{Class: "off", Number: 4, Name: "缴费", Badge: "尚未启用", Tint: "open", Texts: []string{"启用以后会发消息告诉您"}}
	later := []StatusStage{{Number: 5, Name: "考试院排考场", Texts: []string{"9 月 30 日 到 10 月 16 日", "不用您做什么"}}, {Number: 6, Name: "打印准考证", Texts: []string{"10 月 17 日 到 10 月 27 日", "在这里打印"}}, {Number: 7, Name: "考试", Texts: []string{"10 月 26 日 到 10 月 27 日"}}}
	line := func(confirm, received StatusStage) []StatusStage {
		return append([]StatusStage{online, confirm, received, unpaid}, later...)
	}
	ahead := StatusStage{Number: 3, Name: "送到省里", Texts: []string{"确认以后，机器会自动送，不用您做什么"}}
	waits := StatusStage{Class: "wait", Number: 2, Name: "现场确认", Badge: "等您办", Tint: "wait", Texts: []string{"9 月 11 日 24:00 前"}}
	done := StatusStage{Class: "done", Number: 2, Name: "现场确认", Texts: []string{"9 月 6 日 10:31 在岳麓区第 1 报名确认点办的", "已签名，信息已锁定，不能再改"}}
	payLater := StatusNotice{Class: "wait", Head: "缴费尚未启用", Text: "现在还不能在这里缴费。启用以后会发消息告诉您怎么缴、最晚哪天缴。"}

	confirm := Status{Head: "向晓兰，还差现场确认", Lead: "网上已经报上名。本人带身份证去确认点，读卡、照相、签名，大约 5 分钟。", Mine: mine, Form: true, Pledge: true, Told: told[1:], Unread: 1, Line: line(waits, ahead),
		Next: &StatusNext{Class: "must", Head: "9 月 11 日 24:00 前要去确认，还有 5 天 13 小时", Text: "过了时间没确认，报名作废，今年不能参加考试。", Path: "/ks/point", Button: "看确认点怎么走",
			More: []string{"刚在确认点办过？机器联上网，这里才会显示，最慢要几天。手里有报名流程表，就不用担心。"}}}
	add("status", "confirm", "已提交，去确认", "status", her(), confirm)

	started := Status{Head: "还没填完", Lead: "填过的都存着，接着填就行。没有提交，就不算报名。", Form: true, Mine: mine[2:4], Told: nil,
		Next: &StatusNext{Class: "must", Head: "9 月 11 日 24:00 前要提交报名，还有 5 天 13 小时", Text: "过了时间没提交，今年就不能报名。", Path: "/ks/form/2", Button: "接着填"},
		Line: append([]StatusStage{{Class: "done", Number: 1, Name: "注册账号"}, {Class: "done", Number: 2, Name: "看须知、签承诺", Texts: []string{"9 月 3 日 20:02"}}, {Class: "wait", Number: 3, Name: "填表", Badge: "等您办", Tint: "wait", Texts: []string{"9 月 11 日 24:00 前"}},
			{Number: 4, Name: "提交", Texts: []string{"9 月 11 日 24:00 前"}}, {Number: 5, Name: "现场确认", Texts: []string{"9 月 11 日 24:00 前"}}, ahead, unpaid}, later...)}
	started.Line[2].Texts = nil
	for i := range started.Line {
		started.Line[i].Number = i + 1
	}
	add("status", "filling", "还在填", "status", her(), started)

	edited := confirm
	edited.Notices = []StatusNotice{{Class: "wait", Head: "您又改了，还没提交", Text: "现在算数的还是上次提交的。要用新改的，请再提交一次。", Path: "/ks/review", Link: "看一遍，提交"}}
	add("status", "edited", "提交以后又改了", "status", her(), edited)

	early := confirm
	early.Head, early.Lead = "向晓兰，还没到您去确认的日子", "网上已经报上名。早去了也办不了，到日子再去。"
	early.Next = &StatusNext{Class: "wait", Head: "9 月 6 日 08:00 开始", Text: "到时候再来办；最晚 9 月 11 日 24:00。", More: []string{"过了时间没确认，报名作废，今年不能参加考试。"}, Path: "/ks/point", Button: "看确认点怎么走"}
	add("status", "opens", "还没轮到", "status", her(), early)

	confirmed := Status{Head: "向晓兰，现在没有要您办的事", Lead: "您要办的都办了。下一步是“考试院排考场”。", Sealed: true, Sheet: true, Form: true, Mine: mine, Told: told, Unread: 2, Line: line(done, sent),
		Next:    &StatusNext{Class: "done", Head: "下一步：考试院排考场", Text: "9 月 30 日 到 10 月 16 日。不用您做什么，到时候会发消息告诉您。"},
		Notices: []StatusNotice{payLater, {Class: "wait", Head: "您签的和后来改的不一样", Text: "以您在确认点签的为准，后来在网上改的没有用上。", Path: "/ks/differences", Link: "看哪里不一样"}}}
	add("status", "confirmed", "确认了，缴费没启用", "status", her(), confirmed)

	reviewed := confirmed
	reviewed.Head, reviewed.Lead = "向晓兰，还有材料要补", "您的确认已经算数，不用重新签字；把缺的材料带到确认点就行。"
	reviewed.Next = &StatusNext{Class: "wait", Head: "请把缺的材料带到确认点", More: []string{"请在 9月11日24时 以前补：执业资格证书原件，带到确认点"}, Path: "/ks/point", Button: "看确认点怎么走"}
	reviewed.Review = &StatusReview{Class: "must", Head: "有不符的地方", Text: "2019-09-06 09:20，岳麓区第一报名确认点", Items: []StatusReviewed{
		{Class: "done", Name: "学历证书", State: "相符"},
		{Class: "wait", Name: "医学类执业资格证书", State: "缺，要补", Text: "请在 9月11日24时 以前补：执业资格证书原件，带到确认点"},
		{Class: "must", Name: "户籍", State: "不符", Text: "由当地招考机构核查，确认不因此作废。要说明的，带材料到确认点或者当地招考机构。"},
		{Class: "wait", Name: "解放军、武警、公安干警荣立个人三等功以上", State: "已登记，待市级审核"}}}
	add("status", "reviewed", "审核过，缺材料", "status", her(), reviewed)

	pay := confirmed
	pay.Head, pay.Lead, pay.Notices = "向晓兰，还差缴费", "已经确认了。缴了费，报名才有效。", nil
	pay.Next = &StatusNext{Class: "must", Head: "9 月 11 日 24:00 前要缴费，还有 5 天 13 小时", Text: "过了时间没缴，报名作废，今年不能参加考试。", Path: "/ks/pay", Button: "去缴费"}
	pay.Pay = true
	pay.Line = line(done, sent)
	pay.Line[3] = StatusStage{Class: "wait", Number: 4, Name: "缴费", Badge: "等您办", Tint: "wait", Texts: []string{"9 月 11 日 24:00 前"}}
	add("status", "pay", "等缴费", "status", her(), pay)
	ending := pay
	ending.Notices = []StatusNotice{{Class: "must", Head: "您在今年报名的作废名单上，9 月 26 日 24:00 前可以提出异议", Text: "名单上写的是没有确认，或者确认了没有缴费。确认过、缴过费的，带证件和凭据到报名确认点，或者打电话给 0731-5550 0123。过了时间没有人提出，报名作废。"}}
	add("status", "ending", "在作废名单上", "status", her(), ending)
	void := pay
	void.Head, void.Lead, void.Next = "向晓兰，今年的报名作废了", "不能参加考试。认为弄错了，看下面怎么办。", nil
	void.Line = line(done, sent)
	void.Line[3] = StatusStage{Class: "must", Number: 4, Name: "缴费", Badge: "没办成", Tint: "must", Texts: []string{"9 月 11 日 24:00 截止"}}
	void.Notices = []StatusNotice{{Class: "must", Head: "您今年的报名作废了", Text: "没有按时确认，或者确认了没有缴费。认为弄错了，请带证件联系 0731-5550 0123，核实以后可以恢复。"}}
	add("status", "void", "报名作废", "status", her(), void)

	disputed := confirmed
	disputed.Head, disputed.Lead = "向晓兰，您有两份信息对不上，县招办在核实", "两份都留着，都没丢。定下来用哪一份，会发消息告诉您。您先不用再跑一趟。"
	disputed.Next, disputed.Notices = &StatusNext{Class: "wait", Head: "现在不用您做什么", Text: "有结果会发消息告诉您。"}, nil
	disputed.Line = line(StatusStage{Class: "wait", Number: 2, Name: "现场确认", Badge: "待裁", Tint: "wait", Texts: []string{"9 月 6 日 10:31 在岳麓区第 1 报名确认点办的", "9 月 6 日 16:02 在安仁县第 1 报名确认点办的"}}, sent)
	add("status", "disputed", "待裁", "status", her(), disputed)

	pending := disputed
	pending.Head, pending.Lead = "向晓兰，您已经办了，时间还要核对", "您办的时候，那台机器的钟不准。您签的内容已经收到，不会丢；时间核对好，会发消息告诉您。您不用再跑一趟。"
	pending.Line = line(StatusStage{Class: "wait", Number: 2, Name: "现场确认", Badge: "时间待核", Tint: "wait", Texts: []string{"9 月 6 日 10:31 在岳麓区第 1 报名确认点办的"}}, sent)
	add("status", "time-pending", "时间待核", "status", her(), pending)

	papers := confirmed
	papers.Line = line(StatusStage{Class: "done", Number: 2, Name: "现场确认", Badge: "待市级审核", Tint: "wait", Texts: []string{"9 月 6 日 10:31 在岳麓区第 1 报名确认点办的", "身份待市级审核", "9 月 11 日 24:00 前有结果"}}, sent)
	papers.Notices = []StatusNotice{{Class: "wait", Head: "您是凭材料确认的，身份还要市里审核", Text: "确认已经算数，现在不用做什么，审核好会发消息告诉您。有能读的证件了，带到任一确认点的机器上读一下，就不用再等审核。"}, payLater}
	add("status", "provisional", "凭材料确认，待审", "status", her(), papers)

	carded := papers
	carded.Notices = []StatusNotice{{Class: "wait", Head: "您的证件要由市里审核", Text: "确认已经算数，现在不用做什么，审核好会发消息告诉您。"}, payLater}
	add("status", "carded", "证件市里审核，待审", "status", her(), carded)

	again := disputed
	again.Head, again.Lead = "向晓兰，您的身份材料要补拍", "市里看不清上次拍的材料。您的确认还算数，本人带证件和材料再去一次确认点。"
	again.Next = &StatusNext{Class: "wait", Head: "请带证件和材料再去一次确认点", Text: "材料要到您的确认点补拍；上次没有刷卡、现在补到身份证的，到哪个确认点都能读。", More: []string{"9 月 11 日 24:00 前"}, Path: "/ks/point", Button: "看确认点怎么走"}
	again.Line = line(StatusStage{Class: "wait", Number: 2, Name: "现场确认", Badge: "要补拍", Tint: "wait", Texts: []string{"9 月 11 日 24:00 前"}}, sent)
	add("status", "returned", "材料退回补拍", "status", her(), again)

	aside := confirm
	aside.Head, aside.Lead = "向晓兰，您办的确认没能收下，正在查", "确认点的机器送来了您的材料，省里核对时有一处不对，先放在一边，没有丢。请给确认点打电话，问要不要再办一次。"
	aside.Next = &StatusNext{Class: "must", Head: "9 月 11 日 24:00 前要去确认，还有 5 天 13 小时", Text: "过了时间没确认，报名作废，今年不能参加考试。"}
	aside.Line = line(StatusStage{Class: "wait", Number: 2, Name: "现场确认", Badge: "正在查", Tint: "wait", Texts: []string{"9 月 11 日 24:00 前"}}, ahead)
	add("status", "set-aside", "没能收下", "status", her(), aside)

	lost := confirm
	lost.Head, lost.Lead = "向晓兰，没有在规定时间确认，报名作废了", "今年不能参加这次考试。"
	lost.Next = &StatusNext{Class: "must", Head: "9 月 11 日 24:00 已经截止", Text: "截止前已经办过、手里有报名流程表的，报名不会因为网络慢作废，请打电话问：0731-5550 0123。"}
	lost.Line = []StatusStage{online, {Class: "must", Number: 2, Name: "现场确认", Badge: "没办成", Tint: "must", Texts: []string{"9 月 11 日 24:00 已经截止"}}}
	for i, n := range []string{"送到省里", "缴费", "考试院排考场", "打印准考证", "考试"} {
		lost.Line = append(lost.Line, StatusStage{Class: "off", Number: i + 3, Name: n, Badge: "不再办", Tint: "open"})
	}
	add("status", "lost", "作废", "status", her(), lost)
	add("status", "none", "还没有方案", "status", her(), Status{Head: "还没有报名的考试"})
	differencesScenes(add)
	sheetScenes(add)
}

func differencesScenes(add adder) {
	rows := []DifferencesRow{
		{Label: "联系电话", Left: []Span{{"138****5210", false}}, Right: []Span{{"138****5210", false}}, Hidden: true},
		{Label: "通讯地址", Left: []Span{{"湖南省长沙市岳麓区麓山", false}, {"南", true}, {"路", false}, {"12", true}, {"号", false}}, Right: []Span{{"湖南省长沙市岳麓区麓山路", false}, {"8", true}, {"号", false}}},
		{Label: "第 2 志愿", Left: []Span{{"专升本 经济管理类 0104 长沙理工大学 ", false}, {"工商管理", true}, {" 业余 2.5", false}}, Right: []Span{{"专升本 经济管理类 0104 长沙理工大学 ", false}, {"会计学", true}, {" 业余 2.5", false}}},
		{Label: "备注", Left: nil, Right: []Span{{"在职", false}}},
	}
	ask := []string{"不要再去别的确认点重办，那样两份对不上，反而要等县里核实。", "带身份证和报名流程表，回原来的确认点说明哪里错了。", "能不能改、怎么改，当天问确认点负责人；过了当天，由县招考办定。", "最晚 9 月 11 日 24:00 前办好，过了时间就不能改了。"}
	phones := []Fact{{"岳麓区第 1 报名确认点", "0731-5550 0123", true}}
	signed := "9 月 6 日 10:31 在岳麓区第 1 报名确认点签名。"
	add("differences", "superseded", "签的和后来改的", "differences", her(), Differences{Signed: signed, Ask: ask, Phones: phones,
		Pairs: []DifferencesPair{{Head: "签名以前，您又在网上改过", Text: "确认点的机器里是改以前的。您看过、签过名，所以按您签的算，网上改的没有用上。", Left: "您签的（算数）", Right: "9 月 6 日 09:58 在网上改的（没用上）", Rows: rows},
			{Head: "在确认点改的", Text: "身份证上写的和您填的不一样，您在机器上选了按身份证改，看过、签过名。", Left: "您签的（算数）", Right: "9 月 3 日 20:14 在网上填的", Rows: []DifferencesRow{{Label: "民族", Left: []Span{{"土家", true}, {"族", false}}, Right: []Span{{"汉", true}, {"族", false}}}}}}})
	add("differences", "yet", "还没有确认", "differences", her(), Differences{})
	add("differences", "none", "没有不一样", "differences", her(), Differences{Signed: signed, Ask: ask, Phones: phones})
}

func sheetScenes(add adder) {
	facts := []Fact{{"确认点", "岳麓区第 1 报名确认点", false}, {"签名封存", "9 月 6 日 10:31", true}}
	add("sheet", "ready", "可以下载", "sheet", her(), Sheet{Ready: true, Facts: facts})
	add("sheet", "disputed", "待裁的", "sheet", her(), Sheet{Ready: true, Facts: facts, Notices: []StatusNotice{{Class: "wait", Head: "这一份正在核实", Text: "您有两份确认信息对不上，县招办定下来以前，先留着，不要拿去办后面的手续。"}}})
	add("sheet", "before", "还没确认", "sheet", her(), Sheet{Path: "/ks/point", Button: "看确认点怎么走",
		Before: []string{"它写着您签名的全部信息，有照片，后面的每一步由工作人员在上面签字。", "在确认点签完名，机器当场打印一份给您。", "机器没有打印出来，或者您弄丢了：数据送到省里以后，在这里下载，内容一样。", "确认以前没有别的表可以代替它，也不用自己打印什么带去。"}})
}
