package pages

import (
	"time"

	"zhunkao/hub/web/atlas"
)

// stepsAt is the strip of steps at one of them, from 1.
func stepsAt(n int) Steps {
	names := []string{"承诺书", "本人情况", "学历情况", "工作与联系方式", "志愿", "加分和免试", "选确认点", "看一遍，提交"}
	paths := []string{"/ks/pledge", "/ks/form/1", "/ks/form/2", "/ks/form/3", "/ks/choices", "/ks/evidence", "/ks/point", "/ks/review"}
	s := Steps{Number: n, Of: len(names)}
	for i, name := range names {
		m := StepMark{Name: name, Path: paths[i], State: "ahead"}
		switch {
		case i+1 == n:
			m.State = "now"
		case i+1 < n:
			m.State, m.Mark = "done", "steps.filled"
		}
		s.List = append(s.List, m)
	}
	return s
}

func choicesScenes(add adder) {
	first := ChoiceCard{Order: 1, Level: "专升本", Category: "经济管理类", School: "10542 湖南师范大学", Major: "120203 会计学", Class: "经济管理类", Form: "业余", Years: "2.5年"}
	second := ChoiceCard{Order: 2, Level: "专升本", Category: "经济管理类", School: "10536 长沙理工大学", Major: "120201 工商管理", Class: "经济管理类", Form: "函授", Years: "2.5年", Up: true}
	both := Choices{Steps: stepsAt(5), Revision: 7, Max: 2, Level: "专升本", Cards: []ChoiceCard{first, second}, Fee: 17000, Back: "/ks/form/3", Next: "/ks/evidence",
		Rules:  []ChoiceRule{{"may", "两个志愿必须是同一类，例如都是“经济管理类”。"}, {"must", "不能跨类，因为两类考的科目不一样。"}, {"info", "报专升本，要有规定的毕业证。"}},
		Papers: []ChoicePaper{{Day: examDay(26), From: "09:00", To: "11:30", Name: "政治"}, {Day: examDay(26), From: "14:30", To: "17:00", Name: "外语", Afternoon: true}, {Day: examDay(27), From: "09:00", To: "11:30", Name: "高等数学（二）"}}}
	add("choices", "both", "两个志愿都填了", "choices", her(), both)
	none := Choices{Steps: stepsAt(5), Revision: 3, Max: 2, Add: 1, Back: "/ks/form/3", Next: "/ks/evidence"}
	add("choices", "none", "还没有填", "choices", her(), none)
	one := both
	one.Cards, one.Add = both.Cards[:1], 2
	add("choices", "one", "只填了第一志愿", "choices", her(), one)
	wrong := both
	bad := second
	bad.Fault, bad.Bar = "第二志愿不能跨招生专业类，请在第一志愿的专业类（法学类）中选择。", "招生专业目录里没有这个专业。"
	wrong.Cards = []ChoiceCard{first, bad}
	add("choices", "wrong", "改了第一志愿，第二志愿不合要求了", "choices", her(), wrong)
	clash := both
	clash.Conflict = true
	add("choices", "conflict", "在另一个窗口里改过", "choices", her(), clash)
	fixed := both
	fixed.Fixed = true
	add("choices", "fixed", "已经现场确认", "choices", her(), fixed)
	pupil := Choices{Steps: stepsAt(5), Revision: 3, Max: 1, CategoryOnly: true, Cards: []ChoiceCard{{Order: 1, Level: "统考", Category: "理工"}}, Level: "统考", Fee: 4000, Next: "/ks/point"}
	add("choices", "gaokao", "普通高考：只选科类", "choices", her(), pupil)
	chooseScenes(add, first)
	evidenceScenes(add)
	pointScenes(add)
}

func examDay(day int) time.Time {
	return time.Date(2019, 10, day, 0, 0, 0, 0, time.FixedZone("UTC+8", 8*3600))
}

