package pages

import "time"

func messagesScenes(add adder) {
	at := sceneNow()
	list := []Message{
		{Title: "报考规定有更新，志愿要重新选", Text: "不重新选就不能确认。请在报名截止以前选好、再提交一次。", More: []string{"第 1 志愿：这个专业今年不招专升本。"}, At: at.Add(-5 * time.Minute), Class: "must", New: true, Path: "/ks/choices", Lead: "msg.lead.choices"},
		{Title: "招考机构给您换了确认点", Text: "请到新的确认点确认。不是您要换的，请马上联系确认点或当地招考机构。", More: []string{"确认点：岳麓区第 1 报名确认点"}, At: at.Add(-2 * time.Hour), New: true, Path: "/ks/point", Lead: "msg.lead.point"},
		{Title: "办理时间有调整", Text: "有的地方的办理时间改了。您自己的截止时间，以“我的报名”里写的为准。", More: []string{"网上报名"}, At: at.Add(-30 * time.Hour), Class: "wait", Path: "/ks/status", Lead: "msg.lead.status"},
		{Title: "报名信息已提交", Text: "还要带身份证去确认点确认，再缴费，报名才算数。确认以前都可以改。", At: at.Add(-60 * time.Hour), Class: "done", Path: "/ks/status", Lead: "msg.lead.status"},
		{Title: "账号已开通", Text: "请记住用户名（或手机号）和密码。办完在公用电脑上一定要退出。", At: at.Add(-61 * time.Hour)},
	}
	add("messages", "new", "有新消息", "messages", her(), Messages{List: list, Unread: 2, First: true, Newest: "m1", Older: "m5"})
	read := append([]Message(nil), list...)
	for i := range read {
		read[i].New = false
	}
	seen := her()
	seen.Unread = 0
	add("messages", "read", "都看过了", "messages", seen, Messages{List: read, First: true, Newest: "m1"})
	add("messages", "older", "更早的一页", "messages", her(), Messages{List: read[2:], Unread: 2, Newest: "m3"})
	add("messages", "many", "消息很多", "messages", her(), Messages{List: list, Unread: 100, Many: true, First: true, Newest: "m1", Older: "m5"})
	add("messages", "none", "还没有消息", "messages", seen, Messages{First: true})
	add("texts", "some", "演示里的短信", "texts", guest(), Texts{List: []SentText{
		{"13800138000", "【准考】验证码 482913，10 分钟内有效。不是您本人在操作，就不用理会，也不要告诉任何人。", at, "texts.state.sent"},
		{"13900139000", "【准考】您的报名确认点刚刚被改动。请登录考生入口看新的确认点；不是您要改的，请马上联系县招考办。", at.Add(-time.Hour), "texts.state.waiting"}}})
	add("texts", "none", "还没有短信", "texts", guest(), Texts{})
}
