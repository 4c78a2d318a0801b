package console

import "time"

// personScenes are what a person may ask of what is kept about her.
func personScenes(add func(page, state, words, title, template string, f Frame, body any), f func(string) Frame) {
	at := sceneTime("09:40:00")
	rows := []PersonRequest{{ID: "q1", Kind: "request.correction", At: at, Candidate: "a1", Name: "7f2e90…c41b"}, {ID: "q2", Kind: "request.erasure", At: at.Add(20 * time.Minute), Candidate: "b2", Name: "81ab03…77e0"}}
	add("requests", "some", "等答复的", "menu.requests", "requests", f("requests"), PersonRequests{Rows: rows})
	add("requests", "none", "没有", "menu.requests", "requests", f("requests"), PersonRequests{})
	base := PersonData{ID: "a1", Application: "7f2e90…c41b", State: State{"done", "check", "candidate.confirmed"}, Version: 2, EraseSecond: "ask", Fields: []Option{{"mz", "民族"}, {"txdz", "通信地址"}},
		Requests: []PersonRequest{
			{ID: "q1", Kind: "request.correction", State: State{"wait", "clock", "request.waiting"}, Open: true, At: at, Field: "民族", Wanted: "土家族", Why: "户口本和身份证上都是土家族。"},
			{ID: "q0", Kind: "request.correction", State: State{"done", "check", "request.done"}, At: at.Add(-50 * time.Hour), Field: "通信地址", Wanted: "演示路 8 号", Why: "搬家了。", Answer: "已按您交来的材料更正。"}}}
	add("persondata", "asked", "提过要求", "data.title", "persondata", f("candidates"), base)
	plain := base
	plain.Requests = nil
	add("persondata", "plain", "没有要求", "data.title", "persondata", f("candidates"), plain)
	wrong := plain
	wrong.At, wrong.Error, wrong.Note, wrong.Field, wrong.Value, wrong.Reason = "correct", "data.findings", "请填 11 位手机号码。", "txdz", "12", "本人申请"
	add("persondata", "wrong", "不合规定", "data.title", "persondata", f("candidates"), wrong)
	mute := base
	mute.At, mute.Error, mute.Request = "answer", "data.answer.missing", "q1"
	add("persondata", "mute", "没写答复", "data.title", "persondata", f("candidates"), mute)
	waiting := plain
	waiting.EraseSecond = "waiting"
	add("persondata", "waiting", "等第二个人", "data.title", "persondata", f("candidates"), waiting)
	agreed := plain
	agreed.EraseSecond = "agreed"
	add("persondata", "agreed", "第二个人同意了", "data.title", "persondata", f("candidates"), agreed)
	not := plain
	not.Copy, not.Correct, not.Erase, not.EraseSecond = "permit.tier", "permit.tier", "permit.tier", ""
	add("persondata", "not-hers", "要上一级", "data.title", "persondata", f("candidates"), not)
	add("texts", "lost", "有没发成的", "menu.texts", "texts", f("texts"), Texts{Waiting: 12, Sent: 20418, GivenUp: 3, Oldest: at, Rows: []Text{
		{ID: "7f2e90…c41b", Kind: "text.code", Why: "text.why.full", Attempts: 5, Queued: at, Ended: at.Add(10 * time.Minute)},
		{ID: "81ab03…77e0", Kind: "text.other", Why: "text.why.refused", Attempts: 1, Queued: at, Ended: at},
		{ID: "02cd11…9a3f", Kind: "text.other", Why: "text.why.failed", Attempts: 51, Queued: at.Add(-25 * time.Hour), Ended: at.Add(-time.Hour)}}})
	add("texts", "fine", "都正常", "menu.texts", "texts", f("texts"), Texts{Sent: 20418})
}
