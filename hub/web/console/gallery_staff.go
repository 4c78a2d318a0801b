package console

import "time"

// staffScenes are the pages of accounts.
func staffScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame, outside Frame) {
	code, err := DrawQR("otpauth://totp/Zhunkao:430104-01-admin?issuer=Zhunkao&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP") // of nobody
	if err != nil {
		panic(err) // our own mistake: the text is a constant
	}
	first := First{Login: "430104-01-admin", MustChange: true, Enrol: true, Complex: true, Secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP", Code: code}
	bare := f("")
	bare.Entries, bare.May = nil, nil
	add("first", "both", "首次登录", "first.title", "first", bare, first)
	wrong := first
	wrong.Errors = FirstErrors{Password: "password.local", Code: "first.badcode"}
	add("first", "wrong", "密码太容易猜，验证码对不上", "first.title", "first", bare, wrong)
	add("first", "phone", "只差验证器", "first.title", "first", bare, First{Login: "yuelu", Enrol: true, Secret: first.Secret, Code: code})
	add("first", "aged", "密码到期", "first.title", "first", bare, First{Login: "yuelu", MustChange: true, Aged: true, Complex: true})

	mine := Mine{Login: "yuelu", Display: "谭丽华", Role: "role.county-operator", Office: "岳麓区招生考试机构", Remit: "岳麓区",
		PasswordSet: sceneHour().Add(-170 * 24 * time.Hour), PasswordEnds: sceneHour().Add(10 * 24 * time.Hour), Complex: true, Sessions: sceneSessions(),
		May: []Right{{"menu.dashboard", "/gl"}, {"menu.confirmations", "/gl/confirmations"}, {"menu.staff", "/gl/staff"}, {"right.reveal", ""}, {"right.freeze", ""}, {"right.staff-bind", ""}}}
	add("account", "usual", "平常", "account.title", "account", f(""), mine)
	soon := mine
	soon.Soon, soon.DaysLeft = true, 10
	add("account", "soon", "密码快到期", "account.title", "account", f(""), soon)
	carded := mine
	carded.Role, carded.Point, carded.OwnCard = "role.clerk", "岳麓区第 1 报名确认点", OwnCard{OfPoint: true, Since: sceneHour().Add(-50 * time.Hour), Box: "b2k7qaxm4ue", Unit: 2}
	add("account", "card", "绑了证件登录，解除时密码不对", "account.title", "account", f(""), carded.with(MineErrors{Card: "account.badold"}))
	carded.OwnCard = OwnCard{OfPoint: true}
	add("account", "no-card", "没有绑证件登录", "account.title", "account", f(""), carded)
	soon.Soon, soon.Errors = false, MineErrors{Old: "account.badold"}
	add("account", "wrong", "旧密码不对", "account.title", "account", f(""), soon)

	staff := sceneStaff()
	add("staff", "asked", "有申请待办", "menu.staff", "staff", f("staff"), staff)
	picked := staff
	picked.Requests, picked.Picked, picked.SlipErr = nil, true, "act.needreason"
	add("staff", "no-reason", "出密码条没写原因", "menu.staff", "staff", f("staff"), picked)
	add("staff", "none", "查不到", "menu.staff", "staff", f("staff"), Staff{Filter: StaffFilter{Term: "甲"}, Found: true, Roles: staff.Roles, States: staff.States, Days: 7})
	member := StaffMember{StaffRow: staff.Rows[0], Remit: "岳麓区", Phone: "139 5550 0142", Created: sceneHour().Add(-40 * 24 * time.Hour), Password: sceneHour().Add(-30 * 24 * time.Hour),
		Enrolled: true, Sessions: sceneSessions(), Events: sceneEntries()[:3], Move: true, Roles: staff.Roles[4:6], Points: staff.Points, RoleNow: "point-head", PointNow: "43010401", Days: 7}
	member.OwnCard = OwnCard{OfPoint: true, Since: sceneHour().Add(-50 * time.Hour), Box: "b2k7qaxm4ue", Unit: 2}
	add("member", "hers", "归她管，绑了证件登录", "menu.staff", "member", f("staff"), member)
	member.OwnCard, member.Errors.Card = OwnCard{OfPoint: true}, "owncard.gone"
	add("member", "card-gone", "证件登录刚被别人解除", "menu.staff", "member", f("staff"), member)
	member.Errors.Card = ""
	give := member
	give.Giving = Giving{By: "邓志远", At: sceneHour().Add(-30 * 24 * time.Hour), May: true, Error: "staff.vouch.renew"}
	give.ResetTwo = true
	add("member", "given", "密码是别人发的，重置要两个人", "menu.staff", "member", f("staff"), give)
	give.Giving = Giving{By: "邓志远", At: give.Giving.At, VouchedBy: "周明", VouchedAt: sceneHour(), Alone: true}
	add("member", "vouched", "核实过", "menu.staff", "member", f("staff"), give)
	add("seconds", "some", "各种情况", "menu.seconds", "seconds", f("seconds"), sceneSeconds())
	add("seconds", "none", "没有", "menu.seconds", "seconds", f("seconds"), Seconds{})
	shut := member
	shut.Disabled, shut.Sessions, shut.State = true, nil, State{"open", "lock", "staff.disabled"}
	add("member", "disabled", "停用", "menu.staff", "member", f("staff"), shut)
	other := StaffMember{StaffRow: staff.Rows[2], Remit: "岳麓区", Created: member.Created, Password: member.Password}
	add("member", "not-hers", "不归她管", "menu.staff", "member", f("staff"), other)

	counties := []OptionGroup{{"长沙市", []Option{{"430102", "芙蓉区"}, {"430104", "岳麓区"}}}, {"湘西土家族苗族自治州", []Option{{"433101", "吉首市"}}}}
	add("apply", "first", "选县区", "apply.title", "apply", outside, Apply{Counties: counties})
	form := Apply{Counties: counties, County: "430104", CountyName: "岳麓区", Points: scenePointOptions()}
	add("apply", "form", "填申请", "apply.title", "apply", outside, form)
	form.Login, form.Display, form.Errors = "Tan Li", "谭丽华", ApplyErrors{Point: "apply.needpoint", Login: "staff.badlogin", Phone: "apply.needphone"}
	add("apply", "wrong", "没填好", "apply.title", "apply", outside, form)
	add("apply", "sent", "交上去了", "apply.title", "apply", outside, Apply{Sent: true})
}

func (m Mine) with(e MineErrors) Mine { m.Errors = e; return m }

func sceneSeconds() Seconds {
	one := Second{ID: "a1", Act: "查看完整证件号码", What: "7f2e90…c41b", Path: "#", Place: "岳麓区", By: "谭丽华", At: sceneHour().Add(-time.Hour), Ends: sceneHour().Add(23 * time.Hour),
		Reason: "电话核对本人", State: State{"wait", "clock", "second.waiting"}, Open: true, MayAgree: true, MayRefuse: true}
	two := one
	two.ID, two.Act, two.What, two.Terms, two.Days, two.Mine, two.MayAgree = "a2", "重置用户密码", "彭建国、李晓雯", "seconds.terms.first", "7", true, false
	three := two
	three.ID, three.State, three.Other, three.MayRefuse, three.Do = "a3", State{"act", "check", "second.agreed"}, "周明", false, "#"
	three.Fields = []Option{{Value: "days", Text: "7"}}
	four := one
	four.ID, four.State, four.Other, four.Said, four.MayAgree, four.MayRefuse, four.Open = "a4", State{"open", "cross", "second.refused"}, "周明", "电话里已经核对过", false, false, false
	five := four
	five.ID, five.Said, five.State = "a5", "", State{"done", "check", "second.used"}
	six := four
	six.ID, six.Said, six.Other, six.State = "a6", "", "", State{"open", "clock", "second.ended"}
	return Seconds{Rows: []Second{one, two, three, four, five, six}}
}

func sceneSessions() []Session {
	return []Session{{"a1", "10.43.4.21", sceneHour().Add(-3 * time.Hour), sceneHour().Add(-time.Second), true}, {"a2", "10.43.4.77", sceneHour().Add(-26 * time.Hour), sceneHour().Add(-17 * time.Minute), false}}
}

func sceneStaff() Staff {
	var roles []Option
	for _, r := range []string{"province-admin", "province-operator", "city-operator", "county-operator", "point-head", "clerk", "technician"} {
		roles = append(roles, Option{r, "role." + r})
	}
	active, waiting, disabled := State{"done", "check", "staff.active"}, State{"wait", "clock", "staff.waiting"}, State{"open", "lock", "staff.disabled"}
	const office = "岳麓区招生考试机构"
	return Staff{Total: 4, Days: 7, Roles: roles, States: []Option{{"active", "staff.active"}, {"waiting", "staff.waiting"}, {"disabled", "staff.disabled"}},
		Points: scenePointOptions(),
		Hire:   Hire{Roles: roles[3:], Places: append([]Option{{"430104", office}}, scenePointOptions()...)},
		Rows: []StaffRow{
			{ID: "s1", Login: "430104-01-admin", Display: "彭建国", Role: "role.point-head", Office: office, Point: "岳麓区第 1 报名确认点", State: waiting, Hers: true, Picked: true},
			{ID: "s2", Login: "430104-01-li", Display: "李晓雯", Role: "role.clerk", Office: office, Point: "岳麓区第 1 报名确认点", State: active, Hers: true},
			{ID: "s3", Login: "yuelu", Display: "谭丽华", Role: "role.county-operator", Office: office, State: active},
			{ID: "s4", Login: "430104-02-wu", Display: "吴志强", Role: "role.clerk", Office: office, Point: "岳麓区第 2 报名确认点", State: disabled, Hers: true}},
		Requests: []StaffRequest{
			{ID: "q1", Login: "430104-02-admin", Display: "周敏", Phone: "0731-5550 0188", Purpose: "第 2 确认点负责人，8 月 28 日起用", Where: "岳麓区第 2 报名确认点", Point: "43010402", Asked: sceneHour().Add(-40 * time.Minute), Mine: true, Role: "point-head"},
			{ID: "q2", Login: "yuelu", Display: "何秀英", Phone: "13955500199", Purpose: "采集岗", Where: "岳麓区第 1 报名确认点", Point: "43010401", Asked: sceneHour().Add(-20 * time.Minute), Mine: true, Role: "clerk", Err: "staff.taken"}}}
}

// sceneHour is the moment on the clock of the scenes.
func sceneHour() time.Time { return sceneFrame("").Now }
