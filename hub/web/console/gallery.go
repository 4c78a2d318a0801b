package console

import (
	"slices"
	"time"
)

// Scene is one page in one state with a fixed synthetic view.
type Scene struct {
	Page, State string // path /gl/gallery/{Page}/{State}
	Words       string // what the state is, Chinese; the gallery is ours, not the office's
	Title       string // phrase of the page
	Template    string
	Frame       Frame
	Body        any
}

// Path is where the scene is shown.
func (s Scene) Path() string { return "/gl/gallery/" + s.Page + "/" + s.State }

// Scenes gives every page in every state. The people in it are invented; the
// one whole ID number is of a division that does not exist.
func Scenes(l Lang) []Scene {
	var out []Scene
	add := func(page, state, words, title, tmpl string, f Frame, body any) {
		f.Lang, f.Self = l, "/gl/gallery/"+page+"/"+state
		out = append(out, Scene{page, state, words, title, tmpl, f, body})
	}
	f := func(menu string) Frame { return sceneFrame(menu) }
	quiet := func(menu string) Frame { g := f(menu); g.Entries = sceneMenu(false); return g }
	out0 := f("")
	out0.Person = nil
	live := out0
	live.Demo = nil

	add("dashboard", "busy", "有人在办，一件待裁", "menu.dashboard", "dashboard", f("dashboard"), sceneDashboard())
	add("dashboard", "city", "一个市，已经缴费，没有预计", "menu.dashboard", "dashboard", f("dashboard"), sceneCity())
	add("dashboard", "county", "一个县，没有往年", "menu.dashboard", "dashboard", f("dashboard"), sceneCounty())
	one := sceneCounty()
	one.Places, one.Boxes, one.Figures.Boxes = one.Places[:1], one.Boxes[:1], 1
	add("dashboard", "one-point", "一个县，只有一个点", "menu.dashboard", "dashboard", f("dashboard"), one)
	add("dashboard", "fresh", "确认点的第一天早上，统计落后", "menu.dashboard", "dashboard", quiet("dashboard"), sceneFresh())
	add("dashboard", "empty", "还没有方案", "menu.dashboard", "dashboard", quiet("dashboard"), Dashboard{})
	alarmed := sceneDashboard()
	alarmed.Backup = &BackupDue{Last: sceneTime("02:00:00").AddDate(0, 0, -3)}
	alarmed.Alarms = []Alarm{{"disk", 83, 83 << 30, 100 << 30}, {"broker", 91, 932 << 20, 1 << 30}}
	add("dashboard", "filling", "数据盘和收件队列将满", "menu.dashboard", "dashboard", f("dashboard"), alarmed)
	add("confirmations", "many", "第 2 页，共 4 页", "menu.confirmations", "confirmations", f("confirmations"),
		Confirmations{Rows: sceneArrivals(), Total: 168, Points: scenePointOptions(), Pages: Pages{Number: 2, Of: 4, First: "#", Next: "#"}})
	add("confirmations", "nothing", "按条件查不到", "menu.confirmations", "confirmations", f("confirmations"),
		Confirmations{Filter: Filter{State: "disputed", Point: "43010401"}, Points: scenePointOptions()})
	add("record", "in-force", "已确认，三处有不同", "menu.confirmations", "record", f("confirmations"), sceneRecord("in-force"))
	add("record", "revealed", "看了全号", "menu.confirmations", "record", f("confirmations"), sceneRecord("revealed"))
	add("record", "for-clerk", "两处留给工作人员，照片有提示", "menu.confirmations", "record", f("confirmations"), sceneRecord("for-clerk"))
	add("record", "no-photo", "本人不同意照相", "menu.confirmations", "record", f("confirmations"), sceneRecord("no-photo"))
	add("record", "guardian", "不满14周岁，监护人同意", "menu.confirmations", "record", f("confirmations"), sceneRecord("guardian"))
	add("record", "before", "以前的终端，没有照相", "menu.confirmations", "record", f("confirmations"), sceneRecord("before"))
	add("record", "disputed", "待裁", "menu.confirmations", "record", f("disputes"), sceneRecord("disputed"))
	add("record", "time-pending", "时间待核，前面缺号，签名打不开", "menu.confirmations", "record", f("confirmations"), sceneRecord("time-pending"))
	for _, how := range []string{"ask", "agreed"} {
		r := sceneRecord("in-force")
		r.Void, r.VoidCodes = how, []Option{{Value: "04", Text: "04 办理人员操作错误"}, {Value: "06", Text: "06 本人申请"}}
		add("record", "void-"+how, "撤销确认", "menu.confirmations", "record", f("confirmations"), r)
	}
	add("disputes", "some", "有待裁", "menu.disputes", "disputes", f("disputes"), Confirmations{Rows: sceneDisputed(), Total: 2, Rulings: sceneRulings()})
	add("disputes", "none", "没有待裁", "menu.disputes", "disputes", quiet("disputes"), Confirmations{})
	add("boxes", "mixed", "各种情况", "menu.boxes", "boxes", f("boxes"), Boxes{Rows: sceneBoxes(), Total: 8, Unwell: 7, Revoked: 1})
	add("boxes", "well", "都正常", "menu.boxes", "boxes", f("boxes"), Boxes{Rows: sceneBoxes()[:1], Total: 1})
	add("boxes", "none", "一台也没有", "menu.boxes", "boxes", quiet("boxes"), Boxes{})
	for _, b := range sceneBoxes() {
		b.Events = sceneEntries()[:3]
		name := b.State.Key[len("box."):]
		if !b.StopsAt.IsZero() {
			name += "-stops"
		}
		add("box", name, "", "menu.boxes", "box", f("boxes"), b)
	}
	done := f("boxes")
	done.Notice = &Notice{Class: "done", Key: "box.done.freeze"}
	add("box", "just-frozen", "刚冻结", "menu.boxes", "box", done, sceneBoxes()[3])
	refused := f("boxes")
	refused.Notice = &Notice{Class: "must", Key: "act.needreason"}
	add("box", "no-reason", "没写原因", "menu.boxes", "box", refused, sceneBoxes()[0])
	heldScenes(add, f, quiet)
	slipScenes(add, f)
	paymentScenes(add, f)
	unpaidScenes(add, f, quiet)
	roomScenes(add, f, quiet)
	siteScenes(add, f, quiet)
	troubleScenes(add, f, quiet)
	endingScenes(add, f, quiet)
	seatingScenes(add, f, quiet)
	resultsScenes(add, f, quiet)
	disputeScenes(add, f)
	proofScenes(add, f)
	reviewScenes(add, f)
	stickScenes(add, f)
	dayScenes(add, f, quiet)
	orgScenes(add)
	approvalScenes(add, f)
	candidateScenes(add, f)
	personScenes(add, f)
	campaignScenes(add, f)
	add("journal", "whole", "对得上", "menu.journal", "journal", f("journal"), sceneJournal(State{"done", "check", "journal.checkpoint.good"}, ""))
	add("journal", "broken", "对不上", "menu.journal", "journal", f("journal"), sceneJournal(State{"must", "alert", "journal.checkpoint.bad"}, "第 1,187 条的内容和链上的指纹不同"))
	add("sign-in", "first", "演示的登录页", "signin.title", "signin", out0, SignIn{Accounts: []Account{
		{"sheng", "yanshi-sheng-2019", "省成招处　邓志远", "287082"}, {"yuelu", "yanshi-yuelu-2019", "岳麓区招考办　谭丽华", "359152"}, {"shenji", "yanshi-shenji-2019", "审计　周明", "969429"}}})
	add("sign-in", "wrong", "密码不对", "signin.title", "signin", live, SignIn{Login: "dengzy", Error: "signin.error"})
	add("sign-in", "ended", "退出以后", "signin.title", "signin", live, SignIn{Ended: true})
	add("sign-in", "slow", "试得太多", "signin.title", "signin", live, SignIn{Login: "dengzy", Error: "signin.slow"})
	add("problem", "not-found", "没有，或者不归他管", "problem.notfound", "problem", f(""), Problem{Title: "problem.notfound", Text: "problem.notfound.text"})
	add("problem", "role", "岗位不能做", "problem.role", "problem", f(""), Problem{Title: "problem.role", Text: "problem.role.text"})
	add("problem", "forbidden", "页面放久了", "problem.forbidden", "problem", f(""), Problem{Title: "problem.forbidden", Text: "problem.forbidden.text"})
	add("problem", "fault", "出错", "problem.fault", "problem", f(""), Problem{Title: "problem.fault", Text: "problem.fault.text", Reference: "7F3K-Q2MD"})
	add("problem", "fault-outside", "还没登录时出错", "problem.fault", "problem", live, Problem{Title: "problem.fault", Text: "problem.fault.text", Reference: "7F3K-Q2MD"})
	scenesAccess(add, f)
	staffScenes(add, f, live)
	trainingScenes(add, f)
	return out
}

