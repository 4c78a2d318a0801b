package console

import "time"

// disputeScenes are the ways a case can stand.
func disputeScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	add("dispute", "twice", "确认了两次，内容不同", "menu.disputes", "dispute", f("disputes"), sceneDispute("twice"))
	add("dispute", "moved", "后来改选了别的点", "menu.disputes", "dispute", f("disputes"), sceneDispute("moved"))
	add("dispute", "alike", "两份一样，由上级裁定，一份看不到", "menu.disputes", "dispute", f("disputes"), sceneDispute("elsewhere"))
	add("dispute", "changed", "刚才又来了一份", "menu.disputes", "dispute", f("disputes"), sceneDispute("changed"))
	add("dispute", "apart", "号码录成了别人的，那个人用芯片确认过", "menu.disputes", "dispute", f("disputes"), sceneApart("signed"))
	add("dispute", "apart-unsigned", "号码录成了别人的，那个人还没确认", "menu.disputes", "dispute", f("disputes"), sceneApart("unsigned"))
	add("dispute", "apart-hidden", "号码录成了别处一个人的", "menu.disputes", "dispute", f("disputes"), sceneApart("hidden"))
	add("dispute", "decided", "已裁定", "menu.disputes", "dispute", f("disputes"), sceneDispute("decided"))
}

func sceneDispute(state string) Dispute {
	chip := []Fact{{Label: "芯片姓名", Value: "向晓兰"}, {Label: "芯片号码", Value: "433***********0028"}, {Label: "证件有效期", Value: "2016-04-18 — 2036-04-18"}}
	one := DisputeSide{Mark: "甲", ID: "0a", State: State{"must", "alert", "state.disputed"}, Why: "在别的点确认过", Point: "岳麓区第 2 报名确认点", Box: "b2k7qaxm4ue", Unit: 2, SealNo: "02-000168",
		Sealed: sceneTime("10:30:51"), Received: sceneTime("10:30:52"), From: 1, Chip: chip, Photo: &Photo{JPEG: scenePhoto(), Width: 358, Height: 441}, Hand: sceneHand(), Passed: 14,
		Doubts: []Check{sceneCheck("hub", "check.hub.once", "warn", "在别的点确认过")}}
	two := one
	two.Mark, two.ID, two.Point, two.Unit, two.SealNo = "乙", "0b", "开福区第 1 报名确认点", 1, "01-000093"
	two.Sealed, two.Received, two.Photo = sceneTime("15:02:10"), sceneTime("17:40:03"), &Photo{Why: "lack.camera"}
	two.Doubts = append([]Check{sceneCheck("box", "check.card-expiry", "warn", "")}, two.Doubts...)
	out := Dispute{ID: "0a", Name: "向晓兰", Number: "433***********0028", Application: "20190904-7Q2M", Seen: "seen", Sides: []DisputeSide{one, two}, Office: "长沙市教育考试院", Act: "裁定重复确认",
		Web: DisputeWeb{Version: 3, At: sceneTime("09:12:00"), Point: one.Point}}
	out.Rows = DisputeTable{[]string{"门户现在", "甲（签字的）", "乙（签字的）"}, []DisputeRow{
		{"报名确认点", []DisputeCell{{one.Point, false}, {one.Point, false}, {two.Point, true}}},
		{"志愿 1", []DisputeCell{{"专升本 经济管理类 10542 湖南师范大学 会计学 业余 2.5", false}, {"专升本 经济管理类 10542 湖南师范大学 会计学 业余 2.5", false}, {"专升本 经济管理类 10536 长沙理工大学 工商管理 函授 2.5", true}}},
		{"通信地址", []DisputeCell{{"长沙市岳麓区样本路 1 号", false}, {"长沙市岳麓区样本路 1 号", false}, {"", true}}}}}
	out.Same = DisputeTable{out.Rows.Heads, []DisputeRow{{"姓名", []DisputeCell{{"向晓兰", false}, {"向晓兰", false}, {"向晓兰", false}}}, {"性别", []DisputeCell{{"2 女", false}, {"2 女", false}, {"2 女", false}}}}}
	out.Options = []DisputeOption{
		{"0a", "算 甲：在 " + one.Point + " 签字的", []string{"以在 " + one.Point + " 签字的内容为准，报名表随它改。", "其他的标“未采用”，留着，不再算数。", "考生马上收到通知，各点终端跟着更新。"}},
		{"0b", "算 乙：在 " + two.Point + " 签字的", []string{"以在 " + two.Point + " 签字的内容为准，报名表随它改。", "其他的标“未采用”，留着，不再算数。", "考生马上收到通知，各点终端跟着更新。"}}}
	switch state {
	case "moved":
		out.Sides, out.Office, out.Second = out.Sides[:1], "岳麓区招生考试委员会办公室", "ask"
		out.Sides[0].Why, out.Web.Point = "后来改选了别的点", two.Point
		out.Rows.Heads = out.Rows.Heads[:2]
		for i := range out.Rows.Rows {
			c := out.Rows.Rows[i].Cells
			out.Rows.Rows[i].Cells = []DisputeCell{{c[2].Text, false}, {c[0].Text, true}}
		}
		out.Same = DisputeTable{}
		out.Options = append(out.Options[:1], DisputeOption{"none", "都不算：以门户填报为准，到 " + two.Point + " 重新确认", []string{"报名表解锁，考生可以再改，须在截止以前到 " + two.Point + " 重新确认。", "签过的记录标“未采用”，留着。"}})
	case "elsewhere":
		out.Sides, out.Hidden, out.Rows, out.Refuse = out.Sides[:1], []string{"乙　" + two.Point}, DisputeTable{}, "dispute.decider"
	case "changed":
		out.Error, out.Why = "dispute.changed", "电话问过本人，愿意算在岳麓区签的"
	case "decided":
		out.Options, out.Seen = nil, ""
		out.Sides[0].State, out.Sides[0].Why, out.Sides[0].Doubts = sceneInForce(), "县级裁定，以这份为准", nil
		out.Sides[1].State, out.Sides[1].Why = State{"open", "lock", "state.overruled"}, "县级裁定，未采用"
		out.Rulings = sceneRulings()
	}
	return out
}