func chooseScenes(add adder, now ChoiceCard) {
	levels := []ChooseOption{{Value: "1", Name: "高起本", Note: "高中起点升本科，考 4 门，160 元"}, {Value: "2", Name: "高起专", Note: "高中起点升专科，考 3 门，160 元"}, {Value: "3", Name: "专升本", Note: "专科起点升本科，考 3 门，170 元，要有毕业证", On: true}}
	start := Choose{Steps: stepsAt(5), Order: 1, Revision: 3, Levels: []ChooseOption{levels[0], levels[1], {Value: "3", Name: "专升本", Why: "报考“专升本”须已取得规定的毕业证书，请核对文化程度，或改报其他层次、科类。"}}}
	add("choose", "level", "先选层次；一个层次不能选", "choose", her(), start)
	found := Choose{Steps: stepsAt(5), Order: 2, Revision: 5, Level: "3", Query: "会计", Levels: []ChooseOption{{Value: "1", Name: "高起本", Why: "第一志愿是“专升本”时，不能兼报这个层次，请重新选择。"}, levels[2]},
		Categories: []ChooseOption{{Value: "34", Name: "经济管理类", Note: "政治，外语，高等数学（二）"}, {Value: "35", Name: "法学类", Note: "政治，外语，民法", Why: "不能跨类"}},
		Forms:      []ChooseOption{{Value: "1", Name: "函授"}, {Value: "2", Name: "业余"}},
		Results: []ChooseOption{{Value: "a", Name: "10536 长沙理工大学　120201 工商管理", Note: "经济管理类，函授，2.5年", On: true}, {Value: "b", Name: "10534 湖南科技大学　120203 会计学", Note: "经济管理类，函授，2.5年"},
			{Value: "c", Name: "10530 湘潭大学　030101 法学", Note: "法学类，业余，2.5年", Why: "第二志愿不能跨招生专业类，请在第一志愿的专业类（经济管理类）中选择。"}},
		Found: 43, Allowed: 2, From: 1, Upto: 20, More: "/ks/choices/2?level=3&page=2"}
	add("choose", "found", "第二志愿：找到的，能选的在前", "choose", her(), found)
	nothing := found
	nothing.Results, nothing.Found, nothing.Allowed, nothing.More, nothing.Query = nil, 0, 0, "", "没有这样的学校"
	add("choose", "nothing", "没有找到", "choose", her(), nothing)
	clash := found
	clash.Conflict = &now
	add("choose", "conflict", "在另一个窗口里改过", "choose", her(), clash)
	refused := found
	refused.Faults = []Fault{{Field: "programme", Text: "请先在下面点一个"}}
	add("choose", "refused", "没有点就按了", "choose", her(), refused)
	pupil := Choose{Steps: stepsAt(5), Order: 1, Revision: 2, CategoryOnly: true, Level: "1", Allowed: 3, Found: 3,
		Levels:  []ChooseOption{{Value: "1", Name: "统考", Note: "普通高考（秋季统一考试），考 4 门，40 元", On: true}, {Value: "9", Name: "对口", Note: "职高对口升学（三校生）", Why: "职高对口只面向职高、中专、技校毕业生：请核对毕业类别，或者改选科类。"}},
		Results: []ChooseOption{{Value: "x", Name: "文史", Note: "语文，数学（文），文科综合，外语"}, {Value: "y", Name: "理工", Note: "语文，数学（理），理科综合，外语", On: true}, {Value: "z", Name: "体育（文）", Note: "语文，数学（文），文科综合，外语"}}}
	add("choose", "gaokao", "普通高考：考试类型和科类", "choose", her(), pupil)
}