// GalleryOf groups the scenes by page.
func (c *Console) GalleryOf(l Lang) Gallery {
	var g Gallery
	for _, s := range Scenes(l) {
		i := slices.IndexFunc(g.Groups, func(x GalleryGroup) bool { return x.Page == s.Title })
		if i < 0 {
			i, g.Groups = len(g.Groups), append(g.Groups, GalleryGroup{Page: s.Title})
		}
		words := s.Words
		if b, ok := s.Body.(Box); ok && words == "" {
			words = c.Text(l, b.State.Key)
		}
		if i, ok := s.Body.(Incident); ok && words == "" {
			words = c.Text(l, i.State.Key)
		}
		g.Groups[i].States = append(g.Groups[i].States, Link{Path: s.Path(), Text: words})
	}
	return g
}

func sceneTime(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05 -07", "2019-09-06 "+clock+" +08")
	if err != nil {
		panic("console: scene time " + clock) // our own literal
	}
	return t
}

func sceneFrame(menu string) Frame {
	return Frame{Menu: menu, Campaign: "2019 年成人高校招生", Version: 7, Office: "湖南省教育考试院", Now: sceneTime("10:31:20"),
		Person: &Person{Name: "邓志远", Office: "成招处", Role: "role.province-operator", Remit: "全省"},
		Demo:   &Demo{Clock: true}, Token: "gallery", Still: true, Head: 1204, Home: "/gl", Entries: sceneMenu(true), May: sceneRights()}
}

