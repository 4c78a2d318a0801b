package pages

// resultsScenes are the ways of her results.
func resultsScenes(add adder) {
	marks := &ResultsScores{Rows: []ResultsMark{{Subject: "政治", Full: "150", Mark: "112"}, {Subject: "外语", Full: "150", Mark: "96.5"}, {Subject: "高等数学(二)", Full: "150", Mark: "104"}},
		Sums: []Fact{{"总分", "312.5", true}, {"特征分（照顾加分）", "20", true}, {"档案分", "332.5", true}}, Notes: []string{"档案分 = 总分 + 特征分，投档按档案分。"}}
	lead, wrong := "由省教育考试院公布，以这里写的为准。", "觉得不对，请先找岳麓区招生考试机构，带身份证。"
	add("results", "none", "还没有结果", "results", her(), Results{Head: "还没有结果", Lead: "考试成绩和录取结果公布以后，在这里看；公布的时候会给您发消息。"})
	add("results", "scores", "有成绩", "results", her(), Results{Head: "您的成绩", Lead: lead, Scores: marks, Seen: wrong})
	add("results", "void", "缺考、违规、数学不计", "results", her(), Results{Head: "您的成绩", Lead: lead, Seen: wrong,
		Scores: &ResultsScores{Rows: []ResultsMark{{Subject: "语文", Full: "150", Mark: "88"}, {Subject: "数学(文)", Full: "150", Mark: "71", Aside: true}, {Subject: "外语", Full: "150", Mark: "缺考", Class: "must"}, {Subject: "史地(历史地理综合)", Full: "150", Mark: "违规，成绩取消", Class: "must"}},
			Sums:  []Fact{{"总分", "88", true}, {"特征分（照顾加分）", "0", true}, {"档案分", "88", true}},
			Notes: []string{"您报考的科类，数学成绩不计入总分。", "缺考的科目没有成绩，不计入总分。", "按《国家教育考试违规处理办法》取消的成绩不计入总分；不服的，按处理决定书上写的办法申诉。"}}})
	add("results", "absent", "各科都缺考", "results", her(), Results{Head: "您的成绩", Lead: lead, Seen: wrong,
		Scores: &ResultsScores{Rows: []ResultsMark{{Subject: "政治", Full: "150", Mark: "缺考", Class: "must"}, {Subject: "外语", Full: "150", Mark: "缺考", Class: "must"}, {Subject: "高等数学(二)", Full: "150", Mark: "缺考", Class: "must"}},
			Sums:  []Fact{{"总分", "缺考", true}, {"特征分（照顾加分）", "20", true}, {"档案分", "没有", true}},
			Notes: []string{"缺考的科目没有成绩，不计入总分。", "各科都没有成绩，所以没有总分和档案分，加分也不算。"}}})
	add("results", "admitted", "录取了", "results", her(), Results{Head: "您被录取了", Lead: lead, Scores: marks, Seen: wrong,
		Admitted: []Fact{{"录取院校", "10532 湖南大学", false}, {"录取专业", "120203 会计学", false}, {"层次、形式、学制", "专升本　函授　2.5年", false}, {"录取日期", "2019-12-18", true}}})
}