func evidenceScenes(add adder) {
	kinds := []ClaimGroup{{"evidence.bonus", []ChooseOption{{Value: "bonus-B05", Name: "解放军、武警、公安干警荣立个人三等功以上", Note: "加 20 分，立功证书"}, {Value: "bonus-B08", Name: "少数民族聚居地区的少数民族考生", Why: "这项照顾面向少数民族考生：请核对民族，或者删去这项照顾。"}}},
		{"evidence.exemption", []ChooseOption{{Value: "exemption-E04", Name: "符合专升本报考条件的退役军人", Note: "退役证+专科毕业证"}}}}
	empty := Evidence{Steps: stepsAt(6), Revision: 8, Kinds: kinds, Back: "/ks/choices", Next: "/ks/point"}
	add("evidence", "none", "没有申报", "evidence", her(), empty)
	due := empty
	due.Due = []ClaimLine{{"年满25周岁", "加 20 分"}}
	due.Claims = []ClaimCard{{Value: "bonus-B02", Name: "国家一级运动员，加 30 分", Note: "等级证书", Number: "2018-0731", Pictures: []ClaimPicture{{1, "a", 1800, 2400}, {2, "b", 2400, 1800}}, Room: 1}}
	add("evidence", "claimed", "申报了一项，传了两张照片", "evidence", her(), due)
	refused := due
	refused.Claims = []ClaimCard{due.Claims[0]}
	refused.Faults = []Fault{{"file-bonus-B02", "这是苹果手机的 HEIC 格式，这里打不开。请在“设置—相机—格式”里选“兼容性最佳”，再拍一张；或者截图再传。"}}
	refused.Claims[0].UploadFaults = []Fault{{"file-bonus-B02", "这是苹果手机的 HEIC 格式，这里打不开。请在“设置—相机—格式”里选“兼容性最佳”，再拍一张；或者截图再传。"}}
	add("evidence", "refused", "照片打不开", "evidence", her(), refused)
	bad := due
	bad.Claims = []ClaimCard{{Value: "exemption-E03", Name: "三支一扶服务期满", Note: "服务证书", Fault: "这项免试不适用于“高起本”，请删去或改报层次。", Room: 3}}
	add("evidence", "wrong", "申报的不合要求", "evidence", her(), bad)
	fixed := due
	fixed.Fixed, fixed.Kinds = true, nil
	add("evidence", "fixed", "已经现场确认", "evidence", her(), fixed)
	add("evidence", "elsewhere", "普通高考：不在这里申报", "evidence", her(), Evidence{Steps: stepsAt(6), Elsewhere: "优惠信息由学校和县招办收材料，审核以后统一导入。", Next: "/ks/point"})
}

