package pages

import "time"

func myDataScenes(add adder) {
	items := []MyItem{
		{"账号：用户名、手机号（密码只存校验值，看不出原文）", "登录，出事时能找到您", "到您删除账号为止", "只有您自己"},
		{"报名信息的每一个版本：身份、学历、志愿、联系方式", "报名、编排考试、录取", "本系统不自动删除；招考机构按档案规定销毁，或按您的要求删除", "您自己；您的确认点、县、市、省招考机构"},
		{"操作日志：编号、时间、做了什么（不含您填的内容）", "查清谁动过您的信息；防篡改", "长期保存，删除也不动它", "查问题的管理员"}}
	fields := []MyField{{Key: "xm", Name: "姓名"}, {Key: "mz", Name: "民族", Chosen: true}}
	at := sceneNow()
	asked := []MyRequest{
		{Kind: "my-data.request.correction", State: "my-data.state.waiting", Class: "wait", At: at, Field: "民族", Wanted: "土家族", Why: "户口本和身份证上都是土家族。"},
		{Kind: "my-data.request.correction", State: "my-data.state.done", Class: "done", At: at.Add(-72 * time.Hour), Answered: at.Add(-24 * time.Hour), Field: "通信地址", Wanted: "演示路 8 号", Why: "搬家了。", Answer: "已按您交来的材料更正。"},
		{Kind: "my-data.request.erasure", State: "my-data.state.refused", Class: "open", At: at.Add(-96 * time.Hour), Answered: at.Add(-90 * time.Hour), Why: "不想考了。", Answer: "您在电话里说还是要考，按您的意思没有删除。"}}
	empty := MyData{Items: items, MaxText: 500}
	add("my-data", "none", "还没有报名", "mydata", her(), empty)
	open := empty
	open.Exists = true
	add("my-data", "open", "报了名，没确认", "mydata", her(), open)
	wrong := open
	wrong.Faults, wrong.Wrong, wrong.WrongText = []Fault{{"erase-password", "密码不对，请再输一次。"}}, "erase-password", "密码不对，请再输一次。"
	wrong.EraseAccount = true
	add("my-data", "wrong", "密码不对", "mydata", her(), wrong)
	confirmed := open
	confirmed.Confirmed, confirmed.Fields, confirmed.Requests = true, fields, asked
	add("my-data", "confirmed", "已确认，提过要求", "mydata", her(), confirmed)
	why := confirmed
	why.Field, why.Wanted, why.Requests = "mz", "土家族", nil
	why.Faults, why.Wrong, why.WrongText = []Fault{{"why", "请写原因，500 字以内。"}}, "why", "请写原因，500 字以内。"
	add("my-data", "why", "没写原因", "mydata", her(), why)
}
