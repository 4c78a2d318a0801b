package console

// scenesAccess are the pages of other systems: their tokens, and what they may
// call.
func scenesAccess(add func(page, state, words, title, tmpl string, f Frame, body any), f func(menu string) Frame) {
	options := func(chosen ...string) Access {
		on := map[string]bool{}
		for _, c := range chosen {
			on[c] = true
		}
		a := Access{Asked: AccessAsked{Days: "180"}, Divisions: []AccessOption{{Value: "430000", Text: "湖南省"}, {Value: "430100", Text: "长沙市"}}}
		for _, s := range []string{"campaign", "places", "progress", "journal", "boxes"} {
			a.Scopes = append(a.Scopes, AccessOption{Value: s, Text: "scope." + s, On: on[s]})
		}
		return a
	}
	frame := func() Frame {
		g := f("access")
		for _, right := range []string{"access", "access-ask", "access-agree", "access-revoke"} {
			g.May[right] = true
		}
		return g
	}
	some := options()
	some.Rows = []AccessToken{
		{ID: "t0c41f2a9b3d7", Name: "省政务大厅数据大屏", Division: "湖南省", Reason: "大厅滚动显示进度", Scopes: []string{"scope.progress", "scope.boxes"},
			State: State{"wait", "clock", "access.asked"}, AskedBy: "邓志远", Asked: sceneTime("10:02:11"), Open: true, Waits: true},
		{ID: "t51b7a0c6e8f2", Name: "日志见证（省公证处）", Division: "湖南省", Scopes: []string{"scope.journal"}, State: State{"done", "check", "access.issued"},
			AskedBy: "邓志远", IssuedBy: "谭丽华", Asked: sceneTime("08:40:00"), Used: sceneTime("10:30:00"), Expires: sceneTime("08:45:00").AddDate(0, 6, 0), Open: true},
		{ID: "t9d0e3f5a1b44", Name: "长沙市政务服务网", Division: "长沙市", Scopes: []string{"scope.places"}, State: State{"open", "cross", "access.revoked"},
			AskedBy: "谭丽华", IssuedBy: "邓志远", Asked: sceneTime("08:10:00").AddDate(0, -2, 0), Ended: sceneTime("09:00:00")},
	}
	add("access", "some", "一个等同意，一个可用，一个收回", "menu.access", "access", frame(), some)
	add("access", "none", "还没有", "menu.access", "access", frame(), options())
	shown := some
	shown.Secret, shown.Of = "zk1_gallery-gallery-gallery-gallery-gallery-galle", "省政务大厅数据大屏"
	add("access", "shown", "令牌只显示这一次", "menu.access", "access", frame(), shown)
	wrong := options("places")
	wrong.Asked = AccessAsked{Name: "", Days: "四百", Reason: "", Errors: AccessErrors{Name: "access.needname", Days: "access.needdays", Reason: "act.needreason", Scopes: "access.needscope", Division: "access.needdivision"}}
	bad := frame()
	bad.Notice = &Notice{Class: "must", Key: "access.incomplete"}
	add("access", "incomplete", "没填全", "menu.access", "access", bad, wrong)
	outside := f("")
	outside.Person = nil
	add("api", "page", "外部系统接口说明", "api.title", "api", outside, API{
		Operations: []APIOperation{{ID: "progress", Path: "/api/v1/progress", Scope: "progress",
			Parameters: []APIField{{Name: "by", Type: "string", Note: "place or day; place | day"}},
			Fields:     []APIField{{Name: "items[].registered", Type: "integer | null", Required: true}, {Name: "division", Type: "string", Required: true}}}},
		Problems: []APIProblem{{Word: "slow", Status: 429}, {Word: "fault", Status: 500}}})
}