func sceneRights() map[string]bool {
	out := map[string]bool{}
	for _, e := range []string{"dashboard", "confirmations", "disputes", "decide", "void", "proofs", "prove", "reviews", "claims", "review", "quarantine", "settle", "boxes", "points", "journal", "reveal", "uncover", "ticket", "exchange", "freeze", "release", "revoke"} {
		out[e] = true
	}
	return out
}

// sceneMenu is the menu of somebody who may do everything, with something
// waiting or not.
func sceneMenu(waiting bool) []MenuEntry {
	out := Grouped([]MenuEntry{{Key: "dashboard", Icon: "chart"}, {Key: "candidates", Icon: "search"}, {Key: "approvals", Icon: "check", Count: 14}, {Key: "incidents", Icon: "alert", Count: 2, Must: true},
		{Group: "registration", Key: "confirmations", Icon: "doc"}, {Group: "registration", Key: "proofs", Icon: "check", Count: 2}, {Group: "registration", Key: "disputes", Icon: "scale", Count: 2, Must: true},
		{Group: "registration", Key: "reviews", Icon: "alert", Count: 2, Must: true}, {Group: "registration", Key: "claims", Icon: "doc", Count: 3}, {Group: "registration", Key: "quarantine", Icon: "tray", Count: 1},
		{Group: "money", Key: "payments", Icon: "book"}, {Group: "money", Key: "slip", Icon: "check"}, {Group: "money", Key: "suspense", Icon: "tray", Count: 7, Must: true},
		{Group: "places", Key: "points", Icon: "pin"}, {Group: "places", Key: "boxes", Icon: "box"}, {Group: "places", Key: "sticks", Icon: "in"}, {Group: "places", Key: "trainings", Icon: "cap"},
		{Group: "management", Key: "offices", Icon: "house"}, {Group: "management", Key: "staff", Icon: "people"}, {Group: "management", Key: "campaigns", Icon: "book"}, {Group: "management", Key: "exchange", Icon: "out"}, {Group: "management", Key: "journal", Icon: "list"}})
	for i := range out {
		out[i].Path = "#"
		if !waiting {
			out[i].Count = 0
		}
	}
	return out
}
