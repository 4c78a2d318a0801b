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
	people := []Option{{Value: "s1", Text: "邓志远　sheng"}, {Value: "s2", Text: "文思源　xinxi"}, {Value: "s3", Text: "罗敏　jijian"}}
	offices := []ArrangementOffice{{"admission", "成招处", people}, {"information", "信息处", people}, {"discipline", "纪检监察组", people}}
	figures := ArrangementFigures{Seconds: "1.42", Rooms: 9831, Full: 9420, Mixed: 87, Seats: 287416, Neighbours: 23, Problems: 25, Reasons: []ArrangementReason{{Key: "arr.reason.neighbours", N: 22}, {Key: "arr.reason.unmapped", N: 2}, {Key: "arr.reason.no-area", N: 1}, {Key: "arr.reason.no-number", N: 1}, {Key: "arr.reason.no-front", N: 1}, {Key: "arr.reason.area-full", N: 1}},
		List: []ArrangementProblem{{Key: "arr.reason.neighbours", Area: "0104", AreaName: "岳麓区考区", Room: 17, Count: 2}, {Key: "arr.reason.unmapped", Application: "a1", Name: "赵春燕"}, {Key: "arr.reason.no-area", Area: "0198", AreaName: "河西考区", Application: "a1", Name: "钱小芳"}}, More: true}
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
	for _, s := range [][2]string{{"freezing", "正在冻结"}, {"seal", "等封存，自己的一家"}, {"sealed", "等公开，自己的一家"}, {"missed", "公开时输错了"}, {"drawn", "种子已定"}, {"agreed", "第二个人同意了"}, {"numbering", "正在编排"}, {"published", "已公布"}, {"void", "有一家没有公开"}, {"renew", "可以更正，或者重新抽取"}, {"renew-agreed", "第二个人同意了重新抽取"}, {"revise-agreed", "第二个人同意了更正"}, {"revising", "正在更正"}, {"computed", "更正版算好了"}, {"publish-waiting", "等第二个人核对"}, {"publish-agreed", "第二个人同意公布"}, {"stale", "算好以后又增补了座位"}, {"revised", "更正版公布了"}} {
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
				x.MayBegin, x.Renews, x.BeginStep, x.ReviseStep = true, true, "ask", "ask"
			}
		case "renew-agreed", "revise-agreed":
			x.State, x.Root, x.Published, x.MayBegin, x.Renews, x.BeginStep, x.ReviseStep = State{"done", "check", "arr.state.published"}, hash, sceneTime("10:00:00"), true, true, "agreed", "waiting"
			if s[0] == "revise-agreed" {
				x.BeginStep, x.ReviseStep = "waiting", "agreed"
			}
		case "revising", "computed", "publish-waiting", "publish-agreed", "stale", "revised":
			x = revisedScene(x, s[0], hash, figures)
		case "void":
			x.State, x.Ended, x.EndedKey, x.EndedWhy, x.EndedBy, x.Seed = State{"must", "cross", "arr.state.void"}, sceneTime("11:00:00"), "arr.ended.refused", "记数的纸丢了", "罗敏", nil
			x.Shares[2] = share("discipline", "纪检监察组", "罗敏", true, false)
			x.Rows = []ArrangementRow{{ID: "v1", Number: 1, State: x.State, At: sceneTime("09:00:00"), People: 287416, Note: "arr.ended.refused"}, {ID: "v2", Number: 2, State: x.State, At: sceneTime("08:00:00"), Note: "arr.ended.unusable"}, {ID: "v0", Number: 0, State: State{"open", "back", "arr.state.replaced"}, At: sceneTime("09:00:00"), People: 1}}
			x.MayBegin = true
		}
		x.Shares = slices.Clone(x.Shares)
		if x.Figures != nil {
			x.Held = 118
		}
		add("arrangement", s[0], s[1], "menu.arrangement", "arrangement", f("arrangement"), x)
	}
	changesScenes(add, f, quiet)
	rows := []UnseatedRow{{ID: "a1", Name: "赵春燕", Number: "430***********0026", Point: "岳麓区第 1 报名确认点", Level: "专升本", Category: "经济管理类"}, {ID: "a2", Name: "刘䶮明", Number: "430***********6613", Point: "岳麓区第 1 报名确认点", Level: "高起本", Category: "文史类"}}
	add("unseated", "some", "有人没有座位", "arr.late", "unseated", f("arrangement"), Unseated{ID: "v1", Number: 1, Rows: rows})
	add("unseated", "agreed", "第二个人同意了", "arr.late", "unseated", f("arrangement"), Unseated{ID: "v1", Number: 1, Rows: rows, Mine: "agreed"})
	add("unseated", "none", "都有座位", "arr.late", "unseated", quiet("arrangement"), Unseated{ID: "v1", Number: 1})
}

