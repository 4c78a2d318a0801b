package console

import (
	"slices"
	"strings"
)

// seatingScenes are the ways of the arrangement.
func seatingScenes(add adder, f, quiet func(string) Frame) {
	hash := []string{"a6f0 93d2 7c15 4be8 20d7 e94b 11c3 5f6a", "88b2 40e7 d3f1 609c 7a5e 02bd c4f8 1e36"}
	seal := strings.Join(hash, " ")
	rules := []ArrangementRule{{"每间 30 人，S 形排座", "5 列 6 行"}, {"前后左右不同毕业学校，没有就看确认点", "尽量"}, {"尾数可以合成混合考室", "同时结束的才合"}, {"不同语种分开排", "尾数除外"}, {"残障考生先排", "单独考室"}, {"准考证号 = 考区 4 + 层次 1 + 科类 1 + 考室 4 + 座位 2", "12 位"}}
	people := []Option{{Value: "s1", Text: "邓志远"}, {Value: "s2", Text: "文思源"}, {Value: "s3", Text: "罗敏"}}
	offices := []ArrangementOffice{{"admission", "成招处", people, "s1"}, {"information", "信息处", people, "s2"}, {"discipline", "纪检监察组", people, "s3"}}
	figures := ArrangementFigures{Seconds: "1.42", Rooms: 9831, Full: 9420, Mixed: 87, Seats: 287416, Neighbours: 23, Problems: 24, Reasons: []ArrangementReason{{"arr.reason.neighbours", 22}, {"arr.reason.unmapped", 2}, {"arr.reason.no-number", 1}, {"arr.reason.no-front", 1}, {"arr.reason.area-full", 1}},
		List: []ArrangementProblem{{Key: "arr.reason.neighbours", Area: "0104", Room: 17, Count: 2}, {Key: "arr.reason.unmapped", Application: "a1", Name: "赵春燕"}}, More: true}
	trial := &ArrangementTrial{Asked: sceneTime("08:00:00"), Done: sceneTime("08:00:41"), Same: true, People: 287416, Exempt: 318, Figures: figures, By: "邓志远"}
	base := Arrangement{ID: "v1", Number: 1, Now: true, Venue: "3 楼会议室，省纪检监察组在场", Open: true, People: 287416, Exempt: 318, Areas: 122, Least: 9581, Size: 30, Digest: hash, FrozenAt: sceneTime("09:00:00"), Rules: rules, Trial: trial, MayTry: true, Offices: offices}
	share := func(office, name, by string, sealed, revealed bool) ArrangementShare {
		s := ArrangementShare{Office: office, Name: name, By: by, Sealed: sealed, Revealed: revealed, State: State{"wait", "clock", "arr.share.waits"}, MayRename: !sealed}
		if sealed {
			s.State, s.Seal = State{"open", "lock", "arr.share.sealed"}, seal
		}
		if revealed {
			s.State, s.Secret = State{"done", "check", "arr.share.revealed"}, seal
		}
		return s
	}
	add("arrangement", "none", "还没有编排", "menu.arrangement", "arrangement", quiet("arrangement"), Arrangement{Open: false, From: sceneTime("00:00:00"), To: sceneTime("00:00:00").AddDate(0, 0, 17), Areas: 122, Size: 30, Rules: rules, MayTry: true})
	begin := Arrangement{Open: true, Areas: 122, Size: 30, Rules: rules, Trial: trial, MayTry: true, MayBegin: true, Offices: offices}
	add("arrangement", "begin", "可以冻结名单", "menu.arrangement", "arrangement", quiet("arrangement"), begin)
	for _, s := range [][2]string{{"freezing", "正在冻结"}, {"seal", "等封存，自己的一家"}, {"sealed", "等公开，自己的一家"}, {"missed", "公开时输错了"}, {"drawn", "种子已定"}, {"agreed", "第二个人同意了"}, {"numbering", "正在编排"}, {"published", "已公布"}, {"void", "有一家没有公开"}, {"renew", "可以重新编排"}} {
		x := base
		x.Shares = []ArrangementShare{share("admission", "成招处", "邓志远", true, true), share("information", "信息处", "阳建国", true, true), share("discipline", "纪检监察组", "罗敏", true, true)}
		x.State, x.Sealed, x.Seed = State{"act", "check", "arr.state.drawn"}, true, hash
		switch s[0] {
		case "freezing":
			x.State, x.Working, x.Digest, x.People, x.Seed = State{"wait", "clock", "arr.state.freezing"}, true, nil, 0, nil
			x.Shares = []ArrangementShare{share("admission", "成招处", "邓志远", false, false), share("information", "信息处", "阳建国", false, false), share("discipline", "纪检监察组", "罗敏", false, false)}
		case "seal":
			x.State, x.Sealed, x.Seed = State{"wait", "lock", "arr.state.frozen"}, false, nil
			x.Shares = []ArrangementShare{share("admission", "成招处", "邓志远", false, false), share("information", "信息处", "阳建国", true, false), share("discipline", "纪检监察组", "罗敏", false, false)}
			mine := x.Shares[0]
			x.Mine, x.Fresh, x.VoidStep = &mine, "48213 90412 77310 58826 01947 33675 20981 66402", "ask"
		case "sealed", "missed":
			x.State, x.Seed = State{"wait", "clock", "arr.state.sealed"}, nil
			x.Shares = []ArrangementShare{share("admission", "成招处", "邓志远", true, true), share("information", "信息处", "阳建国", true, true), share("discipline", "纪检监察组", "罗敏", true, false)}
			mine := x.Shares[2]
			x.Mine, x.VoidStep = &mine, "ask"
			if s[0] == "missed" {
				x.Error, x.Left = "arr.error.missed", 4
			}
		case "drawn":
			x.NumberStep, x.VoidStep = "ask", "waiting"
		case "agreed":
			x.NumberStep, x.VoidStep = "agreed", "agreed"
		case "numbering":
			x.State, x.Working = State{"wait", "clock", "arr.state.numbering"}, true
		case "published", "renew":
			x.State, x.Root, x.Published, x.Figures, x.NumberedBy, x.NumberedSecond = State{"done", "check", "arr.state.published"}, hash, sceneTime("10:00:00"), &figures, "邓志远", "文思源"
			x.Additions = []ArrangementAddition{{1, 2, sceneTime("15:00:00"), "邓志远", "文思源", "逾期缴费，省里同意"}}
			if s[0] == "renew" {
				x.MayBegin, x.Renews, x.BeginStep = true, true, "ask"
			}
		case "void":
			x.State, x.Ended, x.EndedKey, x.EndedWhy, x.EndedBy, x.Seed = State{"must", "cross", "arr.state.void"}, sceneTime("11:00:00"), "arr.ended.refused", "记数的纸丢了", "罗敏", nil
			x.Shares[2] = share("discipline", "纪检监察组", "罗敏", true, false)
			x.Rows = []ArrangementRow{{ID: "v1", Number: 1, State: x.State, At: sceneTime("09:00:00"), People: 287416, Note: "arr.ended.refused"}, {ID: "v2", Number: 2, State: x.State, At: sceneTime("08:00:00"), Note: "arr.ended.unusable"}, {ID: "v0", Number: 0, State: State{"open", "back", "arr.state.replaced"}, At: sceneTime("09:00:00"), People: 1}}
			x.MayBegin = true
		}
		x.Shares = slices.Clone(x.Shares)
		add("arrangement", s[0], s[1], "menu.arrangement", "arrangement", f("arrangement"), x)
	}
	rows := []UnseatedRow{{ID: "a1", Name: "赵春燕", Number: "430***********0026", Point: "岳麓区第 1 报名确认点", Level: "专升本", Category: "经济管理类"}, {ID: "a2", Name: "刘䶮明", Number: "430***********6613", Point: "岳麓区第 1 报名确认点", Level: "高起本", Category: "文史类"}}
	add("unseated", "some", "有人没有座位", "arr.late", "unseated", f("arrangement"), Unseated{ID: "v1", Number: 1, Rows: rows})
	add("unseated", "none", "都有座位", "arr.late", "unseated", quiet("arrangement"), Unseated{ID: "v1", Number: 1})
}