// sceneApart is a number that a clerk typed and that is somebody else's.
func sceneApart(state string) Dispute {
	out := sceneDispute("moved")
	side := &out.Sides[0]
	out.Apart, out.Second, out.Name = true, "", "田小满"
	side.Why, side.Photo, side.Doubts = "号码是录入的，登记在别人名下", &Photo{Why: "lack.camera"}, []Check{sceneCheck("hub", "check.hub.number", "warn", "号码是录入的，登记在别人名下")}
	side.Chip = []Fact{{Label: "录入的姓名", Value: "田小满"}, {Label: "录入的号码", Value: "433***********0028"}}
	signed := sceneDispute("twice").Sides[0]
	signed.State = sceneInForce()
	out.Holder = &DisputeHolder{ID: "0c", Name: "向晓兰", Number: "433***********0028", Birth: "1995-04-17", Point: signed.Point, State: State{"done", "check", "candidate.confirmed"},
		Version: 2, At: sceneTime("09:12:00"), Chip: true, Signed: &signed}
	out.Rows = DisputeTable{[]string{"号码登记的人", "甲（签字的）"}, []DisputeRow{{"姓名", []DisputeCell{{"向晓兰", false}, {"田小满", true}}},
		{"通信地址", []DisputeCell{{"长沙市岳麓区样本路 1 号", false}, {"泸溪县样本路 9 号", true}}}}}
	told := "考生马上收到通知，各点终端跟着更新。"
	same := DisputeOption{"0a", "是同一个人：号码没有录错，甲 就是登记的那个人，只是姓名或出生日期写法不同", []string{"这一份归到登记的人名下，和已有的确认并排待裁。", "接着请再裁定一次：两份里算哪一份。", told}}
	switch state {
	case "unsigned":
		out.Holder.State, out.Holder.Signed, out.Holder.Chip = State{"open", "clock", "candidate.registered"}, nil, false
		same.Follows = []string{"这一份归到登记的报名信息名下。", "以在 " + side.Point + " 签字的内容为准，报名表随它改。", told}
	case "hidden":
		out.Holder, out.Rows, out.Refuse, out.Office = nil, DisputeTable{}, "dispute.decider", "长沙市教育考试院"
		out.Hidden = []string{"号码登记的人　开福区第 1 报名确认点"}
	}
	out.Options = []DisputeOption{same, {"none", "是两个人：号码录错了，这一份不算", []string{"请本人带证件资料到 " + side.Point + "，由工作人员用对的号码重新登记、确认，须在截止以前办完。电话通知本人。",
		"登记在这个号码下的人不受影响，也不会收到通知。", "签过的记录标“未采用”，留着。"}}}
	return out
}

func sceneRulings() []DisputeRuling {
	return []DisputeRuling{{At: sceneTime("17:55:00"), By: "易红", Office: "长沙市", Kept: "算 甲", Reason: "电话问过本人，愿意算在岳麓区签的", Path: "#"},
		{At: sceneTime("09:02:00").Add(-24 * time.Hour), By: "彭建国", Office: "岳麓区", Kept: "都不算，重新确认", Reason: "本人说明已搬到开福区，愿意在那里重新确认", Path: "#"}}
}
