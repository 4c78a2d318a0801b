package console

// reviewScenes are the ways what was looked at at the desk can stand.
func reviewScenes(add func(page, state, words, title, tmpl string, f Frame, body any), f func(string) Frame) {
	point, at := "岳麓区第 2 报名确认点", sceneTime("10:26:03")
	pass, lacks, fails := State{"done", "check", "review.pass"}, State{"wait", "clock", "review.warn"}, State{"must", "alert", "review.fail"}
	whole, some, pending := State{"done", "check", "claim.pass"}, State{"wait", "clock", "claim.warn"}, State{"wait", "clock", "claim.pending"}
	add("reviews", "some", "两位存疑", "menu.reviews", "reviews", f("reviews"), Doubts{Total: 2, Rows: []Doubt{
		{Application: "a1", Name: "陈㛃", Number: "431***********2241", Point: point, At: at, Fails: "学历证书", Lacks: "户籍"},
		{Application: "a2", Number: "430***********1130", Point: point, At: at, Fails: "户籍、低龄考生"}}})
	add("reviews", "waits", "两份审核等现场确认，一份已等过了期", "menu.reviews", "reviews", f("reviews"), Doubts{Waits: []WaitingReview{
		{Application: "a1", Name: "陈㛃", Number: "431***********2241", Point: point, At: at, Record: "0a0b0c0d0e0fa0b1c2d3e4f5a6b7c8d9"},
		{Application: "a2", Number: "430***********1130", Point: point, At: at, Record: "1a1b1c1d1e1fa1b2c3d4e5f6a7b8c9d0", Over: true}}})
	add("reviews", "none", "没有存疑", "menu.reviews", "reviews", f("reviews"), Doubts{})
	add("claims", "some", "三项申报", "menu.claims", "claims", f("claims"), Claims{Total: 3, Rows: []ClaimRow{
		{Application: "a1", Name: "陈㛃", Number: "431***********2241", Point: point, At: at, Kind: "evidence.bonus", Code: "B05", Claim: "解放军、武警、公安干警荣立个人三等功以上", Points: 20, Papers: whole, State: pending, Pictures: 2},
		{Application: "a1", Name: "陈㛃", Number: "431***********2241", Point: point, At: at, Kind: "evidence.exemption", Code: "E04", Claim: "符合专升本报考条件的退役军人", Papers: some, State: pending, Pictures: 1},
		{Application: "a2", Number: "430***********1130", Point: point, At: at, Kind: "evidence.bonus", Code: "B07", Claim: "烈士子女、烈士配偶", Points: 20, Papers: State{"must", "alert", "claim.fail"}, State: pending}}})
	add("claims", "none", "没有申报", "menu.claims", "claims", f("claims"), Claims{})
	photo := Photo{JPEG: scenePhoto(), Width: 358, Height: 441}
	state := State{"done", "check", "candidate.confirmed"}
	add("review", "stands", "有缺有不符，承诺书和材料照片", "review.title", "review", f("candidates"), Reviewed{ID: "a1", Name: "陈㛃", State: state, Reviews: []ReviewSeen{
		{At: at, Looked: at, Point: point, Clerk: "彭建国", Version: 2, Record: "0a", Stands: true, Note: "已告知", PledgeHash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Pledge: &photo,
			Items:  []ReviewItem{{"学历证书", pass, ""}, {"医学类执业资格证书", lacks, "下周带来"}, {"户籍", fails, "户口簿是外省的"}, {"抄写的诚信考试承诺书", pass, ""}},
			Claims: []ReviewClaim{{Kind: "evidence.bonus", Name: "解放军、武警、公安干警荣立个人三等功以上", Points: 20, Papers: whole, State: pending, Photos: []Photo{photo, {Why: "evidence.broken"}}}}},
		{At: at, Looked: at, Point: point, Clerk: "彭建国", Version: 1, Says: "review.replaced", Items: []ReviewItem{{"学历证书", lacks, ""}}},
		{At: at, Looked: at, Point: point, Clerk: "彭建国", Version: 1, Record: "0b", Says: "review.waiting", Items: []ReviewItem{{"学历证书", lacks, ""}}}}})
	add("review", "none", "还没有审核", "review.title", "review", f("candidates"), Reviewed{ID: "a1", Name: "向晓兰", State: State{"wait", "clock", "candidate.registered"}})
}