// revisedScene is a revision on its way.
func revisedScene(x Arrangement, scene string, hash []string, figures ArrangementFigures) Arrangement {
	x.ID, x.Number, x.Base, x.BaseID, x.Drawn, x.Venue, x.Why, x.Shares = "v2", 2, 1, "v1", 1, "", "两个县区的考区划错了", nil
	x.State, x.Figures, x.VoidStep, x.PublishStep = State{"act", "check", "arr.state.computed"}, &figures, "ask", "ask"
	x.Compared = &ArrangementCompared{Kept: 287301, Moved: 83, Fresh: 32, Gone: 6, Closed: 2, Path: "/gl/arrangement/v2/changes",
		Reasons: []ArrangementReason{{Key: "arr.change.area", Value: "area", N: 80}, {Key: "arr.change.group", Value: "group", N: 3}, {Key: "arr.change.new", Value: "new", N: 32}, {Key: "arr.change.gone", Value: "gone", N: 6}}}
	x.Rows = []ArrangementRow{{Revision: true, ID: "v2", Number: 2, State: x.State, At: sceneTime("14:00:00"), People: 287416}, {ID: "v1", Number: 1, State: State{"done", "check", "arr.state.published"}, At: sceneTime("09:00:00"), People: 287416}}
	switch scene {
	case "revising":
		x.State, x.Working, x.Figures, x.Compared = State{"wait", "clock", "arr.state.numbering"}, true, nil, nil
	case "publish-waiting":
		x.PublishStep = "waiting"
	case "publish-agreed":
		x.PublishStep = "agreed"
	case "stale":
		x.Compared.Stale = true
	case "revised":
		x.State, x.Root, x.Published, x.NumberedBy, x.NumberedSecond, x.VoidStep, x.PublishStep = State{"done", "check", "arr.state.published"}, hash, sceneTime("15:00:00"), "邓志远", "文思源", "", ""
	}
	return x
}

// changesScenes are who does not keep the seat in a revision.
func changesScenes(add adder, f, quiet func(string) Frame) {
	was, now := SeatPlace{"0104", "0017", "07", "0104 34 0017 07"}, SeatPlace{"0105", "0102", "12", "0105 34 0102 12"}
	view := SeatChanges{ID: "v2", Number: 2, Base: 1, Reasons: []ArrangementReason{{Key: "arr.change.area", Value: "area", N: 80}, {Key: "arr.change.new", Value: "new", N: 32}, {Key: "arr.change.gone", Value: "gone", N: 6}}, Next: "/gl/arrangement/v2/changes?after=a3"}
	for i, key := range []string{"area", "need", "group", "ends", "grid", "number", "new", "gone", "unmapped"} {
		row := SeatChange{Application: "a1", Name: []string{"赵春燕", "刘䶮明", ""}[i%3], Document: "430***********0026", Level: "专升本", Category: "经济管理类", Key: "arr.change." + key, Was: was, Now: now}
		switch key {
		case "new":
			row.Was = SeatPlace{}
		case "gone", "unmapped":
			row.Now = SeatPlace{}
		}
		view.Rows = append(view.Rows, row)
	}
	add("changes", "some", "座位有变动的", "arr.changes", "changes", f("arrangement"), view)
	view.Why, view.Rows, view.Next = "area", view.Rows[:1], ""
	add("changes", "why", "只看一种原因", "arr.changes", "changes", f("arrangement"), view)
	add("changes", "none", "没有人变动", "arr.changes", "changes", quiet("arrangement"), SeatChanges{ID: "v2", Number: 2, Base: 1})
}