func pointScenes(add adder) {
	days := []PointDays{{"9月6—11日", "8:00—12:00，15:00—18:00"}}
	var spark []SparkBar
	for i, h := range []int{6, 13, 19, 22, 17, 11, 2, 2, 8, 13, 11, 6} {
		spark = append(spark, SparkBar{i * 8, 24 - h, h})
	}
	rows := []PointRow{
		{Number: 1, Code: "43010401", Name: "岳麓区第1报名确认点", Open: true, First: true, Busy: "few", Boxes: 5, Chosen: 412, Waiting: 130, Address: "政务服务中心二楼 A 区", Phone: "0731-55500123", Way: "地铁 2 号线湘江中路站 3 号口出来，往西 200 米", Days: days, Until: sceneNow().Add(5 * 24 * time.Hour), Spark: spark, Peak: "10 点", Minors: true},
		{Number: 2, Code: "43010403", Name: "岳麓区第3报名确认点", Open: true, Busy: "some", Boxes: 2, Chosen: 260, Waiting: 220, Address: "坪塘街道社区服务中心", Phone: "0731-55500125", Days: days, Until: sceneNow().Add(8 * time.Hour), Closing: true},
		{Number: 3, Code: "43010404", Name: "岳麓区第4报名确认点", Open: true, Busy: "beyond", Boxes: 1, Chosen: 900, Waiting: 700, Address: "麓谷大道 8 号", Days: days},
		{Number: 4, Code: "43010501", Name: "开福区第1报名确认点", State: "point.state.later", Why: "这一时段只面向户籍在当地的考生。", From: sceneNow().Add(24 * time.Hour), Address: "芙蓉北路 12 号"},
		{Number: 5, Code: "43010502", Name: "开福区第2报名确认点", State: "point.state.barred", Why: "这里不办专升本。", Address: "湘雅路 3 号", Levels: "高起本，高起专"},
		{Number: 6, Code: "43010503", Name: "开福区第3报名确认点", State: "point.state.closed", Why: "这个确认点已经停用，请选别的。", Address: "四方坪 1 号"},
	}
	city := Points{Steps: stepsAt(7), Revision: 9, City: "430100", CityName: "长沙市", Rows: rows, Open: 3, Found: 6, From: 1, Upto: 6, Back: "/ks/evidence", Next: "/ks/review",
		Cities:   []ChooseOption{{Value: "430100", Name: "长沙市", Note: "能选 3 个", On: true}, {Value: "430200", Name: "株洲市"}},
		Counties: []ChooseOption{{Value: "430104", Name: "岳麓区", Note: "能选 3 个"}, {Value: "430105", Name: "开福区", Note: "现在没有能选的"}}, Map: mapOf("430100")}
	add("point", "city", "一个市，还没有选", "point", her(), city)
	chosen := city
	chosen.Chosen = "岳麓区第1报名确认点"
	chosen.Rows = append([]PointRow{}, rows...)
	chosen.Rows[0].Here, chosen.Rows[0].First = true, false
	add("point", "chosen", "已经选了", "point", her(), chosen)
	near := chosen
	near.County, near.CityName = "430104", "长沙市"
	near.Map.County = "430104"
	for _, r := range near.Rows {
		near.Map.Pins = append(near.Map.Pins, r.Pin())
	}
	add("point", "county", "一个区，有图钉", "point", her(), near)
	bad := chosen
	bad.ChosenWhy = "这里不办专升本。"
	add("point", "bad", "原来选的不能用了", "point", her(), bad)
	refused := city
	refused.Faults = []Fault{{Field: "point-43010501", Text: "“开福区第1报名确认点”现在不能选：这一时段只面向户籍在当地的考生。"}}
	add("point", "refused", "选了一个不能选的", "point", her(), refused)
	clash := chosen
	clash.Conflict = true
	add("point", "conflict", "在另一个窗口里改过", "point", her(), clash)
	province := Points{Steps: stepsAt(7), Revision: 9, CityName: "湖南省", Map: mapOf(""), Next: "/ks/review", Back: "/ks/evidence",
		Cities: []ChooseOption{{Value: "430100", Name: "长沙市", Note: "能选 3 个"}, {Value: "430200", Name: "株洲市", Note: "现在没有能选的"}}}
	add("point", "province", "全省", "point", her(), province)
	none := city
	none.Rows, none.Found, none.Open, none.County = nil, 0, 0, "430105"
	add("point", "nothing", "这里没有确认点", "point", her(), none)
	fixed := chosen
	fixed.Fixed, fixed.Rows = true, chosen.Rows[:1]
	add("point", "fixed", "已经现场确认", "point", her(), fixed)
}

// mapOf colours the counties of a city, or of the province, in turn.
func mapOf(city string) PointMap {
	d, ok := atlas.City(city)
	name := "长沙市"
	if !ok {
		d, name = atlas.Province(), "湖南省"
	}
	m := PointMap{City: city, Name: name}
	names := map[string]string{"430102": "芙蓉区", "430103": "天心区", "430104": "岳麓区", "430105": "开福区", "430111": "雨花区", "430112": "望城区", "430121": "长沙县", "430181": "浏阳市", "430182": "宁乡市"}
	for i, o := range d.Counties {
		m.Counties = append(m.Counties, PointArea{Code: o.Code, Name: names[o.Code], State: []string{"open", "open", "busy", "shut"}[i%4], Open: []int{3, 12, 1, 0}[i%4], Here: i == 2, Path: "/ks/point?city=430100&county=" + o.Code})
	}
	return m
}
